"""Security of supply (N-1), by hand on the toy and by independent routes: enumeration, scipy on the whole programme.

At the hub a tonne is worth 470 on SHORT (6 Mt), 460 and 440 on LONG (3 + 2 Mt); 8 Mt leave, 2 Mt stay; 3840 MUSD.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rest import first
from scipy.optimize import linprog
from toy import months, toy

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.pack.units.periods import periods_of
from energy_routes.plan.plan import Plan
from energy_routes.solving.loop import program_of

TANK = {
    "storages": "id,node,working_volume,opening,closing\nTANK,HUB,3,0,free",
    "obligations": "id,node,volume,value,penalty\nHOME,HUB,2,100,2000",
}


def volume(plan: Plan, arc: str, period: str | None = None) -> float:
    flows = plan.flows[plan.flows["arc"] == arc]
    return float(flows.loc[flows["period"] == period if period else flows["period"] != "", "volume"].sum())


def secured(case: Case, **lever: Any) -> Plan:
    return er.solve(case.with_policy(security={"outages": ["arc:SHORT"], **lever}))


def loss(plan: Plan, outage: str = "arc:SHORT") -> Any:
    (row,) = plan.security[plan.security["outage"] == outage].itertuples()
    return row


def years(case: Case, *which: int) -> Case:
    return replace(case, periods=periods_of(which, "year"))


def scipy_value(case: Case) -> float:
    """The optimum of the whole programme, by another solver's interface and our arrays."""
    p = program_of(case)
    sign = -1.0 if p.sense == "max" else 1.0
    dense = p.matrix.toarray()
    up, down = np.isfinite(p.row_upper), np.isfinite(p.row_lower)
    found = linprog(
        sign * p.cost,
        A_ub=np.vstack([dense[up], -dense[down]]),
        b_ub=np.concatenate([p.row_upper[up], -p.row_lower[down]]),
        bounds=list(zip(p.col_lower, p.col_upper, strict=True)), method="highs-ds",
    )  # fmt: skip
    assert found.status == 0, found.message
    return sign * float(found.fun) + p.offset


def test_preventive_moves_volume_off_what_may_fail(tmp_path: Path) -> None:
    # SHORT may carry half of 8: two tonnes go to LONG, one in its first tier (−10), one in its second (−30).
    plan = secured(toy(tmp_path), mode="preventive", delta=0.5)
    assert (volume(plan, "SHORT"), volume(plan, "LONG")) == pytest.approx((4, 4))
    assert plan.netback == pytest.approx(3800)
    row = loss(plan)
    assert (row.planned, row.lost, row.survives, row.binding) == pytest.approx((8, 4, 0.5, True))
    assert row.price == pytest.approx(30)
    assert plan.certificate["security_premium"] == pytest.approx(40)
    (said,) = [w["message"] for w in plan.warnings if w["code"] == "security"]
    assert "costs 40 MUSD" in said
    assert "arc:SHORT: 50.0% of exports can survive" in said
    assert "binding: arc:SHORT" in said
    assert plan.exports["oil"] == pytest.approx(8)  # held


def test_preventive_counts_only_what_is_above_the_rest_of_the_arc(tmp_path: Path) -> None:
    # Half of SHORT's 6 Mt remains: lost = S − 3 ≤ 0.25·8 gives S = 5.
    plan = secured(toy(tmp_path), mode="preventive", delta=0.25, remaining=0.5)
    assert volume(plan, "SHORT") == pytest.approx(5)
    assert loss(plan).lost == pytest.approx(2)


def test_an_arc_of_a_group_that_is_not_full_makes_no_room_for_another(tmp_path: Path) -> None:
    # Both ways halved: S − 3 and L − 2.5 count apart, though 5.5 of 8 Mt could remain in all.
    plan = secured(toy(tmp_path), mode="preventive", outages=["arc:SHORT & arc:LONG"], remaining=0.5, delta="min")
    assert plan.certificate["security_delta"] == pytest.approx(2.5 / 8, abs=1e-8)


@pytest.mark.parametrize("mode", ["preventive", "corrective"])
def test_the_smallest_loss_that_can_be_had(tmp_path: Path, mode: str) -> None:
    # LONG takes 5 of 8 Mt at most, so 3/8 is lost with SHORT whatever is planned.
    plan = secured(toy(tmp_path), mode=mode, delta="min")
    assert plan.certificate["security_delta"] == pytest.approx(0.375, abs=1e-8)
    assert loss(plan).survives == pytest.approx(0.625, abs=1e-6)
    with pytest.raises(InfeasibleError):
        secured(toy(tmp_path), mode=mode, delta=0.37)


