"""The raw figures of a saved result, found cell by cell: the audit's own way through tables, dates and edits."""

from __future__ import annotations

import calendar
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from energy_routes.pack import Pack, read_json, read_pack

KEYS = {
    "option_effects": ("option", "target"), "ramps": ("kind", "group", "month"),
    "payees": ("target", "payee", "from_period"), "operating": ("family", "target", "from_period"),
    "fiscal": ("family", "tax", "of", "above", "from_period"),
    "lanes": ("arc", "commodity"), "tiers": ("market", "tier"), "differentials": ("commodity", "market"),
}  # fmt: skip
RATES = {
    "arcs": ("capacity", "booked", "minimum"), "supplies": ("available", "minimum"), "obligations": ("volume",),
    "tiers": ("depth",), "limits": ("low", "high"), "storages": ("injection", "withdrawal"), "contracts": ("volume",),
    "options": ("capacity",), "option_effects": ("capacity", "injection", "withdrawal"),
}  # fmt: skip
# Which part of a period a figure of an instant is that of: the first, or the last.
INSTANTS = {
    ("storages", "opening"): 0, ("storages", "working_volume"): -1, ("storages", "closing_value"): -1,
    ("option_effects", "working_volume"): -1,
}  # fmt: skip
FAMILIAR = ("options", "arcs", "markets", "obligations", "storages", "contracts", "limits", "supplies")
ALL = "all"  # all families together, by value at base prices
HORIZON = "horizon"
Row = dict[str, Any]


