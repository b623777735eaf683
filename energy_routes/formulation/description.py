"""The mathematics in words: the rules of :mod:`energy_routes.formulation.recipe`, each with its equation."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Literal

from energy_routes.case import Objective
from energy_routes.errors import UsageError
from energy_routes.formulation.concentration import max_hhi
from energy_routes.formulation.declaration import declared
from energy_routes.formulation.ledger import ledger_terms
from energy_routes.formulation.recipe import BUILDS, NETBACK, RULES, WIDENED
from energy_routes.formulation.rules import bookings as booking_rules, security as security_rules, tail as tail_rules
from energy_routes.formulation.space.space import Space
from energy_routes.indicators import INDICATORS, Indicator, ledger_term
from energy_routes.linear import Program

SENSES: dict[Objective, Literal["max", "min"]] = {"netback": "max", "cost": "min"}
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
    objective = space.policy.objective
    if objective not in SENSES:
        raise UsageError(
            "objective 'revenue' needs a sourced fiscal.csv (royalty, export duty, profit tax), and "
            f"{', '.join(pack.name for pack in space.case.network.packs)} has none; use 'netback' or 'cost'"
        )
    sign = 1.0 if SENSES[objective] == "max" else -1.0
    asked = [rule for rule in RULES if len(space.built.axis) or rule not in (*BUILDS, *WIDENED)]
    rows = (rule(space).named(rule.__name__) for rule in asked)
    terms = tuple(replace(term, expr=term.expr * sign) for term in ledger_terms(space, objective)
                  if ledger_term(term.name).always or len(term.expr.axis))  # fmt: skip
    kept = tuple(block for block in (*rows, *space.linked) if len(block))
    for block in kept:
        declared(block)  # a rule that says nothing of itself is refused here, not when a price is read
    return Program(SENSES[objective], tuple(space.builder.blocks), kept, (*terms, *space.bets))


def describe() -> str:
    """The mathematics as Markdown, generated from the rules' own docstrings."""
    parts = [
        _HEAD,
        "## Objective\n",
        *map(_section, NETBACK),
        "Least cost minimises the same costs with prices off, lifting at each supply as stated.\n",
        "## Rules\n",
        *map(_section, (rule for rule in RULES if rule not in (*BUILDS, *WIDENED))),
        _BUILDS,
        *map(_section, (*BUILDS, *WIDENED)),
        _CONCENTRATION,
        _section(max_hhi),
        _SECURITY,
        *map(_section, SECURITY),
        _FUTURES,
        *map(_section, FUTURES),
        _INDICATORS,
        *map(_row, INDICATORS),
        _EQUALS,
        _PRICES,
        _CURVES,
    ]
    return "\n".join(parts)


def _section(function: object) -> str:
    name = getattr(function, "__name__", "")
    equation, _, rest = inspect.cleandoc(getattr(function, "__doc__", "") or "").partition("\n")
    return f"### {name.replace('_', ' ')}\n\n    {equation}\n\n{rest.strip()}\n"


def _row(indicator: Indicator) -> str:
    """An indicator as a row of a table: what it is stands in the docstring of its formula."""
    told = " ".join(inspect.cleandoc(indicator.formula.__doc__ or "").partition("\n\n")[0].split())
    return f"| `{indicator.id}` | {', '.join(f'`{kind}`' for kind in indicator.kinds)} | {told} |"


_HEAD = """# Formulation

Generated from the docstrings of the rules (`energy-routes formulation`); the code that builds each rule stands
under the equation shown here. Volumes are Mt (oil) or bcm at 20 °C and 101.325 kPa (gas) per period, money is million
USD (MUSD) of the period, undiscounted. Unit values are USD/t (USD/1000 m³); shares are fractions.

Δt is the period's days over the days of its calendar year, 365 or 366, so that the months of a year add up to 1. A
figure a year is multiplied by Δt. A rate a day is first times the days of its year, a rate a month divided by Δt of the
month, so that it is that amount in it. A figure of a table is found by month (month before season before year before
the row itself); a year has Σ days × figure ÷ days of the year, and where figures multiply (K·avail − booked, τ·η, V ×
what is left of its arc) the mean of the product. A lane exists where its arc is open and a supply or an opening stock
can bring its commodity to the arc.

k family (oil, gas) · c commodity (a crude grade, or gas) · n node · a arc · l lane: an existing (arc, commodity)
pair · t period of length Δt years · s supply · m market with price tiers · j joint limit · g group of a kind · κ
contract · o obligation, or build option · y calendar year
"""

_BUILDS = """## Builds

`[policy.build]` lets a plan build: b counts the units of an option that stand in a calendar year, whole ones of a
project. The whole numbers are found first (mixed-integer); with them fixed the plan is a linear programme, which has
prices: they say what a tonne is worth with the builds as they are. The relaxation (parts of projects) is reported as a
bound, never as a plan. One rate and one formula turn capital into a yearly charge, counted inside the horizon only, so
that a build of the last year pays one year of it. Capital is counted once: an arc that an option opens pays an
operating tariff; an arc opened by an edit pays its full tariff; both at once are refused. Where an option widens an
arc whose tariff pays for the old capital, only what moves beyond the old capacity pays the operating tariff.
"""

