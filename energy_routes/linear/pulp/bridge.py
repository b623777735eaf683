"""PuLP, outward: a programme as an ``LpProblem``, and solved by any solver that PuLP knows.

Works with PuLP 3.3 and PuLP 4.  Facts about PuLP that shaped this file:

- After a failed solve PuLP leaves variables at 0.0 or None: values are read only when a status of ours allows it.
- A CBC run cut off by its time limit says status *Optimal*; only ``sol_status`` (PuLP 3) tells.
- Signs of duals differ by solver and version: a foreign solver gives values and an objective, never prices.
- A variable in no row and no objective is no part of a PuLP 3 problem: it has no value and takes its bound nearest
  to 0.  (Told of it, PuLP 3 writes a file that CBC refuses.)
- A row with no variable in it reaches solvers in as many ways as there are solvers: it gets one fixed at 0.

:mod:`energy_routes.linear.pulp.rules` is the way inward: constraints that users write in PuLP.
"""

from __future__ import annotations

import inspect
import warnings
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from energy_routes.errors import SolverError
from energy_routes.linear.expressions import Vector
from energy_routes.linear.highs.arrays import LinearForm
from energy_routes.linear.programme import Program
from energy_routes.linear.pulp.waiting import MOST_WORDS, waited_for
from energy_routes.linear.solution import Point, Solution, Status


@dataclass(frozen=True)
class Foreign:
    """A solver as people call it: PuLP's names for it, best first, and how to get it."""

    names: tuple[str, ...]
    install: str


SOLVERS = {
    "cbc": Foreign(("PULP_CBC_CMD", "COIN_CMD"), "pip install 'pulp[cbc]' (PuLP 4), or conda install coin-or-cbc"),
    "choco": Foreign(("CHOCO_CMD",), "see choco-solver.org; Java is needed"),
    "copt": Foreign(("COPT", "COPT_CMD"), "pip install coptpy, with a licence"),
    "cplex": Foreign(("CPLEX_PY", "CPLEX_CMD"), "pip install cplex, with a licence beyond 1000 variables"),
    "cuopt": Foreign(("CUOPT",), "see docs.nvidia.com/cuopt"),
    "glpk": Foreign(("GLPK_CMD", "PYGLPK"), "apt install glpk-utils, brew install glpk, or conda install glpk"),
    "gurobi": Foreign(("GUROBI", "GUROBI_CMD"), "pip install gurobipy, with a licence beyond 2000 variables"),
    "highs": Foreign(("HiGHS", "HiGHS_CMD"), "pip install highspy"),
    "mipcl": Foreign(("MIPCL_CMD",), "see mipcl-cpp.appspot.com"),
    "mosek": Foreign(("MOSEK",), "pip install mosek, with a licence"),
    "scip": Foreign(("SCIP_PY", "SCIP_CMD", "FSCIP_CMD"), "pip install pyscipopt"),
    "xpress": Foreign(("XPRESS_PY", "XPRESS"), "pip install xpress, with a licence beyond its trial size"),
}

GAP = 1e-9  # relative, that a solver is asked to decide whole numbers to
UNTOLD = 1e-4  # at which solvers stop by themselves that cannot be asked

# LpStatus of PuLP 3 and LpSolveStatus of PuLP 4 share these numbers.  The limits (of time, memory, nodes, gap,
# iterations, solutions) are of PuLP 4 only: each is an answer without a proof.
_ENDED = {1: Status.optimal, -1: Status.infeasible, -2: Status.unbounded, -3: Status.infeasible_or_unbounded,
          -12: Status.numerical} | dict.fromkeys(range(-9, -3), Status.time_limit)


def to_pulp(program: Program, name: str = "energy_routes") -> Any:
    """The programme as an ordinary ``pulp.LpProblem``: names, sense and the constant of the objective intact.

    PuLP leaves that constant out of the LP and MPS files that it writes.  A row with two different finite bounds
    becomes two constraints, ``name`` (≤) and ``name.floor`` (≥); a row without bounds is left out.
    """
    return _problem(program, name)[0]


def solve_with(
    program: Program, solver: str, time_limit: float | None = None, patience: float | None = None
) -> Solution:
    """Solve with a solver of PuLP's: by a name of ``SOLVERS`` or by PuLP's own, whatever the case.

    The solution has values and an objective (our own arithmetic on the values) and no prices.  Its ``gap`` is what the
    solver was asked for.  The solver is told ``time_limit``, and its process ended after ``patience``, both in seconds.
    Raises SolverError, naming the install line, when the solver is not there; and when it breaks down, hangs, or
    answers with what is no answer.
    """

    def solved(folder: str) -> Solution:
        engine = _solver(solver, time_limit)
        engine.tmpDir = folder  # where PuLP exchanges files with a program; it leaves them there after a failure
        if (program.col_lower > program.col_upper).any() or (program.row_lower > program.row_upper).any():
            return Solution(Status.infeasible)
        status, x = _run(program, engine, time_limit)
        if status in (Status.infeasible, Status.unbounded, Status.infeasible_or_unbounded):
            # Solvers mix these up in presolve.  Without an objective only the first can happen.
            feasible, _ = _run(replace(program, terms=()), engine, time_limit)
            status = {Status.optimal: Status.unbounded, Status.infeasible: Status.infeasible}.get(feasible, status)
        if x is None or not status.has_values:
            return Solution(status)
        with np.errstate(over="ignore", invalid="ignore"):  # a value may be any number; what is infinite is no optimum
            point = Point(float(program.cost @ x) + program.offset, x, program.matrix @ x)
        return Solution(status, point, gap=(GAP if _takes_a_gap(engine) else UNTOLD) if program.integer.any() else None)

    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return waited_for(lambda: solved(folder), solver, patience)


