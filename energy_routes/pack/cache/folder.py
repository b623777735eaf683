"""The folder in which checked packs outlive a process: whole files or none, each with a checksum.

Whatever goes wrong here is passed over in silence: a pack that cannot be kept or found is read from its own files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from energy_routes.pack.files.scratch import whole

VARIABLE = "ENERGY_ROUTES_CACHE"  # the environment variable: "off", or the folder to keep checked packs in
OFF = "off"
SUFFIX = ".checked-pack"
NEWEST = 32  # how many are kept
CHECKSUM = hashlib.sha256().digest_size


def is_off() -> bool:
    """Whether the user wants nothing kept."""
    return os.environ.get(VARIABLE, "").lower() == OFF


def folder() -> Path | None:
    """Where checked packs are kept: the folder that the variable names, else the user's cache folder.

    None where there is no home to have one in, or it names that of nobody.
    """
    if told := os.environ.get(VARIABLE):
        named = os.path.expanduser(told)
        return None if named.startswith("~") else Path(named)  # nobody of that name is here
    import platformdirs

    place = platformdirs.user_cache_path("energy-routes", appauthor=False)
    return place if place.is_absolute() and place.parent.parent.is_dir() else None


def find(key: str) -> bytes | None:
    """What was kept under a key; None where there is nothing, or not all of it."""
    place = folder()
    if place is None:
        return None
    try:
        kept = (place / f"{key}{SUFFIX}").read_bytes()
    except OSError:
        return None
    content = kept[CHECKSUM:]
    return content if kept[:CHECKSUM] == _checksum(key, content) else None


def keep(key: str, content: bytes) -> None:
    """Keep something under a key, and only the newest few of what is kept."""
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        with whole(place / f"{key}{SUFFIX}") as new:  # other processes see the old file or the new one
            new.write_bytes(_checksum(key, content) + content)
        _forget_older(place)


def _checksum(key: str, content: bytes) -> bytes:
    """Of the content and its key, so that a file under another's name is found out."""
    return hashlib.sha256(key.encode() + content).digest()


def _forget_older(place: Path) -> None:
    """Delete all but the newest files; half-written ones of a process that was ended are among the older in time."""
    written = {}
    for file in place.glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):  # another process was faster
            written[file] = file.stat().st_mtime_ns
    for file in sorted(written, key=lambda file: written[file], reverse=True)[NEWEST:]:
        with contextlib.suppress(OSError):
            file.unlink()
