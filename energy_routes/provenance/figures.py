"""Where the numbers come from: each figure that a case or a plan rests on, with its source, and how much hangs on it.

A figure is one number of one row in some periods, as it stands after dated rows and edits (the rule of
:mod:`energy_routes.network`).  The tables are read off the schema: a new table with a source is listed without a word
here.  What hangs on a figure is told to first order: volume × unit value for money, shadow price × bound for limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.network import TARGETS, Network
from energy_routes.pack import TABLES, Period, annotated, inner_unit
from energy_routes.plan import Plan
from energy_routes.provenance.behind import WEAKEST, Behind
from energy_routes.provenance.first_order import BOUND_KINDS, BOUNDS, stakes, used
from energy_routes.provenance.reach import Reach

# How far a figure of each confidence may be off, as a share of itself.  Ours: a way to rank, no statistics.
DOUBT: Mapping[str, float] = {
    "high": 0.0, "computed": 0.02, "given": 0.05, "medium": 0.10, "low": 0.25, "estimate": 0.30, "unsourced": 0.40,
}  # fmt: skip
COLUMNS = [
    "figure", "table", "id", "field", "period", "value", "unit", "year", "confidence", "origin", "source", "note",
    "at_stake", "doubt", "stale",
]  # fmt: skip
# Not in a plan: the record of failures and the risk of countries speak of policies, `values` is what is resolved.
APART = ("values", "events", "risk")
OFFERED = ("options", "option_effects")  # what could be built: figures of a case that may build
NO_FIGURE = ("degree", "length")  # where a thing lies, and how long it is: no term of a netback
OLD = 10  # years: a price or a charge that describes a year so long before its period is stale
WORDS = {"commodities": "commodity", **{table: word for word, table in TARGETS.items()}}
PLAIN = {"bbl_per_t": "bbl/t", "mj_per_m3": "MJ/m3"}


@annotated
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
        ``at_stake`` (what the whole figure moves in the plan: MUSD, first order; NaN where it cannot be told),
        ``doubt`` (that times :data:`DOUBT` of its confidence) and ``stale`` (a price or a charge of a year ten or more
        before the first of the case).
    """
    plan = of if isinstance(of, Plan) else None
    case = plan.case if plan is not None else of
    assert isinstance(case, Case)
    unasked = APART if case.policy.build else (*APART, *OFFERED)
    figures = _figures(case.network, case.periods, lambda table, field: table not in unasked)
    rows = pd.DataFrame(figures, columns=[*COLUMNS[:-3], "at"])
    weight = stakes(plan, rows) if plan is not None else pd.Series(np.nan, index=rows.index)
    rows["at_stake"] = weight
    if only_used and plan is not None:
        rows = rows[used(plan, rows) | (rows["at_stake"].abs() > 0)]
    rows = _joined(rows, len(case.periods))
    rows["doubt"] = rows["at_stake"].abs() * rows["confidence"].map(DOUBT).astype(float)  # of no rows it is text
    told = zip(rows["table"], rows["field"], rows["year"], strict=True)
    rows["stale"] = [stale(*cells, case.periods[0].year) for cells in told]
    rank = rows["confidence"].map({c: i for i, c in enumerate(WEAKEST)})
    order = rows.assign(rank=rank, heavy=-rows["doubt"].fillna(0.0)).sort_values(
        ["rank", "heavy", "figure", "period"], kind="stable"
    )
    return order[COLUMNS].reset_index(drop=True)


def is_money(table: str, field: str) -> bool:
    """Whether a figure is a price or a charge: what is paid on a volume."""
    return TABLES[table].column(field).dimension == "unit_value"


def stale(table: str, field: str, year: Any, at: int) -> bool:
    """Whether a figure is a price or a charge that describes a year :data:`OLD` or more before ``at``."""
    return is_money(table, field) and not pd.isna(year) and int(year) <= at - OLD


def stale_years(case: Case, table: str, field: str) -> dict[str, int]:
    """The year that each stale price or charge of a case describes, as it is in the last period."""
    behind = Behind(case.network, case.periods[-1:])
    years = [told[0].year for told in behind.of(table, field, behind.rows(table))]
    return {name: int(year) for name, year in zip(case.network.ids(table), years, strict=True)
            if stale(table, field, year, case.periods[0].year)}


@annotated
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

    Raises
    ------
    UsageError
        ``count`` is below 1.
    """
    if count < 1:
        raise UsageError(f"weakest: count = {count}; expected a whole number of at least 1. Correct it.")
    return weakest_of(sources(plan), count, volumes=volumes)


def weakest_of(rows: pd.DataFrame, count: int, *, volumes: bool) -> pd.DataFrame:
    """The same of rows of :func:`sources` that are there already."""
    rows = rows if volumes else rows[~rows["table"].isin(("supplies", "obligations"))]
    return rows[rows["doubt"] > 0].nlargest(count, "doubt").reset_index(drop=True)


def bound_grades(network: Network, periods: Sequence[Period]) -> dict[str, dict[tuple[str, str], str]]:
    """By period label, the weakest confidence behind the bound of each limit, by kind and id.

    The id of a ``market`` names the tier: ``AUGUSTA/1``.
    """
    rows: dict[str, list[tuple[str, str, str, str]]] = {period.label: [] for period in periods}
    for row in _figures(network, periods, lambda table, field: field in BOUNDS.get(table, ())):
        rows[row[4]].append((row[1], row[2], row[3], row[8]))
    return {label: grades_of_bounds(own) for label, own in rows.items()}


def grades_of_bounds(rows: Iterable[tuple[str, str, str, str]]) -> dict[tuple[str, str], str]:
    """The same, of rows of :func:`sources`: table, id, field and confidence."""
    found: dict[tuple[str, str], str] = {}
    for table, key, field, grade in rows:
        if field in BOUNDS.get(table, ()):
            kind = BOUND_KINDS[table], key
            found[kind] = min(found.get(kind, grade), grade, key=WEAKEST.index)
    return found


def _figures(
    network: Network, periods: Sequence[Period], wanted: Callable[[str, str], bool]
) -> Iterator[tuple[Any, ...]]:
    """The rows of :func:`sources`, of the (table, field) wanted."""
    reach, behind = Reach(network, periods), Behind(network, periods)
    for name, table in TABLES.items():
        columns = [c for c in table.columns
                   if c.kind == "float" and c.dimension not in NO_FIGURE and wanted(name, c.name)]  # fmt: skip
        if "source" not in table.names or not columns or not len(network.tables[name]):
            continue
        ids, family, told_by_row = network.ids(name), network.family_of(name), behind.rows(name)
        for column in columns:
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
