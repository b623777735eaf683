"""Where the re-routing after an unforeseen event is held back: groups that it does not hit, in its first months."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd

from energy_routes.case import Case, unforeseen
from energy_routes.linear import Axis, axis

KEYS = ("event", "kind", "group", "family", "period")
# Labels of KEYS, each with Mt (bcm) in its period.
Reference: TypeAlias = tuple[tuple[tuple[str, str, str, str, str], float], ...]


def ramp_axis(case: Case, reference: Reference) -> Axis:
    """Groups and months with a ramp: ``reference`` is what the plan without the event has, ``ramp`` what may be added.

    ``month`` counts the months of the event from 1.  Without a reference there are none.
    """
    table, family = case.network.tables["ramps"], case.network.family_of("ramps")
    ramps = case.network.resolve("ramps", "volume", case.periods)
    column = {period.label: at for at, period in enumerate(case.periods)}
    columns = (table["kind"], table["group"], table["month"].astype(int), case.network.ids("ramps"))
    labels = list(zip(*columns, strict=True))
    rows: list[tuple[object, ...]] = []
    carried = dict(reference)
    for event in unforeseen(case) if reference else ():
        for number, period in enumerate(event.months, 1):
            for row, (kind, group, month, key) in enumerate(labels):
                if month == number and (kind, group) not in event.hit:
                    own = (event.name, kind, group, family[key], period)
                    rows.append((*own, str(month), carried[own], ramps[row, column[period]]))
    frame = pd.DataFrame(rows, columns=[*KEYS, "month", "reference", "ramp"])
    figures = {name: frame.pop(name).to_numpy(dtype=np.float64) for name in ("reference", "ramp")}
    return axis("ramp", KEYS, frame.astype(object), **figures)
