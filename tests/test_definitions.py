"""Terms of the ledger, lines of the netback sheet and indicators are defined once, and what is not is refused."""

from __future__ import annotations

import ast
import copy
import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from toy import toy

from energy_routes.answer.words import LANGUAGES, Words
from energy_routes.audit import files
from energy_routes.audit.facts import Facts
from energy_routes.audit.report import Findings
from energy_routes.audit.verification import compare
from energy_routes.errors import LabelError
from energy_routes.formulation import ledger as formulated
from energy_routes.formulation.recipe import NETBACK
from energy_routes.formulation.space.space import Space
from energy_routes.indicators import ledger
from energy_routes.indicators.ledger import LEDGER, LINES, SHEET, LedgerTerm, ledger_term
from energy_routes.indicators.table import INDICATORS, KNOWN, rows_of
from energy_routes.linear.expressions import Expr
from energy_routes.results.storing import save
from energy_routes.solving.loop import solve

TESTS = Path(__file__).parent
ROOT = TESTS.parent
# What a developer writes for a new cost that every lane pays: an equation, a line of the recipe, a definition, words.
NEW_TERM = {
    "formulation/objective.py": ('\n\ndef _mode(', '''

def insurance(s: Space) -> Expr:
    r"""− Σ 2 · f_lt   [MUSD]

    Insurance of the cargo.
    """
    return s.flow * -2.0


def _mode('''),
    "formulation/recipe.py": ("    money.lifting,\n", "    money.lifting,\n    money.insurance,\n"),
    "indicators/ledger.py": ("\n)\nPRICE, *WAY", '\n    SheetLine("insurance", "ledger.insurance", -1, "#123456"),'
                             "\n)\nPRICE, *WAY"),
}  # fmt: skip
NEW_DEFINITION = ("for term in (\n",
                  'for term in (\n    LedgerTerm("insurance", "Insurance of the cargo", "insurance"),\n')
# Where the term must be: told by a program that knows it.
TOLD = """
import json, sys
from pathlib import Path
import energy_routes as er
from energy_routes.cli.tables.money_view import ledger
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.formulation import build_space
from energy_routes.maps.page.content import content
from energy_routes.report.writing import report_html
from energy_routes.results.schedule_book import write_schedule
from rich.console import Console

case, folder = er.load(sys.argv[1]), Path(sys.argv[2])
plan = er.solve(case)
told = plan.routes
sheet = er.netbacks(case)
page = content(plan)
write_schedule(plan, folder / "schedule.xlsx")
try:
    refused = str(er.verify(plan.save(folder / "saved")))
except er.EnergyRoutesError as error:
    refused = str(error)
screen = Console(record=True, width=150)
screen.print(next(ledger(plan, Units.of("", plan))).table)
import openpyxl
book = openpyxl.load_workbook(folder / "schedule.xlsx")
print(json.dumps({
    "ledger": {row["term"]: row["value"] for row in plan.ledger.to_dict("records")}, "netback": plan.netback,
    "flows": float(plan.flows["volume"].sum()),
    "routes": {name: float((told[name] * told["volume"]).sum()) for name in ("insurance", "netback")},
    "netbacks": sheet.to_dict("list"), "book": [cell.value for cell in book["Netbacks"][1]],
    "page": [page["sheet"], page["plans"][0]["routes"]], "report": report_html(plan), "screen": screen.export_text(),
    "audit": refused,
}))
"""


def planted(folder: Path, *, defined: bool) -> Path:
    """A copy of the program with a new term in its recipe."""
    # What is compiled serves a copy as well, but for files that are being written.
    shutil.copytree(ROOT / "energy_routes", folder / "energy_routes", ignore=shutil.ignore_patterns("*.pyc.*"))
    shutil.copytree(ROOT / "data" / "words", folder / "data" / "words")
    for data in (ROOT / "data").iterdir():
        if data.name != "words":
            (folder / "data" / data.name).symlink_to(data)
    edits = [*NEW_TERM.items(), *([("indicators/ledger.py", NEW_DEFINITION)] if defined else [])]
    for name, (old, new) in edits:
        path = folder / "energy_routes" / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{name}: where the term is written"
        path.write_text(text.replace(old, new), "utf-8")
    with (folder / "data" / "words" / "words.csv").open("a", encoding="utf-8", newline="") as file:
        words = ["ledger.insurance", "Cargo insurance", "Страхование", "Сақтандыру"]
        csv.writer(file, lineterminator="\n").writerow(words)
    return folder


def run(program: Path, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(program), str(TESTS)])
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True,
                          check=False, env=os.environ | {"PYTHONPATH": paths}, cwd=program)  # fmt: skip


