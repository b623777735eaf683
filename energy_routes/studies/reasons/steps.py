"""The break-evens of a figure: where volume comes to the target or leaves it, each solved again on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count, islice
from typing import Literal

import numpy as np

from energy_routes.case import Case
from energy_routes.linear import Standing, Stretch, Vector, meeting
from energy_routes.studies.kinks.shift import Priced, Shift
from energy_routes.studies.reasons.way import MOVED

CLOSE, NEAR = 1e-3, 0.01  # solved again so far on each side: a share of the figure, and USD/t (USD/1000 m³) at least
NEAREST, OUTERMOST = 6, 2  # pieces of a long curve that are looked for on each side of the figure, and at its end
TOGETHER = 1e-6  # pieces no farther apart, over the size of their place, are neighbours
ENOUGH = 40  # pieces that are looked for at most, while they are too narrow to be told apart
HALVED = 4  # every so often a break-even is looked for in the middle
MOST = 4  # break-evens that are told of one figure
DIGITS = 6  # of the volume that moves at a break-even: what differs by less is as much

Event = Literal["in", "out", "more", "less"]


@dataclass(frozen=True, eq=False)
class Step:
    """Where the volume changes: from ``first`` to ``last`` (changes of the figure), the same unless they are close.

    ``before`` is the volume on the side of the figure as it is, ``after`` beyond (``up``: where the figure is higher);
    ``plans`` are those that were solved there.
    """

    first: float
    last: float
    up: bool
    before: float
    after: float
    plans: tuple[Vector, Vector]

    @property
    def moves(self) -> bool:
        """Whether the volume of the target differs; else the figure is paid on other volumes, or grades, alone."""
        return abs(self.after - self.before) > MOVED

    @property
    def more_and_less(self) -> tuple[Vector, Vector]:
        """The plan with more of the target, and that with less."""
        near, far = self.plans
        return (near, far) if self.before > self.after else (far, near)

    @property
    def event(self) -> Event:
        """What happens to the target beyond: it comes in or goes out, or has more or less."""
        if self.after <= MOVED or self.before <= MOVED:
            return "out" if self.after <= MOVED else "in"
        return "more" if self.after > self.before else "less"


@dataclass(eq=False)
class Curve:
    """The volume of a target as one figure moves, and what stands on each side of every break-even.

    ``measure`` tells the volume of the target in a plan, Mt (bcm).  ``draws`` is +1 where a higher figure draws volume
    to it, −1 where a lower one does.  ``asked`` is the same measure, where it is linear.
    """

    priced: Priced
    measure: Callable[[Vector], float]
    draws: float
    asked: Standing | None = None
    _plans: dict[tuple[float, float], Vector] = field(default_factory=dict)

    @cached_property
    def now(self) -> float:
        """The figure as it is; NaN where several differ."""
        return self.priced.shift.now(self.priced.case)

    def volume(self, by: float) -> float:
        """The volume of the target with the figure moved, Mt (bcm) over the horizon."""
        return self.measured(self.priced.plan(by, self.asked))

    def measured(self, x: Vector) -> float:
        """The volume of the target in a plan, without the solver's dust."""
        volume = self.measure(x)
        return volume if abs(volume) > MOVED else 0.0

    def of(self, shift: Shift, case: Case | None = None) -> Curve:
        """The same of another figure, or of another case."""
        asked = self.priced.asked
        return Curve(Priced(asked if case is None else asked.but(case), shift), self.measure, self.draws, self.asked)

    def margin(self, by: float) -> float:
        """How far from a break-even it is solved again."""
        level = self.now + by
        return max(CLOSE * abs(level), NEAR) if level == level else NEAR

    def grouped(self, pieces: Sequence[Stretch]) -> Iterator[tuple[int, int]]:
        """The first and the last piece before each boundary; boundaries too close to be told apart are one."""
        ends = [at for at in range(len(pieces) - 1) if meets(pieces[at], pieces[at + 1])]
        start = 0
        for at, end in enumerate(ends):
            last = at + 1 == len(ends) or ends[at + 1] > end + 1
            if last or pieces[end + 1].high - pieces[end].high > 2 * self.margin(pieces[end].high):
                yield ends[start], end
                start = at + 1

    def plan(self, piece: Stretch, by: float) -> Vector | None:
        """The plan at a point of a piece; None where, solved there, the curve is not as steep as the piece.

        On a piece a figure of money leaves the plan as it is: it is made once.
        """
        slope = self.priced.touch(by).slope
        if abs(slope - piece.slope) > MOVED * max(1.0, abs(slope)):
            return None
        key = piece.low, piece.high
        if key not in self._plans:
            self._plans[key] = self.priced.plan(by)
        return self._plans[key]

    def step(self, pieces: Sequence[Stretch], first: int, last: int) -> Step | None:
        """The break-even between two pieces, solved again on both sides; None where that does not confirm it."""
        low, high = pieces[first].high, pieces[last].high
        below, above = low - self.margin(low), high + self.margin(high)
        lower, upper = self.plan(pieces[first], below), self.plan(pieces[last + 1], above)
        if lower is None or upper is None:
            return None
        one, other = self.measured(lower), self.measured(upper)
        if self.rises(low, high):
            return Step(low, high, True, one, other, (lower, upper))
        return Step(high, low, False, other, one, (upper, lower))

    def rises(self, low: float, high: float) -> bool:
        """Whether a break-even lies above the figure as it is; one that lies there is looked at towards more volume."""
        return low > 0 or (low >= -MOVED and (high > MOVED or self.draws > 0))


