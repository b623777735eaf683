"""Greedy label placing: boxes are hard obstacles, lines are soft ones, the most important text comes first.

Pure geometry in points; texts are measured once with matplotlib's own font metrics.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from matplotlib import rcParams
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from numpy.typing import NDArray

from energy_routes.maps.data.projection import Points

GAP = 1.0  # points between two boxes that do not meet


@dataclass(frozen=True)
class Box:
    """A rectangle in points."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        """The box of a size centred at a point."""
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """The point of the box that is nearest to a place."""
        return min(max(x, self.west), self.east), min(max(y, self.south), self.north)

    def distances(self, places: Points | tuple[float, float]) -> NDArray[np.float64]:
        """From the box to places (x, y) of shape (…, 2), in points; 0 inside."""
        x, y = np.asarray(places).T
        across = np.maximum(np.maximum(self.west - x, x - self.east), 0.0)
        along = np.maximum(np.maximum(self.south - y, y - self.north), 0.0)
        return np.asarray(np.hypot(across, along)).T

    def meets(self, other: Box, gap: float) -> bool:
        """Whether two boxes come closer than ``gap`` points."""
        return (self.west - gap < other.east and other.west - gap < self.east
                and self.south - gap < other.north and other.south - gap < self.north)


def sides(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """West, south, east and north of boxes, shape (4, boxes)."""
    return np.array([(box.west, box.south, box.east, box.north) for box in boxes], dtype=float).reshape(-1, 4).T


def least_distances(boxes: Sequence[Box], places: Points) -> NDArray[np.float64]:
    """From each box to the nearest of some places (x, y), in points; 0 inside, infinite without a place."""
    west, south, east, north = sides(boxes)[:, :, None]
    x, y = np.asarray(places).T
    across = np.maximum(np.maximum(west - x, x - east), 0.0)
    along = np.maximum(np.maximum(south - y, y - north), 0.0)
    return np.asarray(np.sqrt((across * across + along * along).min(axis=1, initial=np.inf)))


def text_size(text: str, size: float, bold: bool = False, italic: bool = False) -> tuple[float, float]:
    """Width and height in points of one line of text in the font that matplotlib is set to."""
    wide = _width(text, bold, italic, tuple(rcParams["font.family"]), tuple(rcParams["font.sans-serif"]))
    return size * wide * 1.05, size * 0.98  # a reserve for an SVG, whose reader draws the text in his own way


@cache
def _width(text: str, bold: bool, italic: bool, family: tuple[str, ...], _sans: tuple[str, ...]) -> float:
    """The width of a text over its size."""
    prop = FontProperties(family=list(family), weight="bold" if bold else "normal",
                          style="italic" if italic else "normal", size=1.0)
    return float(TextToPath().get_text_width_height_descent(text, prop, ismath=False)[0])


class Placer:
    """Where text still fits: a (west, south, east, north) frame, and lines (points, width) to keep clear of."""

    def __init__(self, frame: tuple[float, float, float, float], lines: Iterable[tuple[Points, float]]) -> None:
        self.frame = frame
        self._taken: list[tuple[float, float, float, float]] = []
        drawn = list(lines)
        self._points = np.vstack([p for p, _ in drawn]) if drawn else np.empty((0, 2))
        self._reach = np.concatenate([np.full(len(p), w / 2) for p, w in drawn]) if drawn else np.empty(0)

    def block(self, box: Box) -> None:
        """Keep everything that comes later off this box."""
        self._taken.append((box.west - GAP, box.south - GAP, box.east + GAP, box.north + GAP))

    def free(self, boxes: Sequence[Box]) -> NDArray[np.bool_]:
        """Which boxes are in the frame and off every placed one."""
        left, low, right, high = sides(boxes)
        west, south, east, north = np.array(self._taken).reshape(-1, 4).T[:, :, None]
        met = (left < east) & (west < right) & (low < north) & (south < high)
        first, under, last, over = self.frame
        inside = (left >= first) & (low >= under) & (right <= last) & (high <= over)
        return np.asarray(inside & ~met.any(axis=0))

    def crossed(self, box: Box) -> int:
        """How many line samples run under the box."""
        x, y = self._points[:, 0], self._points[:, 1]
        reach: NDArray[np.float64] = self._reach
        return int(np.count_nonzero((x + reach > box.west) & (x - reach < box.east)
                                    & (y + reach > box.south) & (y - reach < box.north)))

    def place(self, candidates: Sequence[Box], *, tolerance: int = 0, patience: float = 0.25) -> Box | None:
        """The best free candidate (fewest lines under it, earliest wins a tie); None when all are taken.

        Candidates crossed by more than ``tolerance`` line samples are refused; one step down the list costs as much
        as ``patience`` samples.
        """
        best: tuple[float, int] | None = None
        for order in np.flatnonzero(self.free(candidates)).tolist():
            if (under := self.crossed(candidates[order])) <= tolerance:
                cost = under + patience * order
                if best is None or cost < best[0]:
                    best = cost, order
        if best is None:
            return None
        self.block(candidates[best[1]])
        return candidates[best[1]]


def around(x: float, y: float, width: float, height: float, clear: float) -> list[Box]:
    """Places for a label beside a symbol of radius ``clear``: right, left, above, below, the corners; then farther."""
    dx, dy, near = width / 2 + clear, height / 2 + clear, clear * 0.7
    spots = [(dx, 0), (-dx, 0), (0, dy), (0, -dy), (dx - near, dy - near), (-dx + near, dy - near),
             (dx - near, -dy + near), (-dx + near, -dy + near)]
    return [Box.around(float(x + sx + np.sign(sx) * out), float(y + sy + np.sign(sy) * out), width, height)
            for out in (0.0, 5.0, 12.0, 20.0) for sx, sy in spots]


def beside(line: Points, width: float, height: float, clear: float, shares: Sequence[float]) -> list[Box]:
    """Places beside a line at the given shares of its length, on both sides, near ones before far ones."""
    out: list[Box] = []
    for distance in (clear, clear + 7, clear + 16):
        for share in shares:
            at = min(int(share * (len(line) - 1)), len(line) - 2)
            step = line[at + 1] - line[max(at - 1, 0)]
            norm = np.hypot(*step) or 1.0
            normal = np.array([-step[1], step[0]]) / norm
            room = distance + abs(normal[0]) * width / 2 + abs(normal[1]) * height / 2
            for sign in (1, -1):
                x, y = line[at] + sign * normal * room
                out.append(Box.around(float(x), float(y), width, height))
    return out
