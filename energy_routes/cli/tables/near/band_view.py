"""How sure a plan is, or what one changes against another: bands over draws of doubtful figures, for people."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich.markup import escape
from rich.table import Table

from energy_routes.cli.tables.money_view import SEEN, Part
from energy_routes.cli.tables.render import digits_for, number, percent, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.plan import Plan, told_bands

VALUES = ("value", "p10", "p50", "p90")
ALIKE = ("No figure of the packs is in doubt, so that all draws are alike. Grade those that are, such as estimate, "
         "in the column confidence")  # fmt: skip


def bands(plan: Plan, units: Units) -> Iterator[Part]:
    """Netback, exports and each corridor that some draw uses; nothing where no draws were solved."""
    rows = told_bands(plan.bands)
    if len(rows):
        out = table("how sure", "unit>", "as stated", "P10", "P50", "P90", "used, %")
        _fill(out, rows[(rows["used"] > 0) | (rows["value"].abs() > SEEN)], units, ["used"])
        yield Part("Bands", out, drawn(rows))


def changes(found: pd.DataFrame, units: Units) -> Part | None:
    """Bands of what a plan changes; None where no draws were solved."""
    if found.empty:
        return None
    found = told_bands(found)
    rows = found[(found[["more", "less"]] > 0).any(axis=1) | (found["value"].abs() > SEEN)]
    out = table("how sure the change is", "unit>", "as stated", "P10", "P50", "P90", "more, %", "less, %")
    _fill(out, rows, units, ["more", "less"])
    return Part("Bands of the change", out, drawn(found))


def drawn(rows: pd.DataFrame) -> str:
    """``P10 to P90 of 197 draws; 3 of 200 have no plan``; that all are alike, where nothing was drawn."""
    if (rows["p10"] == rows["p90"]).all():
        return ALIKE
    draws, plans = int(rows["draws"].iloc[0]), int(rows["plans"].iloc[0])
    return f"P10 to P90 of {plans:,} draws; {draws - plans:,} of {draws:,} have no plan"


def _fill(out: Table, rows: pd.DataFrame, units: Units, shares: list[str]) -> None:
    for row in rows.to_dict("records"):
        money = row["unit"] == "MUSD"
        factor, unit = (1.0, "MUSD") if money else (units.volume_factors[row["family"]],
                                                    units.volume_names[row["family"]])
        values = [float(row[key]) * factor for key in VALUES]
        digits = 1 if money else digits_for(values)
        name = row["name"] or (f"{row['what']} of {row['family']}" if row["family"] else row["what"])
        out.add_row(escape(str(name)), unit, *(number(value, digits) for value in values),
                    *(percent(float(row[key])) for key in shares))  # fmt: skip
