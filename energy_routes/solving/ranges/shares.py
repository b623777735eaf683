"""The least and the most of shares: ratios of two volumes of the same plan."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from energy_routes.linear import Sense, Vector
from energy_routes.solving.ranges.near import DUST, Near
from energy_routes.solving.ranges.volumes import Volumes

EXACT = 1e-9  # of the whole: below it a ratio cannot be bettered
ROUNDS = 60


def share_ends(near: Near, of: Volumes, low: Vector, high: Vector) -> tuple[Vector, Vector]:
    """The least and the most share of each volume, 0 to 1, from the ends of the volumes; NaN where it has none.

    Where the whole is the same in all plans it is a division.  Else it is Dinkelbach's method (1967): with λ the best
    ratio so far, part − λ·whole is made least or most, which is one solve more a step.
    """
    least, most = near.ends(of.wholes)
    start, whole = of.weights @ near.start, np.append(of.wholes @ near.start, 0.0)[of.whole]
    fixed = np.append(most - least <= DUST * np.maximum(1.0, most), True)[of.whole]
    shared = (of.whole >= 0) & (whole > DUST)
    out = np.full((2, len(low)), np.nan)
    for row, (end, sense) in enumerate(_SIDES):
        known = low if end == "low" else high
        simple = shared & (fixed | ((end == "low") & (known <= DUST)))
        out[row, simple] = known[simple] / whole[simple]
        for at in np.flatnonzero(shared & ~simple & np.isfinite(known)).tolist():
            part, of_whole = _dense(of.weights, at), _dense(of.wholes, int(of.whole[at]))
            out[row, at] = _ratio(near, part, of_whole, float(start[at] / whole[at]), sense)
    return out[0], out[1]


_SIDES: tuple[tuple[str, Sense], ...] = (("low", "min"), ("high", "max"))


def _dense(matrix: sparse.csr_matrix, row: int) -> Vector:
    return np.asarray(matrix[row].toarray().ravel(), dtype=float)


def _ratio(near: Near, part: Vector, whole: Vector, ratio: float, sense: Sense) -> float:
    """The least or most of part/whole; NaN where it is not proved."""
    way = 1.0 if sense == "max" else -1.0
    for _ in range(ROUNDS):
        value, x = near.end(part - ratio * whole, sense)
        if x is None:
            return float("nan")
        of = float(whole @ x)
        if way * value <= EXACT * max(1.0, of):
            return ratio
        if of <= DUST:
            return float("nan")
        ratio = float(part @ x) / of
    return float("nan")
