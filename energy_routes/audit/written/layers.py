"""``flows.gpkg``: every attribute of its layers against the tables, and its lines against their digest.

A GeoPackage is an SQLite file; it is read as one, without any GIS.  Programmes rewrite it when they look into it, so
``run.json`` holds a digest of each layer's features and not of the file.
"""

from __future__ import annotations

import hashlib
import math
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from energy_routes.audit.facts import Facts, Row, rows_by, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import NEAR, Findings
from energy_routes.errors import DataError, Fault
from energy_routes.pack import read_json

FILE = "flows.gpkg"
LAYERS = ("flows", "nodes", "countries")
NO_LAYERS = ("layer_styles", "sqlite_sequence")  # and those of the format itself: gpkg_*, rtree_*
FULL, TIGHT = 0.985, 0.005  # an arc used from this share on, with a price above this (USD/t), is counted as bound
OF_ARC = ("arc", "name", "from", "to", "mode", "operator", "family", "unit")
PICTURE = "the lines, the base map and the styles are a picture: only their digest in run.json is compared"
LEFT_OUT = "the map was refused when the plan was saved, so there are no layers"
OLD = "saved before layers had a digest: lines and base map are not compared"


def layer_digests(file: Path) -> dict[str, str]:
    """The SHA-256 of the features of each layer of a GeoPackage, whatever order its pages are in.

    Raises DataError where it cannot be read.
    """
    with closing(_opened(file)) as base:
        out = {}
        for layer in LAYERS:
            digest = hashlib.sha256()
            try:
                for feature in base.execute(f"SELECT * FROM {layer} ORDER BY fid"):
                    for value in feature:
                        digest.update(value if isinstance(value, bytes) else f"{value!r};".encode())
            except sqlite3.Error as error:
                raise _unreadable(file, str(error)) from None
            out[layer] = digest.hexdigest()
        return out


