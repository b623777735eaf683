"""After an event that nobody foresaw, groups that it does not hit carry little more than planned at first."""

from __future__ import annotations

import json
import shutil
import textwrap
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from rest import first
from toy import TABLES, months, toy
from toy_doubts import struck as storm

import energy_routes as er
from energy_routes.case import Case, ramped, unforeseen
from energy_routes.case.disruptions.hit import groups_hit
from energy_routes.errors import DataError, UsageError, VerificationError
from energy_routes.formulation import Structure
from energy_routes.linear import Session
from energy_routes.network import Edit
from energy_routes.solving.loop import solve
from energy_routes.solving.reuse import compiled
from energy_routes.studies.kinks.shift import AGAINST

RAMPS = {"ramps": "kind,group,month,volume\ncorridor,LONG,1,0.1\ncorridor,LONG,2,0.2\ncorridor,SHORT,1,0"}
MARCH, APRIL, MAY = "2023-03", "2023-04", "2023-05"


def struck(
    folder: Path, months: tuple[str, ...] = (MARCH, APRIL), event: str = "storm", periods: str = "month",
    policy: str = "",
) -> Case:  # fmt: skip
    """The toy by month, its short way shut in some months: SHORT carries 6 and LONG 2 of the 8 Mt a year otherwise."""
    named = f'event = "{event}"\n' if event else ""
    model = (f'periods = "{periods}"\n{policy}\n[[edit]]\ntarget = "arc:SHORT"\nstatus = {{ set = "idle" }}\n'
             f'reason = "shut"\nperiods = {list(months)}\n{named}')
    return toy(folder, RAMPS, model=model)


def carried(plan: er.Plan, group: str) -> pd.Series:
    groups = plan.groups[(plan.groups["kind"] == "corridor") & (plan.groups["group"] == group)]
    return groups.set_index("period")["volume"]


def test_what_moves_over_grows_month_by_month(tmp_path: Path) -> None:
    """LONG takes 2/12 Mt a month and 0.1 more in March, 0.2 in April; of 5/12 the rest stays empty."""
    plan = solve(struck(tmp_path))
    long = carried(plan, "LONG")
    assert long[MARCH] == pytest.approx(2 * 31 / 365 + 0.1)
    assert long[APRIL] == pytest.approx(2 * 30 / 365 + 0.2)
    assert long[MAY] == pytest.approx(2 * 31 / 365)
    shut = plan.supplies.set_index("period")["shut_in"]
    assert shut[MARCH] == pytest.approx(6 * 31 / 365 - 0.1)
    assert shut[MAY] == pytest.approx(0.0)
    table = plan.ramps.set_index("period")
    assert table["month"].to_dict() == {MARCH: "1", APRIL: "2"}
    assert table["reference"].tolist() == pytest.approx([2 * 31 / 365, 2 * 30 / 365])
    assert plan.tables()["ramps"].equals(plan.ramps)


def test_one_more_of_a_ramp_is_worth_what_the_way_nets(tmp_path: Path) -> None:
    """On LONG beyond the 3 Mt a year of its first tier: 510 - 20 - 50 - 1 - 9 = 430 USD/t."""
    found = solve(struck(tmp_path)).prices["ramp"].set_index("period")
    told = found.loc[MARCH, ["name", "side", "unit"]].tolist()
    assert told == ["ramp of Long corridor after storm", "upper", "USD/t"]
    assert found["price"].tolist() == pytest.approx([430.0, 430.0])
    assert found["bound"].tolist() == pytest.approx([2 * 31 / 365 + 0.1, 2 * 30 / 365 + 0.2])
    assert found["volume"].tolist() == pytest.approx(found["bound"].tolist())


@pytest.mark.parametrize(("event", "periods", "months"), [("", "month", (MARCH,)), ("storm", "year", ("2023",))])
def test_what_is_foreseen_and_what_takes_a_year_has_no_ramp(
    tmp_path: Path, event: str, periods: str, months: tuple[str, ...]
) -> None:
    case = struck(tmp_path, months, event, periods)
    plan = solve(case)
    assert not ramped(case)
    assert plan.ramps.empty
    assert "ramps" not in plan.tables()
    period = months[0]
    assert carried(plan, "LONG")[period] == pytest.approx(5 * (31 / 365 if periods == "month" else 1.0))


