"""The inverse question: how far can dependence be lowered for so much a tonne, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from energy_routes.case import ALL, BOUNDS, Case, groups_of
from energy_routes.errors import UsageError
from energy_routes.pack import amount, annotated
from energy_routes.studies.curves.curve import Curve
from energy_routes.studies.curves.frontier import curve_of, reference_of
from energy_routes.studies.curves.lever import lever_of

FINE = 1e-10  # of the way from a share of 1 to 0
DEAR = 1e12  # USD/t: in place of the infinite premium of exporting nothing


@dataclass(frozen=True)
class LowestShare:
    """The lowest ``share`` (0–1) of ``group`` that the budget, or the network, allows.

    ``premium``: what it costs, USD per exported tonne; ``cost``: MUSD; ``exports``: Mt (bcm).
    ``limited_by``: 'budget', or 'network' where no plan has a lower share.
    """

    group: str
    share: float
    premium: float
    cost: float
    exports: float
    limited_by: Literal["budget", "network"]


@annotated
def lowest_share(case: Case, group: str, budget_usd_per_t: float | str) -> LowestShare:
    """The lowest share of a group over the horizon that a budget allows.

    Exact up to 1e-10 of share.  Exports are held or free as the case says; those of the family that is capped count.

    Parameters
    ----------
    case : Case
        The question.
    group : str
        Such as ``transit:RU``, or ``oil/transit:RU`` in a case of several families.
    budget_usd_per_t : float or str
        Netback lost per exported tonne against the free plan, USD/t (USD/1000 m³ of gas); it may carry that unit.

    Returns
    -------
    LowestShare
        The share (0 to 1), its premium (USD/t), its cost (MUSD), and what stops it.

    Raises
    ------
    UsageError
        The group is not there, the budget is no number from 0 on, or the cap is on several families.
    InfeasibleError, UnboundedError, LimitError, SolverError
        The case itself has no plan, or the solver ended without an answer.

    References
    ----------
    R. P. Brent, Algorithms for Minimization without Derivatives (1973).
    """
    BOUNDS["max_share"].one("max_share", group, 1.0)
    family = case.family_of_cap(group)
    if family not in case.families:
        raise UsageError(f"budget: {group} {_why_none(case, family, group.rpartition('/')[2])}")
    budget = amount("budget", budget_usd_per_t, "unit_value", case.network.families[family])
    if not 0 <= budget < float("inf"):
        raise UsageError(f"budget: {budget_usd_per_t!r} is below 0; money for what is exported is expected")
    lever = lever_of(case, f"max_share.{group}", 1.0, 0.0)
    curve = curve_of(lever)
    assert curve is not None, "a cap of 1 leaves the plan as it is"
    reference, _ = reference_of(lever)
    def premium(t: float) -> float:
        plan = curve.at(t)
        exports = float(plan.exports[family])
        return (reference.netback - plan.netback) / exports if exports > 1e-9 else float("inf")

    t, stop = _cheapest(curve, premium, budget)
    plan = curve.at(t)
    exports, cost = float(plan.exports[family]), reference.netback - plan.netback
    return LowestShare(group, lever.value(t), cost / exports if exports > 0 else 0.0, cost, exports, stop)


def _why_none(case: Case, family: str, group: str) -> str:
    """Why a budget for each exported tonne cannot be of a cap that no single family has, and what to ask instead."""
    kind, _, name = group.partition(":")
    own = [f"'{one}/{group}'" for one in case.families if (kind, name) in groups_of(case.network.packs, one)]
    if family != ALL:
        return f"caps {' and '.join(case.families)}, whose exports have no sum. Name one of them: {' or '.join(own)}."
    return (f"is a share of value, and a budget is money for each exported tonne or 1000 m³. Name {' or '.join(own)}; "
            "or, to see what a share of value costs, leave out the budget.")


def _cheapest(
    curve: Curve, premium: Callable[[float], float], budget: float
) -> tuple[float, Literal["budget", "network"]]:
    """The last t within the budget: by pieces first, then by root-finding (Brent 1973) in the one that breaks it."""
    from scipy.optimize import brentq

    allowed = budget * (1 + 1e-9) + 1e-9
    for piece in curve.pieces:
        if premium(piece.high) <= allowed:
            continue
        low, high = piece.low, piece.high
        if premium(low) >= allowed:
            return low, "budget"
        at = brentq(lambda t: min(premium(t), DEAR) - allowed, low, high, xtol=FINE)
        return float(at), "budget"
    return curve.end, "network"
