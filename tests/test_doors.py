"""What comes through a door is a file, text, of a size that can be read; else one message and its exit code."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from toy import TABLES, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.case.model_file import parse_model
from energy_routes.cli.app import app
from energy_routes.pack import inert, read_pack, scratch_beside
from energy_routes.pack.files import scratch
from energy_routes.pack.files.text import decode, hindrance
from energy_routes.pack.files.unpacking import MOST_CELLS
from energy_routes.pack.table_file import read_rows
from energy_routes.pack.workbook import read_workbook


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("toy"))


def question(folder: Path, text: str | bytes) -> Path:
    """A model over the toy."""
    write(folder)
    file = folder / "question.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def told(model: Path) -> str:
    """What ``check`` says of a model that it must refuse with 3, in a few lines, without steering the terminal."""
    outcome = CliRunner().invoke(app, ["check", str(model)])
    assert outcome.exit_code == 3, outcome.output
    assert "Traceback" not in outcome.stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", outcome.stderr)
    assert len(outcome.stderr) < 4000
    return outcome.stderr


LONG = "a" * 5000
BASE = 'title = "t"\ndata = "."\nyear = 2023\n'


# --- models -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "words"), [
    (BASE.replace('"t"', '"\\u001b]0;owned\\u0007"'), ["'title'", r"control character '\x1b'", "Delete it"]),
    (BASE + 'question = "\\u202egnp"\n', ["'question'", r"'\u202e'"]),
    (BASE + '[scenario."a\\u009b2J"]\n', ["'scenario", r"\x9b"]),
    (BASE + '[[edit]]\ntarget = "arc:LONG"\nreason = "\\u0007"\ntariff = 5\n', ["'edit.1.reason'"]),
    (BASE.replace('"."', '"a\\u0000b"'), ["'data'", r"'\x00'"]),
    (BASE.replace('"."', "[]"), ["'data'", "missing"]),
    (BASE + 'source = ["a", ""]\n', ["column 'source'", "['a', '']", "says something"]),
    (BASE + "[scenario.'']\ntitle = 'x'\n", ["'scenario.", "says something"]),
    (BASE + "[[edit]]\ntarget = 'arc:LONG'\nreason = 'x'\ntariff = 2023-01-01\n", ["datetime", "a number, a text"]),
    (BASE + "[[edit]]\ntarget = 'arc:LONG'\nreason = 'x'\ntariff = { set = 60, unit = '' }\n", ["unit = ''", "Mt/y"]),
    (BASE + 'extends = " "\n', ["'extends'", "a text that says something"]),
    (BASE + "[[edit]]\ntarget = 'arc:LONG'\nreason = ''\ntariff = 5\n", ["'edit.1.reason'", "says something"]),
    (BASE.replace('"."', '[".", "."]'), ["'data'", "different packs"]),
    (BASE + "x = " + "[" * 5000 + "]" * 5000, ["nested too deep"]),
    (BASE + "policy = " + "{a=" * 3000 + "1" + "}" * 3000, ["nested too deep"]),
    (BASE + "[[edit]]\ntarget = 'arc:LONG'\nreason = 'x'\ntariff = " + "[" * 900 + "]" * 900, ["nested too deep"]),
    (BASE + ".".join(["a"] * 5000) + " = 1\n", ["nested too deep"]),
    (BASE.replace("2023", "9" * 5000), ["question.toml"]),
    (BASE + 'deck = "' + "x" * 5000 + '"\n', ["File name too long"]),
    (BASE.encode("utf-16"), ["UTF-16 text", "Save the file as UTF-8"]),
    (BASE.encode("utf-16-le"), ["UTF-16 text"]),
])  # fmt: skip
def test_a_model_that_steers_nests_or_is_no_text_is_refused_at_its_place(
    text: str | bytes, words: list[str], tmp_path: Path
) -> None:
    message = told(question(tmp_path, text))
    assert all(word in message for word in words), message


def test_a_model_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert er.load(question(tmp_path, b"\xef\xbb\xbf" + BASE.encode())).title == "t"


def test_a_circle_is_found_by_whatever_path_it_leads(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.toml").write_text('extends = "../sub/a"\n')
    (tmp_path / "ring").symlink_to(tmp_path)
    (tmp_path / "c.toml").write_text('extends = "ring/c"\n')
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    assert "a circle of models" in told(tmp_path / "sub" / "a.toml")
    assert "a circle of models" in told(tmp_path / "c.toml")
    assert "symbolic links" in told(tmp_path / "loop.toml")


@pytest.mark.parametrize("name", ["a\0b", "a\0b.toml", LONG, LONG + ".toml", "x/" + LONG, "", 5, None])
def test_a_name_that_no_file_can_have_is_told(name: str) -> None:
    with pytest.raises((er.UsageError, er.DataError)) as error:
        er.load(name)
    assert len(str(error.value)) < 4000


def test_a_long_name_ends_as_the_documents_say() -> None:
    for arguments in (["check", "a" * 5000], ["solve", "a" * 5000], ["verify", "a" * 5000], ["sources", "b" * 5000]):
        outcome = CliRunner().invoke(app, arguments)
        assert outcome.exit_code in (2, 3), arguments[0]
        assert "Internal error" not in outcome.stderr


@settings(max_examples=150, deadline=None, derandomize=True)
@given(text=st.one_of(
    st.text(max_size=60).map(lambda tail: BASE + tail),
    st.tuples(st.sampled_from(["title", "data", "year", "deck", "extends", "periods", "as_of", "policy", "edit"]),
              st.sampled_from(["nan", "inf", "true", "[]", "{}", "''", "-1", "1e400", "2024-01-01", "[[1]]",
                               '"\\u001b"', '"../x"', "99999999999999999999", '["a", 1]']))
    .map(lambda pair: f"{BASE}{pair[0]} = {pair[1]}\n".replace(f"{pair[0]} = 2023\n", "")),
))  # fmt: skip
def test_fuzzed_models_are_read_or_refused(text: str) -> None:
    with suppress(er.DataError):
        model = parse_model(text, "fuzz.toml")
        assert not re.search(r"[\x00-\x08\x7f-\x9f\u202e]", repr(model))


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["1024", "9999", "２０２４", "２０２４-03", "2024-13", "*-00", "0000"])
def test_a_dated_row_that_no_horizon_can_match_is_refused(period: str, tmp_path: Path) -> None:
    values = f"table,id,field,period,value,unit\narcs,LONG,tariff,{period},20,USD/t\n"
    with pytest.raises(er.DataError, match=r"values.csv row 2, column 'period'"):
        toy(tmp_path, {"values": values})


def test_a_deck_row_of_such_a_period_is_refused(case: Case) -> None:
    for period in ("1024", "9999", "２０２３"):
        rows = pd.DataFrame([("market:EAST.price", period, "500")], columns=["target", "period", "value"])
        with pytest.raises(er.DataError, match=f"'{period}'"):
            case.with_deck(rows)


@pytest.mark.parametrize("digits", ["５００", "5_00", "٥٠٠", "0x1f4", "5e", "1e400"])
def test_digits_of_other_scripts_are_no_figures_through_any_door(digits: str, case: Case, tmp_path: Path) -> None:
    rows = pd.DataFrame([("market:EAST.price", digits, "USD/t")], columns=["target", "value", "unit"])
    with pytest.raises(er.DataError, match="row 2, column 'value'"):
        case.with_deck(rows)
    with pytest.raises(er.UsageError, match=r"is not a (finite )?number"):
        case.set("market:EAST.price", f"{digits} USD/t")
    with pytest.raises(er.DataError, match=r"markets.csv row 2, column 'price'"):
        toy(tmp_path, {"markets": f"id,node,name,price\nEAST,EAST,East,{digits}\nWEST,WEST,West,510\n"})


def test_a_figure_that_is_stated_for_other_years_only_is_told_at_its_row(tmp_path: Path) -> None:
    supplies = "id,node,commodity,shipper,cost\nFIELD_CO,FIELD,CRUDE,Field Co,9\n"
    dated = "table,id,field,period,value,unit\nsupplies,FIELD_CO,available,{},10,Mt/y\n"
    with pytest.raises(er.DataError) as error:
        toy(tmp_path / "other", {"supplies": supplies, "values": dated.format(2022)})
    (fault,) = error.value.faults
    assert (fault.file, fault.row, fault.column) == ("supplies.csv", 2, "available")
    assert "2023-01" in fault.found
    toy(tmp_path / "same", {"supplies": supplies, "values": dated.format(2023)})
    one_month = dated.format("2023-05")
    with pytest.raises(er.DataError, match="no figure in 2023-01"):
        toy(tmp_path / "month", {"supplies": supplies, "values": one_month})
    edit = '[[edit]]\ntarget = "supply:FIELD_CO"\nreason = "a test"\navailable = { set = 10, unit = "Mt/y" }\n'
    toy(tmp_path / "edited", {"supplies": supplies, "values": dated.format(2022)}, edit)


@pytest.mark.parametrize(("table", "column"), [
    ("arcs", "id"), ("arcs", "from"), ("arcs", "capacity"), ("supplies", "available"), ("markets", "node"),
    ("meters", "kind"), ("nodes", "id"),
])  # fmt: skip
def test_a_column_that_is_not_there_is_one_fault(table: str, column: str, tmp_path: Path) -> None:
    """Found by mutants: 341 faults of rows for an ``id``, 567 for a ``period``."""
    write(tmp_path)
    file = tmp_path / f"{table}.csv"
    pd.read_csv(file, dtype=str).drop(columns=column).to_csv(file, index=False)
    with pytest.raises(er.DataError) as error:
        read_pack(tmp_path)
    assert [(fault.file, fault.row, fault.column) for fault in error.value.faults] == [(file.name, 1, column)]
    assert "the column is missing" in error.value.faults[0].found


def test_a_market_without_a_price_is_told_where_prices_decide(tmp_path: Path) -> None:
    """Found by a mutant: without the column ``price`` nothing was sold, and the plan was called the best."""
    unpriced = {"markets": "id,node,name\nEAST,EAST,East\nWEST,WEST,West\n"}
    with pytest.raises(er.DataError) as error:
        toy(tmp_path / "none", unpriced)
    assert [(fault.row, fault.column) for fault in error.value.faults] == [(2, "price"), (3, "price")]
    toy(tmp_path / "cost", unpriced, '[policy]\nobjective = "cost"\n')
    dated = "table,id,field,period,value,unit\nmarkets,{},price,{},500,USD/t\n"
    with pytest.raises(er.DataError, match="'WEST' has no price"):
        toy(tmp_path / "one", {**unpriced, "values": dated.format("EAST", 2023)})
    closed = {**unpriced, "values": dated.format("EAST", 2023) + "markets,WEST,price,2022,500,USD/t\n"}
    toy(tmp_path / "other year", closed)  # nothing is sold there in 2023, as its rows say


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_table_in_utf_16_is_one_fault(encoding: str, tmp_path: Path) -> None:
    write(tmp_path)
    file = tmp_path / "arcs.csv"
    file.write_bytes(file.read_text("utf-8").encode(encoding))
    with pytest.raises(er.DataError) as error:
        read_pack(tmp_path)
    assert [fault.found for fault in error.value.faults] == ["UTF-16 text"]


def test_control_characters_are_told_in_tables_and_decks(case: Case, tmp_path: Path) -> None:
    with pytest.raises(er.DataError, match=r"nodes.csv row 2, column 'name': the control character '\\x9b'"):
        toy(tmp_path, {"nodes": TABLES["nodes"].replace("Field,", "\x9b2J,", 1)})
    rows = pd.DataFrame([("market:EAST.price", "500", "\x1b[2J")], columns=["target", "value", "note"])
    with pytest.raises(er.DataError, match=r"row 2, column 'note': the control character '\\x1b'"):
        case.with_deck(rows)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")),
                      st.text(max_size=60).map(lambda text: text.encode("utf-16", "replace"))))
def test_fuzzed_bytes_are_text_or_one_fault(data: bytes) -> None:
    faults: list[er.Fault] = []
    text = decode("fuzz", data, faults)
    assert (text is None) == (len(faults) == 1)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=200),
                      st.text(st.sampled_from("target,value\n\"'=;\t5é\x1b"), max_size=80).map(str.encode)))
def test_fuzzed_decks_are_read_or_refused(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "deck.csv"
    file.write_bytes(data)
    with suppress(er.DataError):
        _, rows, _ = read_rows(file, "price deck", ("target", "value"), ("target", "value"))
        assert rows == [] or set(rows[0][1]) == {"target", "value"}


@pytest.mark.parametrize(("text", "words"), [
    ("target,value,unit\nmarket:EAST.price,500,USD/t,more\n", ["row 2", "4 cells", "3, as in the header"]),
    ("target;value;unit\nmarket:EAST.price;500;USD/t\n", ["separated by ';'", "Save it as .xlsx"]),
    ("target,value,value\nmarket:EAST.price,500,500\n", ["'value'", "stands twice"]),
    ("", ["an empty file"]),
    ('target,value\n"market:EAST.price,500\n', ["deck.csv"]),
])  # fmt: skip
def test_a_deck_with_cells_that_have_no_column_is_told(text: str, words: list[str], case: Case, tmp_path: Path) -> None:
    """Found by a mutant: one cell more in each row moved all figures by a column."""
    (tmp_path / "deck.csv").write_text(text)
    with pytest.raises(er.DataError) as error:
        case.with_deck(tmp_path / "deck.csv")
    assert all(word in str(error.value) for word in words), str(error.value)


def test_remarks_of_a_deck_keep_the_numbers_of_its_rows(case: Case, tmp_path: Path) -> None:
    (tmp_path / "deck.csv").write_text("# of today\ntarget,value,unit,note\n# mine\n\nmarket:EAST.price,x,USD/t,#1\n")
    with pytest.raises(er.DataError, match=r"deck.csv row 5, column 'value'"):
        case.with_deck(tmp_path / "deck.csv")


# --- files that are none, and bombs -----------------------------------------------------------------------------------


def test_a_pipe_is_never_waited_for(case: Case, tmp_path: Path) -> None:
    write(tmp_path / "pack")
    for name in ("model.toml", "deck.csv", "deck.xlsx", "line.geojson", "pack/arcs.csv"):
        (tmp_path / name).unlink(missing_ok=True)
        os.mkfifo(tmp_path / name)
        assert hindrance(tmp_path / name) == "a pipe or a device"
    for door in (lambda: er.load(tmp_path / "model.toml"), lambda: case.with_deck(tmp_path / "deck.csv"),
                 lambda: case.with_deck(tmp_path / "deck.xlsx"), lambda: read_pack(tmp_path / "pack"),
                 lambda: read_pack(tmp_path / "deck.xlsx"),
                 lambda: er.route_from_geometry(tmp_path / "line.geojson", case)):
        with pytest.raises(er.DataError, match="a pipe or a device") as error:
            door()
        assert len(error.value.faults) == 1


def sheet(path: Path, **cells: object) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["target", "value", "unit"])
    book.active.append(["market:EAST.price", 500, "USD/t"])
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)
    return path


def remade(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, change(content) if name == part else content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
BOMBS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a cell in the last row and column": (lambda p: sheet(p, XFD1048576="x"), "17 179 869 184 cells up to XFD1048576"),
    "a cell in the last row": (lambda p: sheet(p, A1048576="x"), "delete the rows and columns beyond the table"),
    "two million cells": (lambda p: remade(sheet(p), SHEET, lambda xml: xml.replace(
        b"</sheetData>", b"<row>" + b"<c/>" * (MOST_CELLS + 1) + b"</row></sheetData>")), "2 000 007 cells"),
    "a row far below": (lambda p: remade(sheet(p), SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999"')),
                        "cells up to"),
    "a stated size": (lambda p: remade(sheet(p), SHEET, lambda xml: re.sub(
        rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)), "17 179 869 184 cells"),
    "sixty megabytes": (lambda p: remade(sheet(p), SHEET, lambda xml: xml + b" " * 60_000_000), "60 MB when"),
    "entities": (lambda p: remade(sheet(p), "xl/workbook.xml", lambda xml: b'<!DOCTYPE r [<!ENTITY a "b">]>'
                                  + xml.split(b"?>", 1)[-1]), "a document type"),
    "no styles": (lambda p: remade(sheet(p), "xl/styles.xml", lambda _: b"<x>"), "not a whole Excel workbook"),
    "no workbook at all": (lambda p: (p.write_bytes(b"PK\x03\x04junk"), p)[1], "not a whole Excel workbook"),
    "nothing": (lambda p: (p.write_bytes(b""), p)[1], "not a whole Excel workbook"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "words"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_it_is_read(
    make: Callable[[Path], Path], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make(tmp_path / "deck.xlsx")
    if "not a whole" not in words:
        monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("it was read"))
    faults: list[er.Fault] = []
    assert read_workbook(file, faults) == {}
    (fault,) = faults
    assert words in fault.found


def test_a_workbook_of_any_shape_below_that_is_read(case: Case, tmp_path: Path) -> None:
    assert case.with_deck(sheet(tmp_path / "deck.xlsx", Z40="")).edits


def test_a_broken_deck_workbook_ends_with_3(tmp_path: Path) -> None:
    model = write(tmp_path)
    (tmp_path / "deck.xlsx").write_bytes(b"PK\x03\x04junk")
    outcome = CliRunner().invoke(app, ["solve", str(model), "--deck", str(tmp_path / "deck.xlsx")])
    assert outcome.exit_code == 3
    assert "deck.xlsx: not a whole Excel workbook" in outcome.stderr


# --- the edges --------------------------------------------------------------------------------------------------------


def test_scratch_of_a_killed_run_is_cleared_by_the_next_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    target = tmp_path / "map.png"
    code = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from energy_routes.pack import scratch_beside
        with scratch_beside(Path(sys.argv[1])) as scratch:
            (scratch / "half").write_text("x")
            os.kill(os.getpid(), 9)
        """)
    assert subprocess.run([sys.executable, "-c", code, str(target)]).returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    with scratch_beside(tmp_path / "map.pn") as other:
        assert left.exists()  # of another file
        assert other.exists()
    with scratch_beside(target) as first:
        assert not left.exists()
        with scratch_beside(target) as second:
            assert first.exists()  # its process is there
            assert second.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.exhaustive
