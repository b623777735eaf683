"""The limits that a target has come to, and what one more of each is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.linear import ACTIVE, both
from energy_routes.solving import BareOptimum

COLUMNS = ["kind", "limit", "name", "side", "periods", "volume", "bound", "price", "unit"]
KEYS = ["kind", "limit", "name", "family"]


def limits_of(optimum: BareOptimum, members: NDArray[np.bool_]) -> pd.DataFrame:
    """The limits that the target's columns stand in and that the plan has come to; a row a limit and side.

    ``periods`` counts those in which it is reached; ``volume`` and ``bound`` are of these, Mt (bcm); ``price`` is what
    one more a year in every period is worth.
    """
    form, x = optimum.form, optimum.x
    rows = np.asarray(abs(form.matrix[:, members]).sum(axis=1)).ravel() > 0
    table = optimum.worth.limits
    at, sign = table["at"].to_numpy(dtype=np.int64), table["sign"].to_numpy(dtype=float)
    upper = (table["side"] != "lower").to_numpy()
    table = table.assign(
        volume=both(form.matrix @ x, x)[at] * sign,
        bound=np.where(upper, table["upper"], table["lower"]),
        price=np.where(np.isfinite(table["price_all"]), table["price_all"], np.nan), unit=table["worth"],
    )  # fmt: skip
    near = (table["bound"] - table["volume"]).abs() <= ACTIVE * np.maximum(1.0, table["volume"].abs())
    found = table[np.concatenate([rows, members])[at] & near.to_numpy()]
    told: pd.DataFrame = found.groupby([*KEYS, "side"], sort=False, as_index=False).agg(
        periods=("period", "size"), volume=("volume", "sum"), bound=("bound", "sum"), price=("price", "first"),
        unit=("unit", "first"))  # fmt: skip
    return told[COLUMNS]
