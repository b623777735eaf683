"""What a page needs to follow volumes and their money from supplies to buyers, and how routes are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from energy_routes.answer import Words
from energy_routes.formulation import Space
from energy_routes.maps.live.packed import packed, stated
from energy_routes.network import Names
from energy_routes.plan import Solved, following, marks_of, place_of


def tracing(space: Space, words: Words) -> dict[str, Any]:
    """Ways out of places (node, commodity, period), tanks among them, and what begins there.

    ``steps``: columns of lanes and deliveries, from which place to which (−1: delivered), what is ``kept`` of a unit
    there, by which arc, to which buyer.
    ``tanks``: a row a stock and period, with the row of the next period.  Names are those of the page's language.
    """
    names = Names(space.case.network.tables)
    start, end = Solved(space, np.zeros(0), ()).ends
    lanes, sold, home, lifted, stock = (own.axis for own in (
        space.flow, space.delivered, space.home, space.lifted, space.stock))  # fmt: skip
    arcs, by_arc = _numbered(lanes.frame["arc"])
    buyers, by_buyer = _numbered([*sold.frame["market"], *home.frame["obligation"]])
    origins, by_origin = _numbered(lifted.frame["supply"])
    none = np.full(len(buyers), -1)
    families, by_family = _numbered(lifted.frame["family"])
    markets = space.case.network.tables["markets"]
    abroad = set(markets.loc[markets["export"].astype(bool), "id"])
    return {
        "places": len(space.places),
        "steps": {
            "column": packed(np.concatenate([space.flow.col, space.delivered.col, space.home.col])),
            "start": packed(np.concatenate([start, place_of(space, sold), place_of(space, home)])),
            "end": packed(np.concatenate([end, none])),
            "kept": packed(np.concatenate([stated(lanes.data("yield")), np.ones(len(none))])),
            "arc": packed(np.concatenate([arcs, none])),
            "buyer": packed(np.concatenate([np.full(len(arcs), -1), buyers])),
        },
        "tanks": {
            "node": packed(place_of(space, stock)), "next": packed(following(stock)),
            "last": packed(stock.frame["last"].to_numpy(dtype=int)),
            **{name: packed(expr.col) for name, expr in (
                ("stock", space.stock), ("injected", space.injected), ("withdrawn", space.withdrawn))},
        },
        "sources": {"column": packed(space.lifted.col), "place": packed(place_of(space, lifted)),
                    "origin": packed(origins), "family": packed(families)},
        "arcs": [_arc(names, arc, words) for arc in by_arc],
        "origins": [_place(names, names.supply_node[origin], words) | {"shipper": words.name(names.shipper[origin])}
                    for origin in by_origin],
        "buyers": [_place(names, names.delivery_node.get(buyer, buyer), words) | {"export": buyer in abroad}
                   for buyer in by_buyer],
        "families": by_family,
    }  # fmt: skip


def _numbered(labels: Iterable[Any]) -> tuple[Any, list[str]]:
    """A number for each label, and the labels in the order of their numbers."""
    listed = [str(label) for label in labels]
    known = {label: number for number, label in enumerate(dict.fromkeys(listed))}
    return np.array([known[label] for label in listed], dtype=int), list(known)


def _place(names: Names, node: str, words: Words) -> dict[str, str]:
    return {"node": node, "name": words.name(names.node[node])}


def _arc(names: Names, arc: str, words: Words) -> dict[str, str]:
    """An arc: its corridor, where it leads, what it adds to a route's words, and what stands in where nothing does."""
    node = names.arc_end[arc]
    line, told = marks_of(names, arc)
    hub = names.node[node] if names.node_kind[node] == "hub" else ""
    said = {key: words.name(own) if own else "" for key, own in (("line", line), ("told", told), ("hub", hub))}
    return {"id": arc, "corridor": names.corridor_of_arc.get(arc, ""), "node": node, **said}
