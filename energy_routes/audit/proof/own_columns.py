"""The columns that a programme of a case should have: bounds and cost of each, from the raw tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import NamedTuple

from energy_routes.audit import worth
from energy_routes.audit.checks import builds
from energy_routes.audit.checks.trade import inside, price_of, tier_of
from energy_routes.audit.facts import Facts, reached
from energy_routes.audit.proof.programme import Key
from energy_routes.indicators import LEDGER
from energy_routes.pack import by_key

Place = tuple[str, str]  # node, commodity
Label = tuple[str, ...]
BUILT = {"project": "built", "continuous": "built_part"}


class Column(NamedTuple):
    """Bounds of a column, and what a unit of it adds to the objective, MUSD."""

    low: float
    high: float
    cost: float


Made = Iterator[tuple[Label, Column]]


@dataclass(frozen=True)
class Own:
    """The columns of a case, block by block, and the index sets that rules need."""

    facts: Facts
    decided: dict[tuple[str, str], float] = field(default_factory=dict)  # units standing, by (option, year)
    full: dict[Label, float] = field(default_factory=dict)  # 1 where the old capacity of an arc is full in a period
    weights: dict[str, float] = field(default_factory=lambda: {"": 1.0})  # what a MUSD of each future counts
    booked: dict[Label, float] = field(default_factory=dict)  # charges that bookings pay, by lane and period

    @cached_property
    def lanes(self) -> dict[Place, str]:
        """(arc, commodity) of every lane that is ever open and that a supply or a stock can reach, with its outlet."""
        facts = self.facts
        ever = {
            (arc, grade): lane["to_commodity"] or grade
            for arc in facts.rows["arcs"] if any(facts.open(arc, period) for period in facts.periods)
            for grade in facts.grades_of_arc[arc] if (lane := facts.lane(arc, grade)) is not None
        }  # fmt: skip
        steps = [((self.start(lane), lane[1]), (self.end(lane), out)) for lane, out in ever.items()]
        places = reached(set(self._sources()), steps)
        return {lane: out for lane, out in ever.items() if (self.start(lane), lane[1]) in places}

    def start(self, lane: Place) -> str:
        """The node where a lane begins."""
        return str(self.facts.rows["arcs"][lane[0]]["from"])

    def end(self, lane: Place) -> str:
        """The node where a lane ends."""
        return str(self.facts.rows["arcs"][lane[0]]["to"])

    def _sources(self) -> Iterator[Place]:
        for supply in self.facts.rows["supplies"].values():
            yield supply["node"], supply["commodity"]
        for store in self.facts.rows["storages"].values():
            for grade in (store["commodities"] or ()) if (store["opening"] or 0) > 0 else ():
                yield store["node"], grade

    @cached_property
    def reached(self) -> dict[str, list[str]]:
        """The grades that something brings to each node, in the order of the alphabet."""
        return by_key(sorted({*self._sources(), *((self.end(lane), out) for lane, out in self.lanes.items())}))

    def served(self, table: str, name: str) -> list[str]:
        """The grades that may be delivered to, or held by, a row of a table."""
        facts = self.facts
        raw, family = facts.rows[table][name], facts.family(table, name)
        only = raw.get("commodities") or ()
        return [grade for grade in self.reached.get(raw["node"], ())
                if facts.rows["commodities"][grade]["family"] == family and (not only or grade in only)]  # fmt: skip

    @cached_property
    def tiers(self) -> list[Label]:
        """(market, tier, period) of every tier; a market without tiers has one."""
        tiers: dict[str, list[str]] = {market: [] for market in self.facts.rows["markets"]}
        for row in self.facts.rows["tiers"].values():
            tiers[row["market"]].append(str(int(row["tier"])))
        return [(market, tier, period) for market, known in tiers.items() for tier in known or ["1"]
                for period in self.facts.periods]  # fmt: skip

    def cost(self, each: worth.Worth) -> float:
        """What a unit adds to the objective; of least cost what it costs."""
        goal = self.facts.policy["objective"]
        kept = sum(value for term, value in each.items() if goal in LEDGER[term].sought)
        return -kept if goal == "cost" else kept

    @cached_property
    def columns(self) -> dict[Key, Column]:
        """Every column, by block and label."""
        return {(block, label): column for block, make in BLOCKS.items() for label, column in make(self)}


def _flow(own: Own) -> Made:
    facts = own.facts
    price = facts.policy.get("carbon_price") or 0.0
    for arc, grade in own.lanes:
        carbon = price * builds.emitted(facts, arc, facts.rows["commodities"][grade]["family"]) / 1000.0
        for period in facts.periods:
            if facts.open(arc, period):
                each = worth.of_lane(facts, arc, grade, period) | {"carbon": -carbon}
                yield (arc, grade, period), Column(0.0, math.inf, own.cost(each))


def _lifted(own: Own) -> Made:
    facts = own.facts
    sold = facts.policy["objective"] == "cost" and facts.rows["markets"]
    widened = {key for table, key, *_ in facts.added if table == "supplies"}
    for (supply, raw), period in product(facts.rows["supplies"].items(), facts.periods):
        least, most = (facts.number("supplies", supply, side, period) * facts.years[period]
                       for side in ("minimum", "available"))  # fmt: skip
        low = most if math.isfinite(most) and raw["kind"] == "own" and sold else least
        high = math.inf if supply in widened else most
        yield (supply, period), Column(low, high, own.cost(worth.of_lifting(facts, supply, period)))


def _delivered(own: Own) -> Made:
    facts, least_cost = own.facts, own.facts.policy["objective"] == "cost"
    for market, tier, period in own.tiers:
        for grade in own.served("markets", market):
            price = price_of(facts, market, grade, period) - tier_of(facts, market, tier, period)[1]
            if least_cost or not math.isnan(price):
                yield (market, grade, tier, period), Column(0.0, math.inf, own.cost({"sales": price}))


def _home(own: Own) -> Made:
    for name in own.facts.rows["obligations"]:
        for grade, period in product(own.served("obligations", name), own.facts.periods):
            each = worth.at_home(own.facts, name, period)
            yield (name, grade, period), Column(0.0, math.inf, own.cost(each))


def _short(own: Own) -> Made:
    facts = own.facts
    for name, period in product(facts.rows["obligations"], facts.periods):
        priced = not math.isnan(facts.number("obligations", name, "penalty", period))
        due = facts.number("obligations", name, "volume", period) * facts.years[period]
        each = worth.of_shortage(facts, name, period)
        yield (name, period), Column(0.0, due if priced else 0.0, own.cost(each))


def _widened(own: Own) -> Made:
    """What moves in added capacity of arcs whose old capacity costs more than it."""
    facts = own.facts
    lower = builds.lower_tariffs(facts, {option for option, _ in own.decided})
    for (arc, tariff), period in product(lower.items(), facts.periods):
        old = facts.capacity(arc, period, built=False)
        saving = facts.number("arcs", arc, "tariff", period) - tariff
        if saving > 0 and 0 < old < math.inf and facts.open(arc, period):
            yield (arc, period), Column(0.0, math.inf, own.cost({"relief": saving}))


def _full(own: Own) -> Made:
    """Whether the old capacity of a widened arc is full, as it was decided."""
    for label, _ in _widened(own):
        yield label, Column(own.full.get(label, math.nan), own.full.get(label, math.nan), 0.0)


Block = Callable[[Own], Made]


def _in_tanks(each_of: Callable[[Facts, str, str], worth.Worth] | None) -> Block:
    """Columns of every tank, grade and period."""
    def made(own: Own) -> Made:
        for name in own.facts.rows["storages"]:
            for grade, period in product(own.served("storages", name), own.facts.periods):
                each = each_of(own.facts, name, period) if each_of else {}
                yield (name, grade, period), Column(0.0, math.inf, own.cost(each))

    return made


def _deficiency(own: Own) -> Made:
    facts = own.facts
    for (name, raw), period in product(facts.rows["contracts"].items(), facts.periods):
        if inside(raw, period) > 0:
            high = 0.0 if raw["kind"] == "minimum" else math.inf
            yield (name, period), Column(0.0, high, own.cost(worth.beyond_contract(facts, name, period)))


def _exports(own: Own) -> Made:
    for label in product(own.facts.families, own.facts.periods):
        yield label, Column(0.0, math.inf, 0.0)


def _exposure(own: Own) -> Made:
    for group, period in product(own.facts.groups, own.facts.periods):
        yield (*group, period), Column(0.0, math.inf, 0.0)


def _built(kind: str) -> Block:
    """Units standing of the options of a kind, as they were decided."""
    def made(own: Own) -> Made:
        facts = own.facts
        for (option, year), units in own.decided.items():
            raw = facts.rows["options"][option]
            if raw["kind"] == kind:
                paid = builds.charge(facts, option) * builds.length(facts, year)
                fixed = kind == "project" or facts.policy["build"].get("built") is not None
                bounds = (units, units) if fixed else (0.0, builds.most_units(facts, option, year))
                yield (option, year), Column(*bounds, own.cost({"capex": -paid}))

    return made


BLOCKS: dict[str, Block] = {
    "flow": _flow, "lifted": _lifted, "delivered": _delivered, "home": _home, "short": _short,
    "stock": _in_tanks(worth.at_the_end), "injected": _in_tanks(None), "withdrawn": _in_tanks(None),
    "deficiency": _deficiency, "exports": _exports, "exposure": _exposure,
    "widened": _widened, "full": _full, "built": _built("project"), "built_part": _built("continuous"),
}  # fmt: skip
