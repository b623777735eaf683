"""Finished coefficients with their labels: what every peer starts from, and what changes between two questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Index = NDArray[np.int64]


class Answer(NamedTuple):
    """The best objective in MUSD, and what was read beside it: of a peer the value of each column by its name."""

    objective: float
    values: Any


@dataclass(frozen=True, eq=False)
class Tables:
    """A linear programme to maximise, as labelled tables; positions in ``entries`` count the rows of the other two.

    Attributes
    ----------
    columns : DataFrame
        A row a variable: ``name``, ``block``, ``item`` (its name without the period), ``period``, ``lower``, ``upper``
        and ``cost``.
    rows : DataFrame
        The same of a constraint, without a cost: lower ≤ Σ value · column ≤ upper.
    entries : DataFrame
        ``row``, ``column``, ``value``; sorted by rows.
    stages : DataFrame
        What one plan is chosen by among optimal ones, in turn, a row a column: ``least …`` is a cost, ``weight …`` and
        ``target …`` are of a sum of weighted squares.
    """

    columns: pd.DataFrame
    rows: pd.DataFrame
    entries: pd.DataFrame
    stages: pd.DataFrame

    def write(self, folder: Path) -> None:
        """Write the tables as Parquet, for another process."""
        for name, frame in vars(self).items():
            frame.to_parquet(folder / f"{name}.parquet")

    @classmethod
    def read(cls, folder: Path) -> Tables:
        """What :meth:`write` has written."""
        return cls(*(pd.read_parquet(folder / f"{name}.parquet") for name in cls.__dataclass_fields__))

    def blocks(self) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
        """The constraints of each rule: its name, its rows (by position) and their entries."""
        of = self.rows["block"].to_numpy()[self.entries["row"]]
        entries = dict(list(self.entries.groupby(of)))
        for name, rows in self.rows.groupby("block", sort=False):
            if name in entries:
                yield str(name), rows, entries[name]


@dataclass(frozen=True, eq=False)
class Change:
    """Other bounds of some rows, other bounds of some columns, and other costs of some columns, by position.

    The changes of one loop name the same positions, so that each takes back the one before it.
    """

    rows: Index
    low: Vector
    high: Vector
    columns: Index
    lower: Vector
    upper: Vector
    priced: Index
    cost: Vector

    def on(self, tables: Tables) -> Tables:
        """The tables with the change made."""
        columns, rows = tables.columns.copy(), tables.rows.copy()
        for frame, at, name, values in (
            (rows, self.rows, "lower", self.low), (rows, self.rows, "upper", self.high),
            (columns, self.columns, "lower", self.lower), (columns, self.columns, "upper", self.upper),
            (columns, self.priced, "cost", self.cost),
        ):  # fmt: skip
            frame.iloc[at, frame.columns.get_loc(name)] = values
        return replace(tables, columns=columns, rows=rows)


SIDES = ("equal", "low", "high")


def side(rows: pd.DataFrame, which: str) -> NDArray[np.bool_]:
    """The rows that are an equality, or have a lower or an upper bound, for peers that know one side at a time."""
    low, high = rows["lower"].to_numpy(), rows["upper"].to_numpy()
    return {"equal": low == high, "low": np.isfinite(low) & (low != high), "high": np.isfinite(high) & (low != high)}[
        which
    ]
