"""Loops that lose volume are said aloud: case by hand, several loops, and what is no loop."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from toy import toy
from typer.testing import CliRunner

from energy_routes.cli.app import app
from energy_routes.plan.warnings.loops import loops
from energy_routes.results.summary import summary_of
from energy_routes.solving.loop import solve

# 15 Mt must be lifted and the port sells 10: 5 Mt are burnt by sending crude out and back at 5 % a way.
SURPLUS = {
    "nodes": "id,name,kind,country\nF,Field,field,KZ\nP,Port,port,RU\nM,Market,market,IT",
    "arcs": "id,from,to,name,capacity,tariff\nFP,F,P,,100,1\nPF,P,F,,100,1\nPM,P,M,,unlimited,1",
    "lanes": "arc,commodity,yield\nFP,CRUDE,0.95\nPF,CRUDE,0.95",
    "supplies": "id,node,commodity,shipper,available,minimum,cost\nS,F,CRUDE,Alpha,15,15,10",
    "markets": "id,node,name,price\nW,M,World,500",
    "tiers": "market,tier,depth\nW,1,10",
    "obligations": "", "groups": "", "meters": "",
}  # fmt: skip


def test_a_surplus_burnt_in_a_loop_is_told_with_its_volumes(tmp_path: Path) -> None:
    """Out f and back b: 0.95 f − b = 10 and f = 15 + 0.95 b, so b = (0.95·15 − 10)/(1 − 0.95²) = 43.59, f = 56.41."""
    plan = solve(toy(tmp_path, SURPLUS))
    (told,) = plan.warnings
    assert told["code"] == "loop"
    assert told["arcs"] == ["FP", "PF"]
    assert told["volume"] == pytest.approx((0.95 * 15 - 10) / (1 - 0.95**2))
    assert told["destroyed"] == pytest.approx(5)
    assert (told["unit"], told["periods"]) == ("Mt", ["2023"])
    assert "43.59 Mt is sent round FP, PF, and 5.00 Mt is destroyed" in told["message"]
    (in_json,) = summary_of(plan)["warnings"]
    assert set(in_json) == set(told)
    assert (in_json["code"], in_json["arcs"]) == ("loop", ["FP", "PF"])
    assert (in_json["volume"], in_json["destroyed"]) == pytest.approx((43.5897435897, 5))


def test_a_loop_is_printed_before_the_ledger(tmp_path: Path) -> None:
    toy(tmp_path, SURPLUS)
    outcome = CliRunner().invoke(app, ["solve", str(tmp_path / "model.toml"), "--full"])
    printed = " ".join(outcome.stdout.split())
    assert 0 < printed.index("43.59 Mt is sent round FP, PF") < printed.index("tariffs")
    assert printed.count("is sent round") == 1


def flows(*lanes: tuple[str, str, str, float, float], grade: str = "A", period: str = "2024") -> pd.DataFrame:
    """Lanes as (arc, from, to, volume, outlet) of one grade."""
    frame = pd.DataFrame(lanes, columns=["arc", "from", "to", "volume", "outlet"])
    return frame.assign(period=period, family="oil", unit="Mt", commodity=grade, to_commodity=grade)


def test_two_loops_apart_are_told_apart_the_worse_first() -> None:
    frame = flows(("AB", "A", "B", 10, 9.9), ("BA", "B", "A", 5, 4.9), ("BC", "B", "C", 4, 4),
                  ("CD", "C", "D", 9, 8.5), ("DE", "D", "E", 8.5, 8.5), ("EC", "E", "C", 6, 5.5))  # fmt: skip
    first, second = loops(frame)
    assert (first.arcs, first.volume, first.destroyed) == (("CD", "DE", "EC"), 6, pytest.approx(1.0))
    assert (second.arcs, second.volume, second.destroyed) == (("AB", "BA"), 5, pytest.approx(0.2))


def test_loops_that_share_a_place_are_one_whose_volumes_add_up() -> None:
    frame = flows(("AB", "A", "B", 3, 2.9), ("BA", "B", "A", 3, 2.9), ("AC", "A", "C", 2, 1.9), ("CA", "C", "A", 2, 2))
    (loop,) = loops(frame)
    assert loop.arcs == ("AB", "BA", "AC", "CA")
    assert (loop.volume, loop.destroyed) == (pytest.approx(5), pytest.approx(0.3))


def test_the_same_loop_in_two_months_is_one() -> None:
    pair = ("AB", "A", "B", 3, 2.9), ("BA", "B", "A", 2, 1.9)
    (loop,) = loops(pd.concat([flows(*pair, period="2024-01"), flows(*pair, period="2024-02")]))
    assert (loop.periods, loop.volume, loop.destroyed) == (("2024-01", "2024-02"), 4, pytest.approx(0.4))


def test_what_comes_back_as_another_grade_in_another_month_or_whole_is_no_loop() -> None:
    there, back = ("AB", "A", "B", 3, 2.9), ("BA", "B", "A", 2, 1.9)
    assert loops(pd.concat([flows(there), flows(back, grade="B")])) == []
    assert loops(pd.concat([flows(there), flows(back, period="2025")])) == []
    assert loops(flows(("AB", "A", "B", 3, 3), ("BA", "B", "A", 2, 2))) == []
    assert loops(flows(there, ("BA", "B", "A", 0, 0))) == []


def test_a_quiet_plan_has_none(tmp_path: Path) -> None:
    assert loops(solve(toy(tmp_path)).flows) == []
