"""The verbs: what they print, where, and that it can be used by a script and read by a person."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import VERBS, app
from energy_routes.cli.setup.health import self_test
from energy_routes.cli.tables.render import Screen, digits_for, number, percent
from energy_routes.solving.loop import program_of

MODEL = Path(__file__).parent / "two_ways" / "model.toml"
ESCAPE = "\x1b"

# The example of docs/cli.md of `solve --json`: every key, always.
LIMIT = {"limit": "", "price": 0.0, "price_down": 0.0, "unit": "", "dearest_period": "", "dearest_price": 0.0,
         "note": ""}  # fmt: skip
SUMMARY: dict[str, Any] = {
    "schema_version": 2, "model": "", "status": "", "subject": [""],
    "answer": {
        "sentence": "", "against": None,
        "subject": [{"target": "", "name": "", "commodity": "", "verb": "", "measure": "", "volume": 0.0, "before": 0.0,
                     "capacity": 0.0, "share": 0.0, "unit": ""}],
        "netback_change": 0.0,
        "changes": [{"commodity": "", "exports": 0.0, "shut_in": 0.0, "unit": "",
                     "corridors": [{"name": "", "change": 0.0}]}],
        "turns": [{"target": "", "name": "", "used": True, "series": "", "unit": "", "year": 0, "now": 0.0, "at": 0.0,
                   "low": 0.0, "high": 0.0, "alone": True}],
        "estimated_share": 0.0, "ungraded_share": 0.0,
        "weakest": {"figure": None, "confidence": None, "doubt": 0.0, "unit": ""},
    },
    "objective": {"name": "", "value": 0.0, "unit": ""}, "netback": {"value": 0.0, "unit": ""},
    "shut_in": [{"commodity": "", "volume": 0.0}],
    "exports": [{"commodity": "", "volume": 0.0, "unit": ""}],
    "premium": {"base": 0.0, "cost": 0.0, "rerouting": 0.0, "shut_in": 0.0, "unit": "", "usd_per_t": 0.0,
                "shut_in_volume": [{"commodity": "", "volume": 0.0}]},
    "bands": [{"measure": "", "corridor": "", "commodity": "", "value": 0.0, "p10": 0.0, "p50": 0.0, "p90": 0.0,
               "used": 0.0, "unit": "", "draws": 0.0, "plans": 0.0}],
    "corridors": [{"corridor": "", "commodity": "", "volume": 0.0, "capacity": 0.0, "utilisation": 0.0, "share": 0.0,
                   "limited_by": [LIMIT]}],
    "routes": [{"route": "", "origin": "", "market": "", "corridor": "", "volume": 0.0, "netback": 0.0}],
    "ledger": [{"term": "", "kind": "", "value": 0.0, "unit": ""}],
    "indicators": {"hhi": {"corridor": 0.0, "transit_set": 0.0}, "transit_share": {"RU": 0.0}},
    "builds": [{"option": "", "year": "", "units": 0.0, "capacity": 0.0, "unit": "", "capex": 0.0, "charge": 0.0}],
    "emissions": [{"commodity": "", "mode": "", "emitted": 0.0, "kg_per_unit": 0.0, "unit": ""}],
    "payments": [{"payee": "", "country": "", "kind": "", "commodity": "", "receipts": 0.0, "real_cost": 0.0,
                  "cost_low": 0.0, "cost_high": 0.0, "margin": 0.0, "share": 0.0, "unit": ""}],
    "binding": [LIMIT],
    "ranges": [{"kind": "", "id": "", "name": "", "family": "", "commodity": "", "period": "", "within": "",
                "loss": 0.0, "volume": 0.0, "low": 0.0, "high": 0.0, "share": 0.0, "share_low": 0.0, "share_high": 0.0,
                "gap": 0.0, "unit": ""}],
    "certificate": {"primal_residual": 0.0, "dual_residual": 0.0, "gap": 0.0},
    "warnings": [{"code": "", "message": "", "where": ""}],
}  # fmt: skip


def run(*arguments: object, code: int = 0) -> Any:
    """The outcome of a command line in this process; fails unless it exits with ``code``."""
    outcome = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert outcome.exit_code == code, outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stderr
    return outcome


def same_shape(have: Any, want: Any, place: str = "") -> None:
    """Same keys and kinds all the way down; a number may be null; a list may be empty."""
    if isinstance(want, dict):
        assert set(have) >= set(want) if place in (".indicators.hhi",) else set(have) == set(want), place
        for key in want:
            same_shape(have[key], want[key], f"{place}.{key}")
    elif isinstance(want, list):
        for item in have:
            same_shape(item, want[0], f"{place}[]")
    elif isinstance(want, float):
        assert have is None or isinstance(have, float | int), place
    elif want is None:
        assert have is None or isinstance(have, str), place
    else:
        assert isinstance(have, type(want)), place


@pytest.fixture(scope="module")
def printed() -> str:
    return str(run("solve", MODEL, "--full").stdout)


def test_solve_json_is_the_object_of_the_documentation() -> None:
    outcome = run("solve", MODEL, "--json")
    summary = json.loads(outcome.stdout)
    same_shape(summary, SUMMARY)
    assert list(summary) == list(SUMMARY)
    plan = er.solve(er.load(MODEL))
    assert summary["objective"]["value"] == pytest.approx(plan.objective.value, rel=1e-10)
    assert sum(item["value"] for item in summary["ledger"]) == pytest.approx(summary["objective"]["value"], rel=1e-9)
    west = summary["corridors"][0]
    assert west["corridor"] == "West"
    assert west["limited_by"][0]["limit"] == "arc:HUB_PORT"
    assert summary["binding"][-1]["limit"].startswith("supply:")
    assert outcome.stderr == ""


@pytest.mark.parametrize("extra", ["--solver cbc", "--set policy.objective=cost --set arc:HUB_GATE.capacity=9"])
def test_every_key_is_there_whatever_is_asked(extra: str) -> None:
    same_shape(json.loads(run("solve", MODEL, *extra.split(), "--json").stdout), SUMMARY)
    assert max(len(line) for line in run("solve", MODEL, *extra.split()).stdout.splitlines()) <= 80
    assert max(len(line) for line in run("solve", MODEL, *extra.split(), "--full").stdout.splitlines()) <= 100


def test_printed_answer_has_the_numbers_of_the_plan(printed: str) -> None:
    plan = er.solve(er.load(MODEL))
    assert f"Best netback: {plan.objective.value:,.1f} MUSD." in printed
    assert "Which way should each field go in 2024?" in printed
    for heading in ("Exports", "Corridors", "Export routes", "Home deliveries", "Money", "What binds"):
        assert re.search(f"^{heading}$", printed, re.M), heading
    west = plan.groups.query("kind == 'corridor' and group == 'West' and period == 'total'").iloc[0]
    line = next(line for line in printed.splitlines() if line.startswith("Western pipeline and  "))
    assert f"{west['volume']:.3f}" in line
    assert f"{100 * west['share']:.1f}" in line
    assert "0.237 Mt is available but not lifted" in printed


def test_printed_tables_fit_100_columns_and_have_no_colour_on_a_pipe(printed: str) -> None:
    assert max(len(line) for line in printed.splitlines()) <= 100
    assert ESCAPE not in printed
    assert "nan" not in printed.lower().replace("netback", "")


@pytest.mark.exhaustive
def test_scenario_and_set_change_the_answer() -> None:
    def netback(*extra: str) -> float:
        return float(json.loads(run("solve", MODEL, "--json", *extra).stdout)["netback"]["value"])

    rail, dear = ("--scenario", "rail"), ("--set", "arc:HUB_PORT.tariff=60")
    base, with_rail, with_dear = netback(), netback(*rail), netback(*dear)
    assert with_dear < base < with_rail
    assert with_dear < netback(*rail, *dear) < with_rail
    assert netback("--set", "market:WEST.price=90 USD/bbl") > base  # a unit of the figure's own


def test_the_first_screen_is_short_and_the_rest_comes_by_name() -> None:
    brief = run("solve", MODEL).stdout
    assert len(brief.splitlines()) <= 30
    assert max(map(len, brief.splitlines())) <= 80
    assert "Money" not in brief
    some = run("solve", MODEL, "--show", "routes,ledger").stdout
    headings = [line for line in some.splitlines() if line in ("Exports", "Export routes", "Money", "What binds")]
    assert headings == ["Export routes", "Money"]
    refusal = run("solve", MODEL, "--show", "routs", code=2).stderr
    assert "no section 'routs'. Nearest: 'routes'" in refusal


def test_quiet_prints_the_sentence_alone_and_json_the_json(tmp_path: Path) -> None:
    outcome = run("solve", MODEL, "-q", "--scenario", "rail", "--out", tmp_path / "r")
    saved = json.loads((tmp_path / "r" / "summary.json").read_text("utf-8"))
    assert outcome.stdout == saved["answer"]["sentence"] + "\n"
    assert saved["answer"]["against"] == "model"
    assert outcome.stderr == ""
    assert json.loads(run("solve", MODEL, "-q", "--scenario", "rail", "--json").stdout) == saved
    wrong = run("solve", MODEL, "-q", "--scenario", "rial", code=2)
    assert (wrong.stdout, "'rail'" in wrong.stderr) == ("", True)


def test_units_are_those_asked_for(printed: str) -> None:
    shown = run("solve", MODEL, "--units", "kb/d,USD/bbl", "--full").stdout
    plan = er.solve(er.load(MODEL))
    barrels = plan.supplies["commodity"].map({"light": 8.0, "heavy": 7.0})
    content = float((plan.supplies["lifted"] * barrels).sum() / plan.supplies["lifted"].sum())
    exports = float(plan.exports["oil"]) * content * 1000 / 366  # days of 2024
    assert f"Exports {exports:.2f} kb/d" in shown or f"Exports {exports:.1f} kb/d" in shown
    assert f"kb/d at {content:.4g} bbl/t, the average of what is lifted" in shown
    assert "USD/bbl" in shown
    brief = run("solve", MODEL, "--units", "kb/d,USD/bbl").stdout
    west = plan.groups.query("kind == 'corridor' and group == 'West' and period == 'total'")["volume"].iloc[0]
    assert f"carry {west * content * 1000 / 366:.0f} kb/d of the {exports:.0f} kb/d of oil exported" in (
        " ".join(brief.split()))
    assert "USD/t" not in shown
    assert "USD/t" in printed
    assert "Nearest: 'kb/d'" in run("solve", MODEL, "--units", "kbd", code=2).stderr


def test_out_saves_what_json_prints(tmp_path: Path) -> None:
    outcome = run("solve", MODEL, "--out", tmp_path / "r", "--json")
    assert json.loads((tmp_path / "r" / "summary.json").read_text("utf-8")) == json.loads(outcome.stdout)
    assert outcome.stderr == f"Saved to {tmp_path / 'r'}\n"
    run_json = json.loads((tmp_path / "r" / "run.json").read_text("utf-8"))
    assert run_json["options"] == {"solver": "highs", "seed": 0, "time_limit": None, "scenario": [], "set": []}
    verified = run("verify", tmp_path / "r")
    assert "verified" in verified.stdout
    report = json.loads(run("verify", tmp_path / "r", "--json").stdout)
    assert report["passed"]
    assert report["differences"] == []


def test_verify_names_the_forgery_and_exits_8(tmp_path: Path) -> None:
    run("solve", MODEL, "--out", tmp_path / "r", "--quiet")
    file = tmp_path / "r" / "summary.json"
    file.write_text(file.read_text("utf-8").replace('"netback"', '"netback"', 1).replace("4642.", "4742.", 1), "utf-8")
    outcome = run("verify", tmp_path / "r", code=8)
    assert "ledger: objective: saved 4742." in outcome.stderr
    assert outcome.stdout == ""
    assert not json.loads(run("verify", tmp_path / "r", "--json", code=8).stdout)["passed"]


def test_quiet_and_verbose(tmp_path: Path) -> None:
    assert run("solve", MODEL, "--out", tmp_path / "r", "--quiet").stderr == ""
    assert run("solve", MODEL, "--seed", 7, "--time-limit", 60, "--verbose").stdout == run("solve", MODEL).stdout


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_export_reads_back_to_the_same_optimum(suffix: str, tmp_path: Path) -> None:
    """The file itself is solved: names that a solver refuses, a lost sense or a lost constant would show."""
    highspy = pytest.importorskip("highspy")
    file = tmp_path / f"model{suffix}"
    assert run("export", MODEL, file).stderr == f"Wrote {file}\n"
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(file)) == highspy.HighsStatus.kOk
    solver.run()
    plan = er.solve(er.load(MODEL))
    assert solver.getInfo().objective_function_value == pytest.approx(plan.objective.value, rel=1e-9)
    assert set(solver.getLp().col_names_) == set(program_of(er.load(MODEL)).column_names())
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_export_refuses_what_it_cannot_write(tmp_path: Path) -> None:
    assert ".mps, .lp" in run("export", MODEL, tmp_path / "model.xlsx", code=2).stderr
    assert "there is no folder" in run("export", MODEL, tmp_path / "none" / "a.lp", code=2).stderr


def test_models_lists_every_bundled_model_with_its_question() -> None:
    from energy_routes.pack.bundled import model_names

    listed = json.loads(run("models", "--json").stdout)
    assert [item["model"] for item in listed] == list(model_names())
    keys = {"model", "packs", "families", "title", "question", "extends", "scenarios", "aliases"}
    assert all(set(item) == keys and item["families"] for item in listed)
    text = run("models").stdout
    assert all(name in text for name in model_names())
    assert text.index("Oil\n") < text.index("oil-2024") < text.index("baku-supsa") < text.index("Gas\n")
    assert max((len(line) for line in text.splitlines()), default=0) <= 100


def test_check_counts_what_it_read() -> None:
    text = run("check", MODEL).stdout
    assert f"{MODEL}: ok" in text
    assert re.search(r"^arcs +8$", text, re.M)
    counts = json.loads(run("check", MODEL.parent, "--json").stdout)
    assert counts["kind"] == "pack"
    assert counts["packs"][0]["rows"]["arcs"] == 8
    assert counts["packs"][0]["sha256"] == er.read_pack(MODEL.parent).digest


def test_formulation_prints_every_rule_as_markdown() -> None:
    from energy_routes.formulation.recipe import RULES

    text = run("formulation").stdout
    assert text.startswith("# ")
    for rule in RULES:
        assert f"### {rule.__name__.replace('_', ' ')}" in text


def test_doctor_solves_a_published_problem() -> None:
    assert self_test() == {"passed": True, "expected": 153.675, "found": pytest.approx(153.675), "error": None}
    report = json.loads(run("doctor", "--json").stdout)
    assert report["self_test"]["passed"]
    assert report["solvers"].count("highs") == 1  # PuLP has one of that name, too
    assert report["versions"]["highspy"]
    assert "Self-test: passed" in run("doctor").stdout


def test_doctor_says_so_when_the_self_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from energy_routes.cli.setup import health

    monkeypatch.setattr(health, "OPTIMUM", 1.0)
    assert "FAILED" in run("doctor", code=7).stdout


def test_map_of_a_model_and_of_a_saved_result(tmp_path: Path) -> None:
    run("solve", MODEL, "--out", tmp_path / "r", "--map", tmp_path / "solved.svg", "--quiet")
    assert (tmp_path / "solved.svg").read_text("utf-8").lstrip().startswith("<?xml")
    outcome = run("map", tmp_path / "r", "--out", tmp_path / "saved.png")
    assert outcome.stdout == ""
    assert (tmp_path / "saved.png").read_bytes().startswith(b"\x89PNG")
    assert "give a model to use these options" in run("map", tmp_path / "r", "--scenario", "rail", code=2).stderr


def test_init_gives_a_copy_that_checks_and_solves(tmp_path: Path) -> None:
    outcome = run("init", tmp_path / "mine")
    file = tmp_path / "mine" / "oil-2024.toml"
    assert f"energy-routes solve {file}" in outcome.stderr
    assert "ok" in run("check", file).stdout
    own, bundled = (json.loads(run("solve", model, "--json").stdout) for model in (file, "oil-2024"))
    assert own == bundled
    folders = sorted(path.name for path in (tmp_path / "mine").iterdir() if path.is_dir())
    assert folders == ["kazakhstan-oil", "prices"]  # the prices that its packs share come along
    case = er.load(file)
    assert case.network.packs[0].path == tmp_path / "mine" / "kazakhstan-oil"


def test_init_brings_the_models_that_a_model_extends(tmp_path: Path) -> None:
    run("init", tmp_path / "mine", "--model", "cpc-one-mooring")
    files = {path.name for path in (tmp_path / "mine").glob("*.toml")}
    assert files >= {"cpc-one-mooring.toml", "oil-2024-monthly.toml"}
    assert er.load(tmp_path / "mine" / "cpc-one-mooring.toml").edits


def test_init_refuses_a_folder_with_anything_in_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert "not empty" in run("init", tmp_path, code=2).stderr
    assert "is a file" in run("init", tmp_path / "file", code=2).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_question_of_months_is_set_against_the_same_months(tmp_path: Path) -> None:
    """Prices of months alone move the netback of 2026 by hundreds of MUSD, which an outage in June does not bring."""
    text = 'title = "June"\nquestion = "What is lost?"\nextends = "oil-2026"\nperiods = "month"\n'
    (tmp_path / "plain.toml").write_text(text, "utf-8")
    edit = '[[edit]]\ntarget = "arc:BTC"\nperiods = ["2026-06"]\nstatus = "idle"\nreason = "shut"\n'
    (tmp_path / "june.toml").write_text(text + edit, "utf-8")
    plain, june = (json.loads(run("solve", tmp_path / f"{name}.toml", "--json").stdout) for name in ("plain", "june"))
    assert plain["answer"]["against"] is None
    assert june["answer"]["against"] == "oil-2026 (2026-01 … 2026-12)"
    assert june["answer"]["netback_change"] == pytest.approx(
        june["netback"]["value"] - plain["netback"]["value"])


def test_a_year_is_not_answered_beside_another_that_its_file_extends(tmp_path: Path) -> None:
    text = 'title = "Next year"\nquestion = "What moves?"\nextends = "oil-2026"\nyear = 2027\n'
    (tmp_path / "next.toml").write_text(text, "utf-8")
    said = run("solve", tmp_path / "next.toml", "-q").stdout
    assert said.startswith("CPC carries")
    assert "beside" not in said


def test_a_group_has_no_figures_and_its_arcs_are_named() -> None:
    said = run("solve", "oil-2026", "--set", "transit:RU.tariff=20", code=3).stderr
    assert "'transit:RU' is a group, which has no figures" in said
    assert "It is measured on arc:CPC_SPM, arc:TN_USTL, " in said
    assert "'explain' and 'tariff' move the tariff" in said


def test_bundled_answer_fits_and_is_complete() -> None:
    text = run("solve", "oil-2024", "--full").stdout
    assert max(len(line) for line in text.splitlines()) <= 100
    assert re.search(r"^CPC +\d+\.\d", text, re.M)
    assert "Exports that cross: Russia" in text


def test_numbers_as_people_read_them() -> None:
    assert number(12345.678) == "12,345.68"
    assert number(-0.001) == "0.00"
    assert number(float("nan")) == number(None) == "–"
    assert number(float("inf")) == "unlimited"
    assert percent(0.6111) == "61.1"
    assert [digits_for([value]) for value in (2000.0, 55.4, 5.5, 0.3, 0.0)] == [1, 2, 3, 4, 4]


def shell(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    code = "from energy_routes.cli import main; main()"
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.run([sys.executable, "-c", code, *arguments], text=True, env=environment, **options)


def test_no_words_without_a_verb_and_version() -> None:
    outcome = shell("--version", capture_output=True)
    assert outcome.stdout.strip() == f"energy-routes {er.__version__}"
    assert "solve" in shell("--help", capture_output=True).stdout
    wrong = shell("sovle", capture_output=True)
    assert wrong.returncode == 2
    assert "solve" in wrong.stderr


def test_a_reader_that_leaves_is_no_error() -> None:
    """Stdout is a pipe whose other end is closed before anything is written."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        outcome = shell("solve", str(MODEL), stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert outcome.returncode == 0
    assert outcome.stderr == ""


