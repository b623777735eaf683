"""A file of layers is replaced where it holds a map of ours, and kept where it holds anything else."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.pack import hindrance

OURS = frozenset({"flows", "nodes", "countries", "layer_styles"})


def refuse_others(path: Path) -> None:
    """Raise UsageError where a GeoPackage or GeoJSON is there already and holds what is no map of ours."""
    if path.suffix.lower() not in (".gpkg", ".geojson") or not os.path.lexists(path):
        return
    wrong = hindrance(path)
    held = [] if wrong else sorted(set(_layers(path) if path.suffix.lower() == ".gpkg" else _features(path)) - OURS)
    if held and not wrong:
        wrong = f"holds other things ({', '.join(held[:3])}{' …' if len(held) > 3 else ''})"
    if wrong:
        raise UsageError(f"{path} is there already: {wrong}. It is kept; write the map to another file")


def _layers(path: Path) -> Iterator[str]:
    """The tables that a GeoPackage lists; what it is where it is none."""
    if not path.stat().st_size:
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            yield from (str(name) for (name,) in base.execute("SELECT table_name FROM gpkg_contents"))
    except sqlite3.DatabaseError:
        yield "no GeoPackage"


def _features(path: Path) -> Iterator[str]:
    """What a GeoJSON holds beside flows: each of ours names its arc and its span."""
    try:
        features = json.loads(path.read_text("utf-8") or '{"features": []}')["features"]
        ours = all({"arc", "per_month", "span"} <= set(feature["properties"]) or "change" in feature["properties"]
                   for feature in features)
    except (ValueError, KeyError, TypeError, RecursionError):
        ours = False
    if not ours:
        yield "no map of flows"
