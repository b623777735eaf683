"""The audit passes what was solved and names what was changed afterwards, wherever it was changed."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from rest import first
from test_audit_closed import differs, rehash

import energy_routes as er
from energy_routes.audit import files, verification as audit
from energy_routes.audit.facts import INSTANTS, RATES, Facts
from energy_routes.audit.report import Findings
from energy_routes.errors import DataError, VerificationError
from energy_routes.network.network import Network
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.units.periods import Period
from energy_routes.results import storing as results
from energy_routes.results.record import write_case
from energy_routes.results.tables import write_table

TESTS = Path(__file__).parent
MODEL = TESTS / "two_ways" / "model.toml"
TEXTBOOK = sorted(path.parent.name for path in (TESTS / "textbook").glob("*/model.toml"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every rule is in play: edits, dates, tanks, contracts, tiers, joint limits, caps on shares and on HHI.

    Of the year its last four months: in the first two the edit holds, in the last the contract does not.
    """
    case = er.load(MODEL, ["rail"]).set("policy.max_share.transit:RU", 0.62).set("policy.max_hhi.corridor", 0.6)
    plan = er.solve(replace(case, periods=case.periods[8:]))
    return results.save(plan, tmp_path_factory.mktemp("saved") / "result")


@pytest.fixture
def result(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "result"))


@pytest.fixture(scope="module")
def read(saved: Path) -> tuple[files.Saved, Facts]:
    content = files.read_all(saved, Findings())
    assert content is not None
    return content, Facts(saved / "inputs")


def test_the_audit_knows_every_rate_of_the_schema() -> None:
    """A rate that it took for a yearly figure would be checked against a twelfth of itself, or less."""
    rates = {name: tuple(c.name for c in table.columns if c.dimension == "rate") for name, table in TABLES.items()}
    assert {name: own for name, own in rates.items() if own} == RATES


def test_the_audit_knows_every_figure_of_an_instant() -> None:
    """Of another it would take the mean over the months."""
    ends = {"start": 0, "end": -1}
    instants = {(name, c.name): ends[c.instant] for name, table in TABLES.items() for c in table.columns if c.instant}
    assert instants == INSTANTS


def test_what_was_solved_passes(saved: Path) -> None:
    report = audit.verify(saved)
    assert report.passed
    assert report.differences == ()
    compared = dict(report.checks)
    headings = {"balance", "capacity", "supplies", "tanks", "deliveries", "market depth", "obligations", "joint limits",
                "groups", "indicators", "caps", "ledger", "routes", "summary", "certificate", "files", "hashes"}
    assert headings <= set(compared)
    assert min(compared[heading] for heading in headings) > 0


@pytest.mark.parametrize("name", first(TEXTBOOK, ["dantzig"]))
def test_published_problems_pass(name: str, tmp_path: Path) -> None:
    plan = er.solve(er.load(TESTS / "textbook" / name / "model.toml"))
    assert audit.verify(results.save(plan, tmp_path / "r")).passed


def cells(content: files.Saved) -> Iterator[tuple[str, str]]:
    for name, rows in content.tables.items():
        first_row = rows[0] if name != "ranges" and rows else {}
        yield from ((name, column) for column, value in first_row.items() if isinstance(value, float))


def test_one_changed_number_in_any_column_of_any_table_is_found(read: tuple[files.Saved, Facts]) -> None:
    """The largest number of each column, 1 % and more, changed alike in every file: only arithmetic can tell."""
    content, facts = read
    assert not differs(content, facts)
    missed = []
    for table, column in cells(content):
        rows = list(content.tables[table])
        at = max(range(len(rows)), key=lambda i: abs(_finite(rows[i][column])))
        rows[at] = {**rows[at], column: _finite(rows[at][column]) * 1.01 + 1e-3}
        changed = {**content.tables, table: rows}
        if not differs(files.Saved(changed, content.summary, content.certificate), facts):
            missed.append(f"{table}.{column}")
    assert missed == []


def _finite(value: float) -> float:
    return value if value == value and abs(value) != float("inf") else 0.0


def test_one_changed_number_anywhere_in_the_summary_is_found(read: tuple[files.Saved, Facts]) -> None:
    content, facts = read
    missed = []
    for path in _numbers(content.summary):
        changed = copy.deepcopy(content.summary)
        spot: Any = changed
        for key in path[:-1]:
            spot = spot[key]
        spot[path[-1]] = spot[path[-1]] * 1.01 + 1e-3
        if not differs(files.Saved(content.tables, changed, content.certificate), facts):
            missed.append(path)
    # How sure the answer is rests on the grades of all figures, which the audit does not weigh again.
    assert set(missed) == {("schema_version",), ("answer", "estimated_share"), ("answer", "ungraded_share"),
                           ("answer", "weakest", "doubt")}


