"""What is sold and owed: market tiers and their prices, home obligations, joint limits, contracts."""

from __future__ import annotations

import calendar
import math
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from itertools import product

from energy_routes.audit.facts import Facts, Row, defined, rows_by, sum_of, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import NEAR, SAME, Findings


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every delivery and commitment, against the raw tables."""
    _deliveries(saved, facts, found)
    _obligations(saved, facts, found)
    _joint_limits(saved, facts, found)
    for contract, period, due, shipped, _ in contracts(saved, facts):
        if facts.rows["contracts"][contract]["kind"] == "minimum":
            found.within("contracts", f"{contract} {period}", shipped, due, math.inf)
    _prices(saved, facts, found)


def _deliveries(saved: Saved, facts: Facts, found: Findings) -> None:
    for row in saved["deliveries"]:
        market, tier, commodity, period = row["market"], str(row["tier"]), row["commodity"], row["period"]
        what = f"{market} tier {tier} {commodity} {period}"
        depth, discount = tier_of(facts, market, tier, period)
        price = price_of(facts, market, commodity, period) - discount
        found.within("deliveries", f"{what} volume", row["volume"], 0.0, math.inf)
        own = {"price": price, "depth": depth if math.isfinite(depth) else math.nan}
        found.columns("deliveries", what, row, own, SAME)
        export = bool(facts.rows["markets"][market]["export"])
        found.true("deliveries", what, bool(row["export"]) == export, f"export is {export} in the raw table")
    for (market, tier, period), volume in sums_by(saved["deliveries"], "volume", "market", "tier", "period").items():
        depth, _ = tier_of(facts, market, str(tier), period)
        found.within("market depth", f"{market} tier {tier} {period}", volume, 0.0, depth)


def tier_of(facts: Facts, market: str, tier: str, period: str) -> tuple[float, float]:
    """Depth in the period and discount; a market without tiers has one, without limit."""
    key = f"{market}/{tier}"
    if key in facts.rows["tiers"]:
        return facts.rate("tiers", key, "depth", period), facts.number("tiers", key, "discount", period)
    listed = any(row["market"] == market for row in facts.rows["tiers"].values())
    return (0.0, math.nan) if listed or tier != "1" else (math.inf, 0.0)


def price_of(facts: Facts, market: str, commodity: str, period: str) -> float:
    """Price of a grade delivered: the market's, by the barrel (or heat) of its reference grade, plus differential."""
    raw, grades = facts.rows["markets"][market], facts.rows["commodities"]
    ratio = 1.0
    if raw["reference"]:
        own, reference = (_content(grades[name]) for name in (commodity, raw["reference"]))
        ratio = own / reference if own and reference else 1.0
    differential = 0.0
    for key in (f"{commodity}/", f"{commodity}/{market}"):
        if key in facts.rows["differentials"]:
            differential = facts.number("differentials", key, "differential", period)
    return facts.number("markets", market, "price", period) * ratio + differential


def _content(grade: dict[str, float | None]) -> float | None:
    return grade["bbl_per_t"] if grade["bbl_per_t"] is not None else grade["mj_per_m3"]


def _obligations(saved: Saved, facts: Facts, found: Findings) -> None:
    short: dict[tuple[str, str], float] = {}
    for row in saved["obligations"]:
        name, period = row["obligation"], row["period"]
        what, raw, missed = f"{name} {period}", facts.rows["obligations"][name], row["short"]
        found.true("obligations", what, short.setdefault((name, period), missed) == missed, "short differs by row")
        allowed = not raw["commodities"] or row["commodity"] in raw["commodities"]
        found.true("obligations", what, allowed, f"{row['commodity']} may not serve it")
        required = facts.rate("obligations", name, "volume", period)
        found.equal("obligations", f"{what} required", row["required"], required, SAME)
    for (name, period), volume in sums_by(saved["obligations"], "volume", "obligation", "period").items():
        what, required = f"{name} {period}", facts.rate("obligations", name, "volume", period)
        missed = short[name, period]
        may_miss = not math.isnan(facts.number("obligations", name, "penalty", period))
        found.equal("obligations", f"{what} served and short", volume + missed, required)
        found.within("obligations", f"{what} short", missed, 0.0, required if may_miss else 0.0)


def limit_totals(saved: Saved, facts: Facts) -> dict[tuple[str, str], float]:
    """Σ weight × inlet volume of each joint limit, by (limit, period)."""
    terms = rows_by(facts.rows["limit_terms"].values(), "arc")
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for row in saved["flows"]:
        for term in terms[row["arc"]]:
            if term["commodity"] in (None, row["commodity"]):
                totals[term["limit"], row["period"]] += float(term["weight"]) * row["volume"]
    return totals