@pytest.mark.exhaustive
def test_a_new_term_is_told_wherever_money_is(tmp_path: Path) -> None:
    done = run(planted(tmp_path, defined=True), TOLD, TESTS / "two_ways" / "model.toml", tmp_path)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    paid = 2.0 * told["flows"]
    assert paid > 1
    assert told["ledger"]["insurance"] == pytest.approx(-paid)
    assert told["routes"]["insurance"] == pytest.approx(paid)
    on_routes = sum(value for term, value in told["ledger"].items() if term == "insurance" or ledger_term(term).line)
    assert told["routes"]["netback"] == pytest.approx(on_routes)
    lanes = [len(arcs.split(";")) for arcs in told["netbacks"]["arcs"]]
    assert min(told["netbacks"]["insurance"]) > 0
    assert all(cost <= 2 * count for cost, count in zip(told["netbacks"]["insurance"], lanes, strict=True))
    assert "insurance" in told["book"]
    lines, routes = told["page"]
    assert ["insurance", "ledger.insurance", -1] in lines
    assert all(route["insurance"] > 0 for route in routes)
    assert told["report"].count("Cargo insurance") >= 3  # the waterfall, the sheets, the chart of costs
    assert "#123456" in told["report"]
    assert "Insurance of the cargo" in told["screen"]
    assert "ledger: insurance: saved" in told["audit"], "the audit does not find it again from raw tables, and says so"


@pytest.mark.usefixtures("built_anew")
def test_a_new_term_without_a_definition_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def insurance(s: Space) -> Expr:
        return s.flow * -2.0

    monkeypatch.setattr(formulated, "NETBACK", (*NETBACK, insurance))
    with pytest.raises(LabelError, match=r"no term 'insurance'.*Define it in LEDGER"):
        solve(toy(tmp_path))


@pytest.mark.usefixtures("built_anew")
@pytest.mark.parametrize(("line", "said"), [("tariff", "a term over 'storage'"), ("toll", "the line 'toll'")])
def test_a_line_must_be_there_and_a_route_must_carry_what_stands_on_it(
    line: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rent(s: Space) -> Expr:
        return (s.stock * -1.0).sum_to(s.storages)

    monkeypatch.setattr(formulated, "NETBACK", (*NETBACK, rent))
    monkeypatch.setitem(ledger.LEDGER, "rent", LedgerTerm("rent", "Rent of tanks", line))
    case = toy(tmp_path, {"storages": "id,node,commodities,working_volume,opening,closing\nTANK,HUB,CRUDE,1,0.5,free"})
    with pytest.raises(LabelError, match=said):
        solve(case)


def test_every_term_has_an_equation_and_words() -> None:
    bets = {"bookings", "disruptions", "aversion"}  # of several futures: made with them
    assert {term.__name__ for term in NETBACK} | bets == set(LEDGER)
    assert [term.__name__ for term in NETBACK] == [name for name in LEDGER if name not in bets]
    for language in LANGUAGES:
        words = Words.of(language)
        assert all(words(f"ledger.{name}") for name in LEDGER)
        assert all(words(line.words) for line in SHEET)
        assert all(words(each.words) for each in INDICATORS if each.words)
    assert {term.line for term in LEDGER.values()} - {""} == set(LINES)


def test_an_indicator_that_is_not_defined_is_refused() -> None:
    with pytest.raises(LabelError, match="no indicator 'entropy'"):
        rows_of(pd.DataFrame(), "entropy")


def test_the_page_names_no_line_of_the_sheet_itself() -> None:
    scripts = ROOT / "energy_routes" / "maps" / "page" / "web" / "js"
    named = {line.id for line in SHEET} - {"price", "tariff"}  # what a tonne fetches, and what a line charges
    for name in ("sheet.js", "table.js", "detail.js"):
        assert not [line for line in named if f'"{line}"' in (scripts / name).read_text("utf-8")], name


def test_the_audit_takes_names_only() -> None:
    """Of the room of indicators the audit may read what there is, and no formula."""
    names = set()
    for path in (ROOT / "energy_routes" / "audit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("energy_routes.indicators"):
                names |= {alias.name for alias in node.names}
    assert names == {"BACK", "KNOWN", "LEDGER", "PAID"}


def test_the_audit_finds_every_indicator_and_term_again(tmp_path: Path) -> None:
    """Each defined indicator is in the table, and is missed when it is changed; a name that is not defined is told."""
    sets = {
        "groups": "kind,group,name\ntransit_set,CN,China\ntransit_set,RU+IT,Russia and Italy",
        "meters": "kind,group,arc\ntransit_set,CN,SHORT\ntransit_set,RU+IT,LONG",
        "risk": "country,risk\nRU,0.7\nCN,0.2\nIT,0.1",
    }
    folder = save(solve(toy(tmp_path / "pack", sets)), tmp_path / "saved")
    content = files.read_all(folder, Findings())
    assert content is not None
    facts = Facts(folder / "inputs")

    def missed(table: str, at: int, **changed: object) -> list[str]:
        """The differences when a row takes these values."""
        tables = copy.deepcopy(content.tables)
        tables[table][at].update(changed)
        found = Findings()
        compare(files.Saved(tables, content.summary, content.certificate), facts, found)
        return found.differences

    assert {row["indicator"] for row in content.tables["indicators"]} == set(KNOWN)
    for at, row in enumerate(content.tables["indicators"]):
        assert any(row["indicator"] in words for words in missed("indicators", at, value=row["value"] + 0.1)), row
    assert any("not defined" in words for words in missed("indicators", 0, indicator="entropy"))
    free = next(at for at, row in enumerate(content.tables["ledger"]) if row["value"] == 0)
    assert any("no term that the ledger defines" in words for words in missed("ledger", free, term="toll"))
