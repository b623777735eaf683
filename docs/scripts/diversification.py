"""Writes docs/diversification.md: what independence of one route costs, each number with its P10–P90.

    python docs/scripts/diversification.py [DRAWS]

Every number comes from a solve of a bundled model; the bands from solves of draws of its figures (seed 1).  No clock
and no path stands in the page, so the same data give the same page.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from question_book import printed

import energy_routes as er
from energy_routes.case import Case
from energy_routes.errors import InfeasibleError
from energy_routes.formulation import build
from energy_routes.formulation.space import build_space
from energy_routes.highs import Session, Status
from energy_routes.library import data_path
from energy_routes.policy import Cap
from energy_routes.program import Program
from energy_routes.risk.outages import outages_of
from energy_routes.solver import program_of, stated
from energy_routes.studies.draws import Sampler, bands
from energy_routes.studies.losses import names_of
from energy_routes.studies.shock import Shock
from energy_routes.studies.stress import KINDS
from energy_routes.tightest import least_share

DRAWS, SEED = 16, 1
SHARE = "policy.max_share.transit:RU"
RU = Cap("transit", "RU", 1.0)
ASKED = (0.8, 0.6, 0.4)
NEAR = 0.9  # a share that today's pipes allow
BTC = ("btc-2.2", "btc-5", "btc-7")
LINKS = (("oil", "oil-2024-caspian", "arc:KCTS"), ("gas", "trans-caspian-gas", "arc:TC_AKTAU"),
         ("gas", "trans-caspian-gas", "arc:TANAP_FX"))
FIRST = 1e-3  # Mt or bcm a year: the first tonne, for a break-even
Numbers = dict[str, float]


# ---- numbers -------------------------------------------------------------------------------------------------------


def cases() -> dict[str, Case]:
    """Every case of the page, read once."""
    names = ["oil-2024", "gas-2024", "oil-2024-monthly", "cpc-one-mooring", *BTC, *(name for _, name, _ in LINKS)]
    out = {name: er.load(name) for name in names}
    out["stopped"] = out["cpc-one-mooring"].scenario("stopped")
    out["undersea"] = out["oil-2024-caspian"].scenario("undersea")
    for name in BTC:
        out[f"{name}+one-mooring"] = out[name].scenario("one-mooring")
    for label in ("", "+one-mooring"):
        out[f"no BTC{label}"] = out[f"btc-2.2{label}"].outage("BTC", reason="no Kazakh crude in it")
    return out


def optimum(case: Case) -> float:
    """Best netback, MUSD; NaN where there is no plan."""
    return value(stated(case)[1])


def value(program: Program) -> float:
    """Optimum of a programme, MUSD; NaN where there is none."""
    found = Session(program).solve()
    return found.objective if found.status is Status.optimal else float("nan")


class Uncapped:
    """A case without caps: its netback, its exports and its Russian share; and what a cap costs with exports held."""

    def __init__(self, case: Case) -> None:
        self.case, space = case, build_space(case)
        found = Session(build(space)).solve()
        if found.status is not Status.optimal:
            raise InfeasibleError(case.name, [])
        self.netback = found.objective
        self.exports = float(space.exports.value(found.x).sum())
        self.space = space.with_held({"oil": self.exports * (1 - 1e-9)})
        exposure = space.exposure.axis.frame.assign(volume=space.exposure.value(found.x))
        russian = exposure[(exposure["kind"] == "transit") & (exposure["group"] == "RU")]["volume"].sum()
        self.share = float(russian / exposure[exposure["kind"] == "corridor"]["volume"].sum())

    def least(self) -> float:
        """The lowest share with exports whole."""
        return least_share(self.space, RU)

    def cost(self, cap: float) -> float:
        """USD per exported tonne of a cap on the share; NaN where it cannot be met."""
        capped = self.case.with_policy(max_share={"transit:RU": cap})
        return (self.netback - value(build(dataclasses.replace(self.space, case=capped)))) / self.exports


def break_even(case: Case, arc: str) -> float:
    """The tariff at which the first volume begins to use an arc, USD/t (USD/1000 m³)."""
    name = arc.removeprefix("arc:")
    program = program_of(case.set(f"{arc}.tariff", 0.0))
    session = Session(program)
    rows = next(rows for rows in program.rows if rows.name == "capacity")
    (at,) = program.row_slice("capacity").start + np.flatnonzero((rows.axis.frame["arc"] == name).to_numpy())
    worth = []
    for most in (0.0, FIRST):
        session.set_row_bounds(np.array([at]), np.array([-np.inf]), np.array([most]))
        worth.append(session.solve().objective)
    return (worth[1] - worth[0]) / FIRST


def measured(on: Mapping[str, Case], worst: Mapping[str, Sequence[str]]) -> Numbers:
    """Every number of the page of one state of the figures."""
    out: Numbers = {}
    for label, name in (("now", "oil-2024"), ("chain", "oil-2024-caspian"), ("undersea", "undersea")):
        free = Uncapped(on[name])
        out[f"share {label}"], out[f"least {label}"] = free.share, free.least()
        if label == "now":
            out["cost now 0.9"] = free.cost(NEAR)
        if label == "chain":
            out |= {f"cost chain {cap:g}": free.cost(cap) for cap in ASKED if cap >= out["least chain"]}
    for label in ("", "+one-mooring"):
        closed = optimum(on[f"no BTC{label}"])
        out |= {f"{name}{label}": optimum(on[f"{name}{label}"]) - closed for name in BTC}
    quiet = optimum(on["oil-2024-monthly"])
    for name in ("cpc-one-mooring", "stopped"):
        space, program = stated(on[name])
        found = Session(program).solve()
        left = space.lifted.axis.data("available") - space.lifted.value(found.x)
        out[name], out[f"{name} shut in"] = quiet - found.objective, float(left.sum())
    for family, names in worst.items():
        out |= losses(on[f"{family}-2024"], names)
    for _, name, arc in LINKS:
        out[f"break-even {arc}"] = break_even(on[name], arc)
    return out


def losses(case: Case, names: Sequence[str]) -> Numbers:
    """Netback lost with each single loss over the year, MUSD, wells giving no more than planned."""
    shock, year = Shock(case, 0), {case.periods[0].label: 1.0}
    out = {}
    for outage in outages_of(case.network, names, case.periods):
        after = shock.strike(outage, year)
        out[f"loss {outage.name}"] = float("nan") if after is None else shock.lost(after.x)
    return out


def drawn(on: Mapping[str, Case], worst: Mapping[str, Sequence[str]], draws: int) -> pd.DataFrame:
    """One row a draw; the same figure moves alike in every case of a draw.  Draws without a plan are left out."""
    samplers = {name: Sampler(case, SEED) for name, case in on.items()}
    rows = []
    for index in range(draws):
        try:
            rows.append(measured({name: samplers[name].draw(index).of(case) for name, case in on.items()}, worst))
        except InfeasibleError:
            continue
    return pd.DataFrame(rows)


# ---- words ---------------------------------------------------------------------------------------------------------


class Told:
    """A number with its band: ``told("cost", 2, "USD")``."""

    def __init__(self, stated_: Numbers, draws: pd.DataFrame) -> None:
        self.stated, self.draws = stated_, draws

    def __call__(self, key: str, digits: int = 0, unit: str = "", scale: float = 1.0) -> str:
        """``2.0 USD (P10–P90: 1.5 to 2.6)``."""
        return f"{self.number(key, digits, unit, scale)} ({self.band(key, digits, scale)})"

    def number(self, key: str, digits: int = 0, unit: str = "", scale: float = 1.0) -> str:
        at = self.stated.get(key, float("nan"))
        return f"{figure(at * scale, digits)}{f' {unit}' if unit else ''}" if at == at else "no plan"

    def band(self, key: str, digits: int = 0, scale: float = 1.0) -> str:
        known = self.draws[key] if key in self.draws else pd.Series(dtype=float)
        low, _, high = bands(float(v) * scale for v in known)
        if low != low:
            return "no plan in any draw"
        missing = int(known.isna().sum())
        return f"P10–P90: {figure(low, digits)} to {figure(high, digits)}" + (
            f"; no plan in {missing} of {len(self.draws)} draws" if missing else "")


def figure(number: float, digits: int = 0) -> str:
    """Thousands parted, no minus before a zero."""
    text = f"{number:,.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "−")


def listed(items: Iterable[str]) -> str:
    """``a, b and c``."""
    known = list(items)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}" if known else "none"


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows), ""]


def kinks(points: pd.DataFrame) -> list[str]:
    """A table of a frontier's points: share, cost, price, and what opens there."""
    rows = []
    for point in points.to_dict("records"):
        end = "the end: no plan below" if point["what"] == "tightest" else ""
        opens = str(point["enters"]) if point["kink"] else end
        rows.append((f"{100 * point['cap']:.2f} %", figure(point["cost"], 1), figure(point["premium_usd_per_t"], 2),
                     figure(point["price_usd_per_t_exposure"], 0), opens))
    return grid(("share through Russia", "netback lost, MUSD", "USD per exported tonne",
                 "USD per further tonne moved", "what opens there"), rows)


