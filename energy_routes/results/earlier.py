"""Tables that were saved before their columns were what they are, read as they would be saved now."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.case import Case


def prices_of(table: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The prices of a result; of one with one price a limit and period, their mean over the days stands for all."""
    if "price_all" in table or table.empty:
        return table
    years = {period.label: period.years for period in case.periods}
    length = table["period"].map(years).fillna(case.years).astype(float)
    keys = ["kind", "limit", "name", "family"]
    sums = table.assign(worth=table["price"] * length, length=length).groupby(keys, dropna=False)
    every = sums["worth"].transform("sum") / sums["length"].transform("sum")
    return table.assign(side=None, price_down=np.nan, price_all=every, price_all_down=np.nan, note=None)
