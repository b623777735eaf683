"""What bargain prints: the answer, what each player gets by either rule, and what a link changes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from energy_routes.answer import Words
from energy_routes.cli.tables.render import BLANK, Screen, console, table
from energy_routes.pack import as_read

if TYPE_CHECKING:
    import pandas as pd

    from energy_routes.studies import Bargain

OUTSIDERS = {"shut": "The lines of outsiders are shut", "open": "The lines of outsiders are open at posted tariffs"}
LOSING = {"not_monotone": "a member takes worth away", "not_superadditive": "two groups lose by joining"}


def print_bargain(found: Bargain) -> None:
    """The answer first; then a table for each access, what the link changes, and what the game leaves out."""
    screen = console()
    who = "states whose consent a line needs" if found.by == "consent" else "companies that lines are paid to"
    screen.print(f"{found.case.title or found.case.name}: a game of {who}; MUSD over the horizon\n", markup=False)
    screen.say(*found.answer)
    for game in found.games.to_dict("records"):
        screen.print()
        rows = found.shares[found.shares["access"] == game["access"]]
        _shares(screen, rows, game)
        if len(found.link):
            _link(screen, found.link[found.link["access"] == game["access"]])
    screen.print()
    screen.say(f"Today: what the plan pays above real cost. {_money(found.elsewhere)} MUSD go to holders who do "
               f"not play, and {_money(found.unsourced)} to payees that are not sourced.")  # fmt: skip
    if found.rest:
        screen.say(f"All others: {', '.join(found.rest)}.")
    units = found.case.network.units("unit_value")
    costs = [f"{_money(cost)} {as_read(units[family])} of {family}" for family, cost in found.penalty.items()]
    if costs:
        screen.say(f"Home: a unit that it needs and does not get costs {' and '.join(costs)}.")
    drawn = ", and P10 to P90 of the draws" if found.draws else ""
    screen.say(
        "First rule, the Shapley value: what each adds on average, whoever joins first.",
        f"Second rule, the {found.games['solution'].iloc[0]}: what leaves the least content group as content as can "
        "be.",
        f"Band: real costs that are not published at 10 to 40 % of the tariff{drawn}.",
        "What the game leaves out:", *(f"- {sentence}" for sentence in found.left_out),
    )  # fmt: skip


def _shares(screen: Screen, rows: pd.DataFrame, game: Mapping[Hashable, Any]) -> None:
    """What each player gets, and what can be said of the game."""
    screen.print(f"{OUTSIDERS[game['access']]}: {_money(game['together'])} together, {_money(game['gain'])} more than "
                 "each alone", markup=False)  # fmt: skip
    out = table("player", "alone", "all lose\nwithout it", "first\nrule", "band", "second\nrule", "band", "today")
    for row in rows.to_dict("records"):
        each = [cell for name in ("shapley", "nucleolus")
                for cell in (_money(row[name]), _span(row[f"{name}_low"], row[f"{name}_high"]))]  # fmt: skip
        out.add_row(escape(row["name"]), _money(row["alone"]), _money(row["adds"]), *each, _money(row["today"]))
    screen.print(out)
    screen.say(f"Where nobody moves, the worth is {_money(game['nobody'])} MUSD. All numbers are told above it.",
               f"Kohlberg's test of the {game['solution']}: {'passed' if game['kohlberg'] else 'FAILED'}.")  # fmt: skip
    screen.note(f"{words}: {game[name]}" for name, words in LOSING.items() if game[name])


def _link(screen: Screen, rows: pd.DataFrame) -> None:
    """What a link changes for each player; who should pay where it brings more than it costs; nothing where none is."""
    ends = ("", "_low", "_high")
    changes = rows[[f"{name}_change{end}" for name in ("shapley", "nucleolus", "adds") for end in ends]]
    if all(_money(change) == _money(0.0) for change in changes.to_numpy(dtype=float).ravel()):
        screen.say("The link changes nothing here for anybody.")
        return
    paid = rows["pays"].notna().any()
    dues = ("should\npay", "band", "keeps") if paid else ()
    out = table("by the link", "first\nrule", "band", "second\nrule", *dues, "all gain\nwithout it",
                *(("holds\nit up>",) if paid else ()))  # fmt: skip
    for row in rows.to_dict("records"):
        due = (_money(row["pays"]), _span(row["pays_low"], row["pays_high"]), _money(row["left"])) if paid else ()
        out.add_row(escape(row["name"]), _money(row["shapley_change"]),
                    _span(row["shapley_change_low"], row["shapley_change_high"]), _money(row["nucleolus_change"]),
                    *due, _money(row["gain_without"]), *(("yes" if row["holds_up"] else "",) if paid else ()))
    screen.print(out)


def _money(value: float) -> str:
    return BLANK if value != value else Words.of().number(value)


def _span(low: float, high: float) -> str:
    least, most = _money(low), _money(high)
    return least if least == most else f"{least}…{most}"
