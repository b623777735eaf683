"""What a solver hands back: a status first, and numbers only where the status says that there are numbers.

Signs.  ``dual[i]`` is the change of the optimal objective, in the programme's own sense, for one more unit of the
active bound of row i; ``reduced[j]`` is the same for the active bound of column j.  :func:`worth` turns both into
the economic sign, in this one place: + is good for whoever optimises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from energy_routes.errors import SolverError
from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import LinearForm, sign_of
from energy_routes.linear.labels import Index

Codes: TypeAlias = NDArray[np.int8]

LOWER, BASIC, UPPER, FREE = 0, 1, 2, 3  # codes of a basis
ALIKE = 1e-7  # volumes and activities that differ by less, in their unit, are the same
CLEAR = 1e-7  # a reduced cost or dual above this share of its solve's largest cost defines the optimal face


class Status(StrEnum):
    """How a solve ended, in our words, whichever solver it was."""

    optimal = "optimal"
    infeasible = "infeasible"
    unbounded = "unbounded"
    infeasible_or_unbounded = "infeasible_or_unbounded"
    time_limit_feasible = "time_limit_feasible"
    time_limit = "time_limit"
    numerical = "numerical"
    error = "error"

    @property
    def has_values(self) -> bool:
        """Whether there is a point that meets every row and bound."""
        return self in (Status.optimal, Status.time_limit_feasible)


class Basis:
    """A simplex basis: a code a column and a row (0 at lower, 1 basic, 2 at upper, 3 free at 0, 4 nonbasic).

    ``handle`` is the solver's own object: a basis goes back to the solver as it came, and is decoded only when
    somebody looks (both ways cost as much as a short solve).  A pickle holds the codes alone.
    """

    def __init__(self, columns: Codes, rows: Codes) -> None:
        self._codes: tuple[Codes, Codes] | None = (columns, rows)
        self._decode: Callable[[Any], tuple[Codes, Codes]] | None = None
        self.handle: Any = None

    @classmethod
    def of(cls, handle: Any, decode: Callable[[Any], tuple[Codes, Codes]]) -> Basis:
        """The basis behind a solver's object, with the function that reads it."""
        basis = cls(np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int8))
        basis._codes, basis._decode, basis.handle = None, decode, handle
        return basis

    @property
    def columns(self) -> Codes:
        """A code a column, shape (columns,)."""
        return self._read()[0]

    @property
    def rows(self) -> Codes:
        """A code a row, shape (rows,)."""
        return self._read()[1]

    def _read(self) -> tuple[Codes, Codes]:
        if self._codes is None:
            assert self._decode is not None
            self._codes = self._decode(self.handle)
        return self._codes

    def __reduce__(self) -> tuple[Any, ...]:
        return Basis, self._read()


@dataclass(frozen=True, eq=False)
class Point:
    """A feasible point: its objective (offset included), one value a column, one activity a row."""

    objective: float
    x: Vector
    row_value: Vector


class Prices:
    """Duals of the rows and reduced costs of the columns, in the programme's own sense.

    What reads the ``reduced`` costs may stand for them: many a solve is asked for its duals alone.
    """

    def __init__(self, dual: Vector, reduced: Vector | Callable[[], Vector]) -> None:
        self.dual, self._reduced = dual, reduced

    @property
    def reduced(self) -> Vector:
        """A number a column, shape (columns,)."""
        if callable(self._reduced):
            self._reduced = self._reduced()
        return self._reduced

    def __reduce__(self) -> tuple[type[Prices], tuple[Vector, Vector]]:
        """As it is pickled: what reads the reduced costs has read them."""
        return Prices, (self.dual, self.reduced)


@dataclass(frozen=True, eq=False)
class Solution:
    """The outcome of one solve.  Reading a number that the status does not promise raises SolverError."""

    status: Status
    point: Point | None = None
    prices: Prices | None = None
    basis: Basis | None = None
    iterations: int = 0
    gap: float | None = None

    def __post_init__(self) -> None:
        if self.status.has_values != (self.point is not None):
            raise SolverError(f"status {self.status} {'lacks' if self.point is None else 'carries'} values")

    @property
    def objective(self) -> float:
        """Objective at ``x``, offset included."""
        return self._point().objective

    @property
    def x(self) -> Vector:
        """Value of every column, shape (columns,)."""
        return self._point().x

    @property
    def row_value(self) -> Vector:
        """Activity Σ a·x of every row, shape (rows,)."""
        return self._point().row_value

    @property
    def dual(self) -> Vector:
        """d objective / d active bound of every row, shape (rows,); a row that does not bind has 0."""
        return self._prices().dual

    @property
    def reduced(self) -> Vector:
        """d objective / d active bound of every column, shape (columns,)."""
        return self._prices().reduced

    def _point(self) -> Point:
        if self.point is None:
            raise SolverError(f"the solve ended {self.status}: there are no values to read")
        return self.point

    def _prices(self) -> Prices:
        if self.prices is None:
            raise SolverError(f"the solve ended {self.status}: there are no prices"
                              " (they exist for a linear programme solved to optimality by the embedded solver)")
        return self.prices

    def with_values(self, point: Point, prices: Prices | None) -> Solution:
        """The same outcome with other numbers (refined ones)."""
        return replace(self, point=point, prices=prices)


