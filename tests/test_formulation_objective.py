"""What a tonne earns and pays on the toy, each by hand; and the periods that figures are resolved for.

At the hub a tonne is worth 470 on SHORT (6 Mt), 460 and 440 on LONG (3 + 2 Mt); 8 Mt leave, 3840 MUSD.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import best, months, status, toy

from energy_routes.errors import UsageError
from energy_routes.linear.programme import Program
from energy_routes.linear.solution import Status

GRADES = "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBRENT,Brent,oil,7.6"


def price(program: Program, market: str, commodity: str = "CRUDE", tier: str = "1") -> float:
    axis = program.column_block("delivered").axis
    at = axis.names().index((market, commodity, tier, "2023"))
    return float(axis.data("price")[at])


def term(program: Program, name: str) -> float:
    """The unit values of a term of the objective, summed over its columns."""
    return float(next(t for t in program.terms if t.name == name).expr.val.sum())


def test_a_price_per_barrel_of_the_reference_is_paid_for_the_barrels_of_the_grade(tmp_path: Path) -> None:
    # 70 USD/bbl Brent = 70·7.6 a tonne of Brent; a tonne of CRUDE has 7.5 barrels and fetches 70·7.5 = 525.
    # The differential is per barrel of the grade: −2·7.5 = −15.  WEST has its own differential: +1·7.5.
    tables = {
        "commodities": GRADES,
        "markets": """
            id,node,name,price,price_unit,reference
            EAST,EAST,East,70,USD/bbl,BRENT
            WEST,WEST,West,70,USD/bbl,BRENT
            """,
        "differentials": "commodity,market,differential,price_unit\nCRUDE,,-2,USD/bbl\nCRUDE,WEST,1,USD/bbl",
    }
    program = best(toy(tmp_path, tables)).program
    assert price(program, "EAST") == pytest.approx(525 - 15)
    assert price(program, "WEST") == pytest.approx(525 + 7.5)
    assert price(program, "WEST", tier="2") == pytest.approx(525 + 7.5 - 20)


def test_without_a_reference_every_grade_fetches_the_price_a_tonne(tmp_path: Path) -> None:
    assert price(best(toy(tmp_path, {"commodities": GRADES})).program, "EAST") == pytest.approx(500)


def test_rates_in_barrels_a_day_use_the_barrels_of_the_grade(tmp_path: Path) -> None:
    # 200 kb/d · 365 / 7.5 bbl/t = 9.7333 Mt/y.
    tables = {"supplies": "id,node,commodity,shipper,available,unit,cost\nFIELD_CO,FIELD,CRUDE,Field Co,200,kb/d,9"}
    answer = best(toy(tmp_path, tables))
    assert answer.total("lifted") == pytest.approx(200 * 365 / 7.5 / 1000)


@pytest.mark.parametrize(("basis", "charge"), [("inlet", 30.0), ("outlet", 27.0)])
def test_a_tariff_is_charged_at_the_inlet_or_the_outlet(tmp_path: Path, basis: str, charge: float) -> None:
    # LONG is full with 5 (460, 440 against 0.9·500 − 30 = 420 or 423), SHORT carries 3 and 2.7 arrive.
    tables = {
        "arcs": f"""
            id,from,to,name,capacity,tariff,basis
            GATHER,FIELD,HUB,Gathering,20,1,
            SHORT,HUB,EAST,Short way,6,30,{basis}
            LONG,HUB,WEST,Long way,5,50,
            """,
        "lanes": "arc,commodity,yield\nSHORT,CRUDE,0.9",
    }
    answer = best(toy(tmp_path, tables))
    sales = 3 * 510 + 2 * 490 + 2.7 * 500 + 200
    assert answer.value == pytest.approx(sales - 10 - 3 * charge - 250 - 90)


def test_a_lane_has_its_own_tariff(tmp_path: Path) -> None:
    # SHORT costs this grade 45: 455 at the hub, so LONG's first tier (3 Mt at 460) goes first.  −10·… : 5·455 + 3·460.
    answer = best(toy(tmp_path, {"lanes": "arc,commodity,tariff\nSHORT,CRUDE,45"}))
    assert answer.total("flow", arc="LONG") == pytest.approx(3)
    assert answer.value == pytest.approx(5 * 455 + 3 * 460 + 200 - 100)


def test_a_quality_bank_charges_or_credits(tmp_path: Path) -> None:
    charged = best(toy(tmp_path / "charge", {"lanes": "arc,commodity,quality\nSHORT,CRUDE,25"}))  # 445: after tier 1
    assert charged.total("flow", arc="LONG") == pytest.approx(3)
    assert charged.value == pytest.approx(5 * 445 + 3 * 460 + 100)
    credited = best(toy(tmp_path / "credit", {"lanes": "arc,commodity,quality\nSHORT,CRUDE,-25"}))
    assert credited.value == pytest.approx(3840 + 6 * 25)


def test_a_rebate_draws_owners_to_their_line(tmp_path: Path) -> None:
    # 15 back on LONG: 475 beats SHORT's 470 in tier 1, 455 does not in tier 2.
    answer = best(toy(tmp_path, {"lanes": "arc,commodity,rebate\nLONG,CRUDE,15"}))
    assert answer.total("flow", arc="LONG") == pytest.approx(3)
    assert answer.value == pytest.approx(5 * 470 + 3 * 475 + 100)


@pytest.mark.parametrize(
    ("mode", "name"),
    [("pipeline", "tariffs"), ("rail", "tariffs"), ("swap", "tariffs"), ("tanker", "freight"),
     ("caspian_tanker", "freight"), ("transfer", "loading")],
)  # fmt: skip
def test_every_charge_stands_under_one_name(tmp_path: Path, mode: str, name: str) -> None:
    tables = {
        "arcs": f"""
            id,from,to,name,mode,capacity,tariff
            GATHER,FIELD,HUB,Gathering,,20,0
            SHORT,HUB,EAST,Short way,{mode},6,30
            LONG,HUB,WEST,Long way,,5,0
            """
    }
    program = best(toy(tmp_path, tables)).program
    assert {n: term(program, n) for n in ("tariffs", "freight", "loading")} == {
        **dict.fromkeys(("tariffs", "freight", "loading"), 0.0),
        name: -30.0,
    }


def test_least_cost_lifts_everything_and_takes_the_cheap_way(tmp_path: Path) -> None:
    # Prices off, lifting as stated: 10 + 6·30 + 2·50 + 90 = 380; SHORT is full.
    answer = best(toy(tmp_path, objective="cost"))
    assert answer.value == pytest.approx(380)
    assert answer.total("lifted") == pytest.approx(10)
    # Were LONG the cheap way, it would fill although its second tier pays less.
    cheap = best(toy(tmp_path).with_policy(objective="cost").set("arc:LONG.tariff", 20))
    assert cheap.total("flow", arc="LONG") == pytest.approx(5)


def test_least_cost_has_no_use_for_prices(tmp_path: Path) -> None:
    tables = {"markets": "id,node,name\nEAST,EAST,East\nWEST,WEST,West"}
    assert best(toy(tmp_path, tables, '[policy]\nobjective = "cost"\n')).value == pytest.approx(380)


def test_least_cost_of_more_than_the_ways_can_carry_is_infeasible(tmp_path: Path) -> None:
    case = toy(tmp_path, objective="cost").set("supply:FIELD_CO.available", 14)  # 14 − 2 > 6 + 5
    assert status(case) is Status.infeasible


def test_least_cost_lifts_of_an_unlimited_supply_only_what_it_must(tmp_path: Path) -> None:
    case = toy(tmp_path, objective="cost").set("supply:FIELD_CO.available", "unlimited")
    assert best(case).total("lifted") == pytest.approx(2)  # home's


def test_least_cost_keeps_a_share_cap(tmp_path: Path) -> None:
    answer = best(toy(tmp_path, objective="cost", max_share={"transit:RU": 0.5}))
    assert answer.value == pytest.approx(380 + 2 * 20)


def test_revenue_is_refused_without_fiscal_data(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"fiscal\.csv"):
        best(toy(tmp_path, objective="revenue"))


def test_months_have_their_days(tmp_path: Path) -> None:
    answer = best(months(toy(tmp_path), 2))
    for label, days in (("2023-01", 31), ("2023-02", 28)):
        assert answer.total("lifted", period=label) == pytest.approx(10 * days / 365)
        assert answer.total("flow", arc="SHORT", period=label) == pytest.approx(6 * days / 365)
        assert answer.total("home", period=label) == pytest.approx(2 * days / 365)
    year = best(months(toy(tmp_path), 12))
    assert year.value == pytest.approx(3840)  # twelve equal months are the year


def test_a_month_beats_a_season_beats_a_year(tmp_path: Path) -> None:
    values = """
        table,id,field,period,value
        arcs,SHORT,capacity,2023,5
        arcs,SHORT,capacity,*-02,4
        arcs,SHORT,capacity,*-03,4
        arcs,SHORT,capacity,2023-03,3
        """
    case = toy(tmp_path, {"values": values})
    days = (5 * (365 - 28 - 31) + 4 * 28 + 3 * 31) / 365  # a year has the mean of its months
    assert best(case).total("flow", arc="SHORT") == pytest.approx(days)
    answer = best(months(case))
    for label, capacity in (("2023-01", 5 * 31), ("2023-02", 4 * 28), ("2023-03", 3 * 31)):
        assert answer.total("flow", arc="SHORT", period=label) == pytest.approx(capacity / 365)


def test_an_edit_in_one_month_leaves_the_others(tmp_path: Path) -> None:
    answer = best(months(toy(tmp_path).on_network(lambda n: n.scale("arc:SHORT", "capacity", 0.5, ["2023-02"]))))
    assert answer.total("flow", arc="SHORT", period="2023-01") == pytest.approx(6 * 31 / 365)
    assert answer.total("flow", arc="SHORT", period="2023-02") == pytest.approx(3 * 28 / 365)


def test_a_closed_arc_has_no_flow_and_a_proposal_opens_by_an_edit(tmp_path: Path) -> None:
    tables = {
        "arcs": """
            id,from,to,name,capacity,tariff,status
            GATHER,FIELD,HUB,Gathering,20,1,
            SHORT,HUB,EAST,Short way,6,30,
            LONG,HUB,WEST,Long way,5,50,
            NEW,HUB,EAST,New way,5,35,proposed
            """,
        "groups": "",
        "meters": "",
    }
    case = toy(tmp_path, tables)
    assert "NEW" not in set(best(case).program.column_block("flow").axis.frame["arc"])
    opened = best(case.set("arc:NEW.status", "operating"))
    assert opened.total("flow", arc="NEW") == pytest.approx(2)  # 465 beats LONG's 460
