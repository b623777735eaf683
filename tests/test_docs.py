"""The documentation's examples run as they are written.

In ``README.md`` and ``docs/*.md``, the blocks marked ``python`` of one page run in order, in one namespace, as a
reader would type them.  Every line that begins with ``$ energy-routes`` is run once and must exit and print as its page
says (``printed.py``).  What takes over half a second is run by ``-m exhaustive``: it shows that the pages are true;
each function and verb that they show has tests of its own on small networks.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import readme
from printed import PAGES, ROOT, Command, commands, given, label, run, runs, walks, write
from question_book import Book

import energy_routes as er
from energy_routes.case.model_file import EditFile, ModelFile
from energy_routes.case.policy.policy import LEVERS
from energy_routes.network.edit import TARGETS

BLOCK = re.compile(r"^```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```$", re.M | re.S)
# What took under half a second of one core when measured; what is not known to be quick runs with the others.
QUICK = re.compile(r"^(models|check|netbacks)\b|^solve gas-home-first$|^stress oil-2024 .*--kind corridor:CPC")
STUDY = re.compile(r" --(link|draws) ")  # of the page of bargaining: four minutes of CPU, as its script takes again
QUICK_PAGES = ("README.md", "cluster.md", "drawn-route.md", "embedding.md", "words.md")
SHOWN = re.compile(r"\ber\.(\w+)")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def blocks(kind: str) -> Iterator[tuple[Path, int, str]]:
    """Page, first line and text of every block of a kind."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in BLOCK.finditer(text):
            if match["kind"] == kind:
                yield page, text.count("\n", 0, match.start("body")), match["body"]


@pytest.mark.usefixtures("strings_of_users")
@pytest.mark.parametrize("page", [
    pytest.param(page, marks=[] if page.name in QUICK_PAGES else [pytest.mark.exhaustive], id=label(page))
    for page in dict.fromkeys(page for page, _, _ in blocks("python"))
])  # fmt: skip
def test_python_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "example"}
    for source, line, body in blocks("python"):
        if source == page:  # blank lines before make a traceback point into the page
            exec(compile("\n" * line + body, str(page), "exec"), namespace)


def test_python_examples_are_whole_and_name_only_what_the_facade_has() -> None:
    shown = []
    for page, line, body in blocks("python"):
        compile("\n" * line + body, str(page), "exec")
        shown += [(label(page), name) for name in SHOWN.findall(body)]
    assert len(shown) > 50
    assert [place for place in shown if not hasattr(er, place[1])] == []


def marked(places: list[list[Command]]) -> Any:
    """A run as a parameter: marked where it takes long."""
    words = [command.words for command in places[0]]
    marks = [] if all(map(QUICK.search, words)) else [pytest.mark.exhaustive]
    if places[0][0].place.startswith("docs/bargaining.md") and STUDY.search(words[0]):
        marks.append(pytest.mark.skipif("EVERY_QUESTION" not in os.environ, reason="EVERY_QUESTION=1 runs them"))
    return pytest.param(places, marks=marks, id=f"{places[0][0].place}: {'; '.join(words)}")


