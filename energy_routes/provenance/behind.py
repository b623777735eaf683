"""What stands behind each number: the source, year and grade of its row, of dated rows over it, and of edits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import pandas as pd

from energy_routes.network import Edit, Network
from energy_routes.pack import Period, months_of

# Grades of confidence, the weakest first.
WEAKEST = ("unsourced", "estimate", "low", "medium", "given", "computed", "high")


@dataclass(frozen=True)
class Told:
    """What stands behind a number: the cells of a row, or an edit."""

    year: Any
    source: str
    confidence: str
    note: str
    origin: str


class Behind:
    """What stands behind each number of a network: the cells of its row, over them dated rows, then edits."""

    def __init__(self, network: Network, periods: Sequence[Period]) -> None:
        self._network, self._months = network, months_of(periods)
        self._spans = list(pairwise(accumulate((len(period.months) for period in periods), initial=0)))
        self._places = dict[str, list[int]]()  # of the months that a label covers
        self._dated: dict[tuple[str, str], list[tuple[str, str, Told]]] = defaultdict(list)
        values = network.tables["values"]
        places = zip(*(values[name].tolist() for name in ("table", "field", "id", "period")), strict=True)
        for (table, field, key, period), told in zip(places, _of_rows(values, "dated"), strict=True):
            self._dated[table, field].append((key, period, told))

    def rows(self, table: str) -> list[Told]:
        """What the cells of each row of a table say."""
        return _of_rows(self._network.tables[table], "base")

    def of(self, table: str, field: str, rows: list[Told]) -> list[list[Told]]:
        """What stands behind ``table.field`` by row and period; ``rows`` is what the rows themselves say."""
        others = self._by_month(table, field, rows)
        return [self._by_span(others[row]) if row in others else [told] * len(self._spans)
                for row, told in enumerate(rows)]  # fmt: skip

    def _by_span(self, months: list[Told]) -> list[Told]:
        spans = ({id(told): told for told in months[start:end]}.values() for start, end in self._spans)
        return [_mean(dict.fromkeys(told)) for told in spans]

    def _by_month(self, table: str, field: str, rows: list[Told]) -> dict[int, list[Told]]:
        """What stands behind each month of the rows of which their own cells are not all."""
        behind = dict[int, list[Told]]()
        place = {key: row for row, key in enumerate(self._network.ids(table))}
        lines = [line for line in self._dated.get((table, field), ()) if line[0] in place]
        for level in (4, 0, 7):  # a year, a season, a month: the later wins
            for key, period, told in lines:
                if (0 if period.startswith("*") else len(period)) == level:
                    for at in self._held(period):
                        behind.setdefault(place[key], [rows[place[key]]] * len(self._months))[at] = told
        for edit in self._network.edits:
            if (edit.table, edit.field) == (table, field):
                own = behind.setdefault(place[edit.id], [rows[place[edit.id]]] * len(self._months))
                every = range(len(self._months))
                for at in sorted({at for label in edit.periods for at in self._held(label)}) if edit.periods else every:
                    own[at] = _of_edit(edit, own[at])
        return behind

    def _held(self, label: str) -> list[int]:
        """The places of the months that a label covers."""
        if label not in self._places:
            self._places[label] = [at for at, month in enumerate(self._months) if month.matches(label)]
        return self._places[label]


def _of_rows(frame: pd.DataFrame, origin: str) -> list[Told]:
    """What the cells of each row of a table say."""
    years, grades = frame["year"].tolist(), frame["confidence"].tolist()
    sources, notes = (frame[name].fillna("").tolist() for name in ("source", "note"))
    return [Told(*cells, origin) for cells in zip(years, sources, grades, notes, strict=True)]


def _of_edit(edit: Edit, below: Told) -> Told:
    """An edit's reason and source; a scaled or shifted figure keeps the source that it changes."""
    kept = "" if edit.op == "set" else below.source
    source = " ; ".join(s for s in (edit.source, kept) if s) or "an edit of the model"
    return Told(below.year if kept else None, source, "given", edit.reason or "an edit", "edit")


def _mean(told: Mapping[Told, None]) -> Told:
    """What stands behind the mean of months: every source of them, at the weakest of their grades."""
    first, *others = told
    if not others:
        return first
    years, origins = {one.year for one in told}, {one.origin for one in told}
    notes = list(dict.fromkeys(one.note for one in told if one.note))
    return Told(
        first.year if len(years) == 1 else None,
        " ; ".join(dict.fromkeys(source for one in told for source in one.source.split(" ; ") if source)),
        min((one.confidence for one in told), key=WEAKEST.index),
        notes[0] if len(notes) == 1 else ": ".join(filter(None, ("Mean of the months", " / ".join(notes)))),
        next(origin for origin in ("edit", "dated", "base") if origin in origins),
    )
