"""The most that a route can carry: a marked flow along its path, no larger anywhere than what moves there.

How much of a mixed flow came which way is a convention (proportional tracing), and not linear.  What no convention can
exceed is linear: of a tonne that goes the whole way, each lane of the path carries it, and each tank on the way may
hold it from one period to another.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from energy_routes.formulation import Space
from energy_routes.linear import INF, Axis, Expr, Index, Vector
from energy_routes.solving.ranges.near import Extra

NOWHERE = -1  # no column: nothing can move there in that period


class Leg(NamedTuple):
    """A part of a way, from the well to the buyer: the columns that carry it in each period, a list of their sets.

    ``kept`` is what of a unit arrives at its end in each period; ``tanks`` may hold what comes to its beginning.
    """

    hosts: list[Index]
    kept: Vector
    tanks: Sequence[tuple[list[Index], ...]]


def legs_of(space: Space, route: Mapping[Hashable, Any]) -> list[Leg]:
    """The legs of a route (a row of the plan's table); none where something on it is closed, or begins in a tank."""
    return _Hosts(space).legs(route)


class Step(NamedTuple):
    """A marked flow in each period: its columns, and what of a unit arrives at its end."""

    columns: Index
    kept: Vector


def marked(space: Space, routes: pd.DataFrame, columns: int) -> tuple[Extra, sparse.csr_matrix]:
    """Marks for each route (a row of the plan's table), beside so many ``columns`` of a programme; see marked_legs."""
    hosts = _Hosts(space)
    ways = [hosts.legs(route) for route in routes.to_dict("records")]
    return marked_legs(ways, len(space.case.periods), columns)


def marked_legs(
    ways: Sequence[Sequence[Leg]], periods: int, columns: int
) -> tuple[Extra, sparse.csr_matrix]:
    """Marks for each way, beside so many ``columns`` of a programme.

    With them the sum that is each way's volume at its well, shape (ways, all columns).  A way without legs has no
    marks: an empty row.
    """
    marks = _Marks(columns, periods)
    wells = [_marked(marks, legs) for legs in ways]
    row = np.repeat(np.arange(len(wells)), [len(well) for well in wells])
    col = np.concatenate([np.zeros(0, dtype=np.int64), *wells])
    extra = marks.extra()
    size = columns + len(extra.ceiling)
    return extra, sparse.csr_matrix((np.ones(len(col)), (row, col)), shape=(len(wells), size))


def _marked(marks: _Marks, legs: Sequence[Leg]) -> Index:
    """Mark a route from leg to leg; returns the columns at its well."""
    if not legs:
        return np.zeros(0, dtype=np.int64)
    first = before = Step(marks.within(legs[0].hosts), legs[0].kept)
    for leg in legs[1:]:
        onward = Step(marks.within(leg.hosts), leg.kept)
        marks.pass_on(before, onward.columns, leg.tanks)
        before = onward
    return first.columns


class _Hosts:
    """Where marks can be: by label, the columns in each period, a list a column of a tier."""

    def __init__(self, space: Space) -> None:
        self._place = {period.label: at for at, period in enumerate(space.case.periods)}
        lanes, supplies, stock = space.flow.axis, space.lifted.axis.frame, space.stock.axis.frame
        self.lanes = self._by(space.flow, "arc", "commodity")
        self.supplies = self._by(space.lifted, "supply")
        self.sold = self._by(space.delivered, "market", "commodity")
        self.home = self._by(space.home, "obligation", "commodity")
        self.wells = dict(zip(supplies["supply"], supplies["node"], strict=True))
        self.ends = self._ends(lanes)
        parts = [self._by(expr, "storage", "commodity") for expr in (space.stock, space.injected, space.withdrawn)]
        self.tanks: dict[tuple[str, str], list[tuple[list[Index], ...]]] = {}
        keys = stock[["node", "storage", "commodity"]].drop_duplicates()
        for node, storage, commodity in zip(*(keys[name] for name in keys), strict=True):
            held = tuple(part[storage, commodity] for part in parts)
            self.tanks.setdefault((node, commodity), []).append(held)

    def legs(self, route: Mapping[Hashable, Any]) -> list[Leg]:
        """The legs of a route; none where something on it is closed, or begins or ends in a tank."""
        well, buyer = self.supplies.get((route["origin"],)), (route["market"], route["sold_as"])
        sold, arcs = self.sold.get(buyer) or self.home.get(buyer), [*filter(None, route["arcs"].split(";"))]
        if well is None or sold is None:
            return []
        whole, goods, node = np.ones(len(self._place)), route["commodity"], self.wells[route["origin"]]
        legs = [Leg(well, whole, ())]
        for arc in arcs:
            if (arc, goods) not in self.ends:
                return []
            kept, onward, then = self.ends[arc, goods]
            legs.append(Leg(self.lanes[arc, goods], kept, self.tanks.get((node, goods), ())))
            node, goods = onward, then
        return [*legs, Leg(sold, whole, self.tanks.get((node, goods), ()))]

    def _by(self, expr: Expr, *keys: str) -> dict[tuple[str, ...], list[Index]]:
        """By label the columns in each period; several of one label and period are several arrays."""
        out: dict[tuple[str, ...], list[Index]] = {}
        frame = expr.axis.frame
        for (*label, period), column in zip(frame[[*keys, "period"]].itertuples(index=False), expr.col, strict=True):
            at, known = self._place[period], out.setdefault(tuple(label), [])
            columns = next((own for own in known if own[at] == NOWHERE), None)
            if columns is None:
                columns = np.full(len(self._place), NOWHERE)
                known.append(columns)
            columns[at] = column
        return out

    def _ends(self, lanes: Axis) -> dict[tuple[str, str], tuple[Vector, str, str]]:
        """Of each lane what is kept in each period, the node it leads to, and what leaves it there."""
        out: dict[tuple[str, str], tuple[Vector, str, str]] = {}
        labels = (lanes.frame[name] for name in ("arc", "commodity", "period", "to", "to_commodity"))
        for arc, goods, period, end, end_goods, kept in zip(*labels, lanes.data("yield"), strict=True):
            own = out.setdefault((arc, goods), (np.ones(len(self._place)), end, end_goods))
            own[0][self._place[period]] = kept
        return out


@dataclass
class _Marks:
    """Columns and rows as they are made; ``start`` is the first column."""

    start: int
    periods: int
    size: int = 0
    rows: int = 0
    entries: list[tuple[Index, Index, Vector]] = field(default_factory=list)
    lower: list[Vector] = field(default_factory=list)

    def _new(self) -> Index:
        first = self.start + self.size
        self.size += self.periods
        return np.arange(first, first + self.periods)

    def _row(self, terms: Sequence[tuple[Index, Vector | float]], *, equal: bool) -> None:
        """A row a period: Σ value·column ≤ 0, or = 0."""
        row = self.rows + np.arange(self.periods)
        for columns, values in terms:
            some = columns != NOWHERE
            self.entries.append((row[some], columns[some], np.broadcast_to(values, self.periods)[some]))
        self.lower.append(np.full(self.periods, 0.0 if equal else -INF))
        self.rows += self.periods

    def within(self, hosts: list[Index]) -> Index:
        """A mark that is no larger than what moves at its hosts together."""
        mark = self._new()
        self._row([(mark, 1.0), *((host, -1.0) for host in hosts)], equal=False)
        return mark

    def pass_on(self, before: Step, onward: Index, tanks: Sequence[tuple[list[Index], ...]]) -> None:
        """What arrives goes on, or into a tank and out again in another period; the last is followed by the first."""
        terms: list[tuple[Index, Vector | float]] = [(before.columns, before.kept), (onward, -1.0)]
        for tank in tanks:
            stock, injected, withdrawn = (self.within(part) for part in tank)
            terms += [(injected, -1.0), (withdrawn, 1.0)]
            if self.periods > 1:
                self._row([(stock, 1.0), (np.roll(stock, 1), -1.0), (injected, -1.0), (withdrawn, 1.0)], equal=True)
            else:
                self._row([(injected, -1.0), (withdrawn, 1.0)], equal=True)
        self._row(terms, equal=True)

    def extra(self) -> Extra:
        none = np.zeros(0, dtype=np.int64)
        row, col, val = (np.concatenate([none, *part]) for part in zip(*self.entries, strict=True)) \
            if self.entries else (none, none, np.zeros(0))
        matrix = sparse.csc_matrix((val, (row, col)), shape=(self.rows, self.start + self.size))
        lower = np.concatenate([np.zeros(0), *self.lower])
        ceiling, integer = np.full(self.size, INF), np.zeros(self.size, dtype=bool)
        return Extra(matrix, lower, np.zeros(self.rows), ceiling, integer)