def end_of(points: pd.DataFrame) -> tuple[str, str]:
    """The last point of a frontier as its table has it: share, and what it costs a tonne."""
    last = points.iloc[-1]
    return f"{figure(100 * last['cap'], 2)} %", f"{figure(last['premium_usd_per_t'], 2)} USD"


# ---- the page ------------------------------------------------------------------------------------------------------


def dependence(on: Mapping[str, Case], told: Told) -> list[str]:
    """The Russian-transit share on today's pipes."""
    curve = er.frontier(on["oil-2024"], SHARE, 1.0, 0.0)
    floor, share = told.stated["least now"], told.stated["share now"]
    whole = [cap for cap in ASKED if cap >= floor]
    gone = listed(f"{100 * cap:.0f} %" for cap in ASKED if cap < floor)
    rows = []
    for cap in ASKED:
        premium = er.solve(on["oil-2024"].with_policy(exports="free", max_share={"transit:RU": cap})).premium
        assert premium is not None, "a cap has a cost"
        volume = premium["shut_in_volume"]["oil"]
        rows.append((f"{100 * cap:.0f} %", figure(volume, 1), figure(premium["cost"]), figure(premium["shut_in"]),
                     figure(premium["rerouting"]), f"{100 * premium['rerouting'] / premium['cost']:.1f} %"))
    near = f"Coming down from {100 * share:.1f} % to {100 * NEAR:.0f} % costs {told('cost now 0.9', 2)} USD on every " \
           f"exported tonne; {gone} cannot be had on today's pipes without shutting wells in: the share cannot go " \
           f"below {told('least now', 1, '%', 100)}."
    if whole:
        near = f"From {100 * share:.1f} % the share can come to {told('least now', 1, '%', 100)} with exports whole."
    return [
        "## How far can the share that crosses Russia come down?", "", f"**{near}**", "",
        "The ways round Russia are few and nearly full: what SOCAR accepts in BTC, the ships on the Caspian, the "
        "line to "
        "China as far as the pipes that feed it, and rail. Each step down opens the next of them, and each costs "
        "more:", "",
        *kinks(curve.points[curve.points["cap"] <= share + 5e-3]),
        "Whoever asks for less all the same gets it by leaving oil in the ground, and pays for lost output, not for "
        "diversification:", "",
        *grid(("share", "shut in, Mt", "netback lost, MUSD", "by shutting in", "by re-routing", "re-routing"), rows),
        *command(printed(f"frontier oil-2024 --over {SHARE} --from 0.96 --to 0.40", *end_of(curve.points)),
                 f"frontier oil-2024 --over {SHARE} --budget 1"),
    ]


