"""The raw figures of a saved result, found cell by cell: the audit's own way through tables, dates and edits."""

from __future__ import annotations

import calendar
import json
import math
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from energy_routes.errors import DataError, Fault
from energy_routes.tables import read_pack

KEYS = {"lanes": ("arc", "commodity"), "tiers": ("market", "tier"), "differentials": ("commodity", "market")}
FAMILIAR = ("options", "arcs", "markets", "obligations", "storages", "contracts", "limits", "supplies")
Row = dict[str, Any]


class Facts:
    """Raw tables as rows by key, the periods, the edits, and the policy, as they lie in ``inputs``.

    A number is the base column; over it a dated figure of the year, then of the season, then of the month; then the
    edits in their order.
    """

    def __init__(self, folder: Path) -> None:
        try:
            case = json.loads((folder / "case.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(str(folder), [Fault("case.json", found=str(error), expected="the case as saved")]) from None
        self.name = str(case["name"])
        self.periods: list[str] = [str(period["label"]) for period in case["periods"]]
        self.years = {label: years(label) for label in self.periods}
        self.saved_years = {str(period["label"]): float(period["years"]) for period in case["periods"]}
        self.policy: Row = case["policy"]
        self.past: Row | None = case.get("past")
        self.digests: dict[str, str] = {}
        self.rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self.grades_of_arc: dict[str, list[str]] = {}
        self._families: dict[tuple[str, str], str] = {}
        self.with_corridors: set[str] = set()
        for name in case["packs"]:
            self._take(name, read_pack(folder / name))
        self._dates: dict[tuple[str, str, str], list[tuple[str, float]]] = defaultdict(list)
        for row in self.rows["values"].values():
            self._dates[row["table"], row["id"], row["field"]].append((row["period"], float(row["value"])))
        self._edits: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for edit in case["edits"]:
            self._edits[edit["table"], edit["id"], edit["field"]].append(edit)
        self.added: dict[tuple[str, str, str, str], float] = defaultdict(float)  # what is built, in Mt (bcm) per period
        self.number = cache(self._number)
        self.open = cache(self._open)

    def _take(self, name: str, pack: Any) -> None:
        self.digests[name] = pack.digest
        for table, frame in pack.tables.items():
            for position, record in enumerate(frame.to_dict("records")):
                row = {str(column): _plain(cell) for column, cell in record.items()}
                key = _key(table, row, position, name)
                self.rows[table].setdefault(key, row)
        grades = [str(grade) for grade in pack.tables["commodities"]["id"]]
        for arc in pack.tables["arcs"]["id"]:
            known = self.grades_of_arc.setdefault(str(arc), [])
            known += [grade for grade in grades if grade not in known]
        if any(row["kind"] == "corridor" for row in pack.tables["groups"].to_dict("records")):
            self.with_corridors.add(pack.family)
        for table in FAMILIAR:
            for called in pack.tables[table]["id"]:
                self._families.setdefault((table, str(called)), pack.family)

    def family(self, table: str, name: str) -> str:
        """The family of what a table names: that of the pack it stands in."""
        return self._families[table, name]

    @property
    def families(self) -> list[str]:
        """The families of the case's commodities."""
        return sorted({str(row["family"]) for row in self.rows["commodities"].values()})

    @property
    def base_prices(self) -> dict[str, float]:
        """Base price of each family, where there are several and each has one; else empty."""
        prices = {price["family"]: float(price["price"]) for price in self.policy.get("base_prices", ())}
        several = len(self.families) > 1 and all(family in prices for family in self.families)
        return {family: prices[family] for family in self.families} if several else {}

    def _number(self, table: str, key: str, field: str, period: str, edited: bool = True) -> float:
        """One number in one period; NaN where undefined."""
        base = self.rows[table][key][field]
        value = math.nan if base is None else float(base)
        dated = self._dates.get((table, key, field), [])
        for label in (period[:4], f"*-{period[5:]}", period):
            for when, figure in dated:
                if when == label:
                    value = figure
        for edit in self._edits.get((table, key, field), []) if edited else []:
            if _covers(edit, period):
                given = math.inf if edit["value"] == "unlimited" else float(edit["value"])
                value = given if edit["op"] == "set" else value * given if edit["op"] == "scale" else value + given
        return value

    def _open(self, arc: str, period: str, edited: bool = True) -> bool:
        """Whether an arc is available: operating, or opened by an edit."""
        return self.word("arcs", arc, "status", period, edited) == "operating"

    def word(self, table: str, key: str, field: str, period: str, edited: bool = True) -> str:
        """A word that edits may set: an arc's status, a store's closing rule."""
        word = self.rows[table][key][field]
        for edit in self._edits.get((table, key, field), []) if edited else []:
            if _covers(edit, period):
                word = edit["value"]
        return str(word)

    def by_option(self, arc: str) -> bool:
        """Whether an option to build has opened the arc (with capacity 0, to which what is built is added)."""
        return any(edit["source"].startswith("option:") for edit in self._edits.get(("arcs", arc, "status"), []))

    def rate(self, table: str, key: str, field: str, period: str) -> float:
        """A rate a year as the volume of one period, builds included; NaN where undefined."""
        return self.number(table, key, field, period) * self.years[period] + self.built(table, key, field, period)

    def built(self, table: str, key: str, field: str, period: str) -> float:
        """What builds add to a figure in a period."""
        return self.added.get((table, key, field, period), 0.0)

    def capacity(self, arc: str, period: str, edited: bool = True, built: bool = True) -> float:
        """(nameplate × availability − booked by others) × Δt, at least 0; and what is built."""
        nameplate, available, booked = (
            self.number("arcs", arc, field, period, edited) for field in ("capacity", "availability", "booked")
        )
        usable = 0.0 if available == 0 else nameplate * available
        more = self.built("arcs", arc, "capacity", period) if built else 0.0
        return max(usable - booked, 0.0) * self.years[period] + more

    def left(self, arc: str, period: str) -> float:
        """What the edits leave of an arc's capacity, 0 to 1."""
        if not self.open(arc, period):
            return 0.0
        now, before = (self.capacity(arc, period, edited, built=False) for edited in (True, False))
        if not self.open(arc, period, False) or before == 0:
            return 1.0
        if math.isinf(before):
            return 1.0 if math.isinf(now) else 0.0
        return min(max(now / before, 0.0), 1.0)

    def lane(self, arc: str, commodity: str) -> Row | None:
        """The lane's row, or None; an arc without rows has an unchanged lane of each grade of its pack."""
        key = f"{arc}/{commodity}"
        if key in self.rows["lanes"]:
            return self.rows["lanes"][key] | {"key": key}
        listed = any(row["arc"] == arc for row in self.rows["lanes"].values())
        if listed or commodity not in self.grades_of_arc.get(arc, ()):
            return None
        return {"arc": arc, "commodity": commodity, "to_commodity": None, "key": None}

    def of_lane(self, arc: str, commodity: str, field: str, period: str, otherwise: float) -> float:
        """A lane's figure in a period, or ``otherwise`` where the lane has no row."""
        key = f"{arc}/{commodity}"
        return self.number("lanes", key, field, period) if key in self.rows["lanes"] else otherwise


def _key(table: str, row: Row, position: int, pack: str) -> str:
    if "id" in row and table != "values":
        return str(row["id"])
    if table in KEYS:
        return "/".join("" if row[part] is None else str(row[part]) for part in KEYS[table])
    return f"{pack}#{position}"


def _plain(cell: Any) -> Any:
    """A table's cell with None for every kind of null, and lists as tuples."""
    if isinstance(cell, tuple | list):
        return tuple(cell)
    return None if cell is None or pd.isna(cell) or cell == "" else cell


def _covers(edit: Row, period: str) -> bool:
    return not edit["periods"] or period in edit["periods"] or period[:4] in edit["periods"]


def years(label: str) -> float:
    """Length of a period in years: a month's days over those of its year."""
    if len(label) == 4:
        return 1.0
    year, month = int(label[:4]), int(label[5:])
    return calendar.monthrange(year, month)[1] / (366 if calendar.isleap(year) else 365)
