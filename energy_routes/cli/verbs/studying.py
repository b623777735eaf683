"""Verbs that solve many times: frontier, stress, alternatives, explain, ranging."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

import energy_routes as er
from energy_routes import case as levers, maps, studies
from energy_routes.cli import tables
from energy_routes.cli.ending import busy, counting, end_study, keep_plot, keep_steps, print_json, say
from energy_routes.cli.options import (
    Accepted,
    AsJson,
    Bands,
    Debug,
    Jobs,
    Lang,
    Model,
    Plot,
    Quiet,
    Scenarios,
    Sets,
    StepMap,
    StudyFolder,
    TimeLimit,
    Verbose,
    ask,
    check_file,
    jobs_for,
)
from energy_routes.errors import UsageError
from energy_routes.pack import as_read

Over = Annotated[
    str, typer.Option(metavar="PATH", help="What to vary: any path of --set, such as policy.max_share.transit:RU.")
]
Start = Annotated[
    str | None, typer.Option("--from", metavar="X", help="Where to start: 8, or '8 USD/MMBtu'; for a cap 1.")
]
Stop = Annotated[
    str | None, typer.Option("--to", metavar="X", help="Where to end; for a cap: the least that there is.")
]


def frontier(
    model: Model,
    over: Over,
    start: Start = None,
    stop: Stop = None,
    unit: Annotated[
        str, typer.Option(metavar="UNIT", help="Unit of --from and --to, such as kt/month or USD/bbl.")
    ] = "",
    budget: Annotated[
        str | None,
        typer.Option(metavar="USD", help="For a share of one family: the lowest that costs at most this on each "
                                         "exported tonne."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=2, help="Number of points where a curve can only be sampled; if left out, 33.")
    ] = None,
    tolerance: Annotated[
        float | None, typer.Option(min=0, metavar="MUSD", help="Largest error of an HHI curve.")
    ] = None,
    draws: Bands = None,
    jobs: Jobs = None,
    out: StudyFolder = None,
    plot: Plot = None,
    map_: StepMap = None,
    lang: Lang = "en",
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Price diversification, or any other number: the best netback along it, with each kink named and proved."""
    case = ask(model, scenario, set_, accept=accept)
    _check_plots(case, plot, map_)
    if budget is not None:
        _lowest(case, over, budget, as_json, quiet)
        return
    first, last = ends(over, start, stop)
    with counting(f"Following {over}", quiet) as told:
        found = er.frontier(case, over, first, last, unit=unit, samples=samples or studies.SAMPLES, tolerance=tolerance,
                    draws=draws or 0, workers=er.workers_of(jobs_for(jobs, draws or 0, case)),
                    progress=lambda done: told(done, None))  # fmt: skip
    end_study(found, lambda: tables.print_frontier(found), as_json=as_json, out=out, quiet=quiet)
    for option, value, form in (("--samples", samples, "sampled"), ("--tolerance", tolerance, "bounded")):
        if value is not None and form not in set(found.segments["form"]):
            say(f"Note: {option} has no effect: no piece of this curve is {form}.", quiet)
    keep_plot(found.plot, plot, quiet)
    keep_steps(lambda new: found.explore(new, lang=lang), map_, quiet)


def stress(
    model: Model,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="arc, corridor, transit, chokepoint …, or one loss: corridor:CPC."),
    ] = None,
    k: Annotated[int, typer.Option("-k", "--k", min=1, max=2, help="2 adds pairs of losses.")] = 1,
    onset: Annotated[
        str | None, typer.Option(metavar="LABEL", help="First period of the loss, such as 2024-03.")
    ] = None,
    days: Annotated[
        float | None, typer.Option(metavar="DAYS", help="Days that the loss lasts; if left out, that period.")
    ] = None,
    remaining: Annotated[float, typer.Option(min=0, max=1, help="Share of the capacity that is left.")] = 0.0,
    foreseen: Annotated[bool, typer.Option("--foreseen", help="The loss is known from the first period on.")] = False,
    top: Annotated[int, typer.Option(min=1, help="Rows to print.")] = 30,
    out: StudyFolder = None,
    plot: Plot = None,
    map_: StepMap = None,
    lang: Lang = "en",
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Close each asset, corridor, country and chokepoint in turn: what is stranded, re-routed and lost."""
    case = ask(model, scenario, set_, accept=accept)
    _check_plots(case, plot, map_)
    if map_ is not None:
        studies.one_family(case)
    with counting(f"Stressing {case.name}", quiet) as told:
        found = er.stress(case, kind or studies.KINDS, k=k, onset=onset, days=days, remaining=remaining,
                          foreseen=foreseen, progress=told)  # fmt: skip
    end_study(found, lambda: tables.print_stress(found, top), as_json=as_json, out=out, quiet=quiet)
    keep_plot(found.plot, plot, quiet)
    keep_steps(lambda new: found.explore(new, lang=lang), map_, quiet)


def explain(
    model: Model,
    target: Annotated[
        str, typer.Argument(help="What is asked about: BTC, corridor:CPC, market:AUGUSTA, or a route: "
                                 "'KASHAGAN;BTC;AUGUSTA'.")
    ],
    time_limit: TimeLimit = None,
    out: StudyFolder = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Say what keeps a route, an arc, a corridor or a market out of the plan or in it, with its break-evens."""
    case = ask(model, scenario, set_, accept=accept)
    with busy(f"Asking about {target} …", quiet):
        found = er.explain(case, target, time_limit)
    end_study(found, lambda: tables.print_explanation(found), as_json=as_json, out=out, quiet=quiet)


