"""How much a packed file may hold: a workbook or a Parquet table that unpacks to more is refused before it is read.

A workbook is a ZIP archive of XML: a few kilobytes may unpack to gigabytes, one cell in the last row and column makes a
sheet of seventeen thousand million cells, and a document type may define entities that grow without end.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from energy_routes.pack.files.text import MOST_BYTES, hindrance

MOST_CELLS = 2_000_000
ROOM = f"at most {MOST_BYTES / 1e6:.0f} MB and {MOST_CELLS:,} cells".replace(",", " ")

_CELLS = (b"<c ", b"<c>", b"<c/", b":c ", b":c/")  # the beginning of a cell, also in a namespace with a prefix
_PLACE = re.compile(rb'<(?:\w+:)?(?:c|dimension)\b[^>]*?\s(?:r|ref)="(?:[A-Z]+[0-9]+:)?([A-Z]+)([0-9]+)"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="([0-9]+)"')


def too_much(cells: int, size: int) -> str:
    """What is too much of so many cells and unpacked bytes, in words; '' where both can be read."""
    if size > MOST_BYTES:
        return f"{size / 1e6:,.0f} MB when it is unpacked".replace(",", " ")
    return f"{cells:,} cells".replace(",", " ") if cells > MOST_CELLS else ""


def refusal(file: Path) -> str:
    """Why a workbook is not read, in words; '' where it can be.  Raises BadZipFile where it is none."""
    if wrong := hindrance(file):
        return wrong
    with zipfile.ZipFile(file) as book:
        parts = book.infolist()
        if wrong := too_much(0, sum(part.file_size for part in parts)):
            return wrong
        for part in parts:
            content = book.read(part)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                return f"a document type in {part.filename}, which no spreadsheet program writes"
            if part.filename.startswith("xl/worksheets/") and (wrong := _spread(content)):
                return wrong
    return ""


def _spread(sheet: bytes) -> str:
    """What is too much of a worksheet: its cells, or the rectangle that they span."""
    if wrong := too_much(sum(map(sheet.count, _CELLS)), 0):
        return wrong
    width, height, last = 0, 0, ""
    for place in _PLACE.finditer(sheet):
        column, row = _number(place[1]), int(place[2])
        if column > width or row > height:
            width, height, last = max(width, column), max(height, row), (place[1] + place[2]).decode()
    height = max([height, *(int(row[1]) for row in _ROW.finditer(sheet))])
    if wrong := too_much(width * height, 0):
        return f"{wrong} up to {last}: delete the rows and columns beyond the table"
    return ""


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