def pieces_of(curve: Curve, least: float) -> tuple[list[Stretch], bool]:
    """The pieces around the figure as it is, in rising order, and whether some lie beyond what the figure can be.

    ``least`` is the lowest change that the figure admits.  Towards where the target is drawn they end there (of a
    price, where it is twice what it is); where nothing is drawn by then, they go on to the first volume that is.  Of a
    long curve these are the nearest on each side and the outermost ones; what lies between is left out.
    """
    big = 2.0 * float(np.abs(curve.priced.at(0.0).form.cost).max(initial=1.0))
    used, draws = curve.volume(0.0) > 0, curve.draws
    able = max(least, -big) if draws < 0 else min(big, -least)
    away = big if draws < 0 else max(least, -big)
    out = _both_ends(curve, away) if used else []
    drawn = _both_ends(curve, able) if able else []
    beyond = not used and len(drawn) < 2
    if beyond:
        drawn = list(islice(curve.priced.stretches(0.0, draws * big), 2))
    return _merged(sorted([*out, *drawn])), beyond and len(drawn) > 1


def _both_ends(curve: Curve, end: float) -> list[Stretch]:
    """The pieces from the figure as it is to an end, in rising order: the nearest, and the last before the end."""
    near = list(_first(curve, curve.priced.stretches(0.0, end), NEAREST))
    reached = near[-1].high if end > 0 else near[-1].low
    far = [] if reached == end else list(_first(curve, curve.priced.stretches(end, 0.0), OUTERMOST))
    return [*near, *(piece for piece in far if (piece.low >= reached if end > 0 else piece.high <= reached))]


def _first(curve: Curve, pieces: Iterator[Stretch], count: int) -> Iterator[Stretch]:
    """The first pieces, and more until one is wide enough for the break-even before it to be told from the next."""
    for number, piece in enumerate(islice(pieces, ENOUGH), 1):
        yield piece
        if number >= count and piece.high - piece.low > 2 * max(curve.margin(piece.low), curve.margin(piece.high)):
            return


def meets(piece: Stretch, following: Stretch) -> bool:
    """Whether nothing is left out between two pieces."""
    return following.low - piece.high <= TOGETHER * max(1.0, abs(piece.high))


def _merged(pieces: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours with one slope as one piece: those that meet at the figure as it is."""
    out: list[Stretch] = []
    for piece in pieces:
        if out and meets(out[-1], piece) and abs(out[-1].slope - piece.slope) <= MOVED * max(1.0, abs(piece.slope)):
            piece = Stretch(out.pop().low, piece.high, piece.slope)
        out.append(piece)
    return out


def steps_of(curve: Curve, pieces: Sequence[Stretch]) -> tuple[list[Step], int]:
    """The break-evens that matter most, in rising order, and how many could not be confirmed.

    These are the nearest on each side, the outermost ones, and those where most volume moves; of as much, the nearest.
    """
    groups = list(curve.grouped(pieces))
    rank = {(first, last): (-round(abs(pieces[last + 1].slope - pieces[first].slope), DIGITS), abs(pieces[first].high))
            for first, last in groups}  # fmt: skip
    above = [group for group in groups if pieces[group[0]].high > 0]
    below = [group for group in groups if group not in above]
    chosen = dict.fromkeys([*above[:1], *above[-1:], *below[-1:], *below[:1],
                            *sorted(groups, key=rank.__getitem__)])  # fmt: skip
    found = [curve.step(pieces, *group) for group in sorted(list(chosen)[:MOST])]
    steps = [step for step in found if step is not None]
    return [step for step in steps if step.moves], len(found) - len(steps)


def elsewhere(curve: Curve, other: Shift, change: float, like: Step) -> Step | None:
    """The break-even of another figure, at which the same happens as at a step of the target's own.

    None where solving on both sides of ``change`` does not confirm it.
    """
    moved = curve.of(other)
    margin = moved.margin(change) if change > 0 else -moved.margin(change)
    near, far = change - margin, change + margin
    before, after = moved.volume(near), moved.volume(far)
    if abs(before - like.before) > MOVED or abs(after - like.after) > MOVED:
        return None
    return Step(change, change, change > 0, before, after, (moved.priced.plan(near), moved.priced.plan(far)))


def crossing(curve: Curve, end: float) -> tuple[float, float] | None:
    """Between which changes of the figure the target comes in or goes out, on the way to an end.

    None where it is used at both ends, or at neither.  What is taken is the same all along a piece of the curve, so it
    is looked where the tangents at both ends meet; and in the middle every so often, as many pieces may be short.
    """

    def used(by: float) -> bool:
        return curve.measured(curve.priced.found(by).x) > 0

    near, far = curve.priced.touched(0.0), curve.priced.touched(end)
    if (before := used(near.at)) == used(far.at):
        return None
    for number in count(1):
        if abs(far.at - near.at) <= curve.margin(far.at):
            return near.at, far.at
        if (at := meeting(near, far)) is None:
            return None  # one piece, with plans as good that differ there
        middle = curve.priced.touched(at if number % HALVED else (near.at + far.at) / 2)
        if number % HALVED and near.passes(middle) and far.passes(middle):
            return at, at
        near, far = (middle, far) if used(middle.at) == before else (near, middle)
    return None


def step_between(curve: Curve, near: float, far: float) -> Step | None:
    """The break-even there at which the target comes in or goes out; None where solving again does not confirm it."""
    room = 4 * curve.margin(far) * np.sign(far)
    pieces = sorted(curve.priced.stretches(near - room, far + room))
    steps = (curve.step(pieces, *group) for group in curve.grouped(pieces))
    return next((step for step in steps if step is not None and (step.before > 0) != (step.after > 0)), None)
