"""The knot of a map, drawn again larger: where flows that matter are too short on a sheet to bear a number.

The window lies where most of such flows meet; its enlargement stands where the sheet is emptiest, else there is none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import ConnectionPatch, Rectangle

from energy_routes.maps.data import style
from energy_routes.maps.data.payload import records
from energy_routes.maps.data.projection import Points
from energy_routes.maps.data.scene import Strand
from energy_routes.maps.figure.panel import Canvas, Detail, close_panel, open_panel, sheet_of, tell_flows
from energy_routes.maps.figure.text.labels import Box
from energy_routes.maps.figure.text.pills import SHORT, told_volumes

MATTERS = 0.03  # of the largest flow
TIMES = 2.4  # how much larger
SHARES = ((0.225, 0.42), (0.235, 0.31))  # of the panel's width and height: the first for which there is room
FEWEST = 3  # flows too short to bear a number that make a knot
EDGE = 6.0  # points between an enlargement and the frame
STEP = 12.0  # points between places that are tried
MARK = 40  # a symbol under an enlargement counts as so many samples of a line
MOST = 12  # samples of lines that an enlargement may cover


@dataclass(frozen=True)
class Inset:
    """What is enlarged, and where, in points of the panel."""

    window: Box
    place: Box


def inset_of(canvas: Canvas) -> Inset | None:
    """The knot of a panel and the place for it; None where there is no knot, or no room."""
    short = _short(canvas)
    if len(short) < FEWEST:
        return None
    middles = [strand.points[len(strand.points) // 2] for strand in short]
    places = np.array([*middles, *((mark.x, mark.y) for mark in canvas.scene.marks)])
    for wide, high in ((canvas.view.width * across, canvas.view.height * up) for across, up in SHARES):
        window = _densest(places, wide / TIMES, high / TIMES)
        if (window.distances(np.array(middles)) == 0).sum() < FEWEST:
            continue
        if place := _emptiest(canvas, wide, high, window):
            return Inset(window, place)
    return None


def _densest(places: Points, wide: float, high: float) -> Box:
    """The window of a size that holds most of some places, moved to their middle."""

    def held(window: Box) -> Points:
        return np.asarray(places[window.distances(places) == 0])

    best = max((held(Box.around(x, y, wide, high)) for x, y in places.tolist()), key=len)
    x, y = ((best.min(axis=0) + best.max(axis=0)) / 2).tolist()
    return Box.around(x, y, wide, high)


def _short(canvas: Canvas) -> list[Strand]:
    """The flows that matter and are too short to bear a number."""
    volumes = {row["arc"]: float(row["volume"]) for row in records(canvas.data.arcs)}
    least = MATTERS * max(volumes.values(), default=0.0)
    return [s for s in canvas.scene.of("flow") if s.length <= 6 * SHORT and volumes[s.arc] >= least]


def _emptiest(canvas: Canvas, wide: float, high: float, window: Box) -> Box | None:
    """The place of a size inside the frame under which least is drawn; the corners first."""
    xs, ys = (np.append(np.arange(EDGE, last, STEP), last)
              for last in (canvas.view.width - wide - EDGE, canvas.view.height - high - EDGE))
    tried = [Box(float(x), float(y), float(x) + wide, float(y) + high) for x in xs for y in ys]
    middle = canvas.view.width / 2, canvas.view.height / 2
    marked = np.array([(mark.x, mark.y) for mark in canvas.scene.marks]).reshape(-1, 2)

    def cost(box: Box) -> tuple[float, float]:
        under = canvas.placer.crossed(box)
        marks = int((box.distances(marked) < 8).sum())
        off = float(np.hypot(box.centre[0] - middle[0], box.centre[1] - middle[1]))
        return under + MARK * marks, -off

    free = [box for box, held in zip(tried, canvas.placer.free(tried).tolist(), strict=True)
            if held and not box.meets(window, 4.0)]
    best = min(free, key=cost, default=None)
    return best if best is not None and cost(best)[0] <= MOST else None


def draw_inset(canvas: Canvas, inset: Inset, sure: Collection[str] = ()) -> set[str]:
    """The enlargement with its own names and numbers, a frame round what it enlarges, and a line between both.

    Returns which of the arcs ``sure`` it tells the numbers of.
    """
    view, window, place = canvas.view, inset.window, inset.place
    figure, bounds = sheet_of(canvas.ax), canvas.ax.get_position()
    across, up = bounds.width / view.width, bounds.height / view.height
    axes = figure.add_axes((bounds.x0 + place.west * across, bounds.y0 + place.south * up,
                            (place.east - place.west) * across, (place.north - place.south) * up))
    metres = (view.left + window.west / view.scale, view.bottom + window.south / view.scale,
              view.left + window.east / view.scale, view.bottom + window.north / view.scale)
    detail = Detail(0.84 * canvas.detail.text, canvas.detail.strokes, names=99, volumes=26, prices=99)
    larger = open_panel(axes, canvas.data, detail=detail, box=metres)
    held = {one.strand.arc for one in told_volumes(larger.scene, larger.data, [*sure], 0.0)} & set(sure)
    tell_flows(larger, [*held], held)
    close_panel(larger)
    for spine in axes.spines.values():
        spine.set(visible=True, color=style.INK, linewidth=0.8)
    canvas.ax.add_patch(Rectangle((window.west, window.south), window.east - window.west, window.north - window.south,
                                  fill=False, edgecolor=style.INK, linewidth=0.8, zorder=11))
    beside = place.west > window.east or place.east < window.west
    ends = window.nearest(place.centre[0] if beside else window.centre[0], place.centre[1])
    near = place.nearest(*ends)
    canvas.ax.add_patch(ConnectionPatch(ends, near, "data", "data", color=style.MUTED, linewidth=0.6, zorder=2.5))
    return held
