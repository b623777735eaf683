"""Arc flows → named routes with a netback sheet per tonne, by proportional tracing.

At every (node, commodity, period) what leaves is mixed from what arrives in proportion, so a route's volume is the
product of the shares along it.  Tanks are an arc in time: what is stored leaves in a later period.  Paths are followed
largest first until ``COVER`` of the volume has arrived; what is left is reported as "other paths", so the sheets always
add up to the plan.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import pandas as pd

from energy_routes.formulation.axes import TANKERS
from energy_routes.formulation.space import Space
from energy_routes.lp import Vector

COVER = 0.999
DUST = 1e-9
MOST_STEPS = 200_000
SHEET = ("price", "tariff", "loading", "freight", "quality", "rebate", "lifting")

State = tuple[str, str, str]  # (node or tank, commodity, period)


@dataclass(frozen=True)
class Step:
    """One way out of a state: ``share`` of what passes there, to the next state (None: delivered), with money per unit."""

    share: float
    arc: str
    to: State | None
    kept: float = 1.0
    money: dict[str, float] = field(default_factory=dict)
    market: str = ""
    sold_as: str = ""


def routes_of(space: Space, x: Vector, prices: pd.DataFrame) -> pd.DataFrame:
    """One row a route (supply, arcs, market): volume lifted, share, and USD per lifted tonne; 'other paths' closes the sum."""
    found: dict[tuple[str, str, str, str, str], list[float]] = defaultdict(lambda: [0.0] * (2 + len(SHEET)))
    for key, volume, arrived, money in _paths(space, x):
        total = found[key]
        total[0] += volume
        total[1] += arrived
        for k, name in enumerate(SHEET, 2):
            total[k] += money[name]
    rows = [(*key, *values) for key, values in found.items()]
    frame = pd.DataFrame(rows, columns=["origin", "commodity", "arcs", "market", "sold_as", "volume", "arrived", *SHEET])
    return _finish(space, x, frame, prices)


def _paths(space: Space, x: Vector) -> Iterator[tuple[tuple[str, str, str, str, str], float, float, dict[str, float]]]:
    steps = _steps(space, x)
    supplies = space.lifted.axis.frame
    lifted = space.lifted.value(x)
    tie = count()
    heap: list[tuple[float, int, State, float, tuple[str, ...], tuple[str, str], dict[str, float], float]] = []
    for row, volume in zip(supplies.itertuples(), lifted, strict=True):
        if volume > DUST:
            start = dict.fromkeys(SHEET, 0.0) | {"lifting": -float(row.cost) * volume}
            heapq.heappush(heap, (-volume, next(tie), (row.node, row.commodity, row.period), volume, (),
                                  (row.supply, row.commodity), start, volume))
    left, enough, taken = float(lifted.sum()), float(lifted.sum()) * (1 - COVER), 0
    while heap and left > enough and taken < MOST_STEPS:
        _, _, state, here, arcs, origin, money, volume = heapq.heappop(heap)
        taken += 1
        for step in steps.get(state, ()):
            part, out = volume * step.share, here * step.share
            sheet = {name: money[name] * step.share + step.money.get(name, 0.0) * out for name in SHEET}
            trail = (*arcs, step.arc) if step.arc else arcs
            if step.to is None:
                left -= part
                yield (*origin, ";".join(trail), step.market, step.sold_as), part, out, sheet
            elif part > DUST:
                heapq.heappush(heap, (-part, next(tie), step.to, out * step.kept, trail, origin, sheet, part))


def _steps(space: Space, x: Vector) -> dict[State, list[Step]]:
    """The ways out of every state, each with its share of the volume that passes."""
    out: dict[State, list[tuple[float, Step]]] = defaultdict(list)
    lanes = space.flow.axis.frame
    for row, volume in zip(lanes.to_dict("records"), space.flow.value(x), strict=True):
        if volume > DUST:
            charge = "freight" if row["mode"] in TANKERS else "loading" if row["mode"] == "transfer" else "tariff"
            money = {charge: -row["charge"], "quality": -row["quality"], "rebate": row["rebate"]}
            step = Step(0.0, row["arc"], (row["to"], row["to_commodity"], row["period"]), row["yield"], money)
            out[row["from"], row["commodity"], row["period"]].append((volume, step))
    for row, volume in zip(space.delivered.axis.frame.to_dict("records"), space.delivered.value(x), strict=True):
        if volume > DUST:
            step = Step(0.0, "", None, money={"price": row["price"]}, market=row["market"], sold_as=row["commodity"])
            out[row["node"], row["commodity"], row["period"]].append((volume, step))
    for row, volume in zip(space.home.axis.frame.to_dict("records"), space.home.value(x), strict=True):
        if volume > DUST:
            step = Step(0.0, "", None, money={"price": row["value"]}, market=row["obligation"], sold_as=row["commodity"])
            out[row["node"], row["commodity"], row["period"]].append((volume, step))
    _tanks(space, x, out)
    shares = {}
    for state, ways in out.items():
        total = sum(volume for volume, _ in ways)
        shares[state] = [Step(volume / total, s.arc, s.to, s.kept, s.money, s.market, s.sold_as) for volume, s in ways]
    return shares


def _tanks(space: Space, x: Vector, out: dict[State, list[tuple[float, Step]]]) -> None:
    """Stock as an arc in time: into the tank, on to the next period or out to the node again."""
    frame = space.stock.axis.frame
    following = dict(zip(frame["before"], frame["period"], strict=True))
    values = (space.stock.value(x), space.injected.value(x), space.withdrawn.value(x))
    for row, stock, put, taken in zip(frame.to_dict("records"), *values, strict=True):
        node, tank = (row["node"], row["commodity"], row["period"]), (f"tank {row['storage']}", row["commodity"], row["period"])
        if put > DUST:
            out[node].append((put, Step(0.0, "", tank)))
        if taken > DUST:
            out[tank].append((taken, Step(0.0, "", node)))
        if stock > DUST and not row["last"]:
            out[tank].append((stock, Step(0.0, "", (tank[0], tank[1], following[row["period"]]))))


def _finish(space: Space, x: Vector, frame: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    tables = space.case.network.tables
    family = tables["commodities"].set_index("id")["family"]
    supplies = tables["supplies"].set_index("id")
    lifted = float(space.lifted.value(x).sum())
    frame["family"] = frame["commodity"].map(family)
    frame["shipper"] = frame["origin"].map(supplies["shipper"])
    frame["route"] = [_words(space, o, a, m) for o, a, m in zip(frame["origin"], frame["arcs"], frame["market"], strict=True)]
    frame["corridor"] = [_corridor(tables["meters"], arcs, grade) for arcs, grade in zip(frame["arcs"], frame["commodity"], strict=True)]
    frame["limited_by"] = _limited_by(space, frame, prices)
    homes = set(tables["obligations"]["id"])
    frame["export"] = [m not in homes for m in frame["market"]]
    for name in SHEET:
        frame[name] = frame[name] / frame["volume"]
    frame["cost"] = -frame[[n for n in SHEET if n != "price"]].sum(axis=1)
    frame["netback"] = frame["price"] - frame["cost"]
    frame = frame.sort_values(["volume", "route", "arcs"], ascending=[False, True, True], ignore_index=True)
    frame = _with_rest(frame, lifted)
    frame["share"] = frame["volume"] / lifted if lifted > 0 else np.nan
    frame["unit"] = frame["family"].map({"oil": "Mt", "gas": "bcm"})
    return frame[["family", "route", "origin", "shipper", "commodity", "sold_as", "market", "corridor", "arcs", "volume", "share",
                  *SHEET, "cost", "netback", "export", "limited_by", "unit"]]


def _with_rest(frame: pd.DataFrame, lifted: float) -> pd.DataFrame:
    """One closing row for what was not followed to its end, so that volumes add up."""
    rest = lifted - float(frame["volume"].sum())
    if rest <= 1e-6 * max(lifted, 1.0):
        return frame
    row = {"family": frame["family"].iloc[0] if len(frame) else "oil", "route": "other paths", "origin": "", "shipper": "",
           "commodity": "", "sold_as": "", "market": "", "corridor": "", "arcs": "", "volume": rest, "export": True, "limited_by": ""}
    return pd.concat([frame, pd.DataFrame([row])], ignore_index=True)


def _words(space: Space, origin: str, arcs: str, market: str) -> str:
    """The route as people say it: where it starts, the ports and borders it passes, where it is sold."""
    tables = space.case.network.tables
    nodes = tables["nodes"].set_index("id")
    ends = tables["arcs"].set_index("id")["to"]
    start = tables["supplies"].set_index("id").loc[origin, "node"]
    at_market = {**tables["markets"].set_index("id")["node"], **tables["obligations"].set_index("id")["node"]}
    end = at_market.get(market, market)
    via = [ends[arc] for arc in arcs.split(";") if arc]
    marks = [n for n in via if nodes.loc[n, "kind"] in ("port", "border", "hub") and n != end]
    keep = [n for n in marks if nodes.loc[n, "kind"] in ("port", "border")] or marks[:2]
    return " → ".join(_short(str(nodes.loc[n, "name"])) for n in dict.fromkeys([start, *keep, end]))


def _short(name: str) -> str:
    """A node's name without what stands in brackets."""
    return name.split("(")[0].split(",")[0].strip() or name


