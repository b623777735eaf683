"""At which price an answer turns: by hand on the toy, in years that are alike, and with what is built."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from test_builds import WITH
from test_shared_prices import UNPRICED, shared
from toy import TABLES, months, toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.answer import Turn
from energy_routes.answer.otherwise import turns as module
from energy_routes.answer.words import Words
from energy_routes.cli.app import app
from energy_routes.pack import pack_path
from energy_routes.results import summary_of

# 5 Mt less 2 at home: the short way earns the price less 30, the long way 460 USD/t, for 3 Mt.
SHORT_OF_OIL = TABLES["supplies"].replace(",10,9", ",5,9")
PRICES = """
series,scenario,period,value,unit,source,year,confidence,note
BRENT,,2022,70,USD/bbl,an agency,2022,high,
BRENT,central,2023,76,USD/bbl,estimate,2023,estimate,as before
BRENT,low,2023,60,USD/bbl,a bank,2023,medium,
"""
SUBJECT = '\nsubject = ["corridor:SHORT"]\n'


def priced(folder: Path, prices: str = PRICES, supplies: str = SHORT_OF_OIL, model: str = SUBJECT) -> Path:
    """The toy with the price of EAST a series; the model's path."""
    path = shared(folder, prices, model=model)
    rows = "\n".join(map(str.strip, supplies.strip().splitlines())) + "\n"
    (folder / "toy" / "supplies.csv").write_text(rows, "utf-8")
    return path


def found(path: Path, *changes: tuple[str, object]) -> tuple[module.Turn, ...]:
    case = er.load(path)
    for lever, value in changes:
        case = case.set(lever, value)
    return er.answer_of(er.solve(case)).turns


def test_the_price_at_which_a_way_gets_nothing_is_that_of_the_hand(tmp_path: Path) -> None:
    """490 USD/t at EAST is what LONG earns and 30: 65.33 USD/bbl of 7.5 bbl/t, between 60 and 76."""
    path = priced(tmp_path)
    (turn,) = found(path)
    assert (turn.target, turn.used, turn.series, turn.unit) == ("corridor:SHORT", False, "BRENT", "USD/bbl")
    assert turn.at == pytest.approx(490 / 7.5, abs=0.01)
    assert (turn.now, turn.low, turn.high, turn.year) == pytest.approx((76, 60, 76, 2023))
    assert turn.alone
    assert str(turn) == ("Short corridor is used at BRENT 76 USD/bbl, and not used at 65.3 and below "
                         "(stated for 2023: 60 to 76)")
    (back,) = er.answer_of(er.solve(er.load(path).with_prices("low"))).turns
    assert (back.used, back.at) == (True, pytest.approx(490 / 7.5, abs=0.01))
    assert "is not used at BRENT 60 USD/bbl, and used at 65.3 and above" in str(back)


def test_edits_of_the_case_stay_under_the_prices_on_the_way(tmp_path: Path) -> None:
    """A tariff of 40 instead of 30 moves the turn to 500 USD/t; a price that is set turns nothing."""
    path = priced(tmp_path)
    (turn,) = found(path, ("arc:SHORT.tariff", 40))
    assert turn.at == pytest.approx(500 / 7.5, abs=0.01)
    assert found(path, ("market:EAST.price", "560 USD/t")) == ()


def test_what_does_not_turn_is_not_told(tmp_path: Path) -> None:
    """With 10 Mt the short way carries 6 or 3; at 68 instead of 60 USD/bbl all 3 still go there."""
    assert found(priced(tmp_path / "a", supplies=TABLES["supplies"])) == ()
    assert found(priced(tmp_path / "b", PRICES.replace("low,2023,60", "low,2023,68"))) == ()


def test_months_have_their_own_prices_and_the_last_is_told(tmp_path: Path) -> None:
    """Both months have 76, and 60: the way is used in both, or in neither."""
    (turn,) = er.answer_of(er.solve(months(er.load(priced(tmp_path)), 2))).turns
    assert turn.at == pytest.approx(490 / 7.5, abs=0.01)


def test_nothing_is_solved_for_years_in_which_the_prices_are_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = priced(tmp_path, model=SUBJECT.replace("subject", "year = 2022\nsubject"))
    path.write_text(path.read_text("utf-8").replace("year = 2023\n", "", 1), "utf-8")
    answer = er.answer_of(er.solve(er.load(path)))
    monkeypatch.setattr(module, "Probe", lambda *_: pytest.fail("a case was solved"))
    assert answer.turns == ()


def test_a_case_of_no_shared_prices_and_one_that_is_guarded_are_left_alone(tmp_path: Path) -> None:
    assert er.answer_of(er.solve(toy(tmp_path / "a").about("corridor:SHORT"))).turns == ()
    guarded = er.load(priced(tmp_path / "b")).with_policy(security={"outages": ["arc:LONG"], "delta": 0.6})
    assert er.answer_of(er.solve(guarded)).turns == ()


def test_a_plan_with_rules_beyond_its_case_has_none(tmp_path: Path) -> None:
    """Other prices are solved without them: a way that such a rule closes would be told as used a little lower."""
    case = er.load(priced(tmp_path))
    assert er.answer_of(er.solve(case)).turns
    assert er.answer_of(er.solve(case, constraints=lambda m: [(m.sum("flow") >= 0, "none")])).turns == ()


