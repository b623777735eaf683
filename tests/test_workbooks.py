"""Workbooks that programs wrote: a formula that nobody has computed is refused with its place, never read as blank."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from toy import months, toy

import energy_routes as er
from energy_routes.errors import DataError
from energy_routes.pack.workbook import read_workbook


def book(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], stored: dict[str, str] | None = None,
         asks: bool = False) -> Path:  # fmt: skip
    """A workbook of openpyxl; ``stored`` adds values to formulas as a spreadsheet program does, ``{"D2": "25"}``.

    ``asks``: it says that everything is to be computed on opening, as those of XlsxWriter do.
    """
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.calculation.fullCalcOnLoad = asks
    made.save(path)
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name).decode("utf-8") for name in file.namelist()}
    for cell, value in (stored or {}).items():
        kind = "" if value else ' t="str"'  # a blank text
        written = re.compile(rf'<c r="{cell}"[^>]*><f>(.*?)</f><v ?/?>(</v>)?</c>')
        parts = {name: written.sub(rf'<c r="{cell}"{kind}><f>\1</f><v>{value}</v></c>', text)
                 for name, text in parts.items()}  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return path


def pack(path: Path, tariff: object = 25, stored: dict[str, str] | None = None) -> Path:
    """A pack of one line, whose tariff stands in D2 of the sheet arcs."""
    return book(path, {
        "nodes": [["id", "name", "kind", "country"], ["F", "Field", "field", "KZ"], ["M", "Market", "market", "IT"]],
        "commodities": [["id", "name", "family"], ["C", "Crude", "oil"]],
        "arcs": [["id", "from", "to", "tariff", "capacity"], ["FM", "F", "M", tariff, 10]],
        "supplies": [["id", "node", "commodity", "shipper", "available"], ["S", "F", "C", "Alpha", 12]],
        "markets": [["id", "node", "price"], ["W", "M", 500]],
    }, stored)  # fmt: skip


def test_cells_merged_over_rows_are_refused_and_those_of_one_row_are_read(tmp_path: Path) -> None:
    """Found by a mutant: the tariffs of all rows but the first became 0."""
    file = pack(tmp_path / "pack.xlsx")
    made = openpyxl.load_workbook(file)
    made["arcs"].append(["FM2", "F", "M", None, 10])
    made["arcs"].merge_cells("D2:D3")
    made["nodes"].merge_cells("F2:G2")  # beside the table
    made.save(file)
    with pytest.raises(DataError) as error:
        er.read_pack(file)
    (fault,) = error.value.faults
    assert (fault.file, fault.row, fault.column) == ("pack.xlsx sheet 'arcs'", 2, "tariff")
    assert "D2:D3 are merged" in fault.found
    assert "Unmerge" in fault.repair


def test_a_workbook_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    file = tmp_path / "pack.xlsx"
    file.write_bytes(b"PK\x03\x04junk")
    with pytest.raises(DataError) as error:
        er.read_pack(file)
    assert ["not a whole Excel workbook" in fault.found for fault in error.value.faults] == [True]


def test_a_formula_of_a_pack_is_refused_with_its_place_and_what_to_do(tmp_path: Path) -> None:
    from energy_routes.pack.reading.read import read_pack

    for name, formula in (("plain", "=20+5"), ("failing", "=1/0")):
        with pytest.raises(DataError) as refused:
            read_pack(pack(tmp_path / f"{name}.xlsx", formula))
        (fault,) = refused.value.faults
        assert (fault.file, fault.row, fault.column) == (f"{name}.xlsx sheet 'arcs'", 2, "tariff")
        assert f"{formula} in D2 has not been computed" in fault.found
        assert "LibreOffice" in fault.repair
    computed = read_pack(pack(tmp_path / "computed.xlsx", "=20+5", {"D2": "25"}))
    assert computed.tables["arcs"]["tariff"].tolist() == [25.0]


def test_a_zero_is_no_value_where_the_workbook_asks_to_be_computed(tmp_path: Path) -> None:
    """XlsxWriter stores 0 beside each formula; a spreadsheet program that has computed 0 does not ask again."""
    rows = {"one": [["a", "b"], [1, "=A2-1"]]}
    computed = book(tmp_path / "computed.xlsx", rows, {"B2": "0"})
    assert read_workbook(computed, [])["one"].rows == [["a", "b"], ["1", "0"]]
    (fault,) = read_workbook(book(tmp_path / "asking.xlsx", rows, {"B2": "0"}, asks=True), [])["one"].faults
    assert (fault.row, fault.column) == (2, "b")


def test_a_blank_text_that_was_computed_is_a_value(tmp_path: Path) -> None:
    blank = book(tmp_path / "blank.xlsx", {"one": [["a", "b"], [1, '=IF(A2=1,"","x")']]}, {"B2": ""})
    assert read_workbook(blank, [])["one"].rows == [["a", "b"], ["1", ""]]
    assert read_workbook(blank, [])["one"].faults == []


def test_decks_and_actuals_are_read_through_the_same_door(tmp_path: Path) -> None:
    case = toy(tmp_path / "toy")
    deck = [["target", "period", "value", "unit"], ["market:EAST.price", "2023", "=400+80", "USD/t"]]
    with pytest.raises(DataError, match=r"row 2, column 'value': the formula =400\+80 in C2 has not been computed"):
        case.with_deck(book(tmp_path / "deck.xlsx", {"deck": deck}))
    priced = case.with_deck(book(tmp_path / "right.xlsx", {"deck": deck}, {"C2": "480"}))
    assert priced.edits[0].value == 480.0
    header = ["what", "id", "commodity", "period", "volume", "unit"]
    actuals = [header, ["supply", "FIELD_CO", "", "2023-01", "=1/2", "Mt"]]
    with pytest.raises(DataError, match=r"row 2, column 'volume': the formula =1/2 in E2 has not been computed"):
        er.replan(months(case), "2023-02", book(tmp_path / "actuals.xlsx", {"actuals": actuals}))


def test_a_formula_that_failed_is_to_be_mended_and_not_left_blank(tmp_path: Path) -> None:
    from energy_routes.pack.reading.read import read_pack

    with pytest.raises(DataError, match=r"'#REF!'.*mend it") as refused:
        read_pack(pack(tmp_path / "error.xlsx", "#REF!"))
    assert "blank" not in str(refused.value)
