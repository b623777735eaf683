"""The mathematics that people read is the mathematics that runs."""

from __future__ import annotations

from pathlib import Path

from energy_routes.formulation import NETBACK, RULES, describe


def test_the_page_is_generated_from_the_rules(root: Path) -> None:
    assert (root / "docs" / "formulation.md").read_text("utf-8") == describe()


def test_every_rule_states_its_equation_index_set_and_unit() -> None:
    for rule in RULES:
        first = (rule.__doc__ or "").splitlines()[0]
        assert "∀" in first, rule.__name__
        assert "[Mt | bcm]" in first, rule.__name__
    for term, _ in NETBACK:
        assert "[MUSD" in (term.__doc__ or "").splitlines()[0], term.__name__
