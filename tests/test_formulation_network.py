"""Balance, capacity and joint limits on the toy of ``toy.py``, each by hand.

The base plan: 8 Mt leave the hub after home has had 2; SHORT takes 6 (netback at the hub 470 USD/t), LONG 2 (460).
Value = 6·500 + 2·510 sales + 2·100 home − (10·1 + 6·30 + 2·50) tariffs − 10·9 lifting = 3840 MUSD.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import TABLES, Answer, best, status, toy

from energy_routes.errors import InfeasibleError
from energy_routes.linear.solution import Status
from energy_routes.solving.loop import program_of, solve

ARCS = """
    id,from,to,name,capacity,availability,booked,minimum,tariff,basis,length_km
    GATHER,FIELD,HUB,Gathering,20,,,,1,,10
    SHORT,HUB,EAST,Short way,{short},30,{basis},1000
    LONG,HUB,WEST,Long way,{long},50,,3000
    """
TWO_GRADES = {
    "commodities": "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7",
}


def arcs(short: str = "6,,,", long: str = "5,,,", basis: str = "") -> dict[str, str]:
    """The toy's arcs with capacity, availability, booked and minimum of the two ways given."""
    return {"arcs": ARCS.format(short=short, long=long, basis=basis)}


def ways(answer: Answer) -> tuple[float, float]:
    """Volumes at the inlet of SHORT and LONG."""
    return answer.total("flow", arc="SHORT"), answer.total("flow", arc="LONG")


def test_the_base_plan(tmp_path: Path) -> None:
    answer = best(toy(tmp_path))
    assert ways(answer) == pytest.approx((6, 2))
    assert answer.value == pytest.approx(3840)


def test_balance_takes_the_loss_of_a_lane_at_its_outlet(tmp_path: Path) -> None:
    # SHORT keeps 90 %: a tonne put in earns 0.9·500 − 30 = 420, less than LONG's 460 (3 Mt) and 440 (2 Mt more).
    # LONG 5, SHORT 3 → 2.7 arrive: 3·510 + 2·490 + 2.7·500 + 200 − (10 + 3·30 + 5·50) − 90 = 3620.
    answer = best(toy(tmp_path, {"lanes": "arc,commodity,yield\nSHORT,CRUDE,0.9"}))
    assert ways(answer) == pytest.approx((3, 5))
    assert answer.total("delivered", market="EAST") == pytest.approx(2.7)
    assert answer.value == pytest.approx(3620)


def test_balance_keeps_tonnes_when_a_grade_loses_its_name(tmp_path: Path) -> None:
    # SHORT delivers BLEND, 4 USD/bbl · 7 bbl/t = 28 USD/t below the market: 500 − 28 − 30 = 442 at the hub.
    # LONG's first tier (460) fills, its second (440) does not: LONG 3, SHORT 5, every tonne arrives.
    # 3·510 + 5·472 + 200 − (10 + 5·30 + 3·50) − 90 = 3690.
    answer = best(
        toy(
            tmp_path,
            {
                **TWO_GRADES,
                "lanes": "arc,commodity,to_commodity\nSHORT,CRUDE,BLEND",
                "differentials": "commodity,market,differential,price_unit\nBLEND,EAST,-4,USD/bbl",
            },
        )
    )
    assert ways(answer) == pytest.approx((5, 3))
    assert answer.total("delivered", market="EAST", commodity="BLEND") == pytest.approx(5)
    assert answer.total("delivered", market="EAST", commodity="CRUDE") == 0
    assert answer.value == pytest.approx(3690)


def test_balance_cannot_turn_one_grade_into_another(tmp_path: Path) -> None:
    # Home asks for BLEND, and only CRUDE is lifted: nothing at the hub may serve it.
    tables = {**TWO_GRADES, "obligations": "id,node,commodities,volume,value\nHOME,HUB,BLEND,2,100"}
    assert status(toy(tmp_path, tables)) is Status.infeasible


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        ("10,0.8,3,", (5, 3)),  # binding: 10·0.8 − 3 = 5, so the third tonne goes LONG
        ("10,0.8,2,", (6, 2)),  # binding at 6, as in the base plan
        ("20,,,", (8, 0)),  # not binding: SHORT takes everything
        ("unlimited,,,", (8, 0)),
        ("4,1,4,", (0, 5)),  # all booked by others: LONG takes its 5, 3 Mt stay in the ground
    ],
)
def test_capacity_is_nameplate_times_availability_less_bookings(
    tmp_path: Path, short: str, expected: tuple[float, float]
) -> None:
    assert ways(best(toy(tmp_path, arcs(short)))) == pytest.approx(expected)


