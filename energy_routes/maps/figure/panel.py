"""One map panel in axes that run in points: ground, flows and places first, then the numbers, then the names.

A sheet has one panel, a comparison three, the months of a year twelve: the same layers, told in less detail.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energy_routes.errors import UsageError
from energy_routes.maps.data import style
from energy_routes.maps.data.payload import MapData, home_of
from energy_routes.maps.data.projection import View, home_box, stretched
from energy_routes.maps.data.scene import Dresser, Scene, compose_scene
from energy_routes.maps.figure import layers
from energy_routes.maps.figure.basemap import draw_ground, draw_names
from energy_routes.maps.figure.text import pills, signs
from energy_routes.maps.figure.text.labels import Box, Placer, text_size

Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Detail:
    """How much a panel tells: sizes of text and strokes against a sheet's; how many names, volumes and prices."""

    text: float
    strokes: float
    names: int
    volumes: int
    prices: int


FOREMOST = 6  # volumes that come before prices and names, where it is not said which

SHEET = Detail(1.0, 1.0, names=99, volumes=26, prices=99)
HALF = Detail(0.84, 0.72, names=14, volumes=7, prices=8)
SMALL = Detail(0.66, 0.5, names=0, volumes=0, prices=7)


def detail_for(width: float) -> Detail:
    """What a panel of so many points can tell."""
    if width > 600:
        zoom = min(1.0, width / 900.0)
        return replace(SHEET, text=zoom, strokes=zoom)
    return HALF if width > 380 else SMALL


@dataclass(frozen=True)
class Canvas:
    """A panel being drawn."""

    ax: Axes
    data: MapData
    view: View
    scene: Scene
    placer: Placer
    detail: Detail


def sheet_of(ax: Axes) -> Figure:
    """The figure that axes belong to.  Raises UsageError when they belong to none."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise UsageError("the axes belong to no figure. Make them with figure.add_subplot() or pyplot.subplots().")
    return figure


def flow_box(*maps: MapData) -> Extent:
    """The frame (metres of the first map's projection) that holds every flow of some maps, no larger than need be."""
    lines = [line for data in maps for line in replace(data, projection=maps[0].projection).flowing()]
    most = stretched(home_box(np.vstack([data.places() for data in maps]), maps[0].projection), lines)
    if not lines:
        return most
    places = np.vstack(lines)
    held = places[(places >= most[:2]).all(axis=1) & (places <= most[2:]).all(axis=1)]
    if not len(held):
        return most
    low, high = held.min(axis=0), held.max(axis=0)
    pad = 0.05 * max(*(high - low), 4e5)
    (west, south), (east, north) = np.maximum(low - pad, most[:2]), np.minimum(high + pad, most[2:])
    return float(west), float(south), float(east), float(north)


def open_panel(ax: Axes, data: MapData, *, detail: Detail | None = None, box: Extent | None = None,
               dress: Dresser | None = None, badge: str | None = None) -> Canvas:
    """Draw the ground, the flows and the places of a map; what is written on it comes after, on the canvas."""
    bounds = ax.get_window_extent()
    points = 72.0 / sheet_of(ax).dpi
    width, height = bounds.width * points, bounds.height * points
    detail = detail or detail_for(width)
    usual = stretched(home_box(data.places(), data.projection), data.flowing())
    view = View.fit(width, height, box or usual, data.projection)
    scene = compose_scene(data, view, detail.strokes, dress)
    ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[], xlabel="", ylabel="")
    for spine in ax.spines.values():
        spine.set_visible(False)
    draw_ground(ax, view, home_of(data.nodes.dropna(subset=["lon", "lat"])), data.words)
    layers.draw_flows(ax, scene, detail.strokes)
    placer = Placer(view.frame(-3.0), [(s.points, s.width) for s in scene.strands if s.look == "flow"])
    canvas = Canvas(ax, data, view, scene, placer, detail)
    if badge:
        _badge(canvas, badge)
    layers.draw_marks(ax, scene, placer, max(detail.strokes, 0.6 * detail.text))
    return canvas


def tell_flows(canvas: Canvas, first: Sequence[str] = (), led: Collection[str] = ()) -> set[str]:
    """Exits, what is scarce, volumes, prices, then names of places and lines by weight, as many as the detail allows.

    The numbers of the arcs ``first`` come first; those of ``led`` get a leader where there is no room at their lines.
    Returns the arcs whose numbers are written beside their lines.
    """
    ax, scene, placer, zoom = canvas.ax, canvas.scene, canvas.placer, canvas.detail.text
    if canvas.detail.names:
        pills.draw_exits(ax, scene, placer, zoom)
    scarce = signs.draw_signs(ax, scene, canvas.data, placer, zoom)
    volumes = pills.told_volumes(scene, canvas.data, first)
    early = sum(one.strand.arc in first for one in volumes) if first else FOREMOST
    written = pills.draw_volumes(ax, volumes[:early], scene, placer, zoom)
    lead_to(canvas, set(led) - written)
    signs.draw_prices(ax, scarce[:canvas.detail.prices], canvas.data, placer, zoom)
    main, others = layers.by_weight(scene)
    carrying, unused = pills.line_names(scene, canvas.data) if canvas.detail.names else ({}, {})
    layers.draw_labels(ax, main[:canvas.detail.names], scene, placer, zoom)
    pills.draw_line_names(ax, carrying, scene, placer, zoom)
    written |= pills.draw_volumes(ax, volumes[early:canvas.detail.volumes], scene, placer, zoom)
    layers.draw_labels(ax, others[:max(0, canvas.detail.names - len(main))], scene, placer, zoom)
    pills.draw_line_names(ax, unused, scene, placer, zoom)
    return written


def lead_to(canvas: Canvas, arcs: Collection[str]) -> None:
    """Write the numbers of arcs that have no room at their lines, each with a leader."""
    pills.draw_led(canvas.ax, arcs, canvas.scene, canvas.data, canvas.placer, canvas.detail.text)


def close_panel(canvas: Canvas) -> None:
    """The names of countries and seas, where there is still room."""
    draw_names(canvas.ax, canvas.view, canvas.placer, canvas.detail.text, canvas.data.words)


def flow_panel(ax: Axes, data: MapData, *, detail: Detail | None = None, box: Extent | None = None,
               badge: str | None = None, sure: Sequence[str] = ()) -> Canvas:
    """A whole panel of flows; the numbers of the arcs ``sure`` always stand."""
    canvas = open_panel(ax, data, detail=detail, box=box, badge=badge)
    tell_flows(canvas, sure, sure)
    close_panel(canvas)
    return canvas


def _badge(canvas: Canvas, text: str) -> None:
    """A panel's own name in its corner, for small multiples."""
    size = 8.5 if canvas.detail.names else 7.4
    top = canvas.view.height
    wide, high = text_size(text, size, bold=True)
    box = Box(2, top - high - 12, wide + 14, top - 2)
    canvas.placer.block(box)
    canvas.ax.text(*box.centre, text, size=size, weight="bold", color=style.INK, ha="center", va="center", zorder=30,
                   bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.35"})
