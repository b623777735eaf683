"""Carbon: what moving oil and gas emits, by sourced factors; priced or capped where a case asks for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.formulation.declaration import Limit
from energy_routes.formulation.space.figures import POLICY
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Expr, Labels, Rows, Vector, axis, codes_of, zero


def emission_factors(s: Space) -> Vector:
    """ε_l: kg CO2e a tonne (1000 m3) of inlet volume of each lane = per_km · length / 1000 + per_unit; shape (lanes,).

    The factor of the arc itself, else of its mode; 0 where neither is known.
    """
    table, lanes = s.case.network.tables["emissions"], s.flow.axis.labels
    figures = zip(*(table[c].tolist() for c in ("family", "mode", "arc", "per_km", "per_unit")), strict=True)
    known = {(family, mode, None if pd.isna(arc) else arc): (km, unit) for family, mode, arc, km, unit in figures}
    rows = [
        known.get((family, mode, arc), known.get((family, mode, None), (0.0, 0.0)))
        for family, mode, arc in zip(*(lanes.words(c).tolist() for c in ("family", "mode", "arc")), strict=True)
    ]
    per_km, per_unit = np.array(rows, dtype=float).reshape(-1, 2).T
    return np.asarray(per_km * s.flow.axis.data("length") / 1000.0 + per_unit, dtype=float)


def emitted(s: Space) -> Expr:
    """Emissions of each lane and period, kt CO2e (volume in Mt × kg a tonne)."""
    return s.flow * emission_factors(s)


@Limit("policy", key="window", name="cap on emissions", repair=1, unit="MtCO2e", worth="USD/tCO2e")
def max_emissions(s: Space) -> Rows:
    r"""Σ_l,t ε_l · f_lt / 1000 ≤ E · Σ_t Δt   [Mt CO2e]

    ε = factor by mode × length / 1000 + what does not depend on distance, kg CO2e a tonne (1000 m³) of inlet volume; an
    arc without a length has 0 km.  A cap on all that moving the volumes emits.
    """
    windows = () if s.policy.max_emissions is None else ("horizon",)
    over = axis("carbon", ("window",), Labels({"window": codes_of(windows)}))
    if not len(over):
        return zero(over) <= 0.0
    most = s.figure(POLICY, lambda asked: np.array([asked.policy.max_emissions], dtype=float)) * s.case.years
    return (emitted(s) * 1e-3).sum_to(over.relabelled("all", ())).on(over) <= most


def carbon(s: Space) -> Expr:
    r"""− Σ_l,t P^CO2 · ε_l · f_lt / 1000   [MUSD]

    Emissions at the price that the policy sets (USD a tonne of CO2e).
    """
    if not s.policy.carbon_price:
        return zero(axis("carbon", ("window",), Labels({"window": codes_of(())})))
    price = s.figure(POLICY, lambda asked: np.array(asked.policy.carbon_price, dtype=float))
    return emitted(s) * (price * -1e-3)
