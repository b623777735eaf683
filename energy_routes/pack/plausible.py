"""Which figures are asked about: those outside their column's plausible band, or unlike the others of the column.

A question is answered by the word ``checked`` where the figure is written: in the note of its row or its edit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.pack.pack import Pack, dated_rows, keys_of
from energy_routes.pack.schema.columns import Column
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.units.families import Family
from energy_routes.pack.units.periods import Floats
from energy_routes.pack.units.units import PER_YEAR, time_of

Band = tuple[float, float]

ANYTHING: Band = (-math.inf, math.inf)
FACTOR = 20.0  # so many times its column's median a figure may be, or so small a part of it
ENOUGH = 10  # fewer rows have no median that says anything
OF_FAMILY = ("rate", "volume", "unit_value")  # dimensions whose units, and so whose plausible bands, are a family's
SLIPS = (1000.0, 0.001, 100.0, 0.01, 1e6, 1e-6)

OR_CHECKED = "or write 'checked' and why in the row's note."  # how a question is answered, where nothing is corrected
_ANSWER = re.compile(r"(?<!not )(?<!never )(?<!be )\bchecked\b", re.IGNORECASE)


def answered(note: object) -> bool:
    """Whether a note says ``checked``, which answers the question whether a figure is meant.

    >>> answered("checked: the tender says so"), answered("unchecked"), answered("to be checked")
    (True, False, False)
    """
    return bool(_ANSWER.search(str(note)))


def written_band(column: Column, family: Family) -> Band:
    """The plausible band that the schema states for a column, in inner units, rates a year; no limits where none."""
    unknown = column.plausible is None or (column.dimension in OF_FAMILY and not family.banded)
    return ANYTHING if column.plausible is None or unknown else column.plausible


@dataclass(frozen=True)
class Stated:
    """Every figure of a column, a year: base rows, then dated ones; where each stands, (table, row), and its key."""

    figures: Floats
    places: Sequence[tuple[str, int]]
    keys: Sequence[str]

    @cached_property
    def usual(self) -> Band:
        """Between a twentieth and twenty times the median size; no limits of fewer than ten rows.

        Nothing and no limit are no sizes.
        """
        sizes = np.abs(self.figures)
        told = np.isfinite(sizes) & (sizes > 0)
        if len({key for key, one in zip(self.keys, told, strict=True) if one}) < ENOUGH:
            return ANYTHING
        median = float(np.median(sizes[told]))
        return median / FACTOR, median * FACTOR


def stated(tables: Mapping[str, pd.DataFrame], table: str, name: str) -> Stated:
    """What a pack states of a column; nothing of a row that is not in force, which is no measure for others."""
    column, frame, values = TABLES[table].column(name), tables[table], tables["values"]
    dated = values.iloc[dated_rows(values, table, name)]
    times = [*(frame[column.unit] if column.unit else [""] * len(frame)), *dated["unit"]]
    figures = np.append(frame[name].to_numpy(dtype=float), dated["value"].to_numpy(dtype=float))
    keys = [*keys_of(table, frame), *map(str, dated["id"])]
    off = set(frame.loc[~frame["in_force"].astype(bool), "id"]) if "in_force" in frame else set()
    return Stated(
        np.where([key in off for key in keys], np.nan, figures)
        * np.array([PER_YEAR[time_of(str(unit))] for unit in times], dtype=float),
        [*((table, row) for row in range(len(frame))), *(("values", int(row)) for row in dated.index)],
        keys,
    )


def band_of(pack: Pack, table: str, name: str) -> Band:
    """Between which sizes a figure of a column raises no question, in inner units, rates a year."""
    def find() -> Band:
        low, high = written_band(TABLES[table].column(name), pack.family)
        near = stated(pack.tables, table, name).usual
        return max(low, near[0], 0.0), min(high, near[1])

    return pack.once(("band", table, name), find)


def outside(values: Floats, band: Band) -> NDArray[np.bool_]:
    """Which figures lie outside a band.  Zero is a statement ("none"), not a slip; so is 'unlimited'."""
    return np.asarray(np.isfinite(values) & (values != 0) & ((values < band[0]) | (values > band[1])))


def slip_of(value: float, band: Band) -> float:
    """By what factor a figure was likely written too large; 1 where none of the usual slips explains it.

    Of several that would, the one that leads nearest to the median, where there is one.
    """
    fits = [factor for factor in SLIPS if band[0] <= value / factor <= band[1]]
    if band[0] > 0 and band[1] / band[0] <= FACTOR**2 * (1 + 1e-9):
        middle = math.sqrt(band[0] * band[1])
        fits.sort(key=lambda factor: abs(math.log(value / factor / middle)))
    return fits[0] if fits else 1.0


def slip_words(factor: float) -> str:
    """``1000 times too large`` or ``100 times too small``."""
    return f"{factor:g} times too large" if factor > 1 else f"{1 / factor:g} times too small"
