"""A small table that a user brings along (a price deck, actuals): CSV, Excel or a frame, read as text with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from energy_routes.errors import DataError, Fault
from energy_routes.names import nearest

Rows = list[tuple[int, dict[str, str]]]


def read_rows(
    table: str | Path | pd.DataFrame, what: str, columns: Sequence[str], required: Sequence[str]
) -> tuple[str, Rows, list[Fault]]:
    """Name, rows (number in a spreadsheet, cells by column) and faults of a table with these ``columns``.

    Blank rows are passed over; a column that is not there reads as blank, unless it is ``required``.
    Raises DataError when the file cannot be read at all.
    """
    name = what if isinstance(table, pd.DataFrame) else Path(table).name
    frame = table if isinstance(table, pd.DataFrame) else _read(Path(table), what)
    cells = frame.astype(object).where(frame.notna(), "").map(lambda cell: str(cell).strip())
    faults = [
        Fault(name, 1, str(column), "unknown column", "one of " + ", ".join(columns), nearest(str(column), columns))
        for column in cells.columns
        if column not in columns
    ]
    faults += [
        Fault(name, 1, column, "the column is missing", "columns " + ", ".join(columns))
        for column in required
        if column not in cells.columns
    ]
    rows: Rows = []
    if not faults:
        for number, record in enumerate(cells.reindex(columns=list(columns), fill_value="").to_dict("records"), 2):
            row = {str(key): str(value) for key, value in record.items()}
            if any(row.values()):
                rows.append((number, row))
                faults += [Fault(name, number, c, "blank", "a value") for c in required if not row[c]]
    return name, rows, faults


def number(text: str) -> float:
    """A number as tables have it: spaces, also unbreakable ones, part the thousands.  Raises ValueError."""
    return float(text.replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "").replace(" ", ""))


def _read(path: Path, what: str) -> pd.DataFrame:
    try:
        if path.suffix.lower() == ".xlsx":
            return pd.read_excel(path, dtype=str, keep_default_na=False)
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", comment="#")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fault = Fault(path.name, found=reason, expected=f"a {what}: CSV (UTF-8) or .xlsx")
        raise DataError(str(path), [fault]) from None
