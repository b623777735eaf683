"""From longitude and latitude to points (1/72 inch) of the map panel, and smooth lines there.

Everything on a map is laid out in points, so line widths, offsets between parallel lines, text boxes and
distances share one unit, and the panel's axes simply run from 0 to its width and height in points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, box, get_parts

if TYPE_CHECKING:
    from pyproj import Transformer

Points = NDArray[np.float64]

Box = tuple[float, float, float, float]

# Kazakhstan upright; Rotterdam to Dushanzi, and the sea lane round Skagen to Ceyhan inside; projected metres.
HOME = (-3.30e6, -1.08e6, 3.05e6, 1.93e6)

SMALL = 0.55   # of the usual frame, both ways: a network this small gets a frame of its own
NEAR_50E = 20  # degrees from 50° E within which a small network stays upright enough in the usual projection
TROPIC = 15.0  # degrees: a network nearer to the equator, or astride of it, has no cone
CONE, DISC = 60.0, 150.0  # degrees from end to end: the largest network on a cone, and on a disc
MARGIN = 0.1   # of the longer side of a network with a frame of its own, around it
ASIDE = 0.12   # of a frame's side: a line may leave it by so much and still be held by a larger one
EDGE = 0.015   # of its longer side, between such a line and the edge
DENSE = 4.0    # degrees between places of a line that goes far
JUMP = 1.5e7   # metres between two of them where a line leaves the map of the world
LEAST = 4e4    # metres: no frame shows less


@dataclass(frozen=True)
class Projection:
    """How a network is laid flat: a PROJ text, the middle (degrees), and the key and values of its name in words."""

    text: str
    lon: float
    lat: float
    key: str
    values: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, places: Points, lines: Iterable[Points] = ()) -> Projection:
        """The projection for places and lines, (lon, lat) rows: the usual one for Kazakhstan and its markets, else own.

        A network has a cone with parallels a sixth of its height inside it, near the equator or where it is wide an
        azimuthal equal-area one at its middle, and the Equal Earth projection where it goes round the world.
        """
        if not len(places) or _usual(places):
            return USUAL
        lonlat = np.vstack([places, *map(_dense, lines)])
        lon, wide = _middle_of(lonlat[:, 0])
        south, north = float(lonlat[:, 1].min()), float(lonlat[:, 1].max())
        lat, reach = round((south + north) / 2), max(north - south, wide)
        if reach > DISC:
            return cls(f"+proj=eqearth +lon_0={lon} +datum=WGS84", lon, 0, "world", (("meridian", _east(lon)),))
        if reach > CONE or abs(lat) < TROPIC or south * north < 0:
            centre = f"{_north(lat)}, {_east(lon)}"
            return cls(f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84", lon, lat, "disc", (("centre", centre),))
        sixth = max(1, round((north - south) / 6))
        return cls.cone(lon, lat, round(south) + sixth, max(round(north) - sixth, round(south) + sixth + 1))

    @classmethod
    def cone(cls, lon: int, lat: int, low: int, high: int) -> Projection:
        """Lambert's conformal cone through two parallels."""
        text = f"+proj=lcc +lat_1={low} +lat_2={high} +lat_0={lat} +lon_0={lon} +datum=WGS84"
        parallels = f"{abs(low)}°/{_north(high)}"
        return cls(text, lon, lat, "cone", (("parallels", parallels), ("meridian", _east(lon))))

    def metres(self, lonlat: Points) -> Points:
        """Projected metres of (lon, lat) rows, shape (n, 2)."""
        x, y = _transformer(self.text).transform(lonlat[:, 0], lonlat[:, 1])
        return np.column_stack([x, y])

    def course(self, lonlat: Points) -> Points:
        """A line in metres; of one that leaves a map of the world and comes in on the other side, the longest part.

        A cone has its other pole at infinity, which no line of the map comes to.
        """
        if self.key != "world":
            metres = self.metres(lonlat)
            return metres[np.isfinite(metres).all(axis=1)]
        metres = self.metres(_dense(lonlat))
        jumps = np.flatnonzero(np.hypot(*np.diff(metres, axis=0).T) > JUMP) + 1
        return max(np.split(metres, jumps), key=len)

    def degrees(self, metres: Points) -> Points:
        """(lon, lat) rows of projected metres, longitudes within 180° of the middle; NaN off the map."""
        lon, lat = _transformer(self.text).transform(metres[:, 0], metres[:, 1], direction="INVERSE")
        lon = np.where(np.isfinite(lon), lon, np.nan)
        return np.column_stack([self.lon + (lon - self.lon + 180) % 360 - 180, lat])


@cache
def _transformer(text: str) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4326", text, always_xy=True)


def _usual(lonlat: Points) -> bool:
    """Whether most places lie in the usual frame, and spread over it or lie where it is upright."""
    places = USUAL.metres(lonlat)
    most = held(places, HOME).mean() >= 0.5
    return bool(most and (not _small(places) or abs(_middle_of(lonlat[:, 0])[0] - USUAL.lon) <= NEAR_50E))


def held(places: Points, box: Box) -> NDArray[np.bool_]:
    """Which places (metres) lie in a box."""
    west, south, east, north = box
    return (places[:, 0] > west) & (places[:, 0] < east) & (places[:, 1] > south) & (places[:, 1] < north)


