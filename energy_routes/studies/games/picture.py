"""A bargain drawn: bars of what each player gets by either rule, and a map of the shares of states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.maps import shade_countries, style
from energy_routes.studies.games.players import JOINED, REST
from energy_routes.studies.games.worth import Access
from energy_routes.studies.pictures import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RULES = {"shapley": ("first rule: what each adds on average (Shapley value)", style.BOTTLENECK),
         "nucleolus": ("second rule: least content group most content (nucleolus)", style.COOL[0])}  # fmt: skip
OUTSIDERS: dict[Access, str] = {"shut": "lines of outsiders shut", "open": "lines of outsiders open at posted tariffs"}
BAR = 0.38


def titled(title: str, access: Access) -> str:
    """The title of a picture."""
    return f"{title}: how the gain may be divided, {OUTSIDERS[access]}"


def draw_shares(shares: pd.DataFrame, title: str, access: Access, ax: Axes | None) -> Axes:
    """Two bars a player: what it gets beyond what it earns alone, MUSD, with the band of each."""
    ax = axes_or_new(ax, 8.5, 1.4 + 0.5 * len(shares))
    rows = shares.iloc[::-1].reset_index(drop=True)
    at = np.arange(len(rows))
    for (name, (label, colour)), shift in zip(RULES.items(), (BAR / 2, -BAR / 2), strict=True):
        value, low, high = (rows[column] - rows["alone"] for column in (name, f"{name}_low", f"{name}_high"))
        reach = np.array([(value - low).clip(lower=0.0), (high - value).clip(lower=0.0)])
        ax.barh(at + shift, value, BAR, color=colour, label=label, xerr=reach,
                error_kw={"linewidth": 0.8, "ecolor": "#444444", "capsize": 2})
        for y, end, text in zip(at + shift, np.maximum(high, 0.0), map(Words.of().number, value), strict=True):
            ax.annotate(text, (end, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7)
    today = rows["today"] - rows["alone"]
    ax.plot(today, at, "D", color="#222222", markersize=3.5, label="paid today, above real cost")
    ax.set_yticks(at, rows["name"].tolist(), fontsize=8)
    ax.set_xlabel("MUSD over the horizon, beyond what the player earns alone; lines are bands", fontsize=8)
    ax.set_title(titled(title, access), fontsize=9, loc="left")
    ax.margins(x=0.12)
    ax.tick_params(axis="x", labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=7.5, loc="lower right")
    return ax


def draw_map(shares: pd.DataFrame, title: str, access: Access, ax: Axes | None) -> Axes:
    """Each state in the colour of what it gets by the first rule beyond what it earns alone; the rest in words."""
    ax = axes_or_new(ax, 11.0, 5.6)
    number, values, told = Words.of().number, dict[str, float](), dict[str, str]()
    for row in shares.to_dict("records"):
        states = [part for part in str(row["player"]).split(JOINED) if part != REST]
        gain = float(row["shapley"]) - float(row["alone"])
        for state in states:
            values[state] = gain
            told[state] = f"{number(gain)} MUSD" + ("" if len(states) == 1 else " together")
    ax.set_title(f"{titled(title, access)}\nMUSD beyond what each earns alone, by the first rule: what each adds on "
                 "average", fontsize=9, loc="left")  # fmt: skip
    figure = ax.get_figure(root=True)
    if figure is not None:
        figure.canvas.draw()  # the axes take their final size
    return shade_countries(ax, values, told)
