"""The ground of the page: land, lakes and names as SVG paths and places, borders shared to the last vertex."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from shapely import clip_by_rect, coverage_simplify, get_parts, make_valid, simplify, transform

from energy_routes.answer import Words
from energy_routes.maps.data.lands import areal, files, lakes, lands, names, window
from energy_routes.maps.data.projection import Box
from energy_routes.maps.page.frame import WIDE, Frame

COAST = 0.8  # units: root of the Visvalingam triangle that may go from a land, some six kilometres
LAKE = 0.35  # units: what may go from a lake
ISLET = 0.25      # square units: an island smaller than this is not seen
TALLEST, WIDEST = 0.6, 2.6  # width by height of the screens that a page may be seen on
FARTHEST = 0.7   # times the home scale: how far the page can be drawn back (``panel.js`` has it as well)


def ground(frame: Frame, reach: Box, home: str | None, words: Words) -> dict[str, Any]:
    """``land`` (path, whether it is the home country), ``lakes`` (paths) and ``names`` (text, kind, rank, place).

    Countries are generalised together, so that neighbours keep one border.
    """
    box = _seen(frame, reach)
    countries = _land_paths(*files(words), frame, box)
    land = [{"d": path, "home": int(bool(home) and code == home)} for code, path in countries]
    return {"land": land, "lakes": list(_lake_paths(words.file("lakes.geojson"), frame, box)),
            "names": _names(frame, box, words)}


@lru_cache(maxsize=4)
def _land_paths(detailed: Path, around: Path, frame: Frame, box: Box) -> tuple[tuple[str, str], ...]:
    """Country code and path of each land in a box."""
    areas = lands(detailed, around, window(frame.projection, frame.extent(box)))
    shapes = _outlines([shape for _, shape in areas], frame, box, shared=True)
    land = ((code, svg_path(shape)) for (code, _), shape in zip(areas, shapes, strict=True))
    return tuple(one for one in land if one[1])


@lru_cache(maxsize=4)
def _lake_paths(file: Path, frame: Frame, box: Box) -> tuple[str, ...]:
    return tuple(filter(None, map(svg_path, _outlines(lakes(file), frame, box))))


def _seen(frame: Frame, reach: Box) -> Box:
    """What may come into sight on any screen, from a phone to a wide one, however far the hand draws back."""
    wide, high = max(WIDE, frame.height * WIDEST) / FARTHEST, max(frame.height, WIDE / TALLEST) / FARTHEST
    across, middle = WIDE / 2, -frame.height / 2
    return (min(reach[0], across - wide / 2), min(reach[1], middle - high / 2),
            max(reach[2], across + wide / 2), max(reach[3], middle + high / 2))


def _outlines(shapes: Sequence[Any], frame: Frame, box: Box, *, shared: bool = False) -> list[Any]:
    """Polygons in units (y up), generalised, and cut to the box."""
    drawn = [areal(make_valid(transform(shape, frame.upward))) for shape in shapes]
    plain = coverage_simplify(drawn, COAST) if shared else [simplify(shape, LAKE) for shape in drawn]
    return [clip_by_rect(make_valid(shape), *box) for shape in plain]


def svg_path(shape: Any) -> str:
    """The rings of a polygon (y up) as one SVG path with relative steps, to a tenth of a unit."""
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
    table = names(words)
    places = frame.upward(np.array([[float(row["lon"]), float(row["lat"])] for row in table]).reshape(-1, 2))
    told = [{"n": row["name"], "kind": row["kind"], "rank": int(row["rank"]), "x": round(x, 1), "y": round(-y, 1)}
            for row, (x, y) in zip(table, places.tolist(), strict=True)
            if box[0] < x < box[2] and box[1] < y < box[3]]
    return sorted(told, key=lambda one: one["rank"])
