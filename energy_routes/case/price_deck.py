"""A price deck: one's own prices, tariffs and exchange rates, laid over a pack from a CSV or Excel file.

=================================  =========  =====  ===========  ======
target                             period     value  unit         source
=================================  =========  =====  ===========  ======
market:AUGUSTA.price               2026-03    71.4   USD/bbl      …
market:*.price                     2027       68     USD/bbl      …
arc:KTO_ATY.tariff                            9500   KZT/t        …
fx:KZT                             2026       515    KZT/USD      …
=================================  =========  =====  ===========  ======

A target is what ``--set`` calls it; ``*`` and ``?`` stand for any letters of its name.  A blank period means always; a
month beats a season (``*-03``), that a year, that always; a year has the mean of its months.  Without a unit a value is
in the unit in which the figures of its targets are written, if that is one.  A deck lies over the pack and under the
edits of the model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

import pandas as pd

from energy_routes.case.edits import edits_of
from energy_routes.case.model_file import EditFile
from energy_routes.errors import DataError, Fault, UsageError, refuse
from energy_routes.network import TARGETS, Edit, Network, parse_target
from energy_routes.pack import (
    DATED,
    TABLES,
    Period,
    answered,
    months_of,
    nearest,
    number,
    own_units,
    read_rows,
    spanned,
)

COLUMNS = ("target", "period", "value", "unit", "source", "note")
REQUIRED = ("target", "value")
PRICED = {table: [c for c in TABLES[table].dated if TABLES[table].column(c).dimension == "unit_value"]
          for table in dict.fromkeys(TARGETS.values())}  # fmt: skip


@dataclass(frozen=True)
class Quote:
    """One row of a deck: its spreadsheet row, and what it says."""

    row: int
    target: str
    period: str
    value: float
    unit: str
    source: str
    note: str

    @property
    def rank(self) -> int:
        """How particular its period is: always, a year, a season, a month."""
        return 0 if not self.period else 1 if "-" not in self.period else 2 if self.period[0] == "*" else 3

    def holds(self, period: Period) -> bool:
        return not self.period or period.matches(self.period)


def deck_edits(network: Network, periods: Sequence[Period], deck: str | Path | pd.DataFrame,
               accepted: Collection[str] = ()) -> tuple[Edit, ...]:
    """The edits of a deck in this horizon, the most particular last.  Rows of other periods are passed over.

    Raises DataError with every fault: an unknown column, target, period or unit, no exchange rate for a currency, a
    figure that is no unit value, or is not plausible (and neither ``accepted`` nor called checked in its note), or a
    deck that says nothing of the horizon.
    """
    name, rows, faults = read_rows(deck, "price deck", COLUMNS, REQUIRED)
    quotes = list(_quotes(name, rows, faults))
    rates = [q for q in quotes if q.target.startswith("fx:")]
    prices = sorted((q for q in quotes if not q.target.startswith("fx:")), key=lambda q: q.rank)
    months = months_of(periods)
    inside = [q for q in prices if any(q.holds(month) for month in months)]
    if prices and not inside and not faults:
        span = spanned([period.label for period in periods])
        faults.append(Fault(name, 0, "period", "no row of this horizon", f"rows of {span}, or with a blank period"))
    made = [(q, list(_edits(name, q, rates, network, months, faults, accepted))) for q in inside]
    faults += [*_twice(name, [(q, {q.target}) for q in rates]),
               *_twice(name, [(q, {f"{e.target}.{e.field}" for e in edits}) for q, edits in made])]
    refuse(name, faults)
    return tuple(edit for _, edits in made for edit in edits)


def _twice(name: str, quotes: Sequence[tuple[Quote, set[str]]]) -> Iterator[Fault]:
    """Rows that leave nothing of one before them: every figure of it again, for the same period."""
    for at, (new, figures) in enumerate(quotes):
        for old, covered in quotes[:at]:
            if old.period == new.period and covered and covered <= figures:
                found = f"{new.target} again, for the same period: nothing is left of row {old.row}"
                yield Fault(name, new.row, "target", found, "each figure of a period once",
                            "Remove one of the two; a row for some of a pattern's names stands below it.")


def _quotes(name: str, rows: Sequence[tuple[int, dict[str, str]]], faults: list[Fault]) -> Iterator[Quote]:
    for at, row in rows:
        period = row["period"]
        if period and not DATED.match(period):
            expected = "a year 2026, a month 2026-03, every March *-03, or blank"
            faults.append(Fault(name, at, "period", repr(period), expected))
            continue
        if not (row["target"] and row["value"]):
            continue  # told already
        try:
            value = number(row["value"])
        except ValueError:
            faults.append(Fault(name, at, "value", repr(row["value"]), "a number with a decimal point"))
            continue
        yield Quote(at, row["target"], period, value, row["unit"], row["source"], row["note"])


def _edits(
    name: str, quote: Quote, rates: Sequence[Quote], network: Network, months: Sequence[Period], faults: list[Fault],
    accepted: Collection[str],
) -> Iterator[Edit]:
    """A quote as edits: one a figure it names, and one a rate at which its currency is exchanged."""
    target, _, field = quote.target.rpartition(".")
    try:
        table, pattern = parse_target(target)
    except UsageError:
        expected = "such as market:AUGUSTA.price, arc:BTC.tariff or fx:KZT"
        faults.append(Fault(name, quote.row, "target", repr(quote.target), expected, nearest(target, TARGETS)))
        return
    if field not in PRICED[table]:
        expected = f"a unit value of {table}: {', '.join(PRICED[table]) or 'there is none'}"
        faults.append(Fault(name, quote.row, "target", repr(quote.target), expected, nearest(field, PRICED[table])))
        return
    ids = network.ids(table)
    hits = [pattern] if pattern in ids else [i for i in ids if fnmatchcase(i, pattern)]
    if not hits:
        faults.append(Fault(name, quote.row, "target", f"no row of {table} is called {pattern!r}", "a row of that "
                            "table, or a pattern such as market:*.price", nearest(pattern, ids)))  # fmt: skip
        return
    own = {unit for hit in hits for unit in own_units(network.packs, table, hit, field)}
    if not quote.unit and quote.value and len(own) > 1:
        faults.append(Fault(name, quote.row, "unit", f"blank: what {quote.target} names is written in several units",
                            " or ".join(sorted(own)), "Write the unit."))  # fmt: skip
        return
    for value, unit, spans in _in_dollars(name, quote, rates, months, faults):
        for hit in hits:
            change = {"set": value, **({"unit": unit} if unit else {})}
            reason = f"price deck {name}" + (f": {quote.note}" if quote.note else "")
            file = EditFile.model_validate({"target": f"{target.partition(':')[0]}:{hit}", "reason": reason,
                                            "source": quote.source, "periods": list(spans), field: change})  # fmt: skip
            meant = {f"{file.target}.{field}"} if answered(quote.note) else set()
            try:
                yield from edits_of(network, [file], months, name, {*accepted, *meant})
            except DataError as error:
                faults += [_told(name, quote, unit, f) for f in error.faults]
                return


def _told(name: str, quote: Quote, unit: str, fault: Fault) -> Fault:
    """A fault of an edit as one of the row that it was made of."""
    exchanged = f"{quote.value:g} {quote.unit} at the rate given: " if unit != quote.unit else ""
    column = "unit" if "unit" in fault.found else "value"
    of = "" if fault.column.startswith(quote.target) else f" for {fault.column}"
    return Fault(name, quote.row, column, f"{exchanged}{fault.found}{of}", fault.expected, fault.repair)


def _in_dollars(
    name: str, quote: Quote, rates: Sequence[Quote], months: Sequence[Period], faults: list[Fault]
) -> Iterator[tuple[float, str, tuple[str, ...]]]:
    """(value, unit, periods) in dollars: as written, or exchanged at the rate of each month."""
    currency, slash, per = quote.unit.partition("/")
    own = (quote.period,) if quote.period else ()
    if not slash or currency == "USD" or not (len(currency) == 3 and currency.isupper()):
        yield quote.value, quote.unit, own
        return
    exchanged: dict[float, list[Period]] = {}
    for month in (m for m in months if quote.holds(m)):
        known = [r for r in rates if r.target == f"fx:{currency}" and r.holds(month)]
        if not known:
            faults.append(Fault(name, quote.row, "unit", f"{quote.unit} in {month.label}, without an exchange rate",
                                f"a row fx:{currency} of that period", f"Add fx:{currency},{month.label},…,"
                                f"{currency}/USD."))  # fmt: skip
            return
        rate = max(known, key=lambda r: r.rank)
        if rate.value <= 0 or rate.unit not in (f"{currency}/USD", f"USD/{currency}"):
            faults.append(Fault(name, rate.row, "unit", f"{rate.value:g} {rate.unit}", f"a rate above 0 in "
                                f"{currency}/USD or USD/{currency}"))  # fmt: skip
            return
        dollars = quote.value / rate.value if rate.unit.endswith("/USD") else quote.value * rate.value
        exchanged.setdefault(dollars, []).append(month)
    for dollars, at in exchanged.items():
        yield dollars, f"USD/{per}", tuple(_labels(at))


def _labels(months: Sequence[Period]) -> Iterator[str]:
    """The labels of some months; that of the year where all of its months are among them."""
    for year, own in groupby(months, key=lambda month: month.year):
        labels = [month.label for month in own]
        yield from [str(year)] if len(labels) == 12 else labels
