"""How far a bound can be tightened at all with exports held: told when it cannot be met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import BOUNDS, Cap, Concentration, Minimum, for_family
from energy_routes.formulation import Space, build, build_space, capped, max_hhi, reached, tangents
from energy_routes.linear import Builder, Expr, Program, Session, Status, Term, Vector, axis, level
from energy_routes.pack import apart
from energy_routes.solving.cutting_planes import CONE

EXACT = 1e-10
FINE = 1e-4
ROUNDS = 60
DUST = 1e-9  # Mt or bcm


def tightest_words(space: Space) -> list[str]:
    """One sentence a bound: how far the network lets it go with exports held, each bound on its own."""
    free = _uncapped(space)
    words = []
    for family in space.measured:
        for lever, kind in BOUNDS.items():
            for bound in for_family(getattr(space.policy, lever), family):
                end = _TIGHTEST[kind.measure.name](free, replace(bound, family=family))
                if end < bound.level if kind.least else end > bound.level:
                    whose = f"{bound.name.rpartition('/')[2]} of {family}" if len(space.measured) > 1 else bound.name
                    rate = kind.measure.dimension == "rate"
                    told, asked = f"{end:.4g}" if rate else f"{end:.4f}", f"{bound.level:g}"
                    if (float(told) - float(asked)) * (end - bound.level) <= 0:  # rounded, it could be had
                        told, asked = apart(end, bound.level)
                    told = f"cannot go {'above' if kind.least else 'below'} {told}{' a year' if rate else ''}"
                    each = "" if bound.over == "horizon" else " in every period"
                    words.append(f"the {kind.measure.words} {whose} {told}{each} (asked: {asked})")
    return words


def _uncapped(space: Space) -> Space:
    """The space without caps, exports held and ramps as they are."""
    free = build_space(replace(space.case, policy=space.policy.without_caps()))
    return free.with_held(space.held).with_reference(space.reference)


def tightest_share(space: Space, bound: Cap | Minimum) -> float:
    """The lowest share of a group that any plan of the space keeps; of a minimum the highest.

    It is kept over the horizon or in every period, as the bound is.  The largest of the ratios exposure/total (one a
    family and window) is made least: minimise the largest exposure − λ·total with λ the largest ratio of the plan
    before; exact for a linear programme after a few solves (Dinkelbach 1967; Crouzeix, Ferland and Schaible 1985 for
    several ratios).  Of a minimum all of these are taken negative.  NaN where nothing can move.
    """
    way = _way(bound)
    exposed, total = capped(space, lambda _: (bound,))
    program, ratio = build(space), max(way, 0.0)
    for _ in range(ROUNDS):
        solution = _worst(program, space.builder, (exposed - total * float(level(ratio))) * way)
        if solution is None:
            return float("nan")
        volume, of = exposed.value(solution), total.value(solution)
        some = of > DUST
        if not some.any():
            return float("nan")
        ratio, before = way * float(np.max(way * volume[some] / of[some])), ratio
        if way * (before - ratio) <= EXACT:
            return way * min(way * before, way * ratio)
    return ratio


def tightest_exposure(space: Space, bound: Cap | Minimum) -> float:
    """The lowest volume a year of a group (Mt, bcm), of a minimum the highest; NaN where there is no plan.

    It is kept over the horizon or in every period, as the bound is.
    """
    way = _way(bound)
    exposed, _ = capped(space, lambda _: (bound,))
    pace = exposed * (way / exposed.axis.data("years"))
    solution = _worst(build(space), space.builder, pace)
    return float("nan") if solution is None else way * float(np.max(pace.value(solution)))


def _way(bound: Cap | Minimum) -> float:
    return -1.0 if isinstance(bound, Minimum) else 1.0


def _worst(program: Program, columns: Builder, of: Expr) -> Vector | None:
    """A plan of a programme whose largest entry of an expression is least; None where there is no plan."""
    builder = Builder(list(columns.blocks), columns.size)
    worst = builder.variable("worst", axis("worst", (), pd.DataFrame({"one": [0]})), -np.inf, np.inf)
    terms = (Term("worst", "risk", worst),)
    rows = (*program.rows, (worst.spread_to(of.axis) - of >= 0.0).named("no_worse"))
    solution = Session(replace(program, sense="min", columns=tuple(builder.blocks), rows=rows, terms=terms)).solve()
    return solution.x if solution.status is Status.optimal else None


def tightest_hhi(space: Space, cap: Concentration) -> float:
    """The lowest HHI of a kind that any plan has, to ``FINE``: bisection on caps, each proved by cuts or refuted.

    Of the cap's family; of a cap for each family, the highest of them.
    """
    low, high = cap.cap, 1.0
    free = _uncapped(space)
    program = build(free)  # a cap on concentration adds nothing but cuts
    while high - low > FINE:
        middle = (low + high) / 2
        asked = replace(cap, cap=middle)
        inside = replace(free, case=replace(free.case, policy=replace(free.policy, max_hhi=(asked,))))
        found = _inside(inside, program, asked)
        low, high = (middle, high) if found is None else (low, min(middle, max(found, low)))
    return high


def _inside(space: Space, program: Program, cap: Concentration) -> float | None:
    """The HHI of some plan within the cap, or None when the cuts leave none."""
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


_TIGHTEST: Mapping[str, Callable[[Space, Any], float]] = {
    "share": tightest_share, "exposure": tightest_exposure, "hhi": tightest_hhi
}  # fmt: skip
