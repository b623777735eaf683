"""Every rule says above its equation what it is; prices, repairs and names read that and nothing else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from toy import TABLES, toy

import energy_routes.formulation
from energy_routes.case import Case
from energy_routes.errors import InfeasibleError, LabelError
from energy_routes.formulation import description
from energy_routes.formulation.declaration import DECLARED, Account, Limit, Link, declared, limit_of
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Rows
from energy_routes.network import Names
from energy_routes.plan import limit_table
from energy_routes.plan.plan import PRICE_KINDS
from energy_routes.solving import program_of, solve, stated

PLANTED = "def planted(s) -> Rows:\n    return s.exports >= 0.0\n"


def rule_modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(energy_routes.formulation.__path__, "energy_routes.formulation."):
        yield importlib.import_module(module.name)


def undeclared(modules: Iterator[ModuleType]) -> set[str]:
    """Public functions that return rows, and say not what they are."""
    return {
        name for module in modules for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
        and inspect.signature(function).return_annotation in ("Rows", Rows) and name not in DECLARED
    }


def test_every_rule_is_declared_where_it_is_written() -> None:
    assert undeclared(rule_modules()) == set()


def test_a_rule_without_a_declaration_is_found() -> None:
    module = ModuleType("planted_rules")
    exec(PLANTED, vars(module))
    assert undeclared(iter([module])) == {"planted"}


@pytest.mark.usefixtures("built_anew")
def test_a_programme_with_an_undeclared_rule_is_not_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(s: Space) -> Rows:
        return s.exports >= 0.0

    monkeypatch.setattr(description, "RULES", (*description.RULES, planted))
    with pytest.raises(LabelError, match="rule 'planted' stands in the programme without a declaration; write @Limit"):
        solve(toy(tmp_path))


def test_two_rules_do_not_share_a_name() -> None:
    def capacity() -> None: ...

    with pytest.raises(LabelError, match="two rules are called 'capacity'"):
        Account()(capacity)
    assert Limit("capacity", key="arc", repair=6, waived=1)(capacity) is capacity  # declared alike: the same rule again


def test_kinds_of_limits_are_those_of_the_table_of_prices() -> None:
    stated = {told.kind for told in DECLARED.values() if isinstance(told, Limit)}
    assert stated == set(PRICE_KINDS) - {"user"}


def test_accounts_links_and_copies_are_no_limits(tmp_path: Path) -> None:
    rows = {block.name: block for block in program_of(toy(tmp_path)).rows}
    assert isinstance(declared(rows["balance"]), Account)
    assert limit_of(rows["balance"]) is limit_of(rows["capacity"].named("budget")) is None
    assert declared(rows["capacity"].named("budget")) == Link("builds", name="budget of builds", unit="MUSD")
    capacity = rows["capacity"].named("capacity@arc:SHORT")
    assert declared(capacity) == limit_of(rows["capacity"]) != limit_of(capacity) is None


def test_a_user_may_call_a_rule_as_he_likes(tmp_path: Path) -> None:
    """A name that a rule of ours would have, or one with an @, is still the user's limit."""
    pytest.importorskip("pulp")
    names = ("max_share", "closing_stock", "at most @ 3", "arc:SHORT")
    plan = solve(toy(tmp_path), constraints=lambda m: ((m.flow["SHORT"] <= 3.0 + n, name)
                                                       for n, name in enumerate(names)))  # fmt: skip
    found = plan.prices["user"]
    assert found["name"].tolist() == found["limit"].tolist() == list(names)
    assert found["price"].tolist() == pytest.approx([470.0 - 440.0, 0.0, 0.0, 0.0])  # SHORT instead of the second tier
    assert set(found["unit"]) == {"USD/t"}


