"""What became of a subject in a plan: how much it carries, of what, and against what before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from energy_routes.answer.measures import families_of
from energy_routes.case import HHI
from energy_routes.indicators import CONCENTRATION, RISK_CONCENTRATION, rows_of
from energy_routes.network import Names, shortened
from energy_routes.plan import Plan

Phrase = Literal["carry", "cross", "take", "give", "limit", "build", "book", "survive", "spread"]
Verb = Literal["carries", "empty", "stays", "stays_empty", "begins", "ends", "gains", "loses"]
SEEN = 1e-6     # Mt or bcm: less is nothing
TOLD = 0.01     # Mt or bcm: a smaller change is none …
SLIGHT = 0.005  # … and where all is small, a smaller share of it
FULL = 1e-6     # share of a capacity that may be left in what is full
PHRASES: Mapping[str, Phrase] = {
    "corridor": "carry", "operator": "carry", "terminal": "carry", "arc": "carry", "transit": "cross",
    "transit_set": "cross", "chokepoint": "cross", "market": "take", "obligation": "take", "supply": "give",
    "storage": "give", "limit": "limit", "joint": "limit", "option": "build", HHI: "spread",
}  # fmt: skip
COMPARED: tuple[Phrase, ...] = ("carry", "cross", "take", "give", "limit", "spread")  # the others are decisions


def moved(change: float, *sizes: float) -> bool:
    """Whether a change of volume is worth telling beside volumes of these sizes."""
    return abs(change) > max(SEEN, min(TOLD, SLIGHT * max(map(abs, sizes), default=0.0)))


@dataclass(frozen=True)
class Fate:
    """What became of one part of a subject over a span of periods.

    ``volume`` in ``unit``: Mt or bcm carried (given, taken, booked); units of an option built; of a loss, what is still
    exported of ``capacity``; the index of a concentration.  ``before``: the same in the plan before, or None.
    ``capacity``: most that there can be (∞: no limit).  ``share`` of the exports of its family (NaN: not counted so).
    ``yearly``: by year, where there are several.
    """

    target: str
    name: str
    family: str
    phrase: Phrase
    volume: float
    unit: str
    before: float | None = None
    capacity: float = float("inf")
    share: float = float("nan")
    yearly: Mapping[str, float] = field(default_factory=dict)

    @property
    def change(self) -> float:
        """Volume more than before; 0 where there is nothing to compare with."""
        return 0.0 if self.before is None else self.volume - self.before

    @property
    def full(self) -> bool:
        return self.volume > SEEN and self.volume >= self.capacity * (1.0 - FULL)

    @property
    def verb(self) -> Verb:
        """What became of it.  What 'stays', 'begins' or 'ends' has a plan before it."""
        if self.before is None:
            return "carries" if self.volume > SEEN else "empty"
        if self.volume <= SEEN:
            return "ends" if self.before > SEEN else "stays_empty"
        if self.before <= SEEN:
            return "begins"
        if not moved(self.change, self.volume, self.before):
            return "stays"
        return "gains" if self.change > 0 else "loses"


class Measured:
    """The fates of targets in one plan, over the periods ``labels``."""

    def __init__(self, plan: Plan, labels: Sequence[str]) -> None:
        self.plan, self.labels = plan, list(labels)

    @cached_property
    def _units(self) -> dict[str, str]:
        return self.plan.case.network.units("volume")

    @cached_property
    def _names(self) -> Names:
        return Names(self.plan.case.network.tables)

    def of(self, target: str) -> list[Fate]:
        """What became of ``target``: one fate a family that has it; none where the plan does not know it.

        Of what the plan guards against losing or books ahead, that is what becomes of it.
        """
        return [*self._lost(target), *self._booked(target)] or self.moved(target)

    def moved(self, target: str) -> list[Fate]:
        """The same, by what it carries alone."""
        kind, _, key = target.partition(":")
        find = {"arc": self._arc, "limit": self._limit, "joint": self._limit, "market": self._market,
                "supply": self._supply, "obligation": self._obligation, "storage": self._storage,
                "option": self._option, HHI: self._spread}.get(kind)
        return list(find(target, key) if find else self._group(target, kind, key))

    def _fate(self, target: str, name: str, family: str, rows: pd.DataFrame, volume: str = "volume",
              most: float = float("nan"), **more: Any) -> Fate:
        """The fate that rows of a table tell, one a period or several; ``most`` is NaN where there is no limit."""
        years = rows["period"].astype(str).str[:4]
        yearly = {str(year): float(v) for year, v in rows[volume].astype(float).groupby(years).sum().items()}
        return Fate(target, name, family, PHRASES[target.partition(":")[0]], float(rows[volume].sum()),
                    self._units[family], capacity=most if most == most else float("inf"),
                    yearly=yearly if len(yearly) > 1 else {}, **more)

    def _inside(self, frame: pd.DataFrame, **where: str) -> pd.DataFrame:
        """The rows of the span in which each column named is so."""
        chosen = frame["period"].isin(self.labels)
        for column, value in where.items():
            chosen &= frame[column] == value
        return frame[chosen]

    def _group(self, target: str, kind: str, group: str) -> Iterator[Fate]:
        rows = self._groups[(self._groups["kind"] == kind) & (self._groups["group"] == group)]
        for family in (f for f in self.plan.case.network.families if (rows["family"] == f).any()):
            own, measured = rows[rows["family"] == family], self._measured[family]
            share = float(own["volume"].sum()) / measured if measured > SEEN else float("nan")
            yield self._fate(target, _plain(own["name"].iloc[0]), family, own,
                             most=_sum(own["capacity"]) if "capacity" in own else float("nan"), share=share)

    @cached_property
    def _groups(self) -> pd.DataFrame:
        return self._inside(self.plan.groups)

    @cached_property
    def _measured(self) -> dict[str, float]:
        """Exports as the corridors measure them: of gas a little more than is sold, some is burnt on the way."""
        corridors = self._groups[self._groups["kind"] == "corridor"]
        volumes = corridors.groupby("family")["volume"].sum()
        return {family: float(volumes.get(family, 0.0)) for family in self.plan.case.network.families}

    def _arc(self, target: str, arc: str) -> Iterator[Fate]:
        rows = self._inside(self.plan.arcs, arc=arc)
        if len(rows):
            yield self._fate(target, self._lines[arc], str(rows["family"].iloc[0]), rows, most=_sum(rows["capacity"]))

    @cached_property
    def _lines(self) -> dict[str, str]:
        """What people call the arcs of the plan."""
        pairs = zip(self.plan.arcs["arc"].tolist(), self.plan.arcs["name"].tolist(), strict=True)
        return shortened({arc: name if isinstance(name, str) and name else arc for arc, name in pairs})

    def _limit(self, target: str, limit: str) -> Iterator[Fate]:
        """Weighted sum of the flows of a joint limit, and its ``high`` where it has one."""
        network = self.plan.case.network
        ids = network.ids("limits")
        if limit not in ids:
            return
        flows, terms = self._inside(self.plan.flows), network.tables["limit_terms"]
        parts = [flows.iloc[:0][["period", "volume"]]]
        for term in terms[terms["limit"] == limit].to_dict("records"):
            own = flows[flows["arc"] == term["arc"]]
            own = own[own["commodity"] == term["commodity"]] if isinstance(term["commodity"], str) else own
            parts.append(own[["period"]].assign(volume=own["volume"] * term["weight"]))
        inside = [p for p in self.plan.case.periods if p.label in self.labels]
        high = network.resolve("limits", "high", inside)[ids.index(limit)]
        most = float(sum(h * p.years for h, p in zip(high, inside, strict=True)))
        yield self._fate(target, self._names.limit.get(limit, limit), network.family_of("limits")[limit],
                         pd.concat(parts), most=most)

    def _market(self, target: str, market: str) -> Iterator[Fate]:
        families = self.plan.case.network.family_of("markets")
        if market in families:
            yield self._fate(target, self._names.market.get(market, market), families[market],
                             self._inside(self.plan.deliveries, market=market))

    def _supply(self, target: str, supply: str) -> Iterator[Fate]:
        rows = self._inside(self.plan.supplies, supply=supply)
        if len(rows):
            yield self._fate(target, self._names.supply.get(supply, supply), str(rows["family"].iloc[0]), rows,
                             "lifted", _sum(rows["available"]))

    def _obligation(self, target: str, obligation: str) -> Iterator[Fate]:
        families = self.plan.case.network.family_of("obligations")
        if obligation in families:
            rows = self._inside(self.plan.obligations, obligation=obligation)
            yield self._fate(target, self._names.node[self._names.delivery_node[obligation]], families[obligation],
                             rows, most=_sum(rows["required"]))

    def _storage(self, target: str, storage: str) -> Iterator[Fate]:
        families = self.plan.case.network.family_of("storages")
        if storage in families:
            yield self._fate(target, self._names.storage.get(storage, storage), families[storage],
                             self._inside(self.plan.stocks, storage=storage), "withdrawn")

    def _option(self, target: str, option: str) -> Iterator[Fate]:
        """Units of an option that are begun by year; none where the case may not build it."""
        families = self.plan.case.network.family_of("options")
        if option not in families:
            return
        builds = self.plan.builds
        own = builds[(builds["option"] == option) & (builds["begun"].astype(float) > SEEN)]
        begun = {str(year): float(units) for year, units in zip(own["year"], own["begun"], strict=True)}
        yield Fate(target, self._names.option[option], families[option], "build", sum(begun.values()), "1",
                   yearly=begun)

    def _spread(self, target: str, kind: str) -> Iterator[Fate]:
        """The concentration of exports, a family each: the index over the horizon."""
        kind, _, weight = kind.partition(":")
        table = self.plan.indicators
        rows = rows_of(table[table["value"].notna()], (RISK_CONCENTRATION if weight else CONCENTRATION).id, kind)
        for family, value in zip(rows["family"], rows["value"].astype(float), strict=True):
            if family in self.plan.case.network.families:
                yield Fate(target, "Concentration (HHI)", str(family), "spread", value, "1")

    def _lost(self, target: str) -> Iterator[Fate]:
        """What survives the loss of the target, where the plan guards against it."""
        losses = getattr(self.plan, "security", pd.DataFrame())
        if not len(losses):
            return
        own = losses[(losses["outage"] == target) & (losses["market"].fillna("") == "")]
        for row in own.to_dict("records"):
            planned, lost = float(row["planned"]), float(row["lost"])
            yield Fate(target, self._called(target, str(row["family"])), str(row["family"]), "survive",
                       planned - lost, str(row["unit"]), capacity=planned, share=float(row["survives"]))

    def _booked(self, target: str) -> Iterator[Fate]:
        """What is booked of a target, where the plan books it: of an arc, or of all meters of a group."""
        booked = getattr(self.plan, "bookings", pd.DataFrame())
        if not len(booked):
            return
        kind, _, key = target.partition(":")
        meters = self.plan.case.network.tables["meters"]
        arcs = {key} if kind == "arc" else set(meters.loc[(meters["kind"] == kind) & (meters["group"] == key), "arc"])
        rows = self._inside(booked)
        rows = rows[rows["arc"].isin(arcs)]
        for family, own in rows.groupby("family", sort=False):
            yield Fate(target, self._called(target, str(family)), str(family), "book", float(own["booked"].sum()),
                       self._units[str(family)], capacity=float(own["used"].sum()))

    def _called(self, target: str, family: str) -> str:
        """What people call an arc, or a group of a family."""
        kind, _, key = target.partition(":")
        if kind == "arc":
            return self._names.arc.get(key, key)
        own = self.plan.groups[self.plan.groups["family"] == family]
        rows = own[(own["kind"] == kind) & (own["group"] == key)]
        return _plain(rows["name"].iloc[0]) if len(rows) else key


def _plain(name: object) -> str:
    """A name without its bracket."""
    return str(name).split(" (")[0]


def _sum(column: pd.Series[float]) -> float:
    """The sum of a column; NaN where one entry is undefined."""
    return float(column.sum(skipna=False))


def leading(plan: Plan, labels: Sequence[str], before: Plan | None = None, then: Sequence[str] = ()) -> list[str]:
    """What a plan without a subject is about: of each family the corridor that changes most, else the one that carries
    most; the arc that carries most where there are no corridors.
    """
    found = []
    for family in families_of(plan):
        volume = _by_group(plan, labels, family)
        if before is not None:
            change = volume.sub(_by_group(before, then, family), fill_value=0.0).abs()
            volume = change if moved(float(change.max() if len(change) else 0.0), float(volume.max())) else volume
        if len(volume) and volume.max() > SEEN:
            found.append(f"corridor:{volume.idxmax()}")
            continue
        arcs = plan.arcs[(plan.arcs["family"] == family) & plan.arcs["period"].isin(labels)]
        carried = arcs.groupby("arc", sort=False)["volume"].sum()
        if len(carried) and carried.max() > SEEN:
            found.append(f"arc:{carried.idxmax()}")
    return list(dict.fromkeys(found))


def _by_group(plan: Plan, labels: Sequence[str], family: str) -> pd.Series[float]:
    rows = plan.groups
    rows = rows[(rows["kind"] == "corridor") & (rows["family"] == family) & rows["period"].isin(labels)]
    return rows.groupby("group")["volume"].sum()
