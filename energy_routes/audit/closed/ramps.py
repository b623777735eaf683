"""Re-routing after an event that nobody foresaw: which groups it is held back for, and by how much."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from energy_routes.audit.facts import Facts, Row, covers, reached, rows_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

KEYS = ("event", "kind", "group", "family", "period")
Label = tuple[str, ...]  # event, kind, group, family, period


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every row of ramps against the raw tables, and the volumes of the plan against it; no row is missing."""
    own, seen = dict(ramps(facts)), set()
    volumes = {tuple(row[key] for key in KEYS[1:]): row["volume"] for row in saved["groups"]}
    for row in saved["ramps"]:
        label = tuple(row[key] for key in KEYS)
        what = " ".join(map(str, label))
        if label not in own:
            found.wrong("ramps", f"{what}: the case has no ramp there")
            continue
        seen.add(label)
        month, most = own[label]
        found.true("ramps", what, str(row["month"]) == month, f"is month {month} of the event")
        found.true("ramps", what, row["name"] == facts.groups[label[1:4]], f"is called {facts.groups[label[1:4]]!r}")
        found.true("ramps", what, row["unit"] == facts.units[label[3]], f"the unit is {facts.units[label[3]]}")
        found.columns("ramps", what, row, {"ramp": most, "volume": volumes.get(label[1:], math.nan)})
        found.within("ramps", f"{what} volume", row["volume"], 0.0, row["reference"] + row["ramp"])
    for label in (label for label in own if label not in seen):
        found.wrong("ramps", f"{' '.join(label)}: the ramp is missing")


def ramps(facts: Facts) -> Iterator[tuple[Label, tuple[str, float]]]:
    """Each event, group that it does not hit, and month, with the number of the month and the ramp of it."""
    table = facts.rows["ramps"]
    for event, edits in events(facts).items() if all(len(period) == 7 for period in facts.periods) else ():
        months = [p for p in facts.periods if any(covers(edit, p) for edit in edits)]
        hit = groups_hit(facts, edits) if table else set()
        for key, row in table.items():
            month = int(float(row["month"]))
            if (row["kind"], row["group"]) not in hit and month <= len(months):
                period = months[month - 1]
                label = (event, row["kind"], row["group"], facts.family("ramps", key), period)
                yield label, (str(month), facts.number("ramps", key, "volume", period))


def events(facts: Facts) -> dict[str, list[Row]]:
    """The edits of each unforeseen event, in the order of the edits."""
    return rows_by((edit for edit in facts.case["edits"] if edit.get("event")), "event")


def groups_hit(facts: Facts, edits: Iterable[Row]) -> set[tuple[str, str]]:
    """The (kind, group) with a meter on a way over what edits change: at it, or up or down the open arcs from it."""
    own = {id(edit) for edit in edits}
    arcs = [(key, row["from"], row["to"]) for key, row in facts.rows["arcs"].items() if _opens(facts, key, own)]
    there, onward, back = set[str](), set[str](), set[str]()
    for edit in edits:
        for table, key in _places(facts, edit):
            row = facts.rows[table][key]
            there.add(key)
            onward.add(row["to"] if table == "arcs" else row["node"])
            back.add(row["from"] if table == "arcs" else row["node"])
    onward = reached(onward, ((start, end) for _, start, end in arcs))
    back = reached(back, ((end, start) for _, start, end in arcs))
    there |= {key for key, start, end in arcs if start in onward or end in back}
    there |= {key for key, row in facts.rows["markets"].items() if row["node"] in onward}
    return {(m["kind"], m["group"]) for m in facts.rows["meters"].values() if m["arc"] in there or m["market"] in there}


def _opens(facts: Facts, arc: str, but: set[int]) -> bool:
    """Whether an arc is open in some period, the edits of the event left out."""
    word = facts.rows["arcs"][arc]["status"]
    edits = [e for e in facts.case["edits"] if (e["table"], e["id"], e["field"]) == ("arcs", arc, "status")]
    words = dict.fromkeys(facts.periods, word)
    for edit in edits:
        if id(edit) not in but:
            words |= {p: edit["value"] for p in words if covers(edit, p)}
    return "operating" in words.values()


def _places(facts: Facts, edit: Row) -> Iterator[tuple[str, str]]:
    """The arcs, and what stands at a node, that an edit changes: table and key."""
    table, key = edit["table"], str(edit["id"])
    first, _, last = key.partition("/")
    if table in ("arcs", "lanes"):
        yield "arcs", first
    elif table == "contracts":
        yield "arcs", facts.rows[table][key]["arc"]
    elif table == "limits":
        yield from (("arcs", term["arc"]) for term in facts.rows["limit_terms"].values() if term["limit"] == key)
    elif table in ("supplies", "obligations", "markets", "storages"):
        yield table, key
    elif table == "tiers":
        yield "markets", first
    elif table == "differentials":
        yield from (("markets", market) for market in ([last] if last else facts.rows["markets"]))
