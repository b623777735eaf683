"""The page's own coordinates: the home view is 960 units wide, x to the right and y down from its upper left corner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from energy_routes.maps.data.projection import HOME, Box, Points, Projection, held, home_box, stretched

MARGIN = 0.05  # of the longer side of what is seen, around it
WIDE = 960.0  # units across the home view: about one pixel each on a laptop


@dataclass(frozen=True)
class Frame:
    """The home view: its projection, its west and north edge in metres, units per metre, and its height in units."""

    projection: Projection
    west: float
    north: float
    scale: float
    height: float

    @classmethod
    def around(cls, places: Points, flows: Sequence[Points] = (), outline: Points | None = None) -> Frame:
        """The usual view of Kazakhstan and its markets, or the network's own bounds where it lies elsewhere.

        ``places`` and the lines of ``flows`` are (lon, lat).  ``outline``: of the home country; where flows and home
        fill less than the usual view, the view is drawn in around them.
        """
        projection = Projection.of(places, flows)
        lines = [projection.course(line) for line in flows]
        usual = home_box(places, projection)
        box = stretched(usual, lines)
        if usual == HOME and outline is not None and lines:
            box = _drawn_in(box, np.vstack([*lines, projection.metres(outline)]))
        west, south, east, north = box
        scale = WIDE / (east - west)
        return cls(projection, west, north, scale, (north - south) * scale)

    def upward(self, lonlat: Points) -> Points:
        """Units of (lon, lat) rows with y *up*, as geometry is reckoned; shape (n, 2)."""
        return (self.projection.metres(np.asarray(lonlat, dtype=float)[:, :2]) - (self.west, self.north)) * self.scale

    def course(self, lonlat: Points) -> Points:
        """Units of a line, y up."""
        return (self.projection.course(np.asarray(lonlat, dtype=float)[:, :2]) - (self.west, self.north)) * self.scale

    def extent(self, box: Box) -> Box:
        """A rectangle of units (y up) in metres."""
        west, south, east, north = (value / self.scale for value in box)
        return west + self.west, south + self.north, east + self.west, north + self.north

    def reach(self, lines: Iterable[Points], margin: float = 60.0) -> Box:
        """The rectangle (left, bottom, right, top; y up) that holds the view and every line, and a margin."""
        corners = np.vstack([np.array([[0.0, -self.height], [WIDE, 0.0]]), *lines])
        low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _drawn_in(box: Box, seen: Points) -> Box:
    """The box cut down to what is seen in it, with a margin, never below a third of its width."""
    west, south, east, north = box
    inside = seen[held(seen, box)]
    if not len(inside):
        return box
    low, high = inside.min(axis=0), inside.max(axis=0)
    pad = MARGIN * max(high - low)
    least = (east - west) / 3
    if high[0] - low[0] + 2 * pad < least:
        return box
    return (max(west, low[0] - pad), max(south, low[1] - pad), min(east, high[0] + pad), min(north, high[1] + pad))


def flat(points: Points, digits: int = 2) -> list[float]:
    """Points (y up) as the page takes them: x, y, x, y … with y down, rounded."""
    turned = np.round(points * (1.0, -1.0), digits) + 0.0
    return [float(value) for value in turned.ravel()]
