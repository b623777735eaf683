"""A plan as GIS layers: flows with every result column, nodes, and the countries of the base map, styled for QGIS."""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import replace
from pathlib import Path

import geopandas
import pandas as pd
from shapely import clip_by_rect, union_all
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from energy_routes.errors import UsageError
from energy_routes.maps.data.change import ChangeData, change
from energy_routes.maps.data.lands import TURNS, WORLD, files, world
from energy_routes.maps.data.payload import MapData, chosen, payload
from energy_routes.maps.data.projection import USUAL
from energy_routes.maps.layers.others import refuse_others
from energy_routes.maps.layers.qgis import change_style, country_style, flow_style, node_style, write_styles
from energy_routes.pack import printable, written
from energy_routes.plan import Plan

CRS = "EPSG:4326"


def flow_layer(data: MapData) -> geopandas.GeoDataFrame:
    """One line an arc, WGS 84, with all columns of ``MapData.arcs`` and the span; arcs without a line are kept.

    ``per_month`` is the volume in Mt or bcm a month, which widths on a map go by.
    """
    frame = data.arcs.assign(per_month=data.arcs["volume"] / data.months, span=data.when)
    lines = [cut_at_180(data.lines[arc]) if arc in data.lines else None for arc in frame["arc"]]
    return geopandas.GeoDataFrame(frame, geometry=lines, crs=CRS)


def cut_at_180(line: BaseGeometry) -> BaseGeometry:
    """A line or area within 180° of Greenwich: in parts on either side of the 180th meridian (RFC 7946, 3.1.9)."""
    west, south, east, north = line.bounds
    if WORLD[0] <= west and east <= WORLD[2]:
        return line
    parts = [translate(clip_by_rect(line, WORLD[0] - turn, south - 1, WORLD[2] - turn, north + 1), turn)
             for turn in TURNS]
    return union_all([part for part in parts if not part.is_empty])


def land_layer(data: MapData) -> geopandas.GeoDataFrame:
    """The countries of the region's file; where the map lies beyond it, those of the world."""
    detailed, around = files(data.words)
    if data.projection == USUAL or detailed.parent != around.parent:
        return geopandas.read_file(detailed)
    areas = world(around)
    return geopandas.GeoDataFrame({"iso_a2": [code for code, _ in areas]}, crs=CRS,
                                  geometry=[cut_at_180(shape) for _, shape in areas])


def node_layer(data: MapData) -> geopandas.GeoDataFrame:
    """One point a node, WGS 84; nodes without a place are left out."""
    placed = data.nodes.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    return geopandas.GeoDataFrame(placed, geometry=geopandas.points_from_xy(placed["lon"], placed["lat"]), crs=CRS)


def write_layers(plan: Plan, path: str | Path, *, other: Plan | None = None, period: str | None = None,
                 title: str | None = None, lang: str = "en") -> Path:
    """Write a GeoPackage (layers flows, nodes, countries) or a GeoJSON (flows); a map that it held is replaced.

    The GeoPackage carries a QGIS style for each layer, which QGIS applies when it opens them.  With ``other`` the flows
    have the columns before, after and change, and are coloured by the change.
    Raises UsageError for another suffix, an unknown period, plans of different spans, or a file that holds other
    things or cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() not in (".gpkg", ".geojson"):
        raise UsageError(f"cannot write layers as {target.suffix!r}. It can be .gpkg or .geojson.")
    refuse_others(target)
    data = _data(plan, other, period, title, lang)
    with written(target) as new:
        try:
            _write(data, new)
        except (RuntimeError, sqlite3.OperationalError) as error:  # what GDAL and SQLite say when the disk refuses
            raise OSError(errno.ENOSPC, printable(str(error), 80), str(target)) from error
    return target


def _write(data: MapData, target: Path) -> None:
    if target.suffix.lower() == ".geojson":
        flow_layer(data).to_file(target, driver="GeoJSON")
        return
    flows = (change_style(data.most, data.words) if isinstance(data, ChangeData)
             else flow_style(data.families, data.words))
    layers = {
        "flows": (flow_layer(data), flows),
        "nodes": (node_layer(data), node_style(data.words)),
        "countries": (land_layer(data), country_style()),
    }
    for name, (layer, _) in layers.items():
        layer.to_file(target, layer=name, driver="GPKG")
    write_styles(target, {name: style for name, (_, style) in layers.items()})


def _data(plan: Plan, other: Plan | None, period: str | None, title: str | None, lang: str) -> MapData:
    """The map of a plan or of a change, with what the plan's other tables say of its arcs and nodes."""
    if isinstance(plan, MapData):
        return plan
    if other is not None:
        return change(plan, other, period, lang)
    data = payload(plan, period, title, lang)
    labels = [p.label for p in chosen(plan.case.periods, period)]
    flows = plan.flows[plan.flows["period"].isin(labels)]
    paid = flows.groupby("arc")[["outlet", "cost"]].sum()
    facts = plan.case.network.tables["arcs"].set_index("id")[["length_km", "countries", "chokepoints", "source",
                                                              "confidence"]]
    for column in ("countries", "chokepoints"):
        facts[column] = facts[column].map(";".join)
    arcs = data.arcs.join(paid, on="arc").join(facts, on="arc")
    arcs["tariff"] = arcs["cost"] / arcs["volume"].where(arcs["volume"] > 0)
    return replace(data, arcs=arcs, nodes=_with_trade(plan, labels, data.nodes))


def _with_trade(plan: Plan, labels: list[str], nodes: pd.DataFrame) -> pd.DataFrame:
    """The nodes with what is lifted, shut in, sold and delivered at home there in the span."""
    markets = plan.case.network.tables["markets"].set_index("id")["node"]
    tables = (("lifted", plan.supplies, "lifted"), ("shut_in", plan.supplies, "shut_in"),
              ("sold", plan.deliveries.assign(node=plan.deliveries["market"].map(markets)), "volume"),
              ("home", plan.obligations, "volume"))
    sums = {name: table[table["period"].isin(labels)].groupby("node")[column].sum() for name, table, column in tables}
    return nodes.assign(**{name: nodes["id"].map(own) for name, own in sums.items()})
