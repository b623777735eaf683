"""Prices: the right derivative, also where the dual is one of many."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import best, months, toy

from energy_routes import prices
from energy_routes.highs import Session
from energy_routes.plan import Plan
from energy_routes.solver import program_of, solve


def price(plan: Plan, kind: str, limit: str) -> float:
    table = plan.prices[kind]
    (value,) = table.loc[table["limit"] == limit, "price"]
    return float(value)


def test_prices_of_the_toy(tmp_path: Path) -> None:
    # One more tonne: of SHORT 470 − 460; of oil 460 − 10 (LONG's first tier); owed at home 100 − 460.
    plan = solve(toy(tmp_path))
    assert price(plan, "capacity", "SHORT") == pytest.approx(10)
    assert price(plan, "capacity", "LONG") == 0
    assert price(plan, "supply", "FIELD_CO") == pytest.approx(450)
    assert price(plan, "obligation", "HOME") == pytest.approx(-360)
    assert price(plan, "market", "WEST") == 0


@pytest.mark.parametrize("available", [11, 11.0])
def test_a_kink_has_the_price_of_the_next_tonne(tmp_path: Path, available: float) -> None:
    # 11 lifted: SHORT 6, LONG 3 = its first tier exactly.  Any supply price from 430 to 450 is a dual; the next tonne
    # goes to the second tier: 440 − 10 = 430.  One more of SHORT frees a tonne of the first tier: 470 − 460.
    # One more of tier 1 has nobody to take it: 0 to the right (the dual could be anything from 0 to 20).
    plan = solve(toy(tmp_path).set("supply:FIELD_CO.available", available))
    assert price(plan, "supply", "FIELD_CO") == pytest.approx(430)
    assert price(plan, "capacity", "SHORT") == pytest.approx(10)
    assert price(plan, "market", "WEST") == pytest.approx(0)
    assert price(plan, "obligation", "HOME") == pytest.approx(100 - 460)  # one more at home is one less in tier 1


def test_two_limits_that_bind_together_are_worth_nothing_alone(tmp_path: Path) -> None:
    # GATHER and SHORT in series, both 6, and no other way: neither is worth anything without the other.
    tables = {"obligations": ""}
    case = toy(tmp_path, tables).without("LONG").set("arc:GATHER.capacity", 6)
    plan = solve(case)
    assert price(plan, "capacity", "GATHER") == pytest.approx(0)
    assert price(plan, "capacity", "SHORT") == pytest.approx(0)
    # While the solver's own dual puts the 460 on one of the two.
    answer = best(case)
    assert answer.worth("capacity", arc="GATHER") + answer.worth("capacity", arc="SHORT") == pytest.approx(460)


def test_a_minimum_has_a_negative_price(tmp_path: Path) -> None:
    plan = solve(toy(tmp_path).set("arc:LONG.minimum", 3.5))
    assert price(plan, "capacity", "LONG") == pytest.approx(440 - 470)


def test_a_cap_is_worth_what_it_costs(tmp_path: Path) -> None:
    # SHORT may carry 4 of 8: one more Mt there moves a tonne from tier 2 back: + 30.
    plan = solve(toy(tmp_path, max_exposure={"transit:RU": 4}))
    assert price(plan, "policy", "RU") == pytest.approx(30)


def test_least_cost_prices_have_the_economic_sign(tmp_path: Path) -> None:
    # One more of SHORT spares LONG's 50 for 30: worth + 20 to whoever pays.
    plan = solve(toy(tmp_path, objective="cost"))
    assert price(plan, "capacity", "SHORT") == pytest.approx(20)


def test_a_month_prices_a_tonne_of_that_month(tmp_path: Path) -> None:
    plan = solve(months(toy(tmp_path), 2))
    capacity = plan.prices["capacity"]
    short = capacity[capacity["limit"] == "SHORT"]
    assert short["price"].tolist() == pytest.approx([10, 10])
    assert set(short["unit"]) == {"USD/t"}


def test_many_binding_limits_fall_back_to_duals_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "MOST", 1)
    plan = solve(toy(tmp_path))
    assert "prices" in [w["code"] for w in plan.warnings]
    assert price(plan, "capacity", "SHORT") == pytest.approx(10)  # unique here


def test_the_session_is_left_as_it_was(tmp_path: Path) -> None:
    """Limits moved to read a slope are moved back: the next solve has the old optimum."""
    program = program_of(toy(tmp_path))
    session = Session(program)
    first = session.solve()
    prices.marginal_worth(session, program, first)
    assert (session.form.row_upper == program.row_upper).all()
    assert (session.form.col_upper == program.col_upper).all()
    assert session.solve().objective == pytest.approx(first.objective, rel=1e-12)
