"""Labelled sparse linear algebra: how a rule is written.

An :class:`Axis` is an ordered set of labels (rows of a frame).  An :class:`Expr` is one linear expression a label.
Four verbs build everything: ``sum_to`` (join on key columns and add up), ``spread_to`` (broadcast), ``+ −``, and
vector × expression.  A label outside an axis, a NaN, or two different axes in one sum raises ``LabelError``.
Nothing here knows of energy.  :mod:`energy_routes.linear.programme` gathers the pieces into a linear programme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import LabelError
from energy_routes.linear.labels import Coded, Column, Index, Labels, all_differ, numbered, places
from energy_routes.linear.tape.recorded import plain, whole

Vector: TypeAlias = NDArray[np.float64]
Bound: TypeAlias = "float | Vector"
INF = float("inf")


@dataclass(frozen=True, eq=False)
class Axis:
    """An ordered index: the key columns of ``labels`` name its rows.

    Other columns are labels, too, or what never changes; ``figures`` are numbers aligned with the rows.
    """

    name: str
    keys: tuple[str, ...]
    labels: Labels
    figures: Mapping[str, Vector] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self) > 1 and not all_differ(_numbered([self], self.keys)[0]):
            raise LabelError(f"axis {self.name!r} has a label twice")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def frame(self) -> pd.DataFrame:
        """The labels as a frame; whoever reads a column of numbers takes :meth:`data`."""
        return self.labels.frame

    def data(self, column: str) -> Vector:
        """A figure, or another column as floats, shape (len(axis),)."""
        return self.figures[column] if column in self.figures else self.labels.words(column).astype(float)

    def having(self, **labels: str) -> NDArray[np.bool_]:
        """Which rows have some labels, shape (len(axis),)."""
        found: NDArray[np.bool_] = np.logical_and.reduce([self.labels.has(key, v) for key, v in labels.items()])
        return found

    def names(self) -> list[tuple[str, ...]]:
        """The labels in order, one tuple of texts a row."""
        if not self.keys:
            return [()] * len(self)
        return list(zip(*(map(str, self.labels.words(key).tolist()) for key in self.keys), strict=True))

    def table(self) -> pd.DataFrame:
        """Labels and figures as one frame."""
        return self.frame.assign(**self.figures)

    def told(self, row: int) -> dict[str, Any]:
        """What stands in a row, for the words of an error."""
        return {column: self.labels.words(column)[row] for column in self.labels}

    def take(self, mask: NDArray[np.bool_] | Index, name: str | None = None) -> Axis:
        """The axis of the rows selected by a mask or by positions."""
        rows = plain(mask)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        if len(rows) == len(self) and (rows == np.arange(len(self))).all():
            return self if name is None else replace(self, name=name)
        figures = {column: numbers[rows] for column, numbers in self.figures.items()}
        return Axis(name or self.name, self.keys, self.labels.take(rows), figures)

    def relabelled(self, name: str, keys: Sequence[str], **columns: Column) -> Axis:
        """The same rows and figures under other keys, with some columns of the labels replaced or added."""
        return Axis(name, tuple(keys), self.labels.but(**columns), self.figures)

    def coded(self, column: str) -> Coded:
        """A column of labels as numbers: equal labels of any two axes have equal ones."""
        if column not in self.labels:
            raise LabelError(f"no column {column!r} to join on; axis {self.name!r} has {[*self.labels]}")
        return self.labels.codes(column)


def axis(name: str, keys: Sequence[str], labels: Labels | pd.DataFrame, **figures: Vector) -> Axis:
    """An axis over labels (of a frame the index is dropped: position is what counts), with figures of its rows."""
    return Axis(name, tuple(keys), labels if isinstance(labels, Labels) else Labels.of(labels), figures)


def positions(of: Axis, within: Axis, on: Sequence[str]) -> Index:
    """For each row of ``of`` the position in ``within`` with equal ``on`` columns, −1 where there is none.

    ``within`` must be unique in ``on``.  Shape (len(of),).  Raises LabelError where a column is missing.
    """
    return places(*_numbered([of, within], on))


def summed(place: Index, values: Vector, size: int) -> Vector:
    """The sum of the values of each place, shape (size,), added in their order."""
    return np.bincount(place, weights=values, minlength=size)  # type: ignore[return-value]  # floats by its weights


def _numbered(axes: Sequence[Axis], columns: Sequence[str]) -> list[Index]:
    """One number a row for its labels in some columns, equal for equal labels in any of the axes."""
    if not columns:
        return [np.zeros(len(own), dtype=np.int64) for own in axes]
    return numbered(*([own.coded(column) for column in columns] for own in axes))


@dataclass(frozen=True, eq=False)
class Expr:
    """One linear expression a label of ``axis``: Σ value·column + const, as triplets (row, column, value)."""

    # numpy hands ``vector * expr`` over to us; else it would make an array of expressions, one for each number.
    __array_ufunc__ = None

    axis: Axis
    row: Index
    col: Index
    val: Vector
    const: Vector

    def sum_to(self, target: Axis) -> Expr:
        """Add up onto ``target``: each row goes to the target row with the same key columns.

        Raises LabelError when a row has no place in the target.
        """
        where = positions(self.axis, target, target.keys)
        if (where < 0).any():
            lost = self.axis.told(int(np.argmin(where)))
            raise LabelError(f"sum from {self.axis.name!r} to {target.name!r}: no place for {lost}")
        return Expr(target, where[self.row], self.col, self.val, summed(where, self.const, len(target)))

    def spread_to(self, target: Axis, *, missing: Literal["raise", "zero"] = "raise") -> Expr:
        """Broadcast onto ``target``: each target row takes the expression of its label.

        Raises LabelError when a target row has no source, unless ``missing="zero"`` says that absent means none.
        """
        where = positions(target, self.axis, self.axis.keys)
        if missing == "raise" and (where < 0).any():
            lost = target.told(int(np.argmin(where)))
            raise LabelError(f"spread from {self.axis.name!r} to {target.name!r}: no source for {lost}")
        found = np.flatnonzero(where >= 0)
        order = np.argsort(self.row, kind="stable")
        counts = np.bincount(self.row, minlength=len(self.axis))
        starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
        repeats = counts[where[found]]
        row = np.repeat(found, repeats)
        offset = np.arange(len(row)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        pick = order[np.repeat(starts[where[found]], repeats) + offset]
        const = summed(found, self.const[where[found]], len(target))
        return Expr(target, row.astype(np.int64), self.col[pick], self.val[pick], const)

    def on(self, target: Axis) -> Expr:
        """The same rows under another axis of equal length (a relabelling, position by position)."""
        if len(target) != len(self.axis):
            raise LabelError(f"{self.axis.name!r} has {len(self.axis)} rows, {target.name!r} has {len(target)}")
        return replace(self, axis=target)

    def take(self, mask: NDArray[np.bool_], target: Axis) -> Expr:
        """The rows selected by a mask, relabelled by ``target`` (of as many rows)."""
        mask = plain(mask)
        place = np.cumsum(mask) - 1
        keep = mask[self.row]
        if int(mask.sum()) != len(target):
            raise LabelError(f"{int(mask.sum())} rows taken from {self.axis.name!r}, {target.name!r} has {len(target)}")
        return Expr(target, place[self.row[keep]].astype(np.int64), self.col[keep], self.val[keep], self.const[mask])

    def value(self, x: Vector) -> Vector:
        """The expressions at a point ``x`` (one number a column), shape (len(axis),)."""
        return self.const + summed(self.row, self.val * x[self.col], len(self.axis))

    def coefficients(self, columns: int) -> Vector:
        """Σ over the rows, as one dense coefficient vector of length ``columns``."""
        return summed(self.col, self.val, columns)

    def weights(self, columns: int, **labels: str) -> Vector:
        """The same over the rows that have some labels: ``arc="BTC"``."""
        return self.of_rows(self.axis.having(**labels), columns)

    def of_rows(self, mask: NDArray[np.bool_], columns: int) -> Vector:
        """The same over the rows selected by a mask."""
        keep = plain(mask)[self.row]
        return summed(self.col[keep], self.val[keep], columns)

    def _with(self, other: Expr | Bound, sign: float) -> Expr:
        if not isinstance(other, Expr):
            return replace(self, const=self.const + sign * as_vector(other, self.axis))
        if other.axis is not self.axis:
            raise LabelError(f"sum of expressions over {self.axis.name!r} and {other.axis.name!r}")
        return Expr(
            self.axis,
            np.concatenate([self.row, other.row]),
            np.concatenate([self.col, other.col]),
            np.concatenate([self.val, sign * other.val]),
            self.const + sign * other.const,
        )

    def __add__(self, other: Expr | Bound) -> Expr:
        return self._with(other, 1.0)

    def __sub__(self, other: Expr | Bound) -> Expr:
        return self._with(other, -1.0)

    __radd__ = __add__

    def __rsub__(self, other: Bound) -> Expr:
        return -self + other

    def __neg__(self) -> Expr:
        return self * -1.0

    def __mul__(self, weight: Bound) -> Expr:
        vector = as_vector(weight, self.axis)
        return Expr(self.axis, self.row, self.col, self.val * vector[self.row], self.const * vector)

    __rmul__ = __mul__

    def __le__(self, other: Expr | Bound) -> Rows:
        return between(self - other, -INF, 0.0)

    def __ge__(self, other: Expr | Bound) -> Rows:
        return between(self - other, 0.0, INF)

    def __eq__(self, other: Expr | Bound) -> Rows:  # type: ignore[override]
        return between(self - other, 0.0, 0.0)

    __hash__ = None  # type: ignore[assignment]


def zero(over: Axis) -> Expr:
    """The expression 0 for every label of an axis."""
    none = np.zeros(0, dtype=np.int64)
    return Expr(over, none, none, np.zeros(0), np.zeros(len(over)))


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a programme: lower ≤ Σ value·column ≤ upper for every label (the constant is moved to the bounds)."""

    axis: Axis
    expr: Expr
    lower: Vector
    upper: Vector
    name: str = ""
    unit: str = ""

    def named(self, name: str) -> Rows:
        return replace(self, name=name)

    def __len__(self) -> int:
        return len(self.axis)

    def take(self, mask: NDArray[np.bool_]) -> Rows:
        """The rows selected by a mask."""
        mask = plain(mask)
        target = self.axis.take(mask)
        return Rows(target, self.expr.take(mask, target), self.lower[mask], self.upper[mask], self.name, self.unit)


