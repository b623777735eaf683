"""Small multiples: the periods of a plan side by side, one scale, bottlenecks marked in each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.maps.data.payload import MapData, payload
from energy_routes.maps.data.titles import seasons
from energy_routes.maps.figure.panel import SMALL, flow_box, flow_panel
from energy_routes.maps.figure.paper import add_legend, check_suffix, grid, made, new_page, panel_at
from energy_routes.pack import Period
from energy_routes.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

SHAPES = ((2, 1), (2, 2), (3, 2), (4, 2), (4, 3))  # columns × rows


def months_figure(plan: Plan, path: str | Path | None = None, *, periods: Sequence[str] | None = None,
                  title: str | None = None, lang: str = "en") -> Figure:
    """Draw each period of a plan (the years of one that has more than twelve) as a small map on one page.

    ``periods`` names those to show, at most twelve.  The default title tells how exports swing and what is scarcest.
    Saved to ``path`` (.png, .svg, .pdf) if given.  Raises UsageError for one period, more than twelve, unknown ones.
    """
    check_suffix(path)
    labels = list(periods or steps(plan.case.periods))
    if not 2 <= len(labels) <= SHAPES[-1][0] * SHAPES[-1][1]:
        raise UsageError(f"small multiples need 2 to 12 periods, not {len(labels)}. Name the periods to show, or solve "
                         "the model by month.")
    return made(lambda: _page(plan, labels, [payload(plan, label, lang=lang) for label in labels], title), path)


def steps(periods: Sequence[Period]) -> list[str]:
    """The labels of all periods, or of the years when there are more than twelve."""
    labels = [p.label for p in periods]
    return labels if len(labels) <= 12 else list(dict.fromkeys(label[:4] for label in labels))


def _page(plan: Plan, labels: Sequence[str], maps: Sequence[MapData], title: str | None) -> Figure:
    limits = pd.concat([data.limits.assign(when=data.when) for data in maps])
    head, sub = seasons(plan, labels, [data.when for data in maps], limits, maps[0].words)
    figure = new_page(title or head, sub)
    columns, rows = next(shape for shape in SHAPES if shape[0] * shape[1] >= len(labels))
    box = flow_box(*maps)
    for cell, data in zip(grid(columns, rows), maps, strict=False):
        flow_panel(panel_at(figure, *cell), data, detail=SMALL, box=box, badge=data.when)
    add_legend(figure, maps[0], SMALL.strokes)
    return figure
