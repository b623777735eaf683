"""The embedded solver: statuses, signs, in-place updates, interruption, memory."""

from __future__ import annotations

import gc
import inspect
import os
import pickle
import subprocess
import sys
import threading
import weakref
from dataclasses import replace

import highspy
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import sparse
from scipy.optimize import linprog

from energy_routes.errors import SolverError, UsageError
from energy_routes.linear.expressions import INF, axis, between
from energy_routes.linear.highs import apart, nearest as nearest_module, session as session_module
from energy_routes.linear.highs.arrays import Form, RebuildReason, Sense, form_of, put, rebuild_reason
from energy_routes.linear.highs.deadline import limited
from energy_routes.linear.highs.interface import Engine
from energy_routes.linear.highs.moving import squeezed
from energy_routes.linear.highs.nearest import Squares, nearest, refined, snap
from energy_routes.linear.highs.session import Session, cone, write_model
from energy_routes.linear.highs.vertex import Vertex
from energy_routes.linear.programme import Builder, Program, Term
from energy_routes.linear.solution import BASIC, Basis, Status, face, on_face, residuals, worth


def form(sense: Sense, cost: list[float], matrix: list[list[float]], row_lower: list[float], row_upper: list[float],
         col_lower: list[float] | None = None, col_upper: list[float] | None = None, *, offset: float = 0.0,
         integer: list[bool] | None = None) -> Form:
    n = len(cost)
    dense = np.array(matrix, float).reshape(len(row_lower), n)
    return Form(sense, np.array(cost, float), offset, sparse.csc_matrix(dense),
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


# --- signs --------------------------------------------------------------------------------------------------------

# One buyer and one seller: x ≥ 0 sells at 5 (max) or costs 5 (min); a single row ties it down.
# (sense, row lower, row upper, d objective / d bound, worth)
SIGNS = [
    ("max", -INF, 3.0, 5.0, 5.0),  # a cap on something good: one more unit is worth +5
    ("max", 3.0, 3.0, 5.0, 5.0),
    ("min", 3.0, INF, 5.0, -5.0),  # a duty to do something dear: one more unit costs 5
    ("min", 3.0, 3.0, 5.0, -5.0),
    ("max", 1.0, 3.0, 5.0, 5.0),  # a range: its upper side is active when maximising,
    ("min", 1.0, 3.0, 5.0, -5.0),  # its lower side when minimising
]


@pytest.mark.parametrize(("sense", "low", "high", "dual", "value"), SIGNS)
def test_sign_of_a_row_price(sense, low, high, dual, value):
    problem = form(sense, [5.0], [[1.0]], [low], [high])
    solution = Session(problem).solve()
    assert solution.dual.tolist() == [dual]
    assert worth(problem, solution).dual.tolist() == [value]


@pytest.mark.parametrize(("sense", "cost", "value"), [("max", 5.0, 5.0), ("min", -5.0, 5.0)])
def test_sign_of_a_bound_price(sense, cost, value):
    problem = form(sense, [cost], [[1.0]], [-INF], [9.0], col_upper=[2.0])
    solution = Session(problem).solve()
    assert worth(problem, solution).reduced.tolist() == [value]
    assert solution.reduced.tolist() == [cost]
    assert solution.dual.tolist() == [0.0]


def moved(problem: Form, kind: str, at: int, step: float, side: np.ndarray) -> Form:
    """The programme with the bounds of one row or column that are active (``side``) moved by ``step``."""
    low, high = getattr(problem, f"{kind}_lower").copy(), getattr(problem, f"{kind}_upper").copy()
    low[at] += step * (low[at] == side[at])
    high[at] += step * (high[at] == side[at])
    return replace(problem, **{f"{kind}_lower": low, f"{kind}_upper": high})


@given(st.integers(0, 10_000), st.sampled_from(["max", "min"]))
def test_duals_and_reduced_costs_are_derivatives(seed, sense):
    problem = random_form(seed, sense)
    base = Session(problem).solve()
    step = 1e-5
    row_value = snap(snap(base.row_value, problem.row_lower), problem.row_upper)
    x = snap(snap(base.x, problem.col_lower), problem.col_upper)
    for kind, count, price, at in [("row", 6, base.dual, row_value), ("col", 8, base.reduced, x)]:
        for i in range(count):
            up, down = (Session(moved(problem, kind, i, s, at)).solve() for s in (step, -step))
            if not (up.status is down.status is Status.optimal):
                continue
            left, right = (base.objective - down.objective) / step, (up.objective - base.objective) / step
            if abs(left - right) < 1e-6:  # smooth here: the derivative is the price
                assert price[i] == pytest.approx(right, abs=1e-4)
            else:  # at a kink the price is one of the slopes between
                assert min(left, right) - 1e-4 <= price[i] <= max(left, right) + 1e-4


# --- statuses -----------------------------------------------------------------------------------------------------


def test_infeasible_has_no_values():
    solution = Session(form("min", [1.0], [[1.0], [1.0]], [2.0, -INF], [INF, 1.0])).solve()
    assert solution.status is Status.infeasible
    for name in ("objective", "x", "row_value", "dual", "reduced"):
        with pytest.raises(SolverError, match="infeasible"):
            getattr(solution, name)


def test_crossing_bounds_after_a_change_are_infeasible_and_mendable():
    session = Session(form("max", [1.0], [[1.0]], [-INF], [4.0], col_upper=[9.0]))
    session.set_column_bounds(np.array([0]), np.array([5.0]), np.array([3.0]))
    assert session.solve().status is Status.infeasible
    session.set_column_bounds(np.array([0]), np.array([0.0]), np.array([3.0]))
    assert session.solve().objective == 3.0


@pytest.mark.parametrize("presolve", [True, False])
@pytest.mark.parametrize("method", ["choose", "simplex", "ipm"])
def test_unbounded_is_told_from_infeasible(method, presolve):
    free = form("max", [1.0, 1.0], [[1.0, -1.0]], [-INF], [1.0])
    assert Session(free, method=method, presolve=presolve).solve().status is Status.unbounded
    # The same improving direction, but no point at all.
    nowhere = form("max", [1.0, 1.0, 0.0], [[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]], [-INF, 2.0], [1.0, INF], [0.0] * 3,
                   [INF, INF, 1.0])
    assert Session(nowhere, method=method, presolve=presolve).solve().status is Status.infeasible


def test_the_cone_holds_what_grows_together():
    # Buying at 1 and selling at 3 through a link without a limit; the third activity is capped and stays out.
    problem = form("max", [-1.0, 3.0, 100.0], [[1.0, -1.0, 0.0]], [0.0], [0.0], col_upper=[INF, INF, 5.0])
    assert Session(cone(problem)).solve().x.tolist() == [1.0, 1.0, 0.0]
    assert Session(cone(form("max", [1.0], [[1.0]], [-INF], [2.0]))).solve().x.tolist() == [0.0]
    assert Session(cone(form("min", [1.0], [[1.0]], [-INF], [2.0], [-INF]))).solve().x.tolist() == [-1.0]


def side_by_side(*parts: Form) -> Form:
    """Programmes that share nothing as one, rows and columns shuffled."""
    rng = np.random.default_rng(1)
    matrix = sparse.block_diag([part.matrix for part in parts], format="csc")
    rows, columns = (rng.permutation(size) for size in matrix.shape)
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in
              ("cost", "row_lower", "row_upper", "col_lower", "col_upper", "integer")}  # fmt: skip
    moved = {name: values[rows if name.startswith("row") else columns] for name, values in joined.items()}
    matrix = matrix[:, columns][rows].tocsc()
    matrix.sort_indices()
    return Form(parts[0].sense, moved.pop("cost"), sum(part.offset for part in parts), matrix, **moved)


