"""Rates of failure from dated events, and the scenarios made of them; figures by hand and by sampling."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy import months, toy

import energy_routes as er
from energy_routes.case.disruptions.outages import arcs_meant
from energy_routes.case.disruptions.rates import rate_table, rates_of
from energy_routes.case.disruptions.scenarios import CALM, futures_of, mean_of
from energy_routes.case.policy.levers import Cvar
from energy_routes.errors import DataError, UsageError

EVENTS = {
    "events": """
        id,date,targets,name,effect,duration_days
        a,2019-03-01,arc:SHORT,Storm,0.5,10
        b,2020,arc:SHORT,Storm again,1,unlimited
        c,2021-06,arc:LONG;arc:SHORT,Both at once,1,
        d,2022-12-31,arc:LONG,A threat,,
        """,
}


def test_the_posterior_of_a_poisson_rate(tmp_path: Path) -> None:
    rates = {rate.name: rate for rate in rates_of(toy(tmp_path, EVENTS).network)}
    assert set(rates) == {"arc:SHORT", "arc:LONG & arc:SHORT"}  # a threat took no capacity; what falls together is one
    short = rates["arc:SHORT"]
    assert short.years == pytest.approx(4, abs=0.01)  # from 1 January 2019 to the last entry
    assert short.mean == pytest.approx(2.5 / short.years)
    draws = np.random.default_rng(1).gamma(2.5, 1 / short.years, 400_000)
    assert (short.low, short.high) == pytest.approx(tuple(np.quantile(draws, [0.1, 0.9])), rel=0.01)
    assert short.days == (10, math.inf)
    assert short.lost_days(365) == pytest.approx((0.5 * 10 + 365) / 2)
    assert rates["arc:LONG & arc:SHORT"].days == (30,)  # not known, and none of its kind is


def test_the_years_observed_can_be_chosen(tmp_path: Path) -> None:
    network = toy(tmp_path, EVENTS).network
    (rate,) = rates_of(network, "2021", "2024")
    assert (rate.events, rate.years) == (1, pytest.approx(4, abs=0.01))
    table = rate_table((rate,))
    assert table.loc[0, "confidence"] == "estimate"
    for since in ("last year", "2021-13", "2030"):
        with pytest.raises(UsageError):
            rates_of(network, since)
    with pytest.raises(UsageError, match=r"events\.csv"):
        rates_of(toy(tmp_path / "none").network)


def test_scenarios_of_events_keep_the_expected_loss(tmp_path: Path) -> None:
    case = toy(tmp_path, EVENTS)
    futures = futures_of(case.network, Cvar(), case.periods)
    names = [s.name for s in futures.scenarios]
    assert names[0] == CALM
    assert len(names) == 4  # two kinds: neither, either, both
    assert math.fsum(s.probability for s in futures.scenarios) == pytest.approx(1, abs=1e-12)
    rates = {rate.name: rate for rate in futures.rates}
    short = next(s for s in futures.scenarios if s.name == "arc:SHORT")
    chance = 1 - math.exp(-rates["arc:SHORT"].mean)
    lost = 1 - short.left["SHORT", "2023"]
    assert chance * lost == pytest.approx(rates["arc:SHORT"].mean * rates["arc:SHORT"].lost_days(365) / 365)
    both = next(s for s in futures.scenarios if ";" in s.name)
    pair = next(s for s in futures.scenarios if s.name == "arc:LONG & arc:SHORT")
    assert both.left["SHORT", "2023"] == pytest.approx(short.left["SHORT", "2023"] * pair.left["SHORT", "2023"])
    mean = mean_of(futures)
    assert mean.left["SHORT", "2023"] == pytest.approx(
        sum(s.probability * s.left.get(("SHORT", "2023"), 1) for s in futures.scenarios)
    )
    assert futures.covered == 1


def test_a_failure_is_as_likely_as_the_horizon_is_long(tmp_path: Path) -> None:
    case = months(toy(tmp_path, EVENTS), 4)
    futures = futures_of(case.network, Cvar(), case.periods)
    rate = next(rate for rate in futures.rates if rate.name == "arc:SHORT")
    struck = [s for s in futures.scenarios if "arc:SHORT" in s.name.split("; ")]
    chance = 1 - math.exp(-rate.mean * 120 / 365)
    assert math.fsum(s.probability for s in struck) == pytest.approx(chance)
    lost = 1 - struck[0].left["SHORT", "2023-01"]
    assert chance * lost == pytest.approx(rate.mean * rate.lost_days(120) / 365)


def test_a_listed_disruption_with_an_onset_runs_for_its_days(tmp_path: Path) -> None:
    case = months(toy(tmp_path), 4)
    listed: list[dict[str, Any]] = [
        {"name": "storm", "probability": 0.2, "outages": ["arc:SHORT"], "remaining": 0.4,
         "days": 45, "onset": "2023-02"},
        {"name": "drip", "probability": 0.1, "outages": ["arc:LONG"], "days": 12},
    ]
    cvar = case.with_policy(cvar={"scenarios": listed}).policy.cvar
    assert cvar is not None
    calm, storm, drip = futures_of(case.network, cvar, case.periods).scenarios
    assert calm.probability == pytest.approx(0.7)
    assert dict(storm.left) == pytest.approx({("SHORT", "2023-02"): 0.4, ("SHORT", "2023-03"): 1 - 0.6 * 17 / 31})
    assert list(drip.left.values()) == pytest.approx([1 - 12 / 120] * 4)
    struck = storm.strike(case.network)
    whole, hit = (n.resolve("arcs", "capacity", case.periods) for n in (case.network, struck))
    assert (whole == hit).all()  # the pipe is as wide as ever; less of it can be used
    used = struck.resolve("arcs", "availability", case.periods)[struck.ids("arcs").index("SHORT")]
    assert used == pytest.approx([1, 0.4, 1 - 0.6 * 17 / 31, 1])


def test_every_event_of_the_bundled_packs_names_something_that_is_there() -> None:
    for model in ("oil-2024", "gas-2024"):
        network = er.load(model).network
        for targets in network.tables["events"]["targets"]:
            for target in targets:
                if not target.startswith("chokepoint:Strait of Hormuz"):
                    assert arcs_meant(network, target)
        assert len(rates_of(network, "2020")) >= 5


def test_a_date_or_target_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for number, row in enumerate(["a,2019-33,arc:SHORT,Storm,1,3", "a,2019,SHORT,Storm,1,3", "a,2019,arc:SHORT,S,2,3"]):
        with pytest.raises(DataError):
            toy(tmp_path / str(number), {"events": "id,date,targets,name,effect,duration_days\n" + row})
