"""Geometry facts of a route: how long it is, which countries it crosses, which straits it passes.

Used when a pack is built (``python -m energy_routes.network.geometry data/kazakhstan-oil`` refreshes the computed
columns of ``arcs.csv``) and when a route is drawn.  A solve never imports this module, nor any GIS library.

Lines are :class:`shapely.LineString` in WGS 84 (longitude, latitude); lengths are geodesic kilometres.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from energy_routes.errors import DataError, Fault, refuse
from energy_routes.pack import nearest, read_text

if TYPE_CHECKING:
    from pyproj import Geod
    from shapely import LineString, Polygon
    from shapely.geometry.base import BaseGeometry

SEA_MODES = frozenset({"tanker", "caspian_tanker"})
COMPUTED = ("route", "geometry_km", "countries", "chokepoints")
SLIVER_KM = 5.0
COAST_KM = 30.0
JOINT_KM = 5.0
KM_PER_DEGREE = 111.195


@cache
def _geod() -> Geod:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def length_km(line: BaseGeometry) -> float:
    """Geodesic length of a line or a set of lines on the WGS 84 ellipsoid, km."""
    return float(_geod().geometry_length(line)) / 1000.0


def distance_km(a: Sequence[float], b: Sequence[float]) -> float:
    """Geodesic distance between two (lon, lat) points, km."""
    return float(_geod().inv(a[0], a[1], b[0], b[1])[2]) / 1000.0


@dataclass(frozen=True)
class Basemap:
    """Country polygons by ISO two-letter code, and the gates that tell which straits a line passes.

    ``gates`` are (name, line across the strait); a strait may have several gates of one name.
    """

    countries: tuple[tuple[str, Polygon], ...]
    gates: tuple[tuple[str, LineString], ...] = ()


def read_basemap(folder: Path | str) -> Basemap:
    """Read ``countries.geojson`` (property ``iso_a2``) and ``chokepoints.geojson`` (``name``) of a folder."""
    from shapely import get_parts

    countries: list[tuple[str, Polygon]] = []
    for properties, geometry in read_features(Path(folder) / "countries.geojson"):
        if code := properties.get("iso_a2"):
            countries.extend((code, part) for part in get_parts(geometry))
    gates = read_features(Path(folder) / "chokepoints.geojson")
    return Basemap(tuple(countries), tuple((properties["name"], line) for properties, line in gates))


def read_features(path: Path | str) -> list[tuple[dict[str, Any], Any]]:
    """Properties and shapely geometry of every feature of a GeoJSON file, in file order.

    Raises DataError when the file is missing or is not a GeoJSON feature collection.
    """
    expected, faults = "a GeoJSON feature collection", list[Fault]()
    text = read_text(Path(path), expected, faults)
    if text is None:
        raise DataError(str(path), faults)
    try:
        content = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise DataError(str(path), [Fault(str(path), found=f"not JSON ({error})", expected=expected)]) from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise DataError(str(path), [Fault(str(path), found="no list of features", expected=expected)])
    found = [_feature(str(path), number, feature, faults) for number, feature in enumerate(features, 1)]
    refuse(str(path), faults)
    return found


def _feature(path: str, number: int, feature: Any, faults: list[Fault]) -> tuple[dict[str, Any], Any]:
    """Properties and geometry of a feature; appends what is wrong with it."""
    from shapely.errors import ShapelyError
    from shapely.geometry import Point, shape

    place = f"feature {number}"
    try:
        properties, geometry = dict(feature["properties"] or {}), shape(feature["geometry"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, ShapelyError):
        faults.append(Fault(path, column=place, found="no geometry, or none of two places or more",
                            expected="a feature of GeoJSON: properties, and a geometry with coordinates"))
        return {}, Point()
    if wrong := _off_earth(geometry):
        faults.append(Fault(path, column=place, found=wrong, expected="degrees of longitude and latitude (WGS 84)",
                            repair="In QGIS: Export, Save Features As, and choose EPSG:4326."))
    return properties, geometry


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _off_earth(geometry: BaseGeometry) -> str:
    """Which coordinates are no degrees, in words; longitudes may run on over the 180th meridian.  '' for none."""
    from shapely import get_coordinates

    points = get_coordinates(geometry)
    if not len(points):
        return "no coordinates"
    if not np.isfinite(points).all():
        return "a coordinate that is no number"
    wrong = points[(np.abs(points[:, 0]) > 360) | (np.abs(points[:, 1]) > 90)]
    return f"the coordinates {wrong[0, 0]:.6g}, {wrong[0, 1]:.6g}" if len(wrong) else ""


def read_routes(path: Path | str) -> dict[str, LineString]:
    """The lines of a ``routes.geojson`` by feature id.  Raises DataError when a feature has no id or is no line."""
    routes: dict[str, LineString] = {}
    faults: list[Fault] = []
    for number, (properties, line) in enumerate(read_features(path), start=1):
        name = properties.get("id")
        if not (isinstance(name, str) and name) or name in routes or line.geom_type != "LineString":
            faults.append(Fault(str(path), column=f"feature {number}", found=f"id {name!r}, {line.geom_type}",
                                expected="a LineString with an id of its own, a text"))
        else:
            routes[name] = line
    refuse(str(path), faults)
    return routes


def compose(route: str, routes: Mapping[str, LineString]) -> LineString:
    """The line of a ``route`` text: features in order, separated by ';', a leading '-' reverses one.

    Raises DataError for an unknown feature, and when two neighbours lie more than 5 km apart.
    """
    from shapely import LineString

    points: list[tuple[float, ...]] = []
    for part in filter(None, (text.strip() for text in route.split(";"))):
        name = part.removeprefix("-")
        if name not in routes:
            raise _bad_route(route, f"{name!r} is not in routes.geojson", nearest(name, routes))
        line = routes[name]
        coordinates = list(line.coords)[::-1] if part.startswith("-") else list(line.coords)
        if points and (gap := distance_km(points[-1], coordinates[0])) > JOINT_KM:
            raise _bad_route(route, f"{part!r} starts {gap:.0f} km from the end of the feature before it")
        points.extend(coordinates)
    return LineString(points)


def _bad_route(route: str, found: str, repair: str = "") -> DataError:
    expected = "features of routes.geojson, in order, each where the one before ends"
    return DataError("routes.geojson", [Fault("routes.geojson", column=route, found=found, expected=expected,
                                              repair=repair)])


def snap(line: LineString, start: Sequence[float], end: Sequence[float], tolerance_km: float) -> LineString:
    """The line with its ends led to two (lon, lat) places: an end nearer than the tolerance is moved there,
    one farther away is joined by a straight lead (the line itself stays where it was surveyed).
    """
    from shapely import LineString

    points = [tuple(p) for p in line.coords]
    first, last = tuple(map(float, start)), tuple(map(float, end))
    head = points[1:] if distance_km(points[0], first) <= tolerance_km else points
    tail = head[:-1] if distance_km(points[-1], last) <= tolerance_km else head
    return LineString([first, *tail, last])


def countries_crossed(line: LineString, basemap: Basemap) -> tuple[str, ...]:
    """ISO codes of the countries that a line on land crosses, in the order of first entry.

    A country with less than ``SLIVER_KM`` of the line (or half of a shorter line) is left out: border posts and
    generalised borders touch neighbours.  An end with no country so counted within 30 km counts for its coast.
    """
    entered: dict[str, tuple[float, float]] = {}
    for code, polygon in basemap.countries:
        if polygon.intersects(line):
            inside = line.intersection(polygon)
            at, km = entered.get(code, (float("inf"), 0.0))
            entered[code] = min(at, _first_position(line, inside)), km + length_km(inside)
    least = min(SLIVER_KM, length_km(line) / 2)
    found = {code: at for code, (at, km) in entered.items() if km >= least}
    for end, at in ((line.coords[0], 0.0), (line.coords[-1], line.length)):
        near = _countries_near(end, basemap)
        if near and found.keys().isdisjoint(near):
            found[min(near, key=lambda code: near[code])] = at
    return tuple(sorted(found, key=lambda code: found[code]))


def _first_position(line: LineString, inside: BaseGeometry) -> float:
    from shapely import Point, get_parts

    return min(float(line.project(Point(part.coords[0]))) for part in get_parts(inside))


def _countries_near(place: Sequence[float], basemap: Basemap) -> dict[str, float]:
    """Distance in km to each country within 30 km of a (lon, lat) place; 0 for the one it lies in."""
    from shapely import Point
    from shapely.ops import nearest_points

    point = Point(place)
    box = point.buffer(COAST_KM / KM_PER_DEGREE * 2)
    near: dict[str, float] = {}
    for code, polygon in basemap.countries:
        if polygon.intersects(box):
            km = distance_km(place, nearest_points(polygon, point)[0].coords[0])
            near[code] = min(km, near.get(code, COAST_KM))
    return {code: km for code, km in near.items() if km < COAST_KM}


def chokepoints_passed(line: LineString, basemap: Basemap) -> tuple[str, ...]:
    """Names of the straits and canals whose gate the line crosses, in order, each once."""
    found: dict[str, float] = {}
    for name, gate in basemap.gates:
        if gate.intersects(line):
            at = float(line.project(gate.intersection(line).centroid))
            found[name] = min(at, found.get(name, at))
    return tuple(sorted(found, key=lambda name: found[name]))


def computed_columns(arc: Mapping[str, str], routes: Mapping[str, LineString], basemap: Basemap,
                     default: str = "") -> dict[str, str]:
    """The four computed cells of one arc; all blank but ``route`` when there is nothing to draw."""
    route = arc.get("route", "").strip() or default
    if not route:
        return dict.fromkeys(COMPUTED, "")
    line = compose(route, routes)
    lands = () if arc["mode"] in SEA_MODES else countries_crossed(line, basemap)
    straits = chokepoints_passed(line, basemap) if arc["mode"] in SEA_MODES else ()
    return {"route": route, "geometry_km": f"{length_km(line):.0f}", "countries": ";".join(lands),
            "chokepoints": ";".join(straits)}


def default_routes(arcs: Iterable[Mapping[str, str]], routes: Mapping[str, LineString]) -> dict[str, str]:
    """The route of each arc that its author left blank: the feature of its own name, or its twin's, reversed."""
    rows = list(arcs)
    twins = {(a["to"], a["from"], a["mode"]): f"-{a['id']}" for a in rows if a["id"] in routes}
    return {a["id"]: a["id"] if a["id"] in routes else twins.get((a["from"], a["to"], a["mode"]), "") for a in rows}


