"""The optimum of a case along one figure, from the arrays of its programme: the piece on each side of where it stands.

The arrays are linear in most figures.  Where they are so only for a while (a contract asks for no more than the
capacity of its arc), what lies beyond is looked at anew from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from energy_routes.errors import DataError, InfeasibleError
from energy_routes.linear import (
    ALIKE,
    BOUNDS,
    INF,
    Basis,
    Form,
    Line,
    Session,
    Solution,
    Status,
    Touch,
    Vector,
    halved,
    line_between,
    optimal,
    same_numbers,
    sign_of,
    stretches,
)

CLOSE = 1e-7  # how near an end is looked for by halving, over its size
PARTS = 4  # lines that are followed one after another
NO_CASE = (DataError, InfeasibleError)  # a figure cannot be so, or bounds contradict each other

Forms = Callable[[float], Form]


@dataclass(frozen=True)
class Side:
    """The piece on one side: its ``end`` (a change of the figure) and ``slope``; ``walled``: no plan is beyond it."""

    end: float
    slope: float
    walled: bool = False


def side_of(forms: Forms, step: float, limit: float, now: Solution) -> Side | None:
    """The piece from 0 towards a limit, of the programmes that ``forms`` gives for each change of the figure.

    ``step`` is a small change towards it, ``now`` an optimum with the figure as it is.  None where the arrays are not
    linear there, or coefficients move: then the optimum need be neither convex nor concave.
    """
    at, slope = 0.0, None
    for _ in range(PARTS):
        along = Along.of(forms, at, step, now)
        if along is None:
            return None if slope is None else Side(at, slope)
        span = along.straight(forms, at, limit)
        piece, walled = along.first(span)
        if slope is not None and abs(piece.slope - slope) > ALIKE * max(1.0, abs(slope)):
            return Side(at, slope)
        slope = piece.slope if slope is None else slope
        at = limit if abs(limit - at - piece.end) <= CLOSE * max(1.0, abs(limit)) else at + piece.end
        if walled or at == limit or piece.end != span:
            return Side(at, slope, walled)
    return Side(at, slope or 0.0)


@dataclass(eq=False)
class Along:
    """A programme that moves with a figure: ``line`` a unit of it; ``basis`` and ``here`` (an optimum) if known."""

    line: Line
    basis: Basis | None
    here: Solution | None
    _known: dict[float, Touch] = field(default_factory=dict)

    @classmethod
    def of(cls, forms: Forms, at: float, step: float, now: Solution) -> Along | None:
        """The line from the programme at a change; None where it is not straight, or coefficients move."""
        try:
            base, half, moved = (forms(at + part * step) for part in (0.0, 0.5, 1.0))
        except NO_CASE:
            return None
        line = line_between(base, moved, [(0.5, half)])
        if line is None or line.moves[2]:
            return None
        same = (len(now.dual), len(now.x)) == base.matrix.shape
        return cls(line.stretched(1.0 / step), now.basis if same else None, None if at else now)

    def straight(self, forms: Forms, at: float, limit: float) -> float:
        """How far towards a limit the programmes stay on the line."""

        def on(by: float) -> bool:
            try:
                return same_numbers(self.line.at(by), forms(at + by))
            except NO_CASE:
                return False

        return _last(on, limit - at)

    def first(self, span: float) -> tuple[Side, bool]:
        """The first piece from here over a span, and whether it ends where there is no plan any more."""
        end = self._planned(span)
        if not end:
            return Side(0.0, 0.0), True
        piece = next(iter(stretches(self.touch, 0.0, end)))
        edge = piece.high if end > 0 else piece.low
        return Side(edge, piece.slope), end != span and edge == end

    def touch(self, by: float) -> Touch:
        """The optimum there and the slope of a line that touches the curve, + = better.  Raises InfeasibleError."""
        if by not in self._known:
            found = self.here if not by and self.here is not None else self._solved(by)
            sign = sign_of(self.line.base)
            slope = float(self.line.slope.cost @ found.x) + self.line.slope.offset
            for name, price in (("row", found.dual), ("col", found.reduced)):
                upper = sign * price > 0
                slope += float(price @ np.where(upper, self._moved(f"{name}_upper"), self._moved(f"{name}_lower")))
            self._known[by] = Touch(by, sign * found.objective, sign * slope)
        return self._known[by]

    def _solved(self, by: float) -> Solution:
        self._session.update(self.line.at(by))
        return optimal(self._session)

    def _moved(self, name: str) -> Vector:
        return np.asarray(getattr(self.line.slope, name))

    def _planned(self, span: float) -> float:
        """How far towards a span there are plans: all the way, or to just before the last."""
        if self._has_plan(span):
            return span
        last = _last_plan(self.line, span)
        end = last - np.sign(span) * min(abs(last), CLOSE * max(1.0, abs(span)))
        return float(end) if not end or self._has_plan(end) else _last(self._has_plan, span)

    def _has_plan(self, by: float) -> bool:
        try:
            self.touch(by)
        except InfeasibleError:
            return False
        return True

    @cached_property
    def _session(self) -> Session:
        session = Session(self.line.base, brief=True)
        session.basis = self.basis
        return session


def _last_plan(line: Line, span: float) -> float:
    """The last change towards a span with which there is a plan, by one programme in which it is a column; else 0."""
    form = joined(line, min(0.0, span), max(0.0, span))
    found = Session(replace(form, sense="max" if span > 0 else "min"), brief=True).solve()
    return float(found.x[-1]) if found.status is Status.optimal else 0.0


def joined(line: Line, low: float, high: float) -> Form:
    """The programmes of a line as one, in which the change is the last column, and the objective, from low to high."""
    base, slope, moved = line.base, line.slope, []
    bounds = {name: getattr(base, name).copy() for name in BOUNDS}
    kinds = (("row", base.matrix.tocsr()), ("col", sparse.identity(base.matrix.shape[1], format="csr")))
    for kind, rows in kinds:
        for side, ends in (("lower", (0.0, INF)), ("upper", (-INF, 0.0))):
            by, level = getattr(slope, f"{kind}_{side}"), getattr(base, f"{kind}_{side}")
            at = np.flatnonzero(by)
            least, most = (level[at] if end == 0.0 else np.full(len(at), end) for end in ends)
            moved.append((sparse.hstack([rows[at], sparse.csr_matrix(-by[at, None])]), least, most))
            bounds[f"{kind}_{side}"][at] = -INF if side == "lower" else INF
    wide = sparse.hstack([base.matrix, sparse.csr_matrix((base.matrix.shape[0], 1))])
    form = Form(
        "max", np.append(np.zeros(base.matrix.shape[1]), 1.0), 0.0,
        sparse.csc_matrix(sparse.vstack([wide, *(block for block, _, _ in moved)])),
        np.concatenate([bounds["row_lower"], *(low for _, low, _ in moved)]),
        np.concatenate([bounds["row_upper"], *(high for _, _, high in moved)]),
        np.append(bounds["col_lower"], low), np.append(bounds["col_upper"], high),
        np.append(base.integer, False),
    )  # fmt: skip
    form.matrix.sort_indices()
    return form


def _last(holds: Callable[[float], bool], end: float) -> float:
    """The end where it holds there, else the last place before it where it does, found by halving."""
    return end if holds(end) else halved(holds, 0.0, end, CLOSE * max(1.0, abs(end)))[0]
