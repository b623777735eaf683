"""A figure as people write it outside the tables: a number, and after a space its unit (``8 USD/MMBtu``, ``80 %``)."""

from __future__ import annotations

import math
import re

from energy_routes.errors import UnitError, UsageError
from energy_routes.pack.units.families import OIL, Family
from energy_routes.pack.units.units import Dimension, inner_unit, parse_unit, to_inner

UNLIMITED = "unlimited"
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,([0-9]{1,2}|[0-9]{4,})")  # three digits behind it may be thousands


def finite(value: object) -> float:
    """``value`` (a number, or its text) as a finite number.  Raises ValueError; truth values are no numbers."""
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is not a number")
    if isinstance(value, str) and not NUMBER.fullmatch(value) and math.isfinite(float(value)):
        raise ValueError(f"{value!r} is not a number")  # Python reads 1_000 and digits of other scripts, too
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def parted(value: object) -> tuple[str, str]:
    """A figure's number and unit, both as text; the unit is '' where none is written.

    >>> parted("8 USD/MMBtu"), parted("95%"), parted(0.8)
    (('8', 'USD/MMBtu'), ('95', '%'), ('0.8', ''))
    """
    text = str(value).strip()
    number, _, unit = text.partition(" ")
    return (number[:-1], "%") if number.endswith("%") and not unit else (number, unit.strip())


def many(text: str) -> list[str]:
    """The figures of a list; a unit behind the last is that of all without one.

    >>> many("20, 40 %, 60 USD/t")
    ['20 USD/t', '40 %', '60 USD/t']
    """
    parts = [part.strip() for part in text.split(",")]
    _, unit = parted(parts[-1])
    return [part if parted(part)[1] or not unit else f"{part} {unit}" for part in parts]


def figure(where: str, value: object, *, endless: bool = True) -> tuple[float, str]:
    """A figure's number and unit; ``unlimited`` is ∞, where ``endless`` admits it.

    A number of Python may be ∞ only as the word, too: a slip must not become a limit that is not there.
    Raises UsageError naming ``where`` for what is no finite number.
    """
    number, unit = parted(value)
    if endless and number == UNLIMITED and not unit:
        return math.inf, ""
    try:
        return finite(value if isinstance(value, bool) else number), unit
    except (TypeError, ValueError):
        pass
    try:
        infinite, known = math.isinf(float(number)), math.isfinite(float(number))
    except ValueError:
        known = True
    if known:
        meant = DECIMAL_COMMA.fullmatch(number)
        repair = f"; write {number.replace(',', '.')}" if meant else ""
        raise UsageError(f"{where}: {value!r} is not a number{repair}") from None
    repair = f"; write {UNLIMITED!r} where there is no limit" if infinite and endless else ""
    raise UsageError(f"{where}: {value!r} is not a finite number{repair}")


def amount(where: str, value: object, dimension: Dimension, family: Family | None = None) -> float:
    """A figure of a policy or a study in the inner unit of ``dimension``; a bare number is in it already.

    Without a ``family`` only a unit of every family serves.  Raises UsageError for what is no finite number, or a unit
    of another dimension or family, or one that needs a property of a grade, of which there is none here.
    """
    number, unit = figure(where, value, endless=False)
    if not unit:
        return number
    try:
        own = parse_unit(unit, dimension, family)
    except UnitError as error:
        raise UsageError(f"{where}: {error}") from None
    if own.needs or own.family not in (None, family):
        raise UsageError(f"{where}: {unit!r} cannot serve here; write it in {inner_unit(dimension, family or OIL)}")
    return float(to_inner(number, own, dimension))
