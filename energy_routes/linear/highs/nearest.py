"""The nearest point of an optimal face: one plan and one set of digits, whichever vertex of the face was found first.

A face is a programme with some columns and rows held at a bound.  Goals are made least on it in turn, each a sum of
weighted squares.  Such a sum is least for one value of every column that it weighs, so these are held before the next
goal, and neither the order of rows and columns nor the way of solving matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import Form
from energy_routes.linear.highs.interface import Engine
from energy_routes.linear.solution import Status, residuals

SNAP = 1e-9  # a value this near to a bound, over max(1, |bound|), is on it
EXACT = 1e-12  # a row that can leave its bound by no more than this, over max(1, |bound|), holds its columns
SMALL = 1e-3  # but not a column whose coefficient is below this: within EXACT it could move too far
ROUNDS = 50  # of squeezing, each of which follows a chain of rows by one more
OPTIMAL = 1e-9  # largest residual of the optimality conditions that passes for an optimum
STEADY = 1e-9  # added to the diagonal, so that tight rows that say the same twice can be factorised
PASSES = 3  # of iterative refinement, which takes out what STEADY puts in
STEPS = 100  # of the active-set method for each row and column
# Without the regularisation of HiGHS, which would shift the point by more than OPTIMAL.
OPTIONS = {"threads": 1, "primal_feasibility_tolerance": SNAP, "dual_feasibility_tolerance": SNAP,
           "qp_regularization_value": 0.0}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Squares:
    """The goal Σ weight·(x − target)², both one number a column; a column of weight 0 does not count."""

    weight: Vector
    target: Vector


def nearest(face: Form, x: Vector, goals: Sequence[Squares]) -> Vector | None:
    """The point of ``face`` that makes each goal least in turn, found from its point ``x``.

    None where a point fails our own check of its optimality conditions.
    """
    for goal in goals:
        face = squeezed(face)
        free = face.col_lower < face.col_upper
        x = np.where(free, x, face.col_lower)
        weighed = goal.weight > 0
        if (free & weighed).any():
            found = _least(face, x, goal)
            if found is None:
                return None
            x = found
        face = replace(face, col_lower=np.where(weighed, x, face.col_lower),
                       col_upper=np.where(weighed, x, face.col_upper))  # fmt: skip
    return x


def squeezed(face: Form) -> Form:
    """The same points, with those columns held that the rows leave no room to move.

    A row that reaches its bound only with each of its columns at one end holds them there.  An equality with one free
    column gives its value.
    """
    low, high = face.col_lower.copy(), face.col_upper.copy()
    equal, base = face.row_lower == face.row_upper, np.zeros(len(face.row_lower))
    slight = [EXACT * np.maximum(1.0, np.abs(_finite(bound))) for bound in (face.row_lower, face.row_upper)]
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


def _finite(bound: Vector) -> Vector:
    return np.where(np.isfinite(bound), bound, 0.0)


def _least(face: Form, x: Vector, goal: Squares) -> Vector | None:
    """The point of a squeezed face that makes one goal least; the columns that it does not weigh are any that fit."""
    free = np.flatnonzero(face.col_lower < face.col_upper)
    part = _reduced(face, x, free)
    weight, target = goal.weight[free], goal.target[free]
    engine = Engine(OPTIONS | {"qp_iteration_limit": STEPS * sum(part.matrix.shape)})
    engine.load(replace(part, cost=-2.0 * weight * target), curve=2.0 * weight)
    engine.start_at(x[free])
    if engine.run() is not Status.optimal:
        return None
    duals, found = engine.duals()[0], snap(snap(engine.point(), part.col_lower), part.col_upper)
    for point in (_refined(part, found, weight, target), found):
        slope = replace(part, cost=2.0 * weight * (point - target))
        if all(value <= OPTIMAL for value in residuals(slope, point, duals).values()):
            out = x.copy()
            out[free] = point
            return out
    return None


def _reduced(face: Form, x: Vector, free: NDArray[np.intp]) -> Form:
    """The face as a programme of its free columns alone and of the rows that can still be broken; it has no costs."""
    held = x.copy()
    held[free] = 0.0
    base, low, high = face.matrix @ held, face.col_lower[free], face.col_upper[free]
    matrix = face.matrix[:, free]
    row, col, value = _entries(matrix)
    least, most = _reach(row, value * low[col], value * high[col], base)
    open_ = np.bincount(row, minlength=len(base)) > 0
    rows = np.flatnonzero(open_ & ((least < face.row_lower) | (most > face.row_upper)))
    none = np.zeros(len(free))
    return Form("min", none, 0.0, matrix[rows], face.row_lower[rows] - base[rows], face.row_upper[rows] - base[rows],
                low, high, none.astype(bool))  # fmt: skip


def _refined(part: Form, x: Vector, weight: Vector, target: Vector) -> Vector:
    """The same point from its active set alone: least squares under the tight rows, columns at a bound kept there.

    Solves the optimality conditions [W Aᵀ; A 0][x; −y] = [W·target; b] by one LU of the same with ±STEADY on the
    diagonal and PASSES steps of iterative refinement.
    """
    inner = (x != part.col_lower) & (x != part.col_upper)
    activity = snap(snap(part.matrix @ x, part.row_lower), part.row_upper)
    tight = (activity == part.row_lower) | (activity == part.row_upper)
    matrix, goal = part.matrix[:, inner][tight], weight[inner]
    rows, columns = matrix.shape
    steady = STEADY * np.ones(columns + rows)
    steady[columns:] *= -1.0
    whole = sparse.bmat([[sparse.diags(2.0 * goal), matrix.T], [matrix, None]], format="csc")
    right = np.concatenate([2.0 * goal * target[inner],
                            activity[tight] - part.matrix[tight] @ np.where(inner, 0.0, x)])  # fmt: skip
    try:
        factors = splu((whole + sparse.diags(steady)).tocsc())
    except RuntimeError:  # SuperLU's word for "singular"
        return x
    answer = np.concatenate([x[inner], np.zeros(rows)])
    for _ in range(PASSES):
        answer += factors.solve(right - whole @ answer)
    better = x.copy()
    better[inner] = answer[:columns]
    return snap(snap(better, part.col_lower), part.col_upper)


def snap(values: Vector, bound: Vector) -> Vector:
    """``values`` with those within SNAP·max(1, |bound|) of a finite bound put on it."""
    base = _finite(bound)
    near = np.isfinite(bound) & (np.abs(values - base) <= SNAP * np.maximum(1.0, np.abs(base)))
    return np.where(near, base, values) + 0.0
