"""What is asked of a case besides its plan, each by solves of its own in live sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from energy_routes.case import Case
from energy_routes.errors import InfeasibleError
from energy_routes.linear import Index, Session, Vector, best_ratio, optimal, sign_of
from energy_routes.network import Edit
from energy_routes.solving.prices.premium import swept

if TYPE_CHECKING:
    from energy_routes.solving.reuse.compiled import Compiled

FIRST = 1e-3  # Mt or bcm a year: the first volume that uses a way


def cost(compiled: Compiled, case: Case, ask: Any, told: Mapping[Any, float]) -> float:
    """What caps and security lose against the same case without them, MUSD; 0 where there are none."""
    if not case.policy.asked:
        return 0.0
    sought = "netback" if case.policy.objective == "netback" else "objective"
    money = next(own for own in told if own.what == sought)
    free = replace(case, policy=case.policy.without_caps())
    if not free.policy.plain:
        best = compiled.plan_of(free)
        earned = best.netback if sought == "netback" else float(best.objective)
    else:
        _, numbers, solution = compiled._free_of(case)
        earned = numbers.netback(solution.x) if sought == "netback" else solution.objective
    sense = -1.0 if case.policy.objective == "cost" else 1.0
    return swept(sense * (earned - told[money]))


def least(compiled: Compiled, case: Case, ask: Any, told: Mapping[Any, float]) -> float:
    """The least share of a group with which the exports of the plan without caps are kept, 0 to 1; NaN without any."""
    free = replace(case, policy=case.policy.without_caps())
    numbers = compiled._free_of(case)[1]
    live, numbers = compiled._found(free, compiled._exports_without_caps(case), numbers.reference)
    part, whole = live.weights(ask._replace(what="share"), live.structure.program.shape[1])
    session = live.enter(numbers)
    assert whole is not None

    def lowest(cost: Vector) -> Vector:
        session.set_cost(cost, "min")
        return optimal(session).x

    share = best_ratio(lowest, part, whole, 1.0, -1.0)
    return max(0.0, share) if share == share else share


def enters(compiled: Compiled, case: Case, ask: Any, told: Mapping[Any, float]) -> float:
    """The tariff of an arc at which the first volume begins to use it, USD/t (USD/1000 m³); NaN where it is closed.

    What FIRST a year on it earns against nothing, where it costs nothing to use.
    """
    edit = Edit("arcs", ask.group, "tariff", "set", 0.0, (), "to see when it is used")
    free = replace(case, network=replace(case.network, edits=(*case.network.edits, edit)))
    live, numbers = compiled._numbers_of(free)
    program = live.structure.program
    rows = next((rows for rows in program.rows if rows.name == "capacity"), None)
    if rows is None:
        return float("nan")
    mine = np.flatnonzero((rows.axis.frame["arc"] == ask.group).to_numpy())
    if not len(mine):
        return float("nan")
    at = (program.row_slice("capacity").start + mine).astype(np.int64)
    years = {period.label: period.years for period in case.periods}
    most = FIRST * np.array([years[label] for label in rows.axis.frame["period"].to_numpy()[mine]])
    session = live.enter(numbers)
    nothing, some = (_earned(session, at, bound) for bound in (0.0 * most, most))
    return (some - nothing) / float(most.sum()) * sign_of(numbers.form)


def _earned(session: Session, rows: Index, most: Vector) -> float:
    """The optimum with no more than so much in some rows; NaN where there is no plan."""
    session.set_row_bounds(rows, np.full(len(most), -np.inf), most)
    try:
        return optimal(session).objective
    except InfeasibleError:
        return float("nan")


REQUESTS: Mapping[str, Callable[[Any, Case, Any, Mapping[Any, float]], float]] = {
    "cost": cost, "least": least, "enters": enters
}  # fmt: skip
