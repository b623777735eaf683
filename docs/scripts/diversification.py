"""Writes docs/diversification.md: what independence of one route costs, each number with its P10 and P90.

    python docs/scripts/diversification.py [DRAWS [JOBS]]

Every number comes from a solve of a bundled model; the bands from solves of draws of its figures (seed 1).  No clock
and no path stands in the page, so the same data give the same page.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from independence import ASKED, BTC, BUILT, BUILT_DRAWS, DRAWS, LINKS, NEAR, Numbers, atlas_of, cases, measured, stated
from question_book import WORDS, block, grid, printed, takers, wrapped

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.network.names import Names, short
from energy_routes.pack import joined
from energy_routes.studies.draws.draws import bands

SHARE = "policy.max_share.transit:RU"

# ---- words ---------------------------------------------------------------------------------------------------------


class Told:
    """Numbers with their bands, as the page writes them."""

    def __init__(self, stated_: Numbers, draws: pd.DataFrame) -> None:
        self.stated, self.draws = stated_, draws

    def number(self, key: str, digits: int = 0, scale: float = 1.0) -> str:
        """``2.0``, or ``no plan``."""
        at = self.stated.get(key, float("nan")) * scale
        return WORDS.number(at, digits) if at == at else "no plan"

    def row(self, words: str, key: str, unit: str, digits: int = 0, scale: float = 1.0) -> tuple[str, ...]:
        """A line of a table: what, number, unit, P10, P90, per cent of the draws without a plan."""
        low, high = (at * scale for at in self.band(key))
        ends = (WORDS.number(end, digits) if end == end else "–" for end in (low, high))
        missing = 100 * float(self._drawn(key).isna().mean())
        return words, self.number(key, digits, scale), unit, *ends, f"{missing:.0f}"

    def band(self, key: str) -> tuple[float, float]:
        """P10 and P90; NaN where no draw has a plan."""
        low, _, high = bands(float(value) for value in self._drawn(key))
        return low, high

    def holds(self, key: str, at: float = 0.0) -> bool:
        """Whether a number lies in the band, so that what is said of being above or below it may turn."""
        low, high = self.band(key)
        return low <= at <= high

    def earns(self, key: str) -> str:
        """``earns 6 MUSD``, ``loses 62 MUSD``, or that the band leaves it open."""
        if self.holds(key):
            return "may earn or lose money"
        at = self.stated[key]
        return f"{'earns' if at > 0 else 'loses'} {WORDS.number(abs(at), 0)} MUSD"

    def _drawn(self, key: str) -> pd.Series[float]:
        drawn = self.draws[key] if key in self.draws else pd.Series([float("nan")])
        return drawn.head(BUILT_DRAWS) if key == BUILT else drawn


def percent(cap: float) -> str:
    """``80 %``."""
    return f"{100 * cap:.0f} %"


# ---- the page ------------------------------------------------------------------------------------------------------

HEAD = ("what", "figure", "unit", "P10", "P90", "no plan, %")
Row = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Part:
    """An answer: its name, two sentences or so, its lines of the table and the commands that give it."""

    name: str
    sentences: Sequence[str]
    rows: Sequence[Row]
    commands: Sequence[str]


def dependence(on: Mapping[str, Case], told: Told) -> Part:
    """The Russian-transit share on today's pipes."""
    points = er.frontier(on["oil-2024"], SHARE, 1.0, 0.0).points
    prices = points.loc[points["kink"] | (points["what"] == "tightest"), "price_usd_per_t_exposure"]
    first, last = (f"{WORDS.number(float(at), 0)} USD" for at in (prices[prices >= 0.5].min(), prices.iloc[-1]))
    least = f"{told.number('least now', 1, 100)} %"
    share = f"{100 * told.stated['share now']:.1f} %"
    below = [cap for cap in ASKED if cap < told.stated["least now"]]
    shut = [er.solve(on["oil-2024"].with_policy(exports="free", max_share={"transit:RU": cap})).shut_in["oil"]
            for cap in below[:1]]
    return Part(
        "Less through Russia.",
        [f"On today's pipes the share can fall from {share} to {least} with exports held.",
         f"The first tonne that leaves Russia costs {first}, the last {last}.",
         *(f"A share of {percent(below[0])} would leave {WORDS.number(float(lost), 1)} Mt in the ground."
           for lost in shut)],
        [told.row("lowest Russian share", "least now", "%", 1, 100),
         told.row(f"Russian share of {percent(NEAR)}", "cost now 0.9", "USD/t", 2),
         told.row(f"Russian share of {percent(ASKED[0])}, builds", BUILT, "USD/t", 2)],
        [printed(f"frontier oil-2024 --over {SHARE} --from 0.96 --to 0.40", least, last)],
    )


