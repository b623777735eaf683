"""The questions about oil: each a function from the book of plans to an answer."""

from __future__ import annotations

from plan_figures import (
    SEEN,
    bound,
    built,
    capacity,
    charge,
    exported,
    first_kink,
    flow,
    group,
    rerouted,
    shut,
    spent,
    tariff,
    through_russia,
    worth,
)
from question_book import (
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
    takers,
    volume,
)  # fmt: skip

import energy_routes as er
from energy_routes.pack import joined

NEVER = float("inf")


def one_mooring(book: Book) -> Answer:
    """Oil 1: two months on one mooring of the Caspian terminal."""
    model, base = book.of("cpc-one-mooring"), book.plan("oil-2024-monthly")
    one, none = model.plans((), ["stopped"])
    moved, lost = rerouted(base, one), volume(exported(base, "oil") - exported(one, "oil"), "oil")
    return Answer(
        "What do two months on one CPC mooring cost?",
        model,
        [
            f"Exports {falls(exported(base, 'oil'), exported(one, 'oil'), 'oil')} and the netback "
            f"{gains(one.netback - base.netback)}.",
            f"Other routes take {volume(moved, 'oil')}, most by {takers(base, one)}." if moved > SEEN
            else "No other route carries more.",
            f"The first month allows {_at_once(one)}.",
        ],
        "2024 by month", base,
        rows({"one mooring": one, "no mooring": none}),
        model.sure({
            "arc:CPC_SPM.capacity": "what moorings load", "arc:CPC_KTO.capacity": "CPC's link to KazTransOil",
            "limit:iga-atyrau-samara.high": "the transit quota", "arc:KEN_KUM.capacity": "Kenkiyak–Kumkol",
            "ramp:corridor/ATYRAU_SAMARA/2.volume": "re-routing in the second month",
        }, "Russian shippers lose in proportion."),
        [model.solve(prints=[money(one.netback - base.netback), lost])],
    )  # fmt: skip


def _at_once(plan: er.Plan) -> str:
    """What groups that an event does not hit can carry beyond the reference in its first month, in all."""
    ramps = plan.ramps
    return volume(float(ramps.loc[ramps["month"] == "1", "ramp"].sum()), "oil")


def btc(book: Book) -> Answer:
    """Oil 2: 2.2, 5 or 7 Mt a year through BTC, and the tariff at which it wins."""
    model, widest = book.of("btc"), book.of("btc-7")
    steps = ("2.2", "5", "7")
    quiet, shock = ([book.plan(f"btc-{step}", *laid) for step in steps] for laid in ((), ("one-mooring",)))
    ships, wider = (_accepting(book, *asked) for asked in (("btc-7", "2.2 Mt/y"), ("btc-2.2", "7 Mt/y")))
    fee = tariff(quiet[2], "BTC")
    carried = volume(group(shock[2], "corridor", "BTC", "oil"), "oil")
    start, fills = _btc_draws(book), _btc_fills(book, fee)
    return Answer(
        "What is BTC worth at 2.2, 5 or 7 Mt?",
        model,
        [
            f"In a quiet year 7 Mt instead of 2.2 Mt, with ships for it, {brings(quiet[2].netback - quiet[0].netback)}.",
            f"With one CPC mooring all year that {brings(shock[2].netback - shock[0].netback)}, but the ships alone "
            f"bring {money(ships.netback - shock[0].netback)}, most by {takers(shock[0], ships, 1)}.",
            f"BTC then carries {carried} and adds {money(shock[2].netback - ships.netback)}; without the ships it "
            f"{brings(wider.netback - shock[0].netback)}.",
            _cut(start, fee),
            "On one mooring no lower tariff fills 7 Mt." if fills is None else
            f"On one mooring 7 Mt fill once the tariff falls from {number(fee)} to {number(fills)} USD/t.",
        ],
        "2.2 Mt", quiet[0],
        [Row("7 Mt, quiet", quiet[2]),
         *(Row(f"{step} Mt, one mooring", plan, against=shock[0]) for step, plan in zip(steps[1:], shock[1:], strict=True)),
         Row("ships alone, one mooring", ships, against=shock[0])],
        widest.sure({
            "arc:AKT_SNG.tariff": "Caspian freight", "differential:BTC_BLEND/.differential": "the premium of Azeri BTC",
            "arc:BTC.tariff": "the BTC tariff", "arc:TNG_AKT_R.tariff": "rail to Aktau",
        }, "Ships and rail are free here."),
        [widest.solve("one-mooring", prints=[carried]),
         printed("frontier btc-7 --scenario one-mooring --over arc:BTC.tariff --from 24 --to 0",
                 None if fills is None else f"{number(fills)} USD/t")],
    )  # fmt: skip


