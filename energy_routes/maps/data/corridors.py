"""Lines that share a corridor are set side by side, so that every one of them can be seen.

Sea lanes of one port, a pipeline and the gas line beside it, two trunk lines in one right of way: each sample of a
line asks which other lines run along it there, and moves sideways by half of what lies on either side.  Which line
lies left is decided by where they part, so that ribbons fan out without crossing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree, points

from energy_routes.maps.data.projection import Points, tangents

NEAR = 2.6       # points: closer than this, and parallel, lines share a corridor
PARALLEL = 0.85  # cosine of the angle between them
SHORTEST = 5     # samples: a crossing is not a corridor
LOOK = 7         # samples beyond the shared stretch at which the sides are told
GAP = 0.9        # points of daylight between neighbours
RAMP = 5         # samples over which an offset sets in

Samples = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Course:
    """A line as sampled: its vertices, unit directions, and a tree to find the nearest vertex."""

    points: Points

    @cached_property
    def along(self) -> Points:
        """Unit direction at each vertex."""
        return tangents(self.points)

    @cached_property
    def _tree(self) -> STRtree:
        return STRtree(points(self.points))

    def nearest(self, places: Points) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """For each given place the nearest vertex of this line (its index) and the distance."""
        (_, index), distance = self._tree.query_nearest(points(places), all_matches=False, return_distance=True)
        return index, distance


@dataclass(frozen=True)
class Shared:
    """Two lines (by their places in the list) that share a corridor.

    ``on_first``, ``on_second``: which samples of each run along the other.  ``side``: +1 when the first gives way to
    its left, −1 to its right.  ``along``: +1 when both run the same way, −1 when they run against each other.  ``away``
    is the median distance between them there.
    """

    first: int
    second: int
    on_first: Samples
    on_second: Samples
    side: int
    along: int
    away: float


def shared_stretches(lines: Sequence[Points]) -> list[Shared]:
    """Every pair of lines (resampled at one step) that share a corridor somewhere."""
    courses = [Course(line) for line in lines]
    found = []
    for i, j in _neighbours(lines):
        a, b = courses[i], courses[j]
        if not (on_a := _shared(a, b)).any() or not (on_b := _shared(b, a)).any():
            continue
        index, distance = b.nearest(a.points[on_a])
        along = 1 if float(np.sum(a.along[on_a] * b.along[index])) >= 0 else -1
        side = _side(a, on_a, b, on_b, along)
        found.append(Shared(i, j, on_a, on_b, side, along, float(np.median(distance))))
    return found


def _neighbours(lines: Sequence[Points]) -> list[tuple[int, int]]:
    """The pairs of lines, in order, of which each has samples near the other that stand as far apart as a corridor is
    long.  Lines that meet in a town are no such pair.
    """
    if not lines:
        return []
    line = np.repeat(np.arange(len(lines)), [len(own) for own in lines])
    sample = np.concatenate([np.arange(len(own)) for own in lines])
    places = points(np.concatenate(lines))
    one, other = STRtree(places).query(places, predicate="dwithin", distance=NEAR)
    once = line[one] < line[other]
    one, other = one[once], other[once]
    pairs, pair = np.unique(np.column_stack([line[one], line[other]]), axis=0, return_inverse=True)
    long = np.ones(len(pairs), dtype=bool)
    for own in (sample[one], sample[other]):
        first, last = np.full(len(pairs), len(sample)), np.zeros(len(pairs), dtype=np.intp)
        np.minimum.at(first, pair, own)
        np.maximum.at(last, pair, own)
        long &= last - first + 1 >= SHORTEST
    return [(i, j) for i, j in pairs[long].tolist()]


def spread(lines: Sequence[Points], widths: Sequence[float]) -> list[Points]:
    """The lines (resampled at one step), moved apart where they share a corridor; same shapes as given."""
    offsets = [np.zeros(len(line)) for line in lines]
    for pair in shared_stretches(lines):
        i, j = pair.first, pair.second
        offsets[i] += np.where(pair.on_first, pair.side * (widths[j] + GAP) / 2, 0.0)
        offsets[j] -= np.where(pair.on_second, pair.side * pair.along * (widths[i] + GAP) / 2, 0.0)
    return [_moved(line, tangents(line), offset) for line, offset in zip(lines, offsets, strict=True)]


def _shared(a: Course, b: Course) -> Samples:
    """Which samples of ``a`` have ``b`` running along them, for long enough."""
    index, distance = b.nearest(a.points)
    cosine = np.abs(np.sum(a.along * b.along[index], axis=1))
    hit: Samples = (distance < NEAR) & (cosine > PARALLEL)
    if not hit.any():
        return hit
    for start, stop in runs(~hit):  # a short bend inside a corridor does not end it
        if start > 0 and stop < len(hit) and stop - start <= LOOK:
            hit[start:stop] = True
    for start, stop in runs(hit):
        if stop - start < SHORTEST:
            hit[start:stop] = False
    return hit


def runs(mask: Samples) -> list[tuple[int, int]]:
    """Where a mask is true: (first, one past the last) of each stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _side(a: Course, on_a: Samples, b: Course, on_b: Samples, along: int) -> int:
    """−1 when ``b`` lies left of ``a`` (so ``a`` gives way to its right), +1 when right, seen along ``a``.

    Told by where they part ahead, else where they came from, else by their true separation inside.
    """
    last, first = int(np.flatnonzero(on_a)[-1]), int(np.flatnonzero(on_a)[0])
    ahead = _beyond(b.points, on_b, forward=along > 0)
    behind = _beyond(b.points, on_b, forward=along < 0)
    votes = 0.0
    for at, step, other in ((last, 1, ahead), (first, -1, behind)):
        here, there = a.points[at], a.points[int(np.clip(at + step * LOOK, 0, len(a.points) - 1))]
        if other is None or (here == there).all():
            continue
        course = a.along[at] * step
        mine, theirs = there - here, other - here
        turn = (_angle(course, theirs) - _angle(course, mine)) * step
        votes += turn * (2.0 if step > 0 else 1.0)
    if abs(votes) < 1e-3:
        index, _ = b.nearest(a.points[on_a])
        votes = float(np.mean(_cross(a.along[on_a], b.points[index] - a.points[on_a])))
    return -1 if votes > 0 else 1


