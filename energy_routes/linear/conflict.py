"""A conflict that nobody can shorten: bounds that contradict each other, while any one fewer leaves a point.

A deletion filter on a live session (Chinneck 2008, *Feasibility and Infeasibility in Optimization*): a part of the
bounds is left out; where the rest still conflict, it goes for good, else it is halved and each half is tried.  It asks
questions of yes or no only, in the order of the programme, so that the answer is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from energy_routes.errors import SolverError
from energy_routes.linear.expressions import INF, Rows, Vector
from energy_routes.linear.highs.arrays import Form, form_of
from energy_routes.linear.highs.session import Session
from energy_routes.linear.infeasibility import Sides, block_numbers, described, sides_of
from energy_routes.linear.labels import Index
from energy_routes.linear.programme import Columns, Program
from energy_routes.linear.solution import Basis, Status

DEEP = 1.0  # in the unit of the cuts
ENOUGH = 1e-9  # in the same: cuts broken by no more are kept
ROUNDS = 400  # cuts of a cone in a row, after which it is given up
UNKNOWN = "whether limits contradict each other is not known"


@dataclass(frozen=True, eq=False)
class Cone:
    """A convex rule that stands in a programme by its cuts: one member, however many they are.

    ``cuts`` gives those that a point breaks, none where it is inside; ``told`` is the member as it is handed out.
    """

    told: Mapping[str, Any]
    cuts: Callable[[Vector], Rows | None]


def minimal_conflict(
    program: Program, blocks: Sequence[Rows | Columns] | None = None, cones: Sequence[Cone] = ()
) -> list[dict[str, Any]]:
    """Bounds that contradict each other, none of which can be left out: feasible as soon as any one is dropped.

    ``blocks`` are the rows and columns whose bounds are members, those first that had better not be in the conflict;
    all others always hold, and so does that a column is not negative.  When None, every bound is a member.
    ``cones`` are members, too; ``program`` is without their cuts.
    A lower bound above the upper one of its row or column is a conflict by itself, of one member.
    Integrality is not looked at: a programme whose relaxation is feasible has no such conflict, and the list is empty.
    So it is where what always holds contradicts itself.
    Returns one mapping a member: ``block``, ``row``, ``label``, ``side`` (lower, upper, or crossed), ``bound`` (both of
    crossed ones), ``unit``; or what a cone is ``told`` as.
    Raises SolverError when the conflict cannot be verified, or a cone is not met after ``ROUNDS`` cuts.
    """
    if crossed := _crossed(program):
        return crossed
    form = _without_objective(form_of(program))
    sides = sides_of(program)
    known = [*program.rows, *program.columns]
    order = [*reversed(known)] if blocks is None else blocks
    numbers = [next(at for at, one in enumerate(known) if one is block) for block in order]
    asked = np.isin(block_numbers(program, sides), numbers)
    if blocks is not None:
        asked &= sides.is_row | sides.is_upper | (sides.bound != 0)
    sides = sides.take(asked)
    number = block_numbers(program, sides)
    live = _Live(form, sides, cones)
    if live.feasible():
        return []
    for part in (*(np.flatnonzero(number == one) for one in numbers), len(sides) + np.arange(len(cones))):
        live.shorten(part)
    kept = live.kept
    _verify(form, sides, cones, kept)
    found = sides.take(kept[: len(sides)])
    told = [{**one, "bound": float(bound)} for one, bound in zip(described(program, found), found.bound, strict=True)]
    return told + [dict(cone.told) for cone, mine in zip(cones, kept[len(sides):], strict=True) if mine]


def _without_objective(form: Form) -> Form:
    """The programme relaxed, whose objective is how far its cuts are broken: the last column, from −``DEEP`` on.

    A point deep inside the cuts of a cone is inside the cone, too; one upon their edge seldom is.
    """
    rows, columns = form.matrix.shape
    matrix = sparse.hstack([form.matrix, sparse.csc_matrix((rows, 1))], format="csc")
    return Form("min", np.append(np.zeros(columns), 1.0), 0.0, matrix, form.row_lower, form.row_upper,
                np.append(form.col_lower, -DEEP), np.append(form.col_upper, INF), np.zeros(columns + 1, dtype=bool))


class _Live:
    """A programme without objective in a live session; its members, ``sides`` first, are ``kept`` or let go."""

    def __init__(self, form: Form, sides: Sides, cones: Sequence[Cone]) -> None:
        self.kept = np.ones(len(sides) + len(cones), dtype=bool)
        self._sides, self._cones = sides, cones
        self._bounds = {name: getattr(form, name).copy() for name in _BOUNDS}
        self._cuts: list[tuple[Index, Vector]] = [(np.zeros(0, dtype=np.int64), np.zeros(0))] * len(cones)
        self._session = Session(form, method="simplex", presolve=False)
        self._basis: Basis | None = None  # at which they were last found to conflict

    def feasible(self) -> bool:
        """Whether some point meets what is kept, cones included.  Raises SolverError where this is not known."""
        for _ in range(ROUNDS):
            solution = self._session.solve()
            if solution.status not in (Status.infeasible, Status.optimal):
                raise SolverError(f"{UNKNOWN}: the solver ended with {solution.status.value}")
            if solution.status is Status.infeasible or solution.objective > ENOUGH:
                self._basis = self._session.basis
                return False
            cones = np.flatnonzero(self.kept[len(self._sides):])
            broken = [self._cut(int(number), solution.x[:-1]) for number in cones]
            if not any(broken):
                return True
        raise SolverError(f"{UNKNOWN}: a cone is not met after {ROUNDS} rounds of cuts")

    def shorten(self, part: Index) -> None:
        """Let go of as much of a part as can be: what is left of all still conflicts, as it did before."""
        if not len(part):
            return
        self.put(part, False)
        if not self.feasible():
            return
        self.put(part, True)
        if len(part) > 1:
            self.shorten(part[: len(part) // 2])
            self.shorten(part[len(part) // 2 :])

    def put(self, part: Index, kept: bool) -> None:
        """Keep members, or let them go.  What is kept again conflicts, and begins where this was last found."""
        self.kept[part] = kept
        part = part[part < len(self._sides)]
        of, upper, at = self._sides.is_row[part], self._sides.is_upper[part], self._sides.index[part]
        for name, mine in zip(_BOUNDS, (of & ~upper, of & upper, ~of & ~upper, ~of & upper), strict=True):
            none = INF if name.endswith("upper") else -INF
            self._bounds[name][at[mine]] = self._sides.bound[part][mine] if kept else none
        rows, columns = np.unique(at[of]), np.unique(at[~of])
        self._session.set_row_bounds(rows, self._bounds["row_lower"][rows], self._bounds["row_upper"][rows])
        self._session.set_column_bounds(columns, self._bounds["col_lower"][columns], self._bounds["col_upper"][columns])
        for (cuts, most), mine in zip(self._cuts, self.kept[len(self._sides):], strict=True):
            self._session.set_row_bounds(cuts, np.full(len(cuts), -INF), most if mine else np.full(len(cuts), INF))
        if kept and self._basis is not None:
            self._session.basis = self._basis

    def _cut(self, number: int, x: Vector) -> bool:
        """Add the cuts of a cone that a point breaks; whether there are any."""
        rows = self._cones[number].cuts(x)
        if rows is None:
            return False
        known, most = self._cuts[number]
        first = self._session.form.matrix.shape[0]
        each, expr = np.arange(len(rows)), rows.expr
        broken = replace(expr, row=np.append(expr.row, each), col=np.append(expr.col, np.full_like(each, len(x))),
                         val=np.append(expr.val, np.full(len(rows), -1.0)))  # fmt: skip
        self._session.add_rows(replace(rows, expr=broken))
        self._basis = None  # it has no such rows
        self._cuts[number] = (np.append(known, first + np.arange(len(rows))), np.append(most, rows.upper))
        return True


_BOUNDS = ("row_lower", "row_upper", "col_lower", "col_upper")


def _verify(form: Form, sides: Sides, cones: Sequence[Cone], kept: NDArray[np.bool_]) -> None:
    """Ask again in a new session: they conflict, and without any one of them they do not.  Raises SolverError."""
    live = _Live(form, sides, cones)
    live.put(np.flatnonzero(~kept), False)
    found = not live.feasible()
    for at in np.flatnonzero(kept):
        live.put(np.array([at]), False)
        found = found and live.feasible()
        live.put(np.array([at]), True)
    if not found:
        raise SolverError("a conflict was found, but it could not be verified")


def _crossed(program: Program) -> list[dict[str, Any]]:
    """The first row or column whose lower bound is above its upper one."""
    sides = sides_of(program)
    for is_row, low, high in ((True, program.row_lower, program.row_upper),
                              (False, program.col_lower, program.col_upper)):
        for at in np.flatnonzero(low > high)[:1]:
            (one,) = described(program, sides.take((sides.is_row == is_row) & (sides.index == at) & sides.is_upper))
            return [{**one, "side": "crossed", "bound": (float(low[at]), float(high[at]))}]
    return []
