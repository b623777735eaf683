"""What force majeure waives is told where the change is told, and can be switched off by path."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import DataError
from energy_routes.report.sections.changes import changes
from energy_routes.report.subject import subject_of
from energy_routes.studies.comparison import compare

PROMISE = {"contracts": "id,kind,arc,volume,charge\nPROMISE,ship_or_pay,LONG,4,7\n"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("promise"), PROMISE, exports="free")


def test_a_closed_arc_waives_its_contract_and_the_change_says_the_amount(case: Case) -> None:
    """4 Mt at 7 USD/t would be owed: 28 MUSD, by which the netback is better than with the contract in force."""
    base, closed = er.solve(case), er.solve(case.set("arc:LONG.capacity", 0))
    found = compare(base, closed)
    (row,) = found.waivers.to_dict("records")
    assert (row["contract"], row["unit"]) == ("contract:PROMISE", "Mt")
    assert [row[name] for name in ("before", "after", "change", "money")] == pytest.approx([0.0, 4.0, 4.0, 28.0])
    assert found.sentences()[2] == "force majeure waives 4.00 Mt of ship-or-pay PROMISE (28.00 MUSD not owed)"
    assert compare(closed, base).sentences()[2] == (
        "force majeure no longer waives 4.00 Mt of ship-or-pay PROMISE (28.00 MUSD owed again)")
    section = changes(subject_of(closed, base, None, None, "en"))
    assert section is not None
    assert section.sentences[1] == (
        "Force majeure waives of the contract ship-or-pay PROMISE: +4.00 Mt; not owed for it: +28.00 MUSD.")
    bound = er.solve(case.set("arc:LONG.capacity", 0).set("contract:PROMISE.force_majeure", "false"))
    assert closed.netback - bound.netback == pytest.approx(28.0)
    assert compare(base, bound).waivers.empty


def test_the_part_that_is_shipped_is_not_counted_as_waived_money(case: Case) -> None:
    """2 of 5 Mt are left: 1.6 of the 4 still bind, 2.4 are waived; 2 Mt move, so 2 and not 2.4 would be paid for."""
    plan = er.solve(case.set("arc:LONG.capacity", 2))
    (told,) = [w for w in plan.warnings if w["code"] == "force_majeure"]
    assert (told["volume"], told["money"]) == (pytest.approx(2.4), pytest.approx(14.0))
    assert told["message"].startswith("2.4 Mt of the commitment is waived")


def test_solve_prints_it_in_the_line_of_changes(tmp_path: Path) -> None:
    model = str(write(tmp_path, PROMISE))
    sets = ["--set", "arc:LONG.capacity=0", "--set", "policy.exports=free"]
    done = CliRunner().invoke(app, ["solve", model, *sets])
    assert "force majeure waives 4.00 Mt of ship-or-pay PROMISE (28.00 MUSD not owed)" in " ".join(done.stdout.split())
    off = CliRunner().invoke(app, ["solve", model, *sets, "--set", "contract:PROMISE.force_majeure=false"])
    assert off.exit_code == 0, off.stderr
    assert "force majeure" not in off.stdout


@pytest.mark.parametrize(("written", "known"), [("false", False), ("no", False), (False, False), ("TRUE", True)])
def test_what_is_true_or_false_is_set_by_path(case: Case, written: str | bool, known: bool) -> None:
    changed = case.set("contract:PROMISE.force_majeure", written)
    assert changed.network.tables["contracts"]["force_majeure"].tolist() == [known]
    assert case.network.tables["contracts"]["force_majeure"].tolist() == [True]


def test_a_model_file_sets_true_or_false_for_the_whole_horizon(tmp_path: Path) -> None:
    edit = '[[edit]]\ntarget = "contract:PROMISE"\nforce_majeure = false\nreason = "not agreed"\n'
    loaded = er.load(write(tmp_path / "a", PROMISE, edit))
    assert loaded.network.tables["contracts"]["force_majeure"].tolist() == [False]
    with pytest.raises(DataError, match="whole horizon"):
        er.load(write(tmp_path / "b", PROMISE, edit + 'periods = ["2023"]\n'))
    for wrong in ("0.5", '"maybe"'):
        with pytest.raises(DataError, match=r"set true \| false"):
            er.load(write(tmp_path / wrong.strip('"'), PROMISE, edit.replace("= false", f"= {wrong}")))


def test_a_market_at_home_is_no_export_and_the_result_is_verified(tmp_path: Path, case: Case) -> None:
    plan = er.solve(case.set("market:WEST.export", "false").set("contract:PROMISE.force_majeure", False))
    sold = zip(plan.deliveries["market"], plan.deliveries["export"], strict=True)
    assert set(sold) == {("EAST", True), ("WEST", False)}
    assert plan.exports["oil"] == pytest.approx(float(plan.deliveries.query("market == 'EAST'")["volume"].sum()))
    assert "WEST" not in set(plan.groups.query("kind == 'market'")["group"])
    folder = er.results.save(plan, tmp_path / "out")
    assert er.verify(folder).passed
    assert er.results.load(folder).case.edits == plan.case.edits


def test_a_market_becomes_an_export_only_where_its_way_is_metered(tmp_path: Path) -> None:
    markets = "id,node,name,price,export\nEAST,EAST,East,500,true\nWEST,WEST,West,510,true\nTOWN,HUB,Town,90,false\n"
    case = toy(tmp_path, {"markets": markets})
    with pytest.raises(DataError, match="corridor"):
        case.set("market:TOWN.export", True)
