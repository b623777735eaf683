"""What people call things: the names of nodes, arcs, markets, supplies and limits, looked up once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from itertools import repeat
from re import sub
from string import Formatter

import pandas as pd

from energy_routes.pack import Pack, by_key

GroupNames = Mapping[tuple[str, str, str], str]  # by kind, group and family; 'all': the families together


class Names:
    """Names and facts of a network's tables by id, as plain dictionaries.

    ``groups`` has what the pack of each family calls its groups (:func:`group_names`), where families share an id.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], groups: GroupNames | None = None) -> None:
        self._tables, self._groups = tables, groups or {}

    def _column(self, table: str, column: str) -> dict[str, str]:
        """``column`` by id; the id itself where the table leaves it blank."""
        frame = self._tables[table]
        pairs = zip(frame["id"].tolist(), frame[column].tolist(), strict=True)
        return {i: v if isinstance(v, str) and v else i for i, v in pairs}

    @cached_property
    def node(self) -> dict[str, str]:
        """Name of each node, without what stands in brackets or after a comma."""
        return {i: short(name) for i, name in self._column("nodes", "name").items()}

    @cached_property
    def node_kind(self) -> dict[str, str]:
        return self._column("nodes", "kind")

    @cached_property
    def arc(self) -> dict[str, str]:
        """Name of each arc, as short as it is its own: ``short``, else without what stands in brackets, else whole."""
        return shortened(self._column("arcs", "name"))

    @cached_property
    def line(self) -> dict[str, str]:
        """What people call the line of each arc that is a section of one: 'Trans-Anatolian'."""
        return {i: short(name) for i, name in self._lines.items()}

    @cached_property
    def line_on_maps(self) -> dict[str, str]:
        """The same as a map has room for: 'TANAP' of 'Trans-Anatolian (TANAP)'."""
        return {i: name.rstrip(")").rpartition("(")[2] for i, name in self._lines.items()}

    @property
    def _lines(self) -> dict[str, str]:
        frame = self._tables["arcs"]
        pairs = zip(frame["id"].tolist(), frame["line"].tolist(), strict=True)
        return {arc: line for arc, line in pairs if isinstance(line, str) and line}

    @cached_property
    def arc_end(self) -> dict[str, str]:
        return self._column("arcs", "to")

    @cached_property
    def corridor_of_arc(self) -> dict[str, str]:
        """The corridor that is measured at each arc which is a meter of one."""
        meters = self._tables["meters"]
        own = meters[(meters["kind"] == "corridor") & meters["arc"].notna()]
        return dict(zip(own["arc"], own["group"], strict=True))

    @cached_property
    def transit(self) -> frozenset[str]:
        """The supplies that are others' and only pass through."""
        supplies = self._tables["supplies"]
        return frozenset(supplies.loc[supplies["kind"] == "transit", "id"])

    @cached_property
    def market(self) -> dict[str, str]:
        return self._column("markets", "name")

    @cached_property
    def commodity(self) -> dict[str, str]:
        return self._column("commodities", "name")

    @cached_property
    def limit(self) -> dict[str, str]:
        return self._column("limits", "name")

    @cached_property
    def delivery_node(self) -> dict[str, str]:
        """Node of each market and obligation, and of each storage, where volume may be left."""
        places = (self._column(table, "node") for table in ("storages", "markets", "obligations"))
        return {name: node for place in places for name, node in place.items()}

    @cached_property
    def supply_node(self) -> dict[str, str]:
        """Node of each supply, and of each storage, whose opening stock may be drawn."""
        return {**self._column("storages", "node"), **self._column("supplies", "node")}

    @cached_property
    def shipper(self) -> dict[str, str]:
        """Shipper of each supply; of what is drawn from a storage, 'opening stock'."""
        return {**dict.fromkeys(self._tables["storages"]["id"], "opening stock"), **self._column("supplies", "shipper")}

    @cached_property
    def supply(self) -> dict[str, str]:
        """Each supply by its shipper and node; of what, too, where that is not its own."""
        places = {i: f"{who} supply at {self.node[self.supply_node[i]]}" for i, who in self.shipper.items()}
        goods = {i: f" ({bare(self.commodity[grade])})" for i, grade in self._column("supplies", "commodity").items()}
        return told_apart(places, {i: place + goods.get(i, "") for i, place in places.items()})

    @cached_property
    def obligation(self) -> dict[str, str]:
        """Each obligation by its node; by what is owed, too, where that is not its own."""
        frame = self._tables["obligations"]
        places = {i: f"obligation of {self.node[n]}" for i, n in zip(frame["id"], frame["node"], strict=True)}
        goods = {i: f" ({bare(self.commodity[grades[0]])})" for i, grades in
                 zip(frame["id"], frame["commodities"], strict=True) if grades}  # fmt: skip
        return told_apart(places, {i: place + goods.get(i, "") for i, place in places.items()})

    @cached_property
    def contract(self) -> dict[str, str]:
        """Each contract by its kind and its parties."""
        frame, parties = self._tables["contracts"], self._column("contracts", "party")
        return {i: f"{kind.replace('_', '-')} {parties[i]}" for i, kind in zip(frame["id"], frame["kind"], strict=True)}

    @cached_property
    def option(self) -> dict[str, str]:
        return self._column("options", "name")

    @cached_property
    def target(self) -> dict[str, str]:
        """What edits, caps and losses speak of, as ``word:id``: ``arc:BTC`` → the arc's name, ``transit:RU`` → Russia.

        Groups come last: a market is a group by itself.
        """
        words = ("arc", "market", "limit", "supply", "obligation", "contract", "storage", "option")
        named = {f"{word}:{i}": name for word in words for i, name in getattr(self, word).items()}
        groups = self._tables["groups"]
        columns = (groups[column] for column in ("kind", "group", "name"))
        return named | {
            f"{kind}:{group}": name if isinstance(name, str) and name else group
            for kind, group, name in zip(*columns, strict=True)
        }

    def filled(self, text: str, labels: pd.DataFrame) -> list[str]:
        """A text for each row of labels: each column in its braces is filled in with what people call the label.

        A blank label at the end takes the "of" before it along.
        """
        called = {column: self._called(column, labels) for _, column, _, _ in Formatter().parse(text) if column}

        @cache  # a name stands in many periods
        def told(*names: str) -> str:
            return text.format(**dict(zip(called, names, strict=True))).removesuffix(" of ")

        return [told(*row) for row in zip(*called.values(), strict=True)] if called else [told()] * len(labels)

    def _called(self, column: str, labels: pd.DataFrame) -> list[str]:
        """The names of groups by their kind, of outages by what they hit (``arc:BTC & arc:KCTS``), else by the id."""
        ids = [str(label) for label in labels[column].tolist()]
        if column == "group" and "family" in labels and self._groups:
            keys = zip(labels["kind"].tolist(), ids, labels["family"].tolist(), strict=True)
            return [self._groups.get(key, self.target.get(f"{key[0]}:{key[1]}", key[1])) for key in keys]
        if column not in ("group", "outage"):
            known: dict[str, str] = getattr(self, column, {})
            return [known.get(i, i) for i in ids]
        kinds = labels["kind"].tolist() if column == "group" else []
        targets = [f"{kind}:{i}" for kind, i in zip(kinds, ids, strict=True)] if column == "group" else ids
        return [" & ".join(self.target.get(part, part) for part in target.split(" & ")) for target in targets]

    @cached_property
    def storage(self) -> dict[str, str]:
        frame = self._tables["storages"]
        return {i: f"tanks at {self.node[n]}" for i, n in zip(frame["id"], frame["node"], strict=True)}


