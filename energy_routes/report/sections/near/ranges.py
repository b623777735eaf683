"""What could be otherwise: the least and the most of volumes and shares, a table a band of what a plan may lose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from energy_routes.answer import Words, in_order
from energy_routes.pack import parted
from energy_routes.plan import TOTAL, open_in
from energy_routes.report.subject import Subject
from energy_routes.report.table import Section, Table, table

MOST = 25  # rows of a table; the saved table has all


def ranges(subject: Subject) -> Section | None:
    """What is not determined, of the bands that were asked for; None where the plan is the only one in them."""
    found = subject.plan.parts.at_hand("ranges")
    tables = [_band(subject, rows) for _, rows in found.groupby("within", sort=False) if len(open_in(rows))]
    return Section("ranges", subject.words("report.ranges"), tables=tuple(tables)) if tables else None


def _band(subject: Subject, rows: pd.DataFrame) -> Table:
    words, free = subject.words, in_order(open_in(rows))
    several, shared = bool((free["period"] != TOTAL).any()), bool(free["share"].notna().any())
    heads = ("", words("table.kind"), *((words("table.period"),) if several else ()), words("table.value"),
             words("table.least"), words("table.most"), words("table.unit"),
             *((f"{words('table.share')}, %", words("table.least"), words("table.most")) if shared else ()))
    told = [_row(subject, row, period=several, shares=shared) for row in free.head(MOST).to_dict("records")]
    texts = [at for at, head in enumerate(heads) if at < 2 + several or head == words("table.unit")]
    return table(heads, told, words=texts, caption=_caption(rows, words), note=_note(rows, free, words))


def _row(subject: Subject, row: Mapping[Any, Any], *, period: bool, shares: bool) -> tuple[str, ...]:
    words = subject.words
    volumes = (_number(row[name], words, 3) for name in ("volume", "low", "high"))
    parts = (_number(100 * row[name], words, 1) for name in ("share", "share_low", "share_high"))
    return (subject.spans.called(row), words.known(f"group.{row['kind']}", str(row["kind"])),
            *((str(row["period"]),) if period else ()), *volumes, words.unit(row["unit"]),
            *(parts if shares else ()))  # fmt: skip


def _number(value: float, words: Words, digits: int) -> str:
    return "–" if value != value else words.number(value, digits)


def _caption(rows: pd.DataFrame, words: Words) -> str:
    """The band in words, with what may be lost."""
    loss = float(rows["loss"].iloc[0])
    if loss == 0:
        return words("report.as_good")
    amount, unit = parted(str(rows["within"].iloc[0]))
    told = words.number(float(amount), len(amount.partition(".")[2]))
    within = " / ".join(map(words.unit, unit.split(" or ")))
    return words("report.within", within=f"{told} {within}", loss=words.number(loss, 1), unit=words.unit("MUSD"))


def _note(rows: pd.DataFrame, free: pd.DataFrame, words: Words) -> str:
    same, rest, gap = len(rows) - len(free), len(free) - MOST, float(rows["gap"].max())
    told = [words("report.ranges_more", count=rest) if rest > 0 else "",
            words("report.ranges_same", count=same) if same else "",
            words("report.ranges_gap", gap=f"{100 * gap:.2g}") if gap > 0 else ""]
    return " ".join(filter(None, told))
