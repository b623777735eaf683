"""The tables by which packs share prices: a part of :mod:`energy_routes.pack.schema`.

They are read on entry and become dated rows of ``values``; a pack in memory has none of them.
"""

from __future__ import annotations

from energy_routes.pack.schema.columns import DATED_PERIOD, DAY, IDENTIFIER, PROVENANCE, Column, Table, text

SCENARIOS = Table("scenarios", "Worlds that prices may be of. The first is read where nobody names another.", (
    IDENTIFIER,
    text("name", "name shown to people", required=True),
    text("as_of", "when it was stated: 2026, 2026-08 or 2026-08-21", required=True, pattern=DAY),
    text("note", "what happens in that world"),
), key=("id",))

PRICES = Table("prices", "Series of prices, one row a figure: what happened, and what each scenario supposes.", (
    text("series", "name of the series, such as TTF", required=True),
    text("scenario", "only in this scenario; blank: in all of them", refers="scenarios"),
    text("period", "a year 2024, a month 2024-03, or every March *-03; a month beats a season beats a year",
         required=True, pattern=DATED_PERIOD),
    Column("value", "float", "the figure", required=True),
    text("unit", "its unit, such as USD/bbl", required=True),
    *PROVENANCE,
), key=("series", "scenario", "period"))

SERIES = Table("series", "Which figures of the pack are those of a series of `prices`.", (
    text("table", "which table", required=True),
    text("id", "key of the row ('/' between the parts of a compound key)", required=True),
    text("field", "which numeric column", required=True),
    text("series", "the series that it reads", required=True),
    text("note", "why that series stands for it"),
), key=("table", "id", "field"))

PRICE_TABLES = {table.name: table for table in (SCENARIOS, PRICES, SERIES)}
