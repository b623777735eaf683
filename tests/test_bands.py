"""Bands on every answer: of a plan, of a change, of a frontier; kept, checked, printed, drawn and reported."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from rest import first
from toy import toy
from toy_doubts import NORTH_IS_USED, doubts, written
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.answer import Words
from energy_routes.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import UsageError, VerificationError
from energy_routes.maps.data.payload import payload
from energy_routes.maps.figure.changes.dumbbell import changes
from energy_routes.maps.figure.text.pills import volume_text
from energy_routes.maps.page.content import content
from energy_routes.report.writing import report_html
from energy_routes.studies import tell_in

DRAWS, FEW = 150, 30  # of a plan, and of a change


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return doubts(tmp_path_factory.mktemp("doubts"))


@pytest.fixture(scope="module")
def plan(case: Case) -> er.Plan:
    return er.solve(case).with_bands(DRAWS, seed=5)


@pytest.fixture(scope="module")
def kept(plan: er.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan as it was saved."""
    return plan.save(tmp_path_factory.mktemp("kept") / "result")


@pytest.fixture(scope="module")
def page(plan: er.Plan) -> str:
    """Its report."""
    return report_html(plan)


@pytest.fixture(scope="module")
def compared(case: Case) -> er.Comparison:
    return er.compare(er.solve(case), er.solve(case.without("NORTH")), FEW, seed=5)


def of(bands: pd.DataFrame, what: str, group: str = "", kind: str = "corridor") -> Any:
    """The band of one number."""
    rows = bands[(bands["what"] == what) & (bands["group"] == group) & (bands["kind"] == (kind if group else ""))]
    return rows.iloc[0]


def run(*words: object, code: int = 0) -> str:
    outcome = CliRunner().invoke(app, [str(word) for word in words])
    assert outcome.exit_code == code, outcome.output
    return outcome.output


def test_bands_are_those_of_a_sweep_beside_the_plans_own_numbers(case: Case, plan: er.Plan) -> None:
    found = er.sweep(case, DRAWS, seed=5).data
    for what, group, column in (
        ("netback", "", "netback"), ("exports", "", "exports.oil"), ("volume", "NORTH", "volume.corridor:NORTH"),
        ("share", "SOUTH", "share.corridor:SOUTH"),
    ):  # fmt: skip
        band = of(plan.bands, what, group)
        assert [band["p10"], band["p50"], band["p90"]] == np.percentile(found[column], [10, 50, 90]).tolist()
        assert (band["draws"], band["plans"]) == (DRAWS, DRAWS)
        assert band["used"] == (found[column] > 1e-6).mean()
    assert of(plan.bands, "netback")["value"] == plan.netback
    assert of(plan.bands, "volume", "NORTH")["value"] == 8.0, "FIELD gives 10, home takes 2"
    assert of(plan.bands, "volume", "NORTH")["name"] == "North corridor"


def test_each_line_is_used_as_often_as_is_known_by_hand(plan: er.Plan) -> None:
    for line, used in (("NORTH", NORTH_IS_USED), ("SOUTH", 1 - NORTH_IS_USED), ("GATHER", 1.0)):
        band = of(plan.bands, "volume", line, "arc")
        assert band["used"] == pytest.approx(used, abs=2.6 * 0.5 / DRAWS**0.5), "1 in 100 misses by more"
        assert band["name"].endswith(("way", "Gathering"))


def test_a_plan_keeps_all_else_and_has_none_unless_asked(case: Case, plan: er.Plan) -> None:
    bare = er.solve(case)
    assert bare.bands.empty
    assert "bands" not in bare.tables()
    for name, table in bare.tables().items():
        pd.testing.assert_frame_equal(plan.tables()[name], table)
    with pytest.raises(UsageError, match=r"^bands of 0 draws are asked for; expected 1 or more$"):
        bare.with_bands(0)


def test_a_plan_with_rules_beyond_its_case_has_no_bands(case: Case, tmp_path: Path) -> None:
    """Draws are solved without the rules of a user, so the plan's own number would lie outside its band."""
    def little(model: Any) -> Any:
        yield model.sum("flow", arc="NORTH") <= 0.1, "little"

    ruled, best = er.solve(case, constraints=little), er.solve(case)
    slack = er.solve(case, constraints=lambda m: [(m.sum("flow", arc="NORTH") >= 0, "none")])
    read = [er.Plan.load(plan.save(tmp_path / name)) for name, plan in (("ruled", ruled), ("slack", slack))]
    for plan in (ruled, slack, *read):
        with pytest.raises(UsageError, match=r"rules that its case does not have \((little|none)\)"):
            plan.with_bands(2)
    for plan in read:  # their ranges would be those of other plans
        with pytest.raises(UsageError, match="read back is solved again without them"):
            er.ranges(plan)
    several = er.solve(case, constraints=lambda m: [m.sum("flow") >= 0] * 6)
    with pytest.raises(UsageError, match=r"\(rule_1, rule_2, rule_3, rule_4, rule_5 …\)"):
        several.with_bands(2)
    foreign = er.solve(case, "cbc", constraints=little)  # has no prices that tell the names of the rules
    with pytest.raises(UsageError, match="Constraints of your own or other data made it"):
        er.Plan.load(foreign.save(tmp_path / "foreign")).with_bands(2)
    with pytest.raises(UsageError, match="little"):
        er.compare(best, ruled, draws=2)


