"""What tariff prints for people."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.markup import escape

from energy_routes.cli.tables.render import console, number, table

if TYPE_CHECKING:
    from energy_routes.studies import ThroughTariff

MIDDLE = "middle"
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
    out = table("charge", "", found.money, *bands, found.unit, "MUSD to\ncarriers", "MUSD to\nshipper", text=2)
    last = ""
    for row in _rows(found):
        place = f"{row['world']}, {row['contracts']} contracts"
        if place != last:
            out.add_section()
        ends = (number(row[end]) for end in ("p10", "p90")) if drawn else ()
        out.add_row(escape(place) if place != last else "", escape(row["what"]), number(row["charge"]), *ends,
                    *(number(row[key]) for key in ("volume", "carriers", "shipper")))  # fmt: skip
        last = place
    screen.print(out)
    first = found.kinks["world"] == found.demand["world"].iloc[0]
    for kink in found.kinks[first].to_dict("records"):  # those of the other worlds are in the tables that --out keeps
        screen.say(_kink(found, kink))
    for note in found.notes:
        screen.say(f"Note: {note}")


def _rows(found: ThroughTariff) -> list[dict[Any, Any]]:
    """What is told of each place, in the order of the charges; then where separate owners come to rest."""
    charges, apart = (own[own["level"] == MIDDLE] for own in (found.charges, found.apart))
    bands = found.bands[found.bands["figure"] == "charge"].assign(world=found.demand["world"].iloc[0])
    charges = charges.merge(bands[[*PLACE, "what", "p10", "p90"]], "left", [*PLACE, "what"])
    rests = apart.assign(what=[f"{owners} owners apart" for owners in apart["owners"]])
    both = pd.concat([charges, rests], ignore_index=True)
    return [row for _, own in both.groupby(PLACE, sort=False) for row in own.to_dict("records")]


def _kink(found: ThroughTariff, kink: dict[Any, Any]) -> str:
    span = number(kink["at"]) + (f" to {number(kink['to'])}" if kink["to"] - kink["at"] >= 0.005 else "")
    moved = [f"{what} {kink[key]}" for key, what in (("enters", "more goes by"), ("leaves", "less by")) if kink[key]]
    return (f"{kink['contracts'].capitalize()} contracts, above {span} {found.money}: {number(kink['above'])} "
            f"{found.unit} instead of {number(kink['below'])}{': ' if moved else ''}{'; '.join(moved)}")  # fmt: skip
