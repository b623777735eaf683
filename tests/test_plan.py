"""The tables of a plan, on the toy solved by hand (see ``toy.py``): SHORT 6 Mt, LONG 2 Mt, home 2 Mt, 3840 MUSD."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy import TABLES as TABLES_OF_THE_TOY, months, toy

from energy_routes.case.case import Case
from energy_routes.pack import in_html
from energy_routes.plan.plan import TABLES, Plan
from energy_routes.solving.loop import solve


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return solve(toy(tmp_path_factory.mktemp("toy")))


def row(table: pd.DataFrame, **where: object) -> pd.Series:
    """The one row of a table with these values."""
    for column, value in where.items():
        table = table[table[column] == value]
    (found,) = [row for _, row in table.iterrows()]
    return found


def test_the_answer_in_two_numbers(plan: Plan) -> None:
    assert plan.status == "optimal"
    assert plan.objective.name == "netback"
    assert plan.objective == pytest.approx(3840)
    assert plan.netback == pytest.approx(3840)
    assert plan.exports.to_dict() == pytest.approx({"oil": 8})
    assert plan.shut_in.to_dict() == pytest.approx({"oil": 0})
    assert repr(plan) == "Plan('model': optimal, netback 3,840.0 MUSD, exports 8.00 Mt)"
    assert plan.warnings == ()


def test_what_was_sought_is_a_number_with_its_name(plan: Plan) -> None:
    for value in (plan.objective, copy.deepcopy(plan.objective), pickle.loads(pickle.dumps(plan.objective))):
        assert isinstance(value, float)
        assert (value.name, value.value) == ("netback", float(plan.objective))
        assert repr(value) == "netback 3,840.0 MUSD"
    assert f"{plan.objective / 2:.0f}" == "1920"


def test_prices_are_a_table_and_its_parts_by_kind(plan: Plan) -> None:
    pd.testing.assert_frame_equal(plan.prices.head(2), plan.prices.table.head(2))
    assert len(plan.prices) == len(plan.prices.table)
    assert plan.prices["price"].tolist() == plan.prices.table["price"].tolist()
    tight = plan.prices[plan.prices["price"] > 0]
    assert set(tight["name"]) <= set(plan.prices["name"])
    assert plan.prices.query("kind == 'market'")["limit"].tolist() == plan.prices["market"]["limit"].tolist()
    assert plan.prices["contract"].empty
    with pytest.raises(KeyError, match=r"'tariff' is neither a kind of limit .*capacity.* nor a column .*price"):
        plan.prices["tariff"]


def test_every_table_has_its_unit_in_a_column(plan: Plan) -> None:
    assert set(plan.tables()) == {*TABLES, "payments"}  # who is paid stands where somebody is; bands, ramps, owners not
    for name, table in plan.tables().items():
        assert "unit" in table or table.empty, name
        assert list(table.index) == list(range(len(table))), name


def test_the_ledger(plan: Plan) -> None:
    terms = plan.ledger.set_index("term")
    assert terms["value"].to_dict() == pytest.approx(
        {
            "sales": 6 * 500 + 2 * 510, "home_sales": 2 * 100, "tariffs": -(10 + 6 * 30 + 2 * 50), "loading": 0,
            "freight": 0, "quality": 0, "rebates": 0, "lifting": -90, "deficiency": 0, "shortage": 0,
            "closing_value": 0,
        }
    )  # fmt: skip
    assert list(terms.index[terms["kind"] != "cash"]) == ["shortage"]


def test_flows_keep_zero_rows(tmp_path: Path) -> None:
    flows = solve(toy(tmp_path).set("arc:SHORT.capacity", 20)).flows.set_index("arc")
    assert flows["volume"].to_dict() == pytest.approx({"GATHER": 10, "LONG": 0, "SHORT": 8})
    labels = flows.loc["SHORT", ["from", "to", "mode", "family", "unit"]]
    assert labels.tolist() == ["HUB", "EAST", "pipeline", "oil", "Mt"]
    assert flows.loc["SHORT", "cost"] == pytest.approx(240)


def test_arcs_say_how_full_they_are_and_what_more_is_worth(plan: Plan) -> None:
    arcs = plan.arcs.set_index("arc")
    assert arcs["utilisation"].to_dict() == pytest.approx({"GATHER": 0.5, "LONG": 0.4, "SHORT": 1})
    assert arcs["price"].to_dict() == pytest.approx({"GATHER": 0, "LONG": 0, "SHORT": 10})


def test_closed_and_unlimited_arcs_have_no_utilisation(tmp_path: Path) -> None:
    arcs = solve(toy(tmp_path).without("SHORT").set("arc:GATHER.capacity", "unlimited")).arcs.set_index("arc")
    assert arcs.loc["SHORT", "status"] == "idle"
    assert arcs.loc["SHORT", "volume"] == 0
    assert arcs.loc[["SHORT", "GATHER"], ["capacity", "utilisation"]].isna().all(axis=None)


def test_groups_by_period_and_in_total(plan: Plan) -> None:
    short = row(plan.groups, kind="corridor", group="SHORT", period="total")
    assert short[["name", "volume", "capacity", "utilisation", "share"]].tolist() == ["Short corridor", 6, 6, 1, 0.75]
    assert row(plan.groups, kind="transit", group="RU", period="2023")["share"] == pytest.approx(0.75)
    market = row(plan.groups, kind="market", group="WEST", period="total")
    assert market["share"] == pytest.approx(0.25)
    assert np.isnan(market["capacity"])


def test_a_group_over_months_adds_up(tmp_path: Path) -> None:
    groups = solve(months(toy(tmp_path)).outage("SHORT", ["2023-02"])).groups
    short = groups[(groups["kind"] == "corridor") & (groups["group"] == "SHORT")].set_index("period")
    assert short.loc["total", "volume"] == pytest.approx(6 * 62 / 365)
    assert short.loc["total", "capacity"] == pytest.approx(6 * 62 / 365)  # none in February


def test_a_group_closed_for_a_month_has_its_other_months_capacity(tmp_path: Path) -> None:
    groups = solve(months(toy(tmp_path)).without("SHORT", ["2023-02"])).groups
    short = groups[(groups["kind"] == "corridor") & (groups["group"] == "SHORT")].set_index("period")
    assert short.loc["2023-02", "capacity"] == 0
    assert short.loc["total", "capacity"] == pytest.approx(6 * 62 / 365)


def test_supplies_and_what_stays_in_the_ground(tmp_path: Path) -> None:
    plan = solve(toy(tmp_path).set("supply:FIELD_CO.available", 15))
    supply = row(plan.supplies, supply="FIELD_CO")
    assert supply[["available", "lifted", "shut_in", "price"]].tolist() == pytest.approx([15, 13, 2, 0])
    assert [w["code"] for w in plan.warnings] == ["shut_in"]
    assert plan.warnings[0]["where"] == "supply:FIELD_CO"


def test_an_obligation_that_nothing_reaches_is_still_told(tmp_path: Path) -> None:
    tables = {
        "commodities": "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7",
        "obligations": "id,node,commodities,volume,value,penalty\nHOME,HUB,BLEND,2,100,700",
    }
    plan = solve(toy(tmp_path, tables))
    assert plan.obligations[["required", "short"]].sum().tolist() == pytest.approx([2, 2])
    assert "short" in [w["code"] for w in plan.warnings]
    assert plan.objective.value == pytest.approx(plan.netback - 1400)


def test_deliveries_name_their_tier_and_price(plan: Plan) -> None:
    west = plan.deliveries[plan.deliveries["market"] == "WEST"].set_index("tier")
    assert west["price"].to_dict() == {"1": 510, "2": 490}
    assert west["volume"].to_dict() == pytest.approx({"1": 2, "2": 0})
    assert west.loc["1", "depth"] == 3
    assert np.isnan(west.loc["2", "depth"])


def test_least_cost_tells_both_the_cost_and_the_cash(tmp_path: Path) -> None:
    # Cost 380; at the prices it ignores the same plan earns 4020 + 200 − 380.
    plan = solve(toy(tmp_path, objective="cost"))
    assert plan.objective.name == "cost"
    assert plan.objective == pytest.approx(380)
    assert plan.netback == pytest.approx(3840)
    assert (plan.ledger["value"] >= 0).all()


def test_a_foreign_solver_gives_no_prices(tmp_path: Path, plan: Plan) -> None:
    foreign = solve(toy(tmp_path), solver="cbc")
    assert foreign.objective.value == pytest.approx(3840, rel=1e-7)
    assert foreign.prices.table.empty
    assert foreign.supplies["price"].isna().all()
    pd.testing.assert_series_equal(foreign.flows["volume"], plan.flows["volume"], rtol=1e-7)


def test_a_notebook_shows_the_question_and_escapes_it(tmp_path: Path) -> None:
    case: Case = toy(tmp_path, model='[policy]\nexports = "free"')
    html = solve(case)._repr_html_()
    assert "Which way out?" in html
    assert "3,840.0 MUSD" in html


def test_people_read_a_minus_and_machines_a_hyphen(tmp_path: Path) -> None:
    """Deeper wells cost more than any market pays, and home must have its crude: 2 · (100 − 1 − 500) MUSD."""
    supplies = "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,10,500"
    plan = solve(toy(tmp_path, {"supplies": supplies}))
    assert plan.netback == pytest.approx(-802)
    assert repr(plan).startswith("Plan('model': optimal, netback −802.0 MUSD")
    shown = plan._repr_html_()
    assert "<td>−1,000.000</td>" in shown
    assert "<td>-" not in shown
    assert f"{float(plan.objective):.0f}" == "-802"


@pytest.mark.parametrize("cell", ["-1", "5-6", "–"])
def test_texts_of_a_table_in_a_notebook_stay(cell: str) -> None:
    assert f"<td>{cell}</td>".replace("<td>-", "<td>−") in in_html(pd.DataFrame({"a": [cell], "b": [1.5]}))


def test_an_obligation_that_no_grade_reaches_has_one_row_of_nothing(tmp_path: Path) -> None:
    tables = {
        "nodes": f"{TABLES_OF_THE_TOY['nodes'].strip()}\nISLE,Isle,hub,KZ",
        "obligations": "id,node,volume,value,penalty\nHOME,HUB,2,100,\nFAR,ISLE,3,100,50",
    }
    far = row(solve(toy(tmp_path, tables)).obligations, obligation="FAR")
    assert (far["commodity"], far["volume"], far["required"], far["short"]) == ("CRUDE", 0, 3, 3)
