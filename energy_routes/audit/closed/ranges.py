"""Ranges: the plan's own volume lies in each, a looser band holds a tighter one, and no end passes a capacity.

That the ends can be reached, and no more, are optima of other programmes; they are not found again.
"""

from __future__ import annotations

import math
from itertools import pairwise

from energy_routes.audit.facts import Facts, Row, defined, rows_by, sum_of
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

ROUTE, TOTAL = "route", "total"
KINDS = {  # kind of volume: its table, the column of its id, the volume, and the most that there can be
    "arc": ("arcs", "arc", "volume", "capacity"), "supply": ("supplies", "supply", "lifted", "available"),
    "delivery": ("deliveries", "market", "volume", None), "home": ("obligations", "obligation", "volume", None),
}  # fmt: skip
NAMED = {"arc": "arcs", "delivery": "markets"}
ENDS = "the ends are optima of other programmes; tested: the plan lies between them, and no end passes a capacity"
ASKED = "what was asked for, and the money of it; tested: a band that may lose more is no narrower"
UNCHECKED = {
    **dict.fromkeys(("low", "high", "share_low", "share_high", "gap"), ENDS),
    **dict.fromkeys(("within", "loss"), ASKED),
}


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every row of the table of ranges."""
    rows = saved["ranges"]
    for column, reason in UNCHECKED.items() if rows else ():
        found.skip(f"ranges.{column}", reason)
    for row in rows:
        what = f"{row['kind']} {row['id']} {row['commodity'] or row['family']} {row['period']} {row['within']}"
        volume, share, most = _own(row, saved)
        most = math.nan if facts.policy.get("build") else most  # other builds may have been open, and make capacity
        found.columns("ranges", what, row, {"volume": volume, "share": share})
        found.true("ranges", what, row["unit"] == facts.units[row["family"]], "is in another unit")
        called = _called(row, facts).partition(" (")[0]
        found.true("ranges", what, str(row["name"]).partition(" (")[0] == called, f"is called {called!r}")
        for value, ends in ((volume, ("low", "high")), (share, ("share_low", "share_high"))):
            if not math.isnan(value):
                _between(f"{what} {ends[1].removesuffix('high') or 'volume'}", value, [row[end] for end in ends], found)
        found.within("ranges", f"{what} most", row["high"], -math.inf, defined(most, math.inf))
        found.within("ranges", f"{what} loss", row["loss"], 0.0, math.inf)
    for key, own in rows_by(rows, "kind", "id", "family", "commodity", "period").items():
        _nested(" ".join(map(str, key)), own, found)


def _own(row: Row, saved: Saved) -> tuple[float, float, float]:
    """The plan's own volume and share of what a row is about, and the most that there can be; NaN where none is."""
    kind, period = row["kind"], row["period"]
    if kind == ROUTE:
        own = (r for r in saved["routes"] if ";".join(filter(None, (r["origin"], r["arcs"], r["market"]))) == row["id"]
               and r["commodity"] == row["commodity"])  # fmt: skip
        return sum_of(own, "volume"), math.nan, math.nan
    if kind in KINDS:
        table, column, volume, most = KINDS[kind]
        found = [r for r in saved[table] if r[column] == row["id"] and period in (r["period"], TOTAL)
                 and (kind == "arc" or row["commodity"] in (None, r["commodity"]))]  # fmt: skip
        return sum_of(found, volume), math.nan, sum_of(found, most) if most else math.nan
    group = (r for r in saved["groups"] if (r["kind"], r["group"], r["family"], r["period"])
             == (kind, row["id"], row["family"], period))  # fmt: skip
    one = next(group, {"volume": math.nan, "share": math.nan})
    return one["volume"], one["share"], math.nan


def _called(row: Row, facts: Facts) -> str:
    """The name in the raw tables; what the raw tables do not name is called in words for readers."""
    kind, key = row["kind"], row["id"]
    if kind in NAMED:
        return facts.called(NAMED[kind], key)
    return facts.groups.get((kind, key, row["family"]), str(row["name"]))


def _between(what: str, value: float, ends: list[float], found: Findings) -> None:
    low, high = ends
    found.within("ranges", what, value, defined(low, -math.inf), defined(high, math.inf))


def _nested(what: str, rows: list[Row], found: Findings) -> None:
    """Of two bands the one that may lose more is no narrower."""
    rows = sorted(rows, key=lambda row: row["loss"])
    for tight, loose in pairwise(rows):
        for ends in (("low", "high"), ("share_low", "share_high")) if tight["gap"] == loose["gap"] == 0.0 else ():
            for value in (tight[end] for end in ends if not math.isnan(tight[end])):
                _between(f"{what} {tight['within']} in {loose['within']}", value, [loose[end] for end in ends], found)