def test_a_full_disk_is_told_with_its_place_and_leaves_what_was_there(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk.  HiGHS writes what fits, and says that all is well."""
    model = write(tmp_path / "toy")
    verbs = {"study": ["stress", "--out"], "lp.mps": ["export"], "lp.lp": ["export"], "map.html": ["map", "--out"],
             "map.svg": ["map", "--out"], "schedule.xlsx": ["schedule", "--out"]}  # fmt: skip
    asked = [[verb, str(model), *option, str(tmp_path / name), "-q"] for name, (verb, *option) in verbs.items()]
    files = [name for name in verbs if "." in name]
    for name in files:
        (tmp_path / name).write_text("before")
    code = ("import json, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))\n"
            "from typer.testing import CliRunner; from energy_routes.cli.app import app\n"
            "told = [CliRunner().invoke(app, words) for words in json.loads(sys.argv[1])]\n"
            "print(json.dumps([(one.exit_code, one.stdout, one.stderr) for one in told]))")
    full = {**os.environ, "ENERGY_ROUTES_CACHE": "off", "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run([sys.executable, "-c", code, json.dumps(asked)], capture_output=True, text=True, env=full)
    for name, (status, printed, said) in zip(verbs, json.loads(ended.stdout), strict=True):
        assert (status, printed != "") == (2, name == "study")
        assert f"{name} cannot be written (" in said
        assert "; nothing was changed. Free some space" in said
    assert {(tmp_path / name).read_text() for name in files} == {"before"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*files, "toy"])


def refusing(path: Path) -> None:
    """What the disk says of whatever is written."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


WRITERS: dict[str, Callable[[er.Plan, Path], object]] = {
    "map.svg": lambda plan, path: plan.plot(path),
    "map.html": lambda plan, path: plan.explore(path),
    "page.html": lambda plan, path: plan.explore().save(path),
    "layers.gpkg": lambda plan, path: plan.layers(path),
    "layers.geojson": lambda plan, path: plan.layers(path),
    "report.html": lambda plan, path: er.write_report(plan, path),
    "differences.xlsx": lambda plan, path: er.compare(plan, plan).write(path),
    "result": lambda plan, path: plan.save(path),
    "sweep/experiment.json": lambda plan, path: er.sweep(plan.case, 1, folder=path.parent),
}


@pytest.mark.parametrize(("name", "write_to"), WRITERS.items(), ids=WRITERS)
def test_what_python_writes_at_a_full_disk_leaves_what_was_there(
    name: str, write_to: Callable[[er.Plan, Path], object], case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, target = er.solve(case), tmp_path / name
    if target.suffix in (".svg", ".html", ".xlsx"):
        target.write_text("before")
    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr(scratch, "_flush", refusing)
    with pytest.raises(er.UsageError) as caught:
        write_to(plan, target)
    assert str(caught.value) == (f"{target} cannot be written (No space left on device); nothing was changed. "
                                 "Free some space or choose another place.")
    if not name.startswith("sweep"):
        assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert not target.exists() or target.read_text() == "before"


def test_a_link_stays_a_link(case: Case, tmp_path: Path) -> None:
    real, link = tmp_path / "real.html", tmp_path / "newest.html"
    real.write_text("before")
    link.symlink_to(real)
    er.solve(case).explore(link)
    assert link.is_symlink()
    assert real.read_text("utf-8") != "before"


def test_a_study_leaves_no_folder_where_it_cannot_be_saved(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = er.stress(case, ["arc"])
    monkeypatch.setattr("energy_routes.studies.study.write_table", lambda frame, path: refusing(path))
    with pytest.raises(er.UsageError, match=r"study cannot be written \(No space left on device\); nothing"):
        found.save(tmp_path / "study")
    assert list(tmp_path.glob("study*")) == []
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "mine").write_text("before")
    with pytest.raises(er.UsageError, match="nothing was changed"):
        found.save(tmp_path / "old")
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["mine"]


@pytest.mark.parametrize("verb", ["stress", "sweep"])
def test_a_folder_that_cannot_be_made_is_told_as_such(verb: str, tmp_path: Path) -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("no place here in which nobody may make a folder")
    outcome = CliRunner().invoke(app, [verb, str(write(tmp_path)), "--out", "/proc/none/of/it"])
    assert outcome.exit_code == 2, outcome.stderr
    assert "/proc/none/of/it cannot be written (" in outcome.stderr


def test_a_copy_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copytree(one: Path, other: Path, **_: object) -> None:
        raise shutil.Error([(one, other, f"[Errno {errno.ENOSPC}] {os.strerror(errno.ENOSPC)}: '{one}' -> '{other}'")])

    monkeypatch.setattr("shutil.copytree", copytree)
    outcome = CliRunner().invoke(app, ["init", str(tmp_path / "mine")])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "mine cannot be written (No space left on device); nothing was changed" in outcome.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["check", "MODEL"], ["--help"], ["--version"]])
