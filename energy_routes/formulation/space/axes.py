"""The index sets of a case: which lanes, supplies, deliveries … exist in which period, with their resolved figures.

A variable exists only where a row exists here, and is aligned with it by position.  Labels are joined first; then the
figures are taken by position, so that other figures of the same network need no other joins.  Everything is a rate a
year times the length of the period, so volumes are Mt (bcm) per period and money is MUSD.  Figures that multiply are
multiplied by month (:mod:`energy_routes.network.monthly_products`), so that a year has the mean of the product.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from energy_routes.case import Case, unforeseen
from energy_routes.formulation.space.figures import REFERENCE, Read
from energy_routes.linear import (
    Axis,
    Coded,
    Index,
    Labels,
    Vector,
    axis,
    codes_of,
    numbered,
    pairs,
    places,
)
from energy_routes.network import Network, committed, in_term, left, usable
from energy_routes.pack import Mask, Period, means, months_of, reach, totals

TANKERS = ("tanker", "caspian_tanker")
RAMP_KEYS = ("event", "kind", "group", "family", "period")
Reference: TypeAlias = Mapping[tuple[str, ...], float]  # from labels of RAMP_KEYS to Mt (bcm) in their periods


def over_periods(labels: Labels, periods: Sequence[Period]) -> Labels:
    """Each row once a period (period by period within a row), with ``period`` and its length ``years``."""
    rows, count = len(labels), len(periods)
    return labels.take(np.repeat(np.arange(rows), count)).but(
        period=np.tile(codes_of(period.label for period in periods), rows),
        years=np.tile(np.array([period.years for period in periods], dtype=float), rows),
    )


def dated(network: Network, table: str, columns: Sequence[str], periods: Sequence[Period]) -> dict[str, Vector]:
    """Resolved columns, flattened in the row order of :func:`over_periods`."""
    return {column: network.resolve(table, column, periods).ravel() for column in columns}


def listed(network: Network, table: str, *columns: str, **renamed: str) -> Labels:
    """Some columns of a table, the family of each row, and its id under the name of what the table lists."""
    known = network.family_of(table)
    labels = Labels.of(network.tables[table], *columns, *renamed.values()).only(*columns, **renamed)
    return labels.but(family=codes_of(known[name] for name in network.ids(table)))


def arc_axis(case: Case) -> Axis:
    """Available arcs by period: effective ``capacity`` and ``minimum`` in Mt (bcm) per period.

    Effective capacity = (nameplate × availability − booked by others) × Δt; the minimum is scaled by what the edits
    leave of the asset.
    """
    network, periods = case.network, case.periods
    arcs = listed(network, "arcs", "from", "to", "mode", "basis", "operator", arc="id")
    labels = over_periods(arcs.but(length=_length(network.tables["arcs"])), periods)
    months, years = months_of(periods), labels["years"]
    minimum = network.resolve("arcs", "minimum", months) * left(network, months)
    arcs_ever = axis(
        "arc",
        ("arc", "period"),
        labels,
        capacity=usable(network, periods).ravel() * years,
        minimum=means(minimum, periods).ravel() * years,
        **dated(network, "arcs", ("tariff",), periods),
    )
    return arcs_ever.take(network.open(periods).ravel())


def lane_axis(case: Case) -> Axis:
    """Lanes by period: an available arc and a commodity that a supply can bring to it.

    Figures per unit of inlet volume; ``charge`` is the tariff, where it is charged on the outlet times the yield.
    """
    network, periods = case.network, case.periods
    opened, table = network.open(periods), network.tables["arcs"]
    lanes = _lanes(network)
    at = rows_of(network.ids("arcs"), lanes["arc"])
    arcs = Labels.of(table, "from", "to", "mode", "basis", "operator").but(length=_length(table))
    lanes = lanes.beside(arcs.take(at))
    some = np.flatnonzero(_reached(lanes, np.asarray(opened[at].any(axis=1)), network))
    figures = lane_figures(network, lanes, at, months_of(periods))
    reached = axis(
        "lane",
        ("arc", "commodity", "period"),
        over_periods(lanes.take(some), periods),
        **{name: means(numbers[some], periods).ravel() for name, numbers in figures.items()},
    )
    return reached.take(opened[at[some]].ravel())


def lane_figures(network: Network, lanes: Labels, arc: Index, months: Sequence[Period]) -> dict[str, Vector]:
    """Figures of lanes by month, shape (lanes, months): those of the lane's row, or what stands where it has none.

    ``arc`` is the row of each lane's arc.
    """
    rows = {key: row for row, key in enumerate(network.ids("lanes"))}
    keys = zip(lanes.words("arc").tolist(), lanes.words("commodity").tolist(), strict=True)
    place = np.array([rows.get(f"{a}/{c}", -1) for a, c in keys], dtype=int)
    figures = {}
    for column, default in {"yield": 1.0, "tariff": np.nan, "rebate": 0.0, "quality": 0.0}.items():
        stated = network.resolve("lanes", column, months)
        figures[column] = np.vstack([stated, np.full((1, len(months)), default)])[place]
    tariff = np.where(np.isnan(figures["tariff"]), network.resolve("arcs", "tariff", months)[arc], figures["tariff"])
    outlet = lanes.has("basis", "outlet")[:, None]
    return figures | {"tariff": tariff, "charge": tariff * np.where(outlet, figures["yield"], 1.0)}


def rows_of(ids: Iterable[Hashable], labels: Coded) -> Index:
    """The row of each label among the ids of a table."""
    return places(labels.astype(np.int64), codes_of(ids).astype(np.int64))


def _length(arcs: pd.DataFrame) -> Vector:
    """Published length, else the length drawn, else 0 (a paper leg)."""
    published, drawn = (arcs[column].to_numpy(dtype=float) for column in ("length_km", "geometry_km"))
    known: Vector = np.nan_to_num(np.where(np.isnan(published), drawn, published))
    return known


def _lanes(network: Network) -> Labels:
    """Lanes listed in the table; an arc without rows carries every commodity of its pack unchanged."""
    lanes, arcs, family = network.tables["lanes"], network.tables["arcs"], network.family_of("commodities")
    columns = (lanes[column].tolist() for column in ("arc", "commodity", "to_commodity"))
    rows = [(arc, c, c if pd.isna(to) else to) for arc, c, to in zip(*columns, strict=True)]
    stated = {arc for arc, *_ in rows}
    homes = [(set(pack.tables["arcs"]["id"]), pack.tables["commodities"]["id"].tolist()) for pack in network.packs]
    free = [arc for arc in arcs["id"].tolist() if arc not in stated]
    rows += dict.fromkeys((arc, c, c) for arc in free for ids, grades in homes if arc in ids for c in grades)
    return Labels.rows([(*row, family[row[1]]) for row in rows], "arc", "commodity", "to_commodity", "family")


def _reached(lanes: Labels, opened: Mask, network: Network) -> Mask:
    """Lanes ever open whose inlet a supply or a stock can reach, as (node, commodity), over all periods together."""
    supplies = Labels.of(network.tables["supplies"], "node", "commodity")
    parts = (lanes.only(node="from", commodity="commodity"), lanes.only(node="to", commodity="to_commodity"),
             supplies, stocked(network))  # fmt: skip
    place, different = pd.factorize(np.concatenate([part.numbers("node", "commodity") for part in parts]))
    tail, head, sources = np.split(place, np.cumsum([len(lanes), len(lanes)]))
    seen, _ = reach(tail[opened], head[opened], len(different), sources.tolist())
    return np.asarray(opened & seen[tail])


def stocked(network: Network) -> Labels:
    """(node, commodity) of which a tank holds an opening stock, where its row names what it holds."""
    storages = network.tables["storages"]
    rows = zip(*(storages[column].tolist() for column in ("node", "commodities", "opening")), strict=True)
    held = [(node, commodity) for node, held, opening in rows if opening > 0 for commodity in held]
    return Labels.rows(held, "node", "commodity")


def supply_axis(case: Case) -> Axis:
    """Supplies by period: ``available`` and ``minimum`` in Mt (bcm) per period, lifting ``cost`` in USD/t."""
    network, periods = case.network, case.periods
    labels = over_periods(listed(network, "supplies", "node", "commodity", "shipper", "kind", supply="id"), periods)
    figures = dated(network, "supplies", ("available", "minimum", "cost"), periods)
    years = labels["years"]
    rates = {name: figures[name] * years for name in ("available", "minimum")}
    return axis("supply", ("supply", "period"), labels, **rates, cost=figures["cost"])


def tier_axis(case: Case) -> Axis:
    """Market tiers by period: ``depth`` in Mt (bcm) per period and ``discount`` in USD/t.

    A market without tiers has one, without limit.
    """
    network, periods = case.network, case.periods
    markets = listed(network, "markets", "node", "export", market="id")
    tiers = network.tables["tiers"]
    rows = [(market, str(int(tier))) for market, tier in zip(tiers["market"].tolist(), tiers["tier"], strict=True)]
    stated = {market for market, _ in rows}
    single = [(market, "1") for market in network.ids("markets") if market not in stated]
    both = Labels.rows([*rows, *single], "market", "tier")
    both = both.beside(markets.only("node", "export", "family").take(rows_of(network.ids("markets"), both["market"])))
    figures, none = dated(network, "tiers", ("depth", "discount"), periods), np.ones(len(single) * len(periods))
    labels = over_periods(both, periods)
    return axis(
        "tier",
        ("market", "tier", "period"),
        labels,
        depth=np.concatenate([figures["depth"], none * np.inf]) * labels["years"],
        discount=np.concatenate([figures["discount"], none * 0.0]),
    )


def delivery_axis(case: Case, tiers: Axis, reached: Labels) -> Axis:
    """What may be sold: (market, commodity, tier, period) with its ``price`` in USD/t.

    A market with a reference grade pays the other grades by the barrel (or heating value):
    price = market price × (bbl/t of the grade ÷ bbl/t of the reference) + differential − the tier's discount.
    """
    network, periods = case.network, case.periods
    labels, tier = _with_grades(tiers, reached)
    table = network.tables["markets"]
    row = rows_of(table["id"].tolist(), labels["market"])
    base = network.resolve("markets", "price", periods)[row, _columns(labels, periods)]
    ratio = _content(network, labels["commodity"], codes_of(table["reference"].tolist())[row])
    price = base * ratio + _differential(network, labels, periods) - tiers.data("discount")[tier]
    # Without a price nothing can be earned there; the least-cost plan asks for no prices.
    stated = ~np.isnan(price)
    least_cost = case.policy.objective == "cost"
    price = np.where(stated, price, 0.0) if least_cost else price
    keys = ("market", "commodity", "tier", "period")
    sold = axis("delivery", keys, labels, price=price, depth=tiers.data("depth")[tier])
    return sold if least_cost else sold.take(stated)


def _with_grades(over: Axis, reached: Labels) -> tuple[Labels, Index]:
    """The rows of an axis, each once for every grade of its family that reaches its node; and which row each was."""
    row, grade = pairs(*numbered(*([own["node"], own["family"]] for own in (over.labels, reached))))
    labels = over.labels.take(row).but(commodity=reached["commodity"][grade])
    if "commodities" in labels:
        rows = zip(labels.words("commodities").tolist(), labels.words("commodity").tolist(), strict=True)
        kept = np.array([not held or commodity in held for held, commodity in rows], dtype=bool)
        return labels.take(kept), row[kept]
    return labels, row


def _columns(labels: Labels, periods: Sequence[Period]) -> Index:
    """The place of each row's period."""
    return rows_of((period.label for period in periods), labels["period"])


