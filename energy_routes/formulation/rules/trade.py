"""What markets take and what home needs first."""

from __future__ import annotations

import numpy as np

from energy_routes.formulation.declaration import Limit
from energy_routes.formulation.space.options import added
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Rows, positions


@Limit("market", key="market", name="{market}, tier {tier}", repair=4)
def market_depth(s: Space) -> Rows:
    r"""Σ_c d_m,c,tier,t ≤ D_m,tier·Δt   ∀ m, tier, t   [Mt | bcm]

    A tier's depth is shared by every grade sold there; prices fall from tier to tier, so the best fills first.
    """
    limited = s.tiers.take(np.isfinite(s.tiers.data("depth")), "depth")
    sold = positions(s.delivered.axis, limited, limited.keys) >= 0
    built = added(s.built, s.case, "tier", limited, keys=("market", "tier"))
    return s.delivered.take(sold, s.delivered.axis.take(sold)).sum_to(limited) - built <= limited.data("depth")


@Limit("obligation", key="obligation", repair=50, waived=50)
def obligations(s: Space) -> Rows:
    r"""Σ_c home_oct + short_ot = H_ot·Δt   ∀ o, t   [Mt | bcm]

    Home refineries and home gas come first.  What is short may be positive only where the table gives a penalty.
    """
    return s.home.sum_to(s.obligations) + s.short == s.obligations.data("volume")


@Limit("contract", key="contract", repair=4, waived=1)
def contracts(s: Space) -> Rows:
    r"""Σ_{l∈κ} f_lt + y_κt ≥ V_κt (ship-or-pay, minimum);  Σ_{l∈κ} f_lt − y_κt ≤ V_κt (firm)   ∀ κ, t   [Mt | bcm]

    Ship-or-pay: y is the deficiency, and it is paid for.  Nothing buys out of a minimum nomination: its y is 0.
    Firm capacity: y is what moves above it, and pays the interruptible surcharge.  V is scaled by the days inside
    the term and, where force majeure applies (not to firm), by what an outage leaves of the asset.
    """
    over = s.deficiency.axis
    sign = over.data("sign")
    shipped = s.flow.spread_to(s.contract_terms).sum_to(over)
    return (shipped + s.deficiency * sign) * sign >= over.data("volume") * sign
