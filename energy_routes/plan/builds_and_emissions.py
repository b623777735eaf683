"""What was built and what the volumes emit, as tables; and the capacities that builds have added to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.case import BY_OPTION
from energy_routes.formulation import Space, added, emitted
from energy_routes.linear import Vector
from energy_routes.plan.columns import ratio, totals
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
    ours = {edit.id for edit in space.case.edits if edit.table == "arcs" and edit.source.startswith(BY_OPTION)}
    return np.asarray(arcs.isin(ours).to_numpy(dtype=bool) & (capacity == 0.0))


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
    own = list(zip(*(lanes.frame[key] for key in ("period", "family", "mode")), strict=True))
    by_mode = _sorted(own, amounts)
    every = _sorted([(period, family, "total") for period, family, _ in by_mode[0]], by_mode[1])
    parts = [*by_mode[0], *every[0]], np.vstack([by_mode[1], every[1]])
    whole = _sorted([("total", *key[1:]) for key in parts[0]], parts[1])
    source = space.lifted.axis.frame
    lifted = list(zip(source["period"], source["family"], strict=True))
    lifted += [("total", family) for _, family in lifted]
    base = dict(zip(*totals(lifted, np.tile(space.lifted.value(of.x), 2)), strict=True))
    frame = pd.DataFrame([*whole[0], *parts[0]], columns=columns[:3])
    work, released = np.vstack([whole[1], parts[1]]).T
    over = np.array([base.get((period, family), 0.0) for period, family, _ in [*whole[0], *parts[0]]], dtype=float)
    return frame.assign(work=work, emitted=released, per_unit=ratio(released * 1000.0, over), unit="MtCO2e")[columns]


def _sorted(keys: list[tuple[str, str, str]], values: Vector) -> tuple[list[tuple[str, str, str]], Vector]:
    """The distinct keys in their order, and the sum of the values of each."""
    distinct, sums = totals(keys, values)
    order = sorted(range(len(distinct)), key=distinct.__getitem__)
    return [distinct[at] for at in order], sums[order]


def _whole(units: Vector) -> Vector:
    near = np.round(units)
    return np.where(np.abs(units - near) < WHOLE, near, units) + 0.0
