"""What groups carry in the plans without each unforeseen event: what re-routing after it is held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from energy_routes.case import Case, event_months, unforeseen_names, without_event
from energy_routes.errors import UsageError
from energy_routes.formulation import Reference, Space
from energy_routes.linear import Standing, Vector
from energy_routes.plan import Plan, clean
from energy_routes.solving.ranges.near import Optimum


@dataclass(frozen=True)
class Calm:
    """The ``case`` without one of its events, and the ``months`` of that event."""

    event: str
    months: tuple[str, ...]
    case: Case


@dataclass(frozen=True, eq=False)
class Planned:
    """The groups that have ramps, in the months of an ``event``, in the ``space`` of the case without it."""

    space: Space
    event: str
    months: tuple[str, ...]

    @cached_property
    def _rows(self) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        frame, ramps = self.space.exposure.axis.frame, self.space.case.network.tables["ramps"]
        own = set(zip(ramps["kind"], ramps["group"], strict=True))
        known = [pair in own for pair in zip(frame["kind"], frame["group"], strict=True)]
        return np.flatnonzero(np.array(known, dtype=bool) & frame["period"].isin(self.months).to_numpy(dtype=bool))

    @cached_property
    def _labels(self) -> list[tuple[str, ...]]:
        axis = self.space.exposure.axis
        rows = axis.frame[list(axis.keys)].iloc[self._rows]
        return [(self.event, *label) for label in rows.itertuples(index=False, name=None)]

    def carried(self, x: Vector) -> Reference:
        """What each carries in a plan, Mt (bcm)."""
        return dict(zip(self._labels, clean(self.space.exposure.value(x))[self._rows].tolist(), strict=True))

    def standing(self, columns: int) -> Standing:
        """What each carries, as measures of a face of programmes with so many columns."""
        every = np.arange(len(self.space.exposure.axis))
        return Standing(np.array([self.space.exposure.of_rows(every == row, columns) for row in self._rows]))


def calm_cases(case: Case) -> list[Calm]:
    """The case without each of its unforeseen events.  Raises UsageError where several futures are weighed."""
    names = unforeseen_names(case)
    if names and case.policy.cvar is not None:
        raise UsageError(f"{case.name}: the event {names[0]!r} is unforeseen, and policy.cvar weighs futures that are "
                         "foreseen. Leave out one of the two.")
    return [Calm(name, event_months(case, name), without_event(case, name)) for name in names]


def reference_of(case: Case, solve: Callable[[Case], Plan]) -> tuple[Reference, Mapping[str, Optimum]]:
    """What groups carry in the plans without each event, and the optima that prove it; ``solve`` finds the plans.

    Raises UsageError where several futures are weighed, and the errors of ``solve``.
    """
    reference: dict[tuple[str, ...], float] = {}
    proofs: dict[str, Optimum] = {}
    for calm in calm_cases(case):
        best: Optimum = solve(calm.case).parts.at_hand("optimum")
        reference |= Planned(best.space, calm.event, calm.months).carried(best.solution.x)
        proofs[calm.event] = best
    return reference, proofs
