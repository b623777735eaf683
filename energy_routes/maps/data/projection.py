"""From longitude and latitude to points (1/72 inch) of the map panel, and smooth lines there.

Everything on a map is laid out in points, so line widths, offsets between parallel lines, text boxes and
distances share one unit, and the panel's axes simply run from 0 to its width and height in points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import Transformer

Points = NDArray[np.float64]

LAMBERT = "+proj=lcc +lat_1=38 +lat_2=54 +lat_0=46 +lon_0=50 +datum=WGS84"
# Kazakhstan upright; Rotterdam to Dushanzi, and the sea lane round Skagen to Ceyhan inside; projected metres.
HOME = (-3.30e6, -1.08e6, 3.05e6, 1.93e6)

SMALL = 0.55  # of the usual frame, both ways: a network this small gets a frame of its own


@cache
def _transformer() -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4326", LAMBERT, always_xy=True)


def project(lonlat: Points) -> Points:
    """Lambert metres of (lon, lat) rows, shape (n, 2)."""
    x, y = _transformer().transform(lonlat[:, 0], lonlat[:, 1])
    return np.column_stack([x, y])


@dataclass(frozen=True)
class View:
    """A panel: its lower left corner in Lambert metres, points per metre, and its size in points."""

    left: float
    bottom: float
    scale: float
    width: float
    height: float

    @classmethod
    def fit(cls, width: float, height: float, box: tuple[float, float, float, float] = HOME) -> View:
        """The view of a panel of ``width`` × ``height`` points that holds ``box`` (metres), centred."""
        west, south, east, north = box
        scale = min(width / (east - west), height / (north - south))
        return cls((west + east - width / scale) / 2, (south + north - height / scale) / 2, scale, width, height)

    def points(self, lonlat: Points) -> Points:
        """Panel points of (lon, lat) rows, shape (n, 2)."""
        return (project(np.asarray(lonlat, dtype=float)[:, :2]) - (self.left, self.bottom)) * self.scale

    def frame(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """The panel's rectangle in points, grown by ``margin``: (west, south, east, north)."""
        return -margin, -margin, self.width + margin, self.height + margin

    def inside(self, points: Points, margin: float = 0.0) -> NDArray[np.bool_]:
        """Which rows lie in the panel grown by ``margin`` points."""
        west, south, east, north = self.frame(margin)
        x, y = points[:, 0], points[:, 1]
        return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def home_box(lonlat: Points) -> tuple[float, float, float, float]:
    """The usual frame if most places lie in it and spread over it, else their own bounds with a margin of a tenth."""
    places = project(lonlat) if len(lonlat) else np.empty((0, 2))
    if not len(places):
        return HOME
    west, south, east, north = HOME
    held = (places[:, 0] > west) & (places[:, 0] < east) & (places[:, 1] > south) & (places[:, 1] < north)
    low, high = places.min(axis=0), places.max(axis=0)
    small = bool(np.all(high - low < SMALL * np.array([east - west, north - south])))
    if held.mean() >= 0.5 and not small:
        return HOME
    pad = 0.1 * max(*(high - low), 1e5)
    return low[0] - pad, low[1] - pad, high[0] + pad, high[1] + pad


def smooth(points: Points, tolerance: float = 1.6, rounds: int = 3) -> Points:
    """A line fit for thick strokes: Douglas–Peucker at ``tolerance`` points, then Chaikin corner cutting.

    Real pipelines have hundreds of small bends that make a thick stroke look lumpy; lengths are never
    measured on this line.
    """
    from shapely import LineString

    out = np.asarray(LineString(points).simplify(tolerance).coords)
    for _ in range(rounds):
        a, b = out[:-1], out[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        out = np.vstack([out[:1], cut, out[-1:]])
    return out


def resample(points: Points, step: float = 3.0) -> Points:
    """The same line with vertices every ``step`` points (at least two)."""
    reach = cumulative(points)
    count = max(2, int(np.ceil(reach[-1] / step)) + 1)
    at = np.linspace(0.0, reach[-1], count)
    return np.column_stack([np.interp(at, reach, points[:, 0]), np.interp(at, reach, points[:, 1])])


def cumulative(points: Points) -> NDArray[np.float64]:
    """Distance along the line at each vertex, starting at 0."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def tangents(points: Points) -> Points:
    """Unit direction at each vertex."""
    step = np.gradient(points, axis=0)
    norm = np.hypot(step[:, 0], step[:, 1])
    return step / np.where(norm > 0, norm, 1.0)[:, None]


def pieces_inside(points: Points, view: View, margin: float) -> list[Points]:
    """The stretches of a line inside the view grown by ``margin``, in the line's own order and direction."""
    from shapely import LineString, box, get_parts

    line = LineString(points)
    cut: Any = line.intersection(box(*view.frame(margin)))
    parts = [part for part in get_parts(cut) if part.geom_type == "LineString" and part.length > 1.0]
    ordered = sorted(parts, key=lambda part: line.project(part.interpolate(0.5, normalized=True)))
    return [np.asarray(part.coords) for part in ordered]
