"""Whose volume a supply is: a country's own, bought from abroad, or others' on its way (the toy of toy.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import best, toy

import energy_routes as er
from energy_routes.audit import audit
from energy_routes.errors import DataError

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
