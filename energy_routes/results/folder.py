"""The folder of a saved result: where it may be, and what of an old one in its place is kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.pack import aside, written
from energy_routes.plan import OPTIONAL, TABLES

OURS = {
    "summary.json", "certificate.json", "run.json", "result.xlsx", "flows.gpkg", "inputs", "proof",
    *(f"{name}.{kind}" for name in (*TABLES, *OPTIONAL) for kind in ("csv", "parquet")),
}  # fmt: skip
MARK = "run.json"


def check_folder(folder: Path) -> None:
    """Refuse a place where no folder can be, before anything long is begun.  Raises UsageError."""
    _check_place(folder, folder.absolute())


def _check_place(folder: Path, place: Path) -> None:
    """Refuse a folder for which nothing can be made in ``place``, or in what of it is there.  Raises UsageError."""
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise UsageError(f"{place} is a file: name a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise UsageError(f"{folder} cannot be written: no permission to write in {place}")


def check_target(folder: str | Path) -> None:
    """Refuse a place where a result cannot be saved, before anything long is begun.  Raises UsageError."""
    folder = Path(os.path.realpath(folder))  # Python 3.11 has Path.resolve end at a link to itself
    if not folder.name:
        raise UsageError(f"{folder} is the whole disk: name a folder of its own")
    _recover(folder)
    if folder.is_dir():
        held = sorted(path.name for path in folder.iterdir())
        if held and MARK not in held:
            raise UsageError(
                f"{folder} holds other files ({', '.join(held[:3])}{' …' if len(held) > 3 else ''}) and is not a saved "
                "result: name a folder of its own"
            )
        if Path.cwd().is_relative_to(folder):
            raise UsageError(f"{folder} is the folder you are in: name a folder of its own")
    elif os.path.lexists(folder):
        raise UsageError(f"{folder} is a file: name a folder")
    _check_place(folder, folder.parent)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """An empty folder that takes the place of ``target`` when the block ends without an error.

    An old result is replaced in one step (:func:`energy_routes.pack.written`); files of the user's in it are carried
    over.  Raises UsageError for what the disk refuses.
    """
    check_target(target)
    target = Path(os.path.realpath(target))
    with written(target) as new:
        new.mkdir()
        yield new
        _carry_over(target, new)


def _recover(target: Path) -> None:
    """Where names cannot be swapped in one step, a run killed between two renames left the old result aside."""
    old = aside(target)
    if not os.path.lexists(target) and (old / MARK).is_file():
        os.rename(old, target)


def _carry_over(target: Path, new: Path) -> None:
    """Copy what is the user's own (a map, notes) from the old folder."""
    for path in sorted(target.iterdir()) if target.is_dir() else ():
        if path.name not in OURS:
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, new / path.name, symlinks=True)
            else:
                shutil.copy2(path, new / path.name, follow_symlinks=False)
