"""Small multiples: what each period of a plan does otherwise than the mean of all, and how much it exports.

The periods of a plan look alike as maps of flows; how a month differs from the mean is what they are laid side by
side for.  The mean is a rate: a month that is as busy as the others differs by nothing, however many days it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from energy_routes.answer import exported, periods_in
from energy_routes.errors import UsageError
from energy_routes.maps.data.change import ChangeData, change
from energy_routes.maps.data.payload import MapData, payload
from energy_routes.maps.data.titles import seasons
from energy_routes.maps.figure.changes.change import change_panel, change_samples
from energy_routes.maps.figure.panel import SMALL, flow_box
from energy_routes.maps.figure.paper import add_legend, check_suffix, grid, made, new_page, panel_at
from energy_routes.pack import Period
from energy_routes.plan import Plan

SHAPES = ((2, 1), (2, 2), (3, 2), (4, 2), (4, 3))  # columns × rows
LARGEST = 4  # changes of a panel that bear a number


def months_figure(plan: Plan, path: str | Path | None = None, *, periods: Sequence[str] | None = None,
                  title: str | None = None, lang: str = "en") -> Figure:
    """Draw how each period of a plan (the years of one that has more than twelve) differs from the mean of them.

    Every panel tells what is exported, and how far that is from the mean.  ``periods`` names those to show, at most
    twelve.  The default title tells how exports swing and what is scarcest.
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
    box, moved, told = flow_box(*maps), differences(maps), _totals(plan, labels, maps)
    for cell, data, total in zip(grid(columns, rows), moved, told, strict=False):
        change_panel(panel_at(figure, *cell), data, detail=SMALL, box=box, badge=f"{data.when} · {total}",
                     most=LARGEST)
    add_legend(figure, moved[0], SMALL.strokes, change_samples(moved[0], "legend.from_mean"))
    return figure


def differences(maps: Sequence[MapData]) -> list[ChangeData]:
    """Each map against the mean of all as long as it is, on one scale; what is scarce stays that of the map."""
    months = sum(data.months for data in maps)
    whole = pd.concat([data.arcs for data in maps]).groupby("arc", sort=False)["volume"].sum()
    moved = []
    for data in maps:
        usual = data.arcs["arc"].map(whole) * (data.months / months)
        found = change(replace(data, arcs=data.arcs.assign(volume=usual)), data)
        moved.append(replace(found, limits=data.limits, depths=data.depths))
    most = max(data.most for data in moved)
    return [replace(data, most=most) for data in moved]


def _totals(plan: Plan, labels: Sequence[str], maps: Sequence[MapData]) -> list[str]:
    """What is exported in each period, and how far from the mean rate: of each family that is exported."""
    months = np.array([data.months for data in maps])
    words, told = maps[0].words, [list[str]() for _ in maps]
    for called, family in plan.case.network.families.items():
        volumes = np.array([exported(plan, periods_in(plan, label), called) for label in labels])
        if not volumes.any():
            continue
        usual = volumes.sum() * months / months.sum()
        for parts, volume, moved in zip(told, volumes.tolist(), (volumes - usual).tolist(), strict=True):
            parts.append(words("months.total", volume=words.number(volume, 2), unit=words.unit(family.volume_unit),
                               change=words.signed(moved, 2)))
    return ["; ".join(parts) for parts in told]
