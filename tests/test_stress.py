"""The N-1 atlas of the toy by hand; of the oil year against cases built and solved anew for each loss."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from rest import first
from toy import best, months, toy

import energy_routes as er
from energy_routes.case.disruptions.outages import Outage
from energy_routes.errors import UsageError
from energy_routes.report.writing import report_html
from energy_routes.studies.outages.shock import Shock
from energy_routes.studies.outages.stress import Stress, stress

# 2 Mt go home at 100 USD/t; every tonne costs 10 USD to gather and lift.  The plan: 6 Mt short, 2 Mt long.
PLAN = 2 * 100 + 6 * 470 + 2 * 460 - 10 * 10
TANK = """
    id,node,working_volume,opening,volume_unit,closing
    TANK,HUB,0.5,0.1,Mt,opening
    """


def row(atlas: Stress, what: str) -> pd.Series:
    (found,) = (line for _, line in atlas.outages.iterrows() if line["what"] == what)
    return found


def test_single_losses(tmp_path: Path) -> None:
    atlas = stress(toy(tmp_path))
    assert atlas.netback == pytest.approx(PLAN)
    short = row(atlas, "arc:SHORT")  # LONG fills up: 3 Mt at 460, 2 at 440; 3 of 8 Mt stay in the ground
    assert short["loss"] == pytest.approx(PLAN - (200 + 3 * 460 + 2 * 440 - 10 * 7))
    assert (short["exposed"], short["stranded"], short["rerouted"]) == pytest.approx((6, 3, 3))
    assert short["rerouted_to"] == "Long corridor 3"
    # 3 of 8 Mt are lost: with the other 5 and every way open, 2 Mt by LONG (450) and 1 by SHORT (460) would not go
    assert short["loss_shut_in"] == pytest.approx(2 * 450 + 460)
    assert short["loss_rerouting"] == pytest.approx(3 * 10 + 2 * 30)  # the 5 Mt by LONG instead of SHORT
    assert row(atlas, "transit:RU")["loss"] == pytest.approx(short["loss"])
    long = row(atlas, "corridor:LONG")
    assert (long["loss"], long["stranded"], long["rerouted"]) == pytest.approx((2 * 450, 2, 0))
    field = row(atlas, "arc:GATHER")
    assert (field["loss"], field["stranded"], field["home_short"]) == pytest.approx((PLAN, 8, 2))
    assert atlas.outages["loss"].is_monotonic_decreasing
    assert atlas.outages["rank"].tolist() == list(range(1, len(atlas.outages) + 1))


def test_part_of_the_capacity_and_part_of_the_year(tmp_path: Path) -> None:
    case = toy(tmp_path)
    half = row(stress(case, ["arc:SHORT"], remaining=0.5), "arc:SHORT")  # 3 Mt move: 1 to tier 1, 2 to tier 2
    assert (half["loss"], half["stranded"]) == pytest.approx((10 + 2 * 30, 0))
    fifth = row(stress(case, ["arc:SHORT"], days=73), "arc:SHORT")  # 1.2 Mt move
    assert fifth["loss"] == pytest.approx(10 + 0.2 * 30)


def test_a_loss_of_some_days_of_a_period_says_that_the_others_make_up_for_it(tmp_path: Path) -> None:
    case = toy(tmp_path)
    (told,) = stress(case, ["arc:SHORT"], days=73).notes
    assert "73 of the 365 days of 2023" in told
    assert "may cost more than is told" in told
    assert 'periods = "month"' in told
    assert not stress(case, ["arc:SHORT"]).notes
    (told,) = stress(months(case), ["arc:SHORT"], onset="2023-01", days=41).notes
    assert "10 of the 28 days of 2023-02" in told
    assert "0.5 of the 365 days" in stress(case, ["arc:SHORT"], days=0.5).notes[0]
    assert "periods" not in told


def test_pairs_with_synergy_first(tmp_path: Path) -> None:
    atlas = stress(toy(tmp_path), ["corridor"], k=2)
    (pair,) = atlas.pairs.to_dict("records")
    both = PLAN - (2 * 100 - 2 * 10)
    assert pair["loss"] == pytest.approx(both)
    assert pair["synergy"] == pytest.approx(both - 1450 - 900)
    assert pair["stranded_synergy"] == pytest.approx(8 - 3 - 2)
    everything = stress(toy(tmp_path / "all"), k=2).pairs
    assert everything["synergy"].is_monotonic_decreasing
    assert not any("arc:SHORT & transit:RU" in what for what in everything["what"])  # one contains the other


def test_wells_give_no_more_than_planned(tmp_path: Path) -> None:
    """The plan shuts 3 Mt in (SHORT and LONG are full at 14 Mt): after a loss they stay shut."""
    supplies = "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,16,9\n"
    atlas = stress(toy(tmp_path, {"supplies": supplies}), ["arc:LONG"])
    assert row(atlas, "arc:LONG")["stranded"] == pytest.approx(5)


def test_ship_or_pay_on_what_is_lost_is_force_majeure(tmp_path: Path) -> None:
    contracts = "id,kind,arc,volume,charge\nDEAL,ship_or_pay,{0},4,25\n"
    on_lost = toy(tmp_path / "a", {"contracts": contracts.format("SHORT")})
    assert row(stress(on_lost, ["arc:SHORT"]), "arc:SHORT")["loss"] == pytest.approx(1450)
    on_other = toy(tmp_path / "b", {"contracts": contracts.format("SHORT")})
    assert row(stress(on_other, ["arc:GATHER"]), "arc:GATHER")["loss"] == pytest.approx(PLAN + 4 * 25)


@pytest.mark.parametrize("left", [0.0, 0.5, 0.9])
def test_force_majeure_waives_the_share_that_is_lost(left: float, tmp_path: Path) -> None:
    """4 Mt are due by LONG, which earns less: a loss of half of it frees 2 of them, as in a case built anew."""
    deal = {"contracts": "id,kind,arc,volume,charge\nDEAL,ship_or_pay,LONG,4,25"}
    case = toy(tmp_path, deal, exports="free")
    found = row(stress(case, ["arc:LONG"], remaining=left), "arc:LONG")
    assert found["loss"] == pytest.approx(best(case).value - best(case.outage("LONG", remaining=left)).value)


def test_nobody_saw_it_coming(tmp_path: Path) -> None:
    """Tanks do not fill before the onset unless the loss is foreseen; foresight never costs."""
    case = months(toy(tmp_path, {"storages": TANK}), 4)
    blind = stress(case, ["arc:LONG & arc:SHORT"], onset="2023-03")
    known = stress(case, ["arc:LONG & arc:SHORT"], onset="2023-03", foreseen=True)
    assert blind.outages["loss"].iloc[0] > known.outages["loss"].iloc[0] + 1e-6
    shock = Shock(case, 2)
    outage = Outage("arc:LONG", ("LONG",))
    after = shock.strike(outage, {"2023-03": 1.0})
    assert after is not None
    frame = shock.space.stock.axis.frame["period"].isin(["2023-01", "2023-02"]).to_numpy()
    block = shock.program.column_block("stock").slice
    assert after.x[block][frame] == pytest.approx(shock.plan[block][frame], abs=1e-9)


def test_tanks_before_the_break_give_days(tmp_path: Path) -> None:
    """0.4 Mt of room at the hub, 6 Mt a year by SHORT: 0.4 / (6/365) days."""
    case = months(toy(tmp_path, {"storages": TANK}), 4)
    found = row(stress(case, ["arc:SHORT"], onset="2023-01"), "arc:SHORT")
    plan = er.solve(case)
    first = plan.stocks[plan.stocks["period"] == "2023-01"]
    pace = float(plan.flows.loc[(plan.flows["arc"] == "SHORT") & (plan.flows["period"] == "2023-01"), "volume"].sum())
    assert found["days_of_room"] == pytest.approx((0.5 - float(first["opening"].sum())) / (pace / 31))
    assert found["days_of_storage"] == 0


def test_the_same_twice_and_in_any_order(tmp_path: Path) -> None:
    case = toy(tmp_path)
    one, other = stress(case, ["arc", "corridor"]), stress(case, ["corridor", "arc"])
    pd.testing.assert_frame_equal(one.outages, other.outages)
    one.save(tmp_path / "out")
    first = (tmp_path / "out" / "outages.parquet").read_bytes()
    other.save(tmp_path / "out")
    assert (tmp_path / "out" / "outages.parquet").read_bytes() == first
    told = json.loads(one.to_json())
    assert {"what", "kind", "stranded", "rerouted", "loss", "days_of_storage"} <= set(told["outages"][0])
    drawn = one.plot()
    assert (drawn.get_title(loc="left"), drawn.get_xlabel()) == ("Toy", "Mt")


def test_what_is_asked_wrongly_is_told(tmp_path: Path) -> None:
    case = toy(tmp_path)
    with pytest.raises(UsageError, match="k = 3"):
        stress(case, k=3)
    with pytest.raises(UsageError, match="onset"):
        stress(case, onset="2031")
    with pytest.raises(UsageError, match="days"):
        stress(case, days=400)
    with pytest.raises(UsageError, match="kind"):
        stress(case, ["coridor"])
    with pytest.raises(UsageError, match="netback"):
        stress(case.with_policy(objective="cost"))


def test_a_picture_and_a_report_of_oil_and_gas_say_which_bar_is_in_which_unit() -> None:
    case = er.load("energy-2024")
    found = er.stress(case, ["corridor:CPC", "corridor:CHINA"])
    ax = found.plot()
    assert ax.get_xlabel() == "Mt or bcm"
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        "Beineu–Bozoi–Shymkent and Central Asia–China (corridor, bcm)", "CPC (corridor, Mt)"]  # fmt: skip
    plan = er.solve(case)
    one = er.stress(case, ["corridor:CPC"])  # of one family alone; the netback is that of both
    assert (found.netback, one.netback) == pytest.approx((plan.netback, plan.netback))
    with pytest.raises(UsageError, match="corridor:CPX is measured at no arc"):
        er.stress(case, ["corridor:CPC", "corridor:CPX"])
    page = report_html(plan, stress=found)
    assert "CPC, corridor, Mt" in page
    assert "Beineu–Bozoi–Shymkent and Central Asia–China, corridor, bcm" in page
    assert "Crosses it, Mt / bcm" in page


def test_progress_counts_up_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    stress(toy(tmp_path), ["corridor"], k=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("what", first(
    ["corridor:CPC", "arc:UAS", "transit:RU", "chokepoint:Caspian", "corridor:CHINA_PIPE"], 2))
def test_oil_against_cases_built_anew(what: str) -> None:
    """The year lifts all it can, so a case with the loss as an edit and exports free is the same question."""
    case = er.load("oil-2024").with_policy(exports="free")
    found = row(stress(case, [what]), what)
    anew = best(case.outage(what.removeprefix("arc:")))
    assert found["loss"] == pytest.approx(best(case).value - anew.value, abs=1e-4)
    assert found["stranded"] == pytest.approx(best(case).total("exports") - anew.total("exports"), abs=1e-6)
