"""The index sets of a case: which lanes, supplies, deliveries … exist in which period, with their resolved figures.

A variable exists only where a row exists here, and is aligned with it by position.  Everything is a rate a year
times the length of the period, so volumes are Mt (bcm) per period and money is MUSD.  Figures that multiply are
multiplied by month (:mod:`energy_routes.network.monthly_products`), so that a year has the mean of the product.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.case import Case
from energy_routes.linear import Axis, axis
from energy_routes.network import Network, committed, in_term, left, usable
from energy_routes.pack import Period, means, months_of, totals

TANKERS = ("tanker", "caspian_tanker")


def over_periods(frame: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    """Each row once a period (period by period within a row), with ``period`` and its length ``years``."""
    rows, count = len(frame), len(periods)
    out = frame.iloc[np.repeat(np.arange(rows), count)].reset_index(drop=True)
    return out.assign(
        period=np.tile(np.array([p.label for p in periods], dtype=object), rows),
        years=np.tile(np.array([p.years for p in periods], dtype=float), rows),
    )


def dated(
    network: Network, table: str, columns: Sequence[str], periods: Sequence[Period]
) -> dict[str, NDArray[np.float64]]:
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
    arcs = network.tables["arcs"][["id", "from", "to", "mode", "basis", "operator"]]
    frame = over_periods(arcs.assign(family=_family(network, "arcs")), periods).rename(columns={"id": "arc"})
    months, years = months_of(periods), frame["years"].to_numpy()
    minimum = network.resolve("arcs", "minimum", months) * left(network, months)
    frame = frame.assign(
        capacity=usable(network, periods).ravel() * years,
        minimum=means(minimum, periods).ravel() * years,
        length=np.repeat(_length(network.tables["arcs"]), len(periods)),
        **dated(network, "arcs", ("tariff",), periods),
    )
    return axis("arc", ("arc", "period"), frame[network.open(periods).ravel()])


def lane_axis(case: Case, arcs: Axis) -> Axis:
    """Lanes by period: an available arc and a commodity that a supply can bring to it.

    Figures per unit of inlet volume; ``charge`` is the tariff, where it is charged on the outlet times the yield.
    """
    network, periods = case.network, case.periods
    listed = _lanes(network)
    figures = _lane_figures(network, listed, months_of(periods))
    frame = over_periods(listed, periods)
    frame = frame.assign(**{name: means(numbers, periods).ravel() for name, numbers in figures.items()}).merge(
        arcs.frame[["arc", "period", "from", "to", "mode", "basis", "operator", "length"]], on=["arc", "period"]
    )
    return axis("lane", ("arc", "commodity", "period"), frame[_reached(frame, network)])


def _lane_figures(network: Network, lanes: pd.DataFrame, months: Sequence[Period]) -> dict[str, NDArray[np.float64]]:
    """Figures of lanes by month, shape (lanes, months): those of the lane's row, or what stands where it has none."""
    rows = {key: row for row, key in enumerate(network.ids("lanes"))}
    place = np.array([rows.get(f"{a}/{c}", -1) for a, c in zip(lanes["arc"], lanes["commodity"], strict=True)], int)
    figures = {}
    for column, default in {"yield": 1.0, "tariff": np.nan, "rebate": 0.0, "quality": 0.0}.items():
        stated = network.resolve("lanes", column, months)
        figures[column] = np.vstack([stated, np.full((1, len(months)), default)])[place]
    arc = rows_of(network.tables["arcs"]["id"], lanes["arc"])
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
    free = [arc for arc in arcs["id"] if arc not in set(listed["arc"])]
    carried = ((arc, c) for arc in free for ids, grades in homes if arc in ids for c in grades)
    implied = pd.DataFrame(
        [(arc, c, c) for arc, c in dict.fromkeys(carried)],
        columns=["arc", "commodity", "to_commodity"],
        dtype=object,
    )
    out = pd.concat([listed.astype(object), implied], ignore_index=True)
    out["to_commodity"] = out["to_commodity"].where(out["to_commodity"].notna(), out["commodity"])
    return out.assign(family=out["commodity"].map(family))


def _reached(lanes: pd.DataFrame, network: Network) -> NDArray[np.bool_]:
    """Lanes whose inlet a supply or a stock can reach, as (node, commodity), over all periods together."""
    supplies = network.tables["supplies"]
    found = set(zip(supplies["node"], supplies["commodity"], strict=True)) | set(stocked(network))
    tails = list(zip(lanes["from"], lanes["commodity"], strict=True))
    heads = list(zip(lanes["to"], lanes["to_commodity"], strict=True))
    edges: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for tail, head in zip(tails, heads, strict=True):
        edges.setdefault(tail, set()).add(head)
    queue = list(found)
    while queue:
        for head in edges.get(queue.pop(), ()):
            if head not in found:
                found.add(head)
                queue.append(head)
    return np.array([tail in found for tail in tails], dtype=bool)