def _content(network: Network, commodity: Coded, reference: Coded) -> Vector:
    """Barrels (or MJ) in a tonne of the grade over those of the reference; 1 where either is unknown."""
    facts = network.tables["commodities"]
    barrels, heat = (facts[column].to_numpy(dtype=float) for column in ("bbl_per_t", "mj_per_m3"))
    content = np.append(np.where(np.isnan(barrels), heat, barrels), np.nan)
    own, other = (content[rows_of(facts["id"].tolist(), grade)] for grade in (commodity, reference))
    ratio: Vector = np.nan_to_num(own / other, nan=1.0)
    return ratio


def _differential(network: Network, labels: Labels, periods: Sequence[Period]) -> Vector:
    """That of the grade at the market, else of the grade anywhere, else 0."""
    ids, count = network.ids("differentials"), len(periods)
    rows = {name: row for row, name in enumerate(ids)}
    known = np.concatenate([network.resolve("differentials", "differential", periods).ravel(), np.zeros(1)])
    sold = zip(labels.words("commodity").tolist(), labels.words("market").tolist(), strict=True)
    row = np.array([rows.get(f"{c}/{m}", rows.get(f"{c}/", len(ids))) for c, m in sold], dtype=np.intp)
    at = np.minimum(row * count + _columns(labels, periods), len(ids) * count)
    found: Vector = known[at]
    return found


