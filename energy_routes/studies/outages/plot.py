"""The N-1 atlas drawn: what the costliest losses strand, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from energy_routes.maps import style
from energy_routes.pack import in_digits
from energy_routes.studies.axes import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOST, MOVED = style.BOTTLENECK, style.COOL[0]


def draw(outages: pd.DataFrame, title: str, ax: Axes | None, top: int) -> Axes:
    """Bars, costliest loss on top: stranded and re-routed volume, netback lost at the end of the bar."""
    rows = outages.head(top).iloc[::-1]
    ax = axes_or_new(ax, 7.5, 0.6 + 0.33 * max(len(rows), 3))
    at = range(len(rows))
    stranded, moved = rows["stranded"].fillna(0.0), rows["rerouted"].fillna(0.0)
    ax.barh(at, stranded, color=LOST, label="stranded")
    ax.barh(at, moved, left=stranded.clip(lower=0.0), color=MOVED, label="re-routed")
    for y, end, loss in zip(at, stranded.clip(lower=0.0) + moved, rows["loss"], strict=True):
        ax.annotate(f"{in_digits(loss, ',.0f')} MUSD", (end, y), xytext=(4, 0), textcoords="offset points",
                    va="center", fontsize=7)
    ax.set_yticks(list(at), [f"{name} ({kind})" for name, kind in zip(rows["name"], rows["kind"], strict=True)])
    ax.tick_params(labelsize=8)
    ax.margins(x=0.3)
    ax.set_xlabel(str(rows["unit"].iloc[0]) if len(rows) else "")
    ax.set_title(title, fontsize=10, loc="left")
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    return ax
