"""A pack in memory: checked tables in inner units, and where each row came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import Fault
from energy_routes.pack.reading.sheets import place_of
from energy_routes.pack.schema.family_tables import FAMILIES, FAMILY_UNITS
from energy_routes.pack.schema.payment_tables import FISCAL, OPERATING, PAYEES
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.units.families import Family

Found = TypeVar("Found")
Key = TypeVar("Key")

ROUTES = "routes.geojson"
# Tables that packs did not have at first.
LATER = (FAMILIES.name, FAMILY_UNITS.name, PAYEES.name, OPERATING.name, FISCAL.name)


@dataclass(frozen=True, eq=False, repr=False)
class Pack:
    """The facts of one data pack.  Two packs are equal when their content is, wherever it was read from.

    ``tables`` has every table of the schema (empty where the pack has none), each with every column in schema order:
    text and choices as ``str`` with nulls, numbers as ``float64`` in inner units (NaN undefined, inf unlimited), whole
    numbers as ``Int64``, lists as tuples of text; defaults filled in; unit columns name the inner unit.  A rate stands
    by its own time (Mt/y, Mt/month, Mt/d) as its unit column says; ``Network.resolve`` gives it a year.
    ``rows[table]`` is the row in a spreadsheet of each row of the frame (header: 1) and ``files[table]`` its file.
    ``units[table][column]`` is the unit of each row as it was written, by the column that names it; '' where the row
    states neither the unit nor a figure in it.
    ``prices`` is the scenario whose shared prices were read ('': it reads none), one of ``worlds``, which differ from
    the year ``parts`` on; ``follows`` has the figures (table, id, column) with the series that each follows.  ``lent``
    says from which row on those of ``values`` are of another file, and of which.
    ``drawn`` has the (lon, lat) lines of routes that were added and stand in no ``routes.geojson``.
    """

    name: str
    title: str
    family: Family
    path: Path
    meta: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    rows: Mapping[str, NDArray[np.int64]]
    files: Mapping[str, str]
    units: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)
    drawn: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    prices: str = ""
    worlds: tuple[str, ...] = ()
    parts: int | None = None
    follows: tuple[tuple[str, str, str, str], ...] = ()
    lent: tuple[int, str] | None = None

    def __repr__(self) -> str:
        nodes, arcs = (len(self.tables[name]) for name in ("nodes", "arcs"))
        return f"Pack({self.name!r}: {self.family.id}, nodes: {nodes}, arcs: {arcs})"

    @property
    def folder(self) -> Path:
        """Where its tables are, or its workbook."""
        return self.path if self.path.is_dir() else self.path.parent

    @property
    def routes_file(self) -> Path:
        """Where its lines are, if it has any."""
        return self.folder / ROUTES

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the canonical content: the same for a pack read from CSV, Parquet or Excel."""
        digest = hashlib.sha256(json.dumps(dict(self.meta), sort_keys=True).encode())
        for name, frame in self.tables.items():
            if name in LATER and frame.empty:
                continue  # so a pack without them has the digest that older results name it by
            cells: list[list[Any]] = [[]] * len(frame.columns)  # most tables of a small pack are empty
            if len(frame):
                cells = [[None if cell is pd.NA or cell != cell else cell for cell in frame[column].tolist()]
                         for column in frame]  # fmt: skip
            digest.update(json.dumps([name, list(frame.columns), cells], default=str).encode())
        return digest.hexdigest()

    @cached_property
    def found(self) -> dict[Hashable, Any]:
        """What was found of the pack, by what it is: every edit asks again."""
        return {}

    def once(self, what: Hashable, find: Callable[[], Found]) -> Found:
        """What ``find`` finds of the pack, found once."""
        if what not in self.found:
            self.found[what] = find()
        found: Found = self.found[what]
        return found

    def place(self, table: str, key: str) -> int | None:
        """The row of a key in a table, counted from 0; None where it has none."""
        places = self.once(("places", table), lambda: {
            name: row for row, name in enumerate(keys_of(table, self.tables[table]))})  # fmt: skip
        return places.get(key)

    def fault(self, table: str, index: int, column: str = "", found: str = "", expected: str = "",
              repair: str = "") -> Fault:
        """A fault at row ``index`` (counted from 0) of a table, told with its file and spreadsheet row."""
        file = place_of(self.files[table], self.lent if table == "values" else None, index)
        return Fault(file, int(self.rows[table][index]), column, found, expected, repair)

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        return iter((name, self.tables[name]) for name in TABLES)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pack) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def by_key(pairs: Iterable[tuple[Key, Found]]) -> dict[Key, list[Found]]:
    """What comes with each key, in the order in which it comes."""
    out: dict[Key, list[Found]] = {}
    for key, value in pairs:
        out.setdefault(key, []).append(value)
    return out


def dated_rows(values: pd.DataFrame, table: str, column: str) -> NDArray[np.intp]:
    """Which rows of the table ``values`` hold dated figures of a column."""
    return np.flatnonzero((values["table"].to_numpy(dtype=object) == table)
                          & (values["field"].to_numpy(dtype=object) == column))


def keys_of(table: str, frame: pd.DataFrame) -> list[str]:
    """The key of each row as ``values.id`` spells it: the parts joined by '/', a blank part empty."""
    if not len(frame):
        return []
    columns = [frame[column] for column in TABLES[table].key]
    parts = [["" if null else str(part) for part, null in zip(column.tolist(), column.isna(), strict=True)]
             for column in columns]
    return ["/".join(row) for row in zip(*parts, strict=True)]
