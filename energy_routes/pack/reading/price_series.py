"""Prices that packs share: a folder with ``scenarios`` and ``prices``, which a pack reads by its table ``series``.

Each figure that follows a series becomes dated rows of ``values``, those of one scenario of prices.  So whatever finds,
draws or grades a dated figure finds these, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack.files.text import read_text, there, toml_of
from energy_routes.pack.reading.sheets import Book, Sheet, add_sheet, read_book, table_files
from energy_routes.pack.reading.typed import Draft, typed
from energy_routes.pack.schema.price_tables import PRICE_TABLES, PRICES, SCENARIOS
from energy_routes.pack.schema.tables import VALUES
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.families import OIL

TOLD = ("period", "value", "unit", "source", "year", "confidence", "note")  # what a dated row takes from a price


class Shared(NamedTuple):
    """Prices that were laid in: of which ``scenario``, of which ``worlds`` that part in a year, and what follows which.

    See :class:`energy_routes.pack.pack.Pack`.
    """

    scenario: str = ""
    worlds: tuple[str, ...] = ()
    parts: int | None = None
    follows: tuple[tuple[str, str, str, str], ...] = ()


def shared_folder(path: Path) -> Path | None:
    """The folder of prices that the pack in a folder names in its ``pack.toml``; None where it names none."""
    file = path / "pack.toml"
    text = read_text(file, "", []) if path.is_dir() and there(file) else None
    cells = None if text is None else toml_of(file.name, text, [])
    named = (cells or {}).get("prices")
    return path / named if isinstance(named, str) and named else None


def shared_files(path: Path) -> list[Path]:
    """The files with the prices that a pack shares with others."""
    folder = shared_folder(path)
    return table_files(folder) if folder is not None and folder.is_dir() else []


def lay_prices(path: Path, meta: dict[str, Any], book: Book, scenario: str | None) -> Shared:
    """Lay the prices of a scenario into the book's sheet ``values``; which they are.

    Takes the tables of prices out of the book and ``prices`` out of ``meta``; what is wrong is added to the faults.
    ``scenario`` None is the first.
    """
    folder = meta.pop("prices", None)
    if folder:
        _take_in(path / folder, folder, book)
    drafts = {name: typed(table, book.sheets.pop(name, None), OIL, book.faults) for name, table in PRICE_TABLES.items()}
    known = drafts["scenarios"].frame["id"].dropna().tolist()
    followed = drafts["series"].frame
    if followed.empty and not known:
        return Shared()
    read = scenario or (known[0] if known else "")
    if read not in known:
        book.faults.append(Fault(drafts["scenarios"].file, found=f"no scenario of prices is called {read!r}",
                                 expected=", ".join(known) or "at least one row", repair=nearest(read, known)))
        return Shared(worlds=tuple(known))
    book.faults += _faults(drafts, known)
    prices = drafts["prices"].frame
    told = prices[(prices["scenario"].isna() | (prices["scenario"] == read)) & prices["value"].notna()]
    _append(book, drafts, told)
    of_one = prices.loc[prices["scenario"].notna(), "period"].dropna().astype(str).str[:4]
    years = [int(year) for year in of_one if year.isdigit()]
    rows = drafts["series"].cells("table", "id", "field", "series")
    follows = tuple((str(table), str(key), str(field), str(name)) for table, key, field, name in rows)
    return Shared(read, tuple(known), min(years, default=None), follows)


def _take_in(folder: Path, named: str, book: Book) -> None:
    """The sheets of the shared folder, as those of the pack itself."""
    if not folder.is_dir():
        repair = "Put these tables into sheets of the workbook." if folder.parents and folder.parent.is_file() else ""
        book.faults.append(Fault("pack.toml", column="prices", found=f"there is no folder {named!r}",
                                 expected=f"a folder with {SCENARIOS.name} and {PRICES.name}", repair=repair))
        return
    shared = read_book(folder)
    book.faults += shared.faults
    for name, sheet in shared.sheets.items():
        add_sheet(book, name, sheet)


def _faults(drafts: dict[str, Draft], known: list[str]) -> Iterator[Fault]:
    """Scenarios and series that are not there, and figures that stand twice in one scenario."""
    prices, series = drafts["prices"], drafts["series"]
    names = list(dict.fromkeys(prices.frame["series"].dropna()))
    for draft, column, there_are in ((prices, "scenario", known), (series, "series", names)):
        for i, name in enumerate(draft.frame[column]):
            if pd.notna(name) and name not in there_are:
                yield draft.fault(i, column, repr(name), ", ".join(there_are), nearest(name, there_are))
    taken: dict[tuple[str, str], dict[str, int]] = {}
    for i, (name, of, period) in enumerate(prices.cells("series", "scenario", "period")):
        rows = taken.setdefault((str(name), str(period)), {})
        own = "" if pd.isna(of) else str(of)
        if clash := next((row for other, row in rows.items() if own in ("", other) or not other), None):
            yield prices.fault(i, "period", f"{name} in {period} again: it stands in row {clash}",
                               "each figure once in a scenario", "Remove one of the two.")
        rows[own] = int(prices.rows[i])


def _append(book: Book, drafts: dict[str, Draft], told: pd.DataFrame) -> None:
    """One dated row of ``values`` for each figure that follows a series, and each price of that series."""
    values = book.sheets.setdefault("values", Sheet("values.csv", list(VALUES.names), [], []))
    own = drafts["prices"]
    texts = {name: told[name].astype(object).where(told[name].notna(), "").astype(str).tolist() for name in TOLD}
    by_series = told.groupby("series").indices
    values.lent = (len(values.rows), own.file)
    for table, key, field, name in drafts["series"].cells("table", "id", "field", "series"):
        for at in by_series.get(name, ()):
            cells = {"table": table, "id": key, "field": field, **{column: texts[column][at] for column in TOLD}}
            values.cells.append(["" if (cell := cells.get(column)) is None or pd.isna(cell) else str(cell)
                                 for column in values.header])
            values.rows.append(int(own.rows[told.index[at]]))
