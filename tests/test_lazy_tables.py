"""A plan's tables are made when they are read: each once, and of the plan as it was solved, however late."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toy import toy

from energy_routes.case.case import Case
from energy_routes.formulation import build, build_space
from energy_routes.linear import Session
from energy_routes.plan import Plan, Tables, assembly
from energy_routes.results.storing import load
from energy_routes.solving import loop
from energy_routes.solving.loop import solve

MAKERS = [name for name in vars(assembly) if name.endswith("_table") or name == "notices"]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("lazy"))


def equal(one: Plan, other: Plan) -> None:
    assert one.warnings == other.warnings
    for name, table in one.tables().items():
        pd.testing.assert_frame_equal(table, other.tables()[name], check_exact=True)


def test_a_solve_makes_no_table_and_prices_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("nobody has asked for this table")

    assert len(MAKERS) >= 12
    for name in MAKERS:
        monkeypatch.setattr(assembly, name, refuse)
    monkeypatch.setattr(loop, "marginal_worth", refuse)
    plan = solve(case)
    assert (plan.objective, plan.netback) == pytest.approx((3840.0, 3840.0))
    assert plan.certificate["ledger_gap"] < 1e-9
    assert float(plan.ledger["value"].sum()) == plan.objective
    for name in ("flows", "arcs", "routes", "schedule", "prices", "indicators", "groups", "supplies", "deliveries",
                 "obligations", "stocks", "builds", "emissions", "warnings"):
        with pytest.raises(AssertionError, match="nobody has asked"):
            getattr(plan, name)


def test_each_table_is_made_once_and_limits_are_priced_once(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(name: str, make: Any) -> Any:
        def again(*args: Any, **named: Any) -> Any:
            made.append(name)
            return make(*args, **named)

        return again

    for name in MAKERS:
        monkeypatch.setattr(assembly, name, counted(name, getattr(assembly, name)))
    monkeypatch.setattr(loop, "marginal_worth", counted("marginal_worth", loop.marginal_worth))
    plan = solve(case)
    assert made == []
    for _ in range(2):
        assert plan.flows is plan.flows
        plan.tables()
        assert plan.warnings is plan.warnings
    assert sorted(made) == sorted([*MAKERS, "marginal_worth"])


def test_tables_read_late_or_in_another_order_are_those_read_early(case: Case) -> None:
    early, late, backwards = solve(case), solve(case), solve(case)
    early.tables()
    solve(case.set("arc:SHORT.capacity", 1))  # another programme, solved in between
    for name in reversed(list(early.tables())):
        getattr(backwards, name)
    equal(early, late)
    equal(early, backwards)


def test_a_point_and_tables_that_are_changed_afterwards_change_no_other_table(case: Case) -> None:
    space = build_space(case)
    program = build(space)
    x = Session(program).solve().x.copy()
    plan, kept = (assembly.assemble(space, program, x, None, {}) for _ in range(2))
    kept.tables()
    x[:] = np.nan
    plan.flows["volume"] = 0.0
    plan.groups["volume"] = 0.0
    plan.prices["price"] = 1e9
    for name in ("arcs", "routes", "schedule", "indicators", "deliveries"):
        pd.testing.assert_frame_equal(getattr(plan, name), getattr(kept, name), check_exact=True)
    assert plan.warnings == kept.warnings


def test_pickles_and_copies_are_the_plan(case: Case, tmp_path: Path) -> None:
    plan = solve(case)
    shallow = copy.copy(plan)
    assert shallow.flows is plan.flows, "a copy shares what is made"
    for again in (pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan)):
        assert (repr(again), again.objective.name, again.certificate) == (
            repr(plan), plan.objective.name, plan.certificate)
        equal(plan, again)
    deep = copy.deepcopy(plan)
    deep.flows.loc[0, "volume"] = -1.0
    assert (plan.flows["volume"] >= 0).all()
    plan.save(tmp_path / "saved")
    equal(load(tmp_path / "saved"), pickle.loads(pickle.dumps(load(tmp_path / "saved"))))


def test_a_plan_with_one_other_table_shares_the_rest(case: Case) -> None:
    plan = solve(case)
    other = replace(plan, status="again", parts=plan.parts.but(stocks=lambda: pd.DataFrame({"a": [1]})))
    assert other.flows is plan.flows
    assert (other.status, list(other.stocks), other.tables()["stocks"].shape) == ("again", ["a"], (1, 1))
    assert "a" not in plan.stocks
    with pytest.raises(KeyError):
        plan.parts["nothing"]


def test_threads_that_read_a_table_at_once_get_the_same_one() -> None:
    made, at_once = [], Barrier(4, timeout=30)

    def make() -> pd.DataFrame:
        made.append(1)
        return pd.DataFrame({"a": [1.0]})

    tables = Tables({"flows": make})

    def read(_: int) -> pd.DataFrame:
        at_once.wait()
        return tables["flows"]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(read, range(4)))
    assert len(made) == 1
    assert all(table is found[0] for table in found)


def test_a_maker_that_failed_is_asked_again_and_one_that_is_done_is_let_go() -> None:
    class Held:
        asked = 0

        def make(self) -> int:
            self.asked += 1
            if self.asked == 1:
                raise ValueError("not yet")
            return self.asked

    held = Held()
    tables, gone = Tables({"flows": held.make}), weakref.ref(held)
    del held
    with pytest.raises(ValueError, match="not yet"):
        tables["flows"]
    assert tables["flows"] == 2
    gc.collect(1)  # what is young: the cycle of the error
    assert gone() is None, "what made the table is kept no longer than the table needs it"


def test_a_plan_that_nobody_holds_is_gone_at_once(case: Case) -> None:
    """No cycle keeps it: a thousand solves take the memory of one."""
    plan = solve(case)
    plan.tables()
    gone = [weakref.ref(plan), weakref.ref(plan.parts), weakref.ref(plan.flows)]
    gc.disable()
    try:
        del plan
        assert [ref() for ref in gone] == [None] * 3
    finally:
        gc.enable()
