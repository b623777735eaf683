"""How sure an answer is: how much of its money rests on estimates, and which figure is the weakest that matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from energy_routes.answer.words import Words, stopped
from energy_routes.case import Case
from energy_routes.network import Names, Network
from energy_routes.plan import Plan
from energy_routes.provenance import PLAIN, bound_grades, grades_of_bounds, is_money, weakest_of

ESTIMATES, UNGRADED = ("estimate", "unsourced"), ("given",)
MOST = 0.5  # of the money: less without a grade is not told, such as what a model sets itself
# What an id of each table is called by, as an attribute of Names.
CALLED: Mapping[str, str] = {
    "arcs": "arc", "markets": "market", "supplies": "supply", "obligations": "obligation", "limits": "limit",
    "storages": "storage", "contracts": "contract", "commodities": "commodity",
}  # fmt: skip


@dataclass(frozen=True)
class Weak:
    """A figure: the row it is of, as people call it, its field and grade, and MUSD by which it may move the netback.

    ``stale``: the year that it describes, where it is a price or a charge of long ago; else None.
    """

    figure: str
    name: str
    field: str
    grade: str
    doubt: float
    stale: int | None = None


@dataclass(frozen=True)
class Certainty:
    """``estimated``: share of all money paid and received whose price or charge is an estimate (0–1; NaN: no money).

    ``ungraded``: the share of that whose price or charge has no grade, as in a pack without a column ``confidence``.
    ``weakest``: the figure of the way out that is least sure and matters most; None where all are sure.
    """

    estimated: float
    ungraded: float
    weakest: Weak | None

    def sentence(self, words: Words) -> str:
        """In one or two sentences; blank where nothing can be said."""
        if self.estimated != self.estimated:
            return ""
        ungraded = words.percent(self.ungraded)
        if self.ungraded > MOST and not self.estimated:  # nothing is known of what rests on estimates
            told = [words("answer.none_graded", share=ungraded)]
        else:
            told = [words("answer.estimated", share=words.percent(self.estimated))]
            told += [words("answer.ungraded", share=ungraded)] if self.ungraded > MOST else []
        if (weak := self.weakest) is not None:
            grade = words(f"grade.{weak.grade}")
            grade = grade if weak.stale is None else words("grade.stale", grade=grade, year=weak.stale)
            told.append(words("answer.weakest", figure=figure_told(weak.field, weak.name, words),
                              grade=grade, doubt=words.money(weak.doubt)))
        return " ".join(map(stopped, told))


def certainty_of(plan: Plan, rows: pd.DataFrame) -> Certainty:
    """How sure a plan with these :func:`energy_routes.sources` is, to first order."""
    money = rows[[is_money(table, field) for table, field in zip(rows["table"], rows["field"], strict=True)]]
    paid = money["at_stake"].abs()
    total = float(paid.sum())
    estimated, ungraded = (float(paid[money["confidence"].isin(grades)].sum()) / total if total > 0 else float("nan")
                           for grades in (ESTIMATES, UNGRADED))
    # A grade's barrels in a tonne are known to a few per cent, whatever is said of their source: they decide nothing.
    weak = weakest_of(rows[~rows["field"].isin(list(PLAIN))], 1, volumes=False)
    return Certainty(estimated, ungraded, _weak(plan.case.network, weak) if len(weak) else None)


def _weak(network: Network, rows: pd.DataFrame) -> Weak:
    row = rows.iloc[0]
    name = row_called(Names(network.tables), str(row["table"]), str(row["id"]))
    return Weak(str(row["figure"]), name, str(row["field"]), str(row["confidence"]), float(row["doubt"]),
                int(row["year"]) if row["stale"] else None)


def row_called(names: Names, table: str, key: str) -> str:
    """What people call a row by its key, part for part: ``CPC_BLEND/KOREA``."""
    return ", ".join(_called(names, table, part) for part in key.split("/") if part)


def figure_told(field: str, name: str, words: Words) -> str:
    """A figure of a row in words: tariff of CPC Atyrau - Novorossiysk."""
    told = words.known(f"figure.{field}", field.replace("_", " "))
    return words("answer.figure", field=told, name=words.name(name))


def _called(names: Names, table: str, key: str) -> str:
    """What people call a part of a row's key: by its own table, else as an arc, a market or a grade."""
    for known in (CALLED.get(table), "arc", "market", "commodity"):
        if known and (found := getattr(names, known).get(key)):
            return str(found)
    return key


def doubtful(case: Case) -> dict[str, frozenset[tuple[str, str]]]:
    """By period label, the limits, as (kind, id), whose bound is no more than an estimate."""
    return {label: _estimated(grades) for label, grades in bound_grades(case.network, case.periods).items()}


def doubtful_in(rows: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """The same, of the :func:`energy_routes.sources` of a case or plan."""
    return _estimated(grades_of_bounds(rows[["table", "id", "field", "confidence"]].itertuples(index=False, name=None)))


def _estimated(grades: Mapping[tuple[str, str], str]) -> frozenset[tuple[str, str]]:
    return frozenset(key for key, grade in grades.items() if grade in ESTIMATES)


def limit_key(kind: str, target: str) -> tuple[str, str]:
    """The key of a limit in :func:`doubtful`, by its kind and the target that an edit calls it (``tier:AUGUSTA/1``)."""
    return kind, target.partition(":")[2]