def test_blocks_that_share_nothing_are_solved_apart_and_make_the_optimum_of_the_whole(monkeypatch):
    monkeypatch.setattr(apart, "SMALL", 1)
    parts = [random_form(seed) for seed in range(4)]
    whole, alone = side_by_side(*parts), []

    def solved(block: Form) -> Basis | None:
        alone.append(Session(block).solve())
        return alone[-1].basis

    basis = apart.from_blocks(whole, solved)
    assert len(alone) >= len(parts)
    session = Session(whole)
    session.basis = basis
    found = session.solve()
    assert found.iterations == 0
    assert found.objective == pytest.approx(sum(Session(part).solve().objective for part in parts))
    assert found.objective == pytest.approx(sum(part.objective for part in alone) + whole.offset)
    assert apart.from_blocks(random_form(0, columns=1, rows=1), solved) is None


@pytest.mark.parametrize("method", ["choose", "simplex", "ipm"])
def test_a_large_programme_ends_as_a_small_one_does(method, monkeypatch):
    """Of blocks, of one, without a plan and without an end."""
    monkeypatch.setattr(apart, "SMALL", 1)
    none = form("max", [1, 1], [[1, 1]], [5], [9], [0, 0], [1, 1])
    endless = form("max", [1, 1], [[1, -1]], [0], [1])
    cases = [random_form(3), side_by_side(random_form(3), random_form(4)), none, side_by_side(random_form(3), none),
             endless, side_by_side(random_form(3), endless)]  # fmt: skip
    small = [Session(case, method=method).solve() for case in cases]
    monkeypatch.setattr(session_module, "LARGE", 1)
    for case, expected in zip(cases, small, strict=True):
        found = Session(case, method=method).solve()
        assert found.status is expected.status
        if expected.status is Status.optimal:
            assert found.objective == pytest.approx(expected.objective)
            assert max(residuals(case, found.x, found.dual).values()) < 1e-8


