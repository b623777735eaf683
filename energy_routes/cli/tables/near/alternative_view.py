"""What alternatives prints for people: what each plan is called and gives up, and what its corridors carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from energy_routes.cli.tables.render import BLANK, console, digits_for, number, table

if TYPE_CHECKING:
    from energy_routes.studies import Alternatives

ALIKE = 1e-6  # Mt or bcm: a corridor that moves less between plans is the same in all of them


def print_alternatives(found: Alternatives) -> None:
    """A row a plan, then a row a corridor that is not the same in all."""
    screen, plans = console(), found.plans
    screen.print(f"{found.case.name}: plans that give up at most {number(found.loss, 1)} MUSD ({found.within})",
                 markup=False)  # fmt: skip
    if len(plans) == 1:
        screen.print(f"There are none whose {_called(found)}s differ. Other volumes may: see --show ranges of solve.")
        return
    apart = f"differs by,\n{' + '.join(found.corridors['unit'].unique())}"
    out = table("plan", "set apart by", "gives up, MUSD", apart, "gap, %", text=2)
    for row in plans.to_dict("records"):
        first = row["plan"] == 1
        out.add_row(str(row["plan"]), escape(row["name"]), number(row["gives_up"], 1), number(row["distance"]),
                    BLANK if first else f"{100 * row['gap']:.2g}")  # fmt: skip
    screen.print(out)
    screen.print()
    rows = found.corridors
    count, digits = len(plans), digits_for(rows["volume"].tolist())
    volumes, same = table(_called(found), *map(str, plans["plan"]), "unit>"), []
    for _, own in rows.groupby(["family", "corridor"], sort=False):
        carried, name = own["volume"].tolist(), str(own["name"].iloc[0])
        if max(carried) - min(carried) > ALIKE:
            volumes.add_row(escape(name), *(number(value, digits) for value in carried), str(own["unit"].iloc[0]))
        else:
            same.append(name)
    screen.print(volumes)
    if same:
        screen.print(f"The same in all {count}: {', '.join(same)}", markup=False)


def _called(found: Alternatives) -> str:
    """What plans differ by: corridors, or the lines of a case without any."""
    return "corridor" if (found.corridors["kind"] == "corridor").all() else "line"