def chain(on: Mapping[str, Case], told: Told) -> list[str]:
    """The same with the proposed chain over the Caspian."""
    curve = er.frontier(on["oil-2024-caspian"], SHARE, 1.0, 0.0)
    floor = told.stated["least chain"]
    reached = [cap for cap in ASKED if cap >= floor]
    costs = [f"{100 * cap:.0f} % costs {told(f'cost chain {cap:g}', 2)} USD per exported tonne" for cap in reached]
    missed = listed(f"{100 * cap:.0f} %" for cap in ASKED if cap < floor)
    under = told.stated["least undersea"]
    more = [cap for cap in ASKED if under <= cap < floor]
    words = "With Eskene–Kuryk, its ships and BTC opened, " + (
        f"{listed(costs)}; {missed} stay out of reach" if costs else f"{missed} stay out of reach with exports whole")
    words += f": the end is {told('least chain', 1, '%', 100)}."
    line = f"A pipeline under the sea beside the ships brings the end to {told('least undersea', 1, '%', 100)}" + (
        f", so {listed(f'{100 * cap:.0f} %' for cap in more)} can be had with it." if more
        else ": not to the next of the three either.")
    return [
        "## And with the chain over the Caspian?", "", f"**{words}**", "",
        f"{line} The line to Kuryk pays its full levelised tariff here; the capital of a line under the sea is not "
        "published, so that answer leaves it out.", "",
        *kinks(curve.points[curve.points["cap"] <= told.stated["share chain"] + 5e-3]),
        *command(printed("solve oil-2024-caspian --scenario four-fifths",
                         *(told.number(f"cost chain {cap:g}", 2, "USD/t") for cap in reached[:1])),
                 printed(f"frontier oil-2024-caspian --over {SHARE} --from 0.96 --to 0.40", *end_of(curve.points)),
                 printed(f"frontier oil-2024-caspian --scenario undersea --over {SHARE} --from 0.96 --to 0.40",
                         told.number("least undersea", 1, "%", 100))),
    ]