def test_no_columns_and_no_rows():
    empty = form("max", [], [], [], [], offset=4.0)
    assert Session(empty).solve().objective == 4.0
    rowless = form("max", [2.0], [], [], [], col_upper=[3.0], offset=1.0)
    assert Session(rowless).solve().objective == 7.0


def test_integer_columns_have_values_and_no_prices():
    # Knapsack 5a + 4b ≤ 7, value 6a + 4b: the relaxation takes a fractional item, the integer optimum is a = 1.
    problem = form("max", [6.0, 4.0], [[5.0, 4.0]], [-INF], [7.0], col_upper=[1.0, 1.0], integer=[True, True])
    solution = Session(problem).solve()
    assert solution.status is Status.optimal
    assert solution.x.tolist() == [1.0, 0.0]
    assert solution.gap == 0.0
    with pytest.raises(SolverError, match="prices"):
        _ = solution.dual


def knapsack(size: int) -> Form:
    """An integer programme that takes HiGHS far longer than a test has."""
    rng = np.random.default_rng(7)
    weight = rng.integers(10_000, 99_999, (5, size)).astype(float)
    return Form("max", weight[0] + rng.integers(0, 99, size), 0.0, sparse.csc_matrix(weight), np.full(5, -INF),
                weight.sum(axis=1) // 2, np.zeros(size), np.ones(size), np.ones(size, bool))


def test_a_time_limit_is_of_one_run_not_of_all_runs_of_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS's own clock goes on from run to run: a session that had run for a minute would stop at once."""
    session = Session(knapsack(5), time_limit=10.0)
    assert session.solve().status is Status.optimal
    told: list[float] = []
    option = Engine.option

    def heard(self: Engine, name: str, value: float) -> None:
        if name == "time_limit":
            told.append(value)
        option(self, name, value)

    monkeypatch.setattr(Engine, "option", heard)
    before = session._engine._highs.getRunTime()
    assert session.solve().status is Status.optimal
    assert told[0] == pytest.approx(before + 10.0)


def test_a_limit_around_solves_is_of_all_of_them() -> None:
    session = Session(knapsack(5))
    with limited(1e4):
        assert session.solve().status is Status.optimal
        with limited(1e-9):
            assert session.solve().status is Status.time_limit
            with limited(1e4):  # the earlier end holds
                assert session.solve().status is Status.time_limit
        assert session.solve().status is Status.optimal
    assert session.solve().status is Status.optimal
    with pytest.raises(UsageError, match="time_limit = 0"), limited(0):
        pass


def test_time_limit_is_not_called_optimal():
    solution = Session(knapsack(120), time_limit=0.3).solve()
    assert solution.status in (Status.time_limit, Status.time_limit_feasible)
    if solution.status is Status.time_limit_feasible:
        assert residuals(knapsack(120), solution.x)["primal_residual"] < 1e-6
    else:
        with pytest.raises(SolverError, match="time_limit"):
            _ = solution.x


# --- the door -----------------------------------------------------------------------------------------------------

NAN = float("nan")


@pytest.mark.parametrize(("field", "value", "words"), [
    ("cost", [NAN, 0.0], "cost 0"), ("cost", [0.0, INF], "cost 1"), ("cost", [1e21, 0.0], "cost 0"),
    ("offset", NAN, "offset"), ("row_upper", [NAN], "row upper bound 0"), ("row_lower", [INF], r"\+inf"),
    ("col_upper", [1.0, -INF], "-inf"), ("col_lower", [0.0, NAN], "column lower bound 1"),
    ("col_upper", [1.0], "shape"), ("matrix", [[NAN, 1.0]], "coefficient nan in row 0, column 0"),
    ("matrix", [[1.0, 1e-12]], "column 1"), ("matrix", [[1e16, 1.0]], "rescale"),
])
def test_numbers_that_a_solver_would_misread_are_refused(field, value, words):
    problem = form("max", [1.0, 1.0], [[1.0, 1.0]], [-INF], [1.0])
    wrong = value if field == "offset" else np.array(value)
    bad = replace(problem, **{field: sparse.csc_matrix(wrong) if field == "matrix" else wrong})
    with pytest.raises(SolverError, match=words):
        Session(bad)
    session = Session(problem)
    if rebuild_reason(problem, bad) is None:
        with pytest.raises(SolverError, match=words):
            session.update(bad)
    assert session.solve().objective == 1.0


# --- changing in place --------------------------------------------------------------------------------------------


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(["max", "min"]))
def test_update_in_place_equals_a_cold_solve(seed, other, sense):
    first = random_form(seed, "max")
    rng = np.random.default_rng(other)
    matrix = first.matrix.copy()
    matrix.data = matrix.data * rng.uniform(0.8, 1.2, matrix.nnz)
    second = replace(first, sense=sense, cost=first.cost + rng.normal(size=8), offset=2.5, matrix=matrix,
                     row_upper=first.row_upper + 0.5, col_upper=first.col_upper * rng.uniform(0.5, 1.5, 8))
    session = Session(first)
    session.solve()
    assert session.update(second) is None
    warm, cold = session.solve(), Session(second).solve()
    assert warm.status is cold.status
    if warm.status.has_values:
        assert warm.objective == pytest.approx(cold.objective, rel=1e-9, abs=1e-9)
        assert residuals(second, warm.x, warm.dual)["gap"] < 1e-8


