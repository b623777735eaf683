"""What holds of the plan of every bundled model."""

from __future__ import annotations

import pytest

import energy_routes as er
from energy_routes import library

ALWAYS = ("gas-2024", "oil-2024")  # the rest differs from these in numbers only
REST = (pytest.mark.exhaustive, pytest.mark.slow)


@pytest.fixture(
    scope="module",
    params=[name if name in ALWAYS else pytest.param(name, marks=REST) for name in library.model_names()],
)
def plan(request: pytest.FixtureRequest) -> er.Plan:
    return er.solve(er.load(request.param))


def test_no_plan_sends_volume_round_to_lose_it(plan: er.Plan) -> None:
    assert [warning for warning in plan.warnings if warning["code"] == "loop"] == []
