"""Whose volume a supply is: a country's own, bought from abroad, or others' on its way (the toy of toy.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import TABLES, best, toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.audit.verification import audit, verify
from energy_routes.cli.app import app
from energy_routes.errors import DataError
from energy_routes.maps.page.numbers import cards
from energy_routes.results.schedule_book import schedule_table

SUPPLIES = """
    id,node,commodity,shipper,kind,available,cost
    FIELD_CO,FIELD,CRUDE,Field Co,,10,9
    NEIGHBOUR,HUB,CRUDE,Neighbour,bought,5,480
    """


def test_what_is_not_bought_is_not_shut_in(tmp_path: Path) -> None:
    """480 a tonne is more than any way out earns, and the field serves home: nothing is bought, and nothing is shut."""
    plan = er.solve(toy(tmp_path, {"supplies": SUPPLIES}))
    assert plan.netback == pytest.approx(3840)
    assert plan.bought["oil"] == 0.0
    assert plan.shut_in["oil"] == 0.0
    plan.save(tmp_path / "saved")
    assert audit(tmp_path / "saved").differences == ()


def test_a_least_cost_plan_lifts_all_of_its_own_and_buys_no_more_than_it_must(tmp_path: Path) -> None:
    found = best(toy(tmp_path, {"supplies": SUPPLIES}, objective="cost"))
    assert (found.total("lifted", supply="FIELD_CO"), found.total("lifted", supply="NEIGHBOUR")) == (10.0, 0.0)


def test_after_a_loss_more_may_be_bought(tmp_path: Path) -> None:
    """Without the gathering line the 2 Mt for home are bought; a field of the country's own could not give more."""
    rows = er.stress(toy(tmp_path, {"supplies": SUPPLIES}), ["arc:GATHER"]).outages
    assert rows["home_short"].iloc[0] == pytest.approx(0.0)
    own = SUPPLIES.replace("bought", "")
    alone = er.stress(toy(tmp_path / "own", {"supplies": own}), ["arc:GATHER"]).outages
    assert alone["home_short"].iloc[0] == pytest.approx(2.0)


def test_transit_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="transit reaches an export market") as e:
        toy(tmp_path, {"supplies": SUPPLIES.replace("bought", "transit")})
    assert "export = false" in str(e.value)


# 4 Mt of a neighbour's crude go from the hub to a buyer beyond the other border, over the arc that measures SHORT.
TRANSIT = {
    "commodities": "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nTHEIRS,Theirs,oil,7.2",
    "nodes": TABLES["nodes"] + "    BORDER,Border,border,CN\n    BEYOND,Beyond,market,MN\n",
    "arcs": """
        id,from,to,name,capacity,tariff,length_km
        GATHER,FIELD,HUB,Gathering,20,1,10
        SHORT,HUB,BORDER,Short way,6,30,1000
        LONG,HUB,WEST,Long way,5,50,3000
        LAST,BORDER,EAST,Last leg,unlimited,0,10
        ON,BORDER,BEYOND,On,unlimited,0,10
        """,
    "supplies": """
        id,node,commodity,shipper,kind,available,cost
        FIELD_CO,FIELD,CRUDE,Field Co,,10,9
        NEIGHBOUR,HUB,THEIRS,Neighbour,transit,4,0
        """,
    "lanes": "arc,commodity\nGATHER,CRUDE\nSHORT,CRUDE\nSHORT,THEIRS\nLONG,CRUDE\nLAST,CRUDE\nON,THEIRS",
    "obligations": "id,node,commodities,volume,value\nHOME,HUB,CRUDE,2,100",
    "markets": """
        id,node,name,price,export
        EAST,EAST,East,500,true
        WEST,WEST,West,510,true
        BEYOND,BEYOND,The buyer beyond,900,false
        """,
}


@pytest.fixture(scope="module")
def carrying(tmp_path_factory: pytest.TempPathFactory) -> er.Plan:
    """All 4 Mt pass (900 a tonne), which leaves 2 of the 6 Mt of SHORT and 5 of LONG to the field's own crude."""
    return er.solve(toy(tmp_path_factory.mktemp("transit"), TRANSIT))


def test_what_is_carried_for_others_counts_in_no_group(carrying: er.Plan) -> None:
    groups = carrying.groups[carrying.groups["period"] == "total"].set_index(["kind", "group"])
    assert groups["volume"]["corridor", "SHORT"] == pytest.approx(2)
    assert groups["volume"]["transit", "RU"] == pytest.approx(2)
    assert groups["utilisation"]["corridor", "SHORT"] == pytest.approx(1)  # the arc itself is full
    assert carrying.exports["oil"] == pytest.approx(7)


def test_what_is_carried_for_others_is_neither_home_nor_export(carrying: er.Plan, tmp_path: Path) -> None:
    (route,) = carrying.routes[carrying.routes["origin"] == "NEIGHBOUR"].to_dict("records")
    assert (route["corridor"], bool(route["export"]), route["volume"]) == ("", False, pytest.approx(4))
    direction = carrying.schedule.groupby(["supply", "direction"])["volume"].sum()
    assert direction["NEIGHBOUR", "transit"] == pytest.approx(4)
    assert direction["FIELD_CO", "home"] == pytest.approx(2)
    wide = schedule_table(carrying).set_index("direction")
    assert wide["total"]["carried for others"] == pytest.approx(4000)
    assert cards(carrying, [["2023"]])["home_oil"] == [pytest.approx(2)]
    assert verify(carrying.save(tmp_path / "saved")).passed


def test_what_is_carried_for_others_has_a_table_of_its_own(carrying: er.Plan, tmp_path: Path) -> None:
    toy(tmp_path, TRANSIT)
    printed = CliRunner().invoke(app, ["solve", str(tmp_path / "model.toml"), "--full"]).stdout
    home, carried = printed.index("\nHome deliveries"), printed.index("\nCarried for others")
    assert home < carried < printed.index("\nMoney")
    assert "Neighbour" not in printed[home:carried]
    row = next(line for line in printed[carried:].splitlines() if "Neighbour" in line)
    assert row.split()[-4:] == ["4.000", "900.0", "30.0", "870.0"]
