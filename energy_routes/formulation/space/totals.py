"""What shares are shares of, and volumes of several families as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.case import ALL
from energy_routes.linear import Axis, Expr, axis

if TYPE_CHECKING:
    from energy_routes.formulation.space.space import Space


def by_value(s: Space, of: Expr) -> Expr:
    """Volumes by family as parts of the value of all: Σ_k P_k v_k on the labels of 'all'; empty without base prices."""
    frame = of.axis.frame
    own = frame["family"].isin(list(s.worth)).to_numpy(dtype=bool)
    part = axis("part", (*of.axis.keys, "of"), frame[own].assign(of=frame.loc[own, "family"], family=ALL))
    prices = np.array([s.worth[family] for family in part.frame["of"]], dtype=np.float64)
    return of.take(own, part) * prices


def share_totals(s: Space) -> Expr:
    """What a share of a kind is a share of; (kind, family, period)."""
    groups = s.exposure.axis
    totals = axis(
        "total", ("kind", "family", "period"), groups.frame[["kind", "family", "period", "partition"]].drop_duplicates()
    )
    other = (~totals.frame["partition"].to_numpy(dtype=bool)).astype(float)
    return _sum_of(s, groups.frame["partition"], totals) + _trunk(s).spread_to(totals) * other


def _trunk(s: Space) -> Expr:
    """A family's volume through all its corridors, or its exports where no corridor is named; (family, period).

    Of all families together it is the value of these.
    """
    families, labels = s.exports.axis, s.exposure.axis.frame
    corridor = (labels["kind"] == "corridor") & (labels["family"] != ALL)
    named = families.frame["family"].isin(set(labels.loc[corridor, "family"])).to_numpy(dtype=bool)
    trunk = _sum_of(s, corridor, families) + s.exports * (~named).astype(float)
    valued = by_value(s, trunk)
    labels = pd.concat([families.frame, valued.axis.frame]).drop_duplicates([*families.keys])
    whole = axis("whole", families.keys, labels)
    return trunk.sum_to(whole) + valued.sum_to(whole)


def _sum_of(s: Space, rows: pd.Series, target: Axis) -> Expr:
    mask = rows.to_numpy(dtype=bool)
    return s.exposure.take(mask, s.exposure.axis.take(mask)).sum_to(target)
