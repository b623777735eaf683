"""The index sets of a case: which lanes, supplies, deliveries … exist in which period, with their resolved figures.

A variable exists only where a row exists here, and is aligned with it by position.  Labels are joined first; then the
figures are taken by position, so that other figures of the same network need no other joins.  Everything is a rate a
year times the length of the period, so volumes are Mt (bcm) per period and money is MUSD.  Figures that multiply are
multiplied by month (:mod:`energy_routes.network.monthly_products`), so that a year has the mean of the product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.case import Case, unforeseen
from energy_routes.formulation.space.figures import REFERENCE, Read
from energy_routes.linear import Axis, Vector, axis
from energy_routes.network import Network, committed, in_term, left, usable
from energy_routes.pack import Mask, Period, means, months_of, reach, totals

TANKERS = ("tanker", "caspian_tanker")
RAMP_KEYS = ("event", "kind", "group", "family", "period")
Reference: TypeAlias = Mapping[tuple[str, ...], float]  # from labels of RAMP_KEYS to Mt (bcm) in their periods


def over_periods(frame: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    """Each row once a period (period by period within a row), with ``period`` and its length ``years``."""
    rows, count = len(frame), len(periods)
    out = frame.iloc[np.repeat(np.arange(rows), count)].reset_index(drop=True)
    return out.assign(
        period=np.tile(np.array([p.label for p in periods], dtype=object), rows),
        years=np.tile(np.array([p.years for p in periods], dtype=float), rows),
    )


def dated(network: Network, table: str, columns: Sequence[str], periods: Sequence[Period]) -> dict[str, Vector]:
    """Resolved columns, flattened in the row order of :func:`over_periods`."""
    return {column: network.resolve(table, column, periods).ravel() for column in columns}


def _family(network: Network, table: str) -> list[str]:
    """The family of each row of a table, in row order."""
    known = network.family_of(table)
    return [known[name] for name in network.tables[table]["id"]]


def arc_axis(case: Case) -> Axis:
    """Available arcs by period: effective ``capacity`` and ``minimum`` in Mt (bcm) per period.

    Effective capacity = (nameplate × availability − booked by others) × Δt; the minimum is scaled by what the edits
    leave of the asset.
    """
    network, periods = case.network, case.periods
    table = network.tables["arcs"]
    arcs = table[["id", "from", "to", "mode", "basis", "operator"]].rename(columns={"id": "arc"})
    frame = over_periods(arcs.assign(family=_family(network, "arcs"), length=_length(table)), periods)
    months, years = months_of(periods), frame["years"].to_numpy()
    minimum = network.resolve("arcs", "minimum", months) * left(network, months)
    arcs_ever = axis(
        "arc",
        ("arc", "period"),
        frame,
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
    listed = _lanes(network)
    at = rows_of(table["id"], listed["arc"])
    arcs = table[["from", "to", "mode", "basis", "operator"]].assign(length=_length(table))
    listed = pd.concat([listed, arcs.iloc[at].reset_index(drop=True)], axis=1)
    lanes = np.flatnonzero(_reached(listed, np.asarray(opened[at].any(axis=1)), network))
    figures = _lane_figures(network, listed, at, months_of(periods))
    reached = axis(
        "lane",
        ("arc", "commodity", "period"),
        over_periods(listed.iloc[lanes], periods),
        **{name: means(numbers[lanes], periods).ravel() for name, numbers in figures.items()},
    )
    return reached.take(opened[at[lanes]].ravel())


def _lane_figures(
    network: Network, lanes: pd.DataFrame, arc: NDArray[np.intp], months: Sequence[Period]
) -> dict[str, Vector]:
    """Figures of lanes by month, shape (lanes, months): those of the lane's row, or what stands where it has none.

    ``arc`` is the row of each lane's arc.
    """
    rows = {key: row for row, key in enumerate(network.ids("lanes"))}
    place = np.array([rows.get(f"{a}/{c}", -1) for a, c in zip(lanes["arc"], lanes["commodity"], strict=True)], int)
    figures = {}
    for column, default in {"yield": 1.0, "tariff": np.nan, "rebate": 0.0, "quality": 0.0}.items():
        stated = network.resolve("lanes", column, months)
        figures[column] = np.vstack([stated, np.full((1, len(months)), default)])[place]
    tariff = np.where(np.isnan(figures["tariff"]), network.resolve("arcs", "tariff", months)[arc], figures["tariff"])
    outlet = (network.tables["arcs"]["basis"] == "outlet").to_numpy(dtype=bool)[arc, None]
    return figures | {"tariff": tariff, "charge": tariff * np.where(outlet, figures["yield"], 1.0)}


def rows_of(ids: pd.Series, names: pd.Series) -> NDArray[np.intp]:
    """The row of each name among the ids of a table."""
    return np.asarray(pd.Index(ids).get_indexer(names), dtype=np.intp)


def _length(arcs: pd.DataFrame) -> NDArray[np.float64]:
    """Published length, else the length drawn, else 0 (a paper leg)."""
    return arcs["length_km"].fillna(arcs["geometry_km"]).fillna(0.0).to_numpy(dtype=float)


def _lanes(network: Network) -> pd.DataFrame:
    """Lanes listed in the table; an arc without rows carries every commodity of its pack unchanged."""
    lanes, arcs, commodities = (network.tables[t] for t in ("lanes", "arcs", "commodities"))
    listed = lanes[["arc", "commodity", "to_commodity"]]
    family = commodities.set_index("id")["family"]
    homes = [(set(pack.tables["arcs"]["id"]), list(pack.tables["commodities"]["id"])) for pack in network.packs]
    free = arcs.loc[~arcs["id"].isin(listed["arc"]), "id"]
    carried = ((arc, c) for arc in free for ids, grades in homes if arc in ids for c in grades)
    implied = pd.DataFrame(
        [(arc, c, c) for arc, c in dict.fromkeys(carried)],
        columns=["arc", "commodity", "to_commodity"],
        dtype=object,
    )
    out = pd.concat([listed.astype(object), implied], ignore_index=True)
    out["to_commodity"] = out["to_commodity"].where(out["to_commodity"].notna(), out["commodity"])
    return out.assign(family=out["commodity"].map(family))


def _reached(lanes: pd.DataFrame, opened: Mask, network: Network) -> Mask:
    """Lanes ever open whose inlet a supply or a stock can reach, as (node, commodity), over all periods together."""
    supplies = network.tables["supplies"]
    sources = [*zip(supplies["node"], supplies["commodity"], strict=True), *stocked(network)]
    tails = list(zip(lanes["from"], lanes["commodity"], strict=True))
    heads = list(zip(lanes["to"], lanes["to_commodity"], strict=True))
    number = {place: at for at, place in enumerate(dict.fromkeys([*sources, *tails, *heads]))}
    tail, head = (np.array([number[place] for place in places], dtype=np.intp) for places in (tails, heads))
    seen, _ = reach(tail[opened], head[opened], len(number), [number[place] for place in sources])
    return np.asarray(opened & seen[tail])


def stocked(network: Network) -> list[tuple[str, str]]:
    """(node, commodity) pairs of which a tank holds an opening stock, where its row names what it holds."""
    storages = network.tables["storages"]
    rows = zip(storages["node"], storages["commodities"], storages["opening"], strict=True)
    return [(node, commodity) for node, held, opening in rows if opening > 0 for commodity in held]


def supply_axis(case: Case) -> Axis:
    """Supplies by period: ``available`` and ``minimum`` in Mt (bcm) per period, lifting ``cost`` in USD/t."""
    network, periods = case.network, case.periods
    table = network.tables["supplies"][["id", "node", "commodity", "shipper", "kind"]].rename(columns={"id": "supply"})
    family = network.tables["commodities"].set_index("id")["family"]
    frame = over_periods(table.assign(family=table["commodity"].map(family)), periods)
    figures = dated(network, "supplies", ("available", "minimum", "cost"), periods)
    years = frame["years"].to_numpy()
    rates = {name: figures[name] * years for name in ("available", "minimum")}
    return axis("supply", ("supply", "period"), frame, **rates, cost=figures["cost"])


def tier_axis(case: Case) -> Axis:
    """Market tiers by period: ``depth`` in Mt (bcm) per period and ``discount`` in USD/t.

    A market without tiers has one, without limit.
    """
    network, periods = case.network, case.periods
    markets = network.tables["markets"][["id", "node", "export"]].assign(family=_family(network, "markets"))
    markets = markets.rename(columns={"id": "market"})
    tiers = network.tables["tiers"][["market", "tier"]]
    single = markets.loc[~markets["market"].isin(tiers["market"]), ["market"]].assign(tier=1)
    listed = pd.concat([tiers, single], ignore_index=True)
    place = rows_of(markets["market"], listed["market"])
    listed = listed.assign(tier=listed["tier"].astype(int).astype(str))
    listed = pd.concat([listed, markets.drop(columns="market").iloc[place].reset_index(drop=True)], axis=1)
    figures, none = dated(network, "tiers", ("depth", "discount"), periods), np.ones(len(single) * len(periods))
    frame = over_periods(listed, periods)
    return axis(
        "tier",
        ("market", "tier", "period"),
        frame,
        depth=np.concatenate([figures["depth"], none * np.inf]) * frame["years"].to_numpy(),
        discount=np.concatenate([figures["discount"], none * 0.0]),
    )


def delivery_axis(case: Case, tiers: Axis, reached: pd.DataFrame) -> Axis:
    """What may be sold: (market, commodity, tier, period) with its ``price`` in USD/t.

    A market with a reference grade pays the other grades by the barrel (or heating value):
    price = market price × (bbl/t of the grade ÷ bbl/t of the reference) + differential − the tier's discount.
    """
    network, periods = case.network, case.periods
    frame, tier = _with_grades(tiers, reached)
    markets = network.tables["markets"].set_index("id")
    at = rows_of(network.tables["markets"]["id"], frame["market"]), _columns(frame, periods)
    base = network.resolve("markets", "price", periods)[at]
    ratio = _content(network, frame["commodity"], frame["market"].map(markets["reference"]))
    price = base * ratio + _differential(network, frame, periods) - tiers.data("discount")[tier]
    # Without a price nothing can be earned there; the least-cost plan asks for no prices.
    stated = ~np.isnan(price)
    least_cost = case.policy.objective == "cost"
    price = np.where(stated, price, 0.0) if least_cost else price
    keys = ("market", "commodity", "tier", "period")
    sold = axis("delivery", keys, frame, price=price, depth=tiers.data("depth")[tier])
    return sold if least_cost else sold.take(stated)


def _with_grades(over: Axis, reached: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """The rows of an axis, each once for every grade of its family that reaches its node; and which row each was."""
    labels = over.frame.assign(row=np.arange(len(over)))
    frame = labels.merge(reached, on=["node", "family"])
    if "commodities" in frame:
        kept = [not held or c in held for held, c in zip(frame["commodities"], frame["commodity"], strict=True)]
        frame = frame[np.array(kept, dtype=bool)].reset_index(drop=True)
    return frame, frame.pop("row").to_numpy(dtype=np.intp)


def _columns(frame: pd.DataFrame, periods: Sequence[Period]) -> NDArray[np.intp]:
    """The place of each row's period."""
    return rows_of(pd.Series([period.label for period in periods], dtype=object), frame["period"])