@pytest.mark.parametrize(("text", "labels", "expected"), [
    ("{arc}", {"arc": ["SHORT", "UNKNOWN"]}, ["Short way", "UNKNOWN"]),
    ("{market}, tier {tier}", {"market": ["EAST"], "tier": [2]}, ["East, tier 2"]),
    ("cap on the share of {group}", {"kind": ["corridor", "market"], "group": ["LONG", "SEA"]},
     ["cap on the share of Long corridor", "cap on the share of market:SEA"]),
    ("what may be lost with {outage} of {market}",
     {"outage": ["arc:SHORT & arc:LONG", "transit:RU"], "market": ["", "WEST"]},
     ["what may be lost with Short way & Long way", "what may be lost with Russia of West"]),
    ("exports of {family} held", {"family": ["oil"]}, ["exports of oil held"]),
    ("cap on emissions", {"window": ["horizon"]}, ["cap on emissions"]),
])  # fmt: skip
def test_names_are_filled_in(tmp_path: Path, text: str, labels: dict[str, list[object]], expected: list[str]) -> None:
    assert Names(toy(tmp_path).network.tables).filled(text, pd.DataFrame(labels)) == expected


def test_a_firm_contract_is_told_as_the_most_it_is(tmp_path: Path) -> None:
    """Its row is written as −(shipped − y) ≥ −V; the table holds V from above."""
    case = toy(tmp_path, {"contracts": "id,kind,arc,volume,charge\nFIRM,firm,SHORT,4,5\nPAY,ship_or_pay,LONG,1,5"})
    table = limit_table(*stated(case)).query("kind == 'contract'").set_index("limit")
    assert table.loc["FIRM", ["sign", "lower", "upper"]].tolist() == pytest.approx([-1.0, -float("inf"), 4.0])
    assert table.loc["PAY", ["sign", "lower", "upper"]].tolist() == pytest.approx([1.0, 1.0, float("inf")])


WIDER = {
    "arcs": TABLES["arcs"].replace("capacity,", "capacity,minimum,").replace("20,1,10", "20,,1,10").replace(
        "6,30,1000", "6,,30,1000").replace("LONG,HUB,WEST,Long way,5", "LONG,HUB,WEST,Long way,{most},{least}"),
    "options": "id,name,kind,units,capacity,capex\nWIDER,Wider,project,1,2,100",
    "option_effects": "option,target\nWIDER,arc:LONG",
}


def wider(folder: Path, least: float, most: float) -> Case:
    """The toy with an option that widens the long way, which has a minimum."""
    return toy(folder, {name: text.format(least=least, most=most) for name, text in WIDER.items()},
               model="[policy.build]\nrate = 0.1")


def test_the_minimum_of_an_arc_that_an_option_widens_has_its_price(tmp_path: Path) -> None:
    """Of 8 Mt for export SHORT takes 6 at 470 USD/t; with 4 Mt on LONG at least it loses one for each more at 440."""
    plan = solve(wider(tmp_path, 4, 5))
    found = plan.prices["capacity"].set_index("limit").loc["LONG"]
    assert found[["name", "side", "volume", "bound", "unit"]].tolist() == ["Long way", "lower", 4.0, 4.0, "USD/t"]
    assert found["price"] == found["price_all"] == pytest.approx(440.0 - 470.0)
    assert plan.arcs.set_index("arc").loc["LONG", "price"] == pytest.approx(440.0 - 470.0)


def test_the_minimum_of_an_arc_that_an_option_widens_can_give_way(tmp_path: Path) -> None:
    """10 Mt are lifted and 2 stay at home: a minimum of 9 is 1 too much. An arc is cheaper to loosen than a field."""
    with pytest.raises(InfeasibleError) as caught:
        solve(wider(tmp_path, 9, 9))
    assert [one["words"] for one in caught.value.relaxations] == ["Long way (2023): 1 Mt less"]


def test_the_minimum_of_a_supply_that_an_option_adds_to_can_give_way(tmp_path: Path) -> None:
    tables = {
        "supplies": "id,node,commodity,shipper,available,minimum,cost\nFIELD_CO,FIELD,CRUDE,Field Co,30,25,9",
        "options": "id,name,kind,units,capacity,capex\nPLANT,A plant,project,1,2,1000",
        "option_effects": "option,target\nPLANT,supply:FIELD_CO",
    }
    with pytest.raises(InfeasibleError) as caught:
        solve(toy(tmp_path, tables, model="[policy.build]\nrate = 0.1"))
    assert {one["words"] for one in caught.value.relaxations} == {
        "Long way (2023): 7 Mt more", "Field Co supply at Field (2023): 5 Mt less"}  # fmt: skip
