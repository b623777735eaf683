"""Named routes with a netback sheet per tonne, from the paths that :mod:`energy_routes.plan.flow_tracing` follows.

What no path explains is reported as "other paths", so the sheets always add up to the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from energy_routes.formulation import Space, on_the_sheet
from energy_routes.indicators import BACK, LINES, PAID, PRICE
from energy_routes.linear import Expr, Vector
from energy_routes.network import Names
from energy_routes.plan.flow_tracing import Path, drawn, family_of_grade

VALUES = (*LINES, "cost", "netback")  # USD per unit lifted
KEYS = ["origin", "commodity", "arcs", "market", "sold_as"]
COLUMNS = [
    "family", "route", "origin", "shipper", "commodity", "sold_as", "market", "corridor", "arcs", "volume", "share",
    *VALUES, "export", "limited_by", "unit",
]  # fmt: skip


def routes_of(space: Space, x: Vector, prices: pd.DataFrame, found: Sequence[Path]) -> pd.DataFrame:
    """One row a route (supply, arcs, market) of the paths found: volume lifted, share, and USD per lifted tonne."""
    rows = [
        (p.origin, p.commodity, ";".join(p.arcs), p.market, p.sold_as, p.volume, *(p.money[k] for k in LINES))
        for p in found
    ]
    frame = pd.DataFrame(rows, columns=[*KEYS, "volume", *LINES])
    frame = frame.groupby(KEYS, as_index=False, sort=False).sum()
    return _finish(space, x, frame, prices)


def _finish(space: Space, x: Vector, frame: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Names, shares and unit values; money columns come in MUSD and leave in USD per lifted tonne."""
    tables = space.case.network.tables
    called = Names(tables)
    frame["shipper"] = frame["origin"].map(called.shipper)
    labels = zip(frame["origin"], frame["arcs"], frame["market"], strict=True)
    frame["route"] = [_words(called, *label) for label in labels]
    frame["limited_by"] = _limited_by(tables["limit_terms"], frame, prices)
    markets = tables["markets"]
    frame["export"] = frame["market"].isin(markets.loc[markets["export"].astype(bool), "id"])
    ways = zip(frame["arcs"], frame["export"], strict=True)
    frame["corridor"] = [_corridor(called.corridor_of_arc, arcs) if export else "" for arcs, export in ways]
    frame = frame.sort_values(["volume", "route", "arcs"], ascending=[False, True, True])
    frame["family"] = frame["commodity"].map(family_of_grade(space))
    families = list(dict.fromkeys(space.exports.axis.frame["family"]))
    lifted = {k: float(space.lifted.value(x)[_of(space.lifted, k)].sum()) for k in families}
    parts = [
        _with_rest(frame[frame["family"] == k], k, lifted[k] + drawn(space, x, k), _totals(space, x, k))
        for k in families
    ]
    frame = pd.concat(parts) if parts else frame
    lines, paid = list(LINES), list(PAID)
    frame[lines] = frame[lines].div(frame["volume"], axis=0)
    frame[paid] = 0.0 - frame[paid]
    frame["cost"] = frame[paid].sum(axis=1) - frame[list(BACK)].sum(axis=1)
    frame["netback"] = frame[PRICE.id] - frame["cost"]
    frame["share"] = frame["volume"] / frame["family"].map(lifted).replace(0.0, np.nan).astype(float)
    frame["unit"] = frame["family"].map(space.case.network.units("volume"))
    return frame[COLUMNS].reset_index(drop=True)