def home_axis(case: Case, reached: Labels) -> tuple[Axis, Axis]:
    """Obligations by period (``volume`` due, ``value``, ``penalty``), and what may serve each (by commodity)."""
    network, periods = case.network, case.periods
    labels = over_periods(listed(network, "obligations", "node", "commodities", obligation="id"), periods)
    figures = dated(network, "obligations", ("volume", "value", "penalty"), periods)
    figures["volume"] = figures["volume"] * labels["years"]
    dues = axis("obligation", ("obligation", "period"), labels, **figures)
    served, row = _with_grades(dues, reached)
    return dues, axis("home", ("obligation", "commodity", "period"), served, value=figures["value"][row])


def stock_axis(case: Case, reached: Labels) -> tuple[Axis, Axis]:
    """Storages by period (limits in Mt or bcm), and the stock kept of each commodity, with the period ``before``."""
    network, periods = case.network, case.periods
    table = listed(network, "storages", "node", "commodities", storage="id")
    columns = ("working_volume", "opening", "injection", "withdrawal", "closing_value")
    labels, figures = over_periods(table, periods), dated(network, "storages", columns, periods)
    closing = codes_of(network.chosen("storages", "closing", periods)[:, -1].tolist()).repeat(len(periods))
    for rate in ("injection", "withdrawal"):
        figures[rate] = _or_else(figures[rate], np.inf) * labels["years"]
    of = codes_of(period.label for period in periods)
    before = np.tile(np.roll(of, 1), len(table))
    ends = {"first": labels["period"] == of[0], "last": labels["period"] == of[-1]}
    tanks = axis("storage", ("storage", "period"), labels.but(closing=closing, before=before, **ends), **figures)
    held, row = _with_grades(tanks, reached)
    own = {name: figures[name][row] for name in ("working_volume", "opening", "closing_value")}
    return tanks, axis("stock", ("storage", "commodity", "period"), held, **own)


