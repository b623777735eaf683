"""The nearest point of an optimal face: one plan and one set of digits, whichever vertex of the face was found first.

A face is a programme with some columns and rows held at a bound.  Goals are made least on it in turn, each a sum of
weighted squares.  Such a sum is least for one value of every column that it weighs, so these are held before the next
goal, and neither the order of rows and columns nor the way of solving matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import Form, LinearForm
from energy_routes.linear.highs.interface import Engine
from energy_routes.linear.highs.moving import Moving, finite, squeezed
from energy_routes.linear.solution import residuals

SNAP = 1e-9  # a value this near to a bound, over max(1, |bound|), is on it
NEAR = (SNAP, 1e-7)  # the same for the point of the active-set method, whose feasibility HiGHS keeps to about 1e-7
OPTIMAL = 1e-9  # with no residual of the optimality conditions above this a point is not looked for any further
PASSABLE = 1e-7  # and with one above this it is refused
STEADY = 1e-9  # added to the diagonal, so that tight rows that say the same twice can be factorised
PASSES = 3  # of iterative refinement, which takes out what STEADY puts in
MOST_PASSES, LEFT = 12, 1e-12  # of a large system, while more than this is left over max(1, largest right-hand side)
BRIEF = 3000  # columns up to which a run is too short to be stopped
EXCHANGES, TOGETHER = 200, 30  # rounds of exchanging an active set; the first of them exchange all that is wrong
STEPS = 100  # of the active-set method for each row and column
# Without the regularisation of HiGHS, which would shift the point by more than OPTIMAL.
OPTIONS = {"threads": 1, "qp_regularization_value": 0.0}


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


def _least(face: Form, x: Vector, goal: Squares) -> Vector | None:
    """The point of a squeezed face that makes one goal least; the columns that it does not weigh are any that fit."""
    moving = Moving.of(face, x)
    part, free = moving.form, moving.free
    weight, target = goal.weight[free], goal.target[free]
    engine = Engine(OPTIONS | {"qp_iteration_limit": STEPS * sum(part.matrix.shape)})
    engine.load(replace(part, cost=-2.0 * weight * target), curve=2.0 * weight)
    engine.run(brief=len(free) < BRIEF)  # whatever it ends with, our own check decides
    found, duals = engine.point(), engine.duals()[0]
    if found.shape != free.shape or duals.shape != part.row_lower.shape:
        found, duals = x[free], np.zeros(len(part.row_lower))
    out, best = x.copy(), PASSABLE
    for point, slope, prices in _candidates(part, found, duals, weight, target):
        worst = max(residuals(slope, point, prices).values())
        if worst < best:
            out[free], best = point, worst
        if best <= OPTIMAL:
            break
    return out if best < PASSABLE else None


def _candidates(
    part: Form, found: Vector, duals: Vector, weight: Vector, target: Vector
) -> Iterator[tuple[Vector, Form, Vector]]:
    """Points made of one that was found, each with the programme of the goal's slope there, and duals of its rows.

    The point itself comes after those whose digits follow from what is tight: where tight rows are nearly parallel, as
    cuts of one cone are, the place where all of them meet to the last digit may lie far from it.
    """
    for near in NEAR:
        point = refined(part, found, weight, target, near)
        slope = replace(part, cost=2.0 * weight * (point - target))
        yield point, slope, duals
        yield point, slope, _settled(slope, point, duals)
    yield found, replace(part, cost=2.0 * weight * (found - target)), duals
    point, prices = _exchanged(part, found, weight, target)
    yield point, replace(part, cost=2.0 * weight * (point - target)), prices


def _exchanged(part: Form, x: Vector, weight: Vector, target: Vector) -> tuple[Vector, Vector]:
    """The least point by exchange of its active set, begun at that of a point; where HiGHS has stopped short of it.

    What is broken becomes active, what is held against its will is let go, until neither is (a primal-dual active-set
    method: Hintermüller, Ito and Kunisch 2002); one at a time after some rounds, so that it does not go in circles.
    """
    rows, size = len(part.row_lower), len(x)
    low, high = np.append(part.row_lower, part.col_lower), np.append(part.row_upper, part.col_upper)
    slack = SNAP * np.maximum(1.0, np.maximum(np.abs(finite(low)), np.abs(finite(high))))
    value = np.append(part.matrix @ x, x)
    side = np.where(value <= low + slack, -1, np.where(value >= high - slack, 1, 0))
    equal = low == high
    side[equal] = -1
    whole = sparse.vstack([part.matrix, sparse.identity(size)], format="csr")
    prices = np.zeros(rows + size)
    for turn in range(EXCHANGES):
        active = np.flatnonzero(side)
        bound = np.where(side < 0, low, high)[active]
        answer = _solved(2.0 * weight, whole[active], np.concatenate([2.0 * weight * target, bound]), x)
        x, prices = answer[:size], np.zeros(rows + size)
        prices[active] = -answer[size:]
        value = whole @ x
        over = np.maximum(low - value, value - high) - slack
        unwilling = np.where(equal, 0.0, side * prices) - OPTIMAL
        wrong = np.where(side == 0, over, unwilling)
        if not (wrong > 0).any():
            break
        moved = wrong > 0 if turn < TOGETHER else np.arange(len(wrong)) == int(np.argmax(wrong))
        side = np.where(moved, np.where(side != 0, 0, np.where(value < low, -1, 1)), side)
    return snap(snap(x, part.col_lower), part.col_upper), prices[:rows]


def refined(part: LinearForm, x: Vector, weight: Vector, target: Vector, near: float = SNAP) -> Vector:
    """The same point from its active set alone: least squares under the tight rows, columns at a bound kept there.

    What is within ``near`` of a bound is on it.  Columns of weight 0 move no further than the rows ask.

    Solves the optimality conditions [W Aᵀ; A 0][x; −y] = [W·target; b] by one LU of the same with ±STEADY on the
    diagonal and PASSES steps of iterative refinement.
    """
    x = snap(snap(x, part.col_lower, near), part.col_upper, near)
    inner = (x != part.col_lower) & (x != part.col_upper)
    activity = snap(snap(part.matrix @ x, part.row_lower, near), part.row_upper, near)
    tight = (activity == part.row_lower) | (activity == part.row_upper)
    goal = weight[inner]
    right = np.concatenate([2.0 * goal * target[inner],
                            activity[tight] - part.matrix[tight] @ np.where(inner, 0.0, x)])  # fmt: skip
    better = x.copy()
    better[inner] = _solved(2.0 * goal, part.matrix[:, inner][tight], right, x[inner])[: len(goal)]
    return snap(snap(better, part.col_lower), part.col_upper)


def _settled(slope: Form, x: Vector, duals: Vector) -> Vector:
    """The duals corrected on the rows that have one, so that the columns between their bounds have no reduced cost."""
    inner, priced = (x != slope.col_lower) & (x != slope.col_upper), duals != 0.0
    matrix = slope.matrix[:, inner][priced].T.tocsc()
    missing = (slope.cost - slope.matrix.T @ duals)[inner]
    least = _solved(np.ones(matrix.shape[0]), matrix.T, np.append(missing, np.zeros(matrix.shape[1])), 0.0 * missing)
    out = duals.copy()
    out[priced] += least[matrix.shape[0] :]
    return out


def _solved(diagonal: Vector, matrix: sparse.csc_matrix, right: Vector, start: Vector) -> Vector:
    """The solution of [diag Aᵀ; A 0]·z = right, begun at ``start`` for the first block and 0 for the second.

    By one LU of the same with ±STEADY on the diagonal, and PASSES steps of iterative refinement or more.
    """
    none = np.zeros(matrix.shape[0])
    answer = np.append(start, none)
    if len(answer):
        whole, factors = bordered(diagonal, none, matrix), splu(bordered(diagonal + STEADY, none - STEADY, matrix))
        for turn in range(MOST_PASSES):
            left = right - whole @ answer
            if turn >= PASSES and np.abs(left).max() <= LEFT * max(1.0, np.abs(right).max()):
                break
            answer += factors.solve(left)
    return answer


def bordered(diagonal: Vector, corner: Vector, rows: sparse.csc_matrix) -> sparse.csc_matrix:
    """The matrix [diag Aᵀ; A corner], of which the two are diagonals and A is ``rows``."""
    count, columns = rows.shape
    entries, own = rows.tocoo(), np.arange(columns + count)
    below = entries.row + columns
    values = np.concatenate([diagonal, corner, entries.data, entries.data])
    at = np.concatenate([own, entries.col, below]), np.concatenate([own, below, entries.col])
    return sparse.csc_matrix((values, at), shape=(columns + count, columns + count))


def snap(values: Vector, bound: Vector, near: float = SNAP) -> Vector:
    """``values`` with those within near·max(1, |bound|) of a finite bound put on it."""
    base = finite(bound)
    on_it = np.isfinite(bound) & (np.abs(values - base) <= near * np.maximum(1.0, np.abs(base)))
    return np.where(on_it, base, values) + 0.0