def test_draws_without_a_plan_are_counted_and_in_no_band(tmp_path: Path) -> None:
    tables = {"supplies": "id,node,commodity,shipper,available,minimum,cost,source,confidence,note\n"
                          "FIELD_CO,FIELD,CRUDE,Field Co,10,9.9,9,estimate,estimate,a guess\n"}
    plan = er.solve(toy(tmp_path, tables)).with_bands(20)
    band = of(plan.bands, "netback")
    assert 0 < band["plans"] < band["draws"] == 20
    assert np.isfinite(band["p10"])


def test_a_change_is_measured_draw_by_draw(case: Case, compared: er.Comparison) -> None:
    """Where NORTH is used its loss moves all to SOUTH; where not it changes nothing."""
    used = of(compared.before.bands, "volume", "NORTH")["used"]
    north, south = (of(compared.bands, "volume", name) for name in ("NORTH", "SOUTH"))
    assert (north["less"], north["more"]) == (used, 0.0)
    assert (south["more"], south["less"]) == (used, 0.0)
    assert (north["value"], north["p10"], north["p90"]) == (-8.0, -8.0, 0.0)
    old, new = (er.sweep(own.case, FEW, seed=5, ask="netback").data["netback"]
                for own in (compared.before, compared.after))
    money = of(compared.bands, "netback")
    assert [money["p10"], money["p50"], money["p90"]] == np.percentile(new - old, [10, 50, 90]).tolist()
    assert money["less"] == used
    assert of(compared.after.bands, "volume", "SOUTH")["used"] == 1.0
    assert er.compare(compared.before, compared.after).bands.empty


def test_saved_bands_come_back_and_are_verified(plan: er.Plan, kept: Path, page: str, tmp_path: Path) -> None:
    again = er.Plan.load(kept)
    numbers = ["value", "p10", "p50", "p90", "used", "draws", "plans"]
    np.testing.assert_allclose(again.bands[numbers].astype(float), plan.bands[numbers].astype(float), rtol=1e-11)
    assert er.verify(kept).passed
    assert report_html(again) == page, "blank text comes back blank"
    told = json.loads((kept / "summary.json").read_text("utf-8"))["bands"]
    assert [(row["measure"], row["corridor"]) for row in told] == [
        ("netback", ""), ("exports", ""), ("volume", "NORTH"), ("volume", "SOUTH")]
    without = shutil.copytree(kept, tmp_path / "without")
    for name in ("bands.csv", "bands.parquet"):
        (without / name).unlink()
    assert er.Plan.load(without).bands.empty, "as of a version that had none"


@pytest.mark.parametrize("column", first(["value", "used", "p50", "plans"], 2))
def test_a_changed_band_is_found(column: str, plan: er.Plan, kept: Path, tmp_path: Path) -> None:
    wrong = plan.bands.copy()
    at = wrong.index[(wrong["what"] == "volume") & (wrong["group"] == "NORTH") & (wrong["kind"] == "corridor")][0]
    wrong[column] = wrong[column].astype(float)
    wrong.loc[at, column] = 2.0 * float(wrong.loc[at, column]) + 200.0
    replace(plan, parts=plan.parts.but(bands=lambda: wrong)).save(tmp_path / "wrong")
    shutil.copy(kept / "summary.json", tmp_path / "wrong")
    with pytest.raises(VerificationError, match=r"bands?: .*NORTH|band of volume"):
        er.verify(tmp_path / "wrong")


def test_the_fan_of_a_frontier(case: Case) -> None:
    found = er.frontier(case, "arc:NORTH.tariff", 20, 50, draws=12, seed=5)
    assert found.fan["cap"].tolist() == pytest.approx(np.linspace(20, 50, 9).tolist())
    for row in found.fan.iloc[[0, 8]].to_dict("records"):
        own = er.sweep(case.set("arc:NORTH.tariff", row["cap"]), 12, seed=5, ask="objective").data["objective"]
        assert [row["p10"], row["p50"], row["p90"]] == np.percentile(own, [10, 50, 90]).tolist()
        assert (row["draws"], row["plans"]) == (12, 12)
    drawn = found.plot()
    assert len(drawn.collections) == 1, "the area from P10 to P90"
    told = [text.get_text() for text in drawn.get_legend().get_texts()]
    assert told == ["Figures as stated", "P10–P90 of 12 draws with a plan", "P50"]
    assert found.as_dict()["fan"][0]["draws"] == 12
    bare = er.frontier(case, "arc:NORTH.tariff", 20, 50)
    assert bare.fan.empty
    assert not bare.plot().collections