def _accepting(book: Book, name: str, most: str) -> er.Plan:
    """The plan on one mooring with the ships and rail of a model, where BTC accepts so much of Kazakh crude."""
    return er.solve(book.case(name, "one-mooring").set("limit:btc-quality.high", most))


def _btc_draws(book: Book) -> float:
    """USD/t by which BTC must earn more in a quiet year to draw more oil; infinity where no premium tried does."""
    case, today = book.case("btc-7"), 2.2
    draws = first_kink(case, "differential:BTC_BLEND/.differential", today, 14, unit="USD/bbl")
    grades = case.network.tables["commodities"]
    barrels = float(grades.loc[grades["id"] == "BTC_BLEND", "bbl_per_t"].iloc[0])
    return NEVER if draws is None else (draws - today) * barrels


def _btc_fills(book: Book, fee: float) -> float | None:
    """USD/t of tariff, from ``fee`` down, at which BTC fills on one mooring; None where none does."""
    points = er.frontier(book.case("btc-7", "one-mooring"), "arc:BTC.tariff", fee, 0).points
    filled = points.loc[points["limits"].str.contains("Kazakh crude accepted in BTC"), "cap"]
    return float(filled.iloc[0]) if len(filled) else None


def _cut(start: float, fee: float) -> str:
    if start <= fee:
        return f"In a quiet year a tariff cut of {number(start)} USD/t draws the first further oil."
    return "In a quiet year no tariff draws further oil."


def germany(book: Book) -> Answer:
    """Oil 3: the barrels of Germany after 1 May 2026."""
    model = book.of("druzhba-closed")
    opened, closed, tight = model.plans(["open"], (), ["no-room-in-cpc"])
    by_sea, by_line = (f"{number(_netback(plan, words))} USD" for plan, words in
                       ((tight, "Ust-Luga → Rotterdam"), (opened, "→ Schwedt")))
    lost = shut(closed, "oil") - shut(opened, "oil")
    change = closed.netback - opened.netback
    return Answer(
        "Where does the oil for Germany go without Druzhba?",
        model,
        [
            f"The 2.5 Mt a year leave by {takers(opened, closed, 1)}, and the netback {gains(change)}." if lost < SEEN
            else f"Of the 2.5 Mt a year {volume(lost, 'oil')} stays in the ground, and the netback {gains(change)}.",
            f"If CPC cannot take the oil, the netback {gains(tight.netback - opened.netback)}.",
            f"A tonne nets {by_sea} by Ust-Luga and {by_line} by Druzhba.",
            "Schwedt can take it from tankers through "
            "[Rostock](https://biznesalert.com/head-of-germanys-schwedt-refinery-prefers-rostock-to-gdansk-even-though-the-pomerania-oil-pipe-is-on-the-table) "
            "and [Gdańsk](https://www.pern.pl/de/dienstleistungen/rohoel/transport-von-erdoel/).",
        ],
        "2.5 Mt by Druzhba", opened,
        rows({"Druzhba closed": closed, "and CPC full": tight}),
        model.sure({
            "arc:TN_BY.tariff": "Transneft's tariff", "arc:T_UST_ROT.tariff": "Baltic freight",
            "arc:GTD.tariff": "the tariff of Belarus", "arc:PERN.tariff": "the Polish tariff",
        }, *(["A premium of a few dollars at Schwedt would turn the first sign."] if change > SLIGHT else [])),
        [model.solve("no-room-in-cpc", prints=[by_sea], full=True)],
    )  # fmt: skip


