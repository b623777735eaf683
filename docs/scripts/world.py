"""Make the base map of the world: ``data/basemap/world.topojson`` and ``world_names.csv``.

    npm pack world-atlas@2.0.2 i18n-iso-countries@7.14.0; for f in *.tgz; do mkdir $f.d; tar xzf $f -C $f.d; done
    python docs/scripts/world.py world-atlas-2.0.2.tgz.d/package i18n-iso-countries-7.14.0.tgz.d/package

Outlines are those of Natural Earth 1:50m, generalised so that neighbours keep one border; names of countries in three
languages come with a place for each.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from energy_routes.maps.data.lands import ring

ROOT = Path(__file__).resolve().parents[2]
BASEMAP = ROOT / "data" / "basemap"
SOURCE = "countries-50m.json"
SHA256 = "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394"
GRID = 0.01       # degrees: the step of the coordinates, about a kilometre
TOLERANCE = 0.03  # degrees: the least bend that stays
ISLET = 0.02      # square degrees: an island smaller than this is left out, unless it is all that a country has
RANKS = (400.0, 40.0)  # square degrees from which a country is of the first and of the second rank
UNCODED = {"Kosovo": "XK"}  # user-assigned; the others without a number have no code here


def main(atlas: Path, codes: Path) -> None:
    """Write both files from the folders of the two packages."""
    text = (atlas / SOURCE).read_bytes()
    if (found := hashlib.sha256(text).hexdigest()) != SHA256:
        raise SystemExit(f"{SOURCE}: its hash is {found}; expected {SHA256}. Take world-atlas 2.0.2.")
    topology = json.loads(text)
    scale, translate = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]
    two = {number: short for short, _, number, *_ in json.loads((codes / "codes.json").read_text("utf-8"))}
    kept = [(_code(one, two), one) for one in topology["objects"]["countries"]["geometries"] if one.get("arcs")]
    lands = [(code, one["properties"]["name"], _polygons(one), one) for code, one in kept]
    _write_world(lands, arcs)
    _write_names(lands, arcs, codes)


def _code(country: dict[str, Any], two: dict[str, str]) -> str:
    return two.get(str(country.get("id", "")).zfill(3), UNCODED.get(country["properties"]["name"], ""))


def _polygons(country: dict[str, Any]) -> list[list[list[int]]]:
    return [country["arcs"]] if country["type"] == "Polygon" else country["arcs"]


def _write_world(lands: list[Any], arcs: list[Any]) -> None:
    plain = [np.asarray(shapely.LineString(arc).simplify(TOLERANCE).coords) for arc in arcs]
    steps = [np.rint(arc / GRID).astype(int) for arc in plain]
    used: dict[int, int] = {}

    def renumbered(ring: list[int]) -> list[int]:
        return [used.setdefault(n, len(used)) if n >= 0 else ~used.setdefault(~n, len(used)) for n in ring]

    geometries = []
    for code, name, polygons, _ in lands:
        area = [shapely.Polygon(ring(polygon[0], arcs)).area for polygon in polygons]
        kept = [polygon for polygon, size in zip(polygons, area, strict=True) if size >= min(ISLET, max(area))]
        geometries.append({"type": "MultiPolygon", "properties": {"iso_a2": code, "name": name},
                           "arcs": [[renumbered(ring) for ring in polygon] for polygon in kept]})
    told = [_delta(steps[n]) for n in used]
    world = {"type": "Topology", "transform": {"scale": [GRID, GRID], "translate": [0, 0]},
             "objects": {"countries": {"type": "GeometryCollection", "geometries": geometries}}, "arcs": told}
    text = json.dumps(world, separators=(",", ":"), ensure_ascii=False)
    (BASEMAP / "world.topojson").write_text(f"{text}\n", "utf-8")


def _delta(steps: Any) -> list[list[int]]:
    """First point, then steps; points that fall together are one, but an arc keeps two."""
    moves = np.diff(steps, axis=0)
    moved = moves[moves.any(axis=1)]
    return [steps[0].tolist(), *(moved.tolist() or [[0, 0]])]


def _write_names(lands: list[Any], arcs: list[Any], codes: Path) -> None:
    """A row for each country with a code: where in its largest part its name stands, and how soon."""
    langs = {lang: json.loads((codes / "langs" / f"{lang}.json").read_text("utf-8")) for lang in ("ru", "kk")}
    with (BASEMAP / "country_names.csv").open(encoding="utf-8", newline="") as file:
        own = {row["iso"]: [row["name"], row["name_ru"], row["name_kk"]] for row in csv.DictReader(file)}
    rows = {}
    for code, name, polygons, _ in sorted(lands, key=lambda land: land[1] == "Australia"):  # its islands share its code
        parts = [shapely.Polygon(ring(polygon[0], arcs)) for polygon in polygons]
        largest = shapely.make_valid(max(parts, key=lambda part: part.area))
        circle = shapely.maximum_inscribed_circle(largest, 0.2)
        lon, lat = circle.coords[0]
        size = sum(part.area for part in parts)
        rank = next((i for i, least in enumerate(RANKS, start=1) if size >= least), 3)
        names = own.get(code) or [name, *(_short(langs[lang]["countries"].get(code, name)) for lang in ("ru", "kk"))]
        rows[code] = [code, *names, f"{lon:.1f}", f"{lat:.1f}", rank]
    rows.pop("", None)
    with (BASEMAP / "world_names.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["iso", "name", "name_ru", "name_kk", "lon", "lat", "rank"])
        table.writerows(sorted(rows.values()))


def _short(name: str | list[str]) -> str:
    return name if isinstance(name, str) else min(name, key=len)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
