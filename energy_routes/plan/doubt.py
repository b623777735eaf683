"""The tables of a plan that say how far its numbers may be otherwise: ranges, and bands over draws of its figures."""

from __future__ import annotations

import pandas as pd

RANGES = ("kind", "id", "name", "family", "commodity", "period", "within", "loss", "volume", "low", "high", "share",
          "share_low", "share_high", "gap", "unit")  # fmt: skip
TOTAL = "total"  # the period of a row over the horizon
APART = 1e-6  # Mt or bcm: ends of a range that lie nearer are one number
BANDS = ("what", "kind", "group", "name", "family", "value", "p10", "p50", "p90", "used", "unit", "draws", "plans")


def open_in(ranges: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of ranges whose volume is no single number; of a route, those that may carry more."""
    return ranges[ranges["high"] - ranges["low"].fillna(ranges["volume"]) > APART]


def apart(ranges: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of ranges that the optimum leaves open over the horizon; none where it was saved without."""
    if "loss" not in ranges:
        return pd.DataFrame(columns=RANGES)
    best = (ranges["loss"] == 0) & (ranges["period"] == TOTAL) & ranges["low"].notna()
    return open_in(ranges[best]).reset_index(drop=True)


def told_bands(bands: pd.DataFrame) -> pd.DataFrame:
    """The rows of bands, of a plan or of a change, that people are told: money, exports and volumes of corridors."""
    return bands[bands["kind"].isin(["", "corridor"]) & (bands["what"] != "share")]
