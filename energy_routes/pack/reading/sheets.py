"""Files to text: CSV, Parquet and Excel become the same sheets of text cells, with every fault of the files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from energy_routes.errors import Fault
from energy_routes.pack.files.text import SEMICOLONS, hindrance, read_text, unprintable
from energy_routes.pack.files.unpacking import ROOM, too_much
from energy_routes.pack.schema.price_tables import PRICE_TABLES
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.suggest import nearest
from energy_routes.pack.workbook import cell_text, read_workbook

ASIDE = "_"  # a sheet or file of the author's own: notes, a sum, a chart
SUFFIXES = (".csv", ".parquet", ".xlsx")
BYTES_OR_NESTED = re.compile("binary|struct|map<|union")  # types of Parquet columns that no table here has
PARTIAL = "The file looks cut off: copy it again, or delete the half row."


@dataclass
class Sheet:
    """One table as text: ``cells[i][j]`` is row ``rows[i]`` of the spreadsheet under ``header[j]``; blank is ''.

    ``lent``: from which of the cells on they are of another file, and of which.
    """

    file: str
    header: list[str]
    cells: list[list[str]]
    rows: list[int]
    lent: tuple[int, str] | None = None


def place_of(file: str, lent: tuple[int, str] | None, index: int) -> str:
    """The file that row ``index`` of a table (counted from 0) stands in."""
    return lent[1] if lent is not None and index >= lent[0] else file


@dataclass
class Book:
    """Everything read from a pack's files: its sheets by table, the sheet ``pack`` if there is one, the faults."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    meta: Sheet | None = None
    faults: list[Fault] = field(default_factory=list)


def read_book(path: Path) -> Book:
    """Read every table file of a folder, or every sheet of a workbook.  Never raises for what is in the files."""
    book = Book()
    for file in table_files(path):
        _read_file(book, file)
    return book


def table_files(path: Path) -> list[Path]:
    """The files with the tables of a pack, sorted; of a workbook, itself."""
    if not path.is_dir():
        return [path]
    return [file for file in sorted(path.iterdir())
            if file.suffix.lower() in SUFFIXES and not file.name.startswith(("~$", ".", ASIDE))]


def _read_file(book: Book, file: Path) -> None:
    if wrong := hindrance(file):
        book.faults.append(Fault(file.name, found=wrong, expected="a file that can be read",
                                 repair="Put the table's file itself in the pack's folder."))
        return
    try:
        if file.suffix.lower() == ".csv":
            add_sheet(book, file.stem, _csv_sheet(file, book.faults))
        elif file.suffix.lower() == ".parquet":
            add_sheet(book, file.stem, _parquet_sheet(file, book.faults))
        else:
            for name, sheet in _excel_sheets(file, book.faults):
                add_sheet(book, name, sheet)
    except OSError as error:
        book.faults.append(Fault(file.name, found=f"cannot be read ({error.strerror or error})",
                                 expected="a readable file", repair="Check the file's permissions."))


def add_sheet(book: Book, name: str, sheet: Sheet | None) -> None:
    """Add a sheet to a book under the name of its table; one of the author's own, or that was not read, is left out."""
    if sheet is None or name.startswith(ASIDE):
        return
    if name == "pack":
        book.meta = sheet
    elif name not in TABLES and name not in PRICE_TABLES:
        book.faults.append(Fault(sheet.file, found=f"there is no table {name!r}",
                                 expected="one of " + ", ".join(TABLES),
                                 repair=f"{nearest(name, TABLES)} A name that begins with '{ASIDE}' is passed over."
                                 .strip()))
    elif name in book.sheets:
        book.faults.append(Fault(sheet.file, found=f"table {name!r} is also in {book.sheets[name].file}",
                                 expected="each table once", repair="Remove one of the two."))
    else:
        book.sheets[name] = sheet


