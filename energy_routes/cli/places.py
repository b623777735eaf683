"""Where a command may write: looked at before anything long is begun."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.pack import scratch_beside

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


@contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """A scratch file that takes the place of ``file`` when the block ends without an error."""
    with scratch_beside(file) as scratch:
        new = scratch / file.name
        try:
            yield new
            os.replace(new, file)
        except OSError as error:
            if error.filename == str(new):
                error.filename = str(file)  # what people asked for
            raise
