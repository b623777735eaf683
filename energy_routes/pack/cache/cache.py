"""A pack whose files were read and checked before is taken from memory, or from the folder of checked packs."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from energy_routes.pack.cache import folder
from energy_routes.pack.cache.arrow import from_bytes, to_bytes
from energy_routes.pack.cache.key import key_of
from energy_routes.pack.pack import Pack

IN_MEMORY = 16  # packs; the one that was asked for the longest ago goes first
_kept: dict[str, Pack] = {}
_lock = threading.Lock()


def cached(path: Path, prices: str | None, read: Callable[[Path, str | None], Pack]) -> Pack:
    """The pack at ``path`` with the prices of a scenario; ``read`` reads and checks it where no equal files have been.

    A pack with a fault is never kept: ``read`` raises before.  Nobody who writes into the tables of the pack that is
    returned changes those that are kept.
    """
    key = None if folder.is_off() else key_of(path, prices)
    if key is None:
        return read(path, prices)
    pack = _kept.get(key) or _from_folder(key)
    if pack is None:
        pack = read(path, prices)
        if key_of(path, prices) != key:  # a file was changed meanwhile: who knows which of the two was read
            return pack
        with contextlib.suppress(TypeError, ValueError):  # half a character, which a workbook may hold
            folder.keep(key, to_bytes(pack))
    with _lock:
        _kept.pop(key, None)
        _kept[key] = pack
        while len(_kept) > IN_MEMORY:
            del _kept[next(iter(_kept))]
    return _copy(pack)


def _copy(pack: Pack) -> Pack:
    """A pack of its own over the same numbers: pandas copies a table when one writes into it."""
    tables = {name: frame.copy(deep=False) for name, frame in pack.tables.items()}
    for arrays in (pack.rows, *pack.units.values()):
        for array in arrays.values():
            array.setflags(write=False)
    return replace(pack, meta=copy.deepcopy(dict(pack.meta)), tables=tables, rows=dict(pack.rows),
                   files=dict(pack.files), units={name: dict(arrays) for name, arrays in pack.units.items()})


def _from_folder(key: str) -> Pack | None:
    content = folder.find(key)
    if content is None:
        return None
    try:
        return from_bytes(content)
    except Exception:  # whatever is wrong with what was kept: the pack's own files are still there
        return None
