"""Figures that are products of others, found month by month: the mean of a product is not the product of the means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from energy_routes.network.network import Network
from energy_routes.pack import Floats, Period, in_service, means, months_of, totals


def usable(network: Network, periods: Sequence[Period], *, edited: bool = True) -> Floats:
    """What others leave of each arc, Mt (bcm) a year: (capacity × availability − booked)₊, shape (arcs, periods)."""
    months = months_of(periods)
    capacity, availability, booked = (
        network.resolve("arcs", column, months, edited=edited) for column in ("capacity", "availability", "booked")
    )
    return means(np.maximum(in_service(capacity, availability) - booked, 0.0), periods)


def left(network: Network, months: Sequence[Period]) -> Floats:
    """What the edits leave of each arc in each month, from 0 to 1 (all), shape (arcs, months)."""
    now, before = (usable(network, months, edited=edited) for edited in (True, False))
    before = np.where(network.open(months, edited=False), before, now)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(np.isinf(before), np.where(np.isinf(now), 1.0, 0.0), now / before)
    share = np.where(before == 0, 1.0, np.nan_to_num(share, nan=1.0))
    kept: Floats = np.clip(share, 0.0, 1.0) * network.open(months)
    return kept


def in_term(network: Network, periods: Sequence[Period], of: str = "contracts") -> Floats:
    """How much of each period lies inside the term of each contract (or owner), in years, shape (rows, periods)."""
    table = network.tables[of]
    inside = [
        [period.overlap(_label(first), _label(last)) * period.years for period in periods]
        for first, last in zip(table["from_period"], table["to_period"], strict=True)
    ]
    return np.array(inside, dtype=float).reshape(len(table), len(periods))


def committed(network: Network, periods: Sequence[Period]) -> Floats:
    """The volume of each contract inside its term, Mt (bcm) per period, shape (contracts, periods)."""
    months = months_of(periods)
    return totals(network.resolve("contracts", "volume", months) * in_term(network, months), periods)


def sizes(network: Network, column: str, periods: Sequence[Period]) -> Floats:
    """What one unit of each option effect adds, Mt (bcm) a year, tanks in Mt (bcm): shape (option_effects, periods).

    A capacity that the effect leaves blank is that of its option; of a storage it is nothing.
    """
    added, effects = network.resolve("option_effects", column, periods), network.tables["option_effects"]
    if column == "capacity":
        options = pd.Index(network.tables["options"]["id"]).get_indexer(effects["option"])
        of_option = network.resolve("options", "capacity", periods)[options]
        at_storage = effects["target"].str.startswith("storage:").to_numpy(dtype=bool)[:, None]
        added = np.where(np.isnan(added) & ~at_storage, of_option, added)
    return np.nan_to_num(added)


def _label(cell: object) -> str | None:
    """The label of a period, or None for a blank cell."""
    return cell if isinstance(cell, str) and cell else None
