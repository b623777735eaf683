"""The data dictionary: ``python -m energy_routes.pack.schema.dictionary > docs/data-dictionary.md`` writes it."""

from __future__ import annotations

from collections.abc import Iterable

from energy_routes.pack.schema.columns import DATED_DIMENSIONS, Column, Table
from energy_routes.pack.schema.price_tables import PRICE_TABLES
from energy_routes.pack.schema.tables import PACK, TABLES
from energy_routes.pack.units.families import BUILT_IN, OIL
from energy_routes.pack.units.units import Dimension, inner_unit, known_units

ALL = {**TABLES, **PRICE_TABLES}
HEAD = """\
# Data dictionary

*Written from `energy_routes/pack/schema/` by `python -m energy_routes.pack.schema.dictionary`; do not edit by hand.*

A data pack is a folder with `pack.toml` and one file a table, as CSV (UTF-8, commas) or Parquet, or the same tables as
sheets of an Excel workbook; a lone workbook has a sheet `pack` with the columns `key` and `value` instead of
`pack.toml`. All three read alike, to 15 significant digits. A table that is not marked *required* may be left out, and
so may a column that is not.

- **Blank** means: no figure. It takes the default where the table below has one, and is undefined where it has none; it
  is never taken for 0. `nan`, `inf` and their like are refused. `unlimited` is a word, where the column admits it.
- **Must be stated**: a figure stands here or in dated rows of `values`, because a guess would change the answer.
- **Lists** are separated by `;`, so ids contain neither `;` nor `/` (it joins the parts of a key in `values`).
- **Units**: a row's unit column names the unit in which its figures are written. They are converted once, on reading,
  to the inner unit. Barrels are converted with the `bbl_per_t` of the commodity that the row names, heat with its
  `mj_per_m3`. A row that names none takes the commodities that it is about: an arc those of its `lanes`, a limit those
  of its `limit_terms`, a tier its market's `reference`. Where there are none, or their figures differ, the pack's
  `reference` is used. An edit, a deck row and a row of `values` are converted as the row that they change.
- **Conditions**: a tonne is metric. A barrel is counted as its source counts it: the only way from barrels to tonnes is
  `bbl_per_t`. A cubic metre is at 20 °C and 101.325 kPa, heat is gross, and one MMBtu is 1055.05585262 MJ. A figure per
  100 km is multiplied by `length_km`, or by `geometry_km` where that is blank.
- **Money** is nominal: US dollars of the period in which they are paid. Nothing is deflated, escalated or discounted.
  `year` says which year a figure describes and converts nothing: a figure without a dated row stands in every period.
- **Periods**: a rate a year counts Δt times in a period, and Δt is the period's days over the 365 or 366 days of its
  calendar year: 31/366 in January 2024. A rate a day is times the days of the period: 366 in the year 2024. A rate a
  month is that amount in each month, whatever its days, and twelve times that in a year.
- **Families**: a pack is of one family of commodities, whose volumes add up: oil, gas, or one that its own tables
  `families` and `family_units` define. Its figures are in the units that these
  state, a price also per 100 km, and a blank unit is the first of them.
- **Plausible** bands catch slips of a factor 1000 and mistaken units. Outside the band (zero and `unlimited` apart) a
  figure is refused unless the row's `note` says `checked`. Bands of volumes and prices are those of oil and gas.
  So is a figure beyond a factor of 20 of the median of its column, where ten rows or more have one, and a contract for
  more than its arc can carry.
- **Shared prices**: `pack.toml` may name a folder, `prices = "../prices"`, whose tables `scenarios` and `prices` serve
  several packs; they may stand in the pack itself, too. Each row of `series` says which figure of the pack follows
  which series. On reading, the prices of one scenario become dated rows of `values`: a row without a scenario is of all
  of them. A pack that is written anew has those rows, and follows no series.
- **Provenance**: a row whose `confidence` is not `given` (your own data) names its `source`; one marked `estimate` or
  `computed` says in `note` how it was made. `unsourced` is the weakest: nobody states it, and `note` says what was
  looked for.
- **dated** marks the columns that rows of `values` may override in a year, a season (`*-03`, every March) or a month.
- **A figure of a month** is that of the nearest date: a row of the month, else of the season, else of the year, else
  the column itself; then the edits. So a row of a year stands for the months without a row of their own.
- **A figure of a year** is the mean of its twelve months: Σ days × figure ÷ days of the year. Where figures multiply
  (`capacity` × `availability` − `booked`, `tariff` × `yield`, a commitment × what is left of its arc) it is the mean of
  the product. A figure that is blank in one month is blank in the year. Stocks are of an instant: `opening` is that of
  the first month, `working_volume` and `closing_value` are those of the last. `check` tells a row of a year that
  differs by over 2 % from twelve rows of months beside it.
"""


