"""Model files: every slip is an error that says where and what to do; all of a kind come at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from toy import write

from energy_routes.case.case import Case
from energy_routes.case.loading import load
from energy_routes.case.model_file import parse_model
from energy_routes.errors import DataError, UsageError
from energy_routes.pack import nearest

EDIT = '[[edit]]\ntarget = "arc:SHORT"\nreason = "why"\n'


def refused(folder: Path, model: str) -> str:
    """What is said of a model file with these lines after the toy's own."""
    with pytest.raises((DataError, UsageError)) as error:
        load(write(folder, model=model))
    return str(error.value)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ('qestion = "?"', ["qestion", "Nearest: 'question'"]),
        ('[policy]\nobjektive = "cost"', ["policy.objektive", "Nearest: 'objective'"]),
        ('[policy]\nobjective = "profit"', ["policy.objective", "profit"]),
        ('[policy]\nexports = "held"', ["policy.exports", "held"]),
        ("[scenario.X]\nedits = []", ["scenario.X.edits", "Nearest: 'edit'"]),
        ('[[edit]]\ntarget = "arc:SHORT"\ncapacity = 5', ["edit.1.reason", "missing"]),
        (EDIT.replace("SHORT", "SHRT") + "capacity = 5", ["arc:SHRT", "Nearest: 'SHORT'"]),
        (EDIT.replace("arc:", "arcs:") + "capacity = 5", ["arcs:SHORT", "Nearest: 'arc'"]),
        (EDIT + "capacty = 5", ["capacty", "Nearest: 'capacity'"]),
        (EDIT, ["arc:SHORT", "no change"]),
        (EDIT.replace("[[edit]]", "[edit]"), ["edit", "Write [[edit]] above it, with two brackets."]),
        (EDIT.replace("[[edit]]", "[scenario.s.edit]"), ["scenario.s.edit", "Write [[scenario.s.edit]] above it"]),
        (EDIT + "capacity = -1", ["arc:SHORT capacity", "set -1", "from 0"]),
        (EDIT + "capacity = { scale = -0.5 }", ["scale -0.5"]),
        (EDIT + "availability = 1.2", ["set 1.2", "from 0 to 1"]),
        (EDIT + "capacity = nan", ["nan"]),
        (EDIT + "tariff = inf", ["inf"]),
        (EDIT + 'capacity = "much"', ["much", "not a number"]),
        (EDIT + 'capacity = { set = 5, unit = "Mt" }', ["Mt", "Mt/y"]),
        (EDIT + 'capacity = { set = 5, unit = "kg/y" }', ["kg/y"]),
        (EDIT + "capacity = { set = 5, scale = 2 }", ["exactly one"]),
        (EDIT + "capacity = { sett = 5 }", ["capacity", "Nearest: 'set'"]),
        (EDIT + 'status = "shut"', ["shut", "operating"]),
        (EDIT + 'periods = ["2024"]\ncapacity = 5', ["2024", "2023"]),
        (EDIT + 'periods = ["2023-13"]\ncapacity = 5', ["2023-13", "2024-03"]),
        ('[policy.max_share]\n"transit:XX" = 0.5', ["transit:XX"]),
        ('[policy.max_share]\n"transt:RU" = 0.5', ["transt:RU", "Nearest: 'transit'"]),
        ('[policy.max_share]\n"transit:RU" = 1.5', ["transit:RU", "1.5", "from 0 to 1"]),
        ('[policy.max_share]\n"transit:RU" = true', ["transit:RU", "True"]),
        ('[policy.max_exposure]\n"transit:RU" = -1', ["transit:RU", "-1"]),
        ('[policy.max_share]\n"transit:RU" = { cap = 0.5, ovr = "period" }', ["ovr", "Nearest: 'over'"]),
        ('[policy.max_share]\n"transit:RU" = { cap = 0.5, over = "month" }', ["month", "horizon"]),
        ('subject = ["corridor:SHORTT"]', ["model.toml", "subject", "corridor:SHORTT", "Nearest: 'SHORT'"]),
        ('subject = ["arc:SHORTT", "coridor:LONG"]', ["2 problems", "Nearest: 'SHORT'", "Nearest: 'corridor'"]),
        ('subject = "BTC"', ["'BTC' is not kind:name, such as 'corridor:BTC'"]),
        ('subject = ["hhi:transit"]', ["hhi:transit", "kind that has an HHI", "transit_set"]),
        ("subject = 7", ["subject", "7"]),
        ('extends = "nothing-of-the-kind"', ["nothing-of-the-kind"]),
        ('extends = "model"', ["circle"]),
    ],
)
def test_a_slip_is_refused_with_its_place(tmp_path: Path, model: str, expected: list[str]) -> None:
    said = refused(tmp_path, model)
    for text in expected:
        assert text in said


