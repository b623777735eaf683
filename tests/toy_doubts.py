"""A toy with two doubtful tariffs: which of two ways to one market is the cheaper, and how often, is known by hand.

    FIELD (10 Mt) ── GATHER ── HUB ──NORTH (30 USD/t, an estimate)── EAST market 500 USD/t
                                └────SOUTH (33 USD/t, an estimate)──┘

Each way takes all.  A tariff that is an estimate is off by 25 %: ln of its factor has the standard deviation
σ = ln 1.25 / 1.28155.  NORTH is used where 30·e^(σ z₁) < 33·e^(σ z₂), so with probability Φ(ln(33/30) / (σ √2)).
"""

from __future__ import annotations

from math import log, sqrt
from pathlib import Path
from textwrap import dedent

from scipy.stats import norm
from toy import toy, write

from energy_routes.case import Case

SIGMA = log(1.25) / norm.ppf(0.9)
NORTH_IS_USED = float(norm.cdf(log(33 / 30) / (SIGMA * sqrt(2))))
TABLES = {
    "arcs": """
        id,from,to,name,capacity,tariff,length_km,source,confidence,note
        GATHER,FIELD,HUB,Gathering,20,1,10,,,
        NORTH,HUB,EAST,North way,unlimited,30,1000,estimate,estimate,a guess
        SOUTH,HUB,EAST,South way,unlimited,33,1000,estimate,estimate,a guess
        """,
    "markets": """
        id,node,name,price
        EAST,EAST,East,500
        """,
    "tiers": "",
    "groups": """
        kind,group,name
        corridor,NORTH,North corridor
        corridor,SOUTH,South corridor
        """,
    "meters": """
        kind,group,arc,market,commodity
        corridor,NORTH,NORTH,,
        corridor,SOUTH,SOUTH,,
        """,
}


def doubts(folder: Path, **policy: object) -> Case:
    """The toy as a case."""
    return toy(folder, TABLES, **policy)


def written(folder: Path) -> Path:
    """The toy as a model file."""
    return write(folder, TABLES)


def struck(folder: Path) -> Path:
    """A model file of the toy by month, in which a storm shuts NORTH in March; SOUTH takes 0.1 Mt more than planned."""
    model = '''
        periods = "month"
        [[edit]]
        target = "arc:NORTH"
        status = { set = "idle" }
        reason = "shut"
        periods = ["2023-03"]
        event = "storm"
        '''
    return write(folder, {**TABLES, "ramps": "kind,group,month,volume\ncorridor,SOUTH,1,0.1"}, model=dedent(model))
