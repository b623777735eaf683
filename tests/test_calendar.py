"""Months and years: the figure of a year is that of its months, and a rate a month or a day is that amount.

By hand on the toy of ``toy.py``, in 2023 (365 days) and 2024 (366).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rest import first
from toy import TABLES, best, toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.audit.facts import Facts
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.formulation.space.axes import arc_axis, contract_axis, delivery_axis, lane_axis, stock_axis
from energy_routes.linear import Labels
from energy_routes.network.added_route import AddedRoute
from energy_routes.network.monthly_products import sizes
from energy_routes.pack.units.periods import Period, a_year, means, months_of, periods_of, totals
from energy_routes.results import storing as results
from energy_routes.solving.loop import stated

YEAR = periods_of([2023], "year")
DAYS = np.array([month.days for month in months_of(YEAR)], dtype=float)
HEAD = "table,id,field,period,value,unit"


def dated(*rows: str, **others: str) -> Mapping[str, str]:
    """The toy's tables with rows of ``values``: ``{m}`` stands for each month of 2023, ``{n}`` for its number."""
    filled = [row.replace("{m}", f"2023-{m:02d}").replace("{n}", f"{m:02d}") for row in rows
              for m in (range(1, 13) if "{m}" in row else (1,))]  # fmt: skip
    return {"values": "\n".join([HEAD, *filled]), **others}


def with_column(name: str, **cells: str) -> str:
    """The toy's arcs with one column more, filled for the arcs named."""
    head, *rows = (line.strip() for line in TABLES["arcs"].strip().splitlines())
    return "\n".join([f"{head},{name}", *(f"{row},{cells.get(row.partition(',')[0], '')}" for row in rows)])


def monthly(case: Case) -> Case:
    return replace(case, periods=months_of(case.periods))


def outage(case: Case, arc: str, remaining: float, *months: str) -> Case:
    """What a deck may and an edit of a case by year may not: a change in some of its months."""
    return case.on_network(lambda network: network.outage(arc, months, remaining))


def figure(case: Case, table: str, key: str, column: str) -> list[float]:
    return [float(v) for v in case.network.resolve(table, column, case.periods)[case.network.ids(table).index(key)]]


# ---- the figure of a year -------------------------------------------------------------------------------------------


def test_twelve_months_without_a_figure_of_the_year_are_enough(tmp_path: Path) -> None:
    """The base price of EAST is blank: by year it was unsaleable, and the plan lost the whole of SHORT in silence."""
    markets = TABLES["markets"].replace("EAST,EAST,East,500", "EAST,EAST,East,")
    case = toy(tmp_path, dated("markets,EAST,price,{m},5{n},USD/t", markets=markets))
    price = float((DAYS * np.arange(501, 513)).sum() / 365)
    assert figure(case, "markets", "EAST", "price") == pytest.approx([price])
    assert best(case).total("delivered", market="EAST") == pytest.approx(6)


@pytest.mark.parametrize("row", ["2023,8,Mt/y", "*-01,8,Mt/y", "2023-01,8,Mt/y"])
def test_a_wide_date_stands_for_the_months_without_a_narrower_one(tmp_path: Path, row: str) -> None:
    case = toy(tmp_path, dated("arcs,SHORT,capacity,2023-03,2,Mt/y", f"arcs,SHORT,capacity,{row}"))
    rest, january = (8, 8) if row.startswith("2023,") else (6, 8)
    by_hand = [january, rest, 2, *[rest] * 9]
    assert figure(monthly(case), "arcs", "SHORT", "capacity") == by_hand
    assert figure(case, "arcs", "SHORT", "capacity") == pytest.approx([(DAYS * by_hand).sum() / 365], rel=1e-14)


def test_a_figure_that_no_month_changes_is_left_bit_for_bit(tmp_path: Path) -> None:
    case = toy(tmp_path, {"arcs": TABLES["arcs"].replace("Short way,6", "Short way,6.12345678901234")})
    assert figure(case, "arcs", "SHORT", "capacity") == [6.12345678901234]
    assert figure(monthly(case), "arcs", "SHORT", "capacity") == [6.12345678901234] * 12


