"""Shares, exposures and held exports on the toy, each by hand.

At the hub a tonne is worth 470 on SHORT (6 Mt), 460 and 440 on LONG (3 + 2 Mt); 8 Mt leave, 3840 MUSD.
SHORT is measured as corridor SHORT and as transit through RU.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from toy import Answer, best, status, toy

from energy_routes.case.case import Case
from energy_routes.linear.solution import Status
from energy_routes.pack.units.periods import periods_of

DEAR_IN_2024 = """
    table,id,field,period,value
    markets,WEST,price,2024,600
    """


def ways(answer: Answer) -> tuple[float, float]:
    return answer.total("flow", arc="SHORT"), answer.total("flow", arc="LONG")


def two_years(folder: Path, **policy: object) -> Case:
    """2023 as ever; in 2024 LONG is worth 550 and 530: alone, SHORT carries 6 of 8, then 3 of 8."""
    case = toy(folder, {"values": DEAR_IN_2024}, **policy)
    return replace(case, periods=periods_of([2023, 2024], "year"))


def test_a_share_cap_binds(tmp_path: Path) -> None:
    # Half of 8: the third tonne on LONG costs 10, the fourth 30.
    answer = best(toy(tmp_path, max_share={"transit:RU": 0.5}))
    assert ways(answer) == pytest.approx((4, 4))
    assert answer.value == pytest.approx(3800)
    assert answer.total("exposure", kind="transit", group="RU") == pytest.approx(4)


def test_a_share_cap_that_does_not_bind_changes_nothing(tmp_path: Path) -> None:
    assert best(toy(tmp_path, max_share={"transit:RU": 0.75})).value == pytest.approx(3840)


def test_held_exports_make_a_tight_cap_infeasible(tmp_path: Path) -> None:
    # LONG carries 5 at most, so SHORT must take 3 of 8: 37.5 % is the least share.
    case = toy(tmp_path)
    assert status(case.with_policy(max_share={"transit:RU": 0.374})) is Status.infeasible
    assert ways(best(case.with_policy(max_share={"transit:RU": 0.376}))) == pytest.approx((3.008, 4.992))


def test_free_exports_shed_output_instead(tmp_path: Path) -> None:
    # S ≤ 0.3·(S + 5): S = 15/7; 10 − 2 − 5 − 15/7 = 6/7 stay in the ground.
    answer = best(toy(tmp_path, exports="free", max_share={"transit:RU": 0.3}))
    assert ways(answer) == pytest.approx((15 / 7, 5))
    assert answer.total("lifted") == pytest.approx(10 - 6 / 7)


def test_a_cap_of_nothing_closes_the_group(tmp_path: Path) -> None:
    answer = best(toy(tmp_path, exports="free", max_share={"corridor:SHORT": 0}))
    assert ways(answer) == pytest.approx((0, 5))


def test_exports_are_held_only_where_something_is_capped(tmp_path: Path) -> None:
    program = best(toy(tmp_path)).program
    assert "hold_exports" not in [rows.name for rows in program.rows]
    capped = best(toy(tmp_path, max_exposure={"transit:RU": 4})).program
    held = next(rows for rows in capped.rows if rows.name == "hold_exports")
    assert held.lower == pytest.approx([8], rel=1e-8)


def test_an_exposure_cap_is_in_mt_a_year(tmp_path: Path) -> None:
    answer = best(toy(tmp_path / "one", max_exposure={"transit:RU": 4}))
    assert ways(answer) == pytest.approx((4, 4))
    # Over two years, 4.5 Mt a year is 9 Mt in all, wherever they fall: 6 and 3.
    answer = best(two_years(tmp_path / "two", max_exposure={"transit:RU": 4.5}))
    by_year = [answer.total("flow", arc="SHORT", period=year) for year in ("2023", "2024")]
    assert by_year == pytest.approx([6, 3])


def test_a_cap_over_each_period_is_tighter_than_over_the_horizon(tmp_path: Path) -> None:
    case = two_years(tmp_path)
    free = best(case)
    # 6 + 3 of 16 Mt = 56.25 %.  Over the horizon that is no cap; in 2023 alone it takes SHORT from 6 to 4.5:
    # 1 Mt more in LONG's first tier (−10) and 0.5 in its second (−30).
    horizon = best(case.with_policy(max_share={"transit:RU": 0.5625}))
    period = best(case.with_policy(max_share={"transit:RU": {"cap": 0.5625, "over": "period"}}))
    assert horizon.value == pytest.approx(free.value)
    assert period.value == pytest.approx(free.value - 10 - 15)
    assert period.total("flow", arc="SHORT", period="2023") == pytest.approx(4.5)


def test_an_exposure_cap_over_each_period(tmp_path: Path) -> None:
    answer = best(two_years(tmp_path, max_exposure={"transit:RU": {"cap": 4.5, "over": "period"}}))
    by_year = [answer.total("flow", arc="SHORT", period=year) for year in ("2023", "2024")]
    assert by_year == pytest.approx([4.5, 3])


def test_export_markets_are_groups_of_their_own(tmp_path: Path) -> None:
    answer = best(toy(tmp_path, max_share={"market:EAST": 0.5}))
    assert answer.total("delivered", market="EAST") == pytest.approx(4)


def test_sales_at_home_are_no_exports(tmp_path: Path) -> None:
    # A shop at the hub pays 465 (more than LONG's 460): not an export, so neither held nor in a share's denominator.
    tables = {
        "markets": """
            id,node,name,export,price
            EAST,EAST,East,true,500
            WEST,WEST,West,true,510
            SHOP,HUB,Shop,false,465
            """,
        "tiers": "market,tier,depth,discount\nWEST,1,3,0\nWEST,2,unlimited,20\nSHOP,1,1,0",
    }
    answer = best(toy(tmp_path, tables))
    assert answer.total("exports") == pytest.approx(7)  # SHORT 6, LONG 1, shop 1
    assert answer.total("exposure", kind="market") == pytest.approx(7)
    capped = best(toy(tmp_path / "capped", tables, max_share={"transit:RU": 0.5}))
    assert capped.total("exports") == pytest.approx(7)
    assert capped.total("flow", arc="SHORT") == pytest.approx(3.5)


CHAIN = {
    "nodes": "id,name,kind,country\nFIELD,Field,field,KZ\nHUB,Hub,hub,KZ\nPORT,Port,port,RU\n"
    "EAST,East,market,CN\nWEST,West,market,IT",
    "arcs": """
        id,from,to,name,capacity,tariff
        GATHER,FIELD,HUB,Gathering,20,1
        SHORT,HUB,PORT,Short way,6,20
        SEA,PORT,EAST,Sea leg,6,10
        LONG,HUB,WEST,Long way,5,50
        """,
}


def test_a_corridor_of_two_arcs_is_counted_once_at_its_meter(tmp_path: Path) -> None:
    # The same toy with SHORT in two legs: measured at SHORT alone, half is still 4 Mt.
    answer = best(toy(tmp_path, CHAIN, max_share={"corridor:SHORT": 0.5}))
    assert ways(answer) == pytest.approx((4, 4))


def test_the_share_of_a_country_is_of_what_is_exported(tmp_path: Path) -> None:
    # Transit is no partition (LONG crosses no country that is listed): its denominator is all exports, not RU's own.
    # Corridors are metered before a loss of 20 %, RU after it; both count what is sold: of S + L = 8 Mt that leave,
    # 0.8·S ≤ 0.4·(0.8·S + L) → 0.88·S ≤ 3.2 → S ≤ 3.636.
    tables = {
        **CHAIN,
        "lanes": "arc,commodity,yield\nSHORT,CRUDE,0.8",
        "markets": "id,node,name,price\nEAST,EAST,East,700\nWEST,WEST,West,510",
        "meters": "kind,group,arc,market,commodity\ncorridor,SHORT,SHORT,,\ncorridor,LONG,LONG,,\ntransit,RU,SEA,,",
    }
    answer = best(toy(tmp_path, tables, max_share={"transit:RU": 0.4}, exports="free"))
    assert ways(answer) == pytest.approx((3.2 / 0.88, 8 - 3.2 / 0.88))


def test_without_corridors_a_share_is_of_exports(tmp_path: Path) -> None:
    tables = {
        "groups": "kind,group,name\ntransit,RU,Russia",
        "meters": "kind,group,arc,market,commodity\ntransit,RU,SHORT,,",
    }
    answer = best(toy(tmp_path, tables, max_share={"transit:RU": 0.5}))
    assert ways(answer) == pytest.approx((4, 4))


def test_a_meter_may_count_one_grade_only(tmp_path: Path) -> None:
    tables = {
        "commodities": "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7",
        "supplies": """
            id,node,commodity,shipper,available,cost
            FIELD_CO,FIELD,CRUDE,Field Co,5,9
            HUB_CO,HUB,BLEND,Hub Co,5,9
            """,
        "meters": """
            kind,group,arc,market,commodity
            corridor,SHORT,SHORT,,
            corridor,LONG,LONG,,
            transit,RU,SHORT,,BLEND
            """,
    }
    answer = best(toy(tmp_path, tables, max_exposure={"transit:RU": 1.5}))
    assert answer.total("flow", arc="SHORT", commodity="BLEND") <= 1.5 + 1e-9
    assert answer.total("flow", arc="SHORT") > 1.5 + 1e-3
    assert answer.total("exposure", group="RU") == pytest.approx(answer.total("flow", arc="SHORT", commodity="BLEND"))


def test_two_years_hold_each_year_of_their_own_data(tmp_path: Path) -> None:
    case = two_years(tmp_path)
    assert case.periods == periods_of([2023, 2024], "year")
    answer = best(case)
    assert answer.total("flow", arc="LONG", period="2023") == pytest.approx(2)
    assert answer.total("flow", arc="LONG", period="2024") == pytest.approx(5)


@pytest.mark.parametrize(("share", "short"), [(5e-10, 0.0), (1 - 5e-10, 6.0)])
def test_a_share_a_speck_from_all_or_nothing_is_it(tmp_path: Path, share: float, short: float) -> None:
    """Its coefficient, or what it leaves of 1, is below what a solver reads: it must not come to it."""
    answer = best(toy(tmp_path, max_share={"corridor:SHORT": share}, exports="free"))
    assert answer.total("flow", arc="SHORT") == pytest.approx(short, abs=1e-8)
