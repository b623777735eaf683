"""Verbs that build or solve a case: solve, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

import energy_routes as er
from energy_routes import answer, linear, maps, results, solving
from energy_routes.cli import tables
from energy_routes.cli.ending import busy, print_json, say_where, writing
from energy_routes.cli.options import (
    Accepted,
    Actuals,
    AsJson,
    AsOf,
    Bands,
    Debug,
    Deck,
    Jobs,
    Model,
    Quiet,
    Scenarios,
    Seed,
    Sets,
    Solver,
    TimeLimit,
    Verbose,
    ask,
    banded,
    check_file,
    plan_before,
)
from energy_routes.errors import LimitError, UsageError
from energy_routes.pack import written

Map = Annotated[
    Path | None, typer.Option("--map", metavar="FILE", help="Draw the flows: .html .png .svg .pdf .gpkg .geojson.")
]
UnitList = Annotated[
    str, typer.Option(metavar="LIST", help="Units of the printed tables, such as kb/d,USD/bbl. Files keep theirs.")
]

Sections = Annotated[
    str, typer.Option(metavar="LIST", help="Print some of it after the answer, such as routes,ledger.")
]

WithRanges = Annotated[
    bool, typer.Option("--ranges", help="Find, print, save how far each volume can move in plans as good, or nearly.")
]
Within = Annotated[
    str,
    typer.Option(metavar="LIST", help="What such plans may lose: 1 %,390 MUSD,0.1 USD/t. Implies --ranges."),
]
ByPeriod = Annotated[bool, typer.Option("--by-period", help="Ranges of each period, too. Implies --ranges.")]
FreeBuilds = Annotated[
    bool, typer.Option("--builds", help="Ranges with other builds, too, not those of the plan alone. Implies --ranges.")
]


def solve(
    model: Model,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Save everything to this folder.")] = None,
    map_: Map = None,
    units: UnitList = "",
    full: Annotated[bool, typer.Option("--full", help="Print all: exports, routes, home, ledger, limits …")] = False,
    show: Sections = "",
    ranges: WithRanges = False,
    within: Within = "",
    by_period: ByPeriod = False,
    builds: FreeBuilds = False,
    deck: Deck = None,
    as_of: AsOf = None,
    actuals: Actuals = None,
    solver: Solver = "highs",
    seed: Seed = 0,
    time_limit: TimeLimit = None,
    draws: Bands = None,
    jobs: Jobs = None,
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
    sections = tables.sections_of(show)
    near = _Near(within, by_period, builds) if ranges or within or by_period or builds else None
    if near and solver.lower() != "highs":
        raise UsageError(f"--ranges come from the embedded solver alone; leave out --solver {solver}")
    if map_:
        check_file(map_, "a map", maps.SUFFIXES)
        maps.refuse_others(map_)
    case = ask(model, scenario, set_, accept=accept, deck=deck, as_of=as_of, actuals=actuals)
    tables.Units.check(units, case.network)
    if map_:
        maps.refuse_misplaced(case.network)
    if out:
        results.check_target(out)
    with busy(f"Solving {case.name} …", quiet):
        plan = er.solve(case, solver, seed=seed, time_limit=time_limit)
        plan = plan if near is None else near.told_by(plan, time_limit)
        before = plan_before(plan, model, bool(scenario or set_ or deck), solver)
    plan = banded(plan, draws, jobs, quiet)
    laid = {"deck": deck, "as_of": as_of, "actuals": actuals, "accept": accept or None, "draws": draws,
            "ranges": near and near._asdict()}  # fmt: skip
    options = {"solver": solver, "seed": seed, "time_limit": time_limit, "scenario": scenario or [], "set": set_ or []}
    _keep(plan, before, out, map_, options | {name: value for name, value in laid.items() if value is not None}, quiet)
    if as_json:
        print_json(results.summary_of(plan, before))
    else:
        screens = [*sections, *(["ranges"] if near and "ranges" not in sections and not full else [])]
        _print(plan, before, tables.Units.of(units, plan), screens, full=full, quiet=quiet)
    say_where({"Saved to": out, "Map in": map_}, quiet)
    if not plan.proved:
        told = next(warning["message"] for warning in plan.warnings if warning["code"] == "not_proved")
        raise LimitError(f"{case.name}: {told}. Raise --time-limit.")


class _Near(NamedTuple):
    """Which ranges are asked for."""

    within: str
    by_period: bool
    builds: bool

    def told_by(self, plan: er.Plan, time_limit: float | None) -> er.Plan:
        """The plan with its ranges, those at the optimum always among them."""
        asked = [band.strip() for band in self.within.split(",") if band.strip()]
        bands = asked if "optimum" in asked else ["optimum", *asked] if asked else None
        return plan.with_ranges(
            er.ranges(plan, bands, by_period=self.by_period, builds=self.builds, time_limit=time_limit))


def _keep(
    plan: er.Plan, before: er.Plan | None, out: Path | None, page: Path | None, options: dict[str, Any], quiet: bool
) -> None:
    """Save and draw, before anything is printed: a reader that leaves early loses nothing."""
    if out:
        with busy(f"Saving to {out} …", quiet):
            results.save(plan, out, options, before)
    if page:
        with busy(f"Drawing {page} …", quiet):
            maps.write(plan, page)


def _print(
    plan: er.Plan, before: er.Plan | None, units: tables.Units, sections: list[str], *, full: bool, quiet: bool
) -> None:
    """The first screen, or the answer alone; then the sections asked for."""
    told, screen = er.answer_of(plan, before), tables.console()
    if quiet:
        print(told.sentence(answer.Words.of(), units))
    elif not sections or full:
        tables.print_brief(tables.console(), told, units)
    else:
        screen.print(told.sentence(answer.Words.of(), units), markup=False)
    shown = [tables.CHANGES, *tables.SECTIONS] if full else [*(["bands"] if len(plan.bands) else []), *sections]
    tables.print_sections(screen, plan, units, dict.fromkeys(shown), before, sections)


def export(
    model: Model,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write: .mps or .lp.")],
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the linear programme of a model as .mps or .lp, for any solver."""
    check_file(file, "a linear programme", (".mps", ".lp"))
    case = ask(model, scenario, set_, accept=accept)
    with writing(file, "Writing", "Wrote", quiet), written(file) as new:
        linear.write_model(solving.program_of(case), new)
