"""Keeping plans between tests hides nothing: whatever a plan is made of is solved anew where it differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from kept import solving_once
from toy import months, toy

from energy_routes.case import Case
from energy_routes.plan import Plan
from energy_routes.solving.loop import solve


def test_equal_questions_are_kept_when_asked_again_and_any_other_is_solved_anew(tmp_path: Path) -> None:
    solved: list[Case] = []

    def counted(case: Case, *options: Any, **named: Any) -> Plan:
        solved.append(case)
        return plan

    case = toy(tmp_path)
    plan = solve(case)
    keeping = solving_once(counted)
    keeping(case)
    keeping(case)
    same = toy(tmp_path).about("corridor:SHORT")
    again = keeping(same)
    assert (solved, again.case) == ([case, case], same)
    for name, table in again.tables().items():
        pd.testing.assert_frame_equal(table, plan.tables()[name], check_exact=True)
    dearer = {"markets": "id,node,name,price\nEAST,EAST,East,501\nWEST,WEST,West,510"}
    others = [toy(tmp_path, dearer), case.set("arc:SHORT.tariff", 31), case.with_policy(exports="free"), months(case),
              replace(case, name="other")]  # fmt: skip
    for other in others:
        keeping(other)
    keeping(case, seed=7)
    assert solved == [case, case, *others, case]
