"""Solving and re-solving with the embedded solver.

A :class:`Session` holds one model inside HiGHS and solves it again and again, changing in place what has changed and
keeping the basis.  Bad news (infeasible, unbounded, numerical trouble) is told only after a cold simplex run without
presolve has said the same.
"""

from __future__ import annotations

import errno
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from scipy import sparse

from energy_routes.errors import InfeasibleError, LimitError
from energy_routes.linear.expressions import INF, Rows, Vector
from energy_routes.linear.highs.apart import from_blocks
from energy_routes.linear.highs.arrays import (
    VECTORS,
    Form,
    LinearForm,
    RebuildReason,
    Sense,
    changed,
    check_bounds,
    check_changes,
    check_form,
    check_matrix,
    check_numbers,
    form_of,
    put,
    rebuild_reason,
    refuted,
)
from energy_routes.linear.highs.deadline import refuse_late, seconds_left
from energy_routes.linear.highs.interface import Engine
from energy_routes.linear.labels import Index
from energy_routes.linear.programme import Program, gathered
from energy_routes.linear.solution import Basis, Point, Prices, Solution, Status, weak_bound

Method: TypeAlias = Literal["choose", "simplex", "ipm"]

LARGE = 20_000  # columns from which on a first solve is made of blocks, or by interior points: it takes seconds
BRIEF = 200_000  # coefficients up to which a solve from a basis takes well under a second
BEST, DEVEX = -1, 1  # how HiGHS weighs edges: as it chooses, or by devex
CHOOSE, DUAL = 0, 1  # the simplex method of HiGHS: whichever the basis is feasible for, or the dual

_LAST = {".mps": b"ENDATA\n", ".lp": b"end\n"}  # what a whole file ends with
_DOUBTED = (Status.infeasible, Status.unbounded, Status.infeasible_or_unbounded, Status.numerical, Status.error)


