"""The embedded solver: statuses, signs, in-place updates, interruption, memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from energy_routes.errors import SolverError
from energy_routes.form import Form, RebuildReason, Sense
from energy_routes.highs import Session, Status, ray, residuals, worth
from energy_routes.lp import INF, axis, between
from energy_routes.program import Builder, Program, Term

settings.register_profile("solver", deadline=None, max_examples=40)
settings.load_profile("solver")


def form(sense: Sense, cost: list[float], matrix: list[list[float]], row_lower: list[float], row_upper: list[float],
         col_lower: list[float] | None = None, col_upper: list[float] | None = None, *, offset: float = 0.0,
         integer: list[bool] | None = None) -> Form:
    n = len(cost)
    return Form(sense, np.array(cost, float), offset, sparse.csc_matrix(np.array(matrix, float).reshape(-1, n)),
                np.array(row_lower, float), np.array(row_upper, float),
                np.array(col_lower if col_lower is not None else [0.0] * n, float),
                np.array(col_upper if col_upper is not None else [INF] * n, float),
                np.array(integer if integer is not None else [False] * n))


def random_form(seed: int, sense: Sense = "max", rows: int = 6, columns: int = 8) -> Form:
    """A bounded feasible programme with ≤, ≥, =, and range rows, built around an interior point."""
    rng = np.random.default_rng(seed)
    dense = rng.integers(-3, 4, (rows, columns)) * (rng.random((rows, columns)) < 0.6)
    inside = rng.uniform(1, 4, columns)
    at = dense @ inside
    kind = rng.integers(0, 4, rows)
    low = np.where(kind == 0, -INF, np.where(kind == 2, at, at - rng.uniform(0.5, 2, rows)))
    high = np.where(kind == 1, INF, np.where(kind == 2, at, at + rng.uniform(0.5, 2, rows)))
    return Form(sense, rng.normal(size=columns) * 10, float(rng.normal()), sparse.csc_matrix(dense.astype(float)),
                low, high, np.zeros(columns), inside + rng.uniform(0.5, 5, columns), np.zeros(columns, bool))


def by_scipy(problem: Form) -> tuple[float, np.ndarray, np.ndarray]:
    """(objective, d objective / d row bound, d objective / d column bound) from scipy's own interface."""
    sign = 1.0 if problem.sense == "min" else -1.0
    dense = problem.matrix.toarray()
    equal = problem.row_lower == problem.row_upper
    up, down = np.isfinite(problem.row_upper) & ~equal, np.isfinite(problem.row_lower) & ~equal
    answer = linprog(sign * problem.cost, A_ub=np.vstack([dense[up], -dense[down]]),
                     b_ub=np.concatenate([problem.row_upper[up], -problem.row_lower[down]]), A_eq=dense[equal],
                     b_eq=problem.row_upper[equal], bounds=list(zip(problem.col_lower, problem.col_upper, strict=True)))
    assert answer.status == 0
    dual = np.zeros(len(equal))
    dual[up] += answer.ineqlin.marginals[: up.sum()]
    dual[down] -= answer.ineqlin.marginals[up.sum():]
    dual[equal] = answer.eqlin.marginals
    return sign * answer.fun + problem.offset, sign * dual, sign * (answer.lower.marginals + answer.upper.marginals)


@given(st.integers(0, 10_000), st.sampled_from(["max", "min"]))
def test_agrees_with_scipy_on_objective_and_marginals(seed, sense):
    problem = random_form(seed, sense)
    solution = Session(problem).solve()
    objective, dual, reduced = by_scipy(problem)
    assert solution.status is Status.optimal
    assert solution.objective == pytest.approx(objective, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(solution.dual, dual, atol=1e-7)
    np.testing.assert_allclose(solution.reduced, reduced, atol=1e-7)
    assert all(value < 1e-9 for value in residuals(problem, solution.x, solution.dual).values())
