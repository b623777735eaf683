"""A way through the programme: the columns that a unit takes from a field, past the target, to whoever buys it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from energy_routes.linear import Form, Index, Program, Vector
from energy_routes.pack import Mask

MOVED = 1e-7  # Mt (bcm): less does not move
PLACES = {"balance": 1.0, "stock_balance": -1.0}  # accounts of places, and the sign of what comes in there


@dataclass(frozen=True, eq=False)
class Way:
    """Columns in the order in which a unit takes them, and how much of it is on each, per unit at the start.

    ``through`` is how much of it passes the target.
    """

    columns: Index
    amount: Vector
    through: float

    def names(self, program: Program) -> Iterator[str]:
        """What it takes: a supply, arcs, and a market, by id."""
        for column in self.columns:
            block, row = program.block_of(int(column))
            yield str(block.axis.frame[block.axis.keys[0]].iloc[row])


def way_of(program: Program, form: Form, more: Vector, less: Vector, members: Mask) -> Way | None:
    """A way past the target that a plan with ``more`` of it uses, and one with ``less`` uses less or not at all.

    Columns that grow are taken before those that only move; None where no column of the target grows.
    """
    grown = more - less
    first = np.where(members, grown, 0.0)
    if first.max(initial=0.0) <= MOVED:
        return None
    start = int(np.argmax(first))
    net = _Places(program, form)
    back, forth = _walk(net, more, grown, start, -1), _walk(net, more, grown, start, +1)
    columns = [*(column for column, _ in reversed(back)), start, *(column for column, _ in forth)]
    amount = np.array([*(part for _, part in reversed(back)), 1.0, *(part for _, part in forth)])
    return Way(np.array(columns, dtype=np.int64), amount / amount[0], 1.0 / float(amount[0]))


def accounts(program: Program) -> dict[str, slice]:
    """The rows of a programme that are accounts of places; it has none of tanks where there are no tanks."""
    return {rows.name: program.row_slice(rows.name) for rows in program.rows if rows.name in PLACES}


class _Places:
    """What each column puts into places and takes out of them: (node, grade, period), and tanks."""

    def __init__(self, program: Program, form: Form) -> None:
        rows = accounts(program)
        chosen = np.concatenate([np.arange(at.start, at.stop) for at in rows.values()])
        sign = np.concatenate([np.full(at.stop - at.start, PLACES[name]) for name, at in rows.items()])
        flows = sparse.diags_array(sign) @ form.matrix.tocsr()[chosen]
        self.by_place = {-1: flows.maximum(0).tocsr(), +1: (-flows).maximum(0).tocsr()}
        self.by_column = {-1: self.by_place[+1].tocsc(), +1: self.by_place[-1].tocsc()}

    def onward(self, column: int, way: int) -> tuple[int, float] | None:
        """The place that a column leads to (+1), or comes from (−1), and how much of a unit of it is there."""
        side = self.by_column[way]
        at = slice(side.indptr[column], side.indptr[column + 1])
        return (int(side.indices[at][0]), float(side.data[at][0])) if at.stop > at.start else None

    def joining(self, place: int, way: int) -> tuple[Index, Vector]:
        """The columns that take from a place (+1), or bring to it (−1), and how much a unit of each does."""
        side = self.by_place[way]
        at = slice(side.indptr[place], side.indptr[place + 1])
        return side.indices[at], side.data[at]


def _walk(net: _Places, more: Vector, grown: Vector, start: int, way: int) -> list[tuple[int, float]]:
    """The columns from the target on to a sale (+1), or back to a field (−1), for a unit of the target's column."""
    out: list[tuple[int, float]] = []
    column, amount, seen = start, 1.0, {start}
    while (place := net.onward(column, way)) is not None:
        columns, part = net.joining(place[0], way)
        free = np.array([more[one] > MOVED and one not in seen for one in columns], dtype=bool)
        if not free.any():
            break
        best = int(np.lexsort((more[columns], np.maximum(grown[columns], 0.0), free))[-1])
        amount *= place[1] / float(part[best])
        column = int(columns[best])
        seen.add(column)
        out.append((column, amount))
    return out
