"""The plan after a loss, whole: the point that the atlas found, with its tables and prices, to be drawn or saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from energy_routes.case import Outage
from energy_routes.plan import Plan, assemble
from energy_routes.studies.outages.shock import Shock


def plan_after(shock: Shock, outage: Outage, struck: Mapping[str, float]) -> Plan | None:
    """The plan once ``outage`` holds in the periods ``struck`` (label → share of the period); None where there is none.

    Its netback is the atlas's: the calm plan's less the loss.  Capacities are those that are left.  Before the onset
    nothing could be decided, so nothing has a price there.
    """
    after = shock.strike(outage, struck)
    if after is None:
        return None
    program, worth = shock.priced(outage, struck, after)
    plan = assemble(shock.space, program, after.x, worth, {})
    return _left(plan, shock, outage, struck)


def _left(plan: Plan, shock: Shock, outage: Outage, struck: Mapping[str, float]) -> Plan:
    """The plan's arcs with the capacity that the loss leaves them."""
    arcs = plan.arcs.copy()
    gone = arcs["period"].map(struck).fillna(0.0) * (1.0 - outage.remaining) * arcs["arc"].isin(outage.arcs)
    capacity = arcs["capacity"].where(arcs["capacity"].notna() | (gone < 1.0), 0.0) * (1.0 - gone)
    arcs["capacity"] = capacity
    arcs["utilisation"] = (arcs["volume"] / capacity).where(capacity > 0)
    return replace(plan, arcs=arcs)
