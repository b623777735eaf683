"""A route as a reader names it: as the plan calls it, or by a supply, some of what it passes, and a market."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.formulation import Space
from energy_routes.network import Names
from energy_routes.pack import nearest

MARKS = re.compile(r";|→|->")
SHOWN = 3  # ways that are named where several could be meant


@dataclass(frozen=True)
class Route:
    """A way from a supply over some arcs to a market or a home obligation; ``volume`` as it is traced, Mt (bcm).

    ``also`` are others that read the same.
    """

    origin: str
    commodity: str
    arcs: tuple[str, ...]
    market: str
    sold_as: str
    family: str
    name: str
    volume: float = 0.0
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The route by ids: ``KASHAGAN;BTC;AUGUSTA``."""
        return ";".join((self.origin, *self.arcs, self.market))

    @property
    def labels(self) -> Mapping[Hashable, Any]:
        """Its labels, as the plan's table of routes has them."""
        return {"origin": self.origin, "commodity": self.commodity, "arcs": ";".join(self.arcs),
                "market": self.market, "sold_as": self.sold_as}  # fmt: skip


def is_route(text: str) -> bool:
    """Whether a text names a route rather than a place or a group."""
    return bool(MARKS.search(text))


def route_of(space: Space, routes: pd.DataFrame, text: str) -> Route:
    """The route that is meant, of those of the plan's table or of the network.

    Of what is named in part it is the one with fewest arcs.  Raises UsageError where there is none, or are several.
    """
    known = [_of_plan(row) for row in routes[routes["origin"] != ""].to_dict("records")]
    asked = ";".join(_parts(text)).lower()
    for name in ("name", "id"):
        found = [one for one in known if ";".join(_parts(getattr(one, name))).lower() == asked]
        if found:
            first, *others = sorted(found, key=lambda one: -one.volume)
            _refuse_tank(first, space)
            return replace(first, also=tuple(one.id for one in others))
    way = _Ways(space).way(_parts(text))
    return next((one for one in known if one.id == way.id), way)


def _refuse_tank(route: Route, space: Space) -> None:
    """Raise UsageError for a route whose first or last place is a tank: what is in it came by, or goes on, another."""
    tanks = set(space.case.network.ids("storages")) & {route.origin, route.market}
    if tanks:
        raise UsageError(f"{route.name} begins or ends in {tanks.pop()}, a tank; expected a way from a supply to a "
                         f"market. Ask about an arc of it{f', such as arc:{route.arcs[0]}' if route.arcs else ''}")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in MARKS.split(text) if part.strip()]


def _of_plan(row: Mapping[Hashable, Any]) -> Route:
    return Route(row["origin"], row["commodity"], tuple(filter(None, row["arcs"].split(";"))), row["market"],
                 row["sold_as"], row["family"], row["route"], float(row["volume"]))  # fmt: skip


