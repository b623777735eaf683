"""A study on disk: one JSON file and its tables as Parquet and CSV, each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.results import write_table


def write_study(folder: str | Path, name: str, text: str, tables: Mapping[str, pd.DataFrame]) -> Path:
    """Write ``name.json`` and the tables to a folder; returns its path.  Raises UsageError where it cannot be made."""
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, prefix=".new.") as scratch:
            new = Path(scratch)
            (new / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            for table, frame in tables.items():
                write_table(frame, new / table)
            for file in sorted(new.iterdir()):
                os.replace(file, place / file.name)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"{place} is a file: give --out a folder") from None
    return place
