"""The nodes that a drawn line joins: named by its author, or the ones at its ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from energy_routes.errors import Fault, refuse
from energy_routes.network import geometry as geo
from energy_routes.network.drawn.lines import DrawnLine
from energy_routes.pack import nearest

if TYPE_CHECKING:
    from shapely import LineString

SNAP_KM = 25.0  # nodes of the packs stand to about 0.1 degree
SAME_KM = 2.0   # two nodes this alike near cannot be told apart by a drawn end
TOLD = 3

Near = list[tuple[str, float]]


def ends_of(drawn: DrawnLine, said: Mapping[str, Any], nodes: pd.DataFrame,
            tolerance_km: float) -> tuple[str, str, LineString, tuple[str, ...]]:
    """The node where a line starts, where it ends, the line led to both, and what to tell.

    An end is the node that ``from`` or ``to`` names, else the nearest; it must lie within ``tolerance_km``.  A line
    drawn the other way round than ``from`` and ``to`` say is turned.  Raises DataError naming the nearest nodes.
    """
    placed = nodes.dropna(subset=["lat", "lon"])
    places = {str(i): (float(x), float(y)) for i, x, y in zip(placed["id"], placed["lon"], placed["lat"], strict=True)}
    names = dict(zip(nodes["id"], nodes["name"], strict=True))
    line = drawn.line
    wanted = {end: str(said[end]) for end in ("from", "to") if end in said}
    faults = [_unknown(drawn, end, name, names) for end, name in wanted.items() if name not in places]
    refuse(drawn.where, faults)
    if len(wanted) == 2 and _turned(line, places[wanted["from"]], places[wanted["to"]]):
        line = line.reverse()
    told: list[str] = []
    found: dict[str, str] = {}
    for end, point in (("from", line.coords[0]), ("to", line.coords[-1])):
        near = sorted(((name, geo.distance_km(point, at)) for name, at in places.items()), key=lambda pair: pair[1])
        name = wanted.get(end, near[0][0] if near else "")
        km = dict(near).get(name, float("inf"))
        if km > tolerance_km:
            faults.append(_far(drawn, end, name, near, names, tolerance_km))
        elif end not in wanted and len(near) > 1 and near[1][1] - km < SAME_KM:
            faults.append(_alike(drawn, end, [pair for pair in near if pair[1] - km < SAME_KM], names))
        found[end] = name
        told.append(f"{'Start' if end == 'from' else 'End'} moved {km:.1f} km to {name}")
    if not faults and found["from"] == found["to"]:
        faults.append(Fault(drawn.where, found=f"both ends lie at {found['from']!r}", expected="two different nodes",
                            repair="Draw the line from one node to another."))
    refuse(drawn.where, faults)
    led = geo.snap(line, places[found["from"]], places[found["to"]], tolerance_km)
    return found["from"], found["to"], led, tuple(told)


def _turned(line: LineString, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a line runs from the end to the start."""
    as_drawn = geo.distance_km(line.coords[0], start) + geo.distance_km(line.coords[-1], end)
    return geo.distance_km(line.coords[0], end) + geo.distance_km(line.coords[-1], start) < as_drawn


def _unknown(drawn: DrawnLine, end: str, name: str, names: Mapping[str, str]) -> Fault:
    found = f"{name!r} is no node of the pack" if name not in names else f"node {name!r} has no place (lat, lon)"
    return Fault(drawn.where, column=end, found=found, expected="a node with a place",
                 repair=nearest(name, names))


def _far(drawn: DrawnLine, end: str, name: str, near: Near, names: Mapping[str, str], tolerance_km: float) -> Fault:
    told = ", ".join(f"{node} ({names[node]}) {km:.0f} km" for node, km in near[:TOLD]) or "none has a place"
    which = "start" if end == "from" else "end"
    return Fault(drawn.where, column=end, found=f"the line's {which} is {dict(near).get(name, float('inf')):.0f} km "
                 f"from {name!r}", expected=f"a node within {tolerance_km:g} km (nearest: {told})",
                 repair="Draw it to the node, add the node to nodes.csv, or give a larger tolerance_km.")


def _alike(drawn: DrawnLine, end: str, near: Near, names: Mapping[str, str]) -> Fault:
    told = ", ".join(f"{node} ({names[node]}) {km:.1f} km" for node, km in near)
    which = "start" if end == "from" else "end"
    return Fault(drawn.where, column=end, found=f"several nodes lie at the line's {which}: {told}", expected="one",
                 repair=f"Name it: {end} = {near[0][0]!r}, as an attribute of the line or in the model file.")
