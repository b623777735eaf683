"""The whole plan as one workbook: a sheet a table, readable as it opens, the same bytes on a repeat."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from energy_routes.pack import listed
from energy_routes.plan import Plan

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can name
MOST_ROWS = 1_048_575
WIDEST = 48
FORMATS = {"share": "0.0%", "utilisation": "0.0%"}


def write_workbook(plan: Plan, tables: Mapping[str, pd.DataFrame], file: Path) -> None:
    """Write ``result.xlsx``: first a sheet that says what this is, then one sheet a canonical table."""
    write_sheets({"about": _about(plan), **tables}, file)


def write_sheets(sheets: Mapping[str, pd.DataFrame], file: Path) -> None:
    """Write a workbook, a sheet a table; the same tables give the same bytes."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for name, frame in sheets.items():
        _sheet(book, name, frame)
    write_timeless(book, file)


def _about(plan: Plan) -> pd.DataFrame:
    families = listed(plan.case.network.families.values())
    volumes = " or ".join(f"{f.volume_unit}{' at 20 °C' if f.gaseous else ''} ({f.id})" for f in families)
    rows = [
        ("model", plan.case.name),
        ("title", plan.case.title),
        ("question", plan.case.question),
        ("status", plan.status),
        ("objective", f"{plan.objective.name}, {plan.objective.value:,.3f} MUSD"),
        ("volumes", f"{volumes} in the period"),
        ("money", f"MUSD; unit values in {' or '.join(family.price_name for family in families)}"),
        *(("source", source) for source in plan.case.sources),
    ]
    return pd.DataFrame(rows, columns=["what", "is"])


def _sheet(book: Any, name: str, frame: pd.DataFrame) -> None:
    """One sheet: bold frozen header with filter, widths of the content, numbers as numbers, text never a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for at, column in enumerate(frame.columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = _width(str(column), frame[column])
    header = [WriteOnlyCell(sheet, value=column) for column in frame.columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    formats = [FORMATS.get(str(column), "#,##0.000") for column in frame.columns]
    for row in _rows(frame):
        sheet.append([_cell(sheet, value, form) for value, form in zip(row, formats, strict=True)])
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(frame.columns)))}{min(len(frame), MOST_ROWS) + 1}"


def _rows(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    """The rows as plain cells; a table longer than a sheet ends there (its CSV and Parquet are whole)."""
    columns = [frame[name].astype(object).tolist() for name in frame.columns]
    return list(zip(*columns, strict=True))[:MOST_ROWS]


def _cell(sheet: Any, value: Any, form: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None or value != value:
        return None
    if value in (float("inf"), float("-inf")):
        value = "unlimited"
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, float):
        cell.number_format = form
    return cell


def _width(name: str, values: pd.Series) -> float:
    longest = max((len(str(cell)) for cell in values.head(200) if isinstance(cell, str)), default=8)
    return float(min(WIDEST, max(len(name) + 3, longest + 1, 10)))


def write_timeless(book: Any, file: Path) -> None:
    """Write a workbook without the moment at which it was made."""
    made, out = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(item.filename, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    file.write_bytes(out.getvalue())
