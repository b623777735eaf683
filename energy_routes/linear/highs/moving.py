"""What can still move on a face: a programme in which some columns and rows are held at a bound, and hold others."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    slight = [EXACT * np.maximum(1.0, np.abs(finite(bound))) for bound in (face.row_lower, face.row_upper)]
    row, col, value = _entries(face.matrix)
    for _ in range(ROUNDS):
        free = low[col] < high[col]
        base += np.bincount(row[~free], value[~free] * low[col[~free]], len(base))
        row, col, value = row[free], col[free], value[free]
        least, most = _reach(row, value * low[col], value * high[col], base)
        down, up = least >= face.row_upper - slight[1], most <= face.row_lower + slight[0]
        sure = np.abs(value) >= SMALL
        ends = np.flatnonzero(sure & (down | up)[row])
        single = equal & (np.bincount(row, minlength=len(base)) == 1) & ~(down | up)
        alone = np.flatnonzero(sure & single[row])
        if not len(ends) and not len(alone):
            break
        at_low = down[row[ends]] == (value[ends] > 0)
        given = (face.row_lower - base)[row[alone]] / value[alone]
        at = col[np.concatenate([ends, alone])]
        low[at] = high[at] = np.concatenate([np.where(at_low, low[col[ends]], high[col[ends]]), given])
    return replace(face, col_lower=low, col_upper=high)


def _entries(matrix: sparse.csc_matrix) -> tuple[NDArray[np.int32], NDArray[np.int32], Vector]:
    """Row, column and value of each coefficient."""
    columns = np.arange(matrix.shape[1], dtype=np.int32)
    return matrix.indices, np.repeat(columns, np.diff(matrix.indptr)), matrix.data


def _reach(row: NDArray[np.int32], one: Vector, other: Vector, base: Vector) -> tuple[Vector, Vector]:
    """The least and the most that each row can be, where each of its entries adds something from one to other."""
    ends = np.minimum(one, other), np.maximum(one, other)
    least, most = (base + np.bincount(row, end, len(base)) for end in ends)
    return least, most


def finite(bound: Vector) -> Vector:
    """Bounds with 0 in place of those that are infinite."""
    return np.where(np.isfinite(bound), bound, 0.0)
