"""Sweeps: as likely as the figures say, equal to a fresh solve of each draw, and nothing dropped in silence."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from rest import first
from scipy import sparse
from scipy.stats import norm, qmc
from toy import toy, write
from toy_doubts import NORTH_IS_USED, doubts, written
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import UsageError, VerificationError
from energy_routes.formulation.pro_rata import _dense
from energy_routes.linear import Form, Standing
from energy_routes.solving.loop import solve
from energy_routes.studies.sweeps import experiment as experiments
from energy_routes.studies.sweeps.solving import solved
from energy_routes.studies.sweeps.statistics import chance_of, drivers_of
from energy_routes.studies.sweeps.sweep import experiment_of, replay
from energy_routes.studies.sweeps.workers.workers import Chunk

SHARE = "policy.max_share.transit:RU"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return doubts(tmp_path_factory.mktemp("doubts"))


@pytest.fixture(scope="module")
def many(case: Case) -> er.Sweep:
    return er.sweep(case, 256, design="sobol", seed=5)


def test_how_often_a_route_is_used_is_known_by_hand(many: er.Sweep) -> None:
    used = many.summary.set_index("answer")["used"]
    assert used["volume.corridor:NORTH"] == pytest.approx(NORTH_IS_USED, abs=0.005)
    assert used["volume.corridor:SOUTH"] == pytest.approx(1 - NORTH_IS_USED, abs=0.005)
    assert used["netback"] == 1.0


@pytest.mark.parametrize("draws", [24, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_every_row_is_a_fresh_solve(case: Case, draws: int) -> None:
    found = er.sweep(case, draws, seed=3)
    names = ["netback", "exports.oil", "volume.corridor:NORTH", "share.corridor:SOUTH"]
    for row, _, _, own, _ in found.experiment.rows(0, draws):
        plan = solve(own)
        groups = plan.groups.set_index(["group", "period"])
        fresh = [plan.netback, plan.exports["oil"], groups["volume"]["NORTH", "total"],
                 groups["share"]["SOUTH", "total"]]
        assert found.data.loc[row, names].tolist() == pytest.approx(fresh, abs=1e-9)
    assert found.data["volume.corridor:NORTH"].gt(0).nunique() == 2  # both ways are used, now one and now the other


@pytest.mark.exhaustive
def test_a_level_is_joined_with_every_draw_and_is_itself_not_drawn(case: Case) -> None:
    found = er.sweep(case, 8, over={"arc:NORTH.tariff": [10, "200 USD/t"], "arc:GATHER.tariff": [1, 2, 3]})
    assert len(found.data) == 48
    assert found.data["draw"].tolist() == [*range(8)] * 6
    assert found.data["arc:NORTH.tariff"].unique().tolist() == ["10", "200 USD/t"]
    assert "input.arcs/NORTH/tariff" not in found.data
    share = found.summary[found.summary["answer"] == "share.corridor:NORTH"]
    assert share["mean"].tolist() == [1, 1, 1, 0, 0, 0]
    # what else is drawn is drawn alike at each level
    south = found.data["input.arcs/SOUTH/tariff"].to_numpy().reshape(6, 8)
    assert (south == south[0]).all()


def test_levels_are_read_from_a_table(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "levels.csv"
    file.write_text("arc:NORTH.tariff, arc:SOUTH.tariff\n40,\n,50 USD/t\n", "utf-8")
    found = er.sweep(case, levels=file, ask=["share.corridor:NORTH"])
    assert found.data["share.corridor:NORTH"].tolist() == [0, 1]
    assert found.data["arc:NORTH.tariff"].fillna("blank").tolist() == ["40", "blank"]


def test_rows_without_a_plan_stay_with_their_reason(tmp_path: Path) -> None:
    case = toy(tmp_path).with_policy(exports="hold")
    found = er.sweep(case, over={SHARE: [0.9, 0.1, 0.5]}, ask=["netback"])
    assert found.data["status"].tolist() == ["optimal", "infeasible", "optimal"]
    assert np.isnan(found.data["netback"][1])
    row, = found.without_plan.to_dict("records")
    assert (row["level"], row["draws"], row["share"]) == (1, 1, 1.0)
    assert "infeasible" in row["reason"]
    assert found.summary["plans"].tolist() == [1, 0, 1]


@pytest.mark.exhaustive
def test_builds_are_decided_anew_for_each_draw() -> None:
    case = er.load("second-line-to-china")
    assert not case.policy.plain
    found = er.sweep(case, 2, ask=["netback", "objective", "share.market:CHINA"])
    for row, _, _, own, _ in found.experiment.rows(0, 2):
        fresh = found.experiment.measures.of_plan(er.solve(own))
        assert found.data.loc[row, list(found.units)].tolist() == pytest.approx(fresh, rel=1e-9)


@pytest.mark.parametrize("mode", first(["corrective", "preventive"], 1))
def test_losses_are_guarded_against_anew_in_each_draw(mode: str, tmp_path: Path) -> None:
    """What NORTH carries is lost with it in a preventive plan, which keeps 4.8 of 8 Mt on SOUTH, dear or cheap."""
    case = doubts(tmp_path, security={"outages": ["arc:NORTH"], "mode": mode, "delta": 0.4})
    found = er.sweep(case, 4, seed=3)
    for row, _, _, own, _ in found.experiment.rows(0, 4):
        fresh = found.experiment.measures.of_plan(solve(own))
        assert found.data.loc[row, list(found.units)].tolist() == pytest.approx(fresh, rel=1e-9, abs=1e-9)
    used = {"preventive": [0.0, 3.2], "corrective": [0.0, 8.0]}[mode]
    assert sorted(found.data["volume.corridor:NORTH"].round(6).unique()) == used


def test_the_dataset_says_what_it_is(many: er.Sweep, case: Case, tmp_path: Path) -> None:
    er.sweep(case, 3, folder=tmp_path / "sweep")
    schema = pq.read_schema(tmp_path / "sweep" / "dataset.parquet")
    told = json.loads(schema.metadata[b"energy_routes"])
    assert (told["schema_version"], told["model"], told["draws"]) == (1, case.name, 3)
    units = {name: schema.field(name).metadata[b"unit"].decode() for name in schema.names[5:]}
    assert units["netback"] == "MUSD"
    assert units["exports.oil"] == "Mt"
    assert units["share.corridor:NORTH"] == "1"
    assert units["input.arcs/NORTH/tariff"] == "standard normal"
    assert len(many.data.columns) == len(schema.names)


class Backwards:
    """Workers who have their own copy of the experiment each, and are done in the reverse order."""

    def run(self, work: Any, shared: Any, chunks: Sequence[Chunk]) -> Generator[tuple[int, Any], None, None]:
        import pickle

        for chunk in reversed(chunks):
            yield chunk.number, work(pickle.loads(pickle.dumps(shared)), chunk)


def test_who_solves_and_in_which_order_changes_no_byte(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "MANY", 3)
    for name, workers in (("here", None), ("there", Backwards())):
        er.sweep(case, 5, over={"arc:GATHER.tariff": [1, 2]}, folder=tmp_path / name, workers=workers)
    one, other = ((tmp_path / name / "dataset.parquet").read_bytes() for name in ("here", "there"))
    assert one == other


def test_replay_is_the_row_to_the_byte(many: er.Sweep) -> None:
    again = replay(many.experiment, 177)
    pd.testing.assert_frame_equal(again, many.data.iloc[[177]].reset_index(drop=True), check_exact=True)
    with pytest.raises(UsageError, match="rows 0 to 255"):
        replay(many.experiment, 256)


def test_a_warm_answer_that_is_not_the_cold_one_is_no_answer(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = experiment_of(case, 3)
    right = experiment.measures.of
    monkeypatch.setattr(experiment.measures, "of", lambda own: [1.001 * number for number in right(own)])
    with pytest.raises(VerificationError, match="solved anew"):
        solved(experiment, experiment.chunks[0])


@pytest.mark.parametrize(("words", "call"), [
    ("power of 2", {"draws": 100, "design": "sobol"}),
    ("no design", {"draws": 4, "design": "sobl"}),
    ("share.corridor:NORTH", {"ask": ["share.corridor:NROTH"]}),
    ("whole number from 0", {"draws": -1}),
    ("one of the two", {"over": {"arc:NORTH.tariff": [1]}, "levels": [{}]}),
    ("expected a list", {"over": {"arc:NORTH.tariff": "20"}}),
    ("no row", {"levels": []}),
    ("not a path", {"over": {"arc:NORTH": [1]}}),
])  # fmt: skip
def test_what_is_wrong_is_told_before_anything_is_solved(case: Case, words: str, call: dict[str, Any]) -> None:
    with pytest.raises(er.EnergyRoutesError, match=words):
        experiment_of(case, **call)


def run(*arguments: object, code: int = 0) -> Any:
    outcome = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert outcome.exit_code == code, outcome.stdout + outcome.stderr
    return outcome


def test_draws_of_nothing_are_said_to_be_alike() -> None:
    beer = Path(__file__).parent / "textbook" / "beer" / "model.toml"
    told = " ".join(run("sweep", beer, "--draws", 3).stdout.split())
    assert "figures as stated" in told
    assert "0 figures" not in told
    assert "No figure of the packs is in doubt, so that all draws are alike" in told
    assert "column confidence; or give levels with --over." in told
    bands = " ".join(run("solve", beer, "--draws", 3).stdout.split())
    assert "No figure of the packs is in doubt, so that all draws are alike" in bands
    assert "P10 to P90 of" not in bands


def test_the_verb_prints_bands_and_saves(tmp_path: Path) -> None:
    model = written(tmp_path / "toy")
    text = run("sweep", model, "--draws", 32, "--out", tmp_path / "out").stdout
    assert "32 draws of 2 figures, independent, seed 1" in text
    assert "volume.corridor:NORTH" in text
    assert "Every draw has a plan" in text
    assert max(map(len, text.splitlines())) <= 100
    files = {"dataset.parquet", "experiment.json", "sweep.json", ".lock",
             *(f"{table}.{kind}" for table in ("summary", "without_plan", "drivers") for kind in ("csv", "parquet"))}
    assert {file.name for file in (tmp_path / "out").iterdir()} == files
    told = json.loads(run("sweep", model, "--draws", 32, "--json").stdout)
    assert {row["answer"] for row in told["summary"]} >= {"netback", "share.corridor:NORTH"}
    row, = json.loads(run("sweep", model, "--draws", 32, "--replay", 7).stdout)
    assert row["row"] == 7
    assert row["netback"] == pytest.approx(pq.read_table(tmp_path / "out" / "dataset.parquet")["netback"][7].as_py())


def test_an_answer_without_a_number_says_why(tmp_path: Path) -> None:
    model = written(tmp_path)
    told = run("sweep", model, "--draws", 2, "--set", "arc:NORTH.status=idle", "--ask", "enters.arc:NORTH",
               "--ask", "rank.corridor:NORTH", "--ask", "netback").stdout  # fmt: skip
    told = " ".join(told.split())
    assert "enters.arc:NORTH has no number in any plan: the arc is closed" in told
    assert "rank.corridor:NORTH has no number in any plan: nothing is carried there" in told
    assert "netback has no number" not in told


def test_the_verb_takes_a_grid_and_refuses_slips(tmp_path: Path) -> None:
    model = written(tmp_path)
    text = run("sweep", model, "--over", "arc:NORTH.tariff=10,20, 200", "--ask", "netback").stdout
    assert text.count("netback, MUSD") == 3
    text = run("sweep", model, "--over", "arc:NORTH.tariff=1, 2 USD/bbl", "--ask", "netback").stdout
    assert "1 USD/bbl" in text
    assert "PATH=VALUE" in run("sweep", model, "--over", "arc:NORTH.tariff=", code=2).stderr
    assert "twice" in run("sweep", model, *["--over", "arc:NORTH.tariff=1"] * 2, code=2).stderr
    assert "--out" in run("sweep", model, "--resume", code=2).stderr


def test_what_a_process_joined_on_before_changes_no_digit() -> None:
    """Numbers of labels are those of a process, which may have solved other cases in other orders."""
    some = np.array([40, 7, 7, 12]), np.array([12, 3, 40])
    other = np.array([1, 90, 90, 5]), np.array([5, 200, 1])  # the same labels under other numbers
    for one, two in zip(_dense(*some), _dense(*other), strict=True):
        assert one.tolist() == two.tolist()
    assert [codes.tolist() for codes in _dense(*some)] == [[0, 1, 1, 2], [2, 3, 0]]


def test_a_market_at_home_is_not_asked_about_and_nothing_is_sold_there_abroad() -> None:
    found = er.sweep(er.load("gas-2024"), 1, ask=["default", "volume.market:UZBEK_TRANSIT"])
    assert found.data["volume.market:UZBEK_TRANSIT"].tolist() == [0.0]
    assert "volume.market:UZBEK_TRANSIT" not in experiments.ask_by_default(found.experiment.case)


def test_what_moves_an_answer_is_known_of_a_sum() -> None:
    """y = 3 a + 4 b + 0 c: parts 9/25 and 16/25 of its variance; Spearman's ρ of normals is 6/π·asin(r/2)."""
    z = norm.ppf(qmc.Sobol(3, seed=2).random(4096))
    data = pd.DataFrame(z, columns=[f"input.{name}" for name in "abc"])
    data = data.assign(level=0, status="optimal", y=3 * z[:, 0] + 4 * z[:, 1], still=7.0, n=np.nan)
    found = drivers_of(data, {"y": "MUSD", "still": "1", "n": "1"})
    assert set(found["answer"]) == {"y"}
    rows = found.set_index("input")
    assert rows.index.tolist()[:2] == ["b", "a"]
    assert rows["first_order"][["a", "b", "c"]].tolist() == pytest.approx([9 / 25, 16 / 25, 0], abs=0.01)
    ranks = [6 / np.pi * np.arcsin(r / 2) for r in (3 / 5, 4 / 5, 0)]
    assert rows["rank_correlation"][["a", "b", "c"]].tolist() == pytest.approx(ranks, abs=0.01)
    tenth = norm.pdf(norm.ppf(0.9)) / 0.1  # the mean of the highest tenth of a standard normal
    assert rows.loc["a", ["low", "high"]].tolist() == pytest.approx([-3 * tenth, 3 * tenth], abs=0.1)
    assert drivers_of(data.head(29), {"y": "MUSD"}).empty


