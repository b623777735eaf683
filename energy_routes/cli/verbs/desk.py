"""Verbs for the transport desk and the trader: schedule, netbacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from energy_routes.cli.guard import guarded
from energy_routes.cli.options import (
    Actuals,
    AsJson,
    AsOf,
    Debug,
    Deck,
    Model,
    Quiet,
    Scenarios,
    Sets,
    ask,
    say,
    solved,
)

if TYPE_CHECKING:
    import pandas as pd

    from energy_routes.case import Case
    from energy_routes.plan import Plan

ABREAST = 6  # periods that fit side by side
GRADE = 8  # letters of a grade's column


@guarded
def schedule(
    target: Annotated[str, typer.Argument(metavar="MODEL|RESULT", help="A model to solve, or a saved result.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as .xlsx (a workbook) or .csv.")] = None,
    as_of: AsOf = None,
    actuals: Actuals = None,
    deck: Deck = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Print a plan as a schedule: shipper and supply by direction and month, in kt or mcm."""
    from energy_routes.cli.places import check_table, whole_file

    if out:
        check_table(out)
    plan = solved(target, scenario, set_, quiet, deck=deck, as_of=as_of, actuals=actuals)
    from energy_routes.results import schedule_table, write_schedule

    if out:
        with whole_file(out) as new:
            write_schedule(plan, new)
    if as_json:
        print(_records(plan.schedule))
    else:
        _print_schedule(plan, schedule_table(plan))
    if out:
        say(f"Wrote {out}", quiet)


@guarded
def netbacks(
    model: Model,
    period: Annotated[
        str | None, typer.Option(metavar="LABEL", help="One period, such as 2024-03; if left out, all.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the sheets as .xlsx or .csv.")] = None,
    deck: Deck = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Show what each grade would earn by each route at each market, whether or not there is capacity."""
    from energy_routes.cli.places import check_table, whole_file

    if out:
        check_table(out)
    case = ask(model, scenario, set_, deck=deck)
    from energy_routes.studies import matrix, netbacks as run

    table = run(case, period)
    if out:
        from energy_routes.results import canonical

        with whole_file(out) as new:
            frame = canonical(table)
            if out.suffix.lower() == ".csv":
                frame.to_csv(new, index=False)
            else:
                frame.to_excel(new, index=False, sheet_name="netbacks")
    if as_json:
        print(_records(table))
    else:
        for family, own in table.groupby("family", sort=False):
            _print_matrix(case, str(family), matrix(own))
    if out:
        say(f"Wrote {out}", quiet)


def _records(frame: pd.DataFrame) -> str:
    from energy_routes.results import exact

    return json.dumps(exact(frame.to_dict("records")), indent=1, ensure_ascii=False, allow_nan=False)


def _print_schedule(plan: Plan, wide: pd.DataFrame) -> None:
    """By shipper and direction (the workbook has the buyers, too); quarters where months do not fit."""
    from energy_routes.cli.tables.render import console, number, table

    screen = console()
    spans = _spans(plan)
    for (family, unit), own in wide.groupby(["family", "unit"], sort=False):
        out = table("shipper", "direction", *spans, f"total, {unit}", text=2)
        by = own.groupby(["shipper", "direction"], sort=False).sum(numeric_only=True)
        sums = {head: by[labels].sum(axis=1) for head, labels in spans.items()} | {"total": by["total"]}
        last = ""
        for shipper, direction in by.index:
            cells = [number(float(column[shipper, direction]), 0) for column in sums.values()]
            out.add_row("" if shipper == last else shipper, direction, *cells)
            last = shipper
        out.add_section()
        out.add_row(f"all {family}", "", *(number(float(column.sum()), 0) for column in sums.values()))
        screen.print(f"{plan.case.title}: lifted by shipper and direction, {unit}")
        screen.print(out)


def _spans(plan: Plan) -> dict[str, list[str]]:
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


def _print_matrix(case: Case, family: str, netbacks: pd.DataFrame) -> None:
    """Ways out down, grades across; dearest market first within a corridor."""
    from energy_routes.cli.tables.render import console, number, table
    from energy_routes.network import Names, short

    screen, called = console(), Names(case.network.tables)
    groups = case.network.tables["groups"]
    ways = {g: short(n) for k, g, n in zip(groups["kind"], groups["group"], groups["name"], strict=True)
            if k == "corridor"}  # fmt: skip
    unit = case.network.families[family].price_name
    out = table("by, to", *(called.node[called.supply_node[str(name)]] for name in netbacks.columns))
    out.columns[0].min_width = 16
    for column in out.columns[1:]:
        column.no_wrap, column.max_width = False, GRADE
    best = netbacks.max()
    told = ""
    for corridor, market in netbacks.index:
        if corridor != told:
            out.add_row(f"[bold]{ways.get(corridor, corridor)}[/bold]")
            told = corridor
        row = zip(netbacks.loc[(corridor, market)], best, strict=True)
        out.add_row(f" {short(called.market[market])}", *(number(v, 0) + ("*" if v == top else "") for v, top in row))
    screen.print(f"{case.title}: netback by way out, {unit} lifted")
    screen.print(out)
    screen.print("* the best route of a grade, whether or not it has capacity")
