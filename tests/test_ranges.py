"""Ranges: how far volumes move among plans as good, or nearly; each end confirmed by solves of its own.

A confirmation knows nothing of the ranges: with a bound just inside an end the best plan loses no more than the band
allows, and with one just outside it loses more, or there is none.
"""

from __future__ import annotations

import copy
import itertools
import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from rest import first
from scipy.optimize import linprog
from test_builds import WITH
from test_cvar import BOOK, LOST
from test_security import TANK
from toy import months, toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.answer import Words
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import InfeasibleError, LimitError, UsageError
from energy_routes.linear.highs import deadline
from energy_routes.linear.programme import Program
from energy_routes.maps.data.payload import payload
from energy_routes.maps.data.scene import Scene, Strand
from energy_routes.maps.figure.layers import draw_flows
from energy_routes.maps.page.numbers import plan_numbers
from energy_routes.pack.units.families import OIL
from energy_routes.plan.plan import Plan, apart
from energy_routes.report.sections.answer import sentences
from energy_routes.report.sections.near import ranges as ranges_told
from energy_routes.report.subject import subject_of
from energy_routes.report.writing import report_html
from energy_routes.solving.loop import program_of, solve
from energy_routes.solving.ranges import near
from energy_routes.solving.ranges.asked import optimum_of

EQUAL = {"arcs": """
    id,from,to,name,capacity,tariff,length_km
    GATHER,FIELD,HUB,Gathering,20,1,10
    SHORT,HUB,EAST,Short way,6,30,1000
    LONG,HUB,WEST,Long way,5,40,3000
    """, "tiers": "market,tier,depth,discount\nWEST,1,unlimited,0"}  # fmt: skip
WAYS = ("SHORT", "LONG", "THIRD")
STEP = 1e-3  # Mt, on either side of an end


