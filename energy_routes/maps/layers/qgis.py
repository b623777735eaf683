"""QGIS styles inside a GeoPackage: its table ``layer_styles`` holds one QML document a layer, applied on opening.

Each layer is drawn by rules, one a class of the legend.  Widths are data-defined, with the constants of all maps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from energy_routes.answer import Words
from energy_routes.maps.data import style
from energy_routes.pack import Family

MM = 25.4 / 72.0  # QGIS measures strokes in millimetres
SHAPES = {"field": ("triangle", style.INK), "port": ("circle", style.HALO), "hub": ("circle", style.HALO),
          "border": ("square", style.HALO), "refinery": ("square", style.INK), "storage": ("pentagon", style.HALO),
          "market": ("diamond", style.INK)}
ALONG, BESIDE = "2", "6"  # where QGIS places a label: along a line, in the first free place around a point
FLOWS = f'"volume" > {style.FLOW_FLOOR}'
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


@dataclass(frozen=True)
class Stroke:
    """A class of lines in the legend: its name, the condition on a line, and how it is drawn.

    ``width`` is an expression in millimetres; ``arrow``: whether an arrow shows the direction of flow.
    """

    name: str
    where: str
    colour: str
    width: str = "0.25"
    dash: str = "solid"
    arrow: bool = True

    def layers(self) -> Iterator[Element]:
        """The line, and the arrow in its middle."""
        yield _layer("SimpleLine", {"line_color": _rgb(self.colour), "line_width": "0.5", "line_width_unit": "MM",
                                    "line_style": self.dash, "capstyle": "round", "joinstyle": "round"},
                     {"outlineWidth": self.width})
        if not self.arrow:
            return
        along = _layer("MarkerLine", {"placements": "CentralPoint", "placement": "centralpoint", "rotate": "1"}, {})
        head = SubElement(along, "symbol", type="marker", name="@arrow", alpha="1", clip_to_extent="1", force_rhr="0")
        head.append(_layer("SimpleMarker", {"name": "filled_arrowhead", "color": _rgb(style.HALO), "size_unit": "MM",
                                            "outline_color": _rgb(style.INK), "outline_width": "0.2", "size": "2"},
                           {"size": f"1.8 + {self.width}"}))
        yield along


def flow_style(families: Iterable[Family], words: Words) -> str:
    """Lines: width by flow, colour by family and utilisation; what carries nothing is thin, dashed when proposed."""
    width = f'{MM:.5f} * ({style.BASE_PT} + {style.PT_PER_MONTHLY} * "per_month")'
    edges = (0.0, *style.UTILISATION_STEPS, 1e9)
    strokes = []
    for family in families:
        for k, (told, tone) in enumerate(zip(style.steps_told(words), family.ramp, strict=True)):
            within = f'"utilisation" >= {edges[k]} AND "utilisation" < {edges[k + 1]}'
            strokes.append(Stroke(f"{words.of_family('family', family)}: {told}",
                                  f"\"family\" = '{family.id}' AND {FLOWS} AND {within}", tone, width))
    strokes += [
        Stroke(words("legend.no_limit"), f'{FLOWS} AND "utilisation" IS NULL', style.UNCAPPED, width),
        Stroke(words("legend.proposed"), f"NOT ({FLOWS}) AND \"status\" = 'proposed'", style.IDLE, dash="dash",
               arrow=False),
        Stroke(words("legend.idle"), "ELSE", style.IDLE, dash="dot", arrow=False),
    ]
    symbols = [(one.name, one.where, _symbol("line", *one.layers())) for one in strokes]
    return _document(symbols, _label(f'CASE WHEN {FLOWS} THEN "name" END', ALONG), order="per_month")


def change_style(most: float, words: Words) -> str:
    """Lines: width and colour by change, grey where nothing changes; ``most``: the largest change, Mt (bcm)."""
    scale = most or 1.0
    still, strong = scale / 100, scale / 3
    points = f'{style.CHANGE_BASE_PT} + {style.CHANGE_PT} * abs("change") / {scale}'
    least, step = Stroke("", "", style.STILL, f"{MM:.5f} * ({points})"), words.number(strong, 2)
    strokes = [
        replace(least, name=words("legend.decrease_more", step=step), where=f'"change" <= {-strong}',
                colour=style.LESS[1]),
        replace(least, name=words("legend.decrease"), where=f'"change" > {-strong} AND "change" <= {-still}',
                colour=style.LESS[0]),
        Stroke(words("legend.none"), f'abs("change") < {still}', style.STILL, arrow=False),
        replace(least, name=words("legend.increase"), where=f'"change" >= {still} AND "change" < {strong}',
                colour=style.MORE[0]),
        replace(least, name=words("legend.increase_more", step=step), where=f'"change" >= {strong}',
                colour=style.MORE[1]),
    ]
    told = "\"name\" || ' ' || CASE WHEN \"change\" > 0 THEN '+' ELSE '' END || round(\"change\", 2)"
    symbols = [(one.name, one.where, _symbol("line", *one.layers())) for one in strokes]
    return _document(symbols, _label(f'CASE WHEN abs("change") >= {still} THEN {told} END', ALONG), order="volume")


def node_style(words: Words) -> str:
    """Points: a shape for each kind, as on the other maps."""
    symbols = []
    for kind, (shape, fill) in SHAPES.items():
        options = {"name": shape, "color": _rgb(fill), "outline_color": _rgb(style.INK), "outline_width": "0.3",
                   "size": "1.4" if kind == "hub" else "2.4", "size_unit": "MM"}
        symbols.append((words(f"kind.{kind}"), f"\"kind\" = '{kind}'",
                        _symbol("marker", _layer("SimpleMarker", options, {}))))
    return _document(symbols, _label('CASE WHEN "volume" > 0 THEN "label" END', BESIDE))


def country_style() -> str:
    """Areas: the land of the map, the home country not set apart."""
    options = {"color": _rgb(style.LAND), "outline_color": _rgb(style.BORDER), "outline_width": "0.2", "style": "solid"}
    return _document([("", "", _symbol("fill", _layer("SimpleFill", options, {})))], None)


def _symbol(kind: str, *layers: Element) -> Element:
    symbol = Element("symbol", type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    symbol.extend(layers)
    return symbol


def _layer(kind: str, options: Mapping[str, str], defined: Mapping[str, str]) -> Element:
    """A symbol layer: fixed options, and properties that an expression over the columns gives."""
    layer = Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    _options(SubElement(layer, "Option", type="Map"), options)
    if defined:
        of = SubElement(SubElement(layer, "data_defined_properties"), "Option", type="Map")
        _options(of, {"name": "", "type": "collection"})
        properties = SubElement(of, "Option", type="Map", name="properties")
        for name, expression in defined.items():
            one = SubElement(properties, "Option", type="Map", name=name)
            SubElement(one, "Option", type="bool", name="active", value="true")
            SubElement(one, "Option", type="int", name="type", value="3")
            _options(one, {"expression": expression})
    return layer


def _options(of: Element, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        SubElement(of, "Option", type="QString", name=name, value=value)


def _label(expression: str, placement: str) -> Element:
    """Small dark labels with a white edge, where the expression is not NULL."""
    labels = Element("labeling", type="simple")
    settings = SubElement(labels, "settings", calloutType="simple")
    text = SubElement(settings, "text-style", fieldName=expression,
                      isExpression="1", fontSize="7", fontSizeUnit="Point", textColor=_rgb(style.INK))
    SubElement(text, "text-buffer", bufferDraw="1", bufferSize="0.7", bufferSizeUnits="MM",
               bufferColor="255,255,255,230")
    SubElement(settings, "placement", placement=placement, dist="1", distUnits="MM", placementFlags="10",
               predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR")
    SubElement(settings, "rendering", obstacle="0", drawLabels="1")
    return labels


def _document(symbols: Iterable[tuple[str, str, Element]], labels: Element | None, order: str = "") -> str:
    """A QML document of rules (name, condition, symbol); ``order``: the column of which the largest is drawn below."""
    root = Element("qgis", version="3.28", styleCategories="Symbology|Labeling",
                   labelsEnabled=str(int(labels is not None)))
    renderer = SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0",
                          enableorderby=str(int(bool(order))))
    rules, drawn = SubElement(renderer, "rules", key="all"), SubElement(renderer, "symbols")
    for k, (name, where, symbol) in enumerate(symbols):
        SubElement(rules, "rule", key=f"rule{k}", symbol=str(k), label=name, filter=where)
        symbol.set("name", str(k))
        drawn.append(symbol)
    if order:
        by = SubElement(SubElement(renderer, "orderby"), "orderByClause", asc="0", nullsFirst="1")
        by.text = order
    if labels is not None:
        root.append(labels)
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>{tostring(root, encoding='unicode')}"


def _rgb(colour: str) -> str:
    """'#aa3377' as QGIS writes it: '170,51,119,255'."""
    return ",".join(str(int(colour[k:k + 2], 16)) for k in (1, 3, 5)) + ",255"
