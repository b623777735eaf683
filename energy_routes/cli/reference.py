"""What an answer is measured against: the model a question extends, or the same model without the changes asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energy_routes.errors import EnergyRoutesError

if TYPE_CHECKING:
    from energy_routes.plan import Plan


def plan_before(plan: Plan, model: str, changed: bool, solver: str = "highs") -> Plan | None:
    """The plan that an answer is measured against; None where there is none.

    ``changed``: scenarios or ``--set`` were given, so it is that of the model as it stands.  A reference that has no
    plan is left out: the answer stands without it.
    """
    from energy_routes.case import load
    from energy_routes.solving import solve

    name = model if changed else plan.case.base
    if name is None:
        return None
    try:
        return solve(load(name), solver)
    except EnergyRoutesError:
        return None
