"""The rows of tanks that a programme of a case may have, from the raw tables."""

from __future__ import annotations

import math

from energy_routes.audit.facts import defined
from energy_routes.audit.proof.own_columns import Own
from energy_routes.audit.proof.own_rows import Row, Rows, Terms, of_block, sums, widened


def stock_balance(own: Own) -> Rows:
    """What is in a tank is what was in it, and what came, less what went."""
    facts = own.facts
    before = dict(zip(facts.periods, [facts.periods[-1], *facts.periods[:-1]], strict=True))
    for name, grade, period in of_block(own, "stock"):
        label = name, grade, period
        terms: Terms = {("stock", label): 1.0, ("injected", label): -1.0, ("withdrawn", label): 1.0}
        opens = period == facts.periods[0] and facts.word("storages", name, "closing", facts.periods[-1]) != "cyclic"
        opening = 0.0
        if opens:
            named = facts.rows["storages"][name]["commodities"] or own.served("storages", name)
            opening = facts.number("storages", name, "opening", period) if grade == named[0] else 0.0
        else:
            key = "stock", (name, grade, before[period])
            terms[key] = terms.get(key, 0.0) - 1.0
        yield label, Row(opening, opening, terms)


def working_volume(own: Own) -> Rows:
    """All grades in a tank ≤ its volume, and what is built."""
    return _most(own, "stock", "working_volume", level=True)


def injection(own: Own) -> Rows:
    """All that is put in during a period ≤ what can be."""
    return _most(own, "injected", "injection")


def withdrawal(own: Own) -> Rows:
    """All that is taken out during a period ≤ what can be."""
    return _most(own, "withdrawn", "withdrawal")


def _most(own: Own, block: str, field: str, *, level: bool = False) -> Rows:
    facts = own.facts
    for (name, period), terms in _of_tanks(own, block).items():
        most = facts.number("storages", name, field, period) * (1.0 if level else facts.years[period])
        more = widened(own, "storage", name, field, period)
        yield (name, period), Row(-math.inf, defined(most, math.inf), terms | more)


def closing_stock(own: Own) -> Rows:
    """In the end a tank holds what it began with, where its rule says so."""
    facts, last = own.facts, own.facts.periods[-1]
    for (name, period), terms in _of_tanks(own, "stock").items():
        if period == last and facts.word("storages", name, "closing", last) == "opening":
            yield (name, period), Row(facts.number("storages", name, "opening", last), math.inf, terms)


def _of_tanks(own: Own, block: str) -> dict[tuple[str, ...], Terms]:
    labels = of_block(own, block)
    return sums(((name, period), (block, (name, grade, period)), 1.0) for name, grade, period in labels)