def _small(places: Points) -> bool:
    """Whether places fill little of the usual frame, both ways."""
    west, south, east, north = HOME
    size = places.max(axis=0) - places.min(axis=0)
    return bool(np.all(size < SMALL * np.array([east - west, north - south])))


def _middle_of(lon: NDArray[np.float64]) -> tuple[int, float]:
    """The middle (whole degrees) and the width of the shortest stretch of longitudes that holds all."""
    turned = np.sort(lon % 360)
    gaps = np.diff(np.append(turned, turned[0] + 360))
    widest = int(np.argmax(gaps))
    wide = 360 - float(gaps[widest])
    middle = turned[(widest + 1) % len(turned)] + wide / 2
    return round(float((middle + 180) % 360 - 180)), wide


def _dense(lonlat: Points) -> Points:
    """A line with a place at each few degrees of longitude."""
    return np.asarray(LineString(lonlat).segmentize(DENSE).coords)


def _north(lat: int) -> str:
    return f"{abs(lat)}° {'N' if lat >= 0 else 'S'}"


def _east(lon: int) -> str:
    return f"{abs(lon)}° {'E' if lon >= 0 else 'W'}"


USUAL = Projection.cone(50, 46, 38, 54)


@dataclass(frozen=True)
class View:
    """A panel: its projection, its lower left corner in metres, points per metre, and its size in points."""

    projection: Projection
    left: float
    bottom: float
    scale: float
    width: float
    height: float

    @classmethod
    def fit(cls, width: float, height: float, box: Box = HOME, projection: Projection = USUAL) -> View:
        """The view of a panel of ``width`` × ``height`` points that holds ``box`` (metres), centred."""
        west, south, east, north = box
        scale = min(width / (east - west), height / (north - south))
        left, bottom = (west + east - width / scale) / 2, (south + north - height / scale) / 2
        return cls(projection, left, bottom, scale, width, height)

    def points(self, lonlat: Points) -> Points:
        """Panel points of (lon, lat) rows, shape (n, 2)."""
        return (self.projection.metres(np.asarray(lonlat, dtype=float)[:, :2]) - (self.left, self.bottom)) * self.scale

    def course(self, lonlat: Points) -> Points:
        """Panel points of a line."""
        return (self.projection.course(np.asarray(lonlat, dtype=float)[:, :2]) - (self.left, self.bottom)) * self.scale

    def extent(self, margin: float = 0.0) -> Box:
        """The panel's rectangle in metres, grown by ``margin`` points: (west, south, east, north)."""
        low, high = -margin / self.scale, margin / self.scale
        return (self.left + low, self.bottom + low, self.left + self.width / self.scale + high,
                self.bottom + self.height / self.scale + high)

    def frame(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """The panel's rectangle in points, grown by ``margin``: (west, south, east, north)."""
        return -margin, -margin, self.width + margin, self.height + margin

    def inside(self, points: Points, margin: float = 0.0) -> NDArray[np.bool_]:
        """Which rows lie in the panel grown by ``margin`` points."""
        west, south, east, north = self.frame(margin)
        x, y = points[:, 0], points[:, 1]
        return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def home_box(lonlat: Points, projection: Projection) -> Box:
    """The frame in metres: the usual one where its places spread over it, else their own bounds with a margin."""
    if not len(lonlat):
        return HOME
    places = projection.metres(lonlat)
    if projection == USUAL and not _small(places) and held(places, HOME).mean() >= 0.5:
        return HOME
    low, high = places.min(axis=0), places.max(axis=0)
    pad = max(MARGIN * max(high - low), (LEAST - max(high - low)) / 2)
    return low[0] - pad, low[1] - pad, high[0] + pad, high[1] + pad


def stretched(box: Box, lines: Iterable[Points]) -> Box:
    """The box, grown to hold those lines (metres) that come near its edge or leave it by little, no lane beyond."""
    low, high = np.array(box[:2]), np.array(box[2:])
    most = ASIDE * (high - low)
    near = [line for line in lines if (line > low - most).all() and (line < high + most).all()]
    if near:
        every, pad = np.vstack(near), EDGE * max(high - low)
        low, high = np.minimum(low, every.min(axis=0) - pad), np.maximum(high, every.max(axis=0) + pad)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def run_on(lonlat: Points) -> Points:
    """(lon, lat) rows whose longitudes run on over the 180th meridian (178, 182), not back round the world."""
    turns = np.rint(np.diff(lonlat[:, 0]) / 360.0)
    out = lonlat.astype(float)
    out[1:, 0] -= 360.0 * np.cumsum(turns)
    return out


def smooth(points: Points, tolerance: float = 1.6, rounds: int = 3) -> Points:
    """A line fit for thick strokes: Douglas–Peucker at ``tolerance`` points, then Chaikin corner cutting.

    Real pipelines have hundreds of small bends that make a thick stroke look lumpy; lengths are never
    measured on this line.
    """
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
    line = LineString(points)
    cut: Any = line.intersection(box(*view.frame(margin)))
    parts = [part for part in get_parts(cut) if part.geom_type == "LineString" and part.length > 1.0]
    ordered = sorted(parts, key=lambda part: line.project(part.interpolate(0.5, normalized=True)))
    return [np.asarray(part.coords) for part in ordered]
