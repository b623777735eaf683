"""The questions about gas: each a function from the book of plans to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from question_book import (
    CHARGE,
    Answer,
    Book,
    Row,
    bound,
    built,
    charge,
    count,
    earned,
    exported,
    flow,
    gains,
    grades,
    group,
    lifted,
    listed,
    money,
    printed,
    room,
    sold,
    spent,
    volume,
)  # fmt: skip

import energy_routes as er

MMBTU = 39.32 / 1.055056  # in 1000 m³ of Kazakh gas at 20 °C
WINTER = ("2024-01", "2024-02", "2024-03", "2024-11", "2024-12")


def home_first(book: Book) -> Answer:
    """Gas 1: when home demand ends exports to China, and what puts that off."""
    name = "gas-home-first"
    base, fast = book.plan(name), book.plan(name, "twice-the-growth")
    projects = ("kashagan-plant-1", "kashagan-plant-2", "karachaganak-plant")
    plans = [book.plan(name, project) for project in projects]
    gained = [sold(plan, "CHINA", ["2030"]) - sold(base, "CHINA", ["2030"]) for plan in plans]
    together = book.plan(name, *projects)
    all_gained = sold(together, "CHINA", ["2030"]) - sold(base, "CHINA", ["2030"])
    a_year = sold(base, "CHINA", ["2029"]) - sold(base, "CHINA", ["2030"])
    put_off = [f"{words} {count(gain)}" for words, gain in zip(("Kashagan's first plant", "its second", "a plant at Karachaganak"), gained, strict=True)]
    return Answer(
        "When does the home deficit end exports to China, and which projects put that off?",
        [name],
        [
            f"As it stands exports to China fall from {count(sold(base, 'CHINA', ['2026']))} bcm in 2026 to {count(sold(base, 'CHINA', ['2030']))} in 2030 and end about {_end(base)}; if home demand grows by 1.0 instead of 0.5 bcm a year they are {count(sold(fast, 'CHINA', ['2030']))} in 2030 and end about {_end(fast)}.",
            f"In 2030 {listed(put_off)} bcm more reach China, all three {count(all_gained)}, which at the pace of 2030 puts the end off by {all_gained / a_year:.0f} years; the plant at Karachaganak takes the gas from a swap and a sale at Orenburg that earn more, and over the five years the netback {gains(plans[2].netback - base.netback)}, its cost of building apart.",
        ],
        [Row("2026-2030", base), Row("`twice-the-growth`", fast, base)]
        + [Row(f"`{project}`", plan, base) for project, plan in zip(projects, plans, strict=True)]
        + [Row("all three", together, base)],
        grades(book.case(name), {
            "obligation:HOME_STH.volume": "home demand by region", "supply:OTHER.available": "output beyond the named fields",
            "market:CHINA.price": "the price in China", "limit:karachaganak-swap.high_ratio": "the terms of the swap",
            "arc:KSH_GPP1.capacity": "Kashagan's first plant",
        }) + ". QazaqGaz's high case of 2022 (41 bcm at home in 2030) is far above both and would need imports. A year's average hides winter: see question 2.",
        [printed(f"solve {name}", earned(base)), printed(f"solve {name} --scenario twice-the-growth", earned(fast))],
    )  # fmt: skip


def _end(plan: er.Plan) -> str:
    """The year in which exports to China reach nothing at the pace of the last two years."""
    last, before = (sold(plan, "CHINA", [year]) for year in ("2030", "2029"))
    return f"{2030 + round(last / (before - last))}" if before > last else "never at that pace"


def winter(book: Book) -> Answer:
    """Gas 2: winter deliveries to PetroChina."""
    name, base = "gas-winter-china", book.plan("gas-2024-monthly")
    kept, bare, wells, cold = (book.plan(name, *s) for s in ((), ("no-storage",), ("bozoi-wells",), ("cold-winter",)))
    due = 4.5 * sum(p.years for p in base.case.periods if p.label in WINTER)
    sent = [sold(p, "CHINA", WINTER) for p in (base, kept, bare, cold)]
    bought = [lifted(p, "IMPORT") for p in (base, kept, bare, cold)]
    wells_help = wells.netback - kept.netback
    return Answer(
        "Can Kazakhstan honour winter deliveries to PetroChina while home demand comes first?",
        [name],
        [
            f"Left to itself the plan sends {volume(sent[0], 'gas')} to China from November to March; made to keep the contract it sends {count(sent[1])} of {count(due)} bcm due in those months and {gains(kept.netback - base.netback)}, filling Bozoi in summer and buying {volume(bought[1], 'gas')} from neighbours.",
            f"Without storages keeping it would cost {money(base.netback - bare.netback)} and take {volume(bought[2], 'gas')} of bought gas, so they are worth {money(kept.netback - bare.netback)}; a winter with a tenth more home demand {gains(cold.netback - kept.netback, 'brings', 'costs', 'costs nothing')}{' more' if cold.netback < kept.netback - 0.05 else ''} with {volume(bought[3], 'gas')} bought, and faster wells at Bozoi {gains(wells_help, 'bring', 'cost', 'bring nothing')}{', for the rate is not what binds by the month' if abs(wells_help) < 0.05 else ''}.",
        ],
        [Row("2024 by month", base), Row("the contract kept", kept, base), Row("`no-storage`", bare, kept),
         Row("`bozoi-wells`", wells, kept), Row("`cold-winter`", cold, kept)],
        grades(book.case(name), {
            "contract:petrochina.volume": "the contract's volume", "storage:BOZOI.withdrawal": "Bozoi",
            "obligation:HOME_STH.volume": "home demand by region and month",
            "supply:RUSSIA_ORENBURG.cost": "what bought gas costs",
        }) + ". Months hide cold days: the peak hour is not tested. In December 2022 and January 2023 exports did stop.",
        [printed(f"solve {name}", earned(kept), money(kept.netback - base.netback)),
         printed(f"solve {name} --scenario no-storage", earned(bare))],
    )  # fmt: skip


def orenburg(book: Book) -> Answer:
    """Gas 3: Orenburg stops, and what a plant of one's own would be worth."""
    name, base = "orenburg-stops", book.plan("energy-2024")
    month, quarter, year = (book.plan(name, *s) for s in ((), ("quarter",), ("year",)))
    plant = book.plan(name, "year-with-plant")
    loss, oil = base.netback - month.netback, _family_loss(base, month, "oil")
    yearly = [CHARGE * capex for capex in (3200, 6000)]
    spared = plant.netback - year.netback + charge(plant)
    return Answer(
        "What is lost if Orenburg stops again, and is a plant at Karachaganak worth USD 3.2-6bn?",
        [name],
        [
            f"A month without intake costs {money(loss)}, {100 * oil / loss:.0f} % of it oil: the field makes {volume(exported(base, 'oil') - exported(month, 'oil'), 'oil')} less of it, while {volume(exported(base, 'gas') - exported(month, 'gas'), 'gas')} of gas exports is lost because home takes what was meant for China; a quarter costs {money(base.netback - quarter.netback)} and a year {money(base.netback - year.netback)}.",
            f"Over 25 years at 10 % and with 3 % running cost a plant costs {count(yearly[0])}-{count(yearly[1])} MUSD a year, and in a year-long stop it would spare {money(spared)}, so that it pays if Orenburg stood still for {12 * yearly[0] / spared:.0f} to {12 * yearly[1] / spared:.0f} months in every year: it is an insurance, and no source expects stops as long.",
        ],
        [Row("2024, oil and gas", base), Row("one month", month, base), Row("`quarter`", quarter, base), Row("`year`", year, base), Row("`year-with-plant`", plant, year)],
        grades(book.case(name), {
            "supply:KARACHAGANAK.available": "the field's oil", "supply:KARACHAGANAK_GAS.available": "the raw gas",
            "market:ORENBURG_GAS.price": "the price at Orenburg (of 2013)", "option:karachaganak-plant.capex": "the cost of the plant",
        }) + ". That 27.5 % of the liquids are lost comes from the stop of October 2025 (25-30 %), and that a plant spares its part of them is an assumption; a month is a twelfth of the year here, not a winter month.",
        [printed(f"solve {name}", earned(month), money(loss)), printed(f"solve {name} --scenario year-with-plant", earned(plant))],
    )  # fmt: skip


