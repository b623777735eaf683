"""Seeded fuzz at every door: no traceback, and no nonsense that is taken for a figure.

A few examples of each in the tests of every day, many with ``-m exhaustive`` (``.ci/run``).  Foreign solvers have
theirs in ``test_foreign_solvers.py``, arguments in ``test_arguments.py``, saved results in ``test_audit.py``.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError
from test_placing import ARCS, LINES, NODES, geojson
from toy import TABLES, toy, write

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.maps import misdrawn, misplaced

FEW, MANY = 8, 250
NONSENSE = [
    "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "1e13", "1,5", "１２", "٣", "½", "0x10", "1_000", "5%", "--5",
    "5e", "=1+1", "=cmd|'/C calc'!A0", "TRUE", "2024-03-05", "1/2", "$80", "80 USD", "12\x00", "−5", "1.2.3",
]  # fmt: skip
ODD = [
    "", " ", "-0.0", "0", "-5", "1e-300", "1e12", "unlimited", "none", "NULL", "\u200b", "\ufeffid", "\u202eevil",
    "\x1b]0;x\x07", "</script><script>alert(1)</script>", "../../etc/passwd", "a;b;;c", "a/b", "=A1", "@SUM(A1)", "HUB",
    "hub", "\u041dUB",
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from([*NONSENSE, *ODD]), st.text(max_size=12), st.floats().map(repr),
    st.integers(-(10**20), 10**20).map(str),
)  # fmt: skip
NUMBERS = ("capacity", "tariff", "length_km", "available", "cost", "volume", "value", "price", "depth", "discount")
Door = Callable[[Path, str], object]
number = count()


def rows_of(table: str) -> list[list[str]]:
    return [line.split(",") for line in textwrap.dedent(TABLES[table]).strip().splitlines()]


def place(rows: list[list[str]]) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, len(rows) - 1), st.integers(0, len(rows[0]) - 1))


def outcome(asked: Callable[[], object]) -> bool:
    """Whether something was accepted; what was refused was so in our own words."""
    try:
        asked()
    except er.EnergyRoutesError as error:
        told = error
    else:
        return True
    assert told.exit_code in (2, 3, 4, 5), repr(told)
    assert "Traceback" not in str(told)
    assert len(str(told)) < 50_000
    return False


def solved(folder: Path, tables: dict[str, str], model: str | None = None) -> Callable[[], object]:
    own = folder / str(next(number))
    return lambda: er.solve(er.load(write(own, tables) if model is None else written(own, model)))


def written(folder: Path, model: str) -> Path:
    path = write(folder)
    path.write_bytes(model.encode("utf-8", "surrogatepass"))
    return path


def csv_of(rows: list[list[str]]) -> str:
    quoted = [[f'"{cell}"' if set(cell) & set(',\n\r"') else cell for cell in row] for row in rows]
    return "\n".join(map(",".join, quoted)) + "\n"


@st.composite
def mutants(draw: Any) -> tuple[str, str, str]:
    """A table of the toy with one thing changed: its name, its text, and the nonsense in the place of a number."""
    table = draw(st.sampled_from(sorted(TABLES)))
    rows = rows_of(table)
    at, column = draw(place(rows))
    what = draw(st.sampled_from(["cell"] * 3 + ["number"] * 2 + ["row", "twice", "column", "swap", "header"]))
    wrong = ""
    figures = [k for k, name in enumerate(rows[0]) if name in NUMBERS]
    if what == "number" and figures and len(rows) > 1:
        wrong = draw(st.sampled_from(NONSENSE))
        rows[draw(st.integers(1, len(rows) - 1))][draw(st.sampled_from(figures))] = wrong
    elif what == "row":
        del rows[at]
    elif what == "twice":
        rows.insert(at, list(rows[at]))
    elif what == "column":
        rows = [row[:column] + row[column + 1:] for row in rows]
    elif what == "swap":
        other, _ = draw(place(rows))
        rows[at], rows[other] = rows[other], rows[at]
    else:
        rows[0 if what == "header" else at][column] = draw(CELLS).replace('"', "'")
    return table, csv_of(rows), wrong


LEVERS = [
    "max_share", "max_exposure", "max_hhi", "min_share", "security", "cvar", "bookings", "build", "carbon_price",
    "max_emissions", "base_prices", "exports", "objective", "no_such",
]  # fmt: skip
SCALARS = st.one_of(
    st.sampled_from([
        "nan", "inf", "-inf", "-1", "0", "0.5", "1e308", "true", "[]", "{}", "''", "'x'", "[1]", "{a = 1}",
        "{'transit:RU' = nan}", "{'transit:RU' = 0.5}", "{'transit:XX' = 0.5}", "99999999999999999999", "2024-01-01",
        "{outages = ['SHORT'], delta = nan}",
    ]), st.text(max_size=8).map(json.dumps),
)  # fmt: skip
PATHS = [
    "arc:SHORT.tariff", "arc:SHORT.capacity", "arc:*.capacity", "market:EAST.price", "supply:FIELD_CO.available",
    "obligation:HOME.volume", "policy.max_share.transit:RU", "policy.carbon_price", "policy.objective", "node:HUB.lat",
    "arc:SHORT", "", ".", "arc:", "arc:NO.tariff", "no.such", "arc:SHORT.name",
]  # fmt: skip
FIELDS = ["tariff", "capacity", "price", "available", "no_such"]


@st.composite
def models(draw: Any) -> str:
    lines = ["title = 'Toy'", "data = '.'", f"year = {draw(st.one_of(st.just('2023'), SCALARS))}"]
    lines += draw(st.sampled_from([[], ["no_such = 1"], ["extends = 'model'"], ["deck = '/dev/zero'"], ["scenario = 1"],
                                   ["\ufefftitle = 'x'"], ["x = " + "[" * 3000 + "]" * 3000]]))  # fmt: skip
    if draw(st.booleans()):
        lines += ["[policy]", f"{draw(st.sampled_from(LEVERS))} = {draw(SCALARS)}"]
    if draw(st.booleans()):
        change = draw(st.sampled_from(["{}", "{{set = {}}}", "{{add = {}}}", "{{scale = {}}}"])).format(draw(SCALARS))
        target = json.dumps(draw(st.sampled_from(PATHS)).rpartition(".")[0])
        lines += ["[[edit]]", f"target = {target}", "reason = 'x'", f"{draw(st.sampled_from(FIELDS))} = {change}"]
    return "\n".join(lines) + "\n"


@st.composite
def decks(draw: Any) -> tuple[str, bool]:
    """A deck with a row or two, and whether its price is nonsense."""
    price = draw(st.one_of(st.sampled_from(NONSENSE), st.just("70"), CELLS))
    unit = draw(st.sampled_from(["USD/bbl", "USD/t", "KZT/t", "EUR/bbl", "bbl", "", "Mt/y"]))
    target = draw(st.sampled_from(["market:EAST.price", "market:*.price", "market:NO.price", "arc:SHORT.tariff", ""]))
    row = [target, draw(st.sampled_from(["", "2023", "2023-13", "1066", "Mar-23"])), price.replace('"', "'"), unit]
    twice = draw(st.booleans())
    return csv_of([["target", "period", "value", "unit"], row, *([row] if twice else [])]), price in NONSENSE


COORDINATES = st.one_of(st.floats(-180, 180), st.sampled_from([0.0, 500.0, 5936000.0, -53.4, 91.0]))
POINTS = st.lists(st.lists(COORDINATES, min_size=0, max_size=4), max_size=4)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("toy"))


def fuzz(strategy: Any, holds: Callable[[Any, Path, Case], None]) -> tuple[Any, Any]:
    """One property with few examples, and with many."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]

    def few(example: Any, tmp_path: Path, case: Case) -> None:
        holds(example, tmp_path, case)

    def made(examples: int) -> Any:
        return settings(max_examples=examples, suppress_health_check=quiet)(given(example=strategy)(few))

    return made(FEW), pytest.mark.exhaustive(made(MANY))


