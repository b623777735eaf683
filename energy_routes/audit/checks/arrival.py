"""What a group counts for: what is sold abroad of what crosses its meters, followed place by place in raw tables.

Of what enters a lane the share that is sold abroad in the end is the product of yields along the best way.  A group is
counted at its meters; where the ways on from there differ, or some may stay at home or in a tank, it is counted farther
on, up to the sale, as long as no supply gets there past its meters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from energy_routes.audit.facts import Facts, Row, reached, rows_by

SAME = 1e-12  # shares that differ by less are one
Place = tuple[str, str]  # node, commodity
Meter = tuple[str, str]  # kind, group


class Lane(NamedTuple):
    """A lane that is open in a period: where it leads, and the share of its inlet that arrives there."""

    arc: str
    commodity: str
    start: Place
    end: Place
    kept: float


class Arrival:
    """Of each period, what of a lane's inlet and of a sale each group counts."""

    def __init__(self, facts: Facts, periods: Iterable[str]) -> None:
        self._facts = facts
        self._lanes = {period: list(_open_lanes(facts, period)) for period in periods}
        self._ever = {lane for lanes in self._lanes.values() for lane in lanes}
        self._sales = _sales(facts)
        self._stays = _stays(facts)
        self.at_lane: dict[tuple[str, str, str], list[tuple[Meter, float]]] = defaultdict(list)
        self.at_sale: dict[tuple[str, str, str], set[Meter]] = defaultdict(set)
        meters = _meters(facts)
        for period, lanes in self._lanes.items():
            best = self._best(lanes)
            uneven = self._uneven(lanes, best)
            for meter, rows in meters.items():
                self._count(meter, rows, period, best, uneven)

    def of_flow(self, row: Row) -> Iterator[tuple[Meter, float]]:
        """The groups that count a row of flows, each with its volume."""
        for meter, share in self.at_lane.get((row["arc"], row["commodity"], row["period"]), ()):
            yield meter, share * row["volume"]

    def of_sale(self, row: Row) -> Iterator[tuple[Meter, float]]:
        """The groups that count a row of deliveries, each with its volume."""
        for meter in self.at_sale.get((row["market"], row["commodity"], row["period"]), ()):
            yield meter, row["volume"]

    def _count(self, meter: Meter, rows: list[Row], period: str, best: dict[Place, float], uneven: set[Place]) -> None:
        """Put one group where it counts in one period."""
        own = {(row["arc"], row["commodity"]) for row in rows}

        def metered(lane: Lane) -> bool:
            return (lane.arc, None) in own or (lane.arc, lane.commodity) in own

        lanes, arcs = self._lanes[period], {arc for arc, _ in own if arc}
        crossed = [lane for lane in lanes if lane.arc in arcs and metered(lane)]
        alone: set[Place] = set()
        if any(lane.end in uneven for lane in crossed):
            past_it = {lane for lane in self._ever if lane.arc not in arcs or not metered(lane)}
            supplies = {(s["node"], s["commodity"]) for s in self._facts.rows["supplies"].values()}
            alone = uneven - reached(supplies, ((lane.start, lane.end) for lane in past_it))
        onward = ((lane.start, lane.end) for lane in lanes if lane.end in alone)
        through = reached({lane.end for lane in crossed} & alone, onward)
        for lane in dict.fromkeys([*crossed, *(lane for lane in lanes if lane.start in through)]):
            share = lane.kept * best.get(lane.end, 0.0)
            if lane.end not in through and share > 0:
                self.at_lane[lane.arc, lane.commodity, period].append((meter, share))
        for place, markets in self._sales.items():
            for market in markets:
                listed = any(m["market"] == market and m["commodity"] in (None, place[1]) for m in rows)
                if listed or place in through:
                    self.at_sale[market, place[1], period].add(meter)

    def _best(self, lanes: list[Lane]) -> dict[Place, float]:
        """The largest share of what is at a place that can be sold abroad."""
        best = dict.fromkeys(self._sales, 1.0)
        changed = True
        while changed:
            changed = False
            for lane in lanes:
                share = lane.kept * best.get(lane.end, 0.0)
                if share > best.get(lane.start, 0.0):
                    best[lane.start], changed = share, True
        return best

    def _uneven(self, lanes: list[Lane], best: dict[Place, float]) -> set[Place]:
        """The places from which less than the best share may be sold: by another way, at home, or left in a tank."""
        found = {place for place in self._stays if place in best}
        found |= {
            lane.start for lane in lanes
            if best.get(lane.start, 0.0) - lane.kept * best.get(lane.end, 0.0) > SAME
        }  # fmt: skip
        return reached(found, ((lane.end, lane.start) for lane in lanes if lane.kept * best.get(lane.end, 0.0) > 0))


def _open_lanes(facts: Facts, period: str) -> Iterator[Lane]:
    """Every lane of the arcs that are open in a period."""
    for arc, raw in facts.rows["arcs"].items():
        if facts.open(arc, period):
            for commodity in facts.grades_of_arc[arc]:
                if (lane := facts.lane(arc, commodity)) is not None:
                    end = raw["to"], lane["to_commodity"] or commodity
                    kept = facts.of_lane(arc, commodity, "yield", period, 1.0)
                    yield Lane(arc, commodity, (raw["from"], commodity), end, kept)


def _grades(facts: Facts, family: str) -> list[str]:
    return [grade for grade, raw in facts.rows["commodities"].items() if raw["family"] == family]


def _sales(facts: Facts) -> dict[Place, list[str]]:
    """The export markets at each place."""
    out: dict[Place, list[str]] = defaultdict(list)
    for market, raw in facts.rows["markets"].items():
        for grade in _grades(facts, facts.family("markets", market)) if raw["export"] else ():
            out[raw["node"], grade].append(market)
    return dict(out)


def _stays(facts: Facts) -> set[Place]:
    """Where some may stay: home deliveries and tanks."""
    return {
        (raw["node"], grade)
        for table in ("obligations", "storages") for name, raw in facts.rows[table].items()
        for grade in raw["commodities"] or _grades(facts, facts.family(table, name))
    }  # fmt: skip


def _meters(facts: Facts) -> dict[Meter, list[Row]]:
    """The meters of each group; every export market is a group of its own."""
    out: dict[Meter, list[Row]] = rows_by(facts.rows["meters"].values(), "kind", "group")
    for market, raw in facts.rows["markets"].items():
        if raw["export"]:
            out["market", market].append({"arc": None, "market": market, "commodity": None})
    return out
