"""Hard limits hold for what edits make; what a person wrote and is not plausible is asked about."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from toy import months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.network import AddedRoute
from energy_routes.pack import answered, band_of, pack_names, pack_path, read_pack
from energy_routes.studies.curves.lever import lever_of

PROMISE = {"contracts": "id,kind,arc,volume,charge\nPROMISE,ship_or_pay,LONG,4,7\n"}
DOZEN = "id,node,name,price\nEAST,EAST,East,500\nWEST,WEST,West,510\n" + "".join(
    f"M{k},EAST,Market {k},{490 + k}\n" for k in range(10))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("toy"), PROMISE)


def figure(case: Case, table: str, name: str, column: str) -> float:
    return float(case.network.resolve(table, column, case.periods)[case.network.ids(table).index(name), 0])


def edited(folder: Path, *lines: str) -> Case:
    """The toy with one ``[[edit]]``."""
    return toy(folder, model="\n".join(["[[edit]]", 'reason = "a test"', *lines]))


@pytest.mark.parametrize(("change", "words"), [
    ("tariff = { add = -100 }", ["arc:LONG tariff", "add -100", "makes -50 USD/t", "at least 0"]),
    ("availability = { scale = 2 }", ["arc:LONG availability", "makes 2", "[0, 1]"]),
    ("capacity = { scale = 1e12 }", ["arc:LONG capacity", "makes 5e+12 Mt/y"]),
])  # fmt: skip
def test_what_an_edit_makes_obeys_the_limits_of_its_column(change: str, words: list[str], tmp_path: Path) -> None:
    with pytest.raises(er.DataError) as error:
        edited(tmp_path, 'target = "arc:LONG"', change, 'note = "checked"')
    assert all(word in str(error.value) for word in ["model.toml [[edit]] 1", *words]), str(error.value)


def test_two_edits_that_are_each_allowed_are_looked_at_together(case: Case) -> None:
    dearer = case.set("arc:LONG.tariff", 60)
    with pytest.raises(er.DataError, match=r"makes -10 USD/t"):
        dearer.with_file(*_one_edit("arc:LONG", add=-70), "again")


def _one_edit(target: str, **change: float):  # type: ignore[no-untyped-def]
    from energy_routes.case.model_file import EditFile, PolicyFile

    return [EditFile.model_validate({"target": target, "reason": "a test", "tariff": change})], PolicyFile()


def test_a_deck_under_an_edit_does_not_slip_below_nothing(tmp_path: Path) -> None:
    cheap = edited(tmp_path, 'target = "arc:LONG"', "tariff = { add = -20 }")
    assert figure(cheap, "arcs", "LONG", "tariff") == 30.0
    with pytest.raises(er.DataError, match=r"arc:LONG tariff.*makes -15 USD/t"):
        cheap.with_deck(pd.DataFrame([("arc:LONG.tariff", "5", "USD/t")], columns=["target", "value", "unit"]))


def test_a_limit_that_is_itself_refused_is_so_in_an_edit(tmp_path: Path) -> None:
    lossy = toy(tmp_path, {"lanes": "arc,commodity,yield\nLONG,CRUDE,0.99\n"})
    for value, words in ((0, "above 0 to 1"), (-0.1, "from 0 to 1"), (1.1, "from 0 to 1")):
        with pytest.raises(er.DataError, match=words):
            lossy.set("lane:LONG/CRUDE.yield", value)
    with pytest.raises(er.DataError, match=r"more than 0|makes 0"):
        lossy.scale("lane:LONG/CRUDE", "yield", 0)


def test_an_outage_needs_no_look(case: Case) -> None:
    assert figure(case.outage("LONG", remaining=0.5), "arcs", "LONG", "availability") == 0.5
    assert figure(case.outage("LONG"), "arcs", "LONG", "availability") == 0.0


SLIPS = [
    ("market:EAST.price", "66.7 USD/t", None), ("market:EAST.price", "5 USD/t", "100 times too small"),
    ("market:EAST.price", "80520 USD/bbl", "1000 times too large"), ("arc:LONG.capacity", 5000, "1000 times too large"),
    ("arc:LONG.tariff", 5000, "1000 times too large"), ("supply:FIELD_CO.available", 10_000, "1000 times too large"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "likely"), SLIPS)
def test_a_slip_is_asked_about_and_can_be_answered(case: Case, path: str, value: float | str, likely: str | None
                                                   ) -> None:
    if likely is None:
        case.set(path, value)
        return
    with pytest.raises(er.DataError) as error:
        case.set(path, value)
    message = str(error.value)
    assert path in message
    assert "as is plausible" in message
    assert likely in message
    assert "--accept" in message
    meant = case.accepting(path).set(path, value)
    assert len(meant.edits) == len(case.edits) + 1
    with pytest.raises(er.DataError):
        case.accepting("arc:SHORT.tariff").set(path, value)  # another figure's answer is none


def test_nothing_and_no_limit_are_statements(case: Case) -> None:
    for path, value in (("arc:LONG.tariff", 0), ("arc:LONG.capacity", "unlimited"), ("supply:FIELD_CO.available", 0)):
        case.set(path, value)


def test_a_scaled_figure_is_asked_about(case: Case) -> None:
    with pytest.raises(er.DataError, match=r"scale 1000 makes 50000 USD/t"):
        case.scale("arc:LONG", "tariff", 1000)
    assert figure(case.accepting("arc:LONG.tariff").scale("arc:LONG", "tariff", 1000), "arcs", "LONG", "tariff") == 5e4


def test_a_note_beside_an_edit_answers_for_it_and_stands_in_the_list_of_edits(tmp_path: Path) -> None:
    slip = ['target = "market:EAST"', "price = { set = 50000 }"]
    with pytest.raises(er.DataError, match=r"\[\[edit\]\] 1.*10 to 1500 USD/t"):
        edited(tmp_path / "asked", *slip)
    for note in ("unchecked", "not checked", "to be checked"):
        with pytest.raises(er.DataError):
            edited(tmp_path / note, *slip, f'note = "{note}"')
    meant = edited(tmp_path / "meant", *slip, 'note = "checked: a test"')
    assert [edit.reason for edit in meant.edits] == ["a test (checked: a test)"]


def test_accept_answers_for_a_model_file_on_the_command_line(tmp_path: Path) -> None:
    edited(tmp_path, 'target = "market:EAST"', "price = { set = 500 }")
    model = tmp_path / "model.toml"
    model.write_text(model.read_text("utf-8").replace("500", "50000"), "utf-8")

    def ended(*options: str) -> int:
        return CliRunner().invoke(app, ["check", str(model), *options]).exit_code

    assert ended() == 3
    assert ended("--accept", "market:EAST.price") == 0
    assert ended("--accept", "market:WEST.price") == 3
    assert ended("--accept", "market:NORTH.price") == 3
    model.write_text(model.read_text("utf-8").replace("50000", "500"), "utf-8")
    assert ended("--accept", "market:NORTH.price") == 2  # there is no such figure
    assert ended("--accept", "market:EAST.prise") == 2
    assert ended("--set", "arc:LONG.tariff=5000") == 3
    assert ended("--set", "arc:LONG.tariff=5000", "--accept", "arc:LONG.tariff") == 0


@pytest.mark.parametrize(("rows", "words"), [
    (["market:EAST.price,6667,USD/bbl,"], ["row 2", "'value'", "makes 50002.5 USD/t"]),
    (["arc:LONG.tariff,9500,KZT/t,", "fx:KZT,515,USD/KZT,"], ["row 2", "9500 KZT/t at the rate given"]),
    (["market:*.price,0.8,USD/bbl,"], ["row 2", "for market:EAST.price"]),
])  # fmt: skip
def test_a_slip_of_a_deck_is_asked_about_at_its_row(case: Case, rows: list[str], words: list[str]) -> None:
    def deck(note: str) -> pd.DataFrame:
        cells = [[*row.split(",")[:3], note] for row in rows]
        return pd.DataFrame(cells, columns=["target", "value", "unit", "note"])

    with pytest.raises(er.DataError) as error:
        case.with_deck(deck("broker"))
    assert all(word in str(error.value) for word in words), str(error.value)
    assert case.with_deck(deck("checked with the broker")).edits


def test_a_figure_of_a_row_that_was_answered_for_may_move_within_what_it_was(tmp_path: Path) -> None:
    markets = "id,node,name,price,note\nEAST,EAST,East,4000,checked: a test\nWEST,WEST,West,510,\n"
    case = toy(tmp_path, {"markets": markets})
    case.set("market:EAST.price", 3000)
    with pytest.raises(er.DataError, match="10 to 1500"):
        case.set("market:EAST.price", 5000)


def test_a_figure_unlike_the_others_of_its_column_is_asked_about(tmp_path: Path) -> None:
    write(tmp_path, {"markets": DOZEN})
    pack = read_pack(tmp_path)
    assert band_of(pack, "markets", "price") == pytest.approx((24.775, 1500.0))  # median 495.5, a twentieth of it
    assert band_of(pack, "arcs", "tariff") == (1e-4, 500.0)  # three figures have no median that says anything
    write(tmp_path, {"markets": DOZEN.replace("West,510", "West,20")})
    with pytest.raises(er.DataError) as error:
        read_pack(tmp_path)
    (fault,) = error.value.faults
    assert (fault.file, fault.row, fault.column) == ("markets.csv", 3, "price")
    assert "the median of price" in fault.found
    noted = DOZEN.replace("\n", ",\n").replace("price,", "price,note", 1)
    write(tmp_path, {"markets": noted.replace("West,510,", "West,20,checked: a test")})
    read_pack(tmp_path)
    with pytest.raises(er.DataError, match=r"24.7 to 1500 USD/t"):
        er.load(tmp_path / "model.toml").set("market:EAST.price", 15)


def test_dated_figures_are_compared_with_the_column_that_they_stand_for(tmp_path: Path) -> None:
    dated = "table,id,field,period,value,unit\n" + "".join(
        f"markets,EAST,price,2023-{month:02d},{500 if month != 7 else 20},USD/t\n" for month in range(1, 13))
    write(tmp_path, {"values": dated})
    read_pack(tmp_path)  # two markets, however many their months, are too few to compare
    write(tmp_path, {"values": dated, "markets": DOZEN})
    with pytest.raises(er.DataError) as error:
        read_pack(tmp_path)
    assert [(fault.file, fault.row) for fault in error.value.faults] == [("values.csv", 8)]


def test_a_commitment_beyond_its_line_is_asked_about(tmp_path: Path, case: Case) -> None:
    six_times = {"contracts": "id,kind,arc,volume,note\nPROMISE,ship_or_pay,LONG,30,\n"}
    write(tmp_path, six_times)
    with pytest.raises(er.DataError, match=r"contracts.csv row 2, column 'volume': 30 a year on 'LONG', which carrie"):
        read_pack(tmp_path)
    write(tmp_path, {"contracts": six_times["contracts"].replace("30,", "30,checked")})
    read_pack(tmp_path)
    with pytest.raises(er.DataError, match="'LONG', which carries 5"):
        case.set("contract:PROMISE.volume", 30)
    case.set("contract:PROMISE.volume", 5)
    case.accepting("contract:PROMISE.volume").set("contract:PROMISE.volume", 30)


def test_a_weight_of_a_million_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"limits": "id,high\nBOTH,5\n", "limit_terms": "limit,arc,weight\nBOTH,LONG,1000000\n"})
    with pytest.raises(er.DataError, match=r"limit_terms.csv row 2, column 'weight'"):
        read_pack(tmp_path)


def test_a_weight_unlike_the_others_is_asked_about(tmp_path: Path) -> None:
    """Found by a mutant: 100 among weights of 1 was taken."""
    limits = "".join(f"L{k},5\n" for k in range(12))
    terms = "".join(f"L{k},LONG,1,\n" for k in range(11))

    def written(term: str) -> Path:
        write(tmp_path, {"limits": f"id,high\n{limits}", "limit_terms": f"limit,arc,weight,note\n{term}{terms}"})
        return tmp_path

    with pytest.raises(er.DataError, match=r"limit_terms.csv row 2, column 'weight': 100, 100 times the median"):
        read_pack(written("L11,LONG,100,\n"))
    read_pack(written("L11,LONG,100,checked: a test\n"))


def test_a_drawn_route_is_asked_about(case: Case) -> None:
    route = AddedRoute("NEW", "New line", "HUB", "EAST", tariff=3000.0, capacity=5.0, countries=("RU",))
    with pytest.raises(er.DataError, match=r"arc:NEW.tariff.*3000 USD/t.*0.0001 to 500"):
        case.with_route(route)
    case.accepting("arc:NEW.tariff").with_route(route)
    with pytest.raises(er.DataError, match=r"arc:NEW.capacity.*5000 Mt/y"):
        case.with_route(AddedRoute("NEW", "New line", "HUB", "EAST", tariff=30.0, capacity=5000.0))


def test_points_of_a_curve_are_not_asked_about_and_obey_hard_limits(case: Case) -> None:
    lever = lever_of(case, "arc:LONG.tariff", 0.0, 5000.0)
    assert figure(lever.at(5000.0), "arcs", "LONG", "tariff") == 5000.0
    with pytest.raises(er.DataError):
        lever_of(case, "arc:LONG.tariff", -5.0, 50.0)


def test_months_are_looked_at_one_by_one(tmp_path: Path) -> None:
    dated = {"values": "table,id,field,period,value,unit\narcs,LONG,tariff,2023-02,5,USD/t\n"}
    case = months(toy(tmp_path, dated))
    with pytest.raises(er.DataError, match=r"makes -35 USD/t in 2023-02"):
        case.with_file(*_one_edit("arc:LONG", add=-40), "a test")


def test_the_bundled_packs_raise_no_question() -> None:
    for name in pack_names():
        read_pack(pack_path(name))


def test_an_answer_is_the_word_and_not_a_part_or_the_opposite_of_it() -> None:
    assert all(map(answered, ("checked", "Checked: the tender says so", "a slip? (checked)")))
    assert not any(map(answered, ("unchecked", "not checked", "to be checked", "never checked", "", None)))
