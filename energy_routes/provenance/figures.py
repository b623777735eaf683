"""Where the numbers come from: each figure that a case or a plan rests on, with its source, and how much hangs on it.

A figure is one number of one row in some periods, as it stands after dated rows and edits (the rule of
:mod:`energy_routes.network`).  The tables are read off the schema: a new table with a source is listed without a word
here.  What hangs on a figure is told to first order: volume × unit value for money, shadow price × bound for limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.network import TARGETS, Edit, Network
from energy_routes.pack import TABLES, Period, inner_unit, months_of
from energy_routes.plan import Plan
from energy_routes.provenance.first_order import BOUND_KINDS, BOUNDS, stakes, used

# How far a figure of each confidence may be off, as a share of itself.  Ours: a way to rank, no statistics.
DOUBT: Mapping[str, float] = {
    "high": 0.0, "computed": 0.02, "given": 0.05, "medium": 0.10, "low": 0.25, "estimate": 0.30,
}  # fmt: skip
WEAKEST = ("estimate", "low", "medium", "given", "computed", "high")
COLUMNS = [
    "figure", "table", "id", "field", "period", "value", "unit", "year", "confidence", "origin", "source", "note",
    "at_stake", "doubt",
]  # fmt: skip
# Not in a plan: the record of failures and the risk of countries speak of policies, `values` is what is resolved.
APART = ("values", "events", "risk")
OFFERED = ("options", "option_effects")  # what could be built: figures of a case that may build
NO_FIGURE = ("degree", "length")  # where a thing lies, and how long it is: no term of a netback
WORDS = {"commodities": "commodity", **{table: word for word, table in TARGETS.items()}}
PLAIN = {"bbl_per_t": "bbl/t", "mj_per_m3": "MJ/m3"}


def sources(of: Case | Plan, *, only_used: bool = False) -> pd.DataFrame:
    """Each figure that a case or a plan could rest on, the weakest first, one row a figure and run of periods.

    A blank cell is no figure; neither is what no open arc reaches.

    Parameters
    ----------
    of : Case or Plan
        Of a plan the columns ``at_stake`` and ``doubt`` are filled.
    only_used : bool
        Keep what carries volume or binds; needs a plan.

    Returns
    -------
    DataFrame
        ``figure`` (such as ``arc:UAS tariff``), ``table``, ``id``, ``field``, ``period`` (blank: all), ``value`` in
        ``unit``, ``year`` that it describes, ``confidence``, ``origin`` (base, dated, edit), ``source``, ``note``,
        ``at_stake`` (what the whole figure moves in the plan: MUSD, first order; NaN where it cannot be told) and
        ``doubt`` (that times :data:`DOUBT` of its confidence).
    """
    plan = of if isinstance(of, Plan) else None
    case = plan.case if plan is not None else of
    assert isinstance(case, Case)
    unasked = APART if case.policy.build else (*APART, *OFFERED)
    figures = _figures(case.network, case.periods, lambda table, field: table not in unasked)
    rows = pd.DataFrame(figures, columns=[*COLUMNS[:-2], "at"])
    weight = stakes(plan, rows) if plan is not None else pd.Series(np.nan, index=rows.index)
    rows["at_stake"] = weight
    if only_used and plan is not None:
        rows = rows[used(plan, rows) | (rows["at_stake"].abs() > 0)]
    rows = _joined(rows, len(case.periods))
    rows["doubt"] = rows["at_stake"].abs() * rows["confidence"].map(DOUBT)
    rank = rows["confidence"].map({c: i for i, c in enumerate(WEAKEST)})
    order = rows.assign(rank=rank, heavy=-rows["doubt"].fillna(0.0)).sort_values(
        ["rank", "heavy", "figure", "period"], kind="stable"
    )
    return order[COLUMNS].reset_index(drop=True)


def weakest(plan: Plan, count: int = 10, *, volumes: bool = True) -> pd.DataFrame:
    """The figures of a plan that are least sure and matter most: the largest ``doubt`` first.

    Parameters
    ----------
    plan : Plan
        The plan.
    count : int
        How many at most.
    volumes : bool
        False leaves out what is produced and what stays home: they set how much there is to earn, the other figures
        which way it goes.

    Returns
    -------
    DataFrame
        Rows of :func:`sources`, shape (at most ``count``, columns).
    """
    return weakest_of(sources(plan), count, volumes=volumes)


def weakest_of(rows: pd.DataFrame, count: int, *, volumes: bool) -> pd.DataFrame:
    """The same of rows of :func:`sources` that are there already."""
    rows = rows if volumes else rows[~rows["table"].isin(("supplies", "obligations"))]
    return rows[rows["doubt"] > 0].nlargest(count, "doubt").reset_index(drop=True)


def bound_grades(network: Network, periods: Sequence[Period]) -> dict[tuple[str, str], str]:
    """The weakest confidence behind the bound of each limit, by kind and id (``market``: ``AUGUSTA/1`` for a tier)."""
    figures = _figures(network, periods, lambda table, field: field in BOUNDS.get(table, ()))
    return grades_of_bounds((row[1], row[2], row[3], row[8]) for row in figures)


def grades_of_bounds(rows: Iterable[tuple[str, str, str, str]]) -> dict[tuple[str, str], str]:
    """The same, of rows of :func:`sources`: table, id, field and confidence."""
    found: dict[tuple[str, str], str] = {}
    for table, key, field, grade in rows:
        if field in BOUNDS.get(table, ()):
            kind = BOUND_KINDS[table], key
            found[kind] = min(found.get(kind, grade), grade, key=WEAKEST.index)
    return found


@dataclass(frozen=True)
class _Told:
    """What stands behind a number: the cells of a row, or an edit."""

    year: Any
    source: str
    confidence: str
    note: str
    origin: str


def _figures(
    network: Network, periods: Sequence[Period], wanted: Callable[[str, str], bool]
) -> Iterator[tuple[Any, ...]]:
    """The rows of :func:`sources`, of the (table, field) wanted."""
    reach, behind = _Reach(network, periods), _Behind(network, periods)
    for name, table in TABLES.items():
        if "source" not in table.names or not len(network.tables[name]):
            continue
        ids, family, told_by_row = network.ids(name), network.family_of(name), behind.rows(name)
        for column in table.columns:
            if column.kind != "float" or column.dimension in NO_FIGURE or not wanted(name, column.name):
                continue
            told_of = behind.of(name, column.name, told_by_row)
            numbers = network.resolve(name, column.name, periods)
            for row, key in enumerate(ids):
                for at, period in enumerate(periods):
                    value, told = float(numbers[row, at]), told_of[row][at]
                    blank = told.origin == "base" and value == column.default
                    if value != value or blank or not reach.open(name, row, at):
                        continue
                    unit = PLAIN.get(column.name, "")
                    if column.dimension in ("rate", "volume", "unit_value"):
                        unit = inner_unit(column.dimension, network.families[family[key]])
                    figure = f"{WORDS.get(name, name)}:{key} {column.name}"
                    yield (
                        figure, name, key, column.name, period.label, value, unit, told.year, told.confidence,
                        told.origin, told.source, told.note, at,
                    )  # fmt: skip


def _mean(told: Mapping[_Told, None]) -> _Told:
    """What stands behind the mean of months: every source of them, at the weakest of their grades."""
    first, *others = told
    if not others:
        return first
    years, origins = {one.year for one in told}, {one.origin for one in told}
    notes = list(dict.fromkeys(one.note for one in told if one.note))
    return _Told(
        first.year if len(years) == 1 else None,
        " ; ".join(dict.fromkeys(source for one in told for source in one.source.split(" ; ") if source)),
        min((one.confidence for one in told), key=WEAKEST.index),
        notes[0] if len(notes) == 1 else ": ".join(filter(None, ("Mean of the months", " / ".join(notes)))),
        next(origin for origin in ("edit", "dated", "base") if origin in origins),
    )


class _Behind:
    """What stands behind each number of a network: the cells of its row, over them dated rows, then edits."""

    def __init__(self, network: Network, periods: Sequence[Period]) -> None:
        self._network, self._months = network, months_of(periods)
        self._spans = list(pairwise(accumulate((len(period.months) for period in periods), initial=0)))
        self._dated: dict[tuple[str, str], list[tuple[str, str, _Told]]] = defaultdict(list)
        values = network.tables["values"]
        places = zip(*(values[name].tolist() for name in ("table", "field", "id", "period")), strict=True)
        for (table, field, key, period), told in zip(places, _of_rows(values, "dated"), strict=True):
            self._dated[table, field].append((key, period, told))

    def rows(self, table: str) -> list[_Told]:
        """What the cells of each row of a table say."""
        return _of_rows(self._network.tables[table], "base")

    def of(self, table: str, field: str, rows: list[_Told]) -> list[list[_Told]]:
        """What stands behind ``table.field`` by row and period; ``rows`` is what the rows themselves say."""
        by_month = self._by_month(table, field, rows)
        spans = [[{id(told): told for told in months[start:end]}.values() for start, end in self._spans]
                 for months in by_month]  # fmt: skip
        return [[_mean(dict.fromkeys(told)) for told in row] for row in spans]

    def _by_month(self, table: str, field: str, rows: list[_Told]) -> list[list[_Told]]:
        behind = [[told] * len(self._months) for told in rows]
        place = {key: row for row, key in enumerate(self._network.ids(table))}
        lines = [line for line in self._dated.get((table, field), ()) if line[0] in place]
        for level in (4, 0, 7):  # a year, a season, a month: the later wins
            for key, period, told in lines:
                if (0 if period.startswith("*") else len(period)) == level:
                    for at, month in enumerate(self._months):
                        if month.matches(period):
                            behind[place[key]][at] = told
        for edit in self._network.edits:
            if (edit.table, edit.field) == (table, field):
                own = behind[place[edit.id]]
                for at, month in enumerate(self._months):
                    if not edit.periods or any(month.matches(label) for label in edit.periods):
                        own[at] = _of_edit(edit, own[at])
        return behind


def _of_rows(frame: pd.DataFrame, origin: str) -> list[_Told]:
    """What the cells of each row of a table say."""
    years, grades = frame["year"].tolist(), frame["confidence"].tolist()
    sources, notes = (frame[name].fillna("").tolist() for name in ("source", "note"))
    return [_Told(*cells, origin) for cells in zip(years, sources, grades, notes, strict=True)]


def _of_edit(edit: Edit, below: _Told) -> _Told:
    """An edit's reason and source; a scaled or shifted figure keeps the source that it changes."""
    kept = "" if edit.op == "set" else below.source
    source = " ; ".join(s for s in (edit.source, kept) if s) or "an edit of the model"
    return _Told(below.year if kept else None, source, "given", edit.reason or "an edit", "edit")


