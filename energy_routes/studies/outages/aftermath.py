"""The plan after a loss, whole: the point that the atlas found, with its tables and prices, to be drawn or saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

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
    plan = assemble(shock.space, program, after.x, lambda: worth, {})
    return _left(plan, outage, struck)


def _left(plan: Plan, outage: Outage, struck: Mapping[str, float]) -> Plan:
    """The plan's arcs with the capacity that the loss leaves them."""

    def arcs() -> pd.DataFrame:
        table = plan.arcs
        gone = table["period"].map(struck).fillna(0.0) * (1.0 - outage.remaining) * table["arc"].isin(outage.arcs)
        capacity = table["capacity"].where(table["capacity"].notna() | (gone < 1.0), 0.0) * (1.0 - gone)
        return table.assign(capacity=capacity, utilisation=(table["volume"] / capacity).where(capacity > 0))

    return replace(plan, parts=plan.parts.but(arcs=arcs))