def test_an_outage_may_be_one_that_nobody_foresaw(tmp_path: Path) -> None:
    case = toy(tmp_path, RAMPS, model='periods = "month"').outage("SHORT", [MARCH], event="storm")
    assert carried(solve(case), "LONG")[MARCH] == pytest.approx(2 * 31 / 365 + 0.1)


def test_ramps_stand_behind_a_plan_only_after_an_event(tmp_path: Path) -> None:
    for event, tables in (("storm", {"ramps"}), ("", set())):
        case = struck(tmp_path / f"of {event}", event=event)
        assert set(er.sources(case)["table"]) & {"ramps", "owners"} == tables


def test_after_its_last_month_there_is_no_ramp(tmp_path: Path) -> None:
    plan = solve(struck(tmp_path, (MARCH, APRIL, MAY)))
    assert carried(plan, "LONG")[MAY] == pytest.approx(5 * 31 / 365)


def test_two_events_have_a_reference_each(tmp_path: Path) -> None:
    """The reference of one has the edits of the other: without the fire LONG carries 0.1 more than planned in March."""
    case = struck(tmp_path, (MARCH,))
    fire = Edit("supplies", "FIELD_CO", "available", "scale", 0.9, (APRIL,), "fire", event="fire")
    case = replace(case, network=case.network.with_edits(fire))
    assert [(event.name, event.months) for event in unforeseen(case)] == [("storm", (MARCH,)), ("fire", (APRIL,))]
    plan = solve(case)
    assert set(plan.ramps["event"]) == {"storm"}  # a field hits every way that it feeds
    assert carried(plan, "LONG")[MARCH] == pytest.approx(2 * 31 / 365 + 0.1)


def test_a_group_is_hit_up_and_down_its_way(tmp_path: Path) -> None:
    case = toy(tmp_path, RAMPS)

    def hit(table: str, name: str) -> set[str]:
        found = groups_hit(case.network, [Edit(table, name, "capacity", "set", 0.0)], case.periods)
        return {group for kind, group in found if kind == "corridor"}

    assert hit("arcs", "SHORT") == hit("markets", "EAST") == {"SHORT"}
    assert hit("arcs", "GATHER") == hit("supplies", "FIELD_CO") == {"SHORT", "LONG"}
    assert hit("tiers", "WEST/1") == hit("lanes", "LONG/CRUDE") == {"LONG"}
    assert hit("options", "ANY") == set()


def test_a_cap_keeps_the_ramp_and_holds_what_can_be_exported_with_it(tmp_path: Path) -> None:
    plan = solve(struck(tmp_path, policy='[policy.max_share]\n"transit:RU" = 0.9'))
    assert carried(plan, "LONG")[MARCH] == pytest.approx(2 * 31 / 365 + 0.1)


CHANGES: tuple[dict[str, float | str], ...] = (
    {}, {"arc:LONG.tariff": 60.0}, {"arc:SHORT.tariff": 200.0, "arc:LONG.capacity": 4.0},
    {"supply:FIELD_CO.available": 6.5}, {"ramp:corridor/LONG/1.volume": 0.3},
    {"arc:LONG.status": "idle"}, {"policy.max_share.transit:RU": 0.8},
)  # fmt: skip


@pytest.mark.parametrize("policy", first([
    '[policy.max_share]\n"transit:RU" = 0.9', "", '[policy]\nexports = "free"\nmax_hhi.corridor = 0.6',
], 1))  # fmt: skip
def test_a_structure_is_kept_of_the_plan_and_of_its_reference(tmp_path: Path, policy: str) -> None:
    """What a change makes of the reference is in the ramps, whatever was solved before."""
    case = struck(tmp_path, policy=policy)
    compiled = er.compile(case)
    assert not compiled.plain
    changes = CHANGES[:4] if policy else CHANGES
    told = compiled.solve_many(changes, ["objective", "volume.corridor:LONG", "cost"])
    for change, row in zip(changes, told.itertuples(index=False), strict=True):
        own = case.set_all(change)
        fresh, kept = solve(own), compiled.solve(change)
        total = carried(fresh, "LONG")["total"]
        free = fresh.premium["cost"] if own.policy.asked else 0.0
        assert row[2:] == pytest.approx((fresh.objective, total, free), abs=1e-8), change
        assert kept.objective == pytest.approx(fresh.objective, rel=1e-11)
        pd.testing.assert_frame_equal(kept.ramps, fresh.ramps, rtol=0, atol=1e-9)
        if not own.policy.max_hhi:
            assert compiled.optimum(own).solution.objective == pytest.approx(fresh.objective, rel=1e-11)


