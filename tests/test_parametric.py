"""Curves of a linear programme against brute force: every region's value, and every kink, by many solves apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rest import first
from scipy import sparse
from scipy.optimize import linprog

from energy_routes.errors import LimitError
from energy_routes.linear.highs.arrays import Form
from energy_routes.linear.highs.session import Session
from energy_routes.linear.sensitivity.envelope import Stretch, Touch, stretches
from energy_routes.linear.sensitivity.parametric import BOUNDS, Line, Region, cover, covered, line_between
from energy_routes.linear.solution import Solution, Status

COLUMNS, ROWS = 7, 5


def random_form(rng: np.random.Generator) -> Form:
    """A feasible bounded maximisation: 0 is a plan."""
    matrix = sparse.csc_matrix(np.round(rng.uniform(0, 5, (ROWS, COLUMNS)) * (rng.random((ROWS, COLUMNS)) < 0.7), 2))
    return Form("max", rng.uniform(1, 9, COLUMNS), 3.0, matrix, np.full(ROWS, -np.inf), rng.uniform(5, 20, ROWS),
                np.zeros(COLUMNS), np.where(rng.random(COLUMNS) < 0.5, 4.0, np.inf), np.zeros(COLUMNS, dtype=bool))


def still(form: Form) -> dict[str, Any]:
    zeros = {name: np.zeros(len(getattr(form, name))) for name in ("cost", *BOUNDS)}
    return {**zeros, "offset": 0.0, "matrix": sparse.csc_matrix(form.matrix.shape)}


def moving(form: Form, what: str, rng: np.random.Generator) -> Line:
    """A line on which right-hand sides, costs, one row or one column of the matrix move."""
    slope = still(form)
    if what == "bounds":
        slope["row_upper"] = rng.uniform(-4, 20, ROWS)
    elif what == "costs":
        slope["cost"] = rng.uniform(-12, 6, COLUMNS)
    elif what == "row":
        full = np.zeros((ROWS, COLUMNS))
        full[1] = rng.uniform(-1, 3, COLUMNS)
        slope["matrix"] = sparse.csc_matrix(full)
    else:
        full = np.zeros((ROWS, COLUMNS))
        full[:, 2] = rng.uniform(0, 3, ROWS)
        slope["matrix"] = sparse.csc_matrix(full)
        slope["cost"][2] = 5.0
    return Line(form, replace(form, **slope))


def solver(line: Line) -> Any:
    session = Session(line.at(0.0))

    def solve(t: float) -> Solution | None:
        session.update(line.at(t))
        found = session.solve()
        return found if found.status is Status.optimal else None

    return solve


def apart(form: Form) -> float:
    """The optimum by another road: scipy's own wrapper, nothing of ours."""
    found = linprog(-form.cost, A_ub=form.matrix.toarray(), b_ub=form.row_upper,
                    bounds=list(zip(form.col_lower, form.col_upper, strict=True)), method="highs")
    return -found.fun + form.offset if found.status == 0 else float("nan")


def value(regions: list[Region], t: float) -> float:
    return next(r.value(t) for r in regions if r.low - 1e-9 <= t <= r.high + 1e-9)


