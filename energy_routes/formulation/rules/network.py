"""What the network allows: balance, capacity, joint limits, and what can be re-routed at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.formulation.declaration import Account, Limit
from energy_routes.formulation.space.crossed import refuse_crossed
from energy_routes.formulation.space.options import added, of_options
from energy_routes.formulation.space.space import Space
from energy_routes.linear import (
    INF,
    Axis,
    Coded,
    Expr,
    Labels,
    Rows,
    axis,
    between,
    code_of,
    level,
    plain,
    positions,
    stacked,
    summed,
)


@Account()
def balance(s: Space) -> Rows:
    r"""Σ_{l→n,c} η_l f_lt + q_nct + out_nct = Σ_{n→l,c} f_lt + d_nct + home_nct + in_nct   ∀ n, c, t   [Mt | bcm]

    What enters a node leaves it, is sold, serves a home obligation or is stored.  The loss of a lane (yield η) is
    taken at its outlet, where a grade may have lost its name; tonnes are kept.
    """
    arriving = (s.flow * s.flow.axis.data("yield")).on(s.heads).sum_to(s.places)
    leaving = s.flow.on(s.tails).sum_to(s.places)
    sources = arriving + s.lifted.sum_to(s.places) + s.withdrawn.sum_to(s.places)
    uses = leaving + s.delivered.sum_to(s.places) + s.home.sum_to(s.places) + s.injected.sum_to(s.places)
    return sources == uses


@Limit("capacity", key="arc", repair=6, waived=1)
def capacity(s: Space) -> Rows:
    r"""min_at ≤ Σ_{l∈a} f_lt ≤ (K_at·avail_at − booked_at)·Δt   ∀ a, t   [Mt | bcm]

    All commodities of an arc share what others have not booked of it, 0 at least; the volume counts at the inlet.
    What is built comes on top.
    """
    low, high = s.arcs.data("minimum"), s.arcs.data("capacity")
    low = np.where(low > 0, low, -np.inf)
    bounded = plain(np.isfinite(high) | np.isfinite(low))
    limited = s.arcs.take(bounded, "capacity")
    refuse_crossed(s.case, limited, "capacity", low[bounded], high[bounded])
    built = added(s.built, s.case, "arc", limited)
    least = np.where(of_options(built), -np.inf, low[bounded])  # a minimum does not grow with what is built
    return between(arc_totals(s, limited) - built, least, high[bounded])


@Limit("joint", key="limit", repair=6, waived=1)
def joint_limits(s: Space) -> Rows:
    r"""low_jt·Δt ≤ Σ_l w_jl f_lt ≤ high_jt·Δt   ∀ j, t (or of the sums over t)   [Mt | bcm]

    One pipe used both ways, the berths of a port, a tanker fleet, an intergovernmental quota, a quality cap.  A limit
    ``over`` the horizon leaves it to the plan in which period it is used: a yearly quota of a monthly case.
    """
    limits, windows = s.limits, limit_windows(s)
    low, high = windows.data("low"), windows.data("high")
    refuse_crossed(s.case, windows, "joint", low, high)
    built = in_windows(added(s.built, s.case, "limit", limits), windows)
    low = np.where(of_options(built), -np.inf, low)
    total = in_windows(limit_totals(s, limits), windows)
    return between(total - built, low, high).take(np.isfinite(low) | np.isfinite(high))


def limit_windows(s: Space) -> Axis:
    """A row a joint limit and period, or one a limit over the horizon (``period`` 'horizon'), its bounds added up."""
    limits = s.limits
    labels = limits.labels.but(period=_window(limits.labels))
    window, different = pd.factorize(labels.numbers("limit", "period"))
    sums = {name: summed(window, limits.data(name), len(different)) for name in ("low", "high")}
    return axis("limit", limits.keys, labels.each_once("limit", "period"), **sums)


def in_windows(expr: Expr, windows: Axis) -> Expr:
    """Expressions by limit and period, added up where the limit is over the horizon."""
    own = expr.axis.labels
    keys = (*expr.axis.keys, "when")
    return expr.on(expr.axis.relabelled("within", keys, when=own["period"], period=_window(own))).sum_to(windows)


def _window(limits: Labels) -> Coded:
    return np.where(limits.has("over", "horizon"), np.int32(code_of("horizon")), limits["period"])


def arc_totals(s: Space, arcs: Axis) -> Expr:
    """Σ_{l∈a} f_lt of some arcs."""
    counted = positions(s.flow.axis, arcs, ("arc", "period")) >= 0
    return s.flow.take(counted, s.flow.axis.take(counted)).sum_to(arcs)


def limit_totals(s: Space, limits: Axis) -> Expr:
    """Σ_l w_jl f_lt of all joint limits."""
    return (s.flow.spread_to(s.limit_terms) * s.limit_terms.data("weight")).sum_to(limits)


@Limit("joint", key="limit", repair=6, ratio=True)
def joint_ratios(s: Space) -> Rows:
    r"""low_j Σ_{l∈i} w_il f_lt ≤ Σ_{l∈j} w_jl f_lt ≤ high_j Σ_{l∈i} w_il f_lt   ∀ j with a reference i, t   [Mt | bcm]

    A limit that is a multiple of another sum: a blend's share, a swap (equal both ways), a chain of pipelines.  Of one
    over the horizon both sums are taken over t.
    """
    limits = s.limits
    total = limit_totals(s, limits)
    sides = _ratio_sides(limits)
    ratio, sign = level(sides.data("ratio")), sides.data("sign")
    base = total.on(limits.relabelled("base", ("relative_to", "period"), relative_to=limits.labels["limit"]))
    beyond = (total.spread_to(sides) - base.spread_to(sides) * ratio) * sign
    windows = sides.labels.but(period=_window(sides.labels)).each_once("limit", "side", "period")
    return between(in_windows(beyond, axis("ratio", sides.keys, windows)), -INF, 0.0)


def _ratio_sides(limits: Axis) -> Axis:
    """One row a limit, period and side that has a ratio; sign +1 for 'at most', −1 for 'at least'."""
    of = limits.take(~limits.labels.has("relative_to", None, ""))
    both = [of.labels.but(side=np.full(len(of), code_of(side), dtype=np.int32), sign=np.full(len(of), sign))
            for side, sign in (("high", 1.0), ("low", -1.0))]  # fmt: skip
    ratio = np.concatenate([of.data("high_ratio"), of.data("low_ratio")])
    sides = axis("ratio", ("limit", "side", "period"), stacked(both), ratio=ratio)
    return sides.take(~np.isnan(ratio))


@Limit("ramp", key="group", name="ramp of {group} after {event}", repair=4)
def ramp(s: Space) -> Rows:
    r"""x_gkt ≤ x°_gkt + R_g,n(t)   ∀ unforeseen event, g that it does not hit, t its n-th month   [Mt | bcm]

    x° is the volume in the reference: the plan of the same case and horizon without the edits of the event.  R is the
    most that the group can carry beyond it in the n-th month of the event.  A case of years has no ramps, nor has an
    event that was foreseen: everybody had time.  What stays is shut in or goes into tanks.
    """
    over = s.ramps
    return s.exposure.spread_to(over) <= over.data("reference") + over.data("ramp")