def test_update_keeps_the_basis_only_in_place():
    problem = random_form(3)
    session = Session(problem)
    session.solve()
    assert session.update(replace(problem, cost=problem.cost * 1.0001)) is None
    assert session.basis is not None
    assert session.solve().iterations == 0


@pytest.mark.parametrize(("change", "reason"), [
    (lambda f: form("max", [1.0], [[1.0]], [-INF], [1.0]), RebuildReason.columns),
    (lambda f: replace(f, matrix=sparse.csc_matrix(np.ones((2, 2))), row_lower=np.full(2, -INF), row_upper=np.ones(2)),
     RebuildReason.rows),
    (lambda f: replace(f, matrix=sparse.csc_matrix(np.array([[1.0, 0.0]])), col_upper=np.ones(2)),
     RebuildReason.pattern),
    (lambda f: replace(f, integer=np.array([True, False])), RebuildReason.integrality),
])
def test_update_says_why_it_rebuilds(change, reason):
    problem = form("max", [1.0, 1.0], [[1.0, 1.0]], [-INF], [1.0])
    session = Session(problem)
    session.solve()
    new = change(problem)
    assert session.update(new) is reason
    assert session.solve().objective == Session(new).solve().objective


def small_program() -> Program:
    """max 3a + 2b with a + b ≤ 4 and a ≤ 3: a = 3, b = 1, objective 11."""
    build = Builder()
    names = axis("activity", ["name"], pd.DataFrame({"name": ["a", "b"], "price": [3.0, 2.0]}))
    x = build.variable("x", names, 0.0, np.array([3.0, INF]))
    one = axis("one", [], pd.DataFrame({"unit": ["t"]}))
    return Program("max", tuple(build.blocks), (between(x.sum_to(one), -INF, 4.0).named("total"),),
                   (Term("sales", "cash", x * names.data("price")),))


def test_cuts_are_added_in_place():
    program = small_program()
    session = Session(program)
    assert session.solve().objective == 11.0
    x = program.column_block("x").expr
    cut = between(x, -INF, np.array([1.0, 2.0])).named("cut")
    session.add_rows(cut)
    assert session.solve().objective == 7.0  # a = 1, b = 2
    assert session.form.matrix.shape == (3, 2)
    np.testing.assert_array_equal(session.form.matrix.toarray(), program.with_rows(cut).matrix.toarray())
    assert session.update(program.with_rows(cut)) is None


