"""The ground of a map: sea, land, the home country, lakes, and the names on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path as DrawnPath
from shapely import clip_by_rect, get_parts, make_valid, simplify, transform

from energy_routes.answer import Words
from energy_routes.maps.data import style
from energy_routes.maps.data.lands import files, lakes, lands, names, window
from energy_routes.maps.data.projection import Points, View
from energy_routes.maps.figure.text.labels import Box, Placer, text_size

OFFSETS = ((0, 0), (0, 10), (0, -10), (14, 5), (-14, 5), (14, -8), (-14, -8), (0, 18), (0, -18))  # points, of a name
FARTHEST = max(float(np.hypot(*offset)) for offset in OFFSETS)


def draw_ground(ax: Axes, view: View, home: str | None, words: Words) -> None:
    """Countries and lakes; ``home`` (ISO code) is lighter and more firmly outlined."""
    ax.set_facecolor(style.SEA)
    countries = outlines(words, view)
    own = [path for country, path in countries if home is not None and country == home]
    others = [path for country, path in countries if home is None or country != home]
    _fill(ax, others, style.LAND, style.BORDER, 0.5, 1.0)
    _fill(ax, own, style.HOME_LAND, style.HOME_BORDER, 0.9, 1.1)
    _fill(ax, _lakes(words.file("lakes.geojson"), view), style.SEA, style.SHORE, 0.25, 1.2)


def outlines(words: Words, view: View) -> list[tuple[str, DrawnPath]]:
    """Country code and outline, in points of the panel, of each area in sight."""
    return _countries(*files(words), view)


@lru_cache(maxsize=8)
def _countries(detailed: Path, around: Path, view: View) -> list[tuple[str, DrawnPath]]:
    """Country code and outline of each area in sight; panels of one view share them."""
    areas = lands(detailed, around, window(view.projection, view.extent(12.0)))
    drawn = [(code, _outline(shape, view)) for code, shape in areas]
    return [(code, path) for code, path in drawn if path is not None]


@lru_cache(maxsize=8)
def _lakes(file: Path, view: View) -> list[DrawnPath]:
    drawn = (_outline(geometry, view) for geometry in lakes(file))
    return [path for path in drawn if path is not None]


def _fill(ax: Axes, paths: Sequence[DrawnPath], face: str, edge: str, width: float, order: float) -> None:
    drawn = PathCollection(paths, facecolors=face, edgecolors=edge, linewidths=width, zorder=order)
    ax.add_collection(drawn, autolim=False)


def _outline(geometry: Any, view: View) -> DrawnPath | None:
    """Polygons projected and cut to the panel (and a margin, so that the cut edge is not seen)."""
    drawn = simplify(make_valid(transform(geometry, view.points)), 0.25)  # a quarter of a point is not seen
    cut = clip_by_rect(make_valid(drawn), *view.frame(6.0))
    parts = [part for part in get_parts(cut) if part.geom_type == "Polygon"]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    if not rings:
        return None
    corners = [np.asarray(ring.coords) for ring in rings]
    codes = [np.full(len(c), DrawnPath.LINETO, dtype=DrawnPath.code_type) for c in corners]
    for code in codes:
        code[0], code[-1] = DrawnPath.MOVETO, DrawnPath.CLOSEPOLY
    return DrawnPath(np.vstack(corners), np.concatenate(codes))


def draw_names(ax: Axes, view: View, placer: Placer, zoom: float, words: Words) -> None:
    """Names of countries, seas and lakes where they still fit; the least important go first when they do not."""
    table = pd.DataFrame(names(words)).astype({"lon": float, "lat": float, "rank": int})
    table = table[table["rank"] <= (3 if zoom > 0.9 else 2 if zoom > 0.7 else 1)]
    places: Points = view.points(table[["lon", "lat"]].to_numpy(dtype=float))
    near = Box(*placer.frame).distances(places) <= FARTHEST * zoom  # the others need not be measured
    told = zip(table[near].to_dict("records"), places[near].tolist(), strict=True)
    for row, (x, y) in sorted(told, key=lambda one: one[0]["rank"]):
        land = row["kind"] == "country"
        size = zoom * {1: 10.5, 2: 7.5, 3: 6.0}[int(row["rank"])] * (1.0 if land else 0.85)
        text = "   ".join(" ".join(word) for word in row["name"].upper().split()) if land else row["name"]
        width, height = text_size(text, size, italic=not land)
        spots = [Box.around(x + dx * zoom, y + dy * zoom, width, height) for dx, dy in OFFSETS]
        if (box := placer.place(spots, tolerance=1 if land else 2)) is None:
            continue
        ax.text(*box.centre, text, size=size, color=style.COUNTRY_NAME if land else style.SEA_NAME, ha="center",
                va="center", style="normal" if land else "italic", zorder=2)
