"""Why the objective of a case grows without end: the supplies, arcs and markets that no number limits.

The answer is made of yes-or-no questions ("does it still grow with this one limited?"), asked in the order of the
tables, so that it is the same on every machine; which of many rays a solver returns is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from energy_routes.errors import UnboundedError
from energy_routes.formulation import Space
from energy_routes.linear import Index, Program, Session, Vector, cone
from energy_routes.network import Names

GROWS = 1e-7  # improvement along a direction of size 1, over the largest cost, that is more than rounding
# Block of variables → its key column, and where the number is missing.  (A tank always has a working volume.)
_OPEN = {
    "lifted": ("supply", "supply:{id}.available"),
    "flow": ("arc", "arc:{id}.capacity"),
    "delivered": ("market", "market:{id}, a depth in the table tiers"),
}


@dataclass(frozen=True, eq=False)
class Open:
    """One row of a table that may be without limit, and the variables that a limit would hold."""

    kind: str
    id: str
    name: str
    number: str
    columns: Index

    def as_dict(self) -> dict[str, Any]:
        """Kind, id, name, and the ``number`` that is missing."""
        return {"kind": self.kind, "id": self.id, "name": self.name, "number": self.number}


def unbounded(program: Program, space: Space) -> UnboundedError:
    """The error that names what is without limit in an unbounded case and lets its objective grow.

    Named is what would each end the growth alone; where several ways are open, so that nothing does, one whole way.
    """
    growth = _Growth(program)
    rows = _open(program, Names(space.case.network.tables))
    # What ends the growth alone is part of every ray, so the others of any one ray need not be asked.
    used = growth.direction()
    named = [row for row in rows if used[row.columns].any() and not growth.without([row])]
    last = "Give any one of them a number."
    if not named and not growth.without(rows):
        named, last = _one_way(growth, rows), (
            "Give one of them a number; other ways are without limit too, and the next is named then.")
    if not named:
        growing = {block.name for block in program.columns if used[block.slice].any()}
        told, last = ", ".join(sorted(growing)), "These variables have no limit: add one to the rules or tables."
    else:
        told = ", ".join(f"{row.name} ({row.number})" for row in named)
    return UnboundedError(
        f"{space.case.name} is unbounded: the objective grows without end. What is without limit and lets it grow: "
        f"{told}. {last}",
        [row.as_dict() for row in named],
    )


class _Growth:
    """Whether the objective still improves without end when some rows are given a limit."""

    def __init__(self, program: Program) -> None:
        form = cone(program)
        self._session, self._lower, self._upper = Session(form), form.col_lower, form.col_upper
        self._enough = GROWS * max(1.0, float(np.abs(form.cost).max(initial=0.0)))

    def direction(self) -> Vector:
        """The direction of most growth; zero where nothing moves."""
        x = self._session.solve().x
        return np.where(np.abs(x) > GROWS, x, 0.0)

    def without(self, rows: Sequence[Open]) -> bool:
        """Whether it grows with these rows limited."""
        columns = np.unique(np.concatenate([row.columns for row in rows] or [np.zeros(0, dtype=np.int64)]))
        none = np.zeros(len(columns))
        self._session.set_column_bounds(columns, none, none)
        try:
            return abs(self._session.solve().objective) > self._enough
        finally:
            self._session.set_column_bounds(columns, self._lower[columns], self._upper[columns])


def _one_way(growth: _Growth, rows: Sequence[Open]) -> list[Open]:
    """Rows that grow together, of which none can be left out: what stays when rows are closed from the last on."""
    kept, closed = list(rows), list[Open]()
    for row in reversed(rows):
        if growth.without([*closed, row]):
            closed.append(row)
            kept.remove(row)
    return kept


def _open(program: Program, called: Names) -> list[Open]:
    """Every supply, arc and market with its variables, those of recourse copies too; in the order of the tables."""
    rows = []
    for block_name, (kind, number) in _OPEN.items():
        blocks = [block for block in program.columns if block.name.partition("@")[0] == block_name]
        labels = np.concatenate([block.axis.frame[kind].to_numpy(dtype=object) for block in blocks])
        at = np.concatenate([np.arange(block.slice.start, block.slice.stop) for block in blocks])
        for one, name in getattr(called, kind).items():
            rows.append(Open(kind, one, name, number.format(id=one), at[labels == one]))
    return rows
