"""What a page cannot solve, refused by name."""

from __future__ import annotations

from energy_routes.case import Case, ramped
from energy_routes.errors import UsageError

OFF = {
    "security": "security of supply (N-1): a plan for each loss is solved beside the plan",
    "cvar": "several futures (policy.cvar)",
    "build": "free builds (policy.build): whole numbers of projects are decided by branch and bound; "
             "policy.build.built says what stands",
}


def refuse_off_panel(case: Case) -> None:
    """Raise UsageError where a case asks for what the page does not solve."""
    for lever, words in OFF.items():
        asked = getattr(case.policy, lever)
        if asked is not None and getattr(asked, "built", None) is None:
            raise UsageError(f"{case.name}: the page that solves has no {words}. Leave policy.{lever} out, or write "
                             "the map without --live.")
    if ramped(case):
        raise UsageError(f"{case.name}: the page that solves has no unforeseen events in months (ramps). Write the map "
                         "without --live.")
