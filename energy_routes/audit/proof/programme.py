"""A saved programme: arrays with names, a point and duals, as they lie in a folder of ``proof/``.

Columns and rows are known by their block (the variable, or the rule) and label; a matrix entry by its row and column.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.pack import read_json

Key = tuple[str, tuple[str, ...]]  # block or rule, label
Vector = NDArray[np.float64]
Index = NDArray[np.int64]
FILES = ("columns.parquet", "rows.parquet", "entries.parquet", "programme.json")


@dataclass(frozen=True)
class Programme:
    """Optimise cost·x + offset, lower ≤ x ≤ upper, row_lower ≤ A·x ≤ row_upper, with a point ``x`` and row duals.

    ``row``, ``col`` and ``val`` are the entries of A.  ``dual`` is the change of the optimum, in the programme's own
    sense, for one more of the active bound of a row.
    """

    sense: str
    offset: float
    columns: list[Key]
    rows: list[Key]
    lower: Vector
    upper: Vector
    cost: Vector
    x: Vector
    row_lower: Vector
    row_upper: Vector
    dual: Vector
    row: Index
    col: Index
    val: Vector

    @cached_property
    def terms(self) -> dict[Key, dict[Key, float]]:
        """The coefficients of each row, by column."""
        out: dict[Key, dict[Key, float]] = {key: {} for key in self.rows}
        for row, col, val in zip(self.row.tolist(), self.col.tolist(), self.val.tolist(), strict=True):
            terms = out[self.rows[row]]
            terms[self.columns[col]] = terms.get(self.columns[col], 0.0) + val
        return out

    @property
    def activity(self) -> Vector:
        """A·x, shape (rows,)."""
        return summed(self.row, self.val * self.x[self.col], len(self.rows))

    @property
    def reduced(self) -> Vector:
        """cost − Aᵀ·dual, shape (columns,)."""
        return self.cost - summed(self.col, self.val * self.dual[self.row], len(self.columns))

    @property
    def value(self) -> float:
        """The objective at the point."""
        return float(self.cost @ self.x) + self.offset


def summed(place: Index, values: Vector, size: int) -> Vector:
    """Values added up by place, shape (size,)."""
    return np.bincount(place, values, size).astype(np.float64)


def read(folder: Path) -> Programme:
    """The programme of a folder.

    Raises DataError, OSError, ValueError or KeyError where its files are not as they should be.
    """
    told = read_json(folder / "programme.json")
    columns, rows, entries = (pd.read_parquet(folder / name) for name in FILES[:3])

    def numbers(frame: pd.DataFrame, name: str) -> Vector:
        return frame[name].to_numpy(dtype=np.float64)

    made = Programme(
        sense=str(told["sense"]), offset=float(told["offset"]), columns=_keys(columns), rows=_keys(rows),
        lower=numbers(columns, "lower"), upper=numbers(columns, "upper"), cost=numbers(columns, "cost"),
        x=numbers(columns, "value"), row_lower=numbers(rows, "lower"), row_upper=numbers(rows, "upper"),
        dual=numbers(rows, "dual"), row=entries["row"].to_numpy(dtype=np.int64),
        col=entries["column"].to_numpy(dtype=np.int64), val=numbers(entries, "value"),
    )  # fmt: skip
    arrays = (made.cost, made.x, made.dual, made.val)
    if made.sense not in ("max", "min") or not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("the sense is neither max nor min, or a cost, value, dual or coefficient is no number")
    if len(set(made.columns)) < len(made.columns) or len(set(made.rows)) < len(made.rows):
        raise ValueError("two columns or two rows have the same name")
    sizes = ((made.row, len(made.rows)), (made.col, len(made.columns)))
    if any(len(at) and not 0 <= at.min() <= at.max() < size for at, size in sizes):
        raise ValueError("an entry stands in no row or column")
    return made


def _keys(frame: pd.DataFrame) -> list[Key]:
    return [(str(block), tuple(json.loads(label))) for block, label in zip(frame["block"], frame["label"], strict=True)]
