"""A made network of any size: ``python benchmarks/generate.py FOLDER --columns 86000 --seed 1`` writes pack and model.

``--columns 1000000 --packs 2`` makes one of oil and one of gas, which share nothing;
``--no-tanks`` lets no month lean on another.

Fields, hubs, ports and markets stand on the land and the coasts of the base map.  Pipelines join neighbouring hubs and
lead to the ports; tankers lead on to the markets.  Every figure is drawn: nothing here is data.  The same seed gives
the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, cKDTree

from energy_routes.network.geometry import Basemap, read_basemap
from energy_routes.pack import data_path

Points = NDArray[np.float64]
Row = dict[str, Any]

INLAND = (46.0, 38.0, 88.0, 55.0)  # west, south, east, north: where fields and hubs are
PORTS = (27.0, 36.0, 54.0, 47.0)  # the Black Sea, the Caspian and the eastern Mediterranean
MARKETS = ((-6.0, 36.0, 30.0, 55.0), (115.0, 22.0, 130.0, 40.0))  # Europe and the Far East
COASTS = 8  # corridors: ports are grouped by longitude
KM = 111.2  # in a degree of latitude
COLUMNS_A_HUB, ARCS_A_HUB = 11.5, 4.1  # columns in each period; found by counting
MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
PACK = """title = "A made network of {hubs} hubs (seed {seed})"
family = "{family}"
description = "Drawn at random to measure time and memory; no figure of it is true of any place."
attribution = ["nobody"]
licence = "CC0"
reference = "{reference}"
"""
MODEL = """title = "A made network, seed {seed}"
question = "How long does an answer take?"
data = {data}
year = 2024
periods = "{periods}"
"""


@dataclass(frozen=True)
class Kind:
    """What a pack carries: its family, grades and what ``content`` each has, its units, and what is paid for it."""

    family: str
    content: str
    grades: Mapping[str, float]
    volume: str
    money: str
    price: tuple[float, float]
    home: tuple[float, float]

    @property
    def rate(self) -> str:
        """The unit of a volume a year."""
        return f"{self.volume}/y"

    @property
    def reference(self) -> str:
        """The grade that prices are of."""
        return next(iter(self.grades))


OIL = Kind("oil", "bbl_per_t", {"LIGHT": 7.9, "MEDIUM": 7.5, "HEAVY": 7.1}, "Mt", "USD/t", (520, 600), (200, 350))
GAS = Kind("gas", "mj_per_m3", {"LEAN": 37.0, "GRID": 38.5, "RICH": 40.0}, "bcm", "USD/1000m3", (220, 290), (60, 120))
KINDS = (OIL, GAS)


@dataclass(frozen=True)
class Places:
    """Where things stand: (lon, lat) of hubs, ports and markets, shape (·, 2) each."""

    hubs: Points
    ports: Points
    markets: Points


@dataclass
class Made:
    """The rows of each table of a pack, and the lines that are drawn; ``mark`` begins every name."""

    kind: Kind
    mark: str = ""
    tables: dict[str, list[Row]] = field(default_factory=dict)
    lines: dict[str, Points] = field(default_factory=dict)

    def called(self, *parts: object) -> str:
        """The id of a row."""
        return self.mark + "_".join(map(str, parts))

    def add(self, table: str, /, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)

    def link(self, name: str, ends: tuple[Row, Row], line: Points, **row: Any) -> float:
        """An arc between two nodes along a line; its length in km."""
        length = float(_km(line[1:], line[:-1]).sum())
        self.lines[name] = line
        self.add("arcs", **{"id": name, "from": ends[0]["id"], "to": ends[1]["id"], "route": name,
                            "unit": self.kind.rate, "name": f"{ends[0]['name']} to {ends[1]['name']}",
                            "length_km": round(length, 1), **row})
        return length


def generate(folder: Path, hubs: int, seed: int, periods: str = "month", packs: int = 1, *, tanks: bool = True) -> Path:
    """Write a network of so many hubs as packs and ``model.toml`` in a new folder; the model's path.

    Parameters
    ----------
    folder : Path
        It must not exist.
    hubs : int
        8 at least in each pack.  There are as many fields, an eighth as many ports, and a sixteenth as many markets.
    seed : int
        Of everything that is drawn.
    periods : str
        'month' or 'year', of the model.
    packs : int
        Among which the hubs are shared out: oil, gas, oil …, with nothing in common.
    tanks : bool
        Whether ports store, and limits over the year tie its months.

    Raises
    ------
    FileExistsError
        The folder is there already.
    """
    folder.mkdir(parents=True)
    draw, basemap = np.random.default_rng(seed), read_basemap(data_path("basemap"))
    places = ["."] if packs == 1 else [f"pack{at}" for at in range(packs)]
    for at, place in enumerate(places):
        made = Made(KINDS[at % len(KINDS)], mark=f"N{at}_" if packs > 1 else "")
        _network(made, draw, _places(draw, hubs // packs, basemap), basemap, tanks=tanks)
        _write(folder / place, made, PACK.format(hubs=hubs // packs, seed=seed, family=made.kind.family,
                                                 reference=made.mark + made.kind.reference))
    data = json.dumps(places if packs > 1 else ".")
    (folder / "model.toml").write_text(MODEL.format(seed=seed, periods=periods, data=data), "utf-8")
    return folder / "model.toml"


def _write(folder: Path, made: Made, head: str) -> None:
    """A pack."""
    folder.mkdir(exist_ok=True)
    for name, rows in made.tables.items():
        _write_csv(folder / f"{name}.csv", rows)
    features = [{"type": "Feature", "properties": {"id": name},
                 "geometry": {"type": "LineString", "coordinates": line.round(3).tolist()}}
                for name, line in made.lines.items()]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "attribution": "drawn at random", "features": features})
    (folder / "routes.geojson").write_text(text + "\n", "utf-8")
    (folder / "pack.toml").write_text(head, "utf-8")


def _places(draw: np.random.Generator, hubs: int, basemap: Basemap) -> Places:
    """Hubs on land at random, ports and markets along the coasts."""
    land = shapely.union_all([polygon.buffer(0.02) for _, polygon in basemap.countries])
    shapely.prepare(land)
    found = np.zeros((0, 2))
    while len(found) < hubs:
        points = draw.uniform(INLAND[:2], INLAND[2:], size=(hubs, 2))
        found = np.vstack([found, points[shapely.contains_xy(land, points)]])[:hubs]
    ports, markets = max(2, hubs // 8), max(2, hubs // 16)
    far = [_on_coast(draw, land, box, markets // 2 + at * (markets % 2)) for at, box in enumerate(MARKETS)]
    return Places(found, _on_coast(draw, land, PORTS, ports), np.vstack(far))


def _on_coast(draw: np.random.Generator, land: Any, box: tuple[float, ...], count: int) -> Points:
    """So many points of the coast inside a box."""
    coast = [line for line in shapely.get_parts(shapely.clip_by_rect(land.boundary, *box)) if line.length > 1]
    ends = np.cumsum([line.length for line in coast])
    at = np.sort(draw.uniform(0, ends[-1], size=count))
    where = np.searchsorted(ends, at)
    return shapely.get_coordinates([coast[i].interpolate(ends[i] - x) for i, x in zip(where, at, strict=True)])


def _km(a: Points, b: Points) -> NDArray[np.float64]:
    """Distance of points in km, on a plane that is true at the middle latitude."""
    lon, lat = np.moveaxis(np.asarray(a) - np.asarray(b), -1, 0)
    middle = np.deg2rad((np.asarray(a)[..., 1] + np.asarray(b)[..., 1]) / 2)
    return np.asarray(np.hypot(lon * np.cos(middle), lat) * KM)


def _pipes(places: Places) -> list[tuple[int, int]]:
    """Pipelines as pairs of positions (hubs, then ports), each towards the nearest port; some are laid both ways.

    Neighbours are those of the Gabriel graph: no third place stands in the circle between two.  It is connected.
    """
    all_places = np.vstack([places.hubs, places.ports])
    corners = Delaunay(all_places).simplices
    edges = np.unique(np.sort(np.vstack([corners[:, pair] for pair in ((0, 1), (1, 2), (0, 2))])), axis=0)
    ends = all_places[edges]
    half = np.hypot(*(ends[:, 0] - ends[:, 1]).T) / 2
    edges = edges[cKDTree(all_places).query(ends.mean(axis=1))[0] >= half - 1e-9]
    length = _km(all_places[edges[:, 0]], all_places[edges[:, 1]])
    size, hubs = len(all_places), len(places.hubs)
    graph = coo_array((length, edges.T), shape=(size, size))
    away = dijkstra(graph.tocsr(), directed=False, indices=np.arange(hubs, size), min_only=True)
    pairs = [(a, b) if away[a] >= away[b] else (b, a) for a, b in edges.tolist()]
    kept = [(a, b) for a, b in pairs if a < hubs]  # nothing leads on from a port but tankers
    both = [(b, a) for a, b in kept[::3] if b < hubs]
    return kept + both


def _network(made: Made, draw: np.random.Generator, places: Places, basemap: Basemap, *, tanks: bool) -> None:
    for grade, content in made.kind.grades.items():
        made.add("commodities", **{"id": made.mark + grade, "name": grade.capitalize(), "family": made.kind.family,
                                   made.kind.content: content, "confidence": "given"})
    hubs, ports, markets = (
        _nodes(made, kind, points, basemap.countries)
        for kind, points in (("hub", places.hubs), ("port", places.ports), ("market", places.markets))
    )
    supplied = _fields(made, draw, places.hubs, hubs, basemap.countries)
    _pipelines(made, draw, places, hubs + ports, supplied, tied=tanks)
    _tankers(made, draw, places, ports, markets, float(supplied.sum()), tanks=tanks)
    _home(made, draw, hubs, supplied)


def _nodes(made: Made, kind: str, points: Points, countries: Iterable[tuple[str, Any]]) -> list[Row]:
    """Nodes of a kind, each in the country that is nearest."""
    codes, polygons = zip(*countries, strict=True)
    near = shapely.STRtree(polygons).nearest(shapely.points(points))
    rows = [{"id": made.called(kind.upper(), i), "name": f"{kind.capitalize()} {i}", "kind": kind, "country": codes[at],
             "lat": round(float(lat), 3), "lon": round(float(lon), 3), "confidence": "given"}
            for i, ((lon, lat), at) in enumerate(zip(points, near, strict=True))]  # fmt: skip
    made.tables.setdefault("nodes", []).extend(rows)
    return rows


def _fields(
    made: Made, draw: np.random.Generator, at: Points, hubs: list[Row], countries: Iterable[tuple[str, Any]]
) -> NDArray[np.float64]:
    """A field beside each hub, of one grade; what each brings, Mt a year."""
    points = at + draw.uniform(-0.4, 0.4, size=at.shape)
    output = _spread(draw, len(at)).round(2)
    grades = draw.choice(list(made.kind.grades), size=len(at))
    for i, node in enumerate(_nodes(made, "field", points, countries)):
        made.link(made.called("GATHER", i), (node, hubs[i]), np.vstack([points[i], at[i]]), capacity="unlimited",
                  tariff=2, mode="pipeline", confidence="given")
        made.add("supplies", id=made.called("SUPPLY", i), node=node["id"], commodity=made.mark + grades[i],
                 shipper=f"Shipper {i % 40}", available=round(output[i], 2), unit=made.kind.rate,
                 cost=round(draw.uniform(20, 90), 2), confidence="given")
    return np.asarray(output)


def _pipelines(
    made: Made, draw: np.random.Generator, places: Places, nodes: list[Row], supplied: NDArray[np.float64],
    *, tied: bool
) -> None:
    """Pipelines with losses, outages, contracts and joint limits; an average one carries what some fields bring."""
    all_places = np.vstack([places.hubs, places.ports])
    for i, (a, b) in enumerate(_pipes(places)):
        name, mean = made.called("PIPE", i), float(supplied.mean())
        capacity = round(4.5 * mean * float(_spread(draw, 1)[0]), 2)
        length = made.link(name, (nodes[a], nodes[b]), _curved(draw, all_places[a], all_places[b]), capacity=capacity,
                           tariff=round(draw.uniform(0.008, 0.02) * float(_km(all_places[a], all_places[b])) + 2, 3),
                           mode="rail" if i % 9 == 0 else "pipeline", confidence="given")
        if length > 100:
            for grade in made.kind.grades:
                made.add("lanes", arc=name, commodity=made.mark + grade, confidence="given", quality=0,
                         money_unit=made.kind.money, **{"yield": round(1 - 4e-6 * length, 5)})
        if i % 12 == 0:
            month, left = MONTHS[int(draw.integers(12))], round(draw.uniform(0.4, 0.9), 2)
            _dated(made, "arcs", name, "availability", {month: left})
        if i % 20 == 0:
            made.add("contracts", id=made.called("PAY", i), kind="ship_or_pay", arc=name, unit=made.kind.rate,
                     volume=round(0.2 * capacity, 2), charge=round(draw.uniform(2, 8), 2), confidence="given")
        if i % 15 == 0:
            made.add("limits", id=made.called("JOINT", i), high=round(1.4 * capacity, 2), unit=made.kind.rate,
                     confidence="given", over="horizon" if tied and i % 30 else "period")
            for arc in range(max(i - 2, 0), i + 1):
                made.add("limit_terms", limit=made.called("JOINT", i), arc=made.called("PIPE", arc), weight=1)


def _tankers(
    made: Made, draw: np.random.Generator, places: Places, ports: list[Row], markets: list[Row], total: float,
    *, tanks: bool
) -> None:
    """Each port ships to four markets at most and has tanks; corridors count what each coast ships."""
    order = np.argsort(places.ports[:, 0], kind="stable")
    corridor = {int(port): made.called("COAST", rank * COASTS // len(ports)) for rank, port in enumerate(order)}
    for name in sorted(set(corridor.values())):
        made.add("groups", kind="corridor", group=name, name=name.replace("_", " ").capitalize())
    for i, port in enumerate(ports):
        for j in draw.choice(len(markets), size=min(4, len(markets)), replace=False).tolist():
            name, line = made.called("SHIP", i, j), _curved(draw, places.ports[i], places.markets[j])
            made.link(name, (port, markets[j]), line, capacity="unlimited", mode="tanker", confidence="given",
                      tariff=round(3 + draw.uniform(0.002, 0.004) * float(_km(line[0], line[-1])), 3))
            made.add("meters", kind="corridor", group=corridor[i], arc=name)
        if tanks:
            made.add("storages", id=made.called("TANKS", i), node=port["id"],
                     working_volume=round(total / len(ports) / 24, 3), volume_unit=made.kind.volume,
                     closing="cyclic", confidence="given")
    for market in markets:
        price = draw.uniform(*made.kind.price)
        made.add("markets", id=market["id"], node=market["id"], name=market["name"], price=round(price, 2),
                 price_unit=made.kind.money, reference=made.mark + made.kind.reference, confidence="given")
        _dated(made, "markets", market["id"], "price", {m: round(price + draw.normal(0, 12), 2) for m in MONTHS})
        for tier, (share, discount) in enumerate(((0.8, 0), ("unlimited", 15)), start=1):
            depth = share if isinstance(share, str) else round(share * total / len(markets), 2)
            made.add("tiers", market=market["id"], tier=tier, depth=depth, unit=made.kind.rate, discount=discount,
                     money_unit=made.kind.money, confidence="given")


def _home(made: Made, draw: np.random.Generator, hubs: list[Row], supplied: NDArray[np.float64]) -> None:
    """A refinery at every tenth hub; what it does not get is paid for."""
    for i, hub in enumerate(hubs[::10]):
        made.add("obligations", id=made.called("HOME", i), node=hub["id"], unit=made.kind.rate,
                 volume=round(0.5 * float(supplied[10 * i]), 2), value=round(draw.uniform(*made.kind.home), 2),
                 penalty=800, money_unit=made.kind.money, confidence="given")


def _dated(made: Made, table: str, name: str, column: str, figures: Mapping[str, float]) -> None:
    for period, value in figures.items():
        unit = made.kind.money if column == "price" else ""
        made.add("values", table=table, id=name, field=column, period=period, value=value, unit=unit,
                 confidence="given")


def _spread(draw: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Factors about 1, from a tenth to ten times."""
    return np.asarray(np.clip(draw.lognormal(0.0, 0.7, size=count), 0.1, 10.0))


