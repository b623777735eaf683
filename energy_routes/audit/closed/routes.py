"""Routes: each is a way through open lanes from a supply to a buyer, and its sheet is that of these lanes.

Over several periods a line of the sheet is a mean of those of the periods; it lies between the least and the most.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

from energy_routes.audit.facts import Facts, Row, rows_by, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings
from energy_routes.audit.worth import of_lane, of_lifting

TIGHT = 1e-6  # USD/t: a price above this limits a route
REST = "other paths"  # what no path explains
SHEET = {  # term of the ledger: the line of the sheet, and the sign of what is earned there
    "tariffs": ("tariff", -1.0), "loading": ("loading", -1.0), "freight": ("freight", -1.0),
    "quality": ("quality", -1.0), "rebates": ("rebate", 1.0), "lifting": ("lifting", -1.0),
}  # fmt: skip
LINES = ("price", "tariff", "loading", "freight", "quality", "rebate", "lifting")
Sheet = dict[str, float]


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every route against the lanes that it names, and all routes over an arc against its volume."""
    limits = _limits(saved, facts)
    prices = _prices(saved, facts)
    for row in saved["routes"]:
        found.true("routes", row["route"], row["unit"] == facts.units[row["family"]], "is in another unit")
        if row["route"] == REST and row["arcs"] is None:
            found.skip("routes.other paths", "volume that tracing did not follow to its end; tested: sums by family")
        else:
            _route(row, limits, prices, facts, found)
    _over_arcs(saved, facts, found)


def _route(
    row: Row, limits: dict[tuple[str, str], list[str]], prices: dict[tuple[str, str, str], list[float]], facts: Facts,
    found: Findings,
) -> None:  # fmt: skip
    what, arcs = row["route"], _arcs(row)
    source, shipper = _source(row, facts)
    goal = _goal(row["market"], facts)
    ends = [source, *(facts.rows["arcs"][arc]["from"] for arc in arcs), goal]
    starts = [source, *(facts.rows["arcs"][arc]["to"] for arc in arcs)]
    found.true("routes", what, ends[1:] == starts, f"its arcs do not lead from {source} to {goal}")
    grade, lanes = _followed(row["commodity"], arcs, facts)
    export = bool(facts.rows["markets"].get(row["market"], {}).get("export"))
    meters = {m["arc"]: m["group"] for m in facts.rows["meters"].values() if m["kind"] == "corridor"}
    corridor = next((meters[arc] for arc in arcs if arc in meters), None) if export else None
    grades = facts.rows["commodities"]
    limited = [name for arc in arcs for name in limits["arc", arc]] + limits["market", row["market"]]
    expected = {
        "family": grades[row["commodity"]]["family"], "shipper": shipper, "sold_as": grade, "export": export,
        "corridor": corridor, "limited_by": "; ".join(dict.fromkeys(limited)) or None,
    }  # fmt: skip
    for column, own in expected.items():
        found.true("routes", what, row[column] == own, f"{column} is saved as {row[column]!r}, should be {own!r}")
    sheets = [sheet for period in facts.periods if (sheet := _sheet(row, lanes, period, prices, facts))]
    for line in LINES:
        least, most = (pick((sheet[side, line] for sheet in sheets), default=math.nan)
                       for pick, side in ((min, "least"), (max, "most")))  # fmt: skip
        found.within("routes", f"{what} {line}", row[line], least, most)


def _arcs(row: Row) -> list[str]:
    return str(row["arcs"]).split(";") if row["arcs"] else []


def _source(row: Row, facts: Facts) -> tuple[str, str]:
    """Node and shipper of what a route starts with: a supply, or the opening stock of a tank."""
    if (raw := facts.rows["supplies"].get(row["origin"])) is not None:
        return (raw["node"] if raw["commodity"] == row["commodity"] else ""), raw["shipper"] or row["origin"]
    return facts.rows["storages"][row["origin"]]["node"], "opening stock"


def _goal(market: str, facts: Facts) -> str:
    for table in ("obligations", "markets", "storages"):
        if market in facts.rows[table]:
            return str(facts.rows[table][market]["node"])
    raise ValueError(f"no market, obligation or storage is called {market!r}")


