"""The structures of the cases that were solved last: a similar case is not built again, its numbers are refreshed.

Similar cases have the same packs and periods and the same kinds of bounds; their figures and levels may differ.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
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

    def stands_in(self, frame: pd.DataFrame) -> bool:
        """Whether a frame, this one or another, says the same."""
        now = _arrays(frame)
        if len(now) == len(self.arrays) and all(map(operator.is_, now, self.arrays)):
            return True
        return len(frame) == len(self.copy) and (not len(frame) or frame.equals(self.copy))  # most have no row


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

    def stands_for(self, case: Case) -> bool:
        """Whether the tables of a case of this structure are still what they were."""
        packs = zip(case.network.packs, self.tables, strict=True)
        return all(tables[name].stands_in(frame) for pack, tables in packs for name, frame in pack.tables.items())


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
                    if kept.stands_for(case):
                        self._kept.appendleft(kept)
                        return numbers.space, numbers.program
            if len(case.network.tables["arcs"]) * len(case.periods) <= LARGEST:
                self._kept.appendleft(Kept.of(case, held, reference))
                return self.laid_out(case, held, reference)
        space = build_space(case).with_held(held).with_reference(reference)
        return space, build(space)


laid_out = Shelf().laid_out
