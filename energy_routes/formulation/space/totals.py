"""What shares are shares of, and volumes of several families as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from energy_routes.case import ALL
from energy_routes.linear import Axis, Expr, axis, code_of, stacked

if TYPE_CHECKING:
    from energy_routes.formulation.space.space import Space


def by_value(s: Space, of: Expr) -> Expr:
    """Volumes by family as parts of the value of all: Σ_k P_k v_k on the labels of 'all'; empty without base prices."""
    labels = of.axis.labels
    own = labels.has("family", *s.worth)
    of_own = labels["family"][own]
    part = labels.take(own).but(of=of_own, family=np.full_like(of_own, code_of(ALL)))
    prices = np.array([s.worth[family] for family in part.words("of").tolist()], dtype=np.float64)
    return of.take(own, axis("part", (*of.axis.keys, "of"), part)) * prices


def share_totals(s: Space) -> Expr:
    """What a share of a kind is a share of; (kind, family, period)."""
    groups, keys = s.exposure.axis.labels, ("kind", "family", "period")
    totals = axis("total", keys, groups.only(*keys, "partition").each_once())
    partition = groups["partition"]
    return _sum_of(s, partition, totals) + _trunk(s).spread_to(totals) * (~totals.labels["partition"]).astype(float)


def _trunk(s: Space) -> Expr:
    """A family's volume through all its corridors, or its exports where no corridor is named; (family, period).

    Of all families together it is the value of these.
    """
    families, groups = s.exports.axis, s.exposure.axis.labels
    corridor = groups.has("kind", "corridor") & ~groups.has("family", ALL)
    named = np.isin(families.labels["family"], groups["family"][corridor])
    trunk = _sum_of(s, corridor, families) + s.exports * (~named).astype(float)
    valued = by_value(s, trunk)
    labels = stacked([own.labels.only(*families.keys) for own in (families, valued.axis)])
    whole = axis("whole", families.keys, labels.each_once())
    return trunk.sum_to(whole) + valued.sum_to(whole)


def _sum_of(s: Space, rows: NDArray[np.bool_], target: Axis) -> Expr:
    return s.exposure.take(rows, s.exposure.axis.take(rows)).sum_to(target)
