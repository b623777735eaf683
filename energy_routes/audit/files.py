"""The files of a saved result: read, held against each other, against their hashes, and against the summary."""

from __future__ import annotations

import csv
import math
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from energy_routes.audit.facts import ALL, Facts, Row, defined, rows_by, sums_by
from energy_routes.audit.report import NEAR, SAME, Findings, alike, number
from energy_routes.errors import DataError
from energy_routes.pack import inert, read_json

TABLES = (
    "flows", "arcs", "routes", "schedule", "ledger", "prices", "indicators", "groups", "supplies", "deliveries",
    "obligations", "stocks", "ranges", "security", "bookings", "futures", "builds", "emissions",
)  # fmt: skip
OPTIONAL = ("bands", "ramps", "owners", "payments")  # saved only where they have rows
ABOUT = "about"  # the sheet of the workbook that says what it is
MOST_ROWS = 1_048_575  # of a sheet: a longer table ends there


@dataclass(frozen=True)
class Saved:
    """Every table as rows (None for blank text, NaN for a blank number) and its columns, and the JSON files.

    A table that was not saved has no rows.
    """

    tables: dict[str, list[Row]]
    summary: Row
    certificate: Row
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])


def read_all(folder: Path, found: Findings) -> Saved | None:
    """Every file, the CSV and the workbook compared with the Parquet; None when one cannot be read."""
    tables, parts, columns = {}, {}, {}
    names = [*TABLES, *(name for name in OPTIONAL if (folder / f"{name}.parquet").is_file())]
    for name in names:
        try:
            tables[name], columns[name] = _table(folder / f"{name}.parquet")
        except (OSError, ValueError) as error:
            found.wrong("files", f"{name}.parquet cannot be read: {str(error).splitlines()[0]}")
            continue
        _compare_csv(folder / f"{name}.csv", list(columns[name]), tables[name], found)
    for name in ("summary", "certificate"):
        try:
            parts[name] = read_json(folder / f"{name}.json")
        except DataError as error:
            found.wrong("files", f"cannot be read: {error.faults[0]}")
    _compare_workbook(folder / "result.xlsx", tables, columns, found)
    return Saved(tables, **parts, columns=columns) if len(tables) == len(names) and len(parts) == 2 else None


def _table(file: Path) -> tuple[list[Row], tuple[str, ...]]:
    """The rows of a table as plain values, and its columns: a blank number is NaN, blank text None."""
    frame = pd.read_parquet(file)
    columns = [
        frame[name].tolist() if frame[name].dtype.kind in "fb"
        else [None if pd.isna(cell) else cell for cell in frame[name]]
        for name in frame.columns
    ]  # fmt: skip
    names = tuple(map(str, frame.columns))
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)], names


def _compare_csv(file: Path, columns: list[str], rows: list[Row], found: Findings) -> None:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.reader(stream))
    except (OSError, ValueError) as error:
        found.wrong("files", f"{file.name} cannot be read: {error}")
        return
    if not lines or lines[0] != columns or len(lines) != len(rows) + 1:
        found.wrong("files", f"{file.name} has not the rows and columns of {file.stem}.parquet")
        return
    for at, (cells, row) in enumerate(zip(lines[1:], rows, strict=True), 2):
        for column, cell in zip(columns, cells, strict=False):
            _same(found, f"{file.name} row {at}, column {column}", cell, inert(row[column]))


def _same(found: Findings, what: str, text: Any, value: Any) -> None:
    """A cell of another file against the Parquet's."""
    found.counts["files"] += 1
    if isinstance(value, bool):
        same = str(text) == str(value)
    elif isinstance(value, float):
        blank = text is None or text == ""
        same = math.isnan(value) if blank else _close(text, value)
    else:
        same = (text or None) == value
    if not same:
        found.differences.append(f"files: {what}: {text!r}, but the Parquet file has {value!r}")


def _close(text: Any, value: float) -> bool:
    try:
        have = math.inf if text == "unlimited" else float(text)
    except (TypeError, ValueError):
        return False
    return math.isclose(have, value, rel_tol=SAME, abs_tol=SAME)


def _compare_workbook(file: Path, tables: dict[str, list[Row]], columns: dict[str, tuple[str, ...]], found: Findings
                      ) -> None:  # fmt: skip
    """Every cell of every sheet against the Parquet; no sheet more, no row and no column more."""
    try:
        sheets = _sheets(file)
    except Exception as error:  # openpyxl lets through whatever zip, XML and itself raise
        found.wrong("files", f"{file.name} cannot be read: {error}")
        return
    for name in sheets:
        found.true("files", file.name, name in (*tables, ABOUT), f"has a sheet {name!r}, which is not of the result")
    for name, rows in tables.items():
        if name in sheets:
            _compare_sheet(f"{file.name} sheet {name}", sheets[name], columns[name], rows[:MOST_ROWS], found)
        else:
            found.wrong("files", f"{file.name} has no sheet {name}")
    found.skip(f"{file.name}: the sheet {ABOUT}, formats and widths", "words and looks for readers")


