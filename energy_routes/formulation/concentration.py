"""Caps on concentration: a second-order cone, enforced by tangent cuts in the live session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from energy_routes.formulation.space import Space
from energy_routes.lp import INF, Rows, Vector, axis, between
from energy_routes.policy import Concentration

CUT = "max_hhi"


@dataclass(frozen=True, eq=False)
class Tangent:
    """One cut û·x ≤ √H·Σx for a cap and a family: any ‖û‖ ≤ 1 is valid, so the bound can be checked without a solver.

    ``direction`` holds û·√w, one number a group, in the order of ``groups``.
    """

    cap: Concentration
    family: str
    groups: tuple[str, ...]
    direction: Vector


def horizon_exposure(s: Space, cap: Concentration, family: str, x: Vector) -> pd.Series[float]:
    """Σ_t x_gkt of a kind's groups at point ``x``, indexed by group, Mt (bcm)."""
    frame = s.exposure.axis.frame.assign(volume=s.exposure.value(x))
    chosen = frame[(frame["kind"] == cap.kind) & (frame["family"] == family)]
    return chosen.groupby("group", sort=False)["volume"].sum().clip(lower=0.0)


def tangents(s: Space, x: Vector, tolerance: float) -> list[Tangent]:
    """Cuts for every cap that point ``x`` breaks by more than ``tolerance`` × √H × Σx; none where nothing moves."""
    found = []
    for cap in s.policy.max_hhi:
        for family in s.exports.axis.frame["family"].unique():
            volume = horizon_exposure(s, cap, family, x)
            norm, total = float(np.sqrt((volume**2).sum())), float(volume.sum())
            if norm > 0 and norm - np.sqrt(cap.cap) * total > tolerance * np.sqrt(cap.cap) * total:
                found.append(
                    Tangent(cap, family, tuple(volume.index), np.asarray(volume.to_numpy() / norm, dtype=np.float64))
                )
    return found


def max_hhi(s: Space, cuts: Sequence[Tangent]) -> Rows:
    r"""Σ_g (x̂_g/‖x̂‖) Σ_t x_gkt ≤ √H_k · Σ_g Σ_t x_gkt   ∀ cut x̂, family k   [Mt | bcm]

    The cone ‖x‖ ≤ √H·Σx (Herfindahl–Hirschman index at most H) from outside: each cut touches it at a plan x̂ that broke
    it.  Only kinds that partition exports have an HHI.  Cuts are added in the live session until none is broken.
    """
    rows = [
        (str(n), cut.cap.kind, cut.family, group, weight - np.sqrt(cut.cap.cap))
        for n, cut in enumerate(cuts)
        for group, weight in zip(cut.groups, cut.direction, strict=True)
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


def hhi_price(s: Space, cuts: Sequence[Tangent], duals: Vector, x: Vector) -> list[tuple[Concentration, str, float]]:
    """dV/dH of each cap and family, in MUSD per unit of HHI: Σ_cuts μ·Σx/(2√H) (the cone's envelope theorem)."""
    out = []
    for cap in s.policy.max_hhi:
        for family in s.exports.axis.frame["family"].unique():
            mine = [n for n, cut in enumerate(cuts) if (cut.cap, cut.family) == (cap, family)]
            total = float(horizon_exposure(s, cap, family, x).sum())
            out.append((cap, str(family), float(duals[mine].sum()) * total / (2 * np.sqrt(cap.cap)) if mine else 0.0))
    return out
