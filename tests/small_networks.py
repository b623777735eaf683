"""Random small networks for the properties: fields, a hub, two to four ways out, markets with tiers, and what else is.

Every network is valid and has a plan: home may go short at a penalty, and no minimum asks for more than there is.
Costs differ by a few cents that no sum of others makes up, so that the best plan is (almost surely) one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import strategies as st
from toy import TABLES, months, toy

from energy_routes.case.case import Case


@dataclass(frozen=True)
class Way:
    """A way from the hub to a port and its market."""

    capacity: int
    tariff: int
    kept: float
    changes: bool
    price: int
    depth: int
    length: int


@dataclass(frozen=True)
class Spec:
    """What a random network is made of; volumes in Mt/y, money in USD/t."""

    supplies: tuple[int, ...]
    ways: tuple[Way, ...]
    home: int
    joint: int
    pay: int
    share: float | None
    tank: str | None
    count: int


ways = st.builds(
    Way,
    capacity=st.integers(1, 15),
    tariff=st.integers(5, 80),
    kept=st.sampled_from([1.0, 1.0, 0.97, 0.9]),
    changes=st.booleans(),
    price=st.integers(350, 600),
    depth=st.integers(1, 8),
    length=st.integers(100, 4000),
)
specs = st.builds(
    Spec,
    supplies=st.lists(st.integers(1, 20), min_size=1, max_size=3).map(tuple),
    ways=st.lists(ways, min_size=2, max_size=4).map(tuple),
    home=st.integers(0, 4),
    joint=st.integers(4, 20),
    pay=st.integers(0, 6),
    share=st.sampled_from([None, None, 0.8, 0.95]),
    tank=st.sampled_from([None, "cyclic", "free", "opening", "value"]),
    count=st.sampled_from([1, 1, 3]),
)


def tables_of(spec: Spec) -> dict[str, list[dict[str, object]]]:
    """The rows of every table."""
    grades = [{"id": g, "name": g, "family": "oil", "bbl_per_t": b} for g, b in (("LIGHT", 7.8), ("HEAVY", 7.1))]
    n = len(spec.ways)
    fields = [f"F{i}" for i in range(len(spec.supplies))]
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in (*TABLES, "lanes", "differentials", "limits",
                                                                     "limit_terms", "storages", "contracts", "values")}
    rows["commodities"] = grades
    kinds = [*((f, "field") for f in fields), ("HUB", "hub"), *((f"P{k}", "port") for k in range(n)),
             *((f"M{k}", "market") for k in range(n))]
    rows["nodes"] = [{"id": i, "name": f"Name of {i}", "kind": kind, "country": "KZ"} for i, kind in kinds]
    for i, available in enumerate(spec.supplies):
        rows["arcs"].append(_arc(f"G{i}", f"F{i}", "HUB", "unlimited", 1 + 0.317 * i, 10 * i))
        rows["supplies"].append({"id": f"S{i}", "node": f"F{i}", "commodity": ("LIGHT", "HEAVY")[i % 2],
                                 "shipper": f"Shipper {i}", "available": available, "cost": 5 + 0.713 * i})
    for k, way in enumerate(spec.ways):
        rows["arcs"].append(_arc(f"W{k}", "HUB", f"P{k}", way.capacity, way.tariff + 0.1931 * (k + 1), way.length))
        rows["arcs"].append(_arc(f"T{k}", f"P{k}", f"M{k}", "unlimited", 7 + 0.0517 * k, 500, mode="tanker"))
        for grade in ("LIGHT", "HEAVY"):
            rows["lanes"].append({"arc": f"W{k}", "commodity": grade, "yield": way.kept,
                                  "to_commodity": "LIGHT" if way.changes else grade,
                                  "quality": 3.77 if way.changes and grade == "LIGHT" else 0,
                                  "rebate": 2.13 if k == 0 else 0})
        rows["markets"].append({"id": f"M{k}", "node": f"M{k}", "name": f"Market {k}", "price": way.price + 0.3779 * k})
        rows["tiers"] += [{"market": f"M{k}", "tier": 1, "depth": way.depth, "discount": 0},
                          {"market": f"M{k}", "tier": 2, "depth": "unlimited", "discount": 11.37}]
        rows["groups"].append({"kind": "corridor", "group": f"C{k}", "name": f"Corridor {k}"})
        rows["meters"].append({"kind": "corridor", "group": f"C{k}", "arc": f"W{k}", "market": "", "commodity": ""})
    # A crossing that only oil of the first port can take: the paths are not one a way.
    rows["arcs"].append(_arc("X", "P0", "M1", 2, 9.411, 700, mode="tanker"))
    rows["differentials"] = [{"commodity": "HEAVY", "market": "", "differential": -2.9, "price_unit": "USD/bbl"}]
    rows["obligations"] = [{"id": "HOME", "node": "HUB", "volume": spec.home, "value": 90, "penalty": 777}]
    rows["groups"].append({"kind": "transit", "group": "RU", "name": "Transit"})
    rows["meters"].append({"kind": "transit", "group": "RU", "arc": "W0", "market": "", "commodity": ""})
    rows["limits"] = [{"id": "J", "low": "", "high": spec.joint}]
    rows["limit_terms"] = [{"limit": "J", "arc": "W0", "commodity": "", "weight": 1},
                           {"limit": "J", "arc": "W1", "commodity": "", "weight": 1.25}]
    if spec.pay:
        rows["contracts"] = [{"id": "PAY", "kind": "ship_or_pay", "arc": "W1", "volume": spec.pay, "charge": 17.9,
                              "note": "checked: more may be paid for than can move"}]
    if spec.tank:
        rows["storages"] = [{"id": "TANK", "node": "P0", "commodities": "LIGHT", "working_volume": 0.3, "opening": 0.1,
                             "injection": 3, "withdrawal": 3, "closing": spec.tank, "closing_value": 333}]
        rows["values"] = [{"table": "markets", "id": "M0", "field": "price", "period": "*-02",
                           "value": spec.ways[0].price + 41.3}]
    return rows


def case_of(folder: Path, spec: Spec, *, rename: Callable[[str], str] = str, shuffle: int | None = None) -> Case:
    """The network of a spec as a case, its ids renamed and its rows shuffled as asked."""
    text = {}
    for name, rows in tables_of(spec).items():
        renamed = [{column: _renamed(column, cell, rename) for column, cell in row.items()} for row in rows]
        if shuffle is not None:
            random.Random(shuffle).shuffle(renamed)
        lines = [",".join(map(str, row.values())) for row in renamed]
        text[name] = "\n".join([",".join(rows[0]), *lines]) if rows else ""
    case = toy(folder, text)
    if spec.share is not None:
        case = case.with_policy(max_share={f"transit:{rename('RU')}": spec.share}, exports="free")
    return replace(months(case, spec.count), name="spec") if spec.count > 1 else replace(case, name="spec")


IDS = frozenset({"id", "from", "to", "arc", "node", "commodity", "to_commodity", "commodities", "market", "limit",
                 "group"})


def _renamed(column: str, cell: object, rename: Callable[[str], str]) -> object:
    return rename(cell) if column in IDS and isinstance(cell, str) and cell else cell


def _arc(name: str, start: str, end: str, capacity: object, tariff: float, length: int, mode: str = "pipeline"
         ) -> Mapping[str, object]:  # fmt: skip
    return {"id": name, "from": start, "to": end, "name": f"Name of {name}", "mode": mode, "capacity": capacity,
            "tariff": tariff, "length_km": length}
