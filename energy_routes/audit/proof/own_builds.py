"""The columns and rows of builds that a programme of a case may have, from the raw tables, with the builds decided."""

from __future__ import annotations

import math

from energy_routes.audit.proof.own_columns import BUILT, Own
from energy_routes.audit.proof.own_rows import Row, Rows, Terms, of_arcs, of_block, widened
from energy_routes.audit.proof.programme import Key


def column(own: Own, option: str, year: str) -> Key:
    """The units of an option that stand in a year."""
    return BUILT[own.facts.rows["options"][option]["kind"]], (option, year)


def standing(own: Own) -> Rows:
    """What stands goes on standing."""
    years = sorted({year for _, year in own.decided})
    for option, year in own.decided:
        if (at := years.index(year)) > 0:
            yield (option, year), Row(0.0, math.inf, {column(own, option, year): 1.0,
                                                      column(own, option, years[at - 1]): -1.0})  # fmt: skip


def chains(own: Own) -> Rows:
    """A second step needs the first: its part of all units is no more than that of what it requires."""
    options = own.facts.rows["options"]
    for option, year in own.decided:
        for needed in options[option]["requires"] or ():
            terms = {column(own, option, year): 1.0 / options[option]["units"],
                     column(own, needed, year): -1.0 / options[needed]["units"]}  # fmt: skip
            yield (option, needed, year), Row(-math.inf, 0.0, terms)


def budget(own: Own) -> Rows:
    """Capital of all that stands in the last year."""
    facts, last = own.facts, max((year for _, year in own.decided), default="")
    terms = {column(own, option, year): facts.number("options", option, "capex", facts.first_year)
             for option, year in own.decided if year == last}  # fmt: skip
    yield (), Row(-math.inf, facts.policy["build"]["budget"] or math.inf, terms)


def beyond_old(own: Own) -> Rows:
    """What moves in added capacity begins where the old is full."""
    moved = of_arcs(own)
    for label in of_block(own, "widened"):
        terms: Terms = {key: -value for key, value in moved[label].items()}
        old = own.facts.capacity(label[0], label[1], built=False)
        yield label, Row(-math.inf, 0.0, terms | {("widened", label): 1.0, ("full", label): old})


def within_added(own: Own) -> Rows:
    """No more moves in added capacity than was built."""
    for arc, period in of_block(own, "widened"):
        terms = widened(own, "arc", arc, "capacity", period)
        yield (arc, period), Row(-math.inf, 0.0, terms | {("widened", (arc, period)): 1.0})


def only_when_full(own: Own) -> Rows:
    """Nothing moves in added capacity while the old is not full; no more than all options could add."""
    units = {option: raw["units"] for option, raw in own.facts.rows["options"].items()}
    for arc, period in of_block(own, "widened"):
        added = widened(own, "arc", arc, "capacity", period)  # below 0
        most = sum(size * units[option] for (_, (option, _)), size in added.items())
        label = arc, period
        yield label, Row(-math.inf, 0.0, {("widened", label): 1.0, ("full", label): most})
