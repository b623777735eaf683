"""What a plan does otherwise than the one it is set against, as far as the two can be compared at all.

Volumes of a family are subtracted only between plans that both deal with it, over the same years; money only between
plans of the same families, over their whole horizons.  Oil is never taken from gas, nor 2024 from 2030.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from energy_routes.answer.measures import corridor_volumes, exported, families_of, shut_in
from energy_routes.plan import Plan

SAME_SPAN = 0.3 / 12  # years: a leap year is as long as a year


@dataclass(frozen=True)
class Moved:
    """Changes of one family over the span, Mt or bcm; ``corridors`` by name, all that either plan has."""

    exports: float
    shut_in: float
    corridors: Mapping[str, float]


@dataclass(frozen=True)
class Change:
    """What changes against the plan of the case called ``base``; ``money`` (MUSD of netback) is None where the two
    cannot be compared in money, ``families`` has those that both plans have.
    """

    base: str
    money: float | None
    families: Mapping[str, Moved]


def change(before: Plan, after: Plan, then: Sequence[str], now: Sequence[str]) -> Change | None:
    """What changes from the periods ``then`` of one plan to the periods ``now`` of another.

    None where nothing can be subtracted: they share no family, or are of other years.
    """
    shared = [f for f in families_of(after) if f in families_of(before)]
    if not shared or not same_years(before, after, then, now):
        return None
    whole = all(len(labels) == len(plan.case.periods) for plan, labels in ((before, then), (after, now)))
    money = whole and families_of(before) == families_of(after)
    return Change(before.case.name, after.netback - before.netback if money else None,
                  {family: _moved(before, after, then, now, family) for family in shared})


def same_years(before: Plan, after: Plan, then: Sequence[str], now: Sequence[str]) -> bool:
    """Whether two spans are of the same years and equally long; months must be the same ones."""
    monthly = all("-" in label for label in (*then, *now))
    if {label[:7 if monthly else 4] for label in then} != {label[:7 if monthly else 4] for label in now}:
        return False
    old, new = (sum(p.years for p in plan.case.periods if p.label in labels)
                for plan, labels in ((before, set(then)), (after, set(now))))
    return bool(abs(old - new) <= SAME_SPAN)


def _moved(before: Plan, after: Plan, then: Sequence[str], now: Sequence[str], family: str) -> Moved:
    more, kept = (rule(after, now, family) - rule(before, then, family) for rule in (exported, shut_in))
    old, new = (corridor_volumes(p, at, family) for p, at in ((before, then), (after, now)))
    changes: pd.Series[float] = new.sub(old, fill_value=0.0)
    return Moved(more, kept, {str(name): float(value) for name, value in changes.items()})
