"""What to build is decided first, by whole numbers; then the plan is a linear programme, which has prices.

A price says what one more tonne is worth with the builds as they are: it cannot say that a tonne more would have made
another build pay.  The relaxation (parts of projects) is kept as a bound, not as a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from energy_routes.formulation import Space, Tangent
from energy_routes.linear import Program, Session, Solution, Status, Term, Vector, sign_of, worth, zero
from energy_routes.solving.cutting_planes import cut_until_inside

FULL = "full"  # columns that say whether the old capacity of a widened arc is full
LEAN = 1e-5  # a build must earn this share of its capex a year beyond its charge, or it is left out
ALONE = 20.0  # MUSD that are added to its capex for it: an option without capex must earn something, too

Solve = Callable[[Session, Program], Solution]
Open = Callable[[Program], Session]


@dataclass(frozen=True, eq=False)
class Decision:
    """``value`` of the best whole builds and the ``bound`` of the relaxation (both in the objective's sense).

    ``x`` is the point with the whole builds; ``price`` what one more MUSD of budget would bring with parts of projects
    allowed (MUSD a MUSD), NaN where there is no budget.
    """

    value: float
    bound: float
    x: Vector
    price: float = float("nan")

    def as_dict(self) -> dict[str, float]:
        return {"value": self.value, "bound": self.bound}


def settled(
    program: Program, space: Space, cuts: list[Tangent], opened: Open, solve: Solve
) -> tuple[Program, Decision | None]:
    """The programme with its whole numbers fixed at the best ones, and how good they are; as it is where it has none.

    Among equally good builds those with less capex are taken, later ones first (``LEAN``).  ``cuts`` of cones found
    on the way are added to the list.
    """
    if not program.integer.any() and not len(space.built.axis):
        return program, None
    leaning = _leaning(program, space)
    session = opened(leaning)
    whole, first = cut_until_inside(session, leaning, space, cuts, lambda p: solve(session, p))
    parts = tuple(replace(block, integer=False) for block in program.columns)
    loose = replace(whole, terms=program.terms, columns=parts)
    relaxed = opened(loose).solve()
    bound, price = float("nan"), float("nan")
    if relaxed.status is Status.optimal:
        bound = relaxed.objective
        if any(rows.name == "budget" for rows in loose.rows):
            price = float(worth(loose, relaxed).dual[loose.row_slice("budget")].sum())
    value = float(program.cost @ first.x) + program.offset
    return fixed_at(program, first.x), Decision(value, bound, first.x, price)


def standing(program: Program, opened: Program) -> Program:
    """The decided programme with what is built as it is, and what moves in it (z, whether the old is full) left open.

    ``opened`` is the same programme before its builds were decided.
    """
    first = {block.name: block for block in opened.columns if block.name.partition("@")[0] == FULL}
    return replace(program, columns=tuple(first.get(block.name, block) for block in program.columns))


def fixed_at(program: Program, x: Vector) -> Program:
    """The programme with every whole-number column held at its value in ``x``: a linear programme."""
    columns = []
    for block in program.columns:
        if block.integer:
            at = np.round(x[block.slice])
            block = replace(block, lower=at, upper=at, integer=False)
        columns.append(block)
    return replace(program, columns=tuple(columns))


def _leaning(program: Program, space: Space) -> Program:
    """The programme with a tiny weight on what stands, so that of equal builds the cheaper and later is taken."""
    options = space.built.axis
    lean = space.built * (-LEAN * (options.data("capex") + ALONE)) if len(options) else zero(options)
    return replace(program, terms=(*program.terms, Term("lean", "penalty", lean * sign_of(program))))
