"""Write the table of corridors and the answered questions of ``README.md``: ``python docs/scripts/readme.py``.

They stand between the lines ``<!-- NAME: docs/scripts/readme.py -->`` and ``<!-- end -->``.  Every figure comes from a
solve, and the words that say more, less or nothing follow the figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import pandas as pd
from gas_questions import MMBTU
from plan_figures import first_kink
from question_book import Book, turning

import energy_routes as er
from energy_routes.network.names import Names, short
from energy_routes.results.summary import limits_of_corridors
from energy_routes.studies.least_share import lowest_share
from energy_routes.studies.netback_sheets import netbacks

PAGE = Path(__file__).resolve().parent.parent.parent / "README.md"
WIDTH = 120
UNIT = {"oil": "Mt", "gas": "bcm"}
RUSSIA = "policy.max_share.transit:RU"
USED = 5e-4  # Mt or bcm a year: less is nothing


@dataclass(frozen=True)
class Corridor:
    """A row of the table: the model that is solved, the group of its pack, and the lines that it is known by."""

    model: str
    group: str
    lines: str


CORRIDORS = (
    Corridor("oil-2024", "CPC", "CPC: Tengiz – Novorossiysk"),
    Corridor("oil-2024", "ATYRAU_SAMARA", "Atyrau–Samara – Transneft, Druzhba"),
    Corridor("oil-2024", "MAKHACHKALA", "Aktau – Makhachkala – Novorossiysk"),
    Corridor("oil-2024", "BTC", "Aktau – Baku – BTC – Ceyhan"),
    Corridor("oil-2024", "CHINA_PIPE", "Kazakhstan–China"),
    Corridor("gas-2024", "CHINA", "Central Asia–Center – Beineu–Bozoi–Shymkent – China"),
    Corridor("gas-2024", "ORENBURG", "Karachaganak – Orenburg (Russia)"),
    Corridor("trans-caspian-gas", "CASPIAN", "Trans-Caspian – SCP – Trans-Anatolian – TAP (proposed, 2030)"),
)
HEAD = ["| corridor | a year | netback | one more | closed for a year: not exported | closed for a year: cost |",
        "|---|--:|--:|--:|--:|--:|"]


# ---- the table of corridors ----------------------------------------------------------------------------------------


def corridors(book: Book) -> list[str]:
    """The lines of the table."""
    lost = {model: er.stress(book.case(model), kinds=[f"corridor:{c.group}" for c in CORRIDORS if c.model == model])
            for model in dict.fromkeys(c.model for c in CORRIDORS)}
    return HEAD + [row(c, book.plan(c.model), lost[c.model].outages.set_index("what")) for c in CORRIDORS]


def row(corridor: Corridor, plan: er.Plan, lost: pd.DataFrame) -> str:
    """A corridor's volume, mean netback, the dearest limit of its routes, and what its loss does."""
    own = plan.groups[(plan.groups["group"] == corridor.group) & (plan.groups["period"] == "total")].iloc[0]
    unit = UNIT[own["family"]]
    routes = plan.routes[plan.routes["export"] & (plan.routes["corridor"] == corridor.group)]
    lifted = float(routes["volume"].sum())
    netback = f"{(routes['volume'] * routes['netback']).sum() / lifted:.0f}" if lifted > USED else "–"
    tight = limits_of_corridors(plan)[corridor.group, own["family"]]["price"]
    worth = f"{tight.max():.0f}" if len(tight) else "0"
    cells = [corridor.lines, amount(float(own["volume"]), unit, 1), netback, worth]
    what = f"corridor:{corridor.group}"
    if what in lost.index:
        gone = lost.loc[what]
        cells += [amount(float(gone["stranded"]), unit, 1), amount(float(gone["loss"]), "MUSD", 0)]
    else:  # nothing crosses it, so nothing is lost
        cells += ["0", "0"]
    return f"| {' | '.join(cells)} |"


def amount(value: float, unit: str, digits: int) -> str:
    """``44.7 Mt``, ``−52 MUSD``, ``0``."""
    number = f"{abs(value):,.{digits}f}"
    return "0" if float(number.replace(",", "")) == 0 else f"{'−' if value < 0 else ''}{number} {unit}"


# ---- the answered questions ----------------------------------------------------------------------------------------