def check(folder: Path, saved: Saved, facts: Facts, found: Findings) -> None:
    """The layers of a saved result, where it has some."""
    file = folder / FILE
    drawn = any((folder / "inputs" / pack / "routes.geojson").is_file() for pack in facts.packs)
    written = _written(folder)
    if not file.is_file():
        found.true("layers", FILE, not written, "is missing")
        if drawn:
            found.skip(FILE, LEFT_OUT)
        return
    found.true("layers", FILE, drawn, "does not go with the packs, which have no routes.geojson")
    try:
        with closing(_opened(file)) as base:
            rows = {layer: _features(base, layer) for layer in ("flows", "nodes")}
            names = [str(name) for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        digests = layer_digests(file)
    except (sqlite3.Error, DataError) as error:
        found.wrong("layers", f"{FILE} cannot be read: {error}")
        return
    for name in names:
        known = name in (*LAYERS, *NO_LAYERS) or name.startswith(("gpkg_", "rtree_"))
        found.true("layers", FILE, known, f"has a table {name!r}, which is not of the result")
    _compare("flows", rows["flows"], "arc", _flows(saved, facts), found)
    _compare("nodes", rows["nodes"], "id", _nodes(saved, facts), found)
    _digests(written, digests, found)


def _opened(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise _unreadable(file, "there is no such file")
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _unreadable(file: Path, why: str) -> DataError:
    return DataError(str(file.parent), [Fault(file.name, found=why, expected="the layers as they were saved")])


def _features(base: sqlite3.Connection, layer: str) -> list[Row]:
    """The features of a layer without their geometry."""
    cursor = base.execute(f"SELECT * FROM {layer}")
    names = [str(column[0]) for column in cursor.description]
    kept = [at for at, name in enumerate(names) if name not in ("fid", "geom")]
    return [{names[at]: feature[at] for at in kept} for feature in cursor]


def _compare(layer: str, rows: list[Row], key: str, own: Mapping[str, Row], found: Findings) -> None:
    """Each feature against what it should say; a column that nothing is known of is refused."""
    told = {str(row[key]): row for row in rows}
    found.true("layers", layer, len(told) == len(rows) and set(told) == set(own), f"has other {key}s than the tables")
    for name in (name for name in told if name in own):
        for column, value in told[name].items():
            what = f"{layer} {name} {column}"
            if column not in own[name]:
                found.wrong("layers", f"{what}: no such column is known here")
            elif isinstance(expected := own[name][column], float):
                found.equal("layers", what, value, expected, NEAR)
            elif expected is not ...:
                found.true("layers", what, (value or None) == (expected or None), f"{value!r}, should be {expected!r}")


def _flows(saved: Saved, facts: Facts) -> dict[str, Row]:
    """What each arc has done over the horizon."""
    paid = {column: sums_by(saved["flows"], column, "arc") for column in ("outlet", "cost")}
    worth = _worth(saved)
    months = 12.0 * sum(facts.years.values())
    bands = {row["group"]: {key: row[key] for key in ("p10", "p90", "used")}
             for row in saved["bands"] if row["kind"] == "arc"}  # fmt: skip
    out = {}
    for arc, own in rows_by(saved["arcs"], "arc").items():
        raw, volume = facts.rows["arcs"][arc], sum(row["volume"] for row in own)
        capacity = sum(row["capacity"] for row in own)
        bound = [row for row in own if row["utilisation"] >= FULL and abs(row["price"]) > TIGHT]
        money = {column: sums.get(arc, math.nan) for column, sums in paid.items()}
        out[arc] = {
            **{column: own[0][column] for column in OF_ARC},
            "status": next((r["status"] for r in own if r["status"] == "operating"), own[0]["status"]),
            "volume": volume, "capacity": capacity, "utilisation": volume / capacity if capacity > 0 else math.nan,
            "price": _price(arc, own, bound, worth, facts), "bound": float(len(bound)), **money,
            "tariff": money["cost"] / volume if volume > 0 else math.nan, "per_month": volume / months,
            "line": ..., "span": ...,
            **{column: ";".join(raw[column] or ()) for column in ("countries", "chokepoints")},
            "length_km": math.nan if raw["length_km"] is None else float(raw["length_km"]),
            "source": raw["source"], "confidence": raw["confidence"], **bands.get(arc, {}),
        }  # fmt: skip
    return out


def _worth(saved: Saved) -> dict[str, float]:
    """What one more a year of each capacity is worth, in force in every period, where it is worth something."""
    own = [row for row in saved["prices"] if row["kind"] == "capacity" and row["price_all"] > 0]
    return {limit: rows[0]["price_all"] for limit, rows in rows_by(own, "limit").items()}


def _price(arc: str, own: list[Row], bound: list[Row], worth: dict[str, float], facts: Facts) -> float:
    """The price of an arc over the horizon: of all periods together, else the mean over those in which it is full."""
    if len(own) > 1 and bound and arc in worth:
        return worth[arc]
    total = sum(facts.years.values())
    return float(sum(abs(row["price"]) * facts.years[row["period"]] for row in bound)) / total


def _nodes(saved: Saved, facts: Facts) -> dict[str, Row]:
    """What goes through each node that an arc touches, and what is lifted, sold and delivered there."""
    leaving, coming = (sums_by(saved["arcs"], "volume", end) for end in ("from", "to"))
    sold = [{**row, "node": facts.rows["markets"][row["market"]]["node"]} for row in saved["deliveries"]]
    sums = {
        "lifted": sums_by(saved["supplies"], "lifted", "node"),
        "shut_in": sums_by(saved["supplies"], "shut_in", "node"),
        "sold": sums_by(sold, "volume", "node"),
        "home": sums_by(saved["obligations"], "volume", "node"),
    }
    out: dict[str, Row] = {}
    for node in leaving | coming:
        raw = facts.rows["nodes"][node]
        places: dict[str, Any] = {c: math.nan if raw[c] is None else float(raw[c]) for c in ("lat", "lon")}
        if not any(math.isnan(place) for place in places.values()):
            facts_of = {column: raw[column] for column in ("id", "name", "kind", "country")}
            volume = max(leaving.get(node, 0.0), coming.get(node, 0.0))
            traded = {column: own.get(node, math.nan) for column, own in sums.items()}
            out[node] = {**facts_of, **places, "label": ..., "volume": volume, **traded}
    return out


def _written(folder: Path) -> dict[str, str] | None:
    """The digests of ``run.json``; None where it has none (that it cannot be read is told with the hashes)."""
    try:
        written: dict[str, str] | None = read_json(folder / "run.json").get("layers")
    except DataError:
        return None
    return written


def _digests(written: Mapping[str, str] | None, digests: Mapping[str, str], found: Findings) -> None:
    if written is None:
        found.skip(f"{FILE}: geometry", OLD)
        return
    found.skip(f"{FILE}: geometry, flows.line, flows.span, nodes.label, countries, styles", PICTURE)
    for layer, digest in digests.items():
        same = written.get(layer) == digest
        found.true("layers", f"{FILE} {layer}", same, "its features are not as they were saved (their SHA-256 differs)")
