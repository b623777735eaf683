"""One plan among many: least tonne-km, then deliveries nearest to pro rata, then flows spread over capacity."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from toy import burnt, toy

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.formulation.space.space import build_space
from energy_routes.solving import canonical_plan
from energy_routes.solving.canonical_plan import tonne_km
from energy_routes.solving.loop import program_of, solve, stated

WAYS: list[dict[str, object]] = [{"seed": 11}, {"presolve": False}, {"method": "ipm"}, {"method": "simplex"}]
# Two lines to one market; what is left of 10 Mt after the 2 Mt of home goes over them.
TWINS = {
    "nodes": "id,name,kind,country\nFIELD,Field,field,KZ\nHUB,Hub,hub,KZ\nEAST,East,market,CN",
    "arcs": """
        id,from,to,name,capacity,tariff,length_km
        GATHER,FIELD,HUB,Gathering,20,1,10
        A,HUB,EAST,Way A,{a},30,{to_a}
        B,HUB,EAST,Way B,{b},30,{to_b}
        """,
    "markets": "id,node,name,price\nEAST,EAST,East,500",
    "tiers": "",
    "groups": "",
    "meters": "",
}
# Two grades, either of which can serve home or be sold: 8 Mt of LIGHT and 4 of HEAVY for 3 Mt at home.
GRADES = {
    **TWINS,
    "commodities": "id,name,family,bbl_per_t\nLIGHT,Light,oil,7.5\nHEAVY,Heavy,oil,7.5",
    "supplies": """
        id,node,commodity,shipper,available,cost
        LIGHT_CO,FIELD,LIGHT,Light Co,8,9
        HEAVY_CO,FIELD,HEAVY,Heavy Co,4,9
        """,
    "obligations": "id,node,volume,value\nHOME,HUB,3,100",
    "arcs": """
        id,from,to,name,capacity,tariff,length_km
        GATHER,FIELD,HUB,Gathering,20,1,10
        A,HUB,EAST,Way A,20,30,1000
        """,
}


def twins(folder: Path, a: object = 6, b: object = 6, to_a: int = 1000, to_b: int = 1000) -> Case:
    return toy(folder, {**TWINS, "arcs": TWINS["arcs"].format(a=a, b=b, to_a=to_a, to_b=to_b)})


def over(case: Case, **options: object) -> tuple[float, float]:
    """What each of the two lines carries."""
    flows = solve(case, **options).flows.set_index("arc")["volume"]  # type: ignore[arg-type]
    return float(flows["A"]), float(flows["B"])


def at_home(case: Case, **options: object) -> dict[str, float]:
    """What each grade gives to the home refinery."""
    served = solve(case, **options).obligations  # type: ignore[arg-type]
    return dict(zip(served["commodity"], served["volume"].astype(float), strict=True))


def test_of_two_ways_that_pay_alike_the_shorter_fills(tmp_path: Path) -> None:
    assert over(twins(tmp_path / "a", to_a=900)) == pytest.approx((6, 2))
    assert over(twins(tmp_path / "b", to_b=900)) == pytest.approx((2, 6))


@pytest.mark.parametrize(("a", "b", "carried"), [
    (6, 6, (4, 4)),
    (9, 3, (6, 2)),  # in proportion to capacity
    (20, 5, (6.4, 1.6)),
    (4, 8, (8 / 3, 16 / 3)),
    (9, 0.5, (7.5, 0.5)),  # a line narrower than 1 Mt a year counts as one of 1: 7.2 to 0.8, of which it can take 0.5
    (10, "unlimited", (4, 4)),  # a line without limit counts with all that can be lifted, 10 Mt
])  # fmt: skip
def test_lines_alike_carry_in_proportion_to_their_capacity(
    tmp_path: Path, a: object, b: object, carried: tuple[float, float]
) -> None:
    assert over(twins(tmp_path, a, b)) == pytest.approx(carried, abs=1e-9)


@pytest.mark.parametrize("options", WAYS)
def test_no_way_of_solving_changes_what_is_picked(tmp_path: Path, options: dict[str, object]) -> None:
    case = twins(tmp_path / "twins", 9, 3)
    assert over(case, **options) == pytest.approx((6, 2), abs=1e-12)
    assert at_home(toy(tmp_path / "grades", GRADES), **options) == pytest.approx({"LIGHT": 2, "HEAVY": 1}, abs=1e-12)


def test_suppliers_serve_home_in_proportion_to_what_they_can_lift(tmp_path: Path) -> None:
    assert at_home(toy(tmp_path, GRADES)) == pytest.approx({"LIGHT": 2, "HEAVY": 1}, abs=1e-9)


def test_a_grade_counts_with_those_suppliers_that_it_can_come_from(tmp_path: Path) -> None:
    """12 Mt more of LIGHT, from which no line leads to home, change nothing there."""
    tables = {
        **GRADES,
        "nodes": GRADES["nodes"] + "\nFAR,Far,field,KZ\nWEST,West,market,IT",
        "supplies": GRADES["supplies"] + "FAR_CO,FAR,LIGHT,Far Co,12,9\n",
        "arcs": GRADES["arcs"] + "AWAY,FAR,WEST,Away,20,30,1000\n",
        "markets": GRADES["markets"] + "\nWEST,WEST,West,500",
    }
    case = toy(tmp_path, {name: textwrap.dedent(text) for name, text in tables.items()})
    assert at_home(case) == pytest.approx({"LIGHT": 2, "HEAVY": 1}, abs=1e-9)


def test_the_pick_gives_up_no_money(tmp_path: Path) -> None:
    # LONG is 3000 km and still carries the 2 Mt that SHORT cannot.
    plan = solve(toy(tmp_path))
    assert plan.objective.value == pytest.approx(3840, rel=1e-12)


def test_tonne_km_counts_lanes_only(tmp_path: Path) -> None:
    space, program = build_space(toy(tmp_path)), program_of(toy(tmp_path))
    weight = dict(zip(program.column_names(), tonne_km(space, program.shape[1]), strict=True))
    assert weight["flow.SHORT.CRUDE.2023"] == pytest.approx(1.001)
    assert weight["flow.LONG.CRUDE.2023"] == pytest.approx(3.001)
    assert sum(weight.values()) == pytest.approx(0.011 + 1.001 + 3.001)


def test_where_the_nearest_is_not_found_the_plan_is_optimal_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_of_several: list[str]
) -> None:
    monkeypatch.setattr(canonical_plan, "nearest", lambda *_: None)
    plan = solve(twins(tmp_path, to_b=1100))
    assert dict(zip(plan.flows["arc"], plan.flows["volume"], strict=True)) == {"GATHER": 10, "A": 6, "B": 2}
    assert one_of_several == [
        "the plan is one of several that are equally good: the nearest to pro rata was not found"
    ]
    one_of_several.clear()


@pytest.mark.parametrize(("to_a", "to_b", "exported"), [(1000, 2000, 8.0), (2000, 1000, 4.0)])
def test_the_exports_held_are_those_of_the_one_plan(tmp_path: Path, to_a: int, to_b: int, exported: float) -> None:
    case = burnt(tmp_path, to_a, to_b, max_share={"corridor:A": 1.0})
    plan = solve(case)
    assert plan.exports["oil"] == pytest.approx(exported)
    for space, _ in (stated(case), er.compile(case).stated(case)):
        assert space.held == pytest.approx({"oil": exported})
    plan.save(tmp_path / "plan")
    assert er.verify(tmp_path / "plan").passed
