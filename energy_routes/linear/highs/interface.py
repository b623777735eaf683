"""The interface to HiGHS: the only module that touches ``highspy``.

Facts about HiGHS that shaped this file:

- A model with a NaN is refused with a return code only, and the next ``run`` then reports *Optimal, 0.0*: every
  return code is read here (and :mod:`energy_routes.linear.highs.arrays` checks every number before).
- The thread scheduler belongs to a thread and refuses another number of threads once it is started, even by another
  library.  Every run has a fresh thread of its own: no such clash, and Ctrl-C reaches the caller at once.
- ``highspy.Highs`` prints a banner when made and hands itself to its own callback, a cycle that is never freed;
  its base class ``_Highs`` does neither.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from energy_routes.errors import SolverError
from energy_routes.linear.expressions import Index, Vector
from energy_routes.linear.highs.arrays import Form, Sense
from energy_routes.linear.solution import Basis, Codes, Status

_Solver: Any = vars(highspy)["_Highs"]
# Called by its older name before highspy 1.16.
_forget_scheduler = getattr(_Solver, "resetThreadScheduler", None) or _Solver.resetGlobalScheduler
_STATES = [highspy.HighsBasisStatus(code) for code in range(5)]
_ENDED = {
    highspy.HighsModelStatus.kOptimal: Status.optimal,
    highspy.HighsModelStatus.kModelEmpty: Status.optimal,
    highspy.HighsModelStatus.kInfeasible: Status.infeasible,
    highspy.HighsModelStatus.kUnbounded: Status.unbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Status.infeasible_or_unbounded,
    highspy.HighsModelStatus.kTimeLimit: Status.time_limit,
    highspy.HighsModelStatus.kUnknown: Status.numerical,
}


class _Flag:
    """Set by the caller, read by HiGHS through its callback: stop."""

    raised = False


class Engine:
    """One HiGHS instance behind typed calls, each of which raises SolverError when HiGHS refuses it."""

    def __init__(self, options: Mapping[str, bool | int | float | str]) -> None:
        self._stop = _Flag()
        self._highs = _Solver()
        self.option("output_flag", False)  # first of all: later calls print a banner otherwise
        for name, value in options.items():
            self.option(name, value)
        _let_stop(self._highs, self._stop)

    def option(self, name: str, value: bool | int | float | str) -> None:
        """Set an option of HiGHS by its own name."""
        _ok(f"option {name}={value}", self._highs.setOptionValue(name, value))

    def load(self, form: Form, curve: Vector | None = None) -> None:
        """Pass a whole model; what was there before is dropped, its basis too.

        ``curve`` adds ½·Σ curve·x² to the objective, one number a column.
        """
        rows, columns = form.matrix.shape
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, rows
        lp.sense_, lp.offset_ = _sense(form.sense), form.offset
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = form.cost, form.col_lower, form.col_upper
        lp.row_lower_, lp.row_upper_ = form.row_lower, form.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = columns, rows
        lp.a_matrix_.start_, lp.a_matrix_.index_ = _int32(form.matrix.indptr), _int32(form.matrix.indices)
        lp.a_matrix_.value_ = form.matrix.data
        if form.integer.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[flag] for flag in form.integer.tolist()]
        _ok("the model", self._highs.passModel(lp))
        if curve is not None:
            weighed = np.flatnonzero(curve)
            _ok("the squares", self._highs.passHessian(
                columns, len(weighed), int(highspy.HessianFormat.kTriangular),
                _int32(np.searchsorted(weighed, np.arange(columns))), _int32(weighed), curve[weighed]))  # fmt: skip

    def write(self, file: Path, columns: Sequence[str], rows: Sequence[str]) -> None:
        """Write the model as ``.mps`` or ``.lp`` under the names given."""
        for call, names in ((self._highs.passColName, columns), (self._highs.passRowName, rows)):
            for at, name in enumerate(names):
                _ok(f"the name {name!r}", call(at, name))
        _ok(f"to write {file}", self._highs.writeModel(str(file)))

    def objective(self, cost: Vector, sense: Sense, offset: float) -> None:
        """Replace the objective."""
        _ok("the costs", self._highs.changeColsCost(len(cost), _int32(np.arange(len(cost))), cost))
        _ok("the sense", self._highs.changeObjectiveSense(_sense(sense)))
        _ok("the offset", self._highs.changeObjectiveOffset(offset))

    def column_bounds(self, indexes: Index, lower: Vector, upper: Vector) -> None:
        """Replace the bounds of some columns."""
        _bounds(self._highs.changeColsBounds, indexes, lower, upper)

    def row_bounds(self, indexes: Index, lower: Vector, upper: Vector) -> None:
        """Replace the bounds of some rows."""
        _bounds(self._highs.changeRowsBounds, indexes, lower, upper)

    def coefficient(self, row: int, column: int, value: float) -> None:
        """Replace one coefficient."""
        _ok("a coefficient", self._highs.changeCoeff(row, column, value))

    def append(self, matrix: sparse.csr_matrix, lower: Vector, upper: Vector) -> None:
        """Add rows at the end; the basis stays, with the new rows basic."""
        _ok("new rows", self._highs.addRows(len(lower), lower, upper, matrix.nnz, _int32(matrix.indptr[:-1]),
                                            _int32(matrix.indices), matrix.data))

    def start_at(self, x: Vector) -> None:
        """Start the next run from a point, one number a column."""
        _ok("a point", self._highs.setSolution(len(x), _int32(np.arange(len(x))), x))

    def run(self, *, brief: bool = False) -> Status:
