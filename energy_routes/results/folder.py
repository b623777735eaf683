"""A folder that appears whole: written beside its place, flushed to the disk, then put there in one step."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.pack import scratch_beside
from energy_routes.plan import TABLES

OURS = {
    "summary.json", "certificate.json", "run.json", "result.xlsx", "flows.gpkg", "inputs", "proof",
    *(f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")),
}  # fmt: skip
MARK = "run.json"
_AT_FDCWD, _EXCHANGE = -100, 2  # linux/fs.h: RENAME_EXCHANGE swaps two names in one step


def check_target(folder: str | Path) -> None:
    """Refuse a place where a result cannot be saved, before anything long is begun.  Raises UsageError."""
    folder = Path(folder).resolve()
    _recover(folder)
    if folder.is_dir():
        held = sorted(path.name for path in folder.iterdir())
        if held and MARK not in held:
            raise UsageError(
                f"{folder} holds other files ({', '.join(held[:3])}{' …' if len(held) > 3 else ''}) and is not a saved "
                "result: give --out a folder of its own"
            )
        if Path.cwd().is_relative_to(folder):
            raise UsageError(f"{folder} is the folder you are in: give --out a folder of its own")
    elif os.path.lexists(folder):
        raise UsageError(f"{folder} is a file: give --out a folder")
    place = folder.parent
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise UsageError(f"{folder} cannot be made: {place} is a file")
    if not os.access(place, os.W_OK | os.X_OK):
        raise UsageError(f"{folder} cannot be written: no permission to write in {place}")


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A scratch folder that takes the place of ``target`` when the block ends without an error.

    An old result is replaced in one step; files of the user's in it are carried over.  On any error, interrupt or
    full disk the scratch folder goes and the old result is as it was.  Raises UsageError for what the disk refuses.
    """
    check_target(target)
    target = target.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with scratch_beside(target) as scratch:
            scratch.chmod(0o777 & ~_umask())
            yield scratch
            _carry_over(target, scratch)
            _flush(scratch)
            _swap(scratch, target)
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written ({error.strerror or error}); nothing was changed. "
            "Free some space or give --out another place."
        ) from error


def _swap(new: Path, target: Path) -> None:
    """Put ``new`` in the place of ``target``; what stood there is left under the scratch name, to be removed."""
    if not target.exists():
        os.rename(new, target)
    elif not _exchange(new, target):
        old = _aside(target)
        shutil.rmtree(old, ignore_errors=True)
        os.rename(target, old)
        os.rename(new, target)
        shutil.rmtree(old, ignore_errors=True)
    _flush_one(target.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names atomically (Linux); False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _recover(target: Path) -> None:
    """Where names cannot be swapped in one step, a run killed between two renames left the old result aside."""
    old = _aside(target)
    if not os.path.lexists(target) and (old / MARK).is_file():
        os.rename(old, target)


def _carry_over(target: Path, scratch: Path) -> None:
    """Copy what is the user's own (a map, notes) from the old folder."""
    for path in sorted(target.iterdir()) if target.is_dir() else ():
        if path.name not in OURS:
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, scratch / path.name, symlinks=True)
            else:
                shutil.copy2(path, scratch / path.name, follow_symlinks=False)


def _flush(folder: Path) -> None:
    for path in (*sorted(folder.rglob("*")), folder):
        if not path.is_symlink():
            _flush_one(path)


def _flush_one(path: Path) -> None:
    """Have the disk take a file or a folder's list of names now (folders cannot be opened on Windows)."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