def test_chance_alone_explains_nothing() -> None:
    random = np.random.default_rng(4)
    data = pd.DataFrame({f"input.{k}": random.normal(size=1000) for k in range(20)})
    data = data.assign(level=0, status="optimal", y=random.normal(size=1000))
    assert drivers_of(data, {"y": "MUSD"})["first_order"].mean() < 0.01


def test_what_chance_brings_is_told_apart_from_what_moves_an_answer(tmp_path: Path) -> None:
    """Of 50 inputs that move nothing the strongest passes what chance is granted in one sweep of twenty at most."""
    random, passed = np.random.default_rng(8), 0
    for _ in range(40):
        z, y = random.normal(size=(100, 50)).argsort(axis=0).argsort(axis=0), random.permutation(100)
        ranks = (z - 49.5).T @ (y - 49.5) / (100 * (100**2 - 1) / 12)
        passed += bool(np.abs(ranks).max() > chance_of(100, 50))
    assert 0 < passed <= 6
    assert chance_of(1, 3) == 1.0
    # z(1 − 1/80) = 2.2414 for two inputs, over the root of 255
    found = er.sweep(doubts(tmp_path), 256, ask=["netback"], seed=3)
    movers, chance = found.movers("netback")
    assert chance == pytest.approx(2.2414 / 255**0.5, abs=1e-5)
    assert (movers["rank_correlation"].abs() > chance).all()
    noise = found.data.assign(netback=np.random.default_rng(1).permutation(256))
    assert replace(found, data=noise).movers("netback")[0].empty
    with pytest.raises(UsageError, match="more than chance may"):
        replace(found, data=noise).plot("tornado")