class _Ways:
    """The ways of a network; what an arc makes of what enters it is known where it is open."""

    def __init__(self, space: Space) -> None:
        self.case = space.case
        tables = self.case.network.tables
        supplies, arcs = tables["supplies"], tables["arcs"]
        self.called = called = Names(tables)
        self.commodity = dict(zip(supplies["id"], supplies["commodity"], strict=True))
        self.arcs = list(zip(arcs["id"], arcs["from"], arcs["to"], strict=True))
        self.ends = called.delivery_node
        # What each supply, and each market or home obligation, can be called.
        self.origins = {own: {own, called.supply[own], at, called.node[at]}
                        for own, at in zip(supplies["id"], supplies["node"], strict=True)}  # fmt: skip
        self.buyers = {own: {own, name, self.ends[own], called.node[self.ends[own]]}
                       for own, name in {**called.market, **called.obligation}.items()}  # fmt: skip
        lanes = space.flow.axis.frame[["arc", "commodity", "to_commodity"]].drop_duplicates()
        self.goods: dict[str, dict[str, str]] = {}
        for arc, before, after in lanes.itertuples(index=False):
            self.goods.setdefault(arc, {})[before] = after

    def way(self, parts: Sequence[str]) -> Route:
        """The one way with fewest arcs from the first part past those between to the last.  Raises UsageError."""
        supply, *past, buyer = (*parts, *[""] * (2 - len(parts)))
        origin, market = self._one(supply, self.origins, "supply"), self._one(buyer, self.buyers, "market")
        by = [self._passing(part) for part in past]
        found = self._shortest(origin, by, market, closed=False) or self._shortest(origin, by, market, closed=True)
        family = self.case.network.family_of("supplies")[origin]
        named = [Route(origin, self.commodity[origin], arcs, market, goods, family, self._words(origin, arcs, market))
                 for arcs, goods in found]  # fmt: skip
        if not named:
            raise UsageError(f"no way leads from {self.called.supply[origin]} to {buyer}"
                             f"{' past ' + ', '.join(past) if past else ''} in {self.case.name}")
        if len(named) > 1:
            raise UsageError(f"{len(named)} ways with {len(named[0].arcs)} arcs are called so: name one of them, such "
                             f"as {' or '.join(repr(one.id) for one in named[:SHOWN])}")
        return named[0]

    def _one(self, text: str, names: Mapping[str, set[str]], what: str) -> str:
        """What is called so.  Raises UsageError where nothing is, or several are."""
        found = [own for own, words in names.items() if text.lower() in {word.lower() for word in words}]
        exact = [own for own in found if own.lower() == text.lower()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if found:
            raise UsageError(f"{text!r} has several: name one of {', '.join(found)}")
        known = sorted(word for words in names.values() for word in words)
        raise UsageError(f"{text!r} is no {what} of {self.case.name}: a route leads from a supply to a market, such as "
                         f"'{next(iter(self.origins))};{next(iter(self.buyers))}'. {nearest(text, known)}")

    def _passing(self, text: str) -> set[str]:
        """The arcs of which one is on a way past something: an arc, a line, or a node that they lead to."""
        called, asked = self.called, text.lower()
        by_name = [arc for arc, *_ in self.arcs if asked in (arc.lower(), called.arc[arc].lower())]
        own = by_name or [arc for arc, *_ in self.arcs if asked == called.line.get(arc, "").lower()]
        own = own or [arc for arc, _, end in self.arcs if asked in (end.lower(), called.node[end].lower())]
        if not own:
            words = [word for arc, _, end in self.arcs for word in (arc, called.arc[arc], called.node[end])]
            raise UsageError(f"{text!r} is no arc, line or place of {self.case.name}. {nearest(text, words)}")
        return set(own)

    def _shortest(
        self, origin: str, past: list[set[str]], market: str, *, closed: bool
    ) -> list[tuple[tuple[str, ...], str]]:
        """The ways with fewest arcs that take one of each of some arcs in their order, and what arrives."""
        start = (self.called.supply_node[origin], self.commodity[origin], 0)
        level: list[tuple[tuple[str, str, int], tuple[str, ...]]] = [(start, ())]
        seen: set[tuple[str, str, int]] = set()
        while level:
            found = [(arcs, goods) for (node, goods, done), arcs in level
                     if done == len(past) and node == self.ends[market]]
            if found:
                return found
            seen |= {state for state, _ in level}
            level = [(state, (*arcs, arc)) for own, arcs in level for arc, state in self._onward(own, past, closed)
                     if state not in seen]
        return []

    def _onward(
        self, state: tuple[str, str, int], past: list[set[str]], closed: bool
    ) -> Iterator[tuple[str, tuple[str, str, int]]]:
        """The arcs that leave a state, and the state beyond: node, goods, and how much of ``past`` has been passed."""
        node, goods, done = state
        for arc, start, end in self.arcs:
            after = self.goods[arc].get(goods) if arc in self.goods else goods if closed else None
            if start == node and after is not None:
                yield arc, (end, after, done + (done < len(past) and arc in past[done]))

    def _words(self, origin: str, arcs: tuple[str, ...], market: str) -> str:
        """A way of no plan in words: where it starts, its arcs, where it is sold."""
        names = {**self.called.market, **self.called.obligation}
        lines = (self.called.line.get(arc) or self.called.arc[arc] for arc in arcs)
        return " → ".join(dict.fromkeys([self.called.node[self.called.supply_node[origin]], *lines, names[market]]))
