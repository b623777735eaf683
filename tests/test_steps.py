"""Plans to step through on the map: the atlas's and the frontier's own numbers, as whole plans."""

from __future__ import annotations

from pathlib import Path

import pytest
import toy

import energy_routes as er
from energy_routes.answer.words import Words
from energy_routes.case.disruptions.outages import outages_of
from energy_routes.studies.curves.steps import frontier_steps, spread, stress_steps
from energy_routes.studies.outages.shock import Shock


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> er.Case:
    return toy.toy(tmp_path_factory.mktemp("toy"))


def test_the_plan_after_a_loss_is_the_atlass_own(case: er.Case) -> None:
    # Calm: 2 Mt at home, 6 by SHORT, 2 by LONG.  SHORT is lost: 2 at home, 5 by LONG (its capacity), 3 in the ground.
    shock = Shock(case, 0)
    (outage,) = outages_of(case.network, ["arc:SHORT"], case.periods, 0.0)
    plan = shock.plan_after(outage, {"2023": 1.0})
    assert plan is not None
    arcs = plan.arcs.set_index("arc")
    assert arcs["volume"].to_dict() == pytest.approx({"GATHER": 7.0, "SHORT": 0.0, "LONG": 5.0})
    assert arcs.loc["SHORT", "capacity"] == 0.0
    assert plan.supplies["shut_in"].sum() == pytest.approx(3.0)
    row = er.stress(case, ["arc:SHORT"]).outages.iloc[0]
    assert plan.netback == pytest.approx(shock.netback - row["loss"])
    # One more tonne by LONG: 440 at the hub, less 1 of gathering and 9 of lifting.
    assert arcs.loc["LONG", "price"] == pytest.approx(430.0)


def test_what_is_left_of_a_line_is_its_capacity(case: er.Case) -> None:
    shock = Shock(case, 0)
    (outage,) = outages_of(case.network, ["arc:SHORT"], case.periods, 0.5)
    plan = shock.plan_after(outage, {"2023": 1.0})
    assert plan is not None
    short = plan.arcs.set_index("arc").loc["SHORT"]
    assert (short["capacity"], short["volume"], short["utilisation"]) == pytest.approx((3.0, 3.0, 1.0))


def test_months_before_the_onset_have_no_price(case: er.Case) -> None:
    months = toy.months(case)
    shock = Shock(months, 1)
    (outage,) = outages_of(months.network, ["arc:SHORT"], months.periods, 0.0)
    plan = shock.plan_after(outage, {"2023-02": 1.0})
    assert plan is not None
    prices = plan.prices.table.set_index(["kind", "limit", "period"])["price"]
    assert prices["capacity", "LONG", "2023-01"] == 0.0
    assert prices["capacity", "LONG", "2023-02"] > 0.0
    volumes = plan.arcs.set_index(["arc", "period"])["volume"]
    assert volumes["SHORT", "2023-01"] == pytest.approx(er.solve(months).arcs.set_index(["arc", "period"])["volume"]
                                                        ["SHORT", "2023-01"])


def test_losses_of_one_effect_are_one_step(case: er.Case) -> None:
    plan, steps = stress_steps(er.stress(case))
    labels = [label for label, _, _ in steps]
    assert sum("Short" in label or "Russia" in label for label in labels) == 1  # SHORT, its corridor and RU are one
    assert plan.netback == pytest.approx(er.solve(case).netback)
    losses = [plan.netback - after.netback for _, after, _ in steps]
    assert losses == sorted(losses, reverse=True)
    assert all("MUSD lost" in note for _, _, note in steps)


def test_a_frontier_is_stepped_through_at_its_kinks(case: er.Case) -> None:
    held = case.with_policy(exports="hold")
    found = er.frontier(held, "policy.max_share.transit:RU", 1.0, 0.0)
    plan, steps = frontier_steps(found)
    assert len(steps) == len(found.points)
    assert steps[0][0] == "Russia ≤ 100.0\u00a0%"
    for (_, after, note), point in zip(steps, found.points.to_dict("records"), strict=True):
        assert after.netback == pytest.approx(point["netback"])
        assert note.startswith(f"Costs {Words.of('en').number(point['cost'], 1)} MUSD")
    assert plan.netback == pytest.approx(found.points["netback"].iloc[0])  # a cap of 100 % asks for nothing
    assert (spread(4, 12), spread(23, 3), spread(1, 12)) == ([0, 1, 2, 3], [0, 11, 22], [0])


def test_the_command_line_writes_the_steps(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from energy_routes.cli.app import app

    model = toy.write(tmp_path / "toy")
    page = tmp_path / "steps.html"
    outcome = CliRunner().invoke(app, ["stress", str(model), "--kind", "arc:LONG", "--map", str(page), "--quiet"])
    assert outcome.exit_code == 0, outcome.stderr
    assert '"kind":"steps"' in page.read_text("utf-8")
    for verb in (["stress", str(model)], ["frontier", str(model), "--over", "policy.max_share.transit:RU"]):
        outcome = CliRunner().invoke(app, [*verb, "--map", str(tmp_path / "steps.png")])
        assert outcome.exit_code == 2
        assert ".html" in outcome.stderr