def btc(told: Told) -> list[str]:
    """What BTC is worth in a quiet year, and when the Caspian terminal limps."""
    rows = [(name.removeprefix("btc-") + " Mt a year", told(name), told(f"{name}+one-mooring")) for name in BTC]
    quiet = [told.stated[name] for name in BTC]
    shock = [told.stated[f"{name}+one-mooring"] for name in BTC]
    words = f"With one mooring at the Caspian terminal all year BTC is worth {told(f'{BTC[0]}+one-mooring')}, " \
            f"{told(f'{BTC[1]}+one-mooring')} and {told(f'{BTC[2]}+one-mooring')} MUSD at 2.2, 5 and 7 Mt a year; " \
            f"in a quiet year {told(BTC[0])}, {told(BTC[1])} and {told(BTC[2])} MUSD."
    sign = "earns more than the other ways would" if quiet[0] > 0 else \
           "earns less than the other ways would: the barrels that are committed to it are the price of keeping it open"
    return [
        "## What is BTC worth?", "", f"**{words}**", "",
        f"In a quiet year BTC {sign}; the step from 2.2 to 7 Mt adds {figure(quiet[2] - quiet[0], 1)} MUSD. When the "
        f"terminal limps, each tonne a year beyond 2.2 saves some {figure((shock[2] - shock[0]) / 4.8)} USD, for "
        "without it that tonne would stay in the ground: BTC is an insurance, not a bargain. The models of 5 and 7 "
        "Mt add the ships, berths and tank cars that it "
        "takes, at no cost. Measured against the same year (2026) with no Kazakh crude in BTC, MUSD a year:", "",
        *grid(("accepted in BTC", "quiet year", "one mooring all year"), rows),
        *command(printed("solve btc-7", f"{figure(quiet[2] - quiet[0], 1)} MUSD"), "solve btc-7 --scenario one-mooring",
                 "frontier oil-2026 --over limit:btc-quality.high --from 0 --to 10"),
    ]


