"""Whether what is left is enough: standards of adequacy, and the risk of a path."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def eu_n_minus_1(entry: float, production: float, storage: float, lng: float, largest: float, demand: float,
                 demand_side: float = 0.0) -> float:
    """The EU's N-1 for gas: (EP + P + S + LNG − I) / (D − D_eff) as a fraction; 1 or more meets the standard.

    All in one unit a day (mcm/d): ``entry`` points, ``production``, ``storage`` withdrawal, ``lng`` send-out, the
    ``largest`` single infrastructure, exceptionally high ``demand`` (1 in 20 years), ``demand_side`` measures.  The
    Regulation prints per cent.  Regulation (EU) 2017/1938, Annex II.  For gas only: oil has no such standard.
    """
    left = demand - demand_side
    return (entry + production + storage + lng - largest) / left if left > 0 else float("nan")


def single_largest_infrastructure(capacities: ArrayLike) -> float:
    """The largest single capacity, in the unit given: the I of N-1.  ``capacities``: shape (K,), ≥ 0; NaN if empty."""
    values = np.asarray(capacities, dtype=float)
    return float(values.max()) if len(values) else float("nan")


def remaining_flexibility(flows: ArrayLike, capacities: ArrayLike) -> float:
    """Spare share of capacity, 1 − Σ flow / Σ capacity, 0–1; NaN without capacity.

    ``flows`` and ``capacities``: shape (K,), of the same points and unit.  ENTSOG's Remaining Flexibility in its first
    form (by capacity, not by the growth of demand that later plans use); classes 0–5, 5–15, above 15 %.
    """
    size = float(np.asarray(capacities, dtype=float).sum())
    return 1.0 - float(np.asarray(flows, dtype=float).sum()) / size if size > 0 else float("nan")


def transit_risk(risks: ArrayLike) -> float:
    """Risk that a path through several countries fails: 1 − Π_k (1 − r_k), the countries independent; 0 for none.

    ``risks``: shape (K,), 0 to 1.  At least the weakest link max r_k, which is the other usual reading.
    """
    values = np.asarray(risks, dtype=float)
    return float(1.0 - np.prod(1.0 - values))