def _joint_limits(saved: Saved, facts: Facts, found: Findings) -> None:
    totals = limit_totals(saved, facts)
    for limit, raw in facts.rows["limits"].items():
        if not raw["in_force"]:
            continue
        for name, window in facts.windows(raw["over"]):
            what, total = f"{limit} {name}", sum(totals[limit, p] for p in window)
            low, high = (sum(facts.rate("limits", limit, side, p) for p in window) for side in ("low", "high"))
            found.within("joint limits", what, total, defined(low, -math.inf), defined(high, math.inf))
            if raw["relative_to"]:
                other = raw["relative_to"]
                low, high = (
                    sum(facts.number("limits", limit, f"{side}_ratio", p) * totals[other, p] for p in window)
                    for side in ("low", "high")
                )
                found.within("joint limits", f"{what} ratio", total, defined(low, -math.inf), defined(high, math.inf))


def contracts(saved: Saved, facts: Facts) -> Iterable[tuple[str, str, float, float, float]]:
    """Of each contract and period in its term: contract, period, volume due, volume shipped, deficiency paid for."""
    flows = rows_by(saved["flows"], "arc", "period")
    for (name, raw), period in product(facts.rows["contracts"].items(), facts.periods):
        if inside(raw, period) > 0:
            due = facts.mean(partial(due_in, facts, name), period) * facts.years[period]
            grades = raw["commodities"]
            counted = (row for row in flows[raw["arc"], period] if not grades or row["commodity"] in grades)
            shipped = sum_of(counted, "volume")
            beyond = {"ship_or_pay": due - shipped, "firm": shipped - due, "minimum": 0.0}[raw["kind"]]
            yield name, period, due, shipped, max(beyond, 0.0)


def due_in(facts: Facts, name: str, part: str) -> float:
    """What a contract asks for a year at the pace of one month: inside its term, and of what is left of its arc."""
    raw = facts.rows["contracts"][name]
    waived = raw["force_majeure"] and raw["kind"] != "firm"
    volume = facts.number("contracts", name, "volume", part) * inside(raw, part)
    return volume * (facts.left(raw["arc"], part) if waived else 1.0)


def inside(row: Row, period: str) -> float:
    """Share of a period's days in which a row with a first and a last period holds."""
    months = [period] if len(period) == 7 else [f"{period}-{month:02d}" for month in range(1, 13)]
    days = {month: calendar.monthrange(int(month[:4]), int(month[5:]))[1] for month in months}
    return sum(count for month, count in days.items() if within(row, month)) / sum(days.values())


def within(row: Row, month: str) -> bool:
    """Whether a row with a first and a last period holds in a month."""
    first, last = row["from_period"], row["to_period"]
    return (not first or first <= month) and (not last or month[: len(last)] <= last)


def _prices(saved: Saved, facts: Facts, found: Findings) -> None:
    """A limit that is not reached has no price, but where it stands again in what is left after a loss.

    Volumes of capacities and supplies are what moved.
    """
    again = bool(saved["futures"]) or any(row["mode"] == "corrective" for row in saved["security"])
    carried = sums_by(saved["flows"], "volume", "arc", "period")
    supplies = {(row["supply"], row["period"]): row for row in saved["supplies"]}
    for row in saved["prices"]:
        what, key = f"{row['name']} {row['period']}", (row["limit"], row["period"])
        if _felt(row) and not again and not math.isnan(row["bound"]):
            reached = abs(row["volume"] - row["bound"]) <= NEAR * max(1.0, abs(row["bound"]))
            found.true("prices", what, reached, f"has a price of {row['price']:g} but is not reached")
        if row["kind"] == "capacity":
            found.equal("prices", f"{what} volume", row["volume"], carried[key])
        if row["kind"] == "supply":
            own = supplies.get(key, {"lifted": 0.0, "price": math.nan})
            found.columns("prices", what, row, {"volume": own["lifted"], "price": own["price"]})
    _together(saved, found)


def _felt(row: Row) -> bool:
    """Whether a limit has a price, up or down."""
    return any(row[name] and not math.isnan(row[name]) for name in ("price", "price_down"))


def _together(saved: Saved, found: Findings) -> None:
    """Every limit is kept; one of one period has that period's price; an equality moved up and down never gains."""
    for rows in rows_by(saved["prices"], "kind", "limit", "name", "family").values():
        for row in rows:
            what = f"{row['name']} {row['period']}"
            low = -math.inf if row["side"] == "upper" else defined(row["bound"], -math.inf)
            high = math.inf if row["side"] == "lower" else defined(row["bound"], math.inf)
            found.within("prices", f"{what} volume", row["volume"], low, high)
            for way in ("", "_down") if len(rows) == 1 else ():
                found.equal("prices", f"{what} price{way}", row[f"price_all{way}"], row[f"price{way}"], SAME)
            for name in ("price", "price_all"):
                there_and_back = row[name] + row[f"{name}_down"]
                if not math.isnan(there_and_back):
                    found.within("prices", f"{what} {name} up and down", there_and_back, -math.inf, 0.0)
