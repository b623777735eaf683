"""Why a programme has no solution: the cheapest set of limits that must give way.

It comes from an elastic programme (Chinneck 2008, *Feasibility and Infeasibility in Optimization*): every limit in
question gets a non-negative slack, and the weighted sum of slacks is made least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from energy_routes.errors import LabelError
from energy_routes.linear.expressions import INF, Vector
from energy_routes.linear.highs.arrays import Form, form_of
from energy_routes.linear.highs.session import Session
from energy_routes.linear.labels import Index
from energy_routes.linear.programme import Program
from energy_routes.linear.solution import Status

TIE = 1e-5  # how much dearer, at most, a slack is made so that of equally cheap repairs one is the cheapest everywhere
GOLDEN = (5**0.5 - 1) / 2
ENOUGH = 1e-7  # a repair or a sum of violations up to this, over max(1, |bound|), is none


@dataclass(frozen=True, eq=False)
class Sides:
    """Finite bounds, one each: of which row or column of the programme, and which side of it."""

    is_row: NDArray[np.bool_]
    index: Index
    is_upper: NDArray[np.bool_]
    bound: Vector

    def __len__(self) -> int:
        return len(self.index)

    def take(self, mask: NDArray[np.bool_]) -> Sides:
        return Sides(self.is_row[mask], self.index[mask], self.is_upper[mask], self.bound[mask])


def explain_infeasible(program: Program, relaxable: Sequence[str] | None = None,
                       weights: Mapping[str, float] | None = None) -> list[dict[str, Any]]:
    """The cheapest repair in volume: which limits give way, and by how much; of equally cheap ones the same everywhere.

    ``relaxable`` names the blocks of rows and of columns whose bounds may move (all of them when None; that a
    variable is not negative is never in question).  ``weights`` is the price of one unit for a block, 1 otherwise.
    Returns one mapping a moved bound: ``block``, ``row`` (position in the block), ``label``, ``side`` ('lower' or
    'upper'), ``amount`` in the unit of the row, and ``unit``; the largest first.  Empty when the programme is
    feasible, and when no movement of these limits makes it so.
    Raises LabelError for a name that is no block, SolverError when the solver fails.
    """
    names = _block_names(program) if relaxable is None else list(relaxable)
    unknown = sorted(set(names) - set(_block_names(program)))
    if unknown:
        raise LabelError(f"no block of rows or columns is called {', '.join(map(repr, unknown))}")
    sides = sides_of(program)
    part = np.isin(_block_of(program, sides), names) & (sides.is_row | sides.is_upper | (sides.bound != 0.0))
    sides = sides.take(part)
    price = np.array([(weights or {}).get(name, 1.0) for name in _block_of(program, sides)], dtype=float)
    solution = Session(_elastic(form_of(program), sides, price * _told_apart(len(sides)))).solve()
    if solution.status is Status.infeasible:
        return []
    amount = solution.x[program.shape[1]:]
    moved = amount > ENOUGH * np.maximum(1.0, np.abs(sides.bound))
    found = described(program, sides.take(moved))
    out = [{**one, "amount": float(volume)} for one, volume in zip(found, amount[moved], strict=True)]
    return sorted(out, key=lambda one: -float(one["amount"]))


def _told_apart(count: int) -> Vector:
    """Factors from 1 to 1 + TIE of which no two, and hardly two sums, are equal: the fractions of k·φ."""
    steps: Vector = GOLDEN * np.arange(1.0, count + 1.0)
    return 1.0 + TIE * (steps - np.floor(steps))


def _elastic(form: Form, sides: Sides, price: Vector) -> Form:
    """The programme with a priced slack on each of ``sides``; bounds of columns become rows first."""
    columns = np.unique(sides.index[~sides.is_row])
    low, high = form.col_lower.copy(), form.col_upper.copy()
    low[sides.index[~sides.is_row & ~sides.is_upper]] = -INF
    high[sides.index[~sides.is_row & sides.is_upper]] = INF
    rows, width = form.matrix.shape
    pick = sparse.csr_matrix((np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), width))
    row = np.where(sides.is_row, sides.index, rows + np.searchsorted(columns, sides.index))
    sign = np.where(sides.is_upper, -1.0, 1.0)
    slack = sparse.csr_matrix((sign, (row, np.arange(len(sides)))), shape=(rows + len(columns), len(sides)))
    matrix = sparse.hstack([sparse.vstack([form.matrix, pick]), slack]).tocsc()
    matrix.sort_indices()
    none = np.zeros(len(sides))
    return Form(
        "min", np.concatenate([np.zeros(width), price]), 0.0, matrix,
        np.concatenate([form.row_lower, np.where(np.isneginf(low), form.col_lower, -INF)[columns]]),
        np.concatenate([form.row_upper, np.where(np.isposinf(high), form.col_upper, INF)[columns]]),
        np.concatenate([low, none]), np.concatenate([high, none + INF]),
        np.concatenate([form.integer, none.astype(bool)]))


def sides_of(program: Program) -> Sides:
    """Every finite bound of the programme: rows' lower, rows' upper, columns' lower, columns' upper."""
    parts = []
    for is_row, is_upper, bound in ((True, False, program.row_lower), (True, True, program.row_upper),
                                    (False, False, program.col_lower), (False, True, program.col_upper)):
        index = np.flatnonzero(np.isfinite(bound))
        parts.append(Sides(np.full(len(index), is_row), index, np.full(len(index), is_upper), bound[index]))
    return Sides(*(np.concatenate([getattr(part, name) for part in parts])
                   for name in ("is_row", "index", "is_upper", "bound")))


def _block_names(program: Program) -> list[str]:
    return [block.name for block in program.rows] + [block.name for block in program.columns]


def _starts(program: Program) -> tuple[Index, Index]:
    """Position of the first row of each block of rows, and of the first column of each block of columns."""
    sizes = [[len(block) for block in program.rows], [len(block.axis) for block in program.columns]]
    rows, columns = (np.concatenate([[0], np.cumsum(size)])[:-1].astype(np.int64) for size in sizes)
    return rows, columns


def block_numbers(program: Program, sides: Sides) -> Index:
    """For each bound the number of its block: blocks of rows first, then those of columns."""
    rows, columns = _starts(program)
    # The last block that starts at or before: an empty block starts where the next one does.
    of_row = np.searchsorted(rows, sides.index, side="right") - 1
    of_column = len(rows) + np.searchsorted(columns, sides.index, side="right") - 1
    return np.where(sides.is_row, of_row, of_column)


def _block_of(program: Program, sides: Sides) -> NDArray[np.object_]:
    return np.array(_block_names(program), dtype=object)[block_numbers(program, sides)]


def described(program: Program, sides: Sides) -> list[dict[str, Any]]:
    """Each bound in the words of its block."""
    blocks = (*program.rows, *program.columns)
    starts = np.concatenate(_starts(program))
    out = []
    for at, number in enumerate(block_numbers(program, sides)):
        block = blocks[number]
        row = int(sides.index[at] - starts[number])
        label = {key: block.axis.frame[key].iloc[row] for key in block.axis.keys}
        out.append({"block": block.name, "row": row, "label": label, "unit": block.unit,
                    "side": "upper" if sides.is_upper[at] else "lower"})
    return out