_CONCENTRATION = """## Concentration

`[policy] max_hhi` is a second-order cone. The session is solved, cut where the plan breaks the cone, and solved again,
until no cone is broken by more than 1e-9 of √H·Σx. Any û of length at most 1 makes a valid cut, so the cuts are kept
in the certificate and checked without a solver. The price is dV/dH = Σ_cuts μ·Σx / (2√H) with the least such μ, in
MUSD per 0.01 of HHI.
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
these are the classical ones, else they are taken on the same mean and tail. Bookings are worth value − the value at
u = 0. Minimum regret over scenarios s that share u: least R with V*_s − N_s ≤ R.
"""

_INDICATORS = """## Indicators

A plan's table `indicators` has these of the exports over the horizon, for each family, with s_i the share of group i of
a kind. It also has the `share` of each group of every kind: countries and chokepoints do not part the exports (BTC
crosses three countries), so they have only that. The risk r_i of a set of countries is 1 − Π (1 − risk of a country).

| indicator | kinds of groups | is |
|---|---|---|"""

_EQUALS = """
## Which of several best plans

Several plans may have the best objective. One of them is taken by rules that look at figures, never at names or at the
order of rows, so that it is the same whichever way it is solved. Each rule decides among what those before it leave:

1. of several futures, the highest sum of their netbacks; of bookings by least regret, the highest expected netback;
2. least tonne-km: min Σ (km_a / 1000 + 0.001) · f_lt + 0.001 · Σ (in_nct + out_nct), so that a tonne counts one km more
   an arc, and a tank is not moved for nothing;
3. of least-cost plans, which prices are nothing to: most sales;
4. deliveries nearest to pro rata: min Σ (y − ŷ)² / max(ŷ, 0.001) over what is lifted, sold and delivered at home;
5. flows spread over capacity: min Σ f_lt² / max(K_at, 1 a year) / Δt, with K the effective capacity of the arc;
6. for what is still open (stocks, deficiencies, bookings …): min Σ z² / max(its limit, 0.001), without a limit z².

The pro rata ŷ is the output that can come of a grade, times the share of whoever gives or takes it [Mt | bcm]:

| y | ŷ |
|---|---|
| q_st, what a supply lifts | what its node can give of the grade times the supply's share of it, that is Q_st·Δt |
| home_oct, at home | H_ot·Δt · G_nct / Σ_c G_nct over the grades that may serve o |
| d_m,c,tier,t, sold | min(D_m,tier·Δt, Σ_s Q_st·Δt of the family) · G_nct / Σ_c G_nct over the grades sold there |

G_nct is what can reach node n as grade c: Σ Q_st·Δt over the supplies from which lanes lead to (n, c), in whichever
period. A supply without limit counts with all that buyers with a limit take of its family in the period, an arc without
limit with all that supplies can lift of it. Recourse copies have their own ŷ and K, from their own limits. Rules 4 to 6
are convex quadratic programmes on the face of optima; each has one solution in what it weighs, its active set is solved
again for one set of digits, and it is taken only if the optimality conditions hold.
"""

_PRICES = """## What a price is

The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It is 0 where more
would not be used, and "no plan" where the move is impossible. A row over a year says what one more a year of the limit,
in force in every period, is worth.

At a degenerate optimum the dual of a limit is one of many. Its right derivative is not. It is the optimum of the
programme on the tangent cone: rows and bounds that are reached have 0 as their limit, all others are free. The
bound that moves is 1. Where an optimal basis stays feasible under the move, its dual is that optimum; else it is
solved for. Its dual runs over all optimal duals. No dual stands in for it: a price that the solver does not find is
left blank, with the reason. What follows from it:

| limit | its price |
|---|---|
| an upper bound | at least 0: what one more would bring |
| a lower bound (a minimum, a nomination, a closing stock) | at most 0: what raising it costs |
| an equality (a home delivery, a swap) | two: both sides moved up, and both moved down |
| a share σ, an HHI cap H | the slope of the value: in σ a percentage point, in H a hundredth |
| a limit in several futures, or in what is left after a loss | it moves in all of them, as far as it stands there |

A level that stands in coefficients has the slope max over optimal x of min over optimal duals y of y·g(x) (Mills 1956;
Williams 1963), where g is what one more of the level lets its row do: Σ_t total_kt of a share, Σx / (2√H) of the cuts
of an HHI cap. An HHI cap that is reached and has no dual holds other moves back by its tangent.

A limit of several periods has the price of each, and that of all together. For the latter its bounds move by Δt in
every period, and the worth is divided by Σ_t Δt; a level (a tank, a share) moves by 1. The second is at least the mean
of the first, and more where a period alone is of no use. Whole numbers of builds are held.
"""

_CURVES = """## The curve of a number

`frontier` writes the programme as base + t·slope, 0 ≤ t ≤ 1. A basis stays optimal as long as no basic value passes a
bound and no reduced cost changes sign. Times ρ(t) = det B(t) / det B(t₀) all of these are affine in t where only
bounds, only costs, or one row (one column) of the matrix depend on t. So a basis holds on an interval with a closed
form, where the optimum is (a + b·t)/(1 + g·t). Such intervals cover the curve, and that proves it.

| number | shape | how it is known |
|---|---|---|
| capacity, supply, depth, cap in Mt | concave, piecewise linear | every basis, exact kinks |
| tariff, price, differential | convex, piecewise linear | every basis, exact kinks |
| share over the horizon, exports held and constant | concave, piecewise linear | every basis, exact kinks |
| share over the horizon, exports free | pieces (a + b·σ)/(1 + g·σ) | every basis; ρ keeps its sign on a piece |
| HHI, exports held and constant | concave | between chords and tangents, to a stated error |
| share by period, HHI with exports free, several rows at once | none to rely on | sampled, and labelled so |
"""
