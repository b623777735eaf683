"""Verbs that weigh what nobody knows: regret, sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import energy_routes as er
from energy_routes import maps, pack, studies
from energy_routes.cli import tables
from energy_routes.cli.ending import busy, counting, end_study, keep_plot, say
from energy_routes.cli.options import (
    WORTH,
    Accepted,
    AsJson,
    Dask,
    DaskTlsCa,
    DaskTlsCert,
    DaskTlsKey,
    Debug,
    Jobs,
    Model,
    Plot,
    Quiet,
    Scenarios,
    Sets,
    StudyFolder,
    Verbose,
    ask,
    begun,
    check_file,
    jobs_for,
)
from energy_routes.cli.streams import INTERRUPTED
from energy_routes.errors import UsageError

FIRST = 1  # seed of draws, unless told
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


def regret(
    models: Annotated[
        list[str], typer.Argument(metavar="CASE…", help="The cases that may come: MODEL, or MODEL+SCENARIO.")
    ],
    book: Annotated[
        list[str] | None,
        typer.Option(metavar="WAY", help="What can be booked, such as arc:BTC; if left out, as in the first case."),
    ] = None,
    premium: Annotated[float, typer.Option(min=0, metavar="USD", help="Price on the day, on top of the tariff.")] = 0.0,
    spot: Annotated[float, typer.Option(min=0, max=1, help="Share of a capacity that is sold on the day.")] = 1.0,
    probability: Annotated[
        list[float] | None, typer.Option(min=0, max=1, metavar="P", help="One for each case; if left out, equal.")
    ] = None,
    alpha: Annotated[float, typer.Option(min=0, max=0.999999, help="Level of CVaR.")] = 0.9,
    out: StudyFolder = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Find the bookings of least regret over several cases, with expected netback and CVaR."""
    cases = {name: _case(name, set_, accept) for name in models}
    if len(cases) < len(models):
        raise UsageError("two cases have one name: name each once, such as btc-5 btc-5+one-mooring")
    if probability and len(probability) != len(models):
        raise UsageError(f"{len(probability)} probabilities for {len(models)} cases: one a case is expected, in order")
    terms = {"arcs": tuple(book), "premium": premium, "spot": spot} if book else None
    chances = dict(zip(cases, probability, strict=True)) if probability else None
    with busy(f"Weighing {len(cases)} cases …", quiet):
        found = er.regret(cases, terms, chances, alpha)
    end_study(found, lambda: tables.print_regret(found), as_json=as_json, out=out, quiet=quiet)


def _case(name: str, sets: list[str] | None, accept: list[str] | None) -> er.Case:
    """The case of MODEL, or of MODEL+SCENARIO+SCENARIO."""
    model, *scenarios = [name] if Path(name).exists() else name.split("+")
    return ask(model, scenarios, sets, accept=accept)


def sweep(
    model: Model,
    draws: Draws = None,
    over: Over = None,
    levels: Levels = None,
    design: Annotated[str, typer.Option(metavar="NAME", help="independent, latin or sobol.")] = "independent",
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the draws; if left out, 1.")] = None,
    asked: Asked = None,
    out: StudyFolder = None,
    plot: Plot = None,
    picture: Annotated[
        str, typer.Option(metavar="KIND", help="What to draw: fan, tornado, or use (probability of each route).")
    ] = "fan",
    answer: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose bands or movers to print and draw; left out: netback, or the first."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what a run before left in --out.")] = False,
    replay: Annotated[
        int | None, typer.Option(min=0, metavar="ROW", help="Solve one row again; it must be that of --out.")
    ] = None,
    jobs: Jobs = None,
    dask: Dask = None,
    dask_tls_ca: DaskTlsCa = None,
    dask_tls_cert: DaskTlsCert = None,
    dask_tls_key: DaskTlsKey = None,
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
    check_file(plot, "a plot", maps.style.PICTURES)
    at_least = draws if draws is not None else 0 if over or levels else WORTH
    with begun(1 if dask or replay is not None else jobs_for(jobs, at_least)) as ahead:
        case = ask(model, scenario, set_, accept=accept)
        grid = _grid(over) if over else None
        experiment = studies.experiment_of(case, draws, over=grid, levels=levels, design=design,
                                           seed=FIRST if seed is None else seed,
                                           ask=asked or [studies.DEFAULT])  # fmt: skip
        if seed is not None and not experiment.draws:
            raise UsageError("--seed has no effect without draws. Add --draws N, or leave --seed out.")
        answer = answer or ("netback" if "netback" in experiment.answers else experiment.answers[0])
        studies.refuse_picture(experiment, picture if plot else "fan", answer)
        if replay is not None:
            again = studies.replay(experiment, replay, out)
            print(again.to_json(orient="records", indent=1))
            if again["status"].iloc[0] == "infeasible":
                say(studies.why_no_plan(experiment, replay), quiet)
            return
        processes = 1 if dask and jobs is None else jobs_for(jobs, len(experiment), case)
        workers = ahead or studies.workers_of(processes, dask, dask_tls_ca=dask_tls_ca, dask_tls_cert=dask_tls_cert,
                                              dask_tls_key=dask_tls_key)  # fmt: skip
        found = _solved(experiment, out, resume, workers, quiet)
    end_study(found, lambda: tables.print_sweep(found, answer), as_json=as_json, out=out, quiet=quiet)
    keep_plot(lambda: found.plot(picture, answer), plot, quiet)


def _solved(
    experiment: studies.Experiment, out: Path | None, resume: bool, workers: studies.Workers, quiet: bool
) -> studies.Sweep:
    """The sweep, with a progress bar.  On Ctrl-C it is said what is kept."""
    done = [0, len(experiment)]
    try:
        with counting(f"Solving draws of {experiment.case.name}", quiet) as told:

            def progress(now: int, of: int) -> None:
                done[:] = now, of
                told(now, of)

            return studies.run(experiment, out, resume=resume, workers=workers, progress=progress)
    except KeyboardInterrupt:
        stays = (f"{done[0]:,} of {done[1]:,} rows are in {out}; --resume goes on" if out
                 else "nothing stays without --out")
        say(f"Interrupted: {stays}.")
        raise typer.Exit(INTERRUPTED) from None


def _grid(over: list[str]) -> dict[str, list[str]]:
    """The values of each path.  A unit behind the last of them is that of all without one."""
    grid: dict[str, list[str]] = {}
    for text in over:
        path, equals, values = text.rpartition("=")
        if not (path.strip() and equals and all(part.strip() for part in values.split(","))):
            raise UsageError(f"--over {text!r} is not PATH=VALUE,VALUE…, such as policy.max_share.transit:RU=0.9,0.95")
        if path.strip() in grid:
            raise UsageError(f"--over {path.strip()} is given twice; give all of its values in one list")
        grid[path.strip()] = pack.many(values)
    return grid
