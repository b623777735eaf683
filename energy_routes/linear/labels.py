"""Columns of labels, each label as a whole number: rows are chosen, repeated and joined without looking at a text.

A table of months says the same few words over and over, and a small network has ten rows: to pandas both are texts.
Here a label is looked at once, and from then on it is arithmetic.  Nothing here knows of energy.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Index: TypeAlias = NDArray[np.int64]
Coded: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = NDArray[np.object_]
Column: TypeAlias = "NDArray[Any]"  # codes of labels, or flags or figures as they are

FITS = 2**21  # three numbers below this fit into one of 64 bits
SHORT = 500  # rows up to which sorting is quicker than what pandas needs to begin


class _Register:
    """A number for every label that was ever used in this process, and every label by its number."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.words = np.empty(64, dtype=object)
        self._lock = Lock()

    def number(self, label: Hashable) -> int:
        """That of a label; a blank (None, NaN) is a label, too."""
        known = self.numbers.get(label)
        return self._new(label) if known is None else known

    def _new(self, label: Hashable) -> int:
        label = label if isinstance(label, (str, tuple)) or not pd.isna(label) else None  # type: ignore[call-overload]
        with self._lock:
            number = self.numbers.get(label, len(self.numbers))
            if number == len(self.words):
                self.words = np.append(self.words, np.empty(number, dtype=object))
            self.words[number] = label
            self.numbers[label] = number
        return number


_REGISTER = _Register()


def codes_of(labels: Iterable[Hashable]) -> Coded:
    """The number of each label, equal for equal labels wherever in a process they stand."""
    texts = list(labels)
    found = {label: _REGISTER.number(label) for label in set(texts)}
    return np.array([found[label] for label in texts], dtype=np.int32)


def code_of(label: Hashable) -> int:
    """The number of one label."""
    return _REGISTER.number(label)


def words_of(codes: Coded) -> Words:
    """The labels of some numbers."""
    return _REGISTER.words[codes]


def each(codes: Coded, told: Mapping[Any, Hashable]) -> Coded:
    """What is told of each label, as labels; blank where nothing is."""
    distinct, place = np.unique(codes, return_inverse=True)
    return codes_of(told.get(word) for word in words_of(distinct).tolist())[place]


def numbered(*tables: Sequence[Index | Coded]) -> list[Index]:
    """One number a row for its labels in some columns, equal for equal labels in any of the tables.

    Each table is its columns, as many in each; a table without any has no rows.
    """
    out: list[Index] = []
    for at, columns in enumerate(zip(*tables, strict=True)):
        if at > 2 and at % 2:  # no more labels fit into one number: the combinations that there are get numbers
            numbers, _ = pd.factorize(np.concatenate(out))
            out = np.split(numbers, np.cumsum([len(own) for own in out])[:-1])
        if at:
            out = [numbers * FITS + own for numbers, own in zip(out, columns, strict=True)]
        else:
            out = [np.asarray(own, dtype=np.int64) for own in columns]
    return out


def places(wanted: Index, known: Index) -> Index:
    """The place of each wanted number among the known ones, which are all different; −1 where it is not there."""
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    if len(known) > SHORT or len(wanted) > SHORT:
        return np.asarray(pd.Index(known).get_indexer(pd.Index(wanted)), dtype=np.int64)
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    found = order[at]
    return np.where(known[found] == wanted, found, -1).astype(np.int64)


def pairs(left: Index, right: Index) -> tuple[Index, Index]:
    """All rows of two tables with the same number, as positions in both, in the order of the left one."""
    order = np.argsort(right, kind="stable")
    first, end = (np.searchsorted(right[order], left, side=side) for side in ("left", "right"))
    count = end - first
    ours = np.repeat(np.arange(len(left)), count)
    return ours, order[np.arange(len(ours)) - np.repeat(np.cumsum(count) - count - first, count)]


def firsts(numbers: Index) -> Index:
    """The rows at which a number stands for the first time, in order."""
    return np.flatnonzero(~pd.Index(numbers).duplicated())


def all_differ(numbers: Index) -> bool:
    """Whether no number stands twice."""
    return pd.Index(numbers).is_unique if len(numbers) > SHORT else len(set(numbers.tolist())) == len(numbers)


