"""The pages and the help texts are plain English, by the rules of ``prose.py``; the rules find what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from printed import PAGES, ROOT, label
from prose import faults

from energy_routes.cli.app import app

ALL = (*PAGES, ROOT / "CONTRIBUTING.md")


@pytest.mark.parametrize("page", ALL, ids=label)
def test_a_page_is_plain(page: Path) -> None:
    found = [f"{label(page)} {fault}" for fault in faults(page.read_text("utf-8"))]
    assert found == [], "\n".join(found)


def helps(command: Any, name: str) -> Iterator[tuple[str, str]]:
    """(verb or option, its help) of a command and of those under it."""
    yield name, command.help or ""
    yield from ((f"{name} {option.name}", getattr(option, "help", None) or "") for option in command.params)
    for verb in getattr(command, "commands", {}):  # names alone: a verb's own is loaded when it is asked for
        yield from helps(command.get_command(typer.Context(command), verb), f"{name} {verb}")


def test_help_texts_are_plain_and_every_option_has_one() -> None:
    texts = dict(helps(typer.main.get_command(app), "energy-routes"))
    assert len(texts) > 100
    assert [name for name, text in texts.items() if not text] == []
    found = [f"{name}: {fault}" for name, text in texts.items() for fault in faults(text)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(("text", "rules"), [
    ("The pipe is full.", []),
    (" ".join(["word"] * 33) + ".", ["33 words, at most 32"]),
    ("A first sentence of five words. " * 10, []),
    ("It was built, was sold and is held.", ["3 passives, at most 2"]),
    ("It is not often measured and was sold.", []),
    ("There is no room.", ["'room', better capacity, space"]),
    ("A mushroom grows.", []),
    ("`room` and\\n\\n```text\\nno room\\n```\\n", []),
    ("| a cell | with room |\\n|---|---|\\n", ["'room', better capacity, space"]),
    ("- one item\\n- an item with rooms", ["'room', better capacity, space"]),
    ("<!-- room -->", []),
])  # fmt: skip
def test_the_rules_find_what_they_say(text: str, rules: list[str]) -> None:
    assert [fault.rule for fault in faults(text.replace("\\n", "\n"))] == rules


def test_a_fault_tells_the_line_of_its_block() -> None:
    page = "# Head\n\n```text\ncode\n```\n\nFirst line\nthere is no room.\n\n- an item\n- of the house\n"
    assert [str(fault) for fault in faults(page)] == [
        "line 7: 'room', better capacity, space: First line there is no room.",
        "line 11: 'house', better package: of the house",
    ]
