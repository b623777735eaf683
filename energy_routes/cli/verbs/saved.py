"""Verbs that may start from a saved result: map, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from energy_routes import audit, maps
from energy_routes.cli.ending import print_json, writing
from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    Accepted,
    AsJson,
    Debug,
    Lang,
    OwnWords,
    Period,
    Quiet,
    Scenarios,
    Sets,
    Target,
    solved,
)
from energy_routes.cli.places import check_file


@guarded
def map_(
    target: Target,
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="The plan after a change; TARGET is the plan before it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write: .html .png .svg .pdf .gpkg .geojson.")
    ] = None,
    period: Period = None,
    months: Annotated[bool, typer.Option("--months", help="A small map of each period, on one page.")] = False,
    lang: Lang = "en",
    words: OwnWords = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Draw the flows of a model or a saved result; with two of them, what changes from the first to the second."""
    file = out or Path(f"{Path(target).stem}.png")
    check_file(file, "a map", maps.SUFFIXES)
    maps.refuse_others(file)
    plan = solved(target, scenario, set_, quiet, accept=accept)
    after = None if other is None else solved(other, None, None, quiet)
    with writing(file, "Drawing", "Map in", quiet) as new:
        maps.write(plan, new, other=after, months=months, period=period, lang=lang)


@guarded
def verify(
    folder: Annotated[Path, typer.Argument(metavar="RESULT", help="The folder of a saved result.")],
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Re-check a saved result from its raw tables, without the solver."""
    report = audit.audit(folder)
    if as_json:
        print_json(report.as_dict())
    elif report.passed:
        print(report.words())
    report.raise_if_failed()
