"""The static map: a figure for slides and papers (PNG, SVG, PDF), drawn with matplotlib.

>>> import energy_routes as er                                     # doctest: +SKIP
>>> er.solve(er.load("oil-2024")).plot("oil-2024.png")             # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energy_routes.maps.data.payload import MapData, payload
from energy_routes.maps.figure.inset import draw_inset, inset_of
from energy_routes.maps.figure.panel import close_panel, flow_panel, lead_to, open_panel, sheet_of, tell_flows
from energy_routes.maps.figure.paper import (
    FOOTER,
    HEADER,
    HEIGHT,
    WIDTH,
    add_legend,
    check_suffix,
    made,
    new_page,
    panel_at,
)
from energy_routes.maps.figure.text.notes import draw_notes
from energy_routes.maps.figure.text.pills import LARGEST, largest
from energy_routes.plan import Plan


def draw(plan: Plan, path: str | Path | None = None, *, period: str | None = None, ax: Axes | None = None,
         title: str | None = None, lang: str = "en") -> Figure:
    """Draw a plan (or a :class:`MapData`) and, given a path, save it (.png, .svg, .pdf).

    ``period`` takes one period, or a year of a monthly plan; without it the horizon is summed.  ``ax`` draws only
    the map panel into existing axes, for small multiples, with ``title`` (else the span) as a badge; axes about 2.3
    times as wide as high are filled best.  The default title of a sheet states the finding of the plan.
    Raises UsageError for an unknown period or suffix.
    """
    check_suffix(path)
    data = plan if isinstance(plan, MapData) else payload(plan, period, title, lang)
    return made(lambda: _page(data) if ax is None else _into(ax, data, title), path)


def _into(ax: Axes, data: MapData, title: str | None) -> Figure:
    flow_panel(ax, data, badge=title or data.when)
    return sheet_of(ax)


def _page(data: MapData) -> Figure:
    """Header, map and legend on one sheet."""
    figure = new_page(data.title, data.subtitle)
    canvas = open_panel(panel_at(figure, 0.0, FOOTER, WIDTH, HEIGHT - HEADER - FOOTER), data)
    if inset := inset_of(canvas):
        canvas.placer.block(inset.place)
    sure = largest([data], LARGEST)
    missing = set(sure) - tell_flows(canvas, sure)
    if inset:
        missing -= draw_inset(canvas, inset, missing)
    lead_to(canvas, missing)
    draw_notes(canvas.ax, canvas.scene, data.notes, canvas.placer, canvas.detail.text)
    close_panel(canvas)
    add_legend(figure, data)
    return figure