def test_a_blank_month_leaves_the_year_blank_and_a_market_says_which(tmp_path: Path) -> None:
    markets = TABLES["markets"].replace("EAST,EAST,East,500", "EAST,EAST,East,")
    rows = [f"markets,EAST,price,2023-{m:02d},500,USD/t" for m in range(1, 13) if m != 5]
    plan = er.solve(toy(tmp_path, dated(*rows, markets=markets)))
    (told,) = [w["message"] for w in plan.warnings if w["code"] == "no_price"]
    assert told == "no price in 2023 (none for 2023-05): nothing can be sold there then"
    assert "EAST" not in set(plan.deliveries["market"])


def test_capacity_is_the_mean_of_what_is_usable_not_of_its_factors(tmp_path: Path) -> None:
    """Twice the capacity when half of it stands still: the means would give 9·0.75 less 1."""
    rows = [f"arcs,SHORT,{column},2023-{m:02d},{value},{unit}" for m in range(1, 13)
            for column, value, unit in (("capacity", 12 if m > 6 else 6, "Mt/y"),
                                        ("availability", 0.5 if m > 6 else 1, ""), ("booked", 1, "Mt/y"))]  # fmt: skip
    case = toy(tmp_path, dated(*rows, arcs=with_column("minimum", SHORT="2")))
    short = arc_axis(case).table().set_index("arc").loc["SHORT"]
    assert short["capacity"] == pytest.approx(5)
    shut = arc_axis(outage(case, "SHORT", 0.1, "2023-12")).table().set_index("arc").loc["SHORT"]
    assert shut["capacity"] == pytest.approx(5 * (365 - 31) / 365)  # in December others would take more than is there
    part = arc_axis(outage(case, "SHORT", 0.4, "2023-02")).table().set_index("arc").loc["SHORT"]
    assert part["capacity"] == pytest.approx((5 * 337 + 1.4 * 28) / 365)
    assert part["minimum"] == pytest.approx(2 * (337 + 28 * 1.4 / 5) / 365)


def test_a_charge_on_the_outlet_is_the_mean_of_tariff_times_yield(tmp_path: Path) -> None:
    arcs = with_column("basis", LONG="outlet")
    rows = ["lanes,LONG/CRUDE,yield,2023-01,0.5,", "arcs,LONG,tariff,2023-01,90,USD/t",
            "lanes,LONG/CRUDE,tariff,2023-03,70,USD/t"]  # fmt: skip
    case = toy(tmp_path, dated(*rows, arcs=arcs, lanes="arc,commodity,yield\nLONG,CRUDE,0.9\nSHORT,CRUDE,1"))
    lane = lane_axis(case).table().set_index("arc").loc["LONG"]
    assert lane["charge"] == pytest.approx((90 * 0.5 * 31 + 70 * 0.9 * 31 + 50 * 0.9 * 303) / 365)
    assert lane["yield"] == pytest.approx((0.5 * 31 + 0.9 * 334) / 365)


def test_price_differential_and_discount_add_up_month_by_month(tmp_path: Path) -> None:
    rows = ["markets,WEST,price,{m},5{n},USD/t", "tiers,WEST/2,discount,2023-02,30,USD/t",
            "differentials,CRUDE/,differential,2023-03,-2,USD/bbl"]  # fmt: skip
    case = toy(tmp_path, dated(*rows, differentials="commodity,market,differential\nCRUDE,,1"))

    def prices(of: Case) -> pd.Series:
        space, _ = stated(of)
        reached = Labels.rows([("WEST", "CRUDE", "oil")], "node", "commodity", "family")
        frame = delivery_axis(of, space.tiers, reached).table()
        return frame[frame["tier"] == "2"].set_index("period")["price"]

    assert prices(case)["2023"] == pytest.approx(float((prices(monthly(case)).to_numpy() * DAYS).sum() / 365))


def test_a_commitment_is_what_its_months_ask_for_inside_its_term_and_of_what_is_left(tmp_path: Path) -> None:
    contracts = "id,kind,arc,volume,charge,from_period\nK,ship_or_pay,LONG,3.65,10,2023-03"
    tables = dated("contracts,K,volume,2023-12,0,Mt/y", contracts=contracts)
    case = outage(toy(tmp_path, tables), "LONG", 0.5, "2023-02", "2023-04")
    by_year, by_month = contract_axis(case).table(), contract_axis(monthly(case)).table()
    assert by_year["nominal"].item() == pytest.approx(3.65 * (365 - 59 - 31) / 365)
    assert by_year["volume"].item() == pytest.approx(0.01 * (365 - 59 - 31 - 15))  # April is half open
    assert by_month["volume"].sum() == pytest.approx(by_year["volume"].item())
    assert list(by_month["period"]) == [f"2023-{m:02d}" for m in range(3, 13)]


