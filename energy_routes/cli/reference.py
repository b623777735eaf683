"""What an answer is measured against: the model a question extends, or the same model without the changes asked for."""

from __future__ import annotations

import energy_routes as er
from energy_routes.errors import EnergyRoutesError


def plan_before(plan: er.Plan, model: str, changed: bool, solver: str = "highs") -> er.Plan | None:
    """The plan that an answer is measured against; None where there is none.

    ``changed``: scenarios or ``--set`` were given, so it is that of the model as it stands.  A reference that has no
    plan is left out: the answer stands without it.
    """
    name = model if changed else plan.case.base
    if name is None:
        return None
    try:
        return er.solve(er.load(name, accept=plan.case.accepted), solver)
    except EnergyRoutesError:
        return None
