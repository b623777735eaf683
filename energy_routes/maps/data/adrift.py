"""Places that cannot be where they say: far from any land, or from the country that they are said to lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energy_routes.answer import Words
from energy_routes.maps.data.lands import TURNS, world
from energy_routes.network import geometry as geo

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

FAR = 400.0  # km: the farthest oil fields at sea lie some 300 km from land


def adrift(nodes: pd.DataFrame, words: Words) -> tuple[str, ...]:
    """A sentence for each node (id, label, country, lon, lat) more than 400 km from its country, or from all land.

    A node without a country, or with one that the map does not have, is held against all lands.
    """
    from shapely import GeometryCollection

    lands = world(words.file("world.topojson"))
    by_code: dict[str, BaseGeometry] = {code: shape for code, shape in lands if code}
    every = GeometryCollection([shape for _, shape in lands])
    told = []
    for row in nodes.dropna(subset=["lon", "lat"]).to_dict("records"):
        code = str(row["country"])
        away = _km((row["lon"], row["lat"]), by_code.get(code, every))
        if away > FAR:
            key = "map.adrift" if code in by_code else "map.at_sea"
            told.append(words(key, place=row["label"] or row["id"], km=words.number(away, 0),
                              **({"country": code} if code in by_code else {})))
    return tuple(told)


def _km(place: tuple[float, float], land: BaseGeometry) -> float:
    """Distance of a place from a land, whichever way round the world it is counted."""
    from shapely import Point
    from shapely.ops import nearest_points

    found = []
    for turn in TURNS:
        at = Point(place[0] + turn, place[1])
        if (near := land.distance(at)) == 0:
            return 0.0
        found.append((near, at))
    at = min(found, key=lambda one: one[0])[1]
    return geo.distance_km((at.x, at.y), nearest_points(land, at)[0].coords[0])
