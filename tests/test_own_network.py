"""The page for one's own network, walked literally: its tables become a workbook and its numbers hold.

Its commands are run by ``test_docs.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from printed import FILE, run as outcome, sheets, write_book

import energy_routes as er
from energy_routes.cli.setup.starting import start_empty
from energy_routes.cli.setup.template import SHEETS
from energy_routes.errors import DataError, UsageError
from energy_routes.maps.data.projection import HOME, USUAL, home_box
from energy_routes.pack.reading.read import read_pack
from energy_routes.pack.schema.tables import TABLES
from energy_routes.plan.plan import Plan

PART = re.compile(r"^## (?P<title>.+?)\n(?P<text>.*?)(?=^## |\Z)", re.M | re.S)


@pytest.fixture(scope="module")
def page(root: Path) -> Mapping[str, str]:
    """The page's parts by the number that they begin with."""
    text = (root / "docs/own-network.md").read_text("utf-8")
    return {match["title"][0]: match["text"] for match in PART.finditer(text)}


def run(command: str) -> str:
    """What a command prints.  It must end well."""
    code, output = outcome(command)
    assert code == 0, f"{command}\n{output}"
    return output


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Mapping[str, str]) -> Path:
    """A folder with the workbook and the model of the page."""
    monkeypatch.chdir(tmp_path)
    write_book(tmp_path / "azerbaijan.xlsx", sheets(page["1"]))
    (model,) = FILE.finditer(page["2"])
    (tmp_path / model["name"]).write_text(model["text"], "utf-8")
    return tmp_path


def sold(plan: Plan) -> dict[str, float]:
    return {str(k): round(float(v), 6) for k, v in plan.deliveries.groupby("market")["volume"].sum().items()}


def test_the_walk(desk: Path, page: Mapping[str, str]) -> None:
    assert set(sheets(page["1"])) == set(SHEETS)
    plan = er.solve(er.load(desk / "azerbaijan.toml"))
    # 7.4·256 + 6·187 + 1.3·115.3 and 10 bcm at 10.69 USD/MMBtu · 39.32 MJ/m³ / 1055.056 MJ · 1000 = 398.39 less 205.
    assert plan.netback == pytest.approx(1894.4 + 1122 + 149.89 + 10 * (10.69 * 39320 / 1055.05585262 - 205), abs=1e-3)
    assert f"The plan earns {plan.netback:,.0f} MUSD" in page["2"]
    assert sold(plan) == {"EU": 10.0, "GEORGIA": 1.3, "TURKIYE": 13.4}
    worth = plan.prices["capacity"].set_index("limit")["price"]
    assert worth[worth > 1e-6].to_dict() == pytest.approx({"ERZURUM": 69.0})


def test_figures_tried_without_touching_the_file(desk: Path, page: Mapping[str, str]) -> None:
    case = er.load(desk / "azerbaijan.toml")
    wider = case.set("arc:TANAP_WEST.capacity", 12.8).set("arc:TAP.capacity", 12.8)
    before, after = er.solve(case), er.solve(wider)
    assert sold(after) == {"EU": 12.8, "GEORGIA": 1.3, "TURKIYE": 10.6}
    # 2.8 bcm earn 193.39 in the Union instead of 187 in Türkiye.
    assert f"for {after.netback - before.netback:.0f} MUSD more" in page["3"]


def test_shares_are_counted_once_two_sheets_are_added(desk: Path, page: Mapping[str, str]) -> None:
    write_book(desk / "azerbaijan.xlsx", sheets(page["1"]) | sheets(page["4"]))
    said = run("solve azerbaijan.toml --full")
    assert "Georgia 94.7 %" in said  # 23.4 / 24.7
    assert "Türkiye 40.5 %" in said  # 10 / 24.7
    assert "94.7 % of exports cross Georgia and 40.5 % cross Türkiye" in page["4"]


