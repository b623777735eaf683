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
from energy_routes.linear.expressions import INF, Vector
from energy_routes.linear.highs.arrays import Form, Sense
from energy_routes.linear.labels import Index
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
_INTERRUPTS = [getattr(highspy.cb.HighsCallbackType, f"kCallback{kind}Interrupt") for kind in ("Simplex", "Ipm", "Mip")]


class _Flag:
    """Set by the caller, read by HiGHS through its callback: stop."""

    raised = False


class Engine:
    """One HiGHS instance behind typed calls, each of which raises SolverError when HiGHS refuses it."""

    def __init__(self, options: Mapping[str, bool | int | float | str]) -> None:
        self._stop, self._listens = _Flag(), False
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

    def objective(self, cost: Vector, sense: Sense, offset: float, at: Index | None = None) -> None:
        """Replace the objective; the costs of some columns only, rising, where the others are as they were."""
        at = np.arange(len(cost)) if at is None else at
        _ok("the costs", self._highs.changeColsCost(len(at), _int32(at), cost[at]))
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

    def run(self, *, brief: bool = False, seconds: float = INF) -> Status:
        """Optimise for some seconds, in a fresh thread; on Ctrl-C stop it, wait, and raise KeyboardInterrupt.

        A ``brief`` run is made in the caller's thread, which costs less than to start another; it cannot be stopped.
        Waiting in short steps lets the signal through on every platform; the end of the run wakes the waiter at once.
        """
        outcome: list[Any] = []
        ended = threading.Event()
        self._stop.raised = False
        self._listen(not brief)
        self.option("time_limit", self._highs.getRunTime() + seconds)  # its clock goes on from run to run
        if brief:
            _run(self._highs, outcome, ended)
        else:
            threading.Thread(target=_run, args=(self._highs, outcome, ended), name="highs", daemon=True).start()
        try:
            while not ended.wait(0.1):
                pass
        except KeyboardInterrupt:
            self._stop.raised = True
            ended.wait()
            raise
        if outcome != [highspy.HighsStatus.kOk] and outcome != [highspy.HighsStatus.kWarning]:
            return Status.error
        status = _ENDED.get(self._highs.getModelStatus(), Status.error)
        feasible = self._highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return Status.time_limit_feasible if status is Status.time_limit and feasible else status

    def _listen(self, wanted: bool) -> None:
        """Let a run ask whether to stop, or not: each time that it asks costs a call of Python."""
        if wanted != self._listens:
            for kind in _INTERRUPTS:
                _ok("a callback", (self._highs.startCallback if wanted else self._highs.stopCallback)(kind))
            self._listens = wanted

    def point(self) -> Vector:
        """Values of the columns after a run that ended with some."""
        return _floats(self._highs.getSolution().col_value)

    def duals(self) -> tuple[Vector, Callable[[], Vector]]:
        """Duals of the rows, and what reads the reduced costs of the columns, in the sense of the model."""
        raw = self._highs.getSolution()  # a copy: what is read of it later is of this run
        return _floats(raw.row_dual), lambda: _floats(raw.col_dual)

    def infeasibility(self) -> Vector | None:
        """A multiplier a row that proves the last run's verdict of infeasible; None where HiGHS has none."""
        status, known, ray = self._highs.getDualRay()
        return np.array(ray, dtype=float) if known and status == highspy.HighsStatus.kOk else None

    def ceiling(self) -> float:
        """What the last run of a model with integer columns proved that no point can pass, infinite for nothing."""
        return float(self._highs.getInfo().mip_dual_bound)

    def effort(self) -> tuple[int, float]:
        """(iterations of the last run, its relative gap if it had integer columns)."""
        info = self._highs.getInfo()
        return max(0, info.simplex_iteration_count) + max(0, info.ipm_iteration_count), float(info.mip_gap)

    @property
    def has_basis(self) -> bool:
        """Whether the next run starts warm."""
        return bool(self._highs.getBasis().valid)

    def basis(self) -> Basis | None:
        """The basis that the next run starts from; None when it starts cold."""
        raw = self._highs.getBasis()
        return Basis.of(raw, _codes) if raw.valid else None

    def start_from(self, basis: Basis | None) -> None:
        """Start the next run from a basis; None means cold."""
        _ok("to forget its basis", self._highs.clearSolver())
        if basis is not None:
            basis.handle = basis.handle or _handle(basis)
            _ok("a basis (it should be of this model's shape)", self._highs.setBasis(basis.handle))


def _codes(handle: Any) -> tuple[Codes, Codes]:
    columns, rows = (np.fromiter(map(int, codes), dtype=np.int8, count=len(codes))
                     for codes in (handle.col_status, handle.row_status))
    return columns, rows


def _handle(basis: Basis) -> Any:
    handle = highspy.HighsBasis()
    handle.col_status = [_STATES[code] for code in basis.columns.tolist()]
    handle.row_status = [_STATES[code] for code in basis.rows.tolist()]
    handle.valid = True
    return handle


def _run(highs: Any, outcome: list[Any], ended: threading.Event) -> None:
    try:
        _forget_scheduler(False)  # the caller's thread may have one, with other threads, from a HiGHS that is not ours
        outcome.append(highs.run())
        _forget_scheduler(False)  # before the thread ends, or Windows can deadlock
    finally:
        ended.set()


def _let_stop(highs: Any, stop: _Flag) -> None:
    """Let ``stop`` interrupt a run.  The callback holds the flag only: holding the solver would be a cycle."""

    def ask(_kind: Any, _message: str, _output: Any, answer: Any, _data: Any) -> None:
        if stop.raised:
            answer.user_interrupt = True

    _ok("a callback", highs.setCallback(ask, None))


def _bounds(change: Callable[..., Any], indexes: Index, lower: Vector, upper: Vector) -> None:
    if len(indexes):
        order = np.argsort(indexes)  # HiGHS wants sets in rising order
        _ok("bounds", change(len(indexes), _int32(indexes[order]), lower[order], upper[order]))


def _ok(what: str, outcome: Any) -> None:
    if outcome == highspy.HighsStatus.kError:
        raise SolverError(f"HiGHS refused {what}")


def _floats(values: Any) -> Vector:
    return np.fromiter(values, dtype=float, count=len(values))


def _int32(values: Any) -> NDArray[np.int32]:
    return np.asarray(values, dtype=np.int32)


def _sense(sense: Sense) -> highspy.ObjSense:
    return highspy.ObjSense.kMaximize if sense == "max" else highspy.ObjSense.kMinimize