def _netback(plan: er.Plan, words: str) -> float:
    """USD/t of Karachaganak oil on the route whose words contain these."""
    routes = plan.routes
    chosen = routes[routes["route"].str.contains(words) & (routes["commodity"] == "KARACHAGANAK")]
    return float(chosen["netback"].iloc[0]) if len(chosen) else float("nan")


def china_line(book: Book) -> Answer:
    """Oil 4: more Russian transit in the line to China."""
    model, base = book.of("china-line-space"), book.plan("oil-2026")
    taken, shock, shock_free = model.plans((), ["one-mooring"], ["rosneft-stops", "one-mooring"])
    refused = base.netback - taken.netback
    tight = worth(shock, "capacity", "KEN_KUM")
    narrow = f"{number(tight)} USD"
    fees = 37  # MUSD a year, the least that is said of the transit refused
    return Answer(
        "Should Kazakhstan refuse more Russian transit to China?",
        model,
        [
            f"{'No' if refused < fees else 'Yes'}: a refusal of 2.5 Mt {brings(refused)}, and loses transit fees of "
            "about 40 MUSD a year.",
            f"A stop of all transit on one CPC mooring {brings(shock_free.netback - shock.netback)}.",
            f"With the transit the line has {number(capacity(taken, 'ATA_ALA'))} Mt a year for Kazakh oil, which uses "
            f"{number(flow(taken, 'ATA_ALA'))} Mt.",
            *([f"The limit is Kenkiyak–Kumkol: on one mooring one more tonne there is worth {narrow}."]
              if tight else []),
        ],
        "2026", base, [],
        model.sure({
            "arc:KEN_KUM.capacity": "Kenkiyak–Kumkol",
            "tier:DUSHANZI/2.discount": "the discount in China", "arc:ATA_ALA.tariff": "the tariff to the border",
        }, "The netback leaves out the fees."),
        [model.solve("one-mooring", prints=[narrow] if tight else [], full=True)],
    )  # fmt: skip


def hedges(book: Book) -> Answer:
    """Oil 5: what each hedge saves per dollar when the terminal limps."""
    model = book.of("hedges-compared")
    bare, quiet = model.plans(["none"], ["quiet"])
    plans = model.by_label({"Kenkiyak–Kumkol": ["kenkiyak"], "{} tankers, berths and BTC": ["ships"],
                            "Eskene–Kuryk, {} tankers and BTC": ["kuryk"], "all of them": ()})
    plans = {words.format(_tankers(plan)): plan for words, plan in plans.items()}
    *one, every = plans
    saved = {words: exported(plan, "oil") - exported(bare, "oil") for words, plan in plans.items()}
    each = {words: spent(plan) / saved[words] for words, plan in plans.items()}
    once = {words: (plan.netback - bare.netback) / charge(plan) + 1 for words, plan in plans.items()}
    cheapest = min(one, key=lambda words: each[words])
    idle, left = built(quiet), volume(shut(plans[every], "oil"), "oil")
    return Answer(
        "Which hedge against one CPC mooring costs least?",
        model,
        [
            f"The cheapest is {cheapest}, at {number(each[cheapest])} USD of capital per yearly tonne saved.",
            f"In a quiet year the best plan builds {joined(idle) or 'none of them'}.",
            f"On one mooring all of them leave {left} in the ground.",
        ],
        "one mooring all year", bare,
        [Row(words, plan, [number(each[words]), f"{once[words]:.0f}"]) for words, plan in plans.items() if words in one],
        model.sure({
            "option:tankers.capex": "ships", "option:aktau-berths.capex": "berths",
            "tier:DUSHANZI/2.discount": "the discount in China",
            "option:kenkiyak-kumkol.capex": "Kenkiyak–Kumkol", "option:eskene-kuryk.capex": "Eskene–Kuryk",
        }, "All stand in time."),
        [model.solve(prints=[left], full=True)],
        more=["capital, USD per t/y saved", "pays if once in, years"], tells=["exports"],
    )  # fmt: skip


