"""What is built: options stand once built, in order, within a budget, and widen the limits of the network."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.formulation.declaration import Limit, Link
from energy_routes.formulation.rules.network import arc_totals, in_windows, limit_totals, limit_windows
from energy_routes.formulation.space.options import added, of_options
from energy_routes.formulation.space.space import Space
from energy_routes.linear import INF, Expr, Rows, axis, between, zero


@Link("builds")
def standing(s: Space) -> Rows:
    r"""b_oy ≥ b_o,y−1   ∀ option o, year y after the first   [units]

    What is built stands to the end of the horizon.  Whole units of a project, any part of a continuous option; none
    before its earliest year.  Arcs, joint limits, tiers, supplies and storages are widened by Σ_o size_o · b_oy · Δt.
    """
    frame = s.built.axis.frame
    later = axis("later", ("option", "year"), frame[frame["before"].notna()])
    before = axis("former", ("option", "before"), frame[["option"]].assign(before=frame["year"]))
    return s.built.spread_to(later) - s.built.on(before).spread_to(later) >= 0.0


@Link("builds")
def chains(s: Space) -> Rows:
    r"""b_oy / N_o ≤ b_ry / N_r   ∀ option o that requires r, year y   [share of all units N]

    A second step needs the first; a line over the Caspian is of no use without the lines behind it.
    """
    needs = s.case.network.tables["options"][["id", "requires"]].rename(columns={"id": "option", "requires": "needed"})
    frame = s.built.axis.frame[["option", "year", "units"]].merge(needs.explode("needed").dropna(), on="option")
    links = axis("link", ("option", "needed", "year"), frame)
    share = s.built * (1.0 / s.built.axis.data("units"))
    frame = s.built.axis.frame.rename(columns={"option": "needed"})
    other = axis("needed", ("needed", "year"), frame[["needed", "year"]])
    return share.spread_to(links) - share.on(other).spread_to(links) <= 0.0


@Link("builds", name="budget of builds", unit="MUSD")
def budget(s: Space) -> Rows:
    r"""Σ_o capex_o · b_oY ≤ B,   Y the last year   [MUSD]

    The budget is for all that is built within the horizon.
    """
    build = s.policy.build
    most = [] if build is None or build.budget is None else [build.budget]
    frame = s.built.axis.frame
    ends = (frame["year"] == frame["year"].max()).to_numpy(dtype=bool)
    spent = (s.built * s.built.axis.data("capex")).take(ends, s.built.axis.take(ends))
    total = axis("budget", (), pd.DataFrame({"budget": most}, dtype=float))
    return (spent.sum_to(total) if most else zero(total)) <= total.data("budget")


@Limit("supply", key="supply", repair=8, side_of="lifted")
def supply_with_options(s: Space) -> Rows:
    r"""q_st ≤ Q_st·Δt + Σ_o size_o · b_oy · Δt   ∀ supply s that an option adds to, t   [Mt | bcm]

    A gas plant lets a field lift what nothing could take before.
    """
    more = added(s.built, s.case, "supply", s.lifted.axis)
    wide = of_options(more)
    target = s.lifted.axis.take(wide)
    return s.lifted.take(wide, target) - more.take(wide, target) <= target.data("available")


@Limit("capacity", key="arc", repair=6, waived=1, side_of="capacity")
def arcs_at_least(s: Space) -> Rows:
    r"""min_at ≤ Σ_{l∈a} f_lt   ∀ a that an option widens, t   [Mt | bcm]

    What is built raises what may move, not what must.
    """
    low, wide = s.arcs.data("minimum"), of_options(added(s.built, s.case, "arc", s.arcs))
    some = s.arcs.take(wide & (low > 0))
    return arc_totals(s, some) >= some.data("minimum")


@Limit("joint", key="limit", repair=6, waived=1, side_of="joint_limits")
def limits_at_least(s: Space) -> Rows:
    r"""low_jt·Δt ≤ Σ_l w_jl f_lt   ∀ j that an option widens, t   [Mt | bcm]

    The same for joint limits.
    """
    limits, windows = s.limits, limit_windows(s)
    wide = of_options(in_windows(added(s.built, s.case, "limit", limits), windows)) & np.isfinite(windows.data("low"))
    return between(in_windows(limit_totals(s, limits), windows), windows.data("low"), INF).take(wide)


@Link("builds")
def beyond_old(s: Space) -> Rows:
    r"""w_at ≤ Σ_{l∈a} f_lt − K_at·Δt · z_at   ∀ widened a, t   [Mt | bcm]

    w is what moves in added capacity and so pays operation only; it begins where the old capacity is full (z = 1).
    Otherwise a plan would build just to move old volume at a lower charge.
    """
    over = s.widened.axis
    return s.widened - arc_totals(s, over) + s.full.on(over) * over.data("capacity") <= 0.0


@Link("builds")
def within_added(s: Space) -> Rows:
    r"""w_at ≤ Σ_o size_oa · b_oy · Δt   ∀ widened a, t   [Mt | bcm]

    No more moves in added capacity than was built.
    """
    return s.widened - added(s.built, s.case, "arc", s.widened.axis) <= 0.0


@Link("builds")
def only_when_full(s: Space) -> Rows:
    r"""w_at ≤ M_at · z_at,   z_at ∈ {0, 1}   ∀ widened a, t   [Mt | bcm]

    M is all that its options could add.
    """
    return s.widened - s.full.on(s.widened.axis) * s.widened.axis.data("most") <= 0.0


def capex(s: Space) -> Expr:
    r"""− Σ_o,y capex_o · (CRF(r, n_o) + opex_o) · Δy · b_oy,   CRF = r / (1 − (1 + r)^−n)   [MUSD]

    A yearly charge from the year in which an option stands, inside the horizon only.  The arcs that it opens pay an
    operating tariff, so that capital is counted once.
    """
    return -(s.built * s.built.axis.data("charge"))


def relief(s: Space) -> Expr:
    r"""+ Σ (τ_a − τ^op_a) · w_at   [MUSD]

    Volume in added capacity pays the arc's operating tariff τ^op: its capital is in capex, not in the tariff.
    """
    return s.widened * s.widened.axis.data("saving")
