"""One reading of a corridor: its demand, and what is charged by one owner, by several, and with the shipper agreed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from energy_routes.studies.tariffs.demand import Demand
from energy_routes.studies.tariffs.owners import Point, agreed, held, joint


class Apart(NamedTuple):
    """A charge at which several owners come to rest; ``least`` and ``most``: what one of them earns a unit there."""

    owners: int
    at: Point
    least: float
    most: float


@dataclass(eq=False)
class Reading:
    """What is charged on a demand at a real cost, USD/t (USD/1000 m³); money is MUSD over the horizon.

    The cost is NaN where no lane is open.  ``uneven`` is what stands today, where that is not one margin on every arc.
    """

    demand: Demand
    cost: float
    owners: int
    uneven: Point | None = None

    @property
    def today(self) -> Point:
        """What stands today: the charge is the real cost, and above it the mean margin over volumes."""
        return self.uneven or self.at(self.demand.start)

    def at(self, charge: float) -> Point:
        """What stands at a charge."""
        volume = self.demand.volume(charge)
        return Point(charge, volume, (charge - self.cost) * volume if volume else 0.0, self.demand.gain(charge))

    @property
    def open(self) -> bool:
        """Whether anything could come there: its real cost is known then."""
        return self.cost == self.cost and self.demand.open

    @property
    def bounded(self) -> bool:
        """Whether some charge drives all volume away: else there is no highest charge, and no best one."""
        return not self.demand.captive

    @cached_property
    def break_even(self) -> Point | None:
        """The highest charge at which anything is moved; None where that is not above the real cost."""
        charges = self.demand.steps.charges
        return self.at(float(charges[0])) if self.bounded and len(charges) and charges[0] > self.cost else None

    @cached_property
    def together(self) -> Point | None:
        """What one owner of all asks; None where no charge above cost moves anything, or where each one does."""
        step = joint(self.demand.steps, self.cost) if self.bounded else None
        return None if step is None else self.at(float(self.demand.steps.charges[step]))

    @cached_property
    def agreed(self) -> Point | None:
        """What the carriers as one and the shipper agree on with equal weight (Nash)."""
        found = agreed(self.demand.steps, self.cost, self.demand.gains) if self.bounded else None
        return found and self.at(found.charge)

    @cached_property
    def apart(self) -> tuple[Apart, ...]:
        """Where two owners and more, up to ``owners``, come to rest, each setting a charge of his own."""
        if self.break_even is None:
            return ()
        return tuple(Apart(owners, self.at(float(self.demand.steps.charges[one.step])), one.low, one.high)
                     for owners in range(2, self.owners + 1) for one in held(self.demand.steps, self.cost, owners))

    def points(self) -> Iterator[tuple[str, Point]]:
        """Every charge that is told, by what it is."""
        yield "today", self.today
        if self.open:
            yield "real cost", self.at(self.cost)
        found = {"agreed": self.agreed, "together": self.together, "break-even": self.break_even}
        yield from ((what, point) for what, point in found.items() if point is not None)

    def lost(self, one: Apart) -> tuple[float, float, float]:
        """What setting it together is worth: to all owners, to each in equal parts, and to the shipper, MUSD."""
        best = self.together
        assert best is not None  # where several rest above cost, one could ask the same
        lost = best.carriers - one.at.carriers
        return lost, lost / one.owners, best.shipper - one.at.shipper
