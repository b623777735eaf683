"""Bookings under disruption around a solve: one undisturbed future and a recourse copy of each other one.

First stage: bookings, and nothing else.  Second stage: everything that flows, once it is known what fails.  The tables
of the plan show the undisturbed future; the ledger adds what disruptions are expected to cost, and what is given up
to soften the worst of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Bookings, Cvar, Futures, Policy, arcs_meant, futures_of, mean_of, rate_table
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.formulation import (
    Copy,
    Link,
    Space,
    bookings as booking_rules,
    build_space,
    declared,
    ledger_entry,
    ledger_terms,
    recourse_copy,
    tail as tail_rules,
)
from energy_routes.linear import Builder, Expr, Program, Rows, Session, Status, Term, Vector, axis, zero
from energy_routes.pack import in_digits
from energy_routes.plan import Plan
from energy_routes.solving.canonical_plan import pick
from energy_routes.solving.prices.premium import swept


@dataclass(frozen=True, eq=False)
class Hedge:
    """What a programme over several futures is made of.

    ``netback`` is the netback of each future on the axis ``futures`` (bookings included), ``alone`` the same without
    bookings; ``booked`` the bookings by lane, ``spot`` what is bought on the day when nothing fails; ``risk`` CVaR as
    an expression, None where nothing depends on it.
    """

    lever: Cvar
    terms: Bookings
    futures: Futures
    spaces: tuple[Space, ...]
    copies: tuple[Copy, ...]
    netback: Expr
    alone: Expr
    booked: Expr
    spot: Expr
    risk: Expr | None

    @property
    def probability(self) -> Vector:
        return np.array([s.probability for s in self.futures.scenarios], dtype=float)


def hedged(space: Space) -> tuple[Space, Hedge | None]:
    """The space with a copy for each future of its policy's CVaR, where there is one.

    Raises UsageError for an objective that is no netback, InfeasibleError where no bookings keep the tail.
    """
    lever = space.policy.cvar
    if lever is None:
        return space, None
    if space.policy.objective != "netback":
        raise UsageError(f"policy.cvar weighs netbacks: objective {space.policy.objective!r} has none")
    case = space.case
    futures = futures_of(case.network, lever, case.periods)
    physical = replace(case, policy=Policy(objective=space.policy.objective))
    copies = tuple(
        recourse_copy(space, replace(physical, network=s.strike(case.network)), s.name, None)
        for s in futures.scenarios[1:]
    )
    spaces = (space, *(copy.space for copy in copies))
    terms = space.policy.bookings or Bookings()
    arcs = [arc for name in terms.arcs for arc in arcs_meant(case.network, name)]
    booked = space.builder.variable("booked", booking_rules.booking_axis(space, arcs))
    rows = [row for copy in copies for row in copy.rows]
    rows.append(booking_rules.booked_capacity(space, booked).named("booked_capacity"))
    paid, spots = [], []
    for s, future in zip(spaces, futures.scenarios, strict=True):
        spot = space.builder.variable(f"spot@{future.name}", booked.axis)
        rows.append(booking_rules.within_booking(s, booked, spot).named(f"within_booking@{future.name}"))
        if terms.spot < 1.0:
            rows.append(booking_rules.spot_capacity(s, spot, terms.spot).named(f"spot_capacity@{future.name}"))
        spots.append(spot)
        paid.append(booking_rules.bookings(s, booked, spot, terms.premium))
    axes = axis("future", ("future",), pd.DataFrame({"future": [s.name for s in futures.scenarios]}, dtype=object))
    alone = [[term.expr for term in ledger_terms(s)] for s in spaces]
    whole = [[*others, own] for others, own in zip(alone, paid, strict=True)]
    earned, bare = tail_rules.one_each(whole, axes), tail_rules.one_each(alone, axes)
    hedge = Hedge(lever, terms, futures, spaces, copies, earned, bare, booked, spots[0], None)
    return _weighed(replace(space, linked=(*space.linked, *rows)), hedge, paid[0])


def _weighed(space: Space, hedge: Hedge, paid: Expr) -> tuple[Space, Hedge]:
    """The space with the objective of a mean and a tail: (1 − λ)·E[N] − λ·CVaR, or E[N] with CVaR ≤ κ."""
    lever, one = hedge.lever, axis("one", (), pd.DataFrame({"one": [0]}))
    mean = tail_rules.on_one([hedge.netback * hedge.probability], one)
    undisturbed = np.zeros(len(hedge.probability))
    undisturbed[0] = 1.0
    calm = tail_rules.on_one([hedge.netback * undisturbed], one)
    bets = [ledger_entry("bookings", paid), ledger_entry("disruptions", mean - calm)]
    rows: list[Rows] = []
    if lever.weight > 0 or lever.limit is not None:
        quantile = space.builder.variable("quantile", one, -np.inf, np.inf)
        excess = space.builder.variable("excess", hedge.netback.axis)
        rows.append(tail_rules.shortfall(hedge.netback, quantile, excess).named("shortfall"))
        risk = tail_rules.cvar(quantile, excess, hedge.probability, lever.alpha)
        hedge = replace(hedge, risk=risk)
        if lever.limit is None:
            bets.append(ledger_entry("aversion", (mean + risk.on(one)) * -lever.weight))
        else:
            rows.append(tail_rules.tail(risk, lever.limit).named("tail"))
    later = -hedge.netback if len(hedge.netback.axis) else zero(hedge.netback.axis)
    out = replace(space, linked=(*space.linked, *rows), bets=(*space.bets, *bets), then=(*space.then, later))
    return out, hedge


def refuse_tail(hedge: Hedge | None, program: Program, name: str) -> None:
    """Refuse a limit on CVaR that no bookings can keep, saying the least that can be had.  Raises InfeasibleError."""
    if hedge is None or hedge.risk is None or hedge.lever.limit is None:
        return
    rows = tuple(block for block in program.rows if block.name != "tail")
    least = replace(program, rows=rows, sense="min", terms=(Term("risk", "risk", hedge.risk),))
    solution = Session(least).solve()
    if solution.status is Status.optimal and solution.objective > hedge.lever.limit + 1e-6 * abs(hedge.lever.limit):
        raise InfeasibleError(
            f"{name}: CVaR at {hedge.lever.alpha:g} cannot go below {in_digits(solution.objective, ',.1f')} MUSD "
            f"(kappa asks {in_digits(hedge.lever.limit, ',.1f')}); raise policy.cvar.kappa, or let more be booked"
        )


def with_hedge(plan: Plan, hedge: Hedge | None, program: Program, x: Vector) -> Plan:
    """The plan with its bookings, its futures, and the worth of information and of reckoning with them."""
    if hedge is None:
        return plan
    probability, netback = hedge.probability, hedge.netback.value(x)
    value = float(program.cost @ x) + program.offset
    quantile, risk = tail_rules.cvar_of(-netback, probability, hedge.lever.alpha)
    alone = _alone(hedge, program)
    knowing = _mean_risk(hedge, alone)
    average = _of_the_average(hedge, program)
    figures: dict[str, Any] = {
        "expected_netback": float(probability @ netback), "alpha": hedge.lever.alpha, "lambda": hedge.lever.weight,
        "kappa": hedge.lever.limit, "value_at_risk": quantile, "cvar": risk, "value": value,
        "wait_and_see": knowing, "evpi": None if knowing is None else swept(knowing - value),
        "expected_value_bookings": average, "vss": None if average is None else swept(value - average),
        "bookings": _worth_of_booking(hedge, program, netback, value) if len(hedge.booked.col) else None,
        "covered": hedge.futures.covered, "rates": rate_table(hedge.futures.rates).to_dict("records"),
    }  # fmt: skip
    cash = sum(float(term.expr.value(x).sum()) for term in program.terms if term.name == "bookings")
    parts = plan.parts.but(
        bookings=partial(_bookings, hedge, x),
        futures=partial(_futures, hedge, netback, alone, -quantile),
        warnings=lambda: (*plan.warnings, _words(hedge, figures)),
    )
    return replace(
        plan, netback=plan.netback + cash, parts=parts, certificate={**plan.certificate, "risk": figures})


def _alone(hedge: Hedge, program: Program) -> Vector:
    """Netback of each future for one who knew it beforehand: its own best plan, with just the bookings it uses."""
    rows = tuple(block for block in program.rows if declared(block) != Link("futures"))
    terms = (Term("alone", "cash", hedge.alone),)
    solution = Session(replace(program, sense="max", rows=rows, terms=terms)).solve()
    return hedge.alone.value(solution.x)


def _mean_risk(hedge: Hedge, netback: Vector) -> float | None:
    """The objective of a vector of netbacks; None where its tail is not kept."""
    mean = float(hedge.probability @ netback)
    _, risk = tail_rules.cvar_of(-netback, hedge.probability, hedge.lever.alpha)
    if hedge.lever.limit is not None:
        return mean if risk <= hedge.lever.limit + 1e-6 * abs(hedge.lever.limit) else None
    return (1.0 - hedge.lever.weight) * mean - hedge.lever.weight * risk


def _of_the_average(hedge: Hedge, program: Program) -> float | None:
    """The objective with the bookings of one who reckons with average capacities; None where they serve not all."""
    case = replace(hedge.spaces[0].case, policy=Policy(objective="netback"))
    first = build_space(case, Builder())
    struck = replace(case, network=mean_of(hedge.futures).strike(case.network))
    copy = recourse_copy(first, struck, "expected", None)
    average = Program("max", tuple(first.builder.blocks), copy.rows, ledger_terms(copy.space))
    session = Session(average)
    solution = session.solve()
    if solution.status is not Status.optimal:
        return None
    chosen = pick(session, average, solution, copy.space)
    booked = np.maximum(copy.space.flow.spread_to(hedge.booked.axis).value(chosen.x), 0.0)
    fixed = Session(program)
    at = hedge.booked.col
    fixed.set_column_bounds(at, booked, booked)
    found = fixed.solve()
    return found.objective if found.status is Status.optimal else None


def _worth_of_booking(hedge: Hedge, program: Program, netback: Vector, value: float) -> dict[str, float | None]:
    """The objective without bookings, what they are worth beside it, and the least and most of it over the futures.

    MUSD; None where no plan without bookings keeps what is asked.
    """
    bare = _without_bookings(hedge, program)
    without = None if bare is None else _mean_risk(hedge, bare)
    if bare is None or without is None:
        return dict.fromkeys(("without", "worth", "least", "most"))
    gained = netback - bare
    return {"without": without, "worth": swept(value - without), "least": swept(float(gained.min())),
            "most": swept(float(gained.max()))}


def _without_bookings(hedge: Hedge, program: Program) -> Vector | None:
    """Netback of each future of one who books nothing and buys on the day; None where that serves not all.

    Nothing else is decided before it is known what fails, so that each future is at its own best.
    """
    rows = tuple(block for block in program.rows if block.name != "tail")
    session = Session(replace(program, sense="max", rows=rows, terms=(Term("netback", "cash", hedge.netback),)))
    nothing = np.zeros(len(hedge.booked.col))
    session.set_column_bounds(hedge.booked.col, nothing, nothing)
    solution = session.solve()
    return hedge.netback.value(solution.x) if solution.status is Status.optimal else None


def _bookings(hedge: Hedge, x: Vector) -> pd.DataFrame:
    lanes = hedge.booked.axis
    booked = np.maximum(hedge.booked.value(x), 0.0)
    used = np.minimum(hedge.spaces[0].flow.spread_to(lanes).value(x), booked)
    frame = lanes.frame[["period", "arc", "commodity", "family"]].assign(
        booked=booked, used=np.maximum(used, 0.0), spot=np.maximum(hedge.spot.value(x), 0.0),
        charge=lanes.data("charge"), paid=booked * lanes.data("charge"),
        unit=lanes.frame["family"].map(hedge.spaces[0].case.network.units("volume")),
    )  # fmt: skip
    return frame.sort_values(["period", "arc", "commodity"], ignore_index=True)


def _futures(hedge: Hedge, netback: Vector, alone: Vector, worst: float) -> pd.DataFrame:
    """One row a future: probability, netback, what knowing it would have brought, and what force majeure waived."""
    return pd.DataFrame(
        {
            "future": [s.name for s in hedge.futures.scenarios],
            "probability": hedge.probability,
            "netback": netback,
            "alone": alone,
            "regret": [swept(float(lost)) for lost in alone - netback],
            "tail": netback <= worst + 1e-6 * max(1.0, abs(worst)),
            "waived": [0.0, *(copy.waived for copy in hedge.copies)],
            "unit": "MUSD",
        }
    )


def _words(hedge: Hedge, figures: dict[str, Any]) -> dict[str, str]:
    earned, worst = (in_digits(money, ",.1f") for money in (figures["expected_netback"], -figures["cvar"]))
    words = (
        f"expected netback {earned} MUSD over {len(hedge.probability)} futures, and {worst} MUSD in the worst "
        f"{100 * (1 - hedge.lever.alpha):.3g} % of them (CVaR)"
    )
    if figures["evpi"] is not None:
        words += f"; knowing what fails would be worth {figures['evpi']:,.4g} MUSD"
    if figures["vss"] is not None:
        words += f"; reckoning with it is worth {figures['vss']:,.4g} MUSD"
    if hedge.futures.rates:
        words += f"; probabilities are estimates from {hedge.futures.rates[0].years:.1f} years of events"
    return {"code": "risk", "message": words, "where": "policy.cvar"}