def _tankers(plan: er.Plan) -> str:
    """How many ships are built for the Caspian."""
    return f"{plan.builds.loc[plan.builds['option'] == 'tankers', 'built'].sum():.0f}"


def russia_80(book: Book) -> Answer:
    """Oil 6: a Russian share of 80 %, exports held."""
    model, base = book.of("russian-transit-80"), book.plan("oil-2024")
    less, eighty = model.plans(["cheapest-builds-for-85"], ())
    end = er.frontier(book.case("oil-2024"), "policy.max_share.transit:RU", 0.95, 0.80).points.iloc[-1]
    least, dearest = f"{100 * end['cap']:.1f} %", f"{float(end['premium_usd_per_t']):.2f} USD"
    today = f"{through_russia(base)} %"
    shares = {"85 %": less, "80 %": eighty}
    each = {share: (base.netback - plan.netback) / exported(plan, "oil") for share, plan in shares.items()}
    return Answer(
        "What does a Russian share of 80 % cost?",
        model,
        [
            f"On the pipes of 2024 the share can fall from {today} to {least} with exports held.",
            f"That costs {dearest} on each exported tonne.",
            f"A share of 80 % costs {number(each['80 %'])} USD a tonne with builds.",
        ],
        "2024", base,
        [Row(share, plan, [number(each[share]), ", ".join(built(plan)) or "nothing"]) for share, plan in shares.items()],
        model.sure({
            "tier:DUSHANZI/2.discount": "China's discount", "tier:DUSHANZI/2.depth": "China's demand",
            "option:kenkiyak-kumkol.capex": "the cost of Kenkiyak–Kumkol", "arc:BTC.tariff": "the BTC tariff",
        }, "The builds are assumed to stand in 2024."),
        [model.solve(prints=[money(eighty.netback - base.netback)]),
         printed("frontier oil-2024 --over policy.max_share.transit:RU --from 0.95 --to 0.80", least, dearest)],
        more=["USD a tonne", "built"], tells=["exports"],
    )  # fmt: skip


def caspian(book: Book) -> Answer:
    """Oil 7: a metre less of the Caspian."""
    model, base, usual = book.of("caspian-falls"), book.plan("oil-2026"), book.plan("btc-2.2", "one-mooring")
    one, two, shock = model.plans((), ["two-metres"], ["one-mooring"])
    fleet, berths = ([number(bound(p, "joint", limit)) for p in (base, one)]
                     for limit in ("caspian-fleet", "aktau-berths"))
    return Answer(
        "What does a Caspian one metre lower take from Aktau?",
        model,
        [
            f"The tankers carry {fleet[1]} Mt a year instead of {fleet[0]}.",
            f"The large berths load {berths[1]} Mt instead of {berths[0]}.",
            f"That {brings(one.netback - base.netback)}, and on one CPC mooring it {brings(shock.netback - usual.netback)}.",
        ],
        "2026", base,
        [*rows({"a metre": one, "two metres": two}), Row("a metre, one mooring", shock, against=usual)],
        model.sure({
            "arc:AKT_MKH.tariff": "freight", "limit:caspian-fleet.high": "the fleet", "limit:aktau-berths.high": "the berths",
        }, "The metre is assumed to act as the last."),
        [model.solve(prints=[money(one.netback - base.netback)])], tells=["exports"],
    )  # fmt: skip


