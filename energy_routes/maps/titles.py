"""The words around a map: the finding (every number from the plan) and the name of the span of time."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from typing import Any

import pandas as pd

from energy_routes.maps import style


def span_name(labels: Sequence[str]) -> str:
    """'2024', 'March 2024', 'January–June 2024' or '2024–2026' from period labels in order."""
    first, last = labels[0], labels[-1]
    if "-" not in first:
        return first if first == last else f"{first}–{last}"
    year, month = first.split("-")
    until_year, until = last.split("-")
    if first == last:
        return f"{calendar.month_name[int(month)]} {year}"
    start, end = calendar.month_name[int(month)], calendar.month_name[int(until)]
    if year == until_year:
        return year if len(labels) == 12 else f"{start}–{end} {year}"
    return f"{start} {year} – {end} {until_year}"


def finding(plan: Any, labels: Sequence[str], arcs: pd.DataFrame) -> str:
    """One sentence a family: the corridor that carries most of the exports, and how much of them."""
    told = [text for family in ("oil", "gas") if (text := _finding(plan, labels, arcs, family))]
    return "; ".join(told) or "Nothing flows in this plan"


def _finding(plan: Any, labels: Sequence[str], arcs: pd.DataFrame, family: str) -> str:
    own = arcs[(arcs["family"] == family) & (arcs["volume"] > style.FLOW_FLOOR)]
    if own.empty:
        return ""
    unit = style.VOLUME_UNIT[family]
    exports = exported(plan, labels, family)
    corridors = corridor_volumes(plan, labels, family)
    if exports <= 0 or corridors.empty or corridors.iloc[0] <= 0:
        lead = own.sort_values("volume", ascending=False, kind="stable").iloc[0]
        return f"{lead['name']} carries most: {style.number(lead['volume'])} {unit}"
    volume = float(corridors.iloc[0])
    total = f"{style.number(volume)} of {style.number(exports)} {unit} of {family} exports"
    if volume >= 0.5 * exports:
        return f"{corridors.index[0]} stays the backbone: {total}"
    return f"{corridors.index[0]} leads: {total}"


def exported(plan: Any, labels: Sequence[str], family: str) -> float:
    """Mt or bcm sold abroad in the span."""
    sold = plan.deliveries
    own = sold["export"].astype(bool) & sold["period"].isin(labels) & (sold["unit"] == style.VOLUME_UNIT[family])
    return float(sold["volume"].where(own, 0.0).sum())


def corridor_volumes(plan: Any, labels: Sequence[str], family: str) -> pd.Series[float]:
    """Volume of each export corridor in the span, largest first; empty when the plan has no corridors."""
    groups = plan.groups
    rows = groups[(groups["kind"] == "corridor") & (groups["family"] == family) & groups["period"].isin(labels)]
    names = rows["name"].where(rows["name"].notna() & (rows["name"] != ""), rows["group"])
    summed: pd.Series[float] = rows["volume"].groupby(names).sum()
    return summed.sort_values(ascending=False, kind="stable")


def setting(title: str, when: str, limits: pd.DataFrame) -> str:
    """The line under the finding: the question, the span, and the bottleneck whose next tonne is worth most."""
    said = title if when in title else f"{title} · {when}"
    if limits.empty:
        return f"{said} · no bottleneck"
    worst = limits.iloc[0]
    name = shortened(worst["name"] or worst["id"])
    measure = "tonne" if worst["family"] == "oil" else "thousand m³"
    return f"{said} · scarcest: {name}, one more {measure} is worth ${worst['price']:.3g}"


def shortened(name: str, length: int = 48) -> str:
    """A name without its bracket, cut at a word with '…' when it is still too long."""
    name = name.split(" (")[0]
    return name if len(name) <= length else name[:length].rsplit(" ", 1)[0].rstrip(" ,:;-") + " …"
