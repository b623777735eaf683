"""From a solution to a plan: its objective, which is the sum of its ledger, and what makes each of its tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from energy_routes.case import ALL, known_weights
from energy_routes.formulation import Space, Tangent, netback_terms
from energy_routes.indicators import indicator_table
from energy_routes.linear import Program, Vector
from energy_routes.plan.columns import of_family
from energy_routes.plan.doubt import BANDS, RANGES
from energy_routes.plan.making.builds_and_emissions import builds_table, emissions_table
from energy_routes.plan.making.groups import groups_table, ramps_table
from energy_routes.plan.making.owners import owners_table
from energy_routes.plan.making.payments import payments_table
from energy_routes.plan.making.routes import routes_table
from energy_routes.plan.making.schedule import schedule_table
from energy_routes.plan.making.volumes import (
    arcs_table,
    deliveries_table,
    flows_table,
    obligations_table,
    stocks_table,
    supplies_table,
)
from energy_routes.plan.plan import RAMPS, Plan, Prices, Value
from energy_routes.plan.price_table import Worth, price_table
from energy_routes.plan.solved import Solved, unpriced
from energy_routes.plan.tables import Tables
from energy_routes.plan.warnings.notices import notices

Entry: TypeAlias = tuple[str, str, float, str, str]  # term, kind, MUSD, its unit, family


def assemble(
    space: Space,
    program: Program,
    x: Vector,
    worth: Callable[[], Worth] | None,
    certificate: dict[str, Any],
    cuts: Sequence[Tangent] = (),
) -> Plan:
    """The plan of a point ``x`` (one number a column).

    ``worth`` prices the limits when a price is first read; None for a foreign solver.  The objective is the sum of the
    ledger's entries, so that certificate ``ledger_gap`` sets it against the programme's own.  Raises LabelError where a
    line of the netback sheet is paid for what no route could carry.
    """
    of = Solved(space, x.copy(), netback_terms(space, program), worth or unpriced)
    entries = _entries(space, program, of.x)
    objective = float(np.sum([entry[2] for entry in entries]))
    _ = of.sheet  # what no route could carry is refused now, and not when the routes are read
    return Plan(
        case=space.case,
        status="optimal",
        objective=Value(space.policy.objective, objective),
        netback=float(sum(float(term.expr.value(of.x).sum()) for term in of.money if term.kind == "cash")),
        parts=_parts(of, program, entries),
        certificate={
            **certificate,
            "ledger_gap": abs(objective - float(program.cost @ of.x + program.offset)),
            **({"cuts": [cut.as_dict() for cut in cuts]} if cuts else {}),
        },
    )


def _parts(of: Solved, program: Program, entries: Sequence[Entry]) -> Tables:
    """Every table and the warnings, each with what makes it."""
    tables, groups = of.space.case.network.tables, cache(partial(groups_table, of))
    return Tables({
        "flows": partial(flows_table, of),
        "arcs": partial(arcs_table, of),
        "routes": partial(routes_table, of),
        "schedule": partial(schedule_table, of),
        "ledger": partial(pd.DataFrame, entries, columns=["term", "kind", "value", "unit", "family"]),
        "prices": lambda: Prices(price_table(of.space, program, of.x, of.worth)),
        "indicators": lambda: indicator_table(groups(), of.space.measured, known_weights(tables)),
        "groups": lambda: groups().copy(deep=False),
        "supplies": partial(supplies_table, of),
        "deliveries": partial(deliveries_table, of),
        "obligations": partial(obligations_table, of),
        "stocks": partial(stocks_table, of),
        "ranges": partial(pd.DataFrame, columns=RANGES),
        "security": pd.DataFrame,
        "bookings": pd.DataFrame,
        "futures": pd.DataFrame,
        "builds": lambda: builds_table(of.space, of.x, of.worth),
        "emissions": partial(emissions_table, of),
        "bands": partial(pd.DataFrame, columns=list(BANDS), dtype=object),
        "ramps": lambda: ramps_table(of)[list(RAMPS)],
        "owners": lambda: owners_table(of, groups()),
        "payments": partial(payments_table, of),
        "warnings": partial(notices, of),
    })  # fmt: skip


def _entries(space: Space, program: Program, x: Vector) -> list[Entry]:
    """One entry a term of the objective and family; a term over all families at once (what risk adds) says 'all'."""
    families = list(dict.fromkeys(space.exports.axis.frame["family"]))
    entries: list[Entry] = []
    for term in program.terms:
        values, over = term.expr.value(x), term.expr.axis
        if len(families) == 1 or "family" not in over.frame:
            family = families[0] if len(families) == 1 else ALL
            entries.append((term.name, term.kind, float(values.sum()), "MUSD", family))
            continue
        entries += [(term.name, term.kind, float(values[of_family(space, over, family)].sum()), "MUSD", family)
                    for family in families]  # fmt: skip
    return entries