@pytest.fixture(scope="module")
def equal(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Two ways that earn 470 each: of 8 Mt, SHORT (6) takes 3 to 6 and LONG (5) the rest."""
    return toy(tmp_path_factory.mktemp("equal"), EQUAL)


@pytest.fixture(scope="module")
def plan(equal: Case) -> Plan:
    """The plan of it."""
    return solve(equal)


@pytest.fixture(scope="module")
def oil() -> Plan:
    return solve(er.load("oil-2024"))


def ends(table: pd.DataFrame, kind: str, name: str, within: str = "optimum", period: str = "total") -> list[float]:
    keys = {"kind": kind, "id": name, "within": within, "period": period}
    (row,) = table[np.logical_and.reduce([table[key] == value for key, value in keys.items()])].to_dict("records")
    return [row["low"], row["high"]]


def best(case: Case) -> float:
    """The optimum; −∞ where there is none."""
    try:
        return float(solve(case).objective)
    except InfeasibleError:
        return -np.inf


def confirm(case: Case, objective: float, table: pd.DataFrame, kinds: tuple[str, ...] = ("corridor",)) -> int:
    """Hold each end against solves with the group bounded on either side of it; how many ends there were."""
    case = case if case.policy.held else case.with_policy(exports="free")  # a bound would hold exports
    rows = table[table["kind"].isin(kinds) & (table["period"] == "total")].to_dict("records")
    for row in rows:  # bounds that bound nothing: all cases below differ in figures only, and have one structure
        for bound, nothing in (("min_exposure", 0.0), ("max_exposure", 1e4)):
            case = case.set(f"policy.{bound}.{row['kind']}:{row['id']}", nothing)
    for row in rows:
        at, floor = f"{row['kind']}:{row['id']}", objective - row["loss"] - 1e-6 * abs(objective)
        assert row["low"] - 1e-9 <= row["volume"] <= row["high"] + 1e-9
        assert best(case.set(f"policy.min_exposure.{at}", max(0.0, row["high"] - STEP))) >= floor, (at, "high")
        assert best(case.set(f"policy.min_exposure.{at}", row["high"] + STEP)) < floor, (at, "beyond high")
        assert best(case.set(f"policy.max_exposure.{at}", row["low"] + STEP)) >= floor, (at, "low")
        if row["low"] > STEP:
            assert best(case.set(f"policy.max_exposure.{at}", row["low"] - STEP)) < floor, (at, "below low")
    return len(rows)


def test_two_ways_of_equal_worth(equal: Case, plan: Plan) -> None:
    table = plan.ranges
    assert ends(table, "arc", "SHORT") == pytest.approx([3, 6])
    assert ends(table, "corridor", "LONG") == pytest.approx([2, 5])
    assert ends(table, "supply", "FIELD_CO") == pytest.approx([10, 10])
    (russia,) = table[(table["kind"] == "transit") & (table["loss"] == 0)].to_dict("records")
    assert (russia["share_low"], russia["share_high"]) == pytest.approx((3 / 8, 6 / 8))
    assert list(table["within"].unique()) == ["optimum", "0.1 USD/t", "1 USD/t"]
    assert table["loss"].unique() == pytest.approx([0, 0.8, 8])
    # Leaving a tonne in the ground loses 470 − 9 − 1 of it: 8 MUSD are 8/460 Mt.
    assert ends(table, "supply", "FIELD_CO", "1 USD/t")[0] == pytest.approx(10 - 8 / 460)
    assert confirm(equal, plan.objective, table) == 6
    told = set(zip(plan.could_be["kind"], plan.could_be["id"], strict=True))
    assert told == {("arc", "SHORT"), ("arc", "LONG"), ("corridor", "SHORT"), ("corridor", "LONG"), ("transit", "RU"),
                    ("market", "EAST"), ("market", "WEST"), ("delivery", "EAST"), ("delivery", "WEST")}  # fmt: skip


def test_a_share_of_a_whole_that_moves(tmp_path: Path) -> None:
    """Within 100 MUSD, 10/47 Mt may stay in the ground; the share of Russia is then 6 of the rest at most."""
    case = toy(tmp_path, EQUAL, exports="free")
    table = er.ranges(case, 100)
    (russia,) = table[table["kind"] == "transit"].to_dict("records")
    less = 8 - 100 / 460
    assert (russia["share_low"], russia["share_high"]) == pytest.approx(((less - 5) / less, 6 / less))
    assert ends(table, "transit", "RU", "100 MUSD") == pytest.approx([less - 5, 6])


def test_a_plan_that_is_the_only_one_costs_no_solve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("nothing has to be solved")

    monkeypatch.setattr(near, "Session", refuse)
    plan = solve(toy(tmp_path))
    assert plan.could_be.empty
    assert plan.tables()["ranges"].empty
    with pytest.raises(AssertionError, match="nothing has to be solved"):
        _ = plan.ranges  # other bands are not unique


def test_what_the_equalities_decide_costs_no_solve_and_is_what_solves_find(oil: Plan,
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum that they decide has equal ends when each is solved; so few are left that others need."""
    solves = []
    end = near.Near.end
    monkeypatch.setattr(near.Near, "end", lambda self, cost, sense: solves.append(sense) or end(self, cost, sense))
    told = er.ranges(oil, "optimum")
    few = len(solves)
    monkeypatch.setattr(near.Near, "determined", lambda self, weights: np.zeros(weights.shape[0], dtype=bool))
    solved = er.ranges(oil, "optimum")
    assert few < (len(solves) - few) / 3
    pd.testing.assert_frame_equal(told, solved, rtol=1e-7, atol=1e-7)
    assert len(apart(told)) == 22


def test_corridors_of_2024_are_unique_and_a_ship_from_novorossiysk_is_not(oil: Plan) -> None:
    """What was known before there was a table of ranges."""
    told = oil.could_be
    assert set(told["kind"]) == {"arc", "delivery", "home"}
    assert ends(told, "arc", "T_SHE_CON") == pytest.approx([0, 1.97], abs=1e-6)
    table = er.ranges(oil, ["optimum", "390 MUSD"])
    one = table[(table["kind"] == "corridor") & (table["loss"] == 0)]
    assert (one["high"] - one["low"]).max() < 1e-6
    assert ends(table, "corridor", "CPC", "390 MUSD") == pytest.approx([45.18, 65.80], abs=5e-3)
    assert ends(table, "corridor", "ATYRAU_SAMARA", "390 MUSD") == pytest.approx([0, 15], abs=1e-6)
    assert ends(table, "corridor", "BTC", "390 MUSD") == pytest.approx([0, 2.2], abs=1e-6)


@pytest.mark.exhaustive  # those of the toy are tried each time, and test_corridors_of_2024 knows what these are
def test_ends_of_2024_by_solves_with_bounds(oil: Plan) -> None:
    table = er.ranges(oil, "390 MUSD")
    some = table[table["id"].isin(["CPC", "BTC", "MAKHACHKALA"]) & (table["kind"] == "corridor")]
    assert confirm(oil.case, oil.objective, some) == 3


@pytest.mark.parametrize(("within", "name", "loss"), [
    (0, "0 MUSD", 0), (12.5, "12.5 MUSD", 12.5), ("12.5 MUSD", "12.5 MUSD", 12.5), ("1 %", "1 %", 42.0),
    ("0.5 USD/t", "0.5 USD/t", 4.0),
])  # fmt: skip
def test_bands_as_they_are_asked_for(plan: Plan, within: float | str, name: str, loss: float) -> None:
    """A USD a tonne is counted on the 8 Mt exported."""
    table = er.ranges(plan, within)
    assert table["within"].unique() == [name]
    assert table["loss"].unique() == pytest.approx([loss if "%" not in name else plan.objective / 100])


@pytest.mark.parametrize(("within", "words"), [
    (-1, "is negative"), ("-1 %", "is negative"), ("1 EUR", "in % of the objective, or in MUSD"), ("some", "no"),
    ("1 USD/bbl", "in % of the objective, or in MUSD"), ([], "nothing is asked for"), (float("nan"), "nan"),
    ("inf", "inf"), ("1 Mt", "MUSD"),
])  # fmt: skip
def test_what_is_no_band(plan: Plan, within: Any, words: str) -> None:
    with pytest.raises(UsageError, match="within") as raised:
        er.ranges(plan, within)
    assert words in str(raised.value)


def test_ranges_stop_at_a_time_limit(equal: Case, tmp_path: Path) -> None:
    with pytest.raises(LimitError, match=r"the time limit was reached before .* Raise the limit"):
        er.ranges(equal, time_limit=1e-9)
    assert len(er.ranges(equal, "optimum", time_limit=1e4)) == len(er.ranges(equal, "optimum"))


def test_what_could_be_is_left_out_where_there_is_no_time_for_it(
    equal: Case, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(solve(equal, time_limit=1e4).could_be)
    plan = solve(equal, time_limit=1e4)
    monkeypatch.setattr(deadline, "monotonic", iter(float(at) * 1e5 for at in range(10**6)).__next__)
    assert plan.could_be.empty
    assert "the time limit was reached before it was known" in caplog.text


def test_a_plan_that_holds_its_exports_is_verified_with_its_ranges(tmp_path: Path) -> None:
    """The proof of the plan that exports are held to is saved, too."""
    plan = solve(toy(tmp_path, EQUAL, max_share={"transit:RU": 0.5}))
    assert er.verify(plan.with_ranges(er.ranges(plan, ["optimum", 5])).save(tmp_path / "saved")).passed


@pytest.mark.parametrize("loss", first([20.0, 0.0], 1))
def test_a_cap_on_concentration_holds_at_each_end(tmp_path: Path, loss: float) -> None:
    """HHI ≤ 0.53 of two ways: the larger has at most ½ + √0.015 of 8 Mt."""
    case = toy(tmp_path, EQUAL, max_hhi={"corridor": 0.53})
    plan = solve(case)
    table = er.ranges(plan, ["optimum", loss] if loss else "optimum")
    most = 8 * (0.5 + np.sqrt(0.015))
    assert ends(table, "corridor", "LONG") == pytest.approx([8 - most, most], abs=1e-4)
    assert confirm(case, plan.objective, table[table["loss"] == loss]) == 2


def test_losses_that_are_guarded_against_stay_so(tmp_path: Path) -> None:
    """With SHORT out at most 45 % of exports are lost: LONG alone carries the rest, whatever SHORT carried."""
    case = toy(tmp_path, EQUAL, security={"outages": ["arc:SHORT"], "mode": "preventive", "delta": 0.45})
    plan = solve(case)
    table = plan.ranges
    assert ends(table, "corridor", "SHORT") == pytest.approx([3, 0.45 * 8])
    assert confirm(case, plan.objective, table[table["within"] == "1 USD/t"]) == 2


@pytest.mark.parametrize("mode", first(["preventive", "corrective"], 1))
def test_the_least_loss_keeps_its_value(tmp_path: Path, mode: str) -> None:
    lever = {"outages": ["arc:SHORT"], "mode": mode}
    case = toy(tmp_path, EQUAL, security={**lever, "delta": "min"})
    plan = solve(case)
    delta = plan.certificate["security_delta"]
    stated = case.with_policy(security={**lever, "delta": delta * (1 + 1e-9)})
    assert confirm(stated, plan.objective, er.ranges(plan, 10)) == 2


def test_other_futures_are_decided_anew(tmp_path: Path) -> None:
    case = toy(tmp_path, cvar={"scenarios": [LOST], "alpha": 0.75, "lambda": 0.3}, bookings=BOOK)
    plan = solve(case)
    assert confirm(case, plan.objective, er.ranges(plan, 50)) == 2


@pytest.mark.exhaustive
def test_builds_stay_or_are_opened(tmp_path: Path) -> None:
    """Without its builds the toy earns 5150 + …: within 3000 MUSD the third way may stay unbuilt."""
    case = toy(tmp_path, WITH, exports="free", build={})
    plan = solve(case)
    kept, opened = er.ranges(plan, 3000), er.ranges(plan, 3000, builds=True)
    assert ends(kept, "arc", "THIRD", "3000 MUSD")[0] == pytest.approx(6 - (3000 - 0) / 475, abs=1.0)
    assert ends(opened, "arc", "THIRD", "3000 MUSD") == pytest.approx([0, 6], abs=1e-3)
    assert confirm(case, plan.objective, opened) == 2
    assert opened["gap"].max() <= 1e-4
    assert set(opened["kind"]) & {"route"} == set()
    assert (kept["gap"] == 0).all()


@pytest.mark.parametrize("most", first([0.0, 5.0, 4.0, 6.5], 1))
def test_what_is_built_may_stand_idle_beside_an_old_way_that_is_not_full(most: float, tmp_path: Path) -> None:
    """The wider way carries 8 Mt, 3 of them in what was added: less than its old 5 Mt is another case of that rule."""
    case = toy(tmp_path, WITH, exports="free", build={})
    plan = solve(case)
    other = solve(case, constraints=lambda model: iter([
        model.sum("built", option="WIDER") == 1, model.sum("built", option="NEW") == 2,
        model.sum("flow", arc="LONG") <= most]))  # fmt: skip
    loss = round(plan.objective - other.objective)
    within, short = (ends(er.ranges(plan, near), "arc", "LONG", f"{near} MUSD") for near in (loss + 1, loss - 9))
    assert within[0] == pytest.approx(most, abs=0.02)
    assert short[0] > most + 1e-3


def test_whole_numbers_are_asked_for_only_where_another_old_way_may_be_full(tmp_path: Path) -> None:
    """3 of the 8 Mt of the wider way pay 30 less, since its old 5 Mt are full: a plan that says otherwise loses 90."""
    optimum, _ = optimum_of(solve(toy(tmp_path, WITH, exports="free", build={})))
    assert optimum.standing(89) is optimum.program
    assert optimum.standing(91).integer.any()


def test_what_could_be_built_is_verified(tmp_path: Path) -> None:
    """Nothing is built for 30,000 MUSD; within 8,000 a year the way could be wider by 4 Mt, beyond its capacity."""
    dear = {**WITH, "options": WITH["options"].replace("4,100,,", "4,30000,,")}
    plan = solve(toy(tmp_path, dear, exports="free", build={}))
    table = er.ranges(plan, ["optimum", 8000], builds=True)
    assert ends(table, "arc", "LONG", "8000 MUSD")[1] == pytest.approx(9)
    assert er.verify(plan.with_ranges(table).save(tmp_path / "saved")).passed


def test_periods_add_up_where_nothing_joins_them(equal: Case) -> None:
    plan = solve(months(equal))
    table = er.ranges(plan, "optimum", by_period=True)
    each = [ends(table, "corridor", "SHORT", period=period.label) for period in plan.case.periods]
    assert np.sum(each, axis=0) == pytest.approx(ends(table, "corridor", "SHORT"))
    assert set(er.ranges(plan, "optimum")["period"]) == {"total"}


def test_the_most_of_a_route(plan: Plan) -> None:
    """All of SHORT may be full; of the two routes each can have what its way takes, and no least is told."""
    table = plan.ranges
    routes = table[(table["kind"] == "route") & (table["loss"] == 0)].set_index("id")
    assert routes.loc["FIELD_CO;GATHER;SHORT;EAST", "high"] == pytest.approx(6)
    assert routes.loc["FIELD_CO;GATHER;LONG;WEST", "high"] == pytest.approx(5)
    assert routes["low"].isna().all()
    assert (routes["high"] >= routes["volume"] - 1e-9).all()


def test_a_route_that_begins_in_a_tank_has_no_range(tmp_path: Path) -> None:
    """The tank gives the 2 Mt that it holds at first; what comes from the well can fill both ways."""
    tank = "id,node,working_volume,opening,closing\nTANK,HUB,3,2,free"
    table = er.ranges(toy(tmp_path, {**EQUAL, "storages": tank}), "optimum")
    routes = table[table["kind"] == "route"].set_index("id")["high"]
    assert routes.to_dict() == pytest.approx(
        {"FIELD_CO;GATHER;SHORT;EAST": 6, "FIELD_CO;GATHER;LONG;WEST": 5, "FIELD_CO;GATHER;HOME": 2})


def test_the_most_of_a_route_through_a_tank(tmp_path: Path) -> None:
    """What went into the tank in one month comes out in another and is marked still."""
    case = months(toy(tmp_path, {**EQUAL, **TANK}))
    table = solve(case).ranges
    routes = table[(table["kind"] == "route") & (table["loss"] == 0)].set_index("id")
    arcs = {"FIELD_CO;GATHER;SHORT;EAST": "SHORT", "FIELD_CO;GATHER;LONG;WEST": "LONG"}
    for route, arc in arcs.items():
        assert routes.loc[route, "volume"] - 1e-9 <= routes.loc[route, "high"] <= ends(table, "arc", arc)[1] + 1e-9


@pytest.mark.parametrize("name", first(["gas-2024", "oil-2024"], 1))
def test_every_plan_lies_within_its_ranges(name: str) -> None:
    table = er.ranges(solve(er.load(name)), ["optimum", "0.5 %"])
    volumes = table[table["kind"] != "route"]
    assert (volumes["low"] <= volumes["volume"] + 1e-6).all()
    assert (volumes["high"] >= table.loc[volumes.index, "volume"] - 1e-6).all()
    shares = volumes.dropna(subset=["share"])
    assert (shares["share_low"] <= shares["share"] + 1e-6).all()
    assert (shares["share_high"] >= shares["share"] - 1e-6).all()
    first, second = (table[(table["within"] == w) & (table["kind"] != "route")].set_index(
        ["kind", "id", "family", "commodity"]) for w in ("optimum", "0.5 %"))
    assert first.index.equals(second.index)
    assert (second["low"] <= first["low"] + 1e-6).all()
    assert (second["high"] >= first["high"] - 1e-6).all()


def test_a_plan_of_a_compiled_case_keeps_its_ranges_when_others_are_solved(equal: Case) -> None:
    compiled = er.compile(equal)
    first = compiled.solve({"arc:SHORT.capacity": 5})
    second = compiled.solve({"arc:SHORT.capacity": 4, "arc:LONG.tariff": 39})
    for plan, low, high in ((first, 3, 5), (second, 3, 3)):
        assert ends(er.ranges(plan, "optimum"), "arc", "SHORT") == pytest.approx([low, high])
        pd.testing.assert_frame_equal(plan.ranges, solve(plan.case).ranges)


def test_what_is_saved_does_not_depend_on_what_was_read(equal: Case, tmp_path: Path) -> None:
    plan = solve(equal)
    before = plan.tables()["ranges"]
    assert set(plan.ranges["within"]) != set(before["within"])
    for again in (plan, pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan)):
        pd.testing.assert_frame_equal(again.tables()["ranges"], before)
        pd.testing.assert_frame_equal(again.could_be, plan.could_be)
        pd.testing.assert_frame_equal(again.ranges, plan.ranges)
    saved = er.Plan.load(plan.save(tmp_path / "saved"))
    assert saved.could_be["high"].tolist() == plan.could_be["high"].tolist()
    assert er.ranges(saved, "optimum")["high"].tolist() == er.ranges(plan, "optimum")["high"].tolist()


def test_a_plan_keeps_the_ranges_it_is_given(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="optimum"):
        plan.with_ranges(er.ranges(plan, "1 %"))
    told = plan.with_ranges(er.ranges(plan, ["optimum", "1 %"]))
    assert set(told.tables()["ranges"]["within"]) == {"optimum", "1 %"}
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(told)).tables()["ranges"], told.ranges)
    assert set(er.ranges(told, 7)["within"]) == {"7 MUSD"}
    saved = told.save(tmp_path / "saved")
    assert set(er.Plan.load(saved).ranges["within"]) == {"optimum", "1 %"}
    assert er.verify(saved).passed
    assert len(json.loads((saved / "summary.json").read_text("utf-8"))["ranges"]) == len(told.ranges)


