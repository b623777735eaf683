"""What is scarce: the signs of full lines, of limits and of markets' depths (never dropped), and their prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from energy_routes.answer import Words
from energy_routes.maps.data import style
from energy_routes.maps.data.payload import MapData
from energy_routes.maps.data.scene import Scene
from energy_routes.maps.figure.text.labels import Box, Placer
from energy_routes.maps.figure.text.pills import pill, pill_size

Place = tuple[float, float]
Scarce = tuple[dict[str, Any], Place]

VALVE = ((-1.0, -0.8), (1.0, 0.8), (1.0, -0.8), (-1.0, 0.8), (-1.0, -0.8))  # two triangles, tip to tip
SIZES = {"full": 5.2, "limit": 9.0, "depth": 10.5}  # points


def price_text(row: Mapping[str, Any], periods: int, words: Words) -> str:
    """'+$46.2/t'; with '2/12' behind it when the limit binds in two of twelve periods only."""
    worth = words("pill.price", price=words.number(float(row["price"])), measure=words.unit(row["family"].priced))
    return worth if row["bound"] == periods else words("pill.price_periods", price=worth, bound=row["bound"],
                                                       periods=periods)


def draw_sign(ax: Axes, sign: str, x: float, y: float, zoom: float = 1.0) -> None:
    """A full line's diamond, the valve of a limit, or the ring round a market that takes no more at a price."""
    size, tone = zoom * SIZES[sign], style.BOTTLENECK
    if sign == "depth":
        for wide, colour, order in ((2.9, "white", 9.0), (1.5, tone, 9.1)):
            ax.plot([x], [y], marker="o", markersize=size, markerfacecolor="none", markeredgecolor=colour,
                    markeredgewidth=zoom * wide, zorder=order)
    else:
        ax.plot([x], [y], marker="D" if sign == "full" else VALVE, markersize=size, color=tone,
                markeredgecolor="white", markeredgewidth=0.8, zorder=17)


def draw_signs(ax: Axes, scene: Scene, data: MapData, placer: Placer, zoom: float) -> list[Scarce]:
    """The sign of everything scarce; returns what is scarce and its place, the dearest first."""
    placed = sorted(_placed(scene, data), key=lambda one: -float(one[0]["price"]))
    for row, (x, y) in placed:
        draw_sign(ax, row["sign"], x, y, zoom)
        placer.block(Box.around(x, y, SIZES[row["sign"]] * zoom, SIZES[row["sign"]] * zoom))
    return placed


def draw_prices(ax: Axes, scarce: Sequence[Scarce], data: MapData, placer: Placer, zoom: float) -> None:
    """The prices of what is scarce, in pills where there is room."""
    size = 7.0 * zoom
    for row, (x, y) in scarce:
        text = price_text(row, data.periods, data.words)
        wide, high = pill_size(text, size)
        box = placer.place(_ring(x, y, wide, high), tolerance=6)
        if box is None:
            continue
        at = box.nearest(x, y)
        ax.plot([x, at[0]], [y, at[1]], color=style.BOTTLENECK, linewidth=0.9, zorder=16)
        pill(ax, box, text, size, style.BOTTLENECK, "white", "white")


def _placed(scene: Scene, data: MapData) -> list[Scarce]:
    """Limits and depths in sight, with their places."""
    rows = [row for row in data.rows(data.limits) if row["arc"] in scene.anchors]
    at = {node: (mark.x, mark.y) for mark in scene.marks for node in mark.members}
    return [*zip(rows, _anchors(scene, rows), strict=True),
            *(({**row, "sign": "depth"}, at[row["node"]]) for row in data.rows(data.depths) if row["node"] in at)]


def _anchors(scene: Scene, rows: Sequence[dict[str, Any]]) -> list[Place]:
    """The middle of each limit's line as drawn; a second limit on one line stands a quarter of the way along."""
    places: list[Place] = []
    for row in rows:
        own = [s for s in scene.strands if s.arc == row["arc"]]
        if own:
            points = max(own, key=lambda s: s.length).points
            spots = [points[int(share * (len(points) - 1))] for share in (0.5, 0.25, 0.75)]
            free = [p for p in spots if all(np.hypot(p[0] - x, p[1] - y) > 4.0 for x, y in places)]
            x, y = (free or spots)[0]
        else:
            x, y = scene.anchors[row["arc"]]
        places.append((float(x), float(y)))
    return places


def _ring(x: float, y: float, width: float, height: float) -> list[Box]:
    """Places round an anchor, ever farther out."""
    turns = np.deg2rad((90, 270, 45, 135, 315, 225, 0, 180))
    return [Box.around(float(x + np.cos(turn) * (width / 2 + out)), float(y + np.sin(turn) * (height / 2 + out)),
                       width, height) for out in (7.0, 14.0, 24.0, 38.0, 54.0) for turn in turns]
