"""A linear programme in labelled blocks: what the rules add up to, and what a solver is given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from energy_routes.errors import LabelError
from energy_routes.linear.expressions import INF, Axis, Bound, Expr, Rows, Vector, as_vector, summed
from energy_routes.linear.labels import Index
from energy_routes.linear.tape.recorded import plain


@dataclass(frozen=True, eq=False)
class Columns:
    """A block of variables over one axis, with bounds; ``start`` is the position of its first column."""

    name: str
    axis: Axis
    start: int
    lower: Vector
    upper: Vector
    integer: bool = False
    unit: str = ""

    @property
    def slice(self) -> slice:
        return slice(self.start, self.start + len(self.axis))

    @property
    def expr(self) -> Expr:
        size = len(self.axis)
        return Expr(self.axis, np.arange(size), self.start + np.arange(size), np.ones(size), np.zeros(size))


@dataclass(frozen=True, eq=False)
class Term:
    """A named part of the objective, one expression a label, in MUSD; positive is good when maximising."""

    name: str
    kind: Literal["cash", "penalty", "risk"]
    expr: Expr


@dataclass
class Builder:
    """Collects column blocks in order; every rule then speaks in their expressions."""

    blocks: list[Columns] = field(default_factory=list)
    size: int = 0

    def variable(
        self, name: str, over: Axis, lower: Bound = 0.0, upper: Bound = INF, *, integer: bool = False, unit: str = ""
    ) -> Expr:
        """A block of variables lower ≤ v ≤ upper, one a label of the axis."""
        low, high = (as_vector(bound, over, finite=False) for bound in (lower, upper))
        if (low > high).any():
            at = int(np.argmax(low > high))
            raise LabelError(f"{name} {over.told(at)}: lower {low[at]} above upper {high[at]}")
        block = Columns(name, over, self.size, low, high, integer, unit)
        self.blocks.append(block)
        self.size += len(over)
        return block.expr


@dataclass(frozen=True, eq=False)
class Program:
    """A linear programme in labelled blocks: optimise Σ terms subject to the rows and the columns' bounds."""

    sense: Literal["max", "min"]
    columns: tuple[Columns, ...]
    rows: tuple[Rows, ...]
    terms: tuple[Term, ...]

    @cached_property
    def shape(self) -> tuple[int, int]:
        """(number of rows, number of columns)."""
        return sum(len(block) for block in self.rows), sum(len(block.axis) for block in self.columns)

    @cached_property
    def cost(self) -> Vector:
        """Objective coefficient a column, shape (columns,)."""
        return sum((term.expr.coefficients(self.shape[1]) for term in self.terms), np.zeros(self.shape[1]))

    @cached_property
    def offset(self) -> float:
        return float(self.constant)

    @cached_property
    def constant(self) -> Vector:
        """The objective's constant, as an array without axes."""
        return sum((term.expr.const.sum() for term in self.terms), np.zeros(()))

    @cached_property
    def matrix(self) -> sparse.csc_matrix:
        """Coefficients, shape ``self.shape``; duplicate triplets are added up."""
        return self.coefficients.matrix()

    @cached_property
    def coefficients(self) -> Coefficients:
        """The same as places and numbers."""
        starts = np.cumsum([0, *(len(block) for block in self.rows)])
        parts = [block.expr for block in self.rows]
        row = np.concatenate([np.zeros(0, dtype=np.int64),
                              *(expr.row + start for expr, start in zip(parts, starts, strict=False))])  # fmt: skip
        col = np.concatenate([np.zeros(0, dtype=np.int64), *(expr.col for expr in parts)])
        return Coefficients.of(row, col, np.concatenate([np.zeros(0), *(expr.val for expr in parts)]), self.shape)

    def bounded(self, row_lower: Vector, row_upper: Vector, col_lower: Vector, col_upper: Vector) -> Program:
        """The same programme with other bounds, in the order of its rows and columns."""
        rows = tuple(replace(block, lower=row_lower[at], upper=row_upper[at])
                     for block in self.rows for at in (self.row_slice(block.name),))  # fmt: skip
        columns = tuple(replace(block, lower=col_lower[block.slice], upper=col_upper[block.slice])
                        for block in self.columns)  # fmt: skip
        return replace(self, rows=rows, columns=columns)

    @cached_property
    def row_lower(self) -> Vector:
        return _stack([block.lower for block in self.rows])

    @cached_property
    def row_upper(self) -> Vector:
        return _stack([block.upper for block in self.rows])

    @cached_property
    def col_lower(self) -> Vector:
        return _stack([block.lower for block in self.columns])

    @cached_property
    def col_upper(self) -> Vector:
        return _stack([block.upper for block in self.columns])

    @cached_property
    def integer(self) -> NDArray[np.bool_]:
        return np.concatenate(
            [np.full(len(block.axis), block.integer) for block in self.columns] or [np.zeros(0, bool)]
        )

    def column_block(self, name: str) -> Columns:
        """The block of variables called ``name``.  Raises KeyError."""
        for block in self.columns:
            if block.name == name:
                return block
        raise KeyError(name)

    def row_slice(self, name: str) -> slice:
        """Positions of the rows called ``name``.  Raises KeyError."""
        start = 0
        for block in self.rows:
            if block.name == name:
                return slice(start, start + len(block))
            start += len(block)
        raise KeyError(name)

    def block_of(self, column: int) -> tuple[Columns, int]:
        """The block that a column stands in, and its row there."""
        block = next(block for block in self.columns if block.slice.start <= column < block.slice.stop)
        return block, column - block.start

    def column_names(self) -> list[str]:
        """Solver-safe unique names ``block.label.label``, in column order."""
        return safe_names((block.name, *label) for block in self.columns for label in block.axis.names())

    def row_names(self) -> list[str]:
        """Solver-safe unique names ``rule.label.label``, in row order."""
        return safe_names((block.name, *label) for block in self.rows for label in block.axis.names())

    def with_rows(self, *extra: Rows) -> Program:
        """The programme with further rows at the end."""
        return replace(self, rows=(*self.rows, *extra))


