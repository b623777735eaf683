"""What can still move on a face: a programme in which some columns and rows are held at a bound, and hold others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import Form, put
from energy_routes.linear.labels import Index

EXACT = 1e-12  # a row that can leave its bound by no more than this, over max(1, |bound|), holds its columns
SMALL = 1e-3  # but not a column whose coefficient is below this: within EXACT it could move too far
ROUNDS = 50  # of squeezing, each of which follows a chain of rows by one more


@dataclass(frozen=True, eq=False)
class Moving:
    """A squeezed face as a programme of its ``free`` columns alone and of the rows that can be broken, without costs.

    ``held`` is a point of the face.
    """

    form: Form
    free: Index
    held: Vector

    @classmethod
    def of(cls, face: Form, x: Vector) -> Moving:
        """What can move on a squeezed face; ``x`` is a point of it, or of the face before."""
        moves = face.col_lower < face.col_upper
        free, base = np.flatnonzero(moves), face.matrix @ np.where(moves, 0.0, face.col_lower)
        low, high = face.col_lower[free], face.col_upper[free]
        matrix = face.matrix[:, free]
        row, col, value = _entries(matrix)
        least, most = _reach(row, value * low[col], value * high[col], base)
        open_ = np.bincount(row, minlength=len(base)) > 0
        rows = np.flatnonzero(open_ & ((least < face.row_lower) | (most > face.row_upper)))
        none = np.zeros(len(free))
        row_low, row_high = face.row_lower[rows] - base[rows], face.row_upper[rows] - base[rows]
        form = Form("min", none, 0.0, matrix[rows], row_low, row_high, low, high, none.astype(bool))
        return cls(form, free, np.where(moves, x, face.col_lower))

    def point(self, moved: Vector) -> Vector:
        """The point of the face whose free columns have these values."""
        return put(self.held, self.free, moved)


def squeezed(face: Form) -> Form:
    """The same points, with those columns held that the rows leave no room to move.

    A row that reaches its bound only with each of its columns at one end holds them there.  An equality with one free
    column gives its value.
    """
    low, high = face.col_lower.copy(), face.col_upper.copy()
    equal, base = face.row_lower == face.row_upper, np.zeros(len(face.row_lower))
    floor = face.row_lower + EXACT * np.maximum(1.0, np.abs(finite(face.row_lower)))
    ceiling = face.row_upper - EXACT * np.maximum(1.0, np.abs(finite(face.row_upper)))
    row, col, value = _entries(face.matrix)
    row, col = row.astype(np.intp), col.astype(np.intp)  # so that no round converts them again
    for _ in range(ROUNDS):
        lowest, highest = low[col], high[col]
        moves = lowest < highest
        still, free = np.flatnonzero(~moves), np.flatnonzero(moves)
        base += np.bincount(row[still], value[still] * lowest[still], len(base))
        row, col = row[free], col[free]
        value, lowest, highest = value[free], lowest[free], highest[free]
        least, most = _reach(row, value * lowest, value * highest, base)
        down, up = least >= ceiling, most <= floor
        full, sure = down | up, np.abs(value) >= SMALL
        ends = np.flatnonzero(sure & full[row])
        single = equal & ~full & (np.bincount(row, minlength=len(base)) == 1)
        alone = np.flatnonzero(sure & single[row])
        if not len(ends) and not len(alone):
            break
        at_low = down[row[ends]] == (value[ends] > 0)
        given = (face.row_lower - base)[row[alone]] / value[alone]
        at = col[np.concatenate([ends, alone])]
        low[at] = high[at] = np.concatenate([np.where(at_low, lowest[ends], highest[ends]), given])
    return replace(face, col_lower=low, col_upper=high)


def _entries(matrix: sparse.csc_matrix) -> tuple[NDArray[np.int32], NDArray[np.int32], Vector]:
    """Row, column and value of each coefficient."""
    columns = np.arange(matrix.shape[1], dtype=np.int32)
    return matrix.indices, np.repeat(columns, np.diff(matrix.indptr)), matrix.data


def _reach(row: NDArray[np.integer[Any]], one: Vector, other: Vector, base: Vector) -> tuple[Vector, Vector]:
    """The least and the most that each row can be, where each of its entries adds something from one to other."""
    ends = np.minimum(one, other), np.maximum(one, other)
    least, most = (base + np.bincount(row, end, len(base)) for end in ends)
    return least, most


def finite(bound: Vector) -> Vector:
    """Bounds with 0 in place of those that are infinite."""
    return np.where(np.isfinite(bound), bound, 0.0)
