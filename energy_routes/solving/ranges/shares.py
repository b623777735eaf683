"""The least and the most of shares: ratios of two volumes of the same plan."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import sparse

from energy_routes.linear import Sense, Vector, best_ratio
from energy_routes.solving.ranges.near import DUST, Near
from energy_routes.solving.ranges.volumes import Volumes


def share_ends(near: Near, of: Volumes, low: Vector, high: Vector) -> tuple[Vector, Vector]:
    """The least and the most share of each volume, 0 to 1, from the ends of the volumes; NaN where it has none.

    Where the whole is the same in all plans it is a division.  Else it is a ratio, which takes some solves more.
    """
    least, most = near.ends(of.wholes)
    start, whole = of.weights @ near.start, np.append(of.wholes @ near.start, 0.0)[of.whole]
    fixed = np.append(most - least <= DUST * np.maximum(1.0, most), True)[of.whole]
    shared = (of.whole >= 0) & (whole > DUST)
    out = np.full((2, len(low)), np.nan)
    for row, (end, sense, way) in enumerate(_SIDES):
        known = low if end == "low" else high
        simple = shared & (fixed | ((end == "low") & (known <= DUST)))
        out[row, simple] = known[simple] / whole[simple]
        for at in np.flatnonzero(shared & ~simple & np.isfinite(known)).tolist():
            part, of_whole = _dense(of.weights, at), _dense(of.wholes, int(of.whole[at]))
            out[row, at] = best_ratio(partial(near.point, sense), part, of_whole, float(start[at] / whole[at]), way)
    return out[0], out[1]


_SIDES: tuple[tuple[str, Sense, float], ...] = (("low", "min", -1.0), ("high", "max", 1.0))


def _dense(matrix: sparse.csr_matrix, row: int) -> Vector:
    return np.asarray(matrix[row].toarray().ravel(), dtype=float)
