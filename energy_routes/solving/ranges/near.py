"""The plans that keep every rule and lose little, in a live session: the least and the most of sums over them.

They are a polytope: the rules, and one row that holds the objective to within ``loss`` of its best.  At no loss the
duals of the optimum fix what has a reduced cost at its bound, which leaves the optimal face.  A point found for one sum
serves all others: where it reaches what no plan can pass, that end needs no solve.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.formulation import Space, max_hhi, tangents
from energy_routes.linear import (
    BASIC,
    BRIEF,
    INF,
    LOWER,
    Basis,
    Codes,
    Form,
    Moving,
    Point,
    Program,
    Rows,
    Sense,
    Session,
    Solution,
    Status,
    Vector,
    face_of,
    form_of,
    refuse_late,
    residuals,
    squeezed,
)
from energy_routes.solving.build_decisions import standing
from energy_routes.solving.cutting_planes import CONE, ROUNDS

TOLERANCE = 1e-6  # largest residual, relative, of a point or its duals that prove an end
ROUNDING = 1e-10  # of the objective: what its own digits may lose
DUST = 1e-9  # Mt or bcm
GAP = 1e-4  # relative, of an end where builds are open
OUTSIDE = 100 * CONE  # a cone is cut where it is broken by more
DRAWN, REFINED = 2, 4  # directions that keep the equalities, and how often each is projected on them
STEEP = 1e-12  # regularises the projection where equalities depend on each other
STILL = 1e-7  # what moves no more along a direction, of which each number is about one, does not move


@dataclass(frozen=True, eq=False)
class Optimum:
    """A case solved: the ``program`` with its builds decided and the cuts it took, and its optimum with prices.

    ``open`` is the same programme with its builds still to decide; None where nothing can be built.  In ``program``
    what is full beside a build is held, too, so that it is linear; :meth:`standing` is that of every such plan.
    """

    space: Space
    program: Program
    solution: Solution
    open: Program | None = None

    def standing(self, loss: float) -> Program:
        """The programme of every plan with these builds within a loss, whichever old capacity is full in it.

        It has whole numbers only where other capacities can be full than in the optimum.
        """
        if self.open is None or not self._loose.integer.any() or loss < self._otherwise:
            return self.program
        return self._loose

    @cached_property
    def _loose(self) -> Program:
        assert self.open is not None
        return standing(self.program, self.open)

    @cached_property
    def _otherwise(self) -> float:
        """The least loss (MUSD) of plans with these builds in which other old capacities are full; inf where none is.

        One row leaves out the capacities that are full in the optimum.  Cones are not looked at: it may be less.
        """
        form = form_of(self._loose)
        at = np.flatnonzero(form.integer)
        sign = np.where(self.solution.x[at] > 0.5, -1.0, 1.0)
        row = sparse.csr_matrix((sign, (np.zeros(len(at), dtype=np.int64), at)), shape=(1, len(form.cost)))
        other = Extra(row, 1.0 - np.array([(sign < 0).sum()]), np.array([INF]), np.zeros(0), np.zeros(0, dtype=bool))
        session = Session(other.joined(form))
        if session.solve().status is Status.infeasible:
            return INF
        refuse_late("every end was")
        bound, best = session.bound(), self.solution.objective
        return -INF if bound is None else abs(best - bound) - ROUNDING * max(1.0, abs(best))

    @property
    def exports(self) -> dict[str, float]:
        """Exports of each family, Mt (bcm) over the horizon."""
        frame = self.space.exports.axis.frame[["family"]]
        sold = frame.assign(volume=self.space.exports.value(self.solution.x)).groupby("family")["volume"].sum()
        return {str(family): float(volume) for family, volume in sold.items()}


@dataclass(frozen=True, eq=False)
class Extra:
    """Further columns, from 0 to ``ceiling``, some ``integer``, and rows lower ≤ ``matrix``·x ≤ upper over all columns.

    Those of the programme come first.
    """

    matrix: sparse.csc_matrix
    lower: Vector
    upper: Vector
    ceiling: Vector
    integer: NDArray[np.bool_]

    def joined(self, form: Form) -> Form:
        """The programme with them at its end."""
        none = np.zeros(len(self.ceiling))
        wide = sparse.hstack([form.matrix, sparse.csc_matrix((form.matrix.shape[0], len(none)))])
        matrix = sparse.vstack([wide, self.matrix]).tocsc()
        matrix.sort_indices()
        return Form(form.sense, np.append(form.cost, none), form.offset, matrix,
                    np.append(form.row_lower, self.lower), np.append(form.row_upper, self.upper),
                    np.append(form.col_lower, none), np.append(form.col_upper, self.ceiling),
                    np.append(form.integer, self.integer))  # fmt: skip


class Near:
    """The plans within ``loss`` (MUSD) of an optimum, in a live session.

    ``free`` leaves the builds open: each end is then a programme of whole numbers, and ``gap`` the largest relative gap
    that was left.  Columns of ``extra`` are 0 where the optimum has no other value for them.
    """

    def __init__(self, optimum: Optimum, loss: float, *, free: bool = False, extra: Extra | None = None) -> None:
        self.optimum, self.loss, self.free, self.gap = optimum, loss, free, 0.0
        self.cuts: list[Rows] = []  # of cones, as they are found: they stand after all other rows
        program = optimum.open if free and optimum.open else optimum.standing(loss)
        self.form = _within(form_of(program), optimum, loss, whole=bool(program.integer.any()))
        self.start = optimum.solution.x
        if extra is not None:
            self.form = extra.joined(self.form)
            self.start = np.append(self.start, np.zeros(len(extra.ceiling)))
        self.whole = bool(self.form.integer.any())

    @cached_property
    def _moving(self) -> Moving | None:
        """What can move at no loss, a small part of the programme; None of other losses, or where cones are cut."""
        if self.loss or self.whole or self.optimum.space.policy.max_hhi:
            return None
        return Moving.of(squeezed(self.form), self.start)

    @cached_property
    def _session(self) -> Session:
        if self._moving is not None:
            return Session(self._moving.form, primal=True, brief=self._moving.form.matrix.nnz < BRIEF)
        form, basis = self.form, self.optimum.solution.basis
        session = Session(form, primal=True, brief=not self.whole and form.matrix.nnz < BRIEF,
                          gap=GAP if self.free else None)
        if basis is not None and not self.whole:
            rows, columns = form.matrix.shape
            session.basis = Basis(_longer(basis.columns, columns, LOWER), _longer(basis.rows, rows, BASIC))
        return session

    @cached_property
    def movable(self) -> NDArray[np.bool_]:
        """Which columns can take another value, shape (columns,); the last one in a row of equality cannot."""
        form = self.form
        free = form.col_lower < form.col_upper
        rows = form.matrix.tocsr()[form.row_lower == form.row_upper]
        rows.data = np.ones(len(rows.data))
        while len(last := np.flatnonzero(rows @ free.astype(float) == 1)):
            free[np.unique(rows[last].indices)] = False
        return free

    def determined(self, weights: sparse.csr_matrix) -> NDArray[np.bool_]:
        """Which sums, rows of ``weights`` (sums, columns), have one value in all plans: the rows of equality fix it.

        Those that no direction at random in the null space of these rows moves.  A direction is a vector of normal
        deviates, projected by the normal equations of the rows.
        """
        form, free = self.form, self.movable
        own = weights[:, free]
        still: NDArray[np.bool_] = np.diff(own.indptr) == 0
        rows = form.matrix.tocsr()[form.row_lower == form.row_upper][:, free]
        rows = rows[np.diff(rows.indptr) > 0]
        count, width = rows.shape
        if not count or not width:
            return still
        system = sparse.bmat([[sparse.identity(width), rows.T], [rows, -STEEP * sparse.identity(count)]])
        solve = splu(system.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
                     options={"SymmetricMode": True}).solve
        directions = np.random.default_rng(0).standard_normal((width, DRAWN))
        for _ in range(REFINED):
            directions = solve(np.vstack([directions, np.zeros((count, DRAWN))]))[:width]
        if (abs(rows @ directions).max(axis=1) > STILL * abs(rows).sum(axis=1)).any():
            return still  # too ill-conditioned to be told
        return np.asarray(still | (abs(own @ directions) <= STILL).all(axis=1))

    def ends(self, weights: sparse.csr_matrix) -> tuple[Vector, Vector]:
        """The least and the most of each sum, rows of ``weights`` (sums, columns): infinite where there is no limit.

        NaN where an end is not proved.
        """
        reached = weights @ self.start
        low, high = reached.copy(), reached.copy()
        floor, ceiling = _bounds(weights, self.form)
        ends: list[tuple[Vector, Vector, Sense]] = [(low, floor, "min"), (high, ceiling, "max")]
        proved: list[tuple[Vector, int, float]] = []
        for at in np.flatnonzero(~self.determined(weights)).tolist():
            for known, bound, sense in ends:
                if abs(known[at] - bound[at]) <= DUST:
                    continue  # a point that was found for another sum reaches what none can pass
                value, x = self.end(weights[at].toarray().ravel(), sense)
                proved.append((known, at, value))
                if x is not None:
                    found = weights @ x
                    np.minimum(low, found, out=low)
                    np.maximum(high, found, out=high)
        for known, at, value in proved:
            known[at] = value
        return _clean(low), _clean(high)

    def end(self, cost: Vector, sense: Sense) -> tuple[float, Vector | None]:
        """The least or the most of a sum, and a plan that has it, inside every cone.

        Without a plan it is infinite where there is no limit, NaN where nothing is proved.
        """
        solution = self.best(cost, sense)
        if solution is None:
            return float("nan"), None
        if solution.status is Status.unbounded:
            return (INF if sense == "max" else -INF), None
        value, gap = float(cost @ solution.x), solution.gap or 0.0
        self.gap = max(self.gap, gap if gap * abs(value) > DUST else 0.0)  # of what is 0 a share says nothing
        return value, solution.x

    def best(self, cost: Vector, sense: Sense) -> Solution | None:
        """The least or the most of a sum inside every cone, or that it has no limit; None where neither is proved."""
        space, moving = self.optimum.space, self._moving
        self._session.set_cost(cost if moving is None else cost[moving.free], sense)
        for _ in range(ROUNDS):
            solution = self._session.solve()
            if solution.status is Status.unbounded:
                return solution
            if not self._proved(solution):
                refuse_late("every end was")
                return None
            new = tangents(space, solution.x, OUTSIDE) if space.policy.max_hhi else []
            if not new:
                return solution if moving is None else self._whole(moving, solution, cost)
            rows = max_hhi(space, new)
            left = np.maximum(rows.expr.value(self.start) - rows.upper, 0.0)  # by which the optimum itself breaks them
            self.cuts.append(replace(rows, upper=rows.upper + left))
            self._session.add_rows(self.cuts[-1])
        return None

    def _whole(self, moving: Moving, solution: Solution, cost: Vector) -> Solution:
        """The solution of what can move as one of the programme; it has no prices."""
        x = moving.point(solution.x)
        return solution.with_values(Point(float(cost @ x), x, self.form.matrix @ x), None)

    def point(self, sense: Sense, cost: Vector) -> Vector | None:
        """A plan that has the least or the most of a sum; None where that is not proved, or has no limit."""
        return self.end(cost, sense)[1]

    def _proved(self, solution: Solution) -> bool:
        """Whether our own residuals say that a solution is optimal; of whole numbers only that it keeps the rules."""
        if solution.status is not Status.optimal:
            return False
        found = residuals(self._session.form, solution.x, None if solution.prices is None else solution.dual)
        return all(value <= TOLERANCE for value in found.values())


def _within(form: Form, optimum: Optimum, loss: float, *, whole: bool) -> Form:
    """A programme with a row that holds its objective near the optimum; at no loss narrowed to the optimal face."""
    best = optimum.solution.objective - form.offset
    room = loss + ROUNDING * max(1.0, abs(best))
    low, high = (best - room, INF) if form.sense == "max" else (-INF, best + room)
    matrix = sparse.vstack([form.matrix, sparse.csr_matrix(form.cost)]).tocsc()
    matrix.sort_indices()
    near = face_of(form, optimum.solution) if loss == 0 and not whole else form
    return replace(near, matrix=matrix, offset=0.0, row_lower=np.append(near.row_lower, low),
                   row_upper=np.append(near.row_upper, high))  # fmt: skip


def _bounds(weights: sparse.csr_matrix, form: Form) -> tuple[Vector, Vector]:
    """What the bounds of the columns alone leave each sum."""
    up, down = weights.maximum(0.0), weights.minimum(0.0)
    return up @ form.col_lower + down @ form.col_upper, up @ form.col_upper + down @ form.col_lower


def _longer(codes: Codes, size: int, code: int) -> Codes:
    """The codes of a basis, with one for each column or row that was added."""
    return np.append(codes, np.full(size - len(codes), code, dtype=np.int8))


def _clean(values: Vector) -> Vector:
    """The values without the solver's dust."""
    return np.where(np.abs(values) <= DUST, 0.0, values)
