"""The state's side of a plan: duty, rent tax and extraction tax by their brackets, where these are sourced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from energy_routes.network import Network, in_term
from energy_routes.pack import Period, annotated, years_of
from energy_routes.plan.plan import Plan

COLUMNS = (
    "tax", "of", "year", "supply", "shipper", "family", "volume", "unit", "price", "value", "low", "high", "status",
)  # fmt: skip
EXEMPT, NOT_SOURCED, NO_PRICE = "exempt", "not sourced", "no price"
SEEN = 1e-6  # Mt or bcm: what is less is not worth a row
WHOLE = 1 - 1e-6  # of a year
Brackets = list[tuple[Mapping[str, Any], float]]  # rows of the table, with the share of the year in which they hold


class Taxed(NamedTuple):
    """What a supply is taxed on in a calendar year: Mt (bcm), its length in years, content a unit (bbl/t or MJ/m³)."""

    supply: str
    family: str
    year: int
    volume: float
    years: float
    content: float


@annotated
def taxes(plan: Plan) -> pd.DataFrame:
    """What the state takes of a plan by the table ``fiscal``: a report, which no plan is chosen by.

    Parameters
    ----------
    plan : Plan
        A plan of a case whose pack has the table; without it no row comes back.

    Returns
    -------
    DataFrame
        A row a tax, calendar year and own supply.  ``volume`` (Mt, bcm) is what is taxed: lifted, sold abroad, or kept
        at home, as ``of`` says; ``price`` (USD/bbl) the world price, the mean over the year's days; ``value`` (MUSD)
        the volume at it.  ``low`` and ``high`` (MUSD) differ where brackets are of the output of one contract: a supply
        may be many, which pay the lowest rate at least.  ``status`` is blank where the tax is found; else 'exempt' (0),
        'not sourced' or 'no price' (undefined).
    """
    table = plan.case.network.tables["fiscal"]
    kinds = dict.fromkeys(zip(table["tax"].tolist(), table["of"].tolist(), strict=True))
    rows = [_row(plan, tax, of, taxed, brackets) for tax, of in kinds for taxed in _taxed(plan, of)
            if (brackets := _brackets(plan.case.network, tax, of, taxed))]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def taxes_by_kind(found: pd.DataFrame) -> pd.DataFrame:
    """What :func:`taxes` finds by tax and family: ``low`` and ``high`` (MUSD), and volumes by status (Mt, bcm).

    ``taxed``, ``exempt`` and ``open`` (not sourced) are volumes.
    """
    status = found["status"].map({"": "taxed", EXEMPT: "exempt"}).fillna("open")
    volumes = pd.DataFrame({name: found["volume"].where(status == name, 0.0) for name in ("taxed", "exempt", "open")})
    money = found[["low", "high"]].fillna(0.0)
    return pd.concat([found[["tax", "family"]], money, volumes], axis=1).groupby(
        ["tax", "family"], sort=False, as_index=False).sum()  # fmt: skip


def _taxed(plan: Plan, of: str) -> Iterator[Taxed]:
    """The own supplies with something that is taxed, by year."""
    lifted, sold = plan.supplies, plan.schedule
    own = lifted[lifted["kind"] == "own"]
    if of == "output":
        volumes = own.assign(volume=own["lifted"])
    else:
        volumes = sold[sold["supply"].isin(own["supply"]) & (sold["export"].astype(bool) == (of == "export"))]
    years = years_of(plan.case.periods)
    sums = volumes.assign(year=volumes["period"].str[:4].astype(int)).groupby(
        ["year", "supply", "family"], sort=False)["volume"].sum()  # fmt: skip
    grades = plan.case.network.tables["commodities"].set_index("id")[["bbl_per_t", "mj_per_m3"]]
    grade = own.drop_duplicates("supply").set_index("supply")["commodity"]
    columns = (sums.reset_index()[column].tolist() for column in ("year", "supply", "family", "volume"))
    for year, supply, family, volume in zip(*columns, strict=True):
        if volume > SEEN:
            barrels, heat = (float(content) for content in grades.loc[grade[supply]])
            yield Taxed(supply, family, year, volume, years[year], heat if barrels != barrels else barrels)


def _row(plan: Plan, tax: str, of: str, own: Taxed, brackets: Brackets) -> Sequence[object]:
    """What a supply pays of one tax in a year."""
    network = plan.case.network
    shipper = network.tables["supplies"].set_index("id")["shipper"][own.supply]
    labels = (tax, of, str(own.year), own.supply, shipper, own.family, own.volume, network.units("volume")[own.family])
    if any(own.supply in row["exempt"] for row, _ in brackets):
        return (*labels, np.nan, np.nan, 0.0, 0.0, EXEMPT)
    market = next((row["market"] for row, _ in brackets if isinstance(row["market"], str)), "")
    price = _world_price(plan, market, own) if market else np.nan
    value = own.volume * own.content * price
    scales = {row["scale"] for row, _ in brackets if isinstance(row["scale"], str)}
    if np.isnan(price) and any(row["rate"] == row["rate"] for row, _ in brackets):
        return (*labels, price, value, np.nan, np.nan, NO_PRICE)
    output = 1000.0 * own.volume / own.years  # kt (mcm) at the pace of a year
    ends = ((0.0, output) if scales == {"output"} else (price, price)) if scales else (np.nan, np.nan)
    amounts = [_amount(brackets, at, value, own.volume) for at in ends]
    status = NOT_SOURCED if np.isnan(amounts).any() else ""
    low, high = (np.nan, np.nan) if status else sorted(amounts)
    return (*labels, price, value, low, high, status)


def _brackets(network: Network, tax: str, of: str, own: Taxed) -> Brackets:
    """The rows of a tax that hold in a year, with the share of the year."""
    blank = {"above": 0.0, "up_to": np.inf}  # what a blank end of a bracket means
    table = network.tables["fiscal"].astype(dict.fromkeys(blank, float)).fillna(blank)
    held = in_term(network, [Period(str(own.year), own.year)], "fiscal")[:, 0]
    rows = zip(table.to_dict("records"), held.tolist(), strict=True)
    return [({str(name): cell for name, cell in row.items()}, share) for row, share in rows
            if (row["family"], row["tax"], row["of"]) == (own.family, tax, of) and share > 0]  # fmt: skip


def _amount(brackets: Brackets, at: float, value: float, volume: float) -> float:
    """What is due at a place on the scale, MUSD; undefined where some part of the year has no sourced bracket."""
    due, covered = 0.0, 0.0
    for row, share in brackets:
        if np.isnan(at) or row["above"] <= at < row["up_to"]:  # one rate for all has no scale
            covered += share
            due += share * (volume * row["charge"] if np.isnan(row["rate"]) else value * row["rate"])
    return due if covered > WHOLE else np.nan


def _world_price(plan: Plan, market: str, own: Taxed) -> float:
    """The price of a market's reference grade, else of the own one, USD/bbl: the mean over the year's days."""
    network = plan.case.network
    periods = [period for period in plan.case.periods if period.year == own.year]
    at = network.ids("markets").index(market)
    prices = network.resolve("markets", "price", periods)[at]
    grades = network.tables["commodities"].set_index("id")["bbl_per_t"]
    content = float(grades.get(network.tables["markets"]["reference"].iloc[at], own.content))
    return float(np.average(prices, weights=[period.years for period in periods]) / content)
