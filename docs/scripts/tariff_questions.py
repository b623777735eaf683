"""The questions of the page of bargaining about the tariff of a corridor: BTC for Kazakh oil, and tolls in series."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import pandas as pd
from bargaining_book import Asked, Gain
from question_book import WORDS, Book, weakest

import energy_routes as er
from energy_routes.formulation import UNPUBLISHED
from energy_routes.pack import joined
from energy_routes.studies.draws.draws import bands
from energy_routes.studies.reasons.target import target_of
from energy_routes.studies.tariffs.making import Making
from energy_routes.studies.tariffs.reading import Reading

DRAWS = 100
AGREE = 0.9  # of the draws must, for a sentence to be said
ROOMS = ("2.2", "5", "7")  # Mt a year of Kazakh oil that BTC is open to: scenarios of the model btc
QUIET, MOORING = "quiet year", "one mooring"
MODEL, CORRIDOR = "btc", "BTC"
SERIES = ("the railway", "the port of Aktau", "the ships", "BTC", "Georgia", "Türkiye")
PLAYERS, STATES = ("KZ", "AZ", "GE", "TR", "RU", "CN"), ("AZ", "GE", "TR")
WITH, WITHOUT = "with", "without"
SLIGHT = 0.005  # USD/t, Mt, MUSD


@dataclass(frozen=True, eq=False)
class Found:
    """What the study found of one case; figures are those of the middle of the real costs."""

    made: Making
    charges: pd.DataFrame
    rests: pd.DataFrame
    bands: pd.DataFrame

    @classmethod
    def of(cls, book: Book, *scenarios: str) -> Found:
        """The corridor with scenarios laid over the model; each of the series may set a toll."""
        case = book.case(MODEL, *scenarios)
        made = Making(case, target_of(case, f"corridor:{CORRIDOR}"), len(SERIES), {}, {}, None, DRAWS, 1,
                      lambda done, total: None)  # fmt: skip
        return cls(made, made.charges(), made.apart(), made.bands())

    def reading(self, contracts: str) -> Reading:
        """The corridor with its contracts, or without."""
        return next(place.middle for place in self.made.places if place.contracts == contracts)

    def at(self, what: str, figure: str, contracts: str = WITHOUT) -> float:
        """A figure of a charge; NaN where there is no such charge."""
        own = self._own(self.charges, contracts)
        rows = own.loc[own["what"] == what, figure]
        return float(rows.iloc[0]) if len(rows) else float("nan")

    def volume(self, charge: float, contracts: str = WITHOUT) -> float:
        """What is moved at a charge."""
        return self.reading(contracts).demand.volume(charge)

    def band(self, what: str, contracts: str = WITHOUT) -> tuple[float, float]:
        """P10 and P90 of a charge over the draws; NaN where none has it."""
        own = self.bands[(self.bands["contracts"] == contracts) & (self.bands["figure"] == "charge")]
        rows = own[own["what"] == what]
        return (float(rows["p10"].iloc[0]), float(rows["p90"].iloc[0])) if len(rows) else (float("nan"),) * 2

    def apart(self, contracts: str) -> pd.DataFrame:
        """Where all of the series come to rest, the dearest last."""
        own = self._own(self.rests, contracts)
        return own[own["owners"] == len(SERIES)].sort_values("charge")

    def sure(self, claim: Callable[[Reading], bool], contracts: str = WITHOUT) -> bool:
        """Whether a claim holds, at every level of the real costs and in nine draws of ten."""
        place = next(place for place in self.made.places if place.contracts == contracts)
        drawn = [claim(one) for one in self.made.drawn[contracts]]
        return all(map(claim, place.readings.values())) and sum(drawn) >= AGREE * len(drawn)

    def _own(self, table: pd.DataFrame, contracts: str) -> pd.DataFrame:
        return table[(table["contracts"] == contracts) & (table["level"] == "middle")]


Years = dict[tuple[str, str], Found]  # by capacity and year


@cache
def every(book: Book) -> Years:
    """The study by capacity and year."""
    return {(room, year): Found.of(book, room, *(["one-mooring"] if year == MOORING else []))
            for year in (QUIET, MOORING) for room in ROOMS}


def usd(value: float) -> str:
    """``24.0``; a dash where there is none."""
    return WORDS.number(value, 1) if value == value else "–"


def mt(value: float) -> str:
    """``1.78``."""
    return WORDS.number(value, 2) if value == value else "–"


def span(found: Found, what: str, contracts: str = WITHOUT) -> str:
    """A charge with P10 and P90 in brackets."""
    low, high = found.band(what, contracts)
    return f"{usd(found.at(what, 'charge', contracts))} ({usd(low)}–{usd(high)})"


def place(room: str, year: str) -> str:
    """``7 Mt, one mooring``."""
    return f"{room} Mt, {year}"


# ---------------------------------------------------------------- 1


def btc(book: Book) -> Gain:
    """BTC for Kazakh oil: what tariff, and who gets the gain?"""
    found = every(book)
    rows = [(place(*key), mt(one.at("today", "volume", WITH)), mt(one.at("today", "volume")),
             mt(one.at("real cost", "volume")), span(one, "agreed"), span(one, "together"), span(one, "break-even"))
            for key, one in found.items()]  # fmt: skip
    return Gain(
        "BTC for Kazakh oil: what tariff, and who gets the gain?",
        "the energy ministries of Kazakhstan and Azerbaijan, and BOTAŞ", list(_of_btc(book, found)),
        ("BTC open to", "moved with contracts, Mt", "without", "at real cost", "agreed, USD/t", "one owner asks",
         "nothing above"),
        rows, f"From the third column on contracts are left out; in brackets P10–P90 of {DRAWS} draws. A year with one "
        "mooring is one in which the Caspian terminal loads at one of three. Charges of hundreds of USD/t stand where "
        "other ways are full: what finds none stays in the ground. Bands of the second table hold real costs of 10 to "
        f"40 % of the tariff as well. {_weakest(book)}",
        _left_out(), [MODEL],
        [*_commands(""), *(f"bargain {MODEL} --scenario {ROOMS[-1]}{laid} --players {','.join(PLAYERS)}"
                           for laid in ("", " --scenario one-mooring"))],
        ("what a state could get, MUSD", "first rule", "second rule", "today"), _shares(book),
    )  # fmt: skip


def _of_btc(book: Book, found: Years) -> Iterator[str]:
    first, hard = found[ROOMS[0], QUIET], found[ROOMS[-1], MOORING]
    today, cost, fees = first.at("today", "charge"), first.at("real cost", "charge"), _fees(book)
    ends = [(one.at("agreed", "charge"), *one.band("agreed")) for one in (found[room, QUIET] for room in ROOMS)]
    agreed, low, high = zip(*ends, strict=True)
    yield (f"In a quiet year carriers and shippers of equal weight would agree on {usd(min(agreed))} to "
           f"{usd(max(agreed))} USD/t: P10 to P90 of the draws are {usd(min(low))} to {usd(max(high))}.")  # fmt: skip
    yield f"BTC charges {mt(today)} USD/t, and moving a tonne really costs it {mt(cost)}."
    parts = joined([f"{mt(fee)} go to {name}" for name, fee in fees.items()])
    yield f"Of the charge {parts}: who pays these cannot go below {mt(cost + sum(fees.values()))}."
    held, free = (first.at("today", "volume", contracts) for contracts in (WITH, WITHOUT))
    yield f"In a quiet year {mt(held)} Mt go there with the contracts of today, and {mt(free)} Mt without them."
    most = [found[room, QUIET].volume(0.0) for room in ROOMS]
    if max(most) - min(most) < SLIGHT and all(
            found[room, QUIET].sure(lambda one: one.demand.volume(0.0) < float(ROOMS[0]) / 2) for room in ROOMS):
        yield f"Without contracts more capacity changes nothing then: at no charge do more than {mt(most[0])} Mt come."
    if hard.sure(lambda one: one.demand.volume(one.cost) > one.today.volume + SLIGHT):
        yield (f"With one mooring at the Caspian terminal and BTC open to {ROOMS[-1]} Mt {mt(hard.at('today', 'volume'))} Mt "
               f"come at the charge of today, and {mt(hard.volume(cost))} Mt at real cost.")  # fmt: skip
    for name, fee in fees.items():
        more = sum(one.sure(partial(_draws_more, fee)) for one in found.values())
        none = sum(one.sure(partial(_draws_none, fee)) for one in found.values())
        yield (f"If {name} alone waived its part, no more would come in {none} of the {len(found)} rows below, and more in "
               f"{more or 'none'}{'' if more + none == len(found) else '; the others are open within their bands'}.")
    games = [er.bargain(book.case(MODEL, ROOMS[-1], *laid), PLAYERS, draws=0, operating_share=share).games
             for laid in ((), ("one-mooring",)) for share in (None, *UNPUBLISHED)]  # fmt: skip
    if not any(empty for game in games for empty in game["core_empty"]):
        yield ("The second table tells what states could get because lines need their consent. There are divisions that "
               "no group of states can better by going its own way.")  # fmt: skip


def _draws_more(fee: float, one: Reading) -> bool:
    """Whether more is moved where a fee is taken off the charge of today."""
    today = one.today.charge
    return one.demand.volume(max(today - fee, 0.0)) > one.demand.volume(today) + SLIGHT


def _draws_none(fee: float, one: Reading) -> bool:
    return not _draws_more(fee, one)


def _fees(book: Book) -> dict[str, float]:
    """What states take of each tonne on BTC, USD/t, by name."""
    table = book.case(MODEL).network.tables["payees"]
    rows = table[(table["target"] == f"arc:{CORRIDOR}") & table["charge"].notna()]
    return {str(name).removeprefix("State of ").partition(" (")[0]: float(fee)
            for name, fee in zip(rows["payee"], rows["charge"], strict=True)}


def _shares(book: Book) -> list[tuple[str, ...]]:
    """What the states that BTC crosses could get as those whose consent it needs, lines of outsiders shut or open."""
    rows = []
    for year, laid in ((QUIET, ()), (MOORING, ("one-mooring",))):
        shares = er.bargain(book.case(MODEL, ROOMS[-1], *laid), PLAYERS).shares
        for row in shares[shares["player"].isin(STATES)].to_dict("records"):
            lines = "shut" if row["access"] == "shut" else "open at posted tariffs"
            rows.append((f"{row['name']}, {place(ROOMS[-1], year)}, lines {lines}",
                         *(f"{usd(row[rule])} ({usd(row[f'{rule}_low'])}–{usd(row[f'{rule}_high'])})"
                           for rule in ("shapley", "nucleolus")), usd(row["today"])))  # fmt: skip
    return rows


def _commands(option: str) -> list[str]:
    laid = [f"--scenario {room}{' --scenario one-mooring' if year == MOORING else ''}" for year in (QUIET, MOORING)
            for room in ROOMS]  # fmt: skip
    return [f"tariff {MODEL} {scenarios} --corridor {CORRIDOR}{option} --draws {DRAWS}" for scenarios in laid]


def _weakest(book: Book) -> str:
    figures = {"arc:BTC.tariff": "the tariff of BTC", "arc:AKT_SNG.tariff": "the freight to Baku",
               "arc:TNG_AKT_R.tariff": "rail to Aktau"}
    return f"{weakest(book.case(MODEL), figures)}."


def _left_out() -> str:
    return ("What mixing does to the price of BTC oil, the accounts of the ships, and what rail really costs are not "
            "known. Shippers who own the line get a part of the charge back. Other charges stay as they are.")


# ---------------------------------------------------------------- 3


def series(book: Book) -> Gain:
    """Tolls in series on the Middle Corridor: what does the lack of one tariff cost?"""
    found, rows = every(book), []
    for key, one in found.items():
        for contracts in (WITH, WITHOUT):
            rests = one.apart(contracts)
            last = rests.iloc[-1] if len(rests) else pd.Series(float("nan"), rests.columns)
            rows.append((f"{place(*key)}, {contracts} contracts", usd(one.at("together", "charge", contracts)),
                         mt(one.at("together", "volume", contracts)),
                         " or ".join(usd(at) for at in rests["charge"]) or "none", mt(last["volume"]),
                         usd(last["lost"]), _band(one, contracts)))  # fmt: skip
    count = len(SERIES)
    return Gain(
        "Tolls in series on the Middle Corridor: what does the lack of one tariff cost?",
        "Kazakhstan, Azerbaijan, Georgia and Türkiye", list(_of_series(found)),
        ("BTC open to", "one tariff, USD/t", "moves, Mt", f"{count} tolls, USD/t", "move, Mt", "owners lose, MUSD",
         "P10–P90"),
        rows, f"Losses are those at the dearest of the charges. {_weakest(book)}",
        f"{_left_out()} Idle ends are not told: where the others already ask too much, nobody brings oil back alone.",
        [MODEL],
        _commands(f" --owners {count}"),
    )  # fmt: skip


def _of_series(found: Years) -> Iterator[str]:
    count = len(SERIES)
    who = joined([SERIES[0][:1].upper() + SERIES[0][1:], *SERIES[1:]])
    yield f"{who} each set a toll at the meter of BTC, on top of the charges elsewhere."
    places = [(key, contracts) for key in found for contracts in (WITH, WITHOUT)]
    costly = [(key, contracts) for key, contracts in places if found[key].sure(_loses, contracts)]
    free = [(key, contracts) for key, contracts in places if found[key].sure(lambda one: not _loses(one), contracts)]
    yield (f"In nine draws of ten {count} tolls earn as much as one tariff in {len(free) or 'none'} of the {len(places)} "
           f"rows, and less in {len(costly) or 'none'}.")  # fmt: skip
    if len(free) + len(costly) < len(places):
        yield "The other rows are open within their bands."
    if costly:
        worst = max(costly, key=lambda at: found[at[0]].apart(at[1])["lost"].iloc[-1])
        row = found[worst[0]].apart(worst[1]).iloc[-1]
        yield (f"Most is lost with BTC open to {place(*worst[0])}, {worst[1]} contracts: {usd(row['lost'])} MUSD by the owners and "
               f"{usd(row['shipper_lost'])} MUSD by the shippers.")  # fmt: skip
        yield (f"Shared in equal parts one tariff gives each of the {count} {usd(row['lost_each'])} MUSD more there. "
               "Shippers gain, too.")  # fmt: skip


def _loses(one: Reading) -> bool:
    """Whether all of the series come to rest at a charge at which they earn less than one owner."""
    return _loss(one) > SLIGHT


def _loss(one: Reading) -> float:
    """What all of the series lose at the dearest charge at which they come to rest, MUSD; 0 where there is none."""
    return max((one.lost(rest)[0] for rest in one.apart if rest.owners == len(SERIES)), default=0.0)


def _band(found: Found, contracts: str) -> str:
    low, _, high = bands(map(_loss, found.made.drawn[contracts]))
    return f"{usd(low)}–{usd(high)}"


TARIFFS: Asked = {1: btc, 3: series}
