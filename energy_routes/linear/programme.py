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
from energy_routes.linear.expressions import INF, Axis, Bound, Expr, Index, Rows, Vector, as_vector


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
            raise LabelError(f"{name} {over.frame.iloc[at].to_dict()}: lower {low[at]} above upper {high[at]}")
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
        total = np.zeros(self.shape[1])
        for term in self.terms:
            total += term.expr.coefficients(self.shape[1])
        return total

    @cached_property
    def offset(self) -> float:
        return float(sum(term.expr.const.sum() for term in self.terms))

    @cached_property
    def matrix(self) -> sparse.csc_matrix:
        """Coefficients, shape ``self.shape``; duplicate triplets are added up."""
        starts = np.cumsum([0, *(len(block) for block in self.rows)])
        parts = [
            (block.expr.row + start, block.expr.col, block.expr.val)
            for block, start in zip(self.rows, starts, strict=False)
        ]
        row, col, val = (np.concatenate([part[i] for part in parts]) if parts else np.zeros(0) for i in range(3))
        return gathered(row.astype(np.int64), col.astype(np.int64), val, self.shape)

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

    def column_names(self) -> list[str]:
        """Solver-safe unique names ``block.label.label``, in column order."""
        return safe_names((block.name, *label) for block in self.columns for label in block.axis.labels())

    def row_names(self) -> list[str]:
        """Solver-safe unique names ``rule.label.label``, in row order."""
        return safe_names((block.name, *label) for block in self.rows for label in block.axis.labels())

    def with_rows(self, *extra: Rows) -> Program:
        """The programme with further rows at the end."""
        return replace(self, rows=(*self.rows, *extra))


def gathered(row: Index, col: Index, val: Vector, shape: tuple[int, int]) -> sparse.csc_matrix:
    """The triplets as a CSC matrix with sorted indices: equal places added up, and what cancels out left out.

    0.3·x − 3·(0.1·x) leaves a speck of rounding, which is no coefficient: what is below 1e-13 of its parts is zero.
    """
    out = sparse.coo_matrix((val, (row, col)), shape=shape).tocsc()
    parts = sparse.coo_matrix((np.abs(val), (row, col)), shape=shape).tocsc()
    for matrix in (out, parts):
        matrix.sum_duplicates()
    out.data[np.abs(out.data) <= 1e-13 * parts.data] = 0.0
    out.eliminate_zeros()
    return out


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
