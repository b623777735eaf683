"""What a plan builds and what it emits, as tables and lines for people."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich.markup import escape
from rich.table import Table

from energy_routes.cli.tables.money_view import Part
from energy_routes.cli.tables.render import digits_for, number, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.plan import Plan
from energy_routes.results import begun


def builds(plan: Plan, units: Units) -> Iterator[Part | str]:
    """What is begun, as a table, and what is said of builds besides."""
    rows = begun(plan).sort_values(["year", "name"], kind="stable")
    if len(rows):
        yield Part("Builds", _begun(rows))
    if (found := plan.certificate.get("builds")) is not None:
        left = [str(name) for name, built in plan.builds.groupby("name")["built"].max().items() if not built]
        word = "could be, at least" if plan.objective.name == "cost" else "could bring at most"
        lines = (
            f"Builds are whole: {number(found['value'], 1)} MUSD; parts of projects {word} "
            f"{number(found['bound'], 1)} MUSD (a bound, not a plan)",
            f"Not built: {', '.join(left)}" if left else "",
            "Prices hold with the builds as they are",
        )
        yield "\n".join(filter(None, lines))


def _begun(rows: pd.DataFrame) -> Table:
    """In the order of years: capacity, capex, and the charge of a full year."""
    out = table("built", "from", "units", "capacity>", "capex, MUSD", "MUSD a year")
    sizes = digits_for(rows["capacity"].astype(float).tolist())
    for row in rows.to_dict("records"):
        size = f"{number(row['capacity'], sizes)} {row['unit']}"
        money = (number(row["capex"], 1), number(row["charge"], 1))
        out.add_row(escape(row["name"]), row["year"], number(row["units"], 2).removesuffix(".00"), size, *money)
    out.add_section()
    out.add_row("all", "", "", "", number(rows["capex"].sum(), 1), number(rows["charge"].sum(), 1))
    return out


def emissions(plan: Plan, units: Units) -> Iterator[str]:
    """What moving it emits, a line a family."""
    rows = plan.emissions
    for family in rows["family"].unique() if len(rows) else ():
        own = rows[(rows["period"] == "total") & (rows["family"] == family)]
        whole = own[own["mode"] == "total"].iloc[0]
        parts = own[(own["mode"] != "total") & (own["emitted"] > 0)].sort_values("emitted", ascending=False)
        amounts = zip(parts["mode"].astype(str), parts["emitted"].astype(float), strict=True)
        by = ", ".join(f"{mode.replace('_', ' ')} {number(amount)}" for mode, amount in amounts)
        measure = plan.case.network.families[str(family)].measure
        what = f"a {measure}" if measure.isalpha() else f"per {measure}"
        named = f" of {family}" if rows["family"].nunique() > 1 else ""
        yield (
            f"Moving it{named} emits {number(whole['emitted'])} Mt CO2e, {number(whole['per_unit'], 1)} kg {what} "
            f"lifted: {by}"
        )
