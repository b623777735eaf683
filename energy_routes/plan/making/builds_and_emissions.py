"""What was built and what the volumes emit, as tables; and the capacities that builds have added to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.case import opened_by_options
from energy_routes.formulation import Space, added, emitted
from energy_routes.linear import Vector
from energy_routes.plan.columns import by_label, ratio, totals
from energy_routes.plan.price_table import Worth
from energy_routes.plan.solved import Solved

BUILD_COLUMNS = [
    "option", "family", "name", "kind", "year", "built", "begun", "capacity", "unit", "capex", "charge", "worth",
]  # fmt: skip
WHOLE = 1e-6  # units nearer than this to a whole number, or to none, are it


def supply_available(space: Space, x: Vector) -> Vector:
    """What can be lifted of each supply, with what builds add."""
    over = space.lifted.axis
    return over.data("available") + added(space.built, space.case, "supply", over).value(x)


def unbuilt(space: Space, arcs: pd.Series, capacity: Vector) -> NDArray[np.bool_]:
    """Which of some arcs stand for one that an option could have opened and has not: its capacity is 0."""
    return np.asarray(arcs.isin(opened_by_options(space.case.edits)).to_numpy(dtype=bool) & (capacity == 0.0))


def tier_added(space: Space, x: Vector) -> Vector:
    """What builds add to the depth of the tier of each delivery, Mt (bcm) per period."""
    more = added(space.built, space.case, "tier", space.tiers, keys=("market", "tier"))
    return more.spread_to(space.delivered.axis).value(x)


def tank_added(space: Space, x: Vector) -> Vector:
    """What builds add to the working volume of the storage of each stock, Mt (bcm)."""
    more = added(space.built, space.case, "storage", space.storages, "working_volume")
    return more.spread_to(space.stock.axis).value(x)


def builds_table(space: Space, x: Vector, worth: Worth | None) -> pd.DataFrame:
    """One row an option and year: units standing and begun, capacity, capex begun and charge of the year (MUSD).

    ``worth`` is what one more unit would add to the objective, its charge paid (MUSD), with all else built as it is:
    the reduced cost of b.  Undefined without prices.
    """
    over = space.built.axis
    if not len(over):
        return pd.DataFrame(columns=BUILD_COLUMNS, dtype=object)
    frame = over.frame.copy()
    units = _whole(space.built.value(x))
    before = pd.Series(units).groupby(frame["option"], sort=False).shift(fill_value=0.0).to_numpy(dtype=float)
    price = np.full(len(over), np.nan)
    if worth is not None:
        price[space.built.row] = worth.columns[space.built.col]
    return frame[["option", "family", "name", "kind", "year"]].assign(
        built=units,
        begun=units - before,
        capacity=units * over.data("capacity"),
        unit=frame["family"].map(space.case.network.units("rate")),
        capex=(units - before) * over.data("capex"),
        charge=units * over.data("charge"),
        worth=price,
    )[BUILD_COLUMNS]


def emissions_table(of: Solved) -> pd.DataFrame:
    """One row a period, family and mode, and ``total`` over both: work (bn tonne-km, bn thousand m3-km) and Mt CO2e.

    ``per_unit`` is kg CO2e a tonne (1000 m3) lifted in that period.  Modes without a factor count as nothing emitted.
    """
    columns = ["period", "family", "mode", "work", "emitted", "per_unit", "unit"]
    space, lanes = of.space, of.space.flow.axis
    if space.case.network.tables["emissions"].empty:
        return pd.DataFrame(columns=columns, dtype=object)
    moved = space.flow.value(of.x)
    amounts = np.column_stack([moved * lanes.data("length"), emitted(space).value(of.x)]) / 1000.0
    by_mode = by_label(lanes.frame[columns[:3]], amounts)
    every = by_label(by_mode[0].assign(mode="total"), by_mode[1])
    parts = pd.concat([by_mode[0], every[0]], ignore_index=True), np.vstack([by_mode[1], every[1]])
    whole = by_label(parts[0].assign(period="total"), parts[1])
    frame = pd.concat([whole[0], parts[0]], ignore_index=True)
    work, released = np.vstack([whole[1], parts[1]]).T
    source = space.lifted.axis.frame
    lifted = list(zip(source["period"].tolist(), source["family"].tolist(), strict=True))
    lifted += [("total", family) for _, family in lifted]
    base = dict(zip(*totals(lifted, np.tile(space.lifted.value(of.x), 2)), strict=True))
    own = zip(frame["period"].tolist(), frame["family"].tolist(), strict=True)
    over = np.array([base.get(key, 0.0) for key in own], dtype=float)
    return frame.assign(work=work, emitted=released, per_unit=ratio(released * 1000.0, over), unit="MtCO2e")[columns]


def _whole(units: Vector) -> Vector:
    near = np.round(units)
    return np.where(np.abs(units - near) < WHOLE, near, units) + 0.0