def mooring(on: Mapping[str, Case], told: Told) -> list[str]:
    """One mooring for two months, and none."""
    before, after = er.solve(on["oil-2024-monthly"]), er.solve(on["cpc-one-mooring"])
    both = er.compare(before, after)
    cost = both.cost
    moved = both.corridors[both.corridors["change"] > 0.005].sort_values("change", ascending=False)
    ways = listed(f"{row['corridor']} {figure(row['change'], 2)}" for row in moved.to_dict("records"))
    words = f"One mooring for two months loses {told('cpc-one-mooring')} MUSD of netback and " \
            f"{told('cpc-one-mooring shut in', 2, 'Mt')} of output; no mooring at all loses " \
            f"{told('stopped')} MUSD and {told('stopped shut in', 2, 'Mt')}."
    assert cost is not None, "the plan before has no caps"
    return [
        "## What does one mooring for two months lose?", "", f"**{words}**", "",
        f"Of the {figure(cost.total)} MUSD, {figure(cost.shut_in)} are output that stays in the ground and "
        f"{figure(cost.rerouting)} are dearer ways and times. What goes another way, in Mt: {ways}; the tanks at the "
        "terminal hold a few days. Russian shippers are assumed to be cut in the same proportion.", "",
        *command(printed("solve cpc-one-mooring", told.number("cpc-one-mooring", unit="MUSD"),
                         told.number("cpc-one-mooring shut in", 2, "Mt")),
                 printed("solve cpc-one-mooring --scenario stopped", told.number("stopped shut in", 2, "Mt"))),
    ]


def worst_losses(atlas: Mapping[str, pd.DataFrame], on: Mapping[str, Case], told: Told) -> list[str]:
    """Which single loss hurts most, for oil and for gas."""
    parts, tables, commands = [], [], []
    for family, unit in (("oil", "Mt"), ("gas", "bcm")):
        top = atlas[family].iloc[0]
        key = f"loss {top['what']}"
        parts.append(f"for {family} the loss of {named(top, on[f'{family}-2024'])}: {told(key)} MUSD a year and "
                     f"{figure(top['stranded'], 1)} {unit} of exports")
        commands.append(printed(f"stress {family}-2024", told.number(key, unit="MUSD"),
                                f"{figure(top['stranded'], 1)} {unit}"))
        tables += [f"{family.capitalize()}, each lost for a whole year:", "", *grid(
            ("loss", "kind", f"stranded, {unit}", f"home short, {unit}", "lost, MUSD", "by shutting in", "P10–P90"),
            [(str(row["name"]), str(row["kind"]), figure(row["stranded"], 1), figure(row["home_short"], 1),
              figure(row["loss"]), figure(row["loss_shut_in"]),
              told.band(f"loss {row['what']}").removeprefix("P10–P90: "))
             for row in atlas[family].to_dict("records")])]
    first = told.draws[[c for c in told.draws if c.startswith("loss ")]]
    oil = [f"loss {what}" for what in atlas["oil"]["what"]]
    often = int((first[oil].idxmax(axis=1) == oil[0]).sum())
    return [
        "## Which single loss hurts most?", "", f"**{'; '.join(parts)[0].upper()}{'; '.join(parts)[1:]}.**", "",
        f"In {often} of {len(first)} draws the first of oil stays the first. A loss is not foreseen, no well gives "
        "more than was planned, and home comes first: what even so does not reach home is in a column of its own.", "",
        *tables, *command(*commands, "stress oil-2024-monthly --onset 2024-03 --k 2"),
    ]


def named(row: pd.Series, case: Case) -> str:
    """``CPC (corridor)``."""
    return f"{names_of(case.network).get(row['what'], row['name'])} ({row['kind']})"


def chains(on: Mapping[str, Case], told: Told) -> list[str]:
    """At what tariff the proposed chains enter."""
    rows, words = [], []
    for family, name, arc in LINKS:
        network, unit = on[name].network, {"oil": "USD/t", "gas": "USD/1000 m³"}[family]
        at = network.ids("arcs").index(arc.removeprefix("arc:"))
        asked = float(network.resolve("arcs", "tariff", on[name].periods)[at][0])
        called, key = names_of(network)[arc], f"break-even {arc}"
        words.append(f"{called} below {told(key, 1)} {unit}")
        enters = "enters" if told.stated[key] > asked else "stays empty"
        rows.append((called, name, figure(asked, 1), told(key, 1), unit, enters))
    return [
        "## What must the Trans-Caspian and Trans-Anatolian chains cost to enter?", "",
        f"**They carry their first volume with a tariff of {listed(words)}.**", "",
        "The break-even of a link is what is left of the price at the far end when everything else on the way is "
        "paid, less "
        "what the same barrels earn on the way they take now; the other links are at the tariffs of the model. "
        "Nobody is "
        "made to use a link here: security is worth what the answers above say, on top.", "",
        *grid(("link", "in the model", "tariff there", "break-even", "unit", "at that tariff"), rows),
        *command(*(printed(f"frontier {name} --over {arc}.tariff --from 0 --to 150",
                           told.number(f"break-even {arc}", 1)) for _, name, arc in LINKS)),
    ]