def test_stocks_are_of_an_instant_and_pumps_of_the_whole_year(tmp_path: Path) -> None:
    storages = "id,node,working_volume,opening,injection,unit,closing,closing_value\nT,HUB,2,0.5,1,kt/d,value,300"
    rows = ["storages,T,opening,2023-01,0.7,Mt", "storages,T,opening,2023-07,0.9,Mt",
            "storages,T,working_volume,2023-12,3,Mt", "storages,T,closing_value,2023-12,400,USD/t",
            "storages,T,injection,2023-02,2,kt/d"]  # fmt: skip
    reached = Labels.rows([("HUB", "CRUDE", "oil")], "node", "commodity", "family")
    tanks, _ = stock_axis(toy(tmp_path, dated(*rows, storages=storages)), reached)
    told = tanks.table()[["opening", "working_volume", "closing_value", "injection"]].iloc[0].tolist()
    assert told == pytest.approx([0.7, 3, 400, 0.001 * (365 + 28)])


def test_by_year_and_by_month_have_the_same_to_give(tmp_path: Path) -> None:
    """The plans differ only by what moves between months; with one way out they agree in volume and in money."""
    rows = ["supplies,FIELD_CO,available,2023-01,0.2,Mt/month", "supplies,FIELD_CO,available,2023-02,2,kt/d",
            "obligations,HOME,volume,2023-06,1,kt/d", "arcs,SHORT,capacity,2023-03,0.1,Mt/month",
            "arcs,GATHER,tariff,*-08,7,USD/t"]  # fmt: skip
    case = toy(tmp_path, dated(*rows))
    year, months = stated(case)[0], stated(monthly(case))[0]
    assert months.lifted.axis.data("available").sum() == pytest.approx(0.2 + 0.056 + 10 * 306 / 365)
    for axis, column in (("arcs", "capacity"), ("obligations", "volume")):
        one, many = getattr(year, axis), getattr(months, axis)
        assert many.table().groupby(many.keys[0])[column].sum().to_dict() == pytest.approx(
            dict(zip(one.frame[one.keys[0]], one.data(column), strict=True)))  # fmt: skip


# ---- a rate a month, a rate a day ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "february"), [(2023, 28), (2024, 29)])
def test_a_rate_a_month_is_that_amount_and_a_rate_a_day_is_times_the_days(
    tmp_path: Path, year: int, february: int
) -> None:
    units = TABLES["arcs"].replace("tariff", "unit,tariff").replace("20,1,10", "100,kb/d,1,10").replace(
        "6,30,1000", "300,kt/month,30,1000").replace("5,50,3000", "5,Mt/y,50,3000")  # fmt: skip
    case = replace(toy(tmp_path, {"arcs": units}), periods=periods_of([year], "year"))
    whole = arc_axis(case).table().set_index("arc")["capacity"]
    months = arc_axis(monthly(case)).table().set_index(["arc", "period"])["capacity"]
    days = 365 + (february == 29)
    assert whole.to_dict() == pytest.approx({"GATHER": 0.1 * days / 7.5, "SHORT": 3.6, "LONG": 5})
    at = f"{year}-02"
    assert months["GATHER", at] == pytest.approx(0.1 * february / 7.5, rel=1e-12)
    assert months["SHORT", at] == pytest.approx(0.3, rel=1e-12)
    assert months["LONG", at] == pytest.approx(5 * february / days, rel=1e-12)
    assert months.groupby("arc").sum().to_dict() == pytest.approx(whole.to_dict())


