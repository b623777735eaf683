"""What a budget brings, drawn: the gain of whole builds at each step, and the bound of parts of projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from energy_routes.studies.axes import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAIN, BOUND = "#0b6e8a", "#9aa5ad"
LONGEST = 46


def draw(steps: pd.DataFrame, title: str, ax: Axes | None) -> Axes:
    """Gain against budget, what each step adds written beside it."""
    ax = axes_or_new(ax, 9.0, 5.0)
    ax.plot(steps["budget"], steps["bound"], "--", color=BOUND, linewidth=1, label="bound (parts of projects)")
    ax.step(steps["budget"], steps["gain"], where="post", color=GAIN, linewidth=1.5, label="whole builds")
    ax.plot(steps["budget"], steps["gain"], "o", color=GAIN, markersize=4)
    top = max(float(steps["bound"].max()), float(steps["gain"].max()), 1e-9)
    last = -1.0
    for x, y, words in zip(steps["budget"], steps["gain"], steps["adds"], strict=True):
        if words and (last < 0 or y - last > 0.04 * top):
            ax.annotate("\n".join(map(_short, words.split("; "))), (x, y), xytext=(6, -4), textcoords="offset points",
                        fontsize=7, va="top")  # fmt: skip
            last = float(y)
    ax.set_xlabel("budget, MUSD of capex within the horizon", fontsize=9)
    ax.set_ylabel("netback gained, MUSD over the horizon", fontsize=9)
    ax.set_title(title, fontsize=10, loc="left")
    ax.margins(x=0.12, y=0.1)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    return ax


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
