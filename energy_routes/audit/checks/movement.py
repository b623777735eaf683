"""What moves: lanes, balances, capacities, supplies, tanks."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import product

from energy_routes.audit.facts import Facts, Row, defined, rows_by, sum_of, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import SAME, Findings


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every volume that moves, against the raw tables."""
    for label, years in facts.saved_years.items():
        found.equal("periods", label, years, facts.years[label], SAME)
    for row in saved["flows"]:
        _flow(row, facts, found)
    _balance(saved, facts, found)
    _arcs(saved, facts, found)
    _supplies(saved, facts, found)
    _stocks(saved, facts, found)


def _flow(row: Row, facts: Facts, found: Findings) -> None:
    """One lane in one period: it exists, is open, and its outlet, charge and cost follow from its volume."""
    arc, commodity, period = row["arc"], row["commodity"], row["period"]
    what = f"{arc} {commodity} {period}"
    raw, lane = facts.rows["arcs"].get(arc), facts.lane(arc, commodity)
    if raw is None or lane is None or not facts.open(arc, period):
        found.wrong("flows", f"{what}: no such lane is available in the raw tables")
        return
    ends = (row["from"], row["to"], row["to_commodity"], row["mode"])
    expected = (raw["from"], raw["to"], lane["to_commodity"] or commodity, raw["mode"])
    found.true("flows", what, ends == expected, f"saved {ends}, in the raw tables {expected}")
    kept = facts.of_lane(arc, commodity, "yield", period, 1.0)
    found.within("flows", f"{what} volume", row["volume"], 0.0, math.inf)
    tariff = charge(facts, arc, commodity, period)
    own = {"outlet": row["volume"] * kept, "tariff": tariff, "cost": row["volume"] * tariff}
    found.columns("flows", what, row, own, SAME)


def charge(facts: Facts, arc: str, commodity: str, period: str) -> float:
    """The charge on a lane's inlet volume: its own tariff or the arc's; on the outlet where the table says so."""
    return facts.mean(lambda part: _charged(facts, arc, commodity, part), period)


def _charged(facts: Facts, arc: str, commodity: str, period: str) -> float:
    of_arc = facts.number("arcs", arc, "tariff", period)
    tariff = defined(facts.of_lane(arc, commodity, "tariff", period, math.nan), of_arc)
    outlet = facts.rows["arcs"][arc]["basis"] == "outlet"
    return tariff * (facts.of_lane(arc, commodity, "yield", period, 1.0) if outlet else 1.0)


def _balance(saved: Saved, facts: Facts, found: Findings) -> None:
    """What enters a node leaves it, is delivered, or is stored: by node, commodity and period."""
    net: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in saved["flows"]:
        net[row["to"], row["to_commodity"], row["period"]] += row["outlet"]
        net[row["from"], row["commodity"], row["period"]] -= row["volume"]
    for row in saved["supplies"]:
        node = facts.rows["supplies"][row["supply"]]["node"]
        net[node, facts.rows["supplies"][row["supply"]]["commodity"], row["period"]] += row["lifted"]
    for row in saved["deliveries"]:
        net[facts.rows["markets"][row["market"]]["node"], row["commodity"], row["period"]] -= row["volume"]
    for row in saved["obligations"]:
        net[facts.rows["obligations"][row["obligation"]]["node"], row["commodity"], row["period"]] -= row["volume"]
    for row in saved["stocks"]:
        node = facts.rows["storages"][row["storage"]]["node"]
        net[node, row["commodity"], row["period"]] += row["withdrawn"] - row["injected"]
    for (node, commodity, period), rest in net.items():
        found.equal("balance", f"{node} {commodity} {period}: in minus out", rest, 0.0)


