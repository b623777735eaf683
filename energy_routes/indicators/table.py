"""The indicators of a plan as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from energy_routes.indicators.concentration import (
    effective_number,
    hhi,
    largest_share,
    shannon_wiener,
    shannon_wiener_neumann,
    weighted_hhi,
)
from energy_routes.pack import PARTITIONS

PLAIN = (hhi, effective_number, shannon_wiener, largest_share)


def indicator_table(
    groups: pd.DataFrame, families: Sequence[str], risk: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Indicators over the horizon: HHI, effective number, Shannon–Wiener of partition kinds; every group's share.

    Transit countries and chokepoints do not partition the exports (BTC crosses three countries), so they have shares
    only.  With ``risk`` (0–1 by transit set), transit sets have their risk-weighted HHI and Shannon–Wiener–Neumann.
    """
    total = groups[groups["period"] == "total"]
    rows = []
    for family in families:
        own = total[total["family"] == family]
        for kind in PARTITIONS:
            chosen = own[own["kind"] == kind]
            if len(chosen):
                volumes = chosen["volume"]
                rows += [(family, measure.__name__, kind, "", measure(volumes), "1") for measure in PLAIN]
                if kind == "transit_set" and risk is not None:
                    weight = np.array([risk[group] for group in chosen["group"]], dtype=float)
                    for name, value in (("risk_weighted_hhi", weighted_hhi(volumes, weight)),
                                        ("shannon_wiener_neumann", shannon_wiener_neumann(volumes, 1.0 - weight))):
                        rows.append((family, name, kind, "", value, "1"))
        rows += [
            (family, "share", kind, group, share, "1")
            for kind, group, share in zip(own["kind"], own["group"], own["share"], strict=True)
        ]
    return pd.DataFrame(rows, columns=["family", "indicator", "kind", "group", "value", "unit"])
