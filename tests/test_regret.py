"""Minimum regret on the toy: by hand, by enumeration of every booking, and against what each scenario earns alone.

At the hub a tonne is worth 470 on SHORT (6 Mt), 460 and 440 on LONG (3 + 2 Mt, tariff 50); lifting costs 10.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_cvar import value
from toy import toy

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.errors import UsageError

BOOK = {"arcs": ["arc:LONG"], "premium": 20, "spot": 0}


def scenarios(folder: Path) -> dict[str, Case]:
    case = toy(folder)
    return {"calm": case, "half": case.outage("SHORT", remaining=0.5), "lost": case.without("SHORT")}


def booked(found: er.Regret, criterion: str) -> float:
    return float(found.bookings.loc[found.bookings["criterion"] == criterion, "booked"].sum())


def test_the_least_regret_by_enumeration_of_every_booking(tmp_path: Path) -> None:
    found = er.regret(scenarios(tmp_path), BOOK)
    left = {"calm": 6.0, "half": 3.0, "lost": 0.0}
    grid = np.linspace(0, 5, 5001)
    earned = np.array([[value(float(u), short, 20, 0) for short in left.values()] for u in grid])
    worst = (earned.max(axis=0) - earned).max(axis=1)
    assert found.least == pytest.approx(worst.min(), abs=0.05)
    assert booked(found, "regret") == pytest.approx(grid[worst.argmin()], abs=0.002)
    assert booked(found, "expected") == pytest.approx(grid[earned.mean(axis=1).argmax()], abs=0.002)
    assert booked(found, "cvar") == pytest.approx(5)
    assert found.summary.set_index("criterion").loc["expected", "expected_netback"] == pytest.approx(
        earned.mean(axis=1).max()
    )


def test_by_hand(tmp_path: Path) -> None:
    # Booked u in 3 … 5: calm loses 10 + 30·(u − 3), "lost" loses 430·(5 − u): equal at u = 2220/460.
    case = toy(tmp_path)
    found = er.regret({"calm": case, "lost": case.without("SHORT")}, BOOK)
    u = (430 * 5 + 30 * 3 - 10) / 460
    assert booked(found, "regret") == pytest.approx(u)
    assert found.least == pytest.approx(430 * (5 - u))
    mine = found.scenarios[found.scenarios["criterion"] == "regret"].set_index("scenario")
    assert mine.loc["calm", "regret"] == pytest.approx(mine.loc["lost", "regret"])
    assert mine["alone"].tolist() == pytest.approx([3840, 2390])


def test_each_criterion_is_best_by_its_own_measure(tmp_path: Path) -> None:
    summary = er.regret(scenarios(tmp_path), {**BOOK, "spot": 0.1}, alpha=0.5).summary.set_index("criterion")
    assert summary["largest_regret"].idxmin() == "regret"
    assert summary.loc["expected", "expected_netback"] >= summary["expected_netback"].max() - 1e-6
    assert summary.loc["cvar", "cvar"] <= summary["cvar"].min() + 1e-6


def test_one_scenario_or_the_same_twice_leave_nothing_to_regret(tmp_path: Path) -> None:
    case = toy(tmp_path)
    for cases in ({"only": case}, {"one": case, "other": case}):
        found = er.regret(cases, BOOK)
        assert found.least == 0
        assert booked(found, "regret") == pytest.approx(2)
        assert "least 0.0 MUSD" in repr(found)


def test_a_scenario_without_probability_still_counts_for_regret(tmp_path: Path) -> None:
    case = toy(tmp_path)
    found = er.regret({"calm": case, "lost": case.without("SHORT")}, BOOK, {"calm": 1.0, "lost": 0.0})
    assert found.least == pytest.approx(430 * (5 - 2230 / 460), abs=5)
    assert booked(found, "expected") == pytest.approx(2)


def test_a_way_that_only_some_scenarios_have_can_be_booked(tmp_path: Path) -> None:
    # LONG is closed in one scenario: what is booked on it is paid there for nothing, 50 a tonne.
    case = toy(tmp_path)
    found = er.regret({"open": case, "shut": case.without("LONG")}, BOOK)
    # Booked u ≤ 2: "open" loses 450·(2 − u) (460 less lifting), "shut" 50·u.
    assert booked(found, "regret") == pytest.approx(900 / 500)
    assert found.least == pytest.approx(90)


def test_caps_are_kept_in_every_scenario(tmp_path: Path) -> None:
    case = toy(tmp_path, max_share={"transit:RU": 0.5})
    found = er.regret({"calm": case, "dear": case.scale("arc:LONG", "tariff", 1.2)}, {**BOOK, "spot": 1})
    assert booked(found, "regret") == pytest.approx(4, abs=1e-6)


def test_scenarios_of_the_bundled_models_share_bookings() -> None:
    case = er.load("btc-5")
    found = er.regret({"quiet": case, "one mooring": case.scenario("one-mooring")}, {"arcs": ["arc:BTC"], "spot": 0.0})
    for _, rows in found.scenarios.groupby("criterion"):
        assert (rows["netback"] <= rows["alone"] + 1e-5).all()
    assert found.least <= found.summary["largest_regret"].max()


def test_slips_are_told(tmp_path: Path) -> None:
    case = toy(tmp_path)
    with pytest.raises(UsageError, match="shares bookings"):
        er.regret([case])
    with pytest.raises(UsageError, match="one name"):
        er.regret([case, case], BOOK)
    with pytest.raises(UsageError, match="sum to"):
        er.regret({"a": case}, BOOK, {"a": 0.5})
    with pytest.raises(UsageError, match="probabilities name"):
        er.regret({"a": case}, BOOK, {"b": 1.0})
    with pytest.raises(UsageError, match=r"plain netbacks, .*\. Take policy\.objective, max_hhi, "):
        er.regret({"a": case.with_policy(objective="cost")}, BOOK)
    with pytest.raises(UsageError, match="at least one"):
        er.regret({}, BOOK)
