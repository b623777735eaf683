"""energy-routes: from a loaded case to a checked plan, with nothing read, with exact prices, or with every table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from coefficients import Answer

import energy_routes as er


def solve(case: er.Case) -> Answer:
    """The canonical plan; its volumes are there, no price and no table is read."""
    plan = er.solve(case)
    return Answer(plan.objective, None)


def priced(case: er.Case) -> Answer:
    """With the exact price of every binding limit."""
    plan = er.solve(case)
    return Answer(plan.objective, plan.prices.table)


def read(case: er.Case) -> Answer:
    """With every table."""
    plan = er.solve(case)
    return Answer(plan.objective, plan.tables())


def live(case: er.Case) -> Callable[[Sequence[Mapping[str, str]]], list[float]]:
    """A compiled case: other figures through the live session, reading and number refresh included."""
    compiled = er.compile(case)
    return lambda changes: [float(objective) for objective in compiled.solve_many(changes)["objective"]]
