"""``init --empty``: a workbook to fill in, its columns explained by the schema, and a model beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from energy_routes.pack import ASIDE, BUILT_IN, TABLES, Column, Table, inner_unit

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# What a first case needs; every other column and table has a default, or is not needed.
SHEETS = {
    "nodes": ("id", "name", "kind", "country", "lat", "lon", "note"),
    "commodities": ("id", "name", "family", "bbl_per_t", "mj_per_m3", "note"),
    "arcs": ("id", "from", "to", "name", "mode", "capacity", "unit", "tariff", "money_unit", "source", "year", "note"),
    "supplies": ("id", "node", "commodity", "shipper", "available", "unit", "source", "year", "note"),
    "markets": ("id", "node", "name", "price", "price_unit", "reference", "source", "year", "note"),
}
MODEL = """\
# A question to the network in network.xlsx. Fill the workbook in, then:
#   energy-routes check network.xlsx
#   energy-routes solve model.toml --map map.png

title    = "My network"
question = "Which way does it go, and what stands in the way?"
data     = "network.xlsx"
year     = {year}
"""
DEEP = 200  # rows in which a cell offers its choices


def write_template(folder: Path, year: int) -> None:
    """Write ``network.xlsx`` (header rows with remarks, a sheet of help) and ``model.toml`` to a folder."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, columns in SHEETS.items():
        _sheet(book.create_sheet(name), TABLES[name], columns)
    _help(book.create_sheet(f"{ASIDE}help"))
    book.save(folder / "network.xlsx")
    (folder / "model.toml").write_text(MODEL.format(year=year), encoding="utf-8")


def _sheet(sheet: Worksheet, table: Table, columns: tuple[str, ...]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "A2"
    for at, name in enumerate(columns, start=1):
        column, letter = table.column(name), get_column_letter(at)
        cell = sheet.cell(1, at, name)
        cell.font = Font(bold=column.required or column.stated)
        cell.comment = Comment(f"{column.meaning}\n{_expected(table, column)}".strip(), "energy-routes",
                               width=300, height=120)
        sheet.column_dimensions[letter].width = 22 if name in ("name", "note", "source") else 14
        if column.choices:
            offered = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            offered.add(f"{letter}2:{letter}{DEEP}")
            sheet.add_data_validation(offered)


def _help(sheet: Worksheet) -> None:
    """Every table and column that a pack may have."""
    from openpyxl.styles import Font

    rows = [(table.name, column.name, column.meaning, _expected(table, column))
            for table in TABLES.values() for column in table.columns]
    for row in [("sheet", "column", "meaning", "expected"), *rows]:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCD", (16, 18, 90, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _expected(table: Table, column: Column) -> str:
    """What a cell may hold: whether it must be filled, its choices, its unit, its default."""
    parts = ["must be filled" if column.required else "a number (or a dated row in values)" if column.stated else ""]
    parts += [f"one of {', '.join(column.choices)}"] if column.choices else []
    if column.unit:
        oil, gas = (inner_unit(column.dimension, family) for family in BUILT_IN)
        parts.append(f"in the unit of `{column.unit}` (blank: {oil}, for gas {gas})")
    parts += ["'unlimited' where there is no limit"] if column.unlimited else []
    parts += [f"an id of {column.refers}"] if column.refers else []
    default = column.default
    parts += [f"blank: {default}"] if default is not None and column.name not in table.unit_columns else []
    return "; ".join(filter(None, parts))
