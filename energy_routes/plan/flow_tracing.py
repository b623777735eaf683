"""Proportional tracing of flows: how each lifted tonne reaches its buyer.

At every place (node, commodity, period) what leaves is mixed from what arrives in proportion, so a path's volume is the
product of the shares along it.  Tanks are an arc in time: what is stored leaves in a later period, and what is left
at the end stands for what was there at the start.  Where more is left, the difference ends in the tank; where less is,
the difference starts there.  Paths are followed largest first until ``COVER`` of the volume has arrived, and parcels as
large as the last one, too: no order of names decides which of them is followed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from energy_routes.formulation import Space, per_unit
from energy_routes.linear import Axis, Expr, Index, Vector, positions, summed
from energy_routes.pack import by_key

COVER = 0.999
DUST = 1e-9
TIED = 1e-6  # parcels that differ by less, relatively, are equal: months of the same days differ by rounding alone
MOST_STEPS = 200_000
DELIVERED = -1  # in the place of a next place

Trail: TypeAlias = "tuple[Trail, int] | None"  # the step that led to a parcel, and what led to that
Parcel: TypeAlias = "tuple[float, int, int, int, Trail]"  # −volume at the well, age, place, source, way so far


class Path(NamedTuple):
    """A way that was followed to its buyer; ``period`` is the one in which it is lifted (or drawn from a tank)."""

    origin: str
    commodity: str
    period: str
    arcs: tuple[str, ...]
    market: str
    sold_as: str


@dataclass(frozen=True, eq=False)
class Paths:
    """The paths of a plan, family by family (their volumes do not add up), largest first.

    ``volume`` is what is lifted for each, Mt (bcm), shape (paths,); ``money`` what it earns by line of the netback
    sheet, costs negative, MUSD, shape (paths, lines).
    """

    rows: list[Path]
    volume: Vector
    money: Vector


@dataclass(frozen=True, eq=False)
class Steps:
    """The ways out of places, an entry each, and of what can start there.

    ``share`` is the part of what passes ``start`` that goes on to ``end``, where ``kept`` of it arrives.  ``name`` is
    the arc of a lane, the buyer of a delivery, and blank in and out of tanks; ``grade`` what is sold.  ``paid`` is the
    money of a unit at ``start`` by line, shape (entries, lines).
    """

    start: list[int]
    end: list[int]
    share: list[float]
    kept: list[float]
    name: list[str]
    grade: list[str]
    paid: Vector


@dataclass(frozen=True, eq=False)
class Sources:
    """What every supply lifts, and what tanks give beyond what they are left with, Mt (bcm), and where; an entry each.

    ``paid`` is the money of a unit by line, shape (entries, lines).
    """

    place: list[int]
    volume: list[float]
    origin: list[str]
    grade: list[str]
    period: list[str]
    paid: Vector


def paths(space: Space, x: Vector, sheet: Sequence[tuple[str, Expr]], ends: tuple[Index, Index]) -> Paths:
    """Paths of a plan at point ``x``, and their money by the lines of the ``sheet``.

    ``ends`` are the places that each lane leads from and to.  A family is followed until ``COVER`` of what is lifted of
    it has arrived.
    """
    unit = per_unit(space, sheet)
    sources, steps = _sources(space, x, unit), _steps(space, x, unit, ends)
    grades = space.case.network.family_of("commodities")
    family = [grades[grade] for grade in sources.grade]
    parcels: list[Parcel] = [
        (-volume, age, place, age, None)
        for age, (place, volume) in enumerate(zip(sources.place, sources.volume, strict=True))
    ]
    found: list[tuple[int, list[int], float]] = []
    ages = count(len(parcels))
    for own in dict.fromkeys(space.exports.axis.frame["family"]):
        found += _followed([p for p in parcels if family[p[3]] == own], steps, ages)
    return _told(sources, steps, found)


def _followed(heap: list[Parcel], steps: Steps, ages: Iterator[int]) -> Iterator[tuple[int, list[int], float]]:
    """The paths of parcels of one family: source, steps, and volume at the well."""
    leaving = by_key((place, step) for step, place in enumerate(steps.start))
    heapq.heapify(heap)
    left = -sum(parcel[0] for parcel in heap)
    rest, least = left * (1 - COVER), 0.0  # once all but the rest has arrived, parcels of this size are still followed
    for _ in range(MOST_STEPS):
        if not heap or -heap[0][0] < least:
            return
        size, _, place, source, trail = heapq.heappop(heap)
        for step in leaving.get(place, ()):
            volume, onward = -size * steps.share[step], steps.end[step]
            if onward == DELIVERED:
                left -= volume
                yield source, _unravelled((trail, step)), volume
            elif volume > DUST:
                heapq.heappush(heap, (-volume, next(ages), onward, source, (trail, step)))
        if left <= rest and not least:
            least = -size * (1 - TIED)


def _unravelled(trail: Trail) -> list[int]:
    """The steps of a way, the first one first."""
    steps = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    return steps[::-1]


def _told(sources: Sources, steps: Steps, found: Sequence[tuple[int, list[int], float]]) -> Paths:
    """The paths by their names, and the money of each: that of a unit on every step times what is left of it there."""
    here: list[float] = []
    for _, way, volume in found:
        for step in way:
            here.append(volume)
            volume *= steps.kept[step]
    ends = np.cumsum([0, *(len(way) for _, way, _ in found)])
    taken = np.array([step for _, way, _ in found for step in way], dtype=np.int64)
    volumes = np.array([volume for _, _, volume in found], dtype=float)
    passed = csr_array((np.array(here, dtype=float), taken, ends), shape=(len(found), len(steps.start)))
    return Paths(
        [
            Path(sources.origin[at], sources.grade[at], sources.period[at],
                 tuple(steps.name[step] for step in way[:-1] if steps.name[step]), steps.name[way[-1]],
                 steps.grade[way[-1]])
            for at, way, _ in found
        ],
        volumes,
        sources.paid[[at for at, _, _ in found]] * volumes[:, None] + passed @ steps.paid,
    )  # fmt: skip


def place_of(space: Space, over: Axis) -> Index:
    """The place (node, commodity, period) of each row."""
    return positions(over, space.places, space.places.keys)


def _sources(space: Space, x: Vector, unit: Vector) -> Sources:
    lifted, stock = space.lifted.axis, space.stock.axis
    volume = np.concatenate([space.lifted.value(x), drawn(space, x)])
    place = np.concatenate([place_of(space, lifted), len(space.places) + np.arange(len(stock))])
    paid = np.vstack([unit[:, space.lifted.col].T, np.zeros((len(stock), len(unit)))])
    some = np.flatnonzero(volume > DUST)

    def label(of_supply: str, of_stock: str) -> list[str]:
        labels = lifted.frame[of_supply].tolist() + stock.frame[of_stock].tolist()
        return [labels[at] for at in some]

    return Sources(place[some].tolist(), volume[some].tolist(), label("supply", "storage"),
                   label("commodity", "commodity"), label("period", "period"), paid[some])  # fmt: skip


def drawn(space: Space, x: Vector) -> Vector:
    """What each tank gives over the horizon beyond what it is left with, Mt (bcm): in its row of the first period."""
    first = space.stock.axis.frame["first"].to_numpy(dtype=bool)
    closing = np.zeros(len(first))
    closing[following(space.stock.axis)] = space.stock.value(x)  # the last period is followed by the first
    return np.where(first, np.maximum(_opening(space, x) - closing, 0.0), 0.0)


def _opening(space: Space, x: Vector) -> Vector:
    """The stock before each period, Mt (bcm)."""
    return space.stock.value(x) - space.injected.value(x) + space.withdrawn.value(x)


def following(stock: Axis) -> Index:
    """The row of the same stock in the next period, of the last period in the first."""
    ending = stock.relabelled("ending", stock.keys, before=stock.labels["period"])
    return positions(ending, stock, ("storage", "commodity", "before"))


def _steps(space: Space, x: Vector, unit: Vector, ends: tuple[Index, Index]) -> Steps:
    """The ways out of every place, each with its share of the volume that passes."""
    lanes, sold, home = space.flow.axis, space.delivered.axis, space.home.axis
    parts = [
        _Part(*ends, space.flow.value(x), lanes.frame["arc"], lanes.frame["commodity"]),
        _delivered(place_of(space, sold), space.delivered.value(x), sold, "market"),
        _delivered(place_of(space, home), space.home.value(x), home, "obligation"),
        *_in_tanks(space, x),
    ]  # fmt: skip
    start, end, volume = (np.concatenate([part[at] for part in parts]) for at in range(3))
    columns = np.concatenate([space.flow.col, space.delivered.col, space.home.col])
    paid, kept = np.zeros((len(start), len(unit))), np.ones(len(start))
    paid[: len(columns)], kept[: len(lanes)] = unit[:, columns].T, lanes.data("yield")
    names, grades = ([text for part in parts for text in part[at].tolist()] for at in (3, 4))
    used = np.flatnonzero(volume > DUST)
    start, volume = start[used], volume[used]
    share = volume / summed(start, volume, len(space.places) + len(space.stock.axis))[start]
    return Steps(start.tolist(), end[used].tolist(), share.tolist(), kept[used].tolist(), [names[at] for at in used],
                 [grades[at] for at in used], paid[used])  # fmt: skip


class _Part(NamedTuple):
    """Ways of one kind: from where, to where, how much (Mt or bcm), by or to whom, and of what."""

    start: Index
    end: Index
    volume: Vector
    name: pd.Series
    grade: pd.Series


def _delivered(place: Index, volume: Vector, over: Axis, buyer: str) -> _Part:
    return _Part(place, np.full(len(over), DELIVERED), volume, over.frame[buyer], over.frame["commodity"])


def _in_tanks(space: Space, x: Vector) -> list[_Part]:
    """Stock as an arc in time: into the tank, out to the node again, on to the next period, or left at the end."""
    stock, held = space.stock.axis, space.stock.value(x)
    node, tank, after = place_of(space, stock), len(space.places) + np.arange(len(stock)), following(stock)
    last = stock.frame["last"].to_numpy(dtype=bool)
    kept = np.where(last, np.minimum(held, _opening(space, x)[after]), held)
    goods = stock.frame["commodity"]
    blank = goods.where(goods.isna(), "")
    return [
        _Part(node, tank, space.injected.value(x), blank, goods),
        _Part(tank, node, space.withdrawn.value(x), blank, goods),
        _Part(tank, tank[after], kept, blank, goods),
        _delivered(tank, held - kept, stock, "storage"),
    ]
