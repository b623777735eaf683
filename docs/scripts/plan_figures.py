"""Numbers of a plan that answers speak of, Mt (oil) or bcm (gas) over the horizon unless they say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scipy.optimize import brentq

import energy_routes as er

SEEN = 0.005  # Mt or bcm: less is nothing


def tariff(plan: er.Plan, arc: str) -> float:
    """USD/t (USD/1000 m³) that an arc charges in the first period."""
    return float(plan.flows.loc[plan.flows["arc"] == arc, "tariff"].iloc[0])


def capacity(plan: er.Plan, arc: str) -> float:
    """Mt (bcm) over the horizon that an arc can take."""
    return float(plan.arcs.loc[plan.arcs["arc"] == arc, "capacity"].sum())


def built(plan: er.Plan) -> list[str]:
    """What stands at the end of the horizon: ``8 × Caspian tankers``, ``Oil berths at Aktau of 0.4 Mt/y``."""
    last = plan.builds[(plan.builds["year"] == plan.builds["year"].max()) & (plan.builds["built"] > 1e-6)]
    return [_standing(row) for row in last.to_dict("records")]


def _standing(row: Mapping[str, Any]) -> str:
    """A part of an option that may be built in any size has its capacity, ships and the like their number."""
    if row["kind"] == "continuous":
        return f"{row['name']} of {row['capacity']:.1f} {row['unit']}"
    return str(row["name"]) if row["built"] < 1.5 else f"{row['built']:.0f} × {row['name']}"


def spent(plan: er.Plan) -> float:
    """MUSD of capital put into what was built."""
    return float(plan.builds["capex"].sum())


def charge(plan: er.Plan) -> float:
    """MUSD a year that the capital of what was built costs."""
    return float(plan.builds["charge"].sum()) / plan.case.years


def exported(plan: er.Plan, family: str) -> float:
    """Mt (bcm) exported over the horizon."""
    return float(plan.exports.get(family, 0.0))


def shut(plan: er.Plan, family: str) -> float:
    """Mt (bcm) that could be had and is not lifted."""
    return float(plan.shut_in.get(family, 0.0))


def bought(plan: er.Plan) -> float:
    """bcm of gas bought from abroad."""
    return float(plan.bought.get("gas", 0.0))


def lifted(plan: er.Plan, supply: str) -> float:
    """Mt (bcm) that a supply gives."""
    return float(plan.supplies.loc[plan.supplies["supply"] == supply, "lifted"].sum())


def flow(plan: er.Plan, arc: str) -> float:
    """Mt (bcm) that enter an arc."""
    return float(plan.flows.loc[plan.flows["arc"] == arc, "volume"].sum())


def sold(plan: er.Plan, market: str, periods: Iterable[str] = ()) -> float:
    """Mt (bcm) delivered to a market."""
    rows = plan.deliveries[plan.deliveries["market"] == market]
    return float((rows[rows["period"].isin(list(periods))] if periods else rows)["volume"].sum())


def group(plan: er.Plan, kind: str, name: str, family: str, column: str = "volume") -> float:
    """Volume, share or capacity of a group over the horizon; 0 where it carries nothing."""
    rows = plan.groups
    chosen = rows[(rows["kind"] == kind) & (rows["group"] == name) & (rows["family"] == family)]
    found = chosen.loc[chosen["period"] == "total", column]
    return float(found.iloc[0]) if len(found) else 0.0


def bound(plan: er.Plan, kind: str, limit: str) -> float:
    """What a limit allows, Mt (bcm) over the horizon."""
    rows = plan.prices[kind]
    return float(rows.loc[rows["limit"] == limit, "bound"].sum())


def worth(plan: er.Plan, kind: str, limit: str) -> float:
    """What one more unit of a limit is worth, USD/t (USD/1000 m³); 0 where it does not bind."""
    rows = plan.prices[kind]
    return float(rows.loc[rows["limit"] == limit, "price"].abs().max()) if (rows["limit"] == limit).any() else 0.0


def through_russia(plan: er.Plan) -> str:
    """The share of oil that crosses Russia, in percent: ``95.4``."""
    return f"{100 * group(plan, 'transit', 'RU', 'oil', 'share'):.1f}"


def first_kink(case: er.Case, lever: str, start: float, end: float, unit: str = "") -> float | None:
    """Where the plan first changes along a lever, in ``unit``; None where it does not."""
    points = er.frontier(case, lever, start, end, unit=unit).points
    kinks = points.loc[points["kink"], "cap"]
    return float(kinks.iloc[0]) if len(kinks) else None


def equal_at(case: er.Case, price: str, start: float, end: float, netback: float) -> float | None:
    """Where along a price that is paid the case earns a netback; None where it does not.  It may build."""
    def more(at: float) -> float:
        return er.solve(case.set(price, at)).netback - netback
    return None if more(start) < 0 or more(end) > 0 else float(brentq(more, start, end, xtol=0.01))


def changes(before: er.Plan, after: er.Plan) -> list[tuple[str, float]]:
    """Corridors that carry more or less, the largest change first: name, Mt (bcm).

    Changes that are the same but for the last digits stay in the order of the corridors, on every machine.
    """
    table = er.compare(before, after).corridors
    table = table[table["change"].abs() >= SEEN]
    order = table["change"].abs().round(6).sort_values(ascending=False, kind="stable").index
    return [(str(name), float(change)) for name, change in table.loc[order, ["corridor", "change"]].to_numpy()]


def rerouted(before: er.Plan, after: er.Plan) -> float:
    """Mt (bcm) that take another corridor than before: the sum of what corridors gain."""
    return sum(change for _, change in changes(before, after) if change > 0)
