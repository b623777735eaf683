"""A corridor in one case after another: what moving a unit really costs, and its readings at each level of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.formulation import UNPUBLISHED, known_costs, real_costs
from energy_routes.linear import Vector, sign_of
from energy_routes.network import Edit
from energy_routes.studies.kinks.shift import Asked, Priced, Shift, costs_of
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.way import MOVED
from energy_routes.studies.tariffs.demand import Demand
from energy_routes.studies.tariffs.owners import Point
from energy_routes.studies.tariffs.reading import Reading

ALIKE = 1e-9  # USD/t (USD/1000 m³)
MIDDLE = "middle"  # the level that the pack has, whose numbers are told
BAND = dict(zip(("low", "high"), UNPUBLISHED, strict=True))
LEVELS = ("low", MIDDLE, "high")

Costs: TypeAlias = Mapping[str, Vector]  # level → real costs of the figures of a charge, shape (figures, periods)


@dataclass(eq=False)
class Corridor:
    """A target in one case; ``asked`` is the case laid out, with its tariffs of today."""

    asked: Asked
    target: Target
    owners: int
    _demands: dict[str, Demand] = field(default_factory=dict)

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
        worth = now.solution.objective * sign_of(now.form)
        return Point(level.cost + margin, volume, carriers, worth - demand.worth_without)


@dataclass(frozen=True, eq=False)
class Level:
    """The real costs of the figures of a charge, shape (figures, periods), in a case with its tariffs of today."""

    case: Case
    shift: Shift
    costs: Vector

    @cached_property
    def _stated(self) -> Vector:
        return self.shift.stated(self.case)

    @cached_property
    def cost(self) -> float:
        """The mean of the real costs over figures and years; NaN where no lane is open."""
        return self._mean(self.costs)

    @cached_property
    def straight(self) -> bool:
        """Whether every tariff of today is the same amount above its real cost: then moving it moves the margin."""
        margins = self._stated - self.costs
        known = margins[np.isfinite(margins)]
        return bool(np.ptp(known) <= ALIKE) if len(known) else True

    @property
    def margin(self) -> float:
        """The mean of what the tariffs of today are above their real costs."""
        return self._mean(self._stated - self.costs)

    @property
    def start(self) -> tuple[Case, float]:
        """A case from which one margin on all figures is moved, and the charge that stands in it."""
        if self.straight:
            return self.case, self._mean(self._stated)
        edits = [Edit(table, name, column, "set", float(cost), (period.label,), "real cost, by a study")
                 for (table, name, column), row in zip(self.shift.figures, self.costs, strict=True)
                 for cost, period in zip(row, self.case.periods, strict=True) if np.isfinite(cost)]  # fmt: skip
        return replace(self.case, network=self.case.network.with_edits(*edits)), self.cost

    def _mean(self, rows: Vector) -> float:
        years = np.array([period.years for period in self.case.periods])
        known = np.isfinite(rows)
        return float((np.where(known, rows, 0.0) @ years).sum() / (known @ years).sum()) if known.any() else np.nan


def levels_of(asked: Asked, shift: Shift, share: float | None, levels: Sequence[str]) -> dict[str, Vector]:
    """The real costs of the figures of a charge at each level, shape (figures, periods); one where they are published.

    ``share`` is the share of a tariff that is real cost where none is published; None: as the pack has it.
    """
    costs = {level: _costs(asked, shift, BAND.get(level, share)) for level in levels}
    first, *others = costs.values()
    if all(np.array_equal(first, other, equal_nan=True) for other in others):
        return {MIDDLE: costs[MIDDLE]}
    return costs


def _costs(asked: Asked, shift: Shift, share: float | None) -> Vector:
    """The real costs of a unit that each figure is paid on; NaN where no lane pays it.

    Raises UsageError where what one of the arcs really costs is not known, and no share is given.
    """
    space = asked.now.stated[0]
    axis, costs = space.flow.axis, known_costs(space, share)
    charge, tariff = axis.data("charge"), axis.data("tariff")
    unit = costs * np.divide(tariff, charge, out=np.ones_like(charge), where=charge > 0.0)  # of what the tariff is on
    lanes = pd.DataFrame({"arc": axis.frame["arc"].astype(str), "lane": axis.frame["arc"].astype(str) + "/"
                          + axis.frame["commodity"].astype(str), "period": axis.frame["period"].astype(str),
                          "cost": unit})  # fmt: skip
    own = lanes["lane"].isin([name for table, name, _ in shift.figures if table == "lanes"])
    parts = {"lanes": lanes[own].groupby(["lane", "period"])["cost"].first(),
             "arcs": lanes[~own].groupby(["arc", "period"])["cost"].first()}  # fmt: skip
    labels = [period.label for period in asked.case.periods]
    rows = [[float(parts[table].get((name, label), np.nan)) for label in labels] for table, name, _ in shift.figures]
    if lanes.loc[lanes["arc"].isin({name.partition("/")[0] for _, name, _ in shift.figures}), "cost"].isna().any():
        real_costs(space, share)  # which says what is missing
    return np.array(rows).reshape(len(rows), len(labels))