def stocked(network: Network) -> list[tuple[str, str]]:
    """(node, commodity) pairs of which a tank holds an opening stock, where its row names what it holds."""
    storages = network.tables["storages"]
    rows = zip(storages["node"], storages["commodities"], storages["opening"], strict=True)
    return [(node, commodity) for node, held, opening in rows if opening > 0 for commodity in held]


def supply_axis(case: Case) -> Axis:
    """Supplies by period: ``available`` and ``minimum`` in Mt (bcm) per period, lifting ``cost`` in USD/t."""
    network, periods = case.network, case.periods
    frame = over_periods(
        network.tables["supplies"][["id", "node", "commodity", "shipper", "kind"]].rename(columns={"id": "supply"}),
        periods,
    )
    figures = dated(network, "supplies", ("available", "minimum", "cost"), periods)
    years = frame["years"].to_numpy()
    family = network.tables["commodities"].set_index("id")["family"]
    return axis(
        "supply",
        ("supply", "period"),
        frame.assign(
            family=frame["commodity"].map(family),
            available=figures["available"] * years,
            minimum=figures["minimum"] * years,
            cost=figures["cost"],
        ),
    )


def tier_axis(case: Case) -> Axis:
    """Market tiers by period: ``depth`` in Mt (bcm) per period and ``discount`` in USD/t.

    A market without tiers has one, without limit.
    """
    network, periods = case.network, case.periods
    markets = network.tables["markets"][["id", "node", "export"]].assign(family=_family(network, "markets"))
    markets = markets.rename(columns={"id": "market"})
    tiers = over_periods(network.tables["tiers"][["market", "tier"]], periods)
    tiers = tiers.assign(**dated(network, "tiers", ("depth", "discount"), periods))
    single = over_periods(markets.loc[~markets["market"].isin(tiers["market"]), ["market"]], periods)
    tiers = pd.concat([tiers, single.assign(tier=1, depth=np.inf, discount=0.0)], ignore_index=True)
    frame = tiers.merge(markets, on="market")
    return axis(
        "tier",
        ("market", "tier", "period"),
        frame.assign(tier=frame["tier"].astype(int).astype(str), depth=frame["depth"] * frame["years"]),
    )


def delivery_axis(case: Case, tiers: Axis, reached: pd.DataFrame) -> Axis:
    """What may be sold: (market, commodity, tier, period) with its ``price`` in USD/t.

    A market with a reference grade pays the other grades by the barrel (or heating value):
    price = market price × (bbl/t of the grade ÷ bbl/t of the reference) + differential − the tier's discount.
    """
    network = case.network
    frame = tiers.frame.merge(reached, on=["node", "family"])
    markets = network.tables["markets"].set_index("id")
    base = _by_period(network.resolve("markets", "price", case.periods), network.ids("markets"), case.periods)
    price = np.array([base[key] for key in zip(frame["market"], frame["period"], strict=True)], dtype=float)
    ratio = _content(network, frame["commodity"], frame["market"].map(markets["reference"]))
    frame["price"] = price * ratio + _differential(network, frame, case.periods) - frame["discount"]
    # Without a price nothing can be earned there; the least-cost plan asks for no prices.
    frame = frame.fillna({"price": 0.0}) if case.policy.objective == "cost" else frame[frame["price"].notna()]
    return axis("delivery", ("market", "commodity", "tier", "period"), frame)


def _content(network: Network, commodity: pd.Series, reference: pd.Series) -> NDArray[np.float64]:
    """Barrels (or MJ) in a tonne of the grade over those of the reference; 1 where either is unknown."""
    facts = network.tables["commodities"].set_index("id")
    content = facts["bbl_per_t"].fillna(facts["mj_per_m3"]).astype(float)
    ratio = commodity.map(content).to_numpy(dtype=float) / reference.map(content).to_numpy(dtype=float)
    return np.nan_to_num(ratio, nan=1.0)


def _differential(network: Network, frame: pd.DataFrame, periods: Sequence[Period]) -> NDArray[np.float64]:
    table = network.tables["differentials"]
    ids = [f"{c}/{'' if pd.isna(m) else m}" for c, m in zip(table["commodity"], table["market"], strict=True)]
    known = _by_period(network.resolve("differentials", "differential", periods), ids, periods)
    return np.array(
        [
            known.get((f"{c}/{m}", p), known.get((f"{c}/", p), 0.0))
            for c, m, p in zip(frame["commodity"], frame["market"], frame["period"], strict=True)
        ],
        dtype=float,
    )


