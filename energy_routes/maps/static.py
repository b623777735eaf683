"""The static map: a figure for slides and papers (PNG, SVG, PDF), drawn with matplotlib.

>>> import energy_routes as er                                     # doctest: +SKIP
>>> er.maps.draw(er.solve(er.load("oil-2024")), "oil-2024.png")    # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from energy_routes.errors import UsageError
from energy_routes.maps import layers, legend, pills, style
from energy_routes.maps.basemap import draw_ground, draw_names
from energy_routes.maps.labels import Box, Placer, text_size
from energy_routes.maps.payload import MapData, payload
from energy_routes.maps.projection import View, home_box
from energy_routes.maps.scene import compose_scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (13.33, 7.5)      # inches; 1999 × 1125 pixels at DPI
DPI = 150
HEADER, FOOTER = 68.0, 66.0  # points
SUFFIXES = (".png", ".svg", ".pdf")


def draw(plan: Any, path: str | Path | None = None, *, period: str | None = None, ax: Axes | None = None,
         title: str | None = None) -> Figure:
    """Draw a plan (or a :class:`MapData`) and, given a path, save it (.png, .svg, .pdf).

    ``period`` takes one period, or a year of a monthly plan; without it the horizon is summed.  ``ax`` draws only
    the map panel into existing axes, for small multiples, with ``title`` (else the span) as a badge; axes about 2.3
    times as wide as high are filled best.  The default title of a sheet states the finding of the plan.
    Raises UsageError for an unknown period or suffix.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    suffix = None if path is None else Path(path).suffix.lower()
    if suffix is not None and suffix not in SUFFIXES:
        raise UsageError(f"cannot draw a map as {suffix or str(path)!r}. A picture is one of {', '.join(SUFFIXES)}.")
    data = plan if isinstance(plan, MapData) else payload(plan, period, title)
    with mpl.rc_context(cast(Any, style.settings())):
        if ax is not None:
            figure = _sheet(ax)
            _panel(ax, data, badge=title or data.when)
        else:
            figure = Figure(figsize=SIZE, dpi=DPI, facecolor="white")
            _page(figure, data)
        if path is not None:
            _save(figure, Path(path))
    return figure


def _sheet(ax: Axes) -> Figure:
    """The figure that axes belong to."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise UsageError("the axes belong to no figure. Make them with figure.add_subplot() or pyplot.subplots().")
    return figure


def _save(figure: Figure, path: Path) -> None:
    """Save without a date, so that the same plan gives the same bytes."""
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None, "ModDate": None}, ".png": {"Software": None}}
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI, metadata=undated[path.suffix.lower()])


def _page(figure: Figure, data: MapData) -> None:
    """Header, map and legend on one sheet."""
    width, height = (side * 72.0 for side in SIZE)
    size = min(18.0, 18.0 * (width - 36.0) / text_size(data.title, 18.0, bold=True)[0])
    figure.text(18 / width, 1 - 27 / height, data.title, size=size, weight="bold", color=style.INK, va="center")
    small = min(10.5, 10.5 * (width - 36.0) / text_size(data.subtitle, 10.5)[0])
    figure.text(18 / width, 1 - 51 / height, data.subtitle, size=small, color=style.MUTED, va="center")
    panel = figure.add_axes((0.0, FOOTER / height, 1.0, (height - HEADER - FOOTER) / height))
    _panel(panel, data)
    legend.draw_legend(figure.add_axes((0.0, 0.0, 1.0, FOOTER / height)), data, width, FOOTER)


def _panel(ax: Axes, data: MapData, badge: str | None = None) -> None:
    """The map itself, in axes that run in points."""
    bounds = ax.get_window_extent()
    points = 72.0 / _sheet(ax).dpi
    width, height = bounds.width * points, bounds.height * points
    nodes = data.nodes.dropna(subset=["lon", "lat"])
    view = View.fit(width, height, home_box(nodes[["lon", "lat"]].to_numpy(dtype=float)))
    zoom = min(1.0, max(0.55, width / 900.0))
    scene = compose_scene(data, view, zoom)
    ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[], xlabel="", ylabel="")
    for spine in ax.spines.values():
        spine.set_visible(False)
    fields = nodes.loc[nodes["kind"] == "field", "country"].dropna()
    draw_ground(ax, view, fields.mode().iloc[0] if len(fields) else None)
    layers.draw_flows(ax, scene, zoom)
    placer = Placer(view.frame(-3.0), [(s.points, s.width) for s in scene.strands if s.look == "flow"])
    if badge:
        _badge(ax, badge, height, placer)
    layers.draw_marks(ax, scene, placer, zoom)
    pills.draw_exits(ax, scene, placer, zoom)
    pills.draw_bottlenecks(ax, scene, data, placer, zoom)
    if width > 600:
        main, others = layers.by_weight(scene)
        volumes = pills.told_volumes(scene, data)
        pills.draw_volumes(ax, volumes[:6], scene, placer, zoom)
        layers.draw_labels(ax, main, scene, placer, zoom)
        pills.draw_volumes(ax, volumes[6:], scene, placer, zoom)
        layers.draw_labels(ax, others, scene, placer, zoom)
    draw_names(ax, view, placer, zoom)


def _badge(ax: Axes, text: str, height: float, placer: Placer) -> None:
    """A panel's own name in its corner, for small multiples."""
    wide, high = text_size(text, 8.5, bold=True)
    box = Box(2, height - high - 12, wide + 14, height - 2)
    placer.block(box)
    ax.text(*box.centre, text, size=8.5, weight="bold", color=style.INK, ha="center", va="center", zorder=30,
            bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.35"})
