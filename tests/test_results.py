"""Saving and loading: whole or not at all, the same bytes on a repeat, and back as the plan it was."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from toy import toy

import energy_routes as er
from energy_routes.errors import DataError, UsageError, VerificationError
from energy_routes.plan.plan import TABLES, Plan
from energy_routes.results import check_target, storing as results
from energy_routes.results.record import read_case, write_case
from energy_routes.results.summary import binding, limits_of_corridors, target_of
from energy_routes.results.tables import canonical, exact, read_table, write_table

MODEL = Path(__file__).parent / "two_ways" / "model.toml"
NUMBERS = {"volume", "capacity", "price", "value", "netback", "share", "lifted", "closing", "required", "tariff"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return er.solve(er.load(MODEL))


@pytest.fixture(scope="module")
def saved(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return results.save(plan, tmp_path_factory.mktemp("saved") / "result")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A saved result of one's own, alone in its place."""
    return Path(shutil.copytree(saved, tmp_path / "r"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_of_a_result_is_there(saved: Path) -> None:
    names = set(contents(saved))
    assert {f"{table}.{kind}" for table in TABLES for kind in ("csv", "parquet")} <= names
    assert {"summary.json", "certificate.json", "run.json", "result.xlsx", "inputs/case.json"} <= names
    assert "inputs/two_ways/arcs.csv" in names


def test_a_repeat_in_another_process_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    """Another hash seed reorders every set: an order that leaked into a table would show.

    So would what a HiGHS leaves behind that the process called past us, with as many threads as there are.
    """
    past_us = "import highspy; own = highspy.Highs(); own.addVar(0, 1); own.run(); "
    code = "import sys, energy_routes as er; er.solve(er.load(sys.argv[1])).save(sys.argv[2])"
    subprocess.run([sys.executable, "-c", past_us + code, str(MODEL), str(tmp_path / "again")], check=True,
                   env={**os.environ, "PYTHONHASHSEED": "4711"})  # fmt: skip
    first, again = contents(saved), contents(tmp_path / "again")
    assert set(first) == set(again)
    assert [name for name in first if first[name] != again[name]] == ["run.json"]


def test_loaded_is_what_was_saved(plan: Plan, saved: Path) -> None:
    loaded = er_load(saved)
    for name, frame in plan.tables().items():
        other = loaded.tables()[name]
        assert list(other.columns) == list(frame.columns), name
        assert len(other) == len(frame), name
        for column in NUMBERS & set(frame.columns):
            np.testing.assert_allclose(other[column].astype(float), frame[column].astype(float), rtol=1e-11, atol=0)
    assert loaded.objective.name == "netback"
    assert loaded.objective.value == pytest.approx(plan.objective.value, rel=1e-11)
    assert loaded.case == plan.case
    assert loaded.exports.to_dict() == pytest.approx(plan.exports.to_dict())


@pytest.mark.parametrize("version", [99, 0, "2", None, float("nan"), True])
def test_a_result_of_a_later_version_is_refused(version: object, folder: Path) -> None:
    """What its tables mean is not known here."""
    run = json.loads((folder / "run.json").read_text("utf-8"))
    (folder / "run.json").write_text(json.dumps({**run, "schema_version": version}), "utf-8")
    for read in (er_load, er.verify):
        with pytest.raises(DataError, match=r"run.json, column 'schema_version': .*version that saved it"):
            read(folder)


@pytest.mark.parametrize("name", ["loop", "loop/result"])
def test_a_link_to_itself_is_no_place(name: str, plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match=r"name a folder|cannot be written"):
        plan.save(tmp_path / name)


def er_load(folder: Path) -> results.SavedResult:
    return results.load(folder)


def test_solving_the_saved_case_gives_the_saved_objective(saved: Path) -> None:
    loaded = er_load(saved)
    assert er.solve(loaded.case).objective.value == pytest.approx(loaded.objective.value, rel=1e-9)


def test_caps_of_every_kind_survive(tmp_path: Path) -> None:
    case = er.load(MODEL).set("policy.max_share.transit:RU", 0.9).set("policy.max_hhi.corridor", 0.9)
    case = case.set("policy.max_exposure.corridor:West", 6)
    write_case(case, tmp_path / "inputs")
    assert read_case(tmp_path / "inputs").policy == case.policy


def test_csv_and_parquet_hold_the_same_numbers_and_zero_rows_are_kept(plan: Plan, saved: Path) -> None:
    for name in TABLES:
        parquet = pd.read_parquet(saved / f"{name}.parquet")
        if not len(parquet.columns):  # a table that the case did not ask for
            continue
        kinds = {column: "str" for column in parquet if parquet[column].dtype.kind not in "fb"}
        text = pd.read_csv(saved / f"{name}.csv", dtype=kinds)
        assert len(text) == len(parquet)
        for column in parquet.columns:
            if parquet[column].dtype.kind == "f":
                np.testing.assert_array_equal(text[column].astype(float), parquet[column])
    flows = pd.read_csv(saved / "flows.csv")
    assert len(flows) == len(plan.flows)
    assert (flows["volume"] == 0).any()
    assert (flows["unit"] == "Mt").all()


def test_workbook_has_a_sheet_a_table_and_numbers_as_numbers(saved: Path) -> None:
    book = openpyxl.load_workbook(saved / "result.xlsx")
    assert book.sheetnames == ["about", *TABLES, "payments"]
    sheet = book["ledger"]
    assert [cell.value for cell in sheet[1]] == ["term", "kind", "value", "unit", "family"]
    assert sheet["A1"].font.bold
    assert isinstance(sheet["C2"].value, float)
    assert sheet.freeze_panes == "A2"


def test_clocks_and_paths_stand_in_run_json_only(saved: Path) -> None:
    run = json.loads((saved / "run.json").read_text("utf-8"))
    assert run["inputs"][0]["sha256"] == er.read_pack(MODEL.parent).digest
    assert run["options"]["solver"] == "highs"
    assert set(run["files"]) == {name for name in contents(saved) if not name.endswith((".xlsx", "run.json"))}
    for name, content in contents(saved).items():
        if name != "run.json":
            assert str(MODEL.parent).encode() not in content, name


def test_summary_has_twelve_digits_and_null_for_undefined() -> None:
    assert exact({"a": 1 / 3, "b": float("nan"), "c": float("inf"), "d": -0.0, "e": np.int64(3), "f": np.True_}) == {
        "a": 0.333333333333, "b": None, "c": None, "d": 0.0, "e": 3, "f": True}  # fmt: skip
    assert str(exact(-0.0)) == "0.0"


def test_tables_of_odd_content_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "text": ["a,b", 'say "x"', "line\nbreak", None], "number": [1e-15, -0.0, np.nan, np.inf],
        "flag": [True, False, True, True], "mixed": [1, 2.5, None, 4], "blank": [None] * 4,
    })  # fmt: skip
    write_table(frame, tmp_path / "odd")
    back = read_table(tmp_path / "odd.parquet")
    assert back["text"].tolist()[:3] == ["a,b", 'say "x"', "line\nbreak"]
    assert back["text"].isna().tolist() == [False, False, False, True]
    assert back["number"].tolist()[:2] == [1e-15, 0.0]
    assert np.isinf(back["number"].iloc[3])
    assert back["flag"].tolist() == [True, False, True, True]
    assert back["mixed"].dtype == "float64"
    assert canonical(frame.head(0)).shape == (0, 5)
    text = (tmp_path / "odd.csv").read_text("utf-8")
    assert text.splitlines()[0] == "text,number,flag,mixed,blank"
    assert "-0" not in text


