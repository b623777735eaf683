"""The structures of the cases that were solved last: a similar case is not built again, its numbers are refreshed.

Similar cases have the same packs and periods and the same kinds of bounds; their figures and levels may differ.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from threading import RLock

import pandas as pd

from energy_routes.case import Case
from energy_routes.formulation import Space, Structure, build, build_space
from energy_routes.linear import Program

KEPT = 6  # structures
LARGEST = 10_000  # arcs × periods of a case whose structure is kept


@dataclass(frozen=True, eq=False)
class Kept:
    """A structure, and the tables of its packs as they were: somebody may write into a frame."""

    structure: Structure
    tables: tuple[Mapping[str, pd.DataFrame], ...]

    @classmethod
    def of(cls, case: Case, held: Mapping[str, float]) -> Kept:
        """That of a case.  A shallow copy of a frame keeps its figures when another writes into the frame."""
        tables = tuple({name: frame.copy(deep=False) for name, frame in pack.tables.items()}
                       for pack in case.network.packs)  # fmt: skip
        return cls(Structure(case, held), tables)

    def stands_for(self, case: Case) -> bool:
        """Whether the tables of a case of this structure are still what they were."""
        packs = zip(case.network.packs, self.tables, strict=True)
        return all(frame.equals(tables[name]) for pack, tables in packs for name, frame in pack.tables.items())


class Shelf:
    """Structures, the one that served last first."""

    def __init__(self) -> None:
        self._kept: deque[Kept] = deque(maxlen=KEPT)
        self._lock = RLock()

    def laid_out(self, case: Case, held: Mapping[str, float]) -> tuple[Space, Program]:
        """The space and the programme of a case whose exports are ``held`` (Mt or bcm, by family; may be none)."""
        with self._lock:
            for kept in list(self._kept):
                if (numbers := kept.structure.under(case, held)) is not None:
                    self._kept.remove(kept)
                    if kept.stands_for(case):
                        self._kept.appendleft(kept)
                        return numbers.space, numbers.program
            if len(case.network.tables["arcs"]) * len(case.periods) <= LARGEST:
                self._kept.appendleft(Kept.of(case, held))
                return self.laid_out(case, held)
        space = build_space(case)
        space = space.with_held(held) if held else space
        return space, build(space)


laid_out = Shelf().laid_out
