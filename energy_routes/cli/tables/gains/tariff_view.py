"""What tariff prints for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from energy_routes.cli.tables.render import console, number, table

if TYPE_CHECKING:
    from energy_routes.studies import ThroughTariff

MIDDLE = "middle"


def print_tariff(found: ThroughTariff) -> None:
    """The answer; what each charge brings, at the middle of the real costs; every kink of the case as it is; notes."""
    screen = console()
    for sentence in found.answer:
        screen.say(sentence)
    heads = (f"{found.money}", found.unit, "MUSD to\ncarriers", "MUSD to\nshipper")
    out = table("charge", "", *heads, text=2)
    last = ""
    for row in _rows(found):
        place = f"{row['world']}, {row['contracts']} contracts"
        if place != last:
            out.add_section()
        out.add_row(escape(place) if place != last else "", escape(row["what"]),
                    *(number(row[key]) for key in ("charge", "volume", "carriers", "shipper")))  # fmt: skip
        last = place
    screen.print(out)
    first = found.kinks["world"] == found.demand["world"].iloc[0]
    for kink in found.kinks[first].to_dict("records"):  # those of the other worlds are in the tables that --out keeps
        screen.say(_kink(found, kink))
    for note in found.notes:
        screen.say(f"Note: {note}")


def _rows(found: ThroughTariff) -> list[dict[str, Any]]:
    """What is told of each place, in the order of the charges; then where all owners come to rest by themselves."""
    charges, apart = (own[own["level"] == MIDDLE] for own in (found.charges, found.apart))
    apart = apart[apart["owners"] == found.owners].assign(what=f"{found.owners} owners apart")
    rows: list[dict[str, Any]] = []
    for place, own in charges.groupby(["world", "contracts"], sort=False):
        rests = apart[(apart["world"] == place[0]) & (apart["contracts"] == place[1])]
        rows += [*own.to_dict("records"), *rests.to_dict("records")]  # type: ignore[list-item]
    return rows


def _kink(found: ThroughTariff, kink: dict[Any, Any]) -> str:
    span = number(kink["at"]) + (f" to {number(kink['to'])}" if kink["to"] - kink["at"] >= 0.005 else "")
    moved = [f"{what} {kink[key]}" for key, what in (("enters", "more goes by"), ("leaves", "less by")) if kink[key]]
    return (f"{kink['contracts'].capitalize()} contracts, above {span} {found.money}: {number(kink['above'])} "
            f"{found.unit} instead of {number(kink['below'])}{': ' if moved else ''}{'; '.join(moved)}")  # fmt: skip
