"""The labelled algebra: every verb against dense arithmetic, and every mistake raises."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from energy_routes.errors import LabelError
from energy_routes.linear import labels
from energy_routes.linear.expressions import INF, Axis, Expr, as_vector, axis, between, positions, zero
from energy_routes.linear.labels import code_of
from energy_routes.linear.programme import Builder, Program, Term, safe_names

NAN = float("nan")
NODES, PERIODS = ["A", "B", "C"], ["2024", "2025"]


def product(name: str, **keys: list[str]) -> Axis:
    """The axis of all combinations of some keys."""
    frame = pd.MultiIndex.from_product(keys.values(), names=list(keys)).to_frame(index=False)
    return axis(name, list(keys), frame)


def random_expr(seed: int, over: Axis, columns: int = 7) -> Expr:
    """Random triplets, with doubles among them, and constants."""
    rng = np.random.default_rng(seed)
    size = 3 * len(over)
    return Expr(over, rng.integers(0, len(over), size), rng.integers(0, columns, size), rng.normal(size=size),
                rng.normal(size=len(over)))


def dense(expr: Expr, columns: int = 7) -> np.ndarray:
    """The expression as a matrix with its constant in the last column."""
    out = np.zeros((len(expr.axis), columns + 1))
    np.add.at(out, (expr.row, expr.col), expr.val)
    out[:, -1] = expr.const
    return out


LANES = product("lane", node=NODES, period=PERIODS)
SITES = product("site", node=NODES)

# --- verbs --------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_sum_to_adds_up_by_key(seed, shuffle):
    order = np.random.default_rng(shuffle).permutation(len(LANES))
    lanes = axis("lane", LANES.keys, LANES.frame.iloc[order])
    expr, weight = random_expr(seed, lanes), np.random.default_rng(seed).normal(size=len(lanes))
    expected = np.zeros((3, 8))
    for i, node in enumerate(lanes.frame["node"]):
        expected[NODES.index(node)] += weight[i] * dense(expr)[i]
    np.testing.assert_allclose(dense((expr * weight).sum_to(SITES)), expected)


@given(st.integers(0, 10_000))
def test_spread_to_repeats_by_key(seed):
    expr = random_expr(seed, SITES)
    expected = np.array([dense(expr)[NODES.index(node)] for node in LANES.frame["node"]])
    np.testing.assert_allclose(dense(expr.spread_to(LANES)), expected)


@given(st.integers(0, 10_000))
def test_spreading_and_adding_up_are_adjoint(seed):
    # Summing after spreading multiplies by the number of periods.
    expr = random_expr(seed, SITES)
    np.testing.assert_allclose(dense(expr.spread_to(LANES).sum_to(SITES)), 2 * dense(expr))


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_arithmetic_is_that_of_matrices(seed, other):
    a, b = random_expr(seed, LANES), random_expr(other, LANES)
    v = np.random.default_rng(seed + 1).normal(size=len(LANES))
    shift = np.eye(8)[-1]
    for ours, expected in [
        (a + b, dense(a) + dense(b)), (a - b, dense(a) - dense(b)), (-a, -dense(a)), (2.0 * a, 2 * dense(a)),
        (v * a, v[:, None] * dense(a)), (a * v, v[:, None] * dense(a)), (a + 3.0, dense(a) + 3 * shift),
        (3.0 + a, dense(a) + 3 * shift), (a - v, dense(a) - np.outer(v, shift)), (v - a, np.outer(v, shift) - dense(a)),
        (v + a, dense(a) + np.outer(v, shift)), (1.0 - a, shift - dense(a)), (zero(LANES) + a, dense(a)),
    ]:
        assert isinstance(ours, Expr)
        np.testing.assert_allclose(dense(ours), expected, atol=1e-12)
    x = np.random.default_rng(other).normal(size=7)
    np.testing.assert_allclose(a.value(x), dense(a) @ np.append(x, 1.0))
    np.testing.assert_allclose(a.coefficients(7), dense(a)[:, :-1].sum(axis=0))


@given(st.integers(0, 10_000), st.lists(st.booleans(), min_size=6, max_size=6))
def test_taking_rows(seed, flags):
    expr, mask = random_expr(seed, LANES), np.array(flags)
    part = LANES.take(mask)
    np.testing.assert_allclose(dense(expr.take(mask, part)), dense(expr)[mask])
    rows = between(expr, -1.0, np.arange(6.0)).take(mask)
    np.testing.assert_allclose(rows.upper, (np.arange(6.0) - expr.const)[mask])
    np.testing.assert_allclose(dense(rows.expr)[:, :-1], dense(expr)[mask, :-1])


def test_comparisons_move_the_constant_to_the_bounds():
    x = random_expr(1, SITES)
    y = random_expr(2, SITES)
    bounds = np.array([1.0, 2.0, 3.0])
    for rows, low, high in [(x <= bounds, None, bounds), (x >= bounds, bounds, None), (x == bounds, bounds, bounds),
                            (bounds >= x, None, bounds), (bounds <= x, bounds, None)]:
        np.testing.assert_allclose(rows.lower, -INF if low is None else low - x.const)
        np.testing.assert_allclose(rows.upper, INF if high is None else high - x.const)
        assert not rows.expr.const.any()
    rows = x <= y
    np.testing.assert_allclose(rows.upper, y.const - x.const)
    np.testing.assert_allclose(dense(rows.expr)[:, :-1], (dense(x) - dense(y))[:, :-1])


def test_an_axis_without_keys_is_one_label():
    one = axis("one", [], pd.DataFrame({"unit": ["Mt"]}))
    assert one.names() == [()]
    expr = random_expr(3, LANES)
    np.testing.assert_allclose(dense(expr.sum_to(one)), dense(expr).sum(axis=0, keepdims=True))
    np.testing.assert_allclose(dense(expr.sum_to(one).spread_to(SITES)), np.tile(dense(expr).sum(axis=0), (3, 1)))
    with pytest.raises(LabelError, match="twice"):
        axis("two", [], pd.DataFrame({"unit": ["Mt", "Mt"]}))


def test_empty_axes_give_no_rows():
    none = LANES.take(np.zeros(6, dtype=bool))
    assert len(zero(none) <= 1.0) == 0
    assert not dense(zero(none).sum_to(SITES)).any()
    assert len(random_expr(1, SITES).spread_to(none).val) == 0


# --- joins --------------------------------------------------------------------------------------------------------


def rows(frame):
    """An axis whose labels are the numbers of its rows."""
    return axis("row", ["row"], frame.assign(row=range(len(frame))))


@given(st.integers(0, 10_000))
def test_positions_are_those_of_a_dictionary(seed):
    rng = np.random.default_rng(seed)
    within = pd.DataFrame({"a": rng.integers(0, 4, 12).astype(str), "b": rng.integers(0, 4, 12)}).drop_duplicates()
    of = pd.DataFrame({"b": rng.integers(0, 5, 20), "a": rng.integers(0, 5, 20).astype(str)})
    known = {pair: i for i, pair in enumerate(zip(within["a"], within["b"], strict=True))}
    expected = [known.get(pair, -1) for pair in zip(of["a"], of["b"], strict=True)]
    assert positions(rows(of), axis("within", ["a", "b"], within), ["a", "b"]).tolist() == expected


def test_many_keys_do_not_overflow_into_false_matches():
    # Eight keys of 1000 values: their product does not fit in 64 bits.
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"k{i}": rng.permutation(1000) for i in range(8)})
    shuffled = frame.assign(k0=np.roll(frame["k0"], 1))
    keys = list(frame)
    assert positions(rows(frame), rows(frame), keys).tolist() == list(range(1000))
    assert (positions(rows(shuffled), rows(frame), keys) == -1).all()


def test_a_copy_for_another_process_takes_no_numbers_of_labels_along():
    own = rows(pd.DataFrame({"y": ["2024", "2025"]}))
    copy = pickle.dumps(own)
    known, labels._REGISTER = labels._REGISTER, labels._Register()
    try:
        code_of("another label")
        assert pickle.loads(copy).names() == own.names()  # as in the other process
        assert pickle.loads(copy).having(y="2025").tolist() == [False, True]
    finally:
        labels._REGISTER = known


def test_labels_of_different_types_do_not_match():
    texts, numbers = pd.DataFrame({"y": ["2024"]}), pd.DataFrame({"y": [2024]})
    assert positions(rows(texts), rows(numbers), ["y"]).tolist() == [-1]


# --- mistakes -----------------------------------------------------------------------------------------------------

FEW = SITES.take(np.array([True, True, False]))


@pytest.mark.parametrize(("wrong", "words"), [
    (lambda: random_expr(1, LANES).sum_to(FEW), "no place for.*'C'"),
    (lambda: random_expr(1, FEW).spread_to(LANES), "no source for.*'C'"),
    (lambda: random_expr(1, SITES).sum_to(product("p", period=PERIODS)), "no column 'period'"),
    (lambda: random_expr(1, LANES).spread_to(SITES), "no column 'period'"),
    (lambda: random_expr(1, LANES) + random_expr(1, SITES), "'lane' and 'site'"),
    (lambda: random_expr(1, SITES) - random_expr(1, product("site", node=NODES)), "'site' and 'site'"),
    (lambda: random_expr(1, SITES) * NAN, "nan is not a number"),
    (lambda: random_expr(1, SITES) * np.array([1.0, INF, 1.0]), "'B'.*inf"),
    (lambda: random_expr(1, SITES) + np.array([1.0, 2.0]), r"shape \(2,\)"),
    (lambda: random_expr(1, SITES) <= np.array([1.0, NAN, 2.0]), "'B'"),
    (lambda: between(random_expr(1, SITES), 2.0, 1.0), "above upper"),
    (lambda: between(random_expr(1, SITES), -INF, NAN), "nan"),
    (lambda: random_expr(1, SITES).on(LANES), "has 3 rows"),
    (lambda: random_expr(1, SITES).take(np.array([True, False, False]), FEW), "1 rows taken"),
    (lambda: axis("twice", ["node"], LANES.frame), "a label twice"),
    (lambda: Builder().variable("x", SITES, 2.0, 1.0), "lower 2.0 above upper 1.0"),
    (lambda: Builder().variable("x", SITES, NAN), "nan"),
])
def test_mistakes_raise(wrong, words):
    with pytest.raises(LabelError, match=words):
        wrong()


def test_absent_may_be_said_to_mean_none():
    spread = random_expr(1, FEW).spread_to(LANES, missing="zero")
    assert not dense(spread)[LANES.frame["node"] == "C"].any()
    np.testing.assert_allclose(dense(spread)[:2], np.tile(dense(random_expr(1, FEW))[0], (2, 1)))


def test_vectors_are_copies():
    given_ = np.ones(3)
    taken = as_vector(given_, SITES)
    given_[0] = 9.0
    assert taken.tolist() == [1.0, 1.0, 1.0]


# --- programmes ---------------------------------------------------------------------------------------------------


def program() -> Program:
    build = Builder()
    x = build.variable("x", LANES, 0.0, np.arange(1.0, 7.0), unit="Mt")
    built = build.variable("built", SITES, 0.0, 1.0, integer=True)
    rows = ((x.sum_to(SITES) - built * 4.0 <= 0.0).named("only_if_built"), between(x, -INF, 5.0).named("cap"))
    return Program("max", tuple(build.blocks), rows,
                   (Term("sales", "cash", x * 3.0 + 1.0), Term("cost", "cash", built * -2.0)))


def test_a_programme_is_the_sum_of_its_blocks():
    whole = program()
    assert whole.shape == (9, 9)
    assert whole.cost.tolist() == [3.0] * 6 + [-2.0] * 3
    assert whole.offset == 6.0
    assert whole.integer.tolist() == [False] * 6 + [True] * 3
    assert whole.col_upper.tolist() == [1, 2, 3, 4, 5, 6, 1, 1, 1]
    assert whole.row_upper.tolist() == [0, 0, 0, 5, 5, 5, 5, 5, 5]
    assert whole.matrix[0].toarray().ravel().tolist() == [1, 1, 0, 0, 0, 0, -4, 0, 0]
    assert whole.row_slice("cap") == slice(3, 9)
    assert whole.column_block("built").slice == slice(6, 9)
    for ask in (whole.row_slice, whole.column_block):
        with pytest.raises(KeyError):
            ask("none")


def test_equal_triplets_add_up_and_cancelled_ones_vanish():
    build = Builder()
    x = build.variable("x", SITES)
    rows = ((x + x <= 1.0).named("twice"), (x - x <= 1.0).named("never"))
    whole = Program("min", tuple(build.blocks), rows, ())
    assert whole.matrix.toarray().tolist() == [*(np.eye(3) * 2).tolist(), *np.zeros((3, 3)).tolist()]
    assert whole.matrix.nnz == 3
    assert whole.cost.tolist() == [0.0, 0.0, 0.0]


def test_a_speck_of_rounding_is_no_coefficient():
    build = Builder()
    x = build.variable("x", SITES)
    assert 0.3 - 3 * 0.1 != 0.0
    speck = (x * 0.3 - 3.0 * (x * 0.1) + x * np.array([0.0, 1e-8, 0.0]) <= 1.0).named("speck")
    matrix = Program("min", tuple(build.blocks), (speck,), ()).matrix
    assert (matrix.nnz, matrix[1, 1]) == (1, pytest.approx(1e-8))


def test_names_say_the_block_and_the_label():
    whole = program()
    assert whole.column_names()[:3] == ["x.A.2024", "x.A.2025", "x.B.2024"]
    assert whole.row_names()[0] == "only_if_built.A"
    assert whole.with_rows(program().rows[1].named("more")).row_names()[-1] == "more.C.2025"


@given(st.lists(st.lists(st.text("aA1._- Қж→", max_size=3), min_size=1, max_size=3), max_size=25))
def test_names_are_unique_and_safe(labels):
    names = safe_names([("v", *parts) for parts in labels])
    assert len(set(names)) == len(names) == len(labels)
    assert all(re.fullmatch(r"v[A-Za-z0-9_.]*", name) and len(name) <= 200 for name in names)


def test_long_names_stay_short_and_unique():
    names = safe_names([("v", "x" * 500)] * 15)
    assert len(set(names)) == 15
    assert max(map(len, names)) <= 200