def ranging(
    model: Model,
    all_: Annotated[bool, typer.Option("--all", help="Every figure; else the fifty with most money at stake.")] = False,
    top: Annotated[int, typer.Option(min=1, help="Rows to print.")] = 20,
    time_limit: TimeLimit = None,
    out: StudyFolder = None,
    plot: Plot = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Say how far each tariff, price, capacity, supply and cap may go until the worth of its next unit changes."""
    case = ask(model, scenario, set_, accept=accept)
    check_file(plot, "a plot", maps.style.PICTURES)
    with counting(f"Ranging {case.name}", quiet) as told:
        found = er.ranging(case, None if all_ else studies.MOST, told, time_limit)
    shown = None if all_ else top
    end_study(found, lambda: tables.print_ranging(found, shown), as_json=as_json, out=out, quiet=quiet)
    keep_plot(found.plot, plot, quiet)


def ends(over: str, start: str | None, stop: str | None) -> tuple[str | float, str | float]:
    """From and to as written; unless told, those that are usual for what a lever bounds."""
    bounds = levers.bounds_of(over)
    usual = (bounds and bounds.usual) or (None, None)
    first, last = (default if value is None else value for value, default in zip((start, stop), usual, strict=True))
    if first is None or last is None:
        raise UsageError(f"--over {over} needs --from and --to")
    return first, last


def _lowest(case: er.Case, over: str, budget: str, as_json: bool, quiet: bool) -> None:
    """The inverse question: the lowest share that a budget buys."""
    head, _, group = over.removeprefix("policy.").partition(".")
    if head != "max_share":
        raise UsageError(f"--budget needs --over policy.max_share.KIND:GROUP, not {over}")
    with counting(f"Lowering the share of {group}", quiet):
        found = er.lowest_share(case, group, budget)
    if as_json:
        print_json(dataclasses.asdict(found))
    else:
        why = "the budget is spent" if found.limited_by == "budget" else "the network allows no less"
        family = case.network.families[case.family_of_cap(group)]
        share, premium, exports = map(tables.number, (100 * found.share, found.premium, found.exports))
        print(f"{group}: {share} % at {premium} {family.price_name} exported "
              f"({tables.number(found.cost, 1)} MUSD, {exports} {as_read(family.volume_unit)} exported); {why}")
        kind, _, name = group.rpartition("/")[2].partition(":")
        for note in levers.no_transit(case.network, kind, name, family.id):
            print(f"Note: {note}")


def _check_plots(case: er.Case, plot: Path | None, page: Path | None) -> None:
    """Refuse a picture or a page that cannot be written.  Raises UsageError; DataError for what no map can show."""
    check_file(plot, "a plot", maps.style.PICTURES)
    check_file(page, "an interactive map", (".html",))
    if page is not None:
        maps.refuse_misplaced(case.network)


def alternatives(
    model: Model,
    within: Annotated[
        str, typer.Option(metavar="BAND", help="What a plan may give up: 1 %, 390 MUSD, or 0.5 USD/t exported.")
    ] = "1 %",
    n: Annotated[int, typer.Option("-n", min=1, max=6, help="How many plans besides the best one.")] = 3,
    out: StudyFolder = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Find plans that are nearly as good and lead as different a way as possible."""
    case = ask(model, scenario, set_, accept=accept)
    with busy(f"Solving {case.name} …", quiet):
        found = er.alternatives(case, within, n)
    end_study(found, lambda: tables.print_alternatives(found), as_json=as_json, out=out, quiet=quiet)
