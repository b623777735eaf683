"""Infeasible programmes: the cheapest repair, and a conflict that is verified minimal."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st
from scipy import sparse

from energy_routes.errors import LabelError, SolverError
from energy_routes.linear import infeasibility as elastic
from energy_routes.linear.conflict import minimal_conflict
from energy_routes.linear.expressions import INF, Bound, Expr, axis, between
from energy_routes.linear.highs.arrays import form_of
from energy_routes.linear.highs.session import Session
from energy_routes.linear.infeasibility import explain_infeasible
from energy_routes.linear.programme import Builder, Program, Term
from energy_routes.linear.solution import Status


def chain(supply: float, pipe: float, port: float, duty: float) -> Program:
    """A field that must move ``duty`` through a pipe and a port; 2 more activities that have nothing to do with it."""
    build = Builder()
    links = axis("link", ["arc"], pd.DataFrame({"arc": ["pipe", "port"]}))
    field = axis("field", ["supply"], pd.DataFrame({"supply": ["TENGIZ", "IDLE"]}))
    flow = build.variable("flow", links, unit="Mt")
    lifted = build.variable("lifted", field, 0.0, np.array([supply, 7.0]), unit="Mt")
    one = axis("one", ["node"], pd.DataFrame({"node": ["hub"]}))
    pick = field.take(np.array([True, False]))
    at_hub = lifted.take(np.array([True, False]), pick).on(one)
    masks = [np.array([True, False]), np.array([False, True])]
    through = [flow.take(mask, links.take(mask)).on(one) for mask in masks]
    rows = (
        (at_hub - through[0] == 0.0).named("balance"),
        (through[0] - through[1] == 0.0).named("onward"),
        replace(flow <= np.array([pipe, port]), name="capacity", unit="Mt"),
        replace(through[1] >= duty, name="duty", unit="Mt"),
    )
    return Program("max", tuple(build.blocks), rows, (Term("none", "cash", flow * 0.0),))


def test_a_feasible_programme_needs_no_repair():
    assert explain_infeasible(chain(10, 10, 10, 8)) == []
    assert minimal_conflict(chain(10, 10, 10, 8)) == []


def test_a_conflict_that_could_be_shorter_is_not_handed_out(monkeypatch):
    """A duty of 8 conflicts with the pipe of 3; that the port takes 10 has nothing to do with it."""
    monkeypatch.setattr("energy_routes.linear.conflict._Live.shorten", lambda *_: None)
    program = chain(10, 3, 10, 8)
    with pytest.raises(SolverError, match="could not be verified"):
        minimal_conflict(program, [rows for rows in program.rows if rows.name in ("capacity", "duty")])


@pytest.mark.parametrize(("method", "presolve"), [("simplex", True), ("simplex", False), ("ipm", True), ("ipm", False)])
def test_of_equally_cheap_repairs_one_is_chosen_whatever_way_the_solver_takes(method, presolve, monkeypatch):
    monkeypatch.setattr(elastic, "Session", partial(Session, method=method, presolve=presolve))
    build = Builder()
    pipes = axis("pipe", ["arc"], pd.DataFrame({"arc": list("ABCDEF")}))
    flow = build.variable("flow", pipes, unit="Mt")
    total = flow.sum_to(axis("all", (), pd.DataFrame({"one": [0]})))
    rows = (replace(flow <= 1.0, name="capacity", unit="Mt"), replace(total >= 8.0, name="duty", unit="Mt"))
    program = Program("max", tuple(build.blocks), rows, (Term("none", "cash", flow * 0.0),))
    found = explain_infeasible(program, ["capacity"])
    assert [(r["label"], r["amount"]) for r in found] == [({"arc": "E"}, pytest.approx(2.0))]


def test_the_cheapest_repair_in_volume():
    # Duty 8 through a port of 5: 3 short, and only the port (or the duty) can give.
    found = explain_infeasible(chain(10, 10, 5, 8), ["capacity"])
    assert found == [
        {"block": "capacity", "row": 1, "label": {"arc": "port"}, "side": "upper", "amount": 3.0, "unit": "Mt"}]
    # Pipe 6 and port 5: the duty alone costs 3, the two capacities 2 + 3.
    cheap = explain_infeasible(chain(10, 6, 5, 8), ["capacity", "duty"])
    assert [(r["block"], r["side"], r["amount"]) for r in cheap] == [("duty", "lower", 3.0)]
    dear = explain_infeasible(chain(10, 6, 5, 8), ["capacity", "duty"], {"duty": 10.0})
    assert [(r["label"], r["amount"]) for r in dear] == [({"arc": "port"}, 3.0), ({"arc": "pipe"}, 2.0)]


def test_bounds_of_variables_give_way_too_but_nothing_becomes_negative():
    found = explain_infeasible(chain(6, 10, 10, 8), ["lifted"])
    assert [(r["block"], r["row"], r["label"], r["side"], r["amount"]) for r in found] == [
        ("lifted", 0, {"supply": "TENGIZ"}, "upper", 2.0)]
    *others, duty = chain(10, 10, 10, 8).rows
    below = replace(chain(10, 10, 10, 8), rows=(
        *others, replace(duty, lower=np.array([-INF]), upper=np.array([-1.0]))))
    assert explain_infeasible(below, ["lifted", "flow"]) == []  # a flow of −1 would be the only way
    assert [r["block"] for r in explain_infeasible(below)] == ["duty"]


def test_no_repair_among_the_given_limits_is_an_empty_answer():
    assert explain_infeasible(chain(10, 10, 5, 8), ["lifted"]) == []
    with pytest.raises(LabelError, match="'capacities'"):
        explain_infeasible(chain(10, 10, 5, 8), ["capacities"])


def test_the_conflict_is_what_clashes_and_nothing_else():
    found = minimal_conflict(chain(10, 6, 9, 8))
    assert {(r["block"], tuple(r["label"].values()), r["side"]) for r in found} == {
        ("duty", ("hub",), "lower"), ("onward", ("hub",), "lower"), ("capacity", ("pipe",), "upper")}
    assert {r["block"]: r["bound"] for r in found} == {"duty": 8.0, "onward": 0.0, "capacity": 6.0}


def test_a_bound_that_contradicts_itself_with_a_sign():
    build = Builder()
    over = axis("a", ["name"], pd.DataFrame({"name": ["x", "y"]}))
    x = build.variable("x", over)
    total = x.sum_to(axis("one", [], pd.DataFrame({"k": [1]})))
    program = Program("min", tuple(build.blocks), (between(total, -INF, -2.0).named("below"),), ())
    assert [(r["block"], r["side"], r["bound"]) for r in minimal_conflict(program)] == [
        ("below", "upper", -2.0), ("x", "lower", 0.0), ("x", "lower", 0.0)]


def labelled(matrix: np.ndarray, low: np.ndarray, high: np.ndarray, upper: Bound) -> Program:
    build = Builder()
    over = axis("column", ["j"], pd.DataFrame({"j": [str(j) for j in range(matrix.shape[1])]}))
    build.variable("x", over, 0.0, upper)
    under = axis("row", ["i"], pd.DataFrame({"i": [str(i) for i in range(matrix.shape[0])]}))
    at = sparse.coo_matrix(matrix)
    expr = Expr(under, at.row.astype(np.int64), at.col.astype(np.int64), at.data, np.zeros(len(under)))
    return Program("max", tuple(build.blocks), (between(expr, low, high).named("r"),), ())


def without(program: Program, members: list[dict[str, Any]], left_out: int | None) -> Status:
    """Status of the programme that has only these bounds, save one."""
    form = form_of(program)
    bounds = {key: np.full_like(getattr(form, key), -INF if key.endswith("lower") else INF)
              for key in ("row_lower", "row_upper", "col_lower", "col_upper")}
    for at, member in enumerate(members):
        if at != left_out:
            bounds[("row_" if member["block"] == "r" else "col_") + member["side"]][member["row"]] = member["bound"]
    return Session(replace(form, **bounds)).solve().status


@given(st.integers(0, 10_000))
def test_conflicts_are_minimal_and_repairs_repair(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-2, 3, (7, 6)).astype(float) * (rng.random((7, 6)) < 0.7)
    low = np.where(rng.random(7) < 0.6, rng.integers(-3, 8, 7), -INF)
    high = np.where(rng.random(7) < 0.5, np.maximum(low, -5) + rng.integers(0, 4, 7), INF)
    program = labelled(matrix, low, high, rng.integers(1, 4, 6).astype(float))
    infeasible = Session(program).solve().status is Status.infeasible
    conflict, repair = minimal_conflict(program), explain_infeasible(program)
    assert bool(conflict) is bool(repair) is infeasible
    assume(infeasible)
    assert without(program, conflict, None) is Status.infeasible
    assert {without(program, conflict, at) for at in range(len(conflict))} == {Status.optimal}
    moved = {key: getattr(program.rows[0], key).copy() for key in ("lower", "upper")}
    upper = program.col_upper.copy()
    for one in repair:
        step = 1.000001 * one["amount"] + 1e-9
        if one["block"] == "r":
            moved[one["side"]][one["row"]] += step if one["side"] == "upper" else -step
        else:
            upper[one["row"]] += step
    mended = replace(form_of(program), row_lower=moved["lower"], row_upper=moved["upper"], col_upper=upper)
    assert Session(mended).solve().status is Status.optimal
