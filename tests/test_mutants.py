"""The programme that measures the tests: a weak test lets its mutant live, and no mutant is left out in silence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from mutants import PACKAGE, ROOT, killer, listed, reaching, seconds
from mutation import Module, Mutant, drawn, modules, place

pytestmark = pytest.mark.exhaustive  # a programme that is run by hand

DEARER = """
def dearer(one: float, other: float) -> float:
    '''The larger of two prices.'''
    if one > other:
        return one
    return other


class Sale:
    def margin(self, price: float = 1.0) -> float:
        if price < 0 and not self:
            raise ValueError("below " + str(0))
        return min(price * 2, -price)
"""
TESTS = """
from energy_routes.market import dearer

def test_weak():
    assert dearer(1, 2) in (1, 2)

def test_strong():
    assert dearer(1, 2) == 2
"""
FILES = {
    "energy_routes/__init__.py": "",
    "energy_routes/market.py": DEARER,
    "tests/test_market.py": TESTS,
    "pytest.ini": "[pytest]",
}
MUTANT = Mutant("market", "dearer", "comparison", "one > other", "one < other")
WEAK, STRONG = (f"tests/test_market.py::{name}" for name in ("test_weak", "test_strong"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project of one module and two tests of it."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_every_mutant_of_the_list_still_applies() -> None:
    """After a change of its line a mutant is written anew."""
    among = modules(ROOT / PACKAGE)
    assert len([place(mutant, among) for mutant in listed()[1]]) == 40


def test_a_weak_test_lets_its_mutant_live(copy: Path) -> None:
    assert killer(copy, MUTANT, [WEAK]) is None
    assert killer(copy, MUTANT, [WEAK, STRONG]) == STRONG
    assert (copy / "energy_routes/market.py").read_text() == DEARER


def test_a_test_that_is_not_there_kills_nothing(copy: Path) -> None:
    with pytest.raises(RuntimeError, match="named no test"):
        killer(copy, MUTANT, ["tests/test_market.py::test_gone"])


def test_a_mutant_is_found_where_its_function_went(copy: Path) -> None:
    (copy / "energy_routes/room").mkdir()
    (copy / "energy_routes/market.py").rename(copy / "energy_routes/room/prices.py")
    module, at = place(MUTANT, modules(copy / "energy_routes"))
    assert (module.name, module.lines(at)) == ("room.prices", (4, 4))


@pytest.mark.parametrize("text", ["one >= other", "other"], ids=["gone", "twice"])
def test_a_mutant_that_applies_nowhere_is_an_error(copy: Path, text: str) -> None:
    with pytest.raises(LookupError, match=r"market\.dearer: .* stands once in 0 functions .*Write it anew"):
        place(Mutant("market", "dearer", "comparison", text, "x"), modules(copy / "energy_routes"))


def test_mutants_are_of_what_is_computed_and_stand_once(copy: Path) -> None:
    found = Module(copy / "energy_routes/market.py", copy).mutants()
    assert {(m.function, m.kind, m.text, m.replacement) for m in found} == {
        ("dearer", "comparison", "one > other", "one >= other"),
        ("Sale.margin", "comparison", "price < 0", "price <= 0"),
        ("Sale.margin", "constant", "price < 0", "price < 1"),
        ("Sale.margin", "boolean", "price < 0 and not self", "price < 0 or not self"),
        ("Sale.margin", "sign", "not self", "self"),
        ("Sale.margin", "min/max", "min(price * 2, -price)", "max(price * 2, -price)"),
        ("Sale.margin", "arithmetic", "price * 2", "price / 2"),
        ("Sale.margin", "constant", "price * 2", "price * 3"),
        ("Sale.margin", "sign", "min(price * 2, -price)", "min(price * 2, price)"),
    }


def test_the_same_seed_draws_the_same_mutants(copy: Path) -> None:
    rooms = [{"name": "trade", "modules": ["mark*"], "mutants": 1}]
    first, again = (list(drawn(rooms, 11, modules(copy / "energy_routes"))) for _ in range(2))
    assert first == again
    assert {m.function for m in first} == {"dearer", "Sale.margin"}


def test_the_tests_of_a_line_come_fastest_first(copy: Path) -> None:
    coverage = copy / ".coverage"
    with closing(sqlite3.connect(coverage)) as data, data:
        data.execute("CREATE TABLE file (id, path)")
        data.execute("CREATE TABLE context (id, context)")
        data.execute("CREATE TABLE arc (file_id, context_id, fromno, tono)")
        files = [(1, "/a/energy_routes/market.py"), (2, "/a/energy_routes/b.py")]
        data.executemany("INSERT INTO file VALUES (?, ?)", files)
        contexts = ["", "long|setup", "long|run", "short|run", "elsewhere|run"]
        data.executemany("INSERT INTO context VALUES (?, ?)", enumerate(contexts))
        arcs = [(1, 0, 3, 4), (2, 1, 1, 2), (1, 2, 2, 4), (1, 3, 2, 4), (1, 4, 2, 5), (2, 4, 2, 4)]
        data.executemany("INSERT INTO arc VALUES (?, ?, ?, ?)", arcs)
    _, module = modules(copy / "energy_routes")
    assert reaching(coverage, {"long": 2.0, "short": 1.0}, module, DEARER.index("one > other:\n")) == ["short", "long"]


def test_a_run_that_does_not_tell_tests_apart_is_refused(copy: Path) -> None:
    with closing(sqlite3.connect(copy / ".coverage")) as data, data:
        data.execute("CREATE TABLE context (id, context)")
        data.execute("INSERT INTO context VALUES (0, '')")
    _, module = modules(copy / "energy_routes")
    with pytest.raises(RuntimeError, match=r"does not tell which test reached a line\. Measure again"):
        reaching(copy / ".coverage", {}, module, 0)


def test_the_times_of_tests_are_read_by_their_names(tmp_path: Path) -> None:
    report = tmp_path / "times.xml"
    report.write_text('<testsuites><testsuite><testcase classname="tests.test_x" name="test_y[a.b]" time="1.5"/>'
                      "</testsuite></testsuites>")  # fmt: skip
    assert seconds(report) == {"tests/test_x.py::test_y[a.b]": 1.5}
