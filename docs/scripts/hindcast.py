"""What was known on 1 January of a year that is told, and a case that knows no more (``docs/decisions.md``, 38)."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import backtest as bt
import pandas as pd

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.network.edit import Edit
from energy_routes.pack import bundled as library
from energy_routes.pack.units.periods import periods_of

STEP = 0.2  # how far a figure is moved, each way, where nothing earlier was found
MONTHS = list(calendar.month_name)[1:]
ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/]?)(0[1-9]|1[0-2])(?:\2([0-2]\d|3[01]))?(?!\d)")
WORDS = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) ((?:19|20)\d\d)")
YEAR = re.compile(r", ((?:19|20)\d\d): ")


def dates(source: str) -> Iterator[date]:
    """Every date in a source: in an address (2024-03-05, 2024/03, 20240305) or a name (12 August 2017, 2025).

    A month stands for its last day, a year for 31 December.
    """
    for year, _, month, day in ISO.findall(source):
        yield date(int(year), int(month), int(day)) if day else _last(int(year), int(month))
    for day, month, year in WORDS.findall(source):
        number = MONTHS.index(month) + 1
        yield date(int(year), number, int(day)) if day else _last(int(year), number)
    yield from (date(int(year), 12, 31) for year in YEAR.findall(source))


def _last(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def known_on(source: str, year: int) -> date:
    """The day from which a figure was known: the latest date in its source, else the end of the year of the figure."""
    return max(dates(source), default=date(year, 12, 31))


def late(case: Case) -> pd.DataFrame:
    """The figures behind a case of one year that were not known on its 1 January; columns of ``er.sources``."""
    rows = er.sources(case)
    known = [known_on(s, int(y)) for s, y in zip(rows["source"], rows["year"], strict=True)]
    return rows[[day >= date(case.periods[0].year, 1, 1) for day in known]]


@dataclass(frozen=True)
class Group:
    """Figures that knew the outcome, with the reason and with what was known instead."""

    id: str
    title: str
    figures: tuple[str, ...]
    instead: str | float
    why: str
    years: tuple[int, ...] = ()

    def holds(self, table: str, name: str, field: str, year: int) -> bool:
        """Whether a figure belongs here in a year."""
        named = {f"{table}.{field}", f"{table}:{name}.{field}"} & set(self.figures)
        return bool(named) and (not self.years or year in self.years)

    def edits(self, case: Case, figures: pd.DataFrame, factor: float = 1.0) -> list[Edit]:
        """The edits that put what was known in place of these figures; ``factor`` where they are only moved."""
        return [e for row in figures.itertuples() if (e := self._edit(case, row.table, row.id, row.field, factor))]

    def _edit(self, case: Case, table: str, name: str, field: str, factor: float) -> Edit | None:
        year = case.periods[0].year
        why = f"as known on 1 January {year}"
        earlier = before().get((year, table, name, field))
        if earlier is not None:
            return Edit(table, name, field, "set", earlier, reason=why)
        match self.instead:
            case "held":
                return None
            case "moved":
                return Edit(table, name, field, "scale", factor, reason=why) if factor != 1.0 else None
            case "free":
                return Edit(table, name, field, "set", float("inf"), reason=why)
            case "year before" | "undated":
                period = periods_of([year - 1 if self.instead == "year before" else 1900], "year")
                figures = case.network.resolve(table, field, period)[:, 0]
                return Edit(table, name, field, "set", float(figures[case.network.ids(table).index(name)]), reason=why)
            case str(text):
                return Edit(table, name, field, "scale", float(text.removeprefix("times ")), reason=why)
            case number:
                return Edit(table, name, field, "set", float(number), reason=why)


@cache
def groups() -> tuple[Group, ...]:
    """The groups of ``data/history/knew.toml``, in their order."""
    told = tomllib.loads((library.data_path("history") / "knew.toml").read_text(encoding="utf-8"))["group"]
    return tuple(Group(**{k: tuple(v) if isinstance(v, list) else v for k, v in g.items()}) for g in told)


@cache
def before() -> Mapping[tuple[int, str, str, str], float]:
    """The earlier figures of ``data/history/before.csv`` by year, table, id and field, in the units of the pack."""
    rows = pd.read_csv(library.data_path("history") / "before.csv", keep_default_na=False)
    keys = zip(rows["year"], rows["table"], rows["id"], rows["field"], strict=True)
    return dict(zip(keys, rows["value"].astype(float), strict=True))


def grouped(case: Case) -> dict[Group, pd.DataFrame]:
    """The late figures of a case by the group that names them first.

    Raises ValueError, with every figure that no group names.
    """
    rows, year = late(case), case.periods[0].year
    first = [next((g for g in groups() if g.holds(t, i, f, year)), None)
             for t, i, f in zip(rows["table"], rows["id"], rows["field"], strict=True)]  # fmt: skip
    lost = [figure for figure, g in zip(rows["figure"], first, strict=True) if g is None]
    if lost:
        raise ValueError(f"not known on 1 January {year}, and in no group of knew.toml: {', '.join(lost)}")
    return {g: rows[[f is g for f in first]] for g in dict.fromkeys(groups()) if g in first}


def laid(case: Case, edits: Sequence[Edit]) -> Case:
    """A case with edits laid over it."""
    return case.on_network(lambda n: n.with_edits(*edits)) if edits else case


def as_known(case: Case, factor: float = 1.0) -> Case:
    """The case with every late figure replaced by what was known on 1 January; the moved ones by ``factor``."""
    edits = [e for group, rows in grouped(case).items() for e in group.edits(case, rows, factor)]
    return replace(laid(case, edits), name=f"{case.name}-as-known")


class Effect(NamedTuple):
    """What a group does to the distance: of how many figures, the distances without them, the figure that does most."""

    group: Group
    figures: int
    losses: list[float]  # one; the least and the most where each figure is moved alone.  NaN: no plan is left
    most: str


def effects(case: Case, actual: Mapping[str, bt.Shares]) -> list[Effect]:
    """The mean distance to the records with what was known in place of each group alone.

    Figures of which nothing earlier was found are moved one at a time, a fifth down and a fifth up.
    """
    return [_moved(case, actual, g, rows) if g.instead == "moved" else
            Effect(g, len(rows), [_loss(laid(case, g.edits(case, rows)), actual)], "")
            for g, rows in grouped(case).items()]  # fmt: skip


def _moved(case: Case, actual: Mapping[str, bt.Shares], group: Group, rows: pd.DataFrame) -> Effect:
    stands, told = _loss(case, actual), {}
    for row in range(len(rows)):
        one = rows.iloc[row : row + 1]
        losses = [_loss(laid(case, group.edits(case, one, f)), actual) for f in (1 - STEP, 1 + STEP)]
        told[str(one["figure"].iloc[0])] = [v for v in losses if v == v] or [stands]
    most = max(told, key=lambda figure: max(abs(v - stands) for v in told[figure]))
    every = [v for values in told.values() for v in values]
    return Effect(group, len(rows), [min(every), max(every)], most if max(every) - min(every) > bt.WORTH else "")


def _loss(case: Case, actual: Mapping[str, bt.Shares]) -> float:
    try:
        return bt.loss(bt.volumes(case), actual)
    except er.InfeasibleError:
        return float("nan")
