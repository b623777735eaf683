"""Prices: one-sided derivatives, each against a fresh solve with its bound moved; also where a dual is one of many."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy import best, months, toy

from energy_routes.answer.words import Words
from energy_routes.audit.verification import audit
from energy_routes.case.case import Case
from energy_routes.cli.tables.limit_view import worth
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.linear.highs.session import Session
from energy_routes.linear.sensitivity.moves import Vertex
from energy_routes.linear.sensitivity.slopes import Slopes
from energy_routes.linear.solution import Solution, Status
from energy_routes.plan import NOT_FOUND, limits
from energy_routes.plan.plan import Plan
from energy_routes.report.sections import money
from energy_routes.report.subject import Subject
from energy_routes.results import read_table, summary_of, write_table
from energy_routes.results.summary import binding
from energy_routes.solving.loop import solve, stated
from energy_routes.solving.prices import marginal_prices as prices

H = 1e-4
STEADY = {"obligations": "", "supplies": "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,20,9"}


def price(plan: Plan, kind: str, limit: str) -> float:
    table = plan.prices[kind]
    (value,) = table.loc[table["limit"] == limit, "price"]
    return float(value)


def row(plan: Plan, kind: str, limit: str) -> dict[str, Any]:
    """The one row of a limit of one period."""
    (found,) = plan.prices[kind][plan.prices[kind]["limit"] == limit].to_dict("records")
    return {str(key): value for key, value in found.items()}


def tight(plan: Plan, target: str) -> dict[str, Any]:
    """The row of a limit over the year."""
    (found,) = binding(plan)[binding(plan)["target"] == target].to_dict("records")
    return {str(key): value for key, value in found.items()}


def slope(case: Case, *moves: tuple[str, float], by: float = H) -> float:
    """(V(b + h) − V(b)) / h by fresh solves, with every path moved from the value given."""
    moved = case
    for path, value in moves:
        moved = moved.set(path, value + by)
    return (best(moved).value - best(case).value) / abs(by)


def test_prices_of_the_toy(tmp_path: Path) -> None:
    # One more tonne: of SHORT 470 − 460; of oil 460 − 10 (LONG's first tier); owed at home 100 − 460.
    plan = solve(toy(tmp_path))
    assert price(plan, "capacity", "SHORT") == pytest.approx(10)
    assert price(plan, "capacity", "LONG") == 0
    assert price(plan, "supply", "FIELD_CO") == pytest.approx(450)
    assert price(plan, "obligation", "HOME") == pytest.approx(-360)
    assert price(plan, "market", "WEST") == 0


@pytest.mark.parametrize("available", [11, 11.0])
def test_a_kink_has_the_price_of_the_next_tonne(tmp_path: Path, available: float) -> None:
    # 11 lifted: SHORT 6, LONG 3 = its first tier exactly.  Any supply price from 430 to 450 is a dual; the next tonne
    # goes to the second tier: 440 − 10 = 430.  One more of SHORT frees a tonne of the first tier: 470 − 460.
    # One more of tier 1 has nobody to take it: 0 to the right (the dual could be anything from 0 to 20).
    plan = solve(toy(tmp_path).set("supply:FIELD_CO.available", available))
    assert price(plan, "supply", "FIELD_CO") == pytest.approx(430)
    assert price(plan, "capacity", "SHORT") == pytest.approx(10)
    assert price(plan, "market", "WEST") == pytest.approx(0)
    assert price(plan, "obligation", "HOME") == pytest.approx(100 - 460)  # one more at home is one less in tier 1


def test_two_limits_that_bind_together_are_worth_nothing_alone(tmp_path: Path) -> None:
    # GATHER and SHORT in series, both 6, and no other way: neither is worth anything without the other.
    tables = {"obligations": ""}
    case = toy(tmp_path, tables).without("LONG").set("arc:GATHER.capacity", 6)
    plan = solve(case)
    assert price(plan, "capacity", "GATHER") == pytest.approx(0)
    assert price(plan, "capacity", "SHORT") == pytest.approx(0)
    # While the solver's own dual puts the 460 on one of the two.
    answer = best(case)
    assert answer.worth("capacity", arc="GATHER") + answer.worth("capacity", arc="SHORT") == pytest.approx(460)


def test_a_minimum_has_a_negative_price(tmp_path: Path) -> None:
    plan = solve(toy(tmp_path).set("arc:LONG.minimum", 3.5))
    assert price(plan, "capacity", "LONG") == pytest.approx(440 - 470)


def test_a_cap_is_worth_what_it_costs(tmp_path: Path) -> None:
    # SHORT may carry 4 of 8: one more Mt there moves a tonne from tier 2 back: + 30.
    plan = solve(toy(tmp_path, max_exposure={"transit:RU": 4}))
    assert price(plan, "policy", "RU") == pytest.approx(30)


def test_least_cost_prices_have_the_economic_sign(tmp_path: Path) -> None:
    # One more of SHORT spares LONG's 50 for 30: worth + 20 to whoever pays.
    plan = solve(toy(tmp_path, objective="cost"))
    assert price(plan, "capacity", "SHORT") == pytest.approx(20)


def test_a_month_prices_a_tonne_of_that_month(tmp_path: Path) -> None:
    plan = solve(months(toy(tmp_path), 2))
    capacity = plan.prices["capacity"]
    short = capacity[capacity["limit"] == "SHORT"]
    assert short["price"].tolist() == pytest.approx([10, 10])
    assert set(short["unit"]) == {"USD/t"}


def test_what_is_no_equality_has_no_price_down(tmp_path: Path) -> None:
    table = solve(toy(tmp_path)).prices.table
    assert set(table.loc[table["price_down"].notna(), "side"]) == {"equal"}
    assert set(table.loc[table["price_down"].isna(), "side"]) == {"upper"}


def test_an_equality_is_priced_both_ways(tmp_path: Path) -> None:
    # SHORT carries 5, LONG its first tier's 3: one more moves a tonne from there, one less a tonne to the second tier.
    tables = {"limits": "id,low,high\nJ,5,5", "limit_terms": "limit,arc,commodity,weight\nJ,SHORT,,1"}
    case = toy(tmp_path, tables)
    plan = solve(case)
    found = row(plan, "joint", "J")
    both = (("joint:J.low", 5.0), ("joint:J.high", 5.0))
    assert found["side"] == "equal"
    assert [10, slope(case, *both)] == pytest.approx([found["price"]] * 2)
    assert [-30, slope(case, *both, by=-H)] == pytest.approx([found["price_down"]] * 2)
    assert (found["price_all"], found["price_all_down"]) == (found["price"], found["price_down"])
    assert worth(tight(plan, "joint:J"), Units.of("", plan)) == "10.0 / −30.0"
    (told,) = [item for item in summary_of(plan)["binding"] if item["limit"] == "joint:J"]
    assert (told["price"], told["price_down"]) == pytest.approx((10, -30))


def test_an_equality_of_two_sums_is_one_limit(tmp_path: Path) -> None:
    # SHORT = LONG: 4 and 4.  Half a tonne more on SHORT is half a tonne less in LONG's second tier: 0.5 · 30.
    tables = {"limits": "id,low,high,relative_to,low_ratio,high_ratio\nL,,,,,\nS,,,L,1,1",
              "limit_terms": "limit,arc,commodity,weight\nL,LONG,,1\nS,SHORT,,1"}  # fmt: skip
    plan = solve(toy(tmp_path, tables))
    found = row(plan, "joint", "S")
    assert found["side"] == "equal"
    assert (found["price"], found["price_down"]) == pytest.approx((15, -15))


def test_a_ratio_from_below_costs_as_every_least_does(tmp_path: Path) -> None:
    # SHORT ≥ 4 · LONG does not pay; LONG ≥ 0.5 · SHORT does not bind; LONG ≥ SHORT does: half a tonne of 470 for 440.
    tables = {"limits": "id,low,high,relative_to,low_ratio,high_ratio\nS,,,,,\nL,,,S,1,",
              "limit_terms": "limit,arc,commodity,weight\nL,LONG,,1\nS,SHORT,,1"}  # fmt: skip
    found = row(solve(toy(tmp_path, tables)), "joint", "L")
    assert (found["side"], found["price"]) == ("lower", pytest.approx(-15))


def test_more_of_a_firm_contract_is_worth_what_its_surcharge_costs(tmp_path: Path) -> None:
    tables = {"contracts": "id,kind,arc,volume,charge\nF,firm,SHORT,4,3"}
    case = toy(tmp_path, tables)
    assert [3, slope(case, ("contract:F.volume", 4))] == pytest.approx([price(solve(case), "contract", "F")] * 2)


def test_a_least_is_priced_by_what_raising_it_costs(tmp_path: Path) -> None:
    case = toy(tmp_path).set("arc:LONG.minimum", 3.5)
    assert price(solve(case), "capacity", "LONG") == pytest.approx(slope(case, ("arc:LONG.minimum", 3.5)))


def test_what_need_not_happen_is_worth_nothing(tmp_path: Path) -> None:
    # Of DEAR nothing is available, and none would be lifted; LATE must be lifted at a loss; HOME is dear to raise.
    supplies = """
        id,node,commodity,shipper,available,minimum,cost
        FIELD_CO,FIELD,CRUDE,Field Co,10,0,9
        DEAR,FIELD,CRUDE,Dear Co,0,0,490
        CHEAP,FIELD,CRUDE,Cheap Co,0,0,1
        LATE,FIELD,CRUDE,Late Co,2,1,495
        """
    case = toy(tmp_path, {"supplies": supplies})
    plan = solve(case)
    for name, expected in (("DEAR", 0), ("CHEAP", 440 - 2), ("LATE", 440 - 496)):
        path = "minimum" if name == "LATE" else "available"
        fresh = slope(case, (f"supply:{name}.{path}", 1.0 if name == "LATE" else 0.0))
        assert [expected, fresh] == pytest.approx([price(plan, "supply", name)] * 2)
        assert plan.supplies.set_index("supply")["price"][name] == price(plan, "supply", name)


def test_a_move_that_leaves_no_plan_says_so(tmp_path: Path) -> None:
    # All of 10 is owed at home: no more can be; one less goes to SHORT: 470 − 100.
    plan = solve(toy(tmp_path).set("obligation:HOME.volume", 10))
    found = row(plan, "obligation", "HOME")
    assert np.isnan(found["price"])
    assert np.isnan(found["price_all"])
    assert found["price_down"] == pytest.approx(370)
    assert found["note"] == "no plan up"
    assert worth(tight(plan, "obligation:HOME"), Units.of("", plan)) == "no plan / 370.0"
    (told,) = [item for item in summary_of(plan)["binding"] if item["limit"] == "obligation:HOME"]
    assert (told["price"], told["note"]) == (None, "no plan")
    assert audit(plan.save(tmp_path / "saved")).differences == ()


def test_a_year_is_worth_what_all_its_periods_bring_together(tmp_path: Path) -> None:
    """Equal flows in two months: a tonne more in one of them is of no use, in both it is."""

    def steady(m: Any) -> Any:
        yield m.sum("flow", arc="SHORT", period="2023-01") * 28 == m.sum("flow", arc="SHORT", period="2023-02") * 31

    case = months(toy(tmp_path, STEADY).without("LONG"), 2)
    plan = solve(case, constraints=steady)
    rows = plan.prices["capacity"].set_index("limit").loc["SHORT"]
    assert rows["price"].tolist() == pytest.approx([0, 0])
    assert tight(plan, "arc:SHORT")["price"] == pytest.approx(460)
    more = solve(case.set("arc:SHORT.capacity", 6 + H), constraints=steady)
    years = sum(period.years for period in case.periods)
    assert (more.netback - plan.netback) / (H * years) == pytest.approx(460)


def test_beside_the_year_stands_its_dearest_month(tmp_path: Path) -> None:
    # In February EAST pays 600: SHORT is worth 110 more than LONG's first tier then, and 10 in other months.
    case = months(toy(tmp_path, {"values": "table,id,field,period,value\nmarkets,EAST,price,2023-02,600"}), 3)
    plan = solve(case)
    found = tight(plan, "arc:SHORT")
    years = sum(period.years for period in case.periods)
    assert (found["dearest"], found["dearest_price"]) == ("2023-02", pytest.approx(110))
    fresh = slope(case, ("arc:SHORT.capacity", 6)) / years
    assert [(62 * 10 + 28 * 110) / 90, fresh] == pytest.approx([found["price"]] * 2)
    (told,) = [item for item in summary_of(plan)["binding"] if item["limit"] == "arc:SHORT"]
    assert (told["dearest_period"], told["dearest_price"]) == ("2023-02", pytest.approx(110))


def test_a_tank_is_there_in_every_period_and_counted_once(tmp_path: Path) -> None:
    # A tank at the hub takes from January, when EAST pays 500, to February, when it pays 600.
    tables = {
        "values": "table,id,field,period,value\nmarkets,EAST,price,2023-02,600",
        "storages": "id,node,working_volume,opening,closing\nTANK,HUB,0.01,0,free",
        "arcs": "id,from,to,name,capacity,tariff\nGATHER,FIELD,HUB,Gathering,20,1\nSHORT,HUB,EAST,Short way,60,30",
        "markets": "id,node,name,price\nEAST,EAST,East,500", "tiers": "", "meters": "", "groups": "",
    }  # fmt: skip
    case = months(toy(tmp_path, tables), 2)
    plan = solve(case)
    (found,) = binding(plan)[binding(plan)["name"].str.endswith(", full")].to_dict("records")
    fresh = slope(case, ("storage:TANK.working_volume", 0.01))
    assert [100, fresh] == pytest.approx([found["price"]] * 2)


@pytest.mark.parametrize(("exports", "share"), [("hold", 0.55), ("hold", 0.625), ("free", 0.3), ("free", 0.5)])
def test_a_cap_on_a_share_is_priced_a_point(tmp_path: Path, exports: str, share: float) -> None:
    # 0.625 is a kink: LONG's first tier is just full, a point less costs 2.4, a point more brings 0.8.
    case = toy(tmp_path, max_share={"transit:RU": share}, exports=exports)
    plan = solve(case)
    found = row(plan, "policy", "RU")
    moved = slope(case.set("policy.max_share.transit:RU", share), ("policy.max_share.transit:RU", share), by=1e-6)
    assert found["unit"] == "MUSD per pp"
    assert found["price"] == pytest.approx(moved / 100, rel=1e-4)
    if share == 0.625:
        assert found["price"] == pytest.approx(0.8)
    assert "MUSD per pp" in worth(tight(plan, found["name"]), Units.of("", plan))


def test_a_cap_on_a_share_counts_the_plan_that_exports_most(tmp_path: Path) -> None:
    """Among equally good plans the one with the largest total lets a wider cap do most: SHORT ≤ σ (SHORT + LONG)."""
    tables = {"markets": "id,node,name,price\nEAST,EAST,East,500\nWEST,WEST,West,60",
              "tiers": "market,tier,depth,discount\nWEST,1,5,0", "obligations": ""}  # fmt: skip
    case = toy(tmp_path, tables, max_share={"transit:RU": 0.5}, exports="free")  # LONG earns 60 − 50 − 1 − 9 = 0
    moved = slope(case, ("policy.max_share.transit:RU", 0.5), by=1e-6)
    assert row(solve(case), "policy", "RU")["price"] == pytest.approx(moved / 100, rel=1e-4)


def test_a_cap_on_a_share_in_every_period_moves_in_all(tmp_path: Path) -> None:
    cap = {"transit:RU": {"cap": 0.55, "over": "period"}}
    case = months(toy(tmp_path, max_share=cap), 2)
    plan = solve(case)
    moved = case.with_policy(max_share={"transit:RU": {"cap": 0.55 + 1e-6, "over": "period"}})
    expected = (best(moved).value - best(case).value) / 1e-6 / 100
    rows = plan.prices["policy"][plan.prices["policy"]["unit"] == "MUSD per pp"]
    assert rows["price_all"].tolist() == pytest.approx([expected] * 2, rel=1e-4)
    assert rows["price"].sum() == pytest.approx(expected, rel=1e-4)


def test_a_limit_moves_in_what_is_left_after_a_loss_too(tmp_path: Path) -> None:
    # Of what is planned 0.7 must survive the loss of SHORT, on LONG's 5: one more there lets 1/0.7 more be planned.
    case = toy(tmp_path, exports="free", security={"outages": ["arc:SHORT"], "delta": 0.3})
    plan = solve(case)
    more = solve(case.set("arc:LONG.capacity", 5 + H))
    assert price(plan, "capacity", "LONG") == pytest.approx(450 / 0.7)
    assert (more.netback - plan.netback) / H == pytest.approx(450 / 0.7, rel=1e-6)


def test_a_price_that_the_solver_does_not_find_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No basis is at hand, and the solver ends in numerical trouble on the cone: no dual stands in for a price."""
    monkeypatch.setattr(Vertex, "of", lambda *_: None)
    monkeypatch.setattr(Slopes, "_together", lambda *_: Solution(Status.numerical))
    plan = solve(toy(tmp_path))
    noted = plan.prices.table.set_index("limit")
    assert np.isnan(noted.loc["SHORT", ["price", "price_all"]].to_numpy(dtype=float)).all()
    assert noted["note"]["SHORT"] == noted["note"]["HOME"] == NOT_FOUND
    assert (noted["price"]["GATHER"], noted["note"]["GATHER"]) == (0, "")  # not reached
    (told,) = [item for item in summary_of(plan)["binding"] if item["limit"] == "arc:SHORT"]
    assert (told["price"], told["note"]) == (None, NOT_FOUND)
    assert worth(tight(plan, "arc:SHORT"), Units.of("", plan)) == NOT_FOUND
    assert worth(tight(plan, "obligation:HOME"), Units.of("", plan)) == f"{NOT_FOUND} / {NOT_FOUND}"
    assert money.worth(tight(plan, "arc:SHORT"), Subject(plan, Words.of("en"))) == NOT_FOUND