@pytest.mark.parametrize(("written", "months", "year"), [
    ("300 kt/month", [0.3] * 12, 3.6),
    ("10 kt/d", DAYS * 0.01, 3.65),
    ("75 kb/d", DAYS * 0.01, 3.65),
    ("3.65 Mt/y", DAYS * 0.01, 3.65),
])  # fmt: skip
def test_an_edit_means_what_its_unit_says(tmp_path: Path, written: str, months: list[float], year: float) -> None:
    case = toy(tmp_path).set("arc:SHORT.capacity", written)
    capacity = arc_axis(monthly(case)).table().set_index("arc").loc["SHORT", "capacity"]
    assert capacity.tolist() == pytest.approx(list(months), rel=1e-12)
    assert arc_axis(case).table().set_index("arc").loc["SHORT", "capacity"] == pytest.approx(year, rel=1e-12)


def test_an_addition_of_a_model_keeps_its_time_too(tmp_path: Path) -> None:
    edit = """
        [[edit]]
        target = "arc:SHORT"
        reason = "a test"
        capacity = { add = 100, unit = "kt/month" }
        """
    capacity = arc_axis(monthly(toy(tmp_path, model=edit))).table().set_index("arc").loc["SHORT", "capacity"]
    assert capacity.tolist() == pytest.approx((DAYS * 6 / 365 + 0.1).tolist(), rel=1e-12)


def test_in_a_quarter_a_monthly_rate_is_spread_by_the_days_of_its_months() -> None:
    """The rule of any period: volumes of its months add up, figures are the mean over its days."""
    quarter = periods_of([2023], "month")[:3]
    rates = 0.3 * a_year("month", quarter)  # Mt a year
    volumes = rates * [month.years for month in quarter]
    assert volumes == pytest.approx([0.3] * 3)
    assert (DAYS[:3] * rates).sum() / 90 * (90 / 365) == pytest.approx(volumes.sum())


def test_sums_and_means_over_mixed_periods() -> None:
    periods = [*periods_of([2023], "month")[:1], *periods_of([2024], "year")]
    numbers = np.arange(13.0)[None]
    assert totals(numbers, periods).tolist() == [[0.0, 78.0]]
    leap = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert means(numbers, periods) == pytest.approx(np.array([[0.0, np.dot(leap, np.arange(1.0, 13.0)) / 366]]))
    assert means(np.full((1, 12), np.inf), YEAR).tolist() == [[np.inf]]
    assert Period("2024", 2024).count("d") == 366
    assert Period("2024-02", 2024, 2).count("month") == 1


def test_what_is_built_keeps_its_time_its_edits_and_its_dates(tmp_path: Path) -> None:
    case = toy(tmp_path, {
        "options": "id,name,capacity,unit,capex\nWIDER,Wider,300,kt/month,100",
        "option_effects": "option,target,capacity,unit\nWIDER,arc:LONG,,Mt/y\nWIDER,supply:FIELD_CO,10,kt/d",
    })  # fmt: skip
    months = months_of(YEAR)
    volumes = sizes(case.network, "capacity", months) * [month.years for month in months]
    assert volumes == pytest.approx(np.array([[0.3] * 12, DAYS * 0.01]))
    assert sizes(case.set("option:WIDER.capacity", "2 Mt/y").network, "capacity", YEAR)[0].tolist() == [2]


def test_an_added_route_keeps_its_time(tmp_path: Path) -> None:
    case = toy(tmp_path).with_route(AddedRoute("NEW", "New", "HUB", "WEST", 5, capacity=0.3, time="month"))
    capacity = arc_axis(monthly(case)).table().set_index("arc").loc["NEW", "capacity"]
    assert capacity.tolist() == pytest.approx([0.3] * 12)


def test_what_is_printed_a_day_is_what_was_written_a_day(tmp_path: Path) -> None:
    case = toy(tmp_path).set("arc:SHORT.capacity", "40 kb/d")
    plan = er.solve(replace(case, periods=periods_of([2024], "year")))
    moved = float(plan.flows.set_index("arc").loc["SHORT", "volume"])
    assert moved * Units.of("kb/d", plan).volume_factors["oil"] == pytest.approx(40)


# ---- a deck of months in a case by year --------------------------------------------------------------------------


