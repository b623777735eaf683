"""What the rows of a sweep say: bands of each answer, and the rows without a plan, which are in none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

PERCENTILES = {"p10": 10, "p50": 50, "p90": 90}
USED = 1e-6  # Mt or bcm, or a share: what is above is used


def summary_of(data: pd.DataFrame, units: Mapping[str, str], paths: Sequence[str]) -> pd.DataFrame:
    """Each answer at each level over its rows with a plan.

    Columns: ``level``, what the level sets, ``answer``, ``unit``, ``rows``, ``plans``, ``mean``, ``p10``, ``p50``,
    ``p90`` (linear interpolation between order statistics), and ``used``, the share of plans in which it is above 0.
    """
    out = []
    for level, rows in data.groupby("level", sort=True):
        sets = {path: rows[path].iloc[0] for path in paths}
        values = rows.loc[rows["status"] == "optimal", list(units)].to_numpy(dtype=float)
        for (name, unit), column in zip(units.items(), values.T, strict=True):
            known = column[np.isfinite(column)]
            bands = np.percentile(known, list(PERCENTILES.values())) if len(known) else [np.nan] * len(PERCENTILES)
            out.append({
                "level": level, **sets, "answer": name, "unit": unit, "rows": len(rows), "plans": len(values),
                "mean": known.mean() if len(known) else np.nan, **dict(zip(PERCENTILES, bands, strict=True)),
                "used": float((known > USED).mean()) if len(known) else np.nan,
            })  # fmt: skip
    return pd.DataFrame(out)


def without_plan_of(data: pd.DataFrame, paths: Sequence[str]) -> pd.DataFrame:
    """How many rows of each level have no plan, by status and reason; ``share`` is of all rows of the level."""
    columns = ["level", *paths, "status", "reason"]
    failed = data[data["status"] != "optimal"]
    out = failed.groupby(columns, dropna=False, sort=True).size().rename("draws").reset_index()
    return out.assign(share=out["draws"] / out["level"].map(data.groupby("level").size()))