def method(told: Told, draws: int) -> list[str]:
    """How the bands are made."""
    spreads = pd.read_csv(data_path("draws") / "spreads.csv")
    grades = ["high", "medium", "computed", "low", "estimate"]

    def cell(row: pd.Series, grade: str) -> str:
        return f"±{100 * row[grade]:.0f} %" if row["unit"] == "share" else f"±{row[grade]:g} {row['unit']}"

    rows = [(row["field"], *(cell(row, grade) for grade in grades)) for _, row in spreads.iterrows()]
    return [
        "## How the bands are made", "",
        f"The number is what the model's own figures give. The band is the middle four fifths of {len(told.draws)} "
        f"draws "
        f"(seed {SEED}" + (f"; {draws - len(told.draws)} draws had no plan)" if len(told.draws) < draws else ")") +
        " in which every figure varies as its grade of confidence says, and what hangs together moves together: all of "
        "Transneft's tariffs with the rouble, KazTransOil's mostly with the tenge, all tankers with one market of "
        "freight, "
        "all crude prices with Brent. Half of P10–P90 of a figure:", "",
        *grid(("figure", *grades), rows),
        "The spreads are our judgement (`data/draws`), the draws few: read a band as its size, not to the digit. "
        "What is "
        "not drawn: home deliveries, contracts, what others have booked, and the numbers that a question itself "
        "sets.", "",
    ]


def command(*lines: str) -> list[str]:
    """A block of commands, to be looked at: to run them all would take a minute."""
    return ["```text", *(f"$ energy-routes {line}" for line in lines), "```", ""]


def atlas_of(case: Case, most: int = 6) -> pd.DataFrame:
    """The costliest losses over the year, costliest first; of those that cost the same, a group before its arc."""
    table = er.stress(case, KINDS).outages
    table = table[table["loss"] > 0]
    ordered = table.assign(size=-table["loss"].round(1), arc=table["kind"] == "arc")
    ordered = ordered.sort_values(["size", "arc", "rank"])
    return ordered.drop_duplicates("size").head(most).drop(columns=["size", "arc"]).reset_index(drop=True)


def page(draws: int = DRAWS) -> str:
    """The whole page."""
    on = cases()
    atlas = {family: atlas_of(on[f"{family}-2024"]) for family in ("oil", "gas")}
    worst = {family: list(table["what"]) for family, table in atlas.items()}
    told = Told(measured(on, worst), drawn(on, worst, draws))
    parts = [
        "# What independence of one route costs", "",
        "Six questions that are asked in ministries, answered from the bundled models. Each answer is a number with "
        "its "
        "P10–P90 (the middle four fifths of what the doubt about the figures leaves open), then why, then the "
        "command that "
        "gives it. A cost is netback given up, in US dollars of the year; *with exports whole* means that as much is "
        "exported as without the wish. How costs are split into re-routing and output shut in is told in "
        "[Caps, security, bookings and regret](risk.md).", "",
        "Written by `docs/scripts/diversification.py`.", "",
        *dependence(on, told), *chain(on, told), *btc(told), *mooring(on, told), *worst_losses(atlas, on, told),
        *chains(on, told), *method(told, draws),
    ]
    return "\n".join(parts).rstrip() + "\n"


def main(draws: int = DRAWS) -> None:
    """Write the page beside its folder."""
    Path(__file__).resolve().parent.parent.joinpath("diversification.md").write_text(page(draws), "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
