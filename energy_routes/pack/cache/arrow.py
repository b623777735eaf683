"""A checked pack as bytes and back: one Arrow stream with one row, in which each column of the pack is a list.

Nothing in it can run: Arrow has values only, and what is no table stands as JSON in the metadata of the schema.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from energy_routes.pack.pack import Pack
from energy_routes.pack.reading.typed import DTYPES, without_rows
from energy_routes.pack.schema.columns import Column, Table
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.units.families import Conversion, Family

TYPES = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "list": pa.list_(pa.string()),
         "str": pa.large_string(), "choice": pa.large_string()}  # fmt: skip


def to_bytes(pack: Pack) -> bytes:
    """The pack, but its path and name: those are of the place that it is read from.

    Raises ValueError or TypeError for what Arrow cannot hold, such as half a character.
    """
    columns: dict[str, pa.Array] = {}
    for name, frame in pack.tables.items():
        columns[f"rows/{name}"] = pa.array(pack.rows[name])
        for column in TABLES[name].columns if len(frame) else ():
            # NaN in a column of numbers is a value; missing texts and whole numbers are null.
            columns[f"tables/{name}/{column.name}"] = pa.array(
                frame[column.name].tolist() if column.kind == "list" else frame[column.name].array,
                TYPES[column.kind], from_pandas=column.kind != "float",
            )  # fmt: skip
        for unit, texts in pack.units[name].items():
            columns[f"units/{name}/{unit}"] = pa.array(texts, pa.large_string(), from_pandas=False)
    told = {"title": pack.title, "family": asdict(pack.family), "meta": dict(pack.meta), "files": dict(pack.files),
            "prices": pack.prices, "worlds": pack.worlds, "parts": pack.parts, "follows": pack.follows,
            "lent": pack.lent}
    lists = [pa.LargeListArray.from_arrays(pa.array([0, len(cells)], pa.int64()), cells) for cells in columns.values()]
    batch = pa.RecordBatch.from_arrays(lists, names=list(columns)).replace_schema_metadata({"pack": json.dumps(told)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def from_bytes(data: bytes) -> Pack:
    """The pack of :func:`to_bytes`, without a path or name.  Raises ValueError or KeyError where it is none."""
    with pa.ipc.open_stream(data) as stream:
        batch = stream.read_next_batch()
        told = json.loads(stream.schema.metadata[b"pack"])
    cells = {name: batch.column(at).values for at, name in enumerate(batch.schema.names)}
    types = {kind: pd.api.types.pandas_dtype(DTYPES[kind]) for kind in ("int", "str", "choice")}
    units: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
    for name in cells:
        kind, table, *column = name.split("/")
        if kind == "units":
            units[table][column[0]] = cells[name].to_numpy(zero_copy_only=False)
    return Pack(
        name="", title=told["title"], family=_family(told["family"]), path=Path(), meta=told["meta"],
        tables={name: _table(table, cells, types) for name, table in TABLES.items()},
        rows={name: cells[f"rows/{name}"].to_numpy() for name in TABLES}, files=told["files"], units=units,
        prices=told["prices"], worlds=tuple(told["worlds"]), parts=told["parts"],
        follows=tuple(map(tuple, told["follows"])), lent=tuple(told["lent"]) if told["lent"] else None,
    )  # fmt: skip


def _table(table: Table, cells: dict[str, pa.Array], types: dict[str, Any]) -> pd.DataFrame:
    """A table from its cells; of one without rows there are none."""
    if not len(cells[f"rows/{table.name}"]):
        return without_rows(table).frame
    return pd.DataFrame({c.name: _cells(c, cells[f"tables/{table.name}/{c.name}"], types) for c in table.columns})


def _cells(column: Column, cells: pa.Array, types: dict[str, Any]) -> Any:
    """The cells in the type that :func:`energy_routes.pack.reading.typed.typed` gives them."""
    if column.kind == "list":
        out = np.empty(len(cells), dtype=object)
        out[:] = [tuple(parts) for parts in cells.to_pylist()]
        return out
    if column.kind in ("float", "bool"):
        return cells.to_numpy(zero_copy_only=False)
    return types[column.kind].__from_arrow__(cells)


def _family(told: dict[str, Any]) -> Family:
    """The family with these fields."""
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    fields["conversions"] = tuple(Conversion(**each) for each in told["conversions"])
    return Family(**fields)
