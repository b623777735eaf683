"""The page of questions: every number in it comes from a solve, and every question model has its answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gas_questions import GAS
from oil_questions import OIL
from plan_figures import changes, exported
from question_book import (
    Answer,
    Book,
    Row,
    brings,
    falls,
    gains,
    money,
    moves,
    number,
    numbered,
    printed,
    rows,
    section,
    signed,
    table,
    takers,
    turning,
    volume,
    weakest,
    wrapped,
)  # fmt: skip
from rest import first

import energy_routes as er
from energy_routes.pack import bundled as library, joined


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "questions.md").read_text("utf-8")


@pytest.mark.parametrize(("asked", "number"), first([(GAS, 4), (OIL, 8)], 1), ids=["gas", "oil"])
def test_an_answer_is_what_a_fresh_solve_says(asked: dict, number: int, book: Book, page: str) -> None:
    written = "\n".join(section(number, asked[number](book)))
    assert written in page, "the data moved: run python docs/scripts/questions.py"


def test_every_question_is_answered(page: str) -> None:
    assert sorted(OIL) == list(range(1, 11))
    assert sorted(GAS) == list(range(1, 9))
    oil, gas = page.split("\n## Gas\n")
    for part, asked in ((oil, OIL), (gas, GAS)):
        assert [int(n) for n in re.findall(r"^### (\d+)\. ", part, re.M)] == list(asked)
    linked = set(re.findall(r"\(\.\./models/([\w.-]+)\.toml\)", page))
    assert len(linked) >= len(OIL) + len(GAS)
    assert linked <= set(library.model_names())


def test_the_price_that_makes_own_and_russian_gas_equal_does(page: str, book: Book) -> None:
    (at,) = re.findall(r"turns\s+at\s+([\d.]+)\s+USD\s+per\s+1000\s+m³\s+of\s+Russian\s+gas", page)
    cases = [book.case("gas-north-east"), book.case("gas-north-east", "russian-gas")]
    own, russian = (er.solve(case.set("supply:RUSSIA_ISHIM.cost", float(at))).netback for case in cases)
    assert own == pytest.approx(russian, abs=0.3)  # the page rounds the price


def test_words_follow_the_sign() -> None:
    assert gains(5.44) == "gains 5.4 MUSD"
    assert gains(-1664.2) == "loses 1.66 bn USD"
    assert gains(0.01) == "does not change"
    assert (brings(12.0), brings(-12.0), brings(0.0)) == ("brings 12.0 MUSD", "costs 12.0 MUSD", "brings nothing")
    assert money(-0.004) == "nothing"
    assert volume(0.0004, "oil") == "nothing"
    assert falls(5.0, 4.0, "oil") == "fall by 1.0 Mt"
    assert falls(4.0, 5.0, "gas") == "rise by 1.0 bcm"
    assert falls(4.0, 4.001, "gas") == "stay the same"
    assert (number(-12.34), number(1234.5), number(0.284)) == ("−12.3", "1,234", "0.28")
    assert (signed(-0.04, 0.05), signed(2.66, 0.05), signed(-1234.5, 0.05)) == ("0", "+2.7", "−1,234")
    assert (joined([]), joined(["a"]), joined(["a", "b", "c"])) == ("", "a", "a, b and c")


def test_a_command_tells_only_figures_of_two_digits() -> None:
    assert printed("solve x", "333 MUSD", "3.0 Mt", "nothing", "0.6 bcm") == "solve x  # prints 333 MUSD, 3.0 Mt"
    assert printed("solve x", "nothing", None) == "solve x"


def answer(book: Book, rows: list[Row], base: er.Plan, **fields: object) -> Answer:
    return Answer("?", book.of("oil-2026"), ["Words."], "2026", base, rows, "Sure.", [], **fields)  # type: ignore[arg-type]


@pytest.mark.exhaustive
def test_a_table_gives_changes_against_what_it_says(book: Book) -> None:
    """Against the base of the answer, or the row's own; a column without a change is left out."""
    case = book.case("oil-2026").set("policy.exports", "free")
    plan, cut, none = er.solve(case), er.solve(case.without("TN_USTL")), er.solve(case.without("CPC_SPM"))
    lost = signed(cut.netback - plan.netback, 0.05)
    lines = [Row("a", cut), Row("b", none), Row("c", cut, against=cut)]
    head, _, first, second, third = table(answer(book, lines, plan))
    assert head == "| against 2026 | netback, MUSD | exports, Mt | moves most |"
    assert first.startswith(f"| a | {lost} | {signed(exported(cut, 'oil') - exported(plan, 'oil'), 0.005)} | ")
    assert first.endswith(f" {moves(plan, cut)} |")
    assert second.split(" | ")[2] == signed(exported(none, "oil") - exported(plan, "oil"), 0.005)
    assert "CPC −" in second
    assert third == "| c | 0 | 0 | none |"
    assert table(answer(book, [Row("c", plan)], plan)) == ["| against 2026 | netback, MUSD |", "|---|--:|", "| c | 0 |"]
    only = table(answer(book, [Row("a", none, ["7"])], plan, tells=(), more=["own"]))
    assert only[0] == "| against 2026 | netback, MUSD | own |"
    assert only[2].endswith(" | 7 |")


