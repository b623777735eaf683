"""What one unit of each movement earns or costs, by term of the ledger, from the raw tables: MUSD a Mt (bcm)."""

from __future__ import annotations

import math

from energy_routes.audit.checks.movement import charge
from energy_routes.audit.facts import Facts

TANKERS = ("tanker", "caspian_tanker")
Worth = dict[str, float]  # term → money, income positive


def of_lane(facts: Facts, arc: str, commodity: str, period: str) -> Worth:
    """Of a unit that enters a lane: its charge, under the term of its mode, the quality bank and rebates."""
    mode = facts.rows["arcs"][arc]["mode"]
    term = "freight" if mode in TANKERS else "loading" if mode == "transfer" else "tariffs"
    return {
        term: -charge(facts, arc, commodity, period),
        "quality": -facts.of_lane(arc, commodity, "quality", period, 0.0),
        "rebates": facts.of_lane(arc, commodity, "rebate", period, 0.0),
    }


def of_lifting(facts: Facts, supply: str, period: str) -> Worth:
    """Of a unit lifted."""
    return {"lifting": -facts.number("supplies", supply, "cost", period)}


def at_home(facts: Facts, obligation: str, period: str) -> Worth:
    """Of a unit delivered to an obligation."""
    return {"home_sales": facts.number("obligations", obligation, "value", period)}


def of_shortage(facts: Facts, obligation: str, period: str) -> Worth:
    """Of a unit that an obligation misses."""
    penalty = facts.number("obligations", obligation, "penalty", period)
    return {"shortage": 0.0 if math.isnan(penalty) else -penalty}


def beyond_contract(facts: Facts, contract: str, period: str) -> Worth:
    """Of a unit not shipped though it is paid for, or shipped beyond what is firm."""
    return {"deficiency": -facts.number("contracts", contract, "charge", period)}


def at_the_end(facts: Facts, storage: str, period: str) -> Worth:
    """Of a unit in a tank when a period ends: of the last one only, where the closing rule is its value."""
    if period != facts.periods[-1] or facts.word("storages", storage, "closing", period) != "value":
        return {"closing_value": 0.0}
    return {"closing_value": facts.number("storages", storage, "closing_value", period)}