def between(expr: Expr, lower: Bound, upper: Bound) -> Rows:
    """Rows lower ≤ expr ≤ upper; ±inf means no bound on that side."""
    low = as_vector(lower, expr.axis, finite=False) - expr.const
    high = as_vector(upper, expr.axis, finite=False) - expr.const
    if (low > high).any():
        at = int(np.argmax(low > high))
        raise LabelError(f"row {expr.axis.told(at)}: lower {low[at]} above upper {high[at]}")
    return Rows(expr.axis, replace(expr, const=np.zeros(len(expr.axis))), low, high)


def as_vector(value: Bound, over: Axis, *, finite: bool = True) -> Vector:
    """``value`` as one number a label; a NaN, an inf where none may be, or another length raises."""
    vector = whole(value)
    vector = np.broadcast_to(vector, (len(over),)) if np.ndim(vector) == 0 else vector
    if np.shape(vector) != (len(over),):
        raise LabelError(f"a vector of shape {np.shape(vector)} against axis {over.name!r} of {len(over)} labels")
    bad = ~np.isfinite(vector) if finite else np.isnan(vector)
    if bad.any():
        raise LabelError(
            f"axis {over.name!r}, {over.told(int(np.argmax(bad)))}: {vector[bad][0]} is not a number"
        )
    return vector
