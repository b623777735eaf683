"""How concentrated volumes are over routes, countries or markets."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def hhi(volumes: ArrayLike) -> float:
    """Herfindahl–Hirschman index Σ s_i², from 1/N (even) to 1 (all in one); NaN where nothing moves.

    ``volumes``: shape (N,), ≥ 0, any unit.  Herfindahl 1950; used for routes by ENTSOG, Gas Regional Investment
    Plan South.
    """
    share = _shares(volumes)
    return float((share**2).sum()) if len(share) else float("nan")


def effective_number(volumes: ArrayLike) -> float:
    """1/HHI: as many equal routes would be as concentrated.

    ``volumes``: shape (N,), ≥ 0.
    """
    return 1.0 / hhi(volumes)


def weighted_hhi(volumes: ArrayLike, risk: ArrayLike) -> float:
    """Risk-weighted HHI Σ r_i s_i², from 0 (all of it without risk) to 1; NaN where nothing moves.

    ``volumes``: shape (N,), ≥ 0; ``risk``: shape (N,), 0 (safe) to 1.  The form of the IEA's price component of supply
    security, ESMC_pol (Lefèvre 2007), read from secondary literature.
    """
    values, weight = np.asarray(volumes, dtype=float), np.asarray(risk, dtype=float)
    total = values.sum()
    return float((weight * values**2).sum() / total**2) if total > 0 else float("nan")


def shannon_wiener(volumes: ArrayLike) -> float:
    """Shannon–Wiener index −Σ s_i ln s_i, from 0 (all in one) to ln N.

    ``volumes``: shape (N,), ≥ 0.
    """
    share = _shares(volumes)
    return float(-(share * np.log(share)).sum()) if len(share) else float("nan")


def shannon_wiener_neumann(volumes: ArrayLike, risk: ArrayLike, home_share: float = 0.0) -> float:
    """Shannon–Wiener–Neumann index −(1 + g) Σ (1 − r_i) s_i ln s_i; higher is safer, NaN where nothing moves.

    ``volumes``: shape (N,), ≥ 0; ``risk`` r: shape (N,), 0 (safe) to 1; ``home_share`` g (0–1): what is produced at
    home (0 leaves SWNI1).  Neumann 2004, Jansen et al. 2004, read from secondary literature.
    """
    values, weight = np.asarray(volumes, dtype=float), 1.0 - np.asarray(risk, dtype=float)
    moving = values > 0
    share = _shares(values)
    if not len(share):
        return float("nan")
    return float(-(1.0 + home_share) * (weight[moving] * share * np.log(share)).sum())


def largest_share(volumes: ArrayLike) -> float:
    """Share of the single largest group, 0–1.

    ``volumes``: shape (N,), ≥ 0.
    """
    share = _shares(volumes)
    return float(share.max()) if len(share) else float("nan")


def exit_route_diversification(capacities: ArrayLike, borders: ArrayLike) -> float:
    """Concentration of exit capacity over borders: Σ_b (Σ_{k at b} share of capacity k)², from 1/B to 1.

    ``capacities``: shape (K,), ≥ 0, of the exit points; ``borders``: shape (K,), the border (or terminal) of each.
    The exporter's mirror of ENTSOG's Import Route Diversification: low is diverse; points at one border are one.
    """
    size, names = np.asarray(capacities, dtype=float), np.asarray(borders, dtype=object)
    return hhi([size[names == name].sum() for name in dict.fromkeys(names.tolist())])


def _shares(volumes: ArrayLike) -> Floats:
    values = np.asarray(volumes, dtype=float)
    total = values.sum()
    return values[values > 0] / total if total > 0 else values[:0]