@pytest.mark.parametrize("places", [marked(places) for places in runs(PAGES)])
def test_commands_print_what_is_said(
    places: list[list[Command]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    faults = []
    for same in zip(*places, strict=True):
        write(given(same[0]), tmp_path)
        code, output = run(same[0].words)
        faults += [fault for command in same for fault in command.faults(code, output, tmp_path)]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_a_figure_beside_a_command_stands_in_a_sentence(page: Path) -> None:
    unsaid = [fault for command in commands(page) for fault in command.unsaid()]
    assert unsaid == [], "\n".join(unsaid)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [target for target in LINK.findall(page.read_text("utf-8")) if not (page.parent / target).exists()]
    assert broken == []


@pytest.mark.exhaustive
def test_the_readme_has_the_figures_that_the_models_give() -> None:
    book, text = Book(), readme.PAGE.read_text("utf-8")
    assert text == readme.rewritten(text, readme.parts(book)), "run docs/scripts/readme.py"


def test_a_part_between_markers_is_replaced_and_nothing_else() -> None:
    page = "before\n<!-- sums: docs/scripts/readme.py -->\n\n1 + 1 = 3\n\n<!-- end -->\nafter\n"
    written = readme.rewritten(page, {"sums": ["1 + 1 = 2"]})
    assert written == page.replace("3", "2")
    assert readme.rewritten(written, {"sums": ["1 + 1 = 2"]}) == written
    with pytest.raises(ValueError, match=r"0 parts begin with '<!-- other: docs/scripts/readme\.py -->'"):
        readme.rewritten(page, {"other": []})


@pytest.mark.parametrize(("value", "written"), [(44.66, "44.7 Mt"), (-1500.0, "−1,500.0 Mt"), (-0.04, "0"), (0.0, "0")])
def test_an_amount_of_the_readme_has_a_sign_and_a_unit_or_is_nothing(value: float, written: str) -> None:
    assert readme.amount(value, "Mt", 1) == written


def test_every_page_is_in_the_index() -> None:
    docs = ROOT / "docs"
    linked = set(LINK.findall((docs / "README.md").read_text("utf-8")))
    pages = {page.relative_to(docs).as_posix() for page in PAGES if page.is_relative_to(docs)} - {"README.md"}
    assert pages - linked == set()


def test_the_page_of_python_names_every_public_function() -> None:
    shown = set(SHOWN.findall((ROOT / "docs" / "python.md").read_text("utf-8")))
    assert {name for name in er.__all__ if inspect.isfunction(getattr(er, name))} - shown == set()


def test_the_page_of_model_files_has_every_key() -> None:
    page = (ROOT / "docs" / "model-file.md").read_text("utf-8")
    told = {key for line in page.splitlines() if line.startswith("| `")
            for key in re.findall(r"`([a-z_]+)`", line.split("|")[1])}
    keys = {*ModelFile.model_fields, *EditFile.model_fields, *LEVERS}
    assert keys - told == set()
    assert told - keys == set()
    assert [word for word in TARGETS if f"`{word}`" not in page] == ["joint"]  # as results call a row of `limits`


PAGE = """# A page

## Loss

```csv mine.csv
target,value
```

It loses 331 MUSD and 0.28 Mt.

```text
$ energy-routes solve a --deck mine.csv --out kept  # prints 331 MUSD, 0.28 Mt
$ energy-routes verify kept  # exits 8; prints 12 %
# prints 99 MUSD
$ energy-routes models
```

## Another section, with 12 %
"""


@pytest.fixture
def toy(tmp_path: Path) -> list[Command]:
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    return list(commands(page))


@pytest.mark.parametrize(("printed", "told"), [
    ("netback -331.4 MUSD, shut in 0.2820 Mt", []),
    ("netback -1,331.4 MUSD, -333.39 MUSD, oil-331, 0.28 Mt", ["331 MUSD; prints 333.39 and 0.28 at nearest"]),
    ("netback -331.4 MUSD, shut in 0.3 Mt", ["0.28 Mt; prints 0.3 and 331.4 at nearest"]),
    ("netback -331.4 kUSD, shut in 0.28 Mt", ["331 MUSD; prints 331.4 and 0.28 at nearest, and nothing in MUSD"]),
])  # fmt: skip
def test_a_changed_number_is_told_with_page_line_and_what_is_printed(
    printed: str, told: list[str], toy: list[Command], tmp_path: Path,
) -> None:
    (tmp_path / "kept").mkdir()
    start = "page.md:12: energy-routes solve a --deck mine.csv --out kept\n  said to print "
    assert toy[0].faults(0, printed, tmp_path) == [start + words for words in told]


def test_a_wrong_exit_or_a_file_not_written_is_told(toy: list[Command], tmp_path: Path) -> None:
    assert [fault.splitlines()[1] for fault in toy[1].faults(0, "12 %", tmp_path)] == ["  said to exit 8, exits 0:"]
    assert "writes no kept" in toy[0].faults(0, "331 MUSD, 0.28 Mt", tmp_path)[0]


def test_the_section_must_say_what_the_remark_says(toy: list[Command]) -> None:
    assert toy[0].unsaid() == []
    assert toy[1].unsaid() == ["page.md:13: the remark says 12 %, and no sentence or table of the section has 12"]


def test_commands_that_share_files_are_run_together_and_equal_ones_once(toy: list[Command]) -> None:
    page = toy[0].page
    assert [[c.line for c in walk] for walk in walks(page)] == [[12, 13], [15]]
    assert given(toy[0]) == {"mine.csv": "target,value\n"}
    other = page.with_name("other.md")
    other.write_text(PAGE, "utf-8")
    places = [[walk[0].place for walk in same] for same in runs([page, other])]
    assert places == [["page.md:12"], ["page.md:15", "other.md:15"], ["other.md:12"]], "page.md has its own mine.csv"


@pytest.mark.parametrize("remark", ["prints 3 Mt", "prints some", "prints 0.05 Mt", "costs 12"])
def test_a_remark_that_tells_too_little_is_refused(remark: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```text\n$ energy-routes models  # {remark}\n```\n", "utf-8")
    with pytest.raises(ValueError, match=r"page\.md:2: .*(no number of two digits|neither)"):
        list(commands(page))
