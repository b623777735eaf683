"""A change drawn as a waterfall: from the value before to that after, a step a group of inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.studies.axes import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WHOLE, UP, DOWN = "#5b6770", "#0b6e8a", "#b5523b"
LONGEST = 34


def draw(groups: pd.DataFrame, before: float, after: float, title: str, ax: Axes | None) -> Axes:
    """The value before, each step up or down from where the one before it ended, and the value after, MUSD."""
    ax = axes_or_new(ax, 9.0, 0.42 * len(groups) + 2.2)
    steps = groups["change"].to_numpy(dtype=float)
    left = np.concatenate([[0.0], before + np.cumsum(steps) - steps, [0.0]])
    size = np.concatenate([[before], steps, [after]])
    colours = [WHOLE, *(UP if step >= 0 else DOWN for step in steps), WHOLE]
    place = np.arange(len(size))
    ax.barh(place, size, left=left, color=colours, height=0.62)
    ends, words = left + size, Words.of()
    for at in place[:-1]:
        ax.plot([ends[at]] * 2, [at - 0.31, at + 1.31], color=WHOLE, linewidth=0.6)
    for at, (end, step) in enumerate(zip(np.maximum(left, ends), size, strict=True)):
        told = (words.number if at in (0, len(size) - 1) else words.signed)(step, 1)
        ax.annotate(told, (end, at), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
    ax.set_yticks(place, ["before", *map(_short, groups["group"]), "after"], fontsize=8)
    ax.invert_yaxis()
    turns = np.concatenate([ends[:-1], [before, after]])
    room = max(float(np.ptp(turns)), 1e-9)
    ax.set_xlim(float(turns.min()) - 0.35 * room, float(turns.max()) + 0.35 * room)  # the steps, not the whole
    ax.set_xlabel("MUSD over the horizon (the axis does not begin at 0)", fontsize=9)
    ax.set_title(title, fontsize=10, loc="left")
    ax.tick_params(axis="x", labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
