"""Write a pack: clean folders of CSV or Parquet, or one Excel workbook, that read back as the same pack."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.pack.files.scratch import written
from energy_routes.pack.pack import ROUTES, Pack
from energy_routes.pack.schema.columns import Column
from energy_routes.pack.schema.tables import TABLES, UNLIMITED
from energy_routes.pack.workbook import cell_text

Format = Literal["csv", "parquet", "excel"]
COMPANIONS = (ROUTES, "SOURCES.md")
EXCEL_CELL = 32767


def write_pack(pack: Pack, path: str | Path, fmt: Format = "csv") -> Path:
    """Write ``pack`` to a new folder (CSV, Parquet), or to one workbook (``excel``); returns the path.

    Figures are in inner units with defaults filled in; tables without rows are left out; ``routes.geojson`` and
    ``SOURCES.md`` of the pack come along in a folder.  The pack appears whole or not at all.  Raises UsageError when
    the place is taken or cannot be written, or when the format is unknown.
    """
    path = Path(path)
    if fmt not in ("csv", "parquet", "excel"):
        raise UsageError(f"unknown format {fmt!r}: choose csv, parquet or excel")
    if path.exists() and (path.is_file() or any(path.iterdir())):
        raise UsageError(f"{path} already exists: choose another place, or remove it first")
    with written(path) as new:
        if fmt == "excel":
            _write_excel(pack, new)
        else:
            _write_folder(pack, new, fmt)
    return path


def _write_folder(pack: Pack, folder: Path, fmt: Format) -> None:
    folder.mkdir()
    (folder / "pack.toml").write_text(meta_toml(pack.meta), encoding="utf-8")
    for name, frame in _filled(pack).items():
        if fmt == "csv":
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(frame.columns)
                writer.writerows([[cell_text(cell) for cell in row] for row in _rows(name, frame)])
        else:
            _write_parquet(name, frame, folder / f"{name}.parquet")
    for companion in COMPANIONS:
        if (pack.folder / companion).is_file():
            shutil.copyfile(pack.folder / companion, folder / companion)
    if pack.drawn:
        _write_drawn(pack, folder / ROUTES)


def _write_drawn(pack: Pack, file: Path) -> None:
    """Added routes beside those that the pack had, so that a saved result draws them too."""
    content: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    if file.is_file():
        content = json.loads(file.read_text("utf-8"))
    content["features"] += [
        {"type": "Feature", "properties": {"id": name, "drawn": True},
         "geometry": {"type": "LineString", "coordinates": [list(point) for point in line]}}
        for name, line in pack.drawn.items()
    ]  # fmt: skip
    file.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def meta_toml(meta: Mapping[str, Any]) -> str:
    """The pack's description as TOML; a JSON string is a TOML string."""
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in meta.items())


def _filled(pack: Pack) -> dict[str, pd.DataFrame]:
    return {name: frame for name, frame in pack if len(frame) or TABLES[name].required}


def _rows(table: str, frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows as plain cells: None for null, 'unlimited' for inf, 'true' and 'false', lists joined by ';'."""
    columns = [[_cell(column, value) for value in frame[column.name].astype(object)]
               for column in TABLES[table].columns]
    return list(zip(*columns, strict=True))


def _cell(column: Column, value: Any) -> str | int | float | None:
    if column.kind == "list":
        return ";".join(value) or None
    if pd.isna(value):
        return None
    if column.kind == "bool":
        return "true" if value else "false"
    if column.kind == "float":
        return UNLIMITED if value == float("inf") else float(value)
    return int(value) if column.kind == "int" else str(value)


def _write_parquet(name: str, frame: pd.DataFrame, file: Path) -> None:
    """Typed columns; those that admit 'unlimited' are text, so that a file's types do not depend on its figures."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "list": pa.list_(pa.string())}
    columns, fields = [], []
    for column in TABLES[name].columns:
        values = frame[column.name].astype(object)
        if column.kind == "list":
            cells: list[Any] = [list(value) for value in values]
        elif column.kind == "bool":
            cells = [bool(value) for value in values]
        else:
            cells = [_cell(column, value) for value in values]
        kind = pa.string() if column.unlimited else kinds.get(column.kind, pa.string())
        if column.unlimited:
            cells = [None if cell is None else cell_text(cell) for cell in cells]
        columns.append(pa.array(cells, type=kind))
        fields.append(pa.field(column.name, kind))
    pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields)), file)


def _write_excel(pack: Pack, file: Path) -> None:
    """One sheet a table, header frozen, and the sheet ``pack``; text is never taken for a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    sheets: dict[str, list[tuple[Any, ...]]] = {"pack": [("key", "value"), *(
        (key, ";".join(value) if isinstance(value, list) else value) for key, value in pack.meta.items())]}
    sheets |= {name: [tuple(frame.columns), *_rows(name, frame)] for name, frame in _filled(pack).items()}
    for name, rows in sheets.items():
        longest = max(len(cell) for row in rows for cell in row if isinstance(cell, str))
        if longest > EXCEL_CELL:
            raise UsageError(f"a cell of {name} has {longest} characters; Excel takes {EXCEL_CELL}: "
                             "write CSV or Parquet")
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in rows:
            cells = [WriteOnlyCell(sheet, value=value) for value in row]
            for cell, value in zip(cells, row, strict=True):
                if isinstance(value, str):
                    cell.data_type = "s"
            sheet.append(cells)
    with file.open("wb") as stream:
        book.save(stream)
