"""What binds, as an analyst reads it: each limit with the worth of one more of it, in its own unit."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.markup import escape

from energy_routes.cli.tables.money_view import Part
from energy_routes.cli.tables.render import BLANK, number, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.plan import NO_PLAN, NOT_FOUND, Plan
from energy_routes.results import binding

MOST_LIMITS, MOST_SUPPLIES = 15, 6
KINDS = {
    "capacity": "capacity",
    "joint": "joint limit",
    "market": "market depth",
    "policy": "policy",
    "contract": "contract",
    "storage": "tanks",
    "ramp": "re-routing",
    "obligation": "home delivery",
    "user": "your rule",
}


def worth(row: Any, units: Units, digits: int | None = None) -> str:
    """The worth of one more of a limit, an equality's up / down, in the units shown; any other unit is named."""
    factor, unit = units.of_limit(row)
    plain = unit == units.value_names[row["family"] or ""]
    digits = digits if digits is not None else units.cents[row["family"] or ""] if plain else 1
    none = NOT_FOUND if row["note"] == NOT_FOUND else NO_PLAN
    ways = ("price", "price_down") if row["side"] == "equal" else ("price",)
    text = " / ".join(none if row[way] != row[way] else number(row[way] * factor, digits) for way in ways)
    return text if plain else f"{text} {unit}"


def limits(plan: Plan, units: Units, family: str, word: str) -> Part | None:
    """Limits in the way, dearest first: what one more of each is worth, in all periods and in its dearest."""
    tight = binding(plan)
    tight = tight[(tight["kind"] != "supply") & (tight["family"] == family)]
    if tight.empty:
        return None
    shown, digits = tight.head(MOST_LIMITS), 3 if family == "all" else None
    several = len(plan.case.periods) > 1
    out = table("limit", "kind", *(("periods",) if several else ()),
                f"worth of one more, {units.value_names[family]}", *(("in its dearest period",) if several else ()),
                text=2)  # fmt: skip
    for row in shown.to_dict("records"):
        times, dearest = ((str(row["periods"]),), (_dearest(row, units, digits),)) if several else ((), ())
        out.add_row(escape(row["name"]), KINDS.get(row["kind"], row["kind"]), *times, worth(row, units, digits),
                    *dearest)  # fmt: skip
    return Part(f"What binds{word}", out, "; ".join(_notes(tight, shown, several)))


def _dearest(row: Any, units: Units, digits: int | None) -> str:
    if row["dearest"] == "horizon" or row["dearest_price"] != row["dearest_price"]:
        return BLANK
    one = {**row, "price": row["dearest_price"], "side": "", "note": ""}
    return f"{worth(one, units, digits)} ({row['dearest']})"


def _notes(tight: pd.DataFrame, shown: pd.DataFrame, several: bool) -> list[str]:
    """What must be known to read the table, as far as it is in it."""
    notes = [f"… and {len(tight) - len(shown)} more in the table prices"] if len(tight) > len(shown) else []
    if several:
        notes.append("worth is of one more a year in every period, then of one more of the dearest period")
    if (shown["side"] == "equal").any():
        notes.append("a / b: an equality, both sides moved up / down")
    if (shown["price"] < 0).any():
        notes.append("below zero: one more would cost that much")
    return notes
