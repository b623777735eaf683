"""Periods of the horizon: years, or months with their days; and what holds for a period whose months differ.

A figure is found for each month.  That of a longer period is the mean over its days: Σ days × figure ÷ Σ days.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Time = Literal["y", "month", "d"]
Floats = NDArray[np.float64]

YEAR = "(?:19[0-9]{2}|20[0-9]{2}|2100)"  # the years that a horizon may have
MONTH = "(?:0[1-9]|1[0-2])"
LABEL = re.compile(rf"{YEAR}(?:-{MONTH})?\Z")
DATED = re.compile(rf"(?:{YEAR}|\*-{MONTH}|{YEAR}-{MONTH})\Z")


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

    @property
    def months(self) -> tuple[Period, ...]:
        """The months of a year; a month itself."""
        if self.month:
            return (self,)
        return tuple(Period(f"{self.year}-{month:02d}", self.year, month) for month in range(1, 13))

    def count(self, time: Time) -> float:
        """How many years, months or days it has: its volume is a rate per ``time``, times this."""
        return {"y": self.years, "month": float(len(self.months)), "d": float(self.days)}[time]

    def touches(self, label: str) -> bool:
        """Whether a dated label covers one of its months."""
        return any(month.matches(label) for month in self.months)

    def matches(self, label: str) -> bool:
        """Whether a dated label covers this period: its year, its season (``*-03``), or itself."""
        if label.startswith("*-"):
            return self.month is not None and int(label[2:]) == self.month
        return label in (self.label, str(self.year))

    def overlap(self, first: str | None, last: str | None) -> float:
        """Share of the period's days inside ``first``…``last`` (labels of years or months; None is open)."""
        start = bound(first, 1) if first else (self.year, 1)
        end = bound(last, 12) if last else (self.year, 12)
        return sum(month.days for month in self.months if start <= bound(month.label, 1) <= end) / self.days


def periods_of(years: Sequence[int], step: Literal["year", "month"]) -> tuple[Period, ...]:
    """The periods of the horizon, in order."""
    whole = tuple(Period(str(year), year) for year in years)
    return whole if step == "year" else months_of(whole)


def spanned(labels: Sequence[str]) -> str:
    """The first and the last of some labels, ``2024-01 … 2024-12``; the one that is both, once."""
    return " … ".join(dict.fromkeys((labels[0], labels[-1])))


def months_of(periods: Sequence[Period]) -> tuple[Period, ...]:
    """The months of some periods, in order."""
    return tuple(month for period in periods for month in period.months)


def years_of(periods: Sequence[Period]) -> dict[int, float]:
    """How much of each calendar year some periods are, in their order."""
    out: dict[int, float] = {}
    for period in periods:
        out[period.year] = out.get(period.year, 0.0) + period.years
    return out


def a_year(time: Time, months: Sequence[Period]) -> Floats:
    """What a rate of 1 per ``time`` comes to in a year of which every month is like this one; one number a month.

    A rate a month is that amount in the month, whatever its days; a day is one of the days of its year.
    """
    return np.array([month.count(time) / month.years if time != "y" else 1.0 for month in months], dtype=float)


def means(figures: Floats, periods: Sequence[Period]) -> Floats:
    """Means over the days of each period of figures by month: shape (…, months) → (…, periods).

    A figure that is blank (NaN) in one month is blank in the period.  One that does not change is left bit for bit.
    """
    days = [[month.days for month in period.months] for period in periods]
    longest = max(map(len, days), default=1)
    if longest == 1:
        return figures
    if min(map(len, days)) < longest:
        ends = np.cumsum([len(own) for own in days])[:-1]
        parts = zip(np.split(figures, ends, axis=-1), periods, strict=True)
        return np.concatenate([means(own, [period]) for own, period in parts], axis=-1)
    own, weight = figures.reshape(*figures.shape[:-1], len(days), longest), np.array(days, dtype=float)
    base = np.where(np.isfinite(own[..., 0]), own[..., 0], 0.0)
    mean: Floats = base + ((own - base[..., None]) * weight).sum(axis=-1) / weight.sum(axis=-1)
    return mean


def totals(volumes: Floats, periods: Sequence[Period]) -> Floats:
    """Sums over the months of each period: shape (…, months) → (…, periods)."""
    starts = np.cumsum([0, *(len(period.months) for period in periods)])[:-1]
    return np.add.reduceat(volumes, starts, axis=-1) if len(periods) else volumes


def bound(label: str, month: int) -> tuple[int, int]:
    """Year and month of a label; ``month`` of one that is a whole year."""
    year, _, text = label.partition("-")
    return int(year), int(text) if text else month
