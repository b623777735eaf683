"""Where a command may write: looked at before anything long is begun."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.maps import SUFFIXES

EXPORTS = (".mps", ".lp")
REPORTS = (".html",)
PICTURES = (".png", ".svg", ".pdf")
SHEETS = (".csv",)
TABLES = (".xlsx", ".csv")


def check_map(file: Path) -> None:
    """Refuse a map that cannot be written.  Raises UsageError."""
    _check(file, SUFFIXES, "a map")


def check_page(file: Path) -> None:
    """Refuse an interactive map that cannot be written.  Raises UsageError."""
    _check(file, (".html",), "an interactive map")


def check_export(file: Path) -> None:
    """Refuse a linear programme that cannot be written.  Raises UsageError."""
    _check(file, EXPORTS, "a linear programme")


def check_table(file: Path) -> None:
    """Refuse a table that cannot be written.  Raises UsageError."""
    _check(file, TABLES, "a table")


def check_report(file: Path) -> None:
    """Refuse a report that cannot be written.  Raises UsageError."""
    _check(file, REPORTS, "a report")


def check_picture(file: Path) -> None:
    """Refuse a picture that cannot be written.  Raises UsageError."""
    _check(file, PICTURES, "a plot")


def check_sheet(file: Path) -> None:
    """Refuse a table that cannot be written.  Raises UsageError."""
    _check(file, SHEETS, "a table")


def _check(file: Path, suffixes: tuple[str, ...], what: str) -> None:
    if file.suffix.lower() not in suffixes:
        raise UsageError(f"{file}: {what} can be written as {', '.join(suffixes)}")
    if file.is_dir():
        raise UsageError(f"{file} is a directory: name a file")
    parent = file.absolute().parent
    if not parent.is_dir():
        raise UsageError(f"{file} cannot be written: there is no folder {parent}")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"{file} cannot be written: no permission to write in {parent}")


@contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """A scratch file that takes the place of ``file`` when the block ends without an error."""
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=f".{file.name}.") as scratch:
        new = Path(scratch) / file.name
        yield new
        os.replace(new, file)
