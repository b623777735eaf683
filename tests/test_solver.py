"""The loop: what it refuses to hand out, and how it says why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy import months, toy

from energy_routes.case.case import Case
from energy_routes.errors import (
    InfeasibleError,
    LimitError,
    SolverError,
    UnboundedError,
    UsageError,
    VerificationError,
)
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Columns, Term
from energy_routes.linear.solution import Solution, Status
from energy_routes.solving import loop as solver
from energy_routes.solving.loop import program_of, solve, to_pulp


def test_an_infeasible_case_names_the_cheapest_limit_to_give_way(tmp_path: Path) -> None:
    # Home asks for 2 and 1 is lifted: 1 Mt more of supply, or 1 Mt less owed, in 2023.
    with pytest.raises(InfeasibleError) as error:
        solve(toy(tmp_path).set("supply:FIELD_CO.available", 1))
    (one,) = error.value.relaxations
    assert one["limit"] in ("FIELD_CO", "HOME")
    assert (one["period"], one["unit"]) == ("2023", "Mt")
    assert one["amount"] == pytest.approx(1)
    assert one["words"] in str(error.value)
    assert error.value.exit_code == 4


def test_the_month_that_cannot_be_met_is_named(tmp_path: Path) -> None:
    case = months(toy(tmp_path)).outage("GATHER", ["2023-02"])
    with pytest.raises(InfeasibleError) as error:
        solve(case)
    assert {one["period"] for one in error.value.relaxations} == {"2023-02"}
    assert sum(one["amount"] for one in error.value.relaxations) == pytest.approx(2 * 28 / 365)


def test_a_held_cap_that_is_too_tight_is_named(tmp_path: Path) -> None:
    # With 8 Mt held SHORT must take 3: the cap of 2 is 1 too low (or exports are 1 too high).
    with pytest.raises(InfeasibleError) as error:
        solve(toy(tmp_path, max_exposure={"transit:RU": 2}))
    (one,) = error.value.relaxations
    assert one["kind"] in ("policy", "capacity")
    assert one["amount"] == pytest.approx(1, rel=1e-6)


def unlimited(case: Case, *paths: str) -> UnboundedError:
    """The error of a case with these numbers taken away."""
    for path in paths:
        case = case.set(path, "unlimited")
    with pytest.raises(UnboundedError) as error:
        solve(case)
    assert error.value.exit_code == 5
    return error.value


ONE_WAY = ("supply:FIELD_CO.available", "arc:GATHER.capacity", "arc:SHORT.capacity")


def test_an_unbounded_case_names_what_has_no_limit(tmp_path: Path) -> None:
    error = unlimited(toy(tmp_path), *ONE_WAY)
    assert [row["id"] for row in error.without_limit] == ["FIELD_CO", "GATHER", "SHORT", "EAST"]
    assert str(error) == (
        "model is unbounded: the objective grows without end. What is without limit and lets it grow: "
        "Field Co supply at Field (supply:FIELD_CO.available), Gathering (arc:GATHER.capacity), "
        "Short way (arc:SHORT.capacity), East (market:EAST, a depth in the table tiers). Give any one of them a number."
    )


def test_over_months_a_row_without_limit_is_named_once(tmp_path: Path) -> None:
    error = unlimited(months(toy(tmp_path)), *ONE_WAY)
    assert [row["id"] for row in error.without_limit] == ["FIELD_CO", "GATHER", "SHORT", "EAST"]


def test_of_several_ways_what_they_share_is_named(tmp_path: Path) -> None:
    error = unlimited(toy(tmp_path), *ONE_WAY, "arc:LONG.capacity")
    assert [row["id"] for row in error.without_limit] == ["FIELD_CO", "GATHER"]


def test_of_ways_that_share_nothing_one_is_named_whole(tmp_path: Path) -> None:
    supplies = """
        id,node,commodity,shipper,available,cost
        FIELD_CO,FIELD,CRUDE,Field Co,10,9
        HUB_CO,HUB,CRUDE,Hub Co,unlimited,20
        """
    error = unlimited(toy(tmp_path, {"supplies": supplies}), *ONE_WAY, "arc:LONG.capacity")
    assert [row["id"] for row in error.without_limit] == ["HUB_CO", "SHORT", "EAST"]
    assert "other ways are without limit too" in str(error)


def test_growth_through_none_of_the_tables_names_the_variables(tmp_path: Path) -> None:
    from energy_routes.formulation.space.space import build_space
    from energy_routes.solving.unbounded import unbounded

    case = toy(tmp_path)
    program, space = program_of(case), build_space(case)
    exports = space.exports
    loose = Columns("windfall", exports.axis, program.shape[1], np.zeros(1), np.array([np.inf]))
    grown = replace(program, columns=(*program.columns, loose), terms=(*program.terms, Term("w", "cash", loose.expr)))
    error = unbounded(grown, space)
    assert error.without_limit == ()
    assert "lets it grow: windfall. These variables have no limit" in str(error)


def test_revenue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fiscal"):
        solve(toy(tmp_path, objective="revenue"))


def test_a_solver_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises((SolverError, UsageError), match="nosuch"):
        solve(toy(tmp_path), solver="nosuch")


def test_a_wrong_solution_is_never_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that says *optimal* of numbers off by a thousandth is caught by our own residuals."""
    honest = solver.pick

    def tampered(*args: Any) -> Solution:
        found = honest(*args)
        x = found.x.copy()
        x[int(np.argmax(x))] *= 1.001
        return found.with_values(type(found.point)(found.objective, x, found.row_value), found.prices)  # type: ignore[misc,arg-type]

    monkeypatch.setattr(solver, "pick", tampered)
    with pytest.raises(VerificationError, match="primal_residual"):
        solve(toy(tmp_path))


