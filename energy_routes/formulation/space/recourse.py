"""A recourse copy: the same physics on another space of the same programme, for what happens after a loss.

What can be decided again stands in the copy; what was decided before stands in the first space; ordinary rows link
the two.  Minima that no plan can keep after the loss (nominations, home obligations) are waived by force majeure, by
the least volume, and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from energy_routes.case import Case
from energy_routes.errors import SolverError
from energy_routes.formulation.declaration import limit_of
from energy_routes.formulation.recipe import PHYSICS
from energy_routes.formulation.rules.storage import before, closing_stock, stock_balance
from energy_routes.formulation.space.space import Space, build_space
from energy_routes.linear import Builder, Expr, Program, Rows, Session, Status, Term, Vector

SLIGHT = 1e-9

Carried = Callable[[Space], Rows]


@dataclass(frozen=True, eq=False)
class Copy:
    """The space of one loss, its rows (named with ``suffix``), and the volume of minima ``waived`` by force majeure."""

    name: str
    suffix: str
    space: Space
    rows: tuple[Rows, ...]
    waived: float


def recourse_copy(first: Space, case: Case, name: str, carried: Callable[[Space], tuple[Carried, Carried]] | None,
                  within: Sequence[Rows] = ()) -> Copy:
    """A copy of ``first`` under the facts of ``case``, in the same programme.

    ``carried`` maps the new space to its stock rule, twice: with the first space's stocks as variables, and as the
    numbers that minima are judged by.  None: the copy starts from the opening stock, as ``first`` does.  ``within``
    are rows of the first space that hold while minima are judged.
    """
    suffix = f"@{name}"
    start = len(first.builder.blocks)
    space = build_space(case, first.builder, suffix, first.built)
    _shut_in_is_a_recourse(first.builder, f"lifted{suffix}", start)
    linked, judged = carried(space) if carried else (stock_balance, stock_balance)
    rules = [rule for rule in PHYSICS if carried is None or rule not in (stock_balance, closing_stock)]
    rows = [rule(space).named(rule.__name__) for rule in rules]
    own = [] if carried is None else [linked(space).named("stock_balance")]
    waived = _waived(space, rows, [*within, *([] if carried is None else [judged(space)])])
    loosened = [replace(r, lower=r.lower - waived[r.name]) if r.name in waived else r for r in rows]
    named = tuple(r.named(r.name + suffix) for r in (*loosened, *own) if len(r))
    return Copy(name, suffix, space, named, float(sum(v.sum() for v in waived.values())))


def _shut_in_is_a_recourse(builder: Builder, block: str, start: int) -> None:
    for at in range(start, len(builder.blocks)):
        if builder.blocks[at].name == block:
            builder.blocks[at] = replace(builder.blocks[at], lower=np.zeros(len(builder.blocks[at].axis)))


def _waived(space: Space, rows: Sequence[Rows], others: Sequence[Rows]) -> dict[str, Vector]:
    """The least volume by which minima must give way, one number a row of each block that has some.

    Raises SolverError when even without any minimum the copy has no plan.
    """
    builder = Builder(list(space.builder.blocks), space.builder.size)
    slacks: dict[str, Expr] = {}
    terms: list[Term] = []
    elastic = []
    for block in rows:
        limit, owed = limit_of(block), (block.lower > 0) & np.isfinite(block.lower)
        if limit is not None and limit.waived and owed.any():
            target = block.axis.take(owed)
            slack = builder.variable(f"waived {block.name}", target, 0.0, block.lower[owed])
            slacks[block.name] = slack.spread_to(block.axis, missing="zero")
            terms.append(Term(block.name, "penalty", slacks[block.name] * limit.waived))
            block = replace(block, expr=block.expr + slacks[block.name])
        elastic.append(block)
    if not slacks:
        return {}
    program = Program("min", tuple(builder.blocks), tuple(r for r in (*elastic, *others) if len(r)), tuple(terms))
    solution = Session(program).solve()
    if solution.status is not Status.optimal:
        raise SolverError(f"{space.case.name}: no plan is possible after this loss, even without any minimum "
                          f"({solution.status.value})")
    amounts = {name: slack.value(solution.x) for name, slack in slacks.items()}
    return {name: v * (1 + SLIGHT) + SLIGHT for name, v in amounts.items() if v.max() > 1e3 * SLIGHT}


def entering_stock(first: Space, space: Space, onset: str | None) -> Expr:
    """What a copy finds in its tanks: the first space's stock at the end of period ``onset``, on the copy's stock axis.

    Zero in every period but the copy's first.  ``onset`` None: the horizon begins with the loss, so the opening stock
    (of a cyclic store: what the plan ends with).
    """
    begins = space.stock.axis.frame["first"].to_numpy(dtype=bool)
    at = first.stock.axis.frame["period"] == (onset or first.case.periods[-1].label)
    mask = at.to_numpy(dtype=bool)
    was = replace(first.stock.axis.take(mask), keys=("storage", "commodity"))
    found = first.stock.take(mask, was).spread_to(space.stock.axis, missing="zero")
    if onset is None:
        cyclic = (space.stock.axis.frame["closing"] == "cyclic").to_numpy(dtype=bool)
        opening = _opening(first, space)
        return found * (begins & cyclic).astype(float) + np.where(begins & ~cyclic, opening, 0.0)
    return found * begins.astype(float)


def _opening(first: Space, space: Space) -> Vector:
    """The opening stock of the horizon by (storage, commodity), read off the first space's own stock rule."""
    rows = stock_balance(first)
    known = {
        (s, c): float(volume)
        for s, c, starts, volume in zip(
            *(rows.axis.frame[k] for k in ("storage", "commodity", "first")), rows.lower, strict=True)
        if starts
    }
    frame = space.stock.axis.frame
    keys = zip(frame["storage"], frame["commodity"], strict=True)
    return np.array([known.get(key, 0.0) for key in keys], dtype=float)


def carried_stock(entering: Expr) -> Carried:
    """The stock rule of a copy that finds ``entering`` in its tanks."""

    def rule(s: Space) -> Rows:
        r"""v_nct = v_nc,t−1 + in_nct − out_nct, and before the loss v is the plan's   ∀ storage, c, t   [Mt | bcm]"""
        carried = before(s) * (~s.stock.axis.labels["first"]).astype(float)
        return s.stock - carried - entering - s.injected + s.withdrawn == 0.0

    return rule
