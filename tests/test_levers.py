"""A lever is defined once: it is read, saved, read back, relaxed and found in a model file by that definition."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from toy import toy, write

import energy_routes as er
from energy_routes.case.policy.levers import Cvar, Disruption
from energy_routes.case.policy.policy import LEVERS, Policy
from energy_routes.errors import DataError, UsageError
from energy_routes.results.record import case_record, read_case, write_case

# Every lever as people write it, none as it is without.
WRITTEN: dict[str, Any] = {
    "objective": "cost",
    "exports": "free",
    "max_share": {"transit:RU": 0.8, "oil/corridor:SHORT": {"cap": 0.5, "over": "period"}},
    "max_exposure": {"transit:RU": {"cap": 5, "family": "oil"}},
    "max_hhi": {"corridor": 0.9},
    "min_share": {"corridor:LONG": {"least": 0.1, "over": "period"}},
    "min_exposure": {"oil/corridor:LONG": 2},
    "security": {"window": ["2023"], "delta": 0.5, "foreseen": True, "swing": 2},
    "bookings": {"arcs": "SHORT; LONG", "premium": "3"},
    "cvar": {"lambda": 0.5, "scenarios": [{"name": "a", "probability": 0.1, "outages": ["arc:SHORT"], "days": 30}]},
    "build": {"budget": "500 MUSD"},
    "carbon_price": "30 USD/tCO2e",
    "max_emissions": 0,
    "base_prices": {"oil": {"price": 600, "year": 2024, "source": "a table"}},
}


def asked() -> Policy:
    policy = Policy()
    for lever, value in WRITTEN.items():
        policy = policy.set(lever, value)
    return policy


def test_every_lever_is_saved_and_read_back(tmp_path: Path) -> None:
    assert list(WRITTEN) == list(LEVERS) == [lever.name for lever in fields(Policy)]
    policy = asked()
    assert all(getattr(policy, lever.name) != lever.default for lever in fields(Policy))
    write_case(replace(toy(tmp_path), policy=policy), tmp_path / "inputs")
    assert read_case(tmp_path / "inputs").policy == policy


def test_a_saved_lever_that_is_not_known_is_refused(tmp_path: Path) -> None:
    case = toy(tmp_path, max_share={"transit:RU": 0.8})
    write_case(case, tmp_path / "inputs")
    record = case_record(case, [pack.name for pack in case.network.packs])
    for place in (record["policy"], record["policy"]["max_share"][0]):
        place["beyond"] = 1
        (tmp_path / "inputs" / "case.json").write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(DataError, match="beyond"):
            read_case(tmp_path / "inputs")
        del place["beyond"]


def test_a_result_saved_before_a_lever_was_known_is_without_it(tmp_path: Path) -> None:
    case = toy(tmp_path)
    write_case(case, tmp_path / "inputs")
    record = case_record(case, [pack.name for pack in case.network.packs])
    del record["policy"]["build"], record["policy"]["carbon_price"], record["policy"]["base_prices"]
    (tmp_path / "inputs" / "case.json").write_text(json.dumps(record), encoding="utf-8")
    assert read_case(tmp_path / "inputs").policy == Policy()


def test_a_model_file_has_a_key_for_every_lever(tmp_path: Path) -> None:
    lines = ["objective = 'cost'", "exports = 'free'", "max_share = { 'transit:RU' = 0.8 }",
             "max_hhi = { corridor = 1 }", "max_exposure = { 'transit:RU' = 5 }", "bookings = { spot = 0.5 }",
             "min_share = { 'corridor:LONG' = 0.1 }", "min_exposure = { 'corridor:LONG' = { least = 2 } }",
             "cvar = { alpha = 0.8 }", "security = { delta = 1 }", "base_prices = { oil = 600 }"]  # fmt: skip
    policy = er.load(write(tmp_path, model="[policy]\n" + "\n".join(lines))).policy
    set_ = [lever.name for lever in fields(Policy) if getattr(policy, lever.name) != lever.default]
    assert sorted(set_) == sorted(line.partition(" ")[0] for line in lines)
    others = {"build": "{ rate = 0.1 }", "carbon_price": 1, "max_emissions": 1}  # of these the toy has no figures
    assert set(others) == set(LEVERS) - set(set_)
    for key, value in others.items():
        with pytest.raises(DataError, match=r"emission factors|no options to build"):
            er.load(write(tmp_path / key, model=f"[policy]\n{key} = {value}\n"))
    with pytest.raises(DataError, match=r"policy\.max_shares': unknown key.*'max_share'"):
        er.load(write(tmp_path / "slip", model="[policy]\nmax_shares = 1\n"))


def test_what_is_relaxed_is_what_could_be_met_by_shutting_in() -> None:
    policy = asked()
    bounds = ("max_share", "max_exposure", "max_hhi", "min_share", "min_exposure")
    assert policy.asked == (*bounds, "security", "max_emissions")
    free = policy.without_caps()
    kept = {lever for lever in LEVERS if getattr(free, lever) == getattr(policy, lever)}
    assert kept == set(LEVERS) - set(policy.asked)
    assert free.asked == ()
    assert not free.caps
    assert Policy().set("security", {}).asked == ("security",)
    assert not Policy().set("security", {}).caps


def test_a_bound_is_set_in_place_of_one_of_its_name_and_an_empty_table_takes_all_off() -> None:
    policy = Policy().set("max_share", {"transit:RU": 0.8, "transit:KZ": 0.7}).set("max_share", {"transit:RU": 0.6})
    assert [(cap.group, cap.cap) for cap in policy.max_share] == [("RU", 0.6), ("KZ", 0.7)]
    assert policy.set("max_hhi", {"corridor": 0.5}).set("max_hhi", {}).max_hhi == ()
    assert policy.set("max_share", {}).max_share == ()


@pytest.mark.parametrize(("lever", "value", "match"), [
    ("max_shar", {}, r"policy has no lever 'max_shar'. .*max_share"),
    ("objective", "netbak", r"policy.objective = 'netbak'; expected netback or cost or revenue. .*netback"),
    ("max_share", 0.8, r"max_share is a table of caps such as \{ 'transit:RU' = 0.8 \}"),
    ("max_share", {"transit:RU": 1.2}, r"max_share of 'transit:RU': 1.2 is not a share from 0 to 1"),
    ("max_exposure", {"transit:RU": True}, "max_exposure of 'transit:RU': True is not a volume in"),
    ("max_hhi", {"corridor": 0}, r"max_hhi of 'corridor': 0 is not a number above 0 and at most 1"),
    ("max_hhi", {"corridor": {"wieght": "risk"}}, "unknown key 'wieght'; expected cap, weight, family. .*weight"),
    ("max_share", {"transit:RU": {"ovr": "period"}}, "unknown key 'ovr'; expected cap, over, family. .*over"),
    ("max_share", {"transit:RU": {"cap": 0.5, "over": "month"}}, "over = 'month'; expected 'horizon' or 'period'"),
    ("security", {"delat": 1}, r"policy.security has no 'delat'; expected .*delta.*\. .*delta"),
    ("cvar", {"kapa": 1}, r"policy.cvar has no 'kapa'; expected alpha, lambda, kappa, .*"),
    ("cvar", {"scenarios": [{"name": "a", "probability": 0.1}]}, r"policy.cvar.scenarios 1: outages is missing"),
    ("cvar", {"scenarios": [{"probability": 2}]}, r"scenarios 1.probability = 2; expected a number from 0 to 1"),
    ("carbon_price", "30 EUR", "policy.carbon_price = '30 EUR'; expected a number of USD/tCO2e"),
    ("carbon_price", 1e12, "expected a number of USD/tCO2e, 0 or more and 100000 at most, or .none."),
])  # fmt: skip
def test_a_slip_is_told_with_place_and_repair(lever: str, value: object, match: str) -> None:
    with pytest.raises(UsageError, match=match):
        Policy().set(lever, value)


def test_a_table_is_laid_over_what_was_there() -> None:
    policy = asked().set("cvar", {"alpha": 0.5})
    assert policy.cvar == Cvar(0.5, 0.5, scenarios=(Disruption("a", 0.1, ("arc:SHORT",), days=30.0),))
    assert asdict(policy.set("cvar", "none"))["cvar"] is None
    assert policy.set("base_prices", "none").base_prices == ()
