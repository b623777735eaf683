"""Columns of labels as whole numbers: every operation against what pandas says of the same texts."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from energy_routes.linear.labels import (
    SHORT,
    Labels,
    all_differ,
    code_of,
    codes_of,
    each,
    firsts,
    numbered,
    pairs,
    places,
    stacked,
    words_of,
)

LONG = 2 * SHORT
KEYS = ("kind", "group")


def random_frame(seed: int, rows: int) -> pd.DataFrame:
    """Few words in two columns, blanks among them, beside a flag and a figure."""
    rng = np.random.default_rng(seed)
    words = np.array(["a", "b", "c", None], dtype=object)
    return pd.DataFrame({"kind": words[rng.integers(0, 4, rows)], "group": words[rng.integers(0, 3, rows)],
                         "flag": rng.integers(0, 2, rows) == 1, "figure": rng.normal(size=rows)})  # fmt: skip


def told(labels: Labels) -> list[tuple[object, ...]]:
    """The rows as words, flags and figures."""
    return list(zip(*(labels.words(name).tolist() for name in labels), strict=True))


sizes = st.sampled_from([0, 1, 7, 40])


def test_equal_labels_have_equal_numbers_and_a_blank_is_one():
    one, other = codes_of(["x", None, ("a", "b"), float("nan"), "x"]), codes_of([("a", "b"), pd.NA, "y"])
    assert one[0] == one[4] != one[2] == other[0]
    assert one[1] == one[3] == other[1] != other[2]
    assert words_of(one).tolist() == ["x", None, ("a", "b"), None, "x"]
    assert one.dtype == np.int32


def test_many_threads_never_give_one_number_to_two_labels():
    names = [f"label {i} of many" for i in range(3000)]
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(code_of, names * 4))
    assert len(set(numbers)) == len(names)
    assert words_of(np.array(numbers[: len(names)])).tolist() == names


@given(st.integers(0, 10_000), sizes)
def test_a_frame_comes_back_with_its_labels_flags_and_figures(seed, rows):
    frame = random_frame(seed, rows)
    labels = Labels.of(frame)
    assert told(labels) == list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))
    again = labels.frame
    assert [*again] == [*frame]
    assert (again["flag"].dtype, again["figure"].dtype) == (np.dtype(bool), np.dtype(float))
    assert told(pickle.loads(pickle.dumps(labels))) == told(labels)


@given(st.integers(0, 10_000), sizes, sizes)
def test_pairs_are_those_of_a_merge_in_the_order_of_the_left(seed, left, right):
    one, other = random_frame(seed, left), random_frame(seed + 1, right)
    expected = one.fillna("").assign(l=range(left)).merge(other.fillna("").assign(r=range(right)), on=[*KEYS])
    of = [Labels.of(frame).numbers(*KEYS) for frame in (one, other)]
    ours, theirs = pairs(*of)
    assert list(zip(ours, theirs, strict=True)) == list(zip(expected["l"], expected["r"], strict=True))


@given(st.integers(0, 10_000), st.sampled_from([7, LONG]))
def test_places_are_those_of_a_dictionary_for_few_and_for_many(seed, rows):
    rng = np.random.default_rng(seed)
    known, wanted = rng.permutation(3 * rows)[:rows], rng.integers(0, 3 * rows, rows)
    at = {number: place for place, number in enumerate(known.tolist())}
    assert places(wanted, known).tolist() == [at.get(number, -1) for number in wanted.tolist()]
    assert places(wanted, known[:0]).tolist() == [-1] * rows


@given(st.integers(0, 10_000), sizes)
def test_each_combination_once_and_in_order_as_pandas_has_them(seed, rows):
    frame = random_frame(seed, rows)
    labels = Labels.of(frame)
    once = frame.drop_duplicates([*KEYS])
    assert told(labels.each_once(*KEYS)) == told(Labels.of(once))
    assert firsts(labels.numbers(*KEYS)).tolist() == once.index.tolist()
    filled = frame.fillna("")
    inorder = Labels.of(filled).ordered(*KEYS)
    assert told(inorder) == told(Labels.of(filled.sort_values([*KEYS], kind="stable")))


def test_four_keys_are_told_apart_though_three_fill_a_number():
    rows = [("a", "b", "c", "d"), ("a", "b", "c", "e"), ("z", "b", "c", "d"), ("a", "b", "c", "d")]
    labels = Labels.rows(rows, "k", "l", "m", "n")
    numbers = labels.numbers("k", "l", "m", "n")
    assert len(set(numbers.tolist())) == 3
    assert numbers[0] == numbers[3]
    own, other = numbered([labels[k] for k in labels], [labels.take(np.array([2]))[k] for k in labels])
    assert np.flatnonzero(own == other).tolist() == [2]


def test_columns_are_chosen_renamed_replaced_and_put_beside_each_other():
    labels = Labels.rows([("a", "x"), ("b", None)], *KEYS)
    assert told(labels.only("group", called="kind")) == [("x", "a"), (None, "b")]
    assert told(labels.but(kind=codes_of(["c", "c"]))) == [("c", "x"), ("c", None)]
    both = labels.beside(Labels({"weight": np.array([1.0, 2.0])}))
    assert told(both) == [("a", "x", 1.0), ("b", None, 2.0)]
    assert labels.has("group", None).tolist() == [False, True]
    assert labels.has("kind", "a", "z").tolist() == [True, False]
    assert told(stacked([labels, labels.take(labels.has("kind", "b"))])) == [("a", "x"), ("b", None), ("b", None)]
    assert words_of(each(labels["kind"], {"a": "first"})).tolist() == ["first", None]


@pytest.mark.parametrize("rows", [5, LONG])
def test_labels_that_stand_twice_are_seen(rows):
    numbers = np.arange(rows)
    assert all_differ(numbers)
    assert not all_differ(np.append(numbers, numbers[0]))
