"""Directions in which bounds move, many at a time, and how far one optimal basis goes along with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.linear.expressions import Vector
from energy_routes.linear.labels import Index
from energy_routes.linear.solution import BASIC, Basis

ACTIVE = 1e-7  # a row or column this near to a bound, over max(1, |bound|), has reached it
AT_ONCE = 32  # right-hand sides of one solve with the basis: more of them leave the cache
NUMBERS = 400_000  # in them, which a large programme reaches with fewer

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Moves:
    """Directions of bounds: what a unit of each adds to the lower and to the upper bounds.

    Both are of shape (rows + columns of the programme, moves), its rows counted first.
    """

    low: sparse.csc_matrix
    high: sparse.csc_matrix

    def __len__(self) -> int:
        return int(self.low.shape[1])

    def __matmul__(self, weights: sparse.csc_matrix) -> Moves:
        """Sums of moves, weighted by a matrix of shape (moves, sums)."""
        return Moves(sparse.csc_matrix(self.low @ weights), sparse.csc_matrix(self.high @ weights))

    def take(self, which: Index | Mask) -> Moves:
        """Some of the moves, by position or by a mask."""
        return Moves(self.low[:, which], self.high[:, which])


class TangentCone:
    """The tangent cone at a point of a programme: bounds that are reached are 0, all others infinite.

    ``low`` and ``high`` are of shape (rows + columns,).
    """

    def __init__(self, low: Vector, high: Vector, value: Vector) -> None:
        self.low, self.high = np.where(_near(value, low), 0.0, -np.inf), np.where(_near(value, high), 0.0, np.inf)

    @property
    def below(self) -> Mask:
        """Where a lower bound is reached."""
        return np.isfinite(self.low)

    @property
    def above(self) -> Mask:
        """Where an upper bound is reached."""
        return np.isfinite(self.high)

    def reaches(self, moves: Moves) -> Mask:
        """Which moves move a bound that is reached."""
        return self._with(moves, moves.low.data != 0, moves.high.data != 0)

    def loosens(self, moves: Moves) -> Mask:
        """Which moves tighten nothing that is reached."""
        return ~self._with(moves, moves.low.data > 0, moves.high.data < 0)

    def _with(self, moves: Moves, low: Mask, high: Mask) -> Mask:
        """Which moves have an entry that is marked at a bound that is reached."""
        below, above = low & self.below[moves.low.indices], high & self.above[moves.high.indices]
        return _any(moves.low, below) | _any(moves.high, above)


class Vertex:
    """An optimal basis: as long as a move leaves it feasible in the cone, its dual is the slope.

    ``dual`` has + where an upper bound holds a row or column, in the economic sign.  Raises RuntimeError where the
    basis is singular.
    """

    def __init__(self, matrix: sparse.csr_matrix, basis: Basis, cone: TangentCone, dual: Vector) -> None:
        basic, tight = basis.columns == BASIC, basis.rows != BASIC
        self._cone, self._rows = cone, len(tight)
        self._matrix, self._tight = matrix, np.flatnonzero(tight)
        self._factors = splu(sparse.csc_matrix(self._matrix[self._tight][:, basic]))
        held = np.concatenate([tight, ~basic])  # what is not basic goes where its bound goes
        upper = np.where(dual == 0.0, cone.above, dual > 0)
        self._held, self._by_upper, self._by_lower = held, held & upper, held & ~upper
        bounded = cone.below | cone.above
        self._near_rows = np.flatnonzero(~tight & bounded[: len(tight)])
        self._near_columns = np.flatnonzero((basic & bounded[len(tight) :])[basic])
        self._near = np.concatenate([self._near_rows, len(tight) + np.flatnonzero(basic)[self._near_columns]])
        self._across = self._matrix[self._near_rows][:, basic]

    @classmethod
    def of(cls, matrix: sparse.csr_matrix, basis: Basis | None, cone: TangentCone, dual: Vector) -> Vertex | None:
        """The vertex of a basis; None without one, or where it is singular."""
        if basis is None or not (basis.columns == BASIC).sum() == (basis.rows != BASIC).sum() > 0:
            return None
        try:
            return cls(matrix, basis, cone, dual)
        except RuntimeError:  # SuperLU's word for "singular"
            return None

    def allows(self, moves: Moves) -> Mask:
        """Along which moves the basis stays feasible."""
        taken = (_where(moves.high, self._by_upper) + _where(moves.low, self._by_lower)).tocsr()
        columns = taken[self._rows :]
        right = sparse.csc_matrix((taken[: self._rows] - self._matrix @ columns)[self._tight])
        given = sparse.csc_matrix(self._matrix[self._near_rows] @ columns)
        size = np.maximum(1.0, _peak(abs(taken)))
        held = self._held
        beyond = np.maximum(_peak(_where(taken - moves.high, held & self._cone.above)),
                            _peak(_where(moves.low - taken, held & self._cone.below)))  # fmt: skip
        high, low = (sparse.csc_matrix(matrix.tocsr()[self._near]) for matrix in (moves.high, moves.low))
        above, below = self._cone.above[self._near], self._cone.below[self._near]
        for at in _chunks(len(moves), len(self._tight)):
            basic = self._factors.solve(right[:, at].toarray(order="F"))
            step = np.concatenate([self._across @ basic, basic[self._near_columns]])
            if given.nnz:
                step[: len(self._near_rows)] += given[:, at].toarray()
            over = (step - high[:, at].toarray() if high.nnz else step)[above]
            under = (low[:, at].toarray() - step if low.nnz else -step)[below]
            size[at] = np.maximum(size[at], np.abs(basic).max(axis=0, initial=0.0))
            worst = np.maximum(over.max(axis=0, initial=0.0), under.max(axis=0, initial=0.0))
            beyond[at] = np.maximum(beyond[at], worst)
        return beyond <= ACTIVE * size


def _chunks(count: int, size: int) -> Iterator[slice]:
    """Spans of right-hand sides of some ``size``."""
    some = max(1, min(AT_ONCE, NUMBERS // max(1, size)))
    return (slice(first, min(first + some, count)) for first in range(0, count, some))


def _near(value: Vector, bound: Vector) -> Mask:
    """Whether values have reached their bounds."""
    with np.errstate(invalid="ignore"):
        return np.isfinite(bound) & (np.abs(value - bound) <= ACTIVE * np.maximum(1.0, np.abs(bound)))


def _any(matrix: sparse.csc_matrix, entries: Mask) -> Mask:
    """Which columns hold an entry that is marked."""
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    return np.bincount(column[entries], minlength=matrix.shape[1]) > 0


def _where(matrix: sparse.spmatrix, rows: Mask) -> sparse.csc_matrix:
    """The matrix with its other rows 0."""
    out = sparse.csc_matrix(matrix)
    return sparse.csc_matrix((out.data * rows[out.indices], out.indices, out.indptr), shape=out.shape)


def _peak(matrix: sparse.spmatrix) -> Vector:
    """The largest number of each column, at least 0."""
    return np.maximum(0.0, matrix.max(axis=0).toarray().ravel()) if min(matrix.shape) else np.zeros(matrix.shape[1])
