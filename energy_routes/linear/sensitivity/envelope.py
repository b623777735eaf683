"""The pieces of a convex, or concave, piecewise linear function of one number, from its values and slopes at points.

Two tangents meet at a point.  Where the function has that value there, it has no more than one kink between the points
at which it was touched, and this is it; else it is looked into on both sides (Eisner and Severance 1976).
So every piece is proved, with about two values for each, and whichever basis the solver ended with makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

SAME = 1e-9  # values that differ by less, over their size, are the same
ALIKE = 1e-6  # slopes that differ by less, over their size (at least 1), are the same
NARROW = 1e-7  # pieces narrower than this, over the size of their place, are not looked for


class Touch(NamedTuple):
    """A point of the function: the ``value`` there, and the ``slope`` of a line that touches it there."""

    at: float
    value: float
    slope: float

    def line(self, at: float) -> float:
        """The value of that line at another place."""
        return self.value + self.slope * (at - self.at)

    def passes(self, point: Touch) -> bool:
        """Whether that line passes through another point of the function."""
        return abs(self.line(point.at) - point.value) <= SAME * max(1.0, abs(point.value))


class Stretch(NamedTuple):
    """A piece: from ``low`` to ``high`` the function is linear with this ``slope``."""

    low: float
    high: float
    slope: float


def stretches(touch: Callable[[float], Touch], start: float, stop: float) -> Iterator[Stretch]:
    """The pieces from start on towards stop (which may lie below), found one after another as they are asked for.

    ``touch`` must be of one function that is convex or concave between the two.  Two neighbours have different slopes.

    References
    ----------
    M. J. Eisner and D. G. Severance, "Mathematical techniques for efficient record segmentation in large shared
    databases", Journal of the ACM 23 (1976), doi:10.1145/321978.321982.
    """
    last: Stretch | None = None
    for piece in _between(touch, touch(start), touch(stop)):
        if last is not None and abs(last.slope - piece.slope) <= ALIKE * max(1.0, abs(last.slope)):
            last = last._replace(**{"high" if start < stop else "low": piece[1 if start < stop else 0]})
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _between(touch: Callable[[float], Touch], near: Touch, far: Touch) -> Iterator[Stretch]:
    """The pieces between two points, the nearer ones first; neighbours may be parts of one."""
    ends = min(near.at, far.at), max(near.at, far.at)
    through = next((one.slope for one, other in ((near, far), (far, near)) if one.passes(other)), None)
    if through is not None:
        yield Stretch(*ends, through)
        return
    at = meeting(near, far)
    if at is None or ends[1] - ends[0] <= NARROW * max(1.0, *map(abs, ends)):
        yield Stretch(*ends, (far.value - near.value) / (far.at - near.at))
        return
    middle = touch(at)
    yield from _between(touch, near, middle)
    yield from _between(touch, middle, far)


def meeting(one: Touch, other: Touch) -> float | None:
    """Where the lines that touch at two points meet; None where that is not between the two."""
    if one.slope == other.slope:
        return None
    at = (other.line(0.0) - one.line(0.0)) / (one.slope - other.slope)
    return at if min(one.at, other.at) < at < max(one.at, other.at) else None


def halved(holds: Callable[[float], bool], near: float, far: float, close: float) -> tuple[float, float]:
    """The last place where something holds and the first where it does not, no more than ``close`` apart.

    It holds at ``near``, and does not at ``far``.
    """
    while abs(far - near) > close:
        middle = (near + far) / 2
        near, far = (middle, far) if holds(middle) else (near, middle)
    return near, far
