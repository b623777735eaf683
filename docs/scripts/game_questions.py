"""The questions of the page of bargaining that are games of states: Russia's assent, and gas over the Caspian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd
from bargaining_book import Asked, Gain
from question_book import WORDS, Book

import energy_routes as er
from energy_routes.pack import joined

DRAWS = 20
OIL, GAS = "oil-2024", "gas-2030"
SHUT, OPEN = "shut", "open"
# What could be built, by what it is called on the page.
WAYS: Mapping[str, Sequence[str]] = {
    "Kenkiyak–Kumkol": ("kenkiyak-kumkol",),
    "ships": ("tankers",),
    "ships, berths and BTC to 7 Mt": ("tankers", "aktau-berths", "btc-7"),
    "Eskene–Kuryk": ("eskene-kuryk",),
    "Eskene–Kuryk, ships and BTC to 7 Mt": ("eskene-kuryk", "tankers", "btc-7"),
}
CASPIAN, CHINA = "trans-caspian-kz", "china-second"
RULES = {"shapley": "by what each adds on average", "nucleolus": "by the rule that leaves the least content group as "
         "content as can be"}  # fmt: skip
BAND = (f"In brackets: real costs that are not published at 10 to 40 % of the tariff, and P10 to P90 of {DRAWS} draws of "
        "the other figures.")  # fmt: skip


@cache
def played(model: str, link: tuple[str, ...] = ()) -> er.Bargain:
    """A game of states, once."""
    return er.bargain(Book().case(model), link=link, draws=DRAWS)


class Rows:
    """The rows of a table of a bargain for one access, by player."""

    def __init__(self, table: pd.DataFrame, access: str = SHUT) -> None:
        self.table = table[table["access"] == access].set_index("player")

    def told(self, player: str, column: str, sign: float = 1.0) -> str:
        """A number with its band: ``19,027 (18,402 to 19,423)``."""
        value, low, high = (sign * float(self.table.loc[player, name]) + 0.0
                            for name in (column, f"{column}_low", f"{column}_high"))  # fmt: skip
        ends = [WORDS.number(end) for end in sorted((low, high))]
        return WORDS.number(value) + (f" ({ends[0]} to {ends[1]})" if ends[0] != ends[1] else "")

    def sign(self, player: str, column: str) -> int:
        """1 where a number is above 0 all over its band, −1 where it is below, else 0."""
        low, high = (float(self.table.loc[player, f"{column}_{end}"]) for end in ("low", "high"))
        return int(low > SLIGHT) - int(high < -SLIGHT)

    def __getitem__(self, at: tuple[str, str]) -> float:
        return float(self.table.loc[at])


SLIGHT = 0.05  # MUSD: less is nothing


def russia(book: Book) -> Gain:
    """What Russia's assent is worth, and which option lowers that most for its capital."""
    today = played(OIL)
    shut, opened, game = Rows(today.shares), Rows(today.shares, OPEN), today.games.set_index("access").loc[SHUT]
    built = {name: played(OIL, tuple(options)) for name, options in WAYS.items()}
    links = {name: Rows(found.link) for name, found in built.items()}
    used = [name for name in built if links[name].table["shapley_change"].sum() > SLIGHT]
    sentences = [
        f"Without Russia's lines all others lose {shut.told('RU', 'adds')} MUSD of the {WORDS.number(game['together'])} "
        "that all earn in a year, home needs counted.",
        f"Russia's part is {shut.told('RU', 'shapley')} {RULES['shapley']}, and {shut.told('RU', 'nucleolus')} "
        f"{RULES['nucleolus']}.",
        f"If all lines stay open at their posted tariffs, what is left to divide is the tariff above real cost, and "
        f"Russia's part of it is {opened.told('RU', 'shapley')}.",
        f"Today its state and its companies earn {WORDS.number(shut['RU', 'today'])} above real cost on the lines of the "
        "plan, dividends of CPC among them: an owner that shuts CPC loses these.",
        *cheapest(built, links),
        f"While all agree, {len(used) or 'none'} of the {len(built)} would be used: the others are worth what they let "
        "the players refuse.",
    ]
    rows = [("nothing", "0", "0", shut.told("RU", "adds"), shut.told("RU", "shapley"), shut.told("RU", "nucleolus"))]
    for name, found in built.items():
        link = links[name]
        rows.append((name, WORDS.number(found.capital), WORDS.number(clear(link.table["shapley_change"].sum())),
                     *(link.told("RU", f"{column}_change") for column in ("adds", "shapley", "nucleolus"))))
    head = ("built", "capital, MUSD a year", "all gain", "without Russia all lose", "Russia, first rule",
            "Russia, second rule")  # fmt: skip
    return Gain(
        "What is Russia's assent worth, and which option lowers that most for its money?", "Kazakhstan, Russia, lenders",
        sentences, head, rows, f"The first line is MUSD of 2024, the others are changes of it. {BAND}",
        " ".join(today.left_out), (OIL,),
        (f"bargain {OIL}", *(f"bargain {OIL} --link {','.join(options)}" for options in WAYS.values())),
    )  # fmt: skip


