"""The words of the page of diversification follow its numbers and their bands."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from diversification import HEAD, Part, Told, entry, section


@pytest.fixture
def told() -> Told:
    stated = {"sure": -59.4, "open": 6.0, "gain": 1650.0, "never": float("nan"), "break-even arc:A": 36.1}
    draws = pd.DataFrame({
        "sure": [-80.0, -70.0, -60.0, -30.0], "open": [-20.0, 1.0, 9.0, 30.0],
        "gain": [900.0, 1500.0, float("nan"), 2000.0],
        "never": [float("nan")] * 4, "break-even arc:A": [28.0, 33.0, 40.0, 45.0],
    })  # fmt: skip
    return Told(stated, draws)


def test_a_row_has_its_band_and_the_draws_without_a_plan(told: Told) -> None:
    assert told.row("a", "gain", "MUSD")[:3] == ("a", "1,650", "MUSD")
    assert told.row("a", "gain", "MUSD")[5] == "25"
    low, high = told.band("gain")
    assert 900 < low < 1500 < high < 2000
    assert told.row("a", "never", "MUSD") == ("a", "no plan", "MUSD", "–", "–", "100")
    assert told.row("a", "sure", "%", 1, 10)[1] == "−594.0"
    assert told.row("a", "not drawn", "MUSD")[1:] == ("no plan", "MUSD", "–", "–", "100")


def test_a_sign_that_may_turn_is_said_to(told: Told) -> None:
    assert told.earns("sure") == "loses 59 MUSD"
    assert told.earns("gain") == "earns 1,650 MUSD"
    assert told.earns("open") == "may earn or lose money"
    assert entry("pipe", "arc:A", 21, told, "USD/t") == "At its tariff of 21 USD/t the pipe is used."
    assert entry("pipe", "arc:A", 50, told, "USD/t") == "At its tariff of 50 USD/t the pipe stays empty."
    assert entry("pipe", "arc:A", 37, told, "USD/t") == (
        "At its tariff of 37 USD/t the pipe stays empty. In a tenth of draws or more it is used.")
    assert entry("pipe", "arc:A", 35, told, "USD/t").endswith(
        "the pipe is used. In a tenth of draws or more it stays empty.")


def test_a_family_has_one_table_and_one_block_of_commands(told: Told) -> None:
    parts = [Part("One.", ["It is so."], [told.row("a", "sure", "MUSD")], ["solve a"]),
             Part("Two.", ["So it is.", "Yes."], [told.row("b", "open", "MUSD")], ["solve b"])]
    text = "\n".join(section("Oil", parts))
    assert "- **One.** It is so.\n- **Two.** So it is. Yes.\n\n| what |" in text
    assert text.count(f"| {' | '.join(HEAD)} |") == 1
    assert text.endswith("```text\n$ energy-routes solve a\n$ energy-routes solve b\n```\n")


def test_the_page_is_short_and_says_the_number_of_draws_once(root: Path) -> None:
    page = (root / "docs" / "diversification.md").read_text("utf-8")
    assert len(page.split()) <= 900
    assert len(re.findall(r"\b[\d,]+ draws\b", page)) == 1
    assert "no plan in" not in page
    assert page.count(f"| {' | '.join(HEAD)} |") == 2
