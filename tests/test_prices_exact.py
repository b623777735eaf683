"""Prices against the programme moved a little and solved again: at corners, under caps, every limit of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings, strategies as st
from rest import REST
from scipy import sparse
from small_networks import Spec, specs
from test_properties import made
from toy import best, toy

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.linear.highs.arrays import Form, form_of
from energy_routes.linear.highs.session import Session
from energy_routes.linear.sensitivity import moves
from energy_routes.linear.sensitivity.moves import Moves, Vertex
from energy_routes.linear.sensitivity.slopes import Slopes
from energy_routes.linear.solution import Basis, Prices, Status
from energy_routes.solving.loop import solve, stated
from energy_routes.solving.prices.marginal_prices import marginal_worth

UPPER, LOWER, BASIC = 2, 0, 1


def moved(size: int, *moves: tuple[Mapping[int, float], Mapping[int, float]]) -> Moves:
    """Moves by what a unit of each adds to lower and to upper bounds, by place among rows and, after them, columns."""
    low, high = (
        sparse.csc_matrix([[move[side].get(at, 0.0) for move in moves] for at in range(size)]) for side in (0, 1)
    )
    return Moves(low, high)


def test_a_dual_may_be_neither_of_the_two_slopes() -> None:
    """max 3a + 2b + c, a ≤ 1, b ≤ 0, a + b + c ≤ 1: one more of the sum brings 1, one less costs 3, and 2 is a dual.

    Each of the three has its basis.  That of 2 allows neither move; those of 1 and 3 allow one.
    """
    form = Form("max", np.array([3.0, 2.0, 1.0]), 0.0, sparse.csc_matrix(np.ones((1, 3))), np.array([-np.inf]),
                np.ones(1), np.zeros(3), np.array([1.0, 0.0, np.inf]), np.zeros(3, dtype=bool))  # fmt: skip
    solution = Session(form).solve()
    assert solution.x.tolist() == [1.0, 0.0, 0.0]
    both_ways = moved(4, ({}, {0: 1.0}), ({}, {0: -1.0}))
    assert Slopes(form, solution).along(both_ways).tolist() == pytest.approx([1.0, -3.0])
    bases = {1.0: [UPPER, UPPER, BASIC], 2.0: [UPPER, BASIC, LOWER], 3.0: [BASIC, LOWER, LOWER]}
    for dual, columns in bases.items():
        basis = Basis(np.array(columns, dtype=np.int8), np.array([UPPER], dtype=np.int8))
        for own in (basis, None):
            told = replace(solution, prices=Prices(np.array([dual]), form.cost - dual), basis=own)
            found = Slopes(form, told)
            assert found.most(both_ways).tolist() == pytest.approx([dual, -dual])
            assert found.along(both_ways).tolist() == pytest.approx([1.0, -3.0])
        vertex = Vertex.of(form.matrix.tocsr(), basis, found.cone, found.duals)
        assert vertex is not None
        assert vertex.allows(both_ways).tolist() == [dual == 1.0, dual == 3.0]


def test_a_move_that_is_impossible_has_no_slope() -> None:
    """a ≤ 1 and a ≥ 1 in another row: the least cannot go up, nor the most down."""
    matrix = sparse.csc_matrix(np.array([[1.0], [1.0]]))
    form = Form("min", np.array([2.0]), 0.0, matrix, np.array([-np.inf, 1.0]), np.array([1.0, np.inf]), np.zeros(1),
                np.array([np.inf]), np.zeros(1, dtype=bool))  # fmt: skip
    found = Slopes(form, Session(form).solve())
    slopes = found.along(moved(3, ({1: 1.0}, {}), ({}, {0: -1.0}), ({}, {0: 1.0}), ({1: 1.0}, {0: 1.0}))).tolist()
    assert slopes == pytest.approx([-np.inf, -np.inf, 0.0, -2.0])  # what costs 2 more is worth −2


@st.composite
def corners(draw: st.DrawFn) -> Form:
    """A programme whose optimum is a corner of more rows and bounds than it has columns: small whole numbers."""
    rows, columns = draw(st.integers(2, 5)), draw(st.integers(2, 4))
    numbers = st.integers(-2, 3)
    matrix = np.array(draw(st.lists(numbers, min_size=rows * columns, max_size=rows * columns)), dtype=float)
    point = np.array(draw(st.lists(st.integers(0, 2), min_size=columns, max_size=columns)), dtype=float)
    cost = np.array(draw(st.lists(st.integers(-3, 5), min_size=columns, max_size=columns)), dtype=float)
    kinds = np.array(draw(st.lists(st.sampled_from(["most", "least", "equal"]), min_size=rows, max_size=rows)))
    value = matrix.reshape(rows, columns) @ point
    return Form("max", cost, 0.0, sparse.csc_matrix(matrix.reshape(rows, columns)),
                np.where(kinds == "most", -np.inf, value), np.where(kinds == "least", np.inf, value),
                np.zeros(columns), np.where(point == 2, 2.0, 5.0), np.zeros(columns, dtype=bool))  # fmt: skip


@settings(phases=(Phase.explicit, Phase.generate))
@given(form=corners(), data=st.data())
def test_every_slope_is_that_of_a_small_step(form: Form, data: st.DataObject) -> None:
    """Many moves at once, of one bound and of several, up and down: each as the programme solved with a step of it."""
    session = Session(form)
    solution = session.solve()
    assert solution.status is Status.optimal
    size = sum(form.matrix.shape)
    low, high = np.concatenate([form.row_lower, form.col_lower]), np.concatenate([form.row_upper, form.col_upper])
    singles = [({at: way * (low[at] == high[at])}, {at: way}) for at in range(size) for way in (1.0, -1.0)]
    singles += [({at: way}, {}) for at in range(size) if np.isfinite(low[at]) for way in (1.0, -1.0)]
    weights = data.draw(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0]), min_size=size, max_size=size))
    moves = moved(size, *singles, ({}, dict(enumerate(weights))), (dict(enumerate(weights)),) * 2)
    for number, slope in enumerate(Slopes(form, solution).along(moves)):
        step, rows = 1e-3, form.matrix.shape[0]
        down, up = (np.asarray(bound[:, [number]].todense()).ravel() * step for bound in (moves.low, moves.high))
        other = replace(form, row_lower=(low + down)[:rows], col_lower=(low + down)[rows:],
                        row_upper=(high + up)[:rows], col_upper=(high + up)[rows:])  # fmt: skip
        found = Session(other).solve()
        assert (found.status is Status.optimal) == np.isfinite(slope)
        if found.status is Status.optimal:
            assert slope == pytest.approx((found.objective - solution.objective) / step, rel=1e-6, abs=1e-6)


FIGURES = {  # of the toy: what is moved, from where, and where its price stands
    "arc:SHORT.capacity": (6.0, "capacity", "SHORT"),
    "arc:LONG.capacity": (5.0, "capacity", "LONG"),
    "supply:FIELD_CO.available": (10.0, "supply", "FIELD_CO"),
    "obligation:HOME.volume": (2.0, "obligation", "HOME"),
    "tier:WEST/1.depth": (3.0, "market", "WEST"),
}


@pytest.mark.parametrize("cap", [0.55, 0.6, 0.625, 0.7])
def test_under_a_cap_on_concentration_a_price_is_that_of_a_step_with_its_own_cuts(tmp_path: Path, cap: float) -> None:
    """Separated anew at the step.  0.625 is the HHI without the cap (6 and 2 of 8 Mt): it is reached and has no dual.

    There one more of SHORT would bring 10, and the cap lets none of it through.
    """
    case = toy(tmp_path, max_hhi={"corridor": cap}, exports="free")
    plan = solve(case)
    step = 1e-4

    def value(changed: Case) -> float:
        return solve(changed).objective.value

    for path, (figure, kind, limit) in FIGURES.items():
        table = plan.prices[kind]
        (price,) = table.loc[table["limit"] == limit, "price"].head(1)
        slope = (value(case.set(path, figure + step)) - plan.objective.value) / step
        assert price == pytest.approx(slope, rel=2e-3, abs=2e-2), path
    (price,) = plan.prices["policy"].query("limit == 'hhi:corridor'")["price"]
    slope = (value(case.with_policy(max_hhi={"corridor": cap + step})) - plan.objective.value) / step
    assert price == pytest.approx(slope / 100, rel=2e-3, abs=2e-4)


@settings(max_examples=6, phases=(Phase.explicit, Phase.generate))
@given(spec=specs, lever=st.sampled_from(["max_share", "min_share"]), share=st.sampled_from([0.1, 0.3, 0.5, 0.8]),
       over=st.sampled_from(["horizon", "period"]))  # fmt: skip
def test_a_share_is_priced_as_a_step_of_it(spec: Spec, lever: str, share: float, over: str) -> None:
    """Of all periods together: the programme is built anew with another share, and solved."""
    def cased(by: float) -> Case:
        cap = {"transit:RU": {"cap" if lever == "max_share" else "least": share + by, "over": over}}
        return made(replace(spec, share=None)).with_policy(exports="free", **{lever: cap})

    table = solve(cased(0.0)).prices.table
    (price,) = table.loc[table["unit"] == "MUSD per pp", "price_all"].unique()
    step = 1e-6
    slope = (best(cased(step)).value - best(cased(0.0)).value) / step
    assert price == pytest.approx(slope / 100, rel=1e-4, abs=1e-4)


def test_an_equality_of_two_sums_moves_as_a_whole_in_every_future(tmp_path: Path) -> None:
    """SHORT = LONG in the plan and where half of SHORT is lost: both rows of it move there, not its upper one alone."""
    tables = {"limits": "id,low,high,relative_to,low_ratio,high_ratio\nL,,,,,\nS,,,L,1,1",
              "limit_terms": "limit,arc,commodity,weight\nL,LONG,,1\nS,SHORT,,1"}  # fmt: skip
    lost = {"name": "SHORT fails", "probability": 0.25, "outages": ["arc:SHORT"], "remaining": 0.25}
    case = toy(tmp_path, tables, cvar={"scenarios": [lost], "lambda": 0.5, "alpha": 0.5})
    space, program = stated(case)
    session = Session(program)
    first = session.solve()
    suffixes = [block.name.partition("@") for block in program.rows if block.name.startswith("joint_ratios@")]
    limits = marginal_worth(space, program, session.form, first, copies=[f"@{rest}" for *_, rest in suffixes]).limits
    (found,) = limits[limits["block"] == "joint_ratios"].to_dict("records")
    assert suffixes
    for way, price in ((1.0, found["price"]), (-1.0, found["price_down"])):
        rows = tuple(
            replace(block, upper=block.upper + way * 1e-3 * block.axis.data("sign"))
            if block.name.partition("@")[0] == "joint_ratios" else block for block in program.rows
        )  # fmt: skip
        slope = (Session(replace(program, rows=rows)).solve().objective - first.objective) / 1e-3
        assert price == pytest.approx(slope, rel=1e-6)


def places(limit: Any) -> Iterator[tuple[int, float]]:
    """The rows (and columns after them) in which a limit stands, with its sign there."""
    yield int(limit.at), limit.sign
    if limit.twin >= 0:
        yield int(limit.twin), -limit.sign


class Stepped:
    """A programme in a live session, to be solved with some limits moved by a little."""

    def __init__(self, form: Form) -> None:
        self._form, self._session = form, Session(form)
        self.value = self._session.solve().objective
        self._basis = self._session.basis

    def slope(self, limits: list[tuple[Any, float]], step: float) -> float:
        """The change of the optimum over the step, by which each of the limits moves so many times; −inf: no plan."""
        form, size = self._form, sum(self._form.matrix.shape)
        low, high = np.zeros(size), np.zeros(size)
        for limit, times in limits:
            for at, sign in places(limit):
                side = limit.side if sign > 0 or limit.side == "equal" else {"upper": "lower"}.get(limit.side, "upper")
                low[at] += sign * times * step * (side != "upper")
                high[at] += sign * times * step * (side != "lower")
        rows = form.matrix.shape[0]
        changed = np.flatnonzero((low != 0) | (high != 0))
        row, column = changed[changed < rows], changed[changed >= rows] - rows

        def put(by: float) -> None:
            self._session.set_row_bounds(row, form.row_lower[row] + by * low[row], form.row_upper[row] + by * high[row])
            self._session.set_column_bounds(column, form.col_lower[column] + by * low[rows + column],
                                            form.col_upper[column] + by * high[rows + column])  # fmt: skip

        put(1.0)
        self._session.basis = self._basis
        found = self._session.solve()
        put(0.0)
        return (found.objective - self.value) / step if found.status is Status.optimal else -np.inf


@pytest.mark.parametrize("name", ["gas-2024", *(pytest.param(f"{name}-2024-monthly", marks=REST)
                                                for name in ("oil", "gas", "energy"))])  # fmt: skip
def test_every_price_of_a_bundled_model_is_that_of_a_small_step(name: str) -> None:
    """Each limit alone, up and, of an equality, down; and each in all of its periods together.

    A step of 0.1 t may pass the next kink, and one of a gram is close to the arithmetic: one of the two agrees.
    """
    space, program = stated(er.load(name))
    session = Session(program)
    limits = marginal_worth(space, program, session.form, session.solve()).limits
    stepped = Stepped(form_of(program))
    years = {period.label: period.years for period in space.case.periods}

    def agree(price: float, moved: list[tuple[Any, float]]) -> None:
        slopes = [stepped.slope(moved, step) for step in (1e-5, 1e-7)]
        assert any(price == pytest.approx(slope, rel=1e-5, abs=1e-2) for slope in slopes), (moved, price, slopes)

    for (_, side), rows in limits.groupby([limits[["kind", "limit", "name", "family"]].apply(tuple, axis=1), "side"]):
        several: list[Any] = [limit for limit in rows.itertuples() if limit.reached]
        for way, one, all_of in ((1.0, "price", "price_all"), (-1.0, "price_down", "price_all_down")):
            if way < 0 and side != "equal":
                continue
            for limit in several:
                agree(getattr(limit, one), [(limit, way)])
            if len(several) > 1:
                weights = [1.0 if limit.level else years.get(limit.period, space.case.years) for limit in several]
                whole = getattr(several[0], all_of) * _added(limits, several[0], years)
                agree(whole, [(limit, way * weight) for limit, weight in zip(several, weights, strict=True)])


def _added(limits: pd.DataFrame, limit: Any, years: Mapping[str, float]) -> float:
    """What one more a year of a limit adds up to: the length of the periods in which it stands."""
    key = ["kind", "limit", "name", "family"]
    same = (limits[key] == [getattr(limit, column) for column in key]).all(axis=1)
    return 1.0 if limit.level else sum(years[period] for period in limits.loc[same, "period"].unique())


def test_prices_of_a_few_limits_at_once_are_those_of_many(tmp_path, monkeypatch):
    case = toy(tmp_path)
    many = solve(case).prices.table
    monkeypatch.setattr(moves, "NUMBERS", 1)
    pd.testing.assert_frame_equal(solve(case).prices.table, many, check_exact=True)
