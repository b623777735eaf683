"""The verb sweep: thousands of draws of doubtful figures, and levels of any."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from energy_routes import studies
from energy_routes.cli import tables
from energy_routes.cli.ending import counting, end_study, say
from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    Accepted,
    AsJson,
    Debug,
    Model,
    Quiet,
    Scenarios,
    Sets,
    StudyFolder,
    Verbose,
    ask,
)
from energy_routes.cli.streams import INTERRUPTED
from energy_routes.errors import UsageError

Draws = Annotated[
    int | None,
    typer.Option(min=0, metavar="N", help="Draws of every figure by its grade; 0: figures as stated. If left out, "
                                          "10,000; with builds or security 200; with levels none."),
]  # fmt: skip
Over = Annotated[
    list[str] | None,
    typer.Option(metavar="PATH=LIST", help="A grid over any path of --set: 'arc:BTC.tariff=20,40,60 USD/t'; may be "
                                           "repeated, each joined with each."),
]  # fmt: skip
Levels = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A list instead of a grid: .csv or .xlsx, columns are paths.")
]
Asked = Annotated[
    list[str] | None,
    typer.Option("--ask", metavar="NAME", help="What to ask of each plan: default, netback, exports.oil, "
                                               "share.transit:RU, volume.corridor:BTC …; may be repeated."),
]  # fmt: skip


@guarded
def sweep(
    model: Model,
    draws: Draws = None,
    over: Over = None,
    levels: Levels = None,
    design: Annotated[str, typer.Option(metavar="NAME", help="independent, latin or sobol.")] = "independent",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    asked: Asked = None,
    out: StudyFolder = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what a run before left in --out.")] = False,
    replay: Annotated[
        int | None, typer.Option(min=0, metavar="ROW", help="Solve one row again, and print it.")
    ] = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Solve thousands of draws of doubtful figures: how sure each share and the netback are."""
    if resume and out is None:
        raise UsageError("--resume needs --out DIR, the folder that the run before wrote to")
    case = ask(model, scenario, set_, accept=accept)
    experiment = studies.experiment_of(case, draws, over=_grid(over), levels=levels, design=design, seed=seed,
                                       ask=asked or [studies.DEFAULT])  # fmt: skip
    if replay is not None:
        print(studies.replay(experiment, replay).to_json(orient="records", indent=1))
        return
    done = [0, len(experiment)]
    try:
        with counting(f"Solving draws of {case.name}", quiet) as told:

            def progress(now: int, of: int) -> None:
                done[:] = now, of
                told(now, of)

            found = studies.run(experiment, out, resume=resume, progress=progress)
    except KeyboardInterrupt:
        stays = (f"{done[0]:,} of {done[1]:,} rows are in {out}; --resume goes on" if out
                 else "nothing stays without --out")
        say(f"Interrupted: {stays}.")
        raise typer.Exit(INTERRUPTED) from None
    end_study(found, lambda: tables.print_sweep(found), as_json=as_json, out=out, quiet=quiet)


def _grid(over: list[str] | None) -> dict[str, list[str]]:
    """The values of each path.  A unit behind the last of them is that of all without one."""
    grid: dict[str, list[str]] = {}
    for text in over or []:
        path, equals, values = text.partition("=")
        parts = [part.strip() for part in values.split(",")]
        if not (path.strip() and equals and all(parts)):
            raise UsageError(f"--over {text!r} is not PATH=VALUE,VALUE…, such as policy.max_share.transit:RU=0.9,0.95")
        if path.strip() in grid:
            raise UsageError(f"--over {path.strip()} is given twice; give all of its values in one list")
        grid[path.strip()] = parts
    return grid
