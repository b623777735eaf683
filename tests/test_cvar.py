"""Bookings under disruption: the toy by hand, every booking by enumeration, CVaR by sorting, scipy on the whole.

At the hub a tonne is worth 470 on SHORT (6 Mt), 460 and 440 on LONG (3 + 2 Mt, tariff 50); lifting costs 10.
Undisturbed: 6 and 2 Mt, 3840 MUSD.  Without SHORT: 5 Mt on LONG, 2390 MUSD.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rest import first
from test_security import scipy_value, volume
from toy import months, toy

import energy_routes as er
from energy_routes.answer import Words
from energy_routes.case.case import Case
from energy_routes.errors import InfeasibleError, UsageError, VerificationError
from energy_routes.formulation.rules.tail import cvar_of
from energy_routes.plan.plan import Plan

LOST = {"name": "SHORT fails", "probability": 0.25, "outages": ["arc:SHORT"]}
BOOK = {"arcs": ["arc:LONG"], "premium": 20}


def hedge(case: Case, *scenarios: dict[str, Any], bookings: dict[str, Any] | None = None, **lever: Any) -> Plan:
    return er.solve(case.with_policy(cvar={"scenarios": scenarios, **lever}, bookings=bookings))


def risk(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = plan.certificate["risk"]
    return found


def booked(plan: Plan) -> float:
    return float(plan.bookings["booked"].sum())


def value(u: float, short: float, premium: float, spot: float) -> float:
    """The toy's best netback with ``u`` booked on LONG and ``short`` Mt left of SHORT: tried at every corner."""
    best = -np.inf
    most = min(5.0, u + 5.0 * spot)
    for long in {0.0, 3.0, u, most, *np.clip([8 - short, 2.0, 5.0], 0, most)}:
        if not 0 <= long <= most:
            continue
        for way in {min(short, max(0.0, 8 - long)), 0.0}:
            sold = 470 * way + 460 * min(long, 3) + 440 * max(long - 3, 0)
            bought = max(long - u, 0)
            lifted = 2 + way + long
            best = max(best, sold + 200 - 10 * lifted - 50 * (u - long + bought) - premium * bought)
    return best


def by_enumeration(futures: list[tuple[float, float]], premium: float, spot: float, weight: float, alpha: float
                   ) -> tuple[float, float]:  # fmt: skip
    """(best objective, best booking) over a fine grid of bookings; futures are (probability, SHORT left in Mt)."""
    chances = np.array([p for p, _ in futures])
    extremes = np.array(_extremes(chances, alpha))
    found = []
    for u in np.linspace(0, 5, 501):
        netback = np.array([value(float(u), left, premium, spot) for _, left in futures])
        tail = (extremes @ -netback).max()
        found.append(((1 - weight) * float(chances @ netback) - weight * float(tail), float(u)))
    return max(found)


def _extremes(chances: np.ndarray[Any, np.dtype[np.float64]], alpha: float) -> list[np.ndarray[Any, Any]]:
    """CVaR's dual: every order of filling 1 − α with the futures' probabilities (Artzner and others 1999)."""
    from itertools import permutations

    out = []
    for order in permutations(range(len(chances))):
        weight, room = np.zeros(len(chances)), 1 - alpha
        for at in order:
            weight[at] = min(chances[at], room)
            room -= weight[at]
        out.append(weight / (1 - alpha))
    return out


def test_what_cannot_be_bought_on_the_day_is_booked(tmp_path: Path) -> None:
    # No spot: a tonne booked costs 10 or 30 when nothing fails and saves 430 or 450 when SHORT does.
    plan = hedge(toy(tmp_path), LOST, bookings={**BOOK, "spot": 0})
    assert booked(plan) == pytest.approx(5)
    assert plan.futures["netback"].tolist() == pytest.approx([3770, 2390])
    figures = risk(plan)
    assert figures["expected_netback"] == pytest.approx(0.75 * 3770 + 0.25 * 2390)
    assert figures["wait_and_see"] == pytest.approx(0.75 * 3840 + 0.25 * 2390)
    assert figures["evpi"] == pytest.approx(0.75 * 70)
    # Reckoning with the average (SHORT at 4.5) books 3.5: 3815 undisturbed, 1745 without SHORT.
    assert figures["expected_value_bookings"] == pytest.approx(0.75 * 3815 + 0.25 * 1745)
    assert figures["vss"] == pytest.approx(127.5)
    (told,) = (warning["message"] for warning in plan.warnings if warning["code"] == "risk")
    assert "knowing what fails would be worth 52.5 MUSD; reckoning with it is worth 127.5 MUSD" in told
    assert plan.futures["regret"].tolist() == pytest.approx([70, 0])


