"""A route added to a pack: its row among the arcs, its line for maps, and the meters that count it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from energy_routes.errors import Fault, refuse
from energy_routes.network.meters import meters_of
from energy_routes.pack import (
    TABLES,
    UNLIMITED,
    Family,
    Pack,
    Sheet,
    Tables,
    Time,
    check_structure,
    inner_unit,
    nearest,
    typed,
)

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class AddedRoute:
    """A pipeline (or another lane) that no table has: drawn on a map, or written in Python.

    ``start`` and ``end`` are nodes; ``capacity`` is in Mt or bcm per ``time``: y, month or d (inf: no limit);
    ``tariff`` in USD/t or USD/1000 m³, lengths in km, ``capex`` in MUSD (None: not known).  ``commodity`` None lets
    every grade through.
    ``line`` is (lon, lat) in WGS 84.  ``note`` says how each figure was made, ``reason`` why the route is tried.
    """

    id: str
    name: str
    start: str
    end: str
    tariff: float
    capacity: float = float("inf")
    commodity: str | None = None
    mode: str = "pipeline"
    length_km: float | None = None
    water_km: float = 0.0
    countries: tuple[str, ...] = ()
    chokepoints: tuple[str, ...] = ()
    line: Line = ()
    capex: float | None = None
    source: str = "estimate"
    note: str = ""
    reason: str = ""
    time: Time = "y"


def with_arcs(pack: Pack, routes: Sequence[AddedRoute], opened: Collection[str] = ()) -> Pack:
    """The pack with routes in its tables, still to be opened by edits (status: proposed), and their meters.

    ``opened`` names other arcs that edits open: paths over them count.  Raises DataError when an id is taken, an end is
    no node of the pack, or volumes could not be counted right.
    """
    refuse(f"routes added to {pack.name}", [fault for route in routes for fault in _misplaced(pack, route, routes)])
    laid = _laid(pack, "arcs", [_arc_row(route, pack.family) for route in routes])
    laid = _laid(laid, "lanes", [{"arc": route.id, "commodity": route.commodity, "source": route.source,
                                  "confidence": "estimate", "note": route.note} for route in routes if route.commodity])
    opened = {*opened, *(route.id for route in routes)}
    for route in routes:
        laid, faults = _metered(laid, route, opened)
        refuse(f"route {route.name}", faults)
    refuse(f"routes added to {pack.name}", _uncounted("drawn route", pack.tables, laid.tables, opened))
    return replace(laid, drawn={**laid.drawn, **{route.id: route.line for route in routes if route.line}})


def _misplaced(pack: Pack, route: AddedRoute, routes: Sequence[AddedRoute]) -> list[Fault]:
    nodes = pack.tables["nodes"]["id"].tolist()
    faults = [Fault("drawn route", column=end, found=f"no node {end!r} in {pack.name}", expected="a node of the pack",
                    repair=nearest(end, nodes)) for end in (route.start, route.end) if end not in nodes]
    if route.id in set(pack.tables["arcs"]["id"]) or [r.id for r in routes].count(route.id) > 1:
        faults.append(Fault("drawn route", column="id", found=f"{route.id!r} is the id of another arc of {pack.name}",
                            expected="an id of its own", repair="Give the drawn line another `id` or `name`."))
    return faults


def _metered(pack: Pack, route: AddedRoute, opened: Collection[str]) -> tuple[Pack, list[Fault]]:
    """The pack with the groups and meters that a route needs."""
    meters, faults = meters_of(pack.tables, route.id, route.name, route.countries, route.chokepoints, opened)
    have = set(zip(pack.tables["groups"]["kind"], pack.tables["groups"]["group"], strict=True))
    pack = _laid(pack, "groups", [{"kind": m.kind, "group": m.group, "name": m.name, "note": "Added with a route."}
                                  for m in meters if (m.kind, m.group) not in have])
    return _laid(pack, "meters", [{"kind": m.kind, "group": m.group, "arc": route.id} for m in meters]), faults


def _arc_row(route: AddedRoute, family: Family) -> dict[str, str]:
    capacity = UNLIMITED if route.capacity == float("inf") else repr(route.capacity)
    length = "" if route.length_km is None else f"{route.length_km:.1f}"
    return {
        "id": route.id, "from": route.start, "to": route.end, "name": route.name,
        "line": route.name.removesuffix(" (drawn)"), "mode": route.mode,
        "status": "proposed", "capacity": capacity, "unit": inner_unit("rate", family, route.time),
        "tariff": repr(route.tariff), "length_km": length,
        "route": route.id if route.line else "", "geometry_km": length if route.line else "",
        "countries": ";".join(route.countries), "chokepoints": ";".join(route.chokepoints),
        "source": route.source, "confidence": "estimate", "note": route.note,
    }  # fmt: skip


def _laid(pack: Pack, table: str, rows: list[dict[str, str]]) -> Pack:
    """The pack with rows put under a table; blank cells get the schema's defaults, as if they stood in the file."""
    if not rows:
        return pack
    header = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[str(row.get(name, "")) for name in header] for row in rows]
    faults: list[Fault] = []
    sheet = Sheet("drawn route", header, cells, [0] * len(rows))
    draft = typed(TABLES[table], sheet, pack.family, faults)
    refuse("the drawn route", faults)
    frame = pd.concat([pack.tables[table], draft.frame], ignore_index=True)
    frame = frame.astype(pack.tables[table].dtypes.to_dict())
    places: Mapping[str, np.ndarray[tuple[int], np.dtype[np.int64]]] = {
        **pack.rows, table: np.append(pack.rows[table], draft.rows)}
    units = {**pack.units, table: {name: np.append(pack.units[table][name], own) for name, own in draft.units.items()}}
    return replace(pack, tables={**pack.tables, table: frame}, rows=places, units=units)


def refuse_uncounted(packs: Sequence[Pack], old: pd.DataFrame, new: pd.DataFrame, opened: Collection[str]) -> None:
    """Raise DataError where ``new`` markets, of which some have become exports, are reached past the groups' meters."""
    for pack in packs:
        own = pack.tables["markets"]["id"]
        before, after = ({**pack.tables, "markets": markets[markets["id"].isin(own)]} for markets in (old, new))
        refuse("the edits", _uncounted("edit", before, after, opened))


def _uncounted(place: str, old: Tables, new: Tables, opened: Collection[str]) -> list[Fault]:
    """Where paths of the ``new`` tables are counted twice or not at all, and those of the ``old`` are not."""
    def tell(table: str, row: int, column: str, found: str, expected: str, repair: str) -> Fault:
        return Fault(place, column=table, found=found, expected=expected, repair=repair)

    before = set(check_structure(old, tell, opened))
    return [fault for fault in check_structure(new, tell, opened) if fault not in before]