def test_a_result_whose_constraints_are_lost_is_refused(equal: Case, tmp_path: Path) -> None:
    def less(model: Any) -> Any:
        yield model.flow["GATHER"] <= 5

    plan = solve(equal, constraints=less)
    assert ends(plan.ranges, "arc", "GATHER")[1] == pytest.approx(5)
    assert ends(er.ranges(pickle.loads(pickle.dumps(plan)), 1), "arc", "GATHER", "1 MUSD")[1] == pytest.approx(5)
    saved = er.Plan.load(plan.save(tmp_path / "saved"))
    with pytest.raises(UsageError, match="Ask of the plan that solve returned"):
        er.ranges(saved)


def test_solve_tells_what_could_be(equal: Case, tmp_path: Path) -> None:
    toy(tmp_path, EQUAL)
    run = CliRunner()
    plain = run.invoke(app, ["solve", str(tmp_path / "model.toml")])
    assert "Could be, in plans as good: Russia 3.00–6.00 Mt (37.5–75.0 % of exports)" in " ".join(plain.stdout.split())
    more = run.invoke(app, ["solve", str(tmp_path / "model.toml"), "--within", "5 MUSD", "--json"])
    told = {(row["within"], row["id"]): row for row in json.loads(more.stdout)["ranges"] if row["kind"] == "corridor"}
    assert told["5 MUSD", "SHORT"]["low"] == pytest.approx(3 - 5 / 460)
    shown = run.invoke(app, ["solve", str(tmp_path / "model.toml"), "--show", "indicators,corridors,ranges"]).stdout
    assert "Russia 75.0 % (could be 37.5–75.0)" in shown
    assert "3.00–6.00" in shown
    refused = run.invoke(app, ["solve", str(tmp_path / "model.toml"), "--ranges", "--solver", "cbc"])
    assert refused.exit_code == 2


