"""Text to types: every cell of a sheet becomes a value of its column's type, or a fault."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import Fault
from energy_routes.pack.reading.sheets import Sheet, place_of
from energy_routes.pack.schema.columns import LARGEST, Column, Table
from energy_routes.pack.schema.tables import UNLIMITED
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.families import Family
from energy_routes.pack.units.written_figures import NUMBER

WHOLE = re.compile(r"[+-]?[0-9]+(\.0*)?")
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
NOT_NUMBERS = ("nan", "inf", "infinity", "na", "n/a", "null", "none", "-")
DTYPES: dict[str, Any] = {"int": "Int64", "str": "str", "choice": "str"}


@dataclass
class Draft:
    """A table on its way in: typed values, which cells are already reported, and where each row stands.

    ``bad[column]`` marks cells with a fault, so that one mistake is told once; ``written[column]`` keeps numbers and
    unit names as the file has them, before any unit is converted.  ``units[column]`` is the unit of each row's
    figures, '' where a row states neither the unit nor a figure in it.  ``absent`` are the columns that the file does
    not have.  ``partial``: some rows, or a column that each must fill, could not be read at all, so that what refers
    to them must not be called wrong.  ``lent``: see :class:`Sheet`.
    """

    table: Table
    file: str
    rows: NDArray[np.int64]
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    bad: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    written: dict[str, NDArray[Any]] = field(default_factory=dict)
    units: dict[str, NDArray[Any]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    partial: bool = False
    lent: tuple[int, str] | None = None

    def fault(self, index: int, column: str, found: str, expected: str = "", repair: str = "") -> Fault:
        """A fault at the ``index``-th row; marks the cell as reported."""
        if column in self.bad:
            self.bad[column][index] = True
        return Fault(place_of(self.file, self.lent, index), int(self.rows[index]), column, found, expected, repair)

    def good(self, column: str) -> NDArray[np.bool_]:
        """Which cells of a column are filled and not yet reported."""
        return np.asarray(self.frame[column].notna().to_numpy() & ~self.bad[column])

    def cells(self, *columns: str) -> Iterable[tuple[Any, ...]]:
        """The cells of some columns, row by row."""
        return zip(*(self.frame[name].to_numpy(dtype=object) for name in columns), strict=True)


Drafts = Mapping[str, Draft]  # by the name of the table


def typed(table: Table, sheet: Sheet | None, family: Family, faults: list[Fault]) -> Draft:
    """The sheet's cells as values of the schema's types, defaults filled in; appends every fault found.

    No sheet gives the table with no rows.
    """
    if sheet is None:
        return without_rows(table)
    _header(table, sheet, faults)
    at = {name: j for j, name in reversed(list(enumerate(sheet.header)))}
    absent = frozenset(table.names) - set(sheet.header)
    draft = Draft(table, sheet.file, np.asarray(sheet.rows, dtype=np.int64), absent=absent, lent=sheet.lent,
                  partial=any(column.required and column.name in absent for column in table.columns))
    arrays: dict[str, Any] = {}
    filled: dict[str, NDArray[np.bool_]] = {}
    for column in table.columns:
        missing = column.name in absent
        draft.bad[column.name] = np.full(len(sheet.rows), missing and column.required)  # told once, at the header
        cells = [""] * len(sheet.rows) if missing else [row[at[column.name]] for row in sheet.cells]
        filled[column.name] = np.array([bool(cell) for cell in cells], dtype=bool)
        default = table.default(column, family)
        values = [_value(draft, column, i, cell, default, missing, faults) for i, cell in enumerate(cells)]
        arrays[column.name] = _array(column, values)
        if column.kind == "float" or column.name in table.unit_columns:
            draft.written[column.name] = np.array(arrays[column.name])
    for name in table.unit_columns:
        told = np.logical_or.reduce([filled[c.name] for c in table.columns if name in (c.name, c.unit)])
        draft.units[name] = np.where(told, draft.written[name], "")
    draft.frame = pd.DataFrame(arrays)
    return draft


def without_rows(table: Table) -> Draft:
    """A table that the pack does not have: most of a small one.  It is made once; what is filled in later is a copy."""
    key = table.name, pd.api.types.pandas_dtype(DTYPES["str"])  # pandas may be told to keep texts otherwise
    if key not in _EMPTY:
        arrays = {column.name: _array(column, []) for column in table.columns}
        written = {column.name: np.array(arrays[column.name]) for column in table.columns
                   if column.kind == "float" or column.name in table.unit_columns}  # fmt: skip
        _EMPTY[key] = Draft(
            table, table.name, np.zeros(0, dtype=np.int64), pd.DataFrame(arrays),
            {name: np.zeros(0, dtype=bool) for name in table.names}, written,
            {name: np.where(np.zeros(0, dtype=bool), written[name], "") for name in table.unit_columns},
        )  # fmt: skip
    known = _EMPTY[key]
    return replace(known, frame=known.frame.copy(deep=False), bad=dict(known.bad), written=dict(known.written),
                   units=dict(known.units))


_EMPTY: dict[tuple[str, Any], Draft] = {}


def _header(table: Table, sheet: Sheet, faults: list[Fault]) -> None:
    for j, name in enumerate(sheet.header):
        if name in sheet.header[:j]:
            faults.append(Fault(sheet.file, 1, name, found="the column stands twice", expected="each column once",
                                repair="Remove one of the two."))
        elif name not in table.names:
            faults.append(Fault(sheet.file, 1, name, found=f"there is no column {name!r} in {table.name}",
                                expected="one of " + ", ".join(table.names),
                                repair=nearest(name, table.names) or "Remove it, or move what it says to `note`."))
    for column in table.columns:
        if column.required and column.name not in sheet.header:
            faults.append(Fault(sheet.file, 1, column.name, found="the column is missing", expected=column.meaning,
                                repair=f"Add the column {column.name!r} and fill every row."))


def _value(draft: Draft, column: Column, i: int, cell: str, default: Any, missing: bool, faults: list[Fault]) -> Any:
    """One cell's value; the default where it is blank, None where it is wrong."""
    if not cell:
        if column.required and not missing:
            faults.append(draft.fault(i, column.name, "a blank cell", column.meaning, "Fill it."))
        return default
    value, wrong = PARSERS[column.kind](column, cell)
    if wrong is None and column.pattern is not None:
        for part in value if isinstance(value, tuple) else (value,):
            if not re.fullmatch(column.pattern[0], part):
                wrong = (repr(part), column.pattern[1], "")
    if wrong is None:
        return value
    faults.append(draft.fault(i, column.name, *wrong))
    return None


