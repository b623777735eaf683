"""The answer: what it says of a subject is what the plan does, in toys by hand and in every bundled model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rest import first
from toy import toy

import energy_routes as er
from energy_routes.answer.answer import answer_of
from energy_routes.answer.words import LANGUAGES, Words
from energy_routes.case.case import Case
from energy_routes.cli.tables.brief import LINES, WIDE, print_brief
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.errors import InfeasibleError
from energy_routes.pack import MINUS, bundled as library
from energy_routes.results.summary import summary_of

WORDS = Words.of()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """10 Mt lifted: 2 stay home, SHORT takes the 6 that it can, LONG the 2 that are left.  SHORT crosses Russia."""
    tables = {"limits": "id,name,high,unit\nBOTH,Ways out,8,Mt/y\n",
              "limit_terms": "limit,arc,commodity,weight\nBOTH,SHORT,,1\nBOTH,LONG,,1\n"}
    return toy(tmp_path_factory.mktemp("answer"), tables, exports="free")


def told(plan: Any, before: Any = None, lang: str = "en") -> str:
    return answer_of(plan, before).sentence(Words.of(lang))


@pytest.mark.parametrize(("subject", "said"), [
    ("corridor:SHORT", "Short corridor carries 6.0 Mt of the 8.0 Mt of oil exported, all that it can; "),
    ("corridor:LONG", "Long corridor carries 2.0 Mt of the 8.0 Mt of oil exported; "),
    ("arc:LONG", "Long way carries 2.0 Mt; "),
    ("transit:RU", "6.0 Mt cross Russia, 75\xa0% of oil exports; "),
    ("limit:BOTH", "Ways out: 8.0 Mt, the most allowed; "),
    ("supply:FIELD_CO", "Field Co supply at Field gives 10.0 Mt, all that there is; "),
    ("market:WEST", "West takes 2.0 Mt; "),
    ("obligation:HOME", "Hub takes 2.0 Mt; "),
    ("hhi:corridor", "The concentration (HHI) of oil exports over corridors is 0.625; "),  # 0.75² + 0.25²
])
def test_what_becomes_of_each_kind_of_subject(case: Case, subject: str, said: str) -> None:
    plan = er.solve(case.about(subject))
    assert told(plan) == f"{said}the netback is {WORDS.money(plan.netback)}."


def test_a_change_is_told_with_the_plan_before_named_once(case: Case) -> None:
    """SHORT halved: LONG takes what it can, 5 Mt (the 3 of tier 1 and 2 of tier 2), and nothing is shut in."""
    before = er.solve(case.about("corridor:SHORT", "corridor:LONG"))
    after = er.solve(case.about("corridor:SHORT", "corridor:LONG").set("arc:SHORT.capacity", "3 Mt/y"))
    lost = 3 * 470 - 1 * 460 - 2 * 440
    assert before.netback - after.netback == pytest.approx(lost)
    assert told(after, before) == (
        "Short corridor carries 3.0 Mt, all that it can, 3.0 Mt less than in model; "
        f"Long corridor carries 5.0 Mt, all that it can, 3.0 Mt more; the netback loses {lost:.1f} MUSD.")
    assert told(after, before, "ru") == (
        "Short corridor: 3,0 млн т, полная загрузка, на 3,0 млн т меньше, чем в model; Long corridor: 5,0 млн т, "
        "полная загрузка, на 3,0 млн т больше; нетбэк снижается на 70,0 млн долл.")
    assert [change.split(" ")[0] for change in answer_of(after, before).changes(WORDS)] == ["netback", "Long", "Short"]


@pytest.mark.parametrize(("old", "new", "verb", "said"), [
    (6, 6, "stays", "Short corridor still carries 6.0 Mt, all that it can, as in model"),
    (6, 0, "ends", "Short corridor carries nothing, 6.0 Mt less than in model"),
    (0, 6, "begins", "Short corridor carries 6.0 Mt, all that it can, against nothing in model"),
    (0, 0, "stays_empty", "Short corridor stays empty, as in model"),
    (4, 6, "gains", "Short corridor carries 6.0 Mt, all that it can, 2.0 Mt more than in model"),
])
def test_each_verb_has_the_volumes_that_it_speaks_of(case: Case, old: float, new: float, verb: str, said: str) -> None:
    about = case.about("corridor:SHORT")
    before, after = (er.solve(about.set("arc:SHORT.capacity", f"{size} Mt/y")) for size in (old, new))
    answer = answer_of(after, before)
    assert [fate.verb for fate in answer.fates] == [verb]
    assert answer.sentence(WORDS).startswith(f"{said}; ")
    assert answer_of(after).fates[0].verb == ("carries" if new else "empty")  # nothing stays without a plan before


def test_what_a_plan_before_guards_or_books_is_compared_by_what_it_carries(case: Case) -> None:
    """It was said to be 'nothing before': the plan before told what survives, or what is booked."""
    about = case.about("arc:SHORT")
    plain = er.solve(about)
    calm = {"scenarios": [{"name": "calm", "probability": 1.0, "outages": ["arc:LONG"], "days": 0}]}
    for lever in ({"security": {"outages": ["arc:SHORT"], "delta": 1.0}},
                  {"bookings": {"arcs": ["arc:SHORT"]}, "cvar": calm}):
        assert "Short way still carries 6.0 Mt, all that it can, as in model" in told(
            plain, er.solve(about.with_policy(**lever)))  # fmt: skip


def test_what_is_shut_in_and_what_others_carry_is_told(case: Case) -> None:
    before, after = er.solve(case.about("arc:SHORT")), er.solve(case.about("arc:SHORT").without("SHORT"))
    assert told(after, before).endswith("; Long corridor carries 3.0 Mt more; 3.0 Mt more is shut in.")
    assert told(after).endswith("; 3.0 Mt is shut in.")
    assert "; 3.0 Mt less is shut in." in told(before, after)


def test_a_case_without_a_subject_is_about_what_changes_most(case: Case) -> None:
    before, after = er.solve(case), er.solve(case.set("arc:LONG.capacity", "1 Mt/y"))
    assert answer_of(before).subject == ("corridor:SHORT",)
    assert answer_of(after, before).subject == ("corridor:LONG",)


def test_names_of_many_things_have_verbs_of_many() -> None:
    assert WORDS.of_name("answer.carry.nothing", "Turkish Straits") == "Turkish Straits carry nothing"
    assert WORDS.of_name("answer.carry.nothing", "The one and the other") == "The one and the other carry nothing"
    assert WORDS.of_name("answer.carry.nothing", "BTC") == "BTC carries nothing"


def test_every_plural_is_a_name_of_the_packs(root: Path) -> None:
    tables = [pd.read_csv(path, dtype=str) for path in root.glob("data/kazakhstan-*/*.csv")]
    names = {name.split(" (")[0] for table in tables if "name" in table for name in table["name"].dropna()}
    assert WORDS.plurals - names == set()


def test_two_families_and_other_years_are_set_beside_each_other_and_never_subtracted() -> None:
    oil, gas = plan_of("oil-2024"), plan_of("gas-2030")
    answer = answer_of(gas, oil)
    assert answer.change is None
    assert answer.changes(WORDS) == []
    assert answer.headline(WORDS) == "68.2 Mt of oil in 2024 beside 6.8 bcm of gas in 2030"
    assert "netback" not in answer.sentence(WORDS)
    assert {fate.before for fate in answer.fates} == {None}
    both = answer_of(plan_of("energy-2024"), oil)  # of the same year, one family more
    assert both.change is not None
    assert (both.change.money, set(both.change.families)) == (None, {"oil"})
    assert {fate.before is None for fate in both.fates if fate.family == "gas"} == {True}


def test_how_sure_it_is_is_a_share_of_what_is_paid(case: Case) -> None:
    """Of 6 × 500 + 2 × 510 + 2 × 100 + 10 × (1 + 9) + 6 × 30 + 2 × 50 MUSD the toy's figures say nothing of themselves;
    with the tariff of SHORT an estimate, 180 of 4,600."""
    plan = er.solve(case)
    plain = answer_of(plan).certainty
    assert plain.estimated == 0.0
    assert plain.sentence(WORDS).startswith("100\xa0% of the money in this plan rests on figures without a grade")
    assert summary_of(plan)["answer"]["weakest"] == {
        "figure": "market:EAST price", "confidence": "given", "doubt": pytest.approx(0.05 * 6 * 500), "unit": "MUSD"}
    arcs = case.network.packs[0].tables["arcs"]
    arcs.loc[arcs["id"] == "SHORT", "confidence"] = "estimate"
    sure = answer_of(er.solve(case)).certainty
    arcs.loc[arcs["id"] == "SHORT", "confidence"] = "medium"
    assert sure.estimated == pytest.approx(180 / 4600)
    assert sure.weakest is not None
    assert sure.ungraded == pytest.approx(1 - sure.estimated)
    assert sure.sentence(WORDS).startswith(
        "4\xa0% of the money in this plan rests on estimates. 96\xa0% rests on figures without a grade of confidence. "
        "The weakest figure")


# ------------------------------------------------------------------------------------------ every bundled model

BRISK = ("oil-2024", "trans-caspian-gas", "btc-5")  # the others differ from these in numbers and names only


@cache
def plan_of(model: str, scenario: str = "") -> er.Plan | None:
    """The plan of a model, or of a scenario over it; None where there is none."""
    try:
        return er.solve(er.load(model, [scenario] if scenario else []))
    except InfeasibleError:
        return None


def asked(model: str) -> Iterator[tuple[er.Plan, er.Plan | None]]:
    """Each plan of a model and its scenarios, with what it is set against."""
    case = er.load(model)
    plan, base = plan_of(model), plan_of(Path(case.base).stem) if case.base else None
    assert plan is not None
    yield plan, None
    yield plan, base
    yield from ((other, plan) for name in case.scenarios if (other := plan_of(model, name)) is not None)


class Truth:
    """The volumes of a plan, looked up by the names that sentences use, without a line of the answer's own code."""

    def __init__(self, plan: er.Plan) -> None:
        self.plan = plan

    def volumes(self, name: str) -> list[float]:
        """What a thing of that name carries over the horizon, in all meanings that the name has."""
        plan, tables, found = self.plan, self.plan.case.network.tables, []
        groups = plan.groups[(plan.groups["period"] == "total") & plan.groups["family"].isin(["oil", "gas"])]
        found += list(groups.loc[groups["name"].str.split(" (", regex=False).str[0] == name, "volume"])
        arcs = plan.arcs.groupby("arc").agg(name=("name", "first"), volume=("volume", "sum"))
        found += list(arcs.loc[arcs["name"].map(lambda n: n.split("(")[0].split(",")[0].strip()) == name, "volume"])
        markets = tables["markets"]
        for market in markets.loc[markets["name"] == name, "id"]:
            found.append(float(plan.deliveries.loc[plan.deliveries["market"] == market, "volume"].sum()))
        limits, terms = tables["limits"], tables["limit_terms"]
        for limit in limits.loc[limits["name"] == name, "id"]:
            own = terms[terms["limit"] == limit]
            flows = [plan.flows.loc[(plan.flows["arc"] == arc) & (plan.flows["commodity"] == grade if isinstance(
                grade, str) else True), "volume"].sum() * weight
                for arc, grade, weight in zip(own["arc"], own["commodity"], own["weight"], strict=True)]
            found.append(float(sum(flows)))
        return found

    def exports(self, family: str) -> float:
        return float(self.plan.exports.get(family, 0.0))

    def shut_in(self, unit: str) -> float:
        return float(self.plan.shut_in.get({"Mt": "oil", "bcm": "gas"}[unit], 0.0))


