"""The questions about gas: each a function from the book of plans to an answer."""

from __future__ import annotations

from collections.abc import Sequence

from plan_figures import SEEN, bought, built, capacity, charge, equal_at, first_kink, flow, group, sold, spent
from question_book import (
    CHARGE,
    SLIGHT,
    Answer,
    Book,
    Row,
    brings,
    falls,
    gains,
    money,
    number,
    numbered,
    printed,
    rows,
    turning,
    volume,
)  # fmt: skip

import energy_routes as er
from energy_routes.pack import Period
from energy_routes.pack.units.periods import periods_of

MMBTU = 39.32 / 1.055056  # in 1000 m³ of Kazakh gas at 20 °C
PAST = periods_of([2022, 2025], "year")
PLANT = (3.2, 6.0)  # bn USD, the least and the most that is said of the plant at Karachaganak; the option has the middle
WINTER = ("2024-01", "2024-02", "2024-03", "2024-11", "2024-12")


def home_first(book: Book) -> Answer:
    """Gas 1: when home demand ends exports to China, and what puts that off."""
    model = book.of("gas-home-first")
    grows, faster, before = _growth(model.case()), _growth(model.case("twice-the-growth")), _growth(book.case("gas-2024"), PAST)
    laid = {f"home +{number(faster)} bcm a year": ("twice-the-growth",), "Kashagan plant 1": ("kashagan-plant-1",),
            "Kashagan plant 2": ("kashagan-plant-2",), "Karachaganak plant": ("karachaganak-plant",),
            "all three plants": ("kashagan-plant-1", "kashagan-plant-2", "karachaganak-plant")}
    base, plans = model.plan(), model.by_label(laid)
    fast, *_, together = plans.values()
    a_year = sold(base, "CHINA", ["2029"]) - sold(base, "CHINA", ["2030"])
    more = sold(together, "CHINA", ["2030"]) - sold(base, "CHINA", ["2030"])
    return Answer(
        "When does home demand end exports to China?",
        model,
        [
            f"Exports to China {falls(sold(base, 'CHINA', ['2026']), sold(base, 'CHINA', ['2030']), 'gas')} from 2026 to 2030.",
            f"At the pace of 2030 they {_end(base)}.",
            f"Home demand grew by {number(before)} bcm a year from 2022 to 2025, and grows by {number(grows)} here.",
            f"By {number(faster)} the netback {gains(fast.netback - base.netback)}, and they {_end(fast)}.",
            *([f"Three new plants put the end off by some {more / a_year:.0f} years."] if a_year > 0 and more > 0 else []),
        ],
        "2026–2030", base,
        rows(plans, lambda plan: [number(sold(plan, "CHINA", ["2030"]))]),
        model.sure({
            "obligation:HOME_STH.volume": "home demand by region", "supply:OTHER.available": "output of small fields",
            "market:CHINA.price": "the price in China", "limit:karachaganak-swap.high_ratio": "the terms of the swap",
            "arc:KSH_GPP1.capacity": "Kashagan's first plant",
        }, "Changes cover five years, without the cost of building."),
        [model.solve("twice-the-growth", prints=[money(fast.netback - base.netback)])],
        more=["to China in 2030, bcm"], tells=(),
    )  # fmt: skip


def _growth(case: er.Case, periods: Sequence[Period] = ()) -> float:
    """bcm by which home demand grows a year, over the horizon of a case or from the first to the last of some years."""
    years = periods or case.periods
    demand = case.network.resolve("obligations", "volume", years).sum(axis=0)
    return float(demand[-1] - demand[0]) / (years[-1].year - years[0].year)


def _end(plan: er.Plan) -> str:
    """The year in which exports to China reach nothing at the pace of the last two years."""
    last, before = (sold(plan, "CHINA", [year]) for year in ("2030", "2029"))
    return f"end about {2030 + round(last / (before - last))}" if before > last else "do not end"


