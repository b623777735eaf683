"""What holds of the plan of every bundled model."""

from __future__ import annotations

import pytest
from rest import first

import energy_routes as er
from energy_routes.pack import bundled as library
from energy_routes.pack.schema.tables import PARTITIONS

ALWAYS = ("gas-2024", "oil-2024")  # the rest differs from these in numbers only


@pytest.fixture(scope="module", params=first(library.model_names(), ALWAYS))
def plan(request: pytest.FixtureRequest) -> er.Plan:
    return er.solve(er.load(request.param))


def test_no_plan_sends_volume_round_to_lose_it(plan: er.Plan) -> None:
    assert [warning for warning in plan.warnings if warning["code"] == "loop"] == []


def test_groups_that_part_the_exports_add_up_to_them(plan: er.Plan) -> None:
    groups = plan.groups[plan.groups["kind"].isin(PARTITIONS) & plan.groups["family"].isin(["oil", "gas"])]
    parts = groups[groups["period"] == "total"].groupby(["kind", "family"])["volume"].sum()
    assert set(parts.index.get_level_values("kind")) == set(PARTITIONS)
    for (kind, family), volume in parts.items():
        assert volume == pytest.approx(plan.exports[family], rel=1e-9), kind