Wrong = tuple[str, str, str] | None
Parsed = tuple[Any, Wrong]


def _number(column: Column, cell: str) -> Parsed:
    if column.unlimited and cell == UNLIMITED:
        return math.inf, None
    text, scale = (cell[:-1].rstrip(), 0.01) if column.dimension == "fraction" and cell.endswith("%") else (cell, 1.0)
    value = significant(float(text) * scale) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        wanted = f"a finite number or {UNLIMITED!r}" if column.unlimited else "a finite number"
        return None, (repr(cell), wanted, _number_repair(column, cell))
    if wrong := out_of_range(column, value):
        return None, (repr(cell), wrong, "Correct the figure.")
    return value, None


def significant(value: float) -> float:
    """The value to 15 significant digits: what every spreadsheet keeps, so that all formats read alike."""
    return float(f"{value:.15g}")


def _number_repair(column: Column, cell: str) -> str:
    plain = cell.lower().lstrip("+-")
    if plain == UNLIMITED:
        return f"Write {UNLIMITED!r}." if column.unlimited else "This column has a number always."
    if plain.startswith("#"):
        return "The formula failed: mend it, or paste the value in its place."
    if plain in NOT_NUMBERS:
        return f"Leave the cell blank, or write {UNLIMITED!r}." if column.unlimited else "Leave the cell blank."
    tidy = re.sub(r"[\s'\u00a0\u202f]", "", cell)
    tidy = tidy.replace(",", ".") if tidy.count(",") == 1 and "." not in tidy else tidy.replace(",", "")
    if NUMBER.fullmatch(tidy):
        return f"Write {tidy}."
    return "Write digits, with a point for decimals; the unit has its column."


