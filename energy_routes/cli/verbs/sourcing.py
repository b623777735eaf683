"""The verb sources: each figure that a plan rests on, and the weakest that matter."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

import energy_routes as er
from energy_routes.cli import tables
from energy_routes.cli.ending import print_json, say
from energy_routes.cli.options import (
    Accepted,
    AsJson,
    Debug,
    Quiet,
    Scenarios,
    Sets,
    Target,
    check_file,
    solved,
)
from energy_routes.pack import as_read, inert_frame, written

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


def sources(
    target: Target,
    used: Annotated[bool, typer.Option("--used", help="Only figures of what carries volume or binds.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the whole table: .csv.")] = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """List each figure that a plan uses: value, unit, year, source, confidence; the weakest first."""
    check_file(out, "a table", (".csv",))
    plan = solved(target, scenario, set_, quiet, accept=accept)
    rows, worst = er.sources(plan, only_used=used), er.weakest(plan)
    if out:
        with written(out) as file:
            inert_frame(rows).to_csv(file, index=False)
        say(f"{len(rows)} figures in {out}", quiet)
    if as_json:
        print_json({"model": plan.case.name, "sources": _plain(rows), "weakest": _plain(worst)})
    else:
        _print(rows, worst, whole=out is None)


def _plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values: 'unlimited' for infinity, null where there is none."""

    def cell(value: Any) -> Any:
        if value is None or value != value or str(value) == "<NA>":
            return None
        if isinstance(value, float) and math.isinf(value):
            return "unlimited"
        return value.item() if hasattr(value, "item") else value

    return [{str(key): cell(value) for key, value in row.items()} for row in rows.to_dict("records")]


def _print(rows: pd.DataFrame, worst: pd.DataFrame, *, whole: bool) -> None:
    """The figures, weakest first (unless they went to a file); how many of each confidence; the weakest that matter."""
    from rich.padding import Padding
    from rich.text import Text

    screen = tables.console()
    if whole:
        screen.print(_list(rows))
    told = ", ".join(f"{count} {name}" for name, count in rows["confidence"].value_counts().items())
    screen.print(f"{len(rows)} figures: {told}.")
    if len(worst):
        screen.print("\nThe weakest that matter, by what the netback moves if they are as far off as may be:")
    for place, row in enumerate(worst.to_dict("records"), 1):
        when = f" ({row['period']})" if row["period"] else ""
        stands = f"{place:>2}. {row['figure']}{when}: {_value(row['value'])} {as_read(row['unit'])}, {graded(row)}; "
        stake, doubt = (tables.number(row[name], 0) for name in ("at_stake", "doubt"))
        screen.print(f"{stands}{stake} MUSD at stake, {doubt} in doubt", markup=False)
        if said := _first(row["note"]) or row["source"]:
            screen.print(Padding(Text(said, style="dim"), (0, 0, 0, 4)))


def _list(rows: pd.DataFrame) -> Table:
    dated = rows["period"].nunique() > 1
    out = tables.table("figure", *(("period>",) if dated else ()), "value", "unit>", "year", "confidence>", "MUSD",
                       "source>")  # fmt: skip
    for row in rows.to_dict("records"):
        when = (str(row["period"]) or "all",) if dated else ()
        out.add_row(row["figure"], *when, _value(row["value"]), as_read(row["unit"]), _year(row["year"]), graded(row),
                    tables.number(row["at_stake"], 0), _source(row["source"]))  # fmt: skip
    return out


def graded(row: Mapping[Hashable, Any]) -> str:
    """The confidence of a figure as printed: ``estimate``, or ``estimate, stale (2013)``."""
    return f"{row['confidence']}, stale ({int(row['year'])})" if row["stale"] else str(row["confidence"])


def _value(value: float) -> str:
    return tables.number(value, tables.digits_for([value]))


def _year(year: Any) -> str:
    return "" if year is None or str(year) in ("nan", "<NA>") else str(int(year))


def _source(source: str) -> str:
    """The sites that a source names, once each; the whole address stands in the CSV and the JSON."""
    sites = [urlsplit(part.strip()).netloc.removeprefix("www.") or part.strip() for part in source.split(" ; ")]
    return ", ".join(dict.fromkeys(sites)) if len(sites) < 3 else f"{sites[0]} and {len(sites) - 1} more"


def _first(note: str) -> str:
    """The first sentence of a note."""
    return note.split(". ")[0].rstrip(".") if note else ""