def near(text: str, *values: float) -> bool:
    """Whether a number as it is printed is one of the values, to the digits that are printed."""
    number = float(text.replace(",", "").replace(MINUS, "-"))
    digits = len(text.partition(".")[2])
    return any(abs(value - number) <= 0.5000001 * 10.0**-digits for value in values)


N, U = r"([\d,]+(?:\.\d+)?)", r"(Mt|bcm)"
TAIL = (rf"(?: of the (?P<exports>{N}) {U} of (?P<family>oil|gas) exported)?"
        rf"(?:, (?P<share>[\d.,]+)\xa0% of \w+ exports)?"
        rf"(?P<full>, (?:all that (?:it|they) can|all that there is|the most allowed))?"
        rf"(?:, from (?P<first>{N}) in \d+ to (?:nothing from \d+ on|{N} in \d+))?"
        rf"(?:, (?P<change>{N}) {U} (?P<way>more|less)(?: than in \S+)?"
        rf"|(?P<none>, against nothing in \S+|, nothing before)"
        rf"|(?P<same>, as in \S+))?$")
VOLUME = rf"(?P<volume>{N}) {U}"


def check_volume(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    """A clause 'X carries 2.0 Mt …': the volume, its share of exports, and the change against the plan before."""
    parts = found.groupdict()
    now = after.volumes(parts["name"])
    volume = parts.get("volume")
    matching = [i for i, v in enumerate(now) if (near(volume, v) if volume else abs(v) <= 1e-6)]
    assert matching, (found[0], now)
    if parts["exports"]:
        assert near(parts["exports"], after.exports(parts["family"])), found[0]
    if not (parts["change"] or parts["none"] or parts["same"] or parts.get("still")):
        return
    assert before is not None, f"a change without a plan before: {found[0]}"
    old = before.volumes(parts["name"]) or [0.0] * len(now)
    pairs = [(now[i], old[i]) for i in matching]
    if parts["change"]:
        sign = 1.0 if parts["way"] == "more" else -1.0
        assert any(near(parts["change"], sign * (new - was)) for new, was in pairs), (found[0], pairs)
    elif parts["none"]:
        assert any(new > 1e-6 >= abs(was) for new, was in pairs), (found[0], pairs)
    else:
        assert any(abs(new - was) <= 0.01 for new, was in pairs), (found[0], pairs)


def check_money(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    scale = {"MUSD": 1.0, "bn USD": 1000.0}
    change = after.plan.netback - (before.plan.netback if before else 0.0)
    if found["what"] == "does not change":
        assert abs(change) <= 1e-5 * abs(after.plan.netback)
        return
    assert (found["what"] == "is") == (before is None), found[0]
    size = change if found["what"] in ("is", "gains") else -change
    assert near(found["value"], size / scale[found["unit"]]), (found[0], size)


def check_way(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    assert before is not None
    sign = 1.0 if found["way"] == "more" else -1.0
    old, new = before.volumes(found["name"]) or [0.0], after.volumes(found["name"]) or [0.0]
    assert any(near(found["volume"], sign * (b - a)) for a, b in zip(old, new, strict=False)), (found[0], old, new)


def check_exports(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    assert before is not None
    change = after.exports(found["family"]) - before.exports(found["family"])
    assert near(found["volume"], change if found["way"] == "more" else -change), (found[0], change)


def check_shut_in(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    change = after.shut_in(found["unit"]) - (before.shut_in(found["unit"]) if before else 0.0)
    assert (found["way"] is None) == (before is None), found[0]
    assert near(found["volume"], -change if found["way"] == "less" else change), (found[0], change)


def check_build(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    builds = after.plan.builds
    own = builds[builds["name"] == found["name"]] if len(builds) else builds
    begun = own[own["begun"].astype(float) > 1e-6] if len(own) else own
    assert (found["year"] is None) == (len(begun) == 0), found[0]
    assert found["year"] is None or found["year"] == str(min(begun["year"])), found[0]


def check_booked(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    meters = after.plan.case.network.tables["meters"]
    groups = after.plan.groups
    ids = groups.loc[groups["name"] == found["name"], "group"].unique()
    arcs = meters.loc[(meters["kind"] == "corridor") & meters["group"].isin(ids), "arc"]
    booked = after.plan.bookings
    assert near(found["volume"], float(booked.loc[booked["arc"].isin(arcs), "booked"].sum())), found[0]


def check_booking(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    """Against the plan that must not book: the difference of the objectives, and of the netbacks in each future."""
    plan = after.plan
    bare = er.solve(plan.case, constraints=lambda model: iter([model.sum("booked") <= 0]))
    gained = plan.futures["netback"] - bare.futures["netback"]
    worth = plan.objective.value - bare.objective.value
    for name, value in (("worth", worth), ("least", gained.min()), ("most", gained.max())):
        assert near(found[name], value), (found[0], name, value)


def check_survives(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    losses = after.plan.security
    row = losses[[near(found["saved"], p - lost) and near(found["planned"], p) and near(found["share"], 100 * s)
                  for p, lost, s in zip(losses["planned"], losses["lost"], losses["survives"], strict=True)]]
    assert len(row), (found[0], losses)


def check_spread(found: re.Match[str], after: Truth, before: Truth | None) -> None:
    def index(plan: er.Plan) -> float:
        rows = plan.indicators
        return float(rows.loc[rows["indicator"] == "risk_weighted_hhi", "value"].iloc[0])

    assert near(found["value"], index(after.plan)), found[0]
    if found["was"]:
        assert before is not None
        assert near(found["was"], index(before.plan)), found[0]


Check = Callable[["re.Match[str]", Truth, "Truth | None"], None]
# Every form that a clause can take, and how it is checked; a clause that none of them knows is a fault.
CLAUSES: tuple[tuple[str, Check], ...] = (
    (r"the netback (?P<what>is|gains|loses) (?P<value>-?[\d.,−]+) (?P<unit>MUSD|bn USD)$", check_money),
    (r"the netback (?P<what>does not change)$", check_money),
    (rf"(?P<volume>{N}) (?P<unit>Mt|bcm)(?: (?P<way>more|less))? is shut in$", check_shut_in),
    (rf"(?P<volume>{N}) (?:Mt|bcm) (?P<way>more|less) (?P<family>oil|gas) is exported$", check_exports),
    (rf"(?P<volume>{N}) (?:Mt|bcm) of (?P<name>.+) are booked ahead$", check_booked),
    (rf"[Bb]ooking ahead pays: it is worth (?P<worth>{N}) MUSD more than buying on the day, "
     rf"(?P<least>{N}) MUSD to (?P<most>{N}) MUSD whatever fails$", check_booking),
    (rf"[Ii]f (?P<name>.+) fails?, (?P<share>\d+)\xa0% of exports can survive, whatever the cost: "
     rf"(?P<saved>{N}) of (?P<planned>{N}) {U}$", check_survives),
    (r"[Tt]he concentration \(HHI\) of oil exports over .* is (?P<value>[\d.]+)(?:, (?P<was>[\d.]+) in \S+)?$",
     check_spread),
    (r"(?P<name>.+) (?:is|are) (?:not built|built from (?P<year>\d+))$", check_build),
    (rf"(?P<name>.+) carr(?:y|ies) (?P<volume>{N}) (?:Mt|bcm) (?P<way>more|less)$", check_way),
    (rf"{VOLUME}(?P<still> still)? cross (?P<name>.+?){TAIL}", check_volume),
    (rf"(?P<name>.+?)(?P<still> still)? (?:carr(?:y|ies)|takes?|gives?) (?:nothing|{VOLUME}){TAIL}", check_volume),
    (rf"(?P<name>.+?) (?P<still>stays?) empty{TAIL}", check_volume),
    (rf"(?P<name>.+?): (?P<still>still )?(?:nothing|{VOLUME}){TAIL}", check_volume),
)


def check_sentence(sentence: str, plan: er.Plan, before: er.Plan | None) -> None:
    """Each clause of an English sentence against the plan it speaks of."""
    after, old = Truth(plan), None if before is None else Truth(before)
    assert sentence[0].isupper() or sentence[0].isdigit()
    assert sentence.endswith(".")
    for clause in sentence.removesuffix(".").split("; "):
        found = next(((match, check) for form, check in CLAUSES if (match := re.match(form, clause))), None)
        assert found is not None, f"no check knows: {clause!r}"
        found[1](found[0], after, old)


@pytest.mark.parametrize("model", first(library.model_names(), BRISK))
def test_every_sentence_is_true_of_its_plan(model: str) -> None:
    """In each scenario, too: the sentence and the title; the other languages have the same clauses and numbers."""
    for plan, before in asked(model):
        answer = answer_of(plan, before)
        check_sentence(answer.sentence(WORDS), plan, before)
        check_sentence(f"{answer.headline(WORDS)}.", plan, before)
        counts = {answer.sentence(Words.of(lang)).count("; ") for lang in LANGUAGES}
        assert len(counts) == 1
        for lang in LANGUAGES:
            assert not re.search(r"[\[\]{}|]|nan|None", answer.sentence(Words.of(lang)))


@pytest.mark.parametrize("model", first(library.model_names(), ("oil-2024", "btc-5")))
def test_the_first_screen_has_at_most_thirty_lines(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    from energy_routes.cli.tables.render import console

    for plan, before in asked(model):
        answer = answer_of(plan, before)
        print_brief(console(), answer, Units.of("", plan))
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) <= LINES, "\n".join(lines)
        assert max(map(len, lines)) <= WIDE, "\n".join(lines)
        for fate in answer.fates:
            assert any(line.startswith(f"* {fate.name[:20]}") for line in lines), fate.name