def test_costs_and_bounds_are_set_in_place():
    session = Session(small_program())
    session.set_cost(np.array([1.0, 1.0]), "min", offset=5.0)
    assert session.solve().objective == 5.0
    session.set_row_bounds(np.array([0]), np.array([2.0]), np.array([4.0]))
    session.set_column_bounds(np.array([1, 0]), np.array([0.5, 0.0]), np.array([1.0, 9.0]))
    assert session.form.col_lower.tolist() == [0.0, 0.5]
    assert session.form.col_upper.tolist() == [9.0, 1.0]
    assert session.solve().objective == 7.0


def test_a_solution_is_pickled_with_its_reduced_costs():
    solution = Session(random_form(11)).solve()
    again = pickle.loads(pickle.dumps(solution))
    np.testing.assert_array_equal(again.reduced, solution.reduced)
    np.testing.assert_array_equal(again.dual, solution.dual)


def test_a_stored_basis_starts_every_draw_alike():
    problem = random_form(11, rows=20, columns=40)
    base = Session(problem).solve()
    assert base.basis is not None
    session = Session(problem)
    for start in (base.basis, pickle.loads(pickle.dumps(base.basis)), Basis(base.basis.columns, base.basis.rows)):
        session.basis = start
        assert session.solve().iterations == 0
    assert (base.basis.columns == 1).sum() + (base.basis.rows == 1).sum() == 20  # as many basic as there are rows
    session.basis = None
    assert session.basis is None
    with pytest.raises(SolverError, match="basis"):
        Session(random_form(11)).basis = base.basis


# --- one set of digits --------------------------------------------------------------------------------------------


def optimal_face(problem: Form, **way: object) -> tuple[Form, np.ndarray]:
    """The face of all optima, as one way of solving describes it, and the optimum that it found."""
    solution = Session(problem, **way).solve()  # type: ignore[arg-type]
    columns, kept, rows, reached = face(problem, solution, problem.cost)
    return replace(
        form_of(problem),
        col_lower=put(problem.col_lower, columns, kept), col_upper=put(problem.col_upper, columns, kept),
        row_lower=put(problem.row_lower, rows, reached), row_upper=put(problem.row_upper, rows, reached),
    ), solution.x  # fmt: skip


def squares(weight: list[float], target: list[float]) -> Squares:
    return Squares(np.array(weight), np.array(target))


@given(st.integers(0, 10_000), st.sampled_from(["max", "min"]), st.booleans())
def test_the_digits_of_the_nearest_point_do_not_depend_on_the_way(seed, sense, flat):
    problem = random_form(seed, sense, rows=12, columns=20)
    if flat:  # a cost on a few columns only leaves a face of many dimensions
        problem = replace(problem, cost=np.where(np.arange(20) < 4, problem.cost, 0.0))
    ways = [{}, {"method": "simplex", "presolve": False}, {"method": "ipm"}, {"seed": 99, "presolve": False}]
    goals = [Squares(np.where(np.arange(20) % 2 == 0, 1.0 + np.arange(20), 0.0), np.arange(20) / 10.0),
             Squares(np.where(np.arange(20) % 2 == 0, 0.0, 1.0), np.zeros(20))]
    plans = [nearest(*optimal_face(problem, **way), goals) for way in ways]
    for plan in plans:
        np.testing.assert_allclose(plan, plans[0], rtol=0, atol=1e-12)
        assert residuals(problem, plan)["primal_residual"] < 1e-12
        assert problem.cost @ plan == pytest.approx(Session(problem).solve().objective - problem.offset, rel=1e-12)


@given(st.integers(0, 10_000), st.sampled_from(["max", "min"]))
def test_a_point_lies_on_the_optimal_face_where_it_earns_as_much(seed, sense):
    problem = random_form(seed, sense, rows=8, columns=12)
    best, other = Session(problem), Session(problem)
    best.set_cost(np.where(np.arange(12) < 3, problem.cost, 0.0))
    solution, point = best.solve(), other.solve().x
    as_good = abs(best.form.cost @ point + best.form.offset - solution.objective) < 1e-6
    assert on_face(best.form, solution, solution.x)
    assert on_face(best.form, solution, point) == as_good