def test_what_is_asked_is_told_where_it_is_a_place_nothing_or_a_loss(tmp_path: Path) -> None:
    """A rank is no share.  What was asked for stands there at 0, and so does a netback that no draw brings above 0."""
    model = written(tmp_path / "toy")

    def rows(*arguments: object) -> dict[str, list[str]]:
        text = run("sweep", model, "--draws", 4, *arguments).stdout
        return {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}

    told = rows("--ask", "rank.corridor:NORTH", "--ask", "cost")
    assert told["rank.corridor:NORTH"][1] == "place"
    assert float(told["rank.corridor:NORTH"][2]) == 1.0
    assert told["cost"][1:3] == ["MUSD", "0.0000"]
    told = rows("--set", "arc:GATHER.tariff=9000", "--accept", "arc:GATHER.tariff")
    assert told["netback"][2].startswith("−")  # home has its oil, at 9,000 USD/t
    assert told["netback"][-1] == "0.0"
    assert "volume.corridor:NORTH" not in told


def test_rows_without_a_plan_are_named_and_say_what_stands_in_the_way(tmp_path: Path) -> None:
    model = write(tmp_path / "toy")
    levels = ["sweep", model, "--over", f"{SHARE}=0.9,0.1", "--ask", "exports.oil", "--set", "policy.exports=hold"]
    text = run(*levels).stdout
    assert "Without a plan: 1 of 2 levels (50.0 %)" in text
    assert "1 level, first row 1:" in text
    head, = (line.split() for line in text.splitlines() if line.startswith(SHARE))
    assert head[1:] == ["answer", "as", "stated"]  # one number, and no band of it
    again = run(*levels, "--replay", 1)
    assert json.loads(again.stdout)[0]["status"] == "infeasible"
    assert "cannot go below" in again.stderr


