"""No foreign solver is taken at its word: HiGHS says the same, or nothing is handed out."""

from __future__ import annotations

import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from toy import toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import EnergyRoutesError, LimitError, SolverError, VerificationError
from energy_routes.linear.highs.interface import Engine
from energy_routes.linear.pulp import bridge
from energy_routes.linear.solution import Status
from energy_routes.solving import second_opinion
from energy_routes.solving.loop import solve

pulp = pytest.importorskip("pulp")
BEST = 3840.0  # MUSD, of the toy
Answer = Callable[[Any], Any]  # from an LpProblem to what ``actualSolve`` returns


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("toy"))


def fake(answer: Answer) -> Any:
    """A solver of PuLP's that answers as it is told."""

    class Fake(pulp.LpSolver):  # type: ignore[misc, name-defined]
        name = "FAKE"

        def available(self) -> bool:
            return True

        def actualSolve(self, problem: Any, **_: Any) -> Any:  # noqa: N802
            return answer(problem)

    return Fake()


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    return lambda answer: monkeypatch.setattr(bridge, "_solver", lambda name, limit: fake(answer))


def honest(problem: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pulp.getSolver("PULP_CBC_CMD", msg=False).actualSolve(problem)


def lazy(problem: Any) -> int:
    """A point that keeps every rule, and is called the best."""
    sought, problem.objective = problem.objective, problem.objective * 0
    honest(problem)
    problem.objective = sought
    return says(1)(problem)


def says(status: int) -> Answer:
    def answer(problem: Any) -> int:
        problem.assignStatus(status)
        return status

    return answer


def filled(value: Any) -> Answer:
    """Every variable of one value, and that is called the best."""

    def answer(problem: Any) -> int:
        for variable in problem.variables():
            variable.varValue = value
        return says(1)(problem)

    return answer


def raising(error: BaseException) -> Answer:
    def answer(problem: Any) -> int:
        raise error

    return answer


# --- failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "words"), [
    (lazy, r"calls [-\d,.]+ MUSD the optimum, HiGHS 3,840\.000000 MUSD.*solver 'highs'"),
    (filled(1.0), "the optimum, HiGHS 3,840"),
    (filled(float("nan")), "returned nan for 15 of 15 variables"),
    (filled(float("-inf")), "returned -inf for 15 of 15 variables"),
    (filled(1e308), "calls (-inf|nan) MUSD the optimum, HiGHS 3,840"),  # by the order in which a machine adds
    (filled("x"), "broke down: ValueError"),
    (filled([1.0, 2.0]), "broke down"),
    (filled(None), "the optimum, HiGHS 3,840"),
    (says(-1), r"found that no plan is possible, HiGHS an optimum of 3,840\.000000 MUSD"),
    (says(-2), "FAKE|cbc"),
    (says(77), "broke down: PulpError: Invalid status code: 77|is not an answer"),
    (says(0), "is not an answer"),
    (lambda problem: None, "returned 'None', expected a status"),
    (lambda problem: "optimal" * 1000, "returned 'optimal"),
    (lambda problem: {}, "returned '{}'"),
    (raising(RuntimeError("boom" * 1000)), "broke down: RuntimeError: boom"),
    (raising(OSError("no licence")), "broke down: OSError: no licence"),
    (raising(pulp.PulpSolverError("x")), "broke down: PulpSolverError"),
    (raising(SystemExit(3)), "broke down: SystemExit"),
    (raising(KeyboardInterrupt()), "broke down: KeyboardInterrupt"),
    (raising(RecursionError("deep")), "broke down: RecursionError"),
    (raising(MemoryError()), "broke down: MemoryError"),
])  # fmt: skip
def test_what_a_solver_makes_up_is_a_failure(
    answer: Answer, words: str, case: Case, answering: Callable[[Answer], None]
) -> None:
    answering(answer)
    with pytest.raises(SolverError, match=words) as caught:
        solve(case, solver="cbc")
    assert caught.value.exit_code == 7
    assert len(str(caught.value)) < 1000


