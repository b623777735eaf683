"""Minimum regret over named scenarios: one set of bookings that is never far from what hindsight would have booked.

Regret of a scenario is what its own best plan earns less what is earned with the shared bookings (Savage 1951).  No
probabilities are needed; expected netback and CVaR stand beside it, for those who have some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from energy_routes.case import Bookings, Case, arcs_meant, ramped
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.formulation import (
    BUILDS,
    RULES,
    Space,
    bookings as booking_rules,
    build_space,
    ledger_terms,
    opened,
    tail as tail_rules,
)
from energy_routes.linear import (
    INF,
    Axis,
    Builder,
    Expr,
    Program,
    Rows,
    Session,
    Solution,
    Status,
    Term,
    Vector,
    axis,
    between,
)
from energy_routes.pack import annotated, check_count
from energy_routes.plan import builds_table
from energy_routes.solving import compile, fixed_at, preference
from energy_routes.studies.study import Study

CRITERIA = ("regret", "expected", "cvar")
NEAR = 1e-9
DUST = 1e-6  # MUSD: below a dollar, regret is the arithmetic's


@dataclass(frozen=True, eq=False, repr=False)
class Regret(Study):
    """What to book, by three criteria.

    Attributes
    ----------
    summary : DataFrame
        One row a criterion (regret, expected, cvar): largest regret, expected netback and CVaR, MUSD.
    scenarios : DataFrame
        Netback and regret of each scenario under each criterion, and its own best, ``alone``, MUSD.
    bookings : DataFrame
        What each criterion books of each lane and period, Mt (bcm).
    builds : DataFrame
        What each criterion builds, a row an option and year as in a plan.
    """

    summary: pd.DataFrame
    scenarios: pd.DataFrame
    bookings: pd.DataFrame
    builds: pd.DataFrame
    stem: ClassVar = "regret"
    tables: ClassVar = ("summary", "scenarios", "bookings")

    @property
    def least(self) -> float:
        """The least largest regret, MUSD."""
        return float(self.summary.loc[self.summary["criterion"] == "regret", "largest_regret"].iloc[0])

    def _head(self) -> dict[str, Any]:
        return {"least_regret": self.least}

    def __repr__(self) -> str:
        return f"Regret(least {self.least:,.1f} MUSD)\n{self.summary.to_string(index=False)}"


@dataclass(frozen=True, eq=False)
class _Joint:
    """The programme of all scenarios together: ``netback`` on the axis of scenarios, ``alone`` what each could earn."""

    builder: Builder
    rows: tuple[Rows, ...]
    netback: Expr
    alone: Vector
    probability: Vector
    booked: Expr
    spaces: tuple[Space, ...]


@annotated
def regret(
    cases: Mapping[str, Case] | Sequence[Case],
    bookings: Bookings | Mapping[str, object] | None = None,
    probabilities: Mapping[str, float] | None = None,
    alpha: float = 0.9,
) -> Regret:
    """Bookings and builds shared by several cases of one horizon, by three criteria.

    They are matched by arc, commodity and period, and by option.  Among plans of least regret the one with the highest
    expected netback is taken.

    Parameters
    ----------
    cases : mapping of str to Case, or sequence of Case
        The scenarios.  What can be built is the first one's ``policy.build``.
    bookings : Bookings, mapping or None
        What can be booked, as ``policy.bookings`` has it; None: that of the first case.
    probabilities : mapping of str to float, or None
        Of each scenario, summing to 1; None: equal ones.
    alpha : float
        The level of CVaR, from 0 to below 1.

    Returns
    -------
    Regret
        What to book and to build, and what it loses in each scenario (MUSD).

    Raises
    ------
    UsageError
        There is nothing to share, the horizons differ, or a policy is not a plain netback under caps.
    InfeasibleError
        A scenario has no plan, or no bookings serve all.

    References
    ----------
    L. J. Savage, "The theory of statistical decision", Journal of the American Statistical Association 46 (1951),
    doi:10.1080/01621459.1951.10500768.
    R. T. Rockafellar and S. Uryasev, "Optimization of conditional value-at-risk", Journal of Risk 2 (2000),
    doi:10.21314/JOR.2000.038.
    """
    named = dict(cases) if isinstance(cases, Mapping) else {case.name: case for case in cases}
    if not isinstance(cases, Mapping) and len(named) < len(cases):
        raise UsageError("two scenarios have one name: give them as a mapping of names to cases")
    if not 0 <= alpha < 1:
        raise UsageError(f"alpha = {alpha:g}: a level from 0 to 1 (not itself) is expected")
    terms = _terms(named, bookings)
    joint = _joint(named, terms, _chances(named, probabilities))
    points = {criterion: _point(joint, criterion, alpha) for criterion in CRITERIA}
    return _report(named, joint, points, alpha)


def _terms(named: Mapping[str, Case], bookings: Bookings | Mapping[str, object] | None) -> Bookings:
    if not named:
        raise UsageError("regret needs at least one scenario")
    first = next(iter(named.values()))
    terms = bookings if isinstance(bookings, Bookings) else (
        Bookings.parse(bookings, first.policy.bookings) if bookings is not None else first.policy.bookings
    )
    if (terms is None or not terms.arcs) and first.policy.build is None:
        raise UsageError("regret shares bookings and builds: name arcs in bookings = {'arcs': [...]} or "
                         "policy.bookings, or options in policy.build")
    terms = terms or Bookings()
    for name, case in named.items():
        if case.periods != first.periods:
            raise UsageError(f"scenario {name!r} has other periods than {next(iter(named))!r}")
        if case.policy.build != first.policy.build:
            raise UsageError(f"scenario {name!r} may build other things than {next(iter(named))!r}")
        policy = case.policy
        if policy.objective != "netback" or policy.max_hhi or policy.security or policy.cvar:
            raise UsageError(f"scenario {name!r}: regret weighs plain netbacks, under caps on shares or volumes. Take "
                             "policy.objective, max_hhi, security and cvar out of the model")
        if ramped(case):
            raise UsageError(f"scenario {name!r} has an unforeseen event, and regret weighs scenarios that are "
                             "foreseen. Leave out `event` of its edits")
    return terms


def _chances(named: Mapping[str, Case], probabilities: Mapping[str, float] | None) -> Vector:
    if probabilities is None:
        return np.full(len(named), 1.0 / len(named))
    if set(probabilities) != set(named):
        raise UsageError(f"probabilities name {', '.join(probabilities)}; the scenarios are {', '.join(named)}")
    out = np.array([probabilities[name] for name in named], dtype=float)
    for name, chance in probabilities.items():
        check_count(f"probability of {name}", chance, 0)
    if not abs(out.sum() - 1.0) <= NEAR:
        raise UsageError(f"probabilities sum to {out.sum():g}, expected 1")
    return out


def _joint(named: Mapping[str, Case], terms: Bookings, probability: Vector) -> _Joint:
    builder = Builder()
    spaces: list[Space] = []
    alone: list[float] = []
    plain = [replace(case, policy=replace(case.policy, bookings=None)) for case in named.values()]
    compiled = compile(plain[0])
    for (name, case), own in zip(named.items(), plain, strict=True):
        single, program = compiled.stated(own)
        found = Session(program).solve()
        if found.status is not Status.optimal:
            raise InfeasibleError(f"scenario {name!r} has no plan ({found.status.value})")
        alone.append(found.objective)
        built = spaces[0].built if spaces else None
        spaces.append(build_space(opened(case), builder, f"@{name}", built).with_held(single.held))
    booked = builder.variable("booked", _shared(spaces, terms))
    each = [rule for rule in RULES if rule not in BUILDS]
    rows = [rule(s).named(f"{rule.__name__}@{name}") for name, s in zip(named, spaces, strict=True) for rule in each]
    rows += [rule(spaces[0]).named(rule.__name__) for rule in BUILDS]
    rows.append(_most(spaces, booked))
    parts = []
    for name, s in zip(named, spaces, strict=True):
        spot = builder.variable(f"spot@{name}", booked.axis)
        rows.append(booking_rules.within_booking(s, booked, spot).named(f"within_booking@{name}"))
        if terms.spot < 1.0:
            rows.append(booking_rules.spot_capacity(s, spot, terms.spot).named(f"spot_capacity@{name}"))
        paid = booking_rules.bookings(s, booked, spot, terms.premium)
        parts.append([*(term.expr for term in ledger_terms(s)), paid])
    over = axis("scenario", ("scenario",), pd.DataFrame({"scenario": list(named)}, dtype=object))
    return _Joint(builder, tuple(r for r in rows if len(r)), tail_rules.one_each(parts, over), np.array(alone),
                  probability, booked, tuple(spaces))


def _shared(spaces: Sequence[Space], terms: Bookings) -> Axis:
    """The lanes that can be booked in any scenario, with the charge of the first that has them."""
    network = spaces[0].case.network
    arcs = [arc for name in terms.arcs for arc in arcs_meant(network, name)]
    axes = [booking_rules.booking_axis(s, arcs) for s in spaces]
    keys = ["arc", "commodity", "period"]
    merged = pd.concat([own.frame for own in axes], ignore_index=True).drop_duplicates(keys).sort_values(keys)
    charge = np.concatenate([own.data("charge") for own in axes])[merged.index]
    return axis("booking", keys, merged, charge=charge)


def _most(spaces: Sequence[Space], booked: Expr) -> Rows:
    """No more is booked of an arc than its largest capacity among the scenarios."""
    every = [s.arcs.frame[["arc", "period"]].assign(capacity=s.arcs.data("capacity")) for s in spaces]
    frames = pd.concat(every, ignore_index=True)
    widest = frames.groupby(["arc", "period"], as_index=False)["capacity"].max()
    arcs = axis("bookable", ("arc", "period"), booked.axis.frame[["arc", "period"]].drop_duplicates().merge(widest))
    return between(booked.sum_to(arcs), -INF, arcs.data("capacity")).named("booked_capacity")


def _point(joint: _Joint, criterion: str, alpha: float) -> Vector:
    """The best point by one criterion; among equals the highest expected netback, then what any plan prefers."""
    one = axis("one", (), pd.DataFrame({"one": [0]}))
    mean = tail_rules.on_one([joint.netback * joint.probability], one)
    builder, rows = Builder(list(joint.builder.blocks), joint.builder.size), list(joint.rows)
    goal = -mean
    if criterion == "regret":
        goal = builder.variable("largest", one)
        rows.append((goal.spread_to(joint.netback.axis) + joint.netback >= joint.alone).named("regret"))
    if criterion == "cvar":
        quantile = builder.variable("quantile", one, -np.inf, np.inf)
        excess = builder.variable("excess", joint.netback.axis)
        rows.append(tail_rules.shortfall(joint.netback, quantile, excess).named("shortfall"))
        goal = tail_rules.cvar(quantile, excess, joint.probability, alpha)
    program = Program("min", tuple(builder.blocks), tuple(rows), (Term("goal", "risk", goal),))
    session = Session(program)
    solution = _solved(session)
    if program.integer.any():  # the builds are decided; among plans with them the rest is chosen as ever
        program = fixed_at(program, solution.x)
        session = Session(program)
        solution = _solved(session)
    preferred = preference(joint.spaces, program, [(-mean).coefficients(program.shape[1])])
    return preferred.best(session, program, solution).x


def _solved(session: Session) -> Solution:
    solution = session.solve()
    if solution.status is not Status.optimal:
        raise InfeasibleError(f"no bookings serve every scenario ({solution.status.value}): let more be bought on the "
                              "day (bookings.spot)")
    return solution


def _report(named: Mapping[str, Case], joint: _Joint, points: Mapping[str, Vector], alpha: float) -> Regret:
    summary, scenarios, bookings, builds = [], [], [], []
    for criterion, x in points.items():
        netback = joint.netback.value(x)
        lost = np.where(joint.alone - netback > DUST, joint.alone - netback, 0.0)
        _, tail = tail_rules.cvar_of(-netback, joint.probability, alpha)
        mean = float(joint.probability @ netback)
        summary.append((criterion, float(lost.max()), mean, tail, "MUSD"))
        scenarios.append(pd.DataFrame({
            "criterion": criterion, "scenario": list(named), "probability": joint.probability, "netback": netback,
            "alone": joint.alone, "regret": lost, "unit": "MUSD",
        }))  # fmt: skip
        lanes = joint.booked.axis.frame[["period", "arc", "commodity", "family"]]
        volume = joint.booked.value(x)
        builds.append(builds_table(joint.spaces[0], x, None).assign(criterion=criterion))
        bookings.append(lanes.assign(criterion=criterion, booked=np.where(volume > NEAR, volume, 0.0),
                                     unit=lanes["family"].map(joint.spaces[0].case.network.units("volume"))))
    table = pd.concat(bookings, ignore_index=True)
    return Regret(
        pd.DataFrame(summary, columns=["criterion", "largest_regret", "expected_netback", "cvar", "unit"]),
        pd.concat(scenarios, ignore_index=True),
        table[["criterion", "period", "arc", "commodity", "family", "booked", "unit"]],
        pd.concat(builds, ignore_index=True),
    )
