"""Tables of a plan as files: numbers to twelve significant digits, the same in Parquet, CSV and JSON."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.errors import DataError, Fault

DIGITS = 12  # the last three or four bits of a double are the arithmetic's, not the plan's


def exact(value: Any) -> Any:
    """A JSON-ready copy: numbers to twelve significant digits, NaN and ±inf as null."""
    if isinstance(value, Mapping):
        return {str(key): exact(item) for key, item in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | np.bool_):
        return bool(value) if isinstance(value, np.bool_) else value
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _rounded(float(value)) if math.isfinite(value) else None
    if isinstance(value, Sequence | np.ndarray | pd.Series):
        return [exact(item) for item in value]
    return None if value is pd.NA else str(value)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") + 0.0  # + 0.0 turns −0 into 0


def canonical(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with three kinds of column only: text (null where blank), float64 (rounded), bool."""
    return pd.DataFrame({name: _column(frame[name]) for name in frame.columns}).reset_index(drop=True)


def _column(values: pd.Series) -> pd.Series:
    plain = values.reset_index(drop=True)
    filled = plain.dropna()
    if len(filled) and filled.map(lambda cell: isinstance(cell, bool | np.bool_)).all() and len(filled) == len(plain):
        return plain.astype(bool)
    if pd.api.types.is_numeric_dtype(plain.dtype) or (
        len(filled) and filled.map(lambda cell: isinstance(cell, int | float | np.number)).all()
    ):
        numbers = plain.astype(float).to_numpy()
        return pd.Series([_rounded(x) if math.isfinite(x) else x for x in numbers.tolist()], dtype="float64")
    texts = [None if cell is None or pd.isna(cell) or cell == "" else str(cell) for cell in plain]
    return pd.Series(texts, dtype="str")


def write_table(frame: pd.DataFrame, stem: Path) -> None:
    """Write ``stem.parquet`` and ``stem.csv``; the same frame gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tidy = canonical(frame)
    kinds = {"f": pa.float64(), "b": pa.bool_()}
    fields = [pa.field(name, kinds.get(tidy[name].dtype.kind, pa.string())) for name in tidy.columns]
    arrays = [pa.array(_cells(tidy[name]), type=part.type) for name, part in zip(tidy.columns, fields, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), stem.with_name(f"{stem.name}.parquet"))
    with stem.with_name(f"{stem.name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(tidy.columns)
        writer.writerows(zip(*(_cells(tidy[name]) for name in tidy.columns), strict=True))


def _cells(values: pd.Series) -> list[Any]:
    """Plain Python cells, None for null."""
    return [None if cell is None or cell != cell else cell for cell in values.astype(object).tolist()]


def read_table(file: Path) -> pd.DataFrame:
    """One saved table.  Raises DataError when it is missing or damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        frame: pd.DataFrame = pq.read_table(file).to_pandas()
    except (OSError, pa.ArrowException) as error:
        fault = Fault(file.name, found=str(error).splitlines()[0], expected="the table as it was saved",
                      repair="Save the result again.")  # fmt: skip
        raise DataError(str(file.parent), [fault]) from None
    return frame