def _corridor(meters: pd.DataFrame, arcs: str, grade: str) -> str:
    on = set(arcs.split(";"))
    hit = meters[(meters["kind"] == "corridor") & meters["arc"].isin(on)]
    return str(hit["group"].iloc[0]) if len(hit) else ""


def _limited_by(space: Space, frame: pd.DataFrame, prices: pd.DataFrame) -> list[str]:
    """The names of the limits with a price that each route runs into."""
    tight = prices[(prices["price"] > 1e-6) & prices["kind"].isin(["capacity", "joint", "market"])]
    named = tight.drop_duplicates(["kind", "limit"]).set_index(["kind", "limit"])["name"]
    terms = space.case.network.tables["limit_terms"]
    by_arc: dict[str, list[str]] = defaultdict(list)
    for (kind, limit), name in named.items():
        if kind == "capacity":
            by_arc[limit].append(name)
        elif kind == "joint":
            for arc in terms.loc[terms["limit"] == limit, "arc"]:
                by_arc[arc].append(name)
    markets = {limit: name for (kind, limit), name in named.items() if kind == "market"}
    return ["; ".join(dict.fromkeys([n for arc in arcs.split(";") for n in by_arc.get(arc, [])]
                                    + ([markets[market]] if market in markets else [])))
            for arcs, market in zip(frame["arcs"], frame["market"], strict=True)]