def test_what_is_printed_to_a_full_disk_is_told_as_such(arguments: list[str], tmp_path: Path) -> None:
    model = str(write(tmp_path))
    command = [sys.executable, "-m", "energy_routes", *(model if a == "MODEL" else a for a in arguments)]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 2
    assert ended.stderr == "Error: stdout: No space left on device. Free some space or choose another place.\n"


@pytest.mark.parametrize("name", ["a\u200bb", "a\nb", "\u00adx", "\ufeffx"])
def test_an_id_is_on_one_line_and_can_be_seen(name: str, tmp_path: Path) -> None:
    """Found by mutants: ids that nobody can type were taken."""
    with pytest.raises(er.DataError, match=r"arcs.csv row 4, column 'id'.*cannot be seen"):
        toy(tmp_path, {"arcs": textwrap.dedent(TABLES["arcs"]).replace("LONG", f'"{name}"')})


def test_a_name_may_have_an_equals_sign(tmp_path: Path) -> None:
    model = write(tmp_path, {name: text.replace("LONG", "A=B") for name, text in TABLES.items()})
    assert CliRunner().invoke(app, ["solve", str(model), "-q", "--set", "arc:A=B.tariff=55"]).exit_code == 0


@pytest.mark.parametrize("text", ["=cmd|'/C calc'!A0", "@SUM(A1)", "+5", "-5", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_is_inert(text: str) -> None:
    assert inert(text) == f"'{text}"


def test_exports_hold_no_formula_and_are_verified_as_they_are(tmp_path: Path) -> None:
    names = {"markets": "id,node,name,price\nEAST,EAST,=1+1,500\nWEST,WEST,@West,510\n"}
    plan = er.solve(toy(tmp_path / "toy", names))
    plan.save(tmp_path / "out")
    files = [file for file in (tmp_path / "out").glob("*.csv") if file.stat().st_size > 2]
    cells = [cell for file in files for row in pd.read_csv(file, dtype=str).itertuples(index=False)
             for cell in row if isinstance(cell, str)]
    assert not [cell for cell in cells if cell[0] in "=@" or (cell[0] in "+-" and not _is_number(cell))]
    assert any(cell.startswith("'=1+1") for cell in cells)
    assert not er.verify(tmp_path / "out").differences
    model = tmp_path / "toy" / "model.toml"
    for verb, file in (("schedule", "schedule.csv"), ("netbacks", "netbacks.csv"), ("sources", "sources.csv")):
        outcome = CliRunner().invoke(app, [verb, str(model), "--out", str(tmp_path / file)])
        assert outcome.exit_code == 0, outcome.stderr
        for row in pd.read_csv(tmp_path / file, dtype=str).itertuples(index=False):
            assert not [cell for cell in row if isinstance(cell, str) and cell.startswith(("=", "@"))]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_geopackage_or_geojson_with_other_things_is_kept(case: Case, tmp_path: Path) -> None:
    plan = er.solve(case)
    package, lines = tmp_path / "map.gpkg", tmp_path / "map.geojson"
    for path in (package, lines):
        plan.layers(path)
        plan.layers(path)  # one of ours is replaced
    with sqlite3.connect(package) as base:
        base.execute("CREATE TABLE mine (a)")
        base.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) "
                     "VALUES ('mine', 'attributes', 'mine', '1980-01-01T00:00:00.000Z', 0)")
    lines.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1}, '
                     '"geometry": null}]}')
    (tmp_path / "notes.gpkg").write_text("my notes")
    (tmp_path / "notes.geojson").write_text("my notes")
    for path in (package, lines, tmp_path / "notes.gpkg", tmp_path / "notes.geojson"):
        before = path.read_bytes()
        with pytest.raises(er.UsageError, match="is there already: holds other things"):
            plan.layers(path)
        assert path.read_bytes() == before
        outcome = CliRunner().invoke(app, ["map", "nosuch", "--out", str(path)])
        assert outcome.exit_code == 2
        assert "It is kept" in outcome.stderr  # told before anything is solved


