"""The page of bargaining: every number in it comes from a study, and it says what the game leaves out."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from bargaining import ASKED
from bargaining_book import Gain, section
from question_book import Book
from transit_question import MODEL, fee

QUICK = (4, 5)  # those without games or tariffs over draws, which take three minutes of CPU


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "bargaining.md").read_text("utf-8")


def test_every_question_stands_on_the_page_with_its_band_and_what_is_left_out(page: str) -> None:
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", page, re.M)]
    assert numbers == sorted(ASKED)
    assert page.count("*How sure.*") == page.count("*What the game leaves out.*") == page.count("```text") == len(ASKED)


def test_what_russian_transit_pays_is_read_from_the_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book()
    case = book.case(MODEL)
    assert fee(book) == 15.0
    arcs = case.network.tables["arcs"]
    dearer = arcs.assign(note=arcs["note"].str.replace("Tariff of 2024: 15 USD/t", "Tariff of 2024: 17.5 USD/t"))
    monkeypatch.setitem(case.network.__dict__, "tables", {**case.network.tables, "arcs": dearer})
    monkeypatch.setattr(Book, "case", lambda *_: case)
    assert fee(book) == 17.5


def test_an_answer_has_its_parts_in_order() -> None:
    gain = Gain("Why?", "all", ["It is so.", "Yes."], ("a", "b"), [("x", "1")], "Sure.", "Much.", ["btc"], ["models"])
    text = "\n".join(section(7, gain))
    assert text == ("## 7. Why?\n\n*For all.*\n\nIt is so. Yes.\n\n| a | b |\n|---|--:|\n| x | 1 |\n\n"
                    "*How sure.* Sure. [`btc`](../models/btc.toml)\n\n*What the game leaves out.* Much.\n\n"
                    "```text\n$ energy-routes models\n```\n")  # fmt: skip


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("number", sorted(ASKED) if os.environ.get("EVERY_QUESTION") else QUICK)
def test_an_answer_is_what_a_fresh_study_says(number: int, page: str) -> None:
    written = "\n".join(section(number, ASKED[number](Book()))).rstrip()
    assert written in page, "the data moved: run python docs/scripts/bargaining.py"
