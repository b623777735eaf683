"""How fast the optimum of a linear programme changes as its numbers begin to move: one-sided derivatives, exact.

At an optimal point the derivative along a direction of the bounds is itself a linear programme, on the tangent cone:
rows and bounds that are reached keep 0 as their limit, all others are free, and the limits that move are as far off as
a unit of the move takes them.  Its dual runs over all optimal duals, so it does not matter which of them the solver
ended with at a degenerate vertex.  Where coefficients move, both optimal faces count: the derivative is the largest
over optimal x of the least over optimal y of y·(db − dA·x) (Mills 1956; Williams 1963).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy import sparse

from energy_routes.linear.expressions import INF, Expr, Rows, Vector
from energy_routes.linear.highs.arrays import Form, LinearForm, form_of, sign_of
from energy_routes.linear.highs.session import Session
from energy_routes.linear.labels import Index
from energy_routes.linear.programme import gathered
from energy_routes.linear.sensitivity.moves import Moves, TangentCone, Vertex
from energy_routes.linear.solution import BASIC, Basis, Point, Prices, Solution, Status, face, worth

NONE = 1e-9  # a slope below this share of the largest cost is the arithmetic's


class Slopes:
    """Derivatives of the optimum of ``problem`` at ``solution``, + = better for whoever optimises.

    −inf where the move leaves no plan, NaN where the solver found no answer.
    """

    def __init__(self, problem: LinearForm, solution: Solution) -> None:
        self._form, self._solution = form_of(problem), solution
        self._sign = sign_of(problem)
        form = self._form
        self.cone = TangentCone(both(form.row_lower, form.col_lower), both(form.row_upper, form.col_upper),
                                both(solution.row_value, solution.x))  # fmt: skip
        duals = worth(problem, solution)
        self.duals = both(duals.dual, duals.reduced)
        self.slight = NONE * max(1.0, float(np.abs(form.cost).max(initial=0.0)))
        self._session: Session | None = None

    def forget_idle(self, rows: Index) -> None:
        """Let go of those of some rows that have no dual: of many cuts of one smooth cone only these touch it here.

        Cuts that pass the optimum at less than the tolerance of a reached bound are reached by that tolerance only, and
        their slopes differ from the cone's by its root.
        """
        idle = rows[self.duals[rows] == 0]
        self.cone.low[idle], self.cone.high[idle] = -INF, INF

    def most(self, moves: Moves) -> Vector:
        """What the solver's own dual says of moves: never less than their slopes, and equal at a plain vertex."""
        return said_of(moves, self.duals)

    def along(self, moves: Moves) -> Vector:
        """The slope along each of some moves of bounds."""
        out = self.most(moves)
        useless = self.cone.loosens(moves) & (out <= self.slight)  # one dual sees no use in what only gets looser
        out[useless] = 0.0
        rest = np.flatnonzero(~useless)
        if len(rest) and self._vertex is not None:
            rest = rest[~self._vertex.allows(moves.take(rest))]
        groups = [rest] if len(rest) else []
        while groups:
            group = groups.pop()
            left = self._solved(moves, group, out)
            half = len(left) // 2
            groups += [part for part in (left[:half], left[half:]) if len(part)]
        return out

    def along_level(self, rows: Index, gain: Expr) -> float:
        """The slope as a level ``t`` begins to grow that stands in rows a·x − t·g(x) ≤ b of the programme.

        ``gain`` holds g, one expression a row of ``rows``: at least 0 at every plan where the level gives room, at most
        0 where it takes some.
        """
        idle = (self.duals[rows] <= self.slight).all() and (gain.value(self._solution.x) >= 0).all()
        if idle or not self.cone.above[rows].any():
            return 0.0
        session = Session(self._with_face(rows, gain), presolve=False, brief=True, devex=True)
        if (basis := self._solution.basis) is not None:
            session.basis = Basis(np.tile(basis.columns, 2), np.tile(basis.rows, 2))
        return self._told(session.solve())

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
        step = self._of_cone()
        return replace(
            step,
            cost=both(form.cost, np.zeros(width)),
            matrix=sparse.bmat([[form.matrix, given], [None, form.matrix]], format="csc"),
            row_lower=both(step.row_lower, row_low),
            row_upper=both(step.row_upper + fixed, row_high),
            col_lower=both(step.col_lower, low),
            col_upper=both(step.col_upper, high),
            integer=np.zeros(2 * width, dtype=bool),
        )

    def _of_cone(self) -> Form:
        """The programme of a step inside the cone."""
        rows, cone = len(self._form.row_lower), self.cone
        return replace(self._form, offset=0.0, row_lower=cone.low[:rows], row_upper=cone.high[:rows],
                       col_lower=cone.low[rows:], col_upper=cone.high[rows:],
                       integer=np.zeros(len(self._form.cost), dtype=bool))  # fmt: skip

    @cached_property
    def _rows(self) -> sparse.csr_matrix:
        return self._form.matrix.tocsr()

    @cached_property
    def _vertex(self) -> Vertex | None:
        return Vertex.of(self._rows, self._solution.basis, self.cone, self.duals)

    def _solved(self, moves: Moves, group: Index, out: Vector) -> Index:
        """Solve for the moves of a group together; write the slopes that this tells to ``out``, return the rest.

        It ends at another optimal basis of the programme.  As long as a move leaves that one feasible its dual is the
        slope, too.
        """
        found = self._together(moves.take(group))
        if len(group) == 1:
            out[group] = self._told(found)
            return group[:0]
        if found.status is not Status.optimal:
            return group
        told = worth(self._form, found)
        dual, those = both(told.dual, told.reduced), moves.take(group)
        vertex = Vertex.of(self._rows, found.basis, self.cone, dual)
        allowed = np.zeros(len(group), dtype=bool) if vertex is None else vertex.allows(those)
        out[group[allowed]] = said_of(those, dual)[allowed]
        return group[~allowed]

    def _together(self, moves: Moves) -> Solution:
        """The best step in the cone once all of the moves are made, by a live session that starts at the solution."""
        if self._session is None:
            self._session = Session(self._of_cone(), presolve=False, brief=True, devex=True)
        self._session.basis = self._solution.basis
        low, high = (np.asarray(bound.sum(axis=1)).ravel() for bound in (moves.low, moves.high))
        at = np.flatnonzero((low != 0) | (high != 0))
        before = self.cone.low[at], self.cone.high[at]
        self._bound(self._session, at, before[0] + low[at], before[1] + high[at])
        found = self._session.solve()
        self._bound(self._session, at, *before)
        return found

    def _bound(self, session: Session, at: Index, low: Vector, high: Vector) -> None:
        rows = len(self._form.row_lower)
        own = at < rows
        session.set_row_bounds(at[own], low[own], high[own])
        session.set_column_bounds(at[~own] - rows, low[~own], high[~own])

    def _told(self, found: Solution) -> float:
        if found.status is Status.infeasible:
            return -INF
        if found.status is not Status.optimal:
            return float("nan")
        slope = self._sign * found.objective
        return slope if abs(slope) > self.slight else 0.0