def test_capacity_price_is_the_gain_of_one_tonne_more(tmp_path: Path) -> None:
    # A seventh tonne on SHORT earns 470 instead of LONG's 460; a sixth on LONG is worth nothing.
    answer = best(toy(tmp_path))
    assert answer.worth("capacity", arc="SHORT") == pytest.approx(10)
    assert answer.worth("capacity", arc="LONG") == pytest.approx(0)


def test_an_unlimited_arc_without_minimum_has_no_row(tmp_path: Path) -> None:
    program = best(toy(tmp_path, arcs("unlimited,,,"))).program
    rows = next(rows for rows in program.rows if rows.name == "capacity")
    assert list(rows.axis.frame["arc"]) == ["GATHER", "LONG"]


def test_all_grades_share_an_arc(tmp_path: Path) -> None:
    # A second supply of BLEND, 10 Mt at the hub: SHORT still takes 6 of both together, LONG 5 at most.
    answer = best(
        toy(
            tmp_path,
            {
                **TWO_GRADES,
                "supplies": """
                    id,node,commodity,shipper,available,cost
                    FIELD_CO,FIELD,CRUDE,Field Co,10,9
                    HUB_CO,HUB,BLEND,Hub Co,10,9
                    """,
            },
        )
    )
    assert ways(answer) == pytest.approx((6, 5))


def test_a_minimum_flow_binds(tmp_path: Path) -> None:
    # LONG must carry 4: the third tonne costs 10, the fourth 30 against SHORT: 3840 − 40 = 3800.
    answer = best(toy(tmp_path, arcs(long="5,,,4")))
    assert ways(answer) == pytest.approx((4, 4))
    assert answer.value == pytest.approx(3800)


def test_a_minimum_flow_that_supply_cannot_fill_is_infeasible(tmp_path: Path) -> None:
    tables = {**arcs(long="9,,,9"), "supplies": "id,node,commodity,shipper,available\nFIELD_CO,FIELD,CRUDE,Field Co,10"}
    assert status(toy(tmp_path, tables)) is Status.infeasible  # 10 − 2 for home < 9


@pytest.mark.parametrize(
    ("path", "value", "limit", "amount"),
    [("arc:SHORT.minimum", 7, "SHORT", 1), ("supply:FIELD_CO.minimum", 13, "FIELD_CO", 3), ("joint:J.low", 3, "J", 1)],
)
def test_a_minimum_above_what_is_left_is_infeasible_and_named(
    tmp_path: Path, path: str, value: float, limit: str, amount: float
) -> None:
    case = toy(tmp_path, joint("J,,2")).set(path, value)  # SHORT carries 6, FIELD has 10, J may be 2
    with pytest.raises(InfeasibleError, match=limit) as error:
        solve(case)
    (relaxation,) = error.value.relaxations
    assert (relaxation["limit"], relaxation["period"]) == (limit, "2023")
    assert relaxation["amount"] == pytest.approx(amount)
    assert "minima are above what is left" in str(error.value)  # told before a solver is asked


def joint(limit: str, terms: str = "J,SHORT,,1\nJ,LONG,,-1", header: str = "id,low,high") -> dict[str, str]:
    return {"limits": f"{header}\n{limit}", "limit_terms": f"limit,arc,commodity,weight\n{terms}"}


def test_a_joint_limit_with_signed_weights(tmp_path: Path) -> None:
    # SHORT − LONG ≤ 2 and SHORT + LONG = 8: SHORT 5, LONG 3, which costs 10.
    # One more of the limit moves half a tonne from LONG's first tier to SHORT: 0.5·10 = 5 USD/t.
    answer = best(toy(tmp_path, joint("J,,2")))
    assert ways(answer) == pytest.approx((5, 3))
    assert answer.value == pytest.approx(3830)
    # At the kink (tier 1 just full) the value falls by 15 below and rises by 5 above.
    assert 5 - 1e-9 <= answer.worth("joint_limits", limit="J") <= 15 + 1e-9


def test_a_joint_limit_that_does_not_bind_changes_nothing(tmp_path: Path) -> None:
    answer = best(toy(tmp_path, joint("J,,5")))  # 6 − 2 = 4 ≤ 5
    assert answer.value == pytest.approx(3840)
    assert answer.worth("joint_limits", limit="J") == pytest.approx(0)