_CELL = re.compile(r'("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|\n|\r|$)')


def split_cells(text: str) -> list[tuple[list[str], str]]:
    """Records of a CSV text as raw cells (quotes kept) and the line end, so that joining gives the same bytes."""
    records: list[tuple[list[str], str]] = []
    cells: list[str] = []
    position = 0
    while position < len(text):
        match = _CELL.match(text, position)
        if match is None:  # a stray quote inside an unquoted cell cannot be split safely
            raise ValueError(f"malformed CSV at character {position}")
        cells.append(match[1])
        position = match.end()
        if match[2] != ",":
            records.append((cells, match[2]))
            cells = []
    return records if not cells else [*records, ([*cells, ""], "")]


def rewrite_columns(text: str, columns: Sequence[str], cells: Callable[[dict[str, str]], Mapping[str, str]]) -> str:
    """A CSV text in which only ``columns`` are replaced by ``cells(row)``; every other byte stays.

    Columns that the header lacks are added at the end of each record.
    """
    records = split_cells(text)
    header = [_plain(cell) for cell in records[0][0]]
    names = header + [c for c in columns if c not in header]
    lines = [",".join(records[0][0] + names[len(header):]) + records[0][1]]
    for raw, end in records[1:]:
        if raw == [""]:
            lines.append(end)
            continue
        padded = raw + [""] * (len(names) - len(raw))
        new = cells({name: _plain(cell) for name, cell in zip(names, padded, strict=True)})
        lines.append(",".join(new.get(n, c) if n in columns else c for n, c in zip(names, padded, strict=True)) + end)
    return "".join(lines)