def test_a_workbook_of_crude_needs_no_more(tmp_path: Path, page: Mapping[str, str]) -> None:
    frames = sheets(page["1"])
    frames["commodities"] = pd.DataFrame({"id": ["OIL"], "name": ["Crude"], "family": ["oil"], "bbl_per_t": [7.5]})
    frames["supplies"]["commodity"] = "OIL"
    frames["markets"] = frames["markets"].assign(price=[60.0, 70.0, 80.0], price_unit="USD/bbl")
    pack = read_pack(write_book(tmp_path / "crude.xlsx", frames))
    assert (pack.family.id, pack.title) == ("oil", "crude")
    assert pack.tables["markets"]["price"].tolist() == pytest.approx([450, 525, 600])


def test_what_a_beginner_gets_wrong_is_told_at_once(desk: Path) -> None:
    book = openpyxl.load_workbook(desk / "azerbaijan.xlsx")
    book["arcs"]["E2"], book["arcs"]["E4"], book["arcs"]["C5"] = "23,4", None, "Eskisehir"
    book["nodes"]["D2"] = "Azerbaijan"
    book.create_sheet("my notes")["A1"] = "x"
    book.create_sheet("_sums")["A1"] = "x"
    book.save(desk / "broken.xlsx")
    with pytest.raises(DataError) as raised:
        read_pack(desk / "broken.xlsx")
    said = str(raised.value)
    assert len(raised.value.faults) == 5
    told = ("Write 23.4.", "a blank cell", "Nearest: 'ESKISEHIR'", "two-letter code", "begins with '_' is passed over")
    assert [words for words in told if words not in said] == []


def test_a_workbook_is_no_model_and_an_empty_sheet_no_table(desk: Path, page: Mapping[str, str]) -> None:
    with pytest.raises(UsageError, match=r"azerbaijan\.xlsx is a data pack.*data = \"azerbaijan\.xlsx\""):
        er.load(desk / "azerbaijan.xlsx")
    frames = sheets(page["1"])
    frames["supplies"] = frames["supplies"].iloc[:0]
    with pytest.raises(DataError, match=r"sheet 'supplies': no rows"):
        read_pack(write_book(desk / "bare.xlsx", frames))
    book = openpyxl.load_workbook(write_book(desk / "titled.xlsx", sheets(page["1"])))
    book["arcs"].insert_rows(1)
    book["arcs"]["A1"] = "Маршруты"
    book.save(desk / "titled.xlsx")
    with pytest.raises(DataError, match="'Маршруты' alone; expected the names of the columns") as one:
        read_pack(desk / "titled.xlsx")
    assert len(one.value.faults) == 1
    book["arcs"].delete_rows(1)
    book["arcs"]["Z2"] = "a remark"
    book.save(desk / "beside.xlsx")
    with pytest.raises(DataError, match=r"26 cells; expected .* Delete what stands beside the table"):
        read_pack(desk / "beside.xlsx")
    del frames["markets"]
    frames["supplies"] = sheets(page["1"])["supplies"]
    with pytest.raises(DataError, match=r"There is none of either: add the table \(or the sheet\) 'markets'"):
        read_pack(write_book(desk / "nowhere.xlsx", frames))


def test_an_empty_workbook_is_written_with_its_columns_explained(tmp_path: Path) -> None:
    said = run(f"init {tmp_path / 'mine'} --empty")
    assert "energy-routes check" in said
    book = openpyxl.load_workbook(tmp_path / "mine/network.xlsx")
    assert book.sheetnames == [*SHEETS, "_help"]
    for name in SHEETS:
        header = [cell.value for cell in book[name][1]]
        assert set(header) <= set(TABLES[name].names)
        assert {c.name for c in TABLES[name].columns if c.required} <= set(header)
        assert all(cell.comment and cell.comment.text for cell in book[name][1])
    assert book["_help"].max_row == 1 + sum(len(table.columns) for table in TABLES.values())
    with pytest.raises(DataError, match="4 problems"):
        er.load(tmp_path / "mine/model.toml")
    with pytest.raises(UsageError, match="is not empty"):
        start_empty(tmp_path / "mine")


def test_a_small_network_gets_a_frame_of_its_own(page: Mapping[str, str]) -> None:
    places = sheets(page["1"])["nodes"][["lon", "lat"]].to_numpy(dtype=float)
    west, _, east, _ = home_box(places, USUAL)
    assert east - west < 0.6 * (HOME[2] - HOME[0])