def _content(network: Network, commodity: pd.Series, reference: pd.Series) -> NDArray[np.float64]:
    """Barrels (or MJ) in a tonne of the grade over those of the reference; 1 where either is unknown."""
    facts = network.tables["commodities"].set_index("id")
    content = facts["bbl_per_t"].fillna(facts["mj_per_m3"]).astype(float)
    ratio = commodity.map(content).to_numpy(dtype=float) / reference.map(content).to_numpy(dtype=float)
    return np.nan_to_num(ratio, nan=1.0)


def _differential(network: Network, frame: pd.DataFrame, periods: Sequence[Period]) -> Vector:
    """That of the grade at the market, else of the grade anywhere, else 0."""
    table, count = network.tables["differentials"], len(periods)
    ids = [f"{c}/{'' if pd.isna(m) else m}" for c, m in zip(table["commodity"], table["market"], strict=True)]
    rows = {name: row for row, name in enumerate(ids)}
    known = np.concatenate([network.resolve("differentials", "differential", periods).ravel(), np.zeros(1)])
    pairs = zip(frame["commodity"], frame["market"], strict=True)
    row = np.array([rows.get(f"{c}/{m}", rows.get(f"{c}/", len(ids))) for c, m in pairs], dtype=np.intp)
    at = np.minimum(row * count + _columns(frame, periods), len(ids) * count)
    found: Vector = known[at]
    return found


