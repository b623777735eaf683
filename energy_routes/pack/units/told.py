"""How units and numbers are written for people.  Files for machines have the units of the tables, and a hyphen."""

from __future__ import annotations

MINUS = "−"


def as_read(unit: str) -> str:
    """A unit as people write it: 1000m3 → 1000 m³; money for each unit of money is USD per USD, and no USD/USD."""
    if unit == "USD/USD":
        return "USD per USD"
    before, cubic, after = unit.partition("m3")
    return f"{before}{' ' if before[-1:].isdigit() else ''}m³{after}" if cubic else unit


def in_digits(value: float, form: str) -> str:
    """A number in a format of Python's, with a minus where that writes a hyphen: −1.38."""
    return format(value, form).replace("-", MINUS)