def test_the_reference_of_a_kept_structure_is_that_of_the_one_plan(tmp_path: Path) -> None:
    """Without the storm THIRD takes half of the 2 Mt a year that LONG, which passes a strait, would take alone.

    With it the strait is passed by that and 0.1 Mt more in March.
    """
    tables = {
        "arcs": TABLES["arcs"] + "THIRD,HUB,WEST,Third way,5,50,3000\n",
        "groups": TABLES["groups"] + "chokepoint,STRAIT,Strait\n",
        "meters": TABLES["meters"] + "corridor,LONG,THIRD,,\nchokepoint,STRAIT,LONG,,\n",
        "ramps": "kind,group,month,volume\nchokepoint,STRAIT,1,0.1",
    }
    case = months(toy(tmp_path, {name: textwrap.dedent(text) for name, text in tables.items()}))
    case = replace(case, periods=case.periods[2:]).outage("SHORT", [MARCH], event="storm")
    (row,) = er.compile(case).solve_many([{}], ["objective", "volume.chokepoint:STRAIT"]).itertuples(index=False)
    assert row[-1] == pytest.approx(31 / 365 + 0.1)
    assert row[-2] == pytest.approx(solve(case).objective)


@pytest.mark.exhaustive
def test_a_kept_structure_serves_every_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of two ways the reference takes is not the same in every draw; two structures serve them all."""
    case = er.load(storm(tmp_path))
    made: list[Structure] = []
    monkeypatch.setattr(compiled, "Structure", lambda *given: made.append(Structure(*given)) or made[-1])
    found = er.sweep(case, 24, seed=3)
    assert len(made) == 2
    south = []
    for row, _, _, own, _ in found.experiment.rows(0, 24):
        plan = solve(own)
        south.append(carried(plan, "SOUTH")[MARCH])
        fresh = [plan.netback, plan.exports["oil"], carried(plan, "SOUTH")["total"]]
        names = ["netback", "exports.oil", "volume.corridor:SOUTH"]
        assert found.data.loc[row, names].tolist() == pytest.approx(fresh, abs=1e-9)
    assert {round(volume, 2) for volume in south} == {0.1, 0.68}  # 8 Mt a year are 0.68 in March


def test_a_figure_is_followed_with_its_reference_as_it_is(tmp_path: Path) -> None:
    """LONG carries 2 Mt more than planned at the most, and it is 430 USD/t that a tonne nets there."""
    kept = er.compile(struck(tmp_path))
    change = {"arc:LONG.tariff": 10.0}  # with it all that can would go by LONG without the event
    numbers = kept.at(change)
    assert numbers.reference["storm", "corridor", "LONG", "oil", MARCH] == pytest.approx(5 * 31 / 365)
    held, moved = kept.form(kept.changed(change)), numbers.form
    assert (held.row_upper < moved.row_upper).sum() == 2  # a ramp in March and one in April
    assert kept.maps.figures["table"].eq("reference").sum() == 2  # of LONG in two months
    found = er.ranging(kept.case)
    assert AGAINST in found.notes
    assert AGAINST in er.explain(kept.case, "arc:LONG").notes
    ranged = found.figures.set_index("path")
    now = kept.solve().objective
    for part, column in ((-1, "minus_10"), (1, "plus_10")):
        tariff = kept.form(kept.changed({"arc:LONG.tariff": 50.0 + part * 5.0}))
        assert ranged.loc["arc:LONG.tariff", column] == pytest.approx(Session(tariff).solve().objective - now)
    calm = er.compile(struck(tmp_path, event=""))
    assert calm.plan_of(kept.case).netback == pytest.approx(solve(kept.case).netback)
    assert calm.solve().netback > solve(kept.case).netback + 1.0


def test_a_cap_that_readies_other_ways_for_the_event_may_cost_nothing_and_the_curve_says_so(tmp_path: Path) -> None:
    """With a least volume LONG carries 3 of 8 Mt beforehand, so that more of it is there when SHORT is shut."""
    case = struck(tmp_path, policy='[policy]\nexports = "free"')
    curve = er.frontier(case, "policy.min_exposure.corridor:LONG", 0, 3, unit="Mt/y", samples=4)
    lost = curve.points["cost"].dropna()
    assert lost.min() < -1
    assert [note for note in curve.notes if "the curve may fall and rise again" in note]
    assert not er.frontier(toy(tmp_path / "calm", exports="free"), "policy.min_exposure.corridor:LONG", 0, 3).notes


def test_several_futures_are_refused_beside_an_event(tmp_path: Path) -> None:
    policy = """
        [policy]
        exports = "free"
        [policy.cvar]
        scenarios = [{ name = "out", probability = 0.1, outages = ["SHORT"] }]
        """
    with pytest.raises(UsageError, match=r"the event 'storm' is unforeseen, and policy\.cvar weighs futures"):
        solve(struck(tmp_path, policy=policy))
    with pytest.raises(UsageError, match="has an unforeseen event, and regret weighs scenarios that are foreseen"):
        er.regret({"storm": struck(tmp_path)}, {"arcs": ["arc:LONG"]})


def test_security_is_asked_of_the_plan_with_its_ramps(tmp_path: Path) -> None:
    policy = """
        [policy]
        exports = "free"
        [policy.security]
        outages = ["LONG"]
        delta = 1.0
        window = ["2023-06", "2023-06"]
        """
    plan = solve(struck(tmp_path, policy=policy))
    assert carried(plan, "LONG")[MARCH] == pytest.approx(2 * 31 / 365 + 0.1)


def test_a_ramp_can_be_set_and_gives_way_in_a_repair(tmp_path: Path) -> None:
    case = struck(tmp_path, policy='[policy]\nexports = "free"')
    more = solve(case.set("ramp:corridor/LONG/1.volume", "150 kt"))
    assert carried(more, "LONG")[MARCH] == pytest.approx(2 * 31 / 365 + 0.15)
    case = case.set("supply:FIELD_CO.minimum", 9)  # 9 are lifted and 2 stay at home: 7/12 cannot go by LONG in March
    with pytest.raises(er.InfeasibleError) as caught:
        solve(case)
    words = {one["words"] for one in caught.value.relaxations}
    assert "ramp of Long corridor after storm (2023-03): 0.1548 Mt more" in words  # 5/12 less 2/12 and 0.1


def test_a_saved_plan_holds_its_reference_and_verify_finds_it_again(tmp_path: Path) -> None:
    plan = solve(struck(tmp_path / "toy"))
    folder = plan.save(tmp_path / "result")
    report = er.verify(folder)
    assert dict(report.checks)["ramps"] == 12
    assert not [what for what, _ in report.unchecked if what.startswith("proof")]
    back = er.Plan.load(folder)
    assert back.case == plan.case
    assert back.case.edits[0].event == "storm"
    pd.testing.assert_frame_equal(back.ramps, plan.ramps, check_dtype=False)
    assert solve(back.case).netback == pytest.approx(plan.netback)


def test_verify_refuses_another_reference_ramp_or_a_missing_row(tmp_path: Path) -> None:
    kept = solve(struck(tmp_path / "toy")).save(tmp_path / "result")

    def spoilt(**changes: float) -> Path:
        folder = tmp_path / "-".join(changes)
        shutil.copytree(kept, folder)
        table = pd.read_parquet(folder / "ramps.parquet")
        table = table.iloc[1:] if "missing" in changes else table.assign(**changes)
        table.to_parquet(folder / "ramps.parquet", index=False)
        return folder

    found = [({"reference": 0.3}, "event-1: corridor LONG"), ({"ramp": 9.0}, "ramp"), ({"missing": 1}, "missing")]
    for change, words in found:
        with pytest.raises(VerificationError, match=words):
            er.verify(spoilt(**change))
    case = json.loads((kept / "inputs" / "case.json").read_text())
    case["edits"][0]["event"] = ""
    (kept / "inputs" / "case.json").write_text(json.dumps(case))
    with pytest.raises(VerificationError, match="the case has no ramp there"):
        er.verify(kept)


def test_a_ramp_of_no_group_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="corridor 'LONGER' is not in groups"):
        toy(tmp_path, {"ramps": "kind,group,month,volume\ncorridor,LONGER,1,0.1"})
