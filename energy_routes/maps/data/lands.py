"""The outlines of the ground in longitude and latitude: a detailed region, and around it the rest of the world.

The region's polygons end at its edge, the world's begin there; a country on both sides is one area again.  Longitudes
are those within 180° of the middle of a map, so that what lies beyond the 180th meridian joins what lies before it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, clip_by_rect, difference, get_parts, make_valid, union_all
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from energy_routes.answer import Words
from energy_routes.maps.data.projection import Box, Points, Projection, run_on
from energy_routes.network import geometry as geo
from energy_routes.pack import by_key

REGION: Box = (-12.0, -2.0, 132.0, 67.0)  # degrees: what our countries.geojson holds
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
TURNS = (-360.0, 0.0, 360.0)
STEPS = 40    # places along each side of a frame at which its longitudes and latitudes are told
WIDER = 3.0   # degrees around what a frame shows
HALF = 179.99  # degrees on either side of the middle: at 180 a place is as much on one side as on the other
POLES = 89.9  # degrees: neither pole has a place on a cone or a disc

Area = tuple[str, BaseGeometry]  # ISO code (blank: none), outline in degrees


def window(projection: Projection, extent: Box) -> Box:
    """Degrees of longitude (about the middle of the map) and latitude in an extent in metres, and a little more."""
    west, south, east, north = extent
    x, y = np.meshgrid(np.linspace(west, east, STEPS), np.linspace(south, north, STEPS))
    places = projection.degrees(np.column_stack([x.ravel(), y.ravel()]))
    places = places[np.isfinite(places).all(axis=1)]
    left, low = places.min(axis=0) - WIDER
    right, high = places.max(axis=0) + WIDER
    south_pole, north_pole = (
        bool(west < x < east and south < y < north)
        for x, y in projection.metres(np.array([[projection.lon, -POLES], [projection.lon, POLES]])).tolist())
    if south_pole or north_pole:  # all meridians meet there
        left, right = projection.lon - HALF, projection.lon + HALF
    return (max(float(left), projection.lon - HALF), -POLES if south_pole else max(float(low), -POLES),
            min(float(right), projection.lon + HALF), POLES if north_pole else min(float(high), POLES))


def lands(detailed: Path, around: Path, box: Box) -> list[Area]:
    """Country code and outline of each land in a window of degrees: a file of the region, and one of the world."""
    own = detailed.parent != around.parent  # a reader's own map is whole as it is
    regions = [_turned(REGION, turn) for turn in TURNS]
    inside = _near(region(detailed), box) if own or any(_overlap(one, box) for one in regions) else []
    if own or any(_within(box, one) for one in regions):
        return inside
    return _joined([*inside, *_near(_around(around), box)])


@cache
def region(path: Path) -> tuple[Area, ...]:
    """The countries of a GeoJSON file."""
    return tuple((str(properties.get("iso_a2") or ""), shape) for properties, shape in geo.read_features(path))


@cache
def lakes(path: Path) -> tuple[BaseGeometry, ...]:
    """The lakes of a GeoJSON file."""
    return tuple(shape for _, shape in geo.read_features(path))


def files(words: Words) -> tuple[Path, Path]:
    """The files of the region and of the world, a reader's own before ours."""
    return words.file("countries.geojson"), words.file("world.topojson")


def _near(areas: Iterable[Area], box: Box) -> list[Area]:
    """The areas that reach into a window, with the longitudes that it counts by; what lies beyond is cut off."""
    found = []
    for code, shape in areas:
        for turn in TURNS:
            if _overlap(_turned(shape.bounds, turn), box):
                moved = translate(shape, turn) if turn else shape
                cut = moved if _within(moved.bounds, box) else clip_by_rect(moved, *box)
                found.append((code, cut))
    return [(code, areal(shape)) for code, shape in found if not shape.is_empty]


def areal(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape, without the lines and points that cutting may leave."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    return MultiPolygon([part for whole in get_parts(shape) for part in get_parts(whole)
                         if part.geom_type == "Polygon"])


def _joined(areas: list[Area]) -> list[Area]:
    """One area a country; those without a code stay as they are."""
    parts = by_key(areas)
    nameless = [("", shape) for shape in parts.pop("", [])]
    return [*nameless, *((code, own[0] if len(own) == 1 else union_all([make_valid(one) for one in own]))
                         for code, own in parts.items())]


@cache
def _around(path: Path) -> tuple[Area, ...]:
    """The world without the region."""
    held = shapely.box(*REGION)
    left = ((code, shape if not _overlap(shape.bounds, REGION) else difference(shape, held))
            for code, shape in world(path))
    return tuple((code, shape) for code, shape in left if not shape.is_empty)


@cache
def world(path: Path) -> tuple[Area, ...]:
    """The countries of a TopoJSON file, whose neighbours share their borders' arcs."""
    told = json.loads(path.read_text(encoding="utf-8"))
    scale = np.array(told["transform"]["scale"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + told["transform"]["translate"] for arc in told["arcs"]]
    found = []
    for country in told["objects"]["countries"]["geometries"]:
        polygons = [[ring(numbers, arcs) for numbers in rings] for rings in country["arcs"]]
        shapes = [Polygon(shell, [hole for hole in holes if len(hole) > 3]) for shell, *holes in polygons
                  if len(shell) > 3]
        wide = [shape for shape in shapes if shape.area] or shapes  # a seam along the pole takes long to make valid
        if wide:
            found.append((str(country["properties"]["iso_a2"]), make_valid(MultiPolygon(wide))))
    return tuple(found)


def ring(numbers: Sequence[int], arcs: Sequence[Points]) -> Points:
    """The points of a ring; ``~n`` is arc n against its direction.

    Longitudes run on over the 180th meridian; a ring round the South Pole is closed along it.
    """
    points = run_on(np.vstack([arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]))
    if abs(points[-1, 0] - points[0, 0]) > 180:
        points = np.vstack([points, [points[-1, 0], WORLD[1]], [points[0, 0], WORLD[1]]])
    return points


def _turned(box: Box, turn: float) -> Box:
    return box[0] + turn, box[1], box[2] + turn, box[3]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _within(one: Box, other: Box) -> bool:
    return other[0] <= one[0] and other[1] <= one[1] and one[2] <= other[2] and one[3] <= other[3]


def names(words: Words) -> list[dict[str, str]]:
    """Names on the ground, as ``Words.labels``: those of the region, and countries of the world outside it."""
    with words.file("world_names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    west, south, east, north = REGION
    return words.labels() + [
        {"kind": "country", "name": row.get(f"name_{words.language}") or row["name"],
         **{column: row[column] for column in ("lon", "lat", "rank")}}
        for row in rows if not (west < float(row["lon"]) < east and south < float(row["lat"]) < north)]
