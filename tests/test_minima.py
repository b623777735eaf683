"""Least shares and volumes of a group on the toy, each by hand; what they cost, what breaks them, what they cannot be.

At the hub a tonne is worth 470 on SHORT (6 Mt), 460 and 440 on LONG (3 + 2 Mt); 8 Mt leave, 3840 MUSD: 6 by SHORT, 2 by
LONG.  The third tonne on LONG costs 10, the fourth and the fifth 30 each.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rest import first
from toy import best, months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.audit.verification import audit
from energy_routes.case.case import Case
from energy_routes.case.policy.bounds import Minimum
from energy_routes.cli.app import app
from energy_routes.errors import DataError, InfeasibleError, UsageError
from energy_routes.pack.units.periods import periods_of
from energy_routes.report.sections import basis
from energy_routes.report.subject import subject_of

LONG = "corridor:LONG"
DEAR_IN_2024 = {"values": "table,id,field,period,value\nmarkets,WEST,price,2024,600"}


def two_years(folder: Path, **policy: Any) -> Case:
    """2023 as ever; in 2024 LONG is worth 550 and 530, and carries all of its 5 Mt."""
    return replace(toy(folder, DEAR_IN_2024, **policy), periods=periods_of([2023, 2024], "year"))


@pytest.mark.parametrize("exports", ["hold", "free"])
@pytest.mark.parametrize(("lever", "least"), [("min_exposure", 4), ("min_share", 0.5)])
def test_a_minimum_that_binds(tmp_path: Path, lever: str, least: float, exports: str) -> None:
    answer = best(toy(tmp_path, exports=exports, **{lever: {LONG: least}}))
    assert answer.total("flow", arc="LONG") == pytest.approx(4)
    assert answer.value == pytest.approx(3840 - 10 - 30)


@pytest.mark.parametrize(("lever", "least"), [("min_exposure", 2), ("min_share", 0.25)])
def test_a_minimum_that_is_met_anyway_changes_nothing(tmp_path: Path, lever: str, least: float) -> None:
    assert best(toy(tmp_path, **{lever: {LONG: least}})).value == pytest.approx(3840)


def test_exports_free_shed_output_for_a_share_and_held_exports_do_not(tmp_path: Path) -> None:
    # L = 5 is all of LONG: 5 ≥ 0.7·(S + 5), S = 15/7, and 8 − 5 − 15/7 = 6/7 stay in the ground.
    free = best(toy(tmp_path, exports="free", min_share={LONG: 0.7}))
    assert free.total("lifted") == pytest.approx(10 - 6 / 7)
    with pytest.raises(InfeasibleError, match=r"share of corridor:LONG cannot go above 0\.6250 \(asked: 0\.7\)"):
        er.solve(toy(tmp_path, min_share={LONG: 0.7}))


def test_in_every_period_is_more_than_over_the_horizon(tmp_path: Path) -> None:
    # LONG carries 2 and 5 Mt: 3.5 a year over both.  In 2023 alone 1.5 more: 1 at 10, 0.5 at 30.
    case = two_years(tmp_path)
    free = best(case).value
    assert best(case.with_policy(min_exposure={LONG: 3.5})).value == pytest.approx(free)
    each = best(case.with_policy(min_exposure={LONG: {"least": 3.5, "over": "period"}}))
    assert each.value == pytest.approx(free - 10 - 15)
    assert each.total("flow", arc="LONG", period="2023") == pytest.approx(3.5)
    share = best(case.with_policy(min_share={LONG: {"least": 3.5 / 8, "over": "period"}}))
    assert share.value == pytest.approx(free - 10 - 15)


def test_months_each_have_their_part_and_their_price(tmp_path: Path) -> None:
    case = months(toy(tmp_path, min_exposure={LONG: {"least": 4, "over": "period"}}))
    plan = er.solve(case)
    by_month = plan.groups[plan.groups["group"] == "LONG"].set_index("period")["volume"].drop("total")
    assert by_month.to_dict() == pytest.approx({p.label: 4 * p.years for p in case.periods})
    told = plan.prices["policy"].set_index("name").loc["least volume of Long corridor"]
    assert told["period"].tolist() == [p.label for p in case.periods]
    assert told["price"].tolist() == pytest.approx([-30.0] * 3)
    assert told["price_all"].tolist() == pytest.approx([-30.0] * 3)


@pytest.mark.parametrize("over", first(["horizon", "period"], 1))
@pytest.mark.parametrize(("lever", "at"), [
    ("min_exposure", 4.4), ("min_exposure", 3.0), ("min_exposure", 2.0), ("min_exposure", 1.0),
    ("min_share", 0.55), ("min_share", 0.375), ("min_share", 0.25), ("min_share", 0.1),
])  # fmt: skip
def test_the_price_is_what_one_more_costs(tmp_path: Path, lever: str, at: float, over: str) -> None:
    """At a kink, too, where a dual would be one of many: the slope upwards, of both months together."""
    case, step = months(toy(tmp_path), 2), 1e-4

    def plan(least: float) -> er.Plan:
        return er.solve(case.with_policy(**{lever: {LONG: {"least": least, "over": over}}}))

    now = plan(at)
    slope = (plan(at + step).netback - now.netback) / step
    prices = now.prices["policy"]
    price = prices.loc[prices["limit"] == "LONG", "price_all"].iloc[0]
    unit, of = ("MUSD per pp", 0.01) if lever == "min_share" else ("USD/t", 1 / case.years)
    assert price == pytest.approx(slope * of, abs=1e-4)
    assert (price < 0) == (at not in (0.1, 1.0))
    assert prices["unit"].iloc[0] == unit


def test_what_leaves_no_plan_has_no_price(tmp_path: Path) -> None:
    prices = er.solve(toy(tmp_path, min_exposure={LONG: 5})).prices["policy"].set_index("limit")
    assert prices.loc["LONG", "note"] == "no plan"
    assert prices.loc["LONG", "side"] == "lower"
    assert (prices.loc["LONG", "bound"], prices.loc["LONG", "volume"]) == (5.0, pytest.approx(5.0))


@pytest.mark.parametrize(("lever", "least", "words", "tightest"), [
    ("min_exposure", 6, "least volume of Long corridor (horizon): 1 Mt less",
     "the volume of corridor:LONG cannot go above 5 a year (asked: 6)"),
    ("min_share", 0.7, "least share of Long corridor (horizon): 0.6 Mt less",
     "the share of corridor:LONG cannot go above 0.6250 (asked: 0.7)"),
    ("min_share", {"least": 0.7, "over": "period"}, "least share of Long corridor (2023): 0.6 Mt less",
     "cannot go above 0.6250 in every period (asked: 0.7)"),
])  # fmt: skip
def test_a_repair_lowers_the_minimum(tmp_path: Path, lever: str, least: Any, words: str, tightest: str) -> None:
    with pytest.raises(InfeasibleError) as told:
        er.solve(toy(tmp_path, **{lever: {LONG: least}}))
    (repair,) = told.value.relaxations
    assert (repair["words"], repair["kind"], repair["side"]) == (words, "policy", "lower")
    assert tightest in str(told.value)


def test_a_minimum_hardly_above_what_can_be_had_is_told_with_its_digits(tmp_path: Path) -> None:
    """Its repair is below what counts as one; the words must not say that no limit is in the way."""
    with pytest.raises(InfeasibleError, match=r"cannot go above 5 a year \(asked: 5\.0000001\)") as told:
        er.solve(toy(tmp_path, min_exposure={LONG: 5.0000001}))
    assert "without any limit, or one is missed by less than a millionth of it: round its figure" in str(told.value)


@pytest.mark.parametrize(("policy", "name", "expected", "amount", "unit"), [
    ({"max_share": {LONG: 0.5}, "min_share": {LONG: 0.6}}, f"policy.min_share.{LONG} (oil, horizon): 60 % at least",
     f"50 % at most, as policy.max_share.{LONG} has it", 10, "pp"),
    ({"max_exposure": {LONG: {"cap": 3, "over": "period"}}, "min_exposure": {LONG: 4}},
     f"policy.min_exposure.{LONG} (oil, horizon): 4 Mt/y at least", "3 Mt/y at most", 1, "Mt/y"),
    ({"min_share": {LONG: 0.6, "oil/corridor:SHORT": 0.7}}, f"policy.min_share.{LONG} (oil, horizon): 60 % at least",
     f"100 % at most for oil/corridor:SHORT, {LONG} together, which ask for 130 %", 30, "pp"),
    ({"max_share": {LONG: 0}, "min_exposure": {LONG: {"least": 1, "over": "period"}}},
     f"policy.min_exposure.{LONG} (oil, period): 1 Mt/y at least", "0 % at most", 1, "Mt/y"),
    ({"max_exposure": {LONG: 0}, "min_share": {LONG: 0.1}}, f"policy.min_share.{LONG}", "0 Mt/y at most", 10, "pp"),
])  # fmt: skip
def test_contradictory_bounds_are_told_before_anything_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: dict[str, Any], name: str, expected: str, amount: float,
    unit: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("energy_routes.solving.loop.build_space", lambda *_: pytest.fail("solved in vain"))
    with pytest.raises(InfeasibleError) as told:
        er.solve(toy(tmp_path, **policy, exports="free"))
    (one,) = told.value.relaxations
    assert one["words"].startswith(name)
    assert f"; expected {expected}" in one["words"]
    assert one["words"].endswith(f"Lower the minimum by {amount} {unit}, or raise what stands against it.")
    assert (one["amount"], one["unit"], one["side"]) == (pytest.approx(amount), unit, "lower")


def test_bounds_that_go_together_are_no_contradiction(tmp_path: Path) -> None:
    # Transit is no partition, a bound of the family stands instead of the one for each, and 40 + 60 % are all.
    policy: dict[str, Any] = {
        "max_share": {LONG: 0.4},
        "min_share": {LONG: 0.9, "oil/corridor:LONG": 0.4, "corridor:SHORT": 0.6, "transit:RU": 0.6},
    }
    answer = best(toy(tmp_path, **policy))
    assert answer.total("flow", arc="LONG") == pytest.approx(0.4 * 8)


def test_a_minimum_of_a_market_at_home_is_refused(tmp_path: Path) -> None:
    case = toy(tmp_path, min_exposure={"market:EAST": 1})
    assert best(case).value == pytest.approx(3840)
    with pytest.raises(InfeasibleError, match=r"market:EAST .*: 1 Mt/y at least; expected a market abroad"):
        er.solve(case.set("market:EAST.export", "false"))


def test_check_tells_contradictions_of_a_model_and_of_its_scenarios(tmp_path: Path) -> None:
    policy = f"[policy]\nmax_share = {{ '{LONG}' = 0.5 }}\n"
    scenario = f"[scenario.more]\npolicy = {{ min_share = {{ '{LONG}' = 0.6 }} }}\n"
    done = CliRunner().invoke(app, ["check", str(write(tmp_path, model=policy + scenario))])
    assert done.exit_code == 3
    assert "'scenario.more.policy': policy.min_share.corridor:LONG" in done.stderr
    done = CliRunner().invoke(app, ["check", str(tmp_path / "model.toml"), "--set", f"policy.min_share.{LONG}=0.6"])
    assert done.exit_code == 4


def test_a_plan_that_breaks_a_minimum_is_found(tmp_path: Path) -> None:
    policy = {"min_exposure": {LONG: 4}, "min_share": {LONG: {"least": 0.45, "over": "period"}}}
    folder = er.solve(toy(tmp_path, **policy)).save(tmp_path / "saved")
    assert er.verify(folder).passed
    assert er.Plan.load(folder).case.policy.min_exposure == (Minimum("corridor", "LONG", 4.0),)
    file = folder / "inputs" / "case.json"
    case = json.loads(file.read_text("utf-8"))
    for lever, least, words in (("min_exposure", 4.1, "4 is below the least of 4.1"),
                                ("min_share", 0.51, "4 is below the least of 4.08")):  # fmt: skip
        changed = json.loads(json.dumps(case))
        changed["policy"][lever][0]["least"] = least
        file.write_text(json.dumps(changed), "utf-8")
        found = audit(folder).differences
        assert f"caps: {lever} {LONG} 2023…: {words}" in found


def test_spelt_like_a_cap_in_every_place(tmp_path: Path) -> None:
    model = f"""
        [policy]
        min_share = {{ "{LONG}" = "40 %" }}
        min_exposure = {{ "{LONG}" = {{ least = "300 kt/month", over = "period", family = "oil" }} }}
        """
    policy = er.load(write(tmp_path, model=model)).policy
    assert policy.min_share == (Minimum("corridor", "LONG", 0.4),)
    (volume,) = policy.min_exposure
    assert (volume.name, volume.least, volume.over) == ("oil/corridor:LONG", pytest.approx(3.6), "period")
    case = toy(tmp_path / "set").set(f"policy.min_exposure.oil/{LONG}", "300 kt/month")
    assert case.policy.min_exposure == (replace(volume, over="horizon"),)
    with pytest.raises(UsageError, match="unknown key 'cap'; expected least, over, family"):
        case.with_policy(min_exposure={LONG: {"cap": 2}})
    with pytest.raises(UsageError, match=r"min_share of 'corridor:LONG': 1\.2 is not a share from 0 to 1"):
        case.with_policy(min_share={LONG: 1.2})
    with pytest.raises(UsageError, match=r"min_exposure is a table of minima such as \{ 'corridor:BTC' = 2 \}"):
        case.with_policy(min_exposure=2)
    with pytest.raises(DataError, match=r"min_exposure': LONGER is not a group|LONGER is not a group"):
        er.load(write(tmp_path / "slip", model="[policy]\nmin_exposure = { 'corridor:LONGER' = 2 }\n"))


def test_a_frontier_follows_a_minimum_up_to_what_can_be(tmp_path: Path) -> None:
    curve = er.frontier(toy(tmp_path), f"policy.min_exposure.{LONG}", 1, 6)
    points = curve.points
    assert points["cap"].tolist() == pytest.approx([1, 2, 3, 5])
    assert points["netback"].tolist() == pytest.approx([3840, 3840, 3830, 3770])
    assert points["price_usd_per_t_exposure"].tolist()[1:3] == pytest.approx([-10, -30])
    assert curve.name == "volume of Long corridor"
    assert "no plan with exports held beyond 5" in curve.notes[0]
    done = CliRunner().invoke(app, ["frontier", str(tmp_path / "model.toml"), "--over", f"policy.min_share.{LONG}"])
    assert done.exit_code == 0, done.stderr  # from 0 to 1 unless told
    assert "62.50" in done.stdout


def test_a_contradiction_ends_a_frontier(tmp_path: Path) -> None:
    points = er.frontier(toy(tmp_path, max_share={LONG: 0.5}), f"policy.min_share.{LONG}", 0, 1).points
    assert points["cap"].iloc[-1] == pytest.approx(0.5)


def test_what_has_been_exported_already_counts(tmp_path: Path) -> None:
    """3 Mt a year are 3·90/365 a quarter; 0.1 are gone by LONG, so the rest must carry 3·90/365 − 0.1."""
    gone = [("arc", "LONG", "CRUDE", "2023-01", 0.1, "Mt"), ("arc", "SHORT", "CRUDE", "2023-01", 0.1, "Mt")]
    actuals = pd.DataFrame(gone, columns=["what", "id", "commodity", "period", "volume", "unit"])
    plan = er.solve(er.replan(months(toy(tmp_path, min_exposure={LONG: 3})), "2023-02", actuals))
    volumes = plan.groups[plan.groups["period"] == "total"].set_index("group")["volume"]
    assert volumes["LONG"] == pytest.approx(3 * 90 / 365 - 0.1)


def test_a_report_tells_the_least(tmp_path: Path) -> None:
    plan = er.solve(toy(tmp_path, min_exposure={LONG: 4}, min_share={"transit:RU": 0.3}))
    _, share, volume, *_ = basis.policy(subject_of(plan, None, None, None, "en")).bullets
    assert (share, volume) == ("Share of Russia (transit country) ≥ 30.0\xa0%",
                               "Volume a year of Long corridor (corridor) ≥ 4.0")  # fmt: skip


def test_the_first_screen_tells_what_a_minimum_costs(tmp_path: Path) -> None:
    model = str(write(tmp_path, model=f"[policy]\nmin_exposure = {{ '{LONG}' = 4 }}\n"))
    told = CliRunner().invoke(app, ["solve", model]).stdout
    assert "Minima cost 40.0 MUSD (5.00 USD/t exported): 40.0 for re-routing" in " ".join(told.split())
    (row,) = (line.split() for line in told.splitlines() if line.startswith("least volume of Long corridor"))
    assert row[-1] == "−30.0"


def test_a_group_without_a_name_bounds_nothing_and_is_refused(tmp_path: Path) -> None:
    for lever in ("min_share", "min_exposure", "max_share", "max_exposure"):
        for name in ("corridor:", 3):
            with pytest.raises(UsageError, match=f"{lever}: '{name}' is not kind:group"):
                toy(tmp_path, **{lever: {name: 0.4}})