def _family_loss(before: er.Plan, after: er.Plan, family: str) -> float:
    """MUSD of netback that one of oil and gas loses."""
    def earned(plan: er.Plan) -> float:
        rows = plan.ledger
        return float(rows.loc[(rows["family"] == family) & (rows["kind"] == "cash"), "value"].sum())
    return earned(before) - earned(after)


def north_east(book: Book) -> Answer:
    """Gas 4: own gas for the north, or Russian."""
    name, base = "gas-north-east", book.plan("gas-2030")
    own, russian, ten = (book.plan(name, *s) for s in ((), ("russian-gas",), ("russian-gas-for-ten",)))
    more = sum(float(p.obligations.loc[p.obligations["obligation"] == "HOME_AST", "volume"].sum()) * s for p, s in ((own, 1), (base, -1)))
    gap = own.netback - russian.netback
    return Answer(
        "North and east: expand Beineu-Shymkent and Saryarka for own gas, or import 10-12 bcm a year from Russia?",
        [name],
        [
            f"{count(more)} bcm a year more in the north costs {money(base.netback - own.netback)} with own gas, which takes exports to China from {count(sold(base, 'CHINA'))} bcm to {volume(sold(own, 'CHINA'), 'gas')}, and {money(base.netback - russian.netback)} with Russian gas by Ishim-Astana, which leaves {count(sold(russian, 'CHINA'))}: own gas {gains(gap, 'is cheaper by', 'is dearer by', 'costs as much')}, with {count(charge(own))} MUSD a year for stages 2-4 of Saryarka in it and, as nobody has published the cost of Ishim-Astana, an estimated tariff for that.",
            f"Beyond what Saryarka can carry there is no choice: a north of 10 bcm a year takes {volume(lifted(ten, 'IMPORT'), 'gas')} from Russia and costs {money(base.netback - ten.netback)} a year at today's price.",
        ],
        [Row("2030 as it stands", base), Row("own gas", own, base), Row("`russian-gas`", russian, base), Row("`russian-gas-for-ten`", ten, base)],
        grades(book.case(name), {
            "supply:RUSSIA_ISHIM.cost": "the price of Russian gas (what China pays)", "arc:ISHIM_AST.tariff": "the tariff of Ishim-Astana",
            "arc:SARYARKA.tariff": "the tariff of Saryarka", "market:CHINA.price": "the price in China",
        }) + ". The demand of the north is an assumption. The sign between the two hangs on 20 USD per 1000 m³ of the Russian price.",
        [printed(f"solve {name}", earned(own)), printed(f"solve {name} --scenario russian-gas", earned(russian))],
    )  # fmt: skip


