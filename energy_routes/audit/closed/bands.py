"""Bands: beside the plan's own numbers, in order, of no more draws than there are, and in the summary as in the table.

The draws themselves are not solved again.
"""

from __future__ import annotations

import math

from energy_routes.audit.facts import Facts, Row, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import SAME, Findings

UNCHECKED = ("bands.p10", "bands.p50", "bands.p90", "bands.used", "bands.draws", "bands.plans")
DRAWN = ("draws are not solved again; tested: P10, P50 and P90 are in order, shares lie between 0 and 1, no more have "
         "a plan than there are")
TOLD = {"measure": "what", "corridor": "group", "commodity": "family"}  # key of the summary → column


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every row of the table of bands, where draws were solved, and of the bands of the summary."""
    rows = saved["bands"]
    own = _own(saved, facts)
    for row in rows:
        key = row["what"], row["kind"] or "", row["group"] or "", row["family"] or ""
        what = " ".join(filter(None, key))
        volume, name, unit = own.get(key, (math.nan, None, None))
        found.true("bands", what, key in own, "is no number of this plan")
        found.equal("bands", f"{what} as stated", row["value"], volume)
        found.true("bands", what, row["name"] == name, f"is called {name!r}")
        found.true("bands", what, row["unit"] == unit, "is in another unit")
        found.within("bands", f"{what} plans", row["plans"], 0.0, row["draws"])
        if row["plans"]:
            found.within("bands", f"{what} P50", row["p50"], row["p10"], row["p90"])
            found.within("bands", f"{what} used", row["used"], 0.0, 1.0)
    if rows:
        found.unchecked |= dict.fromkeys(UNCHECKED, DRAWN)
    _summary(saved, rows, found)


def _own(saved: Saved, facts: Facts) -> dict[tuple[str, str, str, str], tuple[float, str | None, str]]:
    """What bands can be of, by what, kind, group and family: the plan's own number, its name and its unit."""
    exports = sums_by((row for row in saved["deliveries"] if row["export"]), "volume", "family")
    arcs = sums_by(saved["arcs"], "volume", "arc", "family")
    out: dict[tuple[str, str, str, str], tuple[float, str | None, str]] = {
        ("netback", "", "", ""): (saved.summary["netback"]["value"], None, "MUSD"),
        **{("exports", "", "", family): (exports[family], None, facts.units[family]) for family in facts.families},
        **{("volume", "arc", arc, family): (volume, facts.called("arcs", arc), facts.units[family])
           for (arc, family), volume in arcs.items()},
    }  # fmt: skip
    for row in saved["groups"]:
        if row["period"] == "total" and row["family"] in facts.units:
            key = row["kind"], row["group"], row["family"]
            out["volume", *key] = row["volume"], row["name"], facts.units[row["family"]]
            out["share", *key] = row["share"], row["name"], "1"
    return out


def _summary(saved: Saved, rows: list[Row], found: Findings) -> None:
    """The bands of netback, exports and corridors, in the order of their table."""
    told = [row for row in rows if row["kind"] in (None, "corridor") and row["what"] != "share"]
    items = saved.summary.get("bands", [])
    found.true("summary", "bands", len(items) == len(told), "not as many rows as the table")
    for item, row in zip(items, told, strict=False):
        for key, value in item.items():
            want, what = row[TOLD.get(key, key)], f"band of {row['what']} {row['group'] or row['family'] or ''} {key}"
            if isinstance(want, float):
                found.equal("summary", what, value, want, SAME)
            else:
                found.true("summary", what, (value or None) == want, f"is {value!r}, in the table {want!r}")
