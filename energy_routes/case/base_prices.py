"""Base prices: at what oil and gas are worth when they are added up to one value.

Shares over both families are shares of value at prices that the case states and keeps: they move with volumes only,
never with the prices that a plan is sold at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from energy_routes.errors import UnitError, UsageError
from energy_routes.pack import (
    BUILT_IN,
    LARGEST,
    Family,
    finite,
    inner_unit,
    nearest,
    parse_unit,
    parted,
    to_inner,
)

BY_NAME: Mapping[str, Family] = {family.id: family for family in BUILT_IN}
KEYS = ("price", "unit", "source", "year", "note")


@dataclass(frozen=True)
class BasePrice:
    """The value of a family's volumes: ``price`` in USD/t (USD/1000 m³), and where it is from."""

    family: str
    price: float
    source: str = "given"
    year: int | None = None
    note: str = ""


def parse_base_prices(value: object, old: tuple[BasePrice, ...]) -> tuple[BasePrice, ...]:
    """``{ oil = { price = 625, unit = "USD/t", source = "…" }, gas = 230 }`` laid over what was there.

    A bare number is in USD/t (USD/1000 m³).  Raises UsageError.
    """
    if not isinstance(value, Mapping):
        raise UsageError("policy.base_prices is a table: oil = { price = …, unit = 'USD/t', source = '…' }, gas = …")
    prices = {price.family: price for price in old}
    for family, raw in value.items():
        prices[family] = raw if isinstance(raw, BasePrice) else base_price(str(family), raw, BY_NAME)
    return tuple(prices[family] for family in dict.fromkeys((*BY_NAME, *prices)) if family in prices)


def price_of(prices: tuple[BasePrice, ...]) -> dict[str, float]:
    """Price by family, USD/t (USD/1000 m³)."""
    return {price.family: price.price for price in prices}


def base_price(called: str, raw: object, families: Mapping[str, Family]) -> BasePrice:
    """A price as written, of one of the ``families`` by its id.  Raises UsageError."""
    if called not in families:
        raise UsageError(f"policy.base_prices of {called!r}: expected {' or '.join(families)}. "
                         f"{nearest(called, families)}")
    family = families[called]
    spec: dict[str, Any] = {str(k): v for k, v in raw.items()} if isinstance(raw, Mapping) else {"price": raw}
    where = f"policy.base_prices.{called}"
    if unknown := sorted(set(spec) - set(KEYS)):
        raise UsageError(f"{where}: unknown key {unknown[0]!r}; expected {', '.join(KEYS)}. "
                         f"{nearest(unknown[0], KEYS)}")
    text, beside = parted(spec.get("price"))
    try:
        number = finite(spec["price"] if isinstance(spec["price"], bool) else text)
    except (KeyError, ValueError):
        number = 0.0
    if not 0 < number <= LARGEST:
        raise UsageError(f"{where}: price {spec.get('price')!r} is not a number above 0 and at most {LARGEST:g}")
    own = inner_unit("unit_value", family)
    try:
        unit = parse_unit(str(spec.get("unit") or beside or own), "unit_value", family)
    except UnitError as error:
        raise UsageError(f"{where}: {error}") from None
    if unit.needs or not unit.serves(family):
        raise UsageError(f"{where}: {unit.text!r} cannot be a base price of {called}; write it in {own}")
    return BasePrice(called, float(to_inner(number, unit, "unit_value")), str(spec.get("source", "given")),
                     spec.get("year"), str(spec.get("note", "")))
