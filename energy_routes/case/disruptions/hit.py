"""Which groups carry what passes the arcs, fields or markets that some edits change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from energy_routes.network import Edit, Network
from energy_routes.pack import Period, reach

Group = tuple[str, str]  # kind, group
AT_NODE = ("supplies", "obligations", "markets", "storages")  # tables of what stands at a node


def groups_hit(network: Network, edits: Iterable[Edit], periods: Sequence[Period]) -> frozenset[Group]:
    """The groups with a meter on a way that leads over what edits change: at it, upstream or downstream.

    Ways go over the arcs that are open in some period, whatever the commodity.  A terminal's berths hit the corridor
    that ends there; a field hits every corridor that can carry its output.
    """
    arcs = network.tables["arcs"][["id", "from", "to"]][np.asarray(network.open(periods).any(axis=1))]
    places = {node: at for at, node in enumerate(network.tables["nodes"]["id"])}
    tail, head = (arcs[end].map(places).to_numpy(dtype=np.intp) for end in ("from", "to"))
    at, starts, ends = _changed(network, edits)
    after, _ = reach(tail, head, len(places), [places[node] for node in starts])
    before, _ = reach(head, tail, len(places), [places[node] for node in ends])
    over = set(arcs["id"][after[tail] | before[head]]) | at
    sold = network.tables["markets"]
    taken = set(sold["id"][after[sold["node"].map(places).to_numpy(dtype=np.intp)]]) | at
    meters = network.tables["meters"]
    hit = meters[meters["arc"].isin(over) | meters["market"].isin(taken)]
    return frozenset(zip(hit["kind"], hit["group"], strict=True))


def _changed(network: Network, edits: Iterable[Edit]) -> tuple[set[str], list[str], list[str]]:
    """Arcs and markets that edits change, the nodes from which ways go on, and those at which they arrive."""
    by_id = {table: network.tables[table].set_index("id") for table in ("arcs", *AT_NODE)}
    at: set[str] = set()
    starts: list[str] = []
    ends: list[str] = []
    for edit in edits:
        for arc in _arcs(network, edit):
            at.add(arc)
            starts.append(by_id["arcs"]["to"][arc])
            ends.append(by_id["arcs"]["from"][arc])
        for table, name in _nodes(edit, by_id["markets"].index):
            at |= {name} if table == "markets" else set()
            starts.append(by_id[table]["node"][name])
            ends.append(by_id[table]["node"][name])
    return at, starts, ends


def _arcs(network: Network, edit: Edit) -> Iterator[str]:
    if edit.table in ("arcs", "lanes"):
        yield edit.id.partition("/")[0]
    elif edit.table == "contracts":
        contracts = network.tables["contracts"]
        yield from contracts.loc[contracts["id"] == edit.id, "arc"]
    elif edit.table == "limits":
        terms = network.tables["limit_terms"]
        yield from terms.loc[terms["limit"] == edit.id, "arc"]


def _nodes(edit: Edit, markets: pd.Index) -> Iterator[tuple[str, str]]:
    """What an edit changes at a node: its table and id; a price of a grade everywhere is one of every market."""
    if edit.table in AT_NODE:
        yield edit.table, edit.id
    elif edit.table == "tiers":
        yield "markets", edit.id.partition("/")[0]
    elif edit.table == "differentials":
        market = edit.id.partition("/")[2]
        yield from (("markets", name) for name in ([market] if market else markets))
