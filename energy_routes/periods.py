"""Periods of the horizon: years, or months with their days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LABEL = re.compile(r"^(\d{4})(?:-(0[1-9]|1[0-2]))?$")
DATED = re.compile(r"^(\d{4}|\*-(0[1-9]|1[0-2])|\d{4}-(0[1-9]|1[0-2]))$")


@dataclass(frozen=True)
class Period:
    """One period: ``days`` long, ``years`` = its share of the calendar year (1 for a year)."""

    label: str
    year: int
    month: int | None = None

    @property
    def days(self) -> int:
        if self.month:
            return calendar.monthrange(self.year, self.month)[1]
        return 366 if calendar.isleap(self.year) else 365

    @property
    def years(self) -> float:
        return self.days / (366 if calendar.isleap(self.year) else 365)

    def matches(self, label: str) -> bool:
        """Whether a dated label covers this period: its year, its season (``*-03``), or itself."""
        if label.startswith("*-"):
            return self.month is not None and int(label[2:]) == self.month
        return label in (self.label, str(self.year))

    def overlap(self, first: str | None, last: str | None) -> float:
        """Share of the period's days inside ``first``…``last`` (labels of years or months; None is open)."""
        months = [self.month] if self.month else list(range(1, 13))
        inside = [
            m
            for m in months
            if (not first or _bound(first, 1) <= (self.year, m)) and (not last or (self.year, m) <= _bound(last, 12))
        ]
        return sum(calendar.monthrange(self.year, m)[1] for m in inside) / self.days


def periods_of(years: Sequence[int], step: Literal["year", "month"]) -> tuple[Period, ...]:
    """The periods of the horizon, in order."""
    if step == "year":
        return tuple(Period(str(year), year) for year in years)
    return tuple(Period(f"{year}-{month:02d}", year, month) for year in years for month in range(1, 13))


def _bound(label: str, month: int) -> tuple[int, int]:
    year, _, text = label.partition("-")
    return int(year), int(text) if text else month
