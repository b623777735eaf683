"""The questions of the page of bargaining that are games: what is said all over a band, and what is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from game_questions import Rows, changes, cheapest, leverage
from transit_question import compared


def link(low: float, high: float, player: str = "RU", column: str = "shapley_change") -> Rows:
    row = {"access": "shut", "player": player, column: (low + high) / 2, f"{column}_low": low, f"{column}_high": high}
    return Rows(pd.DataFrame([row]))


def built(capital: float) -> Any:
    return SimpleNamespace(capital=capital, players=("RU",))


def test_a_number_is_told_with_its_band_and_turned_round_with_it() -> None:
    rows = link(-953, -882)
    assert rows.told("RU", "shapley_change") == "−918 (−953 to −882)"
    assert rows.told("RU", "shapley_change", -1.0) == "918 (882 to 953)"
    assert link(5, 5).told("RU", "shapley_change") == "5.0"
    assert [link(*ends).sign("RU", "shapley_change") for ends in ((1, 2), (-2, -1), (-1, 2), (0, 2))] == [1, -1, 0, 0]


@pytest.mark.parametrize(("other", "said"), [((-200.0, -100.0), True), ((-9000.0, -100.0), False)])
def test_the_cheapest_is_named_only_where_the_bands_do_not_meet(other: tuple[float, float], said: bool) -> None:
    """A lowers by 40 for a dollar at least; B by 4 at most, or perhaps by 180."""
    found = cheapest({"A": built(20), "B": built(50)}, {"A": link(-1000, -800), "B": link(*other)})
    assert ("A lowers it most" in found[0]) is said
    assert ("turns within the bands" in found[0]) is not said


def test_what_turns_is_not_said_of_who_gains_or_of_leverage() -> None:
    names = {"RU": "Russia"}
    assert changes(built(1), link(-2, -1), names, -1, "would lose") == (
        "Before capital and by the first rule, Russia would lose 1.5 (1.0 to 2.0).")
    assert changes(built(1), link(-2, 1), names, -1, "would lose") == ""
    ends = [leverage(built(10), link(*at, player="KZ")) for at in ((11, 12), (1, 2), (9, 11))]
    assert [bool(text) for text in ends] == [True, True, False]
    assert "no threat" in ends[1]


def test_transit_is_set_beside_its_space_only_where_the_bands_do_not_meet() -> None:
    margin = (112.0, 90.0, 135.0)
    below, above, about = (0.0, 0.0, 5.0), (200.0, 150.0, 300.0), (100.0, 50.0, 120.0)
    assert compared(margin, {"a": below, "b": below}).startswith("In every world below")
    mixed = compared(margin, {"a": below, "b": above, "c": about})
    assert "less a and more b than the transit pays" in mixed
    assert "turns within the bands and is not said" in compared(margin, {"c": about})
