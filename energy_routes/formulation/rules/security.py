"""Security of supply (N-1): what may be lost when one thing fails, and what must survive.

Preventive: whatever an outage would strand counts as lost, whatever could be done then: rows alone.  Corrective: a
recourse copy over the outage re-routes what it can, without having seen it coming.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from energy_routes.case import Outage
from energy_routes.formulation.declaration import Limit, Link
from energy_routes.formulation.space.recourse import Copy
from energy_routes.formulation.space.space import Space
from energy_routes.linear import INF, Axis, Expr, Rows, Vector, axis, between, level, positions, summed, zero
from energy_routes.pack import reach, steps_of

SECURE = "secure"


@dataclass(frozen=True)
class Window:
    """Periods of the outage, of the recovery after it, and the one before the outage (None: it opens the horizon)."""

    struck: tuple[str, ...]
    recovery: tuple[str, ...] = ()
    before: str | None = None


def goals(s: Space, per: str) -> Axis:
    """What must survive: each family's exports, or each export market's deliveries; (family, market)."""
    if per == "total":
        families = s.exports.axis.frame["family"].drop_duplicates()
        return axis("goal", ("family", "market"), pd.DataFrame({"family": families, "market": ""}, dtype=object))
    sold = s.delivered.axis.frame
    chosen = sold.loc[sold["export"].to_numpy(dtype=bool), ["family", "market"]].drop_duplicates()
    return axis("goal", ("family", "market"), chosen.sort_values(["family", "market"]))


def reached(s: Space, goal: Axis, per: str, periods: Sequence[str]) -> Expr:
    """Exports (or deliveries of each market) over some periods, on the axis of :func:`goals`."""
    source = s.exports if per == "total" else s.delivered
    frame = source.axis.frame
    keep = frame["period"].isin(list(periods)).to_numpy(dtype=bool)
    if per == "market":
        keep = keep & frame["export"].to_numpy(dtype=bool)
        return source.take(keep, source.axis.take(keep)).sum_to(goal)
    families = axis("family", ("family",), goal.frame[["family"]])
    return source.take(keep, source.axis.take(keep)).sum_to(families).on(goal)


@Limit("policy", key="outage", name="what may be lost with {outage} of {market}", repair=1, ratio=True)
def secure(lost: Expr, planned: Expr, delta: float, margin: Expr | None = None, room: float = 0.0) -> Rows:
    r"""lost_ω − released_ω ≤ δ · planned_ω   ∀ outage ω, family k (or market m)   [Mt | bcm]

    Over the window of the outage, exports fall by the share δ of what the plan exports in it at most.
    """
    short = lost - planned * float(level(delta))
    return between(short if margin is None else short - margin, -INF, room).named(SECURE)


@Link("security", repeats="capacity")
def stranded(s: Space, lost: Expr, outages: Mapping[str, Outage]) -> Rows:
    r"""lost_ωat ≥ Σ_{l∈a} f_lt − ρ_ω K_at,   lost_ωat ≥ 0   ∀ outage ω, a ∈ ω, t in its window   [Mt | bcm]

    What the plan moves over an arc beyond what an outage would leave of it, counted at the inlet.  An arc of a group
    that is not full gives no capacity to another.
    """
    left = np.array([outages[name].remaining for name in lost.axis.frame["outage"]], dtype=float)
    capacity = lost.axis.data("capacity")
    kept = np.where(left > 0, left * np.where(left > 0, capacity, 0.0), 0.0)
    carried = s.flow.sum_to(s.arcs).spread_to(lost.axis)
    bounded = np.isfinite(kept)
    target = lost.axis.take(bounded)
    return (carried - lost).take(bounded, target) <= kept[bounded]


@Link("security")
def released_stock(s: Space, released: Expr, window: Window) -> Rows:
    r"""released_ωn ≤ Σ_c v_nc at the end of the window   ∀ outage ω, storage n behind the break   [Mt | bcm]

    Exports of the window are its flow plus what tanks give up; after the break they can give up all they held, so what
    the plan leaves in them makes good as much of the loss.
    """
    last = (s.storages.frame["period"] == window.struck[-1]).to_numpy(dtype=bool)
    held = s.stock.sum_to(s.storages)
    tank = axis("tank", ("storage",), s.storages.frame.loc[last, ["storage"]])
    return released - held.take(last, tank).spread_to(released.axis) <= 0.0


@Link("security")
def released_rate(s: Space, released: Expr, window: Window) -> Rows:
    r"""released_ωn ≤ Σ_{t in the window} (O_nt·Δt − Σ_c out_nct)   ∀ outage ω, storage n behind the break   [Mt | bcm]

    Tanks are emptied no faster than their pumps allow.
    """
    inside = s.storages.frame["period"].isin(window.struck).to_numpy(dtype=bool)
    tank = axis("tank", ("storage",), s.storages.frame[["storage"]].drop_duplicates())
    drawn = s.withdrawn.sum_to(s.storages)
    total = drawn.take(inside, s.storages.take(inside)).sum_to(tank)
    of = positions(s.storages, tank, tank.keys)[inside]
    rate = summed(of, s.storages.data("withdrawal")[inside], len(tank))
    most = rate[positions(released.axis, tank, tank.keys)]
    bounded = np.isfinite(most)
    used = released + total.spread_to(released.axis)
    return used.take(bounded, released.axis.take(bounded)) <= most[bounded]


@Link("security", name="{storage} before a loss")
def unforeseen(s: Space, level: Mapping[str, float], before: str) -> Rows:
    r"""Σ_c v_nc at the onset ≤ V°_n   ∀ storage n   [Mt | bcm]

    No foresight: when an outage begins, tanks hold no more than in the plan of one who does not reckon with it.
    """
    now = ((s.storages.frame["period"] == before) & s.storages.frame["storage"].isin(list(level))).to_numpy(dtype=bool)
    target = s.storages.take(now, "unforeseen")
    most = np.array([level[name] for name in target.frame["storage"]], dtype=float)
    return s.stock.sum_to(s.storages).take(now, target) <= most


@Link("security", name="exports of {family} held while something is lost")
def hold_window(level: Expr, least: Vector) -> Rows:
    r"""Σ_{t in the window} e_kt ≥ E°_k   ∀ family k   [Mt | bcm]

    Nor is less planned for a window that nobody foresees: exports held are held in it, too.
    """
    return (level >= least).named("hold_window")


@Link("security")
def planned_lifting(s: Space, copy: Copy, swing: float) -> Rows:
    r"""q_ωst ≤ (1 + swing) · q_st   ∀ own or transit supply s, t in the window and the recovery   [Mt | bcm]

    A loss brings no new barrels: fields lift what was planned at most, unless they can swing.  What is bought may grow.
    """
    over = copy.space.lifted.axis
    fields = (over.frame["kind"] != "bought").to_numpy(dtype=bool)
    target = over.take(fields)
    allowed = s.lifted.spread_to(target) * (1.0 + swing)
    return copy.space.lifted.take(fields, target) - allowed <= 0.0


@Link("security")
def restored_stock(s: Space, copy: Copy, window: Window) -> Rows:
    r"""Σ_c v_ωn ≥ Σ_c v_n at the end of the recovery   ∀ storage n   [Mt | bcm]

    After the recovery the tanks are where the plan has them.
    """
    ends = (copy.space.storages.frame["period"] == window.recovery[-1]).to_numpy(dtype=bool)
    target = copy.space.storages.take(ends, "restored")
    planned = s.stock.sum_to(s.storages).spread_to(target)
    return copy.space.stock.sum_to(copy.space.storages).take(ends, target) - planned >= 0.0


def loss_axes(s: Space, outages: Sequence[Outage], window: Window) -> tuple[Axis, Axis]:
    """(outage, arc, period) of what may be stranded, with family and capacity; (outage, storage) behind each break."""
    family = s.flow.axis.frame[["arc", "family"]].drop_duplicates("arc")
    arcs = s.arcs.frame[["arc", "period"]].assign(row=np.arange(len(s.arcs))).merge(family, on="arc")
    arcs = arcs[arcs["period"].isin(window.struck)]
    struck = pd.DataFrame([(o.name, a) for o in outages for a in o.arcs], columns=["outage", "arc"], dtype=object)
    pairs = [(o.name, tank, kind) for o in outages for tank, kind in _behind(s, o)]
    tanks = pd.DataFrame(pairs, columns=["outage", "storage", "family"], dtype=object)
    hit = struck.merge(arcs, on="arc")
    capacity = s.arcs.data("capacity")[hit.pop("row").to_numpy(dtype=np.intp)]
    return (
        axis("loss", ("outage", "arc", "period"), hit, capacity=capacity),
        axis("release", ("outage", "storage"), tanks),
    )


def _behind(s: Space, outage: Outage) -> list[tuple[str, str]]:
    """Storages that can still ship when an outage has cut everything before them, each with its family."""
    tables = s.case.network.tables
    steps = steps_of(tables, s.arcs.frame["arc"].unique().tolist())
    ids = np.array([*tables["arcs"]["id"], ""], dtype=object)
    cut = np.isin(ids[steps.arc], list(outage.arcs))
    open_steps = steps.some(~cut)
    after, _ = reach(open_steps.tail, open_steps.head, steps.count, steps.head[cut].tolist())
    before, _ = reach(open_steps.head, open_steps.tail, steps.count, steps.exports.tolist())
    good = {vertex for vertex in np.flatnonzero(after & before) if vertex < steps.inner}
    family = s.case.network.family_of("commodities")
    held = s.stock.axis.frame[["storage", "node", "commodity"]].drop_duplicates().itertuples(index=False)
    found = {(str(tank), str(family[c])) for tank, node, c in held if steps.vertices(node, (c,))[0] in good}
    return sorted(found)


def lost_by_goal(lost: Expr, released: Expr, target: Axis) -> Expr:
    """What an outage strands less what tanks release, on (outage, family, market)."""
    family = axis("loss", ("outage", "family"), target.frame[["outage", "family"]])
    total = lost.sum_to(family)
    return (total - released.sum_to(family) if len(released.axis) else total + zero(family)).on(target)