def test_a_false_unbounded_is_a_failure(case: Case, answering: Callable[[Answer], None]) -> None:
    def answer(problem: Any) -> Any:
        return honest(problem) if not len(problem.objective) else says(-2)(problem)

    answering(answer)
    with pytest.raises(SolverError, match=r"found no end to the money, HiGHS an optimum of 3,840"):
        solve(case, solver="cbc")


def test_an_optimum_of_what_has_none_is_a_failure(case: Case, answering: Callable[[Answer], None]) -> None:
    answering(filled(0.0))
    with pytest.raises(SolverError, match=r"an optimum of [-\d.,]+ MUSD, HiGHS that no plan is possible"):
        solve(case.with_policy(max_share={"transit:RU": 0.1}), solver="cbc")


@pytest.mark.parametrize("change", [1 + 3e-6, 1 - 3e-6])
def test_a_millionth_is_the_limit(change: float, case: Case, answering: Callable[[Answer], None]) -> None:
    def answer(problem: Any, by: float) -> int:
        honest(problem)
        for variable in problem.variables():
            variable.varValue *= by
        return says(1)(problem)

    answering(lambda problem: answer(problem, change))
    with pytest.raises(SolverError, match="they may differ by 1e-06 of it"):
        solve(case, solver="cbc")
    answering(lambda problem: answer(problem, 1 + 1e-10))
    assert solve(case, solver="cbc").objective == pytest.approx(BEST)


def test_a_point_of_the_right_worth_that_breaks_a_rule_is_not_handed_out(
    case: Case, answering: Callable[[Answer], None]
) -> None:
    def answer(problem: Any) -> int:
        honest(problem)
        free = next(v for v in problem.variables() if v not in problem.objective and v.varValue)
        free.varValue += 1.0
        return says(1)(problem)

    answering(answer)
    with pytest.raises(VerificationError, match="fails our check"):
        solve(case, solver="cbc")


def test_a_solver_that_takes_its_time_is_waited_for(case: Case, answering: Callable[[Answer], None]) -> None:
    answering(lambda problem: time.sleep(0.15) or honest(problem))
    assert solve(case, solver="cbc").netback == pytest.approx(BEST)


def test_a_solver_that_hangs_is_left_behind(
    case: Case, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinion, "LEAST", 0.2)
    answering(lambda problem: time.sleep(30))
    for limit in (None, 0.1):
        with pytest.raises(SolverError, match="taken to hang"):
            solve(case, solver="cbc", time_limit=limit)