def chain(on: Mapping[str, Case], told: Told) -> Part:
    """The same with the proposed chain over the Caspian."""
    floor, under = told.stated["least chain"], told.stated["least undersea"]
    reached, missed = [cap for cap in ASKED if cap >= floor], [cap for cap in ASKED if cap < floor]
    more = [cap for cap in missed if cap >= under]
    link, asked = "arc:KCTS", tariff(on["oil-2024-caspian"], "arc:KCTS")
    return Part(
        "With Eskene–Kuryk, ships and BTC.",
        [f"The share can fall to {told.number('least chain', 1, 100)} %"
         f"{f', not to {percent(missed[0])}' if missed else ''}.",
         *([f"An oil pipeline under the Caspian reaches {joined([percent(cap) for cap in more])}."]
           if more else []),
         entry("Eskene–Kuryk pipeline", link, asked, told, "USD/t")],
        [told.row("lowest Russian share, Eskene–Kuryk", "least chain", "%", 1, 100),
         *(told.row(f"Russian share of {percent(cap)}, Eskene–Kuryk", f"cost chain {cap:g}", "USD/t", 2)
           for cap in reached),
         told.row("lowest Russian share, pipeline under the sea", "least undersea", "%", 1, 100),
         told.row("Eskene–Kuryk enters below a tariff of", f"break-even {link}", "USD/t", 1)],
        [printed("solve oil-2024-caspian --scenario four-fifths --full",
                 *(f"{told.number(f'cost chain {cap:g}', 2)} USD/t" for cap in reached[:1])),
         printed(f"frontier oil-2024-caspian --scenario undersea --over {SHARE} --from 0.96 --to 0.40",
                 f"{told.number('least undersea', 1, 100)} %"),
         printed(f"frontier oil-2024-caspian --over {link}.tariff --from 0 --to 150",
                 told.number(f"break-even {link}", 1))],
    )


def btc(on: Mapping[str, Case], told: Told) -> Part:
    """What BTC is worth in a quiet year, and when the Caspian terminal limps."""
    widest = BTC[-1]
    held = on[f"{widest}+one-mooring"].set("limit:btc-quality.high", "2.2 Mt/y")
    ships, today = er.solve(held), er.solve(on[f"{BTC[0]}+one-mooring"])
    return Part(
        "BTC.",
        [f"In a quiet year 7 Mt in BTC {told.earns(widest)} against none.",
         f"With one CPC mooring all year it {told.earns(f'{widest}+one-mooring')}.",
         f"Its ships alone, which are free here, earn {WORDS.number(ships.netback - today.netback, 0)} MUSD, most by "
         f"{takers(today, ships, 1)}."],
        [told.row(f"BTC at {name.removeprefix('btc-')} Mt{'' if name == BTC[0] else ', ships'}, {year}",
                  f"{name}{label}", "MUSD")
         for year, label, names in (("quiet year", "", (BTC[0], widest)), ("one mooring", "+one-mooring", BTC))
         for name in names],
        [],
    )


def mooring(told: Told) -> Part:
    """One mooring for two months, and none."""
    cost, shut = f"{told.number('cpc-one-mooring')} MUSD", f"{told.number('cpc-one-mooring shut in', 2)} Mt"
    none = f"{told.number('stopped shut in', 1)} Mt"
    return Part(
        "CPC for two months.",
        [f"One mooring leaves {shut} in the ground and costs {cost}.", f"No mooring leaves {none}."],
        [told.row("cost of one mooring", "cpc-one-mooring", "MUSD"),
         told.row("output lost, one mooring", "cpc-one-mooring shut in", "Mt", 2),
         told.row("cost of no mooring", "stopped", "MUSD"),
         told.row("output lost, no mooring", "stopped shut in", "Mt", 1)],
        [printed("solve cpc-one-mooring", cost),
         printed("solve cpc-one-mooring --scenario stopped --full", none)],
    )