@pytest.mark.exhaustive
def test_an_old_terminal_gets_question_marks_and_no_failure() -> None:
    old = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    outcome = shell("solve", str(MODEL), "--full", capture_output=True, env=old)
    assert outcome.returncode == 0
    assert "North field ? Port ? West" in outcome.stdout


@pytest.mark.exhaustive
def test_a_cap_that_was_asked_for_heads_the_limits_in_its_own_unit() -> None:
    free = ("--set", "policy.exports=free")
    shown = run("solve", MODEL, "--set", "policy.max_exposure.corridor:West=4", *free).stdout.splitlines()
    head = next(at for at, line in enumerate(shown) if line.startswith("limits worth most"))
    assert shown[head + 2].startswith("cap on the volume of Western pipeline")
    shares = run("solve", MODEL, "--set", "policy.max_share.corridor:West=0.5", *free).stdout
    (line,) = [line for line in shares.splitlines() if line.startswith("cap on the share of")]
    assert line.endswith("MUSD per pp")


def test_a_cap_on_both_families_by_value_heads_the_limits_too() -> None:
    shown = run("solve", "energy-2024", "--set", "policy.max_share.all/transit:RU=0.88").stdout.splitlines()
    head = next(at for at, line in enumerate(shown) if line.startswith("limits worth most"))
    assert shown[head + 2].startswith("cap on the share of Russia")
    assert shown[head + 2].endswith("MUSD per pp")


def test_no_column_of_losses_of_oil_and_gas_is_cut() -> None:
    shown = run("stress", "energy-2024", "--kind", "corridor").stdout.splitlines()
    (row,) = [line for line in shown if line.startswith("CPC, corridor (Mt) ")]
    assert len(row) <= 100
    assert len(row.split()) == 9  # three of the name, and a number in each column
    freed = next(line for line in shown if line.startswith("Below zero with home supplied, MUSD: BTC, corridor −51.8."))
    assert "a loss waives it" in freed


def test_the_page_of_the_command_line_has_every_verb(root: Path) -> None:
    page = (root / "docs" / "cli.md").read_text("utf-8").partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)", page, re.M)) == set(VERBS)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_sentence_keeps_forty_columns_on_a_terminal_and_one_line_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    text = "With the tariff above 45.24 USD/t it has 0.18 Mt [instead of 1.68]: more goes by Samara"
    screen = Screen(file=io.StringIO(), width=40, highlight=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    screen.say(text)
    lines = screen.file.getvalue().splitlines()
    assert " ".join(line.strip() for line in lines) == text
    assert (max(map(len, lines)) <= 40) if terminal else lines == [text]
