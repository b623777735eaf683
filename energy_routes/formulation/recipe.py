"""The problem statement: choose the plan with the best objective that keeps every rule.

A rule over an empty index set gives no rows, so nothing here asks what a case contains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from energy_routes.formulation import objective as money
from energy_routes.formulation.diversification_rules import (
    exports,
    exposure,
    hold_exports,
    max_exposure,
    max_share,
)
from energy_routes.formulation.network_rules import balance, capacity, joint_limits, joint_ratios
from energy_routes.formulation.space import Space
from energy_routes.formulation.storage_rules import (
    closing_stock,
    injection,
    stock_balance,
    withdrawal,
    working_volume,
)
from energy_routes.formulation.trade_rules import contracts, market_depth, obligations
from energy_routes.lp import Expr, Rows
from energy_routes.policy import Objective

Rule = Callable[[Space], Rows]
TermKind = Literal["cash", "penalty", "risk"]
Money = tuple[Callable[[Space], Expr], TermKind]

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
)

RULES: tuple[Rule, ...] = (*PHYSICS, exposure, max_share, max_exposure, hold_exports)

COSTS: tuple[Money, ...] = (
    (money.tariffs, "cash"),
    (money.loading, "cash"),
    (money.freight, "cash"),
    (money.quality, "cash"),
    (money.rebates, "cash"),
    (money.lifting, "cash"),
    (money.deficiency, "cash"),
    (money.shortage, "penalty"),
)

NETBACK: tuple[Money, ...] = ((money.sales, "cash"), (money.home_sales, "cash"), *COSTS, (money.closing_value, "cash"))

OBJECTIVES: Mapping[Objective, tuple[Literal["max", "min"], tuple[Money, ...]]] = {
    "netback": ("max", NETBACK),
    "cost": ("min", COSTS),
}