def test_a_subject_is_the_models_own_or_that_of_the_one_it_extends(tmp_path: Path) -> None:
    path = write(tmp_path, model='subject = ["corridor:SHORT", "arc:LONG"]')
    assert load(path).subject == ("corridor:SHORT", "arc:LONG")
    child = tmp_path / "child.toml"
    child.write_text('extends = "model"\n', "utf-8")
    assert load(child).subject == ("corridor:SHORT", "arc:LONG")
    child.write_text('extends = "model"\nsubject = "supply:FIELD_CO"\n', "utf-8")
    assert load(child).subject == ("supply:FIELD_CO",)
    child.write_text('extends = "model"\nsubject = []\n', "utf-8")
    assert load(child).subject == ()
    child.write_text('extends = "model"\nsubject = "supply:FIELD_CO"\n', "utf-8")
    assert load(child).about("hhi:corridor", "transit:RU", "hhi:corridor").subject == ("hhi:corridor", "transit:RU")
    with pytest.raises(UsageError, match=r"'arc:LOMG' is not a name of kind arc in these packs\. Nearest: 'LONG'"):
        load(child).about("arc:LOMG")


def test_toml_syntax_is_told_with_its_line() -> None:
    with pytest.raises(DataError, match=r"line 2, column") as error:
        parse_model('title = "T"\nyear 2024\n', "mine.toml")
    assert error.value.faults[0].file == "mine.toml"


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    keys = refused(tmp_path / "keys", 'qestion = "?"\nyeer = 2024')
    assert "2 problems" in keys
    assert "Nearest: 'question'" in keys
    assert "Nearest: 'year'" in keys
    edits = refused(
        tmp_path / "edits",
        EDIT + "capacity = -1\ntarif = 5\n" + EDIT.replace("SHORT", "NOWHERE") + 'capacity = 5\nperiods = ["1999"]\n'
        '[policy.max_share]\n"transit:RU" = 2\n"transit:XX" = 0.5',
    )
    for text in ("set -1", "tarif", "NOWHERE", "1999", "transit:RU", "transit:XX"):
        assert text in edits, text


