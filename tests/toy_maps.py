"""A small plan in the shape that maps read: a field, a hub, a port in Kazakhstan, and a market beyond the frame."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

import energy_routes as er
from energy_routes.maps.page.interactive import Page, page
from energy_routes.network.merge import Stack
from energy_routes.network.network import Network
from energy_routes.pack import TABLES
from energy_routes.pack.units.families import OIL
from energy_routes.pack.units.periods import periods_of
from energy_routes.plan.doubt import BANDS, RANGES
from energy_routes.plan.plan import MEANING, Prices

# A field, a hub and a port in Kazakhstan, and a market in China that lies outside the frame.
NODES = pd.DataFrame(
    [("F", "Field (big)", "field", "KZ", 47.0, 54.0), ("H", "Hub", "hub", "KZ", 47.0, 52.0),
     ("P", "Port", "port", "KZ", 43.6, 51.2), ("Q", "Berth", "hub", "KZ", 43.62, 51.22),
     ("M", "Market", "market", "CN", 30.0, 121.5), ("X", "Nowhere", "hub", "KZ", np.nan, np.nan)],
    columns=["id", "name", "kind", "country", "lat", "lon"],
)
# id, from, to, mode, status, capacity a year, volume a year
ARCS = [
    ("FH", "F", "H", "pipeline", "operating", 12.0, 12.0), ("HP", "H", "P", "pipeline", "operating", 24.0, 6.0),
    ("PQ", "P", "Q", "transfer", "operating", 6.0, 6.0), ("QM", "Q", "M", "tanker", "operating", np.inf, 6.0),
    ("HX", "H", "X", "rail", "operating", 1.0, 0.5), ("FP", "F", "P", "pipeline", "proposed", 5.0, 0.0),
    ("HF", "H", "F", "pipeline", "idle", 5.0, 0.0), ("MQ", "M", "Q", "tanker", "operating", np.inf, 0.0),
]


def toy_plan(step: str = "year", prices: dict[str, float] | None = None, exported: float = 6.0,
             shut_in: float = 0.0, west: float = 4.5, east: float = 1.5, netback: float = 900.0, year: int = 2024,
             title: str = "A toy", grade: str = "high", flows: dict[str, float] | None = None) -> Any:
    """A plan of the contract's shape with flat flows; ``prices``: USD/t of FH by period; ``flows``: Mt/y by arc."""
    periods = periods_of([year], step)  # type: ignore[arg-type]
    rows = [
        {"period": p.label, "arc": arc, "name": f"Line {arc}", "from": start, "to": end, "mode": mode, "operator": "",
         "status": status, "family": "oil", "volume": volume * p.years, "capacity": capacity * p.years,
         "utilisation": volume / capacity if np.isfinite(capacity) else np.nan,
         "price": (prices or {}).get(p.label, 0.0) if arc == "FH" else 0.0, "unit": "Mt"}
        for p in periods for arc, start, end, mode, status, capacity, flat in ARCS
        for volume in [(flows or {}).get(arc, flat)]
    ]
    sold = pd.DataFrame([{"period": p.label, "export": True, "market": "M", "name": "The market", "family": "oil",
                          "unit": "Mt",
                          "volume": exported * p.years} for p in periods])
    lifted = pd.DataFrame([{"period": p.label, "node": "F", "family": "oil", "unit": "Mt",
                            "lifted": (12.0 - shut_in) * p.years, "shut_in": shut_in * p.years} for p in periods])
    groups = pd.DataFrame([{"kind": "corridor", "group": name.upper(), "name": f"The {name}ern way", "family": "oil",
                            "period": p.label, "volume": volume * p.years}
                           for p in periods for name, volume in (("west", west), ("east", east))])
    ids = [a[0] for a in ARCS]
    known = pd.DataFrame({"id": ids, "route": "", "line": "", "from": [a[1] for a in ARCS],
                          "to": [a[2] for a in ARCS], "capacity": [a[5] for a in ARCS], "unit": "Mt/y",
                          "availability": 1.0, "booked": 0.0, "year": 2024,
                          "status": [a[4] for a in ARCS], "source": "", "confidence": grade, "note": ""})
    none = pd.DataFrame(columns=["table", "field", "id", "period", "value", "unit", "year", "source", "confidence",
                                 "note"])
    blank = {name: pd.DataFrame(columns=[column.name for column in table.columns]) for name, table in TABLES.items()}
    tables = {**blank, "nodes": NODES, "arcs": known, "values": none,
              "markets": pd.DataFrame({"id": ["M"], "node": ["M"]}),
              "limit_terms": pd.DataFrame(columns=["limit", "arc"])}
    stack = Stack(())
    # What it would read of its packs.
    stack.__dict__.update(tables=tables, families=lambda _: defaultdict(lambda: "oil"))
    network = Network((), _stack=stack)
    network.__dict__.update(tables=tables, families={"oil": OIL})
    empty = pd.DataFrame({"kind": [], "limit": [], "name": [], "family": [], "period": [], "price": []}, dtype=object)
    case = SimpleNamespace(title=title, name="toy", periods=periods, network=network, subject=())
    return SimpleNamespace(case=case, certificate={}, meaning=MEANING, arcs=pd.DataFrame(rows), deliveries=sold,
                           groups=groups, supplies=lifted, netback=netback, prices=Prices(empty),
                           could_be=pd.DataFrame(columns=RANGES), bands=pd.DataFrame(columns=list(BANDS)))


def cut_plan(**changes: Any) -> Any:
    """The toy with its western way cut by a megatonne: half goes east, half stays in the ground, 50 MUSD are lost."""
    told = {"title": "One berth closed", "west": 3.5, "east": 2.0, "shut_in": 0.5, "exported": 5.5, "netback": 850.0,
            "flows": {"FH": 11.0, "HP": 5.0, "PQ": 5.0, "QM": 5.0, "HX": 1.0}}
    return toy_plan(**(told | changes))


def write_page(plan: er.Plan, path: Path, *, lang: str = "en", **shown: Any) -> Path:
    """The page of a plan, written."""
    Page(page(plan, lang=lang, **shown)).save(path)
    return path
