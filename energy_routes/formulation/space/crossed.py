"""Bounds that contradict each other before any solver is asked: an edit may leave less room than a minimum needs."""

from __future__ import annotations

import numpy as np

from energy_routes.case import Case
from energy_routes.errors import InfeasibleError
from energy_routes.linear import Axis, Vector


def refuse_crossed(case: Case, over: Axis, kind: str, low: Vector, high: Vector) -> None:
    """Refuse rows whose least is above their most, naming each with its period and by how much (Mt or bcm).

    ``over`` has the limit's id as its first key, ``period`` and ``family``.  Raises InfeasibleError.
    """
    relaxations, conflicts, units = [], [], case.network.units("volume")
    for at in np.flatnonzero(low > high):
        limit, period = (str(over.labels.words(key)[at]) for key in (over.keys[0], "period"))
        amount, unit = float(low[at] - high[at]), units[over.labels.words("family")[at]]
        both = f"at least {low[at]:.4g} {unit} is asked for, at most {high[at]:.4g} {unit} is left"
        told = {"limit": limit, "kind": kind, "name": limit, "period": period, "unit": unit}
        words = f"{kind} {limit} ({period}): {both}"
        relaxations.append({**told, "side": "lower", "amount": amount, "words": f"{words}: {amount:.4g} {unit} less"})
        conflicts.append({**told, "side": "crossed", "bound": (float(low[at]), float(high[at])), "words": words})
    if relaxations:
        lines = "\n".join(f"  {r['words']}" for r in relaxations)
        message = f"{case.name} is infeasible: minima are above what is left:\n{lines}"
        raise InfeasibleError(message, relaxations, conflicts[:1])  # one is a conflict by itself
