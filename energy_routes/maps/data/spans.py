"""Which periods of two plans are set against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from energy_routes.pack import Period
from energy_routes.plan import Plan


@dataclass(frozen=True)
class Span:
    """A stretch of time on a map: its length in months, and for each plan the periods in it."""

    months: float
    labels: tuple[tuple[str, ...], ...]

    @property
    def label(self) -> str:
        """A short tag for addresses: the period of the first plan, or its first and last."""
        first = self.labels[0]
        return first[0] if len(first) == 1 else f"{first[0]}~{first[-1]}"


def spans_of(plans: Sequence[Plan]) -> list[Span]:
    """The spans that all plans can be shown in: each common period, then all of them together.

    Plans of one calendar (the usual case) share every period.  A plan by months and one by years meet in the years
    that both have.  Plans with no time in common are set against each other whole, each with its own name.
    """
    first = plans[0].case.periods
    common = [p for p in first if all(any(q.label == p.label for q in plan.case.periods) for plan in plans)]
    if common:
        spans = [_span([[p]] * len(plans)) for p in common]
        return spans if len(spans) == 1 else [*spans, _span([common] * len(plans))]
    years = set.intersection(*({p.year for p in plan.case.periods} for plan in plans))
    chosen = [[p for p in plan.case.periods if not years or p.year in years] for plan in plans]
    return [_span(chosen)]


def _span(periods: Sequence[Sequence[Period]]) -> Span:
    labels = tuple(tuple(p.label for p in own) for own in periods)
    return Span(12.0 * sum(p.years for p in periods[0]), labels)
