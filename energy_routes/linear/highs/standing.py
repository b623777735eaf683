"""Which linear measures of a point are the same at every point of an optimal face."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import Form, put
from energy_routes.linear.highs.moving import squeezed
from energy_routes.linear.highs.nearest import PASSES, STEADY, bordered
from energy_routes.linear.solution import Solution, face

STANDS = 1e-9  # of the largest weight of a measure: what is left of it beyond the rows that hold it


class Standing:
    """Some linear measures, ``weights`` of shape (measures, columns), and on which faces all of them stand still.

    A face is a programme with some columns and rows held at a bound.  A measure has one value on it where its weights
    on the columns that can move are a combination of the rows that are held: what their projection on the null space of
    those rows leaves is zero.  That is sufficient, so measures that are the same everywhere may be told to move.
    """

    def __init__(self, weights: Vector) -> None:
        self.weights = weights
        self._known: dict[bytes, bool] = {}  # by all that the answer depends on: thousands of draws have few faces

    def on(self, face: Form) -> bool:
        """Whether all measures have one value on a face."""
        tight = squeezed(face)
        free, held = tight.col_lower < tight.col_upper, tight.row_lower == tight.row_upper
        parts = (free, held, tight.matrix.indices, tight.matrix.data)
        key = blake2b(b"".join(part.tobytes() for part in parts), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = bool(standing(tight, self.weights).all())
        return self._known[key]


def face_of(form: Form, solution: Solution) -> Form:
    """The optimal face that the duals of an optimum of ``form`` describe."""
    columns, kept, rows, reached = face(form, solution, form.cost)
    return replace(
        form,
        col_lower=put(form.col_lower, columns, kept), col_upper=put(form.col_upper, columns, kept),
        row_lower=put(form.row_lower, rows, reached), row_upper=put(form.row_upper, rows, reached),
    )  # fmt: skip


def standing(tight: Form, measures: Vector) -> NDArray[np.bool_]:
    """Whether each measure has one value on a squeezed face; see :class:`Standing`."""
    free = np.flatnonzero(tight.col_lower < tight.col_upper)
    matrix = tight.matrix[:, free].tocsr()
    held = (tight.row_lower == tight.row_upper) & (np.diff(matrix.indptr) > 0)
    left = _beyond(matrix[held], measures[:, free].T)
    size = np.maximum(1.0, np.abs(measures).max(axis=1, initial=0.0))
    return np.asarray(np.abs(left).max(axis=0, initial=0.0) <= STANDS * size)


def _beyond(rows: sparse.csr_matrix, weights: Vector) -> Vector:
    """What is left of weights, a column each, when all that is a combination of ``rows`` is taken out.

    Solves [I Aᵀ; A 0]·(r; y) = (w; 0) as :mod:`energy_routes.linear.highs.nearest` solves its own conditions.
    """
    count, columns = rows.shape
    if not columns or not weights.any():
        return weights
    one, none = np.ones(columns), np.zeros(count)
    whole, factors = bordered(one, none, rows), splu(bordered(one + STEADY, none - STEADY, rows))
    right = np.vstack([weights, np.zeros((count, weights.shape[1]))])
    answer = np.zeros_like(right)
    for _ in range(PASSES):
        answer += factors.solve(right - whole @ answer)
    return answer[:columns]
