"""How fast the optimum of a linear programme changes as its numbers begin to move: one-sided derivatives, exact.

At an optimal point the derivative along a direction of the bounds is itself a linear programme, on the tangent cone:
rows and bounds that are reached keep 0 as their limit, all others are free, and the limits that move are as far off as
a unit of the move takes them.  Its dual runs over all optimal duals, so it does not matter which of them the solver
ended with at a degenerate vertex.  Where coefficients move, both optimal faces count: the derivative is the largest
over optimal x of the least over optimal y of y·(db − dA·x) (Mills 1956; Williams 1963).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.linear.expressions import INF, Expr, Index, Vector
from energy_routes.linear.highs.arrays import Form, LinearForm, form_of
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import gathered
from energy_routes.linear.solution import Basis, Solution, Status, face, worth

ACTIVE = 1e-7  # a row or column this near to a bound, over max(1, |bound|), has reached it
BASIC = 1  # the code of a basic row or column
NONE = 1e-9  # a slope below this share of the largest cost is the arithmetic's

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Move:
    """A direction of bounds: ``low`` and ``high`` are what a unit of it adds to those of the rows ``at``.

    ``at`` counts the rows of the programme and then its columns; each place stands in it once.
    """

    at: Index
    low: Vector
    high: Vector

    def __mul__(self, weight: float) -> Move:
        return Move(self.at, self.low * weight, self.high * weight)

    @staticmethod
    def together(moves: Sequence[Move]) -> Move:
        """The sum of moves."""
        at, place = np.unique(np.concatenate([m.at for m in moves]), return_inverse=True)
        low, high = np.zeros(len(at)), np.zeros(len(at))
        np.add.at(low, place, np.concatenate([m.low for m in moves]))
        np.add.at(high, place, np.concatenate([m.high for m in moves]))
        return Move(at, low, high)


class Slopes:
    """Derivatives of the optimum of ``problem`` at ``solution``, + = better for whoever optimises.

    −inf where the move leaves no plan, NaN where the solver found no answer.
    """

    def __init__(self, problem: LinearForm, solution: Solution) -> None:
        self._form, self._solution = form_of(problem), solution
        self._sign = 1.0 if problem.sense == "max" else -1.0
        low, high = both(self._form.row_lower, self._form.col_lower), both(self._form.row_upper, self._form.col_upper)
        value = both(solution.row_value, solution.x)
        self._low, self._high = np.where(near(value, low), 0.0, -INF), np.where(near(value, high), 0.0, INF)
        duals = worth(problem, solution)
        self.duals = both(duals.dual, duals.reduced)
        self.slight = NONE * max(1.0, float(np.abs(self._form.cost).max(initial=0.0)))
        self._session: Session | None = None
        self._vertex = _Vertex.of(self._form, solution.basis)

    def forget_idle(self, rows: Index) -> None:
        """Let go of those of some rows that have no dual: of many cuts of one smooth cone only these touch it here.

        Cuts that pass the optimum at less than the tolerance of a reached bound are reached by that tolerance only, and
        their slopes differ from the cone's by its root.
        """
        idle = rows[self.duals[rows] == 0]
        self._low[idle], self._high[idle] = -INF, INF

    def reaches(self, move: Move) -> bool:
        """Whether the plan has come to any of the bounds that move."""
        high, low = np.isfinite(self._high[move.at]), np.isfinite(self._low[move.at])
        return bool((high & (move.high != 0)).any() or (low & (move.low != 0)).any())

    def most(self, move: Move) -> float:
        """What the solver's own dual says of a move: never less than its slope, and equal to it at a plain vertex."""
        dual = self.duals[move.at]
        return float(np.maximum(dual, 0.0) @ move.high + np.minimum(dual, 0.0) @ move.low)

    def known(self, move: Move) -> bool:
        """Whether a slope is 0 for sure: the move only loosens what it reaches, and one dual sees no use in it."""
        high, low = np.isfinite(self._high[move.at]), np.isfinite(self._low[move.at])
        loosens = not (move.high[high] < 0).any() and not (move.low[low] > 0).any()
        return loosens and self.most(move) <= self.slight

    def along(self, move: Move) -> float:
        """The slope along a move of bounds."""
        if self.known(move):
            return 0.0
        if self._vertex is not None and self._vertex.allows(move, self.duals[move.at], self._low, self._high):
            return self.most(move)
        session = self._opened()
        rows = len(self._form.row_lower)
        low, high = self._low[move.at] + move.low, self._high[move.at] + move.high
        _bound(session, move.at, rows, low, high)
        found = session.solve()
        _bound(session, move.at, rows, self._low[move.at], self._high[move.at])
        if found.status is not Status.optimal:
            session.basis = self._solution.basis
        return self._told(found)

    def along_level(self, rows: Index, gain: Expr) -> float:
        """The slope as a level ``t`` begins to grow that stands in rows a·x − t·g(x) ≤ b of the programme.

        ``gain`` holds g, one expression a row of ``rows``: at least 0 at every plan where the level gives room, at most
        0 where it takes some.
        """
        idle = (self.duals[rows] <= self.slight).all() and (gain.value(self._solution.x) >= 0).all()
        if idle or not np.isfinite(self._high[rows]).any():
            return 0.0
        return self._told(Session(self._with_face(rows, gain)).solve())

    def most_of_level(self, rows: Index, gain: Expr) -> float:
        """What the solver's own dual says of a level; see :meth:`along_level`."""
        return float(np.maximum(self.duals[rows], 0.0) @ gain.value(self._solution.x))

    def _with_face(self, rows: Index, gain: Expr) -> Form:
        """The cone of a step and, beside it, the optimal face of the points that decide how far ``rows`` give way."""
        form, (count, width) = self._form, self._form.matrix.shape
        given = gathered(rows[gain.row], gain.col, -gain.val, (count, width))
        fixed = np.zeros(count)
        fixed[rows] = gain.const
        columns, at, tight, reached = face(form, self._solution, form.cost)
        low, high, row_low, row_high = (b.copy() for b in (form.col_lower, form.col_upper, form.row_lower,
                                                           form.row_upper))  # fmt: skip
        low[columns], high[columns], row_low[tight], row_high[tight] = at, at, reached, reached
        return replace(
            form,
            offset=0.0,
            cost=both(form.cost, np.zeros(width)),
            matrix=sparse.bmat([[form.matrix, given], [None, form.matrix]], format="csc"),
            row_lower=both(self._low[:count], row_low),
            row_upper=both(self._high[:count] + fixed, row_high),
            col_lower=both(self._low[count:], low),
            col_upper=both(self._high[count:], high),
            integer=np.zeros(2 * width, dtype=bool),
        )

    def _opened(self) -> Session:
        """The live session of the cone, at the vertex of the solution."""
        if self._session is None:
            rows = len(self._form.row_lower)
            cone = replace(self._form, offset=0.0, row_lower=self._low[:rows], row_upper=self._high[:rows],
                           col_lower=self._low[rows:], col_upper=self._high[rows:],
                           integer=np.zeros(len(self._form.cost), dtype=bool))  # fmt: skip
            self._session = Session(cone, presolve=False)
            self._session.basis = self._solution.basis
        return self._session

    def _told(self, found: Solution) -> float:
        if found.status is Status.infeasible:
            return -INF
        if found.status is not Status.optimal:
            return float("nan")
        slope = self._sign * found.objective
        return slope if abs(slope) > self.slight else 0.0


