"""Verbs that ask who gains: bargain, tariff."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Literal

import typer

import energy_routes as er
from energy_routes import maps, pack
from energy_routes.cli import tables
from energy_routes.cli.ending import counting, end_study, keep_plot
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
    check_file,
    operating_share_of,
    pair,
)
from energy_routes.errors import UsageError


def bargain(
    model: Model,
    players: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Who plays, 10 at most: KZ,RU,CN,AZ+GE; if left out, the states of the "
                                          "corridors. Who is not named plays as one, rest."),
    ] = None,
    by: Annotated[
        Literal["consent", "ownership"],
        typer.Option(help="States and what crosses them, or companies and what they are paid for."),
    ] = "consent",
    link: Annotated[
        str | None, typer.Option(metavar="OPTION", help="Play with and without an option of the pack to build, or "
                                                        "several: tankers,btc-7.")
    ] = None,
    operating_share: OperatingShare = None,
    penalty: Annotated[
        float | None,
        typer.Option(min=0, metavar="USD", help="What a tonne (1000 m3) costs that home needs and does not get; if "
                                                "left out, the highest price of any market."),
    ] = None,
    draws: Annotated[int, typer.Option(min=0, metavar="N", help="Draws of the figures for the bands.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same draws.")] = 1,
    out: StudyFolder = None,
    plot: Plot = None,
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Draw a map of each state's share: .png .svg .pdf.")
    ] = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Divide the gains of working together: who weighs how much, what is stable, and who should pay for a link."""
    if map_ and by == "ownership":
        raise UsageError("--map draws states, and --by ownership plays with companies. Drop one of them.")
    check_file(plot, "a plot", maps.style.PICTURES)
    check_file(map_, "a map", maps.style.PICTURES)
    case = ask(model, scenario, set_, accept=accept)
    with counting(f"Bargaining over {case.name}", quiet) as told:
        found = er.bargain(
            case, _listed("--players", players), by=by, link=_listed("--link", link),
            operating_share=operating_share_of(operating_share), penalty=penalty, draws=draws, seed=seed, progress=told,
        )  # fmt: skip
    end_study(found, lambda: tables.print_bargain(found), as_json=as_json, out=out, quiet=quiet)
    keep_plot(found.plot, plot, quiet)
    keep_plot(found.map, map_, quiet)


def _listed(option: str, text: str | None) -> list[str]:
    """The names of a list with commas, those in quotes with their own; none where the option is left out.

    Raises UsageError for an empty name.
    """
    if text is None:
        return []
    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True), ())] or [""]
    if not all(names):
        raise UsageError(f"{option} {text!r} has an empty name; expected names with commas between, or leave it out")
    return names


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
    return [pair(option, text, f"is not NAME=SHARE, such as {like}") for text in texts or ()]
