"""What a message offers where a name is not found: the nearest one, or what there is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from toy import toy

import energy_routes as er
from energy_routes.pack import offered


@cache
def case(folder: Path) -> er.Case:
    return toy(folder / "toy")


CALLS: dict[str, tuple[Callable[[er.Case], Any], str]] = {
    "a lever": (lambda c: c.with_policy(zzz=5), "There are: objective, exports, max_share"),
    "what is closed": (lambda c: c.without("ZZZ"), "There are: GATHER, "),
    "a group": (lambda c: c.set("policy.max_share.transit:ZZ", 0.5), "There are: RU"),
    "a subject": (lambda c: c.about("corridor:ZZZ"), "There are: SHORT, LONG"),
    "a row": (lambda c: c.set("arc:ZZZ.tariff", 5), "There are: GATHER, "),
    "a kind of row": (lambda c: c.scale("ZZZ", "tariff", 2), "There are: arc, "),
    "a kind of loss": (lambda c: er.stress(c, ["zzz"]), "There are: arc, corridor, "),
    "a loss": (lambda c: er.stress(c, ["corridor:ZZZ"]), "There are: SHORT, LONG"),
    "a period": (lambda c: er.netbacks(c, "zzz"), "There are: 2023"),
    "a question": (lambda c: er.compile(c).solve_many([{}], ["zzz"]), "There are: objective, netback"),
    "a target": (lambda c: er.explain(c, "arc:GATHR"), "Nearest: 'arc:GATHER'"),
}


@pytest.mark.parametrize(("call", "words"), CALLS.values(), ids=CALLS)
def test_a_name_that_is_not_found_is_answered_by_those_that_are(
    call: Callable[[er.Case], Any], words: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(er.EnergyRoutesError) as caught:
        call(case(tmp_path_factory.getbasetemp()))
    assert words in str(caught.value)


def test_of_many_names_thirty_are_told_and_how_many_there_are() -> None:
    assert offered("x", map(str, range(31))) == f"There are: {', '.join(map(str, range(30)))} … (31 in all)"
    assert offered("x", []) == "There are: none"


def test_a_wrong_unit_is_not_taken_for_a_misspelt_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(er.DataError, match=r"unit 'EUR' is not known[^.]*\.?$"):
        case(tmp_path_factory.getbasetemp()).set("arc:SHORT.tariff", "5 EUR")
