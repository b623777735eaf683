"""The benchmarks cannot rot: made networks are sound and the same again, and every peer finds the same optimum.

No time is asserted.  A peer that is not installed is left out (``pip install --group bench`` brings them all).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import benchmarks_page
import figures
import measure
import numpy as np
import pandas as pd
import pytest
from coefficients import Tables
from finished import changes, tables_of
from generate import generate, hubs_for
from peers import LIVE, MODULES, installed, ours, peer
from rest import first
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app
from energy_routes.linear import form_of
from energy_routes.linear.highs import apart
from energy_routes.solving.loop import program_of

HUBS = 8


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("made") / "network", HUBS, seed=3)


@pytest.fixture(scope="module")
def case(made: Path) -> er.Case:
    return er.load(made)


@pytest.fixture(scope="module")
def tables(case: er.Case) -> Tables:
    return tables_of(case)


@pytest.mark.exhaustive
def test_a_made_network_passes_the_check(made: Path) -> None:
    done = CliRunner().invoke(app, ["check", str(made)])
    assert done.exit_code == 0, done.output
    assert "warning" not in done.output.lower()


@pytest.mark.exhaustive
def test_the_same_seed_makes_the_same_bytes(made: Path, tmp_path: Path) -> None:
    again, other = (generate(tmp_path / name, HUBS, seed).parent for name, seed in (("again", 3), ("other", 4)))
    files = {path.name: path.read_bytes() for path in made.parent.iterdir()}
    assert files == {path.name: path.read_bytes() for path in again.iterdir()}
    assert files["arcs.csv"] != (other / "arcs.csv").read_bytes()


@pytest.mark.exhaustive
def test_a_made_network_has_about_the_size_that_is_asked(tmp_path: Path) -> None:
    arcs = er.load(generate(tmp_path / "arcs", hubs_for(arcs=400), seed=1)).network.tables["arcs"]
    assert abs(len(arcs) - 400) < 60
    columns = tables_of(er.load(generate(tmp_path / "columns", hubs_for(2_000, periods="year"), 1, "year"))).columns
    assert abs(len(columns) - 2_000) < 300


@pytest.mark.parametrize(("made", "blocks"), first([({"tanks": False}, 12), ({"packs": 2}, 2), ({}, 1)], 1))
def test_a_made_network_can_be_of_blocks_that_share_nothing(
    made: dict[str, Any], blocks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = generate(tmp_path / "network", 2 * HUBS, seed=3, **made)
    assert CliRunner().invoke(app, ["check", str(model)]).exit_code == 0
    monkeypatch.setattr(apart, "SMALL", 1)
    form = form_of(program_of(er.load(model)))
    assert sum(len(columns) > 50 for columns, _ in apart.blocks_of(form)) == blocks


def test_a_made_network_uses_what_the_rules_know(case: er.Case) -> None:
    plan = er.solve(case)
    assert plan.exports["oil"] > 0
    assert {"market", "storage", "supply"} <= set(plan.prices.table.query("price > 0")["kind"])


@pytest.mark.parametrize("name", MODULES)
def test_every_peer_finds_the_same_optimum(name: str, case: er.Case, tables: Tables) -> None:
    if name not in installed():
        pytest.skip(f"{name} is not installed")
    found = peer(name).solve(tables)
    assert found.objective == pytest.approx(ours.solve(case).objective, rel=1e-8)
    known = found.values.notna().to_numpy()
    assert tables.columns["block"][~known].isin(["exports", "exposure"]).all()
    cost = tables.columns["cost"].to_numpy()
    assert cost[known] @ found.values.to_numpy()[known] == pytest.approx(found.objective, rel=1e-8)


def test_the_stages_by_highspy_end_at_our_plan(case: er.Case, tables: Tables) -> None:
    found = peer("highspy").staged(tables)
    flows = er.solve(case).flows
    ours_by_name = flows.set_index(flows["arc"] + "/" + flows["commodity"] + "/" + flows["period"])["volume"]
    lanes = tables.columns[tables.columns["block"] == "flow"]
    theirs = pd.Series(found.values.to_numpy()[lanes.index], index=lanes["item"] + "/" + lanes["period"])
    assert theirs.to_numpy() == pytest.approx(ours_by_name[theirs.index].to_numpy(), abs=1e-5)


@pytest.mark.parametrize("kind", ["bounds", "costs"])
def test_every_peer_takes_changes_in_any_order(kind: str, case: er.Case, tables: Tables) -> None:
    asked = getattr(figures, kind)(case)[:3]
    expected = ours.live(case)(asked)
    assert len({round(value, 3) for value in expected}) == 3
    others = changes(tables, [tables_of(figures.changed(case, one)) for one in asked])
    for name in installed():
        again = peer(name).live(tables)
        order = (0, 1, 2, 0) if name in LIVE else (1,)
        assert [again(others[i]) for i in order] == pytest.approx([expected[i] for i in order], rel=1e-8), name


def test_measuring_refuses_unequal_objectives() -> None:
    ways = [measure.Way("one", lambda: [1.0]), measure.Way("two", lambda: [1.0 + 1e-6])]
    with pytest.raises(ValueError, match="equal objectives are expected"):
        list(measure.interleaved("whole", "a question", ways, 1))


def test_what_is_measured_is_a_median_of_milliseconds_each() -> None:
    rows = list(measure.interleaved("whole", "a question", [measure.Way("idle", lambda: [np.nan])], 3))
    assert [(row["way"], row["least"] <= row["ms"] <= row["most"]) for row in rows] == [("idle", True)]


def test_the_page_is_what_the_results_say() -> None:
    results = json.loads(measure.RESULTS.read_text("utf-8"))
    assert benchmarks_page.PAGE.read_text("utf-8") == benchmarks_page.page(results)