def winter(book: Book) -> Answer:
    """Gas 2: winter deliveries to PetroChina."""
    model, base = book.of("gas-winter-china"), book.plan("gas-2024-monthly")
    kept, bare, cold = model.plans((), ["no-storage"], ["cold-winter"])
    due = 4.5 * sum(p.years for p in base.case.periods if p.label in WINTER)
    free, sent = (sold(plan, "CHINA", WINTER) for plan in (base, kept))
    kept_all = sent > due - SEEN
    cost = kept.netback - base.netback
    return Answer(
        "Can winter deliveries to PetroChina be kept?",
        model,
        [
            f"{'Yes' if kept_all else 'Not whole'}: the plan sends {number(sent)} of the {number(due)} bcm due from November to March.",
            f"Without the contract it sends {volume(free, 'gas')} in those months.",
            f"The contract {brings(cost)}.",
            f"Without storage it {brings(bare.netback - base.netback)}.",
        ],
        "2024 by month", base,
        rows({"contract kept": kept, "without storage": bare, "in a cold winter": cold}, _bought),
        model.sure({
            "obligation:HOME_STH.volume": "home demand by month", "supply:RUSSIA_ORENBURG.cost": "the price of bought gas",
            "contract:petrochina.volume": "the contract's volume", "storage:BOZOI.withdrawal": "Bozoi",
        }, "Months hide cold days."),
        [model.solve(prints=[money(cost)])],
        more=["bought, bcm"], tells=(),
    )  # fmt: skip


def orenburg(book: Book) -> Answer:
    """Gas 3: Orenburg stops, and what a plant of one's own would be worth."""
    model, base = book.of("orenburg-stops"), book.plan("energy-2024")
    month, year, plant = model.plans((), ["year"], ["year-with-plant"])
    loss, oil = base.netback - month.netback, _family_loss(base, month, "oil")
    spared = plant.netback - year.netback + charge(plant)
    capital = charge(plant) / CHARGE / 1000
    pays, least, most = (f"{12 * CHARGE * 1000 * cost / spared:.1f}" for cost in (capital, *PLANT))
    return Answer(
        "What does a stop of Orenburg cost?",
        model,
        [
            f"A month without intake {brings(-loss)}, {100 * oil / loss:.0f} % of it oil.",
            f"An own plant for {capital:.1f} bn USD costs {money(charge(plant))} a year and spares {money(spared)} in a year's stop.",
            f"So it pays if Orenburg stands still for {pays} months or more in every year: {least} at {PLANT[0]:.1f} bn USD, "
            f"{most} at {PLANT[1]:.1f} bn USD.",
        ],
        "2024", base,
        rows({"a month": month, "a year": year, f"a year, plant of {capital:.1f} bn USD": plant}),
        model.sure({
            "supply:KARACHAGANAK.available": "the field's oil", "market:ORENBURG_GAS.price": "the price at Orenburg",
            "option:karachaganak-plant.capex": "the cost of the plant", "supply:KARACHAGANAK_GAS.available": "the raw gas",
        }, "Oil is assumed to fall as in October 2025."),
        [model.solve(prints=[money(loss)])],
        tells=["exports"],
    )  # fmt: skip


def _family_loss(before: er.Plan, after: er.Plan, family: str) -> float:
    """MUSD of netback that one of oil and gas loses."""
    def earned(plan: er.Plan) -> float:
        rows = plan.ledger
        return float(rows.loc[(rows["family"] == family) & (rows["kind"] == "cash"), "value"].sum())
    return earned(before) - earned(after)


