"""Verbs that may start from a saved result: map, report, verify, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import energy_routes as er
from energy_routes import audit, maps
from energy_routes.cli import tables
from energy_routes.cli.ending import busy, counting, keep_plot, print_json, writing
from energy_routes.cli.options import (
    Accepted,
    AsJson,
    Bands,
    Debug,
    Jobs,
    Lang,
    OwnWords,
    Period,
    Quiet,
    Scenarios,
    Sets,
    Target,
    Verbose,
    banded,
    check_file,
    compared,
    is_saved,
    plan_before,
    solved,
)
from energy_routes.cli.verbs.studying import ends
from energy_routes.errors import DifferenceError, UsageError
from energy_routes.pack import as_read, in_digits


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
    live: Annotated[
        bool, typer.Option("--live", help="A page (.html) that solves: levers to drag, no network needed.")
    ] = False,
    lever: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="A lever of that page, as --set names it. Again for more."),
    ] = None,
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
    """Draw the flows of a model or a saved result; with two of them, what changes from the first to the second."""
    live = live or bool(lever)
    file = out or Path(f"{Path(target).stem}.{'html' if live else 'png'}")
    check_file(file, "a map", maps.SUFFIXES)
    maps.refuse_others(file)
    plan = solved(target, scenario, set_, quiet, accept=accept)
    part = period is not None and not all(one.matches(period) for one in plan.case.periods)
    if draws is not None and part and file.suffix.lower() in maps.style.PICTURES:
        raise UsageError(f"--draws has no effect on a picture of {period}: draws are of the whole horizon. Leave "
                         "--period or --draws out, or write a page (.html).")
    after, bands = None if other is None else solved(other, None, None, quiet), None
    if after is None:
        plan = banded(plan, draws, jobs, quiet)
    elif draws is not None:
        found = compared(plan, after, draws, jobs, quiet)
        plan, after, bands = found.before, found.after, found.bands
    with writing(file, "Drawing", "Map in", quiet):
        maps.write(plan, file, other=after, bands=bands, months=months, period=period, lang=lang, live=live,
                   levers=lever or ())


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
    with writing(file, "Writing", "Report in", quiet):
        er.write_report(plan, file, before=against, lang=lang, **studies)


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


def compare(
    before: Target,
    after: Annotated[
        str | None,
        typer.Argument(metavar="[OTHER]", help="What TARGET is set against; left out: TARGET with --scenario, --set."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Share out the change of the objective among the inputs that differ.")
    ] = False,
    expand: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Share out that of one group among its inputs: arc.tariff.")
    ] = None,
    groups: Annotated[int, typer.Option(min=1, max=10, help="Groups of inputs that are told apart at most.")] = 10,
    tolerance: Annotated[
        float | None,
        typer.Option(min=0, metavar="SHARE", help="Exit 9 where a number differs by more than this share of it."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="A workbook of the differences: .xlsx.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw what --explain finds: .png .svg.")] = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    draws: Bands = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Set two models or results side by side: volumes, money, prices, limits; and say what the change is due to."""
    if after is None and not (scenario or set_):
        raise UsageError("compare needs a second model or result, or --scenario or --set")
    explain = explain or expand is not None
    if plot and not explain:
        raise UsageError("--plot draws what --explain finds: give both")
    check_file(out, "a workbook of differences", (".xlsx",))
    check_file(plot, "a plot", maps.style.PICTURES)
    old = solved(before, None, None, quiet, accept=accept if after is None else None)
    other = solved(after or before, scenario, set_, quiet, accept=accept)
    found = er.compare(old, other) if draws is None else compared(old, other, draws, jobs, quiet)
    due = None
    if explain:
        with counting("Solving sets of changes", quiet) as told:
            due = found.explain(groups, progress=told)
            due = due.expand(expand) if expand is not None else due
    if as_json:
        print_json(found.as_dict() | ({"attribution": due.as_dict()} if due else {}))
    else:
        tables.print_comparison(found)
        if due is not None:
            tables.print_attribution(due)
    if out:
        with writing(out, "Writing", "Workbook in", quiet):
            found.write(out, due)
    if due is not None and plot:
        if due.groups.empty:
            raise UsageError(f"--plot: there is nothing to draw. {' '.join(due.notes)} Leave --plot out.")
        keep_plot(due.plot, plot, quiet)
    if tolerance is not None:
        _refuse_differences(found, tolerance)


def _refuse_differences(found: er.Comparison, tolerance: float) -> None:
    """Say what differs first.  Raises DifferenceError."""
    rows = found.differences(tolerance)
    if len(rows):
        first = rows.iloc[0]
        before, after = (in_digits(first[side], ",.6g") for side in ("before", "after"))
        words = f"{before} before, {after} after {as_read(first['unit'])}".rstrip()
        more = f"; {len(rows) - 1} more {'differs' if len(rows) == 2 else 'differ'}" if len(rows) > 1 else ""
        raise DifferenceError(f"{first['table']}, {first['what']}: {words}; a share of {tolerance:g} is allowed{more}")
