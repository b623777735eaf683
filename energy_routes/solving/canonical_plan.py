"""One plan among optimal plans: least tonne-km, then deliveries nearest to pro rata, then flows spread over capacity.

The optimal face is described by the duals of the stage before (columns with a reduced cost stay at their bound,
rows with a dual at theirs), so each linear stage is one warm solve of the same live session.  What is left after them
is decided by sums of squares (:mod:`energy_routes.formulation.pro_rata`), which leave one point.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from energy_routes.formulation import Space, Yardsticks, sales, yardsticks
from energy_routes.linear import (
    LinearForm,
    Point,
    Program,
    Session,
    Solution,
    Standing,
    Status,
    Vector,
    face,
    face_of,
    nearest,
    refined,
    snap,
)

log = logging.getLogger(__name__)

HANDLING = 1e-3  # thousands of km that passing on from one lane, or into or out of a tank, counts as


def pick(
    session: Session, program: Program, solution: Solution, space: Space, asked: Standing | None = None
) -> Solution:
    """The one plan of the optimal face, or any where all have the same of what is ``asked``; it changes the session."""
    return preference((space,), program).best(session, program, solution, asked)


def exporting(session: Session, program: Program, solution: Solution, space: Space) -> Solution:
    """The optimum that the session has found, or one as good that exports of each family what the one plan exports.

    The session is left with its own programme.
    """
    asked, form = family_exports(space, program.shape[1]), session.form
    if solution.prices is None or asked.on(face_of(form, solution)):
        return solution
    chosen = preference((space,), program).best(session, form, solution, asked)
    session.update(form)
    return solution.with_values(Point(solution.objective, chosen.x, chosen.row_value), solution.prices)


def family_exports(space: Space, columns: int) -> Standing:
    """What each family exports, as measures of a face."""
    family = space.exports.axis.frame["family"]
    own = [space.exports.of_rows((family == name).to_numpy(dtype=bool), columns) for name in family.unique()]
    return Standing(np.array(own).reshape(-1, columns))


def preference(spaces: Sequence[Space], program: Program, then: Sequence[Vector] = ()) -> Preference:
    """What is preferred among optimal plans: what ``then`` and the spaces ask for, then the spaces' least tonne-km.

    Plans of least cost, to which prices are nothing, then sell where most is paid.
    """
    columns = program.shape[1]
    later = (expr.coefficients(columns) for space in spaces for expr in space.then)
    moved = sum((tonne_km(space, columns) + tank_moves(space, columns) for space in spaces), np.zeros(columns))
    dearest = (-sales(space).coefficients(columns) for space in spaces if space.policy.objective == "cost")
    return Preference(program, (*then, *later, moved, *dearest))


@dataclass(frozen=True, eq=False)
class Preference:
    """What is preferred among optimal plans of one structure: ``costs`` made least in turn, then sums of squares."""

    program: Program
    costs: tuple[Vector, ...]

    @cached_property
    def yardsticks(self) -> Yardsticks:
        """What deliveries and flows are measured by."""
        return yardsticks(self.program)

    def best(
        self, session: Session, form: LinearForm, solution: Solution, asked: Standing | None = None
    ) -> Solution:
        """The preferred point of the optimal face of ``form``, which the live ``session`` has solved to ``solution``.

        Where all that is ``asked`` has one value after the linear stages, any point there is handed out.
        The session is left changed.  Where a stage cannot be solved, or its point fails our check, the stage before
        decides, and that is logged: the plan is optimal all the same, but one of several.
        """
        for cost in self.costs:
            _hold(session, form, solution)
            session.set_cost(cost, "min")
            stage = session.solve()
            if stage.status is not Status.optimal:
                return _one_of_several(form, solution, stage.status.value)
            solution = stage
        _hold(session, form, solution)
        if asked is not None and asked.on(session.form):
            return _at(form, solution, solution.x)
        x = nearest(session.form, solution.x, self.yardsticks.goals(form))
        if x is None:
            return _one_of_several(form, solution, "the nearest to pro rata was not found")
        return _at(form, solution, x)


def _hold(session: Session, form: LinearForm, solution: Solution) -> None:
    """Narrow the live session to the face of its last solve."""
    columns, kept, rows, reached = face(form, solution, session.form.cost)
    session.set_column_bounds(columns, kept, kept)
    session.set_row_bounds(rows, reached, reached)


def _one_of_several(form: LinearForm, solution: Solution, why: str) -> Solution:
    """The vertex of the last stage, its digits from what is tight there, and a word in the log."""
    log.warning("the plan is one of several that are equally good: %s", why)
    return _at(form, solution, refined(form, solution.x, np.zeros(len(solution.x)), solution.x))


def _at(form: LinearForm, solution: Solution, x: Vector) -> Solution:
    """The solution with the values of another optimal point, those near a bound on it; it has no prices."""
    x = snap(snap(x, form.col_lower), form.col_upper)
    activity = snap(snap(form.matrix @ x, form.row_lower), form.row_upper)
    return solution.with_values(Point(float(form.cost @ x) + form.offset, x, activity), None)


def tonne_km(space: Space, columns: int) -> Vector:
    """Tonne-kilometres a unit of each column, in thousands of km."""
    return (space.flow * (space.flow.axis.data("length") / 1000.0 + HANDLING)).coefficients(columns)


def tank_moves(space: Space, columns: int) -> Vector:
    """What goes into a tank or out of it counts as much as one more lane: a tank is not moved for nothing."""
    return ((space.injected + space.withdrawn) * HANDLING).coefficients(columns)
