"""The indicators of a plan, each defined once (name, formula, what it is a measure of, unit, text), and their table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import LabelError
from energy_routes.indicators.concentration import (
    effective_number,
    hhi,
    largest_share,
    shannon_wiener,
    shannon_wiener_neumann,
    weighted_hhi,
)
from energy_routes.pack import PARTITIONS


@dataclass(frozen=True)
class Indicator:
    """A measure of the volumes of all groups of a kind, over the horizon.

    ``formula``, whose docstring has the equation and its source, takes the volumes, and where ``weighed`` the risk of
    each group (0–1) after them.  ``kinds``: the kinds of groups that it is taken over.  ``words``: the key of its text
    where a report tells it.
    """

    id: str
    formula: Callable[..., float]
    words: str = ""
    kinds: tuple[str, ...] = PARTITIONS
    weighed: bool = False
    unit: str = "1"


CONCENTRATION = Indicator("hhi", hhi, "indicator.hhi")
RISK_CONCENTRATION = Indicator("risk_weighted_hhi", weighted_hhi, kinds=("transit_set",), weighed=True)
INDICATORS = (
    CONCENTRATION,
    Indicator("effective_number", effective_number, "indicator.effective"),
    Indicator("shannon_wiener", shannon_wiener, "indicator.shannon"),
    Indicator("largest_share", largest_share),
    RISK_CONCENTRATION,
    Indicator("shannon_wiener_neumann", shannon_wiener_neumann, kinds=("transit_set",), weighed=True),
)
SHARE = "share"  # of one group of any kind in what its kind is measured against: read off the groups
KNOWN = (*(indicator.id for indicator in INDICATORS), SHARE)


def rows_of(table: pd.DataFrame, indicator: str, kind: str = "", family: str = "") -> pd.DataFrame:
    """The rows of a table of indicators that hold one of them, of a kind of groups and a family where these are named.

    Raises LabelError for an indicator that is not defined.
    """
    if indicator not in KNOWN:
        raise LabelError(f"no indicator {indicator!r} is defined; expected one of {', '.join(KNOWN)}. "
                         "Define it in INDICATORS (energy_routes/indicators/table.py).")
    asked = (table["kind"].eq(kind) | (not kind)) & (table["family"].eq(family) | (not family))
    return table[table["indicator"].eq(indicator) & asked]


def indicator_table(
    groups: pd.DataFrame, families: Sequence[str], risk: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Indicators over the horizon: HHI, effective number, Shannon–Wiener of partition kinds; every group's share.

    Transit countries and chokepoints do not partition the exports (BTC crosses three countries), so they have shares
    only.  With ``risk`` (0–1 by transit set), transit sets have their risk-weighted HHI and Shannon–Wiener–Neumann.
    """
    total = groups[groups["period"] == "total"]
    volume = total["volume"].to_numpy(dtype=float)
    labels = list(zip(*(total[c].tolist() for c in ("family", "kind", "group", "share")), strict=True))
    rows = []
    for family in families:
        for kind in PARTITIONS:
            chosen = [at for at, label in enumerate(labels) if label[:2] == (family, kind)]
            if chosen:
                measures = _measures(kind, [labels[at][2] for at in chosen], volume[chosen], risk)
                rows += [(family, each.id, kind, "", value, each.unit) for each, value in measures]
        rows += [(family, SHARE, kind, group, share, "1") for own, kind, group, share in labels if own == family]
    return pd.DataFrame(rows, columns=["family", "indicator", "kind", "group", "value", "unit"])


def _measures(
    kind: str, groups: Sequence[str], volume: NDArray[np.float64], risk: Mapping[str, float] | None
) -> Iterator[tuple[Indicator, float]]:
    """Every indicator of a kind with its value over its groups; those weighed by risk only where it is known."""
    for each in (each for each in INDICATORS if kind in each.kinds):
        if not each.weighed:
            yield each, each.formula(volume)
        elif risk is not None:
            yield each, each.formula(volume, np.array([risk[group] for group in groups], dtype=float))
