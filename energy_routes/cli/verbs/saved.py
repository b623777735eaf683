"""Verbs that may start from a saved result: map, verify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from energy_routes.cli.guard import guarded
from energy_routes.cli.options import AsJson, Debug, Lang, OwnWords, Quiet, Scenarios, Sets, busy, say, solved


@guarded
def map_(
    target: Annotated[str, typer.Argument(metavar="MODEL|RESULT", help="A model to solve, or a saved result.")],
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="The plan after a change; TARGET is the plan before it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write: .html .png .svg .pdf .gpkg .geojson.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="LABEL", help="One period, such as 2024-03; if left out, all.")
    ] = None,
    months: Annotated[bool, typer.Option("--months", help="A small map of each period, on one page.")] = False,
    lang: Lang = "en",
    words: OwnWords = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Draw the flows of a model or a saved result; with two of them, what changes from the first to the second."""
    from energy_routes.cli.places import check_map, whole_file

    file = out or Path(f"{Path(target).stem}.png")
    check_map(file)
    plan = solved(target, scenario, set_, quiet)
    after = None if other is None else solved(other, None, None, quiet)
    from energy_routes.maps import drawing as maps

    with busy(f"Drawing {file} …", quiet), whole_file(file) as new:
        maps.write(plan, new, other=after, months=months, period=period, lang=lang)
    say(f"Map in {file}", quiet)


@guarded
def verify(
    folder: Annotated[Path, typer.Argument(metavar="RESULT", help="The folder of a saved result.")],
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Re-check a saved result from its raw tables, without the solver."""
    from energy_routes.audit import audit

    report = audit(folder)
    if as_json:
        print(json.dumps(report.as_dict(), indent=1, ensure_ascii=False))
    elif report.passed:
        print(report.words())
    report.raise_if_failed()
