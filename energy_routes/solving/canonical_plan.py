"""One plan: among optimal plans the one that moves least (tonne-km, then tanks), then a stable choice by labels.

The optimal face is described by the duals of the stage before (columns with a reduced cost stay at their bound,
rows with a dual at theirs), so each further stage is one warm solve of the same live session.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from energy_routes.formulation import Space
from energy_routes.linear import LinearForm, Program, Session, Solution, Status, Vector, face, refine

HANDLING = 1e-3  # thousands of km that passing on from one lane, or into or out of a tank, counts as


def pick(session: Session, program: Program, solution: Solution, space: Space) -> Solution:
    """The one plan of the optimal face."""
    later = (expr.coefficients(program.shape[1]) for expr in space.then)
    return canonical(session, program, solution, (*later, *tie_costs(space, program)))


def canonical(session: Session, form: LinearForm, solution: Solution, costs: Iterable[Vector]) -> Solution:
    """The plan of the optimal face that makes each of the costs least in turn, its digits refined."""
    return refine(form, least_in_turn(session, form, solution, costs))


def least_in_turn(session: Session, form: LinearForm, solution: Solution, costs: Iterable[Vector]) -> Solution:
    """A point of the optimal face where each cost is the least that those before it leave; the session is left changed.

    Falls back to the stage before where a stage cannot be solved.
    """
    for cost in costs:
        columns, kept, rows, reached = face(form, solution, session.form.cost)
        session.set_column_bounds(columns, kept, kept)
        session.set_row_bounds(rows, reached, reached)
        session.set_cost(cost, "min")
        stage = session.solve()
        if stage.status is not Status.optimal:
            break
        solution = stage
    return solution


def tie_costs(space: Space, program: Program) -> tuple[Vector, Vector]:
    """Least tonne-km and moves of tanks, then a stable choice by labels: one coefficient a column each."""
    columns = program.shape[1]
    return tonne_km(space, columns) + tank_moves(space, columns), tie_break(program)


def tonne_km(space: Space, columns: int) -> Vector:
    """Tonne-kilometres a unit of each column, in thousands of km."""
    lanes = space.flow.axis
    return (space.flow * (lanes.data("length") / 1000.0 + HANDLING)).coefficients(columns)


def tank_moves(space: Space, columns: int) -> Vector:
    """What goes into a tank or out of it counts as much as one more lane: a tank is not moved for nothing."""
    return ((space.injected + space.withdrawn) * HANDLING).coefficients(columns)


def tie_break(program: Program) -> Vector:
    """A stable number from 0 to 1 a column, made of its label alone: no order of rows or columns matters."""
    names = np.array(program.column_names(), dtype=object)
    return pd.util.hash_array(names).astype(float) / 2.0**64