def test_alternatives_stand_as_far_apart_as_can_be(equal: Case, tmp_path: Path) -> None:
    """SHORT carries 6 of 8: farthest is 3, then 4.5 between the two, then 3.75 or 5.25: by distances 6, 3, 1.5."""
    found = er.alternatives(equal, "optimum", 3)
    assert found.plans["distance"].tolist()[1:] == pytest.approx([6, 3, 1.5], rel=1e-4)
    assert found.plans["gives_up"].tolist() == pytest.approx([0] * 4, abs=1e-5)
    short = found.corridors[found.corridors["corridor"] == "SHORT"]["volume"].tolist()
    assert short[:3] == pytest.approx([6, 3, 4.5], abs=1e-3)
    named = ["the best plan", "less Short corridor by 3.00, more Long corridor by 3.00"]
    assert found.plans["name"].tolist()[:2] == named
    assert found.plans["name"].is_unique
    second = found.plan(2)
    assert (second.status, second.netback) == ("feasible", pytest.approx(found.plan(1).netback))
    assert second.groups.set_index(["group", "period"]).loc[("SHORT", "total"), "volume"] == pytest.approx(3, abs=1e-6)
    saved = json.loads((found.save(tmp_path) / "alternatives.json").read_text("utf-8"))
    assert (saved["within"], len(saved["plans"]), len(saved["corridors"])) == ("optimum", 4, 8)
    for number in (0, 5):
        with pytest.raises(UsageError, match="there is no plan"):
            found.plan(number)
    with pytest.raises(UsageError, match="expected 1 to 6"):
        er.alternatives(equal, "optimum", 7)