def markdown() -> str:
    """The whole dictionary as Markdown: conventions, units, then every table with every column."""
    parts = [HEAD, _units(), "## Tables\n\n" + "\n".join(
        f"- [`{name}`](#{name}){' (required)' if table.required else ''} — {table.meaning}"
        for name, table in ALL.items()) + "\n"]
    return "\n".join([*parts, *(_table(table) for table in (PACK, *ALL.values()))])


def _units() -> str:
    dimensions: tuple[Dimension, ...] = ("rate", "volume", "unit_value", "length", "fraction", "degree", "money")
    rows = [(d.replace("_", " "), " | ".join(dict.fromkeys(inner_unit(d, family) for family in BUILT_IN)),
             ", ".join(f"`{unit}`" for unit in known_units(d))) for d in dimensions]
    return ("## Units\n\n" + _grid(("dimension", "inner unit", "may be written in"), rows) + "\n"
            "`kb` is a thousand barrels, `mb` a million, `mcm` a million cubic metres. Cubic metres are at 20 °C;\n"
            "`@15C` or `@0C` after the unit (`bcm/y@15C`) says otherwise. A share may be written as `85%`.\n")


def _table(table: Table) -> str:
    key = f"Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    need = "Required. " if table.required else ""
    text = " ".join(part for part in (table.meaning, need + key) if part.strip())
    rows = [(f"`{c.name}`", _kind(c), _unit(table, c), _admits(c), _blank(c), c.meaning) for c in table.columns]
    return f"## {table.name}\n\n{text}\n\n" + _grid(("column", "type", "unit", "admits", "blank", "meaning"), rows)


def _kind(column: Column) -> str:
    words = {"str": "text", "float": "number", "int": "whole number", "bool": "true or false"}
    dated = column.kind == "float" and column.dimension in DATED_DIMENSIONS
    return words.get(column.kind, column.kind) + (", dated" if dated else "")


def _unit(table: Table, column: Column) -> str:
    if column.unit:
        return f"by `{column.unit}`"
    return "" if column.dimension == "none" else inner_unit(column.dimension, OIL)


def _admits(column: Column) -> str:
    out = []
    if column.choices:
        out.append(", ".join(f"`{choice}`" for choice in column.choices))
    if column.refers:
        out.append(f"id of `{column.refers}`")
    if column.pattern:
        out.append(column.pattern[1])
    if column.low is not None:
        out.append(f"{'>' if column.open_low else '≥'} {column.low:g}")
    if column.high is not None:
        out.append(f"≤ {column.high:g}")
    if column.unlimited:
        out.append("`unlimited`")
    if column.plausible:
        out.append(f"plausible {column.plausible[0]:g} to {column.plausible[1]:g}")
    return "; ".join(out)


def _blank(column: Column) -> str:
    if column.required:
        return "refused"
    if column.stated:
        return "must be stated"
    if column.default is None:
        return "undefined"
    if isinstance(column.default, bool):
        return f"`{str(column.default).lower()}`"
    return f"`{column.default:g}`" if isinstance(column.default, float) else f"`{column.default}`"


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
