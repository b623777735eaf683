"""What was built and what the volumes emit, as tables; and the capacities that builds have added to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.case import BY_OPTION
from energy_routes.formulation import Space, added, emitted
from energy_routes.linear import Vector
from energy_routes.plan.price_table import Worth

BUILD_COLUMNS = [
    "option", "family", "name", "kind", "year", "built", "begun", "capacity", "unit", "capex", "charge", "worth",
]  # fmt: skip
WHOLE = 1e-6  # units nearer than this to a whole number, or to none, are it


def arc_capacity(space: Space, x: Vector) -> Vector:
    """Effective capacity of the open arcs, builds included: Mt (bcm) per period, inf where there is no limit."""
    return space.arcs.data("capacity") + added(space.built, space.case, "arc", space.arcs).value(x)


def supply_available(space: Space, x: Vector) -> Vector:
    """What can be lifted of each supply, with what builds add."""
    over = space.lifted.axis
    return over.data("available") + added(space.built, space.case, "supply", over).value(x)


def unbuilt(space: Space, arcs: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows of a table of arcs stand for one that an option could have opened and has not: its capacity is 0."""
    ours = {edit.id for edit in space.case.edits if edit.table == "arcs" and edit.source.startswith(BY_OPTION)}
    return np.asarray(arcs["arc"].isin(ours) & (arcs["capacity"] == 0.0), dtype=bool)


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


def emissions_table(space: Space, x: Vector) -> pd.DataFrame:
    """One row a period, family and mode, and ``total`` over both: work (bn tonne-km, bn thousand m3-km) and Mt CO2e.

    ``per_unit`` is kg CO2e a tonne (1000 m3) lifted in that period.  Modes without a factor count as nothing emitted.
    """
    columns = ["period", "family", "mode", "work", "emitted", "per_unit", "unit"]
    if space.case.network.tables["emissions"].empty:
        return pd.DataFrame(columns=columns, dtype=object)
    lanes = space.flow.axis.frame
    moved = lanes[["period", "family", "mode"]].assign(
        work=space.flow.value(x) * space.flow.axis.data("length") / 1000.0, emitted=emitted(space).value(x) / 1000.0
    )
    by_mode = moved.groupby(["period", "family", "mode"], as_index=False, sort=True)[["work", "emitted"]].sum()
    every = by_mode.groupby(["period", "family"], as_index=False)[["work", "emitted"]].sum().assign(mode="total")
    frame = pd.concat([by_mode, every], ignore_index=True)
    whole = frame.groupby(["family", "mode"], as_index=False)[["work", "emitted"]].sum().assign(period="total")
    frame = pd.concat([whole, frame], ignore_index=True)
    lifted = space.lifted.axis.frame[["period", "family"]].assign(lifted=space.lifted.value(x))
    amounts = lifted.groupby(["period", "family"])["lifted"].sum().to_dict()
    amounts |= {("total", family): v for family, v in lifted.groupby("family")["lifted"].sum().items()}
    base = np.array([amounts.get(key, 0.0) for key in zip(frame["period"], frame["family"], strict=True)], dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["per_unit"] = np.where(base > 0, frame["emitted"] * 1000.0 / base, np.nan)
    return frame.assign(unit="MtCO2e")[columns]


def _whole(units: Vector) -> Vector:
    near = np.round(units)
    return np.where(np.abs(units - near) < WHOLE, near, units) + 0.0
