"""Verbs that solve many times: frontier, stress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    AsJson,
    Debug,
    Lang,
    Model,
    Quiet,
    Scenarios,
    Sets,
    Verbose,
    ask,
    busy,
    listen,
    say,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Save JSON, Parquet and CSV to this folder.")]
Plot = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it: .png .svg .pdf.")]

Page = Annotated[Path | None, typer.Option("--map", metavar="FILE", help="Step through the plans on a map: .html.")]


@guarded
def frontier(
    model: Model,
    over: Annotated[
        str, typer.Option(metavar="PATH", help="What to vary: any path of --set, such as policy.max_share.transit:RU.")
    ],
    start: Annotated[
        str | None, typer.Option("--from", metavar="X", help="Where to start: 8, or '8 USD/MMBtu'; for a cap 1.")
    ] = None,
    stop: Annotated[
        str | None, typer.Option("--to", metavar="X", help="Where to end; for a cap: the least that there is.")
    ] = None,
    unit: Annotated[
        str, typer.Option(metavar="UNIT", help="Unit of --from and --to, such as kt/month or USD/bbl.")
    ] = "",
    budget: Annotated[
        str | None,
        typer.Option(metavar="USD", help="For a share: the lowest that costs at most this on each exported tonne."),
    ] = None,
    samples: Annotated[int, typer.Option(min=2, help="Number of points where a curve can only be sampled.")] = 33,
    tolerance: Annotated[
        float | None, typer.Option(min=0, metavar="MUSD", help="Largest error of an HHI curve.")
    ] = None,
    out: Out = None,
    plot: Plot = None,
    map_: Page = None,
    lang: Lang = "en",
    scenario: Scenarios = None,
    set_: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Price diversification, or any other number: the best netback along it, with each kink named and proved."""
    listen(verbose)
    case = ask(model, scenario, set_)
    check_plot(plot, map_)
    if budget is not None:
        _lowest(case, over, budget, as_json, quiet)
        return
    from energy_routes.studies import frontier as run

    first, last = ends(over, start, stop)
    with counting(f"Following {over}", quiet) as told:
        found = run(case, over, first, last, unit=unit, samples=samples, tolerance=tolerance,
                    progress=lambda done: told(done, None))  # fmt: skip
    if as_json:
        print(found.to_json())
    else:
        from energy_routes.cli.tables.study_view import print_frontier

        print_frontier(found)
    keep(out and found.save(out), plot, found.plot, quiet)
    _page(map_, lambda new: found.explore(new, lang=lang), quiet)


@guarded
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
    out: Out = None,
    plot: Plot = None,
    map_: Page = None,
    lang: Lang = "en",
    scenario: Scenarios = None,
    set_: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Close each asset, corridor, country and chokepoint in turn: what is stranded, re-routed and lost."""
    listen(verbose)
    case = ask(model, scenario, set_)
    check_plot(plot, map_)
    if map_ is not None:
        from energy_routes.studies import one_family

        one_family(case)
    from energy_routes.studies import KINDS, stress as run

    with counting(f"Stressing {case.name}", quiet) as told:
        found = run(case, kind or KINDS, k=k, onset=onset, days=days, remaining=remaining, foreseen=foreseen,
                    progress=told)  # fmt: skip
    if as_json:
        print(found.to_json())
    else:
        from energy_routes.cli.tables.study_view import print_stress

        print_stress(found, top)
    keep(out and found.save(out), plot, found.plot, quiet)
    _page(map_, lambda new: found.explore(new, lang=lang), quiet)


def ends(over: str, start: str | None, stop: str | None) -> tuple[str | float, str | float]:
    """From and to as written; unless told, those that are usual for what a lever bounds."""
    from energy_routes.case import bounds_of
    from energy_routes.errors import UsageError

    bounds = bounds_of(over)
    usual = (bounds and bounds.usual) or (None, None)
    first, last = (default if value is None else value for value, default in zip((start, stop), usual, strict=True))
    if first is None or last is None:
        raise UsageError(f"--over {over} needs --from and --to")
    return first, last


def _lowest(case: object, over: str, budget: str, as_json: bool, quiet: bool) -> None:
    """The inverse question: the lowest share that a budget buys."""
    import dataclasses
    import json

    from energy_routes.case import Case
    from energy_routes.errors import UsageError
    from energy_routes.studies import lowest_share

    assert isinstance(case, Case)
    head, _, group = over.removeprefix("policy.").partition(".")
    if head != "max_share":
        raise UsageError(f"--budget needs --over policy.max_share.KIND:GROUP, not {over}")
    with counting(f"Lowering the share of {group}", quiet):
        found = lowest_share(case, group, budget)
    if as_json:
        print(json.dumps(dataclasses.asdict(found), indent=1))
    else:
        why = "the budget is spent" if found.limited_by == "budget" else "the network allows no less"
        family = case.network.families[case.family_of_cap(group)]
        print(f"{group}: {100 * found.share:.2f} % at {found.premium:.2f} {family.price_name} exported "
              f"({found.cost:,.1f} MUSD, {found.exports:.2f} {family.volume_unit} exported); {why}")


@contextmanager
def counting(text: str, quiet: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on stderr, told (done, of); nothing where stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def check_plot(file: Path | None, page: Path | None = None) -> None:
    """Refuse a picture or a page that cannot be written, before anything long is begun."""
    from energy_routes.cli.places import check_page, check_picture

    if file is not None:
        check_picture(file)
    if page is not None:
        check_page(page)


def _page(file: Path | None, write: Callable[[Path], object], quiet: bool) -> None:
    """Solve the steps and write the interactive map, if one is asked for."""
    if file is None:
        return
    from energy_routes.cli.places import whole_file

    with busy(f"Solving the steps of {file} …", quiet), whole_file(file) as new:
        write(new)
    say(f"Map in {file}", quiet)


def keep(saved: Path | None, plot: Path | None, draw: Callable[[], Axes], quiet: bool) -> None:
    """Write the picture, and say what was written."""
    if plot:
        from energy_routes.cli.places import whole_file
        from energy_routes.maps import style

        with whole_file(plot) as new, style.drawing():
            figure = draw().get_figure(root=True)
            assert figure is not None, "axes without a figure"
            figure.savefig(new, dpi=150)
    for what, place in (("Saved to", saved), ("Plot in", plot)):
        if place:
            say(f"{what} {place}", quiet)
