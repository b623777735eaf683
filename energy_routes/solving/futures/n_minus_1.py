"""Guarding a programme against single losses: the rows it takes, and the smallest loss that can be had.

The order: the plan of one who does not reckon with a loss (its stocks bound the tanks at the onset); the rows or
recourse copies of the outages; for ``delta = "min"`` the smallest share that can be had; then the plan itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Case, Outage, Policy, Security, outages_of
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.formulation import (
    Copy,
    Space,
    build,
    carried_stock,
    entering_stock,
    recourse_copy,
    security as rules,
)
from energy_routes.linear import Axis, Builder, Expr, Program, Rows, Session, Solution, Term, Vector, axis
from energy_routes.pack import spanned
from energy_routes.solving.canonical_plan import pick

EXACT = 1e-10
ALL = 1e-7  # a share lost this near to 1 is everything
ROUNDS = 60
SLACK = 1e-9  # of the volume planned: beside a share found by search, so that the plan at the optimum is inside

State = Callable[[Space], Program]  # the programme of a space
Best = Callable[[Space, Program], tuple[Program, Solution, Session]]  # with its cuts, its optimum, where that was found


@dataclass(frozen=True, eq=False)
class Guard:
    """What a secured programme is made of.  ``lost`` and ``planned`` stand on one axis (outage, family, market).

    ``base`` is the objective of the same case without security; ``delta`` the share that may be lost, and ``room`` a
    volume beside it (Mt, bcm) that rounding may take; ``start`` the first column that security added.
    """

    lever: Security
    window: rules.Window
    outages: tuple[Outage, ...]
    copies: tuple[Copy, ...]
    lost: Expr
    planned: Expr
    base: float
    delta: float
    start: int
    room: float = 0.0


def guarded(space: Space, state: State, best: Best) -> tuple[Space, Guard | None]:
    """The space with the rows of its policy's security, where there is one.  Raises UsageError, InfeasibleError."""
    lever = space.policy.security
    if lever is None:
        return space, None
    window = window_of(space.case, lever)
    outages = outages_of(space.case.network, lever.outages, space.case.periods, lever.remaining)
    relaxed = replace(space.case, policy=replace(space.policy, security=None))
    calm = replace(space, case=relaxed, builder=_again(space.builder))
    calm_program = state(calm)
    program, solution, session = best(calm, calm_program)
    start = space.builder.size
    x = pick(session, program, solution, calm).x  # what the case without security is answered with
    rows = [] if lever.foreseen else _unforeseen(space, window, x)
    copies: tuple[Copy, ...] = ()
    if lever.mode == "preventive":
        lost, more = _stranded(space, outages, window)
    else:
        copies = tuple(_copy(space, lever, outage, window, x) for outage in outages)
        lost, more = _unmade(space, lever, copies, window)
    planned = rules.reached(space, rules.goals(space, lever.per), lever.per, window.struck).spread_to(lost.axis)
    held = replace(space, linked=(*space.linked, *rows, *more))
    found = (lever.delta, 0.0) if lever.delta != "min" else _least(held, calm_program, lost, planned, best)
    delta, room = map(float, found)
    guard = Guard(lever, window, outages, copies, lost, planned, solution.objective, delta, start, room)
    return _bound(held, guard), guard


def window_of(case: Case, lever: Security) -> rules.Window:
    """The periods of the outage and of the recovery.  Raises UsageError where they are not in the horizon."""
    labels = [period.label for period in case.periods]
    if lever.window is None:
        first, last = 0, len(labels) - 1
    else:
        first, last = (_place(case, label) for label in (lever.window[0], lever.window[-1]))
    end = last + 1 + lever.recovery
    if first > last or end > len(labels):
        raise UsageError(f"policy.security: the window {spanned((labels[first], labels[last]))} with "
                         f"{lever.recovery} periods of recovery does not fit into {case.span}")
    before = labels[first - 1] if first else None
    return rules.Window(tuple(labels[first : last + 1]), tuple(labels[last + 1 : end]), before)


def _place(case: Case, label: str) -> int:
    labels = [period.label for period in case.periods]
    if label in labels:
        return labels.index(label)
    hint = f" Periods of this case are written like {labels[0]}; a window is made of whole periods."
    raise UsageError(f"policy.security.window: {label!r} is not a period of {case.name}: {case.span}."
                     f"{hint if len(label) != len(labels[0]) else ''}")  # fmt: skip


def _again(builder: Builder) -> Builder:
    """The same columns in another builder, so that what is added to one does not come into the other."""
    return Builder(list(builder.blocks), builder.size)


def _unforeseen(space: Space, window: rules.Window, x: Vector) -> list[Rows]:
    """What keeps the plan from reckoning with the date of a loss: tanks and exports are those of plan ``x``."""
    rows = []
    if window.before is not None and len(space.storages):
        frame = space.stock.axis.frame
        then = (frame["period"] == window.before).to_numpy(dtype=bool)
        held = frame[then].assign(volume=space.stock.value(x)[then]).groupby("storage")["volume"].sum()
        levels = {str(name): max(0.0, float(v)) + SLACK for name, v in held.items()}
        rows.append(rules.unforeseen(space, levels, window.before).named("unforeseen"))
    if space.policy.held and len(window.struck) < len(space.case.periods):
        level = rules.reached(space, rules.goals(space, "total"), "total", window.struck)
        rows.append(rules.hold_window(level, level.value(x) * (1.0 - SLACK) - SLACK))
    return rows


