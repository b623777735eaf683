"""A tornado: what a tenth less and a tenth more of each figure brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.maps import style
from energy_routes.studies.axes import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LESS, MORE = style.COOL[0], style.BOTTLENECK


def tornado(figures: pd.DataFrame, title: str, ax: Axes | None, top: int) -> Axes:
    """Bars from the optimum, the widest on top."""
    width = np.abs(figures[["minus_10", "plus_10"]].fillna(0.0)).max(axis=1)
    rows = figures.loc[width.sort_values(ascending=False, kind="stable").index[:top]].iloc[::-1]
    ax = axes_or_new(ax, 8.0, 0.8 + 0.3 * max(len(rows), 3))
    at = range(len(rows))
    ax.barh(at, rows["minus_10"].fillna(0.0), color=LESS, label="10 % less")
    ax.barh(at, rows["plus_10"].fillna(0.0), color=MORE, label="10 % more")
    ax.axvline(0.0, color="black", linewidth=0.8)
    ax.set_yticks(list(at), [f"{name}, {kind}" for name, kind in zip(rows["name"], rows["kind"], strict=True)])
    ax.tick_params(labelsize=8)
    ax.set_xlabel("MUSD over the horizon")
    ax.set_title(title, fontsize=10, loc="left")
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    return ax
