"""What frontier, stress, explain and ranging print for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.markup import escape

from energy_routes.answer import Words
from energy_routes.case import in_percent
from energy_routes.cli.tables.limit_view import KINDS
from energy_routes.cli.tables.render import BLANK, console, digits_for, number, table
from energy_routes.cli.tables.unit_choice import value_names_of
from energy_routes.indicators import LEDGER
from energy_routes.pack import as_read
from energy_routes.studies import ends_of

if TYPE_CHECKING:
    import pandas as pd

    from energy_routes.studies import Explanation, Frontier, Ranging, Stress

VISIBLE = 0.05  # MUSD: what is less is printed as 0
TOLD = 5  # losses of which it is said where the volume goes


def print_frontier(found: Frontier) -> None:
    """One row a point; then what each kink opens, how far each piece is proved, and where the curve stops."""
    screen, points = console(), found.points
    scale, digits, unit = (100, 2, "%") if in_percent(found.over) else (1, 4, as_read(found.unit))
    capped = bool(points["price_usd_per_t_exposure"].notna().any())
    price = ("price_usd_per_t_exposure", f"{_unit_of_cap(found)}\nallowed") if capped else (
        "price", f"MUSD per\n{unit or 'unit'}")  # fmt: skip
    premium = f"{Words.of().unit(found.case.value_unit)}\nexported"
    screen.print(f"{found.case.name}: {found.name}; money in MUSD")
    screen.say(*_ends(found, f"{number(scale * points['cap'].iloc[-1], digits)} {unit}".rstrip()))
    volumes, shut_in = digits_for(points["exports"].tolist()), points["cost_shut_in"]
    cells = {
        f"at{f', {unit}' if unit else ''}": [number(scale * at, digits) for at in points["cap"]],
        "netback": [number(money, 1) for money in points["netback"]],
        "exports": [number(moved, volumes) for moved in points["exports"]],
        "shut in": [number(left, volumes) for left in points["shut_in"]],
        "lost": [number(money, 1) for money in points["cost"]],
        "of it shut in": [number(money, 1) for money in shut_in] if (shut_in > 0).any() else [],
        premium: [number(money) for money in points["premium_usd_per_t"]],
        price[1]: [number(money) for money in points[price[0]]],
    }
    shown = {name: told for name, told in cells.items() if told and set(told) != {BLANK}}
    out = table(*shown, text=0)
    for row in zip(*shown.values(), strict=True):
        out.add_row(*row)
    screen.print(out)
    for point in points.to_dict("records"):
        if words := _begins(point):
            screen.say(f"At {number(scale * point['cap'], digits)} {unit}: {words}")
    screen.print(f"Pieces: {_forms(found)}")
    screen.print(f"At the end {_weighed(points.iloc[-1])}")
    if len(found.fan):
        _print_fan(found, next(iter(cells)), scale, digits)
    screen.note(found.notes)


def _print_fan(found: Frontier, at: str, scale: float, digits: int) -> None:
    """The bands of the objective over the draws, and how many of these have a plan."""
    draws = number(found.fan["draws"].iloc[0], 0)
    console().say(f"{found.case.policy.objective.capitalize()} over {draws} draws of the other figures, MUSD")
    out = table(at, "P10", "P50", "P90", "draws with a plan", text=0)
    for row in found.fan.to_dict("records"):
        bands = (number(row[key], 1) for key in ("p10", "p50", "p90"))
        out.add_row(number(scale * row["cap"], digits), *bands, number(row["plans"], 0))
    console().print(out)


def _ends(found: Frontier, end: str) -> Iterator[str]:
    """What the first unit that a cap takes from its group costs, and the last; nothing of a curve that rises again."""
    if (told := ends_of(found.case, found.over, found.points)) is None:
        return
    family, first, last = told
    yield (f"The first {family.measure} taken from {found.name.partition(' of ')[2]} costs {number(first)} USD, the "
           f"last {number(last)} USD" if last else f"Down to {end} the cap costs nothing")


def _weighed(end: pd.Series) -> str:
    """What is lost or gained there against the case as it is, and how."""
    ways = (("cost_rerouting", "lost by re-routing", "gained on what moves"),
            ("cost_shut_in", "lost by shutting in", "gained by lifting more"))  # fmt: skip
    told = [(number(abs(end[key]), 1), lost if float(f"{end[key]:.1f}") >= 0 else gained) for key, lost, gained in ways]
    (moving, how), (shutting, why) = told
    again = why.removeprefix("lost ") if how.startswith("lost") else why
    return f"{moving} MUSD are {how}, {shutting} {again}"


def _unit_of_cap(found: Frontier) -> str:
    """The unit of what one more of a capped volume is worth."""
    _, _, name = found.over.removeprefix("policy.").partition(".")
    return value_names_of(found.case.network)[found.case.family_of_cap(name)]


def _forms(found: Frontier) -> str:
    told = {"linear": "linear, proved", "fractional": "linear-fractional, proved", "sampled": "sampled, not proved",
            "bounded": f"proved to {number(found.segments['error'].max(), 3)} MUSD"}  # fmt: skip
    return "; ".join(f"{count} {told[str(form)]}" for form, count in found.segments["form"].value_counts().items())


def _begins(point: Mapping[Any, Any]) -> str:
    """What a kink opens: the routes that enter, those that give way, the limits that begin to bind."""
    words = {"enters": "opens", "leaves": "gives way", "limits": "begins to bind"}
    return "; ".join(f"{words[key]}: {point[key].replace('; ', ', ')}" for key in words if point[key] and point["kink"])


def print_stress(found: Stress, top: int) -> None:
    """The costliest losses and where their volume goes; those that leave home short; pairs worse than the sum."""
    screen, rows, network = console(), found.outages, found.case.network
    own = (network.families[family].volume_unit for family in found.case.families)
    unit = " or ".join(rows["unit"].unique() if len(rows) else own)
    exported = f", {number(found.exports)} {unit} exported" if found.exports == found.exports else ""
    plan = f"{number(found.netback, 1)} MUSD{exported}"
    when = f"each loss begins with {found.onset} and lasts {number(found.days, 0)} days"
    screen.say(f"{found.case.name}: {plan}; {when}")
    if len(rows):
        _print_losses(found, unit, top)
    elif not found.notes:
        screen.say("No loss of these kinds touches what is planned")
    screen.note(found.notes)


def _print_freed(rows: pd.DataFrame) -> None:
    """Losses that bring money though home has all that it needs: a commitment ends with the line."""
    freed = rows[(rows["loss"] < -VISIBLE) & (rows["home_short"] <= 1e-6)].sort_values("loss", kind="stable")
    if freed.empty:
        return
    told = [f"{row['name']}, {row['kind']} {number(row['loss'], 1)}" for row in freed.head(TOLD).to_dict("records")]
    told += [f"{len(freed) - TOLD} more"] if len(freed) > TOLD else []
    console().say(f"Below zero with home supplied, MUSD: {'; '.join(told)}. What a contract or a minimum asks for pays "
                  "less there than elsewhere, and a loss waives it.")


def _print_losses(found: Stress, unit: str, top: int) -> None:
    screen, rows = console(), found.outages
    out = table("loss", f"crosses it,\n{unit}", "stranded", "re-routed", "lost,\nMUSD", "by\nshutting in",
                "days of\ntanks")
    digits = digits_for(rows["exposed"].tolist())
    for row in rows.head(top).to_dict("records"):
        days = max((d for d in (row["days_of_storage"], row["days_of_room"]) if d == d), default=float("nan"))
        volumes = (number(row[key], digits) for key in ("exposed", "stranded", "rerouted"))
        whose = f" ({row['unit']})" if " or " in unit else ""
        out.add_row(f"{row['name']}, {row['kind']}{whose}", *volumes, number(row["loss"], 1),
                    number(row["loss_shut_in"], 1), number(days, 1))  # fmt: skip
    screen.print(out)
    if len(rows) > top:
        screen.print(f"{len(rows) - top} more lose less: --top {len(rows)} prints them, --json and --out have all.")
    _print_freed(rows)
    for row in rows.head(TOLD).to_dict("records"):
        if row["rerouted_to"]:
            screen.say(f"{row['name']}, {row['kind']}: to {row['rerouted_to'].replace('; ', ', ')}")
    short = rows[rows["home_short"] > 1e-6].sort_values("home_short", ascending=False, kind="stable")
    if len(short):
        out = table("loss that leaves home short", f"not delivered, {unit}", "lost, MUSD")
        for row in short.head(top).to_dict("records"):
            out.add_row(f"{row['name']}, {row['kind']}", number(row["home_short"], digits), number(row["loss"], 1))
        screen.print(out)
        if (short["loss"] < 0).any():
            screen.print("Below zero: what home does not get is sold abroad, and home deliveries have no price here")
    if len(found.pairs):
        out = table("two losses at once", f"stranded, {unit}", "lost, MUSD", "beyond the sum")
        for row in found.pairs.head(top).to_dict("records"):
            out.add_row(f"{row['first']} + {row['second']}", number(row["stranded"], digits), number(row["loss"], 1),
                        number(row["synergy"], 1))  # fmt: skip
        screen.print(out)


def print_explanation(found: Explanation) -> None:
    """What it carries and what would change that, in sentences; the terms of each break-even; the limits reached."""
    screen = console()
    screen.say(*found.answer)
    if len(found.terms):
        _print_terms(found)
    if len(found.limits):
        out = table("limit that it has come to", "kind", f"at it, {found.unit}", "one more a year is worth", text=2)
        digits = digits_for(found.limits["volume"].tolist())
        for row in found.limits.to_dict("records"):
            worth = f"{number(row['price'])} {as_read(row['unit'])}"
            out.add_row(escape(row["name"]), _line(row["kind"]), number(row["volume"], digits), worth)
        screen.print(out)
    screen.note(found.notes)


def _print_terms(found: Explanation) -> None:
    """A column for each break-even: what a unit on the way that is taken on one side of it only earns and gives up."""
    values = found.terms.pivot_table("value", ["kind", "term"], ["what", "at"], sort=False)
    plus = "+" if found.now != found.now else ""  # of figures that differ from one another the move is told
    heads = [f"{'' if what == found.figure else f'{escape(what)} '}at {plus if at > 0 else ''}{number(at)}"
             for what, at in values.columns.to_frame().itertuples(index=False)]  # fmt: skip
    out = table(f"{found.money} on the way", "", *heads, text=2)
    for kind, term, *row in values.reset_index().itertuples(index=False, name=None):
        out.add_row(escape(_line(kind)), escape(term), *(number(value) for value in row))
    out.add_section()
    out.add_row("sum", "", *(number(margin) for margin in values.sum()))
    console().print(out)


def _line(kind: str) -> str:
    """A kind of term as people read it."""
    told = LEDGER.get(kind)
    return KINDS.get(kind, kind) if told is None else told.told


def print_ranging(found: Ranging, top: int | None) -> None:
    """A row a figure with its range and both slopes; then what changes at the ends of the first ones."""
    screen, rows = console(), found.figures.head(top) if top else found.figures
    out = table("figure", "now", "from", "to", "one less\nbrings", "one more\nbrings", "MUSD at\nstake", "unit>")
    for row in rows.to_dict("records"):
        ends = (number(row[end], 2) if np.isfinite(row[end]) else BLANK for end in ("from", "to"))
        out.add_row(escape(_figure(row)), number(row["now"]), *ends, number(-row["slope_down"]),
                    number(row["slope_up"]), number(row["at_stake"], 0), as_read(row["unit"]))  # fmt: skip
    screen.print(out)
    for row in rows.head(TOLD).to_dict("records"):
        for side, end in (("below", "from"), ("above", "to")):
            if row[side]:
                screen.say(f"{_figure(row)}, {side} {number(row[end])}: {row[side]}")
    screen.note(found.notes)


def _figure(row: Mapping[Any, Any]) -> str:
    """A figure by its name and what of it is meant; what a supply is called says so itself."""
    return str(row["name"]) if row["kind"] == "supply" else f"{row['name']}, {row['kind']}"
