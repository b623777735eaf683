"""Plans that are nearly as good and as different as possible: each next one farthest from all that were chosen.

The distance of two plans is the sum over corridors of the volumes by which they differ, |c − s|.  It is convex, so that
the farthest plan is found with a 0/1 sign a corridor and plan chosen: c − s = p − m, with p ≤ (high − s)·b and
m ≤ (s − low)·(1 − b), where low and high are the ends of the corridor.  The sign makes p + m the distance itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from energy_routes.linear import INF, Vector
from energy_routes.plan import APART
from energy_routes.solving.ranges.near import Extra, Near, Optimum

MOST_SIGNS = 12  # corridors whose signs are looked at: those that can move most
SLIGHT = 1e-3  # of exports: plans that are nearer to each other are one
NARROW = 1e-6  # Mt or bcm: a corridor cannot be held to less of a way from a plan
FIXED = 1e-7  # Mt or bcm: to which the corridors of a plan are kept while the best of such plans is sought


class Far(NamedTuple):
    """A plan ``x`` far from the others: its corridors' volumes, its objective, and its least ``distance`` from those
    before it, with the relative ``gap`` that was left of that.
    """

    x: Vector
    volumes: Vector
    objective: float
    distance: float
    gap: float


def farthest(optimum: Optimum, loss: float, corridors: sparse.csr_matrix, count: int) -> Iterator[Far]:
    """At most ``count`` plans within ``loss`` (MUSD) of the optimum, each the farthest from it and from those before.

    ``corridors`` has a row a corridor over the columns of the programme.  Of plans with the same corridors the best is
    taken.  It ends where no plan is farther than ``SLIGHT`` of what is exported.
    """
    low, high = Near(optimum, loss).ends(corridors)
    width = np.where(np.isfinite(high - low), high - low, 0.0)
    wide = np.sort(np.argsort(-width, kind="stable")[:MOST_SIGNS])
    wide = wide[width[wide] > APART]
    chosen = [corridors @ optimum.solution.x]
    for _ in range(count if len(wide) else 0):
        extra = _signed(corridors[wide], [own[wide] for own in chosen], low[wide], high[wide])
        near = Near(optimum, loss, extra=extra)
        last = np.append(np.zeros(near.form.matrix.shape[1] - 1), 1.0)  # the column of the least distance
        distance, x = near.end(last, "max")
        if x is None or distance <= SLIGHT * sum(optimum.exports.values()):
            return
        volumes = corridors @ x[: corridors.shape[1]]
        best, point = _best(optimum, loss, corridors, volumes)
        chosen.append(volumes)
        yield Far(x[: corridors.shape[1]] if point is None else point, volumes, best, distance, near.gap)


def _best(optimum: Optimum, loss: float, corridors: sparse.csr_matrix, volumes: Vector) -> tuple[float, Vector | None]:
    """The best objective of plans with these volumes of corridors, and such a plan."""
    none = np.zeros(0)
    kept = Extra(corridors.tocsc(), volumes - FIXED, volumes + FIXED, none, none.astype(bool))
    near, form = Near(optimum, loss, extra=kept), optimum.program
    value, x = near.end(form.cost, form.sense)
    return value + form.offset, x


def _signed(corridors: sparse.csr_matrix, chosen: Sequence[Vector], low: Vector, high: Vector) -> Extra:
    """Columns p, m and b of each corridor and each plan chosen, and the least distance as the last column."""
    size, columns = corridors.shape
    count = size * len(chosen)
    one, none = sparse.identity(count), sparse.csr_matrix((count, count))
    own = np.concatenate(chosen)
    up = np.maximum(np.tile(high, len(chosen)) - own, NARROW)
    down = np.maximum(own - np.tile(low, len(chosen)), NARROW)
    sums = sparse.kron(sparse.identity(len(chosen)), np.ones((1, size)))
    blank = sparse.csr_matrix((count, 1))
    apart = sparse.csr_matrix((len(chosen), count))
    rows = sparse.bmat([
        [sparse.vstack([corridors] * len(chosen)), -one, one, none, blank],
        [sparse.csr_matrix((count, columns)), one, none, -sparse.diags(up), blank],
        [sparse.csr_matrix((count, columns)), none, one, sparse.diags(down), blank],
        [sparse.csr_matrix((len(chosen), columns)), -sums, -sums, apart, np.ones((len(chosen), 1))],
    ]).tocsc()  # fmt: skip
    upper = np.concatenate([own, np.zeros(count), down, np.zeros(len(chosen))])
    lower = np.concatenate([own, np.full(2 * count + len(chosen), -INF)])
    ceiling = np.concatenate([up, down, np.ones(count), [INF]])
    integer = np.repeat([False, False, True, False], [count, count, count, 1])
    return Extra(rows, lower, upper, ceiling, integer)