def test_a_slip_of_the_picture_is_told_before_anything_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = written(tmp_path / "toy")
    monkeypatch.setattr("energy_routes.studies.run", None)
    told = run("sweep", model, "--ask", "netback", "--answer", "exports.oil", code=2).stderr
    assert "no answer 'exports.oil'" in told
    picture = ["--plot", tmp_path / "t.svg", "--picture"]
    assert "volume of a corridor" in run("sweep", model, "--ask", "netback", *picture, "use", code=2).stderr
    assert "no picture 'uses'" in run("sweep", model, *picture, "uses", code=2).stderr


def test_pictures_show_what_the_tables_say(many: er.Sweep, case: Case, tmp_path: Path) -> None:
    bars = many.plot("use").containers[0]
    assert [bar.get_width() for bar in bars] == pytest.approx([100 * (1 - NORTH_IS_USED), 100 * NORTH_IS_USED], abs=0.6)
    names = [text.get_text() for text in many.plot("tornado", "share.corridor:NORTH").get_yticklabels()]
    assert set(names) == {"tariff of North way", "tariff of South way"}  # as people call them
    names = [text.get_text() for text in many.plot("fan", "share.corridor:NORTH").get_yticklabels()]
    groups = case.network.tables["groups"].set_index("group")["name"]
    assert set(names) == {groups["NORTH"], groups["SOUTH"]}
    assert [text.get_text() for text in many.plot("use").get_yticklabels()] == [groups["SOUTH"], groups["NORTH"]]
    found = er.sweep(case, 8, over={"arc:GATHER.tariff": [3, 1, 2]})
    axes = found.plot("fan", ax=many.plot("use").get_figure(root=True).add_subplot())
    assert axes.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert np.diff(axes.lines[0].get_ydata()).tolist() == pytest.approx([-10, -10])  # 10 Mt, 1 USD/t more each
    for call in (("fun",), ("fan", "netbak"), ("tornado", "exports.oil")):
        with pytest.raises(UsageError):
            many.plot(*call)
    with pytest.raises(UsageError, match="no level 3"):
        found.plot("use", level=3)


