"""What changes against the plan before: inputs with their reasons, totals, corridors, money."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pandas as pd

from energy_routes.answer import Words
from energy_routes.maps import titled
from energy_routes.report.sections.money import SLIGHT
from energy_routes.report.subject import Subject
from energy_routes.report.table import Section, Table, link, text
from energy_routes.studies import Comparison

VISIBLE = 0.005


def changes(subject: Subject) -> Section | None:
    """None when the plan is not set against another."""
    found, words = subject.comparison, subject.words
    if found is None:
        return None
    moved = found.corridors[found.corridors["change"].abs() >= VISIBLE]
    size = moved["change"].abs().round(6)  # what one gains and another loses is the same but for the last digits
    moved = moved.loc[size.sort_values(ascending=False, kind="stable").index]
    shifted = found.ledger[found.ledger["change"].abs() > max(SLIGHT, VISIBLE)]
    tables = [
        _inputs(found, words), _table(words, "total", found.totals, lambda row: _named(row["what"], subject), 2),
        _table(words, "corridor", moved, lambda row: words.name(row["corridor"]), 2),
        _table(words, "term", shifted, lambda row: words(f"ledger.{row['term']}"), 1),
    ]  # fmt: skip
    told = words("title.compare", before=titled(subject.plan.case, words), after=titled(found.before.case, words))
    sentences = (f"{told}.", *_waived(found, words))
    return Section("comparison", words("report.comparison"), sentences, tables=tuple(t for t in tables if t.rows))


def _table(words: Words, head: str, rows: pd.DataFrame, name: Callable[[Mapping[Hashable, Any]], str],
           digits: int) -> Table:  # fmt: skip
    """Rows before and after, with their change, signed; blank where the two cannot be subtracted."""
    told = [(name(row), words.number(row["before"], digits), words.number(row["after"], digits),
             words.signed(row["change"], digits) if row["change"] == row["change"] else "", words.unit(row["unit"]))
            for row in rows.to_dict("records")]  # fmt: skip
    heads = (f"table.{key}" for key in (head, "before", "after", "change", "unit"))
    return Table(tuple(map(words, heads)), told, words=(0, 4))


def _waived(found: Comparison, words: Words) -> list[str]:
    """What force majeure waives of a contract in the one plan and not in the other, and the money not owed for it."""
    return [words("report.waived", contract=words.name(str(row["name"])),
                  volume=words.signed(row["change"], 2), unit=words.unit(str(row["unit"])),
                  money=words.signed(row["money"], 2), currency=words.unit("MUSD"))
            for row in found.waivers.to_dict("records")]  # fmt: skip


def _named(what: str, subject: Subject) -> str:
    """'exports of oil' as read."""
    head, _, family = what.partition(" of ")
    keys = {"netback": "kpi.netback", "exports": "kpi.exports", "shut-in": "kpi.shut_in"}
    name = subject.words(keys[head]) if head in keys else head
    return f"{name} · {subject.words.of_family('family', subject.family(family))}" if family else name


def _inputs(found: Comparison, words: Words) -> Table:
    sides = {"only before": words("view.before"), "only after": words("view.after")}
    rows = [(sides[str(row["where"])], f"{row['target']}.{row['field']}", text(row["change"]),
             text(row["periods"]).replace(";", ", "), words.name(text(row["reason"])), link(row["source"]))
            for row in found.edits.to_dict("records")]
    heads = ("", words("table.changed"), words("table.change"), words("table.period"), words("table.reason"),
             words("table.source"))
    return Table(heads, rows, words=range(6))