def test_the_smallest_loss_over_every_single_corridor_by_enumeration(tmp_path: Path) -> None:
    # Exports held at 8: the larger of S and 8 − S, over S in 3 … 6, is least at 4.
    plan = secured(toy(tmp_path), mode="preventive", outages=["single:corridor"], delta="min")
    shares = np.linspace(3, 6, 3001)
    assert plan.certificate["security_delta"] == pytest.approx(np.maximum(shares, 8 - shares).min() / 8, abs=1e-8)
    assert set(plan.security["outage"]) == {"corridor:SHORT", "corridor:LONG"}
    assert plan.security["binding"].all()


def test_corrective_reroutes_what_it_can_and_costs_nothing_where_it_can(tmp_path: Path) -> None:
    # With LONG lost, SHORT takes 6 of the 8 planned; with SHORT lost, LONG takes 5.
    plan = secured(toy(tmp_path), outages=["arc:SHORT", "arc:LONG"], delta=0.4)
    assert plan.netback == pytest.approx(3840)
    assert loss(plan).lost == pytest.approx(3)
    assert loss(plan, "arc:LONG").lost == pytest.approx(2)
    assert not plan.security["binding"].any()


def test_corrective_with_exports_free_plans_less(tmp_path: Path) -> None:
    # 5 ≥ 0.7·planned: 50/7 Mt are planned, 6/7 stay in the ground at 450 each.
    plan = secured(toy(tmp_path, exports="free"), delta=0.3)
    assert plan.exports["oil"] == pytest.approx(50 / 7)
    assert plan.netback == pytest.approx(3840 - 6 / 7 * 450)
    # One more tonne lost lets 1/0.7… no: lost ≤ δ·planned + 1 with lost = planned − 5, so planned grows by 1/0.7.
    assert loss(plan).price == pytest.approx(450 / 0.7)


def test_the_price_is_the_slope_of_the_value(tmp_path: Path) -> None:
    case = toy(tmp_path)
    plan = secured(case, mode="preventive", delta=0.45)
    step = 1e-5
    up, down = (secured(case, mode="preventive", delta=0.45 + h).netback for h in (step, -step))
    assert (up - down) / (2 * step) == pytest.approx(loss(plan).price * 8, rel=1e-6)


def test_tightening_never_gains(tmp_path: Path) -> None:
    case = toy(tmp_path)
    values = [secured(case, mode="preventive", delta=d).netback for d in (0.8, 0.7, 0.6, 0.5, 0.4)]
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(3840)


@pytest.mark.parametrize(
    "lever",
    first([
        {"mode": "preventive", "delta": 0.45},
        {"outages": ["single:arc"], "delta": 1.0},
        {"outages": ["arc:SHORT", "corridor:LONG"], "delta": 0.4, "per": "total"},
        {"outages": ["arc:SHORT"], "remaining": 0.5, "per": "market", "delta": 0.5},
    ], 2),
)
def test_scipy_finds_the_same_optimum(tmp_path: Path, lever: dict[str, Any]) -> None:
    case = toy(tmp_path, TANK)
    plan = secured(years(case, 2023, 2024), **lever)
    again = scipy_value(plan.case)
    assert again == pytest.approx(plan.objective.value, rel=1e-8)


def test_per_market_asks_it_of_each(tmp_path: Path) -> None:
    # EAST is reached by SHORT alone: without SHORT it gets nothing, so with δ < 1 nothing may be planned for it.
    plan = secured(toy(tmp_path, exports="free"), per="market", delta=0.9)
    assert volume(plan, "SHORT") == pytest.approx(0)
    east = plan.security[plan.security["market"] == "EAST"].iloc[0]
    assert np.isnan(east["survives"])  # nothing planned, nothing to survive
    # Half of SHORT left: EAST gets 3 of 6, WEST all of its 2.
    plan = secured(toy(tmp_path, exports="free"), per="market", delta=0.5, remaining=0.5)
    table = plan.security.set_index("market")
    assert (table.loc["EAST", "lost"], table.loc["WEST", "lost"]) == pytest.approx((3, 0))
    assert plan.netback == pytest.approx(3840)


