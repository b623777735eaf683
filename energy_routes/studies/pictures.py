"""The pictures of studies: curves, bars of figures and losses, a waterfall, what budgets bring and charges move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.case import in_percent
from energy_routes.maps import style
from energy_routes.pack import as_read, in_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from energy_routes.studies.curves.frontier import Frontier

INK, PALE, MARK = style.COOL[2], style.COOL[0], style.BOTTLENECK
WHOLE, UP, DOWN, BOUND = "#5b6770", "#0b6e8a", "#b5523b", "#9aa5ad"
LINES = {"with": "-", "without": "--"}  # a corridor's volume with contracts, and without
MARKS = {"real cost": (":", PALE), "today": ("-.", "black"), "agreed": ((0, (1, 3)), "black"),
         "together": ("-", MARK)}  # fmt: skip
ROOM = 1.15  # of the picture beyond the highest charge


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes that are given; else those of a new figure of a size, inches."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").subplots()


def tell_in(axis: Axis, words: Words) -> None:
    """Write the numbers of an axis whole, as ``words`` has them: 39,500; in Russian and Kazakh 39 500."""
    from matplotlib.ticker import ScalarFormatter

    class Told(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return words.number(x, len(super().__call__(x, pos).partition(".")[2]))

    told = Told(useOffset=False)
    told.set_scientific(False)
    axis.set_major_formatter(told)


def cut(words: str, longest: int) -> str:
    """Words of no more than so many letters."""
    return words if len(words) <= longest else words[: longest - 1] + "…"


def draw_frontier(frontier: Frontier, ax: Axes | None = None) -> Axes:
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
    for at in points.loc[points["what"] == "tightest", "cap"] * scale:
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
        ax.fill_between(at, fan["p10"], fan["p90"], color=PALE, alpha=0.45, linewidth=0, zorder=0,
                        label=words("frontier.band", draws=words.number(float(fan["draws"].iloc[0]), 0)))
        ax.plot(at, fan["p50"], "-", color=style.COOL[1], linewidth=0.9, label="P50", zorder=0)
        ax.legend(frameon=False, fontsize=8)


def draw_tornado(figures: pd.DataFrame, title: str, ax: Axes | None, top: int) -> Axes:
    """What a tenth less and a tenth more of each figure brings: bars from the optimum, the widest on top."""
    width = np.abs(figures[["minus_10", "plus_10"]].fillna(0.0)).max(axis=1)
    rows = figures.loc[width.sort_values(ascending=False, kind="stable").index[:top]].iloc[::-1]
    ax = axes_or_new(ax, 8.0, 0.8 + 0.3 * max(len(rows), 3))
    at = range(len(rows))
    ax.barh(at, rows["minus_10"].fillna(0.0), color=PALE, label="10 % less")
    ax.barh(at, rows["plus_10"].fillna(0.0), color=MARK, label="10 % more")
    ax.axvline(0.0, color="black", linewidth=0.8)
    ax.set_yticks(list(at), [f"{name}, {kind}" for name, kind in zip(rows["name"], rows["kind"], strict=True)])
    ax.set_xlabel("MUSD over the horizon")
    return _with_key(ax, title)


def draw_losses(outages: pd.DataFrame, title: str, ax: Axes | None, top: int) -> Axes:
    """Bars, costliest loss on top: stranded and re-routed volume, netback lost at the end of the bar."""
    rows = outages.head(top).iloc[::-1]
    ax = axes_or_new(ax, 7.5, 0.6 + 0.33 * max(len(rows), 3))
    at = range(len(rows))
    stranded, moved = rows["stranded"].fillna(0.0), rows["rerouted"].fillna(0.0)
    ax.barh(at, stranded, color=MARK, label="stranded")
    ax.barh(at, moved, left=stranded.clip(lower=0.0), color=PALE, label="re-routed")
    for y, end, loss in zip(at, stranded.clip(lower=0.0) + moved, rows["loss"], strict=True):
        ax.annotate(f"{in_digits(loss, ',.0f')} MUSD", (end, y), xytext=(4, 0), textcoords="offset points",
                    va="center", fontsize=7)
    units = list(dict.fromkeys(map(as_read, outages.head(top)["unit"])))
    whose = ", {}" if len(units) > 1 else ""
    ax.set_yticks(list(at), [f"{name} ({kind}{whose.format(as_read(unit))})" for name, kind, unit in
                             zip(rows["name"], rows["kind"], rows["unit"], strict=True)])  # fmt: skip
    ax.margins(x=0.3)
    ax.set_xlabel(" or ".join(units))
    ax.spines[["top", "right"]].set_visible(False)
    return _with_key(ax, title)


def draw_budgets(steps: pd.DataFrame, title: str, ax: Axes | None) -> Axes:
    """The gain of whole builds against the budget, the bound of parts of projects, and what each step adds."""
    ax = axes_or_new(ax, 9.0, 5.0)
    ax.plot(steps["budget"], steps["bound"], "--", color=BOUND, linewidth=1, label="bound (parts of projects)")
    ax.step(steps["budget"], steps["gain"], where="post", color=UP, linewidth=1.5, label="whole builds")
    ax.plot(steps["budget"], steps["gain"], "o", color=UP, markersize=4)
    top = max(float(steps["bound"].max()), float(steps["gain"].max()), 1e-9)
    last = -1.0
    for x, y, words in zip(steps["budget"], steps["gain"], steps["adds"], strict=True):
        if words and (last < 0 or y - last > 0.04 * top):
            ax.annotate("\n".join(cut(word, 46) for word in words.split("; ")), (x, y), xytext=(6, -4),
                        textcoords="offset points", fontsize=7, va="top")  # fmt: skip
            last = float(y)
    ax.set_xlabel("budget, MUSD of capex within the horizon", fontsize=9)
    ax.set_ylabel("netback gained, MUSD over the horizon", fontsize=9)
    ax.margins(x=0.12, y=0.1)
    ax.spines[["top", "right"]].set_visible(False)
    return _with_key(ax, title)


def _with_key(ax: Axes, title: str) -> Axes:
    """The axes with a title, small numbers, and a legend below at the right."""
    ax.set_title(title, fontsize=10, loc="left")
    ax.tick_params(labelsize=8)
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    return ax


def draw_waterfall(groups: pd.DataFrame, before: float, after: float, title: str, ax: Axes | None) -> Axes:
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
    ax.set_yticks(place, ["before", *(cut(group, 34) for group in groups["group"]), "after"], fontsize=8)
    ax.invert_yaxis()
    turns = np.concatenate([ends[:-1], [before, after]])
    room = max(float(np.ptp(turns)), 1e-9)
    ax.set_xlim(float(turns.min()) - 0.35 * room, float(turns.max()) + 0.35 * room)  # the steps, not the whole
    ax.set_xlabel("MUSD over the horizon (the axis does not begin at 0)", fontsize=9)
    ax.set_title(title, fontsize=10, loc="left")
    ax.tick_params(axis="x", labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def draw_charges(
    demand: pd.DataFrame, charges: pd.DataFrame, title: str, units: tuple[str, str], ax: Axes | None
) -> Axes:
    """Steps of volume over the charge, with contracts and without; upright lines at the charges that are told.

    ``units`` are of volume and of charges.
    """
    ax = axes_or_new(ax, 7.0, 4.2)
    heading = f"upright: {units[1]}, {charges['contracts'].iloc[0]} contracts"
    finite = demand["to"][np.isfinite(demand["to"])]
    right = ROOM * max(float(finite.max()) if len(finite) else 1.0, float(charges["charge"].max()), 1e-9)
    for number, (contracts, pieces) in enumerate(demand.groupby("contracts", sort=False)):
        at = np.append(pieces["from"].to_numpy()[:1], np.minimum(pieces["to"].to_numpy(), right))
        ax.stairs(pieces["volume"], at, baseline=None, color=INK, linewidth=1.8 - 0.6 * number,
                  linestyle=LINES[str(contracts)], label=f"volume {contracts} contracts")  # fmt: skip
    for what, (line, color) in MARKS.items():
        for at in charges.loc[charges["what"] == what, "charge"].head(1):
            ax.axvline(at, color=color, linestyle=line, linewidth=1.0, label=f"{what}: {at:,.1f}")
    ax.set_xlim(0.0, right)
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel(f"charge at the meter, {units[1]}")
    ax.set_ylabel(f"moved, {units[0]}")
    ax.set_title(title, fontsize=10, loc="left")
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0), title=heading, title_fontsize=8)
    return ax
