"""Tanks and underground stores: they decide how long a terminal may stop."""

from __future__ import annotations

import numpy as np

from energy_routes.formulation.declaration import Account, Limit
from energy_routes.formulation.space.options import added
from energy_routes.formulation.space.space import Space
from energy_routes.linear import INF, Expr, Rows, between, codes_of


@Account()
def stock_balance(s: Space) -> Rows:
    r"""v_nct = v_nc,t−1 + in_nct − out_nct   ∀ storage, c, t   [Mt | bcm]

    Before the first period stands the opening stock, all of one commodity: the first that the store's row lists, else
    the first that reaches it.  A cyclic store starts with what it ends with, whatever its opening stock.
    """
    labels = s.stock.axis.labels
    opens = labels["first"] & ~labels.has("closing", "cyclic")
    opening = np.where(opens & _holder(s), s.stock.axis.data("opening"), 0.0)
    return s.stock - before(s) * np.where(opens, 0.0, 1.0) - s.injected + s.withdrawn == opening


@Limit("storage", key="storage", name="{storage}, full", repair=6, level=True)
def working_volume(s: Space) -> Rows:
    r"""Σ_c v_nct ≤ W_nt   ∀ storage, t   [Mt | bcm]

    All commodities share the tanks.
    """
    full = np.where(np.isnan(s.storages.data("working_volume")), np.inf, s.storages.data("working_volume"))
    return between(s.stock.sum_to(s.storages) - _added(s, "working_volume"), -INF, full)


@Limit("storage", key="storage", name="{storage}, injection", repair=6)
def injection(s: Space) -> Rows:
    r"""Σ_c in_nct ≤ I_nt·Δt   ∀ storage, t   [Mt | bcm]

    What can be put in during a period.
    """
    return between(s.injected.sum_to(s.storages) - _added(s, "injection"), -INF, s.storages.data("injection"))


@Limit("storage", key="storage", name="{storage}, withdrawal", repair=6)
def withdrawal(s: Space) -> Rows:
    r"""Σ_c out_nct ≤ O_nt·Δt   ∀ storage, t   [Mt | bcm]

    What can be taken out during a period.
    """
    return between(s.withdrawn.sum_to(s.storages) - _added(s, "withdrawal"), -INF, s.storages.data("withdrawal"))


@Limit("storage", key="storage", name="{storage}, closing stock", repair=4, level=True)
def closing_stock(s: Space) -> Rows:
    r"""Σ_c v_nc,T ≥ opening_n   ∀ storage whose closing rule is 'opening'   [Mt | bcm]

    Nobody may live on the stock and leave the tanks empty.
    """
    tanks = s.storages.labels
    last = tanks["last"] & tanks.has("closing", "opening")
    target = s.storages.take(last, "closing")
    return s.stock.sum_to(s.storages).take(last, target) >= target.data("opening")


def _added(s: Space, column: str) -> Expr:
    """What is built adds to tanks and pumps."""
    return added(s.built, s.case, "storage", s.storages, column)


def before(s: Space) -> Expr:
    """The stock at the end of the period before (for the first period: of the last)."""
    was = s.stock.axis.relabelled("was", ("storage", "commodity", "before"), before=s.stock.axis.labels["period"])
    return s.stock.on(was).spread_to(s.stock.axis)


def _holder(s: Space) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The one commodity of a storage's opening stock: the first its row names, or the first that reaches it."""
    labels = s.stock.axis.labels
    _, opens, tank = np.unique(labels["storage"], return_index=True, return_inverse=True)
    first = labels.words("commodity")[opens][tank].tolist()
    named = [kept[0] if kept else default
             for kept, default in zip(labels.words("commodities").tolist(), first, strict=True)]  # fmt: skip
    return np.asarray(labels["commodity"] == codes_of(named))
