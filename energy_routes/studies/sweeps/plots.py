"""Pictures of a sweep: bands along levels, what moves an answer, how probable it is that a route is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.answer import Words, figure_told, row_called
from energy_routes.errors import UsageError
from energy_routes.maps import style
from energy_routes.network import Names, group_names
from energy_routes.pack import offered
from energy_routes.studies.pictures import axes_or_new, cut, tell_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from energy_routes.studies.sweeps.experiment import Experiment
    from energy_routes.studies.sweeps.sweep import Sweep

PICTURES = ("fan", "tornado", "use")
INK, LOW, HIGH = style.COOL[2], style.COOL[2], style.BOTTLENECK
LONGEST = 44  # letters of an input's name
MOST = 15  # bars of a tornado, and of a fan without levels


def refuse_picture(experiment: Experiment, picture: str, answer: str) -> None:
    """Raises UsageError where there is no such picture or answer, or the picture shows what was not asked."""
    for what, name, known in (("picture", picture, PICTURES), ("answer", answer, experiment.answers)):
        if name not in known:
            raise UsageError(f"there is no {what} {name!r}. {offered(name, known)}")
    if picture == "use" and not any(map(_used, experiment.answers)):
        raise UsageError("no volume of a corridor was asked: the probability of use needs volume.corridor:NAME")


def refuse_level(experiment: Experiment, level: int) -> None:
    """Raises UsageError where there is no such level."""
    if not 0 <= level < len(experiment.levels):
        raise UsageError(f"there is no level {level}; expected one of 0 to {len(experiment.levels) - 1}")


def draw(sweep: Sweep, picture: str, answer: str, level: int, ax: Axes | None) -> Axes:
    """A picture of a sweep.

    Raises UsageError where there is no such picture, answer or level, or nothing moves the answer.
    """
    refuse_picture(sweep.experiment, picture, answer)
    refuse_level(sweep.experiment, level)
    ax = axes_or_new(ax, 8.0, 4.6)
    if picture == "tornado":
        _tornado(ax, sweep, answer, level)
    elif picture == "use":
        _use(ax, sweep, level)
    elif sweep.experiment.paths:
        _fan(ax, sweep, answer)
    else:
        _ranges(ax, sweep, answer)
    ax.set_title(sweep.experiment.case.title or sweep.experiment.case.name, fontsize=10, loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
    return ax


def _fan(ax: Axes, sweep: Sweep, answer: str) -> None:
    """Nested bands along the levels: from P5 to P95, P10 to P90, P25 to P75, and the median."""
    paths = sweep.experiment.paths
    rows = sweep.data[sweep.data["status"] == "optimal"]
    bands = rows.groupby("level")[answer].quantile(np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])).unstack()
    told = [", ".join(str(level[path]) for path in paths if path in level) for level in sweep.experiment.levels]
    numbers = pd.to_numeric(pd.Series(told), errors="coerce").to_numpy(dtype=float)
    at = numbers if np.isfinite(numbers).all() else np.arange(len(told), dtype=float)
    bands = bands.set_axis(at[bands.index.to_numpy(dtype=int)]).sort_index()
    for low, high, alpha in ((0.05, 0.95, 0.15), (0.1, 0.9, 0.25), (0.25, 0.75, 0.35)):
        ax.fill_between(bands.index, bands[low], bands[high], color=INK, alpha=alpha, linewidth=0,
                        label=f"P{100 * low:g} to P{100 * high:g}")  # fmt: skip
    ax.plot(bands.index, bands[0.5], "o-", color=INK, markersize=3, linewidth=1.4, label="P50")
    if at is not numbers:
        ax.set_xticks(at, told, rotation=30, ha="right", fontsize=7)
    ax.set_xlabel(", ".join(paths), fontsize=9)
    ax.set_ylabel(f"{answer}, {_unit(sweep.summary, answer)}", fontsize=9)
    ax.legend(frameon=False, fontsize=8)
    ax.grid(alpha=0.25)


def _ranges(ax: Axes, sweep: Sweep, answer: str) -> None:
    """P10 to P90 and the median of every answer of the same kind as one: shares of corridors, volumes of markets …"""
    kind = answer.partition(":")[0]
    alike = sweep.summary[sweep.summary["answer"].str.partition(":")[0] == kind]
    rows = alike[alike["p90"] > 0].nlargest(MOST, "p50").iloc[::-1]
    scale = 100.0 if _unit(sweep.summary, answer) == "1" else 1.0
    ends = scale * rows[["p10", "p50", "p90"]].to_numpy(dtype=float)
    at = np.arange(len(rows))
    ax.hlines(at, ends[:, 0], ends[:, 2], color=INK, linewidth=5, alpha=0.35)
    ax.plot(ends[:, 1], at, "o", color=INK, markersize=4)
    _named(ax, _groups(sweep, rows["answer"]))
    ax.set_xlabel(f"{kind}, {'%' if scale == 100 else _unit(sweep.summary, answer)}: P10, P50, P90", fontsize=9)


def _tornado(ax: Axes, sweep: Sweep, answer: str, level: int) -> None:
    """The mean of an answer where each input is lowest and highest, the widest at the top."""
    rows, chance = sweep.movers(answer, level)
    if rows.empty:
        raise UsageError(f"nothing moves {answer} at level {level} more than chance may (a rank correlation of "
                         f"{chance:.2f}): a tornado needs draws, and an answer that differs")
    wide = (rows["high"] - rows["low"]).abs().nlargest(MOST).index
    rows = rows.loc[wide].iloc[::-1]
    own = sweep.summary[(sweep.summary["answer"] == answer) & (sweep.summary["level"] == level)]
    middle, at = float(own["mean"].iloc[0]), np.arange(len(rows))
    for side, colour in (("low", LOW), ("high", HIGH)):
        ax.barh(at, rows[side] - middle, left=middle, color=colour, height=0.7, label=f"input in its {side}est tenth")
    ax.axvline(middle, color="black", linewidth=0.8)
    _named(ax, _inputs(sweep, rows["input"]))
    tell_in(ax.xaxis, Words.of())
    ax.set_xlabel(f"mean of {answer}, {_unit(sweep.summary, answer)}", fontsize=9)
    ax.legend(frameon=False, fontsize=8, loc="lower right")


def _groups(sweep: Sweep, answers: Iterable[str]) -> list[str]:
    """What people call the group of an answer (``share.gas/corridor:CHINA``); an answer about none has its own name."""
    case, told = sweep.experiment.case, []
    called = group_names(case.network.packs)
    for answer in answers:
        family, slash, group = answer.partition(".")[2].rpartition("/")
        kind, colon, name = group.partition(":")
        told.append(called.get((kind, name, family if slash else case.families[0]), name) if colon else answer)
    return told


def _inputs(sweep: Sweep, inputs: Iterable[str]) -> list[str]:
    """What people call inputs (``arcs/BTC/tariff``); what figures share (``brent``) has the name that it has."""
    names, words = Names(sweep.experiment.case.network.tables), Words.of()
    told = []
    for name in inputs:
        (table, _, key), field = name.rpartition("/")[0].partition("/"), name.rpartition("/")[2]
        called = figure_told(field, row_called(names, table, key), words) if table else name
        told.append(cut(called, LONGEST))
    return told


def _used(answer: str) -> bool:
    """Whether an answer is the volume of a corridor."""
    return answer.startswith("volume.") and "corridor:" in answer


def _use(ax: Axes, sweep: Sweep, level: int) -> None:
    """The share of plans in which each corridor carries anything."""
    rows = sweep.summary[sweep.summary["answer"].map(_used) & (sweep.summary["level"] == level)]
    rows = rows.sort_values("used", kind="stable")
    bars = ax.barh(np.arange(len(rows)), 100 * rows["used"], color=INK, height=0.7)
    ax.bar_label(bars, fmt="%.0f", padding=3, fontsize=8)
    _named(ax, _groups(sweep, rows["answer"]))
    ax.set_xlim(0, 108)
    ax.set_xlabel("probability that the corridor is used, %", fontsize=9)


def _named(ax: Axes, names: Sequence[str]) -> None:
    ax.set_yticks(np.arange(len(names)), names, fontsize=8)


def _unit(summary: pd.DataFrame, answer: str) -> str:
    return str(summary.loc[summary["answer"] == answer, "unit"].iloc[0])
