"""The ledger as an analyst reads it: money by term, in all, per unit lifted or by family."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from rich.table import Table

from energy_routes.case import ALL
from energy_routes.cli.tables.render import BLANK, number, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.indicators import ledger_term
from energy_routes.plan import Plan


class Part(NamedTuple):
    """A table with what stands above and below it."""

    title: str
    table: Table
    note: str = ""


def ledger(plan: Plan, units: Units) -> Part:
    """Money by term, in all and per unit lifted, or of several families by family; the terms sum to the objective."""
    rows = plan.ledger[plan.ledger["value"].abs() > 1e-9]
    families, lifted = list(plan.supplies["family"].unique()), float(plan.supplies["lifted"].sum())
    several = len(families) > 1
    shown = [k for k in (*plan.case.network.families, ALL) if several and (rows["family"] == k).any()]
    each = units.value_factors[families[0]] / lifted if lifted > 0 and not several else None
    heads = (*("of both" if family == ALL else family for family in shown), "total") if several else (
        "MUSD", *([f"{units.value_names[families[0]]} lifted"] if each is not None else []))
    out = table("ledger, MUSD" if several else "ledger", *heads)
    digits = 1 if plan.ledger["value"].abs().max() >= 100 else 4

    def add(name: str, own: pd.DataFrame, total: float) -> None:
        sums = own.groupby("family")["value"].sum()
        parts = [number(sums[family], digits) if family in sums else BLANK for family in shown]
        out.add_row(name, *parts, number(total, digits), *([number(total * each, digits)] if each is not None else []))

    for (term, kind), own in rows.groupby(["term", "kind"], sort=False):
        add(ledger_term(str(term)).told + ("" if kind == "cash" else f" ({kind})"), own, own["value"].sum())
    out.add_section()
    add(plan.objective.name.capitalize(), rows, plan.objective.value)
    return Part("Money", out)
