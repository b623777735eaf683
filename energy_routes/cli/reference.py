"""What an answer is measured against: the model a question extends, or the same model without the changes asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energy_routes.errors import EnergyRoutesError

if TYPE_CHECKING:
    from energy_routes.case import Case
    from energy_routes.plan import Plan


def against(plan: Plan, model: str, changed: bool, solver: str) -> str:
    """One line: netback, exports, shut-in and corridors against the reference case; blank where there is none.

    ``changed``: scenarios or ``--set`` were given, so the reference is the model as it stands.  A reference that cannot
    be solved or compared (other periods) is left out: the plan stands without it.
    """
    from energy_routes.loading import load
    from energy_routes.solver import solve
    from energy_routes.studies.compare import compare

    name = model if changed else plan.case.base
    if name is None:
        return ""
    try:
        reference: Case = load(name)
        words = compare(solve(reference, solver), plan).sentences()
    except EnergyRoutesError:
        return ""
    return f"Against {reference.name}: {', '.join(words)}."
