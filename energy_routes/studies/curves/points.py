"""The tables of a frontier: its points with their prices and what each kink opens, its segments, its curve."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.pack import Family
from energy_routes.solving import Yardstick
from energy_routes.studies.curves.curve import Curve, Progress
from energy_routes.studies.curves.snapshot import Snapshot, moved

TOP = 3  # routes named at a kink
MOVING = 1e-4  # a route moves when its volume changes by more than this share of all exports over the whole way
STEPS = 24  # steps of a fractional piece in the curve table
NOTHING = 1e-3  # MUSD: what a cap that takes nothing may seem to cost


def point_table(curve: Curve, reference: Yardstick, progress: Progress) -> pd.DataFrame:
    """One row a point: the ends, and where one piece meets the next; columns as in :class:`energy_routes.Frontier`."""
    spots = [curve.pieces[0].low, *(piece.high for piece in curve.pieces)]
    plans = []
    for number, t in enumerate(spots):
        plans.append(curve.at(t))
        progress(number)
    levels, bind = [_drifts(curve, plans, level) for level in ("ways", "routes")], _newly_binding(curve)
    rows = []
    for number, (t, plan) in enumerate(zip(spots, plans, strict=True)):
        named = [_named(drifts, number, plan, curve.jumps) for drifts in levels]
        enters, leaves = next((pair for pair in named if any(pair)), ("", ""))
        rows.append({
            "cap": curve.lever.value(t), **_money(curve, number, t, plan, reference),
            "kink": 0 < number < len(spots) - 1 and curve.pieces[number].form in ("linear", "fractional"),
            "what": _what(curve, number), "enters": enters, "leaves": leaves, "limits": bind[number],
        })  # fmt: skip
    return pd.DataFrame(rows)


def first_and_last(over: str, points: pd.DataFrame) -> tuple[float, float] | None:
    """What the first unit that a cap takes from its group costs, and the last (USD/t or USD/1000 m3); both 0 of a cap
    that costs nothing.

    None where the lever is no upper bound, where what it moves has no price, of a curve that rises again, and of one
    that begins where the cap has taken something already.
    """
    prices = points["price_usd_per_t_exposure"].dropna()
    if not over.startswith("policy.max_") or prices.empty or (prices < 0).any():
        return None
    if prices.iloc[0] > 0 and points["cost"].iloc[0] > NOTHING:
        return None
    paid = prices[prices > 0]
    return (float(paid.iloc[0]), float(paid.iloc[-1])) if len(paid) else (0.0, 0.0)


def ends_of(case: Case, over: str, points: pd.DataFrame) -> tuple[Family, float, float] | None:
    """The family of what a cap takes from its group, and its :func:`first_and_last`; None where these are not told.

    None also of a cap by value, which takes dollars.
    """
    told = first_and_last(over, points)
    family = told and case.network.families.get(case.family_of_cap(over.split(".", 2)[2]))
    return (family, *told) if told and family else None


def segment_table(curve: Curve) -> pd.DataFrame:
    """One row a piece, in the direction of travel; prices in MUSD per unit of the lever."""
    lever, way = curve.lever, curve.lever.stop - curve.lever.start
    sign = _sign(curve)
    return pd.DataFrame([
        {"from": lever.value(p.low), "to": lever.value(p.high), "form": p.form,
         "objective_from": p.value(p.low), "objective_to": p.value(p.high),
         "price_from": sign * p.slope(p.low) / way, "price_to": sign * p.slope(p.high) / way, "error": p.error}
        for p in curve.pieces
    ])  # fmt: skip


def curve_table(curve: Curve) -> pd.DataFrame:
    """The objective at close steps: straight pieces by their ends, bent ones by many points."""
    spots = []
    for piece in curve.pieces:
        steps = STEPS if piece.form == "fractional" else 1
        spots += [(float(t), piece.value(float(t))) for t in np.linspace(piece.low, piece.high, steps + 1)]
    frame = pd.DataFrame([(curve.lever.value(t), value) for t, value in spots], columns=["cap", "objective"])
    return frame.drop_duplicates(ignore_index=True)


def _money(curve: Curve, number: int, t: float, plan: Snapshot, reference: Yardstick) -> dict[str, Any]:
    """Netback, volumes, costs and prices of one point."""
    lever, price, families = curve.lever, _price(curve, number, t), len(plan.exports)
    cost = reference.cost(reference.money(plan.netback, plan.objective), plan.lifted)
    exports = float(plan.exports.sum())
    whose = [lever.cap.family] if lever.cap and lever.cap.family else lever.case.families
    total = plan.totals.get((lever.cap.kind, whose[0]), np.nan) if lever.cap and len(whose) == 1 else np.nan
    per_tonne = {"share": price / total if total > 0 else np.nan, "exposure": price / lever.case.years}
    by_family = {
        f"{name}_{family}": float(volume)
        for name, volumes in (("exports", plan.exports), ("shut_in", plan.shut_in))
        for family, volume in volumes.items()
    }
    return {
        "netback": plan.netback,
        "objective": plan.objective,
        "exports": exports if families == 1 else np.nan,
        "shut_in": float(plan.shut_in.sum()) if families == 1 else np.nan,
        **(by_family if families > 1 else {}),
        "cost": cost.total,
        "cost_rerouting": cost.rerouting,
        "cost_shut_in": cost.shut_in,
        "price": price,
        "price_usd_per_t_exposure": per_tonne.get(lever.kind, np.nan),
        "price_musd_per_pp": price / 100 if lever.kind in ("share", "hhi") else np.nan,
        "premium_usd_per_t": cost.total / exports if families == 1 and exports > 0 else np.nan,
    }


def _price(curve: Curve, number: int, t: float) -> float:
    """Worth of one more unit of the lever, MUSD: the derivative towards larger values (at the far end, from below)."""
    way, pieces = curve.lever.stop - curve.lever.start, curve.pieces
    if curve.rate is not None:
        return _sign(curve) * curve.rate(t) / way
    ahead, behind = pieces[min(number, len(pieces) - 1)], pieces[max(number - 1, 0)]
    return _sign(curve) * (ahead if way > 0 else behind).slope(t) / way


def _sign(curve: Curve) -> float:
    """+1 where the objective is earned, −1 where it is spent."""
    return -1.0 if curve.lever.case.policy.objective == "cost" else 1.0


def _what(curve: Curve, number: int) -> str:
    if number == 0:
        return "start"
    if number == len(curve.pieces):
        return "stop" if curve.end >= 1.0 else "tightest"
    return "kink" if curve.pieces[number].form in ("linear", "fractional") else "point"


def _drifts(curve: Curve, plans: Sequence[Snapshot], level: str) -> list[pd.Series[float]]:
    """Per piece: how much each route (or way) grows a unit of t; where costs move, the volumes themselves."""
    if curve.jumps:
        return [getattr(curve.at((piece.low + piece.high) / 2), level) for piece in curve.pieces]
    return [
        moved(getattr(before, level), getattr(after, level)) / (piece.high - piece.low)
        for piece, (before, after) in zip(curve.pieces, pairwise(plans), strict=True)
    ]


def _newly_binding(curve: Curve) -> list[str]:
    """Per point: the limits that have a price on the piece ahead and had none on the piece behind."""
    if curve.limits is None:
        return [""] * (len(curve.pieces) + 1)
    priced = [curve.limits((piece.low + piece.high) / 2) for piece in curve.pieces]
    new = [[name for name in ahead if name not in behind] for behind, ahead in pairwise(priced)]
    return ["", *("; ".join(names) for names in new), ""]


def _named(drifts: Sequence[pd.Series[float]], number: int, plan: Snapshot, jumps: bool) -> tuple[str, str]:
    """The routes that begin to grow and to shrink at a point, largest first."""
    if number >= len(drifts) or (jumps and number == 0):
        return "", ""
    ahead, slight = drifts[number], MOVING * float(plan.exports.sum())
    behind = drifts[number - 1] if number else ahead * 0.0
    before = behind.reindex(ahead.index, fill_value=0.0)
    grows = ahead[(ahead > slight) & (before <= slight)]
    shrinks = -ahead[(ahead < -slight) & (before >= -slight)]
    if jumps or (grows.empty and shrinks.empty):  # the same routes at other rates: those whose rates change most
        change = moved(behind, ahead)
        grows, shrinks = change[change > slight], -change[change < -slight]
    return _words(grows), _words(shrinks)


def _words(routes: pd.Series[float]) -> str:
    ordered = routes.sort_index().sort_values(ascending=False, kind="stable")
    return "; ".join(str(name) for name in ordered.index[:TOP])
