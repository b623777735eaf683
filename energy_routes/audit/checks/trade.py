"""What is sold and owed: market tiers and their prices, home obligations, joint limits, contracts."""

from __future__ import annotations

import calendar
import math
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from energy_routes.audit.facts import Facts, Row
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
    sold: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in saved["deliveries"]:
        market, tier, commodity, period = row["market"], str(row["tier"]), row["commodity"], row["period"]
        what = f"{market} tier {tier} {commodity} {period}"
        sold[market, tier, period] += row["volume"]
        depth, discount = tier_of(facts, market, tier, period)
        price = price_of(facts, market, commodity, period) - discount
        found.within("deliveries", f"{what} volume", row["volume"], 0.0, math.inf)
        found.equal("deliveries", f"{what} price", row["price"], price, SAME)
        found.equal("deliveries", f"{what} depth", row["depth"], depth if math.isfinite(depth) else math.nan, SAME)
        export = bool(facts.rows["markets"][market]["export"])
        found.true("deliveries", what, bool(row["export"]) == export, f"export is {export} in the raw table")
    for (market, tier, period), volume in sold.items():
        depth, _ = tier_of(facts, market, tier, period)
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
    served: dict[tuple[str, str], float] = defaultdict(float)
    short: dict[tuple[str, str], float] = {}
    for row in saved["obligations"]:
        key = row["obligation"], row["period"]
        what, raw = f"{key[0]} {key[1]}", facts.rows["obligations"][row["obligation"]]
        served[key] += row["volume"]
        found.true("obligations", what, short.setdefault(key, row["short"]) == row["short"], "short differs by row")
        allowed = not raw["commodities"] or row["commodity"] in raw["commodities"]
        found.true("obligations", what, allowed, f"{row['commodity']} may not serve it")
        found.equal("obligations", f"{what} required", row["required"], facts.rate("obligations", *_due(key)), SAME)
    for key, volume in served.items():
        what, required = f"{key[0]} {key[1]}", facts.rate("obligations", *_due(key))
        may_miss = not math.isnan(facts.number("obligations", key[0], "penalty", key[1]))
        found.equal("obligations", f"{what} served and short", volume + short[key], required)
        found.within("obligations", f"{what} short", short[key], 0.0, required if may_miss else 0.0)


def _due(key: tuple[str, str]) -> tuple[str, str, str]:
    return key[0], "volume", key[1]


def limit_totals(saved: Saved, facts: Facts) -> dict[tuple[str, str], float]:
    """Σ weight × inlet volume of each joint limit, by (limit, period)."""
    weights: dict[str, list[tuple[str, str | None, float]]] = defaultdict(list)
    for term in facts.rows["limit_terms"].values():
        weights[term["arc"]].append((term["limit"], term["commodity"], float(term["weight"])))
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for row in saved["flows"]:
        for limit, only, weight in weights.get(row["arc"], ()):
            if only is None or only == row["commodity"]:
                totals[limit, row["period"]] += weight * row["volume"]
    return totals


def _joint_limits(saved: Saved, facts: Facts, found: Findings) -> None:
    totals = limit_totals(saved, facts)
    for limit, raw in facts.rows["limits"].items():
        if not raw["in_force"]:
            continue
        whole = raw["over"] == "horizon"
        for window in [facts.periods] if whole else [[period] for period in facts.periods]:
            what, total = f"{limit} {'horizon' if whole else window[0]}", sum(totals[limit, p] for p in window)
            low, high = (sum(facts.rate("limits", limit, side, p) for p in window) for side in ("low", "high"))
            found.within("joint limits", what, total, _or(low, -math.inf), _or(high, math.inf))
            if raw["relative_to"]:
                other = raw["relative_to"]
                low, high = (
                    sum(facts.number("limits", limit, f"{side}_ratio", p) * totals[other, p] for p in window)
                    for side in ("low", "high")
                )
                found.within("joint limits", f"{what} ratio", total, _or(low, -math.inf), _or(high, math.inf))