def worth(problem: LinearForm, solution: Solution) -> Prices:
    """Duals and reduced costs in the economic sign: what one more unit of a bound is worth to the optimiser.

    Positive: the objective gets better (a larger profit, or a smaller cost) when the bound goes up.
    """
    sign = sign_of(problem)
    return Prices(sign * solution.dual + 0.0, sign * solution.reduced + 0.0)


def face(problem: LinearForm, solution: Solution, cost: Vector) -> tuple[Index, Vector, Index, Vector]:
    """The optimal face that duals describe: columns and the values they keep, rows and the activities they keep.

    A reduced cost or dual above ``CLEAR`` of the largest of ``cost``, the objective of the solve, holds its column or
    row at the bound.
    """
    scale = CLEAR * max(1.0, float(np.abs(cost).max(initial=0.0)))
    columns = np.flatnonzero(np.abs(solution.reduced) > scale)
    rows = np.flatnonzero(np.abs(solution.dual) > scale)
    kept = _nearest(solution.x[columns], problem.col_lower[columns], problem.col_upper[columns])
    return columns, kept, rows, _nearest(solution.row_value[rows], problem.row_lower[rows], problem.row_upper[rows])


def on_face(problem: LinearForm, solution: Solution, x: Vector) -> bool:
    """Whether a feasible point lies on the optimal face that the duals of a solution describe, and is as good."""
    columns, kept, rows, reached = face(problem, solution, problem.cost)
    off = np.concatenate([x[columns] - kept, (problem.matrix @ x)[rows] - reached])
    return bool(np.abs(off).max(initial=0.0) <= ALIKE)


def _nearest(value: Vector, lower: Vector, upper: Vector) -> Vector:
    return np.where(np.abs(value - lower) <= np.abs(upper - value), lower, upper)


def residuals(problem: LinearForm, x: Vector, dual: Vector | None = None) -> dict[str, float]:
    """How far a point (and its duals) are from the optimality conditions, by our own arithmetic.

    ``primal_residual``: largest violation of a row, a bound or an integrality, over max(1, |bound|).
    ``dual_residual``: largest multiplier of a wrong sign (of a bound that is none), over max(1, largest |cost|).
    ``complementarity``: largest multiplier × slack, over max(1, |objective|).
    ``gap``: |primal − dual objective| over max(1, |primal objective|).
    The last three only when ``dual`` is given.  A NaN in ``x`` or ``dual`` gives NaN, never a pass.
    """
    low = np.concatenate([problem.row_lower, problem.col_lower])
    high = np.concatenate([problem.row_upper, problem.col_upper])
    at = np.concatenate([problem.matrix @ x, x])
    whole = x[problem.integer]
    worst = [_peak(_over(low - at, low)), _peak(_over(at - high, high)), _peak(np.abs(whole - np.round(whole)))]
    out = {"primal_residual": float(np.max(worst))}
    if dual is None:
        return out
    sign = -sign_of(problem)
    y = sign * np.concatenate([dual, problem.cost - problem.matrix.T @ dual])
    side = np.where(y > 0.0, low, high)  # the bound that a multiplier is of
    is_bound = np.isfinite(side)
    room, reached = np.where(is_bound, at - side, 0.0), np.where(is_bound, side, 0.0)
    objective = float(problem.cost @ x) + problem.offset
    size = max(1.0, abs(objective))
    wrong = _peak(np.abs(y[~is_bound])) / max(1.0, _peak(np.abs(problem.cost)))
    return out | {
        "dual_residual": wrong if np.isfinite(y).all() else float("nan"),
        "complementarity": _peak(np.abs(y * room)) / size,
        "gap": abs(sign * (objective - problem.offset) - float((y * reached).sum())) / size,
    }


def weak_bound(problem: LinearForm, dual: Vector) -> float:
    """What the objective of no point can pass, by weak duality: any multipliers of the rows will do.

    Infinite where they prove nothing.  Multipliers below 1e-9 of the largest cost are the arithmetic's.
    """
    sign = sign_of(problem)
    y = sign * np.concatenate([dual, problem.cost - problem.matrix.T @ dual])
    y[np.abs(y) <= 1e-9 * max(1.0, _peak(np.abs(problem.cost)))] = 0.0
    low = np.concatenate([problem.row_lower, problem.col_lower])
    high = np.concatenate([problem.row_upper, problem.col_upper])
    best = np.multiply(y, np.where(y > 0, high, low), out=np.zeros_like(y), where=y != 0)
    return sign * float(best.sum()) + problem.offset


def _over(violation: Vector, bound: Vector) -> Vector:
    """Violations over max(1, |bound|), of what is violated alone (or a NaN); an infinite bound is never violated."""
    over = np.flatnonzero(~(violation <= 0.0))
    size = np.abs(bound[over])
    return violation[over] / np.where(np.isfinite(size), np.maximum(1.0, size), 1.0)


def _peak(values: Vector) -> float:
    return max(float(np.max(values)), 0.0) if len(values) else 0.0  # a NaN stays one
