"""The key of a checked pack: a hash of all that its tables are made of."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from energy_routes.pack.files.text import hindrance
from energy_routes.pack.reading.price_series import shared_files
from energy_routes.pack.reading.sheets import table_files

_ROOM = Path(__file__).resolve().parent.parent  # the schema, and the code that reads, checks and converts


def key_of(path: Path, prices: str | None = None) -> str | None:
    """SHA-256, in hexadecimal, of the names and bytes of a pack's files, of the scenario of its prices, and of what
    reads them.

    What reads them is the source of this room (so an edited schema, or another version, has other keys), the versions
    of the libraries below it, and the way in which pandas keeps texts.  None where a file cannot be read, or where the
    source is not there to be hashed.
    """
    source = _source()
    if source is None:
        return None
    texts = pd.api.types.pandas_dtype("str")
    kind = "folder" if path.is_dir() else "file"
    digest = hashlib.sha256(f"{source} {texts!r} {getattr(texts, 'storage', '')} {kind} {prices!r}".encode())
    meta = path / "pack.toml"
    try:
        for file in (*table_files(path), *([meta] if meta.is_file() else ()), *shared_files(path)):
            if hindrance(file):
                return None
            _add(digest, file.name, file.read_bytes())
    except (OSError, ValueError):  # ValueError: a name with a NUL character
        return None
    return digest.hexdigest()


@functools.cache
def _source() -> str | None:
    """The hash of this room's source and of the versions below it; None where there is no source (a zipped package)."""
    files = sorted(_ROOM.rglob("*.py"))
    if not files:
        return None
    digest = hashlib.sha256("\0".join((np.__version__, pd.__version__, pa.__version__)).encode())
    try:
        for file in files:
            _add(digest, str(file.relative_to(_ROOM)), file.read_bytes())
    except OSError:
        return None
    return digest.hexdigest()


def _add(digest: hashlib._Hash, name: str, data: bytes) -> None:
    """A file, so that no other names and contents come to the same bytes."""
    for part in (os.fsencode(name), data):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
