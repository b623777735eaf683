"""Caps on concentration: a second-order cone, enforced by tangent cuts in the live session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Concentration, for_family, weights_of_sets
from energy_routes.formulation.declaration import Limit
from energy_routes.formulation.space.space import Space
from energy_routes.indicators import weighted_hhi
from energy_routes.linear import INF, SMALLEST_COEFFICIENT, Index, Rows, Vector, axis, between

CAP = Limit("policy", key="cap", name="cap on the concentration over {cap}", worth="MUSD per 0.01", cuts=True)
CUT = "max_hhi"


@dataclass(frozen=True, eq=False)
class Tangent:
    """One cut û·√w x ≤ √H·Σx for a cap and a family: any ‖û‖ ≤ 1 is valid, so it can be checked without a solver.

    ``direction`` holds û·√w (w is 1, or the risk), one number a group, in the order of ``groups``.
    """

    cap: Concentration
    family: str
    groups: tuple[str, ...]
    direction: Vector

    @property
    def coefficients(self) -> Vector:
        """û·√w − √H, one number a group: what the row of the cut holds, without what a solver would drop."""
        values = self.direction - np.sqrt(self.cap.cap)
        return np.where(np.abs(values) <= SMALLEST_COEFFICIENT, 0.0, values)

    def as_dict(self) -> dict[str, Any]:
        """The cut as a certificate keeps it: anybody can check that it is valid, and that a plan obeys it."""
        return {
            "kind": self.cap.kind, "weight": self.cap.weight, "cap": self.cap.cap, "family": self.family,
            "groups": list(self.groups), "direction": [float(value) for value in self.direction],
        }  # fmt: skip


def horizon_exposure(s: Space, cap: Concentration, family: str, x: Vector) -> pd.Series[float]:
    """Σ_t x_gkt of a kind's groups at point ``x``, indexed by group, Mt (bcm)."""
    frame = s.exposure.axis.frame.assign(volume=s.exposure.value(x))
    chosen = frame[(frame["kind"] == cap.kind) & (frame["family"] == family)]
    return chosen.groupby("group", sort=False)["volume"].sum().clip(lower=0.0)


def tangents(s: Space, x: Vector, tolerance: float) -> list[Tangent]:
    """Cuts for every cap that point ``x`` breaks by more than ``tolerance`` × √H × Σx; none where nothing moves."""
    found = []
    for family in s.measured:
        for cap in for_family(s.policy.max_hhi, family):
            volume = horizon_exposure(s, cap, family, x)
            moved, weight = volume.to_numpy(dtype=np.float64), weights(s, cap, tuple(volume.index))
            norm, limit = float(np.sqrt((weight * moved**2).sum())), float(np.sqrt(cap.cap) * moved.sum())
            cut = Tangent(cap, family, tuple(volume.index), weight * moved / norm if norm > 0 else weight)
            if norm > 0 and cut.coefficients @ moved > tolerance * limit:
                found.append(cut)
    return found


def weights(s: Space, cap: Concentration, groups: Sequence[str]) -> Vector:
    """1 for each group, or the risk (0–1) of its countries.  Raises UsageError naming a country without a figure."""
    if cap.weight == "none":
        return np.ones(len(groups))
    risk = weights_of_sets(s.case.network.tables)
    return np.array([risk[group] for group in groups], dtype=np.float64)


def reached(s: Space, cap: Concentration, family: str, x: Vector) -> float:
    """The (weighted) HHI of a kind at point ``x``; NaN where nothing moves."""
    volume = horizon_exposure(s, cap, family, x)
    return weighted_hhi(volume, weights(s, cap, tuple(volume.index)))


@CAP
def max_hhi(s: Space, cuts: Sequence[Tangent]) -> Rows:
    r"""Σ_g (w_g x̂_g/‖x̂‖_w) Σ_t x_gkt ≤ √H_k · Σ_g Σ_t x_gkt   ∀ cut x̂, family k   [Mt | bcm]

    The cone ‖x‖_w ≤ √H·Σx (Herfindahl–Hirschman index Σ w s² at most H) from outside; each cut touches it at a plan x̂
    that broke it; w is 1, or the risk of a transit set: 1 − ∏_k (1 − r_k) over its countries, 0 where it has none.
    Only kinds that partition exports have an HHI.  Cuts are added in the live session until none is broken.
    """
    rows = [
        (str(n), cut.cap.kind, cut.family, group, weight)
        for n, cut in enumerate(cuts)
        for group, weight in zip(cut.groups, cut.coefficients, strict=True)
    ]
    terms = pd.DataFrame(rows, columns=["cut", "kind", "family", "group", "weight"])
    members = terms.merge(pd.DataFrame({"period": [p.label for p in s.case.periods]}, dtype=object), how="cross")
    labels = pd.DataFrame(
        {
            "cut": [str(n) for n in range(len(cuts))],
            "kind": [c.cap.kind for c in cuts],
            "family": [c.family for c in cuts],
        },
        dtype=object,
    )
    over = axis("cut", ("cut",), labels)
    spread = s.exposure.spread_to(axis("cut_member", ("cut", "kind", "family", "group", "period"), members))
    return between((spread * spread.axis.data("weight")).sum_to(over), -INF, 0.0).named(CUT)


def hhi_rows(
    s: Space, cuts: Sequence[Tangent], x: Vector, first: int
) -> Iterator[tuple[Concentration, str, Index, Vector]]:
    """Each cap and family, the rows of its cuts (from row ``first`` on), and what one more of H lets them do.

    d(√H·Σx)/dH = Σx/(2√H), Mt (bcm) a unit of HHI.
    """
    for family in s.measured:
        for cap in for_family(s.policy.max_hhi, family):
            mine = np.array([n for n, cut in enumerate(cuts) if (cut.cap, cut.family) == (cap, family)], dtype=np.int64)
            total = float(horizon_exposure(s, cap, family, x).sum())
            yield cap, str(family), first + mine, np.full(len(mine), total / (2 * np.sqrt(cap.cap)))
