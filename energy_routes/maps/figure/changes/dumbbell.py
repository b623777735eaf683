"""Before and after as dumbbells: one row a corridor or market, an open circle before, a filled one after."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from energy_routes.answer import Words, corridor_volumes, market_volumes
from energy_routes.maps.data import style
from energy_routes.maps.data.titles import TOLD, Labels, shortened
from energy_routes.maps.figure.changes.change import LEAST
from energy_routes.maps.figure.text.labels import text_size
from energy_routes.pack import in_order
from energy_routes.plan import Plan

MOST_ROWS = 15
BLOCKS = (("legend.corridors", corridor_volumes), ("dumbbell.markets", market_volumes))
COLUMNS = ["block", "name", "family", "tone", "before", "after", "change"]
BANDED = ["p10", "p90", "draws"]
WIDER = 46.0  # points at the right for P10–P90 of the change


def changes(before: Plan, after: Plan, labels: Labels, bands: pd.DataFrame | None = None) -> pd.DataFrame:
    """Volumes by corridor and by market that differ, corridors first, the largest change on top of each block.

    Columns: block (key of its heading), name, family, its tone, before, after, change (Mt or bcm in the span); where
    draws were solved p10 and p90 of the change, and draws.
    """
    found = []
    families = in_order(family for plan in (before, after) for family in plan.case.network.families.values())
    for block, volumes in BLOCKS:
        for family in families:
            old, new = (volumes(p, at, family.id) for p, at in zip((before, after), labels, strict=True))
            both = pd.DataFrame({"before": old, "after": new}).fillna(0.0).rename_axis("name").reset_index()
            found.append(both.assign(block=block, family=family.id, tone=family.ramp[2],
                                     change=both["after"] - both["before"]))
    rows = pd.concat(found)
    rows = rows[rows["change"].abs() >= max(TOLD, LEAST * float(rows["change"].abs().max()))]
    order = rows["block"].map([key for key, _ in BLOCKS].index)
    rows = rows.assign(order=order, size=-rows["change"].abs().round(6))
    rows = rows.sort_values(["order", "size", "name"], kind="stable")
    rows = rows.reset_index(drop=True)[COLUMNS]
    if bands is None or bands.empty:
        return rows
    blocks = bands["kind"].map({"corridor": "legend.corridors", "market": "dumbbell.markets"})
    return rows.merge(bands.assign(block=blocks)[["block", "name", "family", *BANDED]], "left",
                      ["block", "name", "family"])


def draw_dumbbells(ax: Axes, rows: pd.DataFrame, width: float, height: float, unit: str, words: Words) -> None:
    """Fill axes that run in points with the rows; they are cut at MOST_ROWS, the least of each block first."""
    ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[])
    ax.axis("off")
    rows = fitting(rows)
    _text(ax, 14, height - 11, words("dumbbell.title", unit=unit), 8.6, style.INK, bold=True)
    banded = "p10" in rows and bool(rows["p10"].notna().any())
    draws = words.number(float(rows["draws"].max()), 0) if banded else ""
    key = words("dumbbell.bands", draws=draws) if banded else words("dumbbell.key")
    _text(ax, width - 14, height - 11, key, 7.6, style.MUTED, right=True)
    width -= WIDER if banded else 0.0
    if rows.empty:
        _text(ax, 14, height - 30, words("dumbbell.none"), 8.0, style.MUTED)
        return
    left, right = 150.0, width - 128.0
    most = float(rows[["before", "after"]].to_numpy().max()) or 1.0
    blocks = rows["block"].nunique()
    step = min(15.0, (height - 22.0) / (len(rows) + 1.2 * blocks))
    y = height - 22.0
    for block, own in rows.groupby("block", sort=False):
        y -= 1.2 * step
        _text(ax, 14, y + 0.4 * step, words(str(block)), 7.4, style.MUTED)
        ax.plot([14, width - 14], [y] * 2, color=style.BORDER, linewidth=0.6)
        for row in own.to_dict("records"):
            _row(ax, row, y - 0.55 * step, (left, (right - left) / most), width, words)
            y -= step


def fitting(rows: pd.DataFrame) -> pd.DataFrame:
    """At most MOST_ROWS rows, a fair share of each block, in the order given."""
    blocks = rows["block"].unique()
    if len(rows) <= MOST_ROWS or not len(blocks):
        return rows
    counts = {block: int((rows["block"] == block).sum()) for block in blocks}
    while sum(counts.values()) > MOST_ROWS:
        counts[max(counts, key=lambda block: counts[block])] -= 1
    kept: pd.DataFrame = pd.concat([rows[rows["block"] == block].head(count) for block, count in counts.items()])
    return kept


def _row(ax: Axes, row: dict[Any, Any], y: float, scale: tuple[float, float], width: float,
         words: Words) -> None:
    left, points = scale
    colour = row["tone"]
    tone = (style.LESS if row["change"] < 0 else style.MORE)[1]
    was, is_ = (left + points * float(row[key]) for key in ("before", "after"))
    _text(ax, left - 10, y, fitted(words.name(str(row["name"])), 7.2, left - 24), 7.2, style.INK, right=True)
    ax.plot([left, width - 128.0], [y, y], color="#eceff1", linewidth=0.6, zorder=1)
    ax.plot([was, is_], [y, y], color=tone, linewidth=2.6, alpha=0.55, solid_capstyle="round", zorder=2)
    ax.plot([was], [y], marker="o", markersize=5.4, markerfacecolor="white", markeredgecolor=colour,
            markeredgewidth=1.3, zorder=3)
    ax.plot([is_], [y], marker="o", markersize=5.4, color=colour, zorder=4)
    level = " → ".join(words.number(float(row[key]), 2) for key in ("before", "after"))
    _text(ax, width - 58, y, level, 6.8, style.MUTED, right=True)
    _text(ax, width - 14, y, words.signed(float(row["change"]), 2), 7.4, tone, right=True, bold=True)
    if pd.notna(row.get("p10")):
        ends = [was + points * float(row[key]) for key in ("p10", "p90")]
        ax.plot(ends, [y, y], marker="|", markersize=4.8, color=tone, linewidth=0.8, zorder=2.5)
        told = "…".join(words.signed(float(row[key]), 1) for key in ("p10", "p90"))
        _text(ax, width + WIDER - 14, y, told, 6.8, style.MUTED, right=True)


def fitted(name: str, size: float, width: float) -> str:
    """A name cut at a word so that it fits a width in points."""
    length = len(name)
    while length > 8 and text_size(shortened(name, length), size)[0] > width:
        length -= 2
    return shortened(name, length)


def _text(ax: Axes, x: float, y: float, text: str, size: float, tone: str, *, right: bool = False,
          bold: bool = False) -> None:
    ax.text(x, y, text, size=size, color=tone, ha="right" if right else "left", va="center_baseline",
            weight="bold" if bold else "normal")
