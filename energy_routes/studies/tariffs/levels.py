"""What moving a unit over a corridor really costs, and the case whose charge there can be moved from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from energy_routes.case import Case
from energy_routes.linear import Vector
from energy_routes.network import Edit
from energy_routes.studies.kinks.shift import Asked, Shift

ALIKE = 1e-9  # USD/t (USD/1000 m³)
MIDDLE = "middle"  # the level that the pack has, whose numbers are told
BAND = {"low": 0.1, "high": 0.4}  # shares of a tariff within which an unpublished real cost lies


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
        """The mean of the real costs over figures and years."""
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
        return float((np.where(known, rows, 0.0) @ years).sum() / (known @ years).sum()) if known.any() else 0.0


def levels_of(asked: Asked, shift: Shift, share: float | None) -> dict[str, Vector]:
    """The real costs of the figures of a charge at each level, shape (figures, periods); one where they are published.

    ``share`` is the share of a tariff that is real cost where none is published; None: as the pack has it.
    """
    middle = _costs(asked, shift, share)
    low, high = (_costs(asked, shift, end) for end in BAND.values())
    if np.array_equal(low, high, equal_nan=True):
        return {MIDDLE: middle}
    return {"low": np.fmin(low, middle), MIDDLE: middle, "high": np.fmax(high, middle)}


def _costs(asked: Asked, shift: Shift, share: float | None) -> Vector:
    return shift.stated(asked.case) * (0.25 if share is None else share)
