"""What closes a target that nothing can come to, and what would open it: arcs out of service, or without capacity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.network import Edit, Names

COLUMNS = ["arc", "name", "why", "path", "value", "options"]


class Shut(NamedTuple):
    """An arc that carries nothing in any period: why, and the field with the value that opens it."""

    arc: str
    why: str
    field: str
    value: str | float

    @property
    def edit(self) -> Edit:
        """What opens it."""
        value = np.inf if self.value == "unlimited" else self.value
        return Edit("arcs", self.arc, self.field, "set", value, reason="opened by a study")


def shut(case: Case, arcs: tuple[str, ...]) -> Iterator[Shut]:
    """Those of some arcs that carry nothing in any period."""
    network, periods = case.network, case.periods
    status, ids = network.chosen("arcs", "status", periods), network.ids("arcs")
    rates = {name: network.resolve("arcs", name, periods) for name in ("capacity", "availability", "booked")}
    for arc in arcs:
        at = ids.index(arc)
        capacity, available, booked = (rates[name][at] for name in ("capacity", "availability", "booked"))
        if (status[at] != "operating").all():
            yield Shut(arc, f"its status is {status[at][0]}", "status", "operating")
        elif (capacity <= 0).all():
            yield Shut(arc, "its capacity is 0", "capacity", "unlimited")
        elif (available <= 0).all():
            yield Shut(arc, "its availability is 0", "availability", 1.0)
        elif (capacity * available <= booked).all():
            yield Shut(arc, "others have booked all that it can carry", "booked", 0.0)


def opened(case: Case, found: list[Shut]) -> Case:
    """The case with these arcs open."""
    return replace(case, network=case.network.with_edits(*(one.edit for one in found)))


def closings_of(case: Case, found: list[Shut]) -> pd.DataFrame:
    """A row each: the arc and its name, why it is shut, the path and value that open it, and options to build it."""
    called, effects = Names(case.network.tables).arc, case.network.tables["option_effects"]
    rows = [(one.arc, called[one.arc], one.why, f"arc:{one.arc}.{one.field}", str(one.value),
             ";".join(effects.loc[effects["target"] == f"arc:{one.arc}", "option"])) for one in found]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
