"""Lines from GIS files: GeoJSON, GeoPackage or Shapefile in any coordinate system, as WGS 84 lines with what they say.

Attributes of a feature (all optional, any case): name, id, from, to, capacity, unit, commodity, mode, tariff, capex,
note.  Everything that is wrong with a file is told at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energy_routes.errors import DataError, Fault, refuse
from energy_routes.pack import hindrance, printable, unprintable

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import LineString

SUFFIXES = (".geojson", ".json", ".gpkg", ".shp")
ATTRIBUTES = ("name", "id", "from", "to", "capacity", "unit", "commodity", "mode", "tariff", "capex", "note")
WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class DrawnLine:
    """One line in WGS 84, its attributes as they stand in the file (blank ones left out), and what to tell of it."""

    line: LineString
    said: Mapping[str, Any]
    where: str
    notices: tuple[str, ...] = ()


def read_lines(path: str | Path, layer: str | None = None) -> list[DrawnLine]:
    """Every line of a file (of one layer of it), in file order.

    Raises DataError with every fault: no such file or layer, no coordinate system, what is no single unbroken line.
    """
    path = Path(path)
    frame, notices = _frame(path, layer)
    bounds = frame.total_bounds
    if math.isfinite(bounds[0]) and not (WORLD[0] <= bounds[0] and WORLD[1] <= bounds[1] and bounds[2] <= WORLD[2]
                           and bounds[3] <= WORLD[3]):  # fmt: skip
        found = f"coordinates from {bounds[0]:.6g}, {bounds[1]:.6g} to {bounds[2]:.6g}, {bounds[3]:.6g}"
        raise _refused(path, found, "degrees of longitude and latitude (WGS 84)",
                       "In QGIS: Export, Save Features As, and choose EPSG:4326.")
    names = {column.lower(): column for column in frame.columns if column != frame.geometry.name}
    lines: list[DrawnLine] = []
    faults: list[Fault] = []
    for number, (row, shape) in enumerate(zip(frame.to_dict("records"), frame.geometry, strict=True), start=1):
        said = {key: row[names[key]] for key in ATTRIBUTES if key in names and not _blank(row[names[key]])}
        where = f"{path.name} feature {number}" + (f" ({said['name']!r})" if "name" in said else "")
        line, found = one_line(shape)
        steering = [told for value in said.values() if (told := unprintable(str(value)))]
        if steering:
            faults.append(Fault(printable(where), 0, "", *steering[0]))
        elif line is None:
            faults.append(Fault(where, found=found, expected="one unbroken line (LineString)",
                                repair="Draw the route as a single line from node to node."))
        else:
            lines.append(DrawnLine(line, said, where, notices))
    if not len(frame):
        faults.append(Fault(path.name, found="no feature", expected="at least one line"))
    refuse(str(path), faults)
    return lines


def one_line(shape: Any) -> tuple[LineString | None, str]:
    """The geometry as one line without heights; else None and what was found instead."""
    from shapely import LineString, force_2d, line_merge

    if shape is None or shape.is_empty:
        return None, "no geometry"
    merged = line_merge(shape) if shape.geom_type == "MultiLineString" else shape
    if merged.geom_type == "MultiLineString":
        return None, f"a line in {len(merged.geoms)} parts"
    if merged.geom_type != "LineString":
        return None, f"a {shape.geom_type}"
    # Merging may turn a line round: its first point stays the first.
    first = shape.geoms[0].coords[0] if shape.geom_type == "MultiLineString" else merged.coords[0]
    line = force_2d(merged if merged.coords[0] == first else merged.reverse())
    points = [point for k, point in enumerate(line.coords) if k == 0 or point != line.coords[k - 1]]
    if len(points) < 2 or not all(map(math.isfinite, (c for point in points for c in point))):
        return None, "a line of one point" if len(points) < 2 else "a coordinate that is no number"
    return LineString(points), ""


def _frame(path: Path, layer: str | None) -> tuple[GeoDataFrame, tuple[str, ...]]:
    """The features in WGS 84, and what was assumed."""
    import geopandas

    if path.suffix.lower() not in SUFFIXES:
        raise _refused(path, f"a {path.suffix or 'plain'} file", f"a line in one of {', '.join(SUFFIXES)}")
    if wrong := hindrance(path):
        raise _refused(path, wrong[0].lower() + wrong[1:], "a file with the line",
                       "A path in a model file starts at the model's folder.")
    try:
        layers = [str(name) for name in geopandas.list_layers(path)["name"]]
        if layer is not None and layer not in layers:
            raise _refused(path, f"no layer {layer!r}", f"one of {', '.join(layers)}")
        if layer is None and len(layers) > 1:
            raise _refused(path, f"{len(layers)} layers", "one", f"Name it: layer = one of {', '.join(layers)}.")
        frame = geopandas.read_file(path, layer=layer or layers[0])
    except (RuntimeError, ValueError, IndexError) as error:  # what GDAL and its readers raise
        why = str(error).split(";")[0].replace(f"'{path}' ", "")
        raise _refused(path, f"it cannot be read ({why})", "a GeoJSON, GeoPackage or Shapefile") from None
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise _refused(path, "a table without geometry", "a layer of lines")
    if frame.crs is None:
        raise _refused(path, "no coordinate system", "one (a .prj beside a Shapefile, or a GeoPackage that names it)",
                       "In QGIS: Layer, Set CRS, then export again.")
    bare = path.suffix.lower() in (".geojson", ".json") and "crs" not in json.loads(path.read_text("utf-8-sig"))
    notices = (f"{path.name} names no coordinate system: WGS 84 is taken, as the GeoJSON standard says",) * bare
    return frame.to_crs(4326), notices


def _blank(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _refused(path: Path, found: str, expected: str, repair: str = "") -> DataError:
    return DataError(str(path), [Fault(path.name, found=found, expected=expected, repair=repair)])
