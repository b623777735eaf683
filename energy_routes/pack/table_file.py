"""A small table that a user brings along (a price deck, actuals): CSV, Excel or a frame, read as text with its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from energy_routes.errors import DataError, Fault, refuse
from energy_routes.pack.files.text import SEMICOLONS, printable, read_text, unprintable
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.written_figures import finite
from energy_routes.pack.workbook import read_workbook

Rows = list[tuple[int, dict[str, str]]]


def read_rows(
    table: str | Path | pd.DataFrame, what: str, columns: Sequence[str], required: Sequence[str]
) -> tuple[str, Rows, list[Fault]]:
    """Name, rows (number in a spreadsheet, cells by column) and faults of a table with these ``columns``.

    Blank rows are passed over; a column that is not there reads as blank, unless it is ``required``.
    Raises DataError when the file cannot be read at all.
    """
    name = what if isinstance(table, pd.DataFrame) else Path(table).name
    faults: list[Fault] = []
    frame = table if isinstance(table, pd.DataFrame) else _read(Path(table), what, faults)
    cells = frame.astype(object).where(frame.notna(), "").map(lambda cell: str(cell).strip())
    told = len(faults)
    faults += [
        Fault(name, 1, str(column), "unknown column", "one of " + ", ".join(columns), nearest(str(column), columns))
        for column in cells.columns
        if column not in columns
    ]
    faults += _twice(name, cells)
    faults += [
        Fault(name, 1, column, "the column is missing", "columns " + ", ".join(columns))
        for column in required
        if column not in cells.columns
    ]
    rows: Rows = []
    if len(faults) == told:
        for number, record in enumerate(cells.reindex(columns=list(columns), fill_value="").to_dict("records"), 2):
            row = {str(key): str(value) for key, value in record.items()}
            if any(row.values()):
                rows.append((number, row))
                faults += [Fault(name, number, c, *wrong) for c, cell in row.items() if (wrong := unprintable(cell))]
                faults += [Fault(name, number, c, "blank", "a value") for c in required if not row[c]]
    return name, rows, faults


def read_cells(path: Path, what: str) -> pd.DataFrame:
    """The cells of a table as text under their header, blanks as null.  Raises DataError where it cannot be read."""
    faults: list[Fault] = []
    frame = _read(path, what, faults).map(lambda cell: str(cell).strip())
    faults += _twice(path.name, frame)
    refuse(path.name, faults)
    return frame.where(frame != "")


def _twice(name: str, frame: pd.DataFrame) -> list[Fault]:
    return [Fault(name, 1, str(column), "the column stands twice", "each column once", "Remove one of the two.")
            for column in frame.columns[frame.columns.duplicated()].unique()]  # fmt: skip


def number(text: str) -> float:
    """A finite number as tables have it: spaces, also unbreakable ones, part the thousands.  Raises ValueError."""
    return finite(text.replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "").replace(" ", ""))


def _read(path: Path, what: str, faults: list[Fault]) -> pd.DataFrame:
    """The cells as text under their header; what is wrong with single cells is added to ``faults``."""
    expected, broken = f"a {what}: CSV (UTF-8) or .xlsx", list[Fault]()
    try:
        if path.suffix.lower() == ".xlsx":
            return _first_sheet(path, faults)
        text = read_text(path, expected, broken)
        if text is not None:
            return _csv(path.name, text, faults)
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        broken.append(Fault(path.name, found=reason, expected=expected))
    raise DataError(printable(str(path)), broken)


def _csv(name: str, text: str, faults: list[Fault]) -> pd.DataFrame:
    """The rows of a CSV file, from its second on; a remark, which begins with ``#``, reads as blank.

    Raises ValueError where there is no header.
    """
    rows = [[] if row and row[0].startswith("#") else row
            for row in csv.reader(io.StringIO(text, newline=""), strict=True)]  # fmt: skip
    first = next((at for at, row in enumerate(rows) if row), None)
    if first is None:
        raise ValueError("an empty file")
    header, rows = [cell.strip() for cell in rows[first]], [[]] * first + rows[first + 1:]
    if len(header) == 1 and ";" in header[0]:
        raise ValueError(f"cells separated by ';', not by ','. Save it as .xlsx: {SEMICOLONS}")
    width = len(header)
    faults += [Fault(name, number, found=f"{len(row)} cells", expected=f"{width}, as in the header",
                     repair="Put quotes around a cell with a comma.")
               for number, row in enumerate(rows, 2) if any(cell.strip() for cell in row[width:])]
    return pd.DataFrame([(row + [""] * width)[:width] for row in rows], columns=header, dtype=str)


def _first_sheet(path: Path, faults: list[Fault]) -> pd.DataFrame:
    """The first sheet of a workbook.  Raises DataError where the workbook is not whole."""
    broken: list[Fault] = []
    sheets = read_workbook(path, broken)
    refuse(printable(str(path)), broken)
    sheet = next(iter(sheets.values()))
    faults += sheet.faults
    header, *rows = sheet.rows or [[]]
    width = max((at + 1 for row in sheet.rows for at, cell in enumerate(row) if cell.strip()), default=0)
    filled = [(row + [""] * width)[:width] for row in (header, *rows)]
    return pd.DataFrame(filled[1:], columns=[name.strip() for name in filled[0]], dtype=str)
