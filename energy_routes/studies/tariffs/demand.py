"""What a corridor moves at each charge: exact, from the programme whose charge moves, with every kink named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from energy_routes.linear import Stretch, Vector
from energy_routes.studies.kinks.shift import Asked
from energy_routes.studies.reasons.inquiry import Inquiry
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.way import MOVED
from energy_routes.studies.tariffs.owners import Steps

FAR = 10.0  # so many times the largest cost of the programme: no unit can pay more
DECIMALS = 9  # of a charge
NARROW = 1e-6  # USD/t (USD/1000 m³); a piece no wider is the meeting of two others


@dataclass(eq=False)
class Demand:
    """What is moved at each charge of a corridor.

    ``asked`` is a case laid out in which the charge is ``start`` (USD/t, USD/1000 m³).  Another charge is that much
    more or less on every arc where the corridor is metered.  Volumes are Mt (bcm) over the horizon, worth is MUSD.
    """

    asked: Asked
    target: Target
    start: float

    @cached_property
    def _inquiry(self) -> Inquiry:
        return Inquiry(self.asked, self.target)

    @cached_property
    def _pieces(self) -> list[Stretch]:
        """The pieces from a charge of 0 up to one that nothing can pay, as margins, in rising order."""
        priced = self._inquiry.curve.priced
        far = FAR * float(np.abs(priced.at(0.0).form.cost).max(initial=1.0))
        found = list(priced.stretches(min(-self.start, 0.0), far))
        return [piece for piece in found if piece.high - piece.low > NARROW] or found

    @property
    def open(self) -> bool:
        """Whether anything could come there at all."""
        return self._inquiry.open

    @property
    def captive(self) -> float:
        """The volume that stays whatever is charged: a contract or a least volume holds it there."""
        return _volume(self._pieces[-1])

    @property
    def worth_without(self) -> float:
        """The optimum of the plan where the corridor is priced out of it."""
        return self._inquiry.curve.priced.touched(self._pieces[-1].high).value

    @cached_property
    def steps(self) -> Steps:
        """The charges up to which each volume is moved, the highest first; without what is captive at any charge."""
        paid = [piece for piece in self._pieces[:-1][::-1] if _volume(piece) > 0.0]
        return Steps(np.array([self._end(piece) for piece in paid]), np.array(list(map(_volume, paid))))

    @cached_property
    def gains(self) -> Vector:
        """What the shipper gains at each step over having no corridor, MUSD; shape (steps,)."""
        return np.array([self.gain(float(charge)) for charge in self.steps.charges])

    def gain(self, charge: float) -> float:
        """What the shipper gains at a charge over having no corridor, MUSD.  The captive volume pays at both."""
        gain = 0.0
        for piece in self._pieces[:-1]:
            width = piece.high - max(piece.low, charge - self.start)
            gain += max(width, 0.0) * (_volume(piece) - self.captive)
        return gain

    def volume(self, charge: float) -> float:
        """The volume at a charge, at a kink the upper one."""
        return _volume(self._piece(charge))

    def until(self, charge: float) -> float:
        """The highest charge with the same volume."""
        return self._end(self._piece(charge))

    def _end(self, piece: Stretch) -> float:
        """The charge at which a piece ends, without the last bits of a sum: it is to be written alike everywhere."""
        return round(self.start + piece.high, DECIMALS)

    def _piece(self, charge: float) -> Stretch:
        return next((one for one in self._pieces if charge - self.start <= one.high + NARROW), self._pieces[-1])

    def solve(self) -> None:
        """Find the pieces.  Raises InfeasibleError where the case has no plan."""
        _ = self._pieces

    @property
    def pieces(self) -> Iterator[tuple[float, float, float, float]]:
        """From, to (the charge; infinite at last), the volume, and the shipper's gain at ``to``."""
        for piece in self._pieces:
            end = self._end(piece)
            told = np.inf if piece is self._pieces[-1] else end
            yield self.start + piece.low, told, _volume(piece), self.gain(end)

    @property
    def kinks(self) -> Iterator[tuple[float, float, float, float, str, str]]:
        """At, to (where several are too close to be told apart), volume below and above, routes with more and less."""
        curve, pieces = self._inquiry.curve, self._pieces
        for first, last in curve.grouped(pieces):
            step = curve.step(pieces, first, last)
            if step is not None and not step.up:
                step = replace(step, plans=step.plans[::-1])  # told as the charge rises
            moved = ("", "") if step is None else self._inquiry.moved(step)
            yield (self._end(pieces[first]), self._end(pieces[last]), _volume(pieces[first]),
                   _volume(pieces[last + 1]), *moved)  # fmt: skip


def _volume(piece: Stretch) -> float:
    return max(0.0, -piece.slope) if abs(piece.slope) > MOVED else 0.0