def _beyond(b: Points, on_b: Samples, *, forward: bool) -> Points | None:
    """A point of ``b`` a little past its shared stretch; None when it ends there."""
    hits = np.flatnonzero(on_b)
    at = int(hits[-1] if forward else hits[0])
    past = int(np.clip(at + (LOOK if forward else -LOOK), 0, len(b) - 1))
    return None if past == at else b[past]


def _cross(u: Points, v: Points) -> NDArray[np.float64]:
    return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]


def _angle(course: Points, to: Points) -> float:
    """Signed turn from a course to a direction, radians, + to the left."""
    return float(np.arctan2(_cross(course, to), float(course @ to)))


def _moved(line: Points, direction: Points, offset: NDArray[np.float64]) -> Points:
    """The line moved to its left by ``offset`` points, the offset setting in gently."""
    if not offset.any():
        return line
    kernel = np.hanning(2 * RAMP + 1)[1:-1]
    padded = np.pad(offset, RAMP - 1, mode="edge")
    gentle = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    padded_course = np.pad(direction, ((2, 2), (0, 0)), mode="edge")
    course = np.column_stack([np.convolve(padded_course[:, k], np.ones(5) / 5, mode="valid") for k in (0, 1)])
    course /= np.maximum(np.hypot(course[:, 0], course[:, 1]), 1e-9)[:, None]
    normal = np.column_stack([-course[:, 1], course[:, 0]])
    return line + normal * gentle[:, None]
