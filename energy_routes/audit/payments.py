"""Who is paid, found again: parts of raw tariffs, shares of partners, real costs, and what shippers keep."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import product

from energy_routes.audit import worth
from energy_routes.audit.checks import builds, risk
from energy_routes.audit.checks.movement import charge
from energy_routes.audit.checks.trade import contracts, within
from energy_routes.audit.closed.owners import holders
from energy_routes.audit.facts import Facts, Row, defined, rows_by, sum_of, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import SAME, Findings
from energy_routes.indicators import LEDGER

WHO = ("payee", "country", "kind", "holder", "holder_country", "term", "family")
NOBODY = {"payee": "payee not sourced", "country": None, "kind": "not sourced", "owners": None}
TOGETHER = "shippers together"
EARLIER = "an earlier version saved the result, which did not say who is paid"
DUST = 1e-6  # MUSD
MONEY, ENDS = ("receipts", "real_cost", "cost_low", "cost_high"), ("share", "low", "high")
Key = tuple[str, ...]


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every row of payments and none besides; the terms of the ledger; the netback is what shippers keep."""
    if "payments" not in saved.tables and "payments" not in saved.summary:
        found.skip("payments", EARLIER)
        return
    listed = {tuple(row[name] or "" for name in WHO): row for row in saved["payments"]}
    for key, row in listed.items():
        found.equal("payments", f"{_told(key)} margin", row["margin"], row["receipts"] - row["real_cost"], SAME)
        found.true("payments", _told(key), row["unit"] == "MUSD", "is in MUSD")
    on_the_way = {key: row for key, row in listed.items() if key[2] != "shipper"}
    own = _own(saved, facts)
    for key, amounts in own.items():
        if key in on_the_way:
            found.columns("payments", _told(key), on_the_way[key], dict(zip(MONEY, amounts, strict=True)))
        elif not all(abs(amount) <= DUST for amount in amounts):
            found.wrong("payments", f"{_told(key)}: is missing")
    for key in on_the_way:
        found.true("payments", _told(key), key in own, "is paid nothing by the raw tables")
    _ledger(saved, on_the_way, found)
    _shippers(saved, facts, {key: row for key, row in listed.items() if key[2] == "shipper"}, found)


def _told(key: Key) -> str:
    return " ".join(part for part in (key[0], "" if key[3] == key[0] else key[3], *key[5:]) if part)


def _ledger(saved: Saved, rows: dict[Key, Row], found: Findings) -> None:
    """What is received under a term is what the ledger pays under it."""
    sign = -1.0 if saved.summary["objective"]["name"] == "cost" else 1.0
    received = (row for row in saved["ledger"] if row["term"] in LEDGER and LEDGER[row["term"]].payees)
    for (term, family), value in sums_by(received, "value", "term", "family").items():
        got = sum_of((row for key, row in rows.items() if key[5:] == (term, family)), "receipts")
        found.equal("payments", f"{term} of {family} against the ledger", got, -sign * value)


def _own(saved: Saved, facts: Facts) -> dict[Key, list[float]]:
    """Receipts and real costs by key, MUSD, from flows, contracts and builds."""
    out: dict[Key, list[float]] = defaultdict(lambda: [0.0] * len(MONEY))

    def add(payee: Row, term: str, family: str, period: str, *money: float) -> None:
        who = (payee["payee"], payee["country"] or "", payee["kind"])
        for holder, country, part in _partners(facts, payee, period):
            amounts = out[*who, holder, country, term, family]
            for at, amount in enumerate(money):
                amounts[at] += part * amount

    for row in saved["flows"]:
        arc, commodity, period, volume = (row[name] for name in ("arc", "commodity", "period", "volume"))
        each = worth.of_lane(facts, arc, commodity, period)
        (term,) = each.keys() - {"quality", "rebates"}
        for payee, part in _parts(facts, arc, commodity, period):
            add(payee, term, row["family"], period, volume * part)
        if volume > 0:
            costs = [volume * facts.mean(partial(_cost, facts, arc, commodity, end), period) for end in ENDS]
        for payee, share in _line(facts, arc, period) if volume > 0 else ():
            add(payee, "rebates", row["family"], period, -share * volume * each["rebates"])
            add(payee, term, row["family"], period, 0.0, *(share * cost for cost in costs))
    for name, period, _, _, beyond in contracts(saved, facts):
        paid = -beyond * worth.beyond_contract(facts, name, period)["deficiency"]
        for payee, share in _line(facts, facts.rows["contracts"][name]["arc"], period):
            add(payee, "deficiency", facts.family("contracts", name), period, share * paid)
    premium = (facts.policy.get("bookings") or {"premium": 0.0})["premium"]
    moved = {(row["arc"], row["commodity"], row["period"]): row["volume"] for row in saved["flows"]}
    for row in saved["bookings"]:
        lane = row["arc"], row["commodity"], row["period"]
        paid = risk.beyond_tariff(row, moved.get(lane, 0.0), charge(facts, *lane), premium)
        for payee, share in _line(facts, row["arc"], row["period"]):
            add(payee, "bookings", row["family"], row["period"], share * paid)
    for arc, period, saving in builds.relief(saved, facts):
        for payee, share in _line(facts, arc, period):
            add(payee, "relief", facts.family("arcs", arc), period, -share * saving)
    return out


