"""Frontiers of the toy by hand, and of the bundled oil year by finite differences and brute force."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy import best, months, toy

import energy_routes as er
from energy_routes.errors import DataError, InfeasibleError, UsageError
from energy_routes.studies.curves.frontier import Frontier, frontier
from energy_routes.studies.curves.points import first_and_last
from energy_routes.studies.least_share import lowest_share

SHARE = "policy.max_share.transit:RU"
# 2 Mt go home at 100 USD/t; every tonne costs 10 USD to gather and lift.  Without caps 6 Mt go short, 2 Mt long.
FREE = 2 * 100 + 6 * 470 + 2 * 460 - 10 * 10


def kinks(curve: Frontier) -> list[float]:
    return curve.points.loc[curve.points["kink"], "cap"].tolist()


@pytest.fixture(scope="module")
def curve(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    """The toy's whole curve of the share of Russia, exports held."""
    return frontier(toy(tmp_path_factory.mktemp("curve")), SHARE, 1.0, 0.0)


def test_share_with_exports_held(curve: Frontier) -> None:
    """8 Mt must leave: SHORT 8σ.  Below 5/8 the first tier (3 Mt) is full, below 3/8 the line (5 Mt)."""
    assert kinks(curve) == pytest.approx([6 / 8, 5 / 8])
    assert curve.points["cap"].iloc[-1] == pytest.approx(3 / 8)
    assert curve.points["what"].tolist() == ["start", "kink", "kink", "tightest"]
    assert curve.points["netback"].tolist() == pytest.approx([FREE, FREE, FREE - 10, FREE - 10 - 2 * 30], rel=1e-8)
    assert set(curve.segments["form"]) == {"linear"}
    assert curve.segments["price_from"].tolist() == pytest.approx([0, 8 * 10, 8 * 30], abs=1e-5)
    assert curve.points["price_usd_per_t_exposure"].tolist() == pytest.approx([0, 0, 10, 30], abs=1e-5)
    assert curve.points["price_musd_per_pp"].tolist() == pytest.approx([0, 0, 0.8, 2.4], abs=1e-6)
    assert curve.points["premium_usd_per_t"].tolist() == pytest.approx([0, 0, 10 / 8, 70 / 8], abs=1e-6)
    assert curve.points["cost_shut_in"].tolist() == pytest.approx([0] * 4, abs=1e-5)
    assert curve.points["shut_in"].tolist() == pytest.approx([0] * 4, abs=1e-6)
    assert "37.5 %" in curve.notes[0]
    assert "exports held" in curve.notes[0]


def test_every_kink_is_named(curve: Frontier) -> None:
    points = curve.points
    assert "Hub → West" in points["enters"].iloc[1] or "West" in points["enters"].iloc[1]
    assert "East" in points["leaves"].iloc[1]
    assert points["limits"].iloc[2] == "West, tier 1"


def test_share_with_exports_free(tmp_path: Path) -> None:
    """Beyond 3/8 wells are shut in: SHORT = 5σ/(1−σ), each tonne 460 USD — a linear-fractional, convex piece."""
    curve = frontier(toy(tmp_path, exports="free"), SHARE, 0.7, 0.1)
    assert curve.segments["form"].tolist() == ["linear", "linear", "fractional"]
    full = 2 * 100 + 3 * 460 + 2 * 440 - 10 * 7  # LONG full, nothing short
    for at, objective in curve.curve.itertuples(index=False):
        if at < 3 / 8:
            assert objective == pytest.approx(full + 460 * 5 * at / (1 - at), rel=1e-9)
    last = curve.points.iloc[-1]
    lost = 3 - 5 * 0.1 / 0.9
    assert last["shut_in"] == pytest.approx(lost)
    assert last["exports"] == pytest.approx(8 - lost)
    # the split: with so little lifted and every way open the 2 Mt by LONG (450) go first, then those by SHORT (460);
    # the rest is re-routing: SHORT carries 5/9 of a Mt, LONG 3 in tier 1 and 2 in tier 2, where it would carry none
    assert last["cost_shut_in"] == pytest.approx(2 * 450 + (lost - 2) * 460)
    assert last["cost_rerouting"] == pytest.approx(3 * 10 + 2 * 30)
    assert last["cost_shut_in"] + last["cost_rerouting"] == pytest.approx(last["cost"])
    # the price is the derivative: 460 · 5/(1−σ)²
    assert last["price"] == pytest.approx(460 * 5 / 0.9**2, rel=1e-6)


@pytest.mark.parametrize(("start", "told"), [(0.9, (10, 30)), (0.75, (10, 30)), (0.7, None)])
def test_the_first_tonne_is_told_where_the_curve_begins_before_it(
    start: float, told: tuple[float, float] | None, tmp_path: Path
) -> None:
    """Without a cap the share is 6/8: a curve from 0.7 on begins with another tonne."""
    found = first_and_last(SHARE, frontier(toy(tmp_path), SHARE, start, 0.5).points)
    assert found == (told and pytest.approx(told))


