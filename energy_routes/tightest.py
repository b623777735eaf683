"""How far a cap can be tightened at all with exports held: told when a cap cannot be met."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from energy_routes.cuts import CONE
from energy_routes.formulation import build
from energy_routes.formulation.concentration import max_hhi, reached, tangents
from energy_routes.formulation.diversification_rules import share_totals
from energy_routes.formulation.space import Space, build_space
from energy_routes.highs import Session, Status
from energy_routes.lp import Expr, Vector
from energy_routes.policy import Cap, Concentration

EXACT = 1e-10
FINE = 1e-4
ROUNDS = 60


def tightest_words(space: Space) -> list[str]:
    """One sentence a cap: the lowest value that the network allows with exports held, each cap on its own."""
    free = replace(space.case, policy=space.policy.without_caps())
    words = []
    for cap in space.policy.max_share:
        if (least := least_share(build_space(free).with_held(space.held), cap)) > cap.cap:
            words.append(f"the share of {cap.name} cannot go below {least:.4f} (asked: {cap.cap:g})")
    for concentration in space.policy.max_hhi:
        if (least := least_hhi(space, concentration)) > concentration.cap:
            words.append(
                f"the HHI over {concentration.name} cannot go below {least:.4f} (asked: {concentration.cap:g})"
            )
    return words


def least_share(space: Space, cap: Cap) -> float:
    """The lowest share of a group over the horizon that any plan of the space has; NaN where nothing can move.

    Dinkelbach's method on the ratio of two linear forms: minimise exposure − λ·total with λ the ratio of the plan
    before; exact for a linear programme after a few warm solves (Dinkelbach 1967).
    """
    program = build(space)
    columns = program.shape[1]
    exposed, total = (
        _of(space.exposure, columns, kind=cap.kind, group=cap.group),
        _of(share_totals(space), columns, kind=cap.kind),
    )
    session, ratio = Session(program), 1.0
    for _ in range(ROUNDS):
        session.set_cost(exposed - ratio * total, "min")
        solution = session.solve()
        if solution.status is not Status.optimal or total @ solution.x <= 0:
            return float("nan")
        ratio, before = float(exposed @ solution.x / (total @ solution.x)), ratio
        if abs(before - ratio) <= EXACT:
            break
    return ratio


def least_hhi(space: Space, cap: Concentration) -> float:
    """The lowest HHI of a kind that any plan has, to ``FINE``: bisection on caps, each proved by cuts or refuted."""
    low, high = cap.cap, 1.0
    while high - low > FINE:
        middle = (low + high) / 2
        case = replace(
            space.case, policy=space.policy.without_caps().with_concentration(replace(cap, cap=middle))
        )
        inside = build_space(case).with_held(space.held)
        found = _inside(inside, replace(cap, cap=middle))
        low, high = (middle, high) if found is None else (low, min(middle, max(found, low)))
    return high


def _inside(space: Space, cap: Concentration) -> float | None:
    """The HHI of some plan within the cap, or None when the cuts leave none."""
    program = build(space)
    session = Session(program)
    session.set_cost(np.zeros(program.shape[1]), "min")
    while True:
        solution = session.solve()
        if solution.status is not Status.optimal:
            return None
        cuts = tangents(space, solution.x, CONE)
        if not cuts:
            families = space.exports.axis.frame["family"].unique()
            return max(reached(space, cap, family, solution.x) for family in families)
        session.add_rows(max_hhi(space, cuts))


def _of(expr: Expr, columns: int, **labels: str) -> Vector:
    """Coefficients of the sum of an expression over the rows with the labels given."""
    mask = np.ones(len(expr.axis), dtype=bool)
    for key, value in labels.items():
        mask &= (expr.axis.frame[key] == value).to_numpy(dtype=bool)
    return expr.take(mask, expr.axis.take(mask)).coefficients(columns)
