"""The mathematics that people read is the mathematics that runs."""

from __future__ import annotations

from pathlib import Path

from energy_routes.formulation.description import FUTURES, SECURITY, describe
from energy_routes.formulation.recipe import NETBACK, RULES
from energy_routes.indicators import INDICATORS


def test_the_page_is_generated_from_the_rules(root: Path) -> None:
    assert (root / "docs" / "formulation.md").read_text("utf-8") == describe()


def test_every_rule_states_its_equation_index_set_and_unit() -> None:
    for rule in RULES:
        first = (rule.__doc__ or "").splitlines()[0]
        assert "∀" in first or rule.__name__ in ("budget", "max_emissions"), rule.__name__  # one row each
        unit = {"standing": "[units]", "chains": "[share of", "budget": "[MUSD]", "max_emissions": "[Mt CO2e]"}
        assert unit.get(rule.__name__, "[Mt | bcm]") in first, rule.__name__
    for term in NETBACK:
        assert "[MUSD" in (term.__doc__ or "").splitlines()[0], term.__name__


def test_the_rules_of_risk_state_theirs_too() -> None:
    for rule in SECURITY:
        assert "∀" in (rule.__doc__ or "").splitlines()[0], rule.__name__
    for rule in (*SECURITY, *FUTURES):
        assert "[M" in (rule.__doc__ or "").splitlines()[0], rule.__name__


def test_every_indicator_says_what_it_is() -> None:
    known = tuple(f"| `{each.id}` |" for each in INDICATORS)
    rows = [line for line in describe().splitlines() if line.startswith(known)]
    assert len(rows) == len(INDICATORS)
    assert all(line.endswith(". |") for line in rows)
