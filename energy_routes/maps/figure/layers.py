"""The layers of a flow map above the ground: capacity bands, flows, arrows, nodes and their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from energy_routes.maps.data import style
from energy_routes.maps.data.projection import Points, cumulative
from energy_routes.maps.data.scene import Mark, Scene, Strand
from energy_routes.maps.figure.text.labels import Box, Placer, around, least_distances, text_size
from energy_routes.maps.figure.text.pills import SHORT, halo_text

ARROW_EVERY = 90.0
SYMBOLS: dict[str, dict[str, Any]] = {
    "field": {"marker": "^", "markersize": 5.0, "markerfacecolor": style.INK},
    "port": {"marker": "o", "markersize": 5.6, "markerfacecolor": "white"},
    "hub": {"marker": "o", "markersize": 3.4, "markerfacecolor": "white"},
    "border": {"marker": "s", "markersize": 4.4, "markerfacecolor": "white"},
    "market": {"marker": "D", "markersize": 4.6, "markerfacecolor": style.INK},
    "refinery": {"marker": "s", "markersize": 4.2, "markerfacecolor": style.INK},
    "storage": {"marker": "p", "markersize": 5.0, "markerfacecolor": "white"},
}
MAIN_KINDS = ("port", "market", "field")  # named before all others; the first two in bold
TOLERANCE = {True: 16, False: 6}          # line samples that a name may cover, main kinds and others
RING = 5.2  # points from the edge of a symbol to a name, where a ring stands between
SWAP = (0, (2.2, 1.1))  # exchanged on paper, nothing moves along the line
HATCH = (0.8, 1.4)  # points drawn and left out across a line that could carry more or less
DASHES: dict[str, Any] = {"still": "solid", "idle": (0, (1.0, 2.4)), "proposed": (0, (5.0, 3.2))}


def draw_flows(ax: Axes, scene: Scene, zoom: float) -> None:
    """Lines without a flow, then for each flow its capacity band, a white halo, the flow, and its arrows.

    A flow that could be another in a plan as good is whole up to the least, and hatched from there to the most.
    """
    for look, dashes in DASHES.items():
        for strand in scene.of(look):
            _line(ax, strand.points, color=strand.colour, linewidth=strand.width, linestyle=dashes, zorder=3)
    flows = scene.of("flow")
    for strand in flows:
        if strand.band > strand.width:
            _stroke(ax, strand.points, strand.band, strand.family.ramp[1], 4, alpha=style.BAND_OPACITY)
    for strand in flows:
        _stroke(ax, strand.points, max(strand.width, strand.most) + 1.5 * zoom, style.HALO, 5, alpha=0.9)
    for strand in flows:
        if strand.most:
            _stroke(ax, strand.points, strand.most, strand.colour, 6, dashes=hatch(strand.most, zoom))
        if strand.least or not strand.most:
            width = strand.least or strand.width
            _stroke(ax, strand.points, width, strand.colour, 6, dashes=SWAP if strand.on_paper else "solid")
    for strand in flows:
        _arrows(ax, strand, zoom)


def hatch(width: float, zoom: float = 1.0) -> tuple[float, tuple[float, ...]]:
    """Dashes that hatch a line of a width across; matplotlib counts dashes in widths."""
    return 0.0, tuple(zoom * size / width for size in HATCH)


def _stroke(ax: Axes, points: Points, width: float, colour: str, order: float, *, alpha: float = 1.0,
            dashes: Any = "solid") -> None:
    _line(ax, points, color=colour, linewidth=width, alpha=alpha, zorder=order, solid_capstyle="round",
          solid_joinstyle="round", dash_capstyle="butt", linestyle=dashes)


def _line(ax: Axes, points: Points, **look: Any) -> None:
    """A line that no limit of the axes is reckoned from, as ``plot`` would for each: the frame of a map stands."""
    ax.add_artist(Line2D(*points.T, **look))


def _arrows(ax: Axes, strand: Strand, zoom: float) -> None:
    """White chevrons with a dark outline: they survive print and grey."""
    length = strand.length
    if length < 3 * SHORT:
        return
    size = zoom * float(np.clip(strand.width * 0.62, 2.6, 5.0))
    shape = np.array([[1.0, 0.0], [-0.75, 0.85], [-0.35, 0.0], [-0.75, -0.85]]) * size
    count = max(1, round(length / ARROW_EVERY))
    reach = cumulative(strand.points)
    for place in (np.arange(count) + 0.5) / count * length:
        at = int(np.searchsorted(reach, place).clip(2, len(reach) - 2)) if len(reach) > 4 else len(reach) // 2
        step = strand.points[min(at + 1, len(reach) - 1)] - strand.points[at - 1]
        cos, sin = step / (np.hypot(*step) or 1.0)
        turned = shape @ np.array([[cos, sin], [-sin, cos]]) + strand.points[at]
        ax.add_artist(Polygon(turned, closed=True, facecolor="white", edgecolor=style.INK, linewidth=0.55 * zoom,
                              zorder=8))


def draw_marks(ax: Axes, scene: Scene, placer: Placer, zoom: float) -> None:
    """The symbols of the nodes, each kept free of text."""
    for mark in scene.marks:
        look = SYMBOLS[mark.kind]
        size = look["markersize"] * zoom
        _line(ax, np.array([[mark.x, mark.y]]), linestyle="none", marker=look["marker"], markersize=size,
              markerfacecolor=look["markerfacecolor"], markeredgecolor=style.INK, markeredgewidth=0.9 * zoom, zorder=10)
        placer.block(Box.around(mark.x, mark.y, size + 1, size + 1))


def draw_labels(ax: Axes, marks: Sequence[Mark], scene: Scene, placer: Placer, zoom: float) -> None:
    """Names of nodes, in the order given; a name set away from its symbol gets a thin leader.

    A place nearer to another symbol than to its own is taken only when there is no other.
    """
    for mark in marks:
        rivals = np.array([(m.x, m.y) for m in scene.marks if m is not mark]).reshape(-1, 2)
        bold = mark.kind in MAIN_KINDS[:2]
        size = zoom * (7.8 if bold else 7.0)
        width, height = text_size(mark.label, size, bold=bold)
        clear = zoom * (SYMBOLS[mark.kind]["markersize"] / 2 + (RING if mark.full else 2.2))
        spots = around(mark.x, mark.y, width, height, clear)
        own = least_distances(spots, np.array([(mark.x, mark.y)]))
        plain = [spots[at] for at in np.flatnonzero(least_distances(spots, rivals) > own + 1.0).tolist()]
        tolerance = TOLERANCE[mark.kind in MAIN_KINDS]
        box = (placer.place(plain, tolerance=tolerance, patience=0.5)
               or placer.place(spots, tolerance=tolerance, patience=0.5))
        if box is None:
            continue
        at = box.nearest(mark.x, mark.y)
        if np.hypot(at[0] - mark.x, at[1] - mark.y) > clear + 3.0:
            ax.plot([mark.x, at[0]], [mark.y, at[1]], color=style.INK, linewidth=0.5, zorder=9)
        halo_text(ax, box, mark.label, size, style.INK, bold=bold)


def by_weight(scene: Scene) -> tuple[list[Mark], list[Mark]]:
    """Ports, markets and fields; then the other nodes. Each the largest through-flow first."""
    order = sorted(scene.marks, key=lambda m: (-m.volume, m.label))
    return [m for m in order if m.kind in MAIN_KINDS], [m for m in order if m.kind not in MAIN_KINDS]
