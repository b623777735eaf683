"""The least or the most of a ratio of two linear sums over a polytope."""

from __future__ import annotations

from collections.abc import Callable

from energy_routes.linear.expressions import Vector

EXACT = 1e-10  # of the whole: a ratio that a step betters by less is the best
NOTHING = 1e-9  # a whole no larger than this has no parts
ROUNDS = 60


def best_ratio(best: Callable[[Vector], Vector | None], part: Vector, whole: Vector, ratio: float, way: float) -> float:
    """The most (``way`` +1) or the least (−1) of part·x / whole·x, from a ratio that is no better than that.

    ``best`` gives a point that makes a cost the most, or the least, with the same ``way``.  part − λ·whole is made so,
    λ the ratio of the point before: exact after a few solves.  NaN where there is no point, or nothing to divide by.

    References
    ----------
    W. Dinkelbach, "On nonlinear fractional programming", Management Science 13 (1967), doi:10.1287/mnsc.13.7.492.
    """
    for _ in range(ROUNDS):
        x = best(part - ratio * whole)
        if x is None:
            return float("nan")
        own, of = float(part @ x), float(whole @ x)
        if way * (own - ratio * of) <= EXACT * max(1.0, of):
            return ratio
        if of <= NOTHING:
            return float("nan")
        ratio = own / of
    return float("nan")