def transit(book: Book) -> Answer:
    """Gas 5: Russian gas to Uzbekistan."""
    name, base = "gas-transit-uzbekistan", book.plan("gas-2026")
    none, first, forced, west = (book.plan(name, *s) for s in ((), ("contract-2_8",), ("all-11-forced",), ("more-western-gas",)))
    west_11 = book.plan(name, "more-western-gas", "plan-11")
    passed = flow(base, "UZ_HANDOVER")
    crowded = sold(base, "CHINA") - sold(forced, "CHINA")
    return Answer(
        "How much does the transit of Russian gas to Uzbekistan (11 bcm a year) bring, and what does it crowd out?",
        [name],
        [
            f"It brings {money(base.netback - none.netback)} a year at some {count((base.netback - none.netback) / passed)} USD per 1000 m³, but beside Kazakh gas only {count(passed)} of the 11 bcm fit, for Makat-Beineu is full at {count(bound(base, 'joint', 'cac-makat-beineu'))}; the contract of 2.8 bcm brought {money(first.netback - none.netback)}.",
            f"If {count(flow(forced, 'UZ_HANDOVER'))} bcm go before Kazakh gas, {volume(crowded, 'gas')} for China are crowded out and the netback is {gains(forced.netback - base.netback, 'higher by', 'lower by', 'the same')} than where Kazakh gas goes first, below what it would be with no transit by {money(none.netback - forced.netback)}; with 4 bcm more from western fields the room left for transit brings {money(west_11.netback - west.netback)}.",
        ],
        [Row("2026: 11 bcm offered", base), Row("no transit", none, base), Row("`contract-2_8`", first, none),
         Row("`all-11-forced`", forced, base), Row("`more-western-gas`, no transit", west, none),
         Row("`more-western-gas` + `plan-11`", west_11, west)],
        grades(book.case(name), {
            "market:UZBEK_TRANSIT.price": "the fee (1.40 of 2008 at today's dollar)", "limit:cac-makat-beineu.high": "room between Makat and Beineu",
            "tier:UZBEK_TRANSIT/1.depth": "the volume agreed",
        }) + ".",
        [printed(f"solve {name}", earned(none)), printed(f"solve {name} --scenario all-11-forced", earned(forced))],
    )  # fmt: skip


