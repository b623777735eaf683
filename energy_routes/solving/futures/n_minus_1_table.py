"""What security of supply costs a plan, and what survives each loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import SolverError
from energy_routes.formulation import security as rules
from energy_routes.linear import Program, Session, Status, Vector, sign_of
from energy_routes.pack import spanned
from energy_routes.plan import Plan, Worth
from energy_routes.solving.futures.n_minus_1 import ALL, SLACK, Guard
from energy_routes.solving.prices.premium import swept

NEAR = 1e-7
COLUMNS = ["outage", "mode", "window", "family", "market", "planned", "lost", "survives", "delta", "binding", "price",
           "waived", "unit"]


def with_security(
    plan: Plan, guard: Guard | None, program: Program, x: Vector, worth: Callable[[], Worth] | None
) -> Plan:
    """The plan with its table of losses, and the premium in words."""
    if guard is None:
        return plan
    premium = swept((guard.base - plan.objective.value) * sign_of(program))
    at = _best_recourse(guard, program, x)
    table = cache(lambda: _table(guard, at, worth and worth(), plan.case.network.units("volume")))
    parts = plan.parts.but(
        security=lambda: table().copy(deep=False),
        warnings=lambda: (*plan.warnings, *_told(plan, guard, table(), premium)),
    )
    certificate = {**plan.certificate, "security_premium": premium, "security_delta": guard.delta}
    return replace(plan, parts=parts, certificate=certificate)


def _told(plan: Plan, guard: Guard, table: pd.DataFrame, premium: float) -> list[dict[str, Any]]:
    """What security costs, what the worst loss leaves, what binds, and what force majeure waives."""
    bound = table[table["binding"]]["outage"].drop_duplicates()
    worst = table.sort_values("survives").iloc[0] if len(table) else None
    words = f"security costs {premium:,.4g} MUSD ({plan.objective.name} {guard.base:,.1f} MUSD without it)"
    if worst is not None:
        words += f"; worst is the loss of {worst['outage']}: {worst['survives']:.1%} of exports can survive"
    if guard.lever.delta == "min":
        words += f"; the smallest share lost that can be had is {guard.delta:.4f}"
    words += f"; binding: {', '.join(bound) or 'none'}"
    found = [{"code": "security", "message": words, "where": "policy.security"}]
    for name, waived in table.loc[table["waived"] > 0, ["outage", "waived"]].drop_duplicates().itertuples(index=False):
        message = f"{waived:.4g} of nominations or home obligations cannot be kept under it (force majeure)"
        found.append({"code": "force_majeure", "message": message, "where": str(name)})
    return found


def _table(guard: Guard, at: Vector, worth: Worth | None, units: Mapping[str, str]) -> pd.DataFrame:
    lost, planned = np.maximum(guard.lost.value(at), 0.0), guard.planned.value(at)
    lost = np.where(lost < NEAR, 0.0, lost)
    price = np.zeros(len(lost))
    if worth is not None and guard.delta < 1.0 - ALL:
        price = worth.of(rules.SECURE)
    waived = {copy.name: copy.waived for copy in guard.copies}
    labels = guard.lost.axis.frame[["outage", "family", "market"]]
    frame = labels.assign(
        mode=guard.lever.mode,
        window=spanned(guard.window.struck),
        planned=planned,
        lost=lost,
        survives=np.where(planned > SLACK, 1.0 - np.minimum(lost / np.maximum(planned, SLACK), 1.0), np.nan),
        delta=guard.delta,
        binding=_binds(lost, planned, guard.delta, price),
        price=price,
        waived=labels["outage"].map(waived).fillna(0.0),
        unit=labels["family"].map(units),
    )
    return frame[COLUMNS].sort_values(["outage", "family", "market"], ignore_index=True)


def _binds(lost: Vector, planned: Vector, delta: float, price: Vector) -> NDArray[np.bool_]:
    """Where all that may be lost is lost; a loss of nothing binds only where it costs something."""
    near = lost >= delta * planned - 1e-6 * np.maximum(1.0, planned)
    felt = (lost > NEAR) | (np.abs(price) > NEAR)
    return np.asarray(near & felt & (planned > SLACK) & (delta < 1.0 - ALL))


def _best_recourse(guard: Guard, program: Program, x: Vector) -> Vector:
    """The point with the plan as it is and each recourse delivering all it can.

    Raises SolverError where the plan leaves no recourse.
    """
    session, first = Session(program, tolerance=NEAR), np.arange(guard.start)
    session.set_column_bounds(first, x[: guard.start], x[: guard.start])
    if guard.delta < 1.0 - ALL:  # the plan's own digits are rounded: what binds must not bind twice
        rows = program.row_slice(rules.SECURE)
        at = np.arange(rows.start, rows.stop)
        session.set_row_bounds(at, program.row_lower[at], program.row_upper[at] + NEAR)
    session.set_cost(guard.lost.coefficients(program.shape[1]), "min")
    solution = session.solve()
    if solution.status is not Status.optimal:
        raise SolverError(f"the recourse of the plan cannot be found again ({solution.status.value})")
    return solution.x
