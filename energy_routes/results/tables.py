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
from energy_routes.pack import inert

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
    return _framed({name: _told(frame[name]) for name in frame.columns})


def _framed(columns: Mapping[str, tuple[str, list[Any]]]) -> pd.DataFrame:
    """A frame of kinds and cells."""
    return pd.DataFrame({
        name: pd.array(cells, dtype="str") if kind == "string" else np.array(cells, dtype=kind)
        for name, (kind, cells) in columns.items()
    })  # fmt: skip


def _told(values: pd.Series) -> tuple[str, list[Any]]:
    """The kind of a column ('bool', 'float64' or 'string'), and its cells, None for null."""
    cells = [None if cell is pd.NA or cell != cell else cell for cell in values.astype(object).tolist()]
    filled = [cell for cell in cells if cell is not None]
    if filled and len(filled) == len(cells) and all(isinstance(cell, bool | np.bool_) for cell in filled):
        return "bool", cells
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    if numeric or (filled and all(isinstance(cell, int | float | np.number) for cell in filled)):
        return "float64", [None if cell is None else _rounded(float(cell)) for cell in cells]
    return "string", [None if cell is None or cell == "" else str(cell) for cell in cells]


def write_table(frame: pd.DataFrame, stem: Path) -> pd.DataFrame:
    """Write ``stem.parquet`` and ``stem.csv``, the same bytes for the same frame; the frame as it was written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    told = {name: _told(frame[name]) for name in frame.columns}
    columns = [cells for _, cells in told.values()]
    fields = [pa.field(name, pa.type_for_alias(kind)) for name, (kind, _) in told.items()]
    arrays = [pa.array(cells, type=part.type) for cells, part in zip(columns, fields, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), stem.with_name(f"{stem.name}.parquet"))
    with stem.with_name(f"{stem.name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(told)
        writer.writerows([map(inert, row) for row in zip(*columns, strict=True)])
    return _framed(told)


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
