"""Named routes with a netback sheet per tonne, from the paths that :mod:`energy_routes.plan.flow_tracing` follows.

What no path explains is reported as "other paths", so the sheets always add up to the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from energy_routes.indicators import BACK, LINES, PAID, PRICE
from energy_routes.linear import Vector
from energy_routes.network import Names
from energy_routes.pack import by_key
from energy_routes.plan.columns import of_family, totals, units
from energy_routes.plan.flow_tracing import drawn
from energy_routes.plan.solved import Solved

VALUES = (*LINES, "cost", "netback")  # USD per unit lifted
COLUMNS = [
    "family", "route", "origin", "shipper", "commodity", "sold_as", "market", "corridor", "arcs", "volume", "share",
    *VALUES, "export", "limited_by", "unit",
]  # fmt: skip
TIGHT = 1e-6  # USD/t: a price above this limits a route
MOST = 15  # routes that are told one by one
COVERED = 0.99  # share of the volume that they carry, if that takes no more of them


class Route(NamedTuple):
    """The labels of a route."""

    family: str
    route: str
    origin: str = ""
    shipper: str = ""
    commodity: str = ""
    sold_as: str = ""
    market: str = ""
    corridor: str = ""
    arcs: str = ""
    export: bool = True
    limited_by: str = ""


def routes_table(of: Solved) -> pd.DataFrame:
    """One row a route (supply, arcs, market): volume lifted, share, and USD per lifted tonne; largest first."""
    found = of.paths
    keys, sums = totals(
        [(path.origin, path.commodity, path.arcs, path.market, path.sold_as) for path in found.rows],
        np.column_stack([found.volume, found.money]),
    )
    routes = _labelled(of, keys)
    order = sorted(range(len(routes)), key=lambda at: (-sums[at, 0], routes[at].route, routes[at].arcs))
    told, amounts = [], []
    for family in dict.fromkeys(of.space.exports.axis.frame["family"]):
        own = [at for at in order if routes[at].family == family]
        told += [routes[at] for at in own]
        amounts.append(sums[own])
        whole = _amounts(of, family)
        rest = whole - sums[own].sum(axis=0)
        if rest[0] > 1e-11 * max(float(whole[0]), 1.0):
            told.append(Route(family, "other paths"))
            amounts.append(rest[None])
    return _valued(of, pd.DataFrame(told, columns=Route._fields), np.concatenate([sums[:0], *amounts]))


def route_volumes(of: Solved) -> pd.Series:
    """What is lifted for each route as people say it, Mt (bcm), by its words; that of :func:`routes_table`, merged."""
    found = of.paths
    keys, sums = totals([(path.origin, path.arcs, path.market) for path in found.rows], found.volume)
    return pd.Series(sums, index=[_words(of.called, *key) for key in keys], dtype=float).groupby(level=0).sum()


def _amounts(of: Solved, family: str) -> Vector:
    """What is lifted of a family and drawn from tanks, Mt (bcm), and its MUSD by line of the netback sheet."""
    space, x = of.space, of.x
    out = np.zeros(1 + len(LINES))
    out[0] = space.lifted.value(x)[of_family(space, space.lifted.axis, family)].sum()
    stored = space.stock.axis.frame["commodity"].map(space.case.network.family_of("commodities"))
    out[0] += drawn(space, x)[(stored == family).to_numpy(dtype=bool)].sum()
    for line, expr in of.sheet:
        out[1 + LINES.index(line)] += expr.value(x)[of_family(space, expr.axis, family)].sum()
    return out


def _valued(of: Solved, frame: pd.DataFrame, amounts: Vector) -> pd.DataFrame:
    """Labels with volumes, shares of what is lifted, and values per lifted unit; money comes in MUSD."""
    volume = amounts[:, 0]
    value = dict(zip(LINES, (amounts[:, 1:] / volume[:, None]).T, strict=True))
    value |= {line: 0.0 - value[line] for line in PAID}
    cost = sum(value[line] for line in PAID) - sum(value[line] for line in BACK)
    lifted, axis = of.space.lifted.value(of.x), of.space.lifted.axis
    whole = {k: float(lifted[of_family(of.space, axis, k)].sum()) or np.nan for k in dict.fromkeys(frame["family"])}
    share = volume / np.array([whole[family] for family in frame["family"]], dtype=float)
    return frame.assign(
        volume=volume, share=share, **value, cost=cost, netback=value[PRICE.id] - cost,
        unit=units(of.space, frame["family"]),
    )[COLUMNS]  # fmt: skip


def _labelled(of: Solved, keys: list[tuple[str, str, tuple[str, ...], str, str]]) -> list[Route]:
    """What is told of each route (origin, commodity, arcs, market, sold as)."""
    called, network = of.called, of.space.case.network
    grades, markets = network.family_of("commodities"), network.tables["markets"]
    exporting = dict(zip(markets["id"], markets["export"].astype(bool), strict=True))
    limits = _limits(of)
    out = []
    for origin, commodity, arcs, market, sold_as in keys:
        export = bool(exporting.get(market, False))
        out.append(Route(
            family=grades[commodity], route=_words(called, origin, arcs, market), origin=origin,
            shipper=called.shipper[origin], commodity=commodity, sold_as=sold_as, market=market,
            corridor=corridor_of(called, arcs) if export else "", arcs=";".join(arcs), export=export,
            limited_by="; ".join(dict.fromkeys(
                name for kind, place in (*(("arc", arc) for arc in arcs), ("market", market))
                for name in limits.get((kind, place), ()))),
        ))  # fmt: skip
    return out


def corridor_of(called: Names, arcs: tuple[str, ...]) -> str:
    """The corridor whose meter a path crosses first; blank where it crosses none."""
    return next((called.corridor_of_arc[arc] for arc in arcs if arc in called.corridor_of_arc), "")


def _limits(of: Solved) -> Mapping[tuple[str, str], list[str]]:
    """The names of the limits with a price, by the arc or the market at which a route runs into them."""
    if of.worth is None:
        return {}
    limits, terms = of.worth.limits, of.space.case.network.tables["limit_terms"]
    price = limits["price"].to_numpy(dtype=float)
    tight = limits[np.isfinite(price) & (price > TIGHT) & limits["kind"].isin(["capacity", "joint", "market"])]
    arcs = by_key(zip(terms["limit"], terms["arc"], strict=True))
    return by_key(
        (("market" if kind == "market" else "arc", place), name)
        for kind, limit, name in tight[["kind", "limit", "name"]].drop_duplicates(["kind", "limit"]).to_numpy().tolist()
        for place in (arcs[limit] if kind == "joint" else [limit])
    )


def _words(called: Names, origin: str, arcs: tuple[str, ...], market: str) -> str:
    """The route as people say it: where it starts, the lines that carry it, the ports, and where it is sold.

    A border is named where no line with a name crosses it; a hub only where there is nothing else to name.
    """
    start, end = called.supply_node[origin], called.delivery_node.get(market, market)
    marks = [mark for arc in arcs for mark in _marks(called, arc, {start, end}) if mark]
    hubs = [called.node[n] for arc in arcs if called.node_kind[n := called.arc_end[arc]] == "hub" and n != end][:2]
    words = " → ".join(dict.fromkeys([called.node[start], *(marks or hubs), called.node[end]]))
    return f"{words} (left in store)" if market in called.storage else words


def _marks(called: Names, arc: str, ends: set[str]) -> list[str]:
    """What an arc adds to a route's words: the name of its line, and of the port or border that it leads to."""
    line, place = marks_of(called, arc)
    return [line, place if called.arc_end[arc] not in ends else ""]


def marks_of(called: Names, arc: str) -> tuple[str, str]:
    """The name of an arc's line, and of the port or border that it leads to where a route names it; blank for none."""
    line, node = called.line.get(arc, ""), called.arc_end[arc]
    kind, name = called.node_kind[node], called.node[node]
    told = (kind == "port" and not (line and name.startswith(line))) or (kind == "border" and not line)
    return line, name if told else ""


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


def leading(routes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of :func:`merged` routes the largest with a name, down to ``COVERED`` of the volume; and all the others."""
    named = routes[routes["route"] != "other paths"]
    reach = named["volume"].cumsum() / routes["volume"].sum()
    shown = named.head(min(MOST, int((reach < COVERED).sum()) + 1))
    return shown, routes.drop(shown.index)


def _any_of(cells: pd.Series[str]) -> str:
    """The parts of cells that list some, each once, joined as they were ('; ' between names, ';' between arcs)."""
    joint = "; " if cells.name == "limited_by" else ";"
    return joint.join(dict.fromkeys(part for cell in cells.fillna("") for part in str(cell).split(joint) if part))
