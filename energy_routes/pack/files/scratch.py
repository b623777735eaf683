"""A file or a folder that appears whole: written in a scratch folder beside its place, then put there in one step.

Scratch folders that killed runs have left are cleared.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from energy_routes.errors import UsageError

_AT_FDCWD, _EXCHANGE = -100, 2  # linux/fs.h: RENAME_EXCHANGE swaps two names in one step


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A path to make a file or a folder at, which takes the place of ``target`` when the block ends without an error.

    It is on the disk by then.  On any error, interrupt or full disk what stood there before is as it was.  A link stays
    one: what it leads to is replaced.  An OSError about what was written names ``target``.
    """
    target = Path(os.path.realpath(target))
    with scratch_beside(target) as scratch:
        new = scratch / target.name
        try:
            yield new
            _flush(new)
            _swap(new, target)
        except OSError as error:
            if error.filename in (None, str(new)):
                error.filename = str(target)  # what people asked for
            raise


@contextmanager
def written(target: Path) -> Iterator[Path]:
    """:func:`whole` where people say; folders on the way are made.  Raises UsageError where the disk refuses."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as new:
            yield new
    except OSError as error:
        raise refusal(target, error) from error
    except UsageError as error:
        if isinstance(error.__cause__, OSError):  # a part of it, which is named by its scratch
            raise refusal(target, error.__cause__) from error.__cause__
        raise


def refusal(place: Path, error: OSError) -> UsageError:
    """What is told of a place that the disk refuses."""
    why = error.strerror or str(error)
    if isinstance(error, shutil.Error):  # of several files, each with the text of its error: "[Errno 28] why: 'file'"
        why = str(error.args[0][0][-1]).partition("] ")[2].partition(": ")[0]
    return UsageError(f"{place} cannot be written ({why}); nothing was changed. "
                      "Free some space or choose another place.")


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """A scratch folder beside ``target``, gone when the block ends.

    Its name tells the machine and the process that it belongs to: one of this machine whose process has ended was left
    by a run that was killed, and goes first.
    """
    parent = target.absolute().parent
    clear_left(target)
    scratch = Path(tempfile.mkdtemp(dir=parent, prefix=f".{target.name}.{_machine()}-{os.getpid()}-"))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def clear_left(target: Path) -> None:
    """Remove the scratch folders of ``target`` that runs of this machine have left."""
    left = re.compile(rf"\.{re.escape(target.name)}\.{_machine()}-([0-9]+)-\w+")
    for path in target.absolute().parent.iterdir():
        found = left.fullmatch(path.name)
        if found and not path.is_symlink() and not _runs(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _machine() -> str:
    """Eight letters for this machine: several may write to one folder of a network."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _runs(process: int) -> bool:
    """Whether a process is there; on Windows, where asking may end it, each is taken to be."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def aside(target: Path) -> Path:
    """Where an old folder stands for a moment while a new one takes its place, on systems that cannot swap names."""
    return target.with_name(f".{target.name}.old")


def _swap(new: Path, target: Path) -> None:
    """Put ``new`` in the place of ``target``; an old folder is left under the scratch name, to be removed."""
    if not (new.is_dir() and target.is_dir()):
        os.replace(new, target)  # a file never takes the place of a folder
    elif not _exchange(new, target):
        old = aside(target)
        shutil.rmtree(old, ignore_errors=True)
        os.rename(target, old)
        os.rename(new, target)
        shutil.rmtree(old, ignore_errors=True)
    _flush_one(target.absolute().parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names atomically (Linux); False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)


def _flush(new: Path) -> None:
    for path in (*sorted(new.rglob("*")), new):
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
