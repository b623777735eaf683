"""The cost of caps and losses in its two parts, on toys solved by hand; where it joins: print, JSON, disk, verify."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rest import first
from test_hhi import SETS
from toy import months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.audit.checks import premium as check
from energy_routes.cli.app import app
from energy_routes.results.summary import summary_of
from energy_routes.studies.comparison import compare

# 2 Mt go home; the other 8: SHORT 6 at 470 USD/t, LONG 2 at 460; all barrels cost 10 USD to gather and lift.
FREE = 2 * 100 + 6 * 470 + 2 * 460 - 10 * 10


def test_nothing_is_asked_and_nothing_is_said(tmp_path: Path) -> None:
    plan = er.solve(toy(tmp_path))
    assert plan.premium is None
    assert summary_of(plan)["premium"]["cost"] is None


@pytest.mark.parametrize("period", [False, True])
def test_exports_held_cost_no_output(tmp_path: Path, period: bool) -> None:
    """Half of 8 Mt by SHORT: 2 Mt more by LONG, 1 in tier 1 (10 USD/t less) and 1 in tier 2 (30 less)."""
    case = months(toy(tmp_path), 12) if period else toy(tmp_path)
    premium = er.solve(case.with_policy(max_share={"transit:RU": 0.5})).premium
    assert premium is not None
    assert premium["base"] == pytest.approx(FREE)
    assert (premium["cost"], premium["rerouting"], premium["shut_in"]) == pytest.approx((40, 40, 0), abs=1e-5)
    assert premium["usd_per_t"] == pytest.approx(40 / 8)
    assert premium["shut_in_volume"] == pytest.approx({"oil": 0})


def test_the_trap_of_exports_free(tmp_path: Path) -> None:
    """At 20 % LONG is full with 5 Mt and SHORT may carry 1.25: 1.75 Mt stay in the ground.

    With so little lifted and no cap, LONG would carry 0.25 Mt instead of 2: lost 1.75 · 450.  The rest of the cost is
    re-routing: LONG carries 4.75 more, 2.75 of it in tier 1 (10 USD/t less than SHORT) and 2 in tier 2 (30 less).
    Read as one number, 875 MUSD over 6.25 Mt, the price of diversification would be ten times too high.
    """
    premium = er.solve(toy(tmp_path, exports="free", max_share={"transit:RU": 0.2})).premium
    assert premium is not None
    assert premium["shut_in"] == pytest.approx(1.75 * 450, rel=1e-6)
    assert premium["rerouting"] == pytest.approx(2.75 * 10 + 2 * 30, rel=1e-5)
    assert premium["cost"] == pytest.approx(premium["shut_in"] + premium["rerouting"])
    assert premium["shut_in_volume"] == pytest.approx({"oil": 1.75})


def test_security_and_least_cost(tmp_path: Path) -> None:
    """At most a quarter of 8 Mt may be lost with SHORT: what LONG can carry after it, 5 of 6.67 Mt, so 1.33 stay."""
    plan = er.solve(toy(tmp_path / "a", exports="free", security={"outages": ["arc:SHORT"], "delta": 0.25}))
    assert plan.premium is not None
    assert plan.premium["shut_in"] == pytest.approx(4 / 3 * 450, rel=1e-6)
    assert plan.premium["rerouting"] == pytest.approx(0, abs=1e-4)
    cheap = er.solve(toy(tmp_path / "b", objective="cost", max_share={"transit:RU": 0.5})).premium
    assert cheap is not None
    assert (cheap["cost"], cheap["shut_in"]) == pytest.approx((2 * 20, 0), abs=1e-5)  # 2 Mt at 50 instead of 30 USD/t


def test_a_lost_way_against_the_plan_before(tmp_path: Path) -> None:
    """Without SHORT 5 Mt are left; see test_stress for the same numbers."""
    case = toy(tmp_path)
    both = compare(er.solve(case), er.solve(case.without("SHORT")))
    assert both.cost is not None
    assert (both.cost.shut_in, both.cost.rerouting) == pytest.approx((2 * 450 + 460, 3 * 10 + 2 * 30))
    assert both.sentences()[1].endswith("(1.36 bn USD by shutting in, 90.0 MUSD by re-routing)")
    capped = er.solve(case.with_policy(max_share={"transit:RU": 0.5}))
    assert compare(capped, er.solve(case)).cost is None


def test_printed_saved_and_verified(tmp_path: Path) -> None:
    model = write(tmp_path / "model")
    cap = ["--set", "policy.max_share.transit:RU=0.2", "--set", "policy.exports=free"]
    text = CliRunner().invoke(app, ["solve", str(model), *cap, "--out", str(tmp_path / "out")]).stdout
    assert "Caps cost 875.0 MUSD (140.00 USD/t exported): 87.5 for re-routing, 787.5 for 1.750 Mt shut in." in (
        " ".join(text.split()))
    folder = tmp_path / "out"
    assert er.Plan.load(folder).premium == json.loads((folder / "certificate.json").read_text("utf-8"))["premium"]
    er.verify(folder)


def test_a_cap_on_emissions_is_a_cap(tmp_path: Path) -> None:
    model = write(tmp_path / "model", {"emissions": "family,mode,per_km,per_unit\noil,pipeline,5,1"})
    asked = ["solve", str(model), "--set", "policy.max_emissions=9"]
    assert "Caps cost nothing." in CliRunner().invoke(app, asked).stdout.replace("\n", " ")


def test_a_wrong_part_is_found(tmp_path: Path) -> None:
    from energy_routes.audit import files
    from energy_routes.audit.facts import Facts
    from energy_routes.audit.report import Findings

    er.solve(toy(tmp_path, exports="free", max_share={"transit:RU": 0.2})).save(tmp_path / "out")
    saved = files.read_all(tmp_path / "out", Findings())
    assert saved is not None
    for name in ("cost", "base", "rerouting", "shut_in", "usd_per_t"):
        kept = {**saved.certificate["premium"], name: saved.certificate["premium"][name] * 1.01}
        forged = replace(saved, certificate={**saved.certificate, "premium": kept},
                         summary={**saved.summary, "premium": {**saved.summary["premium"], name: kept[name]}})
        found = Findings()
        check.check(forged, Facts(tmp_path / "out" / "inputs"), found)
        assert found.differences, name


@pytest.mark.parametrize(("lever", "words"), first([
    ({"max_share": {"transit:RU": 0.3}}, r"the share of transit:RU cannot go below 0\.3750 \(asked: 0\.3\)"),
    ({"max_share": {"transit:RU": {"cap": 0.3, "over": "period"}}}, r"cannot go below 0\.3750 in every period"),
    ({"max_exposure": {"corridor:SHORT": 2}}, r"the volume of corridor:SHORT cannot go below 3 a year \(asked: 2\)"),
    ({"max_exposure": {"corridor:SHORT": {"cap": 2, "over": "period"}}}, r"cannot go below 3 a year in every period"),
    ({"max_hhi": {"corridor": 0.49}}, r"the HHI over corridor cannot go below 0\.50"),
    ({"max_hhi": {"transit_set:risk": 0.01}}, r"the HHI over transit_set:risk cannot go below 0\.\d+"),
    ({"security": {"outages": ["arc:SHORT"], "delta": 0.1}}, r"lost after a single loss cannot go below 0\.3750"),
], 4))  # fmt: skip
def test_what_cannot_be_met_is_told_with_the_tightest_that_can(tmp_path: Path, lever: Any, words: str) -> None:
    """8 Mt must leave and LONG takes 5: SHORT keeps 3 of 8.  Where the cap is by month, months are alike."""
    case = toy(tmp_path, SETS if "max_hhi" in lever else None)
    case = months(case, 3) if "period" in str(lever) else case
    with pytest.raises(er.InfeasibleError, match=words):
        er.solve(case.with_policy(**lever))
