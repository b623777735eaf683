"""Options that would be without effect, beside others or for a model, are refused or told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from toy import PLACED, write
from typer.testing import CliRunner

from energy_routes.cli.app import app
from energy_routes.cli.idle import RULES, Idle

SHARE = ("--over", "policy.max_share.transit:RU")
VALUES = {"samples": "2"}  # 1 is a value of every other option


def parameters(verb: str) -> dict[str, Any]:
    command: Any = typer.main.get_command(app)
    return {one.name: one for one in command.get_command(None, verb).params}


def given(parameter: Any) -> list[str]:
    """An option on the command line, with a value that its type takes."""
    return [max(parameter.opts, key=len), *([] if parameter.is_flag else [VALUES.get(parameter.name, "1")])]


def told(verb: str, names: list[str]) -> str:
    """What a verb says when some options are given; its model is none, so that it never begins."""
    known = parameters(verb)
    needed = [one.name for one in known.values() if one.required and one.name not in names]
    words = [word for name in [*needed, *names] for word in (
        ["nothing"] if known[name].param_type_name == "argument" else given(known[name]))]  # fmt: skip
    outcome = CliRunner().invoke(app, [verb, *words])
    assert outcome.exit_code in (0, 2), outcome.stderr
    return outcome.stderr


@pytest.mark.parametrize(("verb", "rule"), [(verb, rule) for verb, rules in RULES.items() for rule in rules])
def test_an_option_without_effect_is_refused_and_one_with_effect_is_not(
    verb: str, rule: Idle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = {name: max(one.opts, key=len) for name, one in parameters(verb).items()}
    for name in rule.names:
        for other in rule.others:
            alone, both = (f"{options[name]} has no effect" in words and rule.why in words
                           for words in (told(verb, [name]), told(verb, [name, other])))  # fmt: skip
            assert alone == (not rule.beside and not parameters(verb)[other].default)
            assert both == rule.beside


def test_row_0_is_a_row_and_0_draws_are_none(tmp_path: Path) -> None:
    model = str(write(tmp_path))
    for words in (["sweep", model, "--replay", "0", "--jobs", "2"], ["bargain", model, "--draws", "0", "--seed", "1"]):
        outcome = CliRunner().invoke(app, words)
        assert (outcome.exit_code, "has no effect" in outcome.stderr) == (2, True)


REFUSED = {
    "a unit of another family": (["solve", "--units", "bcm"], "'bcm' measures gas, and the case has oil alone. There"),
    "two units of volume": (["solve", "--units", "Mt,kt/d"], "Mt and kt/d are both units of volume of oil; expected"),
    "two units of money": (["solve", "--units", "USD/t,USD/bbl"], "USD/t and USD/bbl are both units of money of oil"),
    "builds of none": (["solve", "--builds"], "model has nothing to build; expected options in policy.build"),
    "a seed of no draws": (["sweep", "--draws", "0", "--seed", "4"], "--seed has no effect without draws"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_effect_for_a_model_is_refused(words: list[str], message: str, tmp_path: Path) -> None:
    outcome = CliRunner().invoke(app, [words[0], str(write(tmp_path)), *words[1:]])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert message in outcome.stderr


def test_draws_of_a_picture_of_a_part_of_the_horizon_are_refused(tmp_path: Path) -> None:
    """A picture of all of it shows them, also where its period is named."""
    def drawn(period: str, model: str) -> Any:
        words = ["map", str(write(tmp_path, {"nodes": PLACED}, model)), "--draws", "2", "--period", period]
        return CliRunner().invoke(app, [*words, "--out", str(tmp_path / "m.svg"), "-q"])

    part = drawn("2023-01", 'periods = "month"')
    assert part.exit_code == 2
    assert "--draws has no effect on a picture of 2023-01" in part.stderr
    assert drawn("2023", "").exit_code == 0
    assert "share of 2 draws" in (tmp_path / "m.svg").read_text("utf-8")


def notes() -> Iterator[tuple[str, list[str], str]]:
    yield "nothing of a section", ["solve", "--show", "builds,routes"], "Nothing to show of builds."
    yield "a loss foreseen from the first day", ["stress", "--foreseen"], "Note: To foresee a loss changes nothing"
    yield "no pair", ["stress", "--kind", "corridor:SHORT", "-k", "2"], "Note: No two of these losses make a pair"
    ends = [*SHARE, "--from", "0.95", "--to", "0.8"]
    yield "no samples", ["frontier", *ends, "--samples", "3"], "--samples has no effect: no piece of this curve"
    yield "no tolerance", ["frontier", *ends, "--tolerance", "3"], "--tolerance has no effect: no piece of this curve"


@pytest.mark.parametrize(("words", "note"), [row[1:] for row in notes()], ids=[row[0] for row in notes()])
def test_what_comes_to_nothing_is_told(words: list[str], note: str, tmp_path: Path) -> None:
    model = str(write(tmp_path))
    outcome = CliRunner().invoke(app, [words[0], model, *words[1:]])
    assert outcome.exit_code == 0, outcome.stderr
    assert note in outcome.stdout + outcome.stderr
    assert "Nothing to show" not in CliRunner().invoke(app, ["solve", model, "--full"]).stdout
