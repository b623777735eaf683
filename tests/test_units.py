"""Units against figures worked by hand, and the inverse of every conversion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from energy_routes.errors import UnitError
from energy_routes.pack import BUILT_IN, Family
from energy_routes.pack.units.units import Dimension, from_inner, inner_unit, known_units, parse_unit, to_inner

ALL_UNITS = [(unit, dimension) for dimension in ("rate", "volume", "unit_value", "length", "fraction")
             for unit in known_units(dimension)]
GAS_AT = [(f"bcm/y{at}", "rate") for at in ("@20C", "@15C", "@0C")] + [("USD/1000m3@0C", "unit_value")]


@pytest.mark.parametrize(("value", "unit", "dimension", "inner"), [
    (3.5, "Mt/month", "rate", 42.0),  # twelve months
    (100, "kt/month", "rate", 1.2),
    (1, "kt/d", "rate", 0.365),
    (1700, "kb/d", "rate", 1700 * 0.365 / 7.3),  # 85 Mt/y
    (1.7, "mb/d", "rate", 85.0),
    (28.5, "mcm/d", "rate", 10.4025),
    (2, "bcm/month", "rate", 24.0),
    (500, "kt", "volume", 0.5),
    (7.3, "mb", "volume", 1.0),
    (1e9, "m3", "volume", 1.0),
    (80, "USD/bbl", "unit_value", 584.0),
    (1.5, "USD/1000m3/100km", "unit_value", 24.0),  # 1,600 km
    (2.0, "USD/t/100km", "unit_value", 32.0),
    (1.0, "USD/MMBtu", "unit_value", 37e3 / 1055.05585262),  # 1000 m3 of 37 MJ/m3 hold 35.07 MMBtu
    (85, "%", "fraction", 0.85),
    (1500, "m", "length", 1.5),
])
def test_worked_by_hand(value: float, unit: str, dimension: Dimension, inner: float) -> None:
    assert to_inner(value, unit, dimension, bbl_per_t=7.3, mj_per_m3=37.0, length_km=1600) == pytest.approx(
        inner, rel=1e-12)


def test_gas_references_are_the_gas_law() -> None:
    # The same gas takes less room when colder, so a normal cubic metre is more gas than one at 20 °C.
    assert to_inner(10.0, "bcm/y@0C", "rate") == pytest.approx(10 * 293.15 / 273.15, rel=1e-14)
    assert to_inner(10.0, "bcm@15C/y", "rate") == pytest.approx(10 * 293.15 / 288.15, rel=1e-14)
    assert to_inner(10.0, "bcm/y@20C", "rate") == 10.0
    # Money: volume x price is the same whatever the reference.
    volume, price = to_inner(10.0, "bcm/y@0C", "rate"), to_inner(200.0, "USD/1000m3@0C", "unit_value")
    assert volume * price == pytest.approx(2000.0, rel=1e-14)


@pytest.mark.parametrize(("unit", "dimension"), [*ALL_UNITS, *GAS_AT])
@given(value=st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-9))
def test_there_and_back(unit: str, dimension: Dimension, value: float) -> None:
    facts = {"bbl_per_t": 7.3, "mj_per_m3": 37.0, "length_km": 1600.0}
    assert from_inner(to_inner(value, unit, dimension, **facts), unit, dimension, **facts) == pytest.approx(
        value, rel=1e-12)


@pytest.mark.parametrize("family", BUILT_IN, ids=lambda family: family.id)
@pytest.mark.parametrize("dimension", ["rate", "volume", "unit_value", "length", "fraction"])
def test_inner_units_change_no_bit(dimension: Dimension, family: Family) -> None:
    assert to_inner(0.1, inner_unit(dimension, family), dimension) == 0.1


def test_arrays_take_each_rows_own_property() -> None:
    values = np.array([100.0, 100.0, 0.0, np.inf, np.nan])
    out = to_inner(values, "kb/d", "rate", bbl_per_t=np.array([7.3, 7.9, np.nan, np.nan, np.nan]))
    np.testing.assert_allclose(out, [5.0, 36.5 / 7.9, 0.0, np.inf, np.nan], rtol=1e-14)
    assert values[0] == 100.0  # the input is left alone


@pytest.mark.parametrize(("unit", "dimension", "words"), [
    ("Mt/yr", "rate", ["not known", "Nearest: 'Mt/y'"]),
    ("kbd", "rate", ["not known", "'kb/d'"]),
    ("USD/barrel", "unit_value", ["not known", "'USD/bbl'"]),
    ("EUR/MWh", "unit_value", ["not known", "A price deck exchanges other money, at its row fx:EUR."]),
    ("Mt", "rate", ["is a volume", "expected a unit of rate"]),
    ("USD/t", "rate", ["is a unit value"]),
    ("bcm/y@5C", "rate", ["@20C | @15C | @0C"]),
    ("Mt/y@15C", "rate", ["only on cubic metres"]),
    ("", "rate", ["not known"]),
])
def test_unknown_units_say_what_is_known(unit: str, dimension: Dimension, words: list[str]) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(unit, dimension)
    for word in words:
        assert word in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(("unit", "dimension", "word"), [
    ("kb/d", "rate", "bbl_per_t"), ("USD/MMBtu", "unit_value", "mj_per_m3"), ("USD/t/100km", "unit_value", "length_km"),
])
def test_a_missing_property_is_named(unit: str, dimension: Dimension, word: str) -> None:
    with pytest.raises(UnitError, match=word):
        to_inner(1.0, unit, dimension)
    assert to_inner(0.0, unit, dimension) == 0.0
