"""What no point of a programme can pass, from any duals: a safe bound, whatever rounding the solver did.

For every x between its bounds, and every y, cost·x = y·(A·x) + (cost − Aᵀ·y)·x, and both parts are at most what their
bounds let them be.  So the bound holds for whatever y; a y near the optimal duals makes it tight.

A. Neumaier and O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming", Mathematical Programming
99 (2004), doi:10.1007/s10107-003-0433-3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from energy_routes.audit.proof.programme import Index, Key, Programme, Vector, summed

EXACT = 20_000  # coefficients up to which the bound is reckoned in exact rationals
UNIT = 2.0**-53  # of rounding to nearest
FAR = 1e3
ROUNDS = 60
WIDER = 1e-9  # relative and absolute: by so much are implied bounds taken wider than they were reckoned


@dataclass(frozen=True)
class Bound:
    """What the objective cannot pass, and the columns without any limit for which a ``box`` was taken."""

    value: float
    boxed: tuple[Key, ...]
    box: float


def safe_bound(of: Programme) -> Bound:
    """The most (of a least-cost programme the least) that the objective can be, rounded away from the optimum.

    A column that neither its own bounds nor the rows limit is taken to stay in a box of ``FAR`` times the largest
    number of bounds and point; it is named where its reduced cost is not on the right side of 0, to the last digit.
    """
    sign = 1.0 if of.sense == "max" else -1.0
    dual = sign * of.dual
    dual = np.where((dual > 0) & np.isposinf(of.row_upper) | (dual < 0) & np.isneginf(of.row_lower), 0.0, dual)
    lower, upper = implied(of)
    box = FAR * _largest(lower, upper, of.x)
    ends = np.where(np.isneginf(lower), -box, lower), np.where(np.isposinf(upper), box, upper)
    exact = len(of.val) <= EXACT
    value, low, high = (_exact if exact else _outward)(of, sign, dual, *ends)
    used = (high > 0) & np.isposinf(upper) | (low < 0) & np.isneginf(lower)
    return Bound(sign * value, tuple(of.columns[at] for at in np.flatnonzero(used).tolist()), box)


def _largest(*numbers: Vector) -> float:
    every = np.abs(np.concatenate(numbers))
    return float(np.max(every[np.isfinite(every)], initial=1.0))


def _exact(of: Programme, sign: float, dual: Vector, lower: Vector, upper: Vector) -> tuple[float, Vector, Vector]:
    """The bound in rationals, of which only the last rounding, upwards, is not exact; reduced costs, twice."""
    reduced = [Fraction(sign * cost) for cost in of.cost.tolist()]
    prices = [Fraction(price) for price in dual.tolist()]
    for row, col, val in zip(of.row.tolist(), of.col.tolist(), of.val.tolist(), strict=True):
        if prices[row]:
            reduced[col] -= prices[row] * Fraction(val)
    total = Fraction(sign * of.offset)
    for factors, low, high in ((prices, of.row_lower, of.row_upper), (reduced, lower, upper)):
        for factor, least, most in zip(factors, low.tolist(), high.tolist(), strict=True):
            if factor:
                total += factor * Fraction(most if factor > 0 else least)
    side = np.array([(factor > 0) - (factor < 0) for factor in reduced], dtype=np.float64)
    return math.nextafter(float(total), math.inf), side, side


def _outward(of: Programme, sign: float, dual: Vector, lower: Vector, upper: Vector) -> tuple[float, Vector, Vector]:
    """The bound in floating point; every sum is widened by the most that its roundings can have lost (Higham's γ).

    With it the least and the most that each reduced cost can be.
    """
    columns, parts = len(of.columns), of.val * dual[of.row]
    longest = 2 + int(np.bincount(of.col, minlength=columns).max(initial=0))
    gamma = longest * UNIT / (1.0 - longest * UNIT)
    reduced = sign * of.cost - summed(of.col, parts, columns)
    width = 2.0 * gamma * (np.abs(of.cost) + summed(of.col, np.abs(parts), columns))
    low, high = reduced - width, reduced + width
    most = np.maximum(_most(low, lower, upper), _most(high, lower, upper))
    items = np.concatenate([most, _most(dual, of.row_lower, of.row_upper), [sign * of.offset]])
    return math.nextafter(math.fsum(items.tolist()), math.inf), low, high


def _most(factor: Vector, low: Vector, high: Vector) -> Vector:
    """The most that factor × value can be between two ends, rounded up; 0 where the factor is."""
    with np.errstate(invalid="ignore"):
        return np.where(factor == 0, 0.0, np.nextafter(factor * np.where(factor > 0, high, low), np.inf))


def implied(of: Programme) -> tuple[Vector, Vector]:
    """Bounds of columns; where one has none, that which the rows imply, taken a little wider.

    A lane without a limit carries no more than what can come to its node.
    """
    lower, upper = of.lower.copy(), of.upper.copy()
    for _ in range(ROUNDS):
        open_low, open_high = np.isneginf(lower), np.isposinf(upper)
        if not (open_low.any() or open_high.any()):
            break
        low, high = _by_rows(of, lower, upper)
        lower, upper = np.where(open_low, low, lower), np.where(open_high, high, upper)
        if (np.isneginf(lower) == open_low).all() and (np.isposinf(upper) == open_high).all():
            break
    return lower, upper


def _by_rows(of: Programme, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
    """What each row leaves a column, given the bounds of its other columns."""
    rows, columns = len(of.rows), len(of.columns)
    up = of.val > 0
    least = of.val * np.where(up, lower[of.col], upper[of.col])
    most = of.val * np.where(up, upper[of.col], lower[of.col])
    room = of.row_upper[of.row] - _others(least, of.row, rows)  # val × x is at most this …
    floor = of.row_lower[of.row] - _others(most, of.row, rows)  # … and at least this
    with np.errstate(invalid="ignore"):
        highs, lows = np.where(up, room, floor) / of.val, np.where(up, floor, room) / of.val
    out_high, out_low = np.full(columns, np.inf), np.full(columns, -np.inf)
    np.minimum.at(out_high, of.col, np.nan_to_num(highs, nan=np.inf, posinf=np.inf, neginf=-np.inf))
    np.maximum.at(out_low, of.col, np.nan_to_num(lows, nan=-np.inf, posinf=np.inf, neginf=-np.inf))
    return out_low - WIDER * (1.0 + np.abs(out_low)), out_high + WIDER * (1.0 + np.abs(out_high))


def _others(ends: Vector, row: Index, rows: int) -> Vector:
    """Σ of the ends of all other entries of the same row; infinite where one of the others is."""
    endless = np.isinf(ends)
    finite = np.where(endless, 0.0, ends)
    sums, count = summed(row, finite, rows), summed(row, endless.astype(np.float64), rows)
    others = count[row] - endless
    sign = np.where(summed(row, np.where(endless, np.sign(ends), 0.0), rows)[row] < 0, -np.inf, np.inf)
    return np.where(others > 0, sign, sums[row] - finite)