def _curved(draw: np.random.Generator, start: Points, end: Points) -> Points:
    """A line with a bend to one side, five points."""
    along = np.linspace(0, 1, 5)[:, None]
    across = np.array([end[1] - start[1], start[0] - end[0]]) * draw.uniform(-0.12, 0.12)
    return np.asarray((1 - along) * start + along * end + np.sin(np.pi * along) * across)


def _write_csv(file: Path, rows: list[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


def hubs_for(columns: int | None = None, arcs: int | None = None, periods: str = "month") -> int:
    """How many hubs give about so many columns of the programme, or arcs of the network."""
    if arcs is not None:
        return round(arcs / ARCS_A_HUB)
    return max(8, round((columns or 10_000) / COLUMNS_A_HUB / (12 if periods == "month" else 1)))


def main(arguments: list[str]) -> None:
    """Write a network; its model is printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--columns", type=int, help="about so many columns of the linear programme")
    parser.add_argument("--arcs", type=int, help="or about so many arcs: --arcs 2000 for the map")
    parser.add_argument("--periods", choices=("month", "year"), default="month")
    parser.add_argument("--packs", type=int, default=1, help="oil, gas, oil …, with nothing in common")
    parser.add_argument("--no-tanks", action="store_true", help="no stocks and no limit over the year")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    hubs = hubs_for(asked.columns, asked.arcs, asked.periods)
    print(generate(asked.folder, hubs, asked.seed, asked.periods, asked.packs, tanks=not asked.no_tanks))


if __name__ == "__main__":
    main(sys.argv[1:])