def test_the_session_is_left_as_it_was(tmp_path: Path) -> None:
    """Prices are read beside the session: its bounds and optimum stay."""
    space, program = stated(toy(tmp_path))
    session = Session(program)
    first = session.solve()
    prices.marginal_worth(space, program, session.form, first)
    assert (session.form.row_upper == program.row_upper).all()
    assert (session.form.col_upper == program.col_upper).all()
    assert session.solve().objective == pytest.approx(first.objective, rel=1e-12)


def test_a_result_with_one_price_a_limit_is_read_and_not_verified(tmp_path: Path) -> None:
    """What was saved before a limit had a price of all periods can be looked at; its rules are not these."""
    case = months(toy(tmp_path / "toy"), 2)
    folder = solve(case).save(tmp_path / "saved")
    table = read_table(folder / "prices.parquet")
    write_table(
        table.drop(columns=["side", "price_down", "price_all", "price_all_down", "note"]), folder / "prices")
    run = json.loads((folder / "run.json").read_text("utf-8"))
    (folder / "run.json").write_text(json.dumps({**run, "schema_version": 1}), "utf-8")
    again = Plan.load(folder)
    assert tight(again, "arc:SHORT")["price"] == pytest.approx(10)
    with pytest.raises(Exception, match="a limit had one price"):
        audit(folder)


