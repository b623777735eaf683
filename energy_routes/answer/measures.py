"""What a plan moves in a span of its periods: exports, shut-in, corridors, markets.  Mt (oil) or bcm (gas)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from energy_routes.plan import Plan


def exported(plan: Plan, labels: Sequence[str], family: str) -> float:
    """Mt or bcm sold abroad in the span."""
    return float(market_volumes(plan, labels, family).sum())


def shut_in(plan: Plan, labels: Sequence[str], family: str) -> float:
    """Mt or bcm available and not lifted in the span."""
    rows = plan.supplies
    own = rows["period"].isin(labels) & (rows["family"] == family)
    return float(rows["shut_in"].where(own, 0.0).sum())


def corridor_volumes(plan: Plan, labels: Sequence[str], family: str) -> pd.Series[float]:
    """Volume of each export corridor in the span, largest first; empty when the plan has no corridors."""
    groups = plan.groups
    rows = groups[(groups["kind"] == "corridor") & (groups["family"] == family) & groups["period"].isin(labels)]
    names = rows["name"].where(rows["name"].notna() & (rows["name"] != ""), rows["group"])
    return rows["volume"].groupby(names).sum().sort_values(ascending=False, kind="stable")


def market_volumes(plan: Plan, labels: Sequence[str], family: str) -> pd.Series[float]:
    """Volume sold in each export market in the span."""
    sold = plan.deliveries
    own = sold["export"].astype(bool) & sold["period"].isin(labels) & (sold["family"] == family)
    return sold[own].groupby("name")["volume"].sum()


def cents(most: float) -> int:
    """Decimals of money a unit: 4 where ``most`` is below a dollar, 2 where it is below ten, else 1."""
    return 4 if most < 1.0 else 2 if most < 10.0 else 1


def dollars(decimals: int) -> int:
    """Decimals where whole dollars are enough: none, but ``decimals`` of what is sold for a few."""
    return decimals if decimals > 1 else 0


def cents_of(plan: Plan, family: str, factor: float = 1.0) -> int:
    """Decimals of money a unit of a family by the highest price that it is sold at, ``factor`` times the inner one."""
    sold = plan.deliveries
    return cents(float(sold.loc[sold["family"] == family, "price"].abs().max()) * factor)


def periods_in(plan: Plan, label: str) -> list[str]:
    """The plan's periods that a label names: itself, or the months of a year."""
    return [p.label for p in plan.case.periods if p.label == label or p.label.startswith(f"{label}-")]


def families_of(plan: Plan) -> tuple[str, ...]:
    """The families that a plan deals with, oil first."""
    dealt = {*plan.supplies["family"].unique(), *plan.arcs["family"].unique()}
    return tuple(family for family in plan.case.network.families if family in dealt)
