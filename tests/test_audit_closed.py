"""The audit is closed-world: what it does not know is refused; what it does not find again is said, with a reason."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import energy_routes as er
from energy_routes.audit import files, verification as audit
from energy_routes.audit.closed import columns, levers, ranges
from energy_routes.audit.facts import Facts
from energy_routes.audit.report import Findings
from energy_routes.audit.written import layers
from energy_routes.case import Policy
from energy_routes.results import storing as results
from energy_routes.results.tables import write_table

MODEL = Path(__file__).parent / "two_ways" / "model.toml"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Edits, dates, tanks, contracts, tiers, joint limits, and caps on shares and on HHI, in the last four months."""
    case = er.load(MODEL, ["rail"]).set("policy.max_share.transit:RU", 0.62).set("policy.max_hhi.corridor", 0.6)
    plan = er.solve(dataclasses.replace(case, periods=case.periods[8:]))
    return results.save(plan, tmp_path_factory.mktemp("closed") / "result")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundled model, whose pack has lines to draw."""
    return results.save(er.solve(er.load("oil-2024")), tmp_path_factory.mktemp("drawn") / "result")


@pytest.fixture
def result(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "result"))


@pytest.fixture(scope="module")
def read(saved: Path) -> tuple[files.Saved, Facts]:
    content = files.read_all(saved, Findings())
    assert content is not None
    return content, Facts(saved / "inputs")


def compared(content: files.Saved, facts: Facts) -> Findings:
    """What is found; rows that cannot be followed at all are a difference, as they are to ``verify``."""
    found = Findings()
    try:
        audit.compare(content, facts, found)
    except (KeyError, ValueError, TypeError) as error:
        found.wrong("files", str(error))
    return found


class FoundError(Exception):
    """A difference was found."""


class First(list[str]):
    """Differences of which the first one ends the audit."""

    def append(self, line: str) -> None:
        raise FoundError(line)


def differs(content: files.Saved, facts: Facts) -> bool:
    """Whether ``compared`` finds anything; it is not looked any further than that."""
    try:
        audit.compare(content, facts, Findings(differences=First()))
    except (FoundError, KeyError, ValueError, TypeError):
        return True
    return False


def rehash(folder: Path) -> None:
    """Make the hashes fit: a careful forger."""
    run = json.loads((folder / "run.json").read_text("utf-8"))
    run["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in run["files"]}
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")


def forge(folder: Path, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> list[str]:
    """Change a table in its Parquet and CSV alike; what the audit then finds, but for the workbook."""
    frame = change(pd.read_parquet(folder / f"{table}.parquet"))
    write_table(frame, folder / table)
    rehash(folder)
    return [line for line in audit.audit(folder).differences if "result.xlsx" not in line]


def test_what_is_not_checked_is_said_with_the_reason(saved: Path) -> None:
    report = audit.audit(saved)
    assert report.passed
    told = dict(report.unchecked)
    assert {"routes.volume", "prices.price", "summary.json: answer", "inputs/case.json"} <= set(told)
    assert all(told.values())
    words = report.words()
    assert "Not checked:" in words
    assert all(what in words for what in told)
    assert report.as_dict()["unchecked"] == [{"what": what, "reason": reason} for what, reason in report.unchecked]


def test_every_cell_is_found_again_or_listed(read: tuple[files.Saved, Facts]) -> None:
    """One text, flag or number of each column of each table is changed, alike in every file."""
    content, facts = read
    clean = compared(content, facts)
    assert clean.differences == []
    missed = set()
    for table, rows in content.tables.items():
        for column in content.columns[table] if rows else ():
            at = next((i for i, row in enumerate(rows) if row[column] not in (None, 0.0)), 0)
            changed = [*rows[:at], {**rows[at], column: _other(rows[at][column])}, *rows[at + 1:]]
            forged = dataclasses.replace(content, tables={**content.tables, table: changed})
            if not differs(forged, facts):
                missed.add(f"{table}.{column}")
    assert missed <= set(clean.unchecked)


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return value * 1.01 + 1e-3 if value == value else 1.0
    return f"{value or ''} and more"


def test_every_leaf_of_the_summary_is_found_again_or_listed(read: tuple[files.Saved, Facts]) -> None:
    """Of a list, its first and its last item; a warning is added, since this plan has none."""
    content, facts = read
    missed, summary = set(), {**content.summary, "warnings": [{"code": "shut_in", "message": "Idle"}]}
    for path in _leaves(summary):
        changed = copy.deepcopy(summary)
        spot: Any = changed
        for key in path[:-1]:
            spot = spot[key]
        spot[path[-1]] = _other(spot[path[-1]])
        if not differs(dataclasses.replace(content, summary=changed), facts):
            missed.add(path[0])
    # The version stands in run.json, too; the others are listed as not checked.
    assert missed == {"schema_version", "answer", "subject", "warnings"}


def _leaves(item: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(item, dict | list):
        places = list(item) if isinstance(item, dict) else sorted({0, len(item) - 1} if item else ())
        for key in places:
            yield from _leaves(item[key], (*path, key))
    else:
        yield path


def test_the_columns_of_every_table_are_known() -> None:
    """A column that is added to a table is added here with its check, or with the reason for none."""
    plan = er.solve(er.load(MODEL, ["rail"]))
    frames = plan.tables()
    assert set(frames) == {*files.TABLES, "payments"}
    frames["bands"] = plan.with_bands(3).bands  # saved where draws were solved
    frames |= {"ramps": plan.ramps, "owners": plan.owners}  # saved where they have rows
    assert set(frames) == set(columns.COLUMNS)
    for table, frame in frames.items():
        if len(frame):
            assert list(frame) == columns.COLUMNS[table].split()


def test_every_lever_of_a_policy_is_known() -> None:
    assert set(levers.LEVERS) == {field.name for field in dataclasses.fields(Policy)}


def test_a_column_that_nobody_knows_is_refused(result: Path) -> None:
    found = forge(result, "arcs", lambda frame: frame.assign(comfort=1.0))
    assert found == ["columns: arcs.comfort: no such column is known here"]


@pytest.mark.parametrize(("change", "words"), [
    ({"value": 42.0}, "shannon_wiener_neumann transit_set oil: saved 42"),
    ({"indicator": "happiness"}, "an indicator that is not defined"),
])  # fmt: skip
def test_an_indicator_is_found_again_or_refused(
    change: dict[str, Any], words: str, seen: tuple[files.Saved, Facts]
) -> None:
    content, facts = seen
    rows = [row | change if row["indicator"] == "shannon_wiener_neumann" else row for row in content["indicators"]]
    assert rows != content["indicators"]
    forged = dataclasses.replace(content, tables={**content.tables, "indicators": rows})
    assert any(words in line for line in compared(forged, facts).differences)


def test_a_term_of_the_ledger_that_nobody_defines_is_refused(result: Path) -> None:
    """Even one of nothing, that leaves every sum as it was."""
    def more(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([frame, frame.iloc[:1].assign(term="goodwill", value=0.0)], ignore_index=True)

    assert any("goodwill" in line for line in forge(result, "ledger", more))


@pytest.mark.parametrize(("change", "words"), [
    (lambda case: case["policy"].update(greenness=0.5), "the policy has the key 'greenness', which no check reads"),
    (lambda case: case["policy"]["max_share"][0].update(softly=True), "the lever max_share has the key 'softly'"),
    (lambda case: case.update(weather="fair"), "case.json has the key 'weather', which no check reads"),
    (lambda case: case["edits"][0].update(but="not on Sundays"), "an edit has the key 'but'"),
])  # fmt: skip
def test_a_part_of_the_case_that_nothing_reads_is_refused(
    change: Callable[[dict[str, Any]], None], words: str, result: Path
) -> None:
    file = result / "inputs" / "case.json"
    case = json.loads(file.read_text("utf-8"))
    change(case)
    file.write_text(json.dumps(case), encoding="utf-8")
    rehash(result)
    assert any(words in line for line in audit.audit(result).differences)


@pytest.mark.parametrize(("name", "words"), [
    ("extra.csv", "extra.csv is not of the result"), ("flows2.parquet", "flows2.parquet is not of the result"),
    ("inputs/extra.csv", "inputs/extra.csv: run.json has no hash of it"),
    ("inputs/two_ways/notes.md", "inputs/two_ways/notes.md: run.json has no hash of it"),
])  # fmt: skip
def test_a_file_that_is_not_of_the_result_is_refused(name: str, words: str, result: Path) -> None:
    (result / name).write_text("x,y\n1,2\n")
    assert any(words in line for line in audit.audit(result).differences)


def test_a_file_of_somebodys_own_is_named_and_not_refused(result: Path) -> None:
    (result / "map.html").write_text("<html>")
    report = audit.audit(result)
    assert report.passed
    assert "map.html" in dict(report.unchecked)


def test_a_table_without_a_hash_is_refused(result: Path) -> None:
    run = json.loads((result / "run.json").read_text("utf-8"))
    del run["files"]["flows.csv"]
    (result / "run.json").write_text(json.dumps(run), encoding="utf-8")
    assert "hashes: flows.csv: run.json has no hash of it" in audit.audit(result).differences


def test_the_workbook_says_what_the_tables_say_and_no_more(result: Path) -> None:
    """Each fault stands in a sheet of its own, and each is told."""
    book = openpyxl.load_workbook(result / "result.xlsx")
    book.create_sheet("forecast")
    del book["stocks"]
    book["ledger"].append(["goodwill", "cash", 1e6, "MUSD", "oil"])
    book["supplies"].delete_rows(2)
    book["flows"].cell(3, 20, "see here")
    book["groups"].cell(1, 1, "item")
    book["routes"].cell(2, 2, "another way")
    book.save(result / "result.xlsx")
    found = audit.audit(result).differences
    rows = len(pd.read_parquet(result / "ledger.parquet"))
    faults = {"has a sheet 'forecast'", "has no sheet stocks", f"sheet ledger row {rows + 2}", "sheet supplies row 2",
              "beyond the columns of the table", "sheet groups has other columns", "sheet routes row 2"}
    assert all("result.xlsx" in line for line in found)
    assert {fault for fault in faults if any(fault in line for line in found)} == faults


@pytest.fixture(scope="module")
def seen(drawn: Path) -> tuple[files.Saved, Facts]:
    content = files.read_all(drawn, Findings())
    assert content is not None
    return content, Facts(drawn / "inputs")


def _layers(folder: Path, sql: str, drawn: Path, seen: tuple[files.Saved, Facts]) -> list[str]:
    """What is found after a change of the layers, in a folder that has them alone."""
    shutil.copytree(drawn / "inputs", folder / "inputs")
    for name in ("run.json", layers.FILE):
        shutil.copy2(drawn / name, folder / name)
    with closing(sqlite3.connect(folder / layers.FILE)) as base:
        for (trigger,) in list(base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            base.execute(f'DROP TRIGGER "{trigger}"')  # they need functions of a GIS
        base.executescript(sql)
    run = json.loads((folder / "run.json").read_text("utf-8"))
    if "geom" not in sql and "knots" not in sql:  # else the digest is what tells, or cannot be taken
        run["layers"] = layers.layer_digests(folder / layers.FILE)
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    found = Findings()
    layers.check(folder, *seen, found)
    return found.differences


def test_layers_that_were_saved_pass(drawn: Path, seen: tuple[files.Saved, Facts], tmp_path: Path) -> None:
    assert _layers(tmp_path, "", drawn, seen) == []


@pytest.mark.parametrize(("sql", "words"), [
    ("UPDATE flows SET volume = volume * 2 + 5", "volume: saved"),
    ("UPDATE flows SET tariff = 1 WHERE arc = 'CPC_RU'", "layers: flows CPC_RU tariff: saved 1"),
    ("UPDATE flows SET name = 'My line' WHERE arc = 'CPC_RU'", "layers: flows CPC_RU name: 'My line'"),
    ("DELETE FROM flows WHERE arc = 'CPC_RU'", "flows: has other arcs than the tables"),
    ("UPDATE nodes SET lifted = lifted + 1", "lifted: saved"),
    ("UPDATE nodes SET lat = lat + 1 WHERE id = 'TENGIZ'", "layers: nodes TENGIZ lat"),
    ("ALTER TABLE flows ADD COLUMN profit REAL", "profit: no such column is known here"),
    ("CREATE TABLE secrets (text TEXT)", "has a table 'secrets'"),
    ("UPDATE flows SET geom = (SELECT geom FROM flows WHERE arc = 'BTC_AZ') WHERE arc = 'CPC_RU'",
     "its features are not as they were saved"),
    ("UPDATE countries SET geom = zeroblob(40)", "flows.gpkg countries: its features are not as they were saved"),
    ("ALTER TABLE nodes RENAME TO knots", "cannot be read"),
])  # fmt: skip
def test_the_layers_are_held_against_the_tables(
    sql: str, words: str, drawn: Path, seen: tuple[files.Saved, Facts], tmp_path: Path
) -> None:
    found = _layers(tmp_path, sql, drawn, seen)
    assert any(words in line for line in found), found[:3]


def test_layers_that_are_gone_are_missed(drawn: Path, seen: tuple[files.Saved, Facts], tmp_path: Path) -> None:
    shutil.copytree(drawn / "inputs", tmp_path / "inputs")
    run = json.loads((drawn / "run.json").read_text("utf-8"))
    for written, differences in ((run, ["layers: flows.gpkg: is missing"]), (run | {"layers": {}}, [])):
        (tmp_path / "run.json").write_text(json.dumps(written), encoding="utf-8")
        found = Findings()
        layers.check(tmp_path, *seen, found)
        assert found.differences == differences
    assert layers.FILE in found.unchecked


RANGE = {"kind": "arc", "name": "West pipeline", "family": "oil", "commodity": None, "period": "total", "gap": 0.0,
         "share": float("nan"), "share_low": float("nan"), "share_high": float("nan"), "unit": "Mt"}  # fmt: skip


@pytest.mark.parametrize(("change", "words"), [
    ({}, ""), ({"volume": 1.5}, "volume: saved 1.5"), ({"low": 1.3}, "is below the least of 1.3"),
    ({"high": 1.2}, "is above the limit of 1.2"), ({"high": 99.0}, "most: 99 is above the limit"),
    ({"loss": -1.0}, "loss: -1 is below"), ({"unit": "bcm"}, "is in another unit"),
    ({"name": "East pipeline"}, "is called 'West pipeline'"), ({"id": "HUB_GATE"}, "volume: saved"),
])  # fmt: skip
def test_the_plan_lies_in_its_ranges(change: dict[str, Any], words: str, read: tuple[files.Saved, Facts]) -> None:
    content, facts = read
    volume = sum(row["volume"] for row in content["arcs"] if row["arc"] == "HUB_PORT")
    tight = RANGE | {"id": "HUB_PORT", "within": "optimum", "loss": 0.0, "volume": volume, "low": 1.2, "high": 1.7}
    loose = tight | {"within": "1 %", "loss": 40.0, "low": 1.0, "high": 1.8}
    assert 1.2 < volume < 1.3
    found = Findings()
    forged = dataclasses.replace(content, tables={**content.tables, "ranges": [tight | change, loose]})
    ranges.check(forged, facts, found)
    assert any(words in line for line in found.differences) if words else found.differences == []
    assert {"ranges.low", "ranges.high", "ranges.within"} <= set(found.unchecked)


def test_a_band_that_may_lose_more_is_no_narrower(read: tuple[files.Saved, Facts]) -> None:
    content, facts = read
    volume = sum(row["volume"] for row in content["arcs"] if row["arc"] == "HUB_PORT")
    tight = RANGE | {"id": "HUB_PORT", "within": "optimum", "loss": 0.0, "volume": volume, "low": 1.2, "high": 1.7}
    loose = tight | {"within": "1 %", "loss": 40.0, "high": 1.6}
    found = Findings()
    ranges.check(dataclasses.replace(content, tables={**content.tables, "ranges": [loose, tight]}), facts, found)
    assert [line for line in found.differences if "optimum in 1 %" in line]
