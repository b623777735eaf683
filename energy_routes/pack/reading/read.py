"""Read a pack: files to text, text to types, units, then every check; all faults at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from energy_routes.errors import DataError, Fault
from energy_routes.pack.cache.cache import cached
from energy_routes.pack.checks.rules import check_tables
from energy_routes.pack.convert import reference_of, to_inner_units
from energy_routes.pack.files.arguments import annotated
from energy_routes.pack.files.text import read_text, there, toml_of
from energy_routes.pack.pack import Pack
from energy_routes.pack.reading.dated import convert_values
from energy_routes.pack.reading.family import known_families
from energy_routes.pack.reading.price_series import lay_prices
from energy_routes.pack.reading.sheets import Book, read_book
from energy_routes.pack.reading.typed import Draft, typed, typed_meta
from energy_routes.pack.schema.family_tables import FAMILIES, FAMILY_UNITS
from energy_routes.pack.schema.tables import PACK, TABLES
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.families import OIL, Family


@annotated
def read_pack(path: str | Path, prices: str | None = None) -> Pack:
    """Read, check and convert a data pack; one whose files were read and checked before is taken from the cache.

    Parameters
    ----------
    path : str or Path
        A folder of CSV, Parquet or Excel files, or one Excel workbook.
    prices : str or None
        The scenario of the prices that it shares with other packs; None: the first of them.

    Returns
    -------
    Pack
        The tables with every column of the schema, in inner units.

    Raises
    ------
    DataError
        With every fault of the pack: file, row, column, what is there, what should be, and the repair.
    """
    path = Path(path)
    pack = cached(path, prices, _read)
    return replace(pack, name=path.stem if path.is_file() else path.resolve().name, path=path)


def with_prices(pack: Pack, scenario: str) -> Pack:
    """A pack with its shared prices as another scenario has them, and whatever was added to it since.

    Raises DataError where there is no such scenario, and with every fault of its prices.
    """
    other = read_pack(pack.path, scenario)
    own = "values"
    return replace(pack, tables={**pack.tables, own: other.tables[own]}, rows={**pack.rows, own: other.rows[own]},
                   units={**pack.units, own: other.units[own]}, prices=other.prices, lent=other.lent)


def _table_of(file: str) -> str:
    """The table that a fault's file or sheet (``routes.xlsx sheet 'arcs'``) holds."""
    _, sheet, table = file.rpartition(" sheet ")
    return table.strip("'") if sheet else Path(file).stem


def _read(path: Path, scenario: str | None) -> Pack:
    """The pack from its files.  Raises DataError as :func:`read_pack` does."""
    book = _open(path)
    faults = book.faults
    if not path.is_dir() and faults and not book.sheets:
        raise DataError(str(path), faults)  # the workbook itself: its tables are not missing
    meta = _meta(path, book)
    shared = lay_prices(path, meta, book, scenario)
    family, own = _family(meta, book)
    if family is None:
        raise DataError(str(path), faults)  # read in the units of another, every figure would be wrong
    broken = {fault.file for fault in faults}
    told = set(map(_table_of, broken))
    drafts = {name: own.get(name) or typed(table, book.sheets.get(name), family, faults)
              for name, table in TABLES.items()}
    for name, draft in drafts.items():
        draft.partial |= draft.file in broken or (name not in book.sheets and (TABLES[name].required or name in told))
    faults += [Fault(f"{name}.csv", found="the table is missing", expected=f"rows: {table.meaning}".rstrip("."),
                     repair="Add the file (or the sheet of a workbook).")
               for name, table in TABLES.items()
               if table.required and name not in book.sheets and name not in told]
    faults += [Fault(draft.file, found="no rows", expected=f"rows: {draft.table.meaning}".rstrip("."),
                     repair="Fill it in under the header.")
               for name, draft in drafts.items() if draft.table.required and name in book.sheets and not draft.partial
               and not len(draft.frame)]
    reference = reference_of(meta, drafts["commodities"].frame)
    faults += to_inner_units(drafts, family, reference)
    faults += convert_values(drafts, family, reference)
    faults += check_tables(drafts, meta, broken=bool(faults))
    if faults:
        raise DataError(str(path), _ordered(faults, drafts))
    return Pack(name=path.name, title=meta["title"], family=family, path=path, meta=meta,
                tables={name: draft.frame for name, draft in drafts.items()},
                rows={name: draft.rows for name, draft in drafts.items()},
                files={name: draft.file for name, draft in drafts.items()},
                units={name: draft.units for name, draft in drafts.items()},
                prices=shared.scenario, worlds=shared.worlds, parts=shared.parts, follows=shared.follows,
                lent=drafts["values"].lent)


