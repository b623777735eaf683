"""The ledger as an analyst reads it: money by term, in all, per unit lifted or by family."""

from __future__ import annotations

from typing import NamedTuple

from rich.table import Table

from energy_routes.case import ALL
from energy_routes.cli.tables.render import BLANK, number, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.plan import Plan

TERMS = {
    "sales": "Sales",
    "home_sales": "Sales to home refineries and cities",
    "tariffs": "Pipeline and rail tariffs",
    "loading": "Port charges",
    "freight": "Sea freight",
    "quality": "Quality bank and lost identity",
    "rebates": "Rebates to owners of lines",
    "lifting": "Lifting",
    "deficiency": "Ship-or-pay and interruptible charges",
    "shortage": "Home deliveries missed",
    "relief": "Capital not paid twice (added volume of widened lines)",
    "capex": "Builds: capital and upkeep",
    "carbon": "Carbon",
    "closing_value": "Stock left at the end",
    "bookings": "Bookings not used, and premiums of the day",
    "disruptions": "Disruptions, expected",
    "aversion": "Given up for a milder worst tail",
}


class Part(NamedTuple):
    """A table with what stands above and below it."""

    title: str
    table: Table
    note: str = ""


def ledger(plan: Plan, units: Units) -> Part:
    """Money by term, in all and per unit lifted (or by family); the terms add up to the objective."""
    families = [str(family) for family in plan.supplies["family"].unique()]
    if len(families) > 1:
        return _by_family(plan)
    lifted = float(plan.supplies["lifted"].sum())
    each = lifted > 0
    out = table("ledger", "MUSD", *([f"{units.value_names[families[0]]} lifted"] if each else []))
    digits = 1 if plan.ledger["value"].abs().max() >= 100 else 4
    scale = units.value_factors[families[0]] / lifted if each else 0.0

    def add(name: str, value: float) -> None:
        out.add_row(name, number(value, digits), *([number(value * scale, digits)] if each else []))

    for row in plan.ledger[plan.ledger["value"].abs() > 1e-9].to_dict("records"):
        mark = "" if row["kind"] == "cash" else f" ({row['kind']})"
        add(_term(str(row["term"])) + mark, row["value"])
    out.add_section()
    add(plan.objective.name.capitalize(), plan.objective.value)
    return Part("Money", out)


def _by_family(plan: Plan) -> Part:
    """Money by term and family, and in total."""
    rows = plan.ledger[plan.ledger["value"].abs() > 1e-9]
    families = [family for family in (*plan.case.network.families, ALL) if (rows["family"] == family).any()]
    out = table("ledger, MUSD", *("of both" if family == "all" else family for family in families), "total")
    digits = 1 if plan.ledger["value"].abs().max() >= 100 else 4
    for (term, kind), own in rows.groupby(["term", "kind"], sort=False):
        mark = "" if kind == "cash" else f" ({kind})"
        by_family = own.groupby("family")["value"].sum()
        parts = [number(by_family[family], digits) if family in by_family else BLANK for family in families]
        out.add_row(_term(str(term)) + mark, *parts, number(own["value"].sum(), digits))
    out.add_section()
    sums = [number(rows.loc[rows["family"] == family, "value"].sum(), digits) for family in families]
    out.add_row(plan.objective.name.capitalize(), *sums, number(plan.objective.value, digits))
    return Part("Money", out)


def _term(name: str) -> str:
    return TERMS.get(name, name.replace("_", " "))
