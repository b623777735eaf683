"""Everything the page knows, as one JSON-ready object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from shapely import get_coordinates

from energy_routes.answer import MARKS, Words
from energy_routes.errors import UsageError
from energy_routes.indicators import WAY
from energy_routes.maps.data import style
from energy_routes.maps.data.lands import region
from energy_routes.maps.data.payload import MapData, home_of, payload, records
from energy_routes.maps.data.scene import IDLE_MODES
from energy_routes.maps.data.spans import Span, spans_of
from energy_routes.maps.data.titles import difference, titled
from energy_routes.maps.page.frame import WIDE, Frame, beside, courses, flat
from energy_routes.maps.page.ground import ground
from energy_routes.maps.page.numbers import corridors_told, of_corridors, plan_numbers, text_of
from energy_routes.network import in_term
from energy_routes.pack import Family, in_order, installed, spanned
from energy_routes.plan import Plan, check_meaning, corridor_arcs
from energy_routes.provenance import stale_years

Made = TypeVar("Made")
Step = tuple[str, Plan, str]  # of a page that is stepped through: label, plan, note
MOST_ROUTES, FEW_ROUTES = 80, 24  # netback sheets of a plan; fewer where there are many plans
DRAWN = ("operating", "idle", "proposed")
STYLE: Mapping[str, Any] = {
    "steps": style.UTILISATION_STEPS, "bottleneck": style.BOTTLENECK, "idle": style.IDLE, "uncapped": style.UNCAPPED,
    "floor": style.FLOW_FLOOR, "muted": style.MUTED, "sea": style.SEA, "land": style.LAND, "homeLand": style.HOME_LAND,
}  # fmt: skip
# Texts about a family, with the placeholders that the script fills.
OF_FAMILY: Mapping[str, Mapping[str, str]] = {"family": {}, "measure": {}, "kpi.exports": {},
                                              "tip.worth": {"price": "{price}"}}
PREFIXES = ("aria.", "button.", "credit.", "family.", "group.", "help.", "kind.", "kpi.", "ledger.", "legend.", "map.",
            "measure.", "mode.", "page.", "panel.", "pill.", "report.", "sheet.", "slider.", "span.", "status.",
            "table.", "tip.", "title.", "unit.", "view.")


def content(plan: Plan, *, other: Plan | None = None, steps: Sequence[Step] | None = None,
            period: str | None = None, lang: str = "en", bands: pd.DataFrame | None = None,
            every: bool = False) -> dict[str, Any]:
    """The content of a page: its plans (the first is the one before), spans, arcs, nodes, corridors and ground.

    ``every``: with the lines that no plan uses, too.
    """
    plans, labels, kind = _cast(plan, other, steps)
    spans = spans_of(plans)
    maps = _each(plans, lambda number: payload(plans[number], lang=lang))
    words = maps[0].words
    arcs = _arcs(maps, every=every)
    families = in_order(family for data in maps for family in data.families)
    lines = {arc: line for data in maps for arc, line in data.lines.items()}
    home = home_of(pd.concat([data.nodes for data in maps]))
    frame = Frame.around(np.vstack([data.places() for data in maps]), _flows(arcs, lines), _outline(home, words))
    paths = courses({arc: lines[arc] for arc in arcs["arc"] if arc in lines}, frame)
    ids = arcs["arc"].tolist()
    reach = frame.reach(paths.values())
    numbers = _each(plans, lambda number: plan_numbers(
        plans[number], ids, [span.labels[number] for span in spans], maps[number].doubted, words,
        FEW_ROUTES if kind == "steps" else MOST_ROUTES))
    return {
        "families": [_family(family) for family in families], "together": words.together(families),
        "kind": kind, "title": titled(plan.case, words), "question": plan.case.question,
        "file": plan.case.name, "version": installed("energy-routes") or "",
        "words": words.part(*PREFIXES) | _words_of(families, words),
        "marks": MARKS[words.language],
        "view": [0, 0, WIDE, round(frame.height, 1)],
        "reach": [round(v, 1) for v in (reach[0], -reach[3], reach[2], -reach[1])],  # y down
        "spans": [_told(span, words) for span in spans], "start": _start(spans, period),
        "plans": [{**told, "name": own.case.name, "title": titled(own.case, words),
                   "moved": [difference(plan, own, (span.labels[0], span.labels[number]), words)
                             for span in spans if kind == "pair" and number],
                   **numbers[number]}
                  for number, (own, told) in enumerate(zip(plans, labels, strict=True))],
        "arcs": _with_ages(_with_payees(_arc_facts(arcs, paths, words), plans, words), plan),
        "nodes": _nodes(maps, frame, home),
        "corridors": _corridors(plans, ids, words), "surely": {} if bands is None else of_corridors(plan, bands),
        "sheet": [[line.id, line.words, line.sign] for line in WAY],
        "ground": ground(frame, reach, home, words),
        "credits": list(dict.fromkeys(line for data in maps for credit in data.credits for line in credit.split("\n"))),
        "style": STYLE, "live": None,
    }


def _each(plans: Sequence[Plan], make: Callable[[int], Made]) -> list[Made]:
    """What is made of each plan by its number, once of a plan that is there twice, as on the page that solves."""
    made: dict[int, Made] = {}
    for number, plan in enumerate(plans):
        if id(plan) not in made:
            made[id(plan)] = make(number)
    return [made[id(plan)] for plan in plans]


def _family(family: Family) -> dict[str, Any]:
    """A family as the script knows it: its units, and its tones."""
    return {"id": family.id, "unit": family.volume_unit, "price": family.price_unit, "priced": family.priced,
            "ramp": family.ramp, "proposed": family.proposed, "pale": family.pale}


def _words_of(families: Sequence[Family], words: Words) -> dict[str, str]:
    """The texts about families, with and without one of their own, by the keys of those that have one."""
    told = {f"{key}.{family.id}": words.of_family(key, family, **blank)
            for family in families for key, blank in OF_FAMILY.items()}
    units = {f"unit.{unit}": words.unit(unit)
             for family in families for unit in (family.volume_unit, family.price_unit, family.priced)}
    return {**told, **units}


def _cast(
    plan: Plan, other: Plan | None, steps: Sequence[Step] | None
) -> tuple[list[Plan], list[dict[str, str]], str]:
    """The plans, what each is called, and what kind of page it is: one, pair or steps."""
    if other is not None and steps is not None:
        raise UsageError("a page compares two plans or steps through several: give other or steps, not both.")
    if steps is not None:
        if not steps:
            raise UsageError("a page of steps needs at least one step.")
        told = [{"label": "", "note": ""}, *({"label": str(label), "note": str(note)} for label, _, note in steps)]
        return [plan, *(own for _, own, _ in steps)], told, "steps"
    if other is None:
        return [plan], [{"label": "", "note": ""}], "one"
    check_meaning(plan, other)
    return [plan, other], [{"label": "", "note": ""}, {"label": "", "note": ""}], "pair"


def _start(spans: Sequence[Span], period: str | None) -> int:
    """The place of the span that a period names; the last, all together, for none."""
    if period is None:
        return len(spans) - 1
    found = [at for at, span in enumerate(spans) if period in (span.label, span.labels[0][0][:4])]
    if not found:
        there = spanned([spans[0].label, spans[-1].labels[0][-1]])
        raise UsageError(f"the map has no period {period!r}. It has {there}.")
    return found[0] if spans[found[0]].label == period else found[-1]


def _told(span: Span, words: Words) -> dict[str, Any]:
    labels = span.labels[0]
    names = dict.fromkeys(words.span(own) for own in span.labels)
    short = words.month(labels[0], short=True) if "-" in labels[0] else labels[0]
    return {"id": span.label, "name": " / ".join(names), "short": short, "months": round(span.months, 4),
            "periods": len(labels)}


def _arcs(maps: Sequence[MapData], *, every: bool) -> pd.DataFrame:
    """Every arc of every plan that could be drawn or listed, once."""
    table = pd.concat([data.arcs for data in maps], ignore_index=True)
    table["most"] = table.groupby("arc")["volume"].transform("max")
    lasting = table["mode"].isin(IDLE_MODES) | (table["status"] == "proposed")
    shown = (table["most"] > style.FLOW_FLOOR) | (table["status"].isin(DRAWN) & lasting)
    return table[shown | every].drop_duplicates("arc").reset_index(drop=True)


def _arc_facts(arcs: pd.DataFrame, paths: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    numbers = {arc: number for number, arc in enumerate(arcs["arc"])}
    own = list(paths)
    sides = dict(zip(own, beside([paths[arc] for arc in own]), strict=True))
    facts = []
    for row in records(arcs):
        arc = row["arc"]
        told = {key: text_of(row[key]) for key in ("name", "from", "to", "mode", "operator", "family", "unit")}
        fact: dict[str, Any] = {"id": arc, **told, "name": words.name(told["name"]) or arc}
        if row["line"] and row["mode"] in IDLE_MODES:
            fact["line"] = row["line"]
        if arc in paths:
            fact["p"] = flat(paths[arc])
            fact["beside"] = [{**side, "o": numbers[own[side["o"]]]} for side in sides[arc]]
        facts.append(fact)
    return facts


def _with_payees(facts: list[dict[str, Any]], plans: Sequence[Plan], words: Words) -> list[dict[str, Any]]:
    """The facts of arcs with the payees that the packs name for each, by their terms in any plan."""
    paid: dict[str, dict[str, None]] = {}
    for plan in plans:
        network = plan.case.network
        table = network.tables["payees"]
        held = np.flatnonzero((in_term(network, plan.case.periods, "payees") > 0).any(axis=1))
        rows = table.iloc[held]
        for target, payee in zip(rows["target"], rows["payee"], strict=True):
            paid.setdefault(target.removeprefix("arc:"), {})[words.name(payee)] = None
    return [fact | ({"paid": "; ".join(paid[fact["id"]])} if fact["id"] in paid else {}) for fact in facts]


def _with_ages(facts: list[dict[str, Any]], plan: Plan) -> list[dict[str, Any]]:
    """The facts of arcs with the year of a tariff that is stale in the plan; of no tariff none."""
    case, old = plan.case, stale_years(plan.case, "arcs", "tariff")
    paid = np.flatnonzero(case.network.resolve("arcs", "tariff", case.periods).any(axis=1))
    arcs = case.network.ids("arcs")
    years = {arcs[at]: old[arcs[at]] for at in paid if arcs[at] in old}
    return [fact | ({"aged": years[fact["id"]]} if fact["id"] in years else {}) for fact in facts]


def _flows(arcs: pd.DataFrame, lines: Mapping[str, Any]) -> list[Any]:
    """(lon, lat) of every line that carries something in one of the plans."""
    return [np.asarray(lines[arc].coords)[:, :2]
            for arc, most in zip(arcs["arc"], arcs["most"], strict=True) if most > style.FLOW_FLOOR and arc in lines]


def _outline(home: str | None, words: Words) -> Any:
    """(lon, lat) of the home country's outline; None where the region's map does not have it."""
    found = [get_coordinates(shape) for code, shape in region(words.file("countries.geojson")) if code == home]
    return np.vstack(found) if found else None


def _nodes(maps: Sequence[MapData], frame: Frame, home: str | None) -> list[dict[str, Any]]:
    nodes = pd.concat([data.nodes for data in maps], ignore_index=True).drop_duplicates("id")
    out = []
    for row in records(nodes):
        node = {"id": row["id"], "name": text_of(row["label"]) or row["id"], "kind": row["kind"]}
        if row["kind"] == "market" and row["country"] == home:
            node["inland"] = 1
        if pd.notna(row["lon"]) and pd.notna(row["lat"]):
            node["x"], node["y"] = flat(frame.upward(np.array([[row["lon"], row["lat"]]])))
        out.append(node)
    return out


def _corridors(plans: Sequence[Plan], ids: Sequence[str], words: Words) -> list[dict[str, Any]]:
    """Export corridors with the arcs that their routes and meters take."""
    at = {arc: number for number, arc in enumerate(ids)}
    found: dict[str, dict[str, Any]] = {}
    for plan in plans:
        rows = corridors_told(plan).drop_duplicates("id")
        for row in records(rows):
            group = str(row["group"])
            name = words.name(text_of(row["name"])) or group
            one = found.setdefault(row["id"], {"id": row["id"], "corridor": group, "name": name,
                                               "family": row["family"], "arcs": set()})
            one["arcs"] |= {at[arc] for own in corridor_arcs(plan, group, row["family"]) for arc in own if arc in at}
    return [{**one, "arcs": sorted(one["arcs"])} for one in found.values()]
