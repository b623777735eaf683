"""The verb regret: what to book when nobody knows which of several cases will come."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import energy_routes as er
from energy_routes.cli import tables
from energy_routes.cli.ending import busy, end_study
from energy_routes.cli.guard import guarded
from energy_routes.cli.options import Accepted, AsJson, Debug, Quiet, Sets, StudyFolder, Verbose, ask
from energy_routes.errors import UsageError


@guarded
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