def test_a_point_that_is_the_nearest_is_kept_where_its_tight_rows_meet_elsewhere(monkeypatch):
    """As those of many cuts of one cone do, which are nearly parallel."""
    problem = replace(random_form(3, "min", rows=8, columns=12), cost=np.zeros(12))
    flat, x = optimal_face(problem)
    goal = Squares(1.0 + np.arange(12) % 5, np.linspace(0.0, 2.0, 12))
    best = nearest(flat, x, [goal])
    monkeypatch.setattr(nearest_module, "refined", lambda part, x, *rest: x + 0.1)
    monkeypatch.setattr(nearest_module, "_exchanged", lambda part, x, *rest: (x + 0.1, np.zeros(len(part.row_lower))))
    np.testing.assert_allclose(nearest(flat, x, [goal]), best, rtol=0, atol=1e-7)


@given(st.integers(0, 10_000))
def test_no_point_of_the_face_is_nearer(seed):
    """Steps from the point towards vertices of the face never make the first goal less."""
    problem = random_form(seed, "min", rows=8, columns=12)
    problem = replace(problem, cost=np.where(np.arange(12) < 3, problem.cost, 0.0))
    flat, x = optimal_face(problem)
    goal = Squares(1.0 + np.arange(12) % 5, np.linspace(0.0, 2.0, 12))
    best = nearest(flat, x, [goal])
    slope = 2.0 * goal.weight * (best - goal.target)
    for direction in (slope, *np.random.default_rng(seed).normal(size=(5, 12))):
        other = Session(replace(flat, cost=direction, sense="min")).solve()
        if other.status is Status.optimal:
            assert slope @ (other.x - best) >= -1e-9


def test_of_a_degenerate_vertex_no_noise_is_left():
    # 0.1 + 0.2 at a vertex where three rows meet in two dimensions.
    problem = form("max", [1.0, 1.0], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [-INF] * 3, [0.1, 0.2, 0.1 + 0.2])
    noisy = np.array([0.1 + 3e-10, 0.2 - 2e-10])
    found = nearest(optimal_face(problem)[0], noisy, [squares([1, 1], [0, 0])])
    np.testing.assert_allclose(found, [0.1, 0.2], rtol=0, atol=1e-16)


def test_digits_come_from_the_rows_that_hold_a_point_and_from_no_other():
    # x + y ≥ 1 holds the point nearest to nothing at (0.5, 0.5); x ≤ 1 does not reach it.
    problem = form("min", [0.0, 0.0], [[1.0, 1.0], [1.0, 0.0]], [1.0, -INF], [INF, 1.0])
    assert refined(problem, np.array([0.5 + 3e-8, 0.5 - 3e-8]), np.ones(2), np.zeros(2)).tolist() == [0.5, 0.5]
    # To (0.25, 0) it is (0.625, 0.375).
    near = refined(problem, np.array([0.625 + 3e-8, 0.375 - 3e-8]), np.ones(2), np.array([0.25, 0.0]))
    np.testing.assert_allclose(near, [0.625, 0.375], rtol=0, atol=1e-15)


def test_a_value_as_near_to_a_bound_as_its_size_allows_is_put_on_it():
    bound, off = np.array([1e4, -1e4, 0.5, 0.5, INF]), np.array([9e-6, 2e-5, 9e-10, 2e-9, 0.0])
    assert snap(bound + off, bound).tolist() == [1e4, -1e4 + 2e-5, 0.5, 0.5 + 2e-9, INF]


def test_goals_are_made_least_in_turn():
    # On x + y + z = 6 the first goal pulls x to 5, which its bound of 4 stops; the second parts the rest as 1 to 3.
    problem = form("max", [1.0, 1.0, 1.0], [[1.0, 1.0, 1.0]], [-INF], [6.0], [0.0] * 3, [4.0, INF, INF])
    found = nearest(*optimal_face(problem), [squares([1, 0, 0], [5, 0, 0]), squares([0, 3, 1], [0, 0, 0])])
    np.testing.assert_allclose(found, [4.0, 0.5, 1.5], rtol=0, atol=1e-15)


def test_a_point_without_goals_stays():
    problem = form("max", [1.0, 1.0], [[1.0, 1.0]], [-INF], [1.0])
    face_, _ = optimal_face(problem)
    assert nearest(face_, np.array([0.25, 0.75]), []).tolist() == [0.25, 0.75]


def test_squeezing_holds_what_has_no_room_and_nothing_else():
    # x + y = 0 with both above 0 holds both, z = 3 − x follows, and w ≤ 2 stays free.
    problem = form("min", [0.0] * 4, [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]],
                   [0.0, 3.0, -INF], [0.0, 3.0, 2.0])  # fmt: skip
    held = squeezed(problem)
    assert held.col_lower.tolist() == [0.0, 0.0, 3.0, 0.0]
    assert held.col_upper.tolist() == [0.0, 0.0, 3.0, INF]


