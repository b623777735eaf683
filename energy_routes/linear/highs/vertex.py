"""The vertex of a basis under other numbers: after a small change the basis of an optimum is often still the best one.

A simplex run that begins there ends there, without a pivot, and what it costs is to set it up.  With the basis
factorised once, the same is seen from two solves with its factors.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import splu

from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import Form, sign_of
from energy_routes.linear.solution import BASIC, FREE, LOWER, UPPER, Basis, Codes, Point, Prices, Solution, Status

INSIDE = 1e-9  # the feasibility tolerance of a session, of bounds and of reduced costs
CLEAN = 1e-12  # what a solve may leave of a row that is held, over max(1, its bound); more is taken out by another
PASSES = 2


class Vertex:
    """A basis of a ``form``, factorised: what other costs and bounds make of its vertex."""

    def __init__(self, form: Form, basis: Basis) -> None:
        self._form, self._basis, self._turned = form, basis, form.matrix.T
        self._inner = np.flatnonzero(basis.columns == BASIC)
        self._held = np.flatnonzero(basis.rows != BASIC)
        self._columns, self._rows = _Sides(basis.columns), _Sides(basis.rows)

    def under(self, form: Form) -> Solution | None:
        """The optimum of a programme with the same coefficients where the basis is best; None where it is not.

        As in a simplex run from the basis: no bound and no sign of a reduced cost is broken by more than ``INSIDE``.
        """
        if form.matrix is not self._form.matrix or form.integer.any() or self._factors is None:
            return None
        place = self._own_place if _alike(form, self._form, _BOUNDS) else self._place(form)
        if place is None:
            return None
        dual, reduced = self._own_prices if form.cost is self._form.cost else self._prices(form.cost)
        if not self._best(form, dual, reduced):
            return None
        x, activity = place
        point = Point(float(form.cost @ x) + form.offset, x, activity)
        return Solution(Status.optimal, point, Prices(dual, reduced), self._basis)

    @cached_property
    def _factors(self) -> Any:
        """The LU of the rows that are held, in the columns between their bounds; None where there is none."""
        square = self._form.matrix[:, self._inner].tocsr()[self._held].tocsc()
        told = len(self._inner) and self._columns.known and self._rows.known
        if not told or square.shape[0] != square.shape[1]:
            return None
        try:
            return splu(square)
        except RuntimeError:  # singular to the arithmetic
            return None

    @cached_property
    def _own_place(self) -> tuple[Vector, Vector] | None:
        return self._place(self._form)

    @cached_property
    def _own_prices(self) -> tuple[Vector, Vector]:
        return self._prices(self._form.cost)

    def _place(self, form: Form) -> tuple[Vector, Vector] | None:
        """Columns and activities of the rows, with what is not basic at its bound; None where a bound is broken."""
        x = self._columns.at(form.col_lower, form.col_upper)
        bound = self._rows.at(form.row_lower, form.row_upper)[self._held]
        if not (np.isfinite(x).all() and np.isfinite(bound).all()):
            return None
        activity, slack = form.matrix @ x, CLEAN * np.maximum(1.0, np.abs(bound))
        for _ in range(PASSES):
            x[self._inner] += self._factors.solve(bound - activity[self._held])
            if not _inside(x, form.col_lower, form.col_upper):
                return None
            activity = form.matrix @ x
            if (np.abs(bound - activity[self._held]) <= slack).all():
                break
        return (x, activity) if _inside(activity, form.row_lower, form.row_upper) else None

    def _prices(self, cost: Vector) -> tuple[Vector, Vector]:
        """Duals of the rows, and reduced costs of the columns."""
        dual = np.zeros(self._form.matrix.shape[0])
        dual[self._held] = self._factors.solve(cost[self._inner], trans="T")
        reduced = cost - self._turned @ dual
        reduced[self._inner] = 0.0
        return dual, reduced

    def _best(self, form: Form, dual: Vector, reduced: Vector) -> bool:
        """Whether every price has the sign that its bound asks for; what has one value only may have either."""
        sign = -sign_of(form)
        return self._rows.suit(sign * dual, form.row_lower < form.row_upper) and self._columns.suit(
            sign * reduced, form.col_lower < form.col_upper)  # fmt: skip


class _Sides:
    """At which bound what is not basic stands, by the codes of a basis."""

    def __init__(self, codes: Codes) -> None:
        self.lower, self.upper, self.zero = (codes == code for code in (LOWER, UPPER, FREE))
        self.known = bool((self.lower | self.upper | self.zero | (codes == BASIC)).all())

    def at(self, lower: Vector, upper: Vector) -> Vector:
        """The values of what is not basic; 0 for what is."""
        return np.where(self.lower, lower, np.where(self.upper, upper, 0.0))

    def suit(self, price: Vector, free: NDArray[np.bool_]) -> bool:
        """Whether one more of each bound costs something at a lower one, and saves at an upper one."""
        wrong = (self.lower & (price < -INSIDE)) | (self.upper & (price > INSIDE))
        return not ((wrong & free) | (self.zero & (np.abs(price) > INSIDE))).any()


_BOUNDS = ("col_lower", "col_upper", "row_lower", "row_upper")


def _alike(form: Form, other: Form, names: tuple[str, ...]) -> bool:
    return all(getattr(form, name) is getattr(other, name) for name in names)


def _inside(values: Vector, lower: Vector, upper: Vector) -> bool:
    return bool(((values >= lower - INSIDE) & (values <= upper + INSIDE)).all())
