"""How often things fail and for how long, from the dated events of a pack.

Failures of one kind (the same targets lost together) are taken as a Poisson process.  With Jeffreys' prior the rate
after n events in T years is Gamma(n + ½, T): mean (n + ½)/T, and an interval that holds it with 80 % (Gelman et al.,
*Bayesian Data Analysis*, 3rd ed., §2.6–2.8).  Records begin where somebody began to look, so these are estimates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from energy_routes.case.disruptions.outages import arcs_meant
from energy_routes.errors import UsageError
from energy_routes.network import Network

PRIOR = 0.5  # Jeffreys
TAIL = 0.1  # outside the interval on either side
YEAR = 365.25


@dataclass(frozen=True)
class Rate:
    """The rate of one kind of failure: per year, with its 80 % interval; what it takes (share), and for how many days.

    ``targets`` fail together.  ``days`` and ``share`` list every event seen, in order; an open end is ∞ days.
    """

    targets: tuple[str, ...]
    events: int
    years: float
    mean: float
    low: float
    high: float
    days: tuple[float, ...]
    share: tuple[float, ...]

    @property
    def name(self) -> str:
        return " & ".join(self.targets)

    def lost_days(self, horizon: float) -> float:
        """Mean over the events of share × days, each at most ``horizon`` days long."""
        return float(np.mean([s * min(d, horizon) for s, d in zip(self.share, self.days, strict=True)]))


def rates_of(network: Network, since: str | None = None, until: str | None = None) -> tuple[Rate, ...]:
    """The rates of every kind of failure that took capacity, in the order of their first event.

    The years observed run from ``since`` (default: the start of the first event's year) to ``until`` (default: the
    last event).  Raises UsageError where there is nothing to estimate from.
    """
    events = network.tables["events"]
    if not len(events):
        raise UsageError("no events.csv in " + ", ".join(pack.name for pack in network.packs)
                         + ": list the scenarios in policy.cvar.scenarios, or record events")
    begun = [day_of(text) for text in events["date"]]
    start = day_of(since) if since else date(min(begun).year, 1, 1)
    end = day_of(until, last=True) if until else max(begun)
    years = (end - start).days / YEAR
    if years <= 0:
        raise UsageError(f"policy.cvar: the record from {start} to {end} has no length")
    seen = np.array([start <= day <= end for day in begun]) & (events["effect"].fillna(0.0) > 0).to_numpy(dtype=bool)
    kinds = [tuple(targets) for targets in events["targets"]]
    out = []
    for kind in dict.fromkeys(kind for kind, kept in zip(kinds, seen, strict=True) if kept):
        mine = seen & np.array([other == kind for other in kinds])
        for target in kind:
            arcs_meant(network, target)
        known = _durations(events.loc[mine, "duration_days"].astype(float))
        out.append(_rate(kind, years, known, tuple(events.loc[mine, "effect"].astype(float))))
    return tuple(out)


def _rate(kind: tuple[str, ...], years: float, days: tuple[float, ...], share: tuple[float, ...]) -> Rate:
    from scipy.stats import gamma

    shape = len(days) + PRIOR
    low, high = (float(gamma.ppf(q, shape, scale=1.0 / years)) for q in (TAIL, 1.0 - TAIL))
    return Rate(kind, len(days), years, shape / years, low, high, days, share)


def _durations(days: pd.Series[float]) -> tuple[float, ...]:
    """Durations in days; one that is not known takes the median of those known (30 where none is)."""
    middle = float(days.dropna().median()) if days.notna().any() else 30.0
    return tuple(float(d) for d in days.fillna(middle))


def rate_table(rates: Sequence[Rate]) -> pd.DataFrame:
    """One row a kind of failure: rate a year with interval, years observed, mean share lost and median days."""
    rows = [(rate.name, rate.events, rate.years, rate.mean, rate.low, rate.high, float(np.mean(rate.share)),
             float(np.median(rate.days)), "1/y", "estimate") for rate in rates]  # fmt: skip
    return pd.DataFrame(rows, columns=["targets", "events", "years", "rate", "low", "high", "share", "days", "unit",
                                       "confidence"])  # fmt: skip


def day_of(text: str, *, last: bool = False) -> date:
    """The first (or last) day of a date written 2024, 2024-03 or 2024-03-21.  Raises UsageError."""
    try:
        if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
            raise ValueError
        day = pd.Period(text).asfreq("D", "end" if last else "start")
    except ValueError:
        raise UsageError(f"{text!r} is not a date such as 2024, 2024-03 or 2024-03-21") from None
    return date(day.year, day.month, day.day)