def test_lines_and_questions_keep_their_order(book: Book) -> None:
    model = book.of("oil-2024")
    plans = model.by_label({"as it is": (), "again": ()})
    assert list(plans.values()) == model.plans((), ())
    assert rows(plans, lambda plan: [plan.status]) == [
        Row("as it is", plans["as it is"], ["optimal"]), Row("again", plans["again"], ["optimal"]),
    ]  # fmt: skip
    assert numbered(*OIL.values()) == OIL


def test_corridors_that_move_most_are_named(book: Book) -> None:
    """The second only where it moves by a third of the first; those that gain, the largest first."""
    case = book.case("oil-2026").set("policy.exports", "free")
    plan, none = er.solve(case), er.solve(case.without("CPC_SPM"))
    found = changes(plan, none)
    assert found[0][0] == "CPC"
    told = [name for name, change in found[:2] if abs(change) >= abs(found[0][1]) / 3]
    assert [part.rsplit(" ", 1)[0] for part in moves(plan, none).split(", ")] == told
    gain = [name for name, change in found if change > 0]
    assert takers(plan, none, 2) == joined(gain[:2])
    assert (moves(plan, plan), takers(plan, plan)) == ("none", "")


def test_an_answer_is_short_and_plain(page: str) -> None:
    """Two to five sentences, no brackets in them, a line of how sure, at most two commands."""
    parts = re.split(r"^### .*$", page, flags=re.M)[1:]
    assert len(parts) == len(OIL) + len(GAS)
    for part in parts:
        words, _, rest = part.strip().partition("\n\n")
        said = re.sub(r"\]\([^)]*\)", "]", " ".join(words.split()))
        sentences = re.split(r"(?<=\.)\s+(?=[A-Z])", said)
        assert 2 <= len(sentences) <= 5, said
        assert "(" not in said, said
        assert rest.count("*How sure.*") == 1
        assert 1 <= rest.count("$ energy-routes ") <= 2, rest
    assert len(page.split()) <= 2400


def test_the_weakest_figures_come_from_the_tables(book: Book) -> None:
    """The tariff of BTC is graded in its row, and Brent in the dated rows of the year; an old price has its year."""
    case = book.case("oil-2026")
    figures = {"arc:BTC.tariff": "BTC", "market:AUGUSTA.price": "Brent", "arc:T_CPC_AUG.tariff": "freight"}
    assert weakest(case, figures) == "Estimate: Brent and freight"
    assert weakest(case, figures, most=3) == "Estimate: Brent and freight; medium: BTC"
    old = {"market:ORENBURG_GAS.price": "the price at Orenburg"}
    assert weakest(book.case("gas-2026"), old) == "Estimate: the price at Orenburg (stale: of 2013)"


def test_lines_keep_a_long_link_whole() -> None:
    link = f"[here](https://example.org/{'a' * 150})"
    assert wrapped(f"- A word {link} and more.", hang="  ") == ["- A word", f"  {link}", "  and more."]


@pytest.mark.parametrize(("at", "told"), [
    (9.94, "It turns at 9.9 USD/MMBtu, within the stated 7.9 to 12.0."),
    (14.2, "It turns at 14.2 USD/MMBtu, above the stated 7.9 to 12.0."),
    (7.5, "It turns at 7.5 USD/MMBtu, below the stated 7.9 to 12.0."),
    (None, "No price tried turns it; 7.9 to 12.0 USD/MMBtu are stated."),
])  # fmt: skip
def test_an_answer_says_whether_it_turns_within_the_stated_prices(at: float | None, told: str) -> None:
    assert turning(at, (7.9, 9.0, 12.0), "USD/MMBtu", 1) == told


def test_stated_prices_are_those_of_the_scenarios_and_a_scenario_of_prices_can_be_laid(book: Book) -> None:
    low, central, high = book.of("trans-caspian-gas").stated("market:ITALY.price", 39.32 / 1.055056)
    assert (low, central, high) == pytest.approx((7.9, 9.0, 12.0), rel=1e-5)
    assert book.case("trans-caspian-gas", "prices=high", "china-shut").prices == "high"
    assert book.of("trans-caspian-gas").solve("prices=high", "china-shut") == (
        "solve trans-caspian-gas --set prices=high --scenario china-shut")