@pytest.mark.parametrize(("weight", "least"), [(0.0, 2), (0.05, 2), (0.2, 3), (0.4, 3), (0.5, 5), (1.0, 5)])
def test_aversion_books_more(tmp_path: Path, weight: float, least: float) -> None:
    # 20·(¼(1−λ) + λ) against 10·¾(1−λ) for the third tonne (λ > 1/9) and 30·¾(1−λ) for the next two (λ > 7/15).
    plan = hedge(toy(tmp_path), LOST, bookings=BOOK, alpha=0.75, **{"lambda": weight})
    assert booked(plan) == pytest.approx(least, abs=1e-6)
    expected, _ = by_enumeration([(0.75, 6), (0.25, 0)], 20, 1, weight, 0.75)
    assert plan.objective.value == pytest.approx(expected)
    assert float(plan.ledger["value"].sum()) == pytest.approx(plan.objective.value)


@pytest.mark.parametrize(("spot", "weight", "worth", "least", "most"), first([
    (1, 0.0, 40, 40, 40),  # on the day each of 2 and of 5 Mt costs 20: 3800 and 2290; 2 booked: 3840 and 2330
    (1, 0.2, 0.8 * 37.5 + 0.2 * 60, 30, 60),  # 3 booked: 3830 and 2350
    (0, 0.0, 0.75 * 830 + 0.25 * 2210, 830, 2210),  # nothing on the day: 2940 and 180; 5 booked: 3770 and 2390
], 2))
def test_what_booking_ahead_is_worth(
    tmp_path: Path, spot: float, weight: float, worth: float, least: float, most: float
) -> None:
    plan = hedge(toy(tmp_path), LOST, bookings={**BOOK, "spot": spot}, alpha=0.75, **{"lambda": weight})
    found = risk(plan)["bookings"]
    assert (found["worth"], found["least"], found["most"]) == pytest.approx((worth, least, most))
    told = str(er.answer_of(plan))
    assert told.startswith("Booking ahead pays: it is worth ")
    plan.save(tmp_path / "saved")
    er.verify(tmp_path / "saved")
    file = tmp_path / "saved" / "certificate.json"
    wrong = json.loads(file.read_text("utf-8"))
    wrong["risk"]["bookings"] |= {"worth": most + 1}
    file.write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(VerificationError, match=f"worth of booking: {most + 1:g} is above the limit of {most:g}"):
        er.verify(tmp_path / "saved")


def test_whether_booking_ahead_pays_is_said_first(tmp_path: Path) -> None:
    none = hedge(toy(tmp_path / "a"), LOST)
    assert risk(none)["bookings"] is None
    assert "ooking" not in str(er.answer_of(none))
    free = hedge(toy(tmp_path / "b"), LOST, bookings={"arcs": ["arc:LONG"]})  # no premium, all on the day
    assert str(er.answer_of(free)).startswith("Booking ahead does not pay: buying on the day earns as much; ")
    # Without SHORT 2290 are earned where nothing is booked.
    must = hedge(toy(tmp_path / "c"), LOST, bookings=BOOK, alpha=0.75, kappa=-2300)
    assert str(er.answer_of(must)).startswith("Booking ahead is a must: no plan without it keeps what is asked; ")
    asked = er.answer_of(er.solve(er.load("oil-2026-bookings")))
    assert asked.headline(Words.of("en")).startswith("Booking ahead pays: it is worth 145 MUSD more")


@pytest.mark.parametrize(("weight", "alpha", "spot"), [(0, 0.9, 0.2), (0.3, 0.8, 0.1), (0.7, 0.6, 0.4), (0.5, 0, 0)])
def test_four_futures_by_enumeration_of_bookings(tmp_path: Path, weight: float, alpha: float, spot: float) -> None:
    scenarios = [
        LOST,
        {"name": "half", "probability": 0.15, "outages": ["arc:SHORT"], "remaining": 0.5},
        {"name": "days", "probability": 0.1, "outages": ["arc:SHORT"], "days": 73},
    ]
    plan = hedge(toy(tmp_path), *scenarios, bookings={**BOOK, "spot": spot}, alpha=alpha, **{"lambda": weight})
    futures = [(0.5, 6.0), (0.25, 0.0), (0.15, 3.0), (0.1, 6 * (1 - 73 / 365))]
    expected, at = by_enumeration(futures, 20, spot, weight, alpha)
    assert plan.objective.value == pytest.approx(expected, rel=1e-6)
    assert booked(plan) == pytest.approx(at, abs=0.011)
    assert scipy_value(plan.case) == pytest.approx(plan.objective.value, rel=1e-9)


