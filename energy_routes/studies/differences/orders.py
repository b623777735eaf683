"""Every order in which changes can be made one by one, weighed alike: the Shapley value, where some orders are barred.

A set of changes is a whole number whose bit g says that change g is made.  A set that has no plan bars all orders that
pass through it.  What a change brings is its mean step over the other orders: with none barred, the Shapley value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np

from energy_routes.linear import Vector


@dataclass(frozen=True, eq=False)
class Weights:
    """What each change brings as a weighted sum of what sets are worth: ``weight`` has shape (changes, sets).

    ``sets`` are those that some order passes through; ``share`` is that of orders that are not barred.  Where all
    are, ``sets`` is empty, and after the changes of ``reached`` none of the rest can be made alone.
    """

    sets: tuple[int, ...]
    weight: Vector
    share: float
    reached: int


def weights(has_plan: Callable[[int], bool], count: int) -> Weights:
    """The weights of ``count`` changes; ``has_plan`` is asked of each set that can be reached, once.

    Source: L. S. Shapley, "A value for n-person games" (1953); with barred orders, the mean over the rest.
    """
    whole = (1 << count) - 1
    ways_to = [0] * (whole + 1)  # orders in which a set can be reached from nothing
    ways_to[0] = int(has_plan(0))
    for at in range(1, whole + 1):
        ways = sum(ways_to[at ^ (1 << g)] for g in range(count) if at >> g & 1)
        ways_to[at] = ways if ways and has_plan(at) else 0
    if not ways_to[whole]:
        reached = max((at for at in range(whole + 1) if ways_to[at]), key=int.bit_count, default=0)
        return Weights((), np.zeros((count, 0)), 0.0, reached)
    ways_on = [0] * (whole + 1)  # orders in which all the rest can then be made
    ways_on[whole] = 1
    for at in range(whole - 1, -1, -1):
        if ways_to[at]:
            ways_on[at] = sum(ways_on[at | 1 << g] for g in range(count) if not at >> g & 1)
    sets = tuple(at for at in range(whole + 1) if ways_to[at] and ways_on[at])
    place = {at: number for number, at in enumerate(sets)}
    weight = np.zeros((count, len(sets)))
    for at in sets:
        for g in range(count):
            if not at >> g & 1 and (on := at | 1 << g) in place:
                step = ways_to[at] * ways_on[on] / ways_to[whole]
                weight[g, place[on]] += step
                weight[g, place[at]] -= step
    return Weights(sets, weight, ways_to[whole] / factorial(count), whole)