class _Reach:
    """Which rows the plan could use: those whose arc is open, or whose market an open arc reaches."""

    def __init__(self, network: Network, periods: Sequence[Period]) -> None:
        self._tables = network.tables
        arcs = network.tables["arcs"]
        open_ = network.open(periods)
        self._arc = dict(zip(arcs["id"], open_, strict=True))
        ends = [set(arcs.loc[open_[:, at], "to"]) for at in range(len(periods))]
        markets = network.tables["markets"]
        self._market = {
            market: np.array([node in there for there in ends])
            for market, node in zip(markets["id"], markets["node"], strict=True)
        }
        terms = network.tables["limit_terms"]
        self._limit: dict[str, Any] = {
            str(limit): np.any([self._arc[a] for a in group], axis=0) for limit, group in terms.groupby("limit")["arc"]
        }
        self._rows: dict[str, list[Any]] = {}

    def open(self, table: str, row: int, at: int) -> bool:
        """Whether row ``row`` of a table can be used in period ``at``."""
        if table not in self._rows:
            self._rows[table] = self._of(table)
        known = self._rows[table][row]
        return bool(known is None or known[at])

    def _of(self, table: str) -> list[Any]:
        frame, own = self._tables[table], {"arcs": self._arc, "markets": self._market, "limits": self._limit}
        if table in own:
            return [own[table].get(key) for key in frame["id"]]
        for column in TABLES[table].columns:
            if column.refers in ("arcs", "markets") and column.kind == "str":
                return [own[column.refers].get(key) if isinstance(key, str) else None for key in frame[column.name]]
        return [None] * len(frame)


def _joined(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Periods in which the same number stands for the same reason become one row."""
    if rows.empty or count == 1:
        return rows.drop(columns="at")
    same = ["figure", "table", "id", "field", "value", "unit", "year", "confidence", "origin", "source", "note"]
    groups = rows.groupby(same, sort=False, dropna=False)
    found = groups.agg(first=("period", "first"), last=("period", "last"), many=("period", "size"))
    found = found.assign(at_stake=groups["at_stake"].sum(min_count=1)).reset_index()
    whole = found["many"] == count
    found["period"] = np.where(
        whole & (count > 1), "", np.where(found["many"] == 1, found["first"], found["first"] + "…" + found["last"])
    )
    return found