@pytest.mark.parametrize(("table", "levers"), first([
    ("security", {"security": {"outages": ["arc:SHORT"], "mode": "preventive", "delta": 0.45}}),
    ("bookings", {"cvar": {"scenarios": [LOST], "alpha": 0.75, "lambda": 0.3}, "bookings": BOOK}),
], 1))  # fmt: skip
def test_an_alternative_tells_all_that_a_plan_tells(table: str, levers: dict[str, Any], tmp_path: Path) -> None:
    """Losses guarded against, bookings and futures, and what caps cost: saved, it is verified."""
    found = er.alternatives(toy(tmp_path, EQUAL, **levers), 50, 1)
    second, best = found.plan(2), found.plan(1)
    assert len(getattr(second, table)) == len(getattr(best, table)) > 0
    assert (second.premium is not None) == (table == "security")
    assert er.verify(second.save(tmp_path / "result")).passed


def test_there_may_be_no_alternative(tmp_path: Path) -> None:
    found = er.alternatives(toy(tmp_path), "optimum")
    assert len(found.plans) == 1
    assert "there are none" in repr(found)
    told = CliRunner().invoke(app, ["alternatives", str(tmp_path / "model.toml"), "--within", "optimum"])
    assert "There are none" in told.stdout
    told = CliRunner().invoke(app, ["alternatives", str(tmp_path / "model.toml"), "--within", "200 MUSD", "-n", "1"])
    assert "less Short corridor, more Long corridor" in told.stdout
    assert "Mt" in told.stdout.splitlines()[2].split()  # of "differs by", below it


