"""Where a pack's places and lines are, against what its rows say: countries, ends and lengths.

A solve never asks.  ``check`` tells, and maps and reports refuse what it tells, but for fields far off their coast.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import pandas as pd
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from energy_routes.errors import DataError, Fault, refuse
from energy_routes.maps.data.lands import REGION, TURNS, region, world
from energy_routes.network import Network, geometry as geo
from energy_routes.pack import OR_CHECKED, Pack, answered, by_key, data_path

ASHORE, AT_SEA = 10.0, 100.0  # km from its country at which a place may lie
FAR = 400.0  # km off its coast at which it is still drawn: the farthest oil fields lie some 300 km from all land
OFFSHORE = ("port", "field", "market")  # kinds of places that may lie at sea
KM_A_DEGREE = 110.0  # of latitude, at the least
NEAR = 15.0  # km between a line's end and its node; and what a short line and its stated length may differ by
SHORT = 40.0  # km
TIMES = 1.6  # so many times as long, or so small a part of it, may a longer line be


def refuse_misplaced(network: Network) -> None:
    """Raise DataError with what ``check`` tells of the places and lines of a network's packs.

    A port, field or market at sea is drawn up to ``FAR`` from its country.
    """
    faults = dict.fromkeys(fault for pack in network.packs for fault in _displaced(pack))
    refuse(f"the map of {', '.join(pack.name for pack in network.packs)}", faults)


def _displaced(pack: Pack) -> list[Fault]:
    return pack.once("displaced", lambda: [*misplaced(pack, FAR), *misdrawn(pack)])


def misplaced(pack: Pack, at_sea: float = AT_SEA) -> Iterator[Fault]:
    """The nodes that do not lie in their country, nor, of ports, fields and markets, ``at_sea`` km off its coast.

    A node without a country, or of one that the maps do not have, is held against all land.
    """
    for row, node in enumerate(pack.tables["nodes"].to_dict("records")):
        lat, lon, country = node["lat"], node["lon"], node["country"]
        if pd.isna(lat) != pd.isna(lon):
            yield pack.fault("nodes", row, "lon" if pd.isna(lon) else "lat", found="blank beside the other of the two",
                             expected="latitude and longitude, or neither")
        if pd.isna(lat) or pd.isna(lon) or answered(node["note"]):
            continue
        known = not pd.isna(country) and (country in _lands() or country in _world())
        away, most = _away((lon, lat), country if known else ""), ASHORE if known else FAR
        if away <= most:
            continue
        off_coast = known and node["kind"] in OFFSHORE and _country_at((lon, lat)) is None
        if away > (at_sea if off_coast else most):
            most = AT_SEA if off_coast else most
            yield pack.fault("nodes", row, "lat", found=f"{node['id']!r} at {lat:g}, {lon:g} lies {away:,.0f} km from "
                             f"{country if known else 'any land'}", repair=_likely(lon, lat, country if known else ""),
                             expected=f"a place {f'in {country}' if known else 'on land'}, or within {most:g} km of it")


def _likely(lon: float, lat: float, country: str) -> str:
    """The slip that would explain a place: its figures exchanged, or a sign."""
    for y, x in ((lon, lat), *product((lat, -lat), (lon, -lon))):
        if country and abs(y) <= 90 and _away((x, y), country) <= ASHORE:
            return f"Likely lat {y:g}, lon {x:g}. Correct it, {OR_CHECKED}"
    return f"Correct the place or the country, {OR_CHECKED}"


@cache
def _lands() -> Mapping[str, list[BaseGeometry]]:
    """The areas of the countries of our region, by code."""
    return by_key(area for area in region(data_path("basemap") / "countries.geojson") if area[0])


@cache
def _world() -> Mapping[str, list[BaseGeometry]]:
    """Those of the world, coarser."""
    return by_key(world(data_path("basemap") / "world.topojson"))


def _away(place: tuple[float, float], country: str) -> float:
    """Kilometres from a (lon, lat) place to a country, '' for any, whichever way round the world it is counted.

    The finer outlines of our region come first; the coarser ones around it are not read for what lies at home there.
    """
    near = _distance(place, _lands().get(country, ()))
    if near <= ASHORE or (near <= FAR and _amid(place)):
        return near
    around = _world().get(country, ()) if country else [area for areas in _world().values() for area in areas]
    return min(near, _distance(place, around))


def _amid(place: tuple[float, float]) -> bool:
    """Whether all that lies within ``FAR`` of a (lon, lat) place is in our region."""
    west, south, east, north = REGION
    high = FAR / KM_A_DEGREE
    wide = high / math.cos(math.radians(north))
    return west + wide < place[0] < east - wide and south + high < place[1] < north - high


def _distance(place: tuple[float, float], areas: Sequence[BaseGeometry]) -> float:
    """Kilometres from a (lon, lat) place to the nearest of some areas; infinite without one."""
    if not areas:
        return math.inf
    points = [Point(place[0] + turn, place[1]) for turn in TURNS]
    point, near = min(product(points, areas), key=lambda pair: pair[0].distance(pair[1]))
    return geo.distance_km((point.x, point.y), nearest_points(near, point)[0].coords[0])


def _country_at(place: tuple[float, float]) -> str | None:
    """The country that a (lon, lat) place lies in; None at sea."""
    point = Point(place)
    sources = (_lands,) if _amid(place) else (_lands, _world)
    return next((code for lands in sources for code, areas in lands().items()
                 if any(area.contains(point) for area in areas)), None)


def misdrawn(pack: Pack) -> Iterator[Fault]:
    """What is wrong with the lines of a pack: the file, features that are not there, ends and lengths."""
    routed = [(row, arc) for row, arc in enumerate(pack.tables["arcs"].fillna({"route": ""}).to_dict("records"))
              if arc["route"].strip() and arc["id"] not in pack.drawn]
    if not routed and not pack.routes_file.exists():
        return
    try:
        routes = geo.read_routes(pack.routes_file)
    except DataError as error:
        yield from error.faults
        return
    places = {node["id"]: (node["lon"], node["lat"]) for node in pack.tables["nodes"].dropna(subset=["lat", "lon"])
              .to_dict("records")}
    for row, arc in routed:
        try:
            line = geo.compose(arc["route"], routes)
        except DataError as error:
            yield from (pack.fault("arcs", row, "route", found=fault.found, expected=fault.expected,
                                   repair=fault.repair) for fault in error.faults)
            continue
        for end, found in _ends_off(arc, line, places):
            yield pack.fault("arcs", row, "route", found=found, expected=f"a line that joins {arc['from']!r} and "
                             f"{arc['to']!r}, each within {NEAR:g} km", repair=f"Correct the line, or {end}.")
        if not answered(arc["note"]) and (unlike := _length_off(arc["length_km"], geo.length_km(line))):
            found, expected = unlike
            yield pack.fault("arcs", row, "length_km", found=found, expected=expected,
                             repair=f"Correct it, {OR_CHECKED}")


def _ends_off(arc: Mapping[Hashable, Any], line: LineString, places: Mapping[str, tuple[float, float]]
              ) -> Iterator[tuple[str, str]]:
    """The ends of a line that are not at its nodes: (the node, what was found)."""
    for end, at in (("from", line.coords[0]), ("to", line.coords[-1])):
        if arc[end] in places and (away := geo.distance_km(at, places[arc[end]])) > NEAR:
            yield str(arc[end]), f"its line ends {away:,.0f} km from {arc[end]!r}"


def _length_off(stated: float, drawn: float) -> tuple[str, str] | None:
    """What is found and expected where a stated length and that of the line are unlike; None where they are not."""
    found = f"{stated:g} km, and its line {drawn:,.0f} km"
    if math.isnan(stated):
        return None
    if max(stated, drawn) <= SHORT:
        return (found, f"within {NEAR:g} km of each other") if abs(stated - drawn) > NEAR else None
    alike = stated / TIMES <= drawn <= stated * TIMES
    return None if alike else (found, f"within a factor of {TIMES:g} of each other")