def test_tanks_do_not_fill_before_what_nobody_foresees(tmp_path: Path) -> None:
    # Gathering fails in 2024.  Home needs 2 Mt first, whoever foresees it: a tank of 3 leaves 1 for exports.
    case = years(toy(tmp_path, {"storages": TANK["storages"]}), 2023, 2024, 2025)
    lever: dict[str, Any] = {"outages": ["arc:GATHER"], "window": ["2024"], "delta": "min"}
    blind = secured(case, **lever)
    onset = blind.stocks.loc[blind.stocks["period"] == "2023", "closing"].sum()
    assert onset == pytest.approx(0, abs=1e-6)
    assert blind.certificate["security_delta"] == pytest.approx(1)
    assert loss(blind, "arc:GATHER").waived == pytest.approx(2, rel=1e-6)
    foreseen = secured(case, foreseen=True, **lever)
    onset = foreseen.stocks.loc[foreseen.stocks["period"] == "2023", "closing"].sum()
    assert onset == pytest.approx(3, abs=1e-6)
    assert loss(foreseen, "arc:GATHER").waived == pytest.approx(0, abs=1e-6)
    assert loss(foreseen, "arc:GATHER").survives > 0.1


def test_before_the_onset_tanks_hold_what_the_plan_without_security_would(tmp_path: Path) -> None:
    # SHORT is closed in 2025 by an edit, so the plan fills the tank in 2024 anyway; an unforeseen loss of it in 2024
    # must not fill it in 2023.
    case = years(toy(tmp_path, {"storages": TANK["storages"]}, exports="free"), 2023, 2024, 2025)
    plan = secured(case, window=["2024"], delta="min")
    calm = er.solve(case)
    before = [p.stocks.loc[p.stocks["period"] == "2023", "closing"].sum() for p in (plan, calm)]
    assert before[0] <= before[1] + 1e-6


PORT = {
    "nodes": "id,name,kind,country\nFIELD,Field,field,KZ\nHUB,Hub,hub,KZ\nPORT,Port,port,RU\nEAST,East,market,CN\n"
    "WEST,West,market,IT",
    "arcs": """
        id,from,to,name,capacity,tariff
        GATHER,FIELD,HUB,Gathering,20,1
        SHORT,HUB,PORT,Short way,6,20
        SEA,PORT,EAST,Sea leg,9,10
        LONG,HUB,WEST,Long way,5,50
        """,
    "storages": "id,node,working_volume,opening,closing\nTANK,PORT,2,2,opening",
}


def test_preventive_counts_the_stock_behind_the_break(tmp_path: Path) -> None:
    # 2 Mt at the port: SHORT's 6 Mt are lost but 2 of them come out of the tank.  The sea leg is before no tank.
    case = toy(tmp_path, PORT)
    plan = secured(case, mode="preventive", outages=["arc:SHORT", "arc:SEA"], delta=0.8)
    assert loss(plan, "arc:SHORT").lost == pytest.approx(4)
    assert loss(plan, "arc:SEA").lost == pytest.approx(6)


def test_corrective_agrees_on_the_stock_and_the_recovery_asks_it_back(tmp_path: Path) -> None:
    case = years(toy(tmp_path, PORT), 2023, 2024)
    lever: dict[str, Any] = {"window": ["2023"], "delta": "min"}
    # 8 planned in 2023; without SHORT 5 by LONG and 2 out of the tank.
    plan = secured(case, **lever)
    assert plan.certificate["security_delta"] == pytest.approx(1 / 8, abs=1e-8)
    # In 2024 the tank must be refilled from what SHORT can bring (6 Mt): possible, deliveries of 2024 fall by 2.
    again = secured(case, recovery=1, **lever)
    assert again.certificate["security_delta"] == pytest.approx(1 / 8, abs=1e-8)
    assert again.netback == pytest.approx(plan.netback)


