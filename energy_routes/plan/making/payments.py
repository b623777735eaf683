"""Who is paid, what that costs them, and what is left: by payee of the arcs, partner in it, and shipper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from energy_routes.formulation import End, Payees, known_costs, payees
from energy_routes.indicators import ledger_term
from energy_routes.linear import Axis, Index, Term, Vector, codes_of, numbered, pairs
from energy_routes.plan.columns import of_family, totals
from energy_routes.plan.making.owners import partners_of, ventures
from energy_routes.plan.plan import PAYMENTS
from energy_routes.plan.solved import Solved

KEYS = list(PAYMENTS[: PAYMENTS.index("receipts")])
NOT_SOURCED, SHIPPER, NETBACK = "not sourced", "shipper", "netback"
NOBODY = -1  # the row of payees that are not sourced
TOGETHER = "shippers together"
SLIGHT = 1e-9  # MUSD
HELD = 1e-3  # published shares are rounded: no less is missing to 1

Partner = tuple[str, str, Vector]  # holder, country, share in each period
Partners = Mapping[str, Sequence[Partner]]  # by target of the table owners
ENDS: tuple[End, ...] = ("share", "low", "high")  # real cost, and that at the ends of its band
MONEY = ["receipts", "real_cost", "cost_low", "cost_high"]
Amounts = dict[tuple[int, str, str], Vector]  # by row of payees, term, family: MONEY by period, (periods, 4)
Row = tuple[object, ...]  # KEYS, MONEY


def payments_table(of: Solved) -> pd.DataFrame:
    """Rows of ``PAYMENTS``: payees in the order of their table, those that are not sourced, shippers; without dust."""
    partners = partners_of(of)
    rows = [*_on_the_way(of, partners), *_shippers(of, partners)]
    values = np.array([row[len(KEYS) :] for row in rows], dtype=float).reshape(-1, len(MONEY))
    keys, sums = totals([row[: len(KEYS)] for row in rows], values)
    frame = pd.DataFrame(keys, columns=KEYS).assign(**dict(zip(MONEY, sums.T, strict=True)))
    frame = frame[(frame[MONEY].abs() > SLIGHT).any(axis=1)].reset_index(drop=True)
    return frame.assign(margin=frame["receipts"] - frame["real_cost"], unit="MUSD")[list(PAYMENTS)]


def _on_the_way(of: Solved, partners: Partners) -> Iterator[Row]:
    """A row a payee, partner, term and family, of what is paid for arcs."""
    who = payees(of.space)
    known = who.table[["payee", "country", "kind", "owners"]].fillna("").to_numpy(dtype=object).tolist()
    amounts = _amounts(of, who)
    for row, term, family in sorted(amounts, key=lambda key: (key[0] == NOBODY, key[0])):
        payee, country, kind, target = ("payee not sourced", "", NOT_SOURCED, "") if row == NOBODY else known[row]
        own = _whole(partners.get(target, ()), (payee, country))
        yield from _shared((payee, country, kind), own, (term, family), amounts[row, term, family])


def _whole(partners: Sequence[Partner], otherwise: tuple[str, str]) -> list[Partner]:
    """Partners with shares that add up to 1: what none of them holds is the payee's own, in ``otherwise``."""
    held = np.sum([own for *_, own in partners], axis=0) if partners else np.zeros(1)
    rest = np.where(1.0 - held > HELD, 1.0 - held, 0.0)
    rounded = [(holder, country, own / (held + rest)) for holder, country, own in partners]
    return [*rounded, (*otherwise, rest)] if rest.any() else rounded


def _shared(who: Row, partners: Iterable[Partner], of: tuple[str, str], amounts: Vector) -> Iterator[Row]:
    """A row a partner: its part of the amounts of each period, shape (periods, 4)."""
    for holder, country, held in partners:
        part = np.where(held[:, None] > 0, amounts * held[:, None], 0.0).sum(axis=0)
        yield (*who, holder, country, *of, *part.tolist())


def _amounts(of: Solved, who: Payees) -> Amounts:
    """What each payee gets, and what its part of moving costs: levies cost nothing, so those who share bear it."""
    lanes, found = of.space.flow.axis, _Entries(of, who)
    term_of = np.full(len(lanes), "tariffs", dtype=object)
    for term in _terms(of):
        how, paid = ledger_term(term.name).payees, -term.expr.value(of.x)
        if how == "whole":
            term_of[term.expr.row[term.expr.val != 0]] = term.name
            found.add(lanes, (who.lane, who.row, who.part), paid, term.name, 0)
        elif how:
            found.add(term.expr.axis, found.line(term.expr.axis), paid, term.name, 0)
    line = found.line(lanes)
    for column, end in enumerate(ENDS, 1):
        spent = np.where(of.moved > 0, of.moved * known_costs(of.space, end=end), 0.0)
        for name in dict.fromkeys(term_of.tolist()):
            found.add(lanes, line, np.where(term_of == name, spent, 0.0), name, column)
    return found.amounts()


def _terms(of: Solved) -> tuple[Term, ...]:
    """The terms of the netback, and what several futures add to it."""
    return (*of.money, *of.space.bets)