def test_the_streams_that_were_closed_are_stood_in_for(tmp_path: Path) -> None:
    """Without a stand-in the first file that is opened would be number 1, and take what is printed."""
    code = ("import os; from energy_routes.cli.streams import stand_in; stand_in(); print('words')\n"
            "file = open('own', 'wb'); assert file.fileno() > 2; file.close()")
    for closed in (">&-", "<&- >&- 2>&-"):
        ended = subprocess.run(["sh", "-c", f'exec "$1" -c "$2" {closed}', "sh", sys.executable, code], cwd=tmp_path)
        assert ended.returncode == 0
        assert (tmp_path / "own").read_bytes() == b""


@pytest.mark.exhaustive
def test_what_the_environment_says_wrongly_stops_nothing(tmp_path: Path) -> None:
    wrong = {"ENERGY_ROUTES_CACHE": "~nobody.at.all/x", "MPLBACKEND": "no such", "MPLCONFIGDIR": str(tmp_path),
             "COLUMNS": "x", "TZ": "No/Where", "LANG": "xx_YY", "XDG_CACHE_HOME": "/dev/null"}  # fmt: skip
    arguments = [sys.executable, "-m", "energy_routes", "map", str(write(tmp_path)), "--out", str(tmp_path / "map.svg")]
    ended = subprocess.run(arguments, capture_output=True, text=True, env={**os.environ, **wrong}, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert not list(tmp_path.glob("~*"))


def test_an_interrupt_while_modules_are_imported_is_quiet() -> None:
    code = ("import os, signal; from energy_routes.cli.streams import leave_on_interrupt, undo_on_interrupt\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job is born deaf to Ctrl-C
            "leave_on_interrupt(); {} os.kill(os.getpid(), signal.SIGINT)")
    ended = subprocess.run([sys.executable, "-c", code.format("")], capture_output=True)
    assert (ended.returncode, ended.stderr) == (130, b"")
    undone = subprocess.run([sys.executable, "-c", code.format("undo_on_interrupt();")], capture_output=True)
    assert b"KeyboardInterrupt" in undone.stderr  # where something is half-written it is undone


def test_no_module_swallows_an_interrupt_while_it_is_imported(tmp_path: Path) -> None:
    """Found by a run of signals: one Ctrl-C of fourteen was lost, and the command ended as if nothing had been."""
    (tmp_path / "deaf.py").write_text("import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n"
                                      "except BaseException:\n    pass\n")
    code = ("import signal; from energy_routes.cli.streams import leave_on_interrupt, undo_on_interrupt\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "leave_on_interrupt(); undo_on_interrupt()\nimport deaf\nprint('lost')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, env={**os.environ, "PYTHONPATH": path})
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def test_no_colour_means_no_escape_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    from energy_routes.cli.tables import console

    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    for value, escapes in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", value)
        screen = console()
        with screen.capture() as printed:
            screen.print("[bold]words[/bold]")
        assert ("\x1b" in printed.get()) == escapes


@pytest.mark.parametrize("columns", ["40", "1"])
def test_help_keeps_forty_columns_and_any_code_page(columns: str) -> None:
    narrow = {**os.environ, "COLUMNS": columns, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    ended = subprocess.run([sys.executable, "-m", "energy_routes", "solve", "--help"], capture_output=True, env=narrow)
    assert ended.returncode == 0, ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= 40