def test_lifting_stays_within_the_plan_unless_it_can_swing(tmp_path: Path) -> None:
    # Two fields.  NEAR fails; FAR could lift 4 more, but only what it can swing comes.
    tables = {
        "nodes": "id,name,kind,country\nFIELD,Field,field,KZ\nFAR,Far,field,KZ\nHUB,Hub,hub,KZ\nEAST,East,market,CN\n"
        "WEST,West,market,IT",
        "arcs": """
            id,from,to,name,capacity,tariff
            GATHER,FIELD,HUB,Gathering,20,1
            TRUNK,FAR,HUB,Trunk,20,1
            SHORT,HUB,EAST,Short way,6,30
            LONG,HUB,WEST,Long way,5,50
            """,
        "supplies": """
            id,node,commodity,shipper,available,cost
            NEAR,FIELD,CRUDE,Near Co,8,9
            FAR,FAR,CRUDE,Far Co,9,19
            """,
    }
    # 11 Mt can leave and 2 stay: NEAR lifts 8, FAR (dearer) 5 of its 9.  Without NEAR: 5 − 2 = 3 of 11 survive.
    case = toy(tmp_path, tables)
    plan = secured(case, outages=["arc:GATHER"], delta=1.0)
    assert loss(plan, "arc:GATHER").lost == pytest.approx(8)
    plan = secured(case, outages=["arc:GATHER"], delta=1.0, swing=0.4)
    assert loss(plan, "arc:GATHER").lost == pytest.approx(6)
    # Asked to lose 7 at most, FAR is planned at 6 instead of NEAR, at 10 USD/t more.
    plan = secured(case, outages=["arc:GATHER"], delta=7 / 11)
    assert plan.certificate["security_premium"] == pytest.approx(10, rel=1e-6)


def test_no_less_is_planned_for_a_window_that_nobody_foresees(tmp_path: Path) -> None:
    # A tank at the hub could move exports out of the window, and so lower the share lost in it.
    tank = "id,node,working_volume,opening,closing\nTANK,HUB,9,9,opening"
    more = "id,node,commodity,shipper,available,cost\nCO,FIELD,CRUDE,Co,12,9"
    case = years(toy(tmp_path, {"storages": tank, "supplies": more}), 2023, 2024)
    calm = er.solve(case)
    before = calm.flows[calm.flows["period"] == "2024"].set_index("arc")["volume"]
    plan = secured(case, mode="preventive", window=["2024"], delta="min")
    assert loss(plan).planned >= before["SHORT"] + before["LONG"] - 1e-6


def test_a_country_is_one_loss(tmp_path: Path) -> None:
    tables = {"meters": "kind,group,arc,market,commodity\ncorridor,SHORT,SHORT,,\ncorridor,LONG,LONG,,\n"
              "transit,RU,SHORT,,\ntransit,RU,LONG,,"}
    tables["meters"] = tables["meters"].replace("transit,RU,LONG,,", "terminal,P,SHORT,,\nterminal,P,LONG,,")
    tables["groups"] = ("kind,group,name\ncorridor,SHORT,Short\ncorridor,LONG,Long\ntransit,RU,Russia\n"
                        "terminal,P,Both")
    plan = secured(toy(tmp_path, tables), outages=["terminal:P", "transit:RU"], delta=1.0)
    assert loss(plan, "terminal:P").lost == pytest.approx(8)
    assert loss(plan, "transit:RU").lost == pytest.approx(3)


def test_months_work_as_years_do(tmp_path: Path) -> None:
    plan = secured(months(toy(tmp_path / "dry"), 4), window=["2023-02", "2023-03"], delta="min")
    assert loss(plan).planned == pytest.approx(8 * (28 + 31) / 365, rel=1e-6)
    assert plan.certificate["security_delta"] == pytest.approx(3 / 8, abs=1e-6)
    # With 2 Mt in the port's tank, more than SHORT brings in two months, nothing need be lost.
    plan = secured(months(toy(tmp_path / "wet", PORT), 4), window=["2023-02", "2023-03"], delta="min")
    assert plan.certificate["security_delta"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("lever", "words"),
    [
        ({"delta": 2}, "policy.security.delta"),
        ({"outages": ["arc:SHRT"]}, "SHORT"),
        ({"outages": ["corridr:SHORT"]}, "corridor"),
        ({"window": ["2031"]}, "2031"),
        ({"window": ["2023-02"]}, "whole periods"),
        ({"recovery": 1}, "recovery"),
        ({"mode": "preventive", "per": "market"}, "corrective"),
        ({"modus": "preventive"}, "mode"),
        ({"outages": []}, "nothing that could fail"),
    ],
)
def test_slips_are_told(tmp_path: Path, lever: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        secured(toy(tmp_path), **lever)


def test_what_is_not_there_is_refused_as_soon_as_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"arc:SHRT is not in arcs.*SHORT"):
        toy(tmp_path).with_policy(security={"outages": ["arc:SHRT"]})


