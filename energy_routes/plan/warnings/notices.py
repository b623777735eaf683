"""What a reader of a plan should be told beside its numbers: one notice a fact, each with a code and a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from energy_routes.case import Past
from energy_routes.formulation import Space
from energy_routes.linear import Axis, Vector, positions, summed
from energy_routes.pack import Period, by_key, months_of
from energy_routes.plan.columns import totals
from energy_routes.plan.making.volumes import flows_table, shut_in
from energy_routes.plan.price_table import clean
from energy_routes.plan.solved import Solved
from energy_routes.plan.warnings.loops import Loop, circles, loops

SLIGHT = 1e-6  # Mt or bcm


class Waiver(NamedTuple):
    """Of a contract the ``volume`` waived (Mt or bcm, in ``unit``), and the ``money`` not owed for it (MUSD)."""

    contract: str
    unit: str
    volume: float
    money: float


def notices(of: Solved) -> tuple[dict[str, Any], ...]:
    """What goes round and is lost, was shut in, short, waived by force majeure, or has no price to be sold at.

    Of a year that is partly gone also the months of which the actuals say nothing; of bookings that none are weighed.
    """
    space, moving = of.space, np.flatnonzero(of.moved > SLIGHT)
    round_ = moving[circles(*(end[moving] for end in of.ends)) >= 0]
    out = [_round(loop) for loop in loops(flows_table(of, round_))] if len(round_) else []
    out += [
        notice("shut_in", f"{volume:.3g} {unit} is available but not lifted", f"supply:{name}")
        for (name, unit), volume in _large(space, space.lifted.axis, shut_in(of))
    ]
    out += [
        notice("short", f"{volume:.3g} {unit} not delivered, at its penalty", f"obligation:{name}")
        for (name, unit), volume in _large(space, space.obligations, clean(space.short.value(of.x)))
    ]
    out += [_waived(waiver) for waiver in _waivers(of) if waiver.volume > SLIGHT]
    out += [
        notice("no_price", f"no price in {', '.join(periods)}: nothing can be sold there then", f"market:{market}")
        for market, periods in _unpriced(space).items()
    ]
    out += [
        notice("meter", f"counted by the best way on from {arcs}: ways lose differently, and others use them", group)
        for group, arcs in _counted_at_best(of).items()
    ]
    if space.policy.bookings is not None and space.policy.cvar is None:
        out.append(notice("no_futures", "nothing is booked: bookings are weighed against futures, which policy.cvar "
                                        "gives, or against the cases that regret takes", "policy.bookings"))
    if untold := _untold(space.case.past):
        out.append(notice("no_actuals", f"no row of {', '.join(untold)}: nothing counts as moved then, and the months "
                                        "ahead bear all that contracts of the year ask for", "actuals"))
    return tuple(out)


def notice(code: str, message: str, where: str) -> dict[str, Any]:
    """One notice in the shape of ``warnings`` in a summary."""
    return {"code": code, "message": message, "where": where}


def _round(loop: Loop) -> dict[str, Any]:
    """A loop in words, and in numbers: ``arcs``, ``volume`` sent round and ``destroyed`` in ``unit``, ``periods``."""
    arcs = ", ".join(loop.arcs)
    message = (
        f"a loop: {loop.volume:.2f} {loop.unit} is sent round {arcs}, and {loop.destroyed:.2f} {loop.unit} is "
        "destroyed on it: a surplus is burnt that nobody takes"
    )
    return notice("loop", message, ", ".join(f"arc:{arc}" for arc in loop.arcs)) | {
        "arcs": list(loop.arcs), "volume": loop.volume, "destroyed": loop.destroyed, "unit": loop.unit,
        "periods": list(loop.periods),
    }  # fmt: skip


def _waivers(of: Solved) -> list[Waiver]:
    """What force majeure waives of each contract: commitments on an arc that is not whole, and money not owed.

    Money is the charge on what is not shipped of the whole commitment, less that on what is not shipped of the part
    that still binds; 0 for a minimum, out of which nothing buys.
    """
    due, terms, lanes = of.space.deficiency.axis, of.space.contract_terms, of.space.flow.axis
    shipped = summed(positions(terms, due, due.keys), of.moved[positions(terms, lanes, lanes.keys)], len(due))
    whole, left = due.data("nominal"), due.data("volume")
    owed = np.maximum(whole - shipped, 0.0) - np.maximum(left - shipped, 0.0)
    pays = (due.frame["kind"] == "ship_or_pay").to_numpy(dtype=bool)
    unit = of.space.case.network.units("volume")
    own = [(name, unit[family]) for name, family in zip(due.frame["contract"], due.frame["family"], strict=True)]
    named, sums = totals(own, np.column_stack([whole - left, np.where(pays, owed * due.data("charge"), 0.0)]))
    return [Waiver(*key, *amounts) for key, amounts in zip(named, sums.tolist(), strict=True)]


def _waived(waiver: Waiver) -> dict[str, Any]:
    """A waiver in words, and in numbers: the ``volume`` waived in ``unit``, and the ``money`` (MUSD) not owed."""
    message = f"{waiver.volume:.3g} {waiver.unit} of the commitment is waived: its route is not whole"
    message += f"; {waiver.money:,.2f} MUSD are not owed for it" if waiver.money > SLIGHT else ""
    return notice("force_majeure", message, f"contract:{waiver.contract}") | {
        "volume": waiver.volume, "unit": waiver.unit, "money": waiver.money}  # fmt: skip


def _large(space: Space, over: Axis, volumes: Vector) -> list[tuple[tuple[str, str], float]]:
    """The volume over the horizon, Mt or bcm, of each supply or obligation and its unit, in their order."""
    unit = space.case.network.units("volume")
    labels = zip(over.frame[over.keys[0]].tolist(), over.frame["family"].tolist(), strict=True)
    own = [(name, unit[family]) for name, family in labels]
    named, sums = totals(own, volumes)
    return sorted((key, float(volume)) for key, volume in zip(named, sums, strict=True) if volume > SLIGHT)


def _counted_at_best(of: Solved) -> dict[str, str]:
    """Groups of which nobody can tell what is sold abroad in the end, with the arcs at which they are counted."""
    counted, lanes = of.space.counted[0], of.space.flow.axis
    guessed = np.flatnonzero(~counted.frame["known"].to_numpy(dtype=bool))
    moved = of.moved[positions(counted.take(guessed), lanes, lanes.keys)] > SLIGHT
    told = counted.frame[["kind", "group", "arc"]].iloc[guessed[moved]].drop_duplicates()
    arcs = by_key((f"{kind}:{group}", arc) for kind, group, arc in told.itertuples(index=False))
    return {group: ", ".join(own) for group, own in arcs.items()}


def _untold(past: Past | None) -> list[str]:
    """The months gone by of which no row tells a volume; a closing stock tells none."""
    if past is None:
        return []
    told = {actual.period for actual in past.actuals if actual.what != "storage"}
    return [period.label for period in past.periods if period.label not in told]


def _unpriced(space: Space) -> dict[str, list[str]]:
    """Markets that something can reach, with the periods in which the pack gives them no price, and in which months."""
    if space.policy.objective == "cost":
        return {}
    network, periods = space.case.network, space.case.periods
    reached = set(zip(space.places.frame["node"], space.places.frame["family"], strict=True))
    markets = network.tables["markets"]
    family = network.family_of("markets")
    blank = pd.isna(network.resolve("markets", "price", months_of(periods)))
    return {
        str(market): list(_without_price(periods, dict(zip(months_of(periods), row, strict=True))))
        for market, node, row in zip(markets["id"], markets["node"], blank, strict=True)
        if (node, family[market]) in reached and row.any()
    }


def _without_price(periods: Sequence[Period], blank: Mapping[Period, bool]) -> Iterator[str]:
    """Periods of which some month has no price; which months, where it is not all of them."""
    for period in periods:
        missing = [month.label for month in period.months if blank[month]]
        if missing:
            some = len(missing) < len(period.months)
            yield f"{period.label} (none for {', '.join(missing)})" if some else period.label
