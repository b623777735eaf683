"""``expand``: the best builds at each budget against every set of builds tried in turn, on the toy and on real data."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from test_builds import RATE, WITH, fixed
from toy import toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.solving.loop import program_of, stated
from energy_routes.studies.expansion import Expansion


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Expansion:
    return er.expand(toy(tmp_path_factory.mktemp("expand"), WITH, exports="free"), [0, 100, 1100, 2500])


def test_each_budget_builds_what_was_found_by_hand(found: Expansion) -> None:
    """WIDER brings 1840 − 14.017, one NEW 1425 − 140.168, two leave 1 Mt of LONG idle: 2385 − 280.336 for both.

    Nothing, WIDER, WIDER and NEW: 5150, then as in test_builds.  With both NEW only 22 Mt are there for 23: 9085.647.
    """
    first, second = 1840 - 100 * RATE, 1840 + 1425 - 1100 * RATE
    gains = [0, first, second, 9085.647048 - 5150]
    assert list(found.steps["gain"]) == pytest.approx(gains)
    assert list(found.steps["spent"]) == [0, 100, 1100, 2100]
    assert list(found.steps["netback"]) == pytest.approx([5150 + gain for gain in gains])
    assert list(found.steps["average"])[1:] == pytest.approx([first / 100, second / 1100, gains[3] / 2100])
    assert list(found.steps["marginal"])[1:] == pytest.approx(
        [first / 100, (second - first) / 1000, (gains[3] - second) / 1400]
    )
    assert (found.steps["bound"] >= found.steps["gain"] - 1e-6).all()
    adds = ["", "Wider long way, from 2023", "New way, 1 from 2023", "New way, 2 from 2023"]
    assert list(found.steps["adds"]) == adds


def test_the_worth_of_an_option_is_the_loss_without_it(found: Expansion) -> None:
    """Without WIDER there is no NEW: all is lost.  Without NEW the gain of WIDER is left."""
    worth = found.worth.set_index("option")
    gain = found.steps["gain"].iloc[-1]
    assert worth.loc["WIDER", "loss"] == pytest.approx(gain)
    assert worth.loc["NEW", "loss"] == pytest.approx(gain - (1840 - 100 * RATE))
    assert worth.loc["NEW", "usd_per_unit"] == pytest.approx(worth.loc["NEW", "loss"] / 6)
    assert worth.loc["NEW", "per_musd"] == pytest.approx(worth.loc["NEW", "loss"] / 2000)


def test_what_does_not_pay_is_told_what_it_may_cost(tmp_path: Path) -> None:
    """NEW at 20,000 MUSD each: two would bring 9365.983 − 6975.983 = 2390 a year, which pays for 2390 / 0.14016807."""
    case = toy(tmp_path, WITH, exports="free").set("option:NEW.capex", 20_000)
    entry = er.expand(case, [50_000]).entry.set_index("option")
    assert list(entry.index) == ["NEW"]
    assert entry.loc["NEW", "capex"] == pytest.approx(40_000)
    assert entry.loc["NEW", "loss"] == pytest.approx(40_000 * RATE - 2390)
    assert entry.loc["NEW", "break_even"] == pytest.approx(2390 / RATE)


def test_the_study_is_saved_and_drawn(found: Expansion, tmp_path: Path) -> None:
    saved = json.loads((found.save(tmp_path / "study") / "expand.json").read_text("utf-8"))
    assert [step["budget"] for step in saved["steps"]] == [0, 100, 1100, 2500]
    assert {build["option"] for build in saved["builds"]} == {"WIDER", "NEW"}
    assert found.plot().get_title(loc="left").startswith("Toy")


def test_the_verb_prints_a_table_and_json(tmp_path: Path) -> None:
    model = str(write(tmp_path, WITH))
    shown = CliRunner().invoke(app, ["expand", model, "--budget", "0,100"])
    assert shown.exit_code == 0, shown.output
    assert "100 MUSD: Wider long way, from 2023" in shown.stdout
    assert "a MUSD more" in shown.stdout  # of budget: 1,000 MUSD more of which 900 are spent bring less a MUSD
    parts = WITH | {"options": WITH["options"].replace("project", "continuous")}
    shown = CliRunner().invoke(app, ["expand", str(write(tmp_path / "parts", parts)), "--budget", "0,1600"])
    assert "New way, 4.5 Mt/y from 2023" in shown.stdout, shown.stdout
    told = CliRunner().invoke(app, ["expand", model, "--to", "1100", "--steps", "1", "--json"])
    assert [step["spent"] for step in json.loads(told.stdout)["steps"]] == [0, 1100]
    wrong = CliRunner().invoke(app, ["expand", model, "--budget", "a"])
    assert wrong.exit_code == 2


def test_where_nothing_can_be_built_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no options to build"):
        er.expand(toy(tmp_path))


def test_a_case_without_a_plan_unless_it_builds_is_told_who_answers_it() -> None:
    words = "^russian-transit-80: without builds no plan .*energy-routes solve"
    with pytest.raises(InfeasibleError, match=words) as told:
        er.expand(er.load("russian-transit-80"), [500])
    assert [row["unit"] for row in told.value.relaxations] == ["Mt"]
    assert len(told.value.conflict) > 1
    er.solve(er.load("russian-transit-80").set("policy.build.budget", 500))


@pytest.mark.exhaustive
def test_no_set_of_builds_is_better_on_real_data() -> None:
    """Crude of 2026 with the Caspian terminal on one mooring: the eight sets of three projects, tried in turn."""
    options = ["kenkiyak-kumkol", "eskene-kuryk", "btc-7"]
    case = er.load("oil-2026").set("arc:CPC_SPM.capacity", 42)
    case = case.with_policy(build={"options": options, "earliest": "waived", "budget": 1600}, exports="free")
    program = program_of(case)
    values = {
        units: fixed(program, dict(zip(options, units, strict=True)))
        for units in itertools.product((0.0, 1.0), repeat=len(options))
    }
    assert values[1.0, 1.0, 0.0] == -np.inf  # 1700 MUSD
    found = er.expand(case, [1600])
    assert found.steps["netback"].iloc[0] == pytest.approx(max(values.values()), rel=1e-9)
    assert found.steps["gain"].iloc[0] == pytest.approx(max(values.values()) - values[0.0, 0.0, 0.0], rel=1e-6)


def test_both_packs_state_their_options_and_factors() -> None:
    """The chain over the Caspian, charges of the levelised rule, and an arc for each option that opens one."""
    case = er.load("gas-2024").with_policy(build={"earliest": "waived"})
    space, _ = stated(case)
    frame = space.built.axis.frame.set_index("option")
    assert frame.loc["bbs-second", "charge"] == pytest.approx(6000 * RATE)
    needs = case.network.tables["options"].set_index("id")["requires"]
    assert set(needs["trans-caspian-kz"]) == {"beineu-aktau", "scpfx", "tanap-24", "tanap-31", "tap-20"}
    assert set(needs["tanap-31"]) == {"tanap-24"}
    # Where no capex is published it is the full tariff backwards: 28 USD/1000 m3 at 5 bcm a year.
    assert frame.loc["scpfx", "charge"] / 5 == pytest.approx(28, abs=0.02)


def test_builds_of_least_regret_are_those_of_every_set_tried(tmp_path: Path) -> None:
    """One build for two futures, 22 Mt and 11 Mt: what would bring 3,111 MUSD in one hardly serves the other.

    With 11 Mt nothing pays: 3 Mt save 45 USD/t by the new way, so the regret is 1100 × 0.14016807 − 135 = 19.2.
    """
    quiet = toy(tmp_path, WITH, exports="free", build={"budget": 1100})
    cases = {"quiet": quiet, "cut": quiet.set("supply:FIELD_CO.available", 11)}
    sets = [{"WIDER": w, "NEW": n} for w, n in ((0, 0), (1, 0), (1, 1))]
    values = {name: [fixed(program_of(case), units) for units in sets] for name, case in cases.items()}
    largest = [max(max(v) - v[at] for v in values.values()) for at in range(len(sets))]
    found = er.regret(cases)
    assert found.least == pytest.approx(min(largest), abs=1e-6)
    assert found.least == pytest.approx(1100 * RATE - 135)
    best_set = sets[int(np.argmin(largest))]
    built = found.builds[found.builds["criterion"] == "regret"].set_index("option")["built"].to_dict()
    assert built == best_set
