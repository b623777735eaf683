"""A corridor in one case after another: laid out once each, and read at every level of its real costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from energy_routes.case import Case
from energy_routes.linear import Vector
from energy_routes.solving import compile
from energy_routes.studies.kinks.shift import Asked, Priced, costs_of
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.way import MOVED
from energy_routes.studies.tariffs.demand import Demand
from energy_routes.studies.tariffs.levels import Level
from energy_routes.studies.tariffs.reading import Point, Reading

Costs: TypeAlias = Mapping[str, Vector]  # level → real costs of the figures of a charge, shape (figures, periods)


@dataclass(eq=False)
class Corridor:
    """A target in one case; ``asked`` is the case laid out, with its tariffs of today."""

    asked: Asked
    target: Target
    owners: int
    _demands: dict[str, Demand] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, target: Target, owners: int) -> Corridor:
        """The corridor in a case.  Raises the errors of :func:`energy_routes.compile`."""
        return cls(Asked(compile(case), case), target, owners)

    def but(self, case: Case) -> Corridor:
        """The corridor in another case that differs in figures."""
        return Corridor(self.asked.but(case), self.target, self.owners)

    def readings(self, costs: Costs) -> dict[str, Reading]:
        """A reading for each level of the real costs."""
        return {name: self._reading(name, rows) for name, rows in costs.items()}

    def _reading(self, name: str, costs: Vector) -> Reading:
        level = Level(self.asked.case, self.target.shift, costs)
        key = "" if level.straight else name
        if key not in self._demands:
            case, start = level.start
            self._demands[key] = Demand(self.asked if level.straight else self.asked.but(case), self.target, start)
        demand = self._demands[key]
        return Reading(demand, level.cost, self.owners, None if level.straight else self._uneven(demand, level))

    def _uneven(self, demand: Demand, level: Level) -> Point:
        """What stands today where the margin is not the same on every arc, or in every period."""
        now = self.asked.now
        volume = abs(float(Priced(self.asked, self.target.shift).weights @ now.x))
        at_cost, paid = (costs_of(case) for case in (level.start[0], self.asked.case))
        carriers = abs(float((at_cost - paid) @ now.x[: len(paid)]))
        margin = carriers / volume if volume > MOVED else level.margin
        worth = now.solution.objective * (1.0 if now.form.sense == "max" else -1.0)
        return Point(level.cost + margin, volume, carriers, worth - demand.worth_without)