def test_a_joint_limit_from_below(tmp_path: Path) -> None:
    # LONG − SHORT ≥ 0: 4 and 4.
    answer = best(toy(tmp_path, joint("J,0,", "J,SHORT,,-1\nJ,LONG,,1")))
    assert ways(answer) == pytest.approx((4, 4))
    assert answer.worth("joint_limits", limit="J") == pytest.approx(-15)  # half a tonne from 470 to 440


def test_a_joint_limit_nobody_can_meet_is_infeasible(tmp_path: Path) -> None:
    assert status(toy(tmp_path, joint("J,12,", "J,SHORT,,1\nJ,LONG,,1"))) is Status.infeasible  # 6 + 5 < 12


def test_a_joint_limit_may_count_one_grade_only(tmp_path: Path) -> None:
    # 10 Mt of BLEND stand at the hub besides; at most 1 Mt of BLEND may use SHORT: it takes 5 of CRUDE.
    tables = {
        **TWO_GRADES,
        **joint("J,,1", "J,SHORT,BLEND,1"),
        "supplies": """
            id,node,commodity,shipper,available,cost
            FIELD_CO,FIELD,CRUDE,Field Co,10,40
            HUB_CO,HUB,BLEND,Hub Co,10,9
            """,
    }
    answer = best(toy(tmp_path, tables))
    assert answer.total("flow", arc="SHORT", commodity="BLEND") == pytest.approx(1)
    assert answer.total("flow", arc="SHORT", commodity="CRUDE") == pytest.approx(5)


RATIO = "id,low_ratio,high_ratio,relative_to"


def test_a_swap_is_an_equality_of_two_sums(tmp_path: Path) -> None:
    # LONG = 0.5 · SHORT, together 8: 16/3 and 8/3.
    answer = best(toy(tmp_path, joint("J,0.5,0.5,OF\nOF,,,", "J,LONG,,1\nOF,SHORT,,1", RATIO)))
    assert ways(answer) == pytest.approx((16 / 3, 8 / 3))


def test_a_ratio_from_above_binds_on_one_side_only(tmp_path: Path) -> None:
    tables = joint("J,,1,OF\nOF,,,", "J,SHORT,,1\nOF,LONG,,1", RATIO)  # SHORT ≤ LONG
    assert ways(best(toy(tmp_path / "binds", tables))) == pytest.approx((4, 4))
    loose = joint("J,,3,OF\nOF,,,", "J,SHORT,,1\nOF,LONG,,1", RATIO)  # SHORT ≤ 3 LONG: 6 = 3·2
    assert ways(best(toy(tmp_path / "loose", loose))) == pytest.approx((6, 2))


def test_a_ratio_against_a_sum_of_two_lanes_is_a_share(tmp_path: Path) -> None:
    # SHORT ≤ 0.6 · (SHORT + LONG) = 4.8 of 8.
    answer = best(toy(tmp_path, joint("J,,0.6,OF\nOF,,,", "J,SHORT,,1\nOF,SHORT,,1\nOF,LONG,,1", RATIO)))
    assert ways(answer) == pytest.approx((4.8, 3.2))


def test_an_impossible_ratio_is_infeasible(tmp_path: Path) -> None:
    # Home's 2 Mt must be gathered, and GATHER may carry at most 0 times LONG.
    tables = joint("J,,0,OF\nOF,,,", "J,GATHER,,1\nOF,LONG,,1", RATIO)
    assert status(toy(tmp_path, tables)) is Status.infeasible


def test_a_lane_that_nothing_can_enter_has_no_columns(tmp_path: Path) -> None:
    """An open arc from a place without supply or stock; with a tank that holds some there, it has."""
    tables = {
        "nodes": TABLES["nodes"].rstrip() + "\n        OLD,Old field,field,KZ\n        ",
        "arcs": TABLES["arcs"].rstrip() + "\n        DRY,OLD,HUB,Dry line,3,1,10\n        ",
    }
    assert "DRY" not in set(program_of(toy(tmp_path / "dry", tables)).column_block("flow").axis.frame["arc"])
    tables["storages"] = "id,node,commodities,working_volume,opening,closing\nTANK,OLD,CRUDE,1,1,free"
    assert "DRY" in set(program_of(toy(tmp_path / "wet", tables)).column_block("flow").axis.frame["arc"])
