"""Bookings: capacity that is taken before it is known what fails, and paid whether it is used or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from energy_routes.formulation.declaration import Link
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Axis, Expr, Rows, Vector, axis, positions


def booking_axis(s: Space, arcs: Sequence[str]) -> Axis:
    """The lanes that can be booked, by period, with their ``charge`` in USD/t."""
    some = s.flow.axis.labels.has("arc", *arcs)
    return s.flow.axis.take(some, "booking")


@Link("futures", name="what can be booked of {arc}")
def booked_capacity(s: Space, booked: Expr) -> Rows:
    r"""Σ_{l∈a} u_lt ≤ K_at   ∀ bookable a, t   [Mt | bcm]

    No more is booked than an undisturbed arc has.
    """
    arcs = _bookable(s, booked.axis)
    finite = np.isfinite(arcs.data("capacity"))
    target = arcs.take(finite)
    return booked.sum_to(arcs).take(finite, target) <= target.data("capacity")


@Link("futures")
def within_booking(s: Space, booked: Expr, spot: Expr) -> Rows:
    r"""f_ωlt ≤ u_lt + spot_ωlt   ∀ future ω, bookable lane l, t   [Mt | bcm]

    What moves was booked before, or is bought on the day.
    """
    moved = s.flow.spread_to(booked.axis, missing="zero")
    return moved - spot.on(booked.axis) - booked <= 0.0


@Link("futures", name="what is sold on the day of {arc}")
def spot_capacity(s: Space, spot: Expr, share: float) -> Rows:
    r"""Σ_{l∈a} spot_ωlt ≤ σ · K_ωat   ∀ future ω, bookable a, t   [Mt | bcm]

    Only a share of an arc's capacity is sold on the day.
    """
    arcs = _bookable(s, spot.axis)
    most = arcs.data("capacity") * share if share > 0 else np.zeros(len(arcs))
    finite = np.isfinite(most)
    return spot.sum_to(arcs).take(finite, arcs.take(finite)) <= most[finite]


def bookings(s: Space, booked: Expr, spot: Expr, premium: float) -> Expr:
    r"""− Σ τ_lt · (u_lt + spot_ωlt − f_ωlt) − Σ π · spot_ωlt   [MUSD]

    Booked capacity that is not used is paid all the same (its tariff on what moves stands under tariffs); what is
    bought on the day pays a premium on top.
    """
    unused = booked + spot.on(booked.axis) - s.flow.spread_to(booked.axis, missing="zero")
    return -(unused * _charge(s, booked.axis)) - spot.on(booked.axis) * premium


def _charge(s: Space, lanes: Axis) -> Vector:
    """The charge of each lane in this future; where the lane is not there, what it was booked at.  Shape (lanes,)."""
    own = s.flow.axis
    at = positions(lanes, own, own.keys)
    return np.where(at >= 0, own.data("charge")[at], lanes.data("charge")) if len(own) else lanes.data("charge")


def _bookable(s: Space, lanes: Axis) -> Axis:
    arcs = axis("bookable", ("arc", "period"), lanes.frame[["arc", "period"]].drop_duplicates())
    at = positions(arcs, s.arcs, arcs.keys)
    return axis("bookable", arcs.keys, arcs.frame, capacity=np.where(at >= 0, s.arcs.data("capacity")[at], np.nan))
