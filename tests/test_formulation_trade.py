"""Market depth, obligations and contracts on the toy, each by hand.

At the hub a tonne is worth 470 on SHORT (6 Mt), 460 on LONG's first tier (3 Mt), 440 on its second (2 Mt more);
10 Mt are lifted, home takes 2 at 100 USD/t; the base plan earns 3840 MUSD.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import Answer, best, status, toy

from energy_routes.linear.solution import Status


def ways(answer: Answer) -> tuple[float, float]:
    return answer.total("flow", arc="SHORT"), answer.total("flow", arc="LONG")


def test_the_best_tier_fills_first(tmp_path: Path) -> None:
    # 9 Mt leave (home asks for 1): LONG 3 in tier 1, none in tier 2.
    answer = best(toy(tmp_path).set("obligation:HOME.volume", 1))
    assert answer.total("delivered", market="WEST", tier="1") == pytest.approx(3)
    assert answer.total("delivered", market="WEST", tier="2") == 0
    # One more tonne of depth moves nothing while only 3 Mt go LONG, and no fourth tonne waits.
    assert answer.worth("market_depth", market="WEST", tier="1") == pytest.approx(0, abs=20)


def test_a_tier_binds_and_is_worth_the_step_to_the_next(tmp_path: Path) -> None:
    # Home asks for nothing: SHORT 6, LONG 4 = 3 at 510 and 1 at 490; one more tonne of depth earns 20.
    answer = best(toy(tmp_path).set("obligation:HOME.volume", 0))
    assert answer.total("delivered", market="WEST", tier="2") == pytest.approx(1)
    assert answer.worth("market_depth", market="WEST", tier="1") == pytest.approx(20)


def test_the_last_tier_limits_what_is_sold(tmp_path: Path) -> None:
    # Without the unlimited tier WEST takes 3: home at 0, 10 lifted … only 6 + 3 = 9 leave.
    tables = {"tiers": "market,tier,depth,discount\nWEST,1,3,0"}
    answer = best(toy(tmp_path, tables).set("obligation:HOME.volume", 0))
    assert ways(answer) == pytest.approx((6, 3))
    assert answer.total("lifted") == pytest.approx(9)


def test_all_grades_share_the_depth_of_a_tier(tmp_path: Path) -> None:
    tables = {
        "commodities": "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7",
        "supplies": """
            id,node,commodity,shipper,available
            FIELD_CO,FIELD,CRUDE,Field Co,10
            HUB_CO,HUB,BLEND,Hub Co,10
            """,
        "tiers": "market,tier,depth,discount\nWEST,1,3,0",
    }
    answer = best(toy(tmp_path, tables))
    assert answer.total("delivered", market="WEST") == pytest.approx(3)


def test_home_comes_first(tmp_path: Path) -> None:
    # Only 3 Mt are lifted: home still has its 2 at 100 USD/t although SHORT pays 470.
    answer = best(toy(tmp_path).set("supply:FIELD_CO.available", 3))
    assert answer.total("home") == pytest.approx(2)
    assert ways(answer) == pytest.approx((1, 0))
    assert answer.worth("obligations", obligation="HOME") == pytest.approx(100 - 470)


def test_an_obligation_that_cannot_be_met_is_infeasible(tmp_path: Path) -> None:
    assert status(toy(tmp_path).set("supply:FIELD_CO.available", 1)) is Status.infeasible


PENALTY = "id,node,volume,value,penalty\nHOME,HUB,2,100,{penalty}"


def test_a_penalty_lets_home_go_short_where_nothing_else_can_be_done(tmp_path: Path) -> None:
    # 1 Mt for home's 2: it earns 100 + 1000 spared, more than SHORT's 470.  100 − 1 − 9 − 1·1000 = −910.
    tables = {"obligations": PENALTY.format(penalty=1000)}
    answer = best(toy(tmp_path, tables).set("supply:FIELD_CO.available", 1))
    assert answer.total("short") == pytest.approx(1)
    assert answer.total("home") == pytest.approx(1)
    assert answer.value == pytest.approx(-910)


def test_a_small_penalty_is_paid_when_exports_earn_more(tmp_path: Path) -> None:
    # 100 + 50 < 440: home goes short of all 2, LONG takes them (1 in tier 1, 1 in tier 2).
    # 6·500 + 3·510 + 490 − (10 + 180 + 200) − 90 − 2·50 = 4440.
    answer = best(toy(tmp_path, {"obligations": PENALTY.format(penalty=50)}))
    assert ways(answer) == pytest.approx((6, 4))
    assert answer.total("short") == pytest.approx(2)
    assert answer.value == pytest.approx(4440)


def test_a_high_penalty_changes_nothing(tmp_path: Path) -> None:
    assert best(toy(tmp_path, {"obligations": PENALTY.format(penalty=400)})).value == pytest.approx(3840)


def contract(row: str, more: str = "") -> dict[str, str]:
    return {"contracts": f"id,kind,arc,volume,charge{more}\n{row}"}


def test_ship_or_pay_is_paid_when_shipping_costs_more(tmp_path: Path) -> None:
    # 4 Mt on LONG or 20 USD/t: the third tonne gives up 10 and is shipped; the fourth gives up 30 and is paid for.
    # 3840 − 10 − 1·20 = 3810.
    answer = best(toy(tmp_path, contract("K,ship_or_pay,LONG,4,20")))
    assert ways(answer) == pytest.approx((5, 3))
    assert answer.total("deficiency") == pytest.approx(1)
    assert answer.value == pytest.approx(3810)
    assert answer.worth("contracts", contract="K") == pytest.approx(-20)


def test_ship_or_pay_is_shipped_when_the_charge_is_high(tmp_path: Path) -> None:
    answer = best(toy(tmp_path, contract("K,ship_or_pay,LONG,4,40")))
    assert ways(answer) == pytest.approx((4, 4))
    assert answer.total("deficiency") == pytest.approx(0)
    assert answer.value == pytest.approx(3800)


def test_ship_or_pay_below_what_is_shipped_anyway_costs_nothing(tmp_path: Path) -> None:
    answer = best(toy(tmp_path, contract("K,ship_or_pay,LONG,2,400")))
    assert answer.value == pytest.approx(3840)
    assert answer.total("deficiency") == pytest.approx(0)


def test_nothing_buys_out_of_a_minimum(tmp_path: Path) -> None:
    answer = best(toy(tmp_path / "held", contract("K,minimum,LONG,4,0")))
    assert ways(answer) == pytest.approx((4, 4))
    # LONG carries 5.
    assert status(toy(tmp_path / "broken", contract("K,minimum,LONG,6,0,checked", ",note"))) is Status.infeasible


def test_volumes_above_firm_capacity_pay_the_surcharge(tmp_path: Path) -> None:
    # SHORT firm 4: above it 470 − 15 = 455, between LONG's tiers 460 and 440.  LONG 3, SHORT 5 with 1 Mt interruptible.
    # 3840 − 10 − 1·15 = 3815.
    answer = best(toy(tmp_path, contract("K,firm,SHORT,4,15")))
    assert ways(answer) == pytest.approx((5, 3))
    assert answer.total("deficiency") == pytest.approx(1)
    assert answer.value == pytest.approx(3815)


def test_firm_capacity_that_covers_the_flow_costs_nothing(tmp_path: Path) -> None:
    assert best(toy(tmp_path, contract("K,firm,SHORT,6,15"))).value == pytest.approx(3840)


def test_a_contract_counts_only_its_grades(tmp_path: Path) -> None:
    # BLEND counts and nobody has any: all 2 Mt are deficient, at 7 USD/t.
    tables = contract("K,ship_or_pay,LONG,2,7,BLEND", ",commodities")
    tables["commodities"] = "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7"
    answer = best(toy(tmp_path, tables))
    assert answer.total("deficiency") == pytest.approx(2)
    assert answer.value == pytest.approx(3840 - 14)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2023-07", "", 184),  # July to December
        ("", "2023-02", 59),
        ("2023-04", "2023-04", 30),
        ("2022", "2023", 365),
        ("2024", "", 0),
        ("", "2022-12", 0),
    ],
)
def test_a_contract_is_scaled_by_the_days_inside_its_term(tmp_path: Path, first: str, last: str, days: int) -> None:
    # 5 Mt/y on LONG, unshipped volumes cost 1 USD/t: never worth shipping beyond the 2 of the base plan.
    tables = contract(f"K,ship_or_pay,LONG,5,1,{first},{last}", ",from_period,to_period")
    answer = best(toy(tmp_path, tables))
    assert answer.total("deficiency") == pytest.approx(max(5 * days / 365 - 2, 0))


@pytest.mark.parametrize(("force_majeure", "due"), [("true", 3.0), ("false", 6.0)])
def test_force_majeure_scales_a_commitment_by_what_an_outage_leaves(
    tmp_path: Path, force_majeure: str, due: float
) -> None:
    # SHORT committed for its 6 Mt; half of it is out, so 3 flow: either nothing or 3 Mt are deficient.
    tables = contract(f"K,ship_or_pay,SHORT,6,5,{force_majeure}", ",force_majeure")
    answer = best(toy(tmp_path, tables).outage("SHORT", remaining=0.5))
    assert answer.total("flow", arc="SHORT") == pytest.approx(3)
    assert answer.total("deficiency") == pytest.approx(due - 3)


def test_a_closed_arc_ends_its_minimum_under_force_majeure_only(tmp_path: Path) -> None:
    def closed(force_majeure: str) -> Status:
        tables = contract(f"K,minimum,SHORT,3,0,{force_majeure}", ",force_majeure")
        return status(toy(tmp_path / force_majeure, tables).without("SHORT"))

    assert closed("true") is Status.optimal
    assert closed("false") is Status.infeasible
