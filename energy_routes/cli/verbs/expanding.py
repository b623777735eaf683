"""The verb that asks what to build: expand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from energy_routes.cli.guard import guarded
from energy_routes.cli.options import AsJson, Debug, Model, Quiet, Scenarios, Sets, Verbose, ask, listen
from energy_routes.cli.tables.render import console, digits_for, number, table
from energy_routes.cli.verbs.studying import Out, Plot, check_plot, counting, keep
from energy_routes.errors import UsageError
from energy_routes.pack import amount, parted

if TYPE_CHECKING:
    from energy_routes.studies import Expansion


@guarded
def expand(
    model: Model,
    budget: Annotated[
        str | None, typer.Option(metavar="LIST", help="Budgets in MUSD of capex, such as 0,200,500,1000,2000.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="MUSD", help="Take equal steps from 0 to this budget.")] = None,
    steps: Annotated[int, typer.Option(min=1, max=100, help="Number of steps; without --to, up to all options.")] = 5,
    out: Out = None,
    plot: Plot = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Choose what to build under a budget: options, years, the gain, and what each is worth per million."""
    listen(verbose)
    budgets = _budgets(budget, to, steps)
    case = ask(model, scenario, set_)
    check_plot(plot)
    from energy_routes.studies import expand as run

    with counting(f"Building {case.name}", quiet) as told:
        found = run(case, budgets, steps=steps, progress=told)
    if as_json:
        print(found.to_json())
    else:
        print_expansion(found)
    keep(out and found.save(out), plot, found.plot, quiet)


def _budgets(listed: str | None, to: str | None, steps: int) -> list[float] | None:
    """Budgets in MUSD: a list, each with its unit or all in that of the last, or equal steps from 0."""
    if listed is not None and to is not None:
        raise UsageError("give --budget or --to, not both")
    if to is not None:
        most = amount("--to", to, "money")
        return [most * step / steps for step in range(steps + 1)]
    if listed is None:
        return None
    parts = [part.strip() for part in listed.split(",")]
    _, unit = parted(parts[-1])
    return [amount("--budget", part if parted(part)[1] or not unit else f"{part} {unit}", "money") for part in parts]


def print_expansion(found: Expansion) -> None:
    """A row a budget, what each builds, and the worth of the options at the largest."""
    screen, steps = console(), found.steps
    screen.print(f"{found.case.title or found.case.name}: {_horizon(found)}", markup=False)
    screen.print("Netback gained against building nothing, yearly charges paid, over the horizon.\n")
    out = table("budget, MUSD", "spent", "gained, MUSD", "at most", "a MUSD spent", "a further MUSD", text=0)
    for row in steps.to_dict("records"):
        digits = 1 if abs(float(steps["gain"].abs().max())) >= 100 else 3
        money = (number(row["gain"], digits), number(row["bound"], digits))
        each = (number(row["average"]), number(row["marginal"]))
        out.add_row(number(row["budget"], 0), number(row["spent"], 1), *money, *each)
    screen.print(out)
    screen.print("At most: with parts of projects, a bound and not a plan.\n", markup=False)
    for row in steps.to_dict("records"):
        words = [part for part in row["adds"].split("; ") if part]
        gone = f"; no longer {row['drops'].replace('; ', ', ')}" if row["drops"] else ""
        said = "; ".join(words) if words else "nothing" if not row["spent"] else "nothing more"
        screen.print(f"{number(row['budget'], 0)} MUSD: {said}{gone}", soft_wrap=True, markup=False)
    if len(found.worth):
        screen.print()
        unit = found.worth["unit"].iloc[0]
        value = next(f.price_name for f in found.case.network.families.values() if f.volume_unit == unit)
        out = table("lost without it", "MUSD", "spent, MUSD", "a MUSD spent", f"{value} of capacity")
        digits = digits_for(found.worth["loss"].tolist())
        for row in found.worth.to_dict("records"):
            out.add_row(row["name"], number(row["loss"], min(digits, 1)), number(row["spent"], 1),
                        number(row["per_musd"]), number(row["usd_per_unit"]))  # fmt: skip
        screen.print(out)
        screen.print("Each left out in turn at the largest budget (with those that need it), the rest chosen anew.")
    if len(found.entry):
        screen.print()
        out = table("not built", "with>", "capex, MUSD", "would lose, MUSD", "may cost at most")
        for row in found.entry.to_dict("records"):
            others = row["with"].split("; ") if row["with"] else []
            chain = row["with"] if len(others) <= 1 else f"{len(others)} others"
            out.add_row(row["name"], chain, number(row["capex"], 0), number(row["loss"], 1),
                        number(row["break_even"], 0))  # fmt: skip
        screen.print(out)
        screen.print("Each built all the same, from its earliest year, with what it requires; the rest chosen anew.")


def _horizon(found: Expansion) -> str:
    years = sorted({period.year for period in found.case.periods})
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