def test_nothing_is_missed_that_a_case_needs(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text('title = "Empty"\n', "utf-8")
    with pytest.raises(DataError) as error:
        load(path)
    assert {fault.column for fault in error.value.faults} == {"data", "year"}


@pytest.mark.parametrize("years", ["[]", '"2023"', "[2023, 2023]", "23"])
def test_years_that_are_none_are_refused(tmp_path: Path, years: str) -> None:
    path = write(tmp_path)
    path.write_text(f'data = "."\nyear = {years}\n', "utf-8")
    with pytest.raises(DataError, match="year"):
        load(path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(DataError, match="a directory"):
        load(tmp_path / "folder.toml")
    with pytest.raises(DataError, match="No such file"):
        load(tmp_path / "absent.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes('title = "Größe"'.encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8"):
        load(latin)


def test_cyrillic_letters_that_look_latin_are_told() -> None:
    assert nearest("ВТС", ["CPC", "BTC"]) == "Nearest: 'BTC'. Cyrillic in 'ВТС': В, Т, С."
    assert nearest("АUGUSTA", ["AUGUSTA"]).endswith("Cyrillic in 'АUGUSTA': А.")
    assert nearest("BTK", ["BTC"]) == "Nearest: 'BTC'."
    assert nearest("Россия", ["RU"]) == ""
    assert nearest("ВТСЖ", ["BTC"]) == "Nearest: 'BTC'."  # the last letter looks like no Latin one


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match="Nearest: 'oil-2024'"):
        load("oil_2024")


def test_an_alias_loads_its_model_with_its_scenario(tmp_path: Path) -> None:
    case = load("btc-5", ["one-mooring"])
    assert replace(case, name="btc+5+one-mooring") == load("btc", ["5", "one-mooring"])
    assert (case.name, case.title) == ("btc-5+one-mooring", "Baku-Tbilisi-Ceyhan open to 5 Mt of Kazakh crude a year")
    (tmp_path / "mine.toml").write_text('extends = "btc-5"\n', "utf-8")
    mine = load(tmp_path / "mine.toml")
    assert (mine.base, mine.title, mine.edits) == ("btc-5", load("btc-5").title, load("btc-5").edits)


def extended(folder: Path) -> Case:
    """A child that extends a parent that extends the toy: the last word counts, edits add up in order."""
    write(folder)
    (folder / "parent.toml").write_text(
        'extends = "model"\ntitle = "Parent"\n[policy]\nexports = "free"\n[policy.max_share]\n"transit:RU" = 0.9\n'
        + EDIT + "capacity = { scale = 0.5 }\n[scenario.DEAR]\n[[scenario.DEAR.edit]]\ntarget = 'market:EAST'\n"
        "reason = 'r'\nprice = 550\n",
        "utf-8",
    )
    (folder / "child.toml").write_text(
        'extends = "parent"\nyear = [2024, 2023]\n[policy.max_share]\n"transit:RU" = 0.5\n' + EDIT
        + 'capacity = { add = 365, unit = "kt/y" }\n',
        "utf-8",
    )
    return load(folder / "child.toml")


def test_extends_lays_a_file_over_another(tmp_path: Path) -> None:
    case = extended(tmp_path)
    assert (case.name, case.title, case.question) == ("child", "Parent", "Which way out?")
    assert [period.label for period in case.periods] == ["2023", "2024"]
    assert case.policy.exports == "free"
    assert [(cap.name, cap.cap) for cap in case.policy.max_share] == [("transit:RU", 0.5)]
    # 6 halved, then 365 kt more.
    assert case.network.resolve("arcs", "capacity", case.periods)[1].tolist() == pytest.approx([3.365, 3.365])
    assert [edit.reason for edit in case.edits] == ["why", "why"]


def test_a_scenario_of_a_parent_is_there_and_an_unknown_one_is_not(tmp_path: Path) -> None:
    case = extended(tmp_path)
    dear = case.scenario("DEAR")
    assert dear.name == "child+DEAR"
    assert dear.network.resolve("markets", "price", case.periods)[0].tolist() == [550, 550]
    with pytest.raises(UsageError, match="Nearest: 'DEAR'"):
        case.scenario("DEER")


def test_units_of_an_edit_use_the_barrels_of_the_row(tmp_path: Path) -> None:
    text = (
        "[[edit]]\ntarget = 'supply:FIELD_CO'\nreason = 'r'\navailable = { set = 100, unit = 'kb/d' }\n"
        + EDIT + "tariff = { set = 4, unit = 'USD/bbl' }\ncapacity = 'unlimited'\n"
    )
    case = load(write(tmp_path, model=text))
    assert case.network.resolve("supplies", "available", case.periods).item() == pytest.approx(36.5 / 7.5)
    assert case.network.resolve("arcs", "tariff", case.periods)[1, 0] == pytest.approx(4 * 7.5)
    assert case.network.resolve("arcs", "capacity", case.periods)[1, 0] == float("inf")


@pytest.mark.parametrize(("line", "place", "expected"), [
    ("year = '2024'", "year", "a whole number or a list"), ("policy = []", "policy", "a table of TOML"),
    ("title = 1", "title", "a text"), ("edit = [1]", "edit.1", "a table of TOML"),
])
def test_what_kind_is_expected_is_told_once_and_in_plain_words(line: str, place: str, expected: str) -> None:
    with pytest.raises(DataError) as told:
        parse_model(line, "m.toml")
    (fault,) = told.value.faults
    assert (fault.column, fault.expected) == (place, expected)
