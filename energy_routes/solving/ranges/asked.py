"""``er.ranges``: the ranges of a case or of a plan of it, in the bands asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.formulation import USER, declared
from energy_routes.linear import limited
from energy_routes.pack import annotated
from energy_routes.plan import Plan
from energy_routes.solving.loop import TOLERANCE, solve
from energy_routes.solving.ranges.bands import Within, bands_of
from energy_routes.solving.ranges.near import Optimum
from energy_routes.solving.ranges.table import range_table

MOST = 5  # rules of a user's own that a message names


@annotated
def ranges(
    of: Case | Plan, within: Within | Sequence[Within] | None = None, *, by_period: bool = False, builds: bool = False,
    time_limit: float | None = None,
) -> pd.DataFrame:  # fmt: skip
    """How far each volume can move among plans that keep every rule and lose little of the objective.

    Parameters
    ----------
    of : Case or Plan
        The question, or its plan.
    within : float, str, sequence of them, or None
        What may be lost: a number of MUSD, ``"390 MUSD"``, ``"1 %"`` of the objective, ``"0.1 USD/t"`` of what is
        exported (``"0.1 USD/1000m3"`` of gas), or ``"optimum"``.  None: at the optimum, and within 0.1 and 1 USD for
        each unit exported.
    by_period : bool
        Whether each period is told, too; else the horizon alone.
    builds : bool
        Whether other builds may be decided; else they stay as in the plan.
    time_limit : float or None
        Seconds for all of it; None: no limit.

    Returns
    -------
    DataFrame
        A row a volume (``kind``, ``id``), ``period`` and band (``within``, ``loss`` in MUSD): ``volume`` of the plan,
        ``low`` and ``high``, Mt (bcm); ``share`` with its ends, 0 to 1, of groups.  A row stands only where both ends
        are proved.  A route has the most alone.  ``gap`` is the largest relative gap left, where builds are open.

    Raises
    ------
    UsageError
        A band is not understood or negative; other builds are asked for, and there is nothing to build; or a plan that
        was read back keeps constraints of your own, or is not the optimum of its case.
    LimitError
        The time limit was reached before every end was proved.
    DataError, InfeasibleError, UnboundedError, SolverError, VerificationError
        As :func:`energy_routes.solve`.

    References
    ----------
    A. M. Gleixner, T. Berthold, B. Müller and S. Weltge, "Three enhancements for optimization-based bound tightening",
    Journal of Global Optimization 67 (2017), doi:10.1007/s10898-016-0450-4 (points found for one sum serve others).
    W. Dinkelbach, "On nonlinear fractional programming", Management Science 13 (1967), doi:10.1287/mnsc.13.7.492.

    Examples
    --------
    >>> import energy_routes as er
    >>> table = er.ranges(er.load("oil-2024"), "optimum").set_index(["kind", "id"])
    >>> bool(table.loc[("corridor", "CPC"), "high"].item() - table.loc[("corridor", "CPC"), "low"].item() < 1e-6)
    True
    """
    with limited(time_limit):
        optimum, plan = optimum_of(of)
        if builds and plan.case.policy.build is None:
            raise UsageError(f"builds = True: {plan.case.name} has nothing to build; expected options in policy.build. "
                             "Leave builds out.")
        bands = bands_of(plan.case, within, optimum.exports, optimum.solution.objective)
        return range_table(optimum, lambda: plan.routes, bands, by_period=by_period, free=builds)


def optimum_of(of: Case | Plan) -> tuple[Optimum, Plan]:
    """The optimum of a case, and its plan; a plan that was read back is solved again.

    Raises UsageError for one with constraints of a user's own, and where that gives another objective.
    """
    plan = of if isinstance(of, Plan) else solve(of)
    optimum = plan.parts.at_hand("optimum")
    if optimum is not None:
        return optimum, plan
    _refuse_rules(plan, "a plan that was read back is solved again", "Ask of the plan that solve returned.")
    again = solve(plan.case)
    if abs(again.objective - plan.objective) > TOLERANCE * max(1.0, abs(plan.objective)):
        raise UsageError(
            f"{plan.case.name}: solved again, the objective is {again.objective.value:.6g} MUSD where this plan has "
            f"{plan.objective.value:.6g}. Constraints of your own or other data made it. Ask of the plan that solve "
            "returned."
        )
    return again.parts.at_hand("optimum"), again


def own_rules(plan: Plan) -> list[str]:
    """The names of the constraints of a user's own that a plan keeps, and its case does not have."""
    optimum = plan.parts.at_hand("optimum")
    if optimum is None:
        return list(plan.prices["user"]["name"].unique())
    return [block.name for block in optimum.program.rows if declared(block) is USER]


def refuse_own_rules(plan: Plan, solved: str) -> None:
    """Raise UsageError for a plan with constraints of a user's own, where the case alone is ``solved`` by its rules.

    Also for a plan that was read back and is not the best one of its case.
    """
    _refuse_rules(plan, solved, "Write the rule as a lever of the policy or an edit, where there is one, and solve "
                                "that case.")
    optimum_of(plan)


def _refuse_rules(plan: Plan, solved: str, repair: str) -> None:
    if own := own_rules(plan):
        told = f"{', '.join(own[:MOST])}{' …' if len(own) > MOST else ''}"
        raise UsageError(f"{plan.case.name}: the plan keeps rules that its case does not have ({told}), and {solved} "
                         f"without them; expected a plan of er.solve(case). {repair}")
