"""How sure it is: bands of the plan's totals and corridors, and of what it changes, over draws of its figures."""

from __future__ import annotations

import pandas as pd

from energy_routes.plan import told_bands
from energy_routes.report.subject import SEEN, Subject
from energy_routes.report.table import Section, Table, table

VALUES = ("value", "p10", "p50", "p90")


def bands(subject: Subject) -> Section | None:
    """P10, P50 and P90 of netback, exports and corridors, and of their changes; None where no draws were solved."""
    words, rows = subject.words, told_bands(subject.plan.bands)
    if rows.empty:
        return None
    draws, plans = int(rows["draws"].iloc[0]), int(rows["plans"].iloc[0])
    note = words("report.bands_note", plans=words.number(plans, 0), draws=words.number(draws, 0),
                 missing=words.number(draws - plans, 0))
    tables = [_table(subject, rows[(rows["used"] > 0) | (rows["value"].abs() > SEEN)], ("used",), "")]
    if subject.comparison is not None and len(subject.comparison.bands):
        moved = told_bands(subject.comparison.bands)
        moved = moved[(moved[["more", "less"]] > 0).any(axis=1)]
        tables.append(_table(subject, moved, ("more", "less"), words("report.bands_change")))
    return Section("bands", words("report.bands"), (note,), tables=tuple(tables))


def _table(subject: Subject, rows: pd.DataFrame, shares: tuple[str, ...], caption: str) -> Table:
    words = subject.words
    told = [(_name(row, subject), words.unit(str(row["unit"])),
             *(words.number(float(row[key]), 0 if row["unit"] == "MUSD" else 2) for key in VALUES),
             *(words.number(100.0 * float(row[key]), 0) for key in shares)) for row in rows.to_dict("records")]
    heads = ("", words("table.unit"), words("table.value"), "P10", "P50", "P90",
             *(words(f"table.{key}_in") for key in shares))
    return table(heads, told, words=(0, 1), caption=caption)


def _name(row: dict[object, object], subject: Subject) -> str:
    words = subject.words
    if row["kind"]:
        return words.name(str(row["name"]))
    if row["what"] != "exports":
        return words(f"kpi.{row['what']}")
    return " ".join(filter(None, (words("kpi.exports"), subject.of(subject.family(str(row["family"]))))))
