"""Curves whose points must be solved one by one: concave ones bounded by chords and tangents, the others sampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from energy_routes.case import BOUNDS
from energy_routes.formulation import Space, build
from energy_routes.linear import Sense, Session, Status, halved, sign_of
from energy_routes.studies.curves.curve import Curve, Form, Piece, Progress
from energy_routes.studies.curves.lever import Lever
from energy_routes.studies.curves.rebuild import Answer, Rebuilder

FIRST = 9  # samples before the spacing follows the curve
CLOSE = 1e-3  # how near the end of feasibility a sampled curve goes, in parts of the way
CONSTANT = 1e-6  # a total that varies by less, over its size, does not vary
MOST = 80
SENSES: tuple[Sense, ...] = ("min", "max")
Known: TypeAlias = dict[float, Answer]


def bounded_curve(lever: Lever, tolerance: float | None, progress: Progress) -> Curve | None:
    """The curve of an HHI cap with exports held, between chords and tangents; None where it need not be concave.

    ``tolerance`` in MUSD; by default a thousandth of what the curve spans.  Concave, because ‖x‖ ≤ √H·Σx is a
    convex set in (x, √H) where Σx is constant, and √H is concave in H.
    """
    rebuilder = Rebuilder(lever)
    first = rebuilder.solve(0.0)
    cap = BOUNDS["max_hhi"].one("max_hhi", lever.rest, lever.start)
    if first is None or lever.case.policy.exports != "hold" or not constant_total(first.space, cap.kind, cap.family):
        return None

    def widest(known: Known) -> float | None:
        spots = sorted(known)
        gaps = [_gap(known, a, b) for a, b in pairwise(spots)]
        span = abs(known[spots[0]].solution.objective - known[spots[-1]].solution.objective)
        allowed = tolerance if tolerance is not None else max(1e-3 * span, 1e-6)
        gap, at = max(gaps, key=lambda found: found[0], default=(0.0, 0.0))
        return at if gap > allowed else None

    known = _known(rebuilder, (0.0, 1.0), MOST, widest, progress)
    return Curve(lever, tuple(_chord(known, a, b, "bounded", _gap(known, a, b)[0]) for a, b in pairwise(sorted(known))),
                 rebuilder.snapshot, rate=lambda t: _rate(rebuilder, t))  # fmt: skip


def sampled_curve(lever: Lever, samples: int, progress: Progress) -> Curve | None:
    """Points solved one by one, closer where the curve bends; None where there is no plan at start."""
    rebuilder = Rebuilder(lever)
    if rebuilder.solve(0.0) is None:
        return None

    def most_bent(known: Known) -> float | None:
        spots = sorted(known)
        bends = {b: _bend(known, a, b, c) for a, b, c in zip(spots, spots[1:], spots[2:], strict=False)}
        if not bends or max(bends.values()) <= 1e-9 * max(1.0, abs(known[spots[0]].solution.objective)):
            return None
        at = spots.index(max(bends, key=lambda key: bends[key]))
        left, right = spots[at] - spots[at - 1], spots[at + 1] - spots[at]
        return (spots[at] + spots[at - 1]) / 2 if left >= right else (spots[at] + spots[at + 1]) / 2

    known = _known(rebuilder, np.linspace(0.0, 1.0, FIRST).tolist(), samples, most_bent, progress)
    pieces = [_chord(known, a, b, "sampled", float("nan")) for a, b in pairwise(sorted(known))]
    return Curve(lever, tuple(pieces), rebuilder.snapshot)


def _known(
    rebuilder: Rebuilder, first: Sequence[float], most: int, following: Callable[[Known], float | None],
    progress: Progress,
) -> Known:  # fmt: skip
    """The optima at ``first`` places, in parts of the way on which there is a plan, then at those that follow.

    ``following`` is told what is known, and gives None where that is enough; ``most`` are looked at.
    """
    end = _far_end(rebuilder)
    known = {t: answer for t in (end * part for part in first) if (answer := rebuilder.solve(t))}
    while len(known) < most and (at := following(known)) is not None:
        answer = rebuilder.solve(at)
        if answer is None:
            break
        known[at] = answer
        progress(len(known))
    return known


def constant_total(space: Space, kind: str, of: str | None = None) -> bool:
    """Whether the total that shares of a kind (of a family, or of each) are shares of is the same in every plan."""
    free = replace(space, case=replace(space.case, policy=space.policy.without_caps()))
    program = build(free)
    for family in [of] if of else space.measured:
        cost = space.share_totals.weights(program.shape[1], kind=kind, family=family)
        ends = []
        for sense in SENSES:
            session = Session(program)
            session.set_cost(cost, sense)
            solution = session.solve()
            if solution.status is not Status.optimal:
                return False
            ends.append(solution.objective)
        if ends[1] - ends[0] > CONSTANT * max(1.0, abs(ends[1])):
            return False
    return True


def _far_end(rebuilder: Rebuilder) -> float:
    """The last t with a plan, by bisection where there is none at stop."""
    def planned(t: float) -> bool:
        return rebuilder.solve(t) is not None

    return 1.0 if planned(1.0) else halved(planned, 0.0, 1.0, CLOSE)[0]


def _gap(known: Known, a: float, b: float) -> tuple[float, float]:
    """How far a concave curve may rise above its chord from a to b, and where: at the crossing of the end tangents."""
    left, right = known[a], known[b]
    sign = sign_of(left.program)
    va, vb, sa, sb = sign * left.solution.objective, sign * right.solution.objective, left.slope, right.slope
    if sa - sb <= 1e-12 * max(1.0, abs(sa)):
        return 0.0, (a + b) / 2
    at = min(max((vb - va + sa * a - sb * b) / (sa - sb), a), b)
    gap = va + sa * (at - a) - (va + (vb - va) * (at - a) / (b - a))
    inner = min(max(at, a + 0.05 * (b - a)), b - 0.05 * (b - a))
    return max(gap, 0.0), inner


def _bend(known: Known, a: float, b: float, c: float) -> float:
    """How far the middle of three points lies from the chord of the others."""
    va, vb, vc = (known[t].solution.objective for t in (a, b, c))
    return abs(vb - (va + (vc - va) * (b - a) / (c - a)))


def _chord(known: Known, a: float, b: float, form: Form, error: float) -> Piece:
    va, vb = known[a].solution.objective, known[b].solution.objective
    rise = (vb - va) / (b - a)
    value: Callable[[float], float] = lambda t: va + rise * (t - a)  # noqa: E731
    return Piece(a, b, form, value, lambda _: rise, error)


def _rate(rebuilder: Rebuilder, t: float) -> float:
    """d objective / dt at a point of a bounded curve, from the duals of its cuts."""
    answer = rebuilder.solve(t)
    return float("nan") if answer is None else sign_of(answer.program) * answer.slope