def _rows(facts: Facts, arc: str) -> Iterator[tuple[str, Row]]:
    return ((key, row) for key, row in facts.rows["payees"].items() if row["target"] == f"arc:{arc}")


def _figure(facts: Facts, key: str, row: Row, field: str, month: str) -> float:
    """A figure of a payee in a month: 0 outside its term, or where it has none."""
    return defined(facts.number("payees", key, field, month), 0.0) if within(row, month) else 0.0


def _parts(facts: Facts, arc: str, commodity: str, period: str) -> Iterator[tuple[Row, float]]:
    """What each payee gets of a unit on a lane, and what is left for nobody that is sourced."""
    listed = list(_rows(facts, arc))

    def left(month: str) -> tuple[float, float]:
        tariff = charge(facts, arc, commodity, month)
        levied = sum(_figure(facts, key, row, "charge", month) for key, row in listed)
        return (tariff / levied if levied > tariff else 1.0), max(tariff - levied, 0.0)

    def got(key: str, row: Row, month: str) -> float:
        scale, rest = left(month)
        return _figure(facts, key, row, "charge", month) * scale + _figure(facts, key, row, "share", month) * rest

    whole = charge(facts, arc, commodity, period)
    for key, row in listed:
        own = facts.mean(partial(got, key, row), period)
        whole -= own
        yield row, own
    yield NOBODY, whole


def _line(facts: Facts, arc: str, period: str) -> Iterator[tuple[Row, float]]:
    """Each payee's share of what else is paid to a line, and nobody's."""
    rest = 1.0
    for key, row in _rows(facts, arc):
        share = facts.mean(partial(_figure, facts, key, row, "share"), period)
        rest -= share
        yield row, share
    yield NOBODY, rest


def _partners(facts: Facts, payee: Row, period: str) -> list[tuple[str, str, float]]:
    """Partners of a payee with shares that add up to 1; the payee itself for what none of them holds."""
    own = holders(facts, payee["owners"], period) if payee["owners"] else []
    held = sum(share for *_, share in own)
    rest = 1.0 - held if 1.0 - held > 1e-3 else 0.0
    parts = [(holder, country, share / (held + rest)) for holder, country, share in own]
    return [*parts, (payee["payee"], payee["country"] or "", rest)] if rest else parts


def _cost(facts: Facts, arc: str, commodity: str, end: str, month: str) -> float:
    """What moving a unit really costs in a month: the row of the arc, else of its mode; undefined without either.

    ``end`` is the column of the share: its own, or an end of its band, where it has one.
    """
    tariff = charge(facts, arc, commodity, month)
    if facts.by_option(arc, "tariff"):
        return tariff
    raw, family = facts.rows["arcs"][arc], facts.family("arcs", arc)
    for target, (key, row) in product((f"arc:{arc}", f"mode:{raw['mode']}"), facts.rows["operating"].items()):
        if (row["target"], row["family"]) == (target, family) and within(row, month):
            own, share = (facts.number("operating", key, column, month) for column in (end, "share"))
            return defined(facts.number("operating", key, "cost", month), defined(own, share) * tariff)
    return math.nan if tariff else 0.0


def _shippers(saved: Saved, facts: Facts, rows: dict[Key, Row], found: Findings) -> None:
    """By shipper and family what its routes earn and its lifting costs; in all the netback."""
    earned: dict[tuple[str, str], float] = defaultdict(float)
    lifting: dict[tuple[str, str], float] = defaultdict(float)
    supplies = facts.rows["supplies"]
    for row in saved["routes"]:
        if row["origin"] in supplies:
            earned[supplies[row["origin"]]["shipper"], row["family"]] += row["volume"] * row["netback"]
    for row in saved["supplies"]:
        each = worth.of_lifting(facts, row["supply"], row["period"])["lifting"]
        lifting[supplies[row["supply"]]["shipper"], row["family"]] -= row["lifted"] * each
    for key in rows:
        known = key[0] == TOGETHER or any(raw["shipper"] == key[0] for raw in supplies.values())
        found.true("payments", _told(key), known and key[5] == "netback", "is no shipper of the raw tables")
    sums = rows_by(rows.values(), "payee", "family")
    for who in dict.fromkeys((*sums, *earned)):
        if who[0] != TOGETHER:  # what stands on no route is the rest of the netback
            found.equal("payments", f"{who[0]} netback", sum_of(sums[who], "margin"), earned[who])
        for column in MONEY[1:]:
            found.equal("payments", f"{who[0]} {column}", sum_of(sums[who], column), lifting[who])
    kept = sum_of(rows.values(), "margin")
    found.equal("payments", "margins of all shippers", kept, saved.summary["netback"]["value"])
