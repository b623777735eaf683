"""Measures of diversification against published figures and their own limits."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from toy import toy

from energy_routes.indicators.concentration import effective_number, hhi, largest_share, shannon_wiener
from energy_routes.solving.loop import solve

volumes = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=12)


def test_hhi_of_portugal() -> None:
    """GRIP South 2009–11: two entries of 60 % and 40 % give 0.52."""
    assert hhi([60, 40]) == pytest.approx(0.52)


def test_what_is_even_and_what_is_all_in_one() -> None:
    assert hhi([2, 2, 2, 2]) == pytest.approx(0.25)
    assert effective_number([2, 2, 2, 2]) == pytest.approx(4)
    assert shannon_wiener([2, 2, 2, 2]) == pytest.approx(math.log(4))
    assert (hhi([7, 0, 0]), shannon_wiener([7, 0, 0]), largest_share([7, 0, 0])) == (1, 0, 1)


def test_where_nothing_moves_they_are_undefined_not_zero() -> None:
    for measure in (hhi, effective_number, shannon_wiener, largest_share):
        assert math.isnan(measure([]))
        assert math.isnan(measure([0.0, 0.0]))


@given(volumes)
def test_their_ranges(v: list[float]) -> None:
    n = len(v)
    assert 1 / n - 1e-12 <= hhi(v) <= 1 + 1e-12
    assert 1 - 1e-9 <= effective_number(v) <= n + 1e-9
    assert -1e-12 <= shannon_wiener(v) <= math.log(n) + 1e-12
    assert math.exp(shannon_wiener(v)) >= effective_number(v) - 1e-9  # Hill numbers fall with their order
    assert largest_share(v) ** 2 <= hhi(v) + 1e-12 <= largest_share(v) + 1e-9


@given(volumes, st.floats(0.01, 100))
def test_units_and_order_do_not_matter(v: list[float], factor: float) -> None:
    for measure in (hhi, shannon_wiener, largest_share):
        assert measure([x * factor for x in reversed(v)]) == pytest.approx(measure(v), rel=1e-9, abs=1e-12)


def test_a_plan_has_hhi_of_partitions_and_shares_of_all_kinds(tmp_path: Path) -> None:
    table = solve(toy(tmp_path)).indicators
    value = table.set_index(["indicator", "kind", "group"])["value"]
    assert value["hhi", "corridor", ""] == pytest.approx(0.75**2 + 0.25**2)
    assert value["hhi", "market", ""] == pytest.approx(0.625)
    assert value["share", "transit", "RU"] == pytest.approx(0.75)
    assert ("hhi", "transit", "") not in value.index  # transit countries do not partition the exports
