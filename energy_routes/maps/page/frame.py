"""The page's own coordinates: the home view is 960 units wide, x to the right and y down from its upper left corner.

The lines in them are smooth, evenly sampled, and told beside which others they run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely import LineString

from energy_routes.maps.data.corridors import runs, shared_stretches
from energy_routes.maps.data.projection import (
    HOME,
    Box,
    Points,
    Projection,
    cumulative,
    held,
    home_box,
    resample,
    smooth,
    stretched,
)

MARGIN = 0.05  # of the longer side of what is seen, around it
WIDE = 960.0  # units across the home view: about one pixel each on a laptop
GENERALISED = 0.9  # units, about 6.5 km: bends smaller than a thick line's half width only make it lumpy
STEP = 3.0  # units between samples


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


def courses(lines: Mapping[str, LineString], frame: Frame) -> dict[str, Points]:
    """Each line in units (y up), generalised, smoothed and sampled at one step."""
    drawn = {arc: frame.course(np.asarray(line.coords)) for arc, line in lines.items()}
    return {arc: resample(smooth(points, GENERALISED, 2), STEP) for arc, points in drawn.items()
            if cumulative(points)[-1] > 0}


def beside(points: Sequence[Points]) -> list[list[dict[str, Any]]]:
    """For each line the lines that share its corridor: ``o`` (which), ``s`` (+1: give way to the left), ``r`` (where).

    ``r`` lists first and last sample of each stretch.  ``away`` is how far apart the two truly run (units), so that
    the page moves them only while they would still cover each other.
    """
    found: list[list[dict[str, Any]]] = [[] for _ in points]
    for pair in shared_stretches(points):
        second = -pair.side * pair.along
        for own, other, side, mask in ((pair.first, pair.second, pair.side, pair.on_first),
                                       (pair.second, pair.first, second, pair.on_second)):
            ends = [edge for start, stop in runs(mask) for edge in (start, stop - 1)]
            found[own].append({"o": other, "s": side, "r": ends, "away": round(pair.away, 2)})
    return found
