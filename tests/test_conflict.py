"""An infeasible case: limits that contradict each other in words; without any one of them there is a plan."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rest import first
from toy import MODEL, toy
from typer.testing import CliRunner

from energy_routes.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import InfeasibleError
from energy_routes.linear import minimal_conflict
from energy_routes.solving import compile, infeasible, solve

HELD = "exports of oil held (horizon): at least 8 Mt"


def conflict(case: Case) -> list[dict[str, Any]]:
    with pytest.raises(InfeasibleError) as error:
        solve(case)
    return list(error.value.conflict)


def words(case: Case) -> list[str]:
    return [one["words"] for one in conflict(case)]


@pytest.mark.parametrize(
    ("policy", "edits", "told", "without"),
    first([
        ({}, {"supply:FIELD_CO.available": 1},
         ["obligation of Hub (2023): at least 2 Mt", "Field Co supply at Field (2023): at most 1 Mt"],
         [{"obligation:HOME.volume": 0}, {"supply:FIELD_CO.available": 9}]),
        ({"max_share": {"transit:RU": 0.2}}, {},
         [HELD, "Long way (2023): at most 5 Mt", "cap on the share of Russia (horizon): at most 20 %"],
         [{"policy.exports": "free"}, {"arc:LONG.capacity": 8}, {"policy.max_share.transit:RU": 1}]),
        ({"max_hhi": {"corridor": 0.505}}, {"arc:LONG.capacity": 3},
         [HELD, "Long way (2023): at most 3 Mt",
          "cap on the concentration over corridor of oil (horizon): an HHI of at most 0.505"],
         [{"policy.exports": "free"}, {"arc:LONG.capacity": 5}, {"policy.max_hhi.corridor": 1}]),
        ({"min_share": {"corridor:LONG": 0.7}}, {},
         [HELD, "Long way (2023): at most 5 Mt", "least share of Long corridor (horizon): at least 70 %"],
         [{"policy.exports": "free"}, {"arc:LONG.capacity": 8}, {"policy.min_share.corridor:LONG": 0.1}]),
    ], 3),
)  # fmt: skip
def test_a_conflict_in_words_and_a_plan_without_any_one_of_it(
    tmp_path: Path, policy: Mapping[str, Any], edits: Mapping[str, Any], told: list[str],
    without: list[Mapping[str, Any]],
) -> None:
    """By hand: 2 Mt are owed at home and 8 of 10 Mt exported, 6 by SHORT and 2 by LONG; each edit frees one member."""
    case = toy(tmp_path, **policy).set_all(edits)
    assert words(case) == told
    for edit in without:
        assert solve(case.set_all(edit)).status == "optimal"


def test_a_conflict_is_no_promise_about_other_limits(tmp_path: Path) -> None:
    """Two contradictions: whichever is told first, the case has no plan without it, and the other is told then."""
    short = {"supply:FIELD_CO.available": 1, "policy.exports": "free"}
    case = toy(tmp_path).set_all(short).set("policy.min_exposure.corridor:LONG", 6)
    long = {"least volume of Long corridor (horizon): at least 6 Mt", "Long way (2023): at most 5 Mt"}
    field = {"obligation of Hub (2023): at least 2 Mt", "Field Co supply at Field (2023): at most 1 Mt"}
    repair = ({"policy.min_exposure.corridor:LONG": 0}, {"supply:FIELD_CO.available": 10})
    first = set(words(case))
    assert first in (long, field)
    other, mended = (field, repair[0]) if first == long else (long, repair[1])
    assert set(words(case.set_all(mended))) == other
    assert solve(case.set_all(repair[0]).set_all(repair[1])).status == "optimal"


def test_bounds_of_what_is_lifted_are_members_and_crossed_ones_are_one(tmp_path: Path) -> None:
    """At least 9 Mt are lifted; 2 at home and two ways of 3 Mt take 8."""
    field = "id,node,commodity,shipper,available,minimum,cost\nFIELD_CO,FIELD,CRUDE,Field Co,10,9,9"
    case = toy(tmp_path, {"supplies": field}).set("arc:SHORT.capacity", 3).set("arc:LONG.capacity", 3)
    # (A home that takes exactly 2 Mt is one limit with two sides.)
    assert {(one["name"], one["side"], one["bound"]) for one in conflict(case)} == {
        ("Field Co supply at Field", "lower", 9.0), ("Short way", "upper", 3.0), ("Long way", "upper", 3.0),
        ("obligation of Hub", "upper", 2.0)}  # fmt: skip
    (crossed,) = conflict(toy(tmp_path / "crossed", {"supplies": field}).set("supply:FIELD_CO.available", 4))
    assert (crossed["side"], crossed["bound"]) == ("crossed", (9.0, 4.0))


def test_what_holds_after_a_loss_is_told_with_the_loss(tmp_path: Path) -> None:
    """LONG takes 5 of 8 Mt when SHORT is shut, so 3/8 is lost."""
    case = toy(tmp_path, security={"outages": ["arc:SHORT"], "mode": "corrective", "delta": 0.37})
    told = conflict(case)
    assert [(one["words"], one["bound"]) for one in told if one["kind"] == "policy"] == [
        (HELD, pytest.approx(8)), ("what may be lost with Short way (horizon)", None)]  # fmt: skip
    assert "Long way after Short way (2023): at most 5 Mt" in [one["words"] for one in told]


def test_builds_are_relaxed(tmp_path: Path) -> None:
    """For 24 Mt at home the line of 20 Mt and half a plant would do; three quarters of one cost more than 600 MUSD."""
    tables = {
        "supplies": "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,40,9",
        "options": "id,name,kind,units,capacity,capex\nWIDER,A wider line,project,1,8,1000",
        "option_effects": "option,target\nWIDER,arc:GATHER",
    }
    case = toy(tmp_path, tables, model="[policy.build]\nrate = 0.1\nbudget = 600")
    assert words(case.set("obligation:HOME.volume", 24)) == []
    assert words(case.set("obligation:HOME.volume", 26)) == [
        "obligation of Hub (2023): at least 26 Mt", "Gathering (2023): at most 20 Mt",
        "budget of builds (horizon): at most 600 MUSD"]  # fmt: skip


def test_a_conflict_is_found_when_it_is_read_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(*args: Any) -> list[dict[str, Any]]:
        asked.append(1)
        return minimal_conflict(*args)

    monkeypatch.setattr(infeasible, "minimal_conflict", counted)
    compiled = compile(toy(tmp_path))
    short = {"supply:FIELD_CO.available": 1.0}
    assert compiled.solve_many([short] * 3)["status"].tolist() == ["infeasible"] * 3
    with pytest.raises(InfeasibleError) as error:
        compiled.solve(short)
    assert asked == []
    assert len(error.value.conflict) == len(error.value.conflict) == 2
    assert pickle.loads(pickle.dumps(error.value)).conflict == error.value.conflict
    assert len(asked) == 1


def test_rules_of_ones_own_that_leave_no_plan_are_named(tmp_path: Path) -> None:
    def both(model: Any) -> Iterator[Any]:
        yield model.sum("flow", arc="LONG") >= 3, "at least"
        yield model.sum("flow", arc="LONG") <= 2, "at most"

    with pytest.raises(InfeasibleError, match="Rules of your own do not give way: at least, at most") as error:
        solve(toy(tmp_path), constraints=both)
    assert "none found: rules of your own contradict each other" in str(error.value)
    assert [limit["name"] for limit in error.value.conflict] == ["at least", "at most"]


def test_the_command_line_prints_it_beside_the_repair(tmp_path: Path) -> None:
    toy(tmp_path)
    (tmp_path / "model.toml").write_text(MODEL + 'periods = "month"\n', "utf-8")
    case = str(tmp_path / "model.toml")
    ended = CliRunner().invoke(app, ["solve", case, "--set", "policy.max_exposure.transit:RU=2"])
    assert ended.exit_code == 4
    assert "The cheapest set of limits that must give way:\n  cap on the volume of Russia (horizon): 1 Mt more" in \
        ended.stderr
    told = ended.stderr.partition("These limits contradict each other: without any one of them, the rest of them can "
                                  "be kept. Other limits of the case may stand in the way as well:\n")[2].splitlines()
    assert told == ["  " + HELD, "  Long way (2023-01): at most 0.4247 Mt; likewise in 11 more, the last 2023-12",
                    "  cap on the volume of Russia (horizon): at most 2 Mt"]  # fmt: skip


def test_ctrl_c_while_a_conflict_is_sought_ends_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: Any) -> None:
        raise KeyboardInterrupt

    toy(tmp_path)
    monkeypatch.setattr(infeasible, "minimal_conflict", interrupted)
    cap = ("--set", "policy.max_exposure.transit:RU=2")
    ended = CliRunner().invoke(app, ["solve", str(tmp_path / "model.toml"), *cap])
    assert (ended.exit_code, ended.stderr.splitlines()[-1]) == (130, "Interrupted: nothing was written.")
