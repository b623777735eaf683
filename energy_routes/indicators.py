"""Measures of diversification: pure numpy, each with its formula and reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from energy_routes.schema import PARTITIONS


def hhi(volumes: ArrayLike) -> float:
    """Herfindahl–Hirschman index Σ s_i², from 1/N (even) to 1 (all in one); NaN where nothing moves.

    ``volumes``: shape (N,), ≥ 0, any unit.  Herfindahl 1950; used for routes by ENTSOG, Gas Regional Investment
    Plan South.
    """
    share = _shares(volumes)
    return float((share**2).sum()) if len(share) else float("nan")


def effective_number(volumes: ArrayLike) -> float:
    """1/HHI: as many equal routes would be as concentrated.  ``volumes``: shape (N,), ≥ 0."""
    return 1.0 / hhi(volumes)


def shannon_wiener(volumes: ArrayLike) -> float:
    """Shannon–Wiener index −Σ s_i ln s_i, from 0 (all in one) to ln N.  ``volumes``: shape (N,), ≥ 0."""
    share = _shares(volumes)
    return float(-(share * np.log(share)).sum()) if len(share) else float("nan")


def largest_share(volumes: ArrayLike) -> float:
    """Share of the single largest group, 0–1.  ``volumes``: shape (N,), ≥ 0."""
    share = _shares(volumes)
    return float(share.max()) if len(share) else float("nan")


def indicator_table(groups: pd.DataFrame, families: Sequence[str]) -> pd.DataFrame:
    """Indicators over the horizon: HHI, effective number and Shannon–Wiener of partition kinds; every group's share.

    Transit countries and chokepoints do not partition the exports (BTC crosses three countries), so they have
    shares only.
    """
    total = groups[groups["period"] == "total"]
    rows = []
    for family in families:
        for kind in PARTITIONS:
            volumes = total.loc[(total["family"] == family) & (total["kind"] == kind), "volume"]
            if len(volumes):
                rows += [
                    (family, measure.__name__, kind, "", measure(volumes), "1")
                    for measure in (hhi, effective_number, shannon_wiener, largest_share)
                ]
        own = total[total["family"] == family]
        rows += [
            (family, "share", kind, group, share, "1")
            for kind, group, share in zip(own["kind"], own["group"], own["share"], strict=True)
        ]
    return pd.DataFrame(rows, columns=["family", "indicator", "kind", "group", "value", "unit"])


def _shares(volumes: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.asarray(volumes, dtype=float)
    total = values.sum()
    return values[values > 0] / total if total > 0 else values[:0]