def contracts(saved: Saved, facts: Facts) -> Iterable[tuple[str, str, float, float, float]]:
    """Of each contract and period in its term: contract, period, volume due, volume shipped, deficiency paid for."""
    for name, raw in facts.rows["contracts"].items():
        for period in facts.periods:
            if inside(period, raw["from_period"], raw["to_period"]) <= 0:
                continue
            due = facts.mean(partial(due_in, facts, name), period) * facts.years[period]
            shipped = sum(
                row["volume"]
                for row in saved["flows"]
                if row["arc"] == raw["arc"] and row["period"] == period
                and (not raw["commodities"] or row["commodity"] in raw["commodities"])
            )  # fmt: skip
            beyond = {"ship_or_pay": due - shipped, "firm": shipped - due, "minimum": 0.0}[raw["kind"]]
            yield name, period, due, shipped, max(beyond, 0.0)


def due_in(facts: Facts, name: str, part: str) -> float:
    """What a contract asks for a year at the pace of one month: inside its term, and of what is left of its arc."""
    raw = facts.rows["contracts"][name]
    waived = raw["force_majeure"] and raw["kind"] != "firm"
    volume = facts.number("contracts", name, "volume", part) * inside(part, raw["from_period"], raw["to_period"])
    return volume * (facts.left(raw["arc"], part) if waived else 1.0)


def inside(period: str, first: str | None, last: str | None) -> float:
    """Share of a period's days between two labels of years or months."""
    months = [period] if len(period) == 7 else [f"{period}-{month:02d}" for month in range(1, 13)]
    days = {month: calendar.monthrange(int(month[:4]), int(month[5:]))[1] for month in months}
    start = "" if first is None else first
    end = "9999-12" if last is None else last if len(last) == 7 else f"{last}-12"
    return sum(count for month, count in days.items() if start <= month <= end) / sum(days.values())


def _prices(saved: Saved, facts: Facts, found: Findings) -> None:
    """A limit that is not reached has no price, but where it stands again in what is left after a loss.

    Volumes of capacities and supplies are what moved.
    """
    again = bool(saved["futures"]) or any(row["mode"] == "corrective" for row in saved["security"])
    carried: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in saved["flows"]:
        carried["capacity", row["arc"], row["period"]] += row["volume"]
    carried |= {("supply", row["supply"], row["period"]): row["lifted"] for row in saved["supplies"]}
    supply_price = {(row["supply"], row["period"]): row["price"] for row in saved["supplies"]}
    for row in saved["prices"]:
        what = f"{row['name']} {row['period']}"
        if _felt(row) and not again and not math.isnan(row["bound"]):
            reached = abs(row["volume"] - row["bound"]) <= NEAR * max(1.0, abs(row["bound"]))
            found.true("prices", what, reached, f"has a price of {row['price']:g} but is not reached")
        if row["kind"] in ("capacity", "supply"):
            found.equal("prices", f"{what} volume", row["volume"], carried[row["kind"], row["limit"], row["period"]])
        if row["kind"] == "supply":
            found.equal("prices", f"{what} price", row["price"], supply_price.get((row["limit"], row["period"])))
    _together(saved, found)


def _felt(row: Row) -> bool:
    """Whether a limit has a price, up or down."""
    return any(row[name] and not math.isnan(row[name]) for name in ("price", "price_down"))


def _together(saved: Saved, found: Findings) -> None:
    """Every limit is kept; one of one period has that period's price; an equality moved up and down never gains."""
    limits: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in saved["prices"]:
        limits[tuple(row[key] for key in ("kind", "limit", "name", "family"))].append(row)
    for rows in limits.values():
        for row in rows:
            what = f"{row['name']} {row['period']}"
            low = -math.inf if row["side"] == "upper" else _or(row["bound"], -math.inf)
            high = math.inf if row["side"] == "lower" else _or(row["bound"], math.inf)
            found.within("prices", f"{what} volume", row["volume"], low, high)
            for way in ("", "_down") if len(rows) == 1 else ():
                found.equal("prices", f"{what} price{way}", row[f"price_all{way}"], row[f"price{way}"], SAME)
            for name in ("price", "price_all"):
                there_and_back = row[name] + row[f"{name}_down"]
                if not math.isnan(there_and_back):
                    found.within("prices", f"{what} {name} up and down", there_and_back, -math.inf, 0.0)


def _or(value: float, otherwise: float) -> float:
    return otherwise if math.isnan(value) else value