def black_sea(book: Book) -> Answer:
    """Oil 8: war risk on the Black Sea, and its closure."""
    model, base = book.of("black-sea-risk"), book.plan("oil-2026")
    risk, without, closed = model.plans((), ["no-ust-luga"], ["closed"])
    left = max(flow(plan, "TN_SHES") for plan in (base, risk))
    shut_in = volume(shut(closed, "oil"), "oil")
    return Answer(
        "What do war risk and a closed Black Sea cost?",
        model,
        [
            f"War risk of 1 % of a ship's hull {brings(risk.netback - base.netback)}.",
            "No oil of Samara leaves by Sheskharis." if left < SEEN
            else f"Of Samara's oil, Sheskharis carries {volume(left, 'oil')} at most.",
            f"If Ust-Luga closes as well, it costs {money(risk.netback - without.netback)} more."
            if risk.netback - without.netback > SLIGHT else "If Ust-Luga closes as well, it costs no more.",
            f"A sea closed all year shuts in {shut_in} and {brings(closed.netback - base.netback)}.",
        ],
        "2026", base,
        rows({"war risk 1 %": risk, "and no Ust-Luga": without, "closed": closed}),
        model.sure({
            "arc:TN_USTL.tariff": "Transneft's tariff", "arc:TN_USTL.booked": "Ust-Luga's capacity",
            "arc:T_CPC_AUG.tariff": "freight",
        }),
        [model.solve(prints=[money(risk.netback - base.netback)]), model.solve("closed", prints=[shut_in])],
    )  # fmt: skip


def supsa(book: Book) -> Answer:
    """Oil 9: Baku-Supsa for Kazakh crude alone, or more in BTC."""
    model = book.of("baku-supsa")
    quiet, *shocks = (
        model.plans(*((*way, *event) for way in (("neither",), (), ("blend-in-btc",))))
        for event in ((), ("one-mooring",), ("one-mooring", "russia-shut"))
    )  # fmt: skip
    beats = [gains(supsa.netback - blend.netback, "beats blending by", "loses to blending by", "equals blending")
             for _, supsa, blend in (quiet, *shocks)]
    used = group(shocks[0][1], "corridor", "BAKU_SUPSA", "oil")
    return Answer(
        "Does Baku–Supsa beat blending into BTC?",
        model,
        [
            f"In a quiet year Supsa {beats[0]}.",
            f"On one CPC mooring Supsa carries {volume(used, 'oil')} and {beats[1]}.",
            f"With Makhachkala shut as well, it {beats[2]}.",
        ],
        "ships alone", shocks[0][0],
        [Row(f"{way}, {event}", plan, against=plans[0])
         for event, plans in zip(("one mooring", "Makhachkala shut"), shocks, strict=True)
         for way, plan in zip(("Supsa", "BTC"), plans[1:], strict=True)],
        model.sure({
            "arc:WREP.tariff": "the tariff of Baku–Supsa", "arc:T_SUP_AUG.tariff": "freight from Supsa",
            "arc:BTC.tariff": "the BTC tariff", "arc:WREP.capacity": "its capacity",
        }, "The cost of a restart is left out."),
        [model.solve("one-mooring", prints=[volume(used, "oil")])], tells=["exports"],
    )  # fmt: skip


def year_2030(book: Book) -> Answer:
    """Oil 10: 100 Mt and more, and 39 Mt of refining."""
    model = book.of("oil-2030")
    base = model.plan()
    plans = model.by_label({"105 Mt": ["output-105"], "115 Mt": ["output-115"], "39 Mt refined": ["refining-39"]})
    _, most, refined = plans.values()
    kept = exported(base, "oil") - exported(refined, "oil")
    lost = shut(most, "oil")
    return Answer(
        "How does oil leave in 2030?",
        model,
        [
            f"At an output of 115 Mt {'all oil finds a way out' if lost < SEEN else volume(lost, 'oil') + ' finds no way out'}.",
            f"Refining of 39 Mt at home instead of 18 {brings(refined.netback - base.netback)}.",
            f"It pays only if a tonne at home is worth more than {number((base.netback - refined.netback) / kept)} USD.",
        ],
        f"{base.supplies['available'].sum():.1f} Mt", base,
        rows(plans, lambda plan: [through_russia(plan)]),
        model.sure({
            "supply:TENGIZ.available": "output of 2030", "market:AUGUSTA.price": "Brent of 80 USD",
            "limit:cpc-kazakh-section.high": "the Kazakh section of CPC", "limit:iga-atyrau-samara.high": "the transit quota",
        }),
        [model.solve("refining-39", prints=[money(refined.netback - base.netback)])],
        more=["through Russia, %"],
    )  # fmt: skip


OIL = numbered(one_mooring, btc, germany, china_line, hedges, russia_80, caspian, black_sea, supsa, year_2030)