def north_east(book: Book) -> Answer:
    """Gas 4: own gas for the north, or Russian."""
    model, base = book.of("gas-north-east"), book.plan("gas-2030")
    own, russian, ten = model.plans((), ["russian-gas"], ["russian-gas-for-ten"])
    gap, price = own.netback - russian.netback, "supply:RUSSIA_ISHIM.cost"
    at, stated = equal_at(model.case("russian-gas"), price, 50, 400, own.netback), model.stated(price)
    return Answer(
        "Own or Russian gas for the north?",
        model,
        [
            f"Own gas {gains(gap, 'is cheaper by', 'is dearer by', 'costs as much')}{' a year' if abs(gap) >= SLIGHT else ''}.",
            f"It leaves {volume(sold(own, 'CHINA'), 'gas')} for China, and Russian gas {volume(sold(russian, 'CHINA'), 'gas')}.",
            turning(at, stated, "USD per 1000 m³ of Russian gas", 1),
        ],
        "2030", base,
        rows({"own gas": own, "Russian gas": russian, "Russian gas, 10 bcm": ten}, _bought),
        model.sure({
            "supply:RUSSIA_ISHIM.cost": "the price of Russian gas", "arc:ISHIM_AST.tariff": "the tariff of Ishim–Astana",
            "arc:SARYARKA.tariff": "the tariff of Saryarka", "market:CHINA.price": "the price in China",
        }, "The north's demand is assumed."),
        [model.solve("russian-gas", prints=[money(gap)])],
        more=["bought, bcm"], tells=(),
    )  # fmt: skip


def _bought(plan: er.Plan) -> list[str]:
    """The column of what is bought."""
    return [number(bought(plan))]


def transit(book: Book) -> Answer:
    """Gas 5: Russian gas to Uzbekistan."""
    model, offered = book.of("gas-transit-uzbekistan"), book.plan("gas-2026")
    none, first, forced = model.plans((), ["contract-2_8"], ["all-11-forced"])
    brought, after = offered.netback - none.netback, forced.netback - none.netback
    return Answer(
        "What does Russian transit to Uzbekistan bring?",
        model,
        [
            f"Of 11 bcm a year offered, the plan takes {number(flow(offered, 'UZ_HANDOVER'))} bcm, which {brings(brought)}.",
            f"If {number(flow(forced, 'UZ_HANDOVER'))} bcm for Uzbekistan and {number(flow(forced, 'KG_HANDOVER'))} for "
            f"Kyrgyzstan go first, they fill {number(flow(forced, 'CAC_ALG_MKT'))} of the line's "
            f"{number(capacity(forced, 'CAC_ALG_MKT'))}, and exports to China "
            f"{falls(sold(offered, 'CHINA'), sold(forced, 'CHINA'), 'gas')}.",
            f"The netback then {gains(after)} against no transit.",
        ],
        "no transit", none,
        rows({"2.8 bcm offered": first, "11 bcm offered": offered, "transit goes first": forced}),
        model.sure({
            "market:UZBEK_TRANSIT.price": "the fee",
            "limit:cac-makat-beineu.high": "Makat–Beineu's capacity", "tier:UZBEK_TRANSIT/1.depth": "the volume agreed",
        }),
        [model.solve("all-11-forced", prints=[money(after)])],
        tells=["exports"],
    )  # fmt: skip


def second_line(book: Book) -> Answer:
    """Gas 6: a second line to China."""
    model, base = book.of("second-line-to-china"), book.plan("gas-2030")
    plans = model.by_label({"line allowed": (), "new plants": ["new-plants"],
                            "lines full of transit": ["full-of-transit"], "both": ["new-plants", "full-of-transit"]})
    asked, plants, *_ = plans.values()
    free = volume(capacity(asked, "ACGP_EAST"), "gas")
    return Answer(
        "Is a second gas line to China worth its cost?",
        model,
        [
            f"{'Yes' if built(asked) else 'No'}: in 2030 the present lines have {free} for Kazakh gas.",
            f"China buys {volume(sold(asked, 'CHINA'), 'gas')} of Kazakh gas, or {volume(sold(plants, 'CHINA'), 'gas')} with new plants.",
        ],
        "2030", base,
        rows(plans, lambda plan: ["yes" if built(plan) else "no"]),
        model.sure({
            "supply:OTHER.available": "output of 2030", "market:CHINA.price": "the price in China",
            "option:china-second.capex": "the cost of the line", "arc:ACGP_EAST.booked": "what transit takes",
        }),
        [model.solve("new-plants", prints=[volume(sold(plants, "CHINA"), "gas")], full=True)],
        more=["built"], tells=(),
    )  # fmt: skip