def _family(meta: dict[str, Any], book: Book) -> tuple[Family | None, dict[str, Draft]]:
    """The family of the pack, and the tables that may define it; appends every fault found.

    A family that is unknown is taken for oil; None where the pack's own definition cannot be read.
    """
    drafts = {table.name: typed(table, book.sheets.get(table.name), OIL, book.faults)
              for table in (FAMILIES, FAMILY_UNITS)}
    known = known_families(drafts["families"], drafts["family_units"], book.faults)
    called = str(meta.get("family") or OIL.id)
    if called not in known:
        file = book.meta.file if book.meta is not None else "pack.toml"
        book.faults.append(Fault(file, 0, "family", repr(called), " | ".join(known), nearest(called, known)))
    lost = called not in known and len(drafts["families"].frame)
    wrong = {fault.file for fault in book.faults} & {draft.file for draft in drafts.values()}
    return None if lost or wrong else known.get(called, OIL), drafts


def _open(path: Path) -> Book:
    """The pack's files as text.  Raises DataError when there is nothing of the kind to read."""
    if path.is_dir():
        return read_book(path)
    if not there(path):
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(str(path), [Fault(path.name, found="there is no such folder or file",
                                          expected="a data pack", repair=nearest(path.name, near))])
    if path.suffix.lower() != ".xlsx":
        raise DataError(str(path), [Fault(path.name, found=f"a {path.suffix or 'plain'} file",
                                          expected="a folder of tables, or one .xlsx workbook",
                                          repair="Give the folder that the file is in.")])
    return read_book(path)


def _meta(path: Path, book: Book) -> dict[str, Any]:
    """What the pack says of itself, from ``pack.toml`` or the sheet ``pack``; faults go to the book."""
    if book.meta is not None:
        return typed_meta(PACK, book.meta, {}, book.meta.file, book.faults)
    if path.is_file():
        return _plain_meta(path, book)
    file = path / "pack.toml"
    keys = ", ".join(column.name for column in PACK.columns if column.required)
    if not there(file):
        book.faults.append(Fault("pack.toml", found="it is missing", expected=f"the pack's {keys}", repair="Write it."))
        return {}
    text = read_text(file, f"the pack's {keys}", book.faults)
    cells = None if text is None else toml_of(file.name, text, book.faults)
    if cells is None:
        return {}
    return typed_meta(PACK, None, cells, file.name, book.faults)


def _plain_meta(path: Path, book: Book) -> dict[str, Any]:
    """What a workbook without the sheet ``pack`` is taken for: called as its file is, of its commodities' family."""
    sheet = book.sheets.get("commodities")
    at = sheet.header.index("family") if sheet and "family" in sheet.header else -1
    families = {row[at] for row in sheet.cells} if sheet and at >= 0 else set()
    return {"title": path.stem, "family": families.pop() if len(families) == 1 else OIL.id,
            "description": f"Read from {path.name}", "attribution": [f"the author of {path.name}"],
            "licence": "not stated"}


def _ordered(faults: list[Fault], drafts: dict[str, Draft]) -> list[Fault]:
    """In the order in which people look: the pack, then the tables as the schema lists them, then rows and columns."""
    order = {draft.file: i for i, draft in enumerate(drafts.values(), start=1)}
    columns = {draft.file: draft.table.names for draft in drafts.values()}

    def place(fault: Fault) -> tuple[int, int, int]:
        names = columns.get(fault.file, ())
        return order.get(fault.file, 0), fault.row, names.index(fault.column) if fault.column in names else -1

    return sorted(_once_a_column(dict.fromkeys(faults), drafts), key=place)


def _once_a_column(faults: Iterable[Fault], drafts: dict[str, Draft]) -> Iterator[Fault]:
    """A column that a file does not have is told once, at its header, however many rows miss it."""
    absent = {(draft.file, name) for draft in drafts.values() for name in draft.absent}
    missed = defaultdict[tuple[str, str], list[Fault]](list)
    for fault in faults:
        if fault.row > 1 and (fault.file, fault.column) in absent:
            missed[fault.file, fault.column].append(fault)
        else:
            yield fault
    for first, *others in missed.values():
        rows = f"for {len(others) + 1} rows" if others else f"for row {first.row}"
        yield replace(first, row=1, found=f"the column is missing, {rows}")