def test_a_program_that_hangs_is_ended_and_leaves_no_files(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A CBC that never answers: found again in the list of processes by the number that it wrote down."""
    program, number, scratch = tmp_path / "cbc", tmp_path / "number", tmp_path / "tmp"
    program.write_text(f"#!/bin/sh\necho $$ > '{number}'\nexec sleep 1000\n")
    program.chmod(0o755)
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setattr(second_opinion, "LEAST", 1.0)
    monkeypatch.setattr(bridge, "_solver", lambda name, limit: pulp.COIN_CMD(path=str(program), msg=False))
    with pytest.raises(SolverError, match="taken to hang"):
        solve(case, solver="cbc", time_limit=0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(number.read_text()), 0)
    assert list(scratch.iterdir()) == []


def test_users_own_constraints_are_in_what_highs_checks(case: Case, answering: Callable[[Answer], None]) -> None:
    """4 Mt by SHORT at most: so 2 Mt earn less; a solver that is deaf to that is found."""

    def rules(m: Any) -> Iterator[Any]:
        yield m.sum("flow", arc="SHORT") <= 4, "my rule"

    def deaf(problem: Any) -> int:
        plain = er.to_pulp(case)
        honest(plain)
        values = {variable.name: variable.varValue for variable in plain.variables()}
        for variable in problem.variables():
            variable.varValue = values[variable.name]
        return says(1)(problem)

    worth = solve(case, constraints=rules).objective
    assert solve(case, solver="cbc", constraints=rules).objective == pytest.approx(worth)
    answering(deaf)
    with pytest.raises(SolverError, match=f"calls 3,840.000000 MUSD the optimum, HiGHS {worth:,.0f}"):
        solve(case, solver="cbc", constraints=rules)


def test_a_cap_on_concentration_holds_for_a_foreign_solver_too(case: Case) -> None:
    capped = case.with_policy(max_hhi={"corridor": 0.55})
    own, theirs = solve(capped), solve(capped, solver="cbc")
    assert theirs.objective == pytest.approx(own.objective, rel=1e-6)
    volume = theirs.groups.query("kind == 'corridor' and period == 'total'")["volume"]
    assert er.indicators.hhi(volume.tolist()) <= 0.55 + 1e-6


# --- no time to check -------------------------------------------------------------------------------------------------


@pytest.fixture
def slow_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS solves as ever and says that its time was over."""
    run = Engine.run
    monkeypatch.setattr(Engine, "run", lambda self, **how: (run(self, **how), Status.time_limit_feasible)[1])


def test_a_plan_that_highs_had_no_time_for_is_handed_out_unproved(case: Case, slow_highs: None, tmp_path: Path) -> None:
    plan = solve(case, solver="cbc", time_limit=60)
    assert plan.status == "feasible"
    assert plan.objective == pytest.approx(BEST)
    assert plan.certificate["bound"] == pytest.approx(BEST)  # the multipliers of the last run prove it
    told = plan.warnings[0]
    assert told["code"] == "not_proved"
    assert "no plan is better than 3,840.00 MUSD" in told["message"]
    again = er.Plan.load(plan.save(tmp_path / "result"))
    assert (again.status, again.certificate["bound"]) == ("feasible", plan.certificate["bound"])
    assert again.could_be.empty  # maps and reports ask
    assert len(er.sources(again)) > 5
    assert er.verify(tmp_path / "result").passed


def test_what_highs_had_no_time_for_is_no_verdict(
    case: Case, slow_highs: None, answering: Callable[[Answer], None]
) -> None:
    answering(says(-1))
    with pytest.raises(LimitError, match=r"that no plan is possible.*Raise the limit"):
        solve(case, solver="cbc", time_limit=60)


def test_the_command_hands_it_out_and_ends_with_6(slow_highs: None, tmp_path: Path) -> None:
    model = str(write(tmp_path))
    result = str(tmp_path / "result")
    limited = ["solve", model, "--solver", "cbc", "--time-limit", "60", "--json", "--out", result]
    outcome = CliRunner().invoke(app, limited)
    assert outcome.exit_code == 6, outcome.output
    printed = json.loads(outcome.stdout)
    assert printed["status"] == "feasible"
    assert printed["objective"]["value"] == pytest.approx(BEST)
    assert "not proved" in outcome.stderr
    assert "3,840.00 MUSD" in outcome.stderr
    assert er.Plan.load(result).status == "feasible"


def test_a_liar_ends_the_command_with_7(tmp_path: Path, answering: Callable[[Answer], None]) -> None:
    answering(lazy)
    model = str(write(tmp_path))
    outcome = CliRunner().invoke(app, ["solve", model, "--solver", "cbc", "--out", str(tmp_path / "result")])
    assert outcome.exit_code == 7, outcome.output
    assert "HiGHS 3,840" in outcome.stderr
    assert not (tmp_path / "result").exists()


# --- fuzz -------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.sampled_from([1, 1, 1, 0, -1, -2, -3, 5, -5, True, None, "1", 1.0, float("nan")]),
    value=st.one_of(st.floats(), st.integers(-(10**30), 10**30), st.text(max_size=3), st.none(), st.booleans()),
    spare=st.integers(0, 3),
)
def test_no_answer_of_a_fuzzed_solver_is_accepted(
    status: Any, value: Any, spare: int, case: Case, answering: Callable[[Answer], None]
) -> None:
    def answer(problem: Any) -> Any:
        for variable in problem.variables()[spare:]:
            variable.varValue = value
        problem.sol_status = status
        return status

    answering(answer)
    with pytest.raises(EnergyRoutesError) as caught:
        solve(case, solver="cbc")
    assert caught.value.exit_code == 7
