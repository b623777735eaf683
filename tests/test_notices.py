"""What a plan says beside its numbers: nothing is waived, dropped or left unpriced in silence."""

from __future__ import annotations

from pathlib import Path

from toy import toy

from energy_routes.plan.plan import Plan
from energy_routes.solving.loop import solve

PROMISE = {
    "contracts": """
        id,kind,arc,volume,charge
        PROMISE,ship_or_pay,LONG,4,7
        """
}


def codes(plan: Plan) -> dict[str, str]:
    return {warning["code"]: warning["message"] for warning in plan.warnings}


def test_a_quiet_plan_has_nothing_to_tell(tmp_path: Path) -> None:
    assert codes(solve(toy(tmp_path))) == {}


def test_force_majeure_is_told_with_the_volume_it_waives(tmp_path: Path) -> None:
    """Half of LONG (5 → 2.5) is lost: half of the 4 Mt promised is waived."""
    case = toy(tmp_path, PROMISE)
    assert "force_majeure" not in codes(solve(case))
    assert codes(solve(case.outage("LONG", remaining=0.5)))["force_majeure"].startswith("2 Mt of the commitment")


def test_bookings_that_nothing_weighs_are_told(tmp_path: Path) -> None:
    booked = toy(tmp_path).with_policy(bookings={"arcs": ["arc:LONG"], "premium": 10})
    assert "nothing is booked" in codes(solve(booked))["no_futures"]
    weighed = booked.with_policy(cvar={"alpha": 0.9, "lambda": 0.3, "scenarios": [
        {"name": "storm", "probability": 0.2, "outages": ["arc:LONG"], "remaining": 0.5}]})  # fmt: skip
    assert "no_futures" not in codes(solve(weighed))


def test_a_market_without_a_price_is_told_with_its_period(tmp_path: Path) -> None:
    markets = """
        id,node,name,price
        EAST,EAST,East,500
        WEST,WEST,West,
        """
    values = "table,id,field,period,value\nmarkets,WEST,price,2022,510"
    plan = solve(toy(tmp_path, {"markets": markets, "values": values}, 'policy.exports = "free"'))
    assert "2023" in codes(plan)["no_price"]
    assert not (plan.deliveries["market"] == "WEST").any()


def test_what_stays_in_the_ground_is_told(tmp_path: Path) -> None:
    """Out of HUB go at most 6 + 5 Mt and 2 to the refinery: of 10, with LONG shut, 2 stay."""
    plan = solve(toy(tmp_path).without("LONG"))
    assert codes(plan)["shut_in"].startswith("2 Mt")
