"""The ledger, added up anew from volumes and raw tables, and the routes' netback sheets."""

from __future__ import annotations

import math

from energy_routes.audit import worth
from energy_routes.audit.checks import builds, risk
from energy_routes.audit.checks.trade import contracts
from energy_routes.audit.facts import Facts, Row, rows_by, sum_of
from energy_routes.audit.files import Saved
from energy_routes.audit.report import SAME, Findings
from energy_routes.indicators import BACK, LEDGER, PAID

Key = tuple[str, str]  # term, family


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Each term of each family, the objective, the netback, and the routes."""
    money = _terms(saved, facts)
    goal = facts.policy["objective"]
    sign = -1.0 if goal == "cost" else 1.0
    expected = {key: sign * value for key, value in money.items() if goal in LEDGER[key[0]].sought}
    bets = risk.money(saved, facts, sum(expected.values()), found)
    over = facts.families[0] if len(facts.families) == 1 else "all"
    expected |= _bets(saved, bets, over)
    listed = {(row["term"], row["family"]): row for row in saved["ledger"]}
    found.true("ledger", "rows", len(listed) == len(saved["ledger"]), "a term and family stands twice")
    for key, value in expected.items():
        row = listed.get(key)
        found.equal("ledger", _called(key, facts), 0.0 if row is None else row["value"], value)
    for key, row in listed.items():
        term = key[0]
        kind = LEDGER[term].kind if term in LEDGER else "no term that the ledger defines"
        found.true("ledger", term, key in expected or not row["value"], "no such term in the raw tables")
        found.true("ledger", term, row["kind"] == kind, f"is {kind}, saved as {row['kind']}")
    found.equal("ledger", "objective", saved.summary["objective"]["value"], sum(expected.values()))
    found.true("ledger", "objective", saved.summary["objective"]["name"] == goal, f"the case asks for {goal}")
    cash = sum(value for (term, _), value in money.items() if LEDGER[term].kind == "cash")
    cash += sum(value for term, value in bets.items() if LEDGER[term].kind == "cash")
    found.equal("ledger", "netback", saved.summary["netback"]["value"], cash)
    for family in facts.families:
        _routes(family, saved, facts, money, found)


def _called(key: tuple[str, str], facts: Facts) -> str:
    return key[0] if len(facts.families) == 1 else f"{key[0]} of {key[1]}"


def _bets(saved: Saved, bets: dict[str, float], over: str) -> dict[Key, float]:
    """What risk adds, of all families together; a term saved by family counts as its sum."""
    out: dict[Key, float] = {}
    for term, value in bets.items():
        parts = {row["family"]: row["value"] for row in saved["ledger"] if row["term"] == term}
        if len(parts) > 1 and abs(sum(parts.values()) - value) <= SAME * max(1.0, abs(value)):
            out |= {(term, family): part for family, part in parts.items()}
        else:
            out[term, over] = value
    return out


def _terms(saved: Saved, facts: Facts) -> dict[Key, float]:
    """Every (term, family) in MUSD, income positive: volume × the raw figure of its lane, supply, market, contract."""
    money: dict[Key, float] = {(term, k): 0.0 for term, own in LEDGER.items() if own.always for k in facts.families}

    def add(family: str, each: worth.Worth, volume: float) -> None:
        for term, value in each.items():
            money[term, family] += volume * value

    for row in saved["flows"]:
        family = facts.rows["commodities"][row["commodity"]]["family"]
        add(family, worth.of_lane(facts, row["arc"], row["commodity"], row["period"]), row["volume"])
    for row in saved["supplies"]:
        family = facts.family("supplies", row["supply"])
        add(family, worth.of_lifting(facts, row["supply"], row["period"]), row["lifted"])
    for row in saved["deliveries"]:
        add(facts.family("markets", row["market"]), {"sales": row["price"]}, row["volume"])  # compared in `trade`
    for row in saved["obligations"]:
        name, period = row["obligation"], row["period"]
        add(facts.family("obligations", name), worth.at_home(facts, name, period), row["volume"])
    missed = {(row["obligation"], row["period"]): row["short"] for row in saved["obligations"]}
    for (name, period), volume in missed.items():
        add(facts.family("obligations", name), worth.of_shortage(facts, name, period), volume)
    for name, period, _, _, beyond in contracts(saved, facts):
        add(facts.family("contracts", name), worth.beyond_contract(facts, name, period), beyond)
    for row in saved["stocks"]:
        each = worth.at_the_end(facts, row["storage"], row["period"])
        add(facts.family("storages", row["storage"]), each, row["closing"])
    return money | builds.money(saved, facts)


def _routes(family: str, saved: Saved, facts: Facts, money: dict[Key, float], found: Findings) -> None:
    """Of a family each sheet adds up; all volumes are what is lifted and drawn; all netbacks the ledger's on routes."""
    rows = [row for row in saved["routes"] if row["family"] == family]
    lifted = sum(row["lifted"] for row in saved["supplies"] if facts.family("supplies", row["supply"]) == family)
    for row in rows:
        what = row["route"]
        cost = sum(row[line] for line in PAID) - sum(row[line] for line in BACK)
        found.columns("routes", what, row, {"cost": cost, "netback": row["price"] - row["cost"]}, SAME)
        found.equal("routes", f"{what} share", row["share"], row["volume"] / lifted if lifted > 0 else math.nan)
    if rows or lifted > 0:
        drawn = _drawn([row for row in saved["stocks"] if facts.family("storages", row["storage"]) == family])
        found.equal("routes", f"volume of all {family}", sum_of(rows, "volume"), lifted + drawn)
        on_routes = sum(money.get((term.id, family), 0.0) for term in LEDGER.values() if term.line)
        earned = sum(row["volume"] * row["netback"] for row in rows)
        found.equal("routes", f"money of all {family}", earned, on_routes)


def _drawn(stocks: list[Row]) -> float:
    """What stores give over the horizon beyond what they are left with."""
    in_order = sorted(stocks, key=lambda row: str(row["period"]))
    tanks = rows_by(in_order, "storage", "commodity").values()
    return float(sum(max(rows[0]["opening"] - rows[-1]["closing"], 0.0) for rows in tanks))