def test_price_of_a_limit_is_its_worth_over_the_horizon(plan: Plan) -> None:
    """A price that holds in one month of twelve counts by that month's days."""
    table = plan.prices.table
    rows = table[(table["kind"] == "capacity") & (table["limit"] == "HUB_PORT")]
    days = {period.label: period.days for period in plan.case.periods}
    weights = rows["period"].map(days)
    expected = float((rows["price"] * weights).sum() / weights.sum())
    bound = binding(plan).set_index("target")["price"]
    assert bound["arc:HUB_PORT"] == pytest.approx(expected)
    assert rows["price"].max() > expected  # January, at 0.8 of availability, is dearer than the mean


def test_limits_are_named_as_set_names_them() -> None:
    assert target_of("capacity", "BTC", "Baku–Tbilisi–Ceyhan") == "arc:BTC"
    assert target_of("market", "WEST", "West market, tier 2") == "tier:WEST/2"
    assert target_of("policy", "RU", "cap on the share of transit:RU") == "cap on the share of transit:RU"


# --- the folder -------------------------------------------------------------------------------------------------


def test_files_of_the_users_own_stay(plan: Plan, folder: Path, tmp_path: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / "maps").mkdir()
    (folder / "maps" / "a.svg").write_text("<svg/>")
    (folder / "old.parquet").write_text("mine, too")
    results.save(plan, folder)
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "maps" / "a.svg").exists()
    assert (folder / "old.parquet").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_folder_of_other_things_is_refused(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(UsageError, match=r"holds other files \(thesis.docx\)"):
        results.save(plan, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_the_folder_one_stands_in_is_refused(plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(UsageError, match="the folder you are in"):
        results.save(plan, ".")


def test_a_file_in_the_way_is_refused(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        results.save(plan, tmp_path / "file")
    with pytest.raises(UsageError, match="is a file"):
        results.save(plan, tmp_path / "file" / "r")
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("step", [1, 7, len(TABLES)])
def test_a_full_disk_leaves_the_old_result(
    step: int, plan: Plan, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    calls = iter(range(1, 99))

    def write(frame: pd.DataFrame, stem: Path) -> pd.DataFrame:
        if next(calls) == step:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_table(frame, stem)

    monkeypatch.setattr(results, "write_table", write)
    changed = dataclasses.replace(plan, netback=0.0)
    with pytest.raises(UsageError, match="No space left on device"):
        results.save(changed, folder)
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_an_interrupt_while_saving_leaves_the_old_result(
    plan: Plan, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(results, "write_workbook", stop)
    with pytest.raises(KeyboardInterrupt):
        results.save(plan, folder)
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_without_a_swap_of_names_the_result_is_still_replaced(
    plan: Plan, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from energy_routes.pack.files import scratch as place

    monkeypatch.setattr(place, "_exchange", lambda *_: False)
    results.save(dataclasses.replace(plan, status="again"), folder)
    assert json.loads((folder / "summary.json").read_text("utf-8"))["status"] == "again"
    os.rename(folder, tmp_path / ".r.old")  # as a kill between the two renames leaves it
    check_target(folder)
    assert (folder / "run.json").is_file()


@pytest.mark.exhaustive
@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_a_killed_run_leaves_a_whole_result(plan: Plan, tmp_path: Path) -> None:
    """Killed without warning at some moment of saving, again and again: what lies there always loads and matches."""
    folder = results.save(plan, tmp_path / "r")
    code = (
        "import os, signal, sys, time; from energy_routes import results\nplan = results.load(sys.argv[1])\n"
        "for wait in (0.05, 0.2, 0.5):\n"
        "    if not (saving := os.fork()):\n"
        "        while True: results.save(plan, sys.argv[1])\n"
        "    time.sleep(wait); os.kill(saving, signal.SIGKILL); os.waitpid(saving, 0)\n"
        "    print(len(results.load(sys.argv[1]).flows))"
    )
    told = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True).stdout
    assert list(map(int, told.split())) == 3 * [len(plan.flows)]


# --- what cannot be loaded --------------------------------------------------------------------------------------


def test_the_whole_disk_is_no_place_for_a_result() -> None:
    with pytest.raises(UsageError, match="the whole disk"):
        check_target("/")


def test_not_a_result(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such folder"):
        er_load(tmp_path / "none")
    with pytest.raises(DataError, match="not a saved result"):
        er_load(tmp_path)


@pytest.mark.parametrize("name", ["summary.json", "certificate.json", "flows.parquet", "flows.csv", "inputs/case.json"])
def test_a_pipe_in_a_result_is_never_waited_for(name: str, folder: Path) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    for door in (er_load, er.verify):
        with pytest.raises(DataError, match=f"{name}: a pipe or a device"):
            door(folder)


@pytest.mark.parametrize("text", ["null", "[1]", "{}", "[" * 100_000, "7", ""])
@pytest.mark.parametrize("name", ["summary.json", "inputs/case.json"])
def test_json_that_is_none_of_ours_is_told_by_its_file(name: str, text: str, folder: Path) -> None:
    (folder / name).write_text(text)
    with pytest.raises(DataError, match=Path(name).name):
        er_load(folder)
    with pytest.raises(VerificationError):
        er.verify(folder)


@pytest.mark.parametrize("name", ["summary.json", "flows.parquet", "inputs/case.json", "certificate.json"])
def test_half_a_file_is_told_by_name(name: str, folder: Path) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=name):
        er_load(folder)
    (folder / name).unlink()
    with pytest.raises(DataError, match=name):
        er_load(folder)


def test_levers_of_risk_survive(tmp_path: Path) -> None:
    case = er.load(MODEL).with_policy(
        security={"outages": ["single:corridor"], "delta": 0.5, "mode": "preventive"},
        bookings={"arcs": ["HUB_PORT"], "premium": 5},
        cvar={"alpha": 0.9, "scenarios": [{"name": "a", "probability": 0.1, "outages": ["HUB_PORT"]}]},
    )
    write_case(case, tmp_path / "inputs")
    assert read_case(tmp_path / "inputs").policy == case.policy


def test_a_cap_on_a_corridor_is_among_what_limits_it(tmp_path: Path) -> None:
    """By the name that the pack gives the corridor, and of this corridor alone."""
    plan = er.solve(toy(tmp_path).set("policy.max_share.corridor:SHORT", 0.5))
    names = {group: list(limits["name"]) for (group, _), limits in limits_of_corridors(plan).items()}
    assert "cap on the share of Short corridor" in names["SHORT"]
    assert "cap on the share of Short corridor" not in names["LONG"]
