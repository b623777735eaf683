"""What tariff prints for people."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.markup import escape

from energy_routes.cli.tables.render import Screen, console, digits_for, number, table

if TYPE_CHECKING:
    from energy_routes.studies import ThroughTariff

MIDDLE = "middle"
MOST_KINKS = 4  # printed, with contracts and without
PLACE = ["world", "contracts"]


def print_tariff(found: ThroughTariff) -> None:
    """The answer; what each charge brings, at the middle of the real costs; every kink of the case as it is; notes."""
    screen, drawn = console(), len(found.bands) > 0
    charged, *others = found.answer
    screen.say(charged)
    for place, sentences in groupby((sentence.partition(": ") for sentence in others), key=lambda parts: parts[0]):
        screen.print(f"\n[bold]{escape(place)}[/]")
        for _, _, said in sentences:
            screen.say(f"{said[:1].upper()}{said[1:]}.")
    bands = ("P10", "P90") if drawn else ()
    out = table("charge", found.money, *bands, found.unit, "MUSD to\ncarriers", "MUSD to\nshipper",
                f"each owner\nearns, {found.money}")  # fmt: skip
    digits, last = _digits(found), list[tuple[str, ...]]()
    for place, rows in groupby(_rows(found), key=lambda row: f"{row['world']}, {row['contracts']} contracts"):
        out.add_section()
        out.add_row(f"[bold]{escape(place)}[/]")
        told = [_cells(row, drawn, digits) for row in rows]
        for cells in [("  the same",)] if told == last else told:
            out.add_row(*cells)
        last = told
    screen.print(out)
    _kinks(screen, found)
    screen.note(found.notes)


def _rows(found: ThroughTariff) -> list[dict[Any, Any]]:
    """What is told of each place, in the order of the charges; then where separate owners come to rest."""
    charges, apart = (own[own["level"] == MIDDLE] for own in (found.charges, found.apart))
    bands = found.bands[found.bands["figure"] == "charge"].assign(world=found.demand["world"].iloc[0])
    charges = charges.merge(bands[[*PLACE, "what", "p10", "p90"]], "left", [*PLACE, "what"])
    rests = apart.assign(what=[f"{owners} owners apart" for owners in apart["owners"]])
    both = pd.concat([charges, rests], ignore_index=True)
    return [row for _, own in both.groupby(PLACE, sort=False) for row in own.to_dict("records")]


def _digits(found: ThroughTariff) -> int:
    """Decimals of a charge: two, more where charges are of cents."""
    return max(2, digits_for(found.charges["charge"].tolist()))


def _cells(row: dict[Any, Any], drawn: bool, digits: int) -> tuple[str, ...]:
    """A charge in words and numbers, with P10 and P90 where figures were drawn."""
    ends = [number(row[end], digits) for end in ("p10", "p90")] if drawn else []
    split = "" if pd.isna(row["least"]) else f"{number(row['least'], digits)}…{number(row['most'], digits)}"
    return (f"  {escape(row['what'])}", number(row["charge"], digits), *ends,
            *(number(row[key]) for key in ("volume", "carriers", "shipper")), split)  # fmt: skip


def _kinks(screen: Screen, found: ThroughTariff) -> None:
    """The largest steps of the case as it is, in the order of the charges; once where contracts change none as told."""
    own = found.kinks
    steps = [[_kink(found, {**kink, "contracts": ""}) for kink in part.to_dict("records")]
             for _, part in own.groupby("contracts", sort=False)]
    if len(steps) > 1 and steps[0] == steps[1]:
        own = own.head(len(steps[0])).assign(contracts="with and without")
    largest = (own["below"] - own["above"]).groupby(own["contracts"]).rank("first", ascending=False) <= MOST_KINKS
    if len(own):
        screen.print(f"\n[bold]Where the volume falls, {escape(own['world'].iloc[0])}[/]")
    for kink in own[largest].to_dict("records"):
        screen.say(_kink(found, kink))
    if less := int((~largest).sum()):
        screen.say(f"Smaller falls, not told here: {less}. --out keeps every one in the table kinks.")
    screen.print()


def _kink(found: ThroughTariff, kink: dict[Any, Any]) -> str:
    at, to = (number(kink[end], _digits(found)) for end in ("at", "to"))
    span = at if at == to else f"{at} to {to}"
    moved = [f"{what} {kink[key]}" for key, what in (("enters", "more goes by"), ("leaves", "less by")) if kink[key]]
    return (f"{kink['contracts'].capitalize()} contracts, above {span} {found.money}: {number(kink['above'])} "
            f"{found.unit} instead of {number(kink['below'])}{': ' if moved else ''}{'; '.join(moved)}")  # fmt: skip
