"""Blocks of a programme that share neither a row nor a column, each solved by itself: the whole begins at their bases.

Families without a common cap are such blocks, and months without stocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from energy_routes.linear.highs.arrays import Form
from energy_routes.linear.labels import Index
from energy_routes.linear.solution import Basis

SMALL = 1000  # columns: blocks with fewer are put together until they have so many
Solved = Callable[[Form], "Basis | None"]  # the basis of the optimum of a block; None where it has none


def from_blocks(form: Form, solved: Solved) -> Basis | None:
    """The basis that the bases of all blocks make; None where there is one block only, or one of them has no optimum.

    It is optimal for the whole, as no block knows of another.
    """
    blocks = list(blocks_of(form))
    if len(blocks) < 2:
        return None
    codes = tuple(np.empty(size, dtype=np.int8) for size in reversed(form.matrix.shape))
    for columns, rows in blocks:
        basis = solved(part_of(form, columns, rows))
        if basis is None:
            return None
        codes[0][columns], codes[1][rows] = basis.columns, basis.rows
    return Basis(*codes)


def blocks_of(form: Form) -> Iterator[tuple[Index, Index]]:
    """Columns and rows of each block, in the order of their first columns.

    Small blocks are put together with the next; a row without columns, or a column without rows, is no block.
    """
    width = form.matrix.shape[1]
    count, of = connected_components(sparse.bmat([[None, form.matrix.T], [form.matrix, None]]), directed=False)
    columns, rows = np.bincount(of[:width], minlength=count), np.bincount(of[width:], minlength=count)
    sizes = np.where(rows > 0, columns, 0)
    block = (np.cumsum(sizes) - sizes) // SMALL
    block = np.minimum(block, block[sizes > 0].max(initial=0))[of]
    for label in np.unique(block):
        yield np.flatnonzero(block[:width] == label), np.flatnonzero(block[width:] == label)


def part_of(form: Form, columns: Index, rows: Index) -> Form:
    """Some columns and rows of a programme, a programme of their own."""
    matrix = form.matrix[:, columns][rows].tocsc()
    matrix.sort_indices()
    return Form(form.sense, form.cost[columns], 0.0, matrix, form.row_lower[rows], form.row_upper[rows],
                form.col_lower[columns], form.col_upper[columns], form.integer[columns])
