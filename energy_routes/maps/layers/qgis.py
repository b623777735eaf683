"""QGIS styles inside a GeoPackage: its table ``layer_styles`` holds one QML document a layer, applied on opening.

Width by flow and colour by utilisation are data-defined, with the same constants as every other map.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from energy_routes.maps.data import style
from energy_routes.pack import Family

MM = 25.4 / 72.0  # QGIS measures strokes in millimetres
# The columns that QGIS looks for (QgsOgrProviderUtils); a GeoPackage lists the table among its attributes.
TABLE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
NEVER = "1980-01-01T00:00:00.000Z"  # no clock: the same plan gives the same file


def write_styles(path: Path, styles: Mapping[str, str]) -> None:
    """Add the style of each layer, a QML document, to a GeoPackage."""
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(TABLE)
        base.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) "
                     "VALUES ('layer_styles', 'attributes', 'layer_styles', ?, 0)", (NEVER,))
        for layer, qml in styles.items():
            column = base.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,))
            base.execute("INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                         "styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
                         "VALUES ('', '', ?, ?, 'energy-routes', ?, '', 1, '', '', NULL, ?)",
                         (layer, column.fetchone()[0], qml, NEVER))


def flow_style(families: Iterable[Family]) -> str:
    """Lines: width by flow, colour by family and utilisation; what carries nothing is thin, dashed when proposed."""
    limits = (*style.UTILISATION_STEPS, 1e9)
    tones = " ".join(f"WHEN \"family\" = '{family.id}' AND \"utilisation\" < {limit} THEN '{tone}'"
                     for family in families for limit, tone in zip(limits, family.ramp, strict=True))
    flows = f'"volume" > {style.FLOW_FLOOR}'
    colour = (f"CASE WHEN NOT ({flows}) THEN '{style.IDLE}' WHEN \"utilisation\" IS NULL THEN '{style.UNCAPPED}' "
              f"{tones} END")
    width = f'CASE WHEN {flows} THEN {MM:.5f} * ({style.BASE_PT} + {style.PT_PER_MONTHLY} * "per_month") ELSE 0.25 END'
    dash = f"CASE WHEN {flows} THEN 'solid' WHEN \"status\" = 'proposed' THEN 'dash' ELSE 'dot' END"
    return _document(_line(colour, width, dash), _label('"name"', flows), order="per_month")


def change_style(most: float) -> str:
    """Lines: width and colour by change, grey where nothing changes; ``most``: the largest change, Mt (bcm)."""
    scale = most or 1.0
    moved = f'abs("change") >= {scale / 100}'
    colour = (f"CASE WHEN NOT ({moved}) THEN '{style.STILL}' WHEN \"change\" <= {-scale / 3} THEN '{style.LESS[1]}' "
              f"WHEN \"change\" < 0 THEN '{style.LESS[0]}' WHEN \"change\" < {scale / 3} THEN '{style.MORE[0]}' "
              f"ELSE '{style.MORE[1]}' END")
    points = f'{style.CHANGE_BASE_PT} + {style.CHANGE_PT} * abs("change") / {scale}'
    width = f"CASE WHEN {moved} THEN {MM:.5f} * ({points}) ELSE 0.25 END"
    label = "\"name\" || ' ' || CASE WHEN \"change\" > 0 THEN '+' ELSE '' END || round(\"change\", 2)"
    return _document(_line(colour, width, "'solid'"), _label(label, moved), order="volume")


def node_style() -> str:
    """Points: a shape for each kind, as on the other maps."""
    shape = ("CASE WHEN \"kind\" = 'field' THEN 'triangle' WHEN \"kind\" = 'market' THEN 'diamond' "
             "WHEN \"kind\" IN ('border', 'refinery') THEN 'square' WHEN \"kind\" = 'storage' THEN 'pentagon' "
             "ELSE 'circle' END")
    fill = f"CASE WHEN \"kind\" IN ('field', 'market', 'refinery') THEN '{style.INK}' ELSE '#ffffff' END"
    size = "CASE WHEN \"kind\" = 'hub' THEN 1.4 ELSE 2.4 END"
    options = {"name": "circle", "color": "255,255,255,255", "outline_color": _rgb(style.INK), "outline_width": "0.3",
               "size": "2.2", "size_unit": "MM"}
    layer = _layer("SimpleMarker", options, {"name": shape, "fillColor": fill, "size": size})
    return _document(_symbol("marker", layer), _label('"label"', '"volume" > 0'))


def country_style() -> str:
    """Areas: the land of the map, the home country not set apart."""
    options = {"color": _rgb(style.LAND), "outline_color": _rgb(style.BORDER), "outline_width": "0.2", "style": "solid"}
    return _document(_symbol("fill", _layer("SimpleFill", options, {})), "")


def _line(colour: str, width: str, dash: str) -> str:
    options = {"line_color": _rgb(style.UNCAPPED), "line_width": "0.5", "line_width_unit": "MM", "capstyle": "round",
               "joinstyle": "round"}
    defined = {"outlineColor": colour, "outlineWidth": width, "outlineStyle": dash}
    return _symbol("line", _layer("SimpleLine", options, defined))


def _layer(kind: str, options: dict[str, str], defined: dict[str, str]) -> str:
    """A symbol layer: fixed options, and properties that an expression over the columns gives."""
    fixed = "".join(f'<Option type="QString" name={quoteattr(k)} value={quoteattr(v)}/>' for k, v in options.items())
    given = "".join(
        f'<Option type="Map" name={quoteattr(k)}><Option type="bool" name="active" value="true"/>'
        f'<Option type="QString" name="expression" value={quoteattr(v)}/><Option type="int" name="type" value="3"/>'
        "</Option>" for k, v in defined.items())
    properties = (f'<data_defined_properties><Option type="Map"><Option type="QString" name="name" value=""/>'
                  f'<Option type="Map" name="properties">{given}</Option>'
                  '<Option type="QString" name="type" value="collection"/></Option></data_defined_properties>')
    return (f'<layer class="{kind}" enabled="1" locked="0" pass="0"><Option type="Map">{fixed}</Option>'
            f"{properties if defined else ''}</layer>")


def _symbol(kind: str, layer: str) -> str:
    return (f'<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="{{order}}"><symbols>'
            f'<symbol type="{kind}" name="0" alpha="1" clip_to_extent="1" force_rhr="0">{layer}</symbol></symbols>'
            "{clause}</renderer-v2>")


def _label(expression: str, shown: str) -> str:
    """Small dark labels with a white edge, where a condition holds."""
    text = f"CASE WHEN {shown} THEN {expression} END"
    return ('<labeling type="simple"><settings calloutType="simple"><text-style fieldName='
            f'{quoteattr(text)} isExpression="1" fontSize="7" fontSizeUnit="Point" textColor="{_rgb(style.INK)}">'
            '<text-buffer bufferDraw="1" bufferSize="0.7" bufferSizeUnits="MM" bufferColor="255,255,255,230"/>'
            "</text-style></settings></labeling>")


def _document(renderer: str, labels: str, order: str = "") -> str:
    """A QML document; ``order``: the column by which features are drawn, the largest below."""
    by = f'<orderby><orderByClause asc="0" nullsFirst="1">{escape(order)}</orderByClause></orderby>' if order else ""
    drawn = renderer.replace("{order}", "1" if order else "0").replace("{clause}", by)
    return ("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
            f'<qgis version="3.28" styleCategories="Symbology|Labeling" labelsEnabled="{int(bool(labels))}">'
            f"{drawn}{labels}</qgis>")


def _rgb(colour: str) -> str:
    """'#aa3377' as QGIS writes it: '170,51,119,255'."""
    return ",".join(str(int(colour[k:k + 2], 16)) for k in (1, 3, 5)) + ",255"