def test_two_prices_that_turn_it_together_say_so(tmp_path: Path) -> None:
    """EAST falls to 66 USD/bbl (495), which is not enough; WEST rises to 520 with it: LONG earns 470, 5 more."""
    prices = PRICES.replace("low,2023,60", "low,2023,66") + (
        "OTHER,,2022,68,USD/bbl,an agency,2022,high,\nOTHER,central,2023,68,USD/bbl,estimate,2023,estimate,as before\n"
        "OTHER,low,2023,69.6,USD/bbl,a bank,2023,medium,\n")
    path = priced(tmp_path, prices)
    (tmp_path / "toy" / "markets.csv").write_text(
        UNPRICED.replace("WEST,WEST,West,510", "WEST,WEST,West,").replace("        ", "").strip() + "\n", "utf-8")
    (tmp_path / "toy" / "series.csv").write_text(
        "table,id,field,series\nmarkets,EAST,price,BRENT\nmarkets,WEST,price,OTHER\n", "utf-8")
    (turn,) = found(path)
    assert not turn.alone
    assert turn.series == "BRENT"  # it moves most, by 13 %
    # on the way, part t: 570 − 75 t − 30 = 510 + 12 t − 50, so t = 80 / 87
    assert turn.at == pytest.approx(76 - 10 * 80 / 87, abs=0.02)
    assert "with the other prices of its scenario" in str(turn)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The toy with options, whose worth hangs on the price of WEST."""
    prices = PRICES.replace("BRENT,central,2023,76", "BRENT,central,2023,68").replace("low,2023,60", "low,2023,50")
    path = shared(tmp_path, prices)
    dear = "id,name,kind,units,capacity,capex\nWIDER,Wider long way,project,,4,11400"  # 399 USD/t of its 4 Mt a year
    effects = "option,target,capacity,tariff\nWIDER,arc:LONG,,20"
    for name, text in {**WITH, "options": dear, "option_effects": effects}.items():
        rows = "\n".join(map(str.strip, text.strip().splitlines())) + "\n"
        (tmp_path / "toy" / f"{name}.csv").write_text(rows, "utf-8")
    (tmp_path / "toy" / "series.csv").write_text("table,id,field,series\nmarkets,WEST,price,BRENT\n", "utf-8")
    markets = TABLES["markets"].replace("WEST,WEST,West,510", "WEST,WEST,West,")
    (tmp_path / "toy" / "markets.csv").write_text(markets.replace("        ", "").strip() + "\n", "utf-8")
    return path


def test_an_option_that_is_built_at_one_price_and_not_at_another_is_told(built: Path) -> None:
    expansion = er.expand(er.load(built).with_policy(exports="free"), [20000.0])
    standing = set(expansion.builds["option"])
    told = {turn.target: turn for turn in expansion.turns()}
    cheap = er.expand(er.load(built).with_prices("low").with_policy(exports="free"), [20000.0])
    differ = {f"option:{option}" for option in standing ^ set(cheap.builds["option"])}
    assert differ
    assert set(told) == differ
    for turn in told.values():
        assert 50 < turn.at < 68
        assert "built at BRENT 68 USD/bbl" in str(turn)


def test_the_first_screen_says_at_which_price_it_turns(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["solve", str(priced(tmp_path))])
    assert "Turns: Short corridor is used at BRENT 76 USD/bbl" in " ".join(shown.output.split())


def test_json_and_the_saved_summary_have_the_price_at_which_it_turns(tmp_path: Path) -> None:
    """Every figure of the sentence, as numbers; an empty list where nothing turns."""
    path, out = priced(tmp_path), tmp_path / "result"
    shown = CliRunner().invoke(app, ["solve", str(path), "--json", "--out", str(out)])
    (told,) = json.loads(shown.stdout)["answer"]["turns"]
    (turn,) = found(path)
    assert told == {**asdict(turn), "at": pytest.approx(490 / 7.5, abs=0.01)}
    assert json.loads((out / "summary.json").read_text("utf-8"))["answer"]["turns"] == [told]
    assert er.verify(out).passed
    assert er.answer_of(er.Plan.load(out)).turns == (Turn(**told),)
    assert summary_of(er.solve(er.load(path).set("market:EAST.price", "560 USD/t")))["answer"]["turns"] == []


def test_expand_says_at_which_price_a_build_turns(built: Path) -> None:
    command = ["expand", str(built), "--budget", "20000", "--set", "policy.exports=free"]
    shown = CliRunner().invoke(app, command)
    assert "Turns: " in shown.output
    told = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)["turns"]
    expansion = er.expand(er.load(built).with_policy(exports="free"), [20000.0])
    assert told == [asdict(turn) for turn in expansion.turns()] != []


def test_the_trans_caspian_link_turns_at_ttf() -> None:
    """README and questions have the same price, from the curve of the Italian price alone."""
    (turn,) = er.answer_of(er.solve(er.load("trans-caspian-gas"))).turns
    assert (turn.target, turn.used, turn.series) == ("corridor:CASPIAN", True, "TTF")
    assert turn.at == pytest.approx(9.935, abs=0.005)
    root = pack_path("kazakhstan-gas").parent.parent
    pages = [(root / name).read_text("utf-8") for name in ("README.md", "docs/questions.md")]
    assert all("9.94" in page for page in pages)


def test_a_scenario_whose_prices_have_faults_stops_no_answer(tmp_path: Path) -> None:
    path = priced(tmp_path, PRICES.replace("low,2023,60", "low,2023,6000"))
    assert found(path) == ()


def test_a_turn_is_told_in_the_languages_of_reports(tmp_path: Path) -> None:
    (turn,) = found(priced(tmp_path))
    assert turn.sentence(Words.of("ru")) == (
        "Short corridor: при BRENT 76 долл./барр. используется, при 65,3 и ниже не используется "
        "(заявлено на 2023 г.: от 60 до 76)")
    assert "пайдаланылмайды" in turn.sentence(Words.of("kk"))