def _by_period(
    figures: NDArray[np.float64], ids: Sequence[str], periods: Sequence[Period]
) -> dict[tuple[str, str], float]:
    return {
        (name, period.label): float(figures[row, k]) for row, name in enumerate(ids) for k, period in enumerate(periods)
    }


def home_axis(case: Case, reached: pd.DataFrame) -> tuple[Axis, Axis]:
    """Obligations by period (``volume`` due, ``value``, ``penalty``), and what may serve each (by commodity)."""
    network, periods = case.network, case.periods
    table = network.tables["obligations"][["id", "node", "commodities"]].assign(family=_family(network, "obligations"))
    frame = over_periods(table.rename(columns={"id": "obligation"}), periods).assign(
        **dated(network, "obligations", ("volume", "value", "penalty"), periods)
    )
    frame["volume"] = frame["volume"] * frame["years"]
    dues = axis("obligation", ("obligation", "period"), frame)
    served = frame.merge(reached, on=["node", "family"])
    allowed = np.array(
        [not held or c in held for held, c in zip(served["commodities"], served["commodity"], strict=True)], bool
    )
    return dues, axis("home", ("obligation", "commodity", "period"), served[allowed] if len(served) else served)


def stock_axis(case: Case, reached: pd.DataFrame) -> tuple[Axis, Axis]:
    """Storages by period (limits in Mt or bcm), and the stock kept of each commodity, with the period ``before``."""
    network, periods = case.network, case.periods
    table = network.tables["storages"][["id", "node", "commodities", "closing"]]
    table = table.assign(family=_family(network, "storages")).rename(columns={"id": "storage"})
    columns = ("working_volume", "opening", "injection", "withdrawal", "closing_value")
    frame = over_periods(table, periods).assign(**dated(network, "storages", columns, periods))
    frame["closing"] = network.chosen("storages", "closing", periods)[:, -1].repeat(len(periods))
    for rate in ("injection", "withdrawal"):
        frame[rate] = frame[rate].fillna(np.inf) * frame["years"]
    labels = [p.label for p in periods]
    frame["before"] = frame["period"].map(dict(zip(labels, [labels[-1], *labels[:-1]], strict=True)))
    frame["first"], frame["last"] = frame["period"] == labels[0], frame["period"] == labels[-1]
    tanks = axis("storage", ("storage", "period"), frame)
    held = frame.merge(reached, on=["node", "family"])
    allowed = np.array(
        [not kept or c in kept for kept, c in zip(held["commodities"], held["commodity"], strict=True)], bool
    )
    return tanks, axis("stock", ("storage", "commodity", "period"), held[allowed] if len(held) else held)


def limit_axis(case: Case) -> Axis:
    """Joint limits by period: ``low`` and ``high`` in Mt (bcm) per period, ±inf where there is none, and the ratios."""
    network, periods = case.network, case.periods
    table = network.tables["limits"][["id", "relative_to", "over"]].assign(family=_family(network, "limits"))
    frame = over_periods(table.rename(columns={"id": "limit"}), periods).assign(
        **dated(network, "limits", ("low", "high", "low_ratio", "high_ratio"), periods)
    )
    frame["low"] = frame["low"].fillna(-np.inf) * frame["years"]
    frame["high"] = frame["high"].fillna(np.inf) * frame["years"]
    return axis("limit", ("limit", "period"), frame)


def contract_axis(case: Case) -> Axis:
    """Contracts by period: the ``volume`` due in it (``sign`` −1: the most that is firm) and the ``charge`` in USD/t.

    The volume is scaled by the days inside the term and, under force majeure, by what is left of the arc.
    """
    network, periods = case.network, case.periods
    table = network.tables["contracts"].assign(family=_family(network, "contracts"))
    frame = over_periods(
        table[
            ["id", "kind", "arc", "commodities", "party", "force_majeure", "from_period", "to_period", "family"]
        ].rename(columns={"id": "contract"}),
        periods,
    ).assign(**dated(network, "contracts", ("charge",), periods))
    months = months_of(periods)
    due = committed(network, months)
    share = left(network, months)[rows_of(network.tables["arcs"]["id"], table["arc"])]
    waives = (table["force_majeure"].astype(bool) & (table["kind"] != "firm")).to_numpy(dtype=bool)
    frame["sign"] = np.where(frame["kind"] == "firm", -1.0, 1.0)
    frame["nominal"] = totals(due, periods).ravel()
    frame["volume"] = totals(due * np.where(waives[:, None], share, 1.0), periods).ravel()
    return axis("contract", ("contract", "period"), frame[in_term(network, periods).ravel() > 0])
