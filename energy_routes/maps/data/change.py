"""Two maps of one span set against each other: what one plan moves that another does not."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.maps.data import style
from energy_routes.maps.data.payload import MapData, payload
from energy_routes.pack import in_order
from energy_routes.plan import Plan, check_meaning

SAME_SPAN = 0.3  # months: a leap year is as long as a year


@dataclass(frozen=True)
class ChangeData(MapData):
    """The map of a change: ``arcs`` has ``before``, ``after`` and ``change`` too, and volume is the larger of both.

    ``old`` and ``new`` are the two maps; ``most`` is the largest change of an arc (Mt or bcm in the span, 0: none).
    """

    old: MapData
    new: MapData
    most: float


def change(before: Plan | MapData, after: Plan | MapData, period: str | None = None, lang: str = "en") -> ChangeData:
    """Two plans (or maps) of one span set against each other.

    Raises UsageError when their spans are not equally long, their tables differ in meaning, or a plan has no such
    period.
    """
    if not (isinstance(before, MapData) or isinstance(after, MapData)):
        check_meaning(before, after)
    old, new = (one if isinstance(one, MapData) else payload(one, period, lang=lang) for one in (before, after))
    if abs(old.months - new.months) > SAME_SPAN:
        raise UsageError(f"the maps show spans of different length: {old.when} and {new.when}. Compare plans of one "
                         "horizon, or give a period that both have.")
    both = pd.concat([new.arcs, old.arcs[~old.arcs["arc"].isin(new.arcs["arc"])]], ignore_index=True)
    was = both["arc"].map(old.arcs.set_index("arc")["volume"]).fillna(0.0)
    is_ = both["arc"].map(new.arcs.set_index("arc")["volume"]).fillna(0.0)
    arcs = both.assign(before=was, after=is_, change=is_ - was, volume=np.fmax(was, is_))
    nodes = pd.concat([new.nodes, old.nodes[~old.nodes["id"].isin(new.nodes["id"])]], ignore_index=True)
    shared = {f.name: getattr(new, f.name) for f in fields(MapData)}
    most = float(arcs["change"].abs().max()) if len(arcs) else 0.0
    shared |= {"arcs": arcs, "nodes": nodes, "lines": {**old.lines, **new.lines}, "limits": new.limits.iloc[:0],
               "depths": new.depths.iloc[:0], "families": in_order((*old.families, *new.families)),
               "credits": (*(one for one in old.credits if one not in new.credits), *new.credits)}
    return ChangeData(**shared, old=old, new=new, most=most if most > style.FLOW_FLOOR else 0.0)
