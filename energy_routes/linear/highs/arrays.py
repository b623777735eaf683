"""A linear programme as plain arrays, the numbers a solver must never see, and what differs between two of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from energy_routes.errors import SolverError
from energy_routes.linear.expressions import Vector
from energy_routes.linear.labels import Index

Sense: TypeAlias = Literal["max", "min"]

SMALLEST_COEFFICIENT = 1e-9  # HiGHS drops matrix entries up to this size without an error
LARGEST_COEFFICIENT = 1e15  # and refuses those from this size on
VECTORS = ("cost", "row_lower", "row_upper", "col_lower", "col_upper")
SOLVER_INFINITY = 1e20  # a finite bound or cost from here on would be read as infinite


class LinearForm(Protocol):
    """A linear programme as arrays: what a :class:`~energy_routes.linear.Program` and a :class:`Form` both are.

    Optimise cost·x + offset in ``sense`` subject to row_lower ≤ matrix·x ≤ row_upper and col_lower ≤ x ≤ col_upper.
    """

    @property
    def sense(self) -> Sense: ...
    @property
    def cost(self) -> Vector: ...
    @property
    def offset(self) -> float: ...
    @property
    def matrix(self) -> sparse.csc_matrix: ...
    @property
    def row_lower(self) -> Vector: ...
    @property
    def row_upper(self) -> Vector: ...
    @property
    def col_lower(self) -> Vector: ...
    @property
    def col_upper(self) -> Vector: ...
    @property
    def integer(self) -> NDArray[np.bool_]: ...


@dataclass(frozen=True, eq=False)
class Form:
    """A linear programme as plain arrays, without labels; the matrix is CSC with sorted indices."""

    sense: Sense
    cost: Vector
    offset: float
    matrix: sparse.csc_matrix
    row_lower: Vector
    row_upper: Vector
    col_lower: Vector
    col_upper: Vector
    integer: NDArray[np.bool_]


def form_of(problem: LinearForm) -> Form:
    """The arrays of a programme, detached from its labels (shared, not copied: nobody writes into them)."""
    if isinstance(problem, Form):
        return problem
    return Form(problem.sense, problem.cost, problem.offset, problem.matrix, problem.row_lower, problem.row_upper,
                problem.col_lower, problem.col_upper, problem.integer)


def sign_of(problem: LinearForm) -> float:
    """1 where more of the objective is better, −1 where less is."""
    return 1.0 if problem.sense == "max" else -1.0


def level(share: Vector | float) -> Vector:
    """Shares as coefficients: one within ``SMALLEST_COEFFICIENT`` of 0 or of 1 is 0 or 1.

    A solver would drop what a smaller share multiplies, or what it leaves of 1.
    """
    whole = np.round(share)
    return np.where(np.abs(share - whole) <= SMALLEST_COEFFICIENT, whole, share)


class RebuildReason(StrEnum):
    """Why one programme cannot be turned into another in place."""

    columns = "another number of columns"
    rows = "another number of rows"
    pattern = "coefficients in other places"
    integrality = "other integer columns"


def rebuild_reason(old: LinearForm, new: LinearForm) -> RebuildReason | None:
    """Why ``old`` cannot become ``new`` by changing numbers only; None when it can."""
    if old.matrix.shape[1] != new.matrix.shape[1]:
        return RebuildReason.columns
    if old.matrix.shape[0] != new.matrix.shape[0]:
        return RebuildReason.rows
    if not (_equal(old.matrix.indptr, new.matrix.indptr) and _equal(old.matrix.indices, new.matrix.indices)):
        return RebuildReason.pattern
    if not _equal(old.integer, new.integer):
        return RebuildReason.integrality
    return None


def _equal(old: NDArray[Any], new: NDArray[Any]) -> bool:
    return old is new or np.array_equal(old, new)


def changed(*pairs: tuple[Vector, Vector]) -> Index:
    """Positions where an array differs from the one before it; those that are one and the same are not looked at."""
    differ = [old != new for old, new in pairs if old is not new]
    return np.flatnonzero(np.logical_or.reduce(differ)).astype(np.int64) if differ else np.zeros(0, dtype=np.int64)


def put(values: Vector, indexes: Index, new: Vector) -> Vector:
    """A copy of ``values`` with ``new`` at ``indexes``."""
    out = values.copy()
    out[indexes] = new
    return out


def check_form(form: LinearForm) -> None:
    """Refuse a programme that a solver would misread.  Raises SolverError saying what and where."""
    rows, columns = form.matrix.shape
    check_numbers(np.array([form.offset]), "offset", 1, finite=True)
    check_numbers(form.cost, "cost", columns, finite=True)
    check_bounds(form.col_lower, form.col_upper, "column", columns)
    check_bounds(form.row_lower, form.row_upper, "row", rows)
    check_matrix(form.matrix)


def check_changes(form: LinearForm, entries: Index, priced: Index, columns: Index, rows: Index) -> None:
    """The same of a programme of which all was checked but some entries of the matrix, costs, columns and rows."""
    try:
        check_numbers(np.array([form.offset]), "offset", 1, finite=True)
        check_numbers(form.cost[priced], "cost", len(priced), finite=True)
        check_bounds(form.col_lower[columns], form.col_upper[columns], "column", len(columns))
        check_bounds(form.row_lower[rows], form.row_upper[rows], "row", len(rows))
        if len(entries):
            check_matrix(form.matrix)
    except SolverError:
        check_form(form)  # says which of all it is
        raise


def check_matrix(matrix: sparse.csc_matrix | sparse.csr_matrix) -> None:
    """Refuse coefficients that are not finite, or of a size that HiGHS drops or refuses."""
    size = np.abs(matrix.data)
    bad = ~((size > SMALLEST_COEFFICIENT) & (size < LARGEST_COEFFICIENT))
    if bad.any():
        at = matrix.tocoo()
        first = int(np.argmax(bad))
        raise SolverError(f"coefficient {matrix.data[first]} in row {at.row[first]}, column {at.col[first]}: expected"
                          f" {SMALLEST_COEFFICIENT:g} < |coefficient| < {LARGEST_COEFFICIENT:g}; rescale its unit")


def check_bounds(lower: Vector, upper: Vector, what: str, size: int) -> None:
    """Refuse a NaN, a lower bound of +inf and an upper bound of −inf."""
    check_numbers(lower, f"{what} lower bound", size)
    check_numbers(upper, f"{what} upper bound", size)
    if np.isposinf(lower).any() or np.isneginf(upper).any():
        raise SolverError(f"a {what} has a lower bound of +inf or an upper bound of -inf: nothing meets it")


def check_numbers(values: Vector, what: str, size: int, *, finite: bool = False) -> None:
    """Refuse a wrong length, a NaN, an inf where none may be, and finite numbers that pass for infinite ones."""
    if np.shape(values) != (size,):
        raise SolverError(f"{what}: shape {np.shape(values)}, expected ({size},)")
    bad = np.isnan(values) | (np.isinf(values) if finite else False)
    bad |= np.isfinite(values) & (np.abs(values) >= SOLVER_INFINITY)
    if bad.any():
        first = int(np.argmax(bad))
        raise SolverError(f"{what} {first}: {values[first]} is not a number that a solver can use")


def refuted(form: LinearForm, multipliers: Vector) -> bool:
    """Whether multipliers y of the rows show that no x meets all rows and bounds (Farkas 1902).

    Of every x that does, y·(Ax) is at least the sum of y times the bounds of the rows that y > 0 holds from below and
    y < 0 from above, and (Aᵀy)·x is at most the sum of Aᵀy times the bounds of the columns.  They are one number, so a
    least above the most is a proof.  Both signs of y are tried.
    """
    size = np.abs(form.matrix).T @ np.abs(multipliers)
    for y in (multipliers, -multipliers):
        z = form.matrix.T @ y
        z = np.where(np.abs(z) <= SMALLEST_COEFFICIENT * size, 0.0, z)  # what the arithmetic left of 0
        least = _ends(y, form.row_lower, form.row_upper)
        most = _ends(z, form.col_upper, form.col_lower)
        if np.isfinite(most).all() and np.isfinite(least).all():
            scale = float(np.abs(least).sum() + np.abs(most).sum())
            if least.sum() - most.sum() > 1e-7 * max(1.0, scale):
                return True
    return False


def _ends(weight: Vector, of_positive: Vector, of_negative: Vector) -> Vector:
    """weight × the bound that its sign chooses; 0 where the weight is 0."""
    bound = np.where(weight > 0, of_positive, of_negative)
    return np.where(weight == 0, 0.0, weight * np.where(weight == 0, 0.0, bound))