class Labels:
    """Columns of equal length, by name: codes of labels (int32), and flags and figures as they are.

    Every method gives new ones; nobody writes into a column.
    """

    def __init__(self, columns: Mapping[str, Column], size: int | None = None) -> None:
        self._columns = dict(columns)
        self._size = next((len(column) for column in self._columns.values()), 0) if size is None else size

    @classmethod
    def of(cls, frame: pd.DataFrame, *columns: str) -> Labels:
        """Some columns of a frame, or all of them."""
        return cls({name: _column_of(frame[name]) for name in columns or frame.columns}, len(frame))

    @classmethod
    def rows(cls, rows: Iterable[Sequence[Hashable]], *columns: str) -> Labels:
        """Labels that are listed row by row."""
        listed = list(rows)
        parts = zip(*listed, strict=True) if listed else [()] * len(columns)
        return cls({name: codes_of(part) for name, part in zip(columns, parts, strict=True)}, len(listed))

    def __len__(self) -> int:
        return self._size

    def __contains__(self, column: str) -> bool:
        return column in self._columns

    def __iter__(self) -> Any:
        return iter(self._columns)

    def __getitem__(self, column: str) -> Column:
        """A column as it stands: codes of labels, flags, figures.  Raises KeyError."""
        return self._columns[column]

    def __reduce__(self) -> tuple[Any, ...]:
        return Labels.of, (self.frame,)  # numbers of labels are those of one process

    def words(self, column: str) -> Column:
        """The labels of a column, or its flags or figures."""
        own = self._columns[column]
        return words_of(own) if own.dtype == np.int32 else own

    def codes(self, column: str) -> Coded:
        """A column as numbers of labels, also where it holds flags or figures."""
        own = self._columns[column]
        return own if own.dtype == np.int32 else codes_of(own.tolist())

    def has(self, column: str, *labels: Hashable) -> Mask:
        """Which rows have one of some labels in a column."""
        own = self.codes(column)
        if len(labels) == 1:
            return np.asarray(own == code_of(labels[0]))
        return np.isin(own, codes_of(labels))

    def numbers(self, *columns: str) -> Index:
        """One number a row for its labels in some columns."""
        return numbered([self.codes(column) for column in columns])[0]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The same for whoever reads words."""
        return pd.DataFrame({name: pd.Series(self.words(name), dtype=object if own.dtype == np.int32 else own.dtype)
                             for name, own in self._columns.items()}, index=range(self._size))  # fmt: skip

    def take(self, rows: Index | Mask) -> Labels:
        """The rows at some positions, or those that a mask picks."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Labels({name: column[rows] for name, column in self._columns.items()}, len(rows))

    def only(self, *columns: str, **renamed: str) -> Labels:
        """Some columns; ``new="old"`` under another name."""
        of = dict(zip(columns, columns, strict=True)) | renamed
        return Labels({new: self._columns[old] for new, old in of.items()}, self._size)

    def but(self, **columns: Column) -> Labels:
        """With some columns replaced or added: codes of labels, flags or figures."""
        return Labels(self._columns | columns, self._size)

    def beside(self, other: Labels) -> Labels:
        """With the columns of others of equal length, too."""
        return Labels(self._columns | other._columns, self._size)

    def ordered(self, *columns: str) -> Labels:
        """The rows in the order of the words in some columns."""
        return self.take(np.lexsort([_ranks(self.codes(column)) for column in reversed(columns)]))

    def each_once(self, *columns: str) -> Labels:
        """The first row of each combination of labels in some columns (of all of them, when none is named)."""
        return self.take(firsts(self.numbers(*(columns or self))))


def stacked(parts: Sequence[Labels]) -> Labels:
    """Labels under one another; all have the columns of the first."""
    return Labels({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, sum(map(len, parts)))


def _ranks(codes: Coded) -> Index:
    """The place of each label among the different ones in their order."""
    numbers, different = pd.factorize(codes)
    rank = np.empty(len(different), dtype=np.int64)
    rank[np.argsort(words_of(different), kind="stable")] = np.arange(len(different))
    return rank[numbers]


def _column_of(column: pd.Series[Any]) -> Column:
    """Numbers of labels, or flags and figures; whole numbers that may be blank are figures."""
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy() if column.dtype.kind in "bfi" else codes_of(column.tolist())
    if isinstance(column.dtype, pd.BooleanDtype):
        return column.to_numpy(dtype=bool)
    numbers = pd.api.types.is_numeric_dtype(column.dtype)
    return column.to_numpy(dtype=float, na_value=np.nan) if numbers else codes_of(column.tolist())
