"""The first piece of a curve of the optimum with whole numbers: which old lines are full beside a build.

The curve is the best of several, one for each choice of the whole numbers.  In a figure of money it is convex, like
each of them.  In a volume it is the largest of concave curves.  There the piece of one choice is followed; one
programme of whole numbers, in which the change is a column, finds the first place at which another choice is better.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from energy_routes.linear import (
    ALIKE,
    INF,
    Form,
    Line,
    Point,
    Session,
    Solution,
    Status,
    Touch,
    line_between,
    optimal,
    sign_of,
    stretches,
)
from energy_routes.studies.kinks.along import NO_CASE, PARTS, Along, Forms, Side, joined

BETTER = 1e-8  # of the objective: less is the solver's
BEYOND = 1e-4  # of an end, at least of 1: how far beyond it the curve is looked at


def cheapest_piece(whole: Forms, limit: float) -> Side | None:
    """The first piece in a figure of money, towards a limit; None where the programmes lie on no line.

    The best plan of a point bounds the curve from below everywhere, by what it earns there.
    """
    base, end = whole(0.0), limit
    line = line_between(base, whole(end), [(0.5, whole(end / 2))])
    if line is None or line.moves[0] or line.moves[2]:
        return None
    sign = sign_of(base)

    def touch(by: float) -> Touch:
        form = line.at(by / end)
        x = optimal(Session(_fixed(form, optimal(Session(form))), brief=True)).x
        slope = (float(line.slope.cost @ x) + line.slope.offset) / end
        return Touch(by, sign * (float(form.cost @ x) + form.offset), sign * slope)

    piece = next(iter(stretches(touch, 0.0, end)))
    return Side(piece.high if end > 0 else piece.low, piece.slope)


def overtaken(whole: Forms, side: Side, limit: float, best: float) -> Side | None:
    """The piece in a volume that was found with the whole numbers of the plan, ended where others are better.

    Where others go on as it does beyond its end, they are followed.  ``whole`` gives the programmes with their whole
    numbers open, up to a ``limit``; ``best`` is the optimum as it is.  None where the programmes lie on no line.
    """
    for _ in range(PARTS):
        line = line_between(whole(0.0), whole(side.end), [(0.5, whole(side.end / 2))])
        if line is None or line.moves[2]:
            return None
        line = line.stretched(1.0 / side.end)
        end = _first_better(line, side, best)
        if end != side.end:
            return None if not end else Side(end, side.slope)
        further = end + np.sign(end) * max(abs(end), 1.0) * BEYOND
        if abs(further) >= abs(limit):
            return side
        try:
            form = whole(further)
        except NO_CASE:
            return side
        found = Session(form).solve()
        if found.status is not Status.optimal:
            return side
        ahead = sign_of(form) * (found.objective - best) - side.slope * further
        following = _followed(whole, found, further, limit) if abs(ahead) <= _slack(best) else None
        if following is None or abs(following.slope - side.slope) > ALIKE * max(1.0, abs(side.slope)):
            return replace(side, walled=False)
        side = following
    return None


def _followed(whole: Forms, found: Solution, at: float, limit: float) -> Side | None:
    """The piece from a change on, of the whole numbers of a plan there."""
    here = optimal(Session(_fixed(whole(at), found), brief=True))
    along = Along.of(lambda by: _fixed(whole(by), found), at, (limit - at) * BEYOND, here)
    if along is None:
        return None
    piece, walled = along.first(limit - at)
    return Side(at + piece.end, piece.slope, walled)


def _fixed(form: Form, found: Solution) -> Form:
    """A programme with its whole numbers as they are in a plan."""
    low, high = (np.where(form.integer, np.round(found.x), bound) for bound in (form.col_lower, form.col_upper))
    return replace(form, col_lower=low, col_upper=high, integer=np.zeros_like(form.integer))


def _first_better(line: Line, side: Side, best: float) -> float | None:
    """The first change at which a plan is better than the piece says; the end of the piece where none is."""
    sign = sign_of(line.base)
    form = joined(line, min(0.0, side.end), max(0.0, side.end))
    row = sparse.csr_matrix(np.append(sign * line.base.cost, -side.slope))
    better = sign * (best - line.base.offset) + _slack(best)
    matrix = sparse.vstack([form.matrix, row]).tocsc()
    matrix.sort_indices()
    cost = np.append(np.zeros(len(line.base.cost)), 1.0)
    asked = replace(form, sense="min" if side.end > 0 else "max", cost=cost, matrix=matrix,
                    row_lower=np.append(form.row_lower, better), row_upper=np.append(form.row_upper, INF))  # fmt: skip
    found = Session(asked).solve()
    if found.status is Status.infeasible:
        return side.end
    if found.status is not Status.optimal:
        return None
    return _crossing(line, side, best, found)


def _crossing(line: Line, side: Side, best: float, found: Solution) -> float:
    """Where the curve of the whole numbers of a plan that is just better comes up to the piece."""
    sign, at = sign_of(line.base), float(found.x[-1])
    chosen = found.with_values(Point(found.objective, found.x[:-1], found.row_value), None)
    step = float(np.sign(side.end)) * max(abs(at), 1.0) * BEYOND
    near, far = (sign * (optimal(Session(_fixed(line.at(by), chosen), brief=True)).objective - best)
                 for by in (at, at + step))  # fmt: skip
    rise = (far - near) / step - side.slope
    return at if not rise else at - (near - side.slope * at) / rise


def _slack(best: float) -> float:
    return BETTER * max(1.0, abs(best))
