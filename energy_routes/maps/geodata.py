"""A plan as GIS layers: flows with every result column, nodes, and the countries of the base map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from energy_routes.errors import UsageError
from energy_routes.library import data_path
from energy_routes.maps.payload import MapData, payload

if TYPE_CHECKING:
    import geopandas

CRS = "EPSG:4326"


def flow_layer(data: MapData) -> geopandas.GeoDataFrame:
    """One line an arc, WGS 84, with all columns of ``MapData.arcs`` and the span; arcs without a line are kept."""
    import geopandas

    frame = data.arcs.assign(span=data.when)
    return geopandas.GeoDataFrame(frame, geometry=[data.lines.get(arc) for arc in frame["arc"]], crs=CRS)


def node_layer(data: MapData) -> geopandas.GeoDataFrame:
    """One point a node, WGS 84; nodes without a place are left out."""
    import geopandas

    placed = data.nodes.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    return geopandas.GeoDataFrame(placed, geometry=geopandas.points_from_xy(placed["lon"], placed["lat"]), crs=CRS)


def write_layers(plan: Any, path: str | Path, *, period: str | None = None, title: str | None = None) -> Path:
    """Write a GeoPackage (layers flows, nodes, countries) or a GeoJSON (flows); an existing file is replaced.

    Raises UsageError for another suffix or an unknown period.
    """
    import geopandas

    target = Path(path)
    data = plan if isinstance(plan, MapData) else payload(plan, period, title)
    if target.suffix.lower() not in (".gpkg", ".geojson"):
        raise UsageError(f"cannot write layers as {target.suffix!r}. It can be .gpkg or .geojson.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if target.suffix.lower() == ".geojson":
        flow_layer(data).to_file(target, driver="GeoJSON")
        return target
    countries = geopandas.read_file(data_path("basemap") / "countries.geojson")
    for name, layer in (("flows", flow_layer(data)), ("nodes", node_layer(data)), ("countries", countries)):
        layer.to_file(target, layer=name, driver="GPKG")
    return target