class Facts:
    """Raw tables as rows by key, the periods, the edits, and the policy, as they lie in ``inputs``.

    A number of a month is the base column; over it a dated figure of the year, then of the season, then of the month;
    then the edits in their order.  A year has the mean over the days of its months, of products the mean of the
    product.  What is true or false stands in the rows as the edits leave it.  ``without``: an event whose edits are
    left out.
    """

    def __init__(self, folder: Path, without: str = "") -> None:
        case = read_json(folder / "case.json")
        self.case: Row = case
        if without:
            case["edits"] = [edit for edit in case["edits"] if edit.get("event") != without]
        self.name = str(case["name"])
        self.periods: list[str] = [str(period["label"]) for period in case["periods"]]
        self.years = {label: years(label) for label in self.periods}
        self.saved_years = {str(period["label"]): float(period["years"]) for period in case["periods"]}
        self.policy: Row = case["policy"]
        self.past: Row | None = case.get("past")
        self.packs: list[str] = list(case["packs"])
        self.rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self.grades_of_arc: dict[str, list[str]] = {}
        self._families: dict[tuple[str, str], str] = {}
        self.with_corridors: set[str] = set()
        self.units = {ALL: "MUSD"}  # of volumes, by family
        self.prices_in = {ALL: "USD/USD"}
        self._group_names: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)  # by (kind, group): by family
        for name in self.packs:
            self._take(name, read_pack(folder / name))
        self._dates = rows_by(self.rows["values"].values(), "table", "id", "field")
        self._edits = rows_by(case["edits"], "table", "id", "field")
        for edit in case["edits"]:
            if edit["value"] in ("true", "false"):  # holds always, so the row itself can say it
                self.rows[edit["table"]][edit["id"]][edit["field"]] = edit["value"] == "true"
        for market, row in self.rows["markets"].items():  # an edit may have brought one home
            if row["export"]:
                self._group_names["market", market].setdefault(self._families["markets", market], row["name"] or market)
        self.added: dict[tuple[str, str, str, str], float] = defaultdict(float)  # what is built, in Mt (bcm) per period
        self.number = cache(self._number)
        self.open = cache(self._open)

    def _take(self, folder: str, pack: Pack) -> None:
        family = pack.family
        self.units[family.id], self.prices_in[family.id] = family.volume_unit, family.price_unit
        groups = pack.tables["groups"]
        for kind, group, name in zip(groups["kind"], groups["group"], groups["name"], strict=True):
            self._group_names[str(kind), str(group)].setdefault(family.id, _plain(name) or str(group))
        for table, frame in pack.tables.items():
            for position, record in enumerate(frame.to_dict("records")):
                row: Row = {str(column): _plain(cell) for column, cell in record.items()}
                key = _key(table, row, position, folder)
                self.rows[table].setdefault(key, row)
                if table == "ramps":  # its rows have no id of their own
                    self._families.setdefault((table, key), family.id)
        grades = [str(grade) for grade in pack.tables["commodities"]["id"]]
        for arc in pack.tables["arcs"]["id"]:
            known = self.grades_of_arc.setdefault(str(arc), [])
            known += [grade for grade in grades if grade not in known]
        if (groups["kind"] == "corridor").any():
            self.with_corridors.add(family.id)
        for table in FAMILIAR:
            for called in pack.tables[table]["id"]:
                self._families.setdefault((table, str(called)), family.id)

    @cached_property
    def groups(self) -> dict[tuple[str, str, str], str]:
        """The name of every group by (kind, group, family); with base prices those of all families together, too."""
        out = {(*key, family): name for key, named in self._group_names.items() for family, name in named.items()}
        for key, named in self._group_names.items() if self.base_prices else ():
            together = dict.fromkeys(named[family] for family in sorted(named, reverse=True))
            out[*key, ALL] = " / ".join(together)
        return out

    def called(self, table: str, key: str) -> str:
        """The name that a raw table gives a thing; its id where it gives none."""
        return str(self.rows[table][key]["name"] or key)

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

    @property
    def asked(self) -> bool:
        """Whether the policy asks for a cap, a least or security: then the plan is compared with one without them."""
        levels = (value for lever, value in self.policy.items() if lever.startswith(("max_", "min_", "security")))
        return any(value not in (None, []) for value in levels)

    def parts(self, period: str) -> dict[str, float]:
        """What a period is made of, with the share of its days: the months of a year; a month itself."""
        if len(period) == 7:
            return {period: 1.0}
        months = [f"{period}-{month:02d}" for month in range(1, 13)]
        return {month: years(month) for month in months}

    @property
    def first_year(self) -> str:
        """The period whose figures an option has for the whole horizon."""
        return self.periods[0][:4]

    def mean(self, figure: Callable[[str], float], period: str) -> float:
        """The mean of a figure over the days of a period, from what it is in each of its parts."""
        parts = {part: figure(part) for part in self.parts(period)}
        if len(set(parts.values())) == 1:
            return next(iter(parts.values()))
        return sum(parts[part] * share for part, share in self.parts(period).items())

    def _number(self, table: str, key: str, field: str, period: str, edited: bool = True) -> float:
        """One number in one period, rates a year; NaN where undefined.  Stocks are those of its first or last month."""
        if (table, field) in INSTANTS:
            part = list(self.parts(period))[INSTANTS[table, field]]
            return self._in_part(table, key, field, part, edited)
        return self.mean(lambda part: self._in_part(table, key, field, part, edited), period)

    def _in_part(self, table: str, key: str, field: str, part: str, edited: bool) -> float:
        """One number in one month."""
        row = self.rows[table][key]
        rates = RATES.get(table, ())
        value = math.nan if row[field] is None else float(row[field])
        value *= a_year(_per(row["unit"]), part) if field in rates else 1.0
        for label in (part[:4], f"*-{part[5:]}", part):
            for dated in self._dates.get((table, key, field), ()):
                if dated["period"] == label:
                    value = float(dated["value"]) * a_year(_per(dated["unit"]), part)
        for edit in self._edits.get((table, key, field), []) if edited else []:
            if covers(edit, part):
                given = math.inf if edit["value"] == "unlimited" else float(edit["value"])
                given *= a_year(edit.get("time", "y"), part)
                value = given if edit["op"] == "set" else value * given if edit["op"] == "scale" else value + given
        return value

    def _open(self, arc: str, period: str, edited: bool = True) -> bool:
        """Whether an arc is available: operating, or opened by an edit."""
        return self.word("arcs", arc, "status", period, edited) == "operating"

    def word(self, table: str, key: str, field: str, period: str, edited: bool = True) -> str:
        """A word that edits may set: an arc's status, a store's closing rule."""
        word = self.rows[table][key][field]
        for edit in self._edits.get((table, key, field), []) if edited else []:
            if covers(edit, period):
                word = edit["value"]
        return str(word)

    def by_option(self, arc: str, field: str = "status") -> bool:
        """Whether an option to build has opened the arc (with capacity 0, to which what is built is added), and set a
        field of it.
        """
        return any(edit["source"].startswith("option:") for edit in self._edits.get(("arcs", arc, field), []))

    def rate(self, table: str, key: str, field: str, period: str) -> float:
        """A rate a year as the volume of one period, builds included; NaN where undefined."""
        return self.number(table, key, field, period) * self.years[period] + self.built(table, key, field, period)

    def built(self, table: str, key: str, field: str, period: str) -> float:
        """What builds add to a figure in a period."""
        return self.added.get((table, key, field, period), 0.0)

    def capacity(self, arc: str, period: str, built: bool = True) -> float:
        """(nameplate × availability − booked by others) × Δt, at least 0; and what is built."""
        more = self.built("arcs", arc, "capacity", period) if built else 0.0
        return self.mean(lambda part: self._usable(arc, part), period) * self.years[period] + more

    def _usable(self, arc: str, part: str, edited: bool = True) -> float:
        nameplate, available, booked = (
            self.number("arcs", arc, field, part, edited) for field in ("capacity", "availability", "booked")
        )
        return max((0.0 if available == 0 else nameplate * available) - booked, 0.0)

    def least(self, arc: str, period: str) -> float:
        """The minimum of an arc × what the edits leave of it × Δt."""
        minimum = self.mean(lambda part: self.number("arcs", arc, "minimum", part) * self.left(arc, part), period)
        return minimum * self.years[period]

    def left(self, arc: str, part: str) -> float:
        """What the edits leave of an arc's capacity in a month, 0 to 1."""
        if not self.open(arc, part):
            return 0.0
        now, before = (self._usable(arc, part, edited) for edited in (True, False))
        if not self.open(arc, part, False) or before == 0:
            return 1.0
        if math.isinf(before):
            return 1.0 if math.isinf(now) else 0.0
        return min(max(now / before, 0.0), 1.0)

    def metered(self, kind: str, group: str) -> set[str]:
        """The arcs at which a group is metered."""
        meters = self.rows["meters"].values()
        return {meter["arc"] for meter in meters if (meter["kind"], meter["group"]) == (kind, group) and meter["arc"]}

    def windows(self, over: str) -> list[tuple[str, list[str]]]:
        """The name and the periods of each span that something is bounded in: the horizon, or every period."""
        return [(HORIZON, self.periods)] if over == HORIZON else [(period, [period]) for period in self.periods]

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


