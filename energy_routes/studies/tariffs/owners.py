"""What the owners of a corridor ask, together or each by himself, where demand falls by steps: mathematics alone.

References
----------
A. Cournot, Recherches sur les principes mathématiques de la théorie des richesses (1838), chapter IX: makers of parts
that are used together ask more together than one maker of all would.  J. F. Nash, "The bargaining problem",
Econometrica 18 (1950), doi:10.2307/1907266.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from energy_routes.linear import Vector

ALIKE = 1e-9  # two sums of money are the same within this part of the larger


@dataclass(frozen=True, eq=False)
class Steps:
    """A demand that falls by steps.

    At any charge above ``charges[j + 1]`` and up to ``charges[j]``, ``volumes[j]`` is moved: at a step itself the upper
    value, so that a best charge exists.  Charges fall and volumes rise with j; nothing is moved above ``charges[0]``.
    """

    charges: Vector
    volumes: Vector


def joint(steps: Steps, cost: float) -> int | None:
    """The step at which one owner of all earns most; of several as good the lowest charge.  None where no step pays."""
    earned = (steps.charges - cost) * steps.volumes
    if not len(earned) or earned.max() <= 0.0:
        return None
    return int(np.flatnonzero(earned >= earned.max() * (1.0 - ALIKE))[-1])


class Held(NamedTuple):
    """A step that holds: no owner gains by asking more or less.

    ``low`` and ``high``: the least and the most that one of them can earn a unit there, over all splits that hold.
    """

    step: int
    low: float
    high: float


def held(steps: Steps, cost: float, owners: int) -> Iterator[Held]:
    """The steps at which ``owners`` that each set a charge of their own come to rest, the highest charge first.

    Where a step j holds, the margins m of the owners add up to K = charges[j] − cost, and each lies in [L, U]: with
    less than L he would ask more and let volume go, with more than U he would ask less for more volume.  With w the
    charges and Q the volumes,

        L = max over k < j of (w[k] − w[j]) · Q[k] / (Q[j] − Q[k]),
        U = min over k > j of (w[j] − w[k]) · Q[k] / (Q[k] − Q[j]).

    So j holds if and only if n·L ≤ K ≤ n·U.  There are idle ends, too, which are not told: where the others already ask
    more than the highest step, nobody can bring volume back alone.
    """
    w, q = steps.charges, steps.volumes
    for j in range(len(w)):
        room = float(w[j] - cost)
        above, below = slice(j), slice(j + 1, None)
        low = float(((w[above] - w[j]) * q[above] / (q[j] - q[above])).max(initial=0.0))
        high = float(((w[j] - w[below]) * q[below] / (q[below] - q[j])).min(initial=np.inf))
        slight = ALIKE * max(1.0, abs(room))
        if room >= 0.0 and owners * low <= room + slight and room <= owners * high + slight:
            others = owners - 1
            yield Held(j, max(low, room - others * high) if others else room, min(high, room - others * low))


class Point(NamedTuple):
    """A charge, the volume moved at it, and what the carriers earn above their real costs and the shipper gains."""

    charge: float
    volume: float
    carriers: float
    shipper: float


def agreed(steps: Steps, cost: float, worth: Vector, weight: float = 0.5) -> Point | None:
    """The Nash point of a carrier and a shipper; None where no charge leaves both a gain.

    ``worth`` is the shipper's gain over having no corridor at each step, shape (steps,); it falls by the volume for
    each unit of the charge.  The point is the best of carrier^weight · shipper^(1 − weight).  On a step one volume is
    moved, and the best lies at cost + weight · (b − cost) with b the charge at which the shipper's line comes to
    nothing, or at the nearer end of the step.
    """
    found = []
    ends = np.append(steps.charges, -np.inf)[1:]
    for at, volume, gain, end in zip(steps.charges, steps.volumes, worth, ends, strict=True):
        if at <= cost or volume <= 0.0:
            continue
        broke = at + gain / volume
        charge = min(max(cost + weight * (broke - cost), cost, end), at)
        found.append(Point(float(charge), float(volume), float((charge - cost) * volume),
                           float(gain + volume * (at - charge))))  # fmt: skip
    paid = [one for one in found if one.carriers > 0.0 and one.shipper > 0.0]
    return max(paid, key=lambda one: weight * np.log(one.carriers) + (1.0 - weight) * np.log(one.shipper), default=None)
