"""Published problems come out at their published optimum (see ``tests/textbook/README.md`` for units and sources)."""

from __future__ import annotations

from pathlib import Path

import pytest

import energy_routes as er

TEXTBOOK = Path(__file__).parent / "textbook"
OPTIMA = {
    "dantzig": 153.675,
    "transp": 196200.0,
    "net1": 1819.0,
    "american-steel": 15005.0,
    "beer": 8600.0,
    "powerco": 1020.0,
    "belgium": 89.0858,
}
BOOK_UNITS_PER_MUSD = 1000.0


def test_every_folder_has_a_published_optimum() -> None:
    assert {model.parent.name for model in TEXTBOOK.glob("*/model.toml")} == set(OPTIMA)


@pytest.mark.parametrize(("name", "optimum"), OPTIMA.items())
def test_published_optimum(name: str, optimum: float) -> None:
    plan = er.solve(er.load(TEXTBOOK / name / "model.toml"))
    objective, value = plan.objective.name, plan.objective
    assert objective == "cost"
    assert value * BOOK_UNITS_PER_MUSD == pytest.approx(optimum, rel=1e-6)
    assert plan.status == "optimal"


@pytest.mark.parametrize("name", [name for name in OPTIMA if name != "belgium"])
def test_cost_is_the_sum_over_links_and_every_demand_is_met(name: str) -> None:
    """The objective, recomputed from the tidy tables alone: a wrong ledger or a flow out of balance would show."""
    case = er.load(TEXTBOOK / name / "model.toml")
    plan = er.solve(case)
    assert (plan.flows["tariff"] * plan.flows["volume"]).sum() == pytest.approx(plan.objective, rel=1e-9)
    assert plan.obligations["short"].abs().max() == pytest.approx(0.0, abs=1e-9)
    assert plan.supplies["lifted"].sum() == pytest.approx(plan.obligations["required"].sum(), rel=1e-9)


def test_belgium_takes_the_cheapest_gas_first() -> None:
    """1.2 · 0 + (22.012 + 0.96) · 1.68 + 22.146 · 2.28 = 89.0858: the coast gives what is left of 46.318."""
    plan = er.solve(er.load(TEXTBOOK / "belgium" / "model.toml"))
    lifted = (plan.supplies.set_index("node")["lifted"] * BOOK_UNITS_PER_MUSD).to_dict()
    inland = {"ANDERLUES": 1.2, "VOEREN": 22.012, "PERONNES": 0.96}
    assert {node: lifted[node] for node in inland} == pytest.approx(inland)
    assert sum(lifted[node] for node in ("ZEEBRUGGE", "DUDZELE", "LOENHOUT")) == pytest.approx(22.146)
    assert plan.objective.value * BOOK_UNITS_PER_MUSD == pytest.approx(89.0858, abs=1e-4)
    assert set(plan.flows["unit"]) == {"bcm"}


def test_american_steel_ships_the_one_optimal_plan() -> None:
    """Its optimum is unique (each flow's least and most over all optima agree), so every link is compared, in Mt."""
    plan = er.solve(er.load(TEXTBOOK / "american-steel" / "model.toml"))
    assert plan.flows.set_index("arc")["volume"].to_dict() == pytest.approx({
        "YOUNGSTOWN_ALBANY": 1.0,
        "YOUNGSTOWN_CINCINATTI": 3.0,
        "YOUNGSTOWN_KANSAS-CITY": 3.0,
        "YOUNGSTOWN_CHICAGO": 3.0,
        "PITTSBURGH_CINCINATTI": 2.0,
        "PITTSBURGH_KANSAS-CITY": 3.0,
        "PITTSBURGH_CHICAGO": 3.0,
        "PITTSBURGH_GARY": 2.0,
        "CINCINATTI_ALBANY": 2.0,
        "CINCINATTI_HOUSTON": 3.0,
        "KANSAS-CITY_HOUSTON": 4.0,
        "KANSAS-CITY_TEMPE": 2.0,
        "CHICAGO_TEMPE": 2.0,
        "CHICAGO_GARY": 4.0,
    })


def test_half_a_plant_is_infeasible() -> None:
    """Powerco is balanced (125 = 125): with less of a plant the demands cannot be met."""
    case = er.load(TEXTBOOK / "powerco" / "model.toml").scale("supply:PLANT3_SUPPLY", "available", 0.5)
    with pytest.raises(er.InfeasibleError):
        er.solve(case)
