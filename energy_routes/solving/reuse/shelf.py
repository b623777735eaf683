"""The structures of the cases that were solved last: a similar case is not built again, its numbers are refreshed.

Similar cases have the same packs and periods and the same kinds of bounds; their figures and levels may differ.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from threading import RLock

from energy_routes.case import Case
from energy_routes.formulation import Space, Structure, build, build_space
from energy_routes.linear import Program

KEPT = 6  # structures
LARGEST = 10_000  # arcs × periods of a case whose structure is kept


class Shelf:
    """Structures, the one that served last first."""

    def __init__(self) -> None:
        self._structures: deque[Structure] = deque(maxlen=KEPT)
        self._lock = RLock()

    def laid_out(self, case: Case, held: Mapping[str, float]) -> tuple[Space, Program]:
        """The space and the programme of a case whose exports are ``held`` (Mt or bcm, by family; may be none)."""
        with self._lock:
            for structure in list(self._structures):
                if (numbers := structure.under(case, held)) is not None:
                    self._structures.remove(structure)
                    self._structures.appendleft(structure)
                    return numbers.space, numbers.program
            if len(case.network.tables["arcs"]) * len(case.periods) <= LARGEST:
                self._structures.appendleft(Structure(case, held))
                return self.laid_out(case, held)
        space = build_space(case)
        space = space.with_held(held) if held else space
        return space, build(space)


laid_out = Shelf().laid_out
