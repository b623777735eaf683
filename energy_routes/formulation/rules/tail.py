"""The worst tail of a plan over its futures: conditional value at risk as linear rows (Rockafellar, Uryasev 2000)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from energy_routes.formulation.declaration import Link
from energy_routes.linear import INF, Axis, Expr, Rows, Vector, between


def on_one(exprs: Sequence[Expr], one: Axis) -> Expr:
    """The sum of expressions over all of their labels, as one expression on an axis of one label."""
    parts = {field: np.concatenate([getattr(e, field) for e in exprs]) for field in ("col", "val")}
    total = float(sum(e.const.sum() for e in exprs))
    return Expr(one, np.zeros(len(parts["col"]), dtype=np.int64), parts["col"].astype(np.int64), parts["val"],
                np.array([total]))


def one_each(parts: Sequence[Sequence[Expr]], over: Axis) -> Expr:
    """For each label of ``over`` the sum of its expressions over all of their labels."""
    one = over.take(np.arange(len(over)) == 0)
    totals = [on_one(exprs, one) for exprs in parts]
    return Expr(
        over,
        np.concatenate([e.row + n for n, e in enumerate(totals)]),
        *(np.concatenate([getattr(e, field) for e in totals]) for field in ("col", "val", "const")),
    )


@Link("futures")
def shortfall(netback: Expr, quantile: Expr, excess: Expr) -> Rows:
    r"""z_ω ≥ −N_ω − η,   z_ω ≥ 0   ∀ future ω   [MUSD]

    By how much the loss of a future is above the quantile η.
    """
    return excess + netback + quantile.spread_to(excess.axis) >= 0.0


def cvar(quantile: Expr, excess: Expr, probability: Vector, alpha: float) -> Expr:
    r"""CVaR_α = η + 1/(1 − α) · Σ_ω p_ω z_ω   [MUSD]

    The mean loss in the worst 1 − α of all futures; the loss is minus the netback, what is missed at home included at
    its penalty.
    """
    return on_one([quantile, excess * (probability / (1.0 - alpha))], quantile.axis)


@Link("futures", name="limit on CVaR", unit="MUSD")
def tail(risk: Expr, limit: float) -> Rows:
    r"""CVaR_α ≤ κ   [MUSD]

    The worst tail is kept above a lower limit, whatever the mean.
    """
    return between(risk, -INF, limit)


def cvar_of(losses: Vector, probability: Vector, alpha: float) -> tuple[float, float]:
    """(value at risk, CVaR) of a discrete loss by sorting; shapes (futures,).

    The worst futures are taken until their probability is 1 − α, the last one in part.
    """
    order = np.argsort(-losses, kind="stable")
    weight, room = 0.0, 1.0 - alpha
    mean = 0.0
    for at in order:
        part = min(float(probability[at]), room - weight)
        mean += part * float(losses[at])
        weight += part
        if weight >= room - 1e-15:
            return float(losses[at]), mean / room
    return float(losses[order[-1]]), mean / weight