def test_the_other_direction_and_no_plan_at_start(tmp_path: Path) -> None:
    case = toy(tmp_path)
    up, down = frontier(case, SHARE, 0.2, 0.9), frontier(case, SHARE, 0.9, 0.2)
    pd.testing.assert_frame_equal(up.points, down.points)
    assert any("no plan at 20 %" in note for note in up.notes)
    both = frontier(case, SHARE, 0.4, 0.9)
    assert kinks(both) == pytest.approx([5 / 8, 6 / 8])
    assert both.points["price_usd_per_t_exposure"].tolist() == pytest.approx([30, 10, 0, 0], abs=1e-5)


def test_no_plan_at_either_end_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InfeasibleError, match=r"cannot go below 0\.3750"):
        frontier(toy(tmp_path), SHARE, 0.3, 0.1)


def test_tariff(tmp_path: Path) -> None:
    """SHORT beats the first tier up to 40 USD/t, the second up to 60: slopes −6, −5, −3 Mt."""
    curve = frontier(toy(tmp_path), "arc:SHORT.tariff", 0, 100)
    assert kinks(curve) == pytest.approx([40, 60])
    assert curve.segments["price_from"].tolist() == pytest.approx([-6, -5, -3])
    assert curve.unit == "USD/t"
    assert "West" in curve.points["enters"].iloc[1]
    assert "East" in curve.points["leaves"].iloc[1]
    assert curve.points["netback"].iloc[0] == pytest.approx(FREE + 6 * 30)


def test_capacity(tmp_path: Path) -> None:
    """SHORT's capacity from 0: shut-in wells open (460), then tier 2 (30) and tier 1 (10) are left; 8 is enough."""
    curve = frontier(toy(tmp_path), "arc:SHORT.capacity", 0, 10)
    assert kinks(curve) == pytest.approx([3, 5, 8])
    assert curve.segments["price_from"].tolist() == pytest.approx([460, 30, 10, 0], abs=1e-6)
    assert curve.points["shut_in"].tolist() == pytest.approx([3, 0, 0, 0, 0], abs=1e-9)
    kilotonnes = frontier(toy(tmp_path / "kt"), "arc:SHORT.capacity", 0, 10_000, unit="kt/y")
    assert kinks(kilotonnes) == pytest.approx([3000, 5000, 8000])


def test_supply_below_its_minimum_has_no_plan(tmp_path: Path) -> None:
    supplies = "id,node,commodity,shipper,available,minimum,cost\nFIELD_CO,FIELD,CRUDE,Field Co,10,4,9\n"
    curve = frontier(toy(tmp_path, {"supplies": supplies}), "supply:FIELD_CO.available", 8, 1)
    assert curve.points["cap"].iloc[-1] == pytest.approx(4)
    assert curve.points["what"].iloc[-1] == "tightest"
    assert curve.segments["price_from"].tolist() == pytest.approx([460])  # SHORT carries all that is left


def test_volume_cap_market_depth_and_supply(tmp_path: Path) -> None:
    case = toy(tmp_path)
    volume = frontier(case, "policy.max_exposure.transit:RU", 8, 3)
    assert kinks(volume) == pytest.approx([6, 5])
    assert volume.points["price_usd_per_t_exposure"].tolist() == pytest.approx([0, 0, 10, 30], abs=1e-5)
    depth = frontier(case, "tier:WEST/1.depth", 0, 4)
    assert kinks(depth) == pytest.approx([2])
    assert depth.segments["price_from"].tolist() == pytest.approx([20, 0], abs=1e-6)
    supply = frontier(case, "supply:FIELD_CO.available", 2, 20)
    assert kinks(supply) == pytest.approx([8, 11, 13])  # 6 short, 3 and 2 long after the 2 at home
    assert supply.segments["price_from"].tolist() == pytest.approx([460, 450, 430, 0], abs=1e-6)


def test_least_cost(tmp_path: Path) -> None:
    """Spent, not earned: a cap's price is what one more unit of it saves."""
    curve = frontier(toy(tmp_path, objective="cost"), SHARE, 0.8, 0.4)
    assert curve.points["objective"].is_monotonic_increasing
    assert curve.segments["price_from"].tolist() == pytest.approx([0, 8 * 20], abs=1e-5)


def test_months_and_caps_by_period(tmp_path: Path) -> None:
    """A cap that counts in every month moves three rows: it is sampled, and says so; each sample is an optimum."""
    case = months(toy(tmp_path)).with_policy(max_share={"transit:RU": {"cap": 0.9, "over": "period"}})
    curve = frontier(case, SHARE, 0.74, 0.5, samples=3)
    assert set(curve.segments["form"]) == {"sampled"}
    assert any("not proved" in note for note in curve.notes)
    for row in curve.points.itertuples():
        again = case.with_policy(max_share={"transit:RU": {"cap": row.cap, "over": "period"}})
        assert row.objective == pytest.approx(best(again).value)
    horizon = frontier(months(toy(tmp_path / "h")), SHARE, 1.0, 0.2)
    assert set(horizon.segments["form"]) == {"linear"}
    assert horizon.points["cap"].iloc[-1] == pytest.approx(3 / 8)