def btc(book: Book) -> tuple[str, str]:
    """What BTC carries when it is opened to 5 Mt, and what the same crude earns by CPC."""
    plan = book.plan("btc-5")
    volume, more = carried(plan, "BTC"), carried(plan, "BTC") - carried(book.plan("oil-2026"), "BTC")
    ways = plan.routes[plan.routes["export"] & (plan.routes["origin"] == "KASHAGAN")].sort_values("volume")
    earned = {way: float(own["netback"].iloc[-1]) for way, own in ways.groupby("corridor")}  # of its largest route
    change = f"{abs(more):.1f} Mt {'more' if more > 0 else 'less'} than" if abs(more) >= 0.05 else "as much as"
    figures = f"{volume:.1f} Mt", f"{earned['BTC']:.0f}", f"{earned['CPC']:.0f}"
    return (f"**What does BTC carry if it accepts 5 Mt of Kazakh crude a year?** In 2026 it carries {figures[0]},"
            f" {change} with today's limit. At prices of 2026 Kashagan crude earns {figures[1]} USD/t by BTC and"
            f" {figures[2]} USD/t by CPC.",
            command("solve btc-5 --show routes", *figures))


def russia(book: Book) -> tuple[str, str]:
    """How far the share through Russia falls for a dollar on each exported tonne."""
    plan = book.plan("oil-2024")
    today = float(plan.groups.query("group == 'RU' and kind == 'transit' and period == 'total'")["share"].iloc[0])
    found = lowest_share(book.case("oil-2024"), "transit:RU", 1.0)
    figures = f"{100 * found.share:.1f} %", f"{found.premium:.2f} USD"
    return (f"**What does less dependence on Russian transit cost?** Of the exports, {100 * today:.1f} % cross Russia."
            f" For {figures[1]} on each exported tonne the share falls to {figures[0]}.",
            command("frontier oil-2024 --over policy.max_share.transit:RU --budget 1", *figures))


def anatolia(book: Book) -> tuple[str, str]:
    """What Tengiz gas earns by the Trans-Anatolian pipeline, beside China."""
    plan = book.plan("trans-caspian-gas")
    volume = carried(plan, "CASPIAN")
    table = netbacks(book.case("trans-caspian-gas"))
    free = table[(table["supply"] == "TENGIZ_GAS") & (table["capacity"] > USED)].sort_values("netback")
    west, east = (free[free["corridor"] == way].iloc[-1] for way in ("CASPIAN", "CHINA"))
    market = {node: short(name) for node, name in Names(plan.case.network.tables).market.items()}
    figures = [f"{way['netback']:.0f}" for way in (west, east)]
    stated = book.of("trans-caspian-gas").stated("market:ITALY.price", MMBTU)
    turns = turning(first_kink(book.case("trans-caspian-gas"), "market:ITALY.price", 8, 20, unit="USD/MMBtu"), stated,
                    "USD/MMBtu", 2)
    carries = f"It carries {volume:.1f} bcm." if volume > USED else "It carries nothing, even where the link is built."
    return (f"**Does Kazakh gas pay over the Trans-Anatolian pipeline in 2030?** {carries} Gas of Tengiz would earn"
            f" {figures[0]} USD/1000 m³ in {market[west['market']]} and {figures[1]} in {market[east['market']]}, after"
            f" all costs on the way. {turns}",
            command("netbacks trans-caspian-gas", *figures))


def carried(plan: er.Plan, corridor: str) -> float:
    """Mt (bcm) that a corridor carries over the horizon."""
    own = plan.groups.query(f"kind == 'corridor' and group == '{corridor}' and period == 'total'")
    return float(own["volume"].sum())


def command(words: str, *figures: str) -> str:
    """A command with the figures of its sentence, as ``tests/printed.py`` reads it."""
    return f"$ energy-routes {words}  # prints {', '.join(figures)}"


# ---- the page ------------------------------------------------------------------------------------------------------


def answers(book: Book) -> list[str]:
    """The questions with their answers, then the commands that give them."""
    asked = [ask(book) for ask in (btc, russia, anatolia)]
    told = [line for words, _ in asked
            for line in wrap(words, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)]
    return [*told, "", "```console", *(shown for _, shown in asked), "```"]


def rewritten(text: str, parts: Mapping[str, Sequence[str]]) -> str:
    """A page with the parts between its markers written anew.  Raises ValueError where a marker is missing."""
    for name, lines in parts.items():
        start = f"<!-- {name}: docs/scripts/readme.py -->"
        pattern = re.compile(rf"({re.escape(start)}\n).*?(<!-- end -->)", re.S)
        body = "\n".join(["", *lines, "", ""])
        text, found = pattern.subn(lambda match, body=body: match[1] + body + match[2], text)
        if found != 1:
            raise ValueError(f"{found} parts begin with {start!r} and end with '<!-- end -->'; expected one")
    return text


def parts(book: Book) -> Mapping[str, Sequence[str]]:
    """The lines of each part by the name in its marker."""
    return {"corridors": corridors(book), "answers": answers(book)}


def main() -> None:
    """Write both parts."""
    PAGE.write_text(rewritten(PAGE.read_text("utf-8"), parts(Book())), "utf-8")


if __name__ == "__main__":
    main()