def out_of_range(column: Column, value: float) -> str:
    """What the column admits, in words, when ``value`` is outside its hard limits; else ''."""
    low, high = column.low, column.high
    if abs(value) > LARGEST:
        return f"a number from {-LARGEST if low is None else low:g} to {LARGEST if high is None else high:g}"
    if (low is None or value > low or (value == low and not column.open_low)) and (high is None or value <= high):
        return ""
    if low is None or high is None:
        word = "more than" if column.open_low else "at least"
        return f"{word} {low:g}" if high is None else f"at most {high:g}"
    return f"a number in {'(' if column.open_low else '['}{low:g}, {high:g}]"


def _whole(column: Column, cell: str) -> Parsed:
    if not WHOLE.fullmatch(cell):
        return None, (repr(cell), "a whole number", "")
    value = float(cell)  # infinity, of hundreds of digits
    wrong = out_of_range(column, value)
    return (None, (repr(cell), wrong, "Correct it.")) if wrong else (int(value), None)


def _truth(column: Column, cell: str) -> Parsed:
    value = TRUTH.get(cell.lower())
    return (None, (repr(cell), "true or false", "")) if value is None else (value, None)


def _choice(column: Column, cell: str) -> Parsed:
    if cell in column.choices:
        return cell, None
    return None, (repr(cell), " | ".join(column.choices), nearest(cell, column.choices))


def _list(column: Column, cell: str) -> Parsed:
    return tuple(part.strip() for part in cell.split(";") if part.strip()), None


def _text(column: Column, cell: str) -> Parsed:
    return cell, None


PARSERS: dict[str, Callable[[Column, str], Parsed]] = {
    "float": _number, "int": _whole, "bool": _truth, "choice": _choice, "list": _list, "str": _text,
}


def _array(column: Column, values: Sequence[Any]) -> Any:
    """The values with the column's canonical type, as pandas keeps it; what is missing is null (lists: empty)."""
    if column.kind == "list":
        out = np.empty(len(values), dtype=object)
        out[:] = [() if value is None else value for value in values]
        return pd.Series(out, dtype=object)  # of an array pandas would guess the type
    if column.kind == "bool":
        return np.array([bool(column.default) if value is None else value for value in values], dtype=bool)
    return np.array(values, dtype=float) if column.kind == "float" else pd.array(values, dtype=DTYPES[column.kind])


def typed_meta(table: Table, sheet: Sheet | None, cells: dict[str, Any], file: str,
               faults: list[Fault]) -> dict[str, Any]:
    """The pack's own description from ``cells`` (a TOML table) or a key/value sheet; appends every fault found."""
    if sheet is not None:
        cells = {row[0]: row[1] if len(row) > 1 else "" for row in sheet.cells}
    out: dict[str, Any] = {}
    for key in cells:
        if key not in table.names:
            faults.append(Fault(file, column=key, found=f"there is no key {key!r}",
                                expected="one of " + ", ".join(table.names), repair=nearest(key, table.names)))
    for column in table.columns:
        cell = cells.get(column.name, "")
        if isinstance(cell, list) and column.kind == "list" and all(isinstance(part, str) for part in cell):
            cell = ";".join(cell)
        if not isinstance(cell, str):
            faults.append(Fault(file, column=column.name, found=repr(cell), expected="text",
                                repair="Put it in quotes."))
        elif not cell.strip() and column.required:
            faults.append(Fault(file, column=column.name, found="it is missing", expected=column.meaning,
                                repair=f"Write {column.name} = …"))
        elif cell.strip():
            value, _ = PARSERS[column.kind](column, cell.strip())  # texts and lists are never wrong
            out[column.name] = list(value) if isinstance(value, tuple) else value
    return out