def test_what_is_asked_wrongly_is_told(tmp_path: Path) -> None:
    case = toy(tmp_path)
    for over, start, stop, error in (
        ("policy.max_share.transit:XX", 1, 0, UsageError), ("policy.objective", 0, 1, UsageError),
        ("arc:SHORT.tarif", 0, 1, DataError), ("arc:NOWHERE.tariff", 0, 1, DataError), ("nonsense", 0, 1, UsageError),
        (SHARE, 0.5, 0.5, UsageError), (SHARE, 1.5, 0.5, UsageError), (SHARE, float("nan"), 0.5, UsageError),
        ("arc:SHORT.capacity", -1, 5, DataError),
    ):
        with pytest.raises(error):
            frontier(case, over, start, stop)


def test_json_parquet_and_plot(curve: Frontier, tmp_path: Path) -> None:
    told = json.loads(curve.to_json())
    assert {"cap", "netback", "exports", "shut_in", "price_usd_per_t_exposure", "price_musd_per_pp",
            "premium_usd_per_t", "kink", "enters"} <= set(told["points"][0])
    assert told["over"] == SHARE
    assert {"from", "to", "form"} <= set(told["segments"][0])
    curve.save(tmp_path / "out")
    first = (tmp_path / "out" / "points.parquet").read_bytes()
    frontier(toy(tmp_path / "again"), SHARE, 1.0, 0.0).save(tmp_path / "out")
    assert (tmp_path / "out" / "points.parquet").read_bytes() == first
    ax = curve.plot()
    assert ax.get_xlabel() == "share of Russia, %"
    assert len(ax.lines) >= 2


def test_lowest_share(tmp_path: Path) -> None:
    """1.25 USD/t × 8 Mt = 10 MUSD buys 5/8; 5 × 8 = 40 buys one tonne more at 30; 70 reach the end of the line."""
    case = toy(tmp_path)
    assert lowest_share(case, "transit:RU", 0).share == pytest.approx(6 / 8)
    assert lowest_share(case, "transit:RU", 1.25).share == pytest.approx(5 / 8)
    found = lowest_share(case, "transit:RU", 5)
    assert found.share == pytest.approx(4 / 8)
    assert (found.limited_by, found.premium) == ("budget", pytest.approx(5))
    end = lowest_share(case, "transit:RU", 50)
    assert (end.limited_by, end.share) == ("network", pytest.approx(3 / 8))
    free = lowest_share(case.with_policy(exports="free"), "transit:RU", 50)
    assert free.share < 3 / 8
    assert free.premium == pytest.approx(50)
    with pytest.raises(UsageError):
        lowest_share(case, "transit:RU", -1)
    with pytest.raises(UsageError):
        lowest_share(case, "transit:XX", 1)


@pytest.fixture(scope="module")
def oil() -> er.Case:
    return er.load("oil-2024")


@pytest.mark.exhaustive
def test_oil_share_against_brute_force_and_finite_differences(oil: er.Case) -> None:
    curve = frontier(oil, SHARE, 0.96, 0.40)
    assert curve.points["cap"].iloc[-1] == pytest.approx(0.8752, abs=5e-5)
    assert set(curve.segments["form"]) == {"linear"}
    assert (np.diff(curve.points["objective"]) <= 1e-6).all()
    rising = curve.curve[::-1]
    for at in (0.93, 0.8975):
        solved = best(oil.set(SHARE, at)).value
        assert np.interp(at, rising["cap"], rising["objective"]) == pytest.approx(solved, rel=1e-9)
    for piece in curve.segments.itertuples():
        middle, h = (piece._1 + piece.to) / 2, abs(piece._1 - piece.to) / 8
        up, down = (best(oil.set(SHARE, middle + d)).value for d in (h, -h))
        assert piece.price_from == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-4)
    priced = er.solve(oil.set(SHARE, 0.93)).prices["policy"]
    cap = priced[priced["limit"] == "RU"]["price"].iloc[0]
    at_it = curve.segments[(curve.segments["from"] > 0.93) & (curve.segments["to"] < 0.93)].iloc[0]
    assert at_it["price_from"] / 100 == pytest.approx(cap, rel=1e-6)


@pytest.mark.exhaustive
def test_oil_what_tariff_makes_btc_win(oil: er.Case) -> None:
    """Above the last kink nothing moves by BTC, below it something does: two solves apart tell the same."""
    curve = frontier(oil, "arc:BTC.tariff", 0, 60)
    (last,) = kinks(curve)[-1:]
    for tariff, more in ((last - 0.1, True), (last + 0.1, False)):
        plan = er.solve(oil.set("arc:BTC.tariff", tariff))
        moved = float(plan.arcs.loc[plan.arcs["arc"] == "BTC", "volume"].iloc[0])
        assert (moved > 1e-6) == more
    assert "Ceyhan" in curve.points.loc[curve.points["cap"] == last, "leaves"].iloc[0]
