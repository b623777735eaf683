"""A linear programme that depends on one number: the exact curve of its optimum, basis by basis.

Every array is affine in t.  A basis keeps its optimality as long as no basic value passes a bound and no reduced cost
changes sign; multiplied by ρ(t) = det B(t) / det B(t₀), all of these are affine in t wherever only bounds, only costs,
or one row (or one column) of the matrix depend on t.  So the interval on which a basis is optimal has a closed form,
and on it the optimum is linear, or linear-fractional: (a + b·t) / (1 + g·t) (Gal 1979; Freund 1985).  The interval
[0, 1] is covered by such regions; what they cover is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from energy_routes.errors import LimitError, SolverError
from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import Form, LinearForm, form_of, sign_of
from energy_routes.linear.highs.moving import finite
from energy_routes.linear.labels import Index
from energy_routes.linear.solution import BASIC, FREE, LOWER, UPPER, Basis, Solution

TINY = 1e-9  # parts of [0, 1] narrower than this are not looked into
EDGE = 1e-7  # how far beyond a region's end is looked for another before the end is called the end of feasibility
ZERO = 1e-9  # a slack or reduced cost this small, over its scale, is zero
SAME = 1e-12  # numbers that differ by less, over their size, are the same data
BOUNDS = ("row_lower", "row_upper", "col_lower", "col_upper")


@dataclass(frozen=True, eq=False)
class Line:
    """Linear programmes base + t·slope, 0 ≤ t ≤ 1, elementwise; an infinite bound stays infinite (slope 0)."""

    base: Form
    slope: Form

    def at(self, t: float) -> Form:
        """The programme at ``t``."""
        moved = ("cost", "offset", *BOUNDS)
        parts: dict[str, Any] = {name: getattr(self.base, name) + t * getattr(self.slope, name) for name in moved}
        if not self.slope.matrix.nnz:
            return replace(self.base, **parts)
        matrix = sparse.csc_matrix(self.base.matrix + t * self.slope.matrix)
        matrix.data[np.abs(matrix.data) < SAME] = 0.0  # what cancels at this t
        matrix.eliminate_zeros()
        matrix.sort_indices()
        return replace(self.base, matrix=matrix, **parts)

    def stretched(self, factor: float) -> Line:
        """The line whose t = 1 lies ``factor`` times as far from t = 0."""
        parts: dict[str, Any] = {name: factor * getattr(self.slope, name) for name in ("cost", "offset", *BOUNDS)}
        return replace(self, slope=replace(self.slope, matrix=self.slope.matrix * factor, **parts))

    @property
    def turned(self) -> Line:
        """The same programmes from the other end: t becomes 1 − t."""
        return Line(self.at(1.0), self.stretched(-1.0).slope)

    @property
    def moves(self) -> tuple[bool, bool, bool]:
        """Whether bounds, costs, the matrix depend on t."""
        bounds = any(getattr(self.slope, name).any() for name in BOUNDS)
        return bounds, bool(self.slope.cost.any() or self.slope.offset), bool(self.slope.matrix.nnz)

    @property
    def rank_one(self) -> tuple[Vector, Vector] | None:
        """(u, v) with matrix slope u·vᵀ where one row, or one column, is all that depends on t; else None."""
        slope = self.slope.matrix.tocoo()
        rows, columns = np.unique(slope.row), np.unique(slope.col)
        other = {name: np.flatnonzero(getattr(self.slope, name)) for name in ("cost", *BOUNDS)}
        if len(rows) == 1 and all(_within(other[name], rows if name.startswith("row") else ()) for name in other):
            return _unit(rows[0], slope.shape[0]), np.asarray(slope.tocsr()[rows[0]].toarray()).ravel()
        if len(columns) == 1 and all(_within(other[name], columns if name == "cost" else ()) for name in other):
            return np.asarray(slope.tocsc()[:, columns[0]].toarray()).ravel(), _unit(columns[0], slope.shape[1])
        return None

    @property
    def exact(self) -> bool:
        """Whether :func:`cover` can prove the curve: only bounds, only costs, or one row or column move."""
        bounds, costs, matrix = self.moves
        return self.rank_one is not None if matrix else not (bounds and costs)


def line_between(start: LinearForm, stop: LinearForm, between: Sequence[tuple[float, LinearForm]]) -> Line | None:
    """The line through two programmes, if those ``between`` them (at their t) lie on it and all have one shape."""
    base, end = form_of(start), form_of(stop)
    if any(other.matrix.shape != base.matrix.shape for other in (end, *(form for _, form in between))):
        return None
    slopes: dict[str, Any] = {name: _difference(getattr(end, name), getattr(base, name)) for name in ("cost", *BOUNDS)}
    if any(slope is None for slope in slopes.values()) or base.sense != end.sense:
        return None
    matrix = _trim(end.matrix - base.matrix, base.matrix)
    line = Line(base, replace(base, matrix=matrix, offset=end.offset - base.offset, **slopes))
    return line if all(same_numbers(line.at(t), form_of(form)) for t, form in between) else None


@dataclass(frozen=True, eq=False)
class Region:
    """Where one basis is optimal, low ≤ t ≤ high, and the optimum on it: (a + b·(t − t₀)) / (1 + g·(t − t₀))."""

    low: float
    high: float
    t0: float
    a: float
    b: float
    g: float

    def value(self, t: float) -> float:
        """The optimum at ``t``, MUSD."""
        return (self.a + self.b * (t - self.t0)) / (1.0 + self.g * (t - self.t0))

    def slope(self, t: float) -> float:
        """Its derivative at ``t``, MUSD over the whole interval."""
        return (self.b - self.a * self.g) / (1.0 + self.g * (t - self.t0)) ** 2


def cover(line: Line, solve: Callable[[float], Solution | None], probes: int = 4000) -> list[Region]:
    """Regions that cover the feasible part of [0, 1] from 0 on, in order; none where there is no plan at 0.

    ``solve(t)`` gives an optimal solution with its basis, or None where there is no plan.  The values of t with a plan
    are taken to be one interval (they are, where only bounds or one row move).  Just past its last region ``solve`` may
    raise LimitError: where there is no plan farther on, that is its end.  Gaps that are left are narrower
    than ``TINY``, or come after ``probes`` solves; see :func:`covered`.
    """
    found: list[Region] = []
    gaps = [(0.0, 1.0, False)]  # from, to, whether there is no plan at the far end
    while gaps and probes > 0:
        low, high, walled = gaps.pop()
        probes -= 1
        t = low if not found else low + EDGE if walled else (low + high) / 2
        try:
            solution = solve(t) if t < high else None
        except LimitError:
            if not walled:
                raise
            solution = None  # so close to the last plan the solver may not be able to tell that there is none
        if solution is not None and solution.basis is not None:
            region = region_of(line, t, solution.basis)
            region = replace(region, low=max(low, region.low), high=min(high, region.high))
            found.append(region)
            parts = [(low, region.low, False), (region.high, high, walled)]
        elif not found:
            return []
        else:
            parts = [] if walled else [(low, t, True)]
            gaps = [gap for gap in gaps if gap[1] <= low]
        gaps += [part for part in parts if part[1] - part[0] > TINY]
    return sorted(found, key=lambda region: region.low)


def covered(regions: Sequence[Region], tolerance: float = 2 * EDGE) -> bool:
    """Whether consecutive regions leave no gap."""
    return all(b.low - a.high <= tolerance for a, b in pairwise(regions))


def region_of(line: Line, t: float, basis: Basis) -> Region:
    """The closed interval around ``t`` on which a basis that is optimal at ``t`` stays so."""
    here, (other, there) = _vertex(line.at(t), basis), _elsewhere(line, t, basis)
    rho = _determinant(line, t, basis)
    low, high = 0.0, 1.0
    step = other - t
    ratio = 1.0 + rho * step
    for now, then, scale in zip(here.slacks, there.slacks, here.scales, strict=True):
        drift = (then * ratio - now) / step
        tight = np.abs(now) <= ZERO * scale
        drift = np.where(np.abs(drift) <= ZERO * scale, 0.0, drift)
        now = np.where(tight, 0.0, np.maximum(now, 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = -now / drift
        high = min(high, t + float(np.min(reach[drift < 0], initial=np.inf)))
        low = max(low, t + float(np.max(reach[drift > 0], initial=-np.inf)))
    if rho:
        pole = t - 1.0 / rho  # ρ is 1 at t and 0 at the pole
        low, high = (max(low, pole + TINY), high) if rho > 0 else (low, min(high, pole - TINY))
    return Region(low, high, t, here.value, (there.value * ratio - here.value) / step, rho)


@dataclass(frozen=True, eq=False)
class _Vertex:
    """Slacks that must stay ≥ 0 for a basis to stay optimal (values to bounds, signed reduced costs); the optimum."""

    value: float
    slacks: tuple[Vector, ...]
    scales: tuple[Vector, ...]


def _vertex(form: Form, basis: Basis) -> _Vertex:
    """The basic solution of a programme at a basis: columns J between their bounds, rows R on theirs."""
    columns, rows = basis.columns == BASIC, basis.rows != BASIC
    x = np.where(columns, 0.0, _resting(basis.columns, form.col_lower, form.col_upper))
    right = _resting(basis.rows, form.row_lower, form.row_upper)[rows] - (form.matrix @ x)[rows]
    square = sparse.csc_matrix(form.matrix.tocsr()[rows][:, columns])
    y = np.zeros(len(rows))
    if square.shape[0]:
        factors = splu(square)
        x[columns] = _refined(factors.solve(right), right, square, factors, "N")
        y[rows] = _refined(factors.solve(form.cost[columns], "T"), form.cost[columns], square.T, factors, "T")
    activity = form.matrix @ x
    sign = -sign_of(form)
    reduced, dual = sign * (form.cost - form.matrix.T @ y), sign * y
    size = max(1.0, float(np.abs(form.cost).max(initial=0.0)))
    loose = [(x[columns], form.col_lower[columns], form.col_upper[columns]),
             (activity[~rows], form.row_lower[~rows], form.row_upper[~rows])]  # fmt: skip
    slacks = [s for value, low, high in loose for s in (finite(value - low), finite(high - value))]
    scales = [np.maximum(1.0, np.abs(value)) for value, _, _ in loose for _ in range(2)]
    priced = [_signed(reduced, basis.columns, form.col_upper - form.col_lower),
              _signed(dual, basis.rows, form.row_upper - form.row_lower)]  # fmt: skip
    apart = [finite(form.row_upper - form.row_lower), finite(form.col_upper - form.col_lower)]
    ones = [np.full(len(p), size) for p in priced] + [np.ones(len(p)) for p in apart]
    return _Vertex(float(form.cost @ x) + form.offset, (*slacks, *priced, *apart), (*scales, *ones))


def _refined(z: Vector, right: Vector, matrix: sparse.csc_matrix, factors: object, way: str) -> Vector:
    """One step of iterative refinement."""
    out: Vector = z + factors.solve(right - matrix @ z, way)  # type: ignore[attr-defined]
    return out


def _resting(codes: NDArray[np.int8], low: Vector, high: Vector) -> Vector:
    """Where nonbasic values rest: on the bound that the basis says, else on a finite one, else at 0."""
    on_high = (codes == UPPER) | ((codes != LOWER) & ~np.isfinite(low) & np.isfinite(high))
    at = np.where(on_high, high, low)
    return np.where(np.isfinite(at) & (codes != FREE), at, 0.0)


def _signed(prices: Vector, codes: NDArray[np.int8], width: Vector) -> Vector:
    """Reduced costs (of a minimisation) as slacks: ≥ 0 at a lower bound, ≤ 0 at an upper, anything where both meet."""
    meeting = (codes == BASIC) | (width <= SAME)
    return np.where(meeting, 0.0, np.where(codes == UPPER, -prices, np.where(codes == FREE, -np.abs(prices), prices)))


def _determinant(line: Line, t: float, basis: Basis) -> float:
    """d det B / dt over det B at ``t``: vᵀ B⁻¹ u for a matrix slope u·vᵀ (0 where the matrix is constant)."""
    if not line.slope.matrix.nnz:
        return 0.0
    pair = line.rank_one
    assert pair is not None, "only a line that is exact has regions"
    columns, rows = basis.columns == BASIC, basis.rows != BASIC
    square = sparse.csc_matrix(line.at(t).matrix.tocsr()[rows][:, columns])
    u, v = pair[0][rows], pair[1][columns]
    return float(v @ splu(square).solve(u)) if len(u) and u.any() and v.any() else 0.0


def _elsewhere(line: Line, t: float, basis: Basis) -> tuple[float, _Vertex]:
    """The same basis at a second point, to see how things move; one where it is not singular."""
    for step in (0.25, 0.19, 0.11):
        other = t + step if t < 0.5 else t - step
        try:
            return other, _vertex(line.at(other), basis)
        except RuntimeError:  # SuperLU's word for "singular"
            continue
    raise SolverError(f"the optimal basis at {t:g} is singular all around it")


def _difference(end: Vector, base: Vector) -> Vector | None:
    """end − base where both are finite, 0 where both are the same infinity; None where only one is infinite."""
    infinite = np.isinf(base) | np.isinf(end)
    if (infinite & (base != end)).any():
        return None
    slope = np.where(infinite, 0.0, np.where(infinite, 0.0, end) - np.where(infinite, 0.0, base))
    size = np.maximum(1.0, np.where(infinite, 0.0, np.abs(base)))
    return np.where(np.abs(slope) <= SAME * size, 0.0, slope)


def _trim(slope: sparse.csc_matrix, base: sparse.csc_matrix) -> sparse.csc_matrix:
    """A matrix slope without the rounding of numbers that did not move."""
    out = sparse.csc_matrix(slope)
    out.data[np.abs(out.data) <= SAME * max(1.0, float(np.abs(base.data).max(initial=0.0)))] = 0.0
    out.eliminate_zeros()
    return out


def same_numbers(one: Form, other: Form) -> bool:
    """Whether two programmes have one shape and hold the same numbers, up to rounding."""
    if one.matrix.shape != other.matrix.shape:
        return False
    for name in ("cost", *BOUNDS):
        a, b = getattr(one, name), getattr(other, name)
        if not np.allclose(a, b, rtol=1e-9, atol=1e-9):
            return False
    same = np.array_equal(one.matrix.indices, other.matrix.indices) and one.matrix.nnz == other.matrix.nnz
    gap = one.matrix.data - other.matrix.data if same else (one.matrix - other.matrix).data
    return bool(np.abs(gap).max(initial=0.0) <= 1e-9) and abs(one.offset - other.offset) <= 1e-6


def _within(places: Index, allowed: Sequence[int] | Index) -> bool:
    return bool(np.isin(places, np.asarray(allowed, dtype=np.int64)).all())


def _unit(at: int, size: int) -> Vector:
    out = np.zeros(size)
    out[at] = 1.0
    return out
