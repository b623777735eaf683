"""The verb that asks what to build: expand."""

from __future__ import annotations

from typing import Annotated

import typer

import energy_routes as er
from energy_routes import maps, pack
from energy_routes.cli import tables
from energy_routes.cli.ending import counting, end_study, keep_plot
from energy_routes.cli.options import (
    Accepted,
    AsJson,
    Debug,
    Model,
    Plot,
    Quiet,
    Scenarios,
    Sets,
    StudyFolder,
    Verbose,
    ask,
    check_file,
)
from energy_routes.errors import UsageError


def expand(
    model: Model,
    budget: Annotated[
        str | None, typer.Option(metavar="LIST", help="Budgets in MUSD of capex, such as 0,200,500,1000,2000.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="MUSD", help="Take equal steps from 0 to this budget.")] = None,
    steps: Annotated[int, typer.Option(min=1, max=100, help="Number of steps; without --to, up to all options.")] = 5,
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
    """Choose what to build under a budget: options, years, the gain, and what each is worth per million."""
    budgets = _budgets(budget, to, steps)
    case = ask(model, scenario, set_, accept=accept)
    check_file(plot, "a plot", maps.style.PICTURES)
    with counting(f"Building {case.name}", quiet) as told:
        found = er.expand(case, budgets, steps=steps, progress=told)
    end_study(found, lambda: print_expansion(found), as_json=as_json, out=out, quiet=quiet)
    keep_plot(found.plot, plot, quiet)


def _budgets(listed: str | None, to: str | None, steps: int) -> list[float] | None:
    """Budgets in MUSD: a list, each with its unit or all in that of the last, or equal steps from 0."""
    if listed is not None and to is not None:
        raise UsageError("give --budget or --to, not both")
    if to is not None:
        most = pack.amount("--to", to, "money")
        return [most * step / steps for step in range(steps + 1)]
    if listed is None:
        return None
    return [pack.amount("--budget", part, "money") for part in pack.many(listed)]


def print_expansion(found: er.Expansion) -> None:
    """A row a budget, what each builds, and the worth of the options at the largest."""
    screen, steps = tables.console(), found.steps
    screen.print(f"{found.case.title or found.case.name}: {_horizon(found)}", markup=False)
    screen.print("Netback gained against building nothing, yearly charges paid, over the horizon.\n")
    out = tables.table("budget, MUSD", "spent", "gained, MUSD", "at most", "a MUSD spent", "a MUSD more\nof budget",
                       text=0)  # fmt: skip
    digits = 1 if steps["gain"].abs().max() >= 100 else 3
    for row in steps.to_dict("records"):
        out.add_row(tables.number(row["budget"], 0), tables.number(row["spent"], 1),
                    tables.number(row["gain"], digits), tables.number(row["bound"], digits),
                    tables.number(row["average"]), tables.number(row["marginal"]))  # fmt: skip
    screen.print(out)
    screen.print("At most: with parts of projects, a bound and not a plan.\n", markup=False)
    for row in steps.to_dict("records"):
        said = row["adds"] or ("nothing more" if row["spent"] else "nothing")
        gone = f"; no longer {row['drops'].replace('; ', ', ')}" if row["drops"] else ""
        screen.say(f"{tables.number(row['budget'], 0)} MUSD: {said}{gone}")
    if len(found.worth):
        screen.print()
        unit = found.worth["unit"].iloc[0]
        value = next(f.price_name for f in found.case.network.families.values() if f.volume_unit == unit)
        out = tables.table("lost without it", "MUSD", "spent, MUSD", "a MUSD spent", f"{value} of capacity")
        digits = tables.digits_for(found.worth["loss"].tolist())
        for row in found.worth.to_dict("records"):
            out.add_row(row["name"], tables.number(row["loss"], min(digits, 1)), tables.number(row["spent"], 1),
                        tables.number(row["per_musd"]), tables.number(row["usd_per_unit"]))  # fmt: skip
        screen.print(out)
        screen.print("Each left out in turn at the largest budget (with those that need it), the rest chosen anew.")
    if len(found.entry):
        screen.print()
        out = tables.table("not built", "with>", "capex, MUSD", "would lose, MUSD", "may cost at most")
        for row in found.entry.to_dict("records"):
            others = row["with"].split("; ") if row["with"] else []
            chain = row["with"] if len(others) <= 1 else f"{len(others)} others"
            out.add_row(row["name"], chain, tables.number(row["capex"], 0), tables.number(row["loss"], 1),
                        tables.number(row["break_even"], 0))  # fmt: skip
        screen.print(out)
        screen.print("Each built all the same, from its earliest year, with what it requires; the rest chosen anew.")
    for line in tables.turned(found.turns()):
        screen.print()
        screen.print(line, markup=False)


def _horizon(found: er.Expansion) -> str:
    years = sorted({period.year for period in found.case.periods})
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