def test_lines_stand_in_where_there_are_no_corridors(tmp_path: Path) -> None:
    """SHORT takes 3 to 6 of the 8 Mt, LONG the rest: the same plans as with corridors."""
    none = {"groups": "kind,group,name\ntransit,RU,Russia",
            "meters": "kind,group,arc,market,commodity\ntransit,RU,SHORT,,"}
    found = er.alternatives(toy(tmp_path, {**EQUAL, **none}), "optimum", 2)
    assert set(found.corridors["kind"]) == {"arc"}
    assert found.plans["distance"].tolist()[1:] == pytest.approx([6, 3], rel=1e-4)
    short = found.corridors[found.corridors["corridor"] == "SHORT"]["volume"].tolist()
    assert short == pytest.approx([6, 3, 4.5], abs=1e-3)
    told = CliRunner().invoke(app, ["alternatives", str(tmp_path / "model.toml"), "--within", "optimum"]).stdout
    assert "less Short way by 3.00, more Long way by 3.00" in told
    assert "\nline " in told


def test_the_farthest_plan_by_every_set_of_signs(tmp_path: Path) -> None:
    """Three corridors and home: a linear programme of scipy's for each set of signs, over our arrays."""
    arcs = EQUAL["arcs"] + "THIRD,HUB,WEST,Third way,4,42,3000\n"
    groups = "kind,group,name\ncorridor,SHORT,Short corridor\ncorridor,LONG,Long corridor\ncorridor,THIRD,Third way"
    meters = "kind,group,arc,market,commodity\n" + "\n".join(f"corridor,{way},{way},," for way in WAYS)
    case = toy(tmp_path, {**EQUAL, "arcs": arcs, "groups": groups, "meters": meters})
    program = program_of(case)
    (_, best), loss = scipy_optimum(program, program.cost), 10.0
    near = np.vstack([flows_of(program, way) for way in WAYS])
    start = solve(case).groups.set_index(["group", "period"])["volume"]
    own = np.array([start[way, "total"] for way in WAYS])
    most = 0.0
    for signs in itertools.product([-1.0, 1.0], repeat=3):
        x, _ = scipy_optimum(program, np.array(signs) @ near, floor=best - loss)
        most = max(most, float(np.array(signs) @ (near @ x - own)))
    found = er.alternatives(case, loss, 1)
    assert found.plans["distance"].tolist()[1] == pytest.approx(most, rel=1e-4)