class Session:
    """One model inside HiGHS, solved as often as wanted; changes are made in place and the basis is kept.

    ``tolerance`` is the primal and dual feasibility tolerance, and the relative ``gap`` of integer models where no
    other is given; ``time_limit`` is in seconds a run; see also ``limited``.  ``brief`` solves are made in the
    caller's thread: Ctrl-C waits for their end.  ``primal`` solves go on from a basis by the primal simplex method
    where its point is feasible: after another objective that is one short walk, where the dual method begins anew.
    ``devex``: the dual method weighs edges from one on (Forrest, Goldfarb 1992, doi:10.1007/BF01581089).  The weights
    of the steepest edge are a solve a row, which a short walk from a stored basis does not win back.
    Raises SolverError when the model holds a number that HiGHS would misread.
    """

    def __init__(self, problem: LinearForm, *, seed: int = 0, time_limit: float | None = None, tolerance: float = 1e-9,
                 presolve: bool = True, method: Method = "choose", brief: bool = False, primal: bool = False,
                 devex: bool = False, gap: float | None = None) -> None:
        self._presolve, self._method, self._brief = presolve, method, brief
        self._like = partial(Session, seed=seed, time_limit=time_limit, tolerance=tolerance, presolve=presolve,
                             method=method, primal=primal, devex=devex)  # fmt: skip
        self._time_limit = INF if time_limit is None else time_limit
        self._engine = Engine({
            "threads": 1, "random_seed": seed, "solver": method, "presolve": "on" if presolve else "off",
            "primal_feasibility_tolerance": tolerance, "dual_feasibility_tolerance": tolerance,
            "mip_feasibility_tolerance": tolerance, "mip_rel_gap": tolerance if gap is None else gap,
            "mip_abs_gap": tolerance, "simplex_strategy": CHOOSE if primal else DUAL,
            "simplex_dual_edge_weight_strategy": DEVEX if devex else BEST,
        })
        self._form = self._load(form_of(problem))

    @property
    def form(self) -> Form:
        """The model as it stands now, with every change made so far."""
        return self._form

    def update(self, problem: LinearForm) -> RebuildReason | None:
        """Make the model equal to ``problem``, in place if only numbers differ.

        Returns None when it was done in place (the basis stays), else why the model was passed anew (cold).
        """
        old, new = self._form, form_of(problem)
        reason = rebuild_reason(old, new)
        if reason is not None:
            self._form = self._load(new)
            return reason
        if any(getattr(old, name).shape != getattr(new, name).shape for name in VECTORS):
            check_form(new)  # which says what it is
        entries = changed((old.matrix.data, new.matrix.data))
        priced = changed((old.cost, new.cost))
        columns = changed((old.col_lower, new.col_lower), (old.col_upper, new.col_upper))
        rows = changed((old.row_lower, new.row_lower), (old.row_upper, new.row_upper))
        check_changes(new, entries, priced, columns, rows)
        for at in entries:
            column = int(np.searchsorted(new.matrix.indptr, at, side="right")) - 1
            self._engine.coefficient(int(new.matrix.indices[at]), column, float(new.matrix.data[at]))
        if len(priced) or (old.sense, old.offset) != (new.sense, new.offset):
            self._engine.objective(new.cost, new.sense, new.offset, priced)
        self._engine.column_bounds(columns, new.col_lower[columns], new.col_upper[columns])
        self._engine.row_bounds(rows, new.row_lower[rows], new.row_upper[rows])
        self._form = new
        return None

    def add_rows(self, rows: Rows) -> None:
        """Add rows at the end (cuts); the basis is kept, with the new rows basic."""
        count, width = len(rows), self._form.matrix.shape[1]
        block = gathered(rows.expr.row, rows.expr.col, rows.expr.val, (count, width)).tocsr()
        check_matrix(block)
        check_bounds(rows.lower, rows.upper, "row", count)
        self._engine.append(block, rows.lower, rows.upper)
        matrix = sparse.vstack([self._form.matrix, block]).tocsc()
        matrix.sort_indices()
        self._form = replace(self._form, matrix=matrix, row_lower=np.concatenate([self._form.row_lower, rows.lower]),
                             row_upper=np.concatenate([self._form.row_upper, rows.upper]))

    def set_cost(self, cost: Vector, sense: Sense | None = None, offset: float = 0.0) -> None:
        """Another objective: one coefficient a column, shape (columns,)."""
        check_numbers(cost, "cost", self._form.matrix.shape[1], finite=True)
        self._form = replace(self._form, cost=cost, sense=sense or self._form.sense, offset=float(offset))
        self._engine.objective(cost, self._form.sense, self._form.offset)

    def set_column_bounds(self, indexes: Index, lower: Vector, upper: Vector) -> None:
        """Other bounds for some columns (each at most once).  Crossing bounds make the model infeasible."""
        check_bounds(lower, upper, "column", len(indexes))
        self._engine.column_bounds(indexes, lower, upper)
        self._form = replace(self._form, col_lower=put(self._form.col_lower, indexes, lower),
                             col_upper=put(self._form.col_upper, indexes, upper))

    def set_row_bounds(self, indexes: Index, lower: Vector, upper: Vector) -> None:
        """Other bounds for some rows (each at most once).  Crossing bounds make the model infeasible."""
        check_bounds(lower, upper, "row", len(indexes))
        self._engine.row_bounds(indexes, lower, upper)
        self._form = replace(self._form, row_lower=put(self._form.row_lower, indexes, lower),
                             row_upper=put(self._form.row_upper, indexes, upper))

    @property
    def basis(self) -> Basis | None:
        """The basis that the next solve starts from; None when it starts cold.  Set it to start from a stored one."""
        return self._engine.basis()

    @basis.setter
    def basis(self, basis: Basis | None) -> None:
        self._engine.start_from(basis)

    def solve(self) -> Solution:
        """Optimise the model as it stands.

        A bad status is a value, not an exception: what to say about an infeasible model is the caller's to know.
        Raises KeyboardInterrupt on Ctrl-C; the session stays usable.
        """
        form = self._form
        if (form.col_lower > form.col_upper).any() or (form.row_lower > form.row_upper).any():
            return Solution(Status.infeasible)
        warm = self._engine.has_basis or bool(form.integer.any())
        plain = self._method == "simplex" and not self._presolve and not self._engine.has_basis
        status = self._run(brief=self._brief) if warm or len(form.cost) < LARGE else self._first()
        proved = status is Status.infeasible and self._proved_infeasible()
        if status in _DOUBTED and not plain and not proved:
            status = self._plainly()
        if status is Status.infeasible_or_unbounded:
            status = self._tell_apart()
        return self._solution(status)

    def _run(self, *, brief: bool = False) -> Status:
        """One run of the solver within what is left of the limits."""
        left = min(self._time_limit, seconds_left())
        return self._engine.run(brief=brief, seconds=left) if left > 0 else Status.time_limit

    def bound(self) -> float | None:
        """What the last solve proved that no point can pass, also where it was cut off; None where that is nothing."""
        form = self._form
        found = self._engine.ceiling() if form.integer.any() else weak_bound(form, self._engine.duals()[0])
        return found if np.isfinite(found) else None

    def _first(self) -> Status:
        """The first run of a large linear programme: from the bases of its blocks; of one block, by interior points."""
        basis = from_blocks(self._form, lambda block: self._like(block).solve().basis)
        if basis is not None:
            self._engine.start_from(basis)
        elif self._method == "choose":
            self._engine.option("solver", "ipm")
        try:
            return self._run()
        finally:
            self._engine.option("solver", self._method)

    def _proved_infeasible(self) -> bool:
        """Whether the solver's multipliers show that no point meets all rows and bounds; see :func:`refuted`."""
        multipliers = self._engine.infeasibility()
        return multipliers is not None and refuted(self._form, multipliers)

    def _plainly(self) -> Status:
        """Run cold, by simplex, without presolve."""
        self._engine.start_from(None)
        self._engine.option("presolve", "off")
        self._engine.option("solver", "choose" if self._form.integer.any() else "simplex")
        try:
            return self._run()
        finally:
            self._engine.option("presolve", "on" if self._presolve else "off")
            self._engine.option("solver", self._method)

    def _tell_apart(self) -> Status:
        """Infeasible or unbounded: with a zero objective only the first can happen."""
        form = self._form
        self._engine.objective(np.zeros_like(form.cost), form.sense, 0.0)
        try:
            status = self._plainly()
        finally:
            self._engine.objective(form.cost, form.sense, form.offset)
        return Status.unbounded if status is Status.optimal else status

    def _solution(self, status: Status) -> Solution:
        iterations, gap = self._engine.effort()
        if not status.has_values:
            return Solution(status, iterations=iterations)
        form, x = self._form, self._engine.point()
        point = Point(float(form.cost @ x) + form.offset, x, form.matrix @ x)
        if form.integer.any():
            return Solution(status, point, iterations=iterations, gap=gap)
        if status is not Status.optimal:
            return Solution(status, point, iterations=iterations)
        return Solution(status, point, Prices(*self._engine.duals()), self.basis, iterations)

    def _load(self, form: Form) -> Form:
        check_form(form)
        self._engine.load(form)
        return form


