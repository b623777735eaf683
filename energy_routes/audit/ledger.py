"""The ledger, added up anew from volumes and raw tables, and the routes' netback sheets."""

from __future__ import annotations

import math
from collections import defaultdict

from energy_routes.audit import risk
from energy_routes.audit.facts import Facts
from energy_routes.audit.files import Saved
from energy_routes.audit.movement import charge
from energy_routes.audit.report import SAME, Findings
from energy_routes.audit.trade import contracts

TANKERS = ("tanker", "caspian_tanker")
COST_SHEET = ("tariff", "loading", "freight", "quality", "lifting")
ON_ROUTES = ("sales", "home_sales", "tariffs", "loading", "freight", "quality", "rebates", "lifting")
INCOME = ("sales", "home_sales", "closing_value")  # terms that a least-cost plan leaves out


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Each term, the objective, the netback, and the routes."""
    money = _terms(saved, facts)
    least_cost = facts.policy["objective"] == "cost"
    sign = -1.0 if least_cost else 1.0
    expected = {term: sign * value for term, value in money.items() if not (least_cost and term in INCOME)}
    bets = risk.money(saved, facts, sum(expected.values()), found)
    expected |= bets
    listed = {row["term"]: row for row in saved["ledger"]}
    for term, value in expected.items():
        row = listed.get(term)
        found.equal("ledger", term, 0.0 if row is None else row["value"], value)
    for term, row in listed.items():
        found.true("ledger", term, term in expected or not row["value"], "no such term in the raw tables")
        kind = "penalty" if term == "shortage" else "risk" if term in risk.RISK_TERMS else "cash"
        found.true("ledger", term, row["kind"] == kind, f"is {kind}, saved as {row['kind']}")
    found.equal("ledger", "objective", saved.summary["objective"]["value"], sum(expected.values()))
    goal = facts.policy["objective"]
    found.true("ledger", "objective", saved.summary["objective"]["name"] == goal, f"the case asks for {goal}")
    cash = sum(value for term, value in money.items() if term != "shortage") + bets.get("bookings", 0.0)
    found.equal("ledger", "netback", saved.summary["netback"]["value"], cash)
    _routes(saved, money, found)


def _terms(saved: Saved, facts: Facts) -> dict[str, float]:
    """Every term in MUSD, income positive: volume × the raw figure of its lane, supply, market or contract."""
    money: dict[str, float] = dict.fromkeys(
        ("sales", "home_sales", "tariffs", "loading", "freight", "quality", "rebates", "lifting", "deficiency",
         "shortage", "closing_value"), 0.0)  # fmt: skip
    for row in saved["flows"]:
        arc, commodity, period, volume = row["arc"], row["commodity"], row["period"], row["volume"]
        mode = facts.rows["arcs"][arc]["mode"]
        term = "freight" if mode in TANKERS else "loading" if mode == "transfer" else "tariffs"
        money[term] -= volume * charge(facts, arc, commodity, period)
        money["quality"] -= volume * facts.of_lane(arc, commodity, "quality", period, 0.0)
        money["rebates"] += volume * facts.of_lane(arc, commodity, "rebate", period, 0.0)
    for row in saved["supplies"]:
        money["lifting"] -= row["lifted"] * facts.number("supplies", row["supply"], "cost", row["period"])
    for row in saved["deliveries"]:
        money["sales"] += row["volume"] * row["price"]  # the price itself is compared in `trade`
    missed: dict[tuple[str, str], float] = {}
    for row in saved["obligations"]:
        money["home_sales"] += row["volume"] * facts.number("obligations", row["obligation"], "value", row["period"])
        missed[row["obligation"], row["period"]] = row["short"]
    for (name, period), volume in missed.items():
        penalty = facts.number("obligations", name, "penalty", period)
        money["shortage"] -= volume * (0.0 if math.isnan(penalty) else penalty)
    for name, period, _, _, beyond in contracts(saved, facts):
        money["deficiency"] -= beyond * facts.number("contracts", name, "charge", period)
    last = facts.periods[-1]
    for row in saved["stocks"]:
        if row["period"] == last and facts.rows["storages"][row["storage"]]["closing"] == "value":
            worth = facts.number("storages", row["storage"], "closing_value", last)
            money["closing_value"] += row["closing"] * worth
    return money


def _routes(saved: Saved, money: dict[str, float], found: Findings) -> None:
    """Each sheet adds up; all volumes are what is lifted and drawn; all netbacks are the ledger's cash on routes."""
    lifted = sum(row["lifted"] for row in saved["supplies"])
    total: dict[str, float] = defaultdict(float)
    for row in saved["routes"]:
        what = row["route"]
        cost = sum(row[item] for item in COST_SHEET) - row["rebate"]
        found.equal("routes", f"{what} cost", row["cost"], cost, SAME)
        found.equal("routes", f"{what} netback", row["netback"], row["price"] - row["cost"], SAME)
        found.equal("routes", f"{what} share", row["share"], row["volume"] / lifted if lifted > 0 else math.nan)
        total["volume"] += row["volume"]
        total["money"] += row["volume"] * row["netback"]
    if saved["routes"] or lifted > 0:
        found.equal("routes", "volume of all", total["volume"], lifted + _drawn(saved))
        found.equal("routes", "money of all", total["money"], sum(money[term] for term in ON_ROUTES))


def _drawn(saved: Saved) -> float:
    """What stores give over the horizon beyond what they are left with."""
    opening: dict[tuple[str, str], float] = {}
    closing: dict[tuple[str, str], float] = {}
    for row in sorted(saved["stocks"], key=lambda row: str(row["period"])):
        key = row["storage"], row["commodity"]
        opening.setdefault(key, row["opening"])
        closing[key] = row["closing"]
    return sum(max(volume - closing[key], 0.0) for key, volume in opening.items())
