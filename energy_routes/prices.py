"""What one more tonne of each limit is worth: the right derivative of the optimum, in USD/t.

Where the dual is not unique (a degenerate vertex), the solver's dual is one of many.  The right derivative is not:
it is the slope of the value just above the limit, read from a warm solve with the limit moved up a little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from energy_routes.highs import Session, Solution, Status, worth
from energy_routes.limits import structural
from energy_routes.lp import Index, Vector
from energy_routes.program import Program

MOST = 150  # binding limits above which the solver's own duals are taken
STEP = 1e-6
ACTIVE = 1e-7


@dataclass(frozen=True)
class Worth:
    """Worth of one more unit of each row's and column's bound: + = worth to you.  ``exact`` tells right derivatives."""

    rows: Vector
    columns: Vector
    exact: bool


def marginal_worth(session: Session, program: Program, solution: Solution) -> Worth:
    """Right derivatives for every binding limit (up to ``MOST``); the solver's duals elsewhere."""
    duals = worth(program, solution)
    rows, columns = duals.dual.copy(), duals.reduced.copy()
    limits = _binding_rows(program, solution)
    supplies = _binding_columns(program, solution)
    if len(limits) + len(supplies) > MOST:
        return Worth(rows, columns, exact=False)
    for at in limits:
        low, high = program.row_lower[at], program.row_upper[at]
        shift = _shift(high if np.isfinite(high) and solution.row_value[at] >= high - ACTIVE else low)
        session.set_row_bounds(np.array([at]), *_moved(low, high, solution.row_value[at], shift))
        rows[at] = _slope(session, program, rows[at], at, "rows")
        session.set_row_bounds(np.array([at]), np.array([low]), np.array([high]))
    for at in supplies:
        low, high = program.col_lower[at], program.col_upper[at]
        session.set_column_bounds(np.array([at]), *_moved(low, high, solution.x[at], _shift(high)))
        columns[at] = _slope(session, program, columns[at], at, "columns")
        session.set_column_bounds(np.array([at]), np.array([low]), np.array([high]))
    session.solve()
    return Worth(rows, columns, exact=True)


def _slope(session: Session, program: Program, otherwise: float, at: int, side: str) -> float:
    moved = session.solve()
    if moved.status is not Status.optimal:
        return otherwise
    prices = worth(program, moved)
    return float((prices.dual if side == "rows" else prices.reduced)[at])


def _moved(low: float, high: float, value: float, shift: float) -> tuple[Vector, Vector]:
    """The active bound (both, for an equality) moved up by ``shift``."""
    up_high = np.isfinite(high) and value >= high - ACTIVE * max(1.0, abs(high))
    up_low = np.isfinite(low) and value <= low + ACTIVE * max(1.0, abs(low))
    return np.array([low + shift if up_low else low]), np.array([high + shift if up_high else high])


def _shift(bound: float) -> float:
    return STEP * max(1.0, abs(bound))


def _binding_rows(program: Program, solution: Solution) -> Index:
    value, low, high = solution.row_value, program.row_lower, program.row_upper
    active = _at(value, low) | _at(value, high)
    for block in program.rows:
        if structural(block.name):
            active[program.row_slice(block.name)] = False
    return np.flatnonzero(active)


def _binding_columns(program: Program, solution: Solution) -> Index:
    block = program.column_block("lifted").slice
    active = np.zeros(program.shape[1], dtype=bool)
    active[block] = _at(solution.x[block], program.col_upper[block]) & (program.col_upper[block] > 0)
    return np.flatnonzero(active)


def _at(value: Vector, bound: Vector) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    with np.errstate(invalid="ignore"):
        return np.isfinite(bound) & (np.abs(value - bound) <= ACTIVE * np.maximum(1.0, np.abs(bound)))
