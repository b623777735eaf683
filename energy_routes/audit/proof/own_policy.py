"""The rows of dependence and policy that a programme of a case may have, from the raw tables, policy and cuts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from energy_routes.audit.checks import builds
from energy_routes.audit.checks.arrival import Arrival
from energy_routes.audit.checks.dependence import PARTITIONS, gone, whose
from energy_routes.audit.facts import ALL, HORIZON, years
from energy_routes.audit.proof.own_columns import Label, Own
from energy_routes.audit.proof.own_rows import Row, Rows, Terms, of_block, sums
from energy_routes.audit.proof.programme import Key

ENOUGH = 1e-12  # of the exports that are held: by so much less may be exported, so that rounding forbids nothing


def exports(own: Own) -> Rows:
    """Exports are what is sold in markets abroad."""
    facts = own.facts
    terms = sums(
        ((facts.family("markets", label[0]), label[-1]), ("delivered", label), -1.0)
        for label in of_block(own, "delivered") if facts.rows["markets"][label[0]]["export"]
    )  # fmt: skip
    for label in of_block(own, "exports"):
        yield label, Row(0.0, 0.0, {("exports", label): 1.0} | terms.get(label, {}))


def exposure(own: Own) -> Rows:
    """A group counts what is sold abroad of what crosses its meters; all families together their value."""
    facts = own.facts
    arrival, known = Arrival(facts, facts.periods), set(of_block(own, "exposure"))

    def parts() -> Iterator[tuple[Label, Key, float]]:
        for label in known:
            yield label, ("exposure", label), 1.0
            if label[2] == ALL:
                for family, price in facts.base_prices.items():
                    if (part := (*label[:2], family, label[3])) in known:
                        yield label, ("exposure", part), -price
        for arc, grade, period in of_block(own, "flow"):
            family = facts.rows["commodities"][grade]["family"]
            for meter, share in arrival.at_lane.get((arc, grade, period), ()):
                yield (*meter, family, period), ("flow", (arc, grade, period)), -share
        for market, grade, tier, period in of_block(own, "delivered"):
            family = facts.rows["commodities"][grade]["family"]
            for meter in arrival.at_sale.get((market, grade, period), ()):
                yield (*meter, family, period), ("delivered", (market, grade, tier, period)), -1.0

    for label, terms in sums(parts()).items():
        yield label, Row(0.0, 0.0, terms)


def bounds(own: Own, lever: str) -> Rows:
    """The caps (``max_``) or least values (``min_``) on shares and volumes of groups, in each window."""
    facts, (side, _, measure) = own.facts, lever.partition("_")
    families = sorted({label[2] for label in of_block(own, "exposure")})
    asked = facts.policy[lever]
    for bound in asked:
        for family in whose(bound, asked, families, ("kind", "group")):
            kind, group = bound["kind"], bound["group"]
            whole = bound["over"] == HORIZON
            before, of = gone(facts, kind, group, family) if whole and facts.past else (0.0, 0.0)
            level = bound["cap" if side == "max" else "least"]
            for window, spans in facts.windows(bound["over"]):
                terms: Terms = defaultdict(float)
                for p in spans:
                    terms["exposure", (kind, group, family, p)] += 1.0
                    for key, value in _total(own, kind, family, p) if measure == "share" else ():
                        terms[key] -= level * value
                past = sum(years(p) for p in facts.past["periods"]) if whole and facts.past else 0.0
                length = sum(facts.years[p] for p in spans) + past
                limit = (level * of if measure == "share" else level * length) - before
                if side == "max":
                    yield (kind, group, family, window), Row(-math.inf, limit, terms)
                elif measure == "share":
                    yield (kind, group, family, window), Row(-math.inf, -limit, {k: -v for k, v in terms.items()})
                else:
                    yield (kind, group, family, window), Row(limit, math.inf, terms)


def _total(own: Own, kind: str, family: str, period: str) -> Iterator[tuple[Key, float]]:
    """What a share is a share of, by column."""
    facts = own.facts
    if kind in PARTITIONS:
        yield from _sum_of(own, kind, family, period)
    elif family == ALL:
        for part, price in facts.base_prices.items():
            for key, value in _total(own, kind, part, period):
                yield key, price * value
    elif family in facts.with_corridors:
        yield from _sum_of(own, "corridor", family, period)
    else:
        yield ("exports", (family, period)), 1.0


def _sum_of(own: Own, kind: str, family: str, period: str) -> Iterator[tuple[Key, float]]:
    for name, group, of in own.facts.groups:
        if (name, of) == (kind, family):
            yield ("exposure", (kind, group, family, period)), 1.0


def ramp(own: Own, rows: Iterable[Mapping[str, Any]]) -> Rows:
    """After an unforeseen event a group carries no more than in the reference and its ramp; the rows are tested."""
    for row in rows:
        label = tuple(str(row[key]) for key in ("kind", "group", "family", "period"))
        yield (row["event"], *label), Row(-math.inf, row["reference"] + row["ramp"], {("exposure", label): 1.0})


def hold_exports(own: Own, held: Mapping[str, float]) -> Rows:
    """Exports over the horizon are at least what they are without caps."""
    for family, volume in held.items():
        terms: Terms = {("exports", (family, period)): 1.0 for period in own.facts.periods}
        yield (family,), Row(volume * (1.0 - ENOUGH), math.inf, terms)


def max_emissions(own: Own) -> Rows:
    """All that moving emits over the horizon, Mt CO2e."""
    facts = own.facts
    if (cap := facts.policy["max_emissions"]) is not None:
        grades = facts.rows["commodities"]
        terms: Terms = {
            ("flow", (arc, grade, period)): builds.emitted(facts, arc, grades[grade]["family"]) / 1000.0
            for arc, grade, period in of_block(own, "flow")
        }  # fmt: skip
        yield (HORIZON,), Row(-math.inf, cap * sum(facts.years.values()), terms)


def max_hhi(own: Own, cuts: list[dict[str, Any]]) -> Rows:
    """The tangent cuts of the certificate: (û·√w − √H)·x ≤ 0.  That each is valid is tested with the cuts."""
    for number, cut in enumerate(cuts):
        level = math.sqrt(cut["cap"])
        terms: Terms = {
            ("exposure", (cut["kind"], group, cut["family"], period)): direction - level
            for group, direction in zip(cut["groups"], cut["direction"], strict=True) for period in own.facts.periods
        }  # fmt: skip
        yield (str(number),), Row(-math.inf, 0.0, terms)
