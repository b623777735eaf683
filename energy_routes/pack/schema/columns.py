"""Columns and tables: the words in which :mod:`energy_routes.pack.schema` describes a data pack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from energy_routes.pack.units.families import Family
from energy_routes.pack.units.periods import MONTH, YEAR
from energy_routes.pack.units.units import Dimension, inner_unit, known_units

Kind = Literal["str", "float", "int", "bool", "choice", "list"]

LARGEST = 1e12  # no figure is larger, in whatever unit: a slip of the pen, which a solver would take for no limit

DATED_DIMENSIONS = ("rate", "volume", "unit_value", "fraction", "money")
CONFIDENCES = ("high", "medium", "low", "estimate", "unsourced", "computed", "given")
MODES = ("pipeline", "rail", "tanker", "caspian_tanker", "road", "swap", "transfer")

ID = (r"(?=.*\S)[^/;\n\r\u00ad\u200b-\u200f\u2060\ufeff]+",  # of these characters people see nothing
      "a name on one line, without '/' (it joins the parts of a key), ';' (it separates lists) or what cannot be seen")
COUNTRY = (r"[A-Z]{2}", "an ISO 3166 two-letter code in capitals, such as KZ")
PERIOD = (rf"{YEAR}(-{MONTH})?", "a year from 1900 to 2100, such as 2024, or a month such as 2024-03")
DAY = (rf"{YEAR}(-{MONTH}(-(0[1-9]|[12][0-9]|3[01]))?)?", "a date such as 2022, 2022-03 or 2022-03-21")
TARGET = (r"[a-z_]+:[^;]*[^;\s][^;]*", "what it is and its name, such as arc:BTC or transit:RU")
DATED_PERIOD = (rf"({YEAR}|\*)-{MONTH}|{YEAR}",
                "a year 2024 (from 1900 to 2100), a month 2024-03, or every March *-03")


@dataclass(frozen=True)
class Column:
    """One column: its type, dimension, range, default, what it refers to, and what it means.

    ``default`` is None for "no default".  ``required`` columns must be filled in every row.
    ``low``/``high`` are hard limits (``open_low``: the limit itself is refused); ``plausible`` is a band in
    the inner unit outside which a value is refused as a likely unit slip (x1000, tonnes for barrels)
    unless the row's ``note`` says "checked" (see :mod:`energy_routes.pack.plausible`).  ``refers`` names the table
    whose key this must be in.
    ``unit`` names the column that holds this one's unit; ``unlimited`` admits the word "unlimited" (inf).
    ``stated``: a row must give the number, here or as a dated row of ``values``; blank would be a guess.
    ``pattern`` is a (regular expression, what it means in words) that every filled cell or list item must match.
    ``instant``: the figure is one of the first or of the last moment of a period, so that a year takes that of its
    first or last month; without it a year takes the mean over its days.
    """

    name: str
    kind: Kind = "str"
    meaning: str = ""
    required: bool = False
    default: str | float | int | bool | None = None
    dimension: Dimension = "none"
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    plausible: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    refers: str | None = None
    unlimited: bool = False
    stated: bool = False
    pattern: tuple[str, str] | None = None
    instant: Literal["start", "end"] | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns, its key, whether a pack must have it, and what a row means."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False

    def column(self, name: str) -> Column:
        """The column called ``name``.  Raises KeyError when there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def unit_columns(self) -> dict[str, Dimension]:
        """The columns that name a unit, with the dimension of what they measure."""
        return {c.unit: c.dimension for c in self.columns if c.unit is not None}

    def default(self, column: Column, family: Family) -> str | float | int | bool | None:
        """What a blank cell means.  A unit's default is written for oil: another family gets its inner unit instead."""
        dimension = self.unit_columns.get(column.name)
        if dimension is None or column.default in known_units(dimension, (family,)):
            return column.default
        return inner_unit(dimension, family)

    @cached_property
    def dated(self) -> tuple[str, ...]:
        """The numeric columns that ``values`` may override by period."""
        return tuple(c.name for c in self.columns if c.kind == "float" and c.dimension in DATED_DIMENSIONS)

    @property
    def compared(self) -> tuple[str, ...]:
        """The numeric columns whose figures are compared with each other; lines and places are with the map."""
        return tuple(c.name for c in self.columns if c.kind == "float" and c.dimension not in ("degree", "length"))


IDENTIFIER = Column("id", "str", "short unique name", required=True, pattern=ID)  # the row's own name


def text(name: str, meaning: str, required: bool = False, refers: str | None = None,
         pattern: tuple[str, str] | None = None) -> Column:
    """A column of names or prose."""
    return Column(name, "str", meaning, required=required, refers=refers, pattern=pattern)


def rate(name: str, meaning: str, *, default: float | None = None, unlimited: bool = False, stated: bool = False,
         plausible: tuple[float, float] | None = (1e-4, 500.0)) -> Column:
    """A volume per time, in the unit named by the column ``unit``."""
    return Column(name, "float", meaning, default=default, dimension="rate", unit="unit", low=0.0,
                  unlimited=unlimited, stated=stated, plausible=plausible)


def money(name: str, meaning: str, *, unit: str = "money_unit", default: float | None = None,
          low: float | None = 0.0, plausible: tuple[float, float] | None = (1e-4, 500.0),
          instant: Literal["start", "end"] | None = None) -> Column:
    """Money per volume, in the unit named by the column ``unit``."""
    return Column(name, "float", meaning, default=default, dimension="unit_value", unit=unit, low=low,
                  plausible=plausible, instant=instant)


def unit_name(name: str, default: str, meaning: str) -> Column:
    """A column that names the unit of other columns of the row."""
    return Column(name, "str", meaning, default=default)


RATE_UNIT = unit_name("unit", "Mt/y", "unit of the row's volumes per time: Mt/y, kt/month, kb/d, bcm/y, mcm/d …; "
                  "blank in a gas pack: bcm/y")
MONEY_UNIT = unit_name("money_unit", "USD/t", "unit of the row's unit values: USD/t, USD/bbl, USD/1000m3, USD/MMBtu …; "
                   "blank in a gas pack: USD/1000m3")

PROVENANCE = (
    text("source", "address(es) of the evidence, separated by ' ; '; or 'estimate' / 'computed' with the method in "
         "`note`"),
    Column("year", "int", "year the figure describes", low=1900, high=2100),
    Column("confidence", "choice", "how far the figure can be trusted; 'estimate' needs its method in `note`, "
           "'unsourced' what was looked for",
           choices=CONFIDENCES, default="given"),
    text("note", "how an estimate was made, what to beware of"),
)
