"""The problem statement: choose the plan with the best objective that keeps every rule.

A rule over an empty index set gives no rows, so nothing here asks what a case contains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from energy_routes.case import Objective
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
from energy_routes.formulation.rules.diversification import (
    exports,
    exposure,
    hold_exports,
    max_exposure,
    max_share,
    min_exposure,
    min_share,
)
from energy_routes.formulation.rules.network import balance, capacity, joint_limits, joint_ratios
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
TermKind = Literal["cash", "penalty", "risk"]
Money = tuple[Callable[[Space], Expr], TermKind]

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

RULES: tuple[Rule, ...] = (*PHYSICS, *BUILDS, exposure, *ASKED)

COSTS: tuple[Money, ...] = (
    (money.tariffs, "cash"),
    (money.loading, "cash"),
    (money.freight, "cash"),
    (money.quality, "cash"),
    (money.rebates, "cash"),
    (money.lifting, "cash"),
    (money.deficiency, "cash"),
    (money.shortage, "penalty"),
    (relief, "cash"),
    (capex, "cash"),
    (carbon, "cash"),
)
# Terms of what not every case has: without options, or a price of carbon, they do not stand in its ledger.
WHERE_ASKED = ("relief", "capex", "carbon")

NETBACK: tuple[Money, ...] = ((money.sales, "cash"), (money.home_sales, "cash"), *COSTS, (money.closing_value, "cash"))

OBJECTIVES: Mapping[Objective, tuple[Literal["max", "min"], tuple[Money, ...]]] = {
    "netback": ("max", NETBACK),
    "cost": ("min", COSTS),
}
