"""Write ``docs/validation.md``: the models against the past.  Run as ``python docs/scripts/validation.py [YEAR …]``.

Every number and every sentence with a number comes from a solve or from ``data/history``; run twice, the page is the
same.  Years given are shown instead of 2022 to 2025, with the parameters fitted on the same year.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import backtest as bt
import hindcast
import leaning
import pandas as pd

import energy_routes as er
from energy_routes.pack import bundled as library

PAGE = Path(__file__).resolve().parent.parent / "validation.md"
MODELS = {"oil": "oil-2024", "gas": "gas-2024"}
UNITS = {"oil": "Mt", "gas": "bcm"}
YEARS = (2022, 2023, 2024, 2025)
LARGEST = {"oil": ("CPC", "ATYRAU_SAMARA"), "gas": ("CHINA", "ORENBURG")}  # the largest takes the rest
CHANGE = 0.1  # percentage points of a share from which a change is one
OFF = 0.20
Naive = Callable[[Any, int, bt.Shares], dict[str, float] | None]

# Why a corridor may be off: what is known of how volumes are set there, and where that stands in the pack.
MECHANISMS: Mapping[str, str] = {
    "CHINA_PIPE": "equity barrels: [CNPC's 8.333 %](https://caspianbarrel.org/en/2023/04/kazakhstan-wants-to-collect-5-"
    "1-billion-fine-for-environmental-violations-at-kashagan/) of Kashagan are taken at parity (tier 1 of `DUSHANZI`; "
    "the stake is published, its use is ours); the model sends all of them east, which no source says of the past",
    "BATUMI_RAIL": "records disagree: [KazTransOil](https://menafn.com/1107722129/Kaztransoil-Boost-Oil-Transit-From-"
    "Aktau-Port-To-Baku) counts none from Aktau, [traders](https://helsingefors.com/kazakhstan-increased-oil-exports-"
    "by-10-times-bypassing-russia) 1.328 Mt in Georgian ports; the model fills the tankers to Dubendi that are open to "
    "Kazakh oil, because the grade keeps its name there while Urals-type oil was at a discount",
    "BTC": "a [contract of 1.5 Mt a year](https://today.az./news/business/251628.html), in the model as ship-or-pay; "
    "and North Buzachi crude up to the most ever taken. In 2024 the programme was \"up to 1.5\"",
    "MAKHACHKALA": "what Baku leaves of the fleet on the Caspian, which is an estimate of 3.5 to 3.65 Mt a year",
    "ATYRAU_SAMARA": "the last outlet; slots are agreed year by year under a [quota of 15](https://kz.kursiv.media/en/"
    "2024-01-19/russia-to-expand-its-oil-exports-to-china-via-kazakhstan-by-40)",
    "CPC": "stops of the moorings, by their dates, and the owners' own barrels",
    "ORENBURG": "the [split of the swap of 2013](https://zakon.kz/amp/redaktsiia-zakonkz/4545564-ministr-nefti-i-gaza-"
    "osharashil-svoim.html), held; records differ in what they take for sold",
    "CHINA": "the surplus over home demand; commercial output of 2023 is an \"up to\", and 2.4 bcm were not delivered "
    "in the winter that opened it",
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every column but the first to the right, one written ``name>`` to the left."""
    rule = ["---" if at == 0 or name.endswith(">") else "---:" for at, name in enumerate(head)]
    lines = [[name.removesuffix(">") for name in head], rule, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def results(family: str, years: Sequence[int], knobs: bt.Knobs | None, told: Mapping[str, Any]) -> dict[int, er.Plan]:
    """A plan a year, with the parameters given (or as the pack stands)."""
    cases = {year: bt.case_of(MODELS[family], year) for year in years}
    return {year: er.solve(knobs.on(case, told) if knobs else case) for year, case in cases.items()}


def spread(values: Sequence[float]) -> str:
    """``1.3–1.8``, or one number where sources agree."""
    low, high = min(values), max(values)
    return f"{low:.1f}" if f"{low:.1f}" == f"{high:.1f}" else f"{low:.1f}–{high:.1f}"


def distances(volumes: bt.Shares, actual: Mapping[str, bt.Shares]) -> list[float]:
    """The distance to each record of a year."""
    return [bt.distance(volumes, record) for record in actual.values()]


def pro_rata(plan: er.Plan) -> dict[str, float]:
    """Naive: exports in proportion to the capacity open to them (nameplate less booked, joint limits and quotas)."""
    frame = plan.groups[(plan.groups["kind"] == "corridor") & (plan.groups["period"] == "total")]
    room = dict(zip(frame["group"], frame["capacity"], strict=True))
    tables = plan.case.network.tables
    meters = tables["meters"][tables["meters"]["kind"] == "corridor"].groupby("group")["arc"].agg(set)
    upstream = {"cpc-kazakh-section": "CPC", "atyrau-samara": "ATYRAU_SAMARA"}
    high = plan.case.network.resolve("limits", "high", plan.case.periods)[:, 0]
    for name, most in zip(plan.case.network.ids("limits"), high, strict=True):
        terms = tables["limit_terms"][tables["limit_terms"]["limit"] == name]
        if terms["commodity"].fillna("").ne("").any() or most != most:
            continue
        inside = [g for g, arcs in meters.items() if set(terms["arc"]) <= arcs] or [upstream.get(name, "")]
        room.update({g: min(room[g], float(most)) for g in inside if g in room})
    return {c: v for c, v in room.items() if v > 0}


def verdict(family: str, plans: Mapping[int, er.Plan], known: Mapping[int, bt.Shares]) -> str:
    """Distances by year to the records: the model, and beside it the naive forecasts.

    ``known`` has the volumes by corridor of the years as they were known on 1 January; none where that was not asked.
    """
    frame, rows = bt.history(family), []
    for year, plan in plans.items():
        actual = bt.records(frame, year)
        answers = [bt.corridors(plan), *([known[year]] if known else [])]
        cells = [spread(distances(v, actual)) for v in answers]
        rows.append([str(year), *cells, *(_naive(frame, year, actual, n) for n in (bt.last_year, _rest[family])),
                     spread(distances(pro_rata(plan), actual)), f"{len(actual)}"])  # fmt: skip
    head = ("year", "told the year", *(["as known on 1 January"] if known else []), "last year's shares",
            f"others as last year, {LARGEST[family][0]} the rest", "pro rata to capacity", "records")  # fmt: skip
    return table(head, rows)


_rest: Mapping[str, Naive] = {family: partial(bt.others_as_last_year, rest=two[0]) for family, two in LARGEST.items()}


def _naive(frame: Any, year: int, actual: Mapping[str, bt.Shares], forecast: Naive) -> str:
    told = _forecast(frame, year, actual, forecast)
    return spread(told) if told else "not known"


def _forecast(frame: Any, year: int, actual: Mapping[str, bt.Shares], forecast: Naive) -> list[float]:
    """The distance of a naive forecast to each record; nothing where the year before is not known."""
    told = [forecast(frame, year, record) for record in actual.values()]
    return [bt.distance(v, record) for v, record in zip(told, actual.values(), strict=True) if v is not None]


def count(family: str, answers: Mapping[int, bt.Shares], forecast: Naive) -> tuple[int, int]:
    """In how many years an answer is nearer to the records, on their mean, than a naive forecast; of how many."""
    frame, nearer, of = bt.history(family), 0, 0
    for year, volumes in answers.items():
        actual = bt.records(frame, year)
        if naive := _forecast(frame, year, actual, forecast):
            nearer, of = nearer + (sum(distances(volumes, actual)) < sum(naive)), of + 1
    return nearer, of


def signs(family: str, answers: Mapping[int, bt.Shares]) -> tuple[int, int]:
    """How often the change of share of the two largest corridors has the right sign; of how many changes.

    A change is against the first record of the year before; one of less than ``CHANGE`` points is none.
    """
    frame, right, of = bt.history(family), 0, 0
    for year, volumes in answers.items():
        actual = next(iter(bt.records(frame, year).values()))
        before = bt.last_year(frame, year, actual)
        if before is None:
            continue
        was, now, told = bt.shares(before), bt.shares(actual), bt.shares(volumes)
        for corridor in LARGEST[family]:
            real = now.get(corridor, 0.0) - was.get(corridor, 0.0)
            if 100 * abs(real) >= CHANGE:
                right, of = right + (real * (told.get(corridor, 0.0) - was.get(corridor, 0.0)) > 0), of + 1
    return right, of


def first_words(told: Mapping[int, bt.Shares], known: Mapping[int, bt.Shares]) -> str:
    """What the page begins with: the count of years and of signs, for each answer of the model to oil."""
    rows = []
    for name, answers in (("told the year", told), ("as known on 1 January", known)):
        counts = [count("oil", answers, n) for n in (bt.last_year, _rest["oil"])]
        rows.append([name, *(f"{n} of {of} years" for n, of in counts), "{} of {}".format(*signs("oil", answers))])
    head = ("the model", "nearer than last year's shares", "nearer than the others as last year, CPC the rest",
            "sign of the change of CPC and Atyrau–Samara right")  # fmt: skip
    begin = ("Told the output, home use, prices and stops of the year", "As known on 1 January")
    words = " ".join(f"{first}, it is so in {row[1]}." for first, row in zip(begin, rows, strict=True))
    return f"Is the model nearer to the record than last year's shares? {words}\n\n" + table(head, rows)


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "no year"


def full(plans: Mapping[int, er.Plan]) -> str:
    """In which years the Caspian system is full, so that its share is the record of stops and no merit of the model."""
    system = {"CPC_RU", "CPC_SPM", "cpc-kazakh-section"}
    tight = {y: set(p.prices.table.loc[p.prices.table["price"] > 0, "limit"]) & system for y, p in plans.items()}
    years = [str(y) for y in plans if tight[y]]
    rest = [str(y) for y in plans if str(y) not in years]
    return (
        f"The Caspian system is full in the model in {_list(years)}: its share is then what the stops leave, and no "
        f"merit of the routes. In {_list(rest)} it has free capacity, and the share is the model's choice."
    )


def by_route(family: str, plans: Mapping[int, er.Plan]) -> str:
    """Volumes by corridor, model and every record, a table a year; then what is off and why."""
    frame, parts, unit = bt.history(family), [], UNITS[family]
    for year, plan in plans.items():
        actual, model = bt.records(frame, year), bt.corridors(plan)
        names = [c for c in model if model[c] > 5e-3 or any(r.get(c) for r in actual.values())]
        names += [c for r in actual.values() for c in r if c not in names]
        names = list(dict.fromkeys(names))
        rows = [[c, f"{model.get(c, 0.0):.2f}", *(_cell(r, c) for r in actual.values())] for c in names]
        sums = [sum(model.values()), *(sum(r.values()) for r in actual.values())]
        rows.append(["sum", *(f"{v:.2f}" for v in sums)])
        rows.append(["distance", "", *(f"{d:.2f}" for d in distances(model, actual))])
        parts.append(f"**{year}**, {unit}\n\n" + table(["corridor", "model", *actual], rows))
        parts.append(explained(model, actual, unit))
    return "\n\n".join(p for p in parts if p)


def _cell(record: bt.Shares, corridor: str) -> str:
    return f"{record[corridor]:.2f}" if corridor in record else "–"


def explained(model: bt.Shares, actual: Mapping[str, bt.Shares], unit: str) -> str:
    """A line for every corridor of 1 Mt (bcm) or more off by more than a fifth.  KeyError: no mechanism is told."""
    lines = []
    for corridor in dict.fromkeys([*model, *(c for r in actual.values() for c in r)]):
        ours = model.get(corridor, 0.0)
        off = [n for n, r in actual.items() if max(ours, r.get(corridor, 0.0)) >= 1 and _off(ours, r.get(corridor, 0))]
        if off:
            lines.append(f"- {corridor} is off by more than a fifth ({', '.join(off)}): {MECHANISMS[corridor]}.")
    return "\n".join(lines)


def _off(ours: float, theirs: float) -> bool:
    return abs(ours - theirs) > OFF * max(theirs, 1e-9)


def parameters(told: Mapping[str, Any], knobs: bt.Knobs) -> str:
    """The behavioural parameters: what the sources leave open, what the fit takes."""
    rows = [[t["title"], f"{t['low']:g}–{t['high']:g}", f"{t['published']:g}",
             f"{knobs.values.get(n, t['published']):.4g}"] for n, t in told.items() if isinstance(t, dict)]  # fmt: skip
    notes = "\n".join(f"- {t['title']}: {t['note']}" for t in told.values() if isinstance(t, dict))
    return table(("parameter", "range", "pack", "fitted"), rows) + "\n\n" + notes


def left_out(told: Mapping[str, Any], knobs: bt.Knobs, years: Sequence[int]) -> str:
    """The mean distance with each parameter in turn at the value where its mechanism does nothing."""
    frame = bt.history("oil")

    def at(values: Mapping[str, float]) -> list[str]:
        found = {y: bt.volumes(bt.Knobs(values).on(bt.case_of(MODELS["oil"], y), told)) for y in years}
        return [f"{bt.loss(v, bt.records(frame, y)):.2f}" for y, v in found.items()]

    rows = [["all as fitted", *at(knobs.values)]]
    for name, t in told.items():
        if isinstance(t, dict):
            rows.append([f"without: {t['title']} ({t['neutral']:g})", *at({**knobs.values, name: t["neutral"]})])
    return table(("mean distance over the records", *map(str, years)), rows)


def gas(years: Sequence[int], told: Mapping[str, Any]) -> str:
    """The part on gas."""
    plans = results("gas", years, None, told)
    shares = bt.shares(bt.corridors(plans[2024])) if 2024 in plans else {}
    words = " and ".join(f"{100 * v:.0f} % {c}" for c, v in shares.items() if v > 5e-3)
    return "\n\n".join((
        "## Gas",
        "Nothing is fitted. " + (f"The shares of 2024 are {words}. " if words else "") + "No statistic gives the "
        "actual ones: volumes to China have been withheld by customs since 2022; how much of the gas handed over "
        "at Orenburg is sold was told once, for 2013. So each record is arithmetic or a plan; they stand side by side.",
        verdict("gas", plans, {}),
        gas_words(plans),
        by_route("gas", plans),
        "How well Orenburg comes out is no merit of the model: the split of 2013 is put in (limit "
        "`karachaganak-swap`), and most records use it too. What does come out is China, as the surplus that home "
        "demand leaves; it rests on the commercial output and on home demand of the year, both given.",
    ))  # fmt: skip


def gas_words(plans: Mapping[int, er.Plan]) -> str:
    """All exports of gas as the minister gave them, beside the model's."""
    frame = bt.history("gas")
    told = {y: t for y in YEARS if (t := bt.total(frame, y)) is not None and y in plans}
    lines = [f"{y} {t:.1f} (the model {sum(bt.corridors(plans[y]).values()):.1f})" for y, t in told.items()]
    return (
        "Records that are a customs value over a price are left out: the pack has the same price. All exports by the "
        f"ministry, bcm: {', '.join(lines)}. It may leave out gas of Karachaganak that stays in Russia. By value over "
        "price China had some 6 bcm in 2024, where the ministry's balance leaves 4.3 before fuel, and no source "
        "settles it ([Gas data](data-gas.md#how-the-past-comes-out))."
    )


def knew(years: Sequence[int]) -> str:
    """Each group of figures that knew the outcome, and the distance once it is replaced by what was known."""
    frame = bt.history("oil")
    found: dict[str, dict[int, hindcast.Effect]] = {}
    for year in years:
        for effect in hindcast.effects(bt.case_of(MODELS["oil"], year), bt.records(frame, year)):
            found.setdefault(effect.group.title, {})[year] = effect
    rows = [[title, *(_effect(by[y]) if y in by else "–" for y in years), *_last(by)] for title, by in found.items()]
    most = {y: max((t for t in found if y in found[t]), key=lambda t: max(found[t][y].losses)) for y in years}
    words = "; ".join(f"{y}: {t[0].lower()}{t[1:]} ({max(found[t][y].losses):.1f})" for y, t in most.items())
    head = ("figures that knew the outcome (how many)", *map(str, years), "known instead>", "why>")
    return f"Most hangs on, by year: {words}.\n\n" + table(head, rows)


def changed() -> str:
    """The first result of the protocol, and each result after a change: distances and years nearer than last year."""
    rows = pd.read_csv(library.data_path("history") / "results.csv", keep_default_na=False)
    cells = [[f"{r['date']}: {r['change']}", *(f"{r[f'{kind}_{y}']:.2f}" for kind in ("told", "known") for y in YEARS),
              f"{r['told_nearer']}, {r['known_nearer']}"] for r in rows.to_dict("records")]  # fmt: skip
    head = ("what changed", *(f"{kind} {y}" for kind in ("told", "known") for y in YEARS), "years nearer, of 4")
    return table(head, cells)


def _last(by: Mapping[int, hindcast.Effect]) -> tuple[str, str]:
    group = next(reversed(by.values())).group
    return instead_of(group), group.why


def _effect(effect: hindcast.Effect) -> str:
    """``1.89 (8)``; ``0.85–1.01 (54: arc:UAS.tariff)`` where each figure is moved alone."""
    low, high = (f"{v:.2f}" if v == v else "no plan" for v in (min(effect.losses), max(effect.losses)))
    which = f": `{effect.most}`" if effect.most else ""
    return (low if low == high else f"{low}–{high}") + f" ({effect.figures}{which})"


def instead_of(group: hindcast.Group) -> str:
    """What stands in place of a group, in words."""
    words = {"year before": "last year's", "undated": "the pack's without a year", "free": "no limit",
             "moved": "nothing: each figure a fifth lower and higher", "held": "the same"}  # fmt: skip
    earlier = any(group.holds(table, name, field, year) for year, table, name, field in hindcast.before())
    told = words.get(str(group.instead), str(group.instead))
    return f"an earlier source where one was found, else {told}" if earlier else told


def page(years: Sequence[int] = YEARS) -> str:
    """The whole page."""
    told = bt.behaviour()
    fitted = bt.fit(MODELS["oil"], told, bt.records(bt.history("oil"), int(told["fit_year"])))
    shown, gas_years = ([y for y in years if bt.records(bt.history(f), y)] for f in ("oil", "gas"))
    plans = results("oil", shown, fitted, told)
    known = {y: bt.volumes(hindcast.as_known(bt.case_of(MODELS["oil"], y))) for y in shown}
    moved = [t["title"] for n, t in told.items() if isinstance(t, dict) and fitted.values.get(n, t["published"]) !=
             t["published"]]  # fmt: skip
    body = (
        "# The models against the past",
        first_words({y: bt.corridors(plan) for y, plan in plans.items()}, known),
        "Written by `docs/scripts/validation.py` from fresh solves and `data/history`. The distance is half the sum of "
        "absolute differences of corridor shares, in percentage points: the part of exports that would have to change "
        "corridor. Where sources disagree, each record is compared and the range is shown.",
        "No flow is pinned: bounds are capacities, quotas, contracts, days of stoppage and quality ceilings; no arc "
        "has a least flow, and no bound of a year is what went through in that year (a test looks for it).",
        "## Oil",
        f"At most four numbers may turn. They are fitted on {told['fit_year']} alone; the other years are shown with "
        "the same numbers, and were not looked at in the fit.",
        verdict("oil", plans, known),
        full(plans),
        "### What knew the outcome",
        "A figure counts as known if its source is dated before 1 January of the year, or if it tells of the year "
        "before ([decision 38](decisions.md)). Every other one stands here, with the mean distance once what was known "
        "is put in its place. The first row has the distances as the year is told.",
        knew(shown),
        "### What was changed after the first result",
        "Each change that came after a look at the result, with the mean distances then. The last row is this page's.",
        changed(),
        "### The parameters",
        parameters(told, fitted),
        "The search is without derivatives and without chance (DIRECT, 40 solves). A parameter leaves the figure of "
        f"the pack only if that gains more than {bt.WORTH:g} points: "
        + (f"moved are {_list(moved)}." if moved else "none does, so the pack stands as published."),
        left_out(told, fitted, shown),
        "### By route",
        by_route("oil", plans),
        "### What each mechanism earns",
        leaning.table_of(shown, table),
        gas(gas_years, told),
        "## What this does not show",
        "A year is one plan: the order of months, cargoes and slots is not in it. Output by field and home use are "
        "given, not forecast, so the test is of the routes and not of the barrels. Four years of one decade are few.",
    )
    return "\n\n".join(body) + "\n"


def main(arguments: Sequence[str] = ()) -> None:
    """Write the page."""
    PAGE.write_text(page([int(a) for a in arguments] or YEARS), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