@pytest.mark.parametrize("what", ["bounds", "costs", "row", "column"])
@pytest.mark.parametrize("seed", first(range(12), 3))
def test_the_curve_is_the_optimum_everywhere(what: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = moving(random_form(rng), what, rng)
    assert line.exact
    regions = cover(line, solver(line))
    assert covered(regions)
    assert regions[0].low == 0.0
    for t in np.linspace(0.0, regions[-1].high, 41):
        assert value(regions, t) == pytest.approx(apart(line.at(float(t))), abs=1e-6)
    if regions[-1].high < 1 - 1e-9:  # the end of the curve is the end of feasibility
        assert np.isnan(apart(line.at(regions[-1].high + 1e-5)))
    for r in regions:  # the slope told is the slope there
        mid, h = (r.low + r.high) / 2, (r.high - r.low) / 1e3
        if h > 1e-7:
            assert r.slope(mid) == pytest.approx((r.value(mid + h) - r.value(mid - h)) / (2 * h), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_shape_of_bounds_is_concave_and_of_costs_convex(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for what, sign in (("bounds", -1.0), ("costs", 1.0)):
        line = moving(random_form(rng), what, rng)
        slopes = [r.slope(r.low) for r in cover(line, solver(line))]
        assert (sign * np.diff(slopes) >= -1e-7).all()


def test_a_fractional_piece_is_found_as_such() -> None:
    """max x + 2y, y ≤ 5, (1−σ)x ≤ σy with σ = 0.8 t: x = 5σ/(1−σ), so the optimum 10 + 5σ/(1−σ) bends upwards."""
    form = Form("max", np.array([1.0, 2.0]), 0.0, sparse.csc_matrix([[1.0, 0.0]]), np.array([-np.inf]), np.zeros(1),
                np.zeros(2), np.array([np.inf, 5.0]), np.zeros(2, dtype=bool))
    slope = still(form) | {"matrix": sparse.csc_matrix([[-0.8, -0.8]])}
    line = Line(form, replace(form, **slope))
    (region,) = cover(line, solver(line))
    for t in (0.0, 0.3, 0.9, 1.0):
        s = 0.8 * t
        assert region.value(t) == pytest.approx(10 + 5 * s / (1 - s))
    assert region.g == pytest.approx(-0.8 / (1 - 0.8 * region.t0))


def test_the_end_of_feasibility_is_exact() -> None:
    """x ≥ 2, x ≤ 5 − 10 t: plans end at t = 0.3."""
    form = Form("max", np.ones(1), 0.0, sparse.csc_matrix([[1.0]]), np.array([2.0]), np.array([np.inf]),
                np.zeros(1), np.array([5.0]), np.zeros(1, dtype=bool))
    line = Line(form, replace(form, **(still(form) | {"col_upper": np.array([-10.0])})))
    regions = cover(line, solver(line))
    assert regions[-1].high == pytest.approx(0.3, abs=1e-12)
    assert cover(line.turned, solver(line.turned)) == []


@pytest.mark.parametrize("doubted", [0.3, 0.1])
def test_a_solver_that_cannot_tell_stops_a_curve_only_before_its_end(doubted: float) -> None:
    """x ≥ 2, x ≤ 5 − 10 t: at 0.3 + EDGE the solver may doubt whether there is a plan, at 0.1 there is one."""
    form = Form("max", np.ones(1), 0.0, sparse.csc_matrix([[1.0]]), np.array([2.0]), np.array([np.inf]),
                np.zeros(1), np.array([5.0]), np.zeros(1, dtype=bool))
    line = Line(form, replace(form, **(still(form) | {"col_upper": np.array([-10.0])})))
    known = solver(line)

    def solve(t: float) -> Solution | None:
        if doubted == 0.1 or 0.3 < t < 0.3001:
            raise LimitError("the solver stopped before the end: numerical")
        return known(t)

    if doubted == 0.3:
        assert cover(line, solve)[-1].high == pytest.approx(0.3, abs=1e-12)
    else:
        with pytest.raises(LimitError):
            cover(line, solve)


def test_what_cannot_be_proved_is_refused() -> None:
    rng = np.random.default_rng(0)
    form = random_form(rng)
    both = still(form) | {"cost": np.ones(COLUMNS), "row_upper": np.ones(ROWS)}
    assert not Line(form, replace(form, **both)).exact
    two_rows = still(form) | {"matrix": sparse.csc_matrix(np.ones((ROWS, COLUMNS)))}
    assert not Line(form, replace(form, **two_rows)).exact
    a_row_and_another_bound = moving(form, "row", rng)
    slope = replace(a_row_and_another_bound.slope, row_upper=np.ones(ROWS))
    assert not Line(form, slope).exact
    column = moving(form, "column", rng)
    assert column.exact
    for another in ({"cost": np.ones(COLUMNS)}, {"row_upper": np.ones(ROWS)}):
        assert not Line(form, replace(column.slope, **another)).exact


def test_a_line_is_one_only_where_all_programmes_lie_on_it() -> None:
    form = random_form(np.random.default_rng(3))
    end = replace(form, row_upper=form.row_upper + 8)
    half, bent = replace(form, row_upper=form.row_upper + 4), replace(form, row_upper=form.row_upper + 5)
    line = line_between(form, end, [(0.5, half)])
    assert line is not None
    assert line.at(0.25).row_upper == pytest.approx(form.row_upper + 2)
    assert line.turned.at(0.25).row_upper == pytest.approx(form.row_upper + 6)
    assert line_between(form, end, [(0.5, bent)]) is None
    assert line_between(form, replace(form, col_upper=np.full(COLUMNS, np.inf)), []) is None or not np.isinf(
        form.col_upper).any()


def test_degenerate_programmes_are_covered(tmp_path: Path) -> None:
    """Many equal routes and doubled rows: bases abound, the curve is still 3·min(t·10, 6)."""
    matrix = sparse.csc_matrix(np.vstack([np.ones((3, 4)), np.ones((1, 4))]))
    form = Form("max", np.full(4, 3.0), 0.0, matrix, np.full(4, -np.inf), np.array([0.0, 0.0, 0.0, 6.0]),
                np.zeros(4), np.full(4, 6.0), np.zeros(4, dtype=bool))
    line = Line(form, replace(form, **(still(form) | {"row_upper": np.array([10.0, 10.0, 10.0, 0.0])})))
    regions = cover(line, solver(line))
    assert covered(regions)
    for t in np.linspace(0, 1, 21):
        assert value(regions, float(t)) == pytest.approx(3 * min(10 * t, 6), abs=1e-9)


@pytest.mark.parametrize(("near", "far", "slope"), [
    (Touch(0.0, 0.0, 1.0), Touch(1.0, 1.5, 1.0), 1.5),  # tangents that never meet
    (Touch(1.0, 0.0, 0.0), Touch(1.0 + 2.0**-25, 2.0**-16, 1024.0), 512.0),  # closer than pieces are looked for
])  # fmt: skip
def test_where_values_are_too_rough_to_find_a_kink_the_piece_is_the_line_between_them(
    near: Touch, far: Touch, slope: float
) -> None:
    values = {point.at: point for point in (near, far)}
    assert list(stretches(values.__getitem__, near.at, far.at)) == [Stretch(near.at, far.at, slope)]