def _plain(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell.lstrip("\ufeff")


def refreshed(pack: Path, basemap: Basemap) -> str:
    """The text of a pack's ``arcs.csv`` with its computed columns made anew.  Raises DataError for a bad route."""
    text = (pack / "arcs.csv").read_bytes().decode("utf-8")
    routes = read_routes(pack / "routes.geojson")
    defaults = default_routes(csv.DictReader(StringIO(text.lstrip("\ufeff"), newline="")), routes)
    faults: list[Fault] = []

    def cells(row: dict[str, str]) -> Mapping[str, str]:
        try:
            return computed_columns(row, routes, basemap, defaults[row["id"]])
        except DataError as error:
            faults.extend(replace(fault, file=f"arcs.csv, arc {row['id']!r}", column="route") for fault in error.faults)
            return row

    result = rewrite_columns(text, COMPUTED, cells)
    refuse(str(pack), faults)
    return result


def main(arguments: Sequence[str]) -> int:
    """Refresh the computed columns of one pack; ``arguments``: the pack's folder, then (optional) the base map's."""
    if not 1 <= len(arguments) <= 2:
        raise SystemExit("usage: python -m energy_routes.network.geometry PACKDIR [BASEMAPDIR]")
    pack = Path(arguments[0])
    basemap = read_basemap(arguments[1] if len(arguments) == 2 else pack.parent / "basemap")
    (pack / "arcs.csv").write_bytes(refreshed(pack, basemap).encode("utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