def _arcs(saved: Saved, facts: Facts, found: Findings) -> None:
    """Capacity and minimum of every arc and period; volume, capacity, utilisation and price of the table ``arcs``."""
    carried = sums_by(saved["flows"], "volume", "arc", "period")
    priced = {(r["limit"], r["period"]): defined(r["price"], 0.0) for r in saved["prices"] if r["kind"] == "capacity"}
    listed = {(row["arc"], row["period"]): row for row in saved["arcs"]}
    for arc, period in product(facts.rows["arcs"], facts.periods):
        what, volume, is_open = f"{arc} {period}", carried[arc, period], facts.open(arc, period)
        least, most = (facts.least(arc, period), facts.capacity(arc, period)) if is_open else (0.0, 0.0)
        found.within("capacity", what, volume, least, most)
        if (arc, period) not in listed:
            found.wrong("arcs", f"{what} is missing")
            continue
        row = listed[arc, period]
        limit = most if is_open and math.isfinite(most) else math.nan
        used = volume / limit if limit > 0 else math.nan
        found.columns("arcs", what, row, {"volume": volume, "capacity": limit, "utilisation": used})
        if priced or row["price"]:
            found.equal("arcs", f"{what} price", row["price"], priced.get((arc, period), 0.0))
        stands = is_open and not (limit == 0 and facts.by_option(arc))
        found.true("arcs", what, (row["status"] == "operating") == stands, f"status {row['status']!r} is not so")


def _supplies(saved: Saved, facts: Facts, found: Findings) -> None:
    """Lifted between the least and the most available; all of it, where a least-cost plan must sell it."""
    listed = {(row["supply"], row["period"]): row for row in saved["supplies"]}
    all_of_it = facts.policy["objective"] == "cost" and facts.rows["markets"]
    for (supply, raw), period in product(facts.rows["supplies"].items(), facts.periods):
        what = f"{supply} {period}"
        if (supply, period) not in listed:
            found.wrong("supplies", f"{what} is missing")
            continue
        row = listed[supply, period]
        most, least = (facts.rate("supplies", supply, field, period) for field in ("available", "minimum"))
        same = all(row[part] == raw[part] for part in ("node", "commodity", "shipper", "kind"))
        found.true("supplies", what, same, "node, commodity, shipper or kind is not that of the raw table")
        own = raw["kind"] == "own"
        found.equal("supplies", f"{what} available", row["available"], most, SAME)
        found.within("supplies", f"{what} lifted", row["lifted"], most if all_of_it and own else least, most)
        shut = most - row["lifted"] if math.isfinite(most) and own else 0.0
        found.equal("supplies", f"{what} shut in", row["shut_in"], shut)


def _stocks(saved: Saved, facts: Facts, found: Findings) -> None:
    """Tanks: what is in them follows from what was, within working volume and rates, and ends as the rule says."""
    for row in saved["stocks"]:
        ends = row["opening"] + row["injected"] - row["withdrawn"]
        found.equal("tanks", f"{row['storage']} {row['commodity']} {row['period']} closing", row["closing"], ends)
    first, last = facts.periods[0], facts.periods[-1]
    for storage, own in rows_by(saved["stocks"], "storage").items():
        by_period = rows_by(own, "period")
        rule = facts.word("storages", storage, "closing", last)
        closing = {(r["period"], r["commodity"]): r["closing"] for r in own}
        for at, period in enumerate(facts.periods):
            rows, what = by_period[period], f"{storage} {period}"
            before = facts.periods[at - 1]  # of the first period: the last, for a cyclic store
            if at > 0 or rule == "cyclic":
                for row in rows:
                    found.equal("tanks", f"{what} opening", row["opening"], closing[before, row["commodity"]])
            full = facts.number("storages", storage, "working_volume", period)
            full += facts.built("storages", storage, "working_volume", period)
            for row in rows:
                found.equal("tanks", f"{what} working volume", row["working_volume"], full, SAME)
            found.within("tanks", f"{what} held", sum_of(rows, "closing"), 0.0, defined(full, math.inf))
            for field, moved in (("injection", "injected"), ("withdrawal", "withdrawn")):
                most = defined(facts.rate("storages", storage, field, period), math.inf)
                found.within("tanks", f"{what} {moved}", sum_of(rows, moved), 0.0, most)
        if rule != "cyclic":
            _opening(storage, by_period[first], facts, found)
        if rule == "opening":
            target = facts.number("storages", storage, "opening", last)
            found.within("tanks", f"{storage} at the end", sum_of(by_period[last], "closing"), target, math.inf)


def _opening(storage: str, rows: list[Row], facts: Facts, found: Findings) -> None:
    """The opening stock is of one commodity: the first that the raw row names, or the first that reaches the node."""
    opening = facts.number("storages", storage, "opening", facts.periods[0])
    named = facts.rows["storages"][storage]["commodities"]
    holder = named[0] if named else rows[0]["commodity"]
    for row in rows:
        own = opening if row["commodity"] == holder else 0.0
        found.equal("tanks", f"{storage} {row['commodity']} at the start", row["opening"], own)