def flows_of(program: Program, arc: str) -> Any:
    """A weight of one on each column of the flow in an arc."""
    block, out = program.column_block("flow"), np.zeros(program.shape[1])
    out[block.slice] = (block.axis.frame["arc"].astype(str) == arc).to_numpy(dtype=float)
    return out


def scipy_optimum(program: Program, cost: Any, floor: float | None = None) -> tuple[Any, float]:
    """The most of ``cost`` in a programme that is maximised, its own objective at least ``floor``."""
    rows, low, high = program.matrix.toarray(), program.row_lower, program.row_upper
    if floor is not None:
        rows, high = np.vstack([rows, program.cost]), np.append(high, np.inf)
        low = np.append(low, floor - program.offset)
    up, down = np.isfinite(high), np.isfinite(low)
    found = linprog(-cost, A_ub=np.vstack([rows[up], -rows[down]]), b_ub=np.concatenate([high[up], -low[down]]),
                    bounds=list(zip(program.col_lower, program.col_upper, strict=True)))  # fmt: skip
    assert found.status == 0
    return found.x, float(cost @ found.x) + (program.offset if floor is None else 0.0)


def test_maps_hatch_what_could_be_otherwise(equal: Case, plan: Plan) -> None:
    """Between least and most; over the whole horizon alone, since periods have no ranges of their own there."""
    data = payload(plan)
    assert data.ends["SHORT"] == pytest.approx((3, 6))
    assert "GATHER" not in data.ends
    plan = solve(months(equal))
    assert payload(plan).ends
    assert payload(plan, plan.case.periods[0].label).ends == {}
    spans = [[p.label for p in plan.case.periods]]
    told = plan_numbers(plan, ["SHORT", "GATHER"], spans, payload(plan).doubted, Words.of())
    assert told["could"][0] == pytest.approx(payload(plan).ends["SHORT"], rel=1e-5)
    assert told["could"][1] is None
    line = np.array([[0.0, 0.0], [100.0, 0.0]])
    whole = Strand("SHORT", line, "flow", OIL, 6.0, 0.0, "#000000")
    figure = Figure()
    for strand, strokes in ((whole, 2), (replace(whole, least=3.0, most=6.0), 3), (replace(whole, most=6.0), 2)):
        ax = figure.subplots()
        draw_flows(ax, Scene((strand,), (), (), {}), 1.0)
        drawn = [(own.get_linewidth(), own.get_linestyle()) for own in ax.get_lines()]
        assert len(drawn) == strokes
        assert ("--" in [style for _, style in drawn]) == (strand.most > 0)