def test_levers_of_a_file_and_of_the_command_line(tmp_path: Path) -> None:
    case = toy(tmp_path, model='[policy.security]\noutages = ["arc:SHORT"]\nmode = "preventive"\ndelta = 0.6\n')
    assert case.policy.security is not None
    assert case.policy.security.delta == 0.6
    tighter = case.set("policy.security.delta", "0.5")
    assert er.solve(tighter).netback == pytest.approx(3800)
    assert tighter.policy.security.outages == ("arc:SHORT",)  # type: ignore[union-attr]
    assert case.set("policy.security.delta", "min").policy.security.delta == "min"  # type: ignore[union-attr]
    assert case.set("policy.security", "none").policy.security is None


def test_the_bundled_oil_model_agrees_with_its_share_cap(tmp_path: Path) -> None:
    # Preventive security against one corridor, everything lost, is a cap on that corridor's share.
    case = er.load("oil-2024")
    guarded = secured(case, outages=["corridor:CPC"], mode="preventive", delta=0.75)
    capped = er.solve(case.with_policy(max_exposure={"corridor:CPC": 0.75 * guarded.exports["oil"]}))
    assert guarded.netback == pytest.approx(capped.netback, rel=1e-7)


def test_a_saved_plan_keeps_its_security(tmp_path: Path) -> None:
    from energy_routes.audit.verification import audit, verify
    from energy_routes.results.storing import load as load_result

    plan = secured(toy(tmp_path / "toy"), mode="preventive", delta=0.5)
    plan.save(tmp_path / "out")
    again = load_result(tmp_path / "out")
    assert again.case.policy.security == plan.case.policy.security
    assert again.security["lost"].tolist() == pytest.approx([4])
    verify(tmp_path / "out")
    case = tmp_path / "out" / "inputs" / "case.json"
    case.write_text(case.read_text("utf-8").replace('"delta": 0.5', '"delta": 0.4'), "utf-8")
    assert any(words.startswith("security: arc:SHORT") for words in audit(tmp_path / "out").differences)


def test_home_comes_first_after_a_loss_whatever_exports_may_lose(tmp_path: Path) -> None:
    # NEAR alone is planned (FAR is dearer); without NEAR's line the refinery needs 2 Mt of FAR, so they are planned.
    tables = {
        "nodes": "id,name,kind,country\nFIELD,Field,field,KZ\nFAR,Far,field,KZ\nHUB,Hub,hub,KZ\nEAST,East,market,CN\n"
        "WEST,West,market,IT",
        "arcs": """
            id,from,to,name,capacity,tariff
            GATHER,FIELD,HUB,Gathering,20,1
            TRUNK,FAR,HUB,Trunk,20,1
            SHORT,HUB,EAST,Short way,6,30
            LONG,HUB,WEST,Long way,5,50
            """,
        "supplies": """
            id,node,commodity,shipper,available,cost
            NEAR,FIELD,CRUDE,Near Co,13,9
            FAR,FAR,CRUDE,Far Co,9,19
            """,
    }
    plan = secured(toy(tmp_path, tables), outages=["arc:GATHER"], delta=1.0)
    assert plan.supplies.set_index("supply").loc["FAR", "lifted"] == pytest.approx(2)
    assert plan.certificate["security_premium"] == pytest.approx(20)
    assert loss(plan, "arc:GATHER").lost == pytest.approx(11)


def test_gas_is_no_special_case() -> None:
    plan = secured(er.load("gas-2024"), outages=["single:corridor"], mode="preventive", delta="min")
    assert set(plan.security["unit"]) == {"bcm"}
    worst = plan.security["lost"] / plan.security["planned"]
    assert worst.max() == pytest.approx(plan.certificate["security_delta"], abs=1e-6)


def test_a_loss_of_nothing_can_be_asked_and_found(tmp_path: Path) -> None:
    """The best share lost is 0 where the plan can do without the arc; no speck of rounding becomes a coefficient."""
    tables = {"obligations": "", "supplies": """
        id,node,commodity,shipper,available,cost
        FIELD_CO,FIELD,CRUDE,Field Co,4,9
        """}
    least = secured(toy(tmp_path / "least", tables), mode="preventive", outages=["arc:LONG"], delta="min")
    assert least.certificate["security_delta"] == 0
    for delta in (0.0, 5e-10, 1e-9, 2e-9):
        plan = secured(toy(tmp_path / f"{delta}", tables), mode="preventive", outages=["arc:LONG"], delta=delta)
        assert plan.netback == pytest.approx(least.netback)
        assert loss(plan, "arc:LONG").lost == 0