def cheapest(built: Mapping[str, er.Bargain], links: Mapping[str, Rows]) -> list[str]:
    """Which option lowers Russia's part most for a dollar of capital, where that holds all over the bands."""
    ends = {name: [-links[name]["RU", f"shapley_change_{end}"] / found.capital for end in ("high", "low")]
            for name, found in built.items() if found.capital > 0}  # fmt: skip
    best = max(ends, key=lambda name: ends[name][0])
    if ends[best][0] <= max(most for name, (_, most) in ends.items() if name != best):
        return ["Which option lowers it most for a dollar turns within the bands, and is not said."]
    lowered = links[best].told("RU", "shapley_change", -1.0)
    return [f"For a dollar of capital, {best} lowers it most: by {lowered} MUSD a year for "
            f"{WORDS.number(built[best].capital)} a year."]  # fmt: skip


def clear(value: float) -> float:
    """A sum that is none is 0."""
    return value if abs(value) > SLIGHT else 0.0


def caspian(book: Book) -> Gain:
    """Gas over the Caspian or to China: whose veto is dear, and what a line changes."""
    over, east = played(GAS, (CASPIAN,)), played(GAS, (CHINA,))
    shares, game = Rows(over.shares), over.games.set_index("access").loc[SHUT]
    west, china = Rows(over.link), Rows(east.link)
    names = over.shares.drop_duplicates("player").set_index("player")["name"].to_dict()
    others = [player for player in over.players if player not in ("KZ", "rest")]
    dear = sorted(others, key=lambda player: -shares[player, "adds"])[:2]
    gain, costs = float(west.table["shapley_change"].sum()), over.capital
    sentences = [
        f"Without the lines of {names[dear[0]]} all others lose {shares.told(dear[0], 'adds')} MUSD a year, home needs "
        f"counted, and without those of {names[dear[1]]} {shares.told(dear[1], 'adds')}.",
        "No division leaves every group content." if game["core_empty"] else
        "There are divisions that no group can better, so one can last.",
        f"The line over the Caspian from Aktau, with all that it needs ({'; '.join(over.named)}), brings all together "
        f" {WORDS.number(gain)} MUSD a year and costs {WORDS.number(costs)}.",
        changes(over, west, names, 1, "would gain"),
        changes(over, west, names, -1, "would lose"),
        leverage(over, west),
        levy(book, west),
        *([f"A second string to China ({CHINA}) changes nothing for anybody."]
          if all(china.sign(player, "shapley_change") == 0 for player in east.players) else []),
    ]  # fmt: skip
    rows = [(names[player], *(shares.told(player, column) for column in ("adds", "shapley", "nucleolus")),
             *(west.told(player, f"{column}_change") for column in ("shapley", "nucleolus"))) for player in over.players]
    head = ("player", "all lose without it", "first rule", "second rule", "line over the Caspian, first rule",
            "second rule")  # fmt: skip
    return Gain(
        "Gas over the Caspian or to China: whose veto is dear, and is any division stable?",
        "Kazakhstan, Azerbaijan, Georgia, Türkiye, Russia, China", [s for s in sentences if s], head, rows,
        f"MUSD of 2030, the lines of outsiders shut; the last columns are changes before capital. {BAND} All others are "
        f"{joined(over.rest)}. No fee of "
        "Uzbekistan or Kazakhstan on the line to China is published, and no operating cost of TANAP.",
        " ".join(over.left_out), (GAS,),
        (f"bargain {GAS} --link {CASPIAN}", f"bargain {GAS} --link {CHINA}"),
    )  # fmt: skip


def changes(found: er.Bargain, link: Rows, names: Mapping[str, str], sign: int, verb: str) -> str:
    """Who gains by a line, or who loses, by the first rule; nothing where nobody does all over the band."""
    some = [f"{names[player]} {verb} {link.told(player, 'shapley_change', sign)}" for player in found.players
            if link.sign(player, "shapley_change") == sign]  # fmt: skip
    told = [joined(some[at : at + 3]) for at in range(0, len(some), 3)]  # three with their bands fill a sentence
    return f"Before capital and by the first rule, {'. '.join(told)}." if told else ""


def leverage(found: er.Bargain, link: Rows) -> str:
    """Whether the seller would gain more by the line than it costs, used or not."""
    low, high = (link["KZ", f"shapley_change_{end}"] for end in ("low", "high"))
    if low > found.capital:
        return "Kazakhstan alone would gain more by it than it costs, used or not."
    if high < found.capital:
        return "What it is worth to Kazakhstan against the other ways is less than it costs: it is no threat that pays."
    return ""


def levy(book: Book, link: Rows) -> str:
    """Türkiye's levy on TANAP beside its part; nothing where that turns within the band."""
    network = book.case(GAS).network
    payees, options = network.tables["payees"], network.tables["options"].set_index("id")
    state = payees[(payees["target"] == "arc:TANAP_FX") & (payees["kind"] == "state")]
    charge, most = float(state["charge"].iloc[0]), float(options.loc[CASPIAN, "capacity"])
    low, high = (link["TR", f"shapley_change_{end}"] for end in ("low", "high"))
    paid = charge * most
    if low <= paid <= high:
        return ""
    return (f"Türkiye's levy of {WORDS.number(charge)} USD/1000 m³ on all {WORDS.number(most)} bcm would be "
            f"{WORDS.number(paid)} MUSD: {'less' if paid < low else 'more'} than its part by the first rule.")  # fmt: skip


GAMES: Asked = {2: russia, 6: caspian}