class _Vertex:
    """An optimal basis: as long as a move leaves it feasible, its dual is the slope."""

    def __init__(self, matrix: sparse.csc_matrix, basic: Mask, tight: Mask) -> None:
        self._matrix, self._tight, self._basic = matrix, np.flatnonzero(tight), np.flatnonzero(basic)
        self._moves = np.concatenate([tight, ~basic])  # what is not basic goes where its bound goes
        self._factors = splu(sparse.csc_matrix(matrix.tocsr()[self._tight][:, self._basic]))

    @classmethod
    def of(cls, form: Form, basis: Basis | None) -> _Vertex | None:
        """The vertex of a basis; None without one, or where it is singular."""
        if basis is None or not len(form.cost):
            return None
        basic, tight = basis.columns == BASIC, basis.rows != BASIC
        try:
            return cls(form.matrix, basic, tight) if basic.sum() == tight.sum() > 0 else None
        except RuntimeError:  # SuperLU's word for "singular"
            return None

    def allows(self, move: Move, dual: Vector, low: Vector, high: Vector) -> bool:
        """Whether the basis stays feasible in the cone ``low`` … ``high`` once a move has begun."""
        rows, columns = self._matrix.shape
        upper = np.where(dual == 0.0, np.isfinite(high[move.at]), dual > 0)
        taken = np.where(self._moves[move.at], np.where(upper, move.high, move.low), 0.0)
        step = np.zeros(rows + columns)
        step[move.at] = taken
        x = step[rows:]
        right = step[:rows] - (self._matrix @ x if x.any() else 0.0)
        x[self._basic] = self._factors.solve(right[self._tight])
        step[:rows] = self._matrix @ x
        near_to = ACTIVE * max(1.0, float(np.abs(step).max(initial=0.0)))
        over, under = step - high, low - step
        over[move.at] -= move.high
        under[move.at] += move.low
        return bool((over <= near_to).all() and (under <= near_to).all())


def both(rows: Vector, columns: Vector) -> Vector:
    """Numbers of the rows and, after them, of the columns."""
    return np.concatenate([rows, columns])


def near(value: Vector, bound: Vector) -> Mask:
    """Whether values have reached their bounds."""
    with np.errstate(invalid="ignore"):
        return np.isfinite(bound) & (np.abs(value - bound) <= ACTIVE * np.maximum(1.0, np.abs(bound)))


def _bound(session: Session, at: Index, rows: int, low: Vector, high: Vector) -> None:
    own = at < rows
    session.set_row_bounds(at[own], low[own], high[own])
    session.set_column_bounds(at[~own] - rows, low[~own], high[~own])
