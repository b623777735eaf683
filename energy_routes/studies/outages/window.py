"""When a loss strikes: from which period on, for how long, and what share of each period."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.studies.outages.shock import Shock


def window(case: Case, onset: str | None, days: float | None) -> tuple[int, Mapping[str, float], float]:
    """(position of the onset, share of each period that is struck, days)."""
    labels = [period.label for period in case.periods]
    if onset is not None and onset not in labels:
        raise UsageError(f"onset {onset!r} is not a period of {case.name}: {case.span}")
    at = labels.index(onset) if onset is not None else _busiest(case)
    left = float(case.periods[at].days) if days is None else float(days)
    there = sum(period.days for period in case.periods[at:])
    if not 0 < left <= there:
        raise UsageError(f"days = {left:g}: from the onset {labels[at]} on the horizon has {there} days")
    length, struck = left, {}
    for period in case.periods[at:]:
        share = min(left / period.days, 1.0)
        if share <= 0:
            break
        struck[period.label] = share
        left -= share * period.days
    return at, struck, length


def _busiest(case: Case) -> int:
    """The first of the periods that export most by the day."""
    if len(case.periods) == 1:
        return 0
    shock = Shock(case, 0)
    frame = shock.space.exports.axis.frame.assign(volume=shock.space.exports.value(shock.plan))
    volume = frame.groupby("period")["volume"].sum()
    rates = np.array([round(float(volume[p.label]) / p.days, 9) for p in case.periods])
    return int(np.argmax(rates))
