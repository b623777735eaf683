"""Tanks on a three-month toy, each by hand.

FIELD lifts 0.01 Mt a day and all of it must be lifted; the hub sends it to EAST (30 USD/t), where a tonne fetches 400
in January, 500 in February and 450 in March.  At the hub a tonne is worth 370, 470 and 420.  Days: 31, 28, 31.
Value without tanks, after 10 USD/t of lifting and gathering: 0.31·360 + 0.28·460 + 0.31·410 = 367.5 MUSD.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import best, months, status, toy

from energy_routes.case.case import Case
from energy_routes.linear.solution import Status
from energy_routes.solving.loop import solve

BASE = 0.31 * 360 + 0.28 * 460 + 0.31 * 410
COLUMNS = "id,node,commodities,working_volume,opening,injection,withdrawal,closing,closing_value"
TABLES = {
    "arcs": """
        id,from,to,name,capacity,tariff
        GATHER,FIELD,HUB,Gathering,20,1
        SHORT,HUB,EAST,Short way,60,30
        """,
    "supplies": "id,node,commodity,shipper,available,minimum,cost\nFIELD_CO,FIELD,CRUDE,Field Co,3.65,3.65,9",
    "obligations": "",
    "markets": "id,node,name,price\nEAST,EAST,East,400",
    "tiers": "",
    "groups": "",
    "meters": "",
    "values": """
        table,id,field,period,value
        markets,EAST,price,2023-02,500
        markets,EAST,price,*-03,450
        """,
}


def tanks(folder: Path, row: str, **tables: str) -> Case:
    """Three months with one tank at the hub (``row`` under ``COLUMNS``)."""
    text = f"{COLUMNS}\n{row}" if row else ""
    return months(toy(folder, {**TABLES, "storages": text, **tables}))


def test_without_tanks_everything_is_sold_as_it_comes(tmp_path: Path) -> None:
    answer = best(tanks(tmp_path, ""))
    assert answer.value == pytest.approx(BASE)


def test_a_tank_carries_volume_into_the_dear_month(tmp_path: Path) -> None:
    # 0.1 Mt wait from January (370) for February (470): + 10.
    answer = best(tanks(tmp_path, "TANK,HUB,,0.1,,,,,"))
    assert answer.value == pytest.approx(BASE + 10)
    assert [answer.total("stock", period=f"2023-0{m}") for m in (1, 2, 3)] == pytest.approx([0.1, 0, 0])
    assert answer.total("injected", period="2023-01") == pytest.approx(0.1)
    assert answer.total("withdrawn", period="2023-02") == pytest.approx(0.1)
    assert answer.worth("working_volume", period="2023-01") == pytest.approx(100)


def test_a_tank_larger_than_the_month_does_not_bind(tmp_path: Path) -> None:
    # All of January's 0.31 waits (+ 100 each); so does March's, for "next" February, since the tank is cyclic (+ 50).
    answer = best(tanks(tmp_path, "TANK,HUB,,5,,,,,"))
    assert answer.value == pytest.approx(BASE + 31 + 15.5)
    assert answer.worth("working_volume", period="2023-01") == pytest.approx(0)


def test_injection_is_a_rate(tmp_path: Path) -> None:
    # 0.73 Mt/y for 31 of 365 days = 0.062 Mt from January (+ 100 each), the other 0.038 from March (+ 50 each).
    assert best(tanks(tmp_path, "TANK,HUB,,0.1,,0.73,,,")).value == pytest.approx(BASE + 6.2 + 1.9)


def test_withdrawal_is_a_rate(tmp_path: Path) -> None:
    # 0.73 Mt/y gives 0.056 Mt in February (+ 100 each) and the other 0.044 in March (+ 50 each): + 5.6 + 2.2.
    assert best(tanks(tmp_path, "TANK,HUB,,0.1,,,0.73,,")).value == pytest.approx(BASE + 7.8)


def test_free_closing_spends_the_opening_stock(tmp_path: Path) -> None:
    # Opening 0.04; 0.06 more go in during January (−370 each), 0.1 come out in February (+470 each): + 24.8.
    answer = best(tanks(tmp_path, "TANK,HUB,CRUDE,0.1,0.04,,,free,"))
    assert answer.value == pytest.approx(BASE - 0.06 * 370 + 0.1 * 470)


def test_opening_closing_returns_what_was_there(tmp_path: Path) -> None:
    # As above, and 0.04 go back in March (−420 each): + 8.
    answer = best(tanks(tmp_path, "TANK,HUB,CRUDE,0.1,0.04,,,opening,"))
    assert answer.value == pytest.approx(BASE - 0.06 * 370 + 0.1 * 470 - 0.04 * 420)
    assert answer.total("stock", period="2023-03") == pytest.approx(0.04)


def test_a_cyclic_tank_ends_as_it_begins_wherever_that_is(tmp_path: Path) -> None:
    # January the dear month: a cyclic tank keeps March's oil for "next" January, so + 0.1·(600 − 450) = 15.
    values = TABLES["values"] + "\n        markets,EAST,price,2023-01,600\n"
    answer = best(tanks(tmp_path, "TANK,HUB,CRUDE,0.1,,,,cyclic,", values=values))
    base = 0.31 * 560 + 0.28 * 460 + 0.31 * 410
    # Then February's 500 over March's 450 is of no use: nothing cheaper comes before February.
    assert answer.value == pytest.approx(base + 15)
    assert answer.total("stock", period="2023-03") == pytest.approx(0.1)


def test_closing_value_pays_for_what_is_left(tmp_path: Path) -> None:
    # Free closing's + 24.8, and in March 0.1 go in for 500 instead of 420: + 8.
    answer = best(tanks(tmp_path, "TANK,HUB,CRUDE,0.1,0.04,,,value,500"))
    assert answer.value == pytest.approx(BASE + 24.8 + 8)
    cheap = best(tanks(tmp_path / "cheap", "TANK,HUB,CRUDE,0.1,0.04,,,value,300"))
    assert cheap.value == pytest.approx(BASE + 24.8)


def test_a_stock_that_must_return_to_a_full_tank_too_small_is_infeasible(tmp_path: Path) -> None:
    def halved(closing: str) -> Status:
        case = tanks(tmp_path / closing, f"TANK,HUB,CRUDE,0.1,0.1,,,{closing},")
        return status(case.set("storage:TANK.working_volume", 0.05))

    assert halved("free") is Status.optimal  # what no longer fits leaves in January
    assert halved("opening") is Status.infeasible


def test_all_grades_share_the_tank(tmp_path: Path) -> None:
    # A second grade of 0.01 Mt a day: 0.62 would wait, 0.4 may.  + 40.
    grades = "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7"
    supplies = TABLES["supplies"] + "\nHUB_CO,HUB,BLEND,Hub Co,3.65,3.65,10"
    case = tanks(tmp_path, "TANK,HUB,,0.4,,,,,", commodities=grades, supplies=supplies)
    answer = best(case)
    assert answer.value == pytest.approx(2 * BASE + 40)
    assert answer.total("stock", period="2023-01") == pytest.approx(0.4)


def test_a_tank_holds_only_its_grades(tmp_path: Path) -> None:
    grades = "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7"
    case = tanks(tmp_path, "TANK,HUB,BLEND,0.4,,,,,", commodities=grades)
    assert best(case).value == pytest.approx(BASE)


@pytest.mark.parametrize(("held", "holder"), [("CRUDE;BLEND", "CRUDE"), ("BLEND;CRUDE", "BLEND"), ("", "BLEND")])
def test_the_opening_stock_is_of_one_grade(tmp_path: Path, held: str, holder: str) -> None:
    """Two grades may lie in the tank; its 0.04 Mt are of the first that its row names, else of the first there is."""
    grades = "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7"
    supplies = TABLES["supplies"] + "\nHUB_CO,HUB,BLEND,Hub Co,3.65,3.65,10"
    case = tanks(tmp_path, f"TANK,HUB,{held},0.4,0.04,0,,free,", commodities=grades, supplies=supplies)
    answer = best(case)
    drawn = {grade: answer.total("withdrawn", commodity=grade) for grade in ("CRUDE", "BLEND")}
    assert drawn == pytest.approx({"CRUDE": 0, "BLEND": 0} | {holder: 0.04})
    assert answer.value == pytest.approx(2 * BASE + 0.04 * 470)


def test_tanks_decide_how_long_a_terminal_may_stop(tmp_path: Path) -> None:
    # SHORT is out in February and wells cannot be shut: 0.28 Mt need a tank.
    small = tanks(tmp_path / "small", "TANK,HUB,,0.2,,,,,").outage("SHORT", ["2023-02"])
    large = tanks(tmp_path / "large", "TANK,HUB,,0.3,,,,,").outage("SHORT", ["2023-02"])
    assert status(small) is Status.infeasible
    answer = best(large)
    # February's 0.28 wait for March, and so do 0.02 of January's (420 against 370), as far as the tank goes.
    assert answer.total("stock", period="2023-02") == pytest.approx(0.3)
    assert answer.value == pytest.approx(0.29 * 370 + 0.61 * 420 - 0.9 * 10)


def test_a_tank_feeds_its_port_when_the_line_to_it_is_shut(tmp_path: Path) -> None:
    # GATHER is out all along and nothing must be lifted: the opening 0.04 still sail, in February, at 470.
    supplies = "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,3.65,9"
    case = tanks(tmp_path, "TANK,HUB,CRUDE,0.1,0.04,,,free,", supplies=supplies).without("GATHER")
    assert best(case).value == pytest.approx(0.04 * 470)


def test_a_tank_is_not_moved_for_nothing(tmp_path: Path) -> None:
    """Prices are alike all year and two tanks stand ready: nothing is put into either, nor moved between them."""
    level = {**TABLES, "values": ""}
    rows = "ONE,HUB,,0.1,0.05,,,cyclic,\nTWO,HUB,,0.1,0.05,,,cyclic,\nTHREE,HUB,,0.1,0.05,,,opening,"
    stocks = solve(tanks(tmp_path, rows, **level)).stocks
    assert stocks[["injected", "withdrawn"]].to_numpy() == pytest.approx(0, abs=1e-12)


def test_a_tank_moves_no_more_than_what_waits(tmp_path: Path) -> None:
    """0.1 Mt wait from January for February: 0.1 in, 0.1 out, and the second tank rests."""
    stocks = solve(tanks(tmp_path, "ONE,HUB,,0.06,,,,,\nTWO,HUB,,0.06,,,,,")).stocks
    assert stocks["injected"].sum() == pytest.approx(0.12)
    assert stocks["withdrawn"].sum() == pytest.approx(0.12)
    assert not ((stocks["injected"] > 1e-9) & (stocks["withdrawn"] > 1e-9)).any()