def test_a_wrong_answer_of_the_solver_is_not_taken(monkeypatch):
    """A point that is feasible but not the nearest, and one that is not feasible, both fail the check."""
    problem = form("max", [1.0, 1.0, 0.0], [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]], [-INF, -INF], [1.0, 9.0])
    args = (*optimal_face(problem), [squares([1, 1, 1], [0, 0, 1])])
    honest = nearest(*args)
    np.testing.assert_allclose(honest, [0.5, 0.5, 1.0], rtol=0, atol=1e-15)
    for wrong in (np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.7, 1.0]), np.full(3, np.nan)):
        monkeypatch.setattr(Engine, "point", lambda self, wrong=wrong: wrong)
        found = nearest(*args)
        assert found is None or np.allclose(found, honest, atol=1e-9)  # its active set may be the right one


# --- the certificate ----------------------------------------------------------------------------------------------


def test_residuals_catch_what_is_wrong():
    problem = form("max", [5.0], [[1.0]], [-INF], [3.0], [0.0], [10.0], offset=1.0)
    assert residuals(problem, np.array([3.0]), np.array([5.0])) == {
        "primal_residual": 0.0, "dual_residual": 0.0, "complementarity": 0.0, "gap": 0.0}
    assert residuals(problem, np.array([4.5]))["primal_residual"] == 0.5  # 1.5 over a bound of 3
    assert residuals(problem, np.array([-2.0]))["primal_residual"] == 2.0
    wrong = residuals(problem, np.array([3.0]), np.array([-5.0]))
    assert wrong["dual_residual"] == 1.0  # a cap with a negative price, over the largest cost
    idle = residuals(problem, np.array([1.0]), np.array([5.0]))
    assert idle["complementarity"] == 10.0 / 6.0  # 5 a tonne × 2 tonnes unused, over |5·1 + 1|
    assert idle["gap"] == 10.0 / 6.0
    assert np.isnan(residuals(problem, np.array([NAN]))["primal_residual"])
    assert np.isnan(residuals(problem, np.array([3.0]), np.array([NAN]))["dual_residual"])
    whole = form("max", [1.0], [[1.0]], [-INF], [3.0], integer=[True])
    assert residuals(whole, np.array([2.75]))["primal_residual"] == 0.25


# --- living with others -------------------------------------------------------------------------------------------


def test_another_user_of_highs_with_other_threads_does_not_break_a_solve():
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    other.setOptionValue("threads", 2)
    other.addVars(1, np.zeros(1), np.ones(1))
    other.run()
    assert Session(small_program()).solve().objective == 11.0


def test_solving_prints_nothing(capfd):
    Session(small_program()).solve()
    assert capfd.readouterr() == ("", "")


@pytest.mark.exhaustive
def test_many_solves_leave_nothing_behind():
    problem = random_form(5, rows=20, columns=40)
    session = Session(problem)
    session.solve()
    gc.collect()
    gc.freeze()  # the objects of all other tests are not looked through again
    before, threads = len(gc.get_objects()), threading.active_count()
    for k in range(200):
        session.update(replace(problem, cost=problem.cost * (1 + k % 7)))
        session.solve()
    gc.collect()
    assert len(gc.get_objects()) - before < 50
    assert threading.active_count() == threads
    flag = weakref.ref(session._engine._stop)
    del session
    gc.collect()
    gc.unfreeze()
    assert flag() is None  # the solver and its callback went with the session


