"""The mathematics: :mod:`recipe` lists the rules, each rule is one function, one concern a file."""

from __future__ import annotations

import inspect

from energy_routes.errors import UsageError
from energy_routes.formulation import booking_rules, security_rules, tail_rules
from energy_routes.formulation.recipe import NETBACK, OBJECTIVES, RULES
from energy_routes.formulation.space import Space, build_space
from energy_routes.program import Program, Term

SECURITY = (
    security_rules.secure,
    security_rules.stranded,
    security_rules.released_stock,
    security_rules.released_rate,
    security_rules.unforeseen,
    security_rules.hold_window,
    security_rules.planned_lifting,
    security_rules.restored_stock,
)
FUTURES = (
    booking_rules.bookings,
    booking_rules.booked_capacity,
    booking_rules.within_booking,
    booking_rules.spot_capacity,
    tail_rules.shortfall,
    tail_rules.cvar,
    tail_rules.tail,
)


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
        _SECURITY,
        *map(_section, SECURITY),
        _FUTURES,
        *map(_section, FUTURES),
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

_SECURITY = """## Security of supply

`[policy.security]` asks that after each single loss (N-1) at most the share δ of the exports planned for its window is
lost. Preventive: what the plan moves over the lost arcs counts as lost, less what tanks behind the break can give up.
Corrective: for each outage ω a copy of the rules balance … contracts above, over the window and the recovery, under
what the outage leaves; it starts with the plan's stocks. Minima that no plan could keep then (home obligations last of
all) are waived by the least volume, and the waiver is reported. `delta = "min"` seeks the smallest δ: the largest ratio
lost/planned is made least by Dinkelbach's method for several ratios (Crouzeix, Ferland, Schaible 1985).
"""
_FUTURES = """## Bookings and futures

`[policy.cvar]` weighs several futures ω of probability p_ω (Σp = 1, one of them undisturbed): each has a copy of the
rules balance … contracts, and N_ω is its netback (bookings and penalties included). First stage: the bookings u,
nothing else. The objective is (1 − λ)·E[N] − λ·CVaR_α(−N), or E[N] with CVaR_α(−N) ≤ κ. Wait and see (WS) knows the
future before booking; EVPI = WS − value; VSS = value − the value of the bookings that fit average capacities; at λ = 0
these are the classical ones, else they are taken on the same mean and tail. Minimum regret over scenarios s that share
u: least R with V*_s − N_s ≤ R.
"""

__all__ = ["NETBACK", "RULES", "Space", "build", "build_space", "describe"]