def second_line(book: Book) -> Answer:
    """Gas 6: a second line to China."""
    name, base = "second-line-to-china", book.plan("gas-2030")
    asked, plants = book.plan(name), book.plan(name, "new-plants")
    full, full_plants = book.plan(name, "full-of-transit"), book.plan(name, "new-plants", "full-of-transit")
    yearly = [CHARGE * capex for capex in (3000, 6000)]
    need = listed([f"{words}: {'built' if built(plan) else 'not built'}" for words, plan in (("as it stands", asked), ("with 3.5 bcm from new plants", plants), ("with transit filling lines A, B, C", full), ("with both", full_plants))])
    return Answer(
        "Is a second line to China (USD 3-6bn) justified when the existing one is about 70 % full?",
        [name],
        [
            f"{'No' if not built(asked) and not built(plants) else 'Yes'}: Kazakh gas for China in 2030 is {count(sold(asked, 'CHINA'))} bcm, {count(sold(plants, 'CHINA'))} with the new plants, and lines A, B, C have {count(room(asked, 'ACGP_EAST'))} free; a line would cost {count(yearly[0])}-{count(yearly[1])} MUSD a year.",
            f"Only if others' transit fills the lines does it come into question ({need}); what holds Kazakh exports back is gas, not pipe.",
        ],
        [Row("2030", base), Row("the line allowed", asked, base), Row("`new-plants`", plants, base), Row("`full-of-transit`", full, base), Row("`new-plants` + `full-of-transit`", full_plants, full)],
        grades(book.case(name), {
            "option:china-second.capex": "the cost of the line", "supply:OTHER.available": "output of 2030", "market:CHINA.price": "the price in China", "arc:ACGP_EAST.booked": "what transit takes",
        }) + ". Where the new plants stand is an assumption.",
        [printed(f"solve {name}", earned(asked)), printed(f"solve {name} --scenario new-plants --scenario full-of-transit", earned(full_plants))],
    )  # fmt: skip


def turkmen(book: Book) -> Answer:
    """Gas 7: Turkmen gas for the south, and a stake in TAPI."""
    name, base = "turkmen-gas-south", book.plan("gas-2026")
    three, half, free = (book.plan(name, *s) for s in ((), ("winter-2023",), ("free-to-choose",)))
    points = er.frontier(book.case(name, "free-to-choose"), "supply:TURKMENISTAN.cost", 252, 150).points
    kinks = points.loc[points["kink"], "cap"]
    loss = base.netback - three.netback
    stake = 0.3 * 10000 * CHARGE
    return Answer(
        "Should the south import Turkmen gas, or Kazakhstan buy 30 % of TAPI and Galkynysh?",
        [name],
        [
            f"At parity with China (252 USD per 1000 m³ at the field, an estimate) no: {volume(lifted(three, 'IMPORT'), 'gas')} bought lets {volume(sold(three, 'CHINA') - sold(base, 'CHINA'), 'gas')} of own gas go to China and still {gains(-loss)} a year, and left to choose the plan buys {volume(lifted(free, 'IMPORT'), 'gas')}; it pays below {count(float(kinks.iloc[0])) if len(kinks) else 'no price tried'} USD.",
            f"A stake cannot be routed: 30 % of TAPI's USD 10bn is {count(stake)} MUSD a year over 25 years at 10 % with 3 % running cost, or {count(stake / (0.3 * 33))} USD on each 1000 m³ of its share of 33 bcm, none of which comes to Kazakhstan.",
        ],
        [Row("2026", base), Row("3 bcm bought", three, base), Row("`winter-2023`: 1.5 bcm", half, base), Row("`free-to-choose`", free, base)],
        grades(book.case(name), {
            "supply:TURKMENISTAN.cost": "the price of Turkmen gas", "market:CHINA.price": "the price in China", "arc:ACGP_EAST.tariff": "the tariff of lines A, B, C",
        }) + ". TAPI's cost is the press's figure; its sales are not modelled.",
        [printed(f"solve {name}", earned(three), money(loss)),
         printed(f"frontier {name} --scenario free-to-choose --over supply:TURKMENISTAN.cost --from 252 --to 150",
                 *(f"{count(float(kink))} USD" for kink in kinks[:1]))],
    )  # fmt: skip