def test_what_a_price_is_stands_the_same_everywhere() -> None:
    """One sentence: in the documents, the help, the docstrings and what is printed."""
    root = Path(__file__).parent.parent
    words = " ".join(limits.A_PRICE.split())
    texts = [(root / "docs" / page).read_text("utf-8") for page in ("formulation.md", "cli.md", "python.md")]
    texts += [prices.__doc__ or "", (root / "data/words/words.csv").read_text("utf-8").replace('""', '"')]
    texts += [Plan.__doc__ or ""]
    from energy_routes.cli.verbs.solving import solve as command

    texts.append(command.__doc__ or "")
    for text in texts:
        assert words in " ".join(text.split())


def test_of_equally_dear_periods_the_first_is_named(tmp_path: Path) -> None:
    """Prices that differ by the arithmetic of a machine only are equal."""
    plan = solve(months(toy(tmp_path), 3))
    table = plan.prices.table.copy()
    short = (table["kind"] == "capacity") & (table["limit"] == "SHORT")
    table.loc[short, "price"] = 10 * (1 + np.array([0, 1e-12, 2e-12]))
    prices = type(plan.prices)(table)
    plan = replace(plan, parts=plan.parts.but(prices=lambda: prices))
    row = binding(plan).query("kind == 'capacity' and limit == 'SHORT'").iloc[0]
    assert row["dearest"] == plan.case.periods[0].label
