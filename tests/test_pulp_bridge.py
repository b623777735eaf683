"""PuLP at the door: out as an LpProblem, through foreign solvers, and in as users' constraints."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from rest import first
from scipy.optimize import linprog

import energy_routes.linear.pulp.bridge as bridge
from energy_routes.errors import SolverError, UsageError
from energy_routes.linear.expressions import INF, Expr, axis, between
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Builder, Program, Term
from energy_routes.linear.pulp import user_rows
from energy_routes.linear.solution import Status, residuals

pulp = pytest.importorskip("pulp")


def network(sense: str = "max") -> Program:
    """Two periods, three lanes: BTC earns 5, CPC 4, Atasu 3 a tonne; 10 a year to move, of which each lane takes 6."""
    build = Builder()
    lanes = pd.DataFrame({"arc": ["BTC", "CPC", "ATASU"] * 2, "period": ["2024"] * 3 + ["2025"] * 3,
                          "price": [5.0, 4.0, 3.0] * 2, "countries": [("AZ", "GE", "TR"), ("RU",), ("CN",)] * 2})
    flows = axis("flow", ["arc", "period"], lanes)
    years = axis("year", ["period"], pd.DataFrame({"period": ["2024", "2025"]}))
    flow = build.variable("flow", flows, 0.0, 6.0, unit="Mt")
    total = build.variable("total", years, unit="Mt")
    rows = ((flow.sum_to(years) - total == 0.0).named("total_of_flows"), (total <= 10.0).named("supply"),
            between(flow.sum_to(years), 2.0, 9.5).named("range"))
    sign = 1.0 if sense == "max" else -1.0
    constant = Expr(years, np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.array([1.0, 2.0]))
    return Program(sense, tuple(build.blocks), rows,  # type: ignore[arg-type]
                   (Term("sales", "cash", flow * (sign * flows.data("price"))), Term("fixed", "cash", constant * sign)))


def random_program(seed: int) -> Program:
    """Bounded, feasible, with every kind of row, an empty row, a column in no row, and a constant in the objective."""
    rng = np.random.default_rng(seed)
    rows, columns = 6, 7
    dense = (rng.integers(-3, 4, (rows, columns)) * (rng.random((rows, columns)) < 0.6)).astype(float)
    dense[:, 6], dense[5] = 0.0, 0.0
    inside = rng.integers(1, 5, columns).astype(float)
    at, kind = dense @ inside, rng.integers(0, 4, rows)
    low = np.where(kind == 0, -INF, np.where(kind == 2, at, at - rng.integers(1, 3, rows)))
    high = np.where(kind == 1, INF, np.where(kind == 2, at, at + rng.integers(1, 3, rows)))
    build = Builder()
    over = axis("column", ["j"], pd.DataFrame({"j": [f"a-{j} [x]" for j in range(columns)]}))
    x = build.variable("x", over, -1.0, inside + 3.0)
    under = axis("row", ["i"], pd.DataFrame({"i": list("abcdef")}))
    i, j = np.nonzero(dense)
    expr = Expr(under, i.astype(np.int64), j.astype(np.int64), dense[i, j], np.zeros(rows))
    cost = rng.integers(-9, 10, columns).astype(float)
    return Program("max" if seed % 2 else "min", tuple(build.blocks), (between(expr, low, high).named("r"),),
                   (Term("t", "cash", x * cost + 0.25),))


def by_scipy(program: Program) -> float:
    sign = 1.0 if program.sense == "min" else -1.0
    dense = program.matrix.toarray()
    up, down = np.isfinite(program.row_upper), np.isfinite(program.row_lower)
    answer = linprog(sign * program.cost, A_ub=np.vstack([dense[up], -dense[down]]),
                     b_ub=np.concatenate([program.row_upper[up], -program.row_lower[down]]),
                     bounds=list(zip(program.col_lower, program.col_upper, strict=True)))
    assert answer.status == 0
    return float(sign * answer.fun + program.offset)


# --- out ----------------------------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_three_ways_give_one_objective(seed):
    program = random_program(seed)
    ours, foreign = Session(program).solve(), bridge.solve_with(program, "cbc")
    assert foreign.status is ours.status is Status.optimal
    assert foreign.objective == pytest.approx(ours.objective, rel=1e-7, abs=1e-6)
    assert ours.objective == pytest.approx(by_scipy(program), rel=1e-9, abs=1e-9)
    assert residuals(program, foreign.x)["primal_residual"] < 1e-6
    with pytest.raises(SolverError, match="prices"):
        _ = foreign.dual


@pytest.mark.parametrize("sense", ["max", "min"])
def test_the_problem_keeps_names_sense_and_constant(sense):
    program = network(sense)
    problem = bridge.to_pulp(program)
    assert problem.sense == {"max": pulp.LpMaximize, "min": pulp.LpMinimize}[sense]
    assert [v.name for v in sorted(problem.variables(), key=lambda v: v.name)] == sorted(program.column_names())
    assert problem.objective.constant == {"max": 3.0, "min": -3.0}[sense]
    rows = problem.constraints()
    assert sorted(row.name for row in rows) == sorted([*program.row_names(), "range.2024.floor", "range.2025.floor"])
    floor = next(row for row in rows if row.name == "range.2024.floor")
    assert (floor.sense, -floor.constant) == (pulp.LpConstraintGE, 2.0)


@pytest.mark.parametrize("solver", ["cbc", "highs", "HiGHS"])
@pytest.mark.parametrize("sense", ["max", "min"])
def test_a_maximisation_is_not_negated(solver, sense):
    # A year: BTC 6 + CPC 3.5 (the range stops at 9.5) = 30 + 14 = 44; two years 88; constants 3.
    solution = bridge.solve_with(network(sense), solver)
    assert solution.objective == pytest.approx({"max": 91.0, "min": -91.0}[sense], rel=1e-8)


def test_the_lp_file_can_be_read_back(tmp_path):
    import highspy

    path = tmp_path / "network.lp"
    bridge.to_pulp(network()).writeLP(str(path))
    reader = highspy.Highs()
    reader.setOptionValue("output_flag", False)
    assert reader.readModel(str(path)) == highspy.HighsStatus.kOk
    reader.run()
    # HiGHS sees no constant: PuLP does not write it.
    assert reader.getInfo().objective_function_value == pytest.approx(88.0)
    assert set(reader.getLp().col_names_) == set(network().column_names())


def test_statuses_of_foreign_solvers_are_ours():
    program = network()
    need = between(program.column_block("flow").expr, 7.0, INF).named("too_much")
    free = replace(program.columns[1], upper=np.full(2, INF))
    open_ended = replace(program, rows=(), columns=(program.columns[0], free), terms=(Term("t", "cash", free.expr),))
    for solver in ("cbc", "highs"):
        found = bridge.solve_with(program.with_rows(need), solver)
        assert found.status is Status.infeasible
        with pytest.raises(SolverError, match="infeasible"):
            _ = found.x
        assert bridge.solve_with(open_ended, solver).status is Status.unbounded


def test_a_row_without_variables_still_counts():
    program = network()
    none = np.zeros(0, dtype=np.int64)
    one = axis("one", ["k"], pd.DataFrame({"k": ["z"]}))
    empty = Expr(one, none, none, np.zeros(0), np.zeros(1))
    kept, broken = (program.with_rows(between(empty, low, INF).named("empty")) for low in (-1.0, 1.0))
    assert bridge.solve_with(kept, "cbc").objective == pytest.approx(91.0)
    assert bridge.solve_with(broken, "cbc").status is Session(broken).solve().status is Status.infeasible


def test_integer_columns_and_a_time_limit_reach_the_solver():
    build = Builder()
    over = axis("item", ["k"], pd.DataFrame({"k": ["a", "b"]}))
    x = build.variable("x", over, 0.0, 1.0, integer=True)
    bag = axis("bag", ["b"], pd.DataFrame({"b": ["bag"]}))
    row = Expr(bag, np.zeros(2, dtype=np.int64), np.arange(2), np.array([5.0, 4.0]), np.zeros(1))
    program = Program("max", tuple(build.blocks), (between(row, -INF, 7.0).named("bag"),),
                      (Term("t", "cash", x * np.array([6.0, 4.0])),))
    found = bridge.solve_with(program, "cbc", time_limit=20)
    assert found.x.tolist() == [1.0, 0.0]


class Answer:
    """A finished solve of PuLP 4."""

    def __init__(self, status: int, has_solution: bool) -> None:
        self.status, self.has_solution = status, has_solution


class Problem:
    """A solved problem of PuLP 3."""

    def __init__(self, sol_status: int) -> None:
        self.sol_status = sol_status


@pytest.mark.parametrize(("answer", "problem", "limited", "status"), [
    (1, Problem(1), True, Status.optimal),
    (1, Problem(2), True, Status.time_limit_feasible),  # CBC says Optimal when its time is over
    (0, Problem(0), True, Status.time_limit),
    (0, Problem(0), False, Status.error),
    (-1, Problem(-1), False, Status.infeasible), (-2, Problem(-2), False, Status.unbounded),
    (-3, Problem(0), False, Status.infeasible_or_unbounded),
    (Answer(1, True), None, False, Status.optimal), (Answer(1, False), None, False, Status.error),
    (Answer(-4, True), None, True, Status.time_limit_feasible), (Answer(-4, False), None, True, Status.time_limit),
    (Answer(-12, False), None, False, Status.numerical), (Answer(-11, True), None, False, Status.error),
])
def test_what_pulp_says_in_our_words(answer, problem, limited, status):
    assert bridge._status(answer, problem, limited) is status


def test_a_missing_solver_names_its_install_line(monkeypatch):
    monkeypatch.setattr(pulp.getSolver("GLPK_CMD").__class__, "available", lambda self: False)
    monkeypatch.setattr(pulp.getSolver("PYGLPK").__class__, "available", lambda self: False)
    with pytest.raises(SolverError, match="glpk-utils") as caught:
        bridge.solve_with(network(), "glpk")
    assert caught.value.exit_code == 7
    with pytest.raises(SolverError, match=r"no solver is called 'cbd'.*cbc"):
        bridge.solve_with(network(), "cbd")


# --- in -----------------------------------------------------------------------------------------------------------


def rows_of(rules: Any, program: Program | None = None, frames: Any = None) -> list[Any]:
    return user_rows(program or network(), rules, frames)


def test_rules_become_rows_that_bind():
    frames = {"flow": network().column_block("flow").axis.frame.assign(length=[1768.0, 1511.0, 962.0] * 2)}

    def rules(m):
        yield m.sum("flow", arc="ATASU") >= 2.2, "China floor"
        yield pulp.lpSum(m.flow[lane] for lane in m.lanes(countries="RU")) <= 0.25 * pulp.lpSum(
            m.total[year] for year in ["2024", "2025"]), "RU cap"
        yield m.sum("flow", weight="length", period="2024") <= 14_000

    rows = rows_of(rules, frames=frames)
    assert [(r.name, r.lower.tolist(), r.upper.tolist()) for r in rows] == [
        ("China floor", [2.2], [INF]), ("RU cap", [-INF], [0.0]), ("rule_3", [-INF], [14_000.0])]
    # Columns: flow BTC, CPC, ATASU of 2024, the same of 2025, then total of each year.
    program = network()
    assert program.with_rows(*rows).matrix.toarray()[-3:].tolist() == [
        [0, 0, 1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0, -0.25, -0.25], [1768, 1511, 962, 0, 0, 0, 0, 0]]
    # Without the third rule: 19 Mt in two years, of which CPC a quarter = 4.75, BTC its 12, ATASU the other 2.25.
    plan = Session(program.with_rows(*rows[:2])).solve()
    assert plan.objective == pytest.approx(12 * 5 + 4.75 * 4 + 2.25 * 3 + 3)
    assert plan.x[:6].reshape(2, 3).sum(axis=0) == pytest.approx([12.0, 4.75, 2.25])


def test_labels_in_every_shape():
    program = network()
    same = {}

    def rules(m):
        same["by position"] = m.flow[1]
        same["by tuple"] = m.flow["CPC", "2024"]
        same["by mapping"] = m.flow[{"period": "2024", "arc": "CPC"}]
        same["by filter"] = m.flow[m.where("flow", arc="CPC", period="2024")[0]]
        assert {v.name for v in same.values()} == {same["by tuple"].name}
        yield m.flow["CPC"] <= 3, "both years"  # a key left open: the sum
        yield m.flow[{"period": "2025"}] <= 8, "one year"
        yield m["total"]["2024"] >= 1, "item"

    rows = rows_of(rules, program)
    assert [sorted(r.expr.col.tolist()) for r in rows] == [[1, 4], [3, 4, 5], [6]]


@pytest.mark.parametrize(("touch", "words"), [
    (lambda m: m.flows, "nearest: 'flow'"), (lambda m: m.sum("flo"), "expected one of flow, total"),
    (lambda m: m.sum("flow", arc="BCT"), "nearest: 'BTC'"), (lambda m: m.lanes(country="RU"), "filtered by 'country'"),
    (lambda m: m.lanes(countries=["IR", "IQ"]), "there are AZ"), (lambda m: m.flow["BTC", "2031"], "2031"),
    (lambda m: m.lanes(arc="BTC", countries="RU"), "no flow matches"), (lambda m: m.flow[99], "positions 0 to 5"),
    (lambda m: m.flow["BTC", "2024", "x"], "keys arc, period"), (lambda m: m.sum("flow", weight="km"), "'km'"),
    (lambda m: m.sum("flow", arc="BPC"), r"nearest: 'CPC'\)"),  # not 'BTC' as well
])
def test_a_label_that_is_not_there_raises(touch, words):
    def rules(m):
        touch(m)
        yield m.flow[0] <= 1

    with pytest.raises((UsageError, AttributeError), match=words):
        rows_of(rules)


def stranger() -> Any:
    """A variable of a problem that is gone, the first there, as ours is here."""
    return pulp.LpProblem("other").add_variable("flow.BTC.2024", 0, 1)


def earlier() -> Any:
    """A variable kept from an earlier call with the same model."""
    kept = []
    rows_of(lambda m: [kept.append(m.flow[0]) or m.flow[0] <= 1])
    return kept[0]


@pytest.mark.parametrize(("rules", "words"), [
    (lambda m: [stranger() <= 3], "not of this model"),
    (lambda m: [earlier() <= 3], "not of this model"),
    (lambda m: [m.flow[0] + m.flow[1]], "without <=, >= or =="),
    (lambda m: [m.flow[0] - m.flow[0] <= 1], "no variable"),
    (lambda m: [0 * m.flow[0] <= 1], "no variable"),
    (lambda m: [pulp.lpSum([]) <= 1], "no variable"),
    (lambda m: [1 <= 2], "True or False"),
    (lambda m: [(np.float64(1) <= 2, "numpy")], "rule 'numpy'.*True or False"),
    (lambda m: [(m.flow[0] <= 1, "a"), (m.flow[1] <= 1, "a")], "already called 'a'"),
    (lambda m: [(m.flow[0] <= 1, "supply")], "already called 'supply'"),
    (lambda m: ["flow <= 1"], "expected a PuLP constraint"),
    (lambda m: None, "should yield"),
])
def test_what_is_not_a_rule_is_refused(rules, words):
    with pytest.raises(UsageError, match=words):
        rows_of(rules)


def test_a_sum_with_a_variable_of_another_problem_is_refused():
    # PuLP 3 builds both without a word; PuLP 4 the first, and raises an error of its own for the second.
    with pytest.raises(UsageError, match="not of this model"):
        rows_of(lambda m: [m.flow[0] + stranger() <= 3])
    alive = pulp.LpProblem("alive")
    with pytest.raises((UsageError, ValueError), match=r"not of this model|not the same"):
        rows_of(lambda m: [m.flow[0] + alive.add_variable("y") <= 3])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_refused(number):
    for rules in (lambda m: [number * m.flow[0] <= 3], lambda m: [m.flow[0] <= number]):
        with pytest.raises((UsageError, pulp.PulpError), match=r"finite|NaN"):
            rows_of(rules)


def test_rows_travel_to_workers_though_problems_do_not():
    program = network()
    rows = rows_of(lambda m: [(m.sum("flow", arc="BTC") <= 4, "cap")], program)
    carried = pickle.loads(pickle.dumps(rows))
    assert Session(program.with_rows(*carried)).solve().objective == Session(program.with_rows(*rows)).solve().objective


def test_only_touched_variables_are_made():
    seen = []

    def rules(m):
        yield m.flow[0] <= 1
        seen.append(len(m._made))

    rows_of(rules)
    assert seen == [1]


SESSION = "energy_routes.linear.highs.session"


@pytest.mark.parametrize("order", first([f"{SESSION}, pulp", f"pulp, {SESSION}", "pulp, highspy", "highspy, pulp"], 1))
def test_both_import_orders_solve(order):
    first, second = order.split(", ")
    code = f"""
import {first}
import {second}
import numpy as np, pandas as pd
from energy_routes.linear import Builder, Program, Session, Term, axis
from energy_routes.linear.pulp import solve_with
b = Builder()
x = b.variable("x", axis("a", ["k"], pd.DataFrame({{"k": ["p"]}})), 0.0, 3.0)
p = Program("max", tuple(b.blocks), ((x <= 2.0).named("r"),), (Term("t", "cash", x * 2.0),))
print(Session(p).solve().objective, solve_with(p, "highs").objective, Session(p).solve().objective)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split()[-3:] == ["4.0", "4.0", "4.0"], done.stderr