def home_axis(case: Case, reached: pd.DataFrame) -> tuple[Axis, Axis]:
    """Obligations by period (``volume`` due, ``value``, ``penalty``), and what may serve each (by commodity)."""
    network, periods = case.network, case.periods
    table = network.tables["obligations"][["id", "node", "commodities"]].assign(family=_family(network, "obligations"))
    frame = over_periods(table.rename(columns={"id": "obligation"}), periods)
    figures = dated(network, "obligations", ("volume", "value", "penalty"), periods)
    figures["volume"] = figures["volume"] * frame["years"].to_numpy()
    dues = axis("obligation", ("obligation", "period"), frame, **figures)
    served, row = _with_grades(dues, reached)
    return dues, axis("home", ("obligation", "commodity", "period"), served, value=figures["value"][row])


def stock_axis(case: Case, reached: pd.DataFrame) -> tuple[Axis, Axis]:
    """Storages by period (limits in Mt or bcm), and the stock kept of each commodity, with the period ``before``."""
    network, periods = case.network, case.periods
    table = network.tables["storages"][["id", "node", "commodities", "closing"]]
    table = table.assign(family=_family(network, "storages")).rename(columns={"id": "storage"})
    columns = ("working_volume", "opening", "injection", "withdrawal", "closing_value")
    frame, figures = over_periods(table, periods), dated(network, "storages", columns, periods)
    frame["closing"] = network.chosen("storages", "closing", periods)[:, -1].repeat(len(periods))
    for rate in ("injection", "withdrawal"):
        figures[rate] = _or_else(figures[rate], np.inf) * frame["years"].to_numpy()
    labels = [p.label for p in periods]
    frame["before"] = frame["period"].map(dict(zip(labels, [labels[-1], *labels[:-1]], strict=True)))
    frame["first"], frame["last"] = frame["period"] == labels[0], frame["period"] == labels[-1]
    tanks = axis("storage", ("storage", "period"), frame, **figures)
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
    table = network.tables["limits"][["id", "relative_to", "over", "in_force"]].assign(
        family=_family(network, "limits"))  # fmt: skip
    frame = over_periods(table.rename(columns={"id": "limit"}), periods)
    stated = dated(network, "limits", ("low", "high", "low_ratio", "high_ratio"), periods)
    holds = frame.pop("in_force").to_numpy(dtype=bool)
    figures = {side: np.where(holds, figure, np.nan) for side, figure in stated.items()}
    for side, none in (("low", -np.inf), ("high", np.inf)):
        figures[side] = _or_else(figures[side], none) * frame["years"].to_numpy()
    return axis("limit", ("limit", "period"), frame, **figures)