def test_the_report_tells_what_could_be_otherwise(plan: Plan) -> None:
    page = report_html(plan)
    assert "In plans as good" in page
    assert "In plans that lose" not in page
    told = " ".join(sentences(subject_of(plan, None, None, None, "en")))
    assert "Could be, in plans as good: Russia 3.00–6.00 Mt (37.5–75.0 % of exports)" in told
    assert "Short corridor carries 75 % (could be 37.5–75.0)" in told
    assert "could be 37.5–75.0 %" in page  # beside the key number
    assert "3.00–6.00" in page  # beside the corridor
    assert "37.5–75.0\xa0%" in page  # beside the country


def test_the_report_has_a_table_of_each_band_that_was_saved(plan: Plan, tmp_path: Path) -> None:
    plan = er.Plan.load(plan.with_ranges(er.ranges(plan, ["optimum", "1 USD/t"])).save(tmp_path / "saved"))
    section = ranges_told(subject_of(plan, None, None, None, "ru"))
    assert section is not None
    captions = ["В столь же хороших планах", "В планах с потерей не больше 1 долл./т (8,0 млн долл.)"]
    assert [table.caption for table in section.tables] == captions
    best, near = ({row[0]: row for row in table.rows} for table in section.tables)
    assert best["Россия"][2:] == ("6,000", "3,000", "6,000", "млн т", "75,0", "37,5", "75,0")
    assert near["Short corridor"][3] == "2,983"  # 8 MUSD are 8/460 Mt that stay in the ground
    assert "FIELD_CO supply at Field, Crude" not in best  # decided there, and open within the band
    free = plan.ranges.query("loss > 0 and high - low > 1e-6")
    assert len(near) == len(free) + 1  # and the route that may carry more


def test_periods_with_ranges_of_their_own_do_not_stand_in_for_the_horizon(equal: Case) -> None:
    plan = solve(months(equal))
    told = plan.with_ranges(er.ranges(plan, "optimum", by_period=True))
    pd.testing.assert_frame_equal(told.could_be, plan.could_be)
    assert payload(told).ends == payload(plan).ends


def test_plans_with_builds_may_leave_an_old_line_open() -> None:
    """Beside what is built, other old lines may be full than in the best plan."""
    found = er.alternatives(er.load("russian-transit-80"), within="1 %", n=2)
    best = found.plan(1).netback
    for at, gives_up in zip((2, 3), found.plans["gives_up"].iloc[1:], strict=True):
        assert best - found.plan(at).netback == pytest.approx(gives_up, rel=1e-6)
        assert 0 < gives_up <= found.loss * (1 + 1e-9)
