"""What caps and security are said to cost: the sums found again.

Neither the best plan without caps nor the best with less lifted is among the saved volumes, so their worth is taken
as it stands in the certificate; what follows from it is tested.
"""

from __future__ import annotations

import math
from typing import Any

from energy_routes.audit.facts import Facts
from energy_routes.audit.files import Saved
from energy_routes.audit.report import NEAR, SAME, Findings

MONEY = ("base", "cost", "rerouting", "shut_in", "usd_per_t")


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """The cost is the base less the plan, and the sum of its parts; the summary repeats the certificate."""
    kept, told = saved.certificate.get("premium"), saved.summary["premium"]
    found.true("premium", "certificate", bool(kept) == facts.asked, "does not go with the policy")
    kept = kept or {}
    for name in MONEY:
        found.equal("premium", name, told[name], kept.get(name), SAME)
    volumes = {item["commodity"]: item["volume"] for item in told["shut_in_volume"]}
    for family in volumes | kept.get("shut_in_volume", {}):
        found.equal("premium", f"shut in {family}", volumes.get(family), kept["shut_in_volume"].get(family), SAME)
    if kept:
        _arithmetic(saved, facts, kept, found)


def _arithmetic(saved: Saved, facts: Facts, kept: dict[str, Any], found: Findings) -> None:
    in_cash = policy_in_cash(facts)
    earned = saved.summary["netback"]["value"] if in_cash else saved.summary["objective"]["value"]
    sign = 1.0 if facts.policy["objective"] == "netback" else -1.0
    found.equal("premium", "cost", kept["cost"], kept["base"] - sign * earned)
    if kept["shut_in"] is not None:
        found.equal("premium", "parts", kept["cost"], kept["rerouting"] + kept["shut_in"])
        found.within("premium", "shut-in part", kept["shut_in"], 0.0, math.inf)
        left = sum(row["shut_in"] for row in saved["supplies"])
        if left <= NEAR:
            found.equal("premium", "shut-in part with nothing shut in", kept["shut_in"], 0.0)
    sold = sum(row["volume"] for row in saved["deliveries"] if row["export"])
    if kept["usd_per_t"] is not None and sold > NEAR:
        found.equal("premium", "USD/t", kept["usd_per_t"], kept["cost"] / sold)


def policy_in_cash(facts: Facts) -> bool:
    """Whether the cost is one of cash netback; over several futures, or at least cost, it is one of the objective."""
    return facts.policy["objective"] == "netback" and not facts.policy.get("cvar")
