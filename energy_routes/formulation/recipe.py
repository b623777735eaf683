"""The problem statement: choose the plan with the best objective that keeps every rule.

A rule over an empty index set gives no rows, so nothing here asks what a case contains.
"""

from __future__ import annotations

from collections.abc import Callable

from energy_routes.formulation import objective as money
from energy_routes.formulation.rules.builds import (
    arcs_at_least,
    beyond_old,
    budget,
    capex,
    chains,
    limits_at_least,
    only_when_full,
    relief,
    standing,
    supply_with_options,
    within_added,
)
from energy_routes.formulation.rules.carbon import carbon, max_emissions
from energy_routes.formulation.rules.dependence import (
    exports,
    exposure,
    hold_exports,
    max_exposure,
    max_share,
    min_exposure,
    min_share,
)
from energy_routes.formulation.rules.network import balance, capacity, joint_limits, joint_ratios, ramp
from energy_routes.formulation.rules.storage import (
    closing_stock,
    injection,
    stock_balance,
    withdrawal,
    working_volume,
)
from energy_routes.formulation.rules.trade import contracts, market_depth, obligations
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Expr, Rows

Rule = Callable[[Space], Rows]

# What is decided once, whatever fails later.
BUILDS: tuple[Rule, ...] = (standing, chains, budget)
# What builds change of the physics: no rows where nothing can be built.
WIDENED: tuple[Rule, ...] = (
    supply_with_options,
    arcs_at_least,
    limits_at_least,
    beyond_old,
    within_added,
    only_when_full,
)

# What holds after a loss as before it: the rules of a recourse copy.
PHYSICS: tuple[Rule, ...] = (
    balance,
    capacity,
    joint_limits,
    joint_ratios,
    market_depth,
    obligations,
    stock_balance,
    working_volume,
    injection,
    withdrawal,
    closing_stock,
    contracts,
    exports,
    *WIDENED,
)

# What a policy asks of the plan.
ASKED: tuple[Rule, ...] = (max_share, max_exposure, min_share, min_exposure, hold_exports, max_emissions)

RULES: tuple[Rule, ...] = (*PHYSICS, *BUILDS, exposure, ramp, *ASKED)

# Every term of the netback; the ledger's definitions say of what kind each is and whether least cost counts it.
NETBACK: tuple[Callable[[Space], Expr], ...] = (
    money.sales,
    money.home_sales,
    money.tariffs,
    money.loading,
    money.freight,
    money.quality,
    money.rebates,
    money.lifting,
    money.deficiency,
    money.shortage,
    relief,
    capex,
    carbon,
    money.closing_value,
)
