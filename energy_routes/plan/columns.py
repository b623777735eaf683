"""Columns of tables by their distinct labels: a table of months says the same few words over and over."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.formulation import Space
from energy_routes.linear import Axis, Index, Vector

Key = TypeVar("Key", bound=Hashable)


def words(labels: pd.Series, told: Mapping[str, str]) -> pd.Series:
    """What is told of each label; the label itself where nothing is."""
    own, distinct = pd.factorize(labels)
    texts = [text if isinstance(text := told.get(label), str) else label for label in distinct]
    return pd.Series(pd.array(texts, dtype="str").take(own), index=labels.index)


def units(space: Space, families: pd.Series) -> pd.Series:
    """The unit of volumes of each family."""
    return words(families, space.case.network.units("volume"))


def named(space: Space, table: str) -> dict[str, str]:
    """The names of the rows of a table by id, as they are written."""
    rows = space.case.network.tables[table]
    return dict(zip(rows["id"], rows["name"], strict=True))


def ranks(labels: pd.Series) -> Index:
    """The place of each label among the distinct ones in their order."""
    own, distinct = pd.factorize(labels)
    place = np.empty(len(distinct), dtype=np.int64)
    place[np.argsort(distinct.to_numpy(dtype=object), kind="stable")] = np.arange(len(distinct))
    return place[own]


def ordered(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The rows in the order of some columns of labels."""
    return frame.take(np.lexsort([ranks(frame[column]) for column in reversed(by)])).reset_index(drop=True)


def totals(keys: Sequence[Key], values: Vector) -> tuple[list[Key], Vector]:
    """The distinct keys in the order in which they appear, and the sum of the values of each."""
    place: dict[Key, int] = {}
    rows = np.array([place.setdefault(key, len(place)) for key in keys], dtype=np.int64)
    sums = np.zeros((len(place), *values.shape[1:]))
    np.add.at(sums, rows, values)
    return list(place), sums


def by_label(labels: pd.DataFrame, values: Vector) -> tuple[pd.DataFrame, Vector]:
    """The distinct rows of labels in their order, and the sum of the values of each."""
    number = np.zeros(len(labels), dtype=np.int64)
    for column in labels:
        place = ranks(labels[column])
        number = number * (place.max(initial=0) + 1) + place
    _, first, row = np.unique(number, return_index=True, return_inverse=True)
    sums = np.zeros((len(first), *values.shape[1:]))
    np.add.at(sums, row, values)
    return labels.take(first).reset_index(drop=True), sums


def of_family(space: Space, over: Axis, family: str) -> NDArray[np.bool_]:
    """Which rows of an axis are of a family."""
    known = dict(zip(space.exports.axis.frame["family"], space.exports.axis.coded("family").tolist(), strict=True))
    return np.asarray(over.coded("family") == known[family])


def ratio(part: Vector, whole: Vector) -> Vector:
    """Part over whole; undefined where the whole is none or has no limit."""
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