CTRL_C = """
import os, signal, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to Ctrl-C
from tests_support import knapsack, small
from energy_routes.linear import Session, Status
session = Session(knapsack(120))
threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.monotonic()
try:
    session.solve()
    print("finished")
except KeyboardInterrupt:
    print("interrupted")
session.update(small())
print(session.solve().objective)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for a child without a console")
def test_ctrl_c_stops_a_solve_and_leaves_the_session_usable(tmp_path):
    here = inspect.getsource(knapsack)
    small = 'def small():\n    return Form("max", np.array([2.0]), 0.0, sparse.csc_matrix([[1.0]]), np.array([-INF]),' \
            ' np.array([3.0]), np.zeros(1), np.ones(1), np.zeros(1, bool))\n'
    head = "import numpy as np\nfrom scipy import sparse\nfrom energy_routes.linear import Form\nINF = float('inf')\n\n"
    (tmp_path / "tests_support.py").write_text(head + here + small, encoding="utf-8")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run([sys.executable, "-c", CTRL_C], capture_output=True, text=True, env=env, timeout=60)
    assert done.stdout.split() == ["interrupted", "2.0"], done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("suffix", ["mps", "lp"])
def test_a_written_model_is_the_same_model(tmp_path, suffix):
    program = small_program()
    term = program.terms[0]
    shifted = replace(program, terms=(term, replace(term, expr=term.expr * 0.0 + 2.0)))
    file = tmp_path / f"model.{suffix}"
    write_model(shifted, file)
    reader = highspy.Highs()
    reader.setOptionValue("output_flag", False)
    assert reader.readModel(str(file)) == highspy.HighsStatus.kOk
    reader.run()
    assert reader.getInfo().objective_function_value == pytest.approx(15.0)  # 11, and 2 a label
    assert list(reader.getLp().col_names_) == program.column_names()
    assert list(reader.getLp().row_names_) == program.row_names()


@given(st.integers(0, 10_000), st.sampled_from(["max", "min"]), st.sampled_from([0.01, 0.3, 2.0]))
def test_a_basis_that_stays_the_best_gives_the_optimum_of_other_numbers_without_a_run(seed, sense, spread):
    """And one that does not is never taken for it."""
    problem, rng = random_form(seed, sense), np.random.default_rng(seed)
    session = Session(problem)
    basis = session.solve().basis
    assert basis is not None
    vertex = Vertex(problem, basis)
    own = vertex.under(problem)
    assert own is not None or not (basis.columns == 1).any()

    def moved(*names: str) -> Form:
        change = {name: getattr(problem, name) + spread * rng.normal(size=len(getattr(problem, name)))
                  for name in names}  # fmt: skip
        return replace(problem, **change)

    for other in (moved("cost"), moved("col_upper"), moved("cost", "col_upper"), replace(problem, offset=3.0)):
        found = vertex.under(other)
        session.update(other)
        session.basis = basis
        solved = session.solve()
        if found is None:
            continue
        assert solved.status is Status.optimal
        assert found.objective == pytest.approx(solved.objective, rel=1e-9, abs=1e-9)
        assert max(residuals(other, found.x, found.dual).values()) < 1e-8
        np.testing.assert_allclose(found.reduced, other.cost - other.matrix.T @ found.dual, atol=1e-9)


def test_a_vertex_says_nothing_where_a_bound_is_broken_a_sign_is_wrong_or_coefficients_differ():
    problem = form("max", [2.0, 1.0], [[1.0, 1.0]], [-INF], [4.0], col_upper=[3.0, 3.0])  # (3, 1)
    basis = Session(problem).solve().basis
    assert basis is not None
    vertex = Vertex(problem, basis)
    at = vertex.under(replace(problem, row_upper=np.array([5.0])))
    assert at is not None
    assert at.x.tolist() == [3.0, 2.0]
    assert at.objective == 8.0
    assert vertex.under(replace(problem, row_upper=np.array([7.0]))) is None  # the second would be 4 of 3
    assert vertex.under(replace(problem, col_upper=np.array([5.0, 3.0]))) is None  # it would be -1
    assert vertex.under(replace(problem, cost=np.array([1.0, 2.0]))) is None  # the second is worth more now
    assert vertex.under(replace(problem, row_upper=np.array([INF]))) is None
    assert vertex.under(replace(problem, matrix=sparse.csc_matrix(2.0 * problem.matrix))) is None


@pytest.mark.parametrize("part", ["rows", "columns"])
def test_a_vertex_says_nothing_where_a_basis_does_not_tell_which_bound_is_active(part):
    problem = form("max", [2.0, 1.0], [[1.0, 1.0]], [-INF], [4.0], [-9.0] * 2, [3.0, 9.0])
    basis = Session(problem).solve().basis
    assert basis is not None
    codes = {"rows": basis.rows, "columns": basis.columns}
    assert Vertex(problem, Basis(**codes)).under(problem) is not None
    untold = np.where(codes[part] == BASIC, BASIC, 4).astype(np.int8)  # 4: at one of its bounds
    assert Vertex(problem, Basis(**codes | {part: untold})).under(problem) is None
