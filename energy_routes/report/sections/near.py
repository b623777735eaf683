"""How sure a plan is: bands over draws of its figures, and the least and the most in plans as good, or nearly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from energy_routes.answer import Words, in_order
from energy_routes.pack import parted
from energy_routes.plan import TOTAL, open_in, told_bands
from energy_routes.report.subject import SEEN, Subject
from energy_routes.report.table import Section, Table, number_or_dash

VALUES = ("value", "p10", "p50", "p90")
MOST = 25  # rows of a table; the saved table has all


def bands(subject: Subject) -> Section | None:
    """P10, P50 and P90 of netback, exports and corridors, and of their changes; None where no draws were solved."""
    words, rows = subject.words, told_bands(subject.plan.bands)
    if rows.empty:
        return None
    draws, plans = int(rows["draws"].iloc[0]), int(rows["plans"].iloc[0])
    note = words("report.bands_note", plans=words.number(plans, 0), draws=words.number(draws, 0),
                 missing=words.number(draws - plans, 0))
    tables = [_of_draws(subject, rows[(rows["used"] > 0) | (rows["value"].abs() > SEEN)], ("used",), "")]
    if subject.comparison is not None and len(subject.comparison.bands):
        moved = told_bands(subject.comparison.bands)
        moved = moved[(moved[["more", "less"]] > 0).any(axis=1)]
        tables.append(_of_draws(subject, moved, ("more", "less"), words("report.bands_change")))
    return Section("bands", words("report.bands"), (note,), tables=tuple(tables))


def _of_draws(subject: Subject, rows: pd.DataFrame, shares: tuple[str, ...], caption: str) -> Table:
    words = subject.words
    told = [(_called(row, subject), words.unit(str(row["unit"])),
             *(words.number(float(row[key]), 0 if row["unit"] == "MUSD" else 2) for key in VALUES),
             *(words.number(100.0 * float(row[key]), 0) for key in shares)) for row in rows.to_dict("records")]
    heads = ("", words("table.unit"), words("table.value"), "P10", "P50", "P90",
             *(words(f"table.{key}_in") for key in shares))
    return Table(heads, told, words=(0, 1), caption=caption)


def _called(row: dict[object, object], subject: Subject) -> str:
    words = subject.words
    if row["kind"]:
        return words.name(str(row["name"]))
    if row["what"] != "exports":
        return words(f"kpi.{row['what']}")
    return " ".join(filter(None, (words("kpi.exports"), subject.of(subject.family(str(row["family"]))))))


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
    return Table(heads, told, words=texts, caption=_caption(rows, words), note=_note(rows, free, words))


def _row(subject: Subject, row: Mapping[Any, Any], *, period: bool, shares: bool) -> tuple[str, ...]:
    words = subject.words
    volumes = (number_or_dash(row[name], words, 3) for name in ("volume", "low", "high"))
    parts = (number_or_dash(100 * row[name], words, 1) for name in ("share", "share_low", "share_high"))
    return (subject.spans.called(row), words.known(f"group.{row['kind']}", str(row["kind"])),
            *((str(row["period"]),) if period else ()), *volumes, words.unit(row["unit"]),
            *(parts if shares else ()))  # fmt: skip


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
