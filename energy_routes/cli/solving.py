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
    """Solve, and print exports, corridors, routes, ledger, indicators and what binds."""
    from energy_routes.cli.places import check_map
    from energy_routes.cli.unit_choice import Units

    listen(verbose)
    Units.check(units)
    if map_:
        check_map(map_)
    case = ask(model, scenario, set_, deck=deck, as_of=as_of, actuals=actuals)
    from energy_routes import results
    from energy_routes.solver import solve as run

    if out:
        results.check_target(out)
    with busy(f"Solving {case.name} …", quiet):
        plan = run(case, solver, seed=seed, time_limit=time_limit)
    laid = {"deck": deck, "as_of": as_of, "actuals": actuals}
    asked = {"scenario": scenario or [], "set": set_ or [], **{k: str(v) for k, v in laid.items() if v is not None}}
    _write(plan, out, map_, {"solver": solver, "seed": seed, "time_limit": time_limit, **asked}, quiet)
    if as_json:
        print(json.dumps(results.summary(plan), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        from energy_routes.cli.plan_view import print_plan
        from energy_routes.cli.render import console

        screen = console()
        print_plan(screen, plan, Units.of(units, plan))
        from energy_routes.cli.reference import against

        if line := against(plan, model, bool(scenario or set_), solver):
            screen.print(f"\n{line}", highlight=False)
    for what, place in (("Saved to", out), ("Map in", map_)):
        if place:
            say(f"{what} {place}", quiet)


def _write(plan: Plan, out: Path | None, map_: Path | None, options: Mapping[str, Any], quiet: bool) -> None:
    """Save and draw before anything is printed: a reader that leaves early loses nothing."""
    if out:
        from energy_routes import results

        with busy(f"Saving to {out} …", quiet):
            results.save(plan, out, options)
    if map_:
        from energy_routes import maps

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
    from energy_routes.highs import write_model
    from energy_routes.solver import program_of

    with busy(f"Writing {file} …", quiet), whole_file(file) as new:
        write_model(program_of(case), new)
    say(f"Wrote {file}", quiet)
