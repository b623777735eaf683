"""What hangs on a figure in a plan, to first order: volume × unit value of money, shadow price × bound of limits.

By the envelope theorem the optimum moves by (volume × change) when a unit value changes and by (price × change) when a
bound does, as long as the plan keeps its basis; a figure taken whole shows its weight.  MUSD over the periods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from energy_routes.plan import Plan

Weight = Mapping[tuple[str, str], float]  # by (key of the row, period): volume, or shadow price
# What limit the bounds of a table are of.
BOUND_KINDS = {
    "arcs": "capacity", "tiers": "market", "limits": "joint", "supplies": "supply", "obligations": "obligation",
    "contracts": "contract",
}  # fmt: skip
BOUNDS = {
    "arcs": ("capacity", "availability", "booked"), "limits": ("low", "high"), "supplies": ("available", "minimum"),
    "obligations": ("volume",), "contracts": ("volume",), "tiers": ("depth",),
}  # fmt: skip


def stakes(plan: Plan, rows: pd.DataFrame) -> pd.Series:
    """MUSD of each row of :func:`energy_routes.provenance.figures.sources`; NaN where first order does not tell it."""
    moved, priced = _volumes(plan), _prices(plan)
    out = []
    for table, key, field, period, value in zip(
        *(rows[c] for c in ("table", "id", "field", "period", "value")), strict=True
    ):
        if field in BOUNDS.get(table, ()):
            out.append(priced(table, key, field, period, value))
        elif (table, field) in moved:
            out.append(abs(value) * moved[table, field].get((key, period), 0.0))
        else:
            out.append(float("nan"))
    return pd.Series(out, index=rows.index, dtype=float)


def used(plan: Plan, rows: pd.DataFrame) -> pd.Series:
    """Whether the thing that a row speaks of carries volume or binds in its period."""
    busy = {(t, k, p) for (t, _), by in _volumes(plan).items() for (k, p), v in by.items() if v > 0}
    for table, kind in BOUND_KINDS.items():
        bound = plan.prices.table
        bound = bound[(bound["kind"] == kind) & (bound["price"].abs() > 0)]
        busy |= {(table, str(k), str(p)) for k, p in zip(bound["limit"], bound["period"], strict=True)}
    moved = plan.stocks[(plan.stocks["injected"] > 0) | (plan.stocks["withdrawn"] > 0)]
    busy |= {("storages", str(k), str(p)) for k, p in zip(moved["storage"], moved["period"], strict=True)}
    return pd.Series(
        [(t, k, p) in busy for t, k, p in zip(rows["table"], rows["id"], rows["period"], strict=True)],
        index=rows.index, dtype=bool,
    )  # fmt: skip


def _sum(frame: pd.DataFrame, keys: list[str], volume: str = "volume") -> Weight:
    """Volume by (key, period); the parts of a compound key joined by '/'."""
    parts = [frame[key].astype(str) for key in keys]
    joined = ["/".join(row) for row in zip(*parts, strict=True)]
    out: dict[tuple[str, str], float] = {}
    for key, period, value in zip(joined, frame["period"].astype(str), frame[volume], strict=True):
        out[key, period] = out.get((key, period), 0.0) + float(value)
    return out


def _volumes(plan: Plan) -> dict[tuple[str, str], Weight]:
    """What each unit value is paid on, by table and field."""
    lanes, sold = plan.flows, plan.deliveries.assign(tier=plan.deliveries["tier"].astype(int))
    lane = _sum(lanes, ["arc", "commodity"])
    valued = sold.assign(volume=sold["volume"] * sold["price"].fillna(0.0))
    return {
        ("arcs", "tariff"): _sum(_on_the_arc(plan), ["arc"]),
        **{("lanes", field): lane for field in ("tariff", "rebate", "quality")},
        ("markets", "price"): _sum(sold, ["market"]),
        ("tiers", "discount"): _sum(sold, ["market", "tier"]),
        ("differentials", "differential"): _graded(plan, sold),
        ("supplies", "cost"): _sum(plan.supplies, ["supply"], "lifted"),
        ("obligations", "value"): _sum(plan.obligations, ["obligation"]),
        ("commodities", "bbl_per_t"): _per_barrel(plan, _sum(valued, ["commodity"])),
    }


def _on_the_arc(plan: Plan) -> pd.DataFrame:
    """The flows that pay the arc's tariff: those of lanes without one of their own."""
    network = plan.case.network
    own = set(np.array(network.ids("lanes"), dtype=object)[network.tables["lanes"]["tariff"].notna().to_numpy()])
    keys = plan.flows["arc"].astype(str) + "/" + plan.flows["commodity"].astype(str)
    return plan.flows[~keys.isin(own)]


def _graded(plan: Plan, sold: pd.DataFrame) -> Weight:
    """Volume sold of each (commodity, market), and of each commodity where its differential names no market."""
    table = plan.case.network.tables["differentials"]
    special = set(table["commodity"].astype(str) + "/" + table["market"].fillna("").astype(str))
    keys = sold["commodity"].astype(str) + "/" + sold["market"].astype(str)
    rest = sold[~keys.isin(special)].assign(market="")
    return {**_sum(rest, ["commodity", "market"]), **_sum(sold, ["commodity", "market"])}


def _per_barrel(plan: Plan, worth: Weight) -> Weight:
    """Sales of each crude per barrel in its tonne: crude is priced by the barrel, gas as often by volume as by heat."""
    table = plan.case.network.tables["commodities"]
    barrels = dict(zip(table["id"], table["bbl_per_t"], strict=True))
    return {(key, period): v / float(barrels[key]) for (key, period), v in worth.items() if barrels.get(key, 0.0) > 0.0}


def _prices(plan: Plan) -> Callable[[str, str, str, str, float], float]:
    """|shadow price × bound| of a row, by table, key, field and period."""
    table = plan.prices.table
    by: dict[tuple[str, str, str], tuple[float, float]] = {}
    for kind, limit, name, period, bound, price in zip(
        *(table[c] for c in ("kind", "limit", "name", "period", "bound", "price")), strict=True
    ):
        key = f"{limit}/{name.rpartition('tier ')[2]}" if kind == "market" else str(limit)
        if price == price:
            by[str(kind), key, str(period)] = (abs(float(price)), abs(float(bound)) if bound == bound else 0.0)
    years = {p.label: p.years for p in plan.case.periods}
    capacity = plan.case.network.resolve("arcs", "capacity", plan.case.periods)
    place = {a: i for i, a in enumerate(plan.case.network.ids("arcs"))}
    when = {p.label: i for i, p in enumerate(plan.case.periods)}

    def weight(table: str, key: str, field: str, period: str, value: float) -> float:
        kind = BOUND_KINDS[table]
        price, _ = by.get((kind, key, period), (0.0, 0.0))
        if price == 0.0 or value in (float("inf"), float("-inf")):
            return 0.0
        if field == "availability":
            value *= float(capacity[place[key], when[period]])
        return abs(price * value * years[period])

    return weight
