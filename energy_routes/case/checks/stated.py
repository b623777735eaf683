"""Every figure that a plan needs is stated in every month of the horizon: in its row, dated, or by an edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from energy_routes.case.case import Case
from energy_routes.errors import Fault, refuse
from energy_routes.network import Network, in_term
from energy_routes.pack import TABLES, Period, dated_rows, home, keys_of, months_of

SEVERAL = 2  # markets with dated prices, none of which would be left
OPTIONAL = ("options",)  # only what a plan may build needs its figures


def unstated(network: Network, periods: Sequence[Period]) -> Iterator[Fault]:
    """The rows in use whose figure is stated in no row of a month of the horizon: of other years only, or nowhere."""
    months = months_of(periods)
    for table in (t for name, t in TABLES.items() if name not in OPTIONAL):
        for column in (c for c in table.columns if c.stated):
            if not network.tables[table.name][column.name].isna().any():
                continue
            lost = np.isnan(network.resolve(table.name, column.name, months)) & _in_use(network, table.name, months)
            for row in np.flatnonzero(lost.any(axis=1)):
                key, month = network.ids(table.name)[row], months[int(np.argmax(lost[row]))]
                pack = home(network.packs, table.name, key)
                at = next(k for k, name in enumerate(keys_of(table.name, pack.tables[table.name])) if name == key)
                yield pack.fault(table.name, at, column.name, found=f"{key!r} has no figure in {month.label}",
                                 expected="one in every month of the horizon",
                                 repair="State it in its row, or date a row of values, or set it in the model.")


def unpriced(network: Network, periods: Sequence[Period]) -> Iterator[Fault]:
    """The markets that have no price in any period, so that nothing would be sold there in silence."""
    prices = network.resolve("markets", "price", months_of(periods))
    for row in np.flatnonzero(np.isnan(prices).all(axis=1)):
        name = network.ids("markets")[row]
        pack = home(network.packs, "markets", name)
        values, markets = pack.tables["values"], pack.tables["markets"]
        if name not in set(values["id"].iloc[dated_rows(values, "markets", "price")]):
            yield pack.fault("markets", list(markets["id"]).index(name), "price", found=f"{name!r} has no price",
                             expected="one, here or as dated rows of values",
                             repair="State it, or ask for the least cost: objective = \"cost\".")


def refuse_beyond_prices(case: Case) -> None:
    """Refuse a year that the prices do not reach: a plan would shut everything in.

    One market may close.  In such a year no export market of a pack has a price, of several whose prices are dated.
    Raises DataError naming the periods and the years of the prices.
    """
    if case.policy.objective != "cost":
        refuse(case.name, _beyond_prices(case.network, case.periods))


def _beyond_prices(network: Network, periods: Sequence[Period]) -> Iterator[Fault]:
    prices = network.resolve("markets", "price", months_of(periods))
    ids, export = network.ids("markets"), network.tables["markets"]["export"].astype(bool).to_numpy()
    if not np.isnan(prices[export]).any():
        return
    starts = np.append(0, np.cumsum([len(period.months) for period in periods]))
    for pack in network.packs:
        values = pack.tables["values"]
        dated = values.iloc[dated_rows(values, "markets", "price")]
        follow = set(dated["id"]) & set(pack.tables["markets"]["id"])
        own = [row for row in np.flatnonzero(export) if ids[row] in follow]
        if len(own) < SEVERAL:
            continue
        known = sorted({str(period) for period in dated["period"] if str(period)[:4].isdigit()})
        lost = [period.label for period, start, end in zip(periods, starts, starts[1:], strict=False)
                if np.isnan(prices[own, start:end]).all()]  # fmt: skip
        if lost and known:
            yield Fault(pack.name, column="markets.price",
                        found=f"no market of dated prices has one in {', '.join(lost)}",
                        expected=f"a period of the prices that the pack dates, {known[0]} to {known[-1]}",
                        repair=f"Ask about such a period, or state prices: a deck, or market:{ids[own[0]]}.price.")


def _in_use(network: Network, table: str, months: Sequence[Period]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which rows of a table are in use in each month: open arcs, contracts in their term, all others."""
    if table == "arcs":
        return network.open(months)
    if table == "contracts":
        return in_term(network, months) > 0
    return np.ones((len(network.tables[table]), len(months)), dtype=np.bool_)