def sum_of(rows: Iterable[Row], column: str) -> float:
    """A column of some rows, added up."""
    return float(sum(row[column] for row in rows))


def sums_by(rows: Iterable[Row], column: str, *by: str) -> dict[Any, float]:
    """A column of some rows, added up by what stands in another, or by the cells of several; 0 for anything else."""
    out, key = defaultdict[Any, float](float), itemgetter(*by)
    for row in rows:
        out[key(row)] += row[column]
    return out


def rows_by(rows: Iterable[Row], *by: str) -> dict[Any, list[Row]]:
    """Some rows by what stands in a column, or by the cells of several; none for anything else."""
    out, key = defaultdict[Any, list[Row]](list), itemgetter(*by)
    for row in rows:
        out[key(row)].append(row)
    return out


def reached(starts: Iterable[Any], steps: Iterable[tuple[Any, Any]]) -> set[Any]:
    """The places that steps lead to from some places, these among them."""
    onward: dict[Any, list[Any]] = defaultdict(list)
    for start, end in steps:
        onward[start].append(end)
    seen, todo = set(starts), list(starts)
    while todo:
        new = [end for end in onward[todo.pop()] if end not in seen]
        seen.update(new)
        todo += new
    return seen


def defined(value: float, otherwise: float) -> float:
    """A number, or another where it is undefined."""
    return otherwise if math.isnan(value) else value


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
    return None if cell is None or cell is pd.NA or cell != cell or cell == "" else cell


def covers(edit: Row, part: str) -> bool:
    """Whether an edit holds in a period: named by its label, its year or its season, or by nothing."""
    return not edit["periods"] or any(label in edit["periods"] for label in (part, part[:4], f"*-{part[5:]}"))


def years(label: str) -> float:
    """Length of a period in years: a month's days over those of its year."""
    return days(label) / days(label[:4])


def days(label: str) -> int:
    """Days of a year or a month."""
    year = int(label[:4])
    return calendar.monthrange(year, int(label[5:]))[1] if len(label) == 7 else 366 if calendar.isleap(year) else 365


def a_year(per: str, label: str) -> float:
    """What 1 a year, a month or a day comes to a year, at the pace of a period: a month is one, a year twelve."""
    return {"y": 1.0, "month": (1 if len(label) == 7 else 12) / years(label), "d": float(days(label[:4]))}[per]


def _per(unit: str | None) -> str:
    """What a rate is per, by the end of its unit."""
    end = (unit or "").rpartition("/")[2]
    return end if end in ("month", "d") else "y"