def trans_caspian(book: Book) -> Answer:
    """Gas 8: a Trans-Caspian link and the chain behind it."""
    name, base = "trans-caspian-gas", book.plan("gas-2030")
    link, full = book.plan(name), book.plan(name, "full-tanap-tariff")
    shut, bare, dear = (book.plan(name, s) for s in ("china-shut", "china-shut-no-link", "price-of-2022"))
    now = float(link.deliveries.loc[link.deliveries["market"] == "ITALY", "price"].iloc[0]) / MMBTU
    chain = book.plan(name, "price-of-2022", "build-the-chain")
    price = [_break_even(book.case(name, *s)) for s in ((), ("full-tanap-tariff",))]
    wide = [f"{words} {count(room(link, arc))}" for words, arc in (("South Caucasus", "SCPFX"), ("Trans-Anatolian", "TANAP_FX"), ("Trans Adriatic", "TAP_FX"))]
    used = group(dear, "corridor", "CASPIAN", "gas")
    return Answer(
        "Does a Trans-Caspian link pay at the Trans-Anatolian tariff of 79-102 USD per 1000 m³, and who gives the capacity?",
        [name],
        [
            f"At the TTF of 2024 ({now:.2f} USD/MMBtu) the whole chain carries {volume(group(full, 'corridor', 'CASPIAN', 'gas'), 'gas')} at the treaty's tariff and {volume(group(link, 'corridor', 'CASPIAN', 'gas'), 'gas')} at the tariff of a mere expansion: it draws Kazakh gas from China above {_price(price[1])} and {_price(price[0])} USD/MMBtu, every line paying its levelised cost at full load.",
            f"No line gives firm room: all of the South Caucasus, Trans-Anatolian and Trans Adriatic pipelines is booked, and all three must be widened together ({listed(wide)} bcm a year; {volume(used, 'gas')} enter the link at the price of 2022); built whole the chain is {count(spent(chain))} MUSD of capital for a link of {count(group(chain, 'corridor', 'CASPIAN', 'gas', 'capacity'))} bcm and {gains(chain.netback - base.netback, 'earns', 'loses', 'earns nothing')} a year at the price of 2022, while with China shut an open link saves {money(shut.netback - bare.netback)}.",
        ],
        [Row("2030", base), Row("chain open, expansion tariffs", link, base), Row("`full-tanap-tariff`", full, base),
         Row("`price-of-2022`", dear, base), Row("`price-of-2022` + `build-the-chain`", chain, base), Row("`china-shut-no-link`", bare, base), Row("`china-shut`", shut, bare)],
        grades(book.case(name), {
            "arc:TC_AKTAU.tariff": "the crossing (no proponent, no published cost)", "arc:SCPFX.tariff": "the South Caucasus expansion",
            "arc:TANAP_FX.tariff": "the Trans-Anatolian expansion", "arc:TAP_FX.tariff": "the Trans Adriatic expansion",
            "market:ITALY.price": "TTF for Italy, held",
        }) + ". At a first stage of 8 bcm the crossing costs three to four times as much a unit.",
        [printed(f"solve {name}", earned(link)),
         printed(f"frontier {name} --over market:ITALY.price --from 8 --to 20 --unit USD/MMBtu", f"{_price(price[0])} USD/MMBtu")],
    )  # fmt: skip


def _break_even(case: er.Case) -> float | None:
    """USD/MMBtu in Italy at which the first gas goes west: netback does not move with that price before."""
    points = er.frontier(case, "market:ITALY.price", 8, 20, unit="USD/MMBtu").points
    kinks = points.loc[points["kink"], "cap"]
    return float(kinks.iloc[0]) if len(kinks) else None


def _price(value: float | None) -> str:
    return "no price up to 20" if value is None else f"{value:.2f}"


GAS: Mapping[int, Callable[[Book], Answer]] = {
    1: home_first, 2: winter, 3: orenburg, 4: north_east, 5: transit, 6: second_line, 7: turkmen, 8: trans_caspian,
}  # fmt: skip
__all__: Sequence[str] = ("GAS",)