def test_a_floor_under_the_tail(tmp_path: Path) -> None:
    # Booking 2, the worst quarter earns 2330; each of three more tonnes booked saves its 20.
    case = toy(tmp_path)
    free = hedge(case, LOST, bookings=BOOK, alpha=0.75)
    assert risk(free)["cvar"] == pytest.approx(-2330)
    kept = hedge(case, LOST, bookings=BOOK, alpha=0.75, kappa=-2350)
    assert booked(kept) == pytest.approx(3)
    assert risk(free)["expected_netback"] - risk(kept)["expected_netback"] == pytest.approx(2.5)
    tighter = hedge(case, LOST, bookings=BOOK, alpha=0.75, kappa=-2380)
    assert booked(tighter) == pytest.approx(4.5)
    assert risk(tighter)["cvar"] == pytest.approx(-2380)
    with pytest.raises(InfeasibleError, match=r"cannot go below −2,390\.0 MUSD"):
        hedge(case, LOST, bookings=BOOK, alpha=0.75, kappa=-2400)


def test_knowing_is_worth_more_than_reckoning_and_that_more_than_the_average(tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    for number in range(4):
        chances = draw.dirichlet(np.ones(3))
        scenarios = [
            {"name": f"s{n}", "probability": float(p), "outages": [arc], "remaining": float(draw.random())}
            for n, (p, arc) in enumerate(zip(chances[1:], ("arc:SHORT", "arc:LONG"), strict=True))
        ]
        lever = {"lambda": float(draw.choice([0.0, 0.5])), "alpha": 0.7}
        terms = {"arcs": ["arc:LONG", "arc:SHORT"], "premium": 15, "spot": 0.3}
        figures = risk(hedge(toy(tmp_path / str(number)), *scenarios, bookings=terms, **lever))
        assert figures["wait_and_see"] >= figures["value"] - 1e-6
        assert figures["value"] >= figures["expected_value_bookings"] - 1e-6
        assert figures["evpi"] >= 0
        assert figures["vss"] >= 0


def test_no_scenario_is_the_plain_plan(tmp_path: Path) -> None:
    plan = hedge(toy(tmp_path), bookings=BOOK, **{"lambda": 0.5})
    assert plan.netback == pytest.approx(3840)
    assert booked(plan) == pytest.approx(2)
    assert (risk(plan)["evpi"], risk(plan)["vss"]) == pytest.approx((0, 0))


def test_a_future_without_probability_weighs_nothing_and_still_gets_its_best_plan(tmp_path: Path) -> None:
    plan = hedge(toy(tmp_path), {**LOST, "probability": 0}, bookings=BOOK)
    assert plan.objective.value == pytest.approx(3840)
    assert plan.futures["netback"].tolist() == pytest.approx([3840, 2330])


def test_a_certain_loss_leaves_the_undisturbed_plan_whole(tmp_path: Path) -> None:
    plan = hedge(toy(tmp_path), {**LOST, "probability": 1}, bookings={**BOOK, "spot": 0})
    assert plan.objective.value == pytest.approx(2390)
    assert (volume(plan, "SHORT"), volume(plan, "LONG")) == pytest.approx((3, 5))  # five are booked and paid
    assert plan.netback == pytest.approx(3770)


def test_one_loss_told_twice_is_one_loss(tmp_path: Path) -> None:
    terms = {**BOOK, "spot": 0.1}
    once = hedge(toy(tmp_path / "one"), LOST, bookings=terms, **{"lambda": 0.3})
    halves = [{**LOST, "name": f"half {n}", "probability": 0.125} for n in (1, 2)]
    twice = hedge(toy(tmp_path / "two"), *halves, bookings=terms, **{"lambda": 0.3})
    assert twice.objective.value == pytest.approx(once.objective.value)
    assert booked(twice) == pytest.approx(booked(once))


def test_what_is_out_of_reach_is_shut_in_and_minima_are_waived(tmp_path: Path) -> None:
    # Without GATHER nothing moves; the refinery's 2 Mt cannot be kept by anyone.
    lost = {"name": "gathering", "probability": 0.1, "outages": ["arc:GATHER"]}
    plan = hedge(toy(tmp_path), lost, bookings={**BOOK, "spot": 0})
    assert plan.futures["waived"].tolist() == pytest.approx([0, 2], rel=1e-6)
    assert plan.futures["netback"].tolist() == pytest.approx([3840, -100])  # 2 Mt of LONG are paid all the same


def test_the_price_of_capacity_counts_every_future(tmp_path: Path) -> None:
    # One more tonne on SHORT: 10 more undisturbed and nothing when it fails; on LONG 430 when SHORT fails.
    case = toy(tmp_path)
    plan = hedge(case, LOST)
    price = plan.prices["capacity"].set_index("limit")["price"]
    assert price["SHORT"] == pytest.approx(0.75 * 10)
    assert price["LONG"] == pytest.approx(0.25 * 430)
    more = hedge(case.scale("arc:LONG", "capacity", 5.001 / 5), LOST)
    assert more.objective.value - plan.objective.value == pytest.approx(0.001 * price["LONG"], rel=1e-6)


def test_months_with_an_onset_agree_with_scipy(tmp_path: Path) -> None:
    case = months(toy(tmp_path, {"storages": "id,node,working_volume,opening,closing\nTANK,HUB,1,0.5,cyclic"}), 4)
    storm = {**LOST, "days": 40, "onset": "2023-02", "remaining": 0.2}
    plan = hedge(case, storm, bookings={**BOOK, "spot": 0}, alpha=0.75, **{"lambda": 0.4})
    assert scipy_value(plan.case) == pytest.approx(plan.objective.value, rel=1e-9)
    assert risk(plan)["cvar"] == pytest.approx(-plan.futures["netback"].min(), rel=1e-9)


def test_cvar_by_sorting() -> None:
    losses, chances = np.array([5.0, 1.0, 3.0, 9.0]), np.array([0.2, 0.4, 0.3, 0.1])
    assert cvar_of(losses, chances, 0.8) == pytest.approx((5, (0.1 * 9 + 0.1 * 5) / 0.2))
    assert cvar_of(losses, chances, 0.0) == pytest.approx((1, float(losses @ chances)))
    for alpha in (0.1, 0.5, 0.75, 0.95):
        expected = max(float(losses @ q) for q in _extremes(chances, alpha))
        assert cvar_of(losses, chances, alpha)[1] == pytest.approx(expected)
    assert cvar_of(np.array([7.0]), np.array([1.0]), 0.9) == pytest.approx((7, 7))


@pytest.mark.parametrize(
    ("lever", "words"),
    [
        ({"alpha": 1.0}, "alpha"),
        ({"lambda": 0.5, "kappa": 3}, "not both"),
        ({"scenarios": [{"name": "x", "outages": ["arc:SHORT"]}]}, "probability is missing"),
        ({"scenarios": [LOST, {**LOST, "name": "y", "probability": 0.8}]}, "more than 1"),
        ({"scenarios": [LOST, LOST]}, "one name"),
        ({"scenarios": "event"}, "events"),
        ({"scenarios": [{**LOST, "outages": ["arc:SHRT"]}]}, "SHORT"),
    ],
)
def test_slips_are_told(tmp_path: Path, lever: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        er.solve(toy(tmp_path, cvar=lever))


def test_least_cost_has_no_netback_to_weigh(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cost"):
        er.solve(toy(tmp_path, objective="cost", cvar={"scenarios": [LOST]}))


def test_the_lever_of_a_file_is_saved_and_verified(tmp_path: Path) -> None:
    from energy_routes.audit.verification import audit, verify
    from energy_routes.results.storing import load as load_result

    text = """
        [policy.bookings]
        arcs = ["arc:LONG"]
        premium = 20.0
        spot = 0.0
        [policy.cvar]
        alpha = 0.75
        lambda = 0.5
        scenarios = [{ name = "SHORT fails", probability = 0.25, outages = ["arc:SHORT"] }]
        """
    case = toy(tmp_path / "toy", model=text)
    plan = er.solve(case.set("policy.cvar.lambda", "0.25"))
    assert plan.case.policy.cvar is not None
    assert plan.case.policy.cvar.weight == 0.25
    plan.save(tmp_path / "out")
    again = load_result(tmp_path / "out")
    assert again.case.policy == plan.case.policy
    assert again.futures["netback"].tolist() == pytest.approx([3770, 2390])
    verify(tmp_path / "out")
    case_file = tmp_path / "out" / "inputs" / "case.json"
    case_file.write_text(case_file.read_text("utf-8").replace('"alpha": 0.75', '"alpha": 0.1'), "utf-8")
    assert any(words.startswith("futures: CVaR") for words in audit(tmp_path / "out").differences)


@pytest.mark.exhaustive
def test_the_events_of_the_bundled_pack_make_futures() -> None:
    case = er.load("oil-2024")
    case = replace(case, policy=case.with_policy(cvar={"since": "2022-03"}).policy)
    plan = er.solve(case)
    assert plan.futures["probability"].sum() == pytest.approx(1, abs=1e-12)
    assert len(plan.futures) == 16
    assert risk(plan)["covered"] > 0.9
    assert plan.futures.loc[0, "netback"] == pytest.approx(plan.netback, rel=1e-9)
    assert all(rate["confidence"] == "estimate" and rate["years"] > 4 for rate in risk(plan)["rates"])