@pytest.mark.parametrize(
    ("status", "error"),
    [(Status.time_limit, LimitError), (Status.numerical, SolverError), (Status.error, SolverError)],
)
def test_no_other_status_passes_for_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: Status, error: type[Exception]
) -> None:
    monkeypatch.setattr(Session, "solve", lambda self: Solution(status))
    with pytest.raises(error):
        solve(toy(tmp_path))


def test_ways_of_solving_agree(tmp_path: Path) -> None:
    case = toy(tmp_path)
    values = [solve(case, **options).objective.value for options in ({}, {"presolve": False}, {"method": "ipm"})]  # type: ignore[arg-type]
    assert values == pytest.approx([3840] * 3, rel=1e-12)


def test_your_own_constraints_join_and_have_a_price(tmp_path: Path) -> None:
    # SHORT at most 5: one tonne more in LONG's first tier, worth 10 to undo.
    def rules(m: Any) -> Iterator[Any]:
        yield m.sum("flow", arc="SHORT") <= 5, "no more than five"

    plan = solve(toy(tmp_path), constraints=rules)
    assert plan.objective.value == pytest.approx(3830)
    (price,) = plan.prices["user"]["price"]
    assert price == pytest.approx(10)


def test_your_own_constraints_hold_where_exports_are_held(tmp_path: Path) -> None:
    """The floor on exports is what the case exports with your constraints and without the caps."""

    def rules(m: Any) -> Iterator[Any]:
        yield m.sum("lifted") <= 9, "nine"

    plan = solve(toy(tmp_path, max_share={"transit:RU": 0.5}), constraints=rules)
    assert plan.exports["oil"] == pytest.approx(7)


def test_out_to_pulp_and_back_to_the_same_optimum(tmp_path: Path) -> None:
    problem = to_pulp(toy(tmp_path))
    names = {v.name for v in problem.variables()}
    assert "flow.SHORT.CRUDE.2023" in names
    assert solve(toy(tmp_path), solver="cbc").objective.value == pytest.approx(3840, rel=1e-7)


def test_held_exports_reach_pulp_too(tmp_path: Path) -> None:
    case = toy(tmp_path, max_exposure={"transit:RU": 4})
    assert solve(case, solver="cbc").objective.value == pytest.approx(solve(case).objective.value, rel=1e-7)
    assert "hold_exports.oil" in {str(name) for name in program_of(case).row_names()}


def test_a_solve_says_nothing_on_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: Any) -> None:
    caplog.set_level(logging.WARNING)
    solve(toy(tmp_path))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
