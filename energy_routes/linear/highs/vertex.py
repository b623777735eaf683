"""One vertex, one set of digits: an optimum recomputed from which bounds are active, not from how it was reached.

Simplex, interior point, presolve and another seed reach the same vertex with other rounding.  Which columns lie
strictly between their bounds and which rows are tight is the same for all of them, so the values are solved again
from that alone.  Even the choice of basis (a degenerate vertex has several) leaves no trace in the digits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import LinearForm
from energy_routes.linear.solution import Point, Prices, Solution, residuals

SNAP = 1e-9  # a value this near to a bound, over max(1, |bound|), is on it


def refine(problem: LinearForm, solution: Solution) -> Solution:
    """The solution with values (and prices) recomputed from its active set and snapped to bounds.

    Where the active set does not fix the numbers (an optimum between vertices, duals of a degenerate vertex) or the
    recomputed ones meet the conditions worse, the solver's own stay, snapped.  Raises SolverError without values.
    """
    x = _primal(problem, solution)
    point = Point(float(problem.cost @ x) + problem.offset, x, _row_value(problem, x))
    if solution.prices is None:
        return solution.with_values(point, None)
    dual = _dual(problem, solution)
    reduced = _clean(problem.cost - problem.matrix.T @ dual, _scale(problem.cost))
    return solution.with_values(point, Prices(dual, reduced))


def _primal(problem: LinearForm, solution: Solution) -> Vector:
    """Columns between their bounds solve the tight rows; the others are on a bound."""
    x = snap(snap(solution.x, problem.col_lower), problem.col_upper)
    activity = snap(snap(problem.matrix @ x, problem.row_lower), problem.row_upper)
    free = (x != problem.col_lower) & (x != problem.col_upper)
    if problem.integer.any():
        x = np.where(problem.integer, np.round(x), x)
        free &= ~problem.integer
    tight = (activity == problem.row_lower) | (activity == problem.row_upper)
    fixed = np.where(free, 0.0, x)
    found = least_squares(problem.matrix[:, free][tight], activity[tight] - problem.matrix[tight] @ fixed)
    if found is None:
        return x
    better = x.copy()
    better[free] = found
    better = snap(snap(better, problem.col_lower), problem.col_upper)
    old, new = (residuals(problem, at)["primal_residual"] for at in (solution.x, better))
    return better if new <= max(old, SNAP) else x


def _dual(problem: LinearForm, solution: Solution) -> Vector:
    """Rows with a price make the reduced costs of the basic columns zero; the other rows have no price."""
    scale = _scale(problem.cost)
    y = _clean(solution.dual, scale)
    priced = y != 0.0
    level = np.abs(problem.cost - problem.matrix.T @ y) <= SNAP * scale
    found = least_squares(problem.matrix[:, level][priced].T, problem.cost[level])
    if found is None:
        return y
    better = np.zeros(len(y))
    better[priced] = found
    old, new = (residuals(problem, solution.x, at)["dual_residual"] for at in (solution.dual, better))
    return better if new <= max(old, SNAP) else y


def least_squares(matrix: sparse.csc_matrix, right: Vector) -> Vector | None:
    """The z with matrix·z ≈ right, by one LU of the augmented system and one step of iterative refinement.

    [I A; Aᵀ 0][r; z] = [b; 0] (Björck 1967) keeps the condition of A, where normal equations would square it.
    None when the columns of ``matrix`` do not fix z.
    """
    matrix = sparse.csc_matrix(matrix)
    rows, columns = matrix.shape
    if columns == 0:
        return np.zeros(0)
    if rows < columns:
        return None
    whole = sparse.bmat([[sparse.identity(rows), matrix], [matrix.T, None]], format="csc")
    target = np.concatenate([right, np.zeros(columns)])
    try:
        factors = splu(whole)
    except RuntimeError:  # SuperLU's word for "singular"
        return None
    answer = factors.solve(target)
    answer += factors.solve(target - whole @ answer)
    found: Vector = answer[rows:]
    return found if np.isfinite(found).all() else None


def snap(values: Vector, bound: Vector) -> Vector:
    """``values`` with those within SNAP·max(1, |bound|) of a finite bound put on it."""
    finite = np.isfinite(bound)
    base = np.where(finite, bound, 0.0)
    near: NDArray[np.bool_] = finite & (np.abs(values - base) <= SNAP * np.maximum(1.0, np.abs(base)))
    return np.where(near, base, values) + 0.0


def _row_value(problem: LinearForm, x: Vector) -> Vector:
    return snap(snap(problem.matrix @ x, problem.row_lower), problem.row_upper)


def _clean(values: Vector, scale: float) -> Vector:
    """Values with those below SNAP·scale made an exact (positive) zero."""
    return np.where(np.abs(values) <= SNAP * scale, 0.0, values) + 0.0


def _scale(cost: Vector) -> float:
    return max(1.0, float(np.max(np.abs(cost)))) if len(cost) else 1.0