def said_of(moves: Moves, dual: Vector) -> Vector:
    """What a dual says of moves, in the economic sign: + where an upper bound holds."""
    told: Vector = np.maximum(dual, 0.0) @ moves.high + np.minimum(dual, 0.0) @ moves.low
    return told


def both(rows: Vector, columns: Vector) -> Vector:
    """Numbers of the rows and, after them, of the columns."""
    return np.concatenate([rows, columns])


def with_idle_rows(problem: LinearForm, solution: Solution, rows: Rows) -> tuple[Form, Solution]:
    """A programme and its optimum with further rows a·x ≤ 0 that touch the optimum and do not change it."""
    form, basis, count = form_of(problem), solution.basis, len(rows)
    block = gathered(rows.expr.row, rows.expr.col, rows.expr.val, (count, form.matrix.shape[1]))
    longer = replace(form, matrix=sparse.vstack([form.matrix, block], format="csc"),
                     row_lower=both(form.row_lower, rows.lower), row_upper=both(form.row_upper, rows.upper))
    idle = np.zeros(count)
    point = Point(solution.objective, solution.x, both(solution.row_value, idle))
    found = solution.with_values(point, Prices(both(solution.dual, idle), solution.reduced))
    if basis is not None:
        basic = np.full(count, BASIC, dtype=np.int8)
        found = replace(found, basis=Basis(basis.columns, np.concatenate([basis.rows, basic])))
    return longer, found
