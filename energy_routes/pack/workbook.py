"""Excel workbooks as rows of text cells: the one reader for packs, decks and actuals.

A formula has two sides: its text, and the value that a spreadsheet program computed and stored.  A workbook written by
another program may hold formulas that nobody has computed: without a stored value, or (XlsxWriter) with a 0 and the
request to compute everything on opening (``fullCalcOnLoad``, ISO/IEC 29500-1 18.2.2).  Such a cell is refused.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from energy_routes.errors import Fault
from energy_routes.pack.files.text import printable
from energy_routes.pack.files.unpacking import ROOM, refusal

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\sref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
COMPUTE = "Open the workbook in Excel or LibreOffice and save it, or paste the value in place of the formula."


@dataclass(frozen=True)
class TextSheet:
    """A sheet as text: ``rows`` from the first on, '' where blank; ``faults`` of its formulas without a value.

    A row with such a formula is left blank, so that what it lacks is told once.
    """

    rows: list[list[str]]
    faults: list[Fault]


def read_workbook(file: Path, faults: list[Fault]) -> Mapping[str, TextSheet]:
    """The sheets of an ``.xlsx`` by name, in order; none, and one more of ``faults``, where it cannot be read whole."""
    import openpyxl

    try:
        if wrong := refusal(file):
            faults.append(Fault(printable(file.name), found=wrong, expected=f"an .xlsx workbook of {ROOM}"))
            return {}
        values = openpyxl.load_workbook(file, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(file, read_only=True)
        try:
            asked = bool(values.calculation and values.calculation.fullCalcOnLoad)
            return {sheet.title: _sheet(f"{file.name} sheet {sheet.title!r}", sheet, formulas[sheet.title], asked)
                    for sheet in values.worksheets}
        finally:
            values.close()
            formulas.close()
    except Exception as error:  # openpyxl raises what its parsers of ZIP, XML and styles happen to raise
        faults.append(Fault(file.name, found=f"not a whole Excel workbook ({error})", expected="an .xlsx workbook",
                            repair="Open it in Excel and save it as .xlsx again, or copy it again."))
        return {}


def _sheet(place: str, values: Any, formulas: Any, asked: bool) -> TextSheet:
    """A sheet as text; ``asked``: the workbook asks to be computed when it is opened."""
    rows: list[list[str]] = []
    faults: list[Fault] = []
    for number, (row, written) in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=True), start=1):
        cells = [cell_text(cell.value) for cell in row]
        header = rows[0] if rows else cells
        lost = [at for at, (cell, formula) in enumerate(zip(row, written, strict=True))
                if formula.data_type == "f" and _not_computed(cell, asked)]  # fmt: skip
        faults += [_refused(place, number, header[at] if at < len(header) else "", written[at]) for at in lost]
        rows.append([""] * len(cells) if lost else cells)
    return TextSheet(rows, [*faults, *_merged(place, values, rows[0] if rows else [])])


def _merged(place: str, sheet: Any, header: Sequence[str]) -> Iterator[Fault]:
    """Cells that are merged over several rows of the table: people see the value in each, a file has it in the first.

    openpyxl leaves them out where it reads cell by cell.
    """
    from openpyxl.utils import column_index_from_string

    with sheet._get_source() as content:
        for left, top, right, bottom in _MERGED.findall(content.read()):
            at = column_index_from_string(left.decode()) - 1
            if bottom != top and at < len(header):
                found = f"the cells {left.decode()}{int(top)}:{right.decode()}{int(bottom)} are merged"
                yield Fault(place, int(top), header[at], found, "a cell of its own in each row",
                            "Unmerge them, and fill each.")


def _not_computed(cell: Any, asked: bool) -> bool:
    """Whether a formula's cell has no value that a spreadsheet program stored; a stored blank text is a value."""
    return (cell.value is None and cell.data_type != "str") or (asked and cell.value == 0)


def _refused(place: str, row: int, column: str, formula: Any) -> Fault:
    text = getattr(formula.value, "text", formula.value)  # an array formula is an object with its text
    found = f"the formula {text} in {formula.coordinate} has not been computed"
    return Fault(place, row, column or formula.column_letter, found, "a value", COMPUTE)


def cell_text(cell: object) -> str:
    """A spreadsheet's cell as a CSV file would have it: whole floats without '.0', months as 2024-03, null as ''."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime | datetime.date):
        return cell.strftime("%Y-%m") if cell.day == 1 else cell.strftime("%Y-%m-%d")
    if isinstance(cell, list | tuple):
        return ";".join(cell_text(part) for part in cell)
    return str(cell)
