"""Proportional tracing of flows: how each lifted tonne reaches its buyer.

At every (node, commodity, period) what leaves is mixed from what arrives in proportion, so a path's volume is the
product of the shares along it.  Tanks are an arc in time: what is stored leaves in a later period, and what is left
at the end stands for what was there at the start.  Where more is left, the difference ends in the tank; where less is,
the difference starts there.  Paths are followed largest first until ``COVER`` of the volume has arrived.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from energy_routes.formulation import Sheet, Space, sheets
from energy_routes.indicators import LINES
from energy_routes.linear import Expr, Vector

COVER = 0.999
DUST = 1e-9
MOST_STEPS = 200_000

State = tuple[str, str, str]  # (node or tank, commodity, period)


@dataclass(frozen=True)
class Step:
    """One way out of a state: its share of what passes, the next state (None: delivered), money per unit."""

    share: float
    arc: str
    to: State | None
    kept: float = 1.0
    money: Sheet = field(default_factory=dict)
    market: str = ""
    sold_as: str = ""


@dataclass(order=True)
class Parcel:
    """A part of a supply on its way; the largest is followed first (``rank`` orders, ties by age)."""

    rank: tuple[float, int]
    state: State = field(compare=False)
    origin: tuple[str, str, str] = field(compare=False)  # (supply or tank, commodity, period)
    arcs: tuple[str, ...] = field(compare=False)
    lifted: float = field(compare=False)
    here: float = field(compare=False)
    money: Sheet = field(compare=False)


@dataclass(frozen=True)
class Path:
    """A path followed to its buyer: volume at the well and on arrival, and MUSD by line of the netback sheet.

    ``period`` is the one in which it is lifted (or drawn from a tank).
    """

    origin: str
    commodity: str
    period: str
    arcs: tuple[str, ...]
    market: str
    sold_as: str
    volume: float
    arrived: float
    money: Sheet


def paths(space: Space, x: Vector) -> Iterator[Path]:
    """Paths of a plan at point ``x``, family by family (their volumes do not add up), largest first.

    A family is followed until ``COVER`` of what is lifted of it has arrived.
    """
    unit = sheets(space)
    steps = _steps(space, x, unit)
    ages = count()
    family = family_of_grade(space)
    parcels = _parcels(space, x, unit["lifted"], ages)
    for own in dict.fromkeys(space.exports.axis.frame["family"]):
        yield from _followed([p for p in parcels if family[p.origin[1]] == own], steps, ages)


def family_of_grade(space: Space) -> dict[str, str]:
    """The family of each commodity."""
    grades = space.case.network.tables["commodities"]
    return dict(zip(grades["id"], grades["family"], strict=True))


def _followed(heap: list[Parcel], steps: Mapping[State, list[Step]], ages: Iterator[int]) -> Iterator[Path]:
    """The paths of parcels of one family."""
    heapq.heapify(heap)
    total = sum(parcel.lifted for parcel in heap)
    left = total
    for _ in range(MOST_STEPS):
        if not heap or left <= total * (1 - COVER):
            return
        parcel = heapq.heappop(heap)
        for step in steps.get(parcel.state, ()):
            lifted, here = parcel.lifted * step.share, parcel.here * step.share
            money = {k: parcel.money[k] * step.share + step.money.get(k, 0.0) * here for k in LINES}
            arcs = (*parcel.arcs, step.arc) if step.arc else parcel.arcs
            if step.to is None:
                left -= lifted
                yield Path(*parcel.origin, arcs, step.market, step.sold_as, lifted, here, money)
            elif lifted > DUST:
                rank = (-lifted, next(ages))
                heapq.heappush(heap, Parcel(rank, step.to, parcel.origin, arcs, lifted, here * step.kept, money))


def _parcels(space: Space, x: Vector, unit: list[Sheet], ages: Iterator[int]) -> list[Parcel]:
    """What every supply lifts, and what tanks give beyond what they are left with: parcels that have not moved yet."""
    lifted, none = space.lifted, dict.fromkeys(LINES, 0.0)
    heap = [
        Parcel(
            (-volume, next(ages)),
            (row["node"], row["commodity"], row["period"]),
            (row["supply"], row["commodity"], row["period"]),
            (),
            volume,
            volume,
            none | {line: value * volume for line, value in money.items()},
        )
        for row, money, volume in zip(lifted.axis.frame.to_dict("records"), unit, lifted.value(x).tolist(), strict=True)
        if volume > DUST
    ]
    for row, opening, closing in _ends(space, x):
        if opening - closing > DUST:
            tank, drawn = (f"tank {row['storage']}", row["commodity"], row["period"]), opening - closing
            origin = (row["storage"], row["commodity"], row["period"])
            heap.append(Parcel((-drawn, next(ages)), tank, origin, (), drawn, drawn, none))
    return heap


def drawn(space: Space, x: Vector, family: str) -> float:
    """What tanks give of a family over the horizon beyond what they are left with, Mt (bcm)."""
    grades = family_of_grade(space)
    return sum(volume for _, _, grade, volume in drawn_by_period(space, x) if grades[grade] == family)


def drawn_by_period(space: Space, x: Vector) -> list[tuple[str, str, str, float]]:
    """(period, tank, commodity, volume) of what tanks give beyond what they are left with; counted in the first."""
    return [
        (row["period"], row["storage"], row["commodity"], opening - closing)
        for row, opening, closing in _ends(space, x)
        if opening > closing
    ]


def _ends(space: Space, x: Vector) -> list[tuple[Mapping[Any, Any], float, float]]:
    """Each tank and commodity: its row in the first period, the stock before it, and the stock after the last."""
    frame, stock = space.stock.axis.frame, space.stock.value(x)
    opening = stock - space.injected.value(x) + space.withdrawn.value(x)
    first, last = (frame[end].to_numpy(dtype=bool) for end in ("first", "last"))
    closing = dict(zip(zip(frame["storage"][last], frame["commodity"][last], strict=True), stock[last], strict=True))
    return [
        (row, float(before), float(closing[row["storage"], row["commodity"]]))
        for row, before in zip(frame[first].to_dict("records"), opening[first], strict=True)
    ]


def _steps(space: Space, x: Vector, unit: Mapping[str, list[Sheet]]) -> dict[State, list[Step]]:
    """The ways out of every state, each with its share of the volume that passes."""
    out: dict[State, list[tuple[float, Step]]] = defaultdict(list)

    def taken(name: str, expr: Expr) -> Iterator[tuple[int, dict[str, Any], Sheet, float]]:
        rows: list[dict[str, Any]] = expr.axis.frame.to_dict("records")  # type: ignore[assignment]
        found = zip(range(len(rows)), rows, unit[name], expr.value(x).tolist(), strict=True)
        return (row for row in found if row[3] > DUST)

    kept = space.flow.axis.data("yield").tolist()
    for at, row, money, volume in taken("flow", space.flow):
        step = Step(0.0, row["arc"], (row["to"], row["to_commodity"], row["period"]), kept[at], money)
        out[row["from"], row["commodity"], row["period"]].append((volume, step))
    for name, expr, buyer in (("delivered", space.delivered, "market"), ("home", space.home, "obligation")):
        for _, row, money, volume in taken(name, expr):
            step = Step(0.0, "", None, money=money, market=row[buyer], sold_as=row["commodity"])
            out[row["node"], row["commodity"], row["period"]].append((volume, step))
    _tanks(space, x, out)
    shares = {}
    for state, ways in out.items():
        total = sum(volume for volume, _ in ways)
        shares[state] = [Step(volume / total, s.arc, s.to, s.kept, s.money, s.market, s.sold_as) for volume, s in ways]
    return shares


def _tanks(space: Space, x: Vector, out: dict[State, list[tuple[float, Step]]]) -> None:
    """Stock as an arc in time: into the tank, on to the next period, out to the node again, or left at the end."""
    frame = space.stock.axis.frame
    following = dict(zip(frame["before"], frame["period"], strict=True))
    opening = {(row["storage"], row["commodity"]): volume for row, volume, _ in _ends(space, x)}
    values = (space.stock.value(x), space.injected.value(x), space.withdrawn.value(x))
    for row, stock, put, taken in zip(frame.to_dict("records"), *values, strict=True):
        node, tank = (
            (row["node"], row["commodity"], row["period"]),
            (f"tank {row['storage']}", row["commodity"], row["period"]),
        )
        if put > DUST:
            out[node].append((put, Step(0.0, "", tank)))
        if taken > DUST:
            out[tank].append((taken, Step(0.0, "", node)))
        kept = min(stock, opening[row["storage"], row["commodity"]]) if row["last"] else stock
        if kept > DUST:
            out[tank].append((kept, Step(0.0, "", (tank[0], tank[1], following[row["period"]]))))
        if stock - kept > DUST:
            end = Step(0.0, "", None, market=row["storage"], sold_as=row["commodity"])
            out[tank].append((stock - kept, end))
