"""The netback matrix by hand, and against the routes of plans; the schedule adds up."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from toy import months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app
from energy_routes.results.schedule_book import directions_table, schedule_table, write_schedule
from energy_routes.studies.netback_sheets import matrix


def test_the_toy_by_hand(tmp_path: Path) -> None:
    """SHORT: 500 − 1 − 30 − 9 = 460.  LONG: 510 − 1 − 50 − 9 = 450, at the best tier."""
    found = er.netbacks(toy(tmp_path))
    assert matrix(found).to_dict() == {"FIELD_CO": {("SHORT", "EAST"): 460.0, ("LONG", "WEST"): 450.0}}
    short = found.set_index("corridor").loc["SHORT"]
    assert (short["price"], short["tariff"], short["lifting"], short["capacity"]) == (500, 31, 9, 6)
    assert short["arcs"] == "GATHER;SHORT"
    assert (short["unit"], short["capacity_unit"]) == ("USD/t", "Mt")


def test_a_loss_is_taken_where_it_falls(tmp_path: Path) -> None:
    """0.9 of what enters SHORT arrives, turned into SOUR: 0.9·500 − 30 − 1 − 9 = 410."""
    case = toy(tmp_path, {
        "commodities": "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nSOUR,Sour,oil,7.5\n",
        "lanes": "arc,commodity,to_commodity,yield\nSHORT,CRUDE,SOUR,0.9\n",
    })  # fmt: skip
    row = er.netbacks(case).set_index("corridor").loc["SHORT"]
    assert (row["netback"], row["price"], row["sold_as"]) == (pytest.approx(410), pytest.approx(450), "SOUR")


@pytest.mark.parametrize("model", ["oil-2024", "gas-2024"])
def test_no_route_of_a_plan_earns_more_than_the_matrix_and_the_first_ones_earn_as_much(model: str) -> None:
    case = er.load(model)
    plan = er.solve(case)
    routes = plan.routes[plan.routes["export"].astype(bool) & plan.routes["corridor"].ne("")]
    both = routes.merge(er.netbacks(case), left_on=["origin", "corridor", "market"],
                        right_on=["supply", "corridor", "market"], suffixes=("", "_best"))  # fmt: skip
    assert len(both) == len(routes)
    assert (both["netback"] <= both["netback_best"] + 1e-6).all()
    same = both["arcs"] == both["arcs_best"]
    assert same.mean() > 0.5
    top = both[same & (both["volume"] > 0.1)]
    assert top["netback"].to_numpy() == pytest.approx(top["netback_best"].to_numpy(), abs=1e-6)


def test_the_schedule_adds_up_to_what_is_lifted_and_says_who_ships_where(tmp_path: Path) -> None:
    plan = er.solve(months(toy(tmp_path)))
    lifted = plan.supplies.set_index(["supply", "period"])["lifted"]
    planned = plan.schedule.groupby(["supply", "period"])["volume"].sum()
    assert planned.to_dict() == pytest.approx(lifted.to_dict())
    wide = schedule_table(plan)
    assert set(wide["direction"]) == {"Short corridor", "Long corridor", "home"}
    home = wide.set_index("direction").loc["home"]
    assert home["2023-01"] == pytest.approx(2000 * 31 / 365)  # 2 Mt a year
    assert home["total"] == pytest.approx(2000 * 90 / 365)


def test_a_pack_without_corridors_has_a_workbook(tmp_path: Path) -> None:
    plan = er.solve(toy(tmp_path, {"groups": "", "meters": ""}))
    write_schedule(plan, tmp_path / "plan.xlsx")
    (head,) = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Directions"].iter_rows(values_only=True)
    assert head == ("family", "direction", "unit", "2023", "total")


def test_the_workbook_holds_the_sums_a_desk_reads_and_the_months_gone_by(tmp_path: Path) -> None:
    case = months(toy(tmp_path))
    actuals = pd.DataFrame({"what": ["arc"], "id": ["SHORT"], "commodity": ["CRUDE"], "period": ["2023-01"],
                            "volume": ["123"], "unit": ["kt"]})  # fmt: skip
    plan = er.solve(er.replan(case, "2023-02", actuals))
    assert directions_table(plan).set_index("direction")["2023-01"].to_dict() == {
        "Short corridor": pytest.approx(123.0), "Long corridor": 0.0}  # fmt: skip
    write_schedule(plan, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames == ["Schedule", "Directions", "Netbacks", "Limits"]
    top, *rows = ([cell.value for cell in row] for row in book["Netbacks"].iter_rows())
    assert {(row[top.index("unit")], row[top.index("money_unit")]) for row in rows} == {("Mt", "USD/t")}
    cells = [[cell.value for cell in row] for row in book["Schedule"].iter_rows()]
    head = next(row for row in cells if row[0] == "family")
    total = next(row for row in cells if row[1] == "All oil")
    assert head[-3:] == ["2023-02", "2023-03", "total"]
    assert total[-1] == pytest.approx(1000 * plan.supplies["lifted"].sum())


def test_the_command_prints_every_grade_and_says_where_there_is_nothing(tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, ["netbacks", "gas-2024"]).stdout
    best = er.netbacks(er.load("gas-2024")).groupby("supply")["netback"].max()
    stars = re.findall(r"(\d+)\*", printed)
    assert sorted(stars) == sorted(f"{value:.0f}" for value in best)
    assert max(len(line.rstrip()) for line in printed.splitlines()) <= 100
    assert {"Karachaganak", "Zhanazhol"} <= set(printed.split())
    assert {"KPO", "Others"} <= set(CliRunner().invoke(app, ["netbacks", "oil-2024"]).stdout.split())  # at one place
    oil = CliRunner().invoke(app, ["netbacks", "oil-2024"]).stdout
    assert "\nRail to China, Uzbekistan " in oil  # Uzbek refineries stand below it
    seas = "id,node,name,price\nEAST,EAST,[red] Sea (east),500\nWEST,WEST,[red] Sea (west),510"
    write(tmp_path / "apart", {"markets": seas})
    apart = CliRunner().invoke(app, ["netbacks", str(tmp_path / "apart" / "model.toml")]).stdout
    assert " [red] Sea (east) " in apart
    assert " [red] Sea (west) " in apart
    write(tmp_path, {"groups": "", "meters": ""})
    nothing = CliRunner().invoke(app, ["netbacks", str(tmp_path / "model.toml")])
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "no way through a corridor" in nothing.stderr
