"""Figures and their sources for people: the list, then the weakest that matter, where the eye ends."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rich.padding import Padding
from rich.text import Text

from energy_routes.cli.tables.render import console, digits_for, number, table


def show(rows: Any, worst: Any, *, whole: bool) -> None:
    """The figures, weakest first (unless they went to a file); how many of each confidence; the weakest that matter."""
    screen = console()
    if whole:
        screen.print(_list(rows))
    told = ", ".join(f"{count} {name}" for name, count in rows["confidence"].value_counts().items())
    screen.print(f"{len(rows)} figures: {told}.")
    if len(worst):
        screen.print("\nThe weakest that matter, by what the netback moves if they are as far off as may be:")
    for place, row in enumerate(worst.itertuples(), 1):
        when = f" ({row.period})" if row.period else ""
        stands = f"{place:>2}. {row.figure}{when}: {_value(row.value)} {row.unit}, {row.confidence}; "
        screen.print(f"{stands}{number(row.at_stake, 0)} MUSD at stake, {number(row.doubt, 0)} in doubt", markup=False)
        screen.print(Padding(Text(_first(row.note) or row.source, style="dim"), (0, 0, 0, 4)))


def _list(rows: Any) -> Any:
    dated = rows["period"].nunique() > 1
    out = table("figure", *(("period>",) if dated else ()), "value", "unit>", "year", "confidence>", "MUSD", "source>")
    for row in rows.itertuples():
        out.add_row(row.figure, *((str(row.period) or "all",) if dated else ()), _value(row.value), row.unit,
                    _year(row.year), row.confidence, number(row.at_stake, 0), _source(row.source))  # fmt: skip
    return out


def _value(value: float) -> str:
    return number(value, digits_for([value]))


def _year(year: Any) -> str:
    return "" if year is None or str(year) in ("nan", "<NA>") else str(int(year))


def _source(source: str) -> str:
    """The sites that a source names, once each; the whole address stands in the CSV and the JSON."""
    sites = [urlsplit(part.strip()).netloc.removeprefix("www.") or part.strip() for part in source.split(" ; ")]
    return ", ".join(dict.fromkeys(sites)) if len(sites) < 3 else f"{sites[0]} and {len(sites) - 1} more"


def _first(note: str) -> str:
    """The first sentence of a note."""
    return note.split(". ")[0].rstrip(".") if note else ""
