"""Who gains by working together: a pipeline over three states solved by hand, options, and the bundled models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_builds import RATE
from toy import TABLES, months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import UsageError
from energy_routes.studies.games.bargain import Bargain
from energy_routes.studies.games.rounds import Setting
from energy_routes.studies.games.solutions.division import Division
from energy_routes.studies.games.worth import game_case

# A field and a refinery in KZ; over AZ and GE to the sea (8 Mt, 500 USD/t); over RU to the north (4 Mt, 470 USD/t).
STATES = {
    "nodes": """
        id,name,kind,country
        FIELD,Field,field,KZ
        HUB,Hub,hub,KZ
        MID,Middle,hub,AZ
        SEA,Sea,market,
        NORTH,North,market,RU
        EAST,East,market,CN
        """,
    "arcs": """
        id,from,to,name,capacity,tariff,length_km,countries,status
        GATHER,FIELD,HUB,Gathering,20,4,10,KZ,
        AZ_LINE,HUB,MID,First line,8,20,500,KZ;AZ,
        GE_LINE,MID,SEA,Second line,8,40,500,GE,
        RU_LINE,HUB,NORTH,Northern line,4,30,900,KZ;RU,
        CN_LINE,HUB,EAST,Eastern line,10,60,900,KZ;CN,proposed
        """,
    "supplies": "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,12,9",
    "obligations": "id,node,volume,value\nHOME,HUB,2,0",
    "markets": "id,node,name,price\nSEA,SEA,Sea,500\nNORTH,NORTH,North,470\nEAST,EAST,East,490",
    "tiers": "",
    "operating": "family,target,cost,money_unit,share,low,high\noil,mode:pipeline,,,0.25,0.1,0.4",
    "payees": """
        target,payee,country,kind,share
        arc:GATHER,Field Co,KZ,,1
        arc:AZ_LINE,Line Co,AZ,,1
        arc:GE_LINE,Line Co,GE,,1
        arc:RU_LINE,North Co,RU,,1
        """,
    "options": "id,name,kind,units,capacity,capex,earliest_year,requires\nEASTERN,Eastern line,project,,10,100,,",
    "option_effects": "option,target,capacity,tariff\nEASTERN,arc:CN_LINE,,5",
    "groups": "kind,group,name\ncorridor,SEA,Southern way\ncorridor,NORTH,Northern way\ncorridor,EAST,Eastern way\n"
              "transit,RU,Russia",
    "meters": "kind,group,arc,market,commodity\ncorridor,SEA,GE_LINE,,\ncorridor,NORTH,RU_LINE,,\n"
              "corridor,EAST,CN_LINE,,\ntransit,RU,RU_LINE,,",
}  # fmt: skip
FOUR = ("KZ", "RU", "AZ", "GE")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("states"), STATES)


@pytest.fixture(scope="module")
def found(case: Case) -> Bargain:
    return er.bargain(case, FOUR, draws=6)


def worth(found: Bargain, access: str) -> dict[str, float]:
    return dict(zip(found.coalitions["coalition"], found.coalitions[access], strict=True))


def of(found: Bargain, access: str, column: str) -> list[float]:
    return found.shares.loc[found.shares["access"] == access, column].tolist()


def test_coalitions_with_the_lines_of_outsiders_shut_are_those_worked_by_hand(found: Bargain) -> None:
    """Real costs are a quarter: GATHER 1, AZ_LINE 5, GE_LINE 10, RU_LINE 7.5; lifting 9; home short costs 500.

    Home 2 × (500 − 10) = 980; by RU 4 × (470 − 17.5) = 1810; by AZ and GE 8 × (500 − 25) = 3800; with both ways 2 Mt
    are left for RU: 3800 + 905.
    """
    told = worth(found, "shut")
    assert found.players == FOUR
    assert found.games["nobody"].tolist() == pytest.approx([-1000, -1000])
    assert told["nobody"] == 0
    north, south, both = 980 + 1810, 980 + 3800, 980 + 3800 + 905
    for members, value in told.items():
        inside = set(members.split(" + "))
        ways = ({"KZ", "RU"} <= inside, {"KZ", "AZ", "GE"} <= inside)
        expected = {(False, False): 980 if "KZ" in inside else 0, (True, False): north, (False, True): south}
        assert value == pytest.approx(expected.get(ways, both)), members


def test_coalitions_with_all_lines_open_pay_posted_tariffs_to_outsiders(found: Bargain) -> None:
    """Alone KZ pays 20 − 5 + 40 − 10 = 45 more by sea and 22.5 more to the north, where it sends what is left."""
    told = worth(found, "open")
    assert told["KZ"] == pytest.approx(980 + 8 * 430 + 2 * 430)
    assert told["KZ + RU"] == pytest.approx(980 + 4 * 452.5 + 6 * 430)
    assert told["KZ + AZ"] == pytest.approx(980 + 8 * 445 + 2 * 430)
    assert told["KZ + AZ + GE"] == pytest.approx(980 + 8 * 475 + 2 * 430)
    assert told["KZ + RU + GE"] == pytest.approx(980 + 8 * 460 + 2 * 452.5)
    assert told["KZ + RU + AZ + GE"] == pytest.approx(5685)
    assert told["RU + AZ + GE"] == 0


def test_its_solutions_are_those_worked_by_hand(found: Bargain) -> None:
    """1810 of two, 3800 of three, −905 of all four, each shared alike: the Shapley value.

    Nucleolus: RU half of what it adds; then AZ and GE as much short of nothing as KZ and RU of 1810: 3a = 2895.
    """
    fourth = 905 / 4
    shapley = [980 + 905 + 3800 / 3 - fourth, 905 - fourth, 3800 / 3 - fourth, 3800 / 3 - fourth]
    assert of(found, "shut", "shapley") == pytest.approx(shapley)
    assert of(found, "shut", "nucleolus") == pytest.approx([3302.5, 452.5, 965, 965], abs=1e-4)
    assert of(found, "shut", "alone") == pytest.approx([980, 0, 0, 0])
    assert of(found, "shut", "adds") == pytest.approx([5685, 905, 2895, 2895])
    assert of(found, "shut", "core_most") == pytest.approx([5685, 905, 2895, 2895], abs=1e-4)
    assert of(found, "shut", "core_least") == pytest.approx([5685 - 905 - 2895, 0, 0, 0], abs=1e-4)
    games = found.games.set_index("access")
    assert games["kohlberg"].all()
    assert not games["core_empty"].any()
    assert games["gain"].tolist() == pytest.approx([5685 - 980, 5685 - 5280])
    assert games[["not_monotone", "not_superadditive"]].isna().all().all()


def test_today_the_margins_of_lines_go_to_their_states_and_those_of_fields_to_the_seller(found: Bargain) -> None:
    """Both ways earn 440 a tonne at posted tariffs; the plan takes the shorter, RU, and 6 Mt by sea.

    RU 4 × 22.5, AZ 6 × 15, GE 6 × 30 above cost; KZ its netback of 4244, 12 × 3 of GATHER, and home worth 1000.
    """
    assert of(found, "shut", "today") == pytest.approx([4244 + 36 + 1000, 90, 90, 180])
    assert of(found, "open", "today") == of(found, "shut", "today")
    assert of(found, "shut", "today_high")[1:] == pytest.approx([4 * 27, 6 * 18, 6 * 36])
    assert of(found, "shut", "today_low")[1:] == pytest.approx([4 * 18, 6 * 12, 6 * 24])
    assert (found.elsewhere, found.unsourced) == (0, 0)
    less, = (sentence for sentence in found.answer if "paid less" in sentence)
    assert less.startswith("Russia, Azerbaijan and Georgia are paid less above real cost today than by either rule")


def test_of_whom_no_payment_is_sourced_nothing_is_claimed(tmp_path: Path) -> None:
    bare = er.bargain(toy(tmp_path, {**STATES, "payees": ""}), FOUR, draws=0)
    assert of(bare, "shut", "today")[1:] == [0, 0, 0]
    assert bare.unsourced == pytest.approx(90 + 90 + 180 + 36)
    assert not any("paid" in sentence for sentence in bare.answer)


def test_the_worth_of_all_is_the_plan_of_an_ordinary_case(found: Bargain, case: Case) -> None:
    """Another way through the package: real costs set as tariffs, solved and checked as any case."""
    tariffs = {f"arc:{arc}.tariff": value for arc, value in
               {"GATHER": 1, "AZ_LINE": 5, "GE_LINE": 10, "RU_LINE": 7.5}.items()}  # fmt: skip
    plain = case.accepting(*tariffs).set_all(tariffs)
    assert found.games["together"].iloc[0] - 1000 == pytest.approx(er.solve(plain).netback)
    without = er.solve(plain.without("RU_LINE")).netback
    assert worth(found, "shut")["KZ + AZ + GE"] - 1000 == pytest.approx(without)


def test_bands_hold_both_ends_of_real_costs(found: Bargain, case: Case) -> None:
    """At 10 % the four lines cost 7 + 0.4 less for each tonne than at 40 %."""
    shares = found.shares
    for name in ("shapley", "nucleolus"):
        assert (shares[f"{name}_low"] <= shares[name]).all()
        assert (shares[name] <= shares[f"{name}_high"]).all()
    ends = [er.bargain(case, FOUR, operating_share=share, draws=0) for share in (0.1, 0.4)]
    for end in ends:
        assert (shares["shapley_low"] - 1e-6 <= end.shares["shapley"]).all()
        assert (end.shares["shapley"] <= shares["shapley_high"] + 1e-6).all()
    assert ends[0].games["together"].iloc[0] - ends[1].games["together"].iloc[0] == pytest.approx(
        0.3 * (12 * 4 + 8 * 60 + 2 * 30))  # fmt: skip


def test_neither_order_nor_voice_changes_what_a_player_is_worth(found: Bargain, case: Case) -> None:
    other = er.bargain(case, ["GE", "RU", "KZ", "AZ"], draws=0)
    told = other.shares[other.shares["access"] == "shut"].set_index("player")
    for column in ("shapley", "nucleolus"):
        assert told.loc[list(FOUR), column].tolist() == pytest.approx(of(found, "shut", column), abs=1e-4)
    joint = er.bargain(case, ["KZ", "AZ+GE", "RU"], draws=0)
    assert joint.players == ("KZ", "AZ+GE", "RU")
    # One voice of two: half of 3800 less a third of 905, where two voices had two thirds less half of it.
    assert of(joint, "shut", "shapley")[1] == pytest.approx(1900 - 905 / 3)
    assert "Azerbaijan–Georgia" in joint.shares["name"].tolist()


def test_who_is_not_named_plays_with_the_rest(case: Case) -> None:
    few = er.bargain(case, ["KZ", "RU"], draws=0)
    assert few.players == ("KZ", "RU", "rest")
    assert few.rest == ("Azerbaijan", "Georgia")
    assert worth(few, "shut")["KZ + rest"] == pytest.approx(4780)


def test_a_link_is_paid_for_by_those_who_gain(case: Case) -> None:
    """EAST earns 490 − 15 = 475 a tonne, as much as by sea: 12 Mt are worth 980 + 4750 with it, 45 more than without.

    One unit costs 100 MUSD × (CRF + 3 %) a year.
    """
    found = er.bargain(case, (*FOUR, "CN"), link="EASTERN", draws=0)
    link = found.link[found.link["access"] == "shut"].set_index("player")
    assert (found.options, found.named) == (("EASTERN",), ("Eastern line",))
    assert found.capital == pytest.approx(100 * RATE)
    assert link["shapley_change"].sum() == pytest.approx(45)
    assert link.loc["CN", "shapley_change"] > 0
    assert link.loc[["RU", "AZ", "GE"], "shapley_change"].max() < 0
    assert link["pays"].sum() == pytest.approx(found.capital)
    assert link.loc[["RU", "AZ", "GE"], "left"].tolist() == pytest.approx([0, 0, 0])
    assert (link["left"] >= -1e-9).all()
    assert link["left"].sum() == pytest.approx(45 - found.capital)
    # Without China nothing is built to the east; without RU it frees what went north: more than it costs.
    assert link["holds_up"].tolist() == [True, False, False, False, True]
    assert link.loc["CN", "gain_without"] == pytest.approx(0)
    assert link.loc["RU", "gain_without"] == pytest.approx(2 * 475)


def test_a_link_that_nobody_uses_makes_others_easier_to_do_without(case: Case) -> None:
    """At 60 MUSD less for a tonne EAST carries nothing while all agree, and all that is left without AZ or GE."""
    poor = case.accepting("market:EAST.price").set("market:EAST.price", 460)
    found = er.bargain(poor, (*FOUR, "CN"), link="EASTERN", draws=0)
    link = found.link[found.link["access"] == "shut"].set_index("player")
    assert link["shapley_change"].sum() == pytest.approx(0, abs=1e-6)
    assert link.loc["KZ", "shapley_change"] > found.capital
    assert link.loc[["RU", "AZ", "GE"], "shapley_change"].max() < 0
    assert link.loc["AZ", "adds_change"] == pytest.approx(-6 * 445)  # 12 − 2 − 4 Mt that had no way
    assert any(s.startswith("Each of Kazakhstan and China gains more by it than it costs") for s in found.answer)


def test_a_link_that_does_not_pay_has_no_payers(case: Case) -> None:
    dear = er.bargain(case.accepting("option:EASTERN.capex").set("option:EASTERN.capex", 1000), FOUR, link="EASTERN",
                      draws=0)  # fmt: skip
    assert dear.players == (*FOUR, "rest")
    assert dear.link["pays"].isna().all()
    assert not dear.link["holds_up"].any()
    assert any("does not pay" in sentence for sentence in dear.answer)


def test_companies_play_a_game_of_their_own(case: Case) -> None:
    found = er.bargain(case, by="ownership", draws=0)
    assert set(found.players) == {"sellers", "Field Co", "Line Co", "North Co"}
    told = worth(found, "shut")
    assert told["sellers"] == 0  # the field itself is gathered by a company
    assert max(told.values()) == pytest.approx(5685)
    with pytest.raises(UsageError, match="no place on a map"):
        found.map()


def test_wishes_of_the_seller_and_contracts_are_left_out(tmp_path: Path, found: Bargain) -> None:
    tables = {**STATES, "contracts": """
        id,kind,arc,volume,charge,from_period
        SEA,ship_or_pay,GE_LINE,8,60,2020
        LEAST,minimum,RU_LINE,1,,2020
        """, "lanes": "arc,commodity,rebate\nAZ_LINE,CRUDE,15"}  # fmt: skip
    case = toy(tmp_path, tables).set("policy.max_share.transit:RU", 0.1)
    other = er.bargain(case.with_policy(security={"outages": ["arc:GE_LINE"]}), FOUR, draws=0)
    assert other.coalitions["shut"].tolist() == pytest.approx(found.coalitions["shut"].tolist())
    assert other.coalitions["open"].tolist() == pytest.approx(found.coalitions["open"].tolist())
    assert not other.case.policy.max_share


def test_nothing_forces_a_coalition_to_move(tmp_path: Path, found: Bargain) -> None:
    """Least flows and supplies that must be lifted would leave a coalition without a plan."""
    tables = {
        **STATES,
        "supplies": "id,node,commodity,shipper,minimum,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,5,12,9",
        "limits": "id,low,high\nSOUTH,3,8",
        "limit_terms": "limit,arc\nSOUTH,GE_LINE",
    }
    other = er.bargain(toy(tmp_path, tables).set("arc:RU_LINE.minimum", 1), FOUR, draws=0)
    assert other.coalitions["shut"].tolist() == pytest.approx(found.coalitions["shut"].tolist())


def test_a_stated_penalty_is_what_home_is_worth(case: Case) -> None:
    found = er.bargain(case, FOUR, penalty=300, draws=0)
    assert found.games["nobody"].iloc[0] == pytest.approx(-600)
    assert found.penalty == {"oil": 300}
    assert worth(found, "shut")["KZ"] == pytest.approx(2 * 290)


@pytest.mark.parametrize(("options", "words"), [
    ({"players": ["KZ", "XX"]}, "'XX'"),
    ({"players": ["RU", "AZ"]}, "KZ has all that is sold"),
    ({"players": ["KZ", "RU", "RU+GE"]}, "RU is named twice"),
    ({"players": ["KZ", "RU", "+GE"]}, "an empty name"),
    ({"players": ["rest"]}, "KZ has all that is sold and is not among rest"),
    ({"players": ["KZ"], "by": "ownership"}, "'KZ'"),
    ({"by": "force"}, "by = 'force'"),
    ({"link": "NOWHERE"}, "'NOWHERE' is no option"),
    ({"penalty": -1.0}, "penalty = -1"),
    ({"operating_share": 2.0}, "from 0 to 1"),
    ({"draws": -1}, "draws = -1"),
])  # fmt: skip
def test_what_cannot_be_played_is_refused(case: Case, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        er.bargain(case, **options)


def test_a_network_of_one_state_has_nobody_to_bargain_with(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nobody to bargain with\. Fill the column countries"):
        er.bargain(toy(tmp_path), operating_share=0.25)
    with pytest.raises(UsageError, match=r"nobody to bargain with\. Fill the table payees"):
        er.bargain(toy(tmp_path), by="ownership", operating_share=0.25)


@pytest.mark.parametrize(("given", "words"), [
    (["--players", ""], "--players '' has an empty name"),
    (["--players", "KZ,,RU"], "an empty name"),
    (["--link", ","], "--link ',' has an empty name"),
    (["--out", "pack.toml/results"], "is a file: name a folder"),
    (["--operating-share", "half"], "--operating-share: 'half' is not a number"),
])  # fmt: skip
def test_the_verb_refuses_before_a_game_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], words: str
) -> None:
    """An empty list is no word for the default, and a folder that cannot be made is told before hours of play."""
    model = write(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(er, "bargain", lambda *given, **options: pytest.fail("a game was played"))
    done = CliRunner().invoke(app, ["bargain", str(model), *given])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in " ".join(done.output.split())


def test_the_answer_is_told_in_words_and_none_that_turns(found: Bargain) -> None:
    text = " ".join(found.answer)
    assert "Kazakhstan, Russia, Azerbaijan and Georgia earn 4,705 MUSD" in text
    assert "who weighs most beside Kazakhstan" in found.answer[-1]  # Azerbaijan and Georgia are alike
    assert "With the lines of outsiders shut" not in text
    assert "There are divisions that no group can better" in text
    assert found.left_out


def test_months_are_played_as_years_are(case: Case, found: Bargain) -> None:
    monthly = er.bargain(months(case, 12), FOUR, draws=0)
    assert monthly.coalitions["shut"].tolist() == pytest.approx(found.coalitions["shut"].tolist())


def test_the_rest_of_a_year_is_a_game_though_its_tanks_are_to_be_filled(tmp_path: Path) -> None:
    """The year began with 0.4 Mt in the tank and January ends with 0.1: where nobody moves, nobody can fill it."""
    tank = {"storages": "id,node,working_volume,opening,volume_unit,closing\nTANK,HUB,1,0.4,Mt,opening"}
    whole = months(toy(tmp_path, {**STATES, **tank}))
    gone = pd.DataFrame([("storage", "TANK", "CRUDE", "2023-01", 0.1, "Mt")],
                        columns=["what", "id", "commodity", "period", "volume", "unit"])  # fmt: skip
    rest = er.replan(whole, "2023-02", gone)
    found = er.bargain(rest, FOUR, draws=0)
    same = er.bargain(rest.set("storage:TANK.closing", "free"), FOUR, draws=0)
    assert found.coalitions["shut"].tolist() == pytest.approx(same.coalitions["shut"].tolist())


def test_it_saves_draws_and_prints(tmp_path: Path) -> None:
    model = write(tmp_path / "toy", STATES)
    out = tmp_path / "out"
    asked = ["bargain", str(model), "--players", "KZ,RU,AZ+GE", "--link", "EASTERN", "--draws", "2", "--out", str(out),
             "--operating-share", "30 %", "--json"]  # fmt: skip
    pictures = ["--plot", str(tmp_path / "p.svg"), "--map", str(tmp_path / "m.svg")]
    run = CliRunner().invoke(app, [*asked, *pictures])
    assert run.exit_code == 0, run.stderr
    told = json.loads(run.stdout)
    assert told == json.loads((out / "bargain.json").read_text("utf-8"))
    assert told["players"] == ["KZ", "RU", "AZ+GE", "rest"]
    assert {file.name for file in out.iterdir()} == {
        "bargain.json", *(f"{table}.{kind}" for table in Bargain.tables for kind in ("csv", "parquet"))}
    assert "Georgia" in (tmp_path / "m.svg").read_text("utf-8")
    people = CliRunner().invoke(app, ["bargain", str(model), "--link", "EASTERN", "--draws", "0"]).stdout
    assert "Kohlberg's test of the nucleolus: passed" in people
    assert max(len(line) for line in people.splitlines() if "─" in line) <= 100
    refused = CliRunner().invoke(app, ["bargain", str(model), "--by", "ownership", "--map", "m.png"])
    assert refused.exit_code == 2
    assert "Drop one of them" in refused.stderr


@pytest.mark.parametrize("model", [
    name if name in ("oil-2024", "gas-2024", "energy-2024") else pytest.param(name, marks=pytest.mark.exhaustive)
    for name in sorted(file.stem for file in (Path(__file__).parent.parent / "models").glob("*.toml"))
])  # fmt: skip
def test_bundled_models_are_games(model: str) -> None:
    """Worth rises with members, nobody is worth 0, joining costs nobody anything; both solutions give all away."""
    setting = Setting(game_case(er.load(model)), "consent", None, None)
    played = setting.played(setting.case, None, setting.names(()), lambda: None)
    for division in played.divisions.values():
        check(division)


def check(division: Division) -> None:
    game = division.game
    assert game.worth[0] == 0
    assert game.not_monotone() is None
    assert game.not_superadditive() is None
    assert division.shapley.sum() == pytest.approx(game.worth[-1])
    assert division.nucleolus.sum() == pytest.approx(game.worth[-1])
    assert division.proved
    assert (division.nucleolus >= game.alone - game.slight).all()
    assert np.isfinite(game.worth).all()


def test_a_published_cost_has_no_band_today(tmp_path: Path) -> None:
    """RU_LINE costs 20 of its 30, on 4 Mt; the costs of the other lines are shares, as before."""
    known = STATES["operating"] + "\noil,arc:RU_LINE,20,USD/t,,,"
    found = er.bargain(toy(tmp_path, {**STATES, "operating": known}), FOUR, draws=0)
    ends = [of(found, "shut", end) for end in ("today_low", "today", "today_high")]
    assert [end[1] for end in ends] == pytest.approx([40, 40, 40])
    assert ends[0][2] < ends[1][2] < ends[2][2]


def test_a_group_that_loses_by_joining_is_printed(tmp_path: Path) -> None:
    """RU_LINE really costs 50 and charges 30: whoever pays the charge does better without its state."""
    dear = STATES["operating"] + "\noil,arc:RU_LINE,50,USD/t,,,"
    found = er.bargain(toy(tmp_path, {**STATES, "operating": dear}), FOUR, draws=0)
    games = found.games.set_index("access")
    assert games.loc["open", "not_monotone"].endswith("; RU")
    assert "RU" in games.loc["open", "not_superadditive"]
    assert games.loc["shut", ["not_monotone", "not_superadditive"]].isna().all()
    run = CliRunner().invoke(app, ["bargain", str(tmp_path / "model.toml"), "--players", "KZ,RU,AZ,GE", "--draws", "0"])
    assert "Note: a member takes worth away" in run.stdout
    assert "Note: two groups lose by joining" in run.stdout


def test_a_case_without_a_plan_is_a_game_all_the_same(case: Case) -> None:
    """Home needs more than the field has: there is no plan, and no payment of today."""
    found = er.bargain(case.set("obligation:HOME.volume", 14), FOUR, draws=0)
    assert worth(found, "shut")["KZ"] == pytest.approx(12 * 490)
    assert found.shares["today"].isna().all()
    assert found.as_dict()["shares"][0]["today"] is None
    assert not any("paid" in sentence for sentence in found.answer)


def test_a_link_that_changes_nothing_is_said_in_a_sentence(tmp_path: Path, case: Case) -> None:
    """At 5 USD/t nobody sells in the east: a sentence stands where the table would be zeros."""
    idle = case.accepting("market:EAST.price").set("market:EAST.price", 5.0)
    found = er.bargain(idle, FOUR, link="EASTERN", draws=0)
    assert "The link changes nothing for anybody: no group would earn more with it." in found.answer
    assert not any("pay." in sentence for sentence in found.answer)
    model = str(write(tmp_path / "toy", STATES))
    asked = ["bargain", model, "--players", "KZ,RU,AZ,GE", "--link", "EASTERN", "--draws", "0"]
    people = CliRunner().invoke(app, [*asked, "--set", "market:EAST.price=5 USD/t", "--accept", "market:EAST.price"])
    assert people.stdout.count("The link changes nothing here for anybody.") == 2
    assert "by the link" not in people.stdout
    assert "by the link" in CliRunner().invoke(app, asked).stdout


def test_who_should_pay_for_what_does_not_pay_is_no_column(tmp_path: Path) -> None:
    model = str(write(tmp_path / "toy", STATES))
    asked = ["bargain", model, "--link", "EASTERN", "--draws", "0"]
    dear = [*asked, "--set", "option:EASTERN.capex=1000", "--accept", "option:EASTERN.capex"]
    assert "keeps" in CliRunner().invoke(app, asked).stdout
    shown = CliRunner().invoke(app, dear).stdout
    assert "by the link" in shown
    assert "keeps" not in shown


def test_a_company_with_a_comma_or_markup_in_its_name_plays_and_is_printed_as_it_is_written(tmp_path: Path) -> None:
    """In a picture as well: '$' begins no formula."""
    name = "[bold]Long[/bold], $ {Co$"
    tables = {
        "arcs": TABLES["arcs"].replace("length_km", "length_km,countries").replace(",10\n", ",10,KZ\n")
                              .replace(",1000\n", ",1000,KZ;CN\n").replace(",3000\n", ",3000,KZ;RU\n"),
        "payees": f'target,payee,country,kind,share\narc:LONG,"{name}",RU,company,1\n',
    }  # fmt: skip
    model = write(tmp_path, tables)
    done = CliRunner().invoke(app, ["bargain", str(model), "--by", "ownership", "--players", f'sellers,"{name}"',
                                    "--operating-share", "0.25", "--draws", "0",
                                    "--plot", str(tmp_path / "p.svg")])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert name in (tmp_path / "p.svg").read_text("utf-8")
    rows = [line for line in done.stdout.splitlines() if line.startswith("[bold]Long[/bold]")]
    assert len(rows) == 2  # one of each access


def test_what_is_said_to_stand_is_not_left_out_in_silence(case: Case) -> None:
    """A game knows an option by its link alone, so a case that says ``built`` would be answered as if it did not."""
    built = case.set("policy.build.built.EASTERN", 1)
    with pytest.raises(UsageError, match=r"policy\.build\.built of .* says that EASTERN stands.*--link EASTERN"):
        er.bargain(built, draws=0)