def _sheets(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The lines of each sheet of a workbook."""
    import openpyxl

    with closing(openpyxl.load_workbook(file, read_only=True, data_only=True)) as book:
        return {name: list(map(tuple, book[name].iter_rows(values_only=True))) for name in book.sheetnames}


def _compare_sheet(
    what: str, lines: list[tuple[Any, ...]], columns: tuple[str, ...], rows: list[Row], found: Findings
) -> None:
    """The lines of a sheet, blank cells at their end left out or not, against the header and rows of a table."""
    header, *body = lines or [()]
    if tuple(cell for cell in header if cell is not None) != columns:
        found.wrong("files", f"{what} has other columns than the table")
        return
    for at in range(max(len(body), len(rows))):
        cells = (*(body[at] if at < len(body) else ()), *(None for _ in columns))
        row = rows[at] if at < len(rows) else dict.fromkeys(columns)
        for column, cell in zip(columns, cells, strict=False):
            _same(found, f"{what} row {at + 2}, column {column}", cell, row[column])
        extra = [cell for cell in cells[len(columns):] if cell is not None]
        if extra:
            found.wrong("files", f"{what} row {at + 2} has {extra[0]!r} beyond the columns of the table")


def check_summary(saved: Saved, facts: Facts, found: Findings) -> None:
    """Each number of ``summary.json`` against the tables (objective and netback are the ledger's matter)."""
    summary = saved.summary
    found.true("summary", "model", summary["model"] == facts.name, f"the case is called {facts.name}")
    _sums(saved, found)
    totals = {(row["group"], row["family"]): row for row in saved["groups"]
              if (row["kind"], row["period"]) == ("corridor", "total") and row["family"] != ALL}  # fmt: skip
    found.true("summary", "corridors", len(summary["corridors"]) == len(totals), "not those of the groups")
    for item in summary["corridors"]:
        row = totals[item["corridor"], item["commodity"]]
        own = {column: row[column] for column in ("volume", "capacity", "utilisation", "share")}
        found.columns("summary", f"corridor {item['corridor']}", item, own, SAME)
    for name, columns in (("routes", ("volume", "netback")), ("ledger", ("value",))):
        found.true("summary", name, len(summary[name]) == len(saved[name]), "not as many rows as the table")
        for item, row in zip(summary[name], saved[name], strict=False):
            own = {column: row[column] for column in columns}
            found.columns("summary", f"{name} {next(iter(item.values()))}", item, own, SAME)
    _indicators(saved, found)
    _binding(saved, found)
    for name in ("primal_residual", "dual_residual", "gap"):
        value = saved.certificate.get(name)
        found.equal("certificate", name, summary["certificate"][name], value, SAME)
        found.within("certificate", name, 0.0 if value is None else value, 0.0, NEAR)


def _sums(saved: Saved, found: Findings) -> None:
    shut = sums_by(saved["supplies"], "shut_in", "family")
    exports = sums_by((row for row in saved["deliveries"] if row["export"]), "volume", "family")
    for key, own in (("shut_in", shut), ("exports", exports)):
        listed = {item["commodity"]: item["volume"] for item in saved.summary[key]}
        for family in own | listed:
            found.equal("summary", f"{key} {family}", listed.get(family), own[family])


def _indicators(saved: Saved, found: Findings) -> None:
    several = len({row["family"] for row in saved["indicators"]}) > 1
    own = {}
    for row in saved["indicators"]:
        prefix = f"{row['family']}:" if several else ""
        own[row["indicator"], row["kind"], prefix + (row["group"] or row["kind"])] = row["value"]
    for kind, value in saved.summary["indicators"]["hhi"].items():
        found.equal("summary", f"HHI {kind}", value, own.get(("hhi", kind.split(":")[-1], kind)), SAME)
    for group, value in saved.summary["indicators"]["transit_share"].items():
        found.equal("summary", f"share of {group}", value, own.get(("share", "transit", group)), SAME)


def _binding(saved: Saved, found: Findings) -> None:
    """Prices in the summary are the table's: of all periods together, and of the dearest one."""
    own, listed = _limits(saved), saved.summary["binding"]
    found.true("summary", "binding", len(own) == len(listed), f"{len(listed)} limits, {len(own)} in prices")
    names = ("price", "price_down", "dearest_price")
    told = sorted((tuple(number(item[name]) for name in names) for item in listed), key=_order)
    for have, want in zip(told, sorted(own, key=_order), strict=False):
        for name, value, price in zip(names, have, want, strict=True):
            found.equal("summary", f"{name} of a binding limit", value, price, SAME)
    for item in saved.summary["corridors"]:
        for limit in item["limited_by"]:
            known = any(all(alike(number(limit[name]), price) for name, price in zip(names, prices, strict=True))
                        for prices in own)  # fmt: skip
            found.true("summary", f"corridor {item['corridor']}", known, f"no limit has the price of {limit['limit']}")


def _limits(saved: Saved) -> list[tuple[float, ...]]:
    """Each limit's worth in all periods together, the same moved down, and its worth in its dearest period."""
    out: list[tuple[float, ...]] = []
    for own in rows_by(saved["prices"], "kind", "limit", "name", "family", "side").values():
        dearest = max(own, key=lambda row: max(abs(defined(row[way], 0.0)) for way in ("price", "price_down")))
        price, down = own[0]["price_all"], own[0]["price_all_down"]
        if math.isnan(price) or abs(price) > NEAR or abs(down) > NEAR:
            out.append((price, down, dearest["price"]))
    return out


def _order(prices: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(defined(price, math.inf) for price in prices)