@dataclass(frozen=True, eq=False)
class Coefficients:
    """A sparse matrix in columns: ``values`` at rows ``index``, column by column from ``start`` on, in rising order."""

    start: NDArray[np.signedinteger[Any]]
    index: NDArray[np.signedinteger[Any]]
    values: Vector
    shape: tuple[int, int]

    @classmethod
    def of(cls, row: Index, col: Index, val: Vector, shape: tuple[int, int]) -> Coefficients:
        """Triplets with equal places added up, in the order in which they come, and what cancels out left out.

        0.3·x − 3·(0.1·x) leaves a speck of rounding, which is no coefficient: what is below 1e-13 of its parts is zero.
        """
        order = np.lexsort((row, col))
        row, col, val = row[order], col[order], val[order]
        first = np.append(True, (np.diff(row) != 0) | (np.diff(col) != 0)) if len(row) else np.zeros(0, dtype=bool)
        place, count = np.cumsum(first) - 1, int(first.sum())
        total, parts = (summed(place, v, count) for v in (val, np.abs(val)))
        kept = plain(np.abs(total) > 1e-13 * parts)
        row, col = row[first][kept], col[first][kept]
        start = np.append(0, np.cumsum(np.bincount(col, minlength=shape[1])))
        size = np.int32 if len(row) <= np.iinfo(np.int32).max else np.int64  # as scipy has them: no copy for a matrix
        return cls(start.astype(size), row.astype(size), total[kept], shape)

    def matrix(self, values: Vector | None = None) -> sparse.csc_matrix:
        """The matrix of scipy, with these numbers or others in their places."""
        data = self.values if values is None else values
        made = sparse.csc_matrix((data, self.index, self.start), shape=self.shape, copy=False)
        made.has_sorted_indices = made.has_canonical_format = True
        return made


def gathered(row: Index, col: Index, val: Vector, shape: tuple[int, int]) -> sparse.csc_matrix:
    """Triplets as a CSC matrix; see :class:`Coefficients`."""
    return Coefficients.of(row, col, val, shape).matrix()


def safe_names(labels: Any) -> list[str]:
    """Names that every solver and LP file accepts: ASCII letters, digits, '_' and '.', unique, at most 200 long."""
    seen: dict[str, int] = {}
    out = []
    for parts in labels:
        base = ".".join(re.sub(r"[^A-Za-z0-9_]", "_", str(part)) for part in parts)[:190]
        count = seen.get(base, 0)
        seen[base] = count + 1
        name = base if not count else f"{base}.{count}x"
        while count and name in seen:
            name += "x"
        seen.setdefault(name, 1)
        out.append(name)
    return out


def _stack(parts: list[Vector]) -> Vector:
    return np.concatenate(parts) if parts else np.zeros(0)
