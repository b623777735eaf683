"""Lines that share a corridor are set side by side, so that every one of them can be seen.

Sea lanes of one port, a pipeline and the gas line beside it, two trunk lines in one right of way: each sample of a
line asks which other lines run along it there, and moves sideways by half of what lies on either side.  Which line
lies left is decided by where they part, so that ribbons fan out without crossing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from energy_routes.maps.projection import Points, tangents

NEAR = 2.6       # points: closer than this, and parallel, lines share a corridor
PARALLEL = 0.85  # cosine of the angle between them
SHORTEST = 5     # samples: a crossing is not a corridor
LOOK = 7         # samples beyond the shared stretch at which the sides are told
GAP = 0.9        # points of daylight between neighbours
RAMP = 5         # samples over which an offset sets in

Samples = NDArray[np.bool_]


def spread(lines: Sequence[Points], widths: Sequence[float]) -> list[Points]:
    """The lines (resampled at one step), moved apart where they share a corridor; same shapes as given."""
    offsets = [np.zeros(len(line)) for line in lines]
    directions = [tangents(line) for line in lines]
    for i, first in enumerate(lines):
        for j in range(i + 1, len(lines)):
            if not _boxes_meet(first, lines[j]):
                continue
            on_first, on_second = (_shared(first, directions[i], lines[j], directions[j]),
                                   _shared(lines[j], directions[j], first, directions[i]))
            if not on_first.any() or not on_second.any():
                continue
            along = _same_way(first, directions[i], lines[j], directions[j], on_first)
            side = _side(first, directions[i], on_first, lines[j], on_second, along)
            offsets[i] += np.where(on_first, side * (widths[j] + GAP) / 2, 0.0)
            offsets[j] -= np.where(on_second, side * along * (widths[i] + GAP) / 2, 0.0)
    return [_moved(line, direction, offset) for line, direction, offset in zip(lines, directions, offsets, strict=True)]


def _boxes_meet(a: Points, b: Points) -> bool:
    return bool(np.all(a.min(axis=0) - NEAR <= b.max(axis=0)) and np.all(b.min(axis=0) - NEAR <= a.max(axis=0)))


def _nearest(a: Points, b: Points) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """For each vertex of ``a`` the nearest vertex of ``b`` and its distance."""
    from scipy.spatial import cKDTree

    distance, index = cKDTree(b).query(a)
    return np.asarray(index), np.asarray(distance)


def _shared(a: Points, along_a: Points, b: Points, along_b: Points) -> Samples:
    """Which samples of ``a`` have ``b`` running along them, for long enough."""
    index, distance = _nearest(a, b)
    cosine = np.abs(np.sum(along_a * along_b[index], axis=1))
    hit: Samples = (distance < NEAR) & (cosine > PARALLEL)
    for start, stop in _runs(~hit):  # a short bend inside a corridor does not end it
        if start > 0 and stop < len(hit) and stop - start <= LOOK:
            hit[start:stop] = True
    for start, stop in _runs(hit):
        if stop - start < SHORTEST:
            hit[start:stop] = False
    return hit


def _runs(mask: Samples) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _same_way(a: Points, along_a: Points, b: Points, along_b: Points, shared: Samples) -> int:
    index, _ = _nearest(a, b)
    return 1 if float(np.sum(along_a[shared] * along_b[index[shared]])) >= 0 else -1


def _side(a: Points, along_a: Points, on_a: Samples, b: Points, on_b: Samples, along: int) -> int:
    """+1 when ``b`` lies right of ``a`` (so ``a`` moves left), −1 when left, seen along ``a``.

    Told by where they part ahead, else where they came from, else by their true separation inside.
    """
    last, first = int(np.flatnonzero(on_a)[-1]), int(np.flatnonzero(on_a)[0])
    ahead = _beyond(b, on_b, forward=along > 0)
    behind = _beyond(b, on_b, forward=along < 0)
    votes = 0.0
    for at, step, other in ((last, 1, ahead), (first, -1, behind)):
        here, there = a[at], a[int(np.clip(at + step * LOOK, 0, len(a) - 1))]
        if other is None or (here == there).all():
            continue
        course = along_a[at] * step
        mine, theirs = there - here, other - here
        turn = (_angle(course, theirs) - _angle(course, mine)) * step
        votes += turn * (2.0 if step > 0 else 1.0)
    if abs(votes) < 1e-3:
        index, _ = _nearest(a, b)
        apart = b[index[on_a]] - a[on_a]
        votes = float(np.mean(_cross(along_a[on_a], apart)))
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
