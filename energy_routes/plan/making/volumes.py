"""What moves, is lifted, sold, delivered at home and stored: every variable back to a labelled table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.linear import Index, Vector, positions, summed
from energy_routes.plan.columns import named, ordered, ratio, units, words
from energy_routes.plan.making.builds_and_emissions import supply_available, tank_added, tier_added, unbuilt
from energy_routes.plan.price_table import clean, told_of
from energy_routes.plan.solved import Solved


def flows_table(of: Solved, rows: Index | slice = slice(None)) -> pd.DataFrame:
    """A row a lane and period; of the lanes in some ``rows`` of their axis only, where these are given."""
    lanes, volume = of.space.flow.axis, of.moved[rows]
    charge = lanes.data("charge")[rows]
    labels = lanes.frame.iloc[rows]
    frame = labels[["period", "arc", "from", "to", "mode", "family", "commodity", "to_commodity"]].assign(
        volume=volume,
        outlet=volume * lanes.data("yield")[rows],
        unit=units(of.space, labels["family"]),
        tariff=charge,
        cost=volume * charge,
    )
    frame.insert(2, "name", words(labels["arc"], named(of.space, "arcs")))
    return ordered(frame, ["period", "arc", "commodity"])


def arcs_table(of: Solved) -> pd.DataFrame:
    """Every arc of the packs in every period, the closed ones with volume 0."""
    space, known = of.space, of.space.case.network.tables["arcs"]
    periods = np.array([period.label for period in space.case.periods], dtype=object)
    family = words(known["id"], space.case.network.family_of("arcs"))
    arcs = known[["id", "name", "from", "to", "mode", "operator", "status"]].rename(columns={"id": "arc"}).assign(
        name=known["name"].fillna(known["id"]), family=family, unit=units(space, family))
    order = np.argsort(arcs["arc"].to_numpy(dtype=object), kind="stable")
    row, when = np.tile(order, len(periods)), np.repeat(np.argsort(periods, kind="stable"), len(arcs))
    frame, at = arcs.take(row).reset_index(drop=True), of.open_arcs[row, when]
    limit = np.append(of.capacity, np.nan)[at]
    through = summed(positions(space.flow.axis, space.arcs, space.arcs.keys), of.moved, len(space.arcs))
    moved = np.append(through, 0.0)[at]
    capacity = np.where(np.isfinite(limit), limit, np.nan)
    opened, status = (at >= 0) & ~unbuilt(space, frame["arc"], limit), frame["status"]
    frame = frame.assign(
        status=status.mask(status == "operating", "idle").mask(opened, "operating"),
        period=periods[when],
        volume=moved,
        capacity=capacity,
        utilisation=ratio(moved, capacity),
    )
    frame["price"] = np.nan_to_num(told_of(of.worth, "capacity", frame["arc"], frame["period"]))
    return frame[["arc", "name", "from", "to", "mode", "operator", "status", "period", "volume", "family", "capacity",
                  "utilisation", "price", "unit"]]  # fmt: skip


def supplies_table(of: Solved) -> pd.DataFrame:
    """A row a supply and period."""
    labels, available = of.space.lifted.axis.frame, supply_available(of.space, of.x)
    return labels[["period", "supply", "shipper", "node", "commodity", "family"]].assign(
        available=available,
        lifted=clean(of.space.lifted.value(of.x)),
        shut_in=shut_in(of),
        price=np.nan if of.worth is None else told_of(of.worth, "supply", labels["supply"], labels["period"]),
        unit=units(of.space, labels["family"]),
        kind=labels["kind"],
    )


def shut_in(of: Solved) -> Vector:
    """What the country could lift of its own and does not, of each supply and period, Mt (bcm)."""
    available, lifted = supply_available(of.space, of.x), clean(of.space.lifted.value(of.x))
    own = (of.space.lifted.axis.frame["kind"] == "own").to_numpy(dtype=bool)
    return clean(np.where(np.isfinite(available) & own, available - lifted, 0.0))


def deliveries_table(of: Solved) -> pd.DataFrame:
    """A row a market, tier, grade and period."""
    sold = of.space.delivered.axis
    labels, depth = sold.frame, sold.data("depth")
    return pd.DataFrame({
        "period": labels["period"],
        "market": labels["market"],
        "name": words(labels["market"], named(of.space, "markets")),
        "tier": labels["tier"],
        "commodity": labels["commodity"],
        "family": labels["family"],
        "volume": clean(of.space.delivered.value(of.x)),
        "depth": np.where(np.isfinite(depth), depth + tier_added(of.space, of.x), np.nan),
        "price": sold.data("price"),
        "export": labels["export"],
        "unit": units(of.space, labels["family"]),
    })  # fmt: skip


def obligations_table(of: Solved) -> pd.DataFrame:
    """What serves each obligation; one row of nothing where no grade reaches it."""
    space, due, served = of.space, of.space.obligations, of.space.home.axis
    met = positions(served, due, due.keys)
    unmet = np.setdiff1d(np.arange(len(due)), met)
    order = np.argsort(np.concatenate([met, unmet]), kind="stable")
    row = np.concatenate([met, unmet])[order]
    frame = due.frame[["period", "obligation", "node"]].take(row).reset_index(drop=True)
    grades = space.case.network.tables["commodities"]
    one = grades.drop_duplicates("family").set_index("family")["id"]
    blank = [held[0] if held else one[family] for held, family in
             zip(*(due.frame[column].iloc[unmet] for column in ("commodities", "family")), strict=True)]  # fmt: skip
    goods = np.array([*served.frame["commodity"], *blank], dtype=object)[order]
    frame = frame.assign(
        commodity=pd.Series(goods, dtype=object),
        volume=np.append(clean(space.home.value(of.x)), np.zeros(len(unmet)))[order],
        required=due.data("volume")[row],
        short=clean(space.short.value(of.x))[row],
    )
    return frame.assign(unit=units(space, words(frame["commodity"], space.case.network.family_of("commodities"))))


def stocks_table(of: Solved) -> pd.DataFrame:
    """A row a store, grade and period."""
    space, stock = of.space, of.space.stock.axis
    closing, injected, withdrawn = (clean(e.value(of.x)) for e in (space.stock, space.injected, space.withdrawn))
    return stock.frame[["period", "storage", "node", "commodity"]].assign(
        opening=clean(closing - injected + withdrawn),
        injected=injected,
        withdrawn=withdrawn,
        closing=closing,
        working_volume=stock.data("working_volume") + tank_added(space, of.x),
        unit=units(space, words(stock.frame["commodity"], space.case.network.family_of("commodities"))),
    )
