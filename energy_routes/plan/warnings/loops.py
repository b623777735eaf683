"""Loops: volume that goes round and is lost on the way, as a lossy link used both ways burns what nobody can take.

No plan gains by a loop that loses volume, except to be rid of it: something must be lifted, carried or booked that
cannot be sold.  Such a plan keeps every rule, so the reader must be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from energy_routes.linear import Index
from energy_routes.pack import by_key

SLIGHT = 1e-6  # Mt or bcm
Edge = tuple[int, int]  # the vertices that a lane leads from and to


@dataclass(frozen=True)
class Loop:
    """Arcs that lead back to where they start, in the periods in which they do.

    ``volume`` is what is sent round them, ``destroyed`` what is lost on them: Mt (bcm) over those periods.
    """

    arcs: tuple[str, ...]
    periods: tuple[str, ...]
    volume: float
    destroyed: float
    unit: str


def loops(flows: pd.DataFrame) -> list[Loop]:
    """The directed cycles of a plan's table ``flows`` that lose volume, those that lose most first.

    A cycle closes where a commodity comes back to its node in the same period.  Cycles that share a node are one loop.
    """
    found = by_key((frozenset(loop.arcs), loop) for loop in _apart(flows[flows["volume"] > SLIGHT]))
    merged = [
        Loop(same[0].arcs, tuple(p for loop in same for p in loop.periods), sum(loop.volume for loop in same),
             sum(loop.destroyed for loop in same), same[0].unit)
        for same in found.values()
    ]  # fmt: skip
    return sorted(merged, key=lambda loop: (-loop.destroyed, loop.arcs))


def _apart(lanes: pd.DataFrame) -> Iterator[Loop]:
    """The loops of each period: parts in which each place can be reached from each other."""
    places: dict[tuple[str, str, str], int] = {}
    tail, head = (
        np.array([places.setdefault(place, len(places)) for place in zip(lanes["period"], lanes[end], lanes[grade],
                                                                         strict=True)], dtype=np.int64)
        for end, grade in (("from", "commodity"), ("to", "to_commodity"))
    )  # fmt: skip
    part = circles(tail, head)
    for number in dict.fromkeys(part[part >= 0].tolist()):
        own = part == number
        rows = lanes[own]
        destroyed = float((rows["volume"] - rows["outlet"]).sum())
        if destroyed > SLIGHT:
            largest = rows.groupby("arc", sort=True)["volume"].sum().sort_values(ascending=False, kind="stable")
            edges = list(zip(tail[own].tolist(), head[own].tolist(), strict=True))
            volume = _round(edges, rows["volume"].tolist())
            yield Loop(tuple(map(str, largest.index)), (str(rows["period"].iloc[0]),), volume, destroyed,
                       str(rows["unit"].iloc[0]))  # fmt: skip


def circles(tail: Index, head: Index) -> Index:
    """The number of the part, in which each place can be reached from each other, that an edge lies in; −1: in none."""
    size = int(max(tail.max(initial=-1), head.max(initial=-1))) + 1
    links = coo_array((np.ones(len(tail)), (tail, head)), shape=(size, size))
    _, part = connected_components(links, directed=True, connection="strong")
    return np.where(part[tail] == part[head], part[tail], -1)


def _round(edges: Sequence[Edge], volumes: Sequence[float]) -> float:
    """What goes round: the least volume on a cycle, cycle after cycle until none is left."""
    left, total = dict(enumerate(volumes)), 0.0
    while cycle := _cycle({at: edges[at] for at in left}):
        least = min(left[at] for at in cycle)
        total += least
        left = {at: v - least if at in cycle else v for at, v in left.items()}
        left = {at: v for at, v in left.items() if v > SLIGHT}
    return total


def _cycle(edges: Mapping[int, Edge]) -> list[int]:
    """The numbers of edges that close a cycle; empty where none does."""
    out = by_key((tail, at) for at, (tail, _) in edges.items())
    done: set[int] = set()
    for start in out:
        walk: list[int] = []  # edges from start to the place reached
        passed = [start]
        while passed:
            onward = next((at for at in out.get(passed[-1], ()) if edges[at][1] not in done), None)
            if onward is None:
                done.add(passed.pop())
                del walk[-1:]
            elif (place := edges[onward][1]) in passed:
                return [*walk[passed.index(place):], onward]
            else:
                walk.append(onward)
                passed.append(place)
    return []
