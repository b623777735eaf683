"""Indicators against published numbers, and against their own definitions at the ends of their range."""

from __future__ import annotations

import math

import numpy as np
import pytest

from energy_routes import indicators as ind

CHINA_2021 = [2.786, 0.916, 0.357, 0.319, 0.307]  # bcm by pipeline in January: TM, RU, MM, KZ, UZ (published table)


def test_portugal_of_the_gas_regional_investment_plan() -> None:
    """60 % LNG and 40 % by pipe: published 0.52 (ENTSOG GRIP South, figure 6.13)."""
    assert ind.hhi([60, 40]) == pytest.approx(0.52)


def test_spain_needs_its_two_pipe_groups() -> None:
    """Published 0.57; one pipe group would give 0.597."""
    assert ind.hhi([72.0, 21.9, 6.1]) == pytest.approx(0.57, abs=5e-4)
    assert ind.hhi([72.0, 28.0]) == pytest.approx(0.597, abs=5e-4)


def test_china_in_january_2021() -> None:
    assert sum(CHINA_2021) == pytest.approx(4.685)
    assert ind.hhi(CHINA_2021) == pytest.approx(0.4066, abs=5e-5)
    assert ind.effective_number(CHINA_2021) == pytest.approx(2.459, abs=5e-4)
    assert ind.shannon_wiener(CHINA_2021) == pytest.approx(1.1859, abs=5e-5)
    assert ind.shannon_wiener(CHINA_2021) / math.log(5) == pytest.approx(0.7368, abs=5e-5)


@pytest.mark.parametrize(("volumes", "expected"), [
    ([12.8, 9.6, 2.3, 0.5], 0.4118),  # Azerbaijan 2025: EU, TR, GE, SY
    ([29.64, 4.34, 0.43], 0.7580),  # China 2016: TM, UZ, KZ
    ([41.7, 4.8, 3.2], 0.7175),  # TAP: IT, GR, BG
    ([9.41, 8.41, 1.53, 1.13, 0.773], 0.3620),  # China 2025 by value: RU, TM, MM, KZ, UZ
])
def test_other_published_volumes(volumes: list[float], expected: float) -> None:
    assert ind.hhi(volumes) == pytest.approx(expected, abs=5e-5)


def test_azerbaijan_2025() -> None:
    volumes = [12.8, 9.6, 2.3, 0.5]
    assert ind.effective_number(volumes) == pytest.approx(2.43, abs=5e-3)
    assert ind.shannon_wiener(volumes) == pytest.approx(1.008, abs=5e-4)


def test_kazakh_gas_exits_weighted_by_risk() -> None:
    """China 4.3 and Russia 2.5 bcm; risk 0.5667 and 0.7064 (World Bank's indicators of 2022)."""
    assert ind.hhi([4.3, 2.5]) == pytest.approx(0.535, abs=5e-4)
    assert ind.weighted_hhi([4.3, 2.5], [0.5667, 0.7064]) == pytest.approx(0.322, abs=5e-4)


def test_eu_n_minus_1_of_kazakhstan() -> None:
    """mcm/d: production 78.6, imports 12.3, Bozoi 20, largest 21.9, peak 96: 92.7 %, and 115.5 % without loss."""
    assert ind.eu_n_minus_1(12.3, 78.6, 20, 0, 21.9, 96) == pytest.approx(0.927, abs=5e-4)
    assert ind.eu_n_minus_1(12.3, 78.6, 20, 0, 0, 96) == pytest.approx(1.155, abs=5e-4)
    with_measures = ind.eu_n_minus_1(12.3, 78.6, 20, 0, 21.9, 96, demand_side=7)
    assert with_measures == pytest.approx(89 / 89, abs=1e-3)
    assert math.isnan(ind.eu_n_minus_1(1, 1, 1, 1, 1, 0))


def test_ends_of_the_range() -> None:
    even, alone = [3.0] * 7, [5.0, 0.0, 0.0]
    assert ind.hhi(even) == pytest.approx(1 / 7)
    assert ind.effective_number(even) == pytest.approx(7)
    assert ind.shannon_wiener(even) == pytest.approx(math.log(7))
    assert (ind.hhi(alone), ind.shannon_wiener(alone), ind.largest_share(alone)) == (1, 0, 1)
    for measure in (ind.hhi, ind.effective_number, ind.shannon_wiener, ind.largest_share):
        assert math.isnan(measure([0.0, 0.0]))
        assert math.isnan(measure([]))


def test_weighted_measures_are_the_plain_ones_where_all_is_alike() -> None:
    assert ind.weighted_hhi(CHINA_2021, np.ones(5)) == pytest.approx(ind.hhi(CHINA_2021))
    assert ind.weighted_hhi(CHINA_2021, np.zeros(5)) == 0
    assert ind.shannon_wiener_neumann(CHINA_2021, np.zeros(5)) == pytest.approx(ind.shannon_wiener(CHINA_2021))
    half = ind.shannon_wiener_neumann(CHINA_2021, np.full(5, 0.5), home_share=0.2)
    assert half == pytest.approx(0.5 * 1.2 * ind.shannon_wiener(CHINA_2021))
    assert math.isnan(ind.weighted_hhi([0, 0], [1, 1]))
    assert ind.shannon_wiener_neumann([1, 0, 1], [0.0, 0.7, 0.5]) == pytest.approx(0.75 * math.log(2))


def test_exits_at_one_border_count_as_one() -> None:
    assert ind.exit_route_diversification([1, 1, 2], ["RU", "RU", "CN"]) == pytest.approx(0.5)
    assert ind.exit_route_diversification([1, 1, 2], ["RU", "GE", "CN"]) == pytest.approx(0.375)


def test_adequacy_and_paths() -> None:
    assert ind.single_largest_infrastructure([8, 21.9, 20]) == 21.9
    assert ind.remaining_flexibility([6, 2], [10, 10]) == pytest.approx(0.6)
    assert math.isnan(ind.remaining_flexibility([], []))
    assert ind.transit_risk([]) == 0
    assert ind.transit_risk([0.7064]) == pytest.approx(0.7064)
    assert ind.transit_risk([0.2, 0.4]) == pytest.approx(1 - 0.8 * 0.6)
    assert ind.transit_risk([0.2, 0.4]) >= 0.4  # at least the weakest link
