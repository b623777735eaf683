"""How far a cap can be tightened at all with exports held: told when a cap cannot be met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import BOUNDS, Cap, Concentration, for_family
from energy_routes.formulation import Space, build, build_space, capped, max_hhi, reached, tangents
from energy_routes.linear import Builder, Expr, Program, Session, Status, Term, Vector, axis, level
from energy_routes.solving.cutting_planes import CONE

EXACT = 1e-10
FINE = 1e-4
ROUNDS = 60
DUST = 1e-9  # Mt or bcm


def tightest_words(space: Space) -> list[str]:
    """One sentence a cap: the lowest value that the network allows with exports held, each cap on its own."""
    free = build_space(replace(space.case, policy=space.policy.without_caps())).with_held(space.held)
    words = []
    for family in space.measured:
        for lever, kind in BOUNDS.items():
            for cap in for_family(getattr(space.policy, lever), family):
                least = _LEAST[kind.measure.name](free, replace(cap, family=family))
                if least > cap.cap:
                    whose = f"{cap.name.rpartition('/')[2]} of {family}" if len(space.measured) > 1 else cap.name
                    told = f"{least:.4g} a year" if kind.measure.dimension == "rate" else f"{least:.4f}"
                    each = "" if cap.over == "horizon" else " in every period"
                    words.append(
                        f"the {kind.measure.words} {whose} cannot go below {told}{each} (asked: {cap.cap:g})"
                    )
    return words


def least_share(space: Space, cap: Cap) -> float:
    """The lowest share of a group that any plan of the space keeps, over the horizon or in every period as the cap is.

    The largest of the ratios exposure/total (one a family and window) is made least: minimise the largest exposure −
    λ·total with λ the largest ratio of the plan before; exact for a linear programme after a few solves (Dinkelbach
    1967; Crouzeix, Ferland and Schaible 1985 for several ratios).  NaN where nothing can move.
    """
    exposed, total = capped(space, replace(cap, cap=1.0))
    program, ratio = build(space), 1.0
    for _ in range(ROUNDS):
        solution = _worst(program, space.builder, exposed - total * float(level(ratio)))
        if solution is None:
            return float("nan")
        volume, of = exposed.value(solution), total.value(solution)
        some = of > DUST
        if not some.any():
            return float("nan")
        ratio, before = float(np.max(volume[some] / of[some])), ratio
        if before - ratio <= EXACT:
            return min(before, ratio)
    return ratio


def least_exposure(space: Space, cap: Cap) -> float:
    """The lowest volume a year of a group (Mt, bcm), over the horizon or in every period; NaN where there is none."""
    exposed, _ = capped(space, cap)
    pace = exposed * (1.0 / exposed.axis.data("years"))
    solution = _worst(build(space), space.builder, pace)
    return float("nan") if solution is None else float(np.max(pace.value(solution)))


def _worst(program: Program, columns: Builder, of: Expr) -> Vector | None:
    """A plan of a programme whose largest entry of an expression is least; None where there is no plan."""
    builder = Builder(list(columns.blocks), columns.size)
    worst = builder.variable("worst", axis("worst", (), pd.DataFrame({"one": [0]})), -np.inf, np.inf)
    terms = (Term("worst", "risk", worst),)
    rows = (*program.rows, (worst.spread_to(of.axis) - of >= 0.0).named("no_worse"))
    solution = Session(replace(program, sense="min", columns=tuple(builder.blocks), rows=rows, terms=terms)).solve()
    return solution.x if solution.status is Status.optimal else None


def least_hhi(space: Space, cap: Concentration) -> float:
    """The lowest HHI of a kind that any plan has, to ``FINE``: bisection on caps, each proved by cuts or refuted.

    Of the cap's family; of a cap for each family, the highest of them.
    """
    low, high = cap.cap, 1.0
    while high - low > FINE:
        middle = (low + high) / 2
        case = replace(space.case, policy=replace(space.policy.without_caps(), max_hhi=(replace(cap, cap=middle),)))
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
            families = [family for family in space.measured if for_family([cap], family)]
            return max(reached(space, cap, family, solution.x) for family in families)
        session.add_rows(max_hhi(space, cuts))


_LEAST: Mapping[str, Callable[[Space, Any], float]] = {
    "share": least_share, "exposure": least_exposure, "hhi": least_hhi
}  # fmt: skip
