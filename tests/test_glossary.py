"""The glossary is sorted, and each term is a word of the module that is said to own it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([\w.]+)` \|$", re.M)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
ROWS = ROW.findall(PAGE.read_text("utf-8"))


def test_every_line_of_the_table_is_a_term_a_sentence_and_a_module() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    assert len(ROWS) == len(lines) - 2 > 80


def test_the_terms_are_sorted_and_none_stands_twice() -> None:
    terms = [term.casefold() for term, *_ in ROWS]
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("term", [
    "axis", "band", "certificate", "conflict", "corridor", "cut", "deficiency", "exposure", "hold", "kink", "lane",
    "mark", "meter", "netback", "premium", "range", "recourse", "session", "Shapley value", "shut-in", "slope", "space",
    "sweep", "tail", "tier", "transit", "vertex",
])  # fmt: skip
def test_the_words_that_a_newcomer_stumbles_on_are_told(term: str) -> None:
    assert term in {term for term, *_ in ROWS}


def test_the_module_of_a_term_is_there_and_speaks_of_it(root: Path) -> None:
    silent = []
    for term, _, module in ROWS:
        file = root / "energy_routes" / f"{module.replace('.', '/')}.py"
        assert file.is_file(), f"{term}: there is no module {module}"
        said = re.sub(r"[\W_]+", " ", f"{module} {file.read_text('utf-8')}".casefold())
        if re.sub(r"[\W_]+", " ", term.casefold()).strip() not in said:
            silent.append((term, module))
    assert silent == []
