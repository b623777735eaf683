"""The structures of the cases that were solved last: a similar case is not built again, its numbers are refreshed.

Similar cases have the same packs and periods and the same kinds of bounds; their figures and levels may differ.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any

import pandas as pd

from energy_routes.case import Case
from energy_routes.formulation import Reference, Space, Structure, build, build_space
from energy_routes.linear import Program

KEPT = 6  # structures
LARGEST = 10_000  # arcs × periods of a case whose structure is kept


@dataclass(frozen=True, eq=False)
class Read:
    """A table as it was when it was read: somebody may write into its frame.

    Who writes into a frame of which there is a shallow copy gets other ``arrays`` (copy on write), and the copy keeps
    its figures: the same arrays need no reading.  Only the manager of a frame tells them without a view, of which
    pandas keeps a weak reference with the frame, hundreds of them before it looks which are dead.
    """

    copy: pd.DataFrame
    arrays: tuple[Any, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Read:
        """A frame as it is now."""
        return cls(frame.copy(deep=False), _arrays(frame))

    def again(self, frame: pd.DataFrame) -> Read | None:
        """What is read of a frame, this one or another, where it says the same; else None."""
        now = _arrays(frame)
        if len(now) == len(self.arrays) and all(map(operator.is_, now, self.arrays)):
            return self
        same = len(frame) == len(self.copy) and (not len(frame) or frame.equals(self.copy))  # most have no row
        return Read.of(frame) if same else None


def _arrays(frame: pd.DataFrame) -> tuple[Any, ...]:
    """The arrays behind a frame, of its labels and of its figures."""
    manager: Any = frame._mgr
    return (*manager.axes, *(block.values for block in manager.blocks))


@dataclass(frozen=True, eq=False)
class Kept:
    """A structure, and the tables of its packs as they were."""

    structure: Structure
    tables: tuple[Mapping[str, Read], ...]

    @classmethod
    def of(cls, case: Case, held: Mapping[str, float], reference: Reference) -> Kept:
        """That of a case."""
        tables = tuple({name: Read.of(frame) for name, frame in pack.tables.items()} for pack in case.network.packs)
        return cls(Structure(case, held, reference), tables)

    def again(self, case: Case) -> Kept | None:
        """The structure with the tables of a case that says the same, so that it need not be read again; else None."""
        tables = []
        for pack, known in zip(case.network.packs, self.tables, strict=True):
            read = {name: now for name, frame in pack.tables.items() if (now := known[name].again(frame)) is not None}
            if len(read) < len(pack.tables):
                return None
            tables.append(read)
        return replace(self, tables=tuple(tables))


class Shelf:
    """Structures, the one that served last first."""

    def __init__(self) -> None:
        self._kept: deque[Kept] = deque(maxlen=KEPT)
        self._lock = RLock()

    def laid_out(self, case: Case, held: Mapping[str, float], reference: Reference) -> tuple[Space, Program]:
        """The space and the programme of a case whose exports are ``held`` (Mt or bcm, by family; may be none).

        ``reference`` is what groups carry in the plans without each unforeseen event.
        """
        with self._lock:
            for kept in list(self._kept):
                if (numbers := kept.structure.under(case, held, reference)) is not None:
                    self._kept.remove(kept)
                    if (again := kept.again(case)) is not None:
                        self._kept.appendleft(again)
                        return numbers.space, numbers.program
            if len(case.network.tables["arcs"]) * len(case.periods) <= LARGEST:
                self._kept.appendleft(Kept.of(case, held, reference))
                return self.laid_out(case, held, reference)
        space = build_space(case).with_held(held).with_reference(reference)
        return space, build(space)


laid_out = Shelf().laid_out
