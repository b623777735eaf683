"""The verb report: one offline HTML file about a plan, and what it changes against another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import energy_routes as er
from energy_routes import maps
from energy_routes.cli.ending import busy, writing
from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    Accepted,
    Bands,
    Debug,
    Jobs,
    Lang,
    OwnWords,
    Quiet,
    Scenarios,
    Sets,
    Target,
    banded,
    compared,
    is_saved,
    solved,
)
from energy_routes.cli.places import check_file
from energy_routes.cli.reference import plan_before
from energy_routes.cli.verbs.studying import ends


@guarded
def report(
    target: Target,
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="Report on OTHER, compared with TARGET.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The file to write: .html.")] = None,
    frontier: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Price a cap, such as policy.max_share.transit:RU; or a saved folder."),
    ] = None,
    stress: Annotated[bool, typer.Option("--stress", help="Close each asset, country and chokepoint in turn.")] = False,
    lang: Lang = "en",
    words: OwnWords = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    draws: Bands = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a report: question, answer, map, routes, netbacks, prices, sources and proof, in one offline HTML file.

    A model is compared with the one that it extends, or with itself without --scenario and --set.
    """
    file = out or Path(f"{Path(other or target).stem}.html")
    check_file(file, "a report", (".html",))
    first = solved(target, scenario, set_, quiet, accept=accept)
    maps.refuse_misplaced(first.case.network)
    plan, before = (solved(other, None, None, quiet), first) if other else (first, None)
    if other is None and not is_saved(target):
        with busy(f"Solving what {target} is measured against …", quiet):
            before = plan_before(first, target, bool(scenario or set_))
        before = before if before is None or before.case.periods == first.case.periods else None
    against: er.Plan | er.Comparison | None = before
    if before is None or draws is None:
        plan = banded(plan, draws, jobs, quiet)
    else:
        against = compared(before, plan, draws, jobs, quiet)
        plan = against.after
    studies = _studies(plan.case, frontier, stress, draws or 0, quiet)
    with writing(file, "Writing", "Report in", quiet) as new:
        er.write_report(plan, new, before=against, lang=lang, **studies)


def _studies(case: er.Case, frontier: str | None, stress: bool, draws: int, quiet: bool) -> dict[str, Any]:
    """The studies asked for, run now or read from where they were saved."""
    found: dict[str, Any] = {}
    if frontier is not None and Path(frontier).is_dir():
        found["frontier"] = frontier
    elif frontier is not None:
        with busy(f"Following {frontier} …", quiet):
            found["frontier"] = er.frontier(case, frontier, *ends(frontier, None, None), draws=draws)
    if stress:
        with busy(f"Stressing {case.name} …", quiet):
            found["stress"] = er.stress(case)
    return found
