"""Verbs that build or solve a case: solve, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    AsJson,
    Debug,
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


@guarded
def solve(
    model: Model,
    scenario: Scenarios = None,
    set_: Sets = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Save everything to this folder.")] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Draw the flows: .png .svg .pdf .gpkg .geojson.")
    ] = None,
    units: Annotated[
        str, typer.Option(metavar="LIST", help="Units of the printed tables, such as kb/d,USD/bbl. Files keep theirs.")
    ] = "",
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
    case = ask(model, scenario, set_)
    from energy_routes import results
    from energy_routes.solver import solve as run

    if out:
        results.check_target(out)
    with busy(f"Solving {case.name} …", quiet):
        plan = run(case, solver, seed=seed, time_limit=time_limit)
    if out:
        asked = {"scenario": scenario or [], "set": set_ or []}
        options = {"solver": solver, "seed": seed, "time_limit": time_limit, **asked}
        with busy(f"Saving to {out} …", quiet):
            results.save(plan, out, options)
    if map_:
        from energy_routes import maps

        with busy(f"Drawing {map_} …", quiet):
            maps.write(plan, map_)
    if as_json:
        print(json.dumps(results.summary(plan), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        from energy_routes.cli.plan_view import print_plan
        from energy_routes.cli.render import console

        print_plan(console(), plan, Units.of(units, plan))
    for what, place in (("Saved to", out), ("Map in", map_)):
        if place:
            say(f"{what} {place}", quiet)


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
