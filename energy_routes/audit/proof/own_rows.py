"""The rows of the network and of trade that a programme of a case may have: bounds and coefficients, from raw tables.

A row that stands in a saved programme and not here is no rule of the case.  A rule that the programme lacks makes its
bound looser and never wrong, so it is not asked for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, product
from typing import NamedTuple

from energy_routes.audit.checks import builds
from energy_routes.audit.checks.trade import due_in, tier_of
from energy_routes.audit.facts import defined, rows_by
from energy_routes.audit.proof.own_columns import BUILT, Label, Own
from energy_routes.audit.proof.programme import Key

Terms = dict[Key, float]


class Row(NamedTuple):
    """Bounds of a row, and its coefficients by column."""

    low: float
    high: float
    terms: Terms


Rows = Iterator[tuple[Label, Row]]


def of_block(own: Own, block: str) -> Iterable[Label]:
    """The labels of the columns of a block."""
    return [label for name, label in own.columns if name == block]


def sums(parts: Iterable[tuple[Label, Key, float]]) -> dict[Label, Terms]:
    """Coefficients by row, those of a column added up."""
    out: dict[Label, Terms] = defaultdict(lambda: defaultdict(float))
    for label, key, value in parts:
        out[label][key] += value
    return out


def widened(own: Own, word: str, name: str, field: str, period: str) -> Terms:
    """What the options add to a figure: the size of each in a period, by its column, below 0."""
    facts, out = own.facts, Terms()
    for effect in facts.rows["option_effects"].values():
        key = (effect["option"], period[:4])
        if effect["target"] == f"{word}:{name}" and key in own.decided:
            block = BUILT[facts.rows["options"][effect["option"]]["kind"]]
            for column, size, times in builds.sizes(effect, builds.TABLE_OF[word], name, period, facts):
                if column == field and size * times > 0:
                    out[block, key] = -size * times
    return out


def balance(own: Own) -> Rows:
    """What comes to a node leaves it: Σ in − Σ out = 0."""
    facts = own.facts

    def parts() -> Iterator[tuple[Label, Key, float]]:
        for arc, grade, period in of_block(own, "flow"):
            key, lane = ("flow", (arc, grade, period)), (arc, grade)
            yield (own.end(lane), own.lanes[lane], period), key, facts.of_lane(arc, grade, "yield", period, 1.0)
            yield (own.start(lane), grade, period), key, -1.0
        for supply, period in of_block(own, "lifted"):
            raw = facts.rows["supplies"][supply]
            yield (raw["node"], raw["commodity"], period), ("lifted", (supply, period)), 1.0
        for block, table, sign in (("delivered", "markets", -1.0), ("home", "obligations", -1.0),
                                   ("withdrawn", "storages", 1.0), ("injected", "storages", -1.0)):  # fmt: skip
            for label in of_block(own, block):
                yield (facts.rows[table][label[0]]["node"], label[1], label[-1]), (block, label), sign

    for label, terms in sums(parts()).items():
        yield label, Row(0.0, 0.0, terms)


def capacity(own: Own) -> Rows:
    """Least ≤ Σ of an arc ≤ what is left of it for us, and what is built."""
    facts = own.facts
    moved = of_arcs(own)
    for arc, period in product(facts.rows["arcs"], facts.periods):
        more = widened(own, "arc", arc, "capacity", period)
        least = facts.least(arc, period)
        low = least if least > 0 and not more else -math.inf
        yield (arc, period), Row(low, facts.capacity(arc, period, built=False), moved[arc, period] | more)


def arcs_at_least(own: Own) -> Rows:
    """What an option widens must still move its least."""
    for (arc, period), terms in of_arcs(own).items():
        if (least := own.facts.least(arc, period)) > 0:
            yield (arc, period), Row(least, math.inf, terms)


def of_arcs(own: Own) -> dict[Label, Terms]:
    """What moves over each arc in each period."""
    labels = of_block(own, "flow")
    return sums(((arc, period), ("flow", (arc, grade, period)), 1.0) for arc, grade, period in labels)


def joint_limits(own: Own) -> Rows:
    """Low ≤ Σ weight × flow ≤ high, in a period or over the horizon."""
    for label, low, high, terms, more in _windows(own):
        yield label, Row(-math.inf if more else low, high, terms | more)


def limits_at_least(own: Own) -> Rows:
    """What an option widens must still keep its least."""
    for label, low, _, terms, _ in _windows(own):
        yield label, Row(low, math.inf, terms)


def _windows(own: Own) -> Iterator[tuple[Label, float, float, Terms, Terms]]:
    """Each joint limit and window, with its bounds, its coefficients and what options add."""
    facts, totals = own.facts, _joint_terms(own)
    for limit, raw in facts.rows["limits"].items():
        for name, spans in facts.windows(raw["over"]):
            low, high = (sum(facts.number("limits", limit, side, p) * facts.years[p] for p in spans)
                         for side in ("low", "high"))  # fmt: skip
            terms = sums((("",), key, value) for p in spans for key, value in totals[limit, p].items())[("",)]
            added = (widened(own, word, limit, "high", p) for word, p in product(("limit", "joint"), spans))
            more = sums((("",), key, value) for part in added for key, value in part.items())[("",)]
            yield (limit, name), defined(low, -math.inf), defined(high, math.inf), terms, more


def _joint_terms(own: Own) -> dict[Label, Terms]:
    """Weights of flows by joint limit and period."""
    known = rows_by(own.facts.rows["limit_terms"].values(), "arc")
    out = sums(
        ((term["limit"], period), ("flow", (arc, grade, period)), float(term["weight"]))
        for arc, grade, period in of_block(own, "flow") for term in known[arc] if term["commodity"] in (None, grade)
    )  # fmt: skip
    return defaultdict(dict, out)


def joint_ratios(own: Own) -> Rows:
    """A sum against a multiple of another: at most the high ratio, at least the low one."""
    facts, totals = own.facts, _joint_terms(own)
    for limit, raw in facts.rows["limits"].items():
        sides = (("high", 1.0), ("low", -1.0)) if raw["relative_to"] else ()
        for (side, sign), (name, spans) in product(sides, facts.windows(raw["over"])):
            terms: Terms = defaultdict(float)
            for p in spans:
                ratio = facts.number("limits", limit, f"{side}_ratio", p)
                for key, value in () if math.isnan(ratio) else totals[limit, p].items():
                    terms[key] += sign * value
                for key, value in () if math.isnan(ratio) else totals[raw["relative_to"], p].items():
                    terms[key] -= sign * ratio * value
            yield (limit, side, name), Row(-math.inf, 0.0, terms)


def market_depth(own: Own) -> Rows:
    """Σ of all grades sold in a tier ≤ its depth, and what is built."""
    facts = own.facts
    parts = (((label[0], *label[2:]), ("delivered", label), 1.0) for label in of_block(own, "delivered"))
    sold = sums(parts)
    for market, tier, period in own.tiers:
        more = widened(own, "tier", f"{market}/{tier}", "depth", period)
        added = facts.built("tiers", f"{market}/{tier}", "depth", period)
        depth = tier_of(facts, market, tier, period)[0] - added
        yield (market, tier, period), Row(-math.inf, depth, sold[market, tier, period] | more)


def supply_with_options(own: Own) -> Rows:
    """What is lifted ≤ what is available, and what is built."""
    facts = own.facts
    for supply, period in of_block(own, "lifted"):
        more = widened(own, "supply", supply, "available", period)
        most = facts.number("supplies", supply, "available", period) * facts.years[period]
        yield (supply, period), Row(-math.inf, most, {("lifted", (supply, period)): 1.0} | more)


def obligations(own: Own) -> Rows:
    """What home takes, and what it misses, is what it is due."""
    facts = own.facts
    home = (((label[0], label[-1]), ("home", label), 1.0) for label in of_block(own, "home"))
    missed = ((label, ("short", label), 1.0) for label in of_block(own, "short"))
    for (name, period), terms in sums(chain(home, missed)).items():
        due = facts.number("obligations", name, "volume", period) * facts.years[period]
        yield (name, period), Row(due, due, terms)


def contracts(own: Own) -> Rows:
    """Shipped and paid for ≥ due; of a firm contract what moves, less what moves beyond it, ≤ what is firm."""
    facts = own.facts
    flows: dict[Label, list[str]] = defaultdict(list)
    for arc, grade, period in of_block(own, "flow"):
        flows[arc, period].append(grade)
    for name, period in of_block(own, "deficiency"):
        raw = facts.rows["contracts"][name]
        sign = -1.0 if raw["kind"] == "firm" else 1.0
        counted = [g for g in flows[raw["arc"], period] if not raw["commodities"] or g in raw["commodities"]]
        terms: Terms = {("flow", (raw["arc"], grade, period)): sign for grade in counted}
        due = facts.mean(partial(due_in, facts, name), period) * facts.years[period]
        yield (name, period), Row(sign * due, math.inf, terms | {("deficiency", (name, period)): 1.0})