def table_holds(mutant: tuple[str, str, str], folder: Path, case: Case) -> None:
    table, text, wrong = mutant
    own = folder / str(next(number))

    def asked() -> object:
        path = write(own)
        (own / f"{table}.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
        return er.solve(er.load(path))

    accepted = outcome(asked)
    assert not (accepted and wrong), (table, wrong)


def model_holds(text: str, folder: Path, case: Case) -> None:
    accepted = outcome(solved(folder, {}, text))
    assert not (accepted and any(word in text for word in ("nan", "inf\n", "no_such ="))), text


def edit_holds(edit: tuple[str, Any], folder: Path, case: Case) -> None:
    path, value = edit
    accepted = outcome(lambda: er.solve(case.set(path, value)))
    assert not (accepted and value in NONSENSE), edit


def deck_holds(deck: tuple[str, bool], folder: Path, case: Case) -> None:
    text, wrong = deck
    file = folder / f"{next(number)}.csv"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert not (outcome(lambda: er.solve(case.with_deck(file))) and wrong), text


def book_holds(cell: tuple[str, str, Any], folder: Path, case: Case) -> None:
    table, at, value = cell
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in TABLES:
        sheet = book.create_sheet(name)
        for row in rows_of(name):
            sheet.append([part or None for part in row])
    try:
        book[table][at] = value
    except (ValueError, IllegalCharacterError):  # openpyxl itself writes no control characters
        return
    own = folder / str(next(number))
    own.mkdir()
    book.save(own / "toy.xlsx")
    outcome(lambda: er.read_pack(own / "toy.xlsx"))


def lines_hold(points: list[list[float]], folder: Path, case: Case) -> None:
    own = folder / str(next(number))
    write(own, {"nodes": NODES, "arcs": ARCS})
    (own / "routes.geojson").write_text(geojson({**LINES, "GATHER": points}), "utf-8")
    pack = er.read_pack(own)
    assert list(map(str, (*misplaced(pack), *misdrawn(pack))))


def drawn_holds(points: list[list[float]], folder: Path, case: Case) -> None:
    outcome(lambda: er.route_from_geometry([tuple(point) for point in points], case))  # type: ignore[misc]


VALUES = st.one_of(CELLS, st.floats(), st.booleans(), st.integers(-(10**30), 10**30))
AT = st.tuples(st.sampled_from("ABCDEFGH"), st.integers(1, 6)).map(lambda at: f"{at[0]}{at[1]}")
test_tables, test_many_tables = fuzz(mutants(), table_holds)
test_models, test_many_models = fuzz(models(), model_holds)
test_edits, test_many_edits = fuzz(st.tuples(st.sampled_from(PATHS), VALUES), edit_holds)
test_decks, test_many_decks = fuzz(decks(), deck_holds)
test_workbooks, test_many_workbooks = fuzz(st.tuples(st.sampled_from(sorted(TABLES)), AT, VALUES), book_holds)
test_lines, test_many_lines = fuzz(POINTS, lines_hold)
test_drawn_lines, test_many_drawn_lines = fuzz(POINTS, drawn_holds)


@pytest.mark.parametrize("cell", [b"\xff\xfe", {"a": 1}, [{"a": 1}]])
def test_a_parquet_column_of_bytes_or_tables_is_refused(cell: object, tmp_path: Path) -> None:
    """Found by a mutant: names of bytes were read as the words that Python has for them."""
    model = write(tmp_path)
    header, *rows = rows_of("arcs")
    (tmp_path / "arcs.csv").unlink()
    pd.DataFrame(rows, columns=header).assign(name=[cell] * len(rows)).to_parquet(tmp_path / "arcs.parquet")
    with pytest.raises(er.DataError, match=r"row 1, column 'name': a column of .*; expected texts, numbers"):
        er.load(model)
