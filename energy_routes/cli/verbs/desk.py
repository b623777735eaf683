"""Verbs for the transport desk and the trader: schedule, netbacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import energy_routes as er
from energy_routes import answer, network, results, studies
from energy_routes.cli import tables
from energy_routes.cli.ending import print_json, say, say_where
from energy_routes.cli.options import (
    Accepted,
    Actuals,
    AsJson,
    AsOf,
    Debug,
    Deck,
    Model,
    Period,
    Quiet,
    Scenarios,
    Sets,
    Target,
    ask,
    check_file,
    solved,
)
from energy_routes.pack import inert_frame, written

if TYPE_CHECKING:
    import pandas as pd

SHEETS = (".xlsx", ".csv")
ABREAST = 6  # periods that fit side by side
WAY, NUMBER, GAP = 24, 6, 3  # letters of the columns of netbacks: the first one, a number, between two


def schedule(
    target: Target,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as .xlsx (a workbook) or .csv.")] = None,
    as_of: AsOf = None,
    actuals: Actuals = None,
    deck: Deck = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Print a plan as a schedule: shipper and supply by direction and month, in kt or mcm."""
    check_file(out, "a table", SHEETS)
    plan = solved(target, scenario, set_, quiet, accept=accept, deck=deck, as_of=as_of, actuals=actuals)
    if out:
        with written(out) as new:
            results.write_schedule(plan, new)
    if as_json:
        _print_records(plan.schedule)
    else:
        _print_schedule(plan, results.schedule_table(plan))
    say_where({"Wrote": out}, quiet)


def netbacks(
    model: Model,
    period: Period = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the sheets as .xlsx or .csv.")] = None,
    deck: Deck = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Show what each grade would earn by each route at each market, whether or not there is capacity."""
    check_file(out, "a table", SHEETS)
    case = ask(model, scenario, set_, accept=accept, deck=deck)
    sheets = er.netbacks(case, period)
    if out:
        with written(out) as new:
            frame = inert_frame(results.canonical(sheets))
            if out.suffix.lower() == ".csv":
                frame.to_csv(new, index=False)
            else:
                frame.to_excel(new, index=False, sheet_name="netbacks")
    if as_json:
        _print_records(sheets)
    else:
        if sheets.empty:
            say(f"{case.name}: no way through a corridor joins a supply and an export market.", quiet)
        for family, own in sheets.groupby("family", sort=False):
            _print_matrix(case, str(family), studies.matrix(own))
    say_where({"Wrote": out}, quiet)


def _print_records(frame: pd.DataFrame) -> None:
    print_json(results.exact(frame.to_dict("records")))


def _print_schedule(plan: er.Plan, wide: pd.DataFrame) -> None:
    """By shipper and direction (the workbook has the buyers, too); quarters where months do not fit."""
    screen = tables.console()
    spans = _spans(plan)
    for (family, unit), own in wide.groupby(["family", "unit"], sort=False):
        out = tables.table("shipper", "direction", *spans, f"total, {unit}", text=2)
        by = own.groupby(["shipper", "direction"], sort=False).sum(numeric_only=True)
        sums = {head: by[labels].sum(axis=1) for head, labels in spans.items()} | {"total": by["total"]}
        last = ""
        for shipper, direction in by.index:
            cells = [tables.number(float(column[shipper, direction]), 0) for column in sums.values()]
            out.add_row("" if shipper == last else shipper, direction, *cells)
            last = shipper
        out.add_section()
        out.add_row(f"all {family}", "", *(tables.number(float(column.sum()), 0) for column in sums.values()))
        screen.print(f"{plan.case.title}: lifted by shipper and direction, {unit}")
        screen.print(out)


def _spans(plan: er.Plan) -> dict[str, list[str]]:
    """Heads of the columns, and the periods that each adds up: none for one period, quarters for many months."""
    periods = plan.case.periods
    if len(periods) == 1:
        return {}
    if len(periods) <= ABREAST or periods[0].month is None:
        return {p.label: [p.label] for p in periods[:ABREAST]}
    spans: dict[str, list[str]] = {}
    for p in periods:
        spans.setdefault(f"{p.year} Q{((p.month or 1) + 2) // 3}", []).append(p.label)
    return dict(list(spans.items())[:ABREAST])


def _print_matrix(case: er.Case, family: str, netbacks: pd.DataFrame) -> None:
    """Ways out down, grades across, in as many tables as the screen needs; dearest market first within a corridor."""
    from rich.markup import escape

    screen, called = tables.console(), network.Names(case.network.tables)
    ways = {group: name for (kind, group, own), name in network.group_names(case.network.packs).items()
            if kind == "corridor" and own == family}  # fmt: skip
    markets = network.shortened({market: called.market[market] for market in netbacks.index.unique("market")})
    grades = _headings(case, called, [str(name) for name in netbacks.columns])
    digits = answer.dollars(answer.cents(float(netbacks.abs().max().max())))
    widths = {name: max(NUMBER + digits, *map(len, grade.split())) for name, grade in grades.items()}
    screen.print(f"{case.title}: netback by way out, {case.network.families[family].price_name} lifted")
    for some in _abreast(widths, screen.width - WAY):
        screen.print()
        out = tables.table("by, to", *(grades[name] for name in some))
        out.columns[0].min_width = WAY
        for column, name in zip(out.columns[1:], some, strict=True):
            column.no_wrap, column.max_width = False, widths[name]
        own = netbacks[some].dropna(how="all")
        best = own.max()
        told = ""
        for corridor, market in own.index:
            if corridor != told:
                out.add_row(f"[bold]{escape(ways.get(corridor, corridor))}[/bold]")
                told = corridor
            row = zip(own.loc[(corridor, market)], best, strict=True)
            cells = (tables.number(value, digits) + ("*" if value == top else "") for value, top in row)
            out.add_row(f" {escape(markets[market])}", *cells)
        screen.print(out)
    screen.print("* the best route of a grade, whether or not it has capacity")


def _headings(case: er.Case, called: network.Names, supplies: list[str]) -> dict[str, str]:
    """What each supply is headed by: its place, and whose it is where several stand there."""
    shippers = case.network.tables["supplies"].set_index("id")["shipper"]
    places = [called.node[called.supply_node[name]] for name in supplies]
    return {name: place if places.count(place) == 1 else f"{place}, {shippers[name]}"
            for name, place in zip(supplies, places, strict=True)}


def _abreast(widths: dict[str, int], room: int) -> list[list[str]]:
    """The columns of each table, in order: as many as fit into the room beside the first one."""
    out: list[list[str]] = [[]]
    left = room
    for name, width in widths.items():
        if out[-1] and left < width + GAP:
            out.append([])
            left = room
        out[-1].append(name)
        left -= width + GAP
    return out
