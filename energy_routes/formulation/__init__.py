"""The mathematics: :mod:`recipe` lists the rules, each rule is one function, one concern a file."""

from __future__ import annotations

import inspect

from energy_routes.errors import UsageError
from energy_routes.formulation.recipe import NETBACK, OBJECTIVES, RULES
from energy_routes.formulation.space import Space, build_space
from energy_routes.program import Program, Term


def build(space: Space) -> Program:
    """The linear programme of a space.  Raises UsageError for an objective that its packs have no data for."""
    if space.policy.objective not in OBJECTIVES:
        raise UsageError(
            "objective 'revenue' needs a sourced fiscal.csv (royalty, export duty, profit tax), and "
            f"{', '.join(pack.name for pack in space.case.network.packs)} has none; use 'netback' or 'cost'"
        )
    sense, money = OBJECTIVES[space.policy.objective]
    sign = 1.0 if sense == "max" else -1.0
    rows = (rule(space).named(rule.__name__) for rule in RULES)
    terms = tuple(Term(term.__name__, kind, term(space) * sign) for term, kind in money)
    kept = tuple(block for block in (*rows, *space.linked) if len(block))
    return Program(sense, tuple(space.builder.blocks), kept, (*terms, *space.bets))


def describe() -> str:
    """The mathematics as Markdown, generated from the rules' own docstrings."""
    parts = [
        _HEAD,
        "## Objective\n",
        *map(_section, (term for term, _ in NETBACK)),
        "Least cost minimises the same costs with prices off, lifting at each supply as stated.\n",
        "## Rules\n",
        *map(_section, RULES),
    ]
    return "\n".join(parts)


def _section(function: object) -> str:
    name = getattr(function, "__name__", "")
    equation, _, rest = inspect.cleandoc(getattr(function, "__doc__", "") or "").partition("\n")
    return f"### {name.replace('_', ' ')}\n\n    {equation}\n\n{rest.strip()}\n"


_HEAD = """# Formulation

Generated from the docstrings of the rules (`energy-routes formulation`); the code that builds each rule stands
under the equation shown here. Volumes are Mt (oil) or bcm at 20 °C (gas) per period, money is million USD (MUSD),
unit values are USD/t (USD/1000 m³), shares are fractions.

k family (oil, gas) · c commodity (a crude grade, or gas) · n node · a arc · l lane: an existing (arc, commodity)
pair · t period of length Δt years · s supply · m market with price tiers · j joint limit · g group of a kind · κ
contract · o obligation
"""

__all__ = ["NETBACK", "RULES", "Space", "build", "build_space", "describe"]
