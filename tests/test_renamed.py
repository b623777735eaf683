"""Neither names nor the order of rows decide anything, where many plans are equally good."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from renamed import assert_named_or_not
from rest import first
from small_networks import Spec, specs, tables_of
from toy import months, toy

import energy_routes as er
from energy_routes.case.case import Case

QUICK = ("oil-2024",)
MODELS = sorted(file.stem for file in Path(__file__).parent.parent.joinpath("models").glob("*.toml"))
WITHIN = {"oil-2024-spread": 1e-7}  # a bound on a concentration is kept by cuts, to some digits less


def level(spec: Spec, folder: Path) -> Case:
    """A network in which whatever goes a way earns the same: all tariffs, prices and lengths are equal."""
    rows = tables_of(spec)
    for arc in rows["arcs"]:
        arc |= {"tariff": 10, "length_km": 500}
    for lane in rows["lanes"]:
        lane |= {"quality": 0, "rebate": 0, "to_commodity": lane["commodity"], "yield": 1.0}
    for market in rows["markets"]:
        market["price"] = 500
    for tier in rows["tiers"]:
        tier["discount"] = 0
    for supply in rows["supplies"]:
        supply["cost"] = 5
    rows |= {"differentials": [], "contracts": [], "values": []}
    random.Random(7).shuffle(rows["arcs"])
    text = {name: "\n".join([",".join(table[0]), *(",".join(map(str, row.values())) for row in table)]) if table else ""
            for name, table in rows.items()}  # fmt: skip
    case = toy(folder, text)
    return months(case, spec.count) if spec.count > 1 else case


@pytest.mark.exhaustive
@settings(max_examples=8)
@given(specs)
def test_equal_ways_are_shared_whatever_they_are_called(tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> None:
    assert_named_or_not(level(spec, tmp_path_factory.mktemp("level")))


@pytest.mark.parametrize("name", first(MODELS, QUICK))
def test_a_bundled_plan_is_the_same_under_other_names(name: str) -> None:
    assert_named_or_not(er.load(name), WITHIN.get(name, 1e-9))