def turkmen(book: Book) -> Answer:
    """Gas 7: Turkmen gas for the south, and a stake in TAPI."""
    model, base = book.of("turkmen-gas-south"), book.plan("gas-2026")
    three = model.plan()
    stated = model.stated("supply:TURKMENISTAN.cost")
    start = round(stated[1])
    pays = first_kink(model.case("free-to-choose"), "supply:TURKMENISTAN.cost", start, 150)
    price = None if pays is None else f"{pays:.0f} USD"
    change = three.netback - base.netback
    stake = 0.3 * 10000 * CHARGE
    return Answer(
        "Do Turkmen gas and a stake in TAPI pay?",
        model,
        [
            f"{'No' if change < SLIGHT else 'Yes'}: at parity with China, {start} USD per 1000 m³, 3 bcm a year {brings(change)}.",
            turning(pays, stated, "USD per 1000 m³"),
            f"A stake of 30 % in TAPI costs {money(stake)} a year, for no gas.",
        ],
        "2026", base,
        rows({"3 bcm bought": three}),
        model.sure({
            "supply:TURKMENISTAN.cost": "the price of Turkmen gas", "market:CHINA.price": "the price in China",
            "arc:ACGP_EAST.tariff": "the tariff of lines A, B, C",
        }),
        [model.solve(prints=[money(change)]),
         printed(f"frontier {model.name} --scenario free-to-choose --over supply:TURKMENISTAN.cost --from {start} --to 150", price)],
        tells=["exports"],
    )  # fmt: skip


def trans_caspian(book: Book) -> Answer:
    """Gas 8: a Trans-Caspian link and the chain behind it."""
    model, base = book.of("trans-caspian-gas"), book.plan("gas-2030")
    link, high, chain = model.plans((), ["prices=high"], ["prices=high", "build-the-chain"])
    bare, shut = model.plan("china-shut-no-link"), model.plan("china-shut")
    carried, *others = (group(plan, "corridor", "CASPIAN", "gas") for plan in (link, high, shut))
    stated = model.stated("market:ITALY.price", MMBTU)
    price = first_kink(model.case(), "market:ITALY.price", 8, 20, unit="USD/MMBtu")
    as_high = book.plan("gas-2030", "prices=high")
    against = {high: as_high, shut: bare}
    return Answer(
        "Does a gas pipeline under the Caspian pay?",
        model,
        [
            f"{'Yes' if carried > SEEN else 'No'}: at the central Italian price of 2030, {stated[1]:.2f} USD/MMBtu, it "
            f"carries {volume(carried, 'gas')}, and in the high scenario {volume(others[0], 'gas')}.",
            turning(price, stated, "USD/MMBtu", 2),
            "The Trans-Anatolian pipeline and its neighbours are booked, so they must grow too.",
            f"With its capital it {_chain(chain, as_high)} at high prices.",
        ],
        "2030", base,
        [Row(label, plan, [number(sent)], against=against.get(plan)) for label, plan, sent in zip(
            ("lines open", "high prices in both", "China shut in both"), (link, high, shut), (carried, *others), strict=True)],
        model.sure({
            "arc:TC_AKTAU.tariff": "the tariff of the crossing", "market:ITALY.price": "the price in Italy",
            "arc:SCPFX.tariff": "the South Caucasus expansion", "arc:TANAP_FX.tariff": "the Trans-Anatolian expansion",
            "arc:TAP_FX.tariff": "the Trans Adriatic expansion",
        }),
        [printed(f"frontier {model.name} --over market:ITALY.price --from 8 --to 20 --unit USD/MMBtu",
                 None if price is None else f"{price:.2f} USD/MMBtu")],
        more=["under the Caspian, bcm"], tells=(),
    )  # fmt: skip


def _chain(plan: er.Plan, without: er.Plan) -> str:
    """What becomes of the chain as a decision to build."""
    if not built(plan):
        return "is not built"
    return f"costs {money(spent(plan))} and {brings(plan.netback - without.netback)} a year"


GAS = numbered(home_first, winter, orenburg, north_east, transit, second_line, turkmen, trans_caspian)