def _stranded(space: Space, outages: Sequence[Outage], window: rules.Window) -> tuple[Expr, list[Rows]]:
    over, tanks = rules.loss_axes(space, outages, window)
    stranded = space.builder.variable("stranded", over)
    released = space.builder.variable("released", tanks)
    rows = [rules.stranded(space, stranded, {o.name: o for o in outages}).named("stranded")]
    if len(tanks):
        rows += [rules.released_stock(space, released, window).named("released_stock"),
                 rules.released_rate(space, released, window).named("released_rate")]
    pairs = over.frame[["outage", "family"]].drop_duplicates()
    target = axis("secured", ("outage", "family", "market"), pairs.assign(market=""))
    known = set(zip(pairs["outage"], pairs["family"], strict=True))
    useful = np.array([k in known for k in zip(tanks.frame["outage"], tanks.frame["family"], strict=True)], dtype=bool)
    return rules.lost_by_goal(stranded, released.take(useful, tanks.take(useful)), target), rows


def _copy(space: Space, lever: Security, outage: Outage, window: rules.Window, x: Vector) -> Copy:
    """The recourse of one outage: the window and the recovery, begun with the plan's stocks.

    Which minima no plan can keep is judged by the stocks of one who does not reckon with the outage (plan ``x``); where
    it is foreseen, by what any plan could have stored for it.
    """
    periods = tuple(p for p in space.case.periods if p.label in (*window.struck, *window.recovery))
    policy = Policy(objective=space.policy.objective)
    case = replace(space.case, periods=periods, policy=policy,
                   network=outage.strike(space.case.network, window.struck))

    def carried(copy: Space) -> Any:
        entering = entering_stock(space, copy, window.before)
        none = np.zeros(0, dtype=np.int64)
        known = Expr(entering.axis, none, none, np.zeros(0), entering.value(np.append(x, np.zeros(
            space.builder.size - len(x)))))
        return carried_stock(entering), carried_stock(entering if lever.foreseen else known)

    within = build(space).rows if lever.foreseen else ()
    return recourse_copy(space, case, outage.name, carried, within)


def _unmade(space: Space, lever: Security, copies: Sequence[Copy], window: rules.Window) -> tuple[Expr, list[Rows]]:
    """What the copies fail to deliver of the plan, and the rows that tie them to it."""
    rows: list[Rows] = []
    goal = rules.goals(space, lever.per)
    parts = []
    for copy in copies:
        rows += [*copy.rows, rules.planned_lifting(space, copy, lever.swing).named(f"planned_lifting{copy.suffix}")]
        if window.recovery and len(space.storages):
            rows.append(rules.restored_stock(space, copy, window).named(f"restored_stock{copy.suffix}"))
        delivered = rules.reached(copy.space, goal, lever.per, window.struck)
        parts.append((copy.name, rules.reached(space, goal, lever.per, window.struck) - delivered))
    return _stacked(parts, goal), rows


def _stacked(parts: Sequence[tuple[str, Expr]], goal: Axis) -> Expr:
    """Expressions over one goal axis, one under another, on (outage, family, market)."""
    frame = pd.concat([goal.frame.assign(outage=name) for name, _ in parts], ignore_index=True)
    size = len(goal)
    return Expr(
        axis("secured", ("outage", "family", "market"), frame),
        np.concatenate([e.row + n * size for n, (_, e) in enumerate(parts)]),
        *(np.concatenate([getattr(e, field) for _, e in parts]) for field in ("col", "val", "const")),
    )


def _bound(space: Space, guard: Guard) -> Space:
    if guard.delta >= 1.0 - ALL:
        return space  # everything may be lost: nothing is asked
    return replace(space, linked=(*space.linked, rules.secure(guard.lost, guard.planned, guard.delta, room=guard.room)))


def _least(space: Space, program: Program, lost: Expr, planned: Expr, best: Best) -> tuple[float, float]:
    """The smallest share that the worst outage must be allowed: min over plans of max over ω of lost / planned.

    With it the volume (Mt, bcm) by which a plan may miss it, for the optimum is known to rounding only.

    Dinkelbach's method for several ratios (Crouzeix, Ferland and Schaible 1985): make the largest lost − λ·planned
    least, with λ the largest ratio of the plan before.  Every λ on the way is met by a plan.
    """
    share, room, builder = 1.0, SLACK, _again(space.builder)
    margin = builder.variable("margin", axis("margin", (), pd.DataFrame({"one": [0]})), -np.inf, np.inf)
    spread = margin.spread_to(lost.axis)
    program = replace(program, sense="min", columns=tuple(builder.blocks), terms=(Term("margin", "risk", margin),),
                      rows=(*program.rows, *(rows for rows in space.linked if len(rows))))
    for _ in range(ROUNDS):
        try:
            _, solution, _ = best(space, program.with_rows(rules.secure(lost, planned, share, spread)))
        except InfeasibleError:
            if share == 1.0:
                raise
            break
        gone, due = lost.value(solution.x), planned.value(solution.x)
        some = due > SLACK
        if (gone[~some] > 1e-6).any():
            return 1.0, 0.0
        room = SLACK * max(1.0, float(np.max(due, initial=0.0)))
        worst = max(0.0, float(np.max(gone[some] / due[some], initial=0.0)))
        if worst >= 1.0 - ALL:
            return 1.0, 0.0
        if worst >= share - EXACT:
            break
        share = worst
    return share, room