def _csv_sheet(file: Path, faults: list[Fault]) -> Sheet | None:
    text = read_text(file, "a readable file", faults)
    if text is None:
        return None
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            rows.append(row)  # one by one, so that what stands before a broken row is still checked
    except csv.Error as error:
        faults.append(Fault(file.name, len(rows) + 1, found=f"the row cannot be read ({error})",
                            expected="CSV with each quote closed", repair=PARTIAL))
    if rows and len(rows[0]) == 1 and ";" in rows[0][0]:
        faults.append(Fault(file.name, 1, found="cells separated by ';'", expected="cells separated by ','",
                            repair=f"Put the table in an .xlsx sheet: {SEMICOLONS}."))
        return None
    return _sheet(file.name, rows, faults, ragged=True)


def _parquet_sheet(file: Path, faults: list[Fault]) -> Sheet | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        inside = pq.read_metadata(file)
        if wrong := too_much(inside.num_rows * inside.num_columns, _unpacked(inside)):
            faults.append(Fault(file.name, found=wrong, expected=ROOM))
            return None
        table = pq.read_table(file)
    except (pa.ArrowException, ValueError) as error:
        faults.append(Fault(file.name, found=f"not a whole Parquet file ({str(error).splitlines()[0]})",
                            expected="a Parquet table", repair="Copy the file again, or write it anew."))
        return None
    if odd := [Fault(file.name, 1, one.name, f"a column of {one.type}", "texts, numbers, dates or lists of texts",
                     "Write it as texts.") for one in table.schema if BYTES_OR_NESTED.search(str(one.type))]:
        faults += odd
        return None
    columns = [column.to_pylist() for column in table.columns]
    rows: list[Sequence[Any]] = [table.column_names, *zip(*columns, strict=True)]
    return _sheet(file.name, [[cell_text(cell) for cell in row] for row in rows], faults)


def _unpacked(inside: Any) -> int:
    """Bytes of a Parquet file's columns when they are unpacked."""
    return sum(inside.row_group(group).total_byte_size for group in range(inside.num_row_groups))


def _excel_sheets(file: Path, faults: list[Fault]) -> Iterable[tuple[str, Sheet | None]]:
    sheets = read_workbook(file, faults)
    alone = len(sheets) == 1 and file.stem in TABLES
    for name, sheet in sheets.items():
        if name.startswith(ASIDE):
            continue
        faults += sheet.faults
        yield (file.stem if alone else name), _sheet(f"{file.name} sheet {name!r}", sheet.rows, faults)


def _sheet(file: str, rows: list[list[str]], faults: list[Fault], *, ragged: bool = False) -> Sheet | None:
    """Strip cells, drop blank rows, and see that each row has the header's number of cells (``ragged``: as CSV)."""
    rows = [[cell.replace("\r\n", "\n").replace("\r", "\n").strip() for cell in row] for row in rows]
    if not rows or not any(rows[0]):
        faults.append(Fault(file, 1, found="no header" if rows else "an empty file", expected="a row of column names",
                            repair="Copy the file again, or write the header row."))
        return None
    header = rows[0] if ragged else rows[0][:max(j + 1 for j, name in enumerate(rows[0]) if name)]
    title, *names = filter(None, header)
    if not names and (wide := next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)):
        elsewhere = "" if ragged else f", or move it to a sheet '{ASIDE}notes'"
        faults.append(Fault(file, 1, found=f"{title!r} alone", expected="the names of the columns",
                            repair=f"Delete what stands above row {wide + 1}{elsewhere}."))
        return None
    sheet = Sheet(file, header, [], [])
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        if (ragged and len(row) != len(header)) or any(row[len(header):]):
            beyond = "Put quotes around a cell with a comma." if ragged else "Delete what stands beside the table."
            faults.append(Fault(file, number, found=f"{len(row)} cells", expected=f"{len(header)}, as in the header",
                                repair=PARTIAL if len(row) < len(header) else beyond))
            continue
        sheet.cells.append(row[:len(header)] + [""] * (len(header) - len(row)))
        sheet.rows.append(number)
        for name, cell in zip(header, row, strict=False):
            if wrong := unprintable(cell):
                faults.append(Fault(file, number, name, *wrong))
    return sheet