def worst_loss(family: str, unit: str, atlas: pd.DataFrame, told: Told) -> Part:
    """Which single loss hurts most."""
    keys = [f"loss {what}" for what in atlas["what"]]
    first = told.draws[keys].dropna(how="all").idxmax(axis=1) == keys[0]
    cost, lost = f"{told.number(keys[0])} MUSD", f"{WORDS.number(float(atlas['stranded'].iloc[0]), 1)} {unit}"
    return Part(
        "One loss for a year.",
        [f"The loss of {atlas['name'].iloc[0]} costs most, with {lost} not exported.",
         "It costs most in every draw." if first.all() else
         f"It costs most in {100 * first.mean():.0f} % of the draws."],
        [told.row(f"loss of {name}", key, "MUSD") for name, key in zip(atlas["name"], keys, strict=True)],
        [printed(f"stress {family}-2024", cost, lost)],
    )


def trans_caspian(on: Mapping[str, Case], told: Told) -> Part:
    """At what tariff the proposed gas pipelines enter."""
    case = on["trans-caspian-gas"]
    names = Names(case.network.tables).target
    called = {link: short(names[link]) for _, name, link in LINKS if name == "trans-caspian-gas"}
    return Part(
        "The Trans-Caspian and Trans-Anatolian pipelines.",
        [entry(name, link, tariff(case, link), told, "USD/1000 m³") for link, name in called.items()],
        [told.row(f"{name} enters below a tariff of", f"break-even {link}", "USD/1000 m³", 1)
         for link, name in called.items()],
        [printed(f"frontier trans-caspian-gas --over {link}.tariff --from 0 --to 150",
                 told.number(f"break-even {link}", 1)) for link in called],
    )


def tariff(case: Case, arc: str) -> float:
    """What a link asks in the first period, USD/t (USD/1000 m³)."""
    at = case.network.ids("arcs").index(arc.removeprefix("arc:"))
    return float(case.network.resolve("arcs", "tariff", case.periods)[at][0])


def entry(name: str, arc: str, asked: float, told: Told, unit: str) -> str:
    """Whether a link carries anything at its tariff, and whether a tenth of the draws says otherwise (P10 or P90)."""
    key = f"break-even {arc}"
    does, else_does = ("is used", "stays empty")[:: 1 if told.stated[key] > asked else -1]
    called, _, which = name.partition(": ")
    words = f"At its tariff of {WORDS.number(asked, 0)} {unit} the {called}{f' ({which})' if which else ''} {does}"
    return f"{words}. In a tenth of draws or more it {else_does}." if told.holds(key, asked) else f"{words}."


def section(title: str, parts: Sequence[Part]) -> list[str]:
    """The answers of a family: sentences, one table, the commands."""
    lines = [f"## {title}", ""]
    for part in parts:
        lines += wrapped(f"- **{part.name}** {' '.join(part.sentences)}", hang="  ")
    rows = [row for part in parts for row in part.rows]
    align = ["---", "--:", "---", "--:", "--:", "--:"]
    return [*lines, "", *grid(HEAD, rows, align), "", *block(line for part in parts for line in part.commands)]


def page(draws: int = DRAWS, jobs: int = 2) -> str:
    """The whole page; so many processes solve its draws."""
    on = cases()
    atlas = {family: atlas_of(on[f"{family}-2024"]) for family in ("oil", "gas")}
    worst = {family: list(table["what"]) for family, table in atlas.items()}
    told = Told(stated(on, worst), measured(on, worst, draws, er.workers_of(jobs)))
    lines = [
        "# What independence of one route costs", "",
        *wrapped("Costs are netback lost, in MUSD a year or USD per exported tonne."), "",
        *wrapped(f"*P10* and *P90* bound the middle four fifths of {draws:,} draws, {min(draws, BUILT_DRAWS)} with "
                 "builds. Figures vary as their grades say, related ones together. The spreads in `data/draws` are our "
                 "judgement. Home deliveries, contracts and bookings of others do not vary. The last column counts "
                 "those without a plan."), "",
        *section("Oil", [dependence(on, told), chain(on, told), btc(on, told), mooring(told),
                         worst_loss("oil", "Mt", atlas["oil"], told)]),
        *section("Gas", [worst_loss("gas", "bcm", atlas["gas"], told), trans_caspian(on, told)]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main(*counts: str) -> None:
    """Write the page beside its folder."""
    text = page(*map(int, counts))
    Path(__file__).resolve().parent.parent.joinpath("diversification.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
