"""A frontier drawn: netback against the lever, its kinks marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.case import Case, in_percent
from energy_routes.maps import style
from energy_routes.pack import as_read
from energy_routes.studies.axes import axes_or_new, tell_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MARK = style.COOL[2], style.BOTTLENECK


class Drawn(Protocol):
    """What is drawn of a frontier."""

    @property
    def case(self) -> Case: ...
    @property
    def over(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def points(self) -> pd.DataFrame: ...
    @property
    def segments(self) -> pd.DataFrame: ...
    @property
    def curve(self) -> pd.DataFrame: ...
    @property
    def fan(self) -> pd.DataFrame: ...


def draw(frontier: Drawn, ax: Axes | None = None) -> Axes:
    """The curve, solid where it is proved and dashed where it is sampled; kinks as dots; the fan, where there is one.

    Returns the axes.
    """
    ax = axes_or_new(ax, 7.0, 4.2)
    curve, points = frontier.curve, frontier.points
    sampled = bool((frontier.segments["form"] == "sampled").any())
    scale = 100.0 if not frontier.unit and in_percent(frontier.over) else 1.0
    words = Words.of()
    ax.plot(curve["cap"] * scale, curve["objective"], "--" if sampled else "-", color=INK, linewidth=1.6,
            label=words("frontier.stated"))
    draw_fan(ax, frontier.fan, scale, words)
    kinks = points[points["kink"].astype(bool)]
    ax.plot(kinks["cap"] * scale, kinks["objective"], "o", color=MARK, markersize=3.5)
    ends = points[points["what"] == "tightest"]
    for at in ends["cap"] * scale:
        ax.axvline(at, color=MARK, linewidth=0.8, linestyle=":")
        right = at > np.mean(ax.get_xlim())  # beside the line, at the foot of the picture: a curve may pass higher up
        ax.annotate(f"no plan beyond {at:.4g}", (at, 0.0), xycoords=ax.get_xaxis_transform(), fontsize=8, color=MARK,
                    xytext=(-6 if right else 6, 6), textcoords="offset points", ha="right" if right else "left")
    unit = "%" if scale == 100.0 else as_read(frontier.unit)
    ax.set_xlabel(f"{frontier.name}{f', {unit}' if unit else ''}")
    ax.set_ylabel(f"{frontier.case.policy.objective}, MUSD")
    ax.set_title(frontier.case.title or frontier.case.name, fontsize=10, loc="left")
    tell_in(ax.yaxis, words)
    ax.grid(alpha=0.25)
    return ax


def draw_fan(ax: Axes, fan: pd.DataFrame, scale: float, words: Words) -> None:
    """P10 to P90 as an area and P50 as a thin line behind a curve that has its label; nothing without draws."""
    if len(fan):
        at = fan["cap"] * scale
        ax.fill_between(at, fan["p10"], fan["p90"], color=style.COOL[0], alpha=0.45, linewidth=0, zorder=0,
                        label=words("frontier.band", draws=words.number(float(fan["draws"].iloc[0]), 0)))
        ax.plot(at, fan["p50"], "-", color=style.COOL[1], linewidth=0.9, label="P50", zorder=0)
        ax.legend(frameon=False, fontsize=8)