def group_names(packs: Sequence[Pack]) -> dict[tuple[str, str, str], str]:
    """What each family's pack calls a (kind, group, family), where it gives it a name; of 'all' each of the names."""
    out: dict[tuple[str, str, str], str] = {}
    for pack in reversed(packs):
        markets, groups = pack.tables["markets"], pack.tables["groups"]
        named = (*zip(repeat("market"), markets["id"], markets["name"]),
                 *zip(groups["kind"], groups["group"], groups["name"], strict=True))  # fmt: skip
        out |= {(kind, group, pack.family.id): name for kind, group, name in named if isinstance(name, str)}
    oil_first = sorted(out.items(), key=lambda item: item[0][2], reverse=True)
    together = by_key((label[:2], name) for label, name in oil_first)
    return out | {(*label, "all"): " / ".join(dict.fromkeys(names)) for label, names in together.items()}


def shortened(names: Mapping[str, str]) -> dict[str, str]:
    """Names by id, each as short as it is its own."""
    return told_apart(*({i: cut(name) for i, name in names.items()} for cut in (short, bare, str)))


def told_apart(*ways: Mapping[str, str]) -> dict[str, str]:
    """Names by id, each in the first of several ways in which no other is called so; else with its id behind it."""
    out = dict(ways[0])
    for way in (*ways[1:], {i: f"{name} ({i})" for i, name in ways[-1].items()}):
        often = Counter(out.values())
        out = {i: way[i] if often[name] > 1 else name for i, name in out.items()}
    return out


def bare(name: str) -> str:
    """A name without what stands in brackets."""
    return sub(r"\s*\([^)]*\)?", "", name).strip() or name


def short(name: str) -> str:
    """A name without what stands in brackets or after a comma."""
    return bare(name).split(",")[0].strip() or name
