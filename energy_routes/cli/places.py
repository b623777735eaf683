"""Where a command may write: looked at before anything long is begun."""

from __future__ import annotations

import os
from pathlib import Path

from energy_routes.errors import UsageError

SHEETS = (".xlsx", ".csv")


def check_file(file: Path | None, what: str, suffixes: tuple[str, ...]) -> None:
    """Refuse a file (``what``: "a map") that cannot be written, before anything long is begun.  Raises UsageError."""
    if file is None:
        return
    if file.suffix.lower() not in suffixes:
        raise UsageError(f"{file}: {what} can be written as {', '.join(suffixes)}")
    if file.is_dir():
        raise UsageError(f"{file} is a directory: name a file")
    parent = file.absolute().parent
    if not parent.is_dir():
        raise UsageError(f"{file} cannot be written: there is no folder {parent}")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"{file} cannot be written: no permission to write in {parent}")
