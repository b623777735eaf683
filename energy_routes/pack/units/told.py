"""How units, numbers and lists are written for people.  Files for machines keep the units of tables, and hyphens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MINUS = "−"


def as_read(unit: str) -> str:
    """A unit as people write it: 1000m3 → 1000 m³; money for each unit of money is USD per USD, and no USD/USD."""
    if unit == "USD/USD":
        return "USD per USD"
    before, cubic, after = unit.partition("m3")
    return f"{before}{' ' if before[-1:].isdigit() else ''}m³{after}" if cubic else unit


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Parts of a sentence: ``a``, ``a and b``, ``a, b and c``; blank for nothing."""
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def in_digits(value: float, form: str) -> str:
    """A number in a format of Python's, with a minus where that writes a hyphen: −1.38."""
    return format(value, form).replace("-", MINUS)


def apart(one: float, other: float) -> tuple[str, str]:
    """Two figures that differ, with six digits each, or as many as it takes to see that they do."""
    digits = next((n for n in range(6, 17) if f"{one:.{n}g}" != f"{other:.{n}g}"), 17)
    return f"{one:.{digits}g}", f"{other:.{digits}g}"


def in_html(frame: pd.DataFrame, form: str = "") -> str:
    """A table for a notebook: – where a cell is undefined, and a minus before what is below 0."""
    told = frame.to_html(index=False, na_rep="–", float_format=f"{{:{form}}}".format if form else None)
    return re.sub(r"(<td>\s*)-(?=[\d.])", rf"\1{MINUS}", told)
