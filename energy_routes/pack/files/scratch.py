"""What is half-written stands in a scratch folder beside its place; those that killed runs have left are cleared."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