class _Entries:
    """Amounts by payee, term, family and period as they are found, by their column of ``MONEY``."""

    def __init__(self, of: Solved, who: Payees) -> None:
        self._who = who
        self._at = {period.label: at for at, period in enumerate(of.space.case.periods)}
        self._arcs = codes_of(who.table["arc"].tolist())
        self._keys: list[tuple[int, str, str, int]] = []
        self._values: list[Vector] = []

    def line(self, over: Axis) -> tuple[Index, Index, Vector]:
        """Which row of an axis goes to which payee by its share of the line: rows, payees, parts."""
        item, row = pairs(*numbered([over.labels["arc"]], [self._arcs]))
        return item, row, self._who.share[row, self._when(over)[item]]

    def add(self, over: Axis, parts: tuple[Index, Index, Vector], amounts: Vector, term: str, column: int) -> None:
        """Divide the amounts of an axis; what no payee gets goes to nobody that is sourced."""
        item, row, part = parts
        some = (part > 0) & (amounts[item] != 0)
        item, row, part = item[some], row[some], part[some]
        left = np.maximum(1.0 - np.bincount(item, part, len(over)), 0.0)
        rest = np.flatnonzero((left > SLIGHT) & (amounts != 0))
        items, rows = np.concatenate([item, rest]), np.concatenate([row, np.full(len(rest), NOBODY)])
        values = amounts[items] * np.concatenate([part, left[rest]])
        families, when = over.labels.words("family")[items].tolist(), self._when(over)[items].tolist()
        self._keys += [(r, term, family, at) for r, family, at in zip(rows.tolist(), families, when, strict=True)]
        self._values.append(np.where(np.arange(len(MONEY)) == column, values[:, None], 0.0))

    def amounts(self) -> Amounts:
        """What was added, by payee, term and family: shape (periods, 4)."""
        keys, sums = totals(self._keys, np.concatenate([np.zeros((0, len(MONEY))), *self._values]))
        out: Amounts = {}
        for (row, term, family, at), values in zip(keys, sums, strict=True):
            out.setdefault((row, term, family), np.zeros((len(self._at), len(MONEY))))[at] = values
        return out

    def _when(self, over: Axis) -> Index:
        return np.array([self._at[label] for label in over.labels.words("period").tolist()], dtype=np.intp)


def _shippers(of: Solved, partners: Partners) -> Iterator[Row]:
    """A row a shipper, partner in its venture and family; what is on no route of theirs stands together."""
    space = of.space
    shipper = space.case.network.tables["supplies"].set_index("id")["shipper"].to_dict()
    lifting = _lifting(of)
    earned: dict[str, float] = {}
    for (target, family, _), figures in ventures(of):
        called = shipper[target.removeprefix("supply:")]
        cost = lifting[target]
        earned[family] = earned.get(family, 0.0) + float(figures[2].sum())
        own = _whole(partners.get(target, ()), (called, ""))
        yield from _shared((called, "", SHIPPER), own, (NETBACK, family),
                           np.stack([figures[2] + cost, *[cost] * len(ENDS)], axis=1))
    for family in dict.fromkeys(space.exports.axis.frame["family"]):
        rest = _cash(of, str(family)) - earned.get(family, 0.0)
        yield (TOGETHER, "", SHIPPER, TOGETHER, "", NETBACK, family, rest, *[0.0] * len(ENDS))


def _lifting(of: Solved) -> dict[str, Vector]:
    """Cost of lifting of each supply by period, MUSD."""
    lifted, periods = of.space.lifted, [period.label for period in of.space.case.periods]
    paid = lifted.value(of.x) * lifted.axis.data("cost")
    out: dict[str, Vector] = {}
    rows = zip(*(lifted.axis.labels.words(column).tolist() for column in ("supply", "period")), strict=True)
    for (supply, period), value in zip(rows, paid.tolist(), strict=True):
        out.setdefault(f"supply:{supply}", np.zeros(len(periods)))[periods.index(period)] += value
    return out


def _cash(of: Solved, family: str) -> float:
    """The cash terms of a family, MUSD."""
    cash = [(term.expr.value(of.x), term.expr.axis) for term in _terms(of) if term.kind == "cash"]
    return float(sum(float(value[of_family(of.space, over, family)].sum()) for value, over in cash if len(over)))


def paid_by(payments: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Payments added up by some of their columns: receipts, real cost with its band, margin, share of all receipts."""
    sums = payments.groupby(list(by), sort=False, as_index=False)[[*MONEY, "margin"]].agg(pd.Series.sum, skipna=False)
    whole = float(sums["receipts"].sum())
    sums = sums.assign(share=sums["receipts"] / whole if whole else np.nan)
    return sums.sort_values("receipts", ascending=False, kind="stable").reset_index(drop=True)


def margins(payments: pd.DataFrame) -> Vector:
    """What each row leaves above real cost, then the least and the most of it by the band; shape (3, rows), MUSD."""
    costs = payments[["real_cost", "cost_high", "cost_low"]].to_numpy(dtype=float).T
    left: Vector = payments["receipts"].to_numpy(dtype=float) - costs
    return left


def on_the_way(payments: pd.DataFrame) -> pd.DataFrame:
    """The payments for arcs: those to shippers apart."""
    return payments[payments["kind"] != SHIPPER]
