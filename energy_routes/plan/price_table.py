"""The table of prices of a plan: one row a limit and period, from what its limits are worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from energy_routes.case import Concentration
from energy_routes.formulation import CAP, Space, reached
from energy_routes.linear import Program, Vector
from energy_routes.plan.limits import NO_PLAN, NOT_FOUND

PRICE_COLUMNS = [
    "kind", "limit", "name", "family", "period", "side", "volume", "bound", "price", "price_down", "price_all",
    "price_all_down", "unit", "note",
]  # fmt: skip
DUST = 1e-9  # volumes below this (a kilogram in a Mt) are the arithmetic's, not the plan's


@dataclass(frozen=True, eq=False)
class Worth:
    """What the limits of a programme are worth at its optimum, + = worth to you.

    ``limits`` is a row a limit that can move (``moving_limits`` in :mod:`energy_routes.solving.prices.moves`), with
    ``reached`` (whether the plan has come to it, here or where it stands again), ``price`` (one more in that
    period), ``price_all`` (one more in force in every period; the same on every row of a limit and side), the same
    two with ``_down`` for an equality moved down (NaN for others): −inf where the move leaves no plan, NaN where the
    solver found none.  ``hhi`` holds each cap on concentration, its family and its price, MUSD per 0.01; ``columns``
    the reduced costs.
    """

    limits: pd.DataFrame
    hhi: tuple[tuple[Concentration, str, float], ...]
    columns: Vector

    def of(self, block: str) -> Vector:
        """The price of every limit of a block, in the order of its rows."""
        return self.limits.loc[self.limits["block"] == block, "price"].to_numpy(dtype=float)


def clean(values: Vector) -> Vector:
    """Volumes with the solver's dust swept off."""
    return np.where(np.abs(values) < DUST, 0.0, values)


def price_table(space: Space, program: Program, x: Vector, worth: Worth | None) -> pd.DataFrame:
    """One row a limit and period, zero rows kept; ``side`` and ``bound`` are what binds, or is nearer."""
    if worth is None:
        return pd.DataFrame(columns=PRICE_COLUMNS)
    table = worth.limits
    at = table["at"].to_numpy(dtype=int)
    built = np.concatenate([program.matrix[:, space.built.col] @ x[space.built.col], np.zeros(len(x))])[at]
    # A row holds what moves less what is built against the old limit.
    volume = np.concatenate([program.matrix @ x, x])[at] * table["sign"].to_numpy(dtype=float) - built
    bound = np.where(table["side"] == "lower", table["lower"], table["upper"] - built).astype(float)
    prices = {name: _told(table[name]) for name in ("price", "price_down", "price_all", "price_all_down")}
    limits = table.assign(
        volume=clean(volume),
        bound=np.where(np.isfinite(bound), bound, np.nan),
        unit=table["worth"],
        note=_notes(table),
        **prices,
    )[PRICE_COLUMNS]
    return pd.concat([limits, *_cone_prices(space, x, worth)], ignore_index=True)


def _notes(table: pd.DataFrame) -> list[str]:
    """Why a limit has no price: the move leaves no plan, or the solver found none."""
    equal = (table["side"] == "equal").to_numpy()
    ups, downs = (table[[f"price{way}", f"price_all{way}"]].to_numpy(dtype=float) for way in ("", "_down"))
    up, down = np.isinf(ups[:, 0]), np.isinf(downs[:, 0])
    lost = np.isnan(ups).any(axis=1) | (equal & np.isnan(downs).any(axis=1))
    cases = [lost, up & (down | ~equal), up, down]
    return [str(note) for note in np.select(cases, [NOT_FOUND, NO_PLAN, f"{NO_PLAN} up", f"{NO_PLAN} down"], "")]


def _cone_prices(space: Space, x: Vector, worth: Worth) -> Iterator[pd.DataFrame]:
    """One row a capped kind and family: the HHI reached, its cap, and the worth of 0.01 more of it."""
    for cap, family, price in worth.hhi:
        told = (reached(space, cap, family, x), cap.cap, price, np.nan, price, np.nan, CAP.worth, "")
        row = (CAP.kind, f"hhi:{cap.name}", CAP.name.format(cap=cap.name), family, "horizon", "upper", *told)
        yield pd.DataFrame([row], columns=PRICE_COLUMNS)


def told_of(worth: Worth | None, kind: str, limits: pd.Series, periods: pd.Series) -> Vector:
    """The price of each limit of a kind and period, as the table of prices has it; 0 where no limit stands."""
    if worth is None:
        return np.zeros(len(limits))
    own = worth.limits[worth.limits["kind"] == kind]
    keys = zip(own["limit"].tolist(), own["period"].tolist(), strict=True)
    found = dict(zip(keys, _told(own["price"]).tolist(), strict=True))
    asked = zip(limits.tolist(), periods.tolist(), strict=True)
    return np.array([found.get(key, 0.0) for key in asked], dtype=float)


def _told(prices: pd.Series) -> Vector:
    """Prices with the arithmetic's dust swept off; undefined where the move leaves no plan."""
    values = prices.to_numpy(dtype=float)
    return clean(np.where(np.isinf(values), np.nan, values))