def write_model(program: Program, file: Path) -> None:
    """Write a programme as ``.mps`` or ``.lp`` (by the suffix), names, sense and the objective's constant intact.

    Raises SolverError when HiGHS cannot write it; OSError where the disk is full, which HiGHS does not see.
    """
    engine = Engine({})
    form = form_of(program)
    check_form(form)
    engine.load(form)
    engine.write(file, program.column_names(), program.row_names())
    last = _LAST[file.suffix.lower()]
    with file.open("rb") as written:
        written.seek(max(0, file.stat().st_size - len(last)))
        if written.read() != last:
            raise OSError(errno.ENOSPC, "only a part of it is there", str(file))


def optimal(session: Session) -> Solution:
    """An optimal solution.  Raises InfeasibleError, or LimitError where the solver gave up."""
    solution = session.solve()
    if solution.status in (Status.infeasible, Status.infeasible_or_unbounded):
        raise InfeasibleError("no plan", [])
    if solution.status is not Status.optimal:
        refuse_late("all was")
        raise LimitError(f"the solver stopped before the end: {solution.status.value}")
    return solution


def cone(problem: LinearForm) -> Form:
    """The programme of directions d with |d| ≤ 1 that keep to every finite bound; integrality is not looked at.

    d ≥ 0 where only a lower bound is, ≤ 0 where only an upper, 0 where both; its best objective is 0 where the
    problem is bounded.
    """
    down, up = (np.where(np.isfinite(bound), 0.0, 1.0) for bound in (problem.col_lower, problem.col_upper))
    low, high = (np.where(np.isfinite(bound), 0.0, INF) for bound in (problem.row_lower, problem.row_upper))
    return Form(problem.sense, problem.cost, 0.0, problem.matrix, -low, high, -down, up,
                np.zeros(len(problem.cost), dtype=bool))
