"""A toy that is solved by hand in the tests: one field, a home refinery, two ways out, three price tiers.

    FIELD ──gather (cap 20, 1 USD/t)── HUB ──SHORT (cap 6, 30 USD/t)── EAST market 500 USD/t
                                        │──LONG  (cap 5, 50 USD/t)── WEST market 510, tier 1 3 Mt, tier 2 20 USD/t less
                                        └─ home refinery, 2 Mt a year at 100 USD/t

Netback at the hub: SHORT 470; LONG tier 1 460; LONG tier 2 440 USD/t.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from energy_routes.case.case import Case
from energy_routes.case.loading import load
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Program
from energy_routes.linear.solution import Solution, Status, worth
from energy_routes.solving.loop import program_of

TABLES: Mapping[str, str] = {
    "nodes": """
        id,name,kind,country
        FIELD,Field,field,KZ
        HUB,Hub,hub,KZ
        EAST,East,market,CN
        WEST,West,market,IT
        """,
    "commodities": """
        id,name,family,bbl_per_t
        CRUDE,Crude,oil,7.5
        """,
    "arcs": """
        id,from,to,name,capacity,tariff,length_km
        GATHER,FIELD,HUB,Gathering,20,1,10
        SHORT,HUB,EAST,Short way,6,30,1000
        LONG,HUB,WEST,Long way,5,50,3000
        """,
    "supplies": """
        id,node,commodity,shipper,available,cost
        FIELD_CO,FIELD,CRUDE,Field Co,10,9
        """,
    "obligations": """
        id,node,volume,value
        HOME,HUB,2,100
        """,
    "markets": """
        id,node,name,price
        EAST,EAST,East,500
        WEST,WEST,West,510
        """,
    "tiers": """
        market,tier,depth,discount
        WEST,1,3,0
        WEST,2,unlimited,20
        """,
    "groups": """
        kind,group,name
        corridor,SHORT,Short corridor
        corridor,LONG,Long corridor
        transit,RU,Russia
        """,
    "meters": """
        kind,group,arc,market,commodity
        corridor,SHORT,SHORT,,
        corridor,LONG,LONG,,
        transit,RU,SHORT,,
        """,
}
PLACED = """
    id,name,kind,country,lat,lon
    FIELD,Field,field,KZ,47,52
    HUB,Hub,hub,KZ,47,54
    EAST,East,market,CN,45,82
    WEST,West,market,IT,45,13
    """  # its nodes where maps find them
PACK = """
title = "Toy"
family = "oil"
description = "A toy solved by hand"
attribution = ["nobody"]
licence = "CC0"
"""
MODEL = """
title = "Toy"
question = "Which way out?"
data = "."
year = 2023
"""


def write(folder: Path, tables: Mapping[str, str] | None = None, model: str = "") -> Path:
    """Write the toy (with tables replaced, added, or dropped by None) and a model; the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text(PACK, "utf-8")
    for name, text in {**TABLES, **(tables or {})}.items():
        if text:
            (folder / f"{name}.csv").write_text(textwrap.dedent(text).strip() + "\n", "utf-8")
    (folder / "model.toml").write_text(MODEL + textwrap.dedent(model), "utf-8")
    return folder / "model.toml"


def toy(folder: Path, tables: Mapping[str, str] | None = None, model: str = "", **policy: Any) -> Case:
    """The toy as a case, its policy changed by keyword."""
    case = load(write(folder, tables, model))
    return case.with_policy(**policy) if policy else case


def burnt(folder: Path, to_a: int, to_b: int, **policy: Any) -> Case:
    """Half of what enters B is burnt and the rest is paid twice: both ways of 8 Mt earn the same, and sell 8 or 4."""
    tables = {
        "nodes": "id,name,kind,country\nFIELD,Field,field,KZ\nHUB,Hub,hub,KZ\nEAST,East,market,CN\nWEST,West,market,IT",
        "arcs": f"""
            id,from,to,name,capacity,tariff,length_km
            GATHER,FIELD,HUB,Gathering,20,1,10
            A,HUB,EAST,Way A,20,30,{to_a}
            B,HUB,WEST,Way B,20,30,{to_b}
            """,
        "lanes": "arc,commodity,yield\nB,CRUDE,0.5",
        "markets": "id,node,name,price\nEAST,EAST,East,500\nWEST,WEST,West,1000",
        "tiers": "",
        "groups": "kind,group,name\ncorridor,A,Way A\ncorridor,B,Way B",
        "meters": "kind,group,arc,market,commodity\ncorridor,A,A,,\ncorridor,B,B,,",
    }
    return toy(folder, tables, **policy)


def months(case: Case, count: int = 3) -> Case:
    """The case over the first months of its year."""
    from energy_routes.pack.units.periods import periods_of

    return replace(case, periods=periods_of([case.periods[0].year], "month")[:count])


@dataclass(frozen=True, eq=False)
class Answer:
    """The optimum of a case, before any table is made of it: quicker than a plan, where numbers are enough."""

    program: Program
    solution: Solution

    @property
    def value(self) -> float:
        """The objective as people read it: MUSD earned, or MUSD spent."""
        return self.solution.objective

    def total(self, variable: str, **labels: str) -> float:
        """Sum of a variable over the labels named: ``total("flow", arc="SHORT", period="2023")``."""
        block = self.program.column_block(variable)
        keep = np.ones(len(block.axis), dtype=bool)
        for column, label in labels.items():
            keep &= (block.axis.frame[column].astype(str) == label).to_numpy()
        return float(self.solution.x[block.slice][keep].sum())

    def worth(self, rule: str, **labels: str) -> float:
        """The dual of the one row of a rule with these labels, in USD/t; + means that a higher bound is better."""
        axis = next(rows.axis for rows in self.program.rows if rows.name == rule)
        keep = np.ones(len(axis), dtype=bool)
        for column, label in labels.items():
            keep &= (axis.frame[column].astype(str) == label).to_numpy()
        (at,) = np.flatnonzero(keep)
        return float(worth(self.program, self.solution).dual[self.program.row_slice(rule)][at])


def best(case: Case) -> Answer:
    """The optimum of a case; an AssertionError where there is none."""
    program = program_of(case)
    solution = Session(program).solve()
    assert solution.status is Status.optimal, solution.status
    return Answer(program, solution)


def status(case: Case) -> Status:
    """How the solve of a case ends."""
    return Session(program_of(case)).solve().status
