"""The through tariff of a corridor."""

from __future__ import annotations

from typing import Annotated

import typer

import energy_routes as er
from energy_routes import maps, pack
from energy_routes.cli import tables
from energy_routes.cli.ending import counting, end_study, keep_plot
from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    Accepted,
    AsJson,
    Bands,
    Debug,
    Model,
    OperatingShare,
    Plot,
    Quiet,
    Scenarios,
    Sets,
    StudyFolder,
    TimeLimit,
    Verbose,
    ask,
    operating_share_of,
)
from energy_routes.cli.places import check_file
from energy_routes.errors import UsageError


@guarded
def tariff(
    model: Model,
    corridor: Annotated[
        str, typer.Option(metavar="NAME", help="The corridor: BTC, corridor:CPC, or any arc or group.")
    ],
    owners: Annotated[
        int | None, typer.Option(min=1, max=10, metavar="N", help="How many set a charge of their own; if left out, "
                                                                  "those who are paid there.")
    ] = None,
    outage: Annotated[
        list[str] | None,
        typer.Option(metavar="WHAT=LEFT", help="What is lost elsewhere and the share that is left: 'CPC=0.5'; if left "
                                               "out, half of the largest other corridor.")
    ] = None,
    cap: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP=SHARE", help="A cap on a share: 'transit:RU=80 %'; if left out, a tenth less "
                                                 "volume through the largest transit country.")
    ] = None,
    operating_share: OperatingShare = None,
    draws: Bands = None,
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
) -> None:  # fmt: skip
    """Say what a corridor moves at each charge, and what one owner, several, or both sides would ask."""
    case = ask(model, scenario, set_, accept=accept)
    check_file(plot, "a plot", maps.style.PICTURES)
    lost = {what: pack.amount(f"--outage {what}", left, "fraction")
            for what, left in _pairs("--outage", outage, "CPC=0.5")}  # fmt: skip
    with counting(f"Reading {corridor} of {case.name}", quiet) as told:
        found = er.through_tariff(
            case, corridor, owners=owners, outage=None if outage is None else lost,
            cap=None if cap is None else dict(_pairs("--cap", cap, "'transit:RU=80 %'")),
            operating_share=operating_share_of(operating_share), draws=draws or 0, progress=told,
            time_limit=time_limit,
        )  # fmt: skip
    end_study(found, lambda: tables.print_tariff(found), as_json=as_json, out=out, quiet=quiet)
    keep_plot(found.plot, plot, quiet)


def _pairs(option: str, texts: list[str] | None, like: str) -> list[tuple[str, str]]:
    pairs = [text.rpartition("=") for text in texts or ()]
    for text, (what, equals, value) in zip(texts or (), pairs, strict=True):
        if not (what.strip() and equals and value.strip()):
            raise UsageError(f"{option} {text!r}: expected a name and a share, such as {like}")
    return [(what.strip(), value.strip()) for what, _, value in pairs]

