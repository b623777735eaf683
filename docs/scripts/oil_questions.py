"""The questions about oil: each a function from the book of plans to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from question_book import (
    Answer,
    Book,
    Row,
    bound,
    built,
    carried,
    changes,
    charge,
    count,
    earned,
    exported,
    flow,
    gains,
    grades,
    group,
    listed,
    money,
    moves,
    printed,
    rerouted,
    room,
    shut,
    spent,
    tariff,
    volume,
    worth,
)

import energy_routes as er


def one_mooring(book: Book) -> Answer:
    """Oil 1: two months on one mooring of the Caspian terminal."""
    base, one, none = (
        book.plan("oil-2024-monthly"), book.plan("cpc-one-mooring"), book.plan("cpc-one-mooring", "stopped"),
    )  # fmt: skip
    lost, total = (exported(base, "oil") - exported(p, "oil") for p in (one, none))
    return Answer(
        "If CPC works on one mooring for two months, how much can be re-routed, by which routes, and what output is lost?",
        ["cpc-one-mooring"],
        [
            f"On one mooring {volume(rerouted(base, one), 'oil')} takes another way ({_risers(base, one)}), "
            f"{volume(lost, 'oil')} of exports is lost over the two months after tanks have filled and emptied, and the "
            f"netback {gains(one.netback - base.netback)}.",
            f"With no mooring at all {volume(total / 2, 'oil')} a month is lost and {volume(rerouted(base, none) / 2, 'oil')} "
            "re-routed; the ministry in 2022 reckoned with 3 and 1.3 of 4.4 Mt a month, and in December 2025 0.3 Mt took "
            "another way.",
        ],
        [Row("2024 by month", base), Row("one mooring, March and April", one, base), Row("`stopped`: none", none, base)],
        grades(book.case("cpc-one-mooring"), {
            "arc:CPC_SPM.capacity": "what moorings load", "arc:CPC_KTO.capacity": "the way from CPC's fields to KazTransOil",
            "limit:iga-atyrau-samara.high": "the transit quota", "arc:KEN_KUM.capacity": "Kenkiyak-Kumkol",
        }) + ". How a cut is shared between Kazakh and Russian shippers is an assumption.",
        [printed("solve cpc-one-mooring", money(one.netback - base.netback), volume(lost, "oil")),
         printed("solve cpc-one-mooring --scenario stopped", earned(none))],
    )  # fmt: skip


def btc(book: Book) -> Answer:
    """Oil 2: 2.2, 5 or 7 Mt a year through BTC, and the tariff at which it wins."""
    base, names = book.plan("oil-2026"), ("btc-2.2", "btc-5", "btc-7")
    quiet = [book.plan(name) for name in names]
    shock = [book.plan(name, "one-mooring") for name in names]
    taken = [[count(group(p, "corridor", "BTC", "oil")) for p in plans] for plans in (quiet, shock)]
    fee = tariff(quiet[2], "BTC")
    start, filled, fills = _btc_gaps(book)
    stands = "" if fills is None else (
        f"; on one mooring 7 Mt a year fill once the tariff is down to {count(fills)} USD/t, a cut of {count(fee - fills)}"
    )  # fmt: skip
    return Answer(
        "What is BTC worth at 2.2, 5 or 7 Mt a year, and what cut of tariff from SOCAR makes it beat the rest?",
        ["btc"],
        [
            f"In a quiet year a wider door {gains(quiet[2].netback - quiet[0].netback, 'brings', 'costs', 'brings nothing')} "
            f"at 7 Mt a year and BTC carries {taken[0][0]}, {taken[0][1]} and {taken[0][2]} Mt, because a tonne by CPC "
            f"nets more; with one mooring all year 5 and 7 Mt a year, ships and rail included, are worth "
            f"{money(shock[1].netback - shock[0].netback)} and {money(shock[2].netback - shock[0].netback)}, "
            f"though BTC itself carries {taken[1][1]} and {taken[1][2]} Mt and the ships take the rest elsewhere.",
            _cut(fee, start, filled) + stands + ".",
        ],
        [Row("2026", base)]
        + [Row(name, plan, base) for name, plan in zip(names, quiet, strict=True)]
        + [Row("btc-2.2 + `one-mooring`", shock[0], base)]
        + [Row(f"{n} + `one-mooring`", p, shock[0]) for n, p in zip(names[1:], shock[1:], strict=True)],
        grades(book.case("btc-7"), {
            "arc:BTC.tariff": "the BTC tariff (of the press)", "arc:AKT_SNG.tariff": "Caspian freight",
            "arc:TNG_AKT_R.tariff": "rail to Aktau", "differential:BTC_BLEND/.differential": "the premium of Azeri BTC",
        }) + ".",
        [printed("solve btc-7 --scenario one-mooring", earned(shock[2]), f"{taken[1][2]} Mt"),
         printed("frontier btc-7 --scenario one-mooring --over arc:BTC.tariff --from 24 --to 0",
                 *([] if fills is None else [f"{count(fills)} USD/t"]))],
    )  # fmt: skip


def _btc_gaps(book: Book) -> tuple[float, float, float | None]:
    """USD/t by which BTC must earn more in a quiet year, to begin to draw and to fill; and its tariff to fill in a shock."""
    case, door = book.case("btc-7"), "Kazakh crude accepted in BTC"
    premium = er.frontier(case, "differential:BTC_BLEND/.differential", 2.2, 14, unit="USD/bbl").points
    now, kinks = premium["cap"].iloc[0], premium[premium["kink"]]
    full = kinks.loc[kinks["limits"].str.contains(door), "cap"]
    barrels = float(case.network.tables["commodities"].set_index("id").loc["BTC_BLEND", "bbl_per_t"])
    shock = er.frontier(case.scenario("one-mooring"), "arc:BTC.tariff", tariff(book.plan("btc-7"), "BTC"), 0).points
    filled = shock.loc[shock["limits"].str.contains(door), "cap"]
    begin, end = (float(kinks["cap"].iloc[0]), float(full.iloc[0])) if len(full) else (float("inf"), float("inf"))
    return (begin - now) * barrels, (end - now) * barrels, float(filled.iloc[0]) if len(filled) else None


def _cut(fee: float, start: float, filled: float) -> str:
    if start == float("inf"):
        return "No cut of tariff makes it beat the rest in a quiet year"
    if start <= fee:
        return f"In a quiet year a cut of {count(start)} USD/t of {count(fee)} begins to draw barrels, and {count(filled)} fill it"
    return (
        f"In a quiet year not even free transit beats the rest: a tonne by BTC must earn {count(start)} USD more to draw the "
        f"first barrels and {count(filled)} to fill 7 Mt a year, and the tariff is {count(fee)}"
    )  # fmt: skip


def germany(book: Book) -> Answer:
    """Oil 3: the barrels of Germany after 1 May 2026."""
    opened, closed, tight = (
        book.plan("druzhba-closed", "open"), book.plan("druzhba-closed"), book.plan("druzhba-closed", "no-room-in-cpc"),
    )  # fmt: skip
    by_sea, by_line = _netback(tight, "Ust-Luga → Rotterdam"), _netback(opened, "→ Schwedt")
    change, pressed = closed.netback - opened.netback, tight.netback - opened.netback
    return Answer(
        "Where do the 2.5 Mt a year for Germany go after 1 May 2026, at what loss, and can Schwedt be served by sea?",
        ["druzhba-closed"],
        [
            f"Shut all year, the barrels go elsewhere without {'a tonne' if shut(closed, 'oil') < 0.001 else 'all'} being shut "
            f"in ({moves(opened, closed)} Mt) and the netback {gains(change)} against delivering them: Schwedt is priced like "
            "Rotterdam, no German premium being published, and the light oil of Karachaganak earns more as CPC Blend than in "
            "Transneft's mix.",
            f"If CPC has no room for them they go by Ust-Luga and the netback {gains(pressed)} ({count(abs(pressed) / 2.5)} USD "
            f"a tonne): a tonne nets {count(by_sea)} USD there and {count(by_line)} by Druzhba, so Schwedt could have it "
            "by sea for about that much more; pipes are no obstacle, with 6 Mt a year from "
            "[Rostock](https://biznesalert.com/head-of-germanys-schwedt-refinery-prefers-rostock-to-gdansk-even-though-the-pomerania-oil-pipe-is-on-the-table) "
            "and 30 from Gdańsk to [Płock](https://www.pern.pl/de/dienstleistungen/rohoel/transport-von-erdoel/).",
        ],
        [Row("`open`: 2.5 Mt delivered", opened), Row("shut all year", closed, opened),
         Row("`no-room-in-cpc`", tight, opened)],
        grades(book.case("druzhba-closed"), {
            "arc:TN_BY.tariff": "Transneft's tariff", "arc:GTD.tariff": "the tariff of Belarus",
            "arc:PERN.tariff": "the Polish tariff", "arc:T_UST_ROT.tariff": "Baltic freight",
        }) + ". The price at Schwedt is Brent and the differential of KEBCO: a premium of a few dollars would turn the first sign.",
        [printed("solve druzhba-closed", earned(closed)),
         printed("solve druzhba-closed --scenario no-room-in-cpc", earned(tight), f"{count(by_sea)} USD")],
    )  # fmt: skip


def _netback(plan: er.Plan, words: str) -> float:
    """USD/t of Karachaganak oil on the route whose words contain these."""
    routes = plan.routes
    chosen = routes[routes["route"].str.contains(words) & (routes["commodity"] == "KARACHAGANAK")]
    return float(chosen["netback"].iloc[0]) if len(chosen) else float("nan")


def china_line(book: Book) -> Answer:
    """Oil 4: room in the line to China."""
    name, base = "china-line-space", book.plan("oil-2026")
    taken, stops = book.plan(name), book.plan(name, "rosneft-stops")
    shock, shock_free = book.plan(name, "one-mooring"), book.plan(name, "rosneft-stops", "one-mooring")
    parity, parity_free = book.plan(name, "buyers-at-parity"), book.plan(name, "rosneft-stops", "buyers-at-parity")
    room = float(taken.arcs.loc[taken.arcs["arc"] == "ATA_ALA", "capacity"].iloc[0])
    worths = [base.netback - taken.netback, stops.netback - taken.netback]
    most = max(stops.netback - taken.netback, shock_free.netback - shock.netback, parity_free.netback - parity.netback)
    narrow = worth(shock, "capacity", "KEN_KUM")
    return Answer(
        "Should Kazakhstan keep room in the line to China by refusing 2.5 Mt a year more of Russian transit, or if Rosneft's "
        "10 Mt stop?",
        [name],
        [
            f"{'No' if max(worths) < 37 else 'Yes'}: with the further transit taken {count(room)} Mt a year stay free and "
            f"Kazakh crude uses {count(flow(taken, 'ATA_ALA'))}, so refusing it brings "
            f"{money(worths[0])} in netback and loses fees of 37-40 MUSD a year, and losing Rosneft's 10 Mt frees room "
            f"that brings {money(worths[1])} and loses about 150.",
            f"With one mooring, or with Chinese buyers at parity, room brings {'nothing either' if most < 0.05 else money(most) + ' at most'}: what then stops western "
            f"crude is Kenkiyak-Kumkol, mostly full of oil for the refineries"
            f"{f', where one more tonne would be worth {count(narrow)} USD on one mooring' if narrow else ''}.",
        ],
        [Row("2026", base), Row("2.5 Mt more transit", taken, base), Row("`rosneft-stops`", stops, base),
         Row("`buyers-at-parity`", parity, base), Row("`one-mooring`", shock, base),
         Row("`rosneft-stops` + `one-mooring`", shock_free, shock)],
        grades(book.case(name), {
            "arc:KEN_KUM.capacity": "Kenkiyak-Kumkol", "tier:DUSHANZI/2.discount": "what Chinese buyers pay beyond CNPC's barrels",
            "arc:ATA_ALA.tariff": "the tariff to the border",
        }) + ". Fees are the press's figures and are not in the netback.",
        [printed(f"solve {name}", earned(taken), f"{count(flow(taken, 'ATA_ALA'))} Mt"),
         printed(f"solve {name} --scenario rosneft-stops --scenario one-mooring", earned(shock_free))],
    )  # fmt: skip


def hedges(book: Book) -> Answer:
    """Oil 5: what each hedge keeps flowing in a year on one mooring, and for how much capital."""
    name, base = "hedges-compared", book.plan("oil-2026")
    bare, every, quiet = book.plan(name, "none"), book.plan(name), book.plan(name, "quiet")
    named = {"kenkiyak": "Kenkiyak-Kumkol", "ships": "ships, berths and BTC at 7 Mt", "kuryk": "Eskene-Kuryk with its ships"}
    plans = {words: book.plan(name, scenario) for scenario, words in named.items()}
    saved = {words: exported(plan, "oil") - exported(bare, "oil") for words, plan in plans.items()}
    per_tonne = {words: spent(plan) / saved[words] for words, plan in plans.items()}
    order = sorted(per_tonne, key=lambda words: per_tonne[words])
    told = [f"{words} {count(saved[words])} Mt for {count(spent(plans[words]))} MUSD ({count(per_tonne[words])} USD of capital on each tonne a year)" for words in order]
    once = [f"{(plans[words].netback - bare.netback) / charge(plans[words]) + 1:.0f} years for {words}" for words in order]
    quiet_builds = built(quiet)
    return Answer(
        "Is the Kenkiyak-Atyrau/Kumkol expansion (USD 200m) a better hedge per tonne than Eskene-Kuryk (1.5bn) or more tankers?",
        [name],
        [
            f"In a year on one mooring the hedges save, with {listed(told)}, so that the order per dollar is {order[0]} first and {order[-1]} last; all together {volume(exported(every, 'oil') - exported(bare, 'oil'), 'oil')} are saved and {volume(shut(every, 'oil'), 'oil')} still shut in.",
            f"When nothing happens the best plan builds {listed(quiet_builds) if quiet_builds else 'none of them'}: they are insurance, and a year on one mooring repays their yearly charge if it comes once in {listed(once)}.",
        ],
        [Row("2026", base), Row("one mooring, nothing built (`none`)", bare, base), *(Row(f"`{scenario}`", plans[words], bare) for scenario, words in named.items()),
         Row("all options", every, bare), Row("`quiet`: all moorings, all options", quiet, base)],
        grades(book.case(name), {
            "option:kenkiyak-kumkol.capex": "the cost of Kenkiyak-Kumkol", "option:eskene-kuryk.capex": "of Eskene-Kuryk",
            "option:tankers.capex": "of ships", "option:aktau-berths.capex": "of berths", "tier:DUSHANZI/2.discount": "what more oil fetches in China",
        }) + ". The years are read off one extreme event, a whole year; the dates at which options could stand are waived; the agreement on BTC is taken as free.",
        [printed(f"solve {name}", earned(every), volume(shut(every, "oil"), "oil")),
         printed(f"solve {name} --scenario kenkiyak", earned(plans["Kenkiyak-Kumkol"]))],
    )  # fmt: skip


def russia_80(book: Book) -> Answer:
    """Oil 6: a Russian share of 80 %, exports held."""
    name, base = "russian-transit-80", book.plan("oil-2024")
    less, eighty = book.plan(name, "cheapest-builds-for-85"), book.plan(name)
    curve = er.frontier(book.case("oil-2024"), "policy.max_share.transit:RU", 0.95, 0.80).points
    end = curve.iloc[-1]
    share = group(base, "transit", "RU", "oil", "share")
    premium = [(base.netback - plan.netback) / exported(plan, "oil") for plan in (less, eighty)]
    sums = [f"{listed(built(plan))} ({count(spent(plan))} MUSD of capital)" for plan in (less, eighty)]
    return Answer(
        "What premium (USD/t) is paid to lower the share that crosses Russia from 94-98 to, say, 80 %?",
        [name],
        [
            f"On the pipes of 2024, with exports held, the share can come from {100 * share:.1f} to {100 * end['cap']:.1f} % and no further, at {count(float(end['premium_usd_per_t']))} USD on every tonne exported at that end: 80 % is out of reach at any price.",
            f"With {sums[1]} it can be had for {count(premium[1])} USD a tonne ({money(base.netback - eighty.netback)} a year, charges included), and 85 % with {sums[0]} for {count(premium[0])}.",
        ],
        [Row("2024", base), Row("`cheapest-builds-for-85`", less, base), Row("80 % with builds", eighty, base)],
        grades(book.case(name), {
            "option:kenkiyak-kumkol.capex": "the cost of Kenkiyak-Kumkol", "tier:DUSHANZI/2.discount": "what more oil fetches in China",
            "tier:DUSHANZI/2.depth": "how much is taken there", "arc:BTC.tariff": "the BTC tariff",
        }) + ". Builds are taken to stand in 2024: their dates are waived. `solve russian-transit-80 --scenario pipes-of-2024` is meant to be infeasible and says how far the pipes fall short.",
        [printed(f"solve {name}", earned(eighty)),
         printed("frontier oil-2024 --over policy.max_share.transit:RU --from 0.95 --to 0.80",
                 f"{100 * end['cap']:.1f} %", f"{count(float(end['premium_usd_per_t']))} USD")],
    )  # fmt: skip


def caspian(book: Book) -> Answer:
    """Oil 7: a metre less of the Caspian."""
    name, base, usual = "caspian-falls", book.plan("oil-2026"), book.plan("btc-2.2", "one-mooring")
    one, two, ships, shock = (book.plan(name, *s) for s in ((), ("two-metres",), ("more-ships",), ("one-mooring",)))
    fleet, berths = (
        [bound(p, "joint", limit) for p in (base, one)] for limit in ("caspian-fleet", "aktau-berths")
    )  # fmt: skip
    ships_help = ships.netback - one.netback
    return Answer(
        "How much of Aktau's capacity does a further metre of the Caspian's fall take?",
        [name],
        [
            f"A metre takes the tankers from {count(fleet[0])} to {count(fleet[1])} Mt a year and the large berths from "
            f"{count(berths[0])} to {count(berths[1])}; with freight dearer for each tonne the plan sends "
            f"{volume(flow(base, 'AKT_TS') - flow(one, 'AKT_TS'), 'oil')} less over Aktau ({moves(base, one)} Mt) and "
            f"{gains(one.netback - base.netback)} ({money(two.netback - base.netback)} at two metres).",
            f"When the Caspian terminal runs on one mooring the same metre costs {money(usual.netback - shock.netback)} and "
            f"shuts in {volume(shut(shock, 'oil') - shut(usual, 'oil'), 'oil')} more; in a quiet year ships and dredging that "
            f"restore the volume bring {'nothing' if ships_help < 0.05 else money(ships_help)}, "
            "because every tonne still pays for a half-empty ship.",
        ],
        [Row("2026", base), Row("a metre", one, base), Row("`two-metres`", two, base), Row("`more-ships`", ships, base),
         Row("today's level on one mooring (btc-2.2)", usual, base), Row("`one-mooring`: a metre as well", shock, usual)],
        grades(book.case(name), {
            "limit:caspian-fleet.high": "the fleet", "limit:aktau-berths.high": "the berths", "arc:AKT_MKH.tariff": "freight",
        }) + ". That the next metre costs what the last 0.93 m did is an assumption.",
        [printed(f"solve {name}", earned(one), money(one.netback - base.netback)),
         printed(f"solve {name} --scenario one-mooring", earned(shock))],
    )  # fmt: skip


def black_sea(book: Book) -> Answer:
    """Oil 8: war risk on the Black Sea, and its closure."""
    name, base = "black-sea-risk", book.plan("oil-2026")
    risk, three, without, closed = (book.plan(name, *s) for s in ((), ("three-per-cent",), ("no-ust-luga",), ("closed",)))
    cost = base.netback - risk.netback
    left = [f"{words} {count(some)}" for words, some in carried(closed, "oil") if words != "Atyrau–Samara"]
    ways = [(flow(p, "TN_USTL"), flow(p, "TN_SHES")) for p in (base, risk, closed)]
    return Answer(
        "If war risk on the Black Sea reaches 1 % of hull, or the sea closes, is moving barrels from Sheskharis to Ust-Luga "
        "worth it?",
        [name],
        [
            f"War risk of 1 % costs {money(cost)} ({count(cost / exported(risk, 'oil'))} USD on every tonne exported) and moves "
            f"{volume(rerouted(base, risk), 'oil')}; the switch is made already, for of what Atyrau-Samara carries to the sea "
            f"{volume(ways[0][0], 'oil')} go to Ust-Luga and {volume(ways[0][1], 'oil')} to Sheskharis without it, "
            f"{volume(ways[1][0], 'oil')} and {volume(ways[1][1], 'oil')} with it, and being barred from Ust-Luga would cost "
            f"{money(risk.netback - without.netback)} more.",
            f"Closed all year, {volume(shut(closed, 'oil'), 'oil')} of {count(exported(base, 'oil'))} is shut in and "
            f"{money(base.netback - closed.netback)} lost: Ust-Luga takes {count(ways[2][0])} of its "
            f"{count(room(closed, 'TN_USTL'))} Mt and what is left is "
            f"{listed(left)}.",
        ],
        [Row("2026", base), Row("war risk 1 %", risk, base), Row("`three-per-cent`", three, base),
         Row("`no-ust-luga`", without, risk), Row("`closed`", closed, base)],
        grades(book.case(name), {
            "arc:TN_USTL.tariff": "Transneft's tariff", "arc:TN_USTL.booked": "room to Ust-Luga",
            "arc:T_CPC_AUG.tariff": "freight",
        }) + ". The hull of 65 million USD is assumed; delays in the Straits are not counted.",
        [printed(f"solve {name}", earned(risk), money(cost)),
         printed(f"solve {name} --scenario closed", earned(closed), volume(shut(closed, "oil"), "oil"))],
    )  # fmt: skip


def supsa(book: Book) -> Answer:
    """Oil 9: Baku-Supsa for Kazakh crude alone, or more in BTC."""
    name, base = "baku-supsa", book.plan("oil-2026")
    quiet, blend = book.plan(name), book.plan(name, "blend-in-btc")
    shock, shock_blend, shock_none = (
        book.plan(name, *s, "one-mooring") for s in ((), ("blend-in-btc",), ("neither",))
    )  # fmt: skip
    no_russia = [book.plan(name, *s, "one-mooring", "russia-shut") for s in ((), ("blend-in-btc",), ("neither",))]
    used = [group(p, "corridor", "BAKU_SUPSA", "oil") for p in (quiet, shock, no_russia[0])]
    return Answer(
        "Does restarting Baku-Supsa as a line for Kazakh crude (3 Mt a year) beat blending it into BTC?",
        [name],
        [
            f"In a quiet year Supsa carries {volume(used[0], 'oil')} and "
            f"{gains(quiet.netback - blend.netback, 'beats blending by', 'loses to blending by', 'equals blending')}"
            f"{': both are dearer than CPC and Samara, and what the ships bring they bring over Makhachkala' if used[0] < 0.01 else ''}.",
            f"On one mooring Supsa carries {volume(used[1], 'oil')} and "
            f"{gains(shock.netback - shock_blend.netback, 'beats blending by', 'loses to blending by', 'equals blending')} "
            f"({money(shock.netback - shock_none.netback)} against ships without either); with Makhachkala shut too the two "
            f"are worth {money(no_russia[0].netback - no_russia[2].netback)} and "
            f"{money(no_russia[1].netback - no_russia[2].netback)} against neither, for the light oil keeps its name at Supsa "
            "but must pass the Straits.",
        ],
        [Row("2026", base), Row("Supsa", quiet, base), Row("`blend-in-btc`", blend, base),
         Row("`one-mooring`: ships alone (`neither`)", shock_none, base), Row("`one-mooring`: Supsa", shock, shock_none),
         Row("`one-mooring`: `blend-in-btc`", shock_blend, shock_none),
         Row("and `russia-shut`: `neither`", no_russia[2], base), Row("and `russia-shut`: Supsa", no_russia[0], no_russia[2]),
         Row("and `russia-shut`: `blend-in-btc`", no_russia[1], no_russia[2])],
        grades(book.case(name), {
            "arc:WREP.tariff": "the tariff of Baku-Supsa", "arc:T_SUP_AUG.tariff": "freight from Supsa",
            "arc:BTC.tariff": "the BTC tariff", "arc:WREP.capacity": "its capacity",
        }) + ". What the restart costs is not published.",
        [printed(f"solve {name} --scenario one-mooring", earned(shock), volume(used[1], "oil")),
         printed(f"solve {name} --scenario blend-in-btc --scenario one-mooring", earned(shock_blend))],
    )  # fmt: skip


def year_2030(book: Book) -> Answer:
    """Oil 10: 100 Mt and more, and 39 Mt of refining."""
    name, steps = "oil-2030", ((), ("output-105",), ("output-115",))
    plans = [book.plan(name, *step) for step in steps]
    base, shymkent, refined = plans[0], book.plan(name, "shymkent-12"), book.plan(name, "refining-39")
    both = book.plan(name, "output-115", "refining-39")
    cpc, samara = ([count(group(p, "corridor", g, "oil")) for p in plans] for g in ("CPC", "ATYRAU_SAMARA"))
    russia = [f"{100 * group(p, 'transit', 'RU', 'oil', 'share'):.1f}" for p in (base, plans[2], refined)]
    kept, total = group(refined, "corridor", "CPC", "oil"), exported(refined, "oil")
    full, before = group(base, "corridor", "CPC", "oil"), exported(base, "oil")
    cut = [100 * (1 - kept / full), 100 * (1 - (total - kept) / (before - full))]
    price = (base.netback - refined.netback) / (exported(base, "oil") - exported(refined, "oil"))
    return Answer(
        "What do the routes look like at 100 Mt of output and more, with home refining going from 18 to 39 Mt a year?",
        [name],
        [
            f"At 98.9, 105 and 115 Mt of output CPC carries {cpc[0]}, {cpc[1]} and {cpc[2]} Mt and Atyrau-Samara {samara[0]}, "
            f"{samara[1]} and {samara[2]}; Russia's share goes from {russia[0]} to {russia[1]} % and "
            f"{'all of it still finds a' if shut(plans[2], 'oil') < 0.005 else volume(shut(plans[2], 'oil'), 'oil') + ' finds no'} way out at 115.",
            f"Refining of 39 Mt takes exports from {count(exported(base, 'oil'))} to {volume(exported(refined, 'oil'), 'oil')}, "
            f"CPC giving up {cut[0]:.0f} % of its oil and the other ways {cut[1]:.0f} %, so that {russia[2]} % of the rest "
            f"crosses Russia; it pays only if a tonne at home is worth more than {count(price)} USD, what the barrels kept would have "
            "netted abroad.",
        ],
        [Row("2030, 98.9 Mt", base), *(Row(f"`{s[0]}`", p, base) for s, p in zip(steps[1:], plans[1:], strict=True)),
         Row("`shymkent-12`", shymkent, base), Row("`refining-39`", refined, base),
         Row("`output-115` + `refining-39`", both, plans[2])],
        grades(book.case(name), {
            "supply:TENGIZ.available": "output of 2030", "market:AUGUSTA.price": "Brent held at July 2026",
            "limit:cpc-kazakh-section.high": "the Kazakh section of CPC", "limit:iga-atyrau-samara.high": "the quota of transit",
        }) + ". Where 15 of the 21 Mt of new refining stand, and that any runs by 2030, is an assumption.",
        [printed(f"solve {name} --scenario output-115", earned(plans[2]), f"{russia[1]} %"),
         printed(f"solve {name} --scenario refining-39", earned(refined), volume(exported(refined, "oil"), "oil"),
                 f"{russia[2]} %")],
    )  # fmt: skip


def _risers(before: er.Plan, after: er.Plan) -> str:
    """What grows, by corridor."""
    return ", ".join(f"{name} {count(change)}" for name, change, _ in changes(before, after) if change > 0) or "none"


OIL: Mapping[int, Callable[[Book], Answer]] = {
    1: one_mooring, 2: btc, 3: germany, 4: china_line, 5: hedges, 6: russia_80, 7: caspian, 8: black_sea, 9: supsa,
    10: year_2030,
}  # fmt: skip
