"""The page of questions: every number in it comes from a solve, and every question model has its answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gas_questions import GAS
from oil_questions import OIL
from question_book import Book, Row, count, gains, grades, listed, money, moves, section, table, volume

import energy_routes as er
from energy_routes import library


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "questions.md").read_text("utf-8")


@pytest.mark.parametrize(("asked", "number"), [
    (GAS, 4), pytest.param(OIL, 8, marks=(pytest.mark.exhaustive, pytest.mark.slow)),
], ids=["gas", "oil"])  # fmt: skip
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


def test_words_follow_the_sign() -> None:
    assert gains(5.44) == "gains 5.44 MUSD"
    assert gains(-1664.2) == "loses 1,664 MUSD"
    assert gains(0.01) == "changes nothing"
    assert money(-0.004) == "nothing"
    assert volume(0.0004, "oil") == "nothing"
    assert (count(-0.001), count(-12.34), count(1234.5)) == ("0.00", "−12.3", "1,234")
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")


def test_a_table_measures_against_what_it_says(book: Book) -> None:
    case = book.case("oil-2026").set("policy.exports", "free")
    plan, cut = er.solve(case), er.solve(case.without("TN_USTL"))
    first, second = table([Row("a", plan), Row("b", cut, plan)])[2:]
    assert first.split(" | ")[2:3] == ["–"]
    assert f"| −{money(plan.netback - cut.netback).removesuffix(' MUSD')} |" in second
    assert moves(plan, plan) == "none"
    assert "Atyrau–Samara −" in second


def test_grades_come_from_the_tables(book: Book) -> None:
    """The tariff of BTC is graded in its row, the price of Brent in the dated row of the year."""
    words = grades(book.case("oil-2026"), {"arc:BTC.tariff": "BTC", "market:AUGUSTA.price": "Brent"})
    assert words == "Medium: BTC; estimate: Brent"
