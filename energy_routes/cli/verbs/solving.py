"""Verbs that build or solve a case: solve, export."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    Actuals,
    AsJson,
    AsOf,
    Debug,
    Deck,
    Model,
    Quiet,
    Scenarios,
    Seed,
    Sets,
    Solver,
    TimeLimit,
    Verbose,
    ask,
    busy,
    listen,
    say,
)

if TYPE_CHECKING:
    from energy_routes.cli.tables.unit_choice import Units
    from energy_routes.plan import Plan


@guarded
def solve(
    model: Model,
    scenario: Scenarios = None,
    set_: Sets = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Save everything to this folder.")] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Draw the flows: .html .png .svg .pdf .gpkg .geojson.")
    ] = None,
    units: Annotated[
        str, typer.Option(metavar="LIST", help="Units of the printed tables, such as kb/d,USD/bbl. Files keep theirs.")
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="Print all: exports, routes, home, ledger, limits …")] = False,
    show: Annotated[
        str, typer.Option(metavar="LIST", help="Print some of it after the answer, such as routes,ledger.")
    ] = "",
    deck: Deck = None,
    as_of: AsOf = None,
    actuals: Actuals = None,
    solver: Solver = "highs",
    seed: Seed = 0,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Solve, and print the answer, what changes, how sure it is, the corridors and the limits worth most.

    The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It is 0 where
    more would not be used, and "no plan" where the move is impossible. A row over a year says what one more a year of
    the limit, in force in every period, is worth.
    """
    from energy_routes.cli.places import check_map
    from energy_routes.cli.tables.plan_view import sections_of
    from energy_routes.cli.tables.unit_choice import Units

    listen(verbose)
    sections = sections_of(show)
    if map_:
        check_map(map_)
    case = ask(model, scenario, set_, deck=deck, as_of=as_of, actuals=actuals)
    Units.check(units, case.network)
    from energy_routes.results import check_target, summary_of
    from energy_routes.solving import solve as run

    if out:
        check_target(out)
    from energy_routes.cli.reference import plan_before

    with busy(f"Solving {case.name} …", quiet):
        plan = run(case, solver, seed=seed, time_limit=time_limit)
        before = plan_before(plan, model, bool(scenario or set_), solver)
    laid = {"deck": deck, "as_of": as_of, "actuals": actuals}
    asked = {"scenario": scenario or [], "set": set_ or [], **{k: str(v) for k, v in laid.items() if v is not None}}
    options = {"solver": solver, "seed": seed, "time_limit": time_limit, **asked}
    _write(plan, before, out, map_, options, quiet)
    if as_json:
        print(json.dumps(summary_of(plan, before), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        _print(plan, before, Units.of(units, plan), sections, full=full, quiet=quiet)
    for what, place in (("Saved to", out), ("Map in", map_)):
        if place:
            say(f"{what} {place}", quiet)


def _print(plan: Plan, before: Plan | None, units: Units, sections: list[str], *, full: bool, quiet: bool) -> None:
    """The first screen, or the answer alone; then the sections asked for."""
    from energy_routes.answer import Words, answer_of
    from energy_routes.cli.brief import print_brief
    from energy_routes.cli.tables.plan_view import CHANGES, SECTIONS, print_sections
    from energy_routes.cli.tables.render import console

    answer, screen = answer_of(plan, before), console()
    if quiet:
        print(answer.sentence(Words.of(), units))
    elif not sections or full:
        print_brief(console(), answer, units)
    else:
        screen.print(answer.sentence(Words.of(), units), markup=False)
    print_sections(screen, plan, units, [CHANGES, *SECTIONS] if full else sections, before)


def _write(
    plan: Plan, before: Plan | None, out: Path | None, map_: Path | None, options: Mapping[str, Any], quiet: bool
) -> None:
    """Save and draw before anything is printed: a reader that leaves early loses nothing."""
    if out:
        from energy_routes.results import storing as results

        with busy(f"Saving to {out} …", quiet):
            results.save(plan, out, options, before)
    if map_:
        from energy_routes.maps import drawing as maps

        with busy(f"Drawing {map_} …", quiet):
            maps.write(plan, map_)


@guarded
def export(
    model: Model,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write: .mps or .lp.")],
    scenario: Scenarios = None,
    set_: Sets = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the linear programme of a model as .mps or .lp, for any solver."""
    from energy_routes.cli.places import check_export, whole_file

    check_export(file)
    case = ask(model, scenario, set_)
    from energy_routes.linear import write_model
    from energy_routes.solving import program_of

    with busy(f"Writing {file} …", quiet), whole_file(file) as new:
        write_model(program_of(case), new)
    say(f"Wrote {file}", quiet)
