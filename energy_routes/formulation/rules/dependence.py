"""Dependence: exports, the exposure of groups at their meters, and caps on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from energy_routes.case import ALL, Cap, Minimum, Over, Past, Policy, for_family
from energy_routes.formulation.declaration import Account, Limit
from energy_routes.formulation.space.axes import over_periods
from energy_routes.formulation.space.figures import HELD, POLICY
from energy_routes.formulation.space.space import Space
from energy_routes.formulation.space.totals import by_value
from energy_routes.linear import Axis, Expr, Labels, Rows, axis, codes_of, level, zero

Bounded: TypeAlias = Callable[[Policy], Sequence[Cap | Minimum]]


@Account()
def exports(s: Space) -> Rows:
    r"""e_kt = Σ_{m export} d_m,c,tier,t   ∀ family k, t   [Mt | bcm]

    Home refineries and transfers never count.
    """
    out = s.delivered.axis.labels["export"].astype(bool)
    return s.exports == s.delivered.take(out, s.delivered.axis.take(out)).sum_to(s.exports.axis)


@Account()
def exposure(s: Space) -> Rows:
    r"""x_gkt = Σ_{l∈count(g)} φ_lt f_lt + Σ_{m∈count(g)} d_mt   ∀ g, k, t   [Mt | bcm];  x_g,all,t = Σ_k P_k x_gkt

    A group's volume is what is sold abroad of what crosses its meter, so a partition's groups add up to the exports.
    Each export path crosses the meter at most once.  φ is the share of a lane's inlet that is sold in the end; it is
    the product of its yield and of those that follow.  A group is counted at its meter where all ways on have one φ and
    end abroad; else farther on, up to the sale, as long as only its own volume is there.  Where others' volume mixes
    in first, φ is that of the best way.  All families together are measured by value in MUSD, at the base prices P_k
    (USD/t, USD/1000 m³) that the case states.
    """
    lanes, sales = s.counted
    through = (s.flow.spread_to(lanes) * lanes.data("share")).sum_to(s.exposure.axis)
    sold = s.delivered.spread_to(sales).sum_to(s.exposure.axis)
    return s.exposure == through + sold + by_value(s, s.exposure).sum_to(s.exposure.axis)


def of_share(s: Space) -> Expr:
    """What each cap on a share is a share of: so much more of its group may move with a share higher by 1."""
    return capped(s, lambda policy: policy.max_share)[1]


@Limit("policy", key="group", name="cap on the share of {group}", repair=1, worth="MUSD per pp", level=True,
       gain=of_share)
def max_share(s: Space) -> Rows:
    r"""Σ_t x_gkt ≤ σ_g · Σ_t total_kt  (over the horizon; or for every t)   ∀ capped g, k   [Mt | bcm]

    The total of a partition kind is the sum over its groups; of any other kind, the family's volume through all
    corridors (its exports, where a pack names no corridors).  Of a year that is partly gone, both sides count what
    has been exported already.
    """
    exposed, total = capped(s, lambda policy: policy.max_share)
    return exposed - total * level(exposed.axis.data("level")) <= 0.0


@Limit("policy", key="group", name="cap on the volume of {group}", repair=1)
def max_exposure(s: Space) -> Rows:
    r"""Σ_t x_gkt ≤ X_g · Σ_t Δt  (over the horizon; or for every t)   ∀ capped g   [Mt | bcm]

    A cap in Mt (bcm) a year; of a year that is partly gone, what has been exported already counts.
    """
    exposed, _ = capped(s, lambda policy: policy.max_exposure)
    return exposed <= exposed.axis.data("level") * exposed.axis.data("years")


def of_least_share(s: Space) -> Expr:
    """What each least share is a share of, below 0: so much more of its group must move with a share higher by 1."""
    return -capped(s, lambda policy: policy.min_share)[1]


@Limit("policy", key="group", name="least share of {group}", repair=1, worth="MUSD per pp", level=True,
       gain=of_least_share)
def min_share(s: Space) -> Rows:
    r"""Σ_t x_gkt ≥ σ_g · Σ_t total_kt  (over the horizon; or for every t)   ∀ g with a least share, k   [Mt | bcm]

    The totals are those of a cap on the share.
    """
    exposed, total = capped(s, lambda policy: policy.min_share)
    beyond = total * level(exposed.axis.data("level")) - exposed
    sign = np.full(len(exposed.axis), -1.0)
    return beyond.on(exposed.axis.relabelled("least", exposed.axis.keys, sign=sign)) <= 0.0


@Limit("policy", key="group", name="least volume of {group}", repair=1)
def min_exposure(s: Space) -> Rows:
    r"""Σ_t x_gkt ≥ X_g · Σ_t Δt  (over the horizon; or for every t)   ∀ g with a least volume   [Mt | bcm]

    A minimum in Mt (bcm) a year; of a year that is partly gone, what has been exported already counts.
    """
    exposed, _ = capped(s, lambda policy: policy.min_exposure)
    return exposed >= exposed.axis.data("level") * exposed.axis.data("years")


@Limit("policy", key="family", name="exports of {family} held", repair=2)
def hold_exports(s: Space) -> Rows:
    r"""Σ_t e_kt ≥ E*_k   ∀ family k   [Mt | bcm]

    E* is what the plan of the same case exports without caps: dependence is lowered by re-routing, not by shutting
    wells in.
    """
    families = list(s.held)
    volume = s.figure(HELD, lambda asked: np.array([asked.held[family] for family in families], dtype=float))
    held = axis("held", ("family",), Labels({"family": codes_of(families)}), volume=volume)
    kept = s.exports.axis.labels.has("family", *families)
    return s.exports.take(kept, s.exports.axis.take(kept)).sum_to(held) >= held.data("volume")


def capped(s: Space, bounds: Bounded) -> tuple[Expr, Expr]:
    """What bounds look at, a row each, family and window: the exposure of the group, and what its share is a share of.

    ``bounds`` picks them from a policy.  Over a horizon that began in mid-year both count what the months gone by have
    carried.
    """
    rows = _bounded(s, bounds)
    if not len(rows):
        return zero(rows), zero(rows)
    members = _members(s, rows)
    exposed, total = (expr.spread_to(members).sum_to(rows) for expr in (s.exposure, s.share_totals))
    return exposed + rows.data("gone"), total + rows.data("gone_total")


def _bounded(s: Space, bounds: Bounded) -> Axis:
    """One row a bounded group and window, with its ``level``; ``window`` is 'horizon' or a period, ``years`` long.

    Of a year that is partly gone, ``years`` counts the months gone by; ``gone`` is what the group carried in them, and
    ``gone_total`` what that is a share of.
    """
    past = s.case.past or Past((), ())
    spans: dict[Over, list[tuple[str, float]]] = {
        "horizon": [("horizon", s.case.years + past.years)],
        "period": [(p.label, p.years) for p in s.case.periods],
    }

    def rows(policy: Policy) -> list[tuple[Cap | Minimum, str, str, float]]:
        asked = [(b, family) for family in s.measured for b in for_family(bounds(policy), family)]
        labels = s.exposure.axis.labels
        words = (labels.words(column).tolist() for column in ("kind", "group", "family") if asked)
        known = set(zip(*words, strict=True))
        return [(b, family, window, years) for b, family in asked if (b.kind, b.group, family) in known
                for window, years in spans[b.over]]  # fmt: skip

    def carried(b: Cap | Minimum, family: str, window: str) -> tuple[float, float]:
        if window != "horizon":
            return 0.0, 0.0
        exposed = _gone(s, family, lambda k: past.exposure.get((b.kind, b.group, k), 0.0))
        return exposed, _gone(s, family, lambda k: past.totals.get((b.kind, k), 0.0))

    labels = [(b.kind, b.group, family, window, years, *carried(b, family, window))
              for b, family, window, years in rows(s.policy)]  # fmt: skip
    level = s.figure(POLICY, lambda asked: np.array([b.level for b, *_ in rows(asked.policy)], dtype=float))
    years, gone, gone_total = np.array([row[4:] for row in labels], dtype=np.float64).reshape(-1, 3).T
    keys = ("kind", "group", "family", "window")
    named = Labels.rows([row[:4] for row in labels], *keys).but(years=years, gone=gone, gone_total=gone_total)
    return axis("bound", keys, named, level=level)


def _gone(s: Space, family: str, carried: Callable[[str], float]) -> float:
    """What a family carried before the horizon began; of all families together, its value."""
    if family == ALL:
        return sum(price * carried(own) for own, price in s.worth.items())
    return carried(family)


def _members(s: Space, bounds: Axis) -> Axis:
    """The periods inside the window of each bound."""
    labels = over_periods(bounds.labels, s.case.periods)
    inside = labels.has("window", "horizon") | (labels["window"] == labels["period"])
    return axis("member", (*bounds.keys, "period"), labels.take(inside))
