"""A slide that compares two plans: before, after, the change, and what changes most."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energy_routes.errors import UsageError
from energy_routes.maps.data import style
from energy_routes.maps.data.change import SAME_SPAN, ChangeData, change
from energy_routes.maps.data.payload import chosen
from energy_routes.maps.data.titles import difference, titled
from energy_routes.maps.figure.changes.change import change_panel, samples
from energy_routes.maps.figure.changes.dumbbell import changes, draw_dumbbells
from energy_routes.maps.figure.panel import HALF, flow_box, flow_panel, sheet_of
from energy_routes.maps.figure.paper import add_legend, check_suffix, grid, made, new_page, panel_at
from energy_routes.maps.figure.text.labels import text_size
from energy_routes.maps.figure.text.legend import MARGIN, Strip, fill, units
from energy_routes.maps.figure.text.pills import LARGEST, largest
from energy_routes.plan import Plan

STRIP = 16.0  # points under the dumbbells: the legend of the change map


def compare_figure(before: Plan, after: Plan, path: str | Path | None = None, *, period: str | None = None,
                   ax: Axes | None = None, title: str | None = None, lang: str = "en",
                   bands: pd.DataFrame | None = None) -> Figure:
    """Draw what ``after`` does otherwise than ``before``: a 2 × 2 slide, or with ``ax`` the map of the change alone.

    All flow panels share one scale of width and colour and one frame.  ``period`` takes one period, or a year of a
    monthly plan; without it the horizon, or the year that both have in common.  The default title says what the
    change costs, what is shut in and what goes another way.  Saved to ``path`` (.png, .svg, .pdf) if given.
    ``bands`` (of :class:`energy_routes.Comparison`) say how sure the changes of the whole horizon are.
    Raises UsageError when the plans have no span in common, and for an unknown period or suffix.
    """
    check_suffix(path)
    span = period or common_span(before, after)
    data = change(before, after, span, lang)

    def draw() -> Figure:
        if ax is None:
            return _slide(before, after, data, span, title, bands if span is None else None)
        change_panel(ax, data, badge=title or data.when)
        return sheet_of(ax)

    return made(draw, path)


def common_span(before: Plan, after: Plan) -> str | None:
    """None when the horizons are equally long, else the one year that both plans hold.  Raises UsageError."""
    old, new = before.case.periods, after.case.periods
    if abs(12.0 * sum(p.years for p in old) - 12.0 * sum(p.years for p in new)) <= SAME_SPAN:
        return None
    years = sorted({p.label[:4] for p in old} & {p.label[:4] for p in new})
    if len(years) == 1:
        return str(years[0])
    raise UsageError(f"{before.case.name} has {old[0].label} to {old[-1].label} and {after.case.name} has "
                     f"{new[0].label} to {new[-1].label}: give a period that both have")


def _slide(before: Plan, after: Plan, data: ChangeData, span: str | None, title: str | None,
           bands: pd.DataFrame | None) -> Figure:
    was, is_ = ([p.label for p in chosen(plan.case.periods, span)] for plan in (before, after))
    told = (was, is_)
    words = data.words
    when = data.new.when
    if data.old.when != when:
        when = words("compare.spans", first=data.old.when, second=when)
    old, new = (titled(plan.case, words) for plan in (before, after))
    figure = new_page(title or difference(before, after, told, words),
                      words("title.when", title=words("title.compare", before=new, after=old), when=when))
    box = flow_box(data.old, data.new)
    cells = grid(2, 2)
    sure = largest([data.old, data.new], LARGEST)
    for cell, side, key, name in zip(cells, (data.old, data.new), ("before", "after"), (old, new), strict=False):
        flow_panel(panel_at(figure, *cell), side, detail=HALF, box=box, badge=f"{words(f'view.{key}')}: {name}",
                   sure=sure)
    change_panel(panel_at(figure, *cells[2]), data, detail=HALF, box=box, badge=words("view.change_long"))
    unit = units(data)
    left, bottom, wide, high = cells[3]
    draw_dumbbells(panel_at(figure, left, bottom + STRIP, wide, high - STRIP), changes(before, after, told, bands),
                   wide, high - STRIP, unit, words)
    _change_legend(panel_at(figure, left, bottom, wide, STRIP), data, wide, unit)
    add_legend(figure, replace(data, ends={**data.old.ends, **data.new.ends}), HALF.strokes)
    return figure


def _change_legend(ax: Axes, data: ChangeData, width: float, unit: str) -> None:
    """What purple, green and grey mean, and how much the widest line stands for."""
    words, y = data.words, STRIP / 2
    said = words("legend.widest", value=words.number(data.most, 2), unit=unit)

    def draw(ax: Axes, shrink: float) -> float:
        size = 6.2 * shrink
        ax.text(width - MARGIN, y, said, size=size, color=style.MUTED, va="center", ha="right")
        ends = Strip(ax, data, STRIP, 1.0, shrink).row(14.0, y, samples(ax, data, y), 9.0)
        return ends + 10.0 + text_size(said, size)[0]

    fill(ax, draw, width, STRIP)
