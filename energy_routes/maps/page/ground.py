"""The ground of the page: land, lakes and names as SVG paths and places, borders shared to the last vertex."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from energy_routes.answer import Words
from energy_routes.maps.page.frame import Frame
from energy_routes.network import geometry as geo

TOLERANCE = 0.3  # units: the Visvalingam triangle that may go, about two kilometres a side
ISLET = 0.15     # square units: an island smaller than this is not seen
AROUND = 0.35    # of the reach: how much ground is drawn beyond it, so that no edge is seen

Box = tuple[float, float, float, float]


def ground(frame: Frame, reach: Box, home: str | None, words: Words) -> dict[str, Any]:
    """``land`` (path, whether it is the home country), ``lakes`` (paths) and ``names`` (text, kind, rank, place).

    Countries are generalised together, so that neighbours keep one border.
    """
    box = _grown(reach)
    countries, lakes = _paths(words.file("countries.geojson"), words.file("lakes.geojson"), frame, box)
    land = [{"d": path, "home": int(code == home)} for code, path in countries]
    return {"land": land, "lakes": list(lakes), "names": _names(frame, box, words)}


@lru_cache(maxsize=4)
def _paths(lands: Path, waters: Path, frame: Frame, box: Box) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """(country code, path) of each land, and the path of each lake, in a box."""
    countries = geo.read_features(lands)
    shapes = _outlines([geometry for _, geometry in countries], frame, box, shared=True)
    lakes = _outlines([geometry for _, geometry in geo.read_features(waters)], frame, box)
    land = ((properties.get("iso_a2") or "", svg_path(shape))
            for (properties, _), shape in zip(countries, shapes, strict=True))
    return tuple(one for one in land if one[1]), tuple(filter(None, map(svg_path, lakes)))


def _grown(box: Box) -> Box:
    wide, high = AROUND * (box[2] - box[0]), AROUND * (box[3] - box[1])
    return box[0] - wide, box[1] - high, box[2] + wide, box[3] + high


def _outlines(shapes: Sequence[Any], frame: Frame, box: Box, *, shared: bool = False) -> list[Any]:
    """Polygons in units (y up), generalised, and cut to the box."""
    from shapely import clip_by_rect, coverage_simplify, make_valid, simplify, transform

    drawn = [make_valid(transform(shape, frame.upward)) for shape in shapes]
    plain = coverage_simplify(drawn, TOLERANCE) if shared else [simplify(shape, TOLERANCE) for shape in drawn]
    return [clip_by_rect(make_valid(shape), *box) for shape in plain]


def svg_path(shape: Any) -> str:
    """The rings of a polygon (y up) as one SVG path with relative steps, to a tenth of a unit."""
    from shapely import get_parts

    rings = [ring for part in get_parts(shape) if part.geom_type == "Polygon" and part.area > ISLET
             for ring in (part.exterior, *part.interiors)]
    return "".join(_ring(np.asarray(ring.coords)[:-1]) for ring in rings)


def _ring(corners: Any) -> str:
    tenths = np.rint(corners * (10.0, -10.0)).astype(int)
    steps = np.diff(tenths, axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < 2:
        return ""
    first = f"M{_tenth(tenths[0][0])},{_tenth(tenths[0][1])}l"
    return first + " ".join(f"{_tenth(x)},{_tenth(y)}" for x, y in steps.tolist()) + "z"


def _tenth(value: int) -> str:
    whole, rest = divmod(abs(value), 10)
    return ("-" if value < 0 else "") + (f"{whole}" if not rest else f"{whole or ''}.{rest}")


def _names(frame: Frame, box: Box, words: Words) -> list[dict[str, Any]]:
    """Countries, seas and lakes that lie in the box, the most important first."""
    table = words.labels()
    places = frame.upward(np.array([[float(row["lon"]), float(row["lat"])] for row in table]).reshape(-1, 2))
    told = [{"n": row["name"], "kind": row["kind"], "rank": int(row["rank"]), "x": round(x, 1), "y": round(-y, 1)}
            for row, (x, y) in zip(table, places.tolist(), strict=True)
            if box[0] < x < box[2] and box[1] < y < box[3]]
    return sorted(told, key=lambda one: one["rank"])