def _numbers(item: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(item, dict | list):
        for key, value in item.items() if isinstance(item, dict) else enumerate(item):
            yield from _numbers(value, (*path, key))
    elif isinstance(item, float | int) and not isinstance(item, bool):
        yield path


def forge(folder: Path, table: str, change: Callable[[pd.DataFrame], None]) -> None:
    """Change a table in its Parquet and CSV, and make the hashes fit: a careful forger."""
    frame = pd.read_parquet(folder / f"{table}.parquet")
    change(frame)
    write_table(frame, folder / table)
    rehash(folder)


def test_a_forged_flow_is_named_with_place_and_both_numbers(result: Path) -> None:
    def more(frame: pd.DataFrame) -> None:
        row = frame.index[(frame["arc"] == "HUB_PORT") & (frame["period"] == "2024-11")][0]
        frame.loc[row, "volume"] = 1.5

    forge(result, "flows", more)
    with pytest.raises(VerificationError, match="is not verified") as error:
        audit.verify(result)
    text = str(error.value)
    assert "HUB_PORT" in text
    assert "2024-11" in text
    assert "saved" in text
    assert "… and " in text  # the first differences only
    assert len(text.splitlines()) <= 12


def test_forged_raw_tables_are_found(result: Path) -> None:
    """With half the nameplate the plan would be above capacity."""
    file = result / "inputs" / "two_ways" / "arcs.csv"
    text = file.read_text("utf-8")
    assert ",operating,7," in text
    file.write_text(text.replace(",operating,7,", ",operating,4,"), encoding="utf-8")
    rehash(result)
    report = audit.audit(result)
    assert any(line.startswith("capacity: HUB_PORT") for line in report.differences)


def test_a_forgotten_edit_is_found(result: Path) -> None:
    file = result / "inputs" / "case.json"
    case = json.loads(file.read_text("utf-8"))
    case["edits"] = [edit for edit in case["edits"] if edit["id"] != "SOUTH_B"]
    file.write_text(json.dumps(case), encoding="utf-8")
    rehash(result)
    assert any(line.startswith("ledger: lifting: saved") for line in audit.audit(result).differences)


def test_a_loosened_cap_is_no_difference_but_a_tightened_one_is(result: Path) -> None:
    file = result / "inputs" / "case.json"
    case = json.loads(file.read_text("utf-8"))
    for cap, broken in ((0.9, False), (0.3, True)):
        case["policy"]["max_share"][0]["cap"] = cap
        file.write_text(json.dumps(case), encoding="utf-8")
        rehash(result)
        assert any(line.startswith("caps:") for line in audit.audit(result).differences) == broken


def test_a_number_changed_in_the_csv_alone_is_found(result: Path) -> None:
    file = result / "ledger.csv"
    lines = file.read_text("utf-8").splitlines()
    lines[1] = "sales,cash,1.0,MUSD"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rehash(result)
    (found,) = audit.audit(result).differences
    assert found.startswith("files: ledger.csv row 2, column value: '1.0', but")


def test_a_number_changed_in_the_workbook_alone_is_found(result: Path) -> None:
    book = openpyxl.load_workbook(result / "result.xlsx")
    book["ledger"]["C2"] = 1.0
    book.save(result / "result.xlsx")
    (found,) = audit.audit(result).differences
    assert found.startswith("files: result.xlsx sheet ledger row 2, column value: 1")


def test_one_byte_more_anywhere_is_found_by_its_hash(result: Path) -> None:
    with (result / "inputs" / "two_ways" / "nodes.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    (found,) = audit.audit(result).differences
    assert found == "hashes: inputs/two_ways/nodes.csv: is not as it was saved (its SHA-256 differs)"


@pytest.mark.parametrize("name", ["flows.parquet", "routes.csv", "summary.json", "inputs/case.json", "result.xlsx",
                                  "inputs/two_ways/arcs.csv", "run.json"])  # fmt: skip
def test_half_a_file_fails_and_is_named(name: str, result: Path) -> None:
    content = (result / name).read_bytes()
    (result / name).write_bytes(content[: len(content) // 2])
    report = audit.audit(result)
    assert any(Path(name).name in line for line in report.differences)
    with pytest.raises(VerificationError):
        report.raise_if_failed()


def test_not_a_result(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a saved result"):
        audit.audit(tmp_path)


def test_two_ways_of_finding_a_figure_agree(tmp_path: Path) -> None:
    """The audit's own look-ups against the network's, for every number, period and edit of the toy."""
    case = er.load(MODEL, ["rail"]).set("arc:HUB_GATE.capacity", "unlimited")
    write_case(case, tmp_path / "inputs")
    facts = Facts(tmp_path / "inputs")
    network: Network = case.network
    periods: tuple[Period, ...] = case.periods
    compared = 0
    for table, column in [("arcs", c) for c in ("capacity", "availability", "booked", "tariff")] + [
        ("supplies", "available"), ("supplies", "cost"), ("markets", "price"), ("lanes", "quality"), ("tiers", "depth"),
    ]:
        matrix = network.resolve(table, column, periods)
        for row, key in enumerate(network.ids(table)):
            for at, period in enumerate(periods):
                own = facts.number(table, key, column, period.label)
                assert own == matrix[row, at] or (own != own and matrix[row, at] != matrix[row, at])
                compared += 1
    assert compared > 500
    march = [facts.number("markets", "WEST", "price", label) for label in ("2024-02", "2024-03")]
    assert march == [82 * 7.5, 84 * 7.5]  # a month beats a year
    july = [facts.number("arcs", "HUB_PORT", "availability", label) for label in ("2024-01", "2024-06", "2024-07")]
    assert july == [0.8, 0.95, 0.5]  # a season beats the base column
    september = [facts.number("arcs", "HUB_PORT", "capacity", label) for label in ("2024-08", "2024-09")]
    assert september == [7.0, pytest.approx(6.3)]  # an edit comes last, in its periods
    assert facts.number("arcs", "HUB_GATE", "capacity", "2024-08") == float("inf")


def test_differences_are_told_in_the_order_of_the_rows() -> None:
    families = [f"family {letter}" for letter in "hbgcfdea"]
    rows = [{"family": family, "shut_in": 1.0, "volume": 1.0, "export": True} for family in families]
    saved = files.Saved({"supplies": rows, "deliveries": rows}, {"shut_in": [], "exports": []}, {})
    found = Findings()
    files._sums(saved, found)
    told = [difference.partition(" saved")[0] for difference in found.differences]
    assert told == [f"summary: {key} {family}:" for key in ("shut_in", "exports") for family in families]