def _followed(grade: str, arcs: Iterable[str], facts: Facts) -> tuple[str, list[tuple[str, str]]]:
    """The grade at the end of a way, and the lanes (arc, grade) that it goes through."""
    lanes = []
    for arc in arcs:
        lane = facts.lane(arc, grade)
        lanes.append((arc, grade))
        grade = (lane or {}).get("to_commodity") or grade
    return grade, lanes


def _sheet(
    row: Row, lanes: list[tuple[str, str]], period: str, prices: dict[tuple[str, str, str], list[float]], facts: Facts
) -> dict[tuple[str, str], float]:
    """Least and most of each line in a period, USD a tonne (1000 m³) lifted; empty where the way is shut in it."""
    if any(facts.lane(*lane) is None or not facts.open(lane[0], period) for lane in lanes):
        return {}
    sheet: Sheet = defaultdict(float)
    left = 1.0
    earned = [of_lifting(facts, row["origin"], period)] if row["origin"] in facts.rows["supplies"] else []
    for arc, grade in lanes:
        earned.append({term: left * money for term, money in of_lane(facts, arc, grade, period).items()})
        left *= facts.of_lane(arc, grade, "yield", period, 1.0)
    for term, money in (pair for worth in earned for pair in worth.items()):
        line, sign = SHEET[term]
        sheet[line] += sign * money
    paid = [left * price for price in prices.get((row["market"], row["sold_as"], period), [0.0])]
    both = {(side, line): sheet[line] for side in ("least", "most") for line in LINES}
    return both | {("least", "price"): min(paid), ("most", "price"): max(paid)}


def _prices(saved: Saved, facts: Facts) -> dict[tuple[str, str, str], list[float]]:
    """What a buyer pays for a grade in a period: in each tier that sells some, or what home deliveries are worth."""
    out: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in saved["deliveries"]:
        out[row["market"], row["commodity"], row["period"]].append(row["price"])
    for row in saved["obligations"]:
        value = facts.number("obligations", row["obligation"], "value", row["period"])
        out[row["obligation"], row["commodity"], row["period"]].append(value)
    return out


def _limits(saved: Saved, facts: Facts) -> dict[tuple[str, str], list[str]]:
    """The names of the limits with a price, by the arc or the market at which a route runs into them."""
    out: dict[tuple[str, str], list[str]] = defaultdict(list)
    terms = rows_by(facts.rows["limit_terms"].values(), "limit")
    seen = set()
    for row in saved["prices"]:
        key = row["kind"], row["limit"]
        if row["kind"] in ("capacity", "joint", "market") and row["price"] > TIGHT and key not in seen:
            seen.add(key)
            joint = row["kind"] == "joint"
            for place in [term["arc"] for term in terms[row["limit"]]] if joint else [row["limit"]]:
                out["market" if row["kind"] == "market" else "arc", place].append(row["name"])
    return out


def _over_arcs(saved: Saved, facts: Facts, found: Findings) -> None:
    """Routes over an arc carry what moves there, no more: rings carry what no route does."""
    moved = sums_by(saved["flows"], "volume", "arc")
    routed: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in saved["routes"]:
        for arc, least, most in _through(row, facts):
            routed[arc].append((least, most))
    whole = not any(row["route"] == REST and row["arcs"] is None for row in saved["routes"])
    for arc, volumes in routed.items():
        least, most = (sum(side) for side in zip(*volumes, strict=True))
        found.within("routes", f"volume of all over {arc}", moved[arc], least, most if whole else math.inf)


def _through(row: Row, facts: Facts) -> Iterator[tuple[str, float, float]]:
    """Each arc of a route with the least and the most of its volume that arrives there."""
    _, lanes = _followed(row["commodity"], _arcs(row), facts)
    low = high = row["volume"]
    for arc, grade in lanes:
        yield arc, low, high
        kept = [facts.of_lane(arc, grade, "yield", period, 1.0) for period in facts.periods]
        low, high = low * min(kept), high * max(kept)
