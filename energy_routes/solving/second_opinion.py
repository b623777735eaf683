"""A foreign solver is taken at its word only where HiGHS, on the same programme, says the same.

Both verdicts must agree, and both objectives to ``SAME``; where whole numbers are decided, to the sum of the two gaps.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from energy_routes.errors import LimitError, SolverError
from energy_routes.linear import Program, Session, Solution, Status, pulp
from energy_routes.plan import NOT_PROVED, Plan, notice

SAME = 1e-6  # of the objective, by which two solvers may differ on a linear programme
LEAST = 30.0  # seconds that a foreign solver is waited for, whatever HiGHS needed or the time limit is
TIMES = 100.0  # times what HiGHS needed, where that is longer
OVER = (Status.time_limit, Status.time_limit_feasible)
VERDICTS = {
    Status.optimal: "an optimum",
    Status.infeasible: "that no plan is possible",
    Status.unbounded: "no end to the money",
    Status.infeasible_or_unbounded: "that no plan is possible, or no end to the money",
}


@dataclass(frozen=True)
class Opinion:
    """What a foreign solver answered, and whether HiGHS proved it.

    ``bound`` is what HiGHS had proved that no plan can pass when its time was over; None where that is nothing.
    """

    solution: Solution
    proved: bool = True
    bound: float | None = None


def opinion(session: Session, program: Program, solver: str, time_limit: float | None, name: str) -> Opinion:
    """The answer of a foreign solver to a programme that also stands in a ``session``, beside that of HiGHS.

    ``name`` is that of the case.  Raises SolverError where the two answers differ or one is none; LimitError where
    there was no time to check an answer without a plan.
    """
    began = time.monotonic()
    own = session.solve()
    patience = max(LEAST, TIMES * (time.monotonic() - began)) if time_limit is None else time_limit + LEAST
    theirs = pulp.solve_with(program, solver, time_limit, patience)
    if theirs.status in OVER and time_limit is None:
        raise SolverError(f"{name}: {solver} stopped at a limit that nobody set. {_repair(solver)}")
    if theirs.status not in VERDICTS:
        return Opinion(theirs)
    if own.status in OVER:
        if theirs.status is not Status.optimal:
            raise LimitError(
                f"{name}: {solver} found {VERDICTS[theirs.status]}, and HiGHS reached the time limit before it could "
                "check that. Raise the limit."
            )
        return Opinion(theirs, proved=False, bound=session.bound())
    if theirs.status is Status.infeasible_or_unbounded and own.status in (Status.infeasible, Status.unbounded):
        return Opinion(own)
    if own.status is not theirs.status:
        told = f"an optimum of {own.objective:,.6f} MUSD" if own.point else VERDICTS.get(own.status, own.status.value)
        found = f"an optimum of {theirs.objective:,.6f} MUSD" if theirs.point else VERDICTS[theirs.status]
        raise SolverError(f"{name}: {solver} found {found}, HiGHS {told}. {_repair(solver)}")
    if theirs.status is Status.optimal:
        _compare(own, theirs, solver, name)
    return Opinion(theirs)


def _compare(own: Solution, theirs: Solution, solver: str, name: str) -> None:
    """Raise SolverError where two optima are not the same."""
    allowed = max(SAME, (own.gap or 0.0) + (theirs.gap or 0.0))
    apart = abs(own.objective - theirs.objective)
    if not apart <= allowed * max(1.0, abs(own.objective)):  # a NaN is never the same
        raise SolverError(
            f"{name}: {solver} calls {theirs.objective:,.6f} MUSD the optimum, HiGHS {own.objective:,.6f} MUSD; they "
            f"may differ by {allowed:.3g} of it. {_repair(solver)}"
        )


def _repair(solver: str) -> str:
    return f"No plan is handed out. Set {solver} right, or use the embedded solver 'highs'."


def unproved(plan: Plan, bound: float | None, solver: str) -> Plan:
    """The plan, told to be without proof: its status, a notice, and the ``bound`` in its certificate (MUSD)."""
    best = "no bound is known" if bound is None else f"no plan is better than {bound:,.2f} MUSD"
    told = notice("not_proved", f"the optimum of {solver} is not proved: HiGHS reached the time limit first; {best}",
                  f"objective {plan.objective.value:,.2f} MUSD")  # fmt: skip
    parts = plan.parts.but(warnings=lambda: (told, *plan.warnings))
    return replace(plan, status=NOT_PROVED, parts=parts, certificate={**plan.certificate, "bound": bound})