def _or_else(figures: Vector, otherwise: float) -> Vector:
    """Figures with something in the place of those that are not stated."""
    return np.where(np.isnan(figures), otherwise, figures)


def limit_axis(case: Case) -> Axis:
    """Joint limits by period: ``low`` and ``high`` in Mt (bcm) per period, ±inf where there is none, and the ratios.

    One that is not in force has neither.
    """
    network, periods = case.network, case.periods
    labels = over_periods(listed(network, "limits", "relative_to", "over", "in_force", limit="id"), periods)
    stated = dated(network, "limits", ("low", "high", "low_ratio", "high_ratio"), periods)
    holds = labels["in_force"].astype(bool)
    figures = {side: np.where(holds, figure, np.nan) for side, figure in stated.items()}
    for side, none in (("low", -np.inf), ("high", np.inf)):
        figures[side] = _or_else(figures[side], none) * labels["years"]
    return axis("limit", ("limit", "period"), labels, **figures)


def contract_axis(case: Case) -> Axis:
    """Contracts by period: the ``volume`` due in it (``sign`` −1: the most that is firm) and the ``charge`` in USD/t.

    The volume is scaled by the days inside the term and, under force majeure, by what is left of the arc.
    """
    network, periods = case.network, case.periods
    columns = ("kind", "arc", "commodities", "party", "force_majeure", "from_period", "to_period")
    table = listed(network, "contracts", *columns, contract="id")
    labels = over_periods(table.but(sign=np.where(table.has("kind", "firm"), -1.0, 1.0)), periods)
    months = months_of(periods)
    due = committed(network, months)
    share = left(network, months)[rows_of(network.ids("arcs"), table["arc"])] if len(table) else due
    waives = table["force_majeure"].astype(bool) & ~table.has("kind", "firm")
    ever = axis(
        "contract",
        ("contract", "period"),
        labels,
        nominal=totals(due, periods).ravel(),
        volume=totals(due * np.where(waives[:, None], share, 1.0), periods).ravel(),
        **dated(network, "contracts", ("charge",), periods),
    )
    return ever.take(in_term(network, periods).ravel() > 0)


def ramp_axis(case: Case, reference: Reference, figure: Callable[[str, Read], Vector]) -> Axis:
    """Groups and months with a ramp: ``reference`` is what the plan without the event has, ``ramp`` what may be added.

    ``month`` counts the months of the event from 1.  Without a reference there are none.  ``figure`` is that of the
    space.
    """
    table, family = case.network.tables["ramps"], case.network.family_of("ramps")
    ramps = case.network.resolve("ramps", "volume", case.periods)
    column = {period.label: at for at, period in enumerate(case.periods)}
    columns = (table["kind"], table["group"], table["month"].astype(int), case.network.ids("ramps"))
    labels = list(zip(*columns, strict=True))
    rows: list[tuple[str, ...]] = []
    at: list[tuple[int, int]] = []
    for event in unforeseen(case) if reference else ():
        for number, period in enumerate(event.months, 1):
            for row, (kind, group, month, key) in enumerate(labels):
                if month == number and (kind, group) not in event.hit:
                    rows.append((event.name, kind, group, family[key], period, str(month)))
                    at.append((row, column[period]))
    most = ramps[tuple(np.array(at, dtype=np.intp).reshape(-1, 2).T)]
    planned = figure(REFERENCE, lambda asked: np.array([asked.reference[row[:-1]] for row in rows], dtype=float))
    return axis("ramp", RAMP_KEYS, Labels.rows(rows, *RAMP_KEYS, "month"), reference=planned, ramp=most)