@pytest.mark.parametrize(("lang", "ends", "told"), [
    ("en", (38_000, 40_000), "39,000"), ("ru", (38_000, 40_000), "39\xa0000"), ("kk", (0.2, 0.8), "0,5"),
])
def test_an_axis_has_the_numbers_of_its_language(lang: str, ends: tuple[float, float], told: str) -> None:
    axes = Figure().subplots()
    axes.plot(ends, ends)
    tell_in(axes.yaxis, Words.of(lang))
    assert told in [text.get_text() for text in axes.get_yticklabels()]


def test_the_verb_compares_draw_by_draw(compared: er.Comparison, tmp_path: Path) -> None:
    words = ["compare", str(written(tmp_path / "toy")), "--set", "arc:NORTH.status=idle", "--quiet"]
    plain = CliRunner().invoke(app, words)
    assert plain.exit_code == 0
    assert "how sure" not in plain.output
    done = CliRunner().invoke(app, [*words, "--draws", "8", "--jobs", "1"])
    assert done.exit_code == 0, done.output
    assert "P10 to P90 of 8 draws; 0 of 8 have no plan" in done.output
    found = CliRunner().invoke(app, [*words, "--draws", "8", "--jobs", "1", "--json"])
    rows = {row["what"]: row for row in json.loads(found.stdout)["bands"]}
    anew = er.compare(compared.before, er.solve(compared.before.case.set("arc:NORTH.status", "idle")), 8)
    money = of(anew.bands, "netback")
    assert rows["netback"]["p10"] == pytest.approx(money["p10"], rel=1e-9)


def test_maps_tell_how_often_a_line_is_used(plan: er.Plan, compared: er.Comparison) -> None:
    data = payload(plan)
    rows = {row["arc"]: row for row in data.arcs.to_dict("records")}
    used = of(plan.bands, "volume", "NORTH", "arc")["used"]
    assert data.draws == DRAWS
    assert volume_text(rows["NORTH"], data.words) == f"8.0 Mt · {100 * used:.0f}\xa0%"
    assert volume_text(rows["GATHER"], data.words) == "10.0 Mt", "it is used in all"
    page = content(plan)
    at = next(number for number, arc in enumerate(page["arcs"]) if arc["id"] == "NORTH")
    assert page["plans"][0]["bands"]["arcs"][at] == pytest.approx([0.0, 8.0, used], rel=1e-5)
    assert page["plans"][0]["bands"]["corridors"]["NORTH"] == pytest.approx([0.0, 8.0, used], rel=1e-5)
    pair = content(compared.before, other=compared.after, bands=compared.bands)
    assert pair["surely"]["NORTH"] == [-8, 0]
    drawn = changes(compared.before, compared.after, ((["2023"]), ["2023"]), compared.bands).set_index("name")
    assert drawn.loc["North corridor", ["p10", "p90"]].tolist() == [-8.0, 0.0]
    assert not set(changes(compared.before, compared.after, (["2023"], ["2023"]))) & {"p10", "p90"}


def test_a_report_has_them_beside_each_corridor(plan: er.Plan, page: str, compared: er.Comparison) -> None:
    used = 100 * of(plan.bands, "volume", "NORTH")["used"]
    assert "How sure it is" in page
    assert f"{DRAWS} draws of the figures by their grades" in page
    assert "0.00–8.00" in page
    assert f"{used:.0f}" in page
    assert "How sure the change is" in report_html(compared.after, before=compared)
    assert "How sure it is" not in report_html(er.solve(plan.case))


def test_verbs_take_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("energy_routes.studies.curves.frontier.VALUES", 2)  # nine are told in the test of the fan
    model = written(tmp_path / "toy")
    printed = run("solve", model, "--draws", 5, "--quiet")
    assert "P10 to P90 of 5 draws; 0 of 5 have no plan" in printed
    assert "North corridor" in printed
    assert json.loads(run("solve", model, "--draws", 5, "--json", "--quiet"))["bands"][0]["draws"] == 5
    assert json.loads(run("solve", model, "--json", "--quiet"))["bands"] == []
    assert json.loads(run("frontier", model, "--over", "arc:NORTH.tariff", "--from", 20, "--to", 50, "--draws", 2,
                          "--json", "--quiet"))["fan"][1]["cap"] == 50.0
    fan = run("frontier", model, "--over", "arc:NORTH.tariff", "--from", 20, "--to", 50, "--draws", 2, "--quiet")
    assert "Netback over 2 draws of the other figures, MUSD" in fan
    assert "draws with a plan" in fan
    run("map", model, "--draws", 5, "--out", tmp_path / "one.svg", "--quiet")
    assert "share of 5 draws that use the line" in (tmp_path / "one.svg").read_text("utf-8")
    run("map", model, model, "--draws", 5, "--out", tmp_path / "two.html", "--quiet")
    assert '"draws": 5' in (tmp_path / "two.html").read_text("utf-8").replace('"draws":5', '"draws": 5')
    run("report", model, "--draws", 5, "--out", tmp_path / "report.html", "--quiet")
    assert "How sure it is" in (tmp_path / "report.html").read_text("utf-8")
    assert "--jobs has no effect without --draws" in run("solve", model, "--jobs", 2, code=2)
