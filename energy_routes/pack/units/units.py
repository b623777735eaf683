"""Units: read what people write, convert once on entry; one unit inside.

Inside a program there is one unit for each dimension and family (see :func:`inner_unit`): of oil and gas Mt and bcm at
20 °C, per year for rates; USD/t and USD/1000m3 for unit values; kilometres; fractions of 1.  Every unit is a plain
multiple of the inner one, times a property of the row where mass and barrels, volume and heat, or distance meet.  A
pack's own family has the units that its pack states; of oil and gas they are:

========== ======================================================================= ==========================
dimension  units                                                                   property needed
========== ======================================================================= ==========================
rate       Mt kt t | kb mb | bcm mcm m3, each per ``y``, ``month`` or ``d``         bbl/t for barrels
volume     Mt kt t | kb mb | bcm mcm m3                                            bbl/t for barrels
unit value USD/t USD/bbl | USD/1000m3 USD/MMBtu USD/MWh, and per 100 km: USD/t/100km    bbl/t; MJ/m3; length in km
           USD/1000m3/100km
length     km m                                                                    –
fraction   1 %                                                                     –
degree     degree                                                                  –
money      MUSD kUSD                                                               –
========== ======================================================================= ==========================

``kb`` is a thousand barrels, ``mb`` a million, ``mcm`` a million cubic metres.  A rate a month is that amount in each
month, a rate a day that times the days of the period, so tables keep such a rate by its own time (Mt/month, Mt/d) until
the period is known (:func:`in_own_time`, ``periods.a_year``).  Where no period is known, a month is a
twelfth of a year and a day 1/365 of one.  Cubic metres are at 20 °C (the GOST and Kazakh standard)
unless ``@15C`` (ISO 13443) or ``@0C`` (normal cubic metres) follows; at one pressure V20 = V·293.15/(273.15 + °C).
One MMBtu is 1055.05585262 MJ (International Table Btu, ISO 31-4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from energy_routes.errors import UnitError
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.families import BUILT_IN, OIL, Family
from energy_routes.pack.units.periods import Time

Dimension = Literal["rate", "volume", "unit_value", "length", "fraction", "degree", "money", "none"]
Value = TypeVar("Value", float, NDArray[np.float64])

KELVIN_20C = 293.15
REFERENCES: Mapping[str, float] = {"@20C": 293.15, "@15C": 288.15, "@0C": 273.15}
PER_YEAR: Mapping[Time, float] = {"y": 1.0, "month": 12.0, "d": 365.0}

PROPERTY_WORDS: Mapping[str, str] = {
    "bbl_per_t": "barrels per tonne (`bbl_per_t` of the grade)",
    "mj_per_m3": "the heating value (`mj_per_m3` of the gas)",
    "length_km": "the length (`length_km` of the arc)",
}
PROPERTY_UNITS: Mapping[str, str] = {"bbl_per_t": "bbl/t", "mj_per_m3": "MJ/m³"}


@dataclass(frozen=True)
class Unit:
    """A unit as written: inner value = written value x ``factor`` x property ** ``power``.

    ``family`` is None for a unit of every family; ``needs`` names the property of the row, or is "".  ``time`` is what
    a rate is per; ``factor`` is to a year.
    """

    text: str
    dimension: Dimension
    family: Family | None
    factor: float
    needs: str = ""
    power: int = 0
    time: Time = "y"

    def serves(self, family: Family) -> bool:
        """Whether figures of a family may be written in it."""
        return self.family in (None, family)

    @property
    def inner(self) -> str:
        """The unit used inside in its place."""
        return inner_unit(self.dimension, self.family or OIL)


FOREIGN = re.compile(r"([A-Z]{3})/")  # money of a country
COMMON = (
    Unit("km", "length", None, 1.0), Unit("m", "length", None, 1e-3), Unit("1", "fraction", None, 1.0),
    Unit("%", "fraction", None, 0.01), Unit("degree", "degree", None, 1.0), Unit("MUSD", "money", None, 1.0),
    Unit("kUSD", "money", None, 1e-3),
)  # fmt: skip


def inner_unit(dimension: Dimension, family: Family, time: Time = "y") -> str:
    """The unit used inside for a dimension: ``inner_unit("rate", GAS)`` is ``"bcm/y"``."""
    return {"rate": f"{family.volume_unit}/{time}", "volume": family.volume_unit, "unit_value": family.price_unit,
            "length": "km", "fraction": "1", "degree": "degree", "money": "MUSD", "none": ""}[dimension]


@cache
def known_units(dimension: Dimension, families: tuple[Family, ...] = BUILT_IN) -> Mapping[str, Unit]:
    """Every unit of a dimension by its text, the inner ones first, without the ``@`` of gas references."""
    if dimension == "rate":
        return {f"{v.text}/{time}": replace(v, text=f"{v.text}/{time}", dimension="rate", factor=v.factor * times,
                                            time=time)
                for time, times in PER_YEAR.items() for v in known_units("volume", families).values()}
    units = sorted((*COMMON, *(unit for family in families for unit in _units_of(family))),
                   key=lambda unit: (unit.needs == "length_km", unit.needs != ""))
    return {unit.text: unit for unit in units if unit.dimension == dimension}


def _units_of(family: Family) -> Iterator[Unit]:
    """The units of a family: its own three, what a price per 100 km is, and its further ones."""
    yield Unit(family.volume_unit, "volume", family, 1.0)
    yield Unit(family.small_unit, "volume", family, 1e-3)
    yield Unit(family.price_unit, "unit_value", family, 1.0)
    yield Unit(f"{family.price_unit}/100km", "unit_value", family, 0.01, "length_km", 1)
    for more in family.conversions:
        power = 0 if not more.needs else 1 if more.dimension == "unit_value" else -1
        yield Unit(more.unit, more.dimension, family, more.factor, more.needs, power)


def parse_unit(text: str, dimension: Dimension, family: Family | None = None) -> Unit:
    """The unit that ``text`` names in ``dimension``: of a pack's own ``family``, else one of oil, gas or neither.

    Raises UnitError when the text is not a unit, or is one of another dimension; it carries the repair.
    """
    plain, factor = text.strip(), 1.0
    at = plain.find("@")
    if at >= 0:
        # The reference stands at the end or right after the gas volume: bcm/y@15C, bcm@15C/y, USD/1000m3@0C.
        tail = plain[at:].split("/")[0]
        plain = plain[:at] + plain[at + len(tail):]
        if tail not in REFERENCES:
            raise UnitError(f"unit {text!r}", "a reference of " + " | ".join(REFERENCES), nearest(tail, REFERENCES))
        factor = KELVIN_20C / REFERENCES[tail]
    families = BUILT_IN if family is None or family in BUILT_IN else (family,)
    unit = known_units(dimension, families).get(plain)
    if unit is None:
        raise _not_a_unit(text, plain, dimension, families)
    if at < 0:
        return unit
    if unit.family is None or not unit.family.gaseous or unit.needs == "mj_per_m3":
        raise UnitError(f"unit {text!r}", "a reference temperature only on cubic metres of gas", f"Write {plain!r}.")
    return replace(unit, text=text.strip(), factor=unit.factor * (1 / factor if dimension == "unit_value" else factor))


def in_own_time(unit: Unit) -> Unit:
    """A rate as Mt (bcm) per its own time: ``kb/d`` to Mt/d; every other unit as it is."""
    return replace(unit, factor=unit.factor / PER_YEAR[unit.time]) if unit.time != "y" else unit


def time_of(text: str) -> Time:
    """What a rate is per, read off the text of its unit; "y" for what is no rate.

    >>> time_of("kb/d"), time_of("bcm@15C/month"), time_of("USD/t")
    ('d', 'month', 'y')
    """
    tail = text.rpartition("/")[2].partition("@")[0]
    return cast(Time, tail) if tail in PER_YEAR else "y"


def _not_a_unit(text: str, plain: str, dimension: Dimension, families: tuple[Family, ...]) -> UnitError:
    known = known_units(dimension, families)
    words = dimension.replace("_", " ")
    wanted = f"a unit of {words}: " + ", ".join(list(known)[:9]) + (" …" if len(known) > 9 else "")
    for other in ("rate", "volume", "unit_value", "length", "fraction"):
        if plain in known_units(other, families):
            return UnitError(f"unit {text!r} is a {other.replace('_', ' ')}", wanted, nearest(plain, known))
    money = FOREIGN.match(plain) if dimension == "unit_value" else None
    deck = f"A price deck exchanges other money, at its row fx:{money[1]}." if money and money[1] != "USD" else ""
    return UnitError(f"unit {text!r} is not known", wanted, deck or nearest(plain, known))


def to_inner(value: Value, unit: str | Unit, dimension: Dimension, *, bbl_per_t: ArrayLike | None = None,
             mj_per_m3: ArrayLike | None = None, length_km: ArrayLike | None = None) -> Value:
    """``value``, written in ``unit``, in the inner unit of ``dimension``.

    ``value`` and the properties broadcast: ``bbl_per_t`` [bbl/t], ``mj_per_m3`` [MJ/m3 at 20 °C], ``length_km`` [km].
    Zero, infinity and NaN stay what they are.  Raises UnitError for an unknown unit, or when the unit needs a property
    that is not given (None, or NaN where a value stands).
    """
    unit = parse_unit(unit, dimension) if isinstance(unit, str) else unit
    properties = {"bbl_per_t": bbl_per_t, "mj_per_m3": mj_per_m3, "length_km": length_km}
    return _scaled(value, unit, 1, properties)  # type: ignore[no-any-return]


def from_inner(value: Value, unit: str | Unit, dimension: Dimension, *, bbl_per_t: ArrayLike | None = None,
               mj_per_m3: ArrayLike | None = None, length_km: ArrayLike | None = None) -> Value:
    """``value``, in the inner unit of ``dimension``, written in ``unit``: the inverse of :func:`to_inner`."""
    unit = parse_unit(unit, dimension) if isinstance(unit, str) else unit
    properties = {"bbl_per_t": bbl_per_t, "mj_per_m3": mj_per_m3, "length_km": length_km}
    return _scaled(value, unit, -1, properties)  # type: ignore[no-any-return]


def _scaled(value: Any, unit: Unit, sign: int, properties: Mapping[str, ArrayLike | None]) -> Any:
    """``value`` x (factor x property ** power) ** sign; inner units are left bit for bit."""
    if unit.factor == 1.0 and not unit.needs:
        return value
    values = np.asarray(value, dtype=float)
    scale = np.asarray(unit.factor)
    if unit.needs:
        given = properties[unit.needs]
        own = np.asarray(np.nan if given is None else given, dtype=float)
        # A zero, an unlimited or a blank needs no property: it is the same in every unit.
        fixed = (values == 0) | ~np.isfinite(values)
        if np.any(np.isnan(own) & ~fixed):
            raise UnitError(f"unit {unit.text!r}", PROPERTY_WORDS[unit.needs],
                            f"Give it, or write the figure in {unit.inner}.")
        scale = np.where(fixed, 1.0, unit.factor * own**unit.power)
    out = values * scale if sign > 0 else values / scale
    return out if isinstance(value, np.ndarray) else float(out)