def test_months_of_a_deck_are_not_passed_over_in_a_case_by_year(tmp_path: Path) -> None:
    rows = [("market:EAST.price", f"2023-{m:02d}", str(500 + m), "USD/t") for m in range(1, 13)]
    rows += [("arc:LONG.tariff", "", "9000", "KZT/t"), ("fx:KZT", "2023", "450", "KZT/USD"),
             ("fx:KZT", "2023-02", "500", "KZT/USD")]  # fmt: skip
    case = toy(tmp_path).with_deck(pd.DataFrame(rows, columns=["target", "period", "value", "unit"]))
    assert figure(case, "markets", "EAST", "price") == pytest.approx([500 + (DAYS * np.arange(1, 13)).sum() / 365])
    assert figure(case, "arcs", "LONG", "tariff") == pytest.approx([(20 * 337 + 18 * 28) / 365])
    assert len([edit for edit in case.edits if edit.id == "LONG"]) == 2  # one a rate, not one a month


# ---- told by `check`, found again by `verify` -----------------------------------------------------------------------


@pytest.mark.parametrize(("year", "told"), [("6", False), ("6.1", False), ("6.2", True), ("5.8", True), ("0", True)])
def test_check_tells_a_year_that_is_unlike_its_twelve_months(tmp_path: Path, year: str, told: bool) -> None:
    toy(tmp_path, dated(f"arcs,SHORT,capacity,2023,{year},Mt/y", "arcs,SHORT,capacity,{m},500,kt/month",
                        "arcs,LONG,capacity,2023,4,Mt/y", "arcs,LONG,capacity,2023-01,1,Mt/y"))  # fmt: skip
    checked = json.loads(CliRunner().invoke(app, ["check", str(tmp_path), "--json"]).stdout)
    (doubts,) = [pack["doubts"] for pack in checked["packs"]]
    assert len(doubts) == told
    if told:
        assert doubts[0].startswith(f"values.csv row 2, column 'value': arcs SHORT capacity is {year} Mt/y in 2023")
        assert "the mean of its twelve months, 6, within 2 %" in doubts[0]
        assert "values.csv row 2" in CliRunner().invoke(app, ["check", str(tmp_path)]).stdout


@pytest.mark.parametrize("pack", first(["kazakhstan-oil", "kazakhstan-gas"], ["kazakhstan-gas"]))
def test_no_bundled_year_is_unlike_its_months(pack: str) -> None:
    from energy_routes.pack.bundled import pack_path
    from energy_routes.pack.checks.beside_months import years_unlike_months

    assert years_unlike_months(er.read_pack(pack_path(pack))) == []


RICH = dated(
    "arcs,SHORT,capacity,{m},120.{n},kb/d", "arcs,SHORT,availability,*-02,0.7,",
    "arcs,LONG,booked,2023-05,100,kt/month",
    "arcs,LONG,tariff,2023-05,60,USD/t", "lanes,LONG/CRUDE,yield,2023-05,0.9,", "markets,EAST,price,{m},6{n},USD/t",
    "tiers,WEST/1,depth,2023-04,0.1,Mt/month", "obligations,HOME,volume,{m},5,kt/d",
    "contracts,K,volume,2023-06,0.1,Mt/y",
    arcs=with_column("basis", LONG="outlet"),
    lanes="arc,commodity,yield\nLONG,CRUDE,0.95", contracts="id,kind,arc,volume,unit,charge,from_period,note\n"
    "K,ship_or_pay,LONG,500,kt/month,10,2023-03,checked: paid for and not moved",
    storages="id,node,working_volume,opening,injection,unit,closing\nT,HUB,2,0.5,1,kt/d,opening",
)  # fmt: skip


@pytest.fixture
def rich(tmp_path: Path) -> Case:
    case = toy(tmp_path / "rich", RICH, exports="free").set("supply:FIELD_CO.available", "800 kt/month")
    return outage(case, "LONG", 0.5, "2023-03")


@pytest.mark.parametrize("by", first(["year", "month"], ["month"]))
def test_verify_follows_the_same_calendar_by_its_own_code(rich: Case, by: str, tmp_path: Path) -> None:
    plan = er.solve(rich if by == "year" else monthly(rich))
    folder = results.save(plan, tmp_path / "result")
    report = er.verify(folder)
    assert report.passed
    facts = Facts(folder / "inputs")
    for arc in ("SHORT", "LONG"):
        own = arc_axis(plan.case).table().set_index(["arc", "period"])["capacity"]
        for period in facts.periods:
            assert facts.capacity(arc, period) == pytest.approx(own[arc, period])
