"""What owners of one corridor ask: the worked example of three steps, straight demand, and search by brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from energy_routes.studies.tariffs.owners import Held, Steps, agreed, held, joint

EXAMPLE = Steps(np.array([10.0, 7.0, 4.0]), np.array([10.0, 20.0, 30.0]))


def straight(a: float, b: float, parts: int) -> Steps:
    """Q = a − b·T cut into steps, the nearest ones below it."""
    volumes = a * np.arange(1, parts + 1) / parts
    return Steps((a - volumes) / b, volumes)


def moved(steps: Steps, charge: float) -> float:
    """The volume at a charge, at a step its upper value."""
    return max((q for w, q in zip(steps.charges, steps.volumes, strict=True) if charge <= w + 1e-9), default=0.0)


def test_one_owner_of_the_example_asks_7() -> None:
    at = joint(EXAMPLE, 0.0)
    assert at == 1
    assert EXAMPLE.charges[at] * EXAMPLE.volumes[at] == 140


def test_two_owners_of_the_example_hold_at_7_or_10() -> None:
    assert list(held(EXAMPLE, 0.0, 2)) == [Held(0, 4.0, 6.0), Held(1, 3.0, 4.0)]


def test_three_owners_of_the_example_hold_at_10_alone() -> None:
    found = list(held(EXAMPLE, 0.0, 3))
    assert [one.step for one in found] == [0]
    assert EXAMPLE.charges[0] * EXAMPLE.volumes[0] == 100  # 40 less than one owner, and half of the volume


def test_one_owner_alone_holds_only_where_he_earns_most() -> None:
    assert list(held(EXAMPLE, 0.0, 1)) == [Held(1, 7.0, 7.0)]


@pytest.mark.parametrize("cost", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("owners", [2, 3])
def test_brute_force_finds_the_same_steps_and_splits(owners: int, cost: float) -> None:
    """Margins on a grid of halves: each owner's is the best answer to the others'."""
    grid = np.arange(0.0, 10.5, 0.5)
    best = {rest: max(m * moved(EXAMPLE, cost + rest + m) for m in grid) for rest in np.arange(0.0, 21.0, 0.5)}
    seen: dict[float, list[float]] = {}
    for margins in product(grid, repeat=owners):
        total = float(sum(margins))
        volume = moved(EXAMPLE, cost + total)
        if volume and all(m * volume >= best[total - m] - 1e-9 for m in margins):
            seen.setdefault(cost + total, []).extend(margins)
    told = {float(EXAMPLE.charges[one.step]): (one.low, one.high) for one in held(EXAMPLE, cost, owners)}
    assert set(told) == set(seen)
    for charge, (low, high) in told.items():
        assert low - 1e-9 <= min(seen[charge]) < low + 0.5
        assert high - 0.5 < max(seen[charge]) <= high + 1e-9


@pytest.mark.parametrize("owners", [1, 2, 3, 4])
def test_straight_demand_is_come_near_to(owners: int) -> None:
    """a = 100, b = 2, C = 8: K = 42; n owners ask C + nK/(n + 1) together and move bK/(n + 1)."""
    a, b, cost, parts = 100.0, 2.0, 8.0, 500
    room = a / b - cost
    steps, near = straight(a, b, parts), 2.0 * a / parts
    found = list(held(steps, cost, owners))
    assert found
    for one in found:
        assert steps.charges[one.step] == pytest.approx(cost + owners * room / (owners + 1), abs=near)
        assert steps.volumes[one.step] == pytest.approx(b * room / (owners + 1), abs=b * near)
        if owners == 3:  # costs 3, 1, 4: charges 13.5, 11.5, 14.5, and 220.5 to each
            assert (one.low + one.high) / 2 * steps.volumes[one.step] == pytest.approx(220.5, rel=0.01)


def test_no_step_above_cost_is_no_deal() -> None:
    assert joint(EXAMPLE, 11.0) is None
    assert list(held(EXAMPLE, 11.0, 2)) == []
    assert agreed(EXAMPLE, 11.0, np.array([0.0, 30.0, 90.0])) is None


def test_the_nash_point_halves_the_room_of_one_step() -> None:
    """One step at 12, cost 4: they meet in the middle, 8, and each gains 4 on 5 units."""
    found = agreed(Steps(np.array([12.0]), np.array([5.0])), 4.0, np.array([0.0]))
    assert found == (8.0, 5.0, 20.0, 20.0)


def test_the_nash_point_is_the_best_on_a_fine_grid() -> None:
    worth = np.array([0.0, 30.0, 90.0])  # (10 − 7)·10, then (7 − 4)·20 more
    found = agreed(EXAMPLE, 1.0, worth)
    assert found is not None

    def product_at(charge: float) -> float:
        gain = sum(10.0 * max(0.0, w - charge) for w in EXAMPLE.charges)
        return float((charge - 1.0) * moved(EXAMPLE, charge) * gain)

    assert found.carriers * found.shipper == pytest.approx(max(map(product_at, np.arange(1.0, 10.0, 0.001))), rel=1e-5)
    assert found.shipper == pytest.approx(sum(10.0 * max(0.0, w - found.charge) for w in EXAMPLE.charges))


def test_weight_moves_the_point_to_the_carrier() -> None:
    one = Steps(np.array([12.0]), np.array([5.0]))
    assert [agreed(one, 4.0, np.array([0.0]), weight).charge for weight in (0.25, 0.75)] == [6.0, 10.0]  # type: ignore[union-attr]


def test_a_corridor_that_nothing_can_reach_has_no_point() -> None:
    nothing = Steps(np.array([]), np.array([]))
    assert joint(nothing, 0.0) is None
    assert agreed(nothing, 0.0, np.array([])) is None
    assert list(held(nothing, 0.0, 2)) == []