def contract_axis(case: Case) -> Axis:
    """Contracts by period: the ``volume`` due in it (``sign`` −1: the most that is firm) and the ``charge`` in USD/t.

    The volume is scaled by the days inside the term and, under force majeure, by what is left of the arc.
    """
    network, periods = case.network, case.periods
    table = network.tables["contracts"].assign(family=_family(network, "contracts"))
    columns = ["id", "kind", "arc", "commodities", "party", "force_majeure", "from_period", "to_period", "family"]
    frame = over_periods(table[columns].rename(columns={"id": "contract"}), periods)
    frame["sign"] = np.where(frame["kind"] == "firm", -1.0, 1.0)
    months = months_of(periods)
    due = committed(network, months)
    share = left(network, months)[rows_of(network.tables["arcs"]["id"], table["arc"])]
    waives = (table["force_majeure"].astype(bool) & (table["kind"] != "firm")).to_numpy(dtype=bool)
    ever = axis(
        "contract",
        ("contract", "period"),
        frame,
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
    frame = pd.DataFrame(rows, columns=[*RAMP_KEYS, "month"], dtype=object)
    most = ramps[tuple(np.array(at, dtype=np.intp).reshape(-1, 2).T)]
    planned = figure(REFERENCE, lambda asked: np.array([asked.reference[row[:-1]] for row in rows], dtype=float))
    return axis("ramp", RAMP_KEYS, frame, reference=planned, ramp=most)