def test_the_verb_draws(tmp_path: Path) -> None:
    model = written(tmp_path)
    text = run("sweep", model, "--draws", 32, "--plot", tmp_path / "t.svg", "--picture", "tornado",
               "--answer", "share.corridor:NORTH").stdout
    assert "What moves share.corridor:NORTH most:" in text
    assert "mean of share.corridor:NORTH" in (tmp_path / "t.svg").read_text("utf-8")


def test_what_is_asked_stands_still_or_moves_on_a_face() -> None:
    """x + y = 1, z = 2: the sum and z are the same everywhere, x is not until y is held."""
    matrix = sparse.csc_matrix(np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    none, one, bound = np.zeros(3), np.array([1.0, 1.0, 5.0]), np.array([1.0, 2.0])
    face = Form("max", none, 0.0, matrix, bound, bound, none, one, none.astype(bool))
    for weights, stands in (([1, 1, 0], True), ([2, 2, -3], True), ([0, 0, 1], True), ([1, 0, 0], False)):
        assert Standing(np.array([[0.0, 0.0, 1.0], weights], dtype=float)).on(face) is stands
    held = replace(face, col_upper=np.array([1.0, 0.0, 5.0]))
    measure = Standing(np.array([[1.0, 0.0, 0.0]]))
    assert [measure.on(some) for some in (face, held, face)] == [False, True, False]  # each face has its own answer


def test_equal_ways_are_shared_out_as_in_a_plan(case: Case) -> None:
    """Both ways cost the same: what each carries is decided by squares, and the sum of both is not in doubt."""
    even = case.set("arc:SOUTH.tariff", 30)
    compiled = er.compile(even)
    ask = ["share.corridor:NORTH", "exports.oil"]
    told = compiled.solve_many([{}], ask)
    assert 0 < told["share.corridor:NORTH"][0] < 1
    groups = solve(even).groups.set_index(["group", "period"])
    assert told["share.corridor:NORTH"][0] == pytest.approx(groups["share"]["NORTH", "total"], abs=1e-12)
    assert compiled.solve_many([{}], ["exports.oil"])["exports.oil"].tolist() == pytest.approx([8])


def test_requests_are_those_of_a_plan_and_of_hand(tmp_path: Path) -> None:
    """Half by SHORT costs 40 MUSD; with 8 Mt exported LONG takes 5 at most, so 3/8 is the least of SHORT."""
    capped = toy(tmp_path / "capped", max_share={"transit:RU": 0.5})
    ask = ["cost", "least.transit:RU", "rank.corridor:SHORT", "rank.corridor:LONG", "netback"]
    told = er.compile(capped).solve_many([{}, {"arc:SHORT.tariff": 80}, {"arc:LONG.capacity": 0}], ask)
    assert told.loc[0, ask[:2]].tolist() == pytest.approx([40, 0.375])
    assert told["cost"][0] == pytest.approx(solve(capped).certificate["premium"]["cost"])
    assert told.loc[1, ask[2:4]].tolist() == [2, 1]
    assert told["status"][2] == "infeasible"
    free = er.compile(toy(tmp_path / "free", exports="free"))
    enters = free.solve_many([{}], ["enters.arc:LONG", "enters.arc:SHORT", "enters.arc:GATHER", "cost"])
    # a tonne that is left in the ground otherwise earns 510 − 10, or 500 − 10, less the tariff
    assert enters.iloc[0, 2:4].tolist() == pytest.approx([500, 490])
    assert enters["cost"][0] == 0
    assert free.asks["enters.arc:LONG"].what == "enters"


def test_requests_are_refused_where_each_draw_is_built_anew() -> None:
    case = er.load("btc-5").with_policy(security={"outages": ["single:corridor"]})
    with pytest.raises(UsageError, match="without them"):
        experiment_of(case, 1, ask="least.transit:RU")


def test_a_level_that_contradicts_itself_is_a_row_without_a_plan(tmp_path: Path) -> None:
    case = toy(tmp_path, max_share={"transit:RU": 0.8})
    found = er.sweep(case, over={"policy.min_share.transit:RU": [0.9, 0.1]}, ask=["netback"])
    assert found.data["status"].tolist() == ["infeasible", "optimal"]
    with pytest.raises(er.InfeasibleError):
        er.sweep(case, over={"policy.min_share.transit:RU": [0.9]}, ask=["netback"])