def available_solvers() -> list[str]:
    """The solvers that are there now, by the names that people call them (``SOLVERS``), else by PuLP's own."""
    import pulp

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        there = pulp.listSolvers(onlyAvailable=True)
    called = {name: word for word, foreign in SOLVERS.items() for name in foreign.names}
    return sorted({called.get(name, name) for name in there})


def _run(program: Program, engine: Any, time_limit: float | None) -> tuple[Status, Vector | None]:
    """(status, value of every column if there are values) of one solve."""
    problem, variables = _problem(program, "energy_routes")
    answer = problem.solve(engine)
    status = _status(answer, problem, time_limit is not None)
    if not status.has_values:
        return status, None
    resting = np.clip(0.0, program.col_lower, program.col_upper)
    x = np.array([rest if variable.varValue is None else variable.varValue
                  for rest, variable in zip(resting.tolist(), variables, strict=True)], dtype=float)  # fmt: skip
    if not np.isfinite(x).all():
        raise SolverError(f"{engine.name} returned {x[~np.isfinite(x)][0]} for {(~np.isfinite(x)).sum()} of {len(x)}"
                          " variables, expected numbers. Set it right, or use the embedded solver 'highs'")
    return status, x


def _status(answer: Any, problem: Any, limited: bool) -> Status:
    """What a finished ``solve`` means, in our words.  Raises SolverError for what is no status of PuLP's."""
    if not isinstance(answer, int) and not hasattr(answer, "has_solution"):
        raise SolverError(f"the solver returned {str(answer)[:MOST_WORDS]!r}, expected a status of PuLP's")
    if hasattr(answer, "has_solution"):  # PuLP 4: statistics
        status, found = _ENDED.get(int(answer.status), Status.error), bool(answer.has_solution)
    else:  # PuLP 3: a number, and a second one on the problem
        status, found = _ENDED.get(int(answer), Status.error), int(problem.sol_status) in (1, 2)
        if int(problem.sol_status) == 2 or (limited and int(answer) == 0):
            status = Status.time_limit
    if status is Status.time_limit:
        return Status.time_limit_feasible if found else Status.time_limit
    return Status.error if status is Status.optimal and not found else status


def _solver(name: str, time_limit: float | None) -> Any:
    """The first solver of that name that is there, silent."""
    import pulp

    own = {known.lower(): known for known in pulp.listSolvers()}
    foreign = SOLVERS.get(name.lower())
    if foreign is None and name.lower() not in own:
        raise SolverError(f"no solver is called {name!r}; expected one of {', '.join(sorted(SOLVERS))},"
                          f" or PuLP's own names {', '.join(sorted(own.values()))}")
    options = {"msg": False} if time_limit is None else {"msg": False, "timeLimit": time_limit}
    for choice in foreign.names if foreign else (own[name.lower()],):
        if choice.lower() in own:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # PuLP 3.3 speaks of PuLP 4 when CBC is its own
                engine = pulp.getSolver(choice, **options)
                if _takes_a_gap(engine):
                    engine = pulp.getSolver(choice, gapRel=GAP, **options)
            if engine.available():
                return engine
    where = foreign.install if foreign else "see PuLP's guide to configuring solvers"
    raise SolverError(f"solver {name!r} is not installed: {where}; or use the embedded solver 'highs'")


def _takes_a_gap(engine: Any) -> bool:
    return "gapRel" in inspect.signature(type(engine)).parameters


def _problem(program: Program, name: str) -> tuple[Any, list[Any]]:
    """(the LpProblem, its variables in the order of the columns)."""
    import pulp

    problem = pulp.LpProblem(name, pulp.LpMaximize if program.sense == "max" else pulp.LpMinimize)
    variables = [
        problem.add_variable(label, _finite(low), _finite(high), pulp.LpInteger if whole else pulp.LpContinuous)
        for label, low, high, whole in zip(program.column_names(), program.col_lower.tolist(),
                                           program.col_upper.tolist(), program.integer.tolist(), strict=True)]
    priced = np.flatnonzero(program.cost).tolist()
    problem.setObjective(_affine([(variables[j], float(program.cost[j])) for j in priced]) + program.offset)
    _add_rows(problem, program, program.row_names(), variables)
    return problem, variables


def _add_rows(problem: Any, program: LinearForm, names: list[str], variables: list[Any]) -> None:
    matrix, nothing, taken = program.matrix.tocsr(), None, set(names)
    for row, name in enumerate(names):
        low, high = float(program.row_lower[row]), float(program.row_upper[row])
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        entries = zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True)
        pairs = [(variables[column], value) for column, value in entries]
        if not pairs:
            nothing = problem.add_variable("nothing..", 0.0, 0.0) if nothing is None else nothing
            pairs = [(nothing, 1.0)]
        total = _affine(pairs)
        if low == high:
            problem.addConstraint(total == low, name)
            continue
        if high != np.inf:
            problem.addConstraint(total <= high, name)
        if low != -np.inf:
            floor = name
            while high != np.inf and floor in taken:
                floor += ".floor"
            taken.add(floor)
            problem.addConstraint(total >= low, floor)


def _affine(pairs: list[tuple[Any, float]]) -> Any:
    """Σ value·variable, built in one go in either version of PuLP."""
    import pulp

    if hasattr(pulp.LpAffineExpression, "from_list"):
        return pulp.LpAffineExpression.from_list(pairs)
    return pulp.LpAffineExpression(pairs)


def _finite(bound: float) -> float | None:
    return bound if np.isfinite(bound) else None