def _of(expr: Expr, family: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The labels of an expression that are of a family."""
    return np.asarray(expr.axis.frame["family"].to_numpy(dtype=object) == family, dtype=bool)


def _totals(space: Space, x: Vector, family: str) -> dict[str, float]:
    """MUSD of a family by line of the netback sheet over the whole plan, from the objective's own terms."""
    totals = dict.fromkeys(LINES, 0.0)
    for line, expr in on_the_sheet(space):
        totals[line] += float(expr.value(x)[_of(expr, family)].sum())
    return totals


def _with_rest(frame: pd.DataFrame, family: str, started: float, totals: dict[str, float]) -> pd.DataFrame:
    """One closing row of a family for what was not followed to its end: volumes and money add up to the plan."""
    rest = started - float(frame["volume"].sum())
    if rest <= 1e-11 * max(started, 1.0):
        return frame
    row = dict.fromkeys(frame.columns, "") | {name: totals[name] - float(frame[name].sum()) for name in LINES}
    row |= {"family": family, "route": "other paths", "volume": rest, "export": True}
    return pd.concat([frame, pd.DataFrame([row])])


def _words(called: Names, origin: str, arcs: str, market: str) -> str:
    """The route as people say it: where it starts, the lines that carry it, the ports, and where it is sold.

    A border is named where no line with a name crosses it; a hub only where there is nothing else to name.
    """
    start, end = called.supply_node[origin], called.delivery_node.get(market, market)
    path = [arc for arc in arcs.split(";") if arc]
    marks = [mark for arc in path for mark in _marks(called, arc, {start, end})]
    hubs = [called.node[n] for arc in path if called.node_kind[n := called.arc_end[arc]] == "hub" and n != end][:2]
    words = " → ".join(dict.fromkeys([called.node[start], *(marks or hubs), called.node[end]]))
    return f"{words} (left in store)" if market in called.storage else words


def _marks(called: Names, arc: str, ends: set[str]) -> list[str]:
    """What an arc adds to a route's words: the name of its line, and of the port or border that it leads to."""
    line, node = called.line.get(arc, ""), called.arc_end[arc]
    kind, name = called.node_kind[node], called.node[node]
    told = (kind == "port" and not (line and name.startswith(line))) or (kind == "border" and not line)
    return [*([line] if line else []), *([name] if told and node not in ends else [])]


def merged(routes: pd.DataFrame) -> pd.DataFrame:
    """Routes as readers are told of them: rows of one family and shipper that read the same are one, largest first.

    Volumes and shares add up, unit values are means by volume; limits and arcs are those of any of them.
    """
    keys = ["family", "route", "shipper", "export"]
    weighed = routes.assign(**{name: routes[name] * routes["volume"] for name in VALUES})
    joined = dict.fromkeys(("limited_by", "arcs"), _any_of)
    first = dict.fromkeys([c for c in COLUMNS if c not in {*keys, *VALUES, *joined, "volume", "share"}], "first")
    sums = dict.fromkeys(("volume", "share", *VALUES), "sum")
    frame = weighed.groupby(keys, as_index=False, sort=False, dropna=False).agg({**first, **sums, **joined})
    frame[list(VALUES)] = frame[list(VALUES)].div(frame["volume"], axis=0)
    return frame.sort_values("volume", ascending=False, kind="stable", ignore_index=True)[COLUMNS]


def _any_of(cells: pd.Series[str]) -> str:
    """The parts of cells that list some, each once, joined as they were ('; ' between names, ';' between arcs)."""
    joint = "; " if cells.name == "limited_by" else ";"
    return joint.join(dict.fromkeys(part for cell in cells.fillna("") for part in str(cell).split(joint) if part))


def _corridor(corridors: Mapping[str, str], arcs: str) -> str:
    """The corridor whose meter an export path crosses."""
    return next((corridors[arc] for arc in arcs.split(";") if arc in corridors), "")


def _limited_by(terms: pd.DataFrame, frame: pd.DataFrame, prices: pd.DataFrame) -> list[str]:
    """The names of the limits with a price that each route runs into."""
    tight = prices[(prices["price"] > 1e-6) & prices["kind"].isin(["capacity", "joint", "market"])]
    named = tight.drop_duplicates(["kind", "limit"])[["kind", "limit", "name"]].astype(str)
    by_arc: dict[str, list[str]] = defaultdict(list)
    for kind, limit, name in named.itertuples(index=False):
        if kind == "capacity":
            by_arc[limit].append(name)
        elif kind == "joint":
            for arc in terms.loc[terms["limit"] == limit, "arc"]:
                by_arc[arc].append(name)
    markets = {limit: name for kind, limit, name in named.itertuples(index=False) if kind == "market"}
    return [
        "; ".join(
            dict.fromkeys(
                [n for arc in arcs.split(";") for n in by_arc.get(arc, [])]
                + ([markets[market]] if market in markets else [])
            )
        )
        for arcs, market in zip(frame["arcs"], frame["market"], strict=True)
    ]
