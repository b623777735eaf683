"""An edit: one change of one figure or word, laid over the tables, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from energy_routes.errors import Fault, UsageError
from energy_routes.network.added_route import AddedRoute
from energy_routes.pack import CLOSINGS, GROUP_KINDS, LARGEST, STATUSES, TABLES, Period, Time, offered

Operation = Literal["set", "scale", "add"]

# How people name a table in an edit, and the table it means.
TARGETS: Mapping[str, str] = {
    "arc": "arcs",
    "lane": "lanes",
    "supply": "supplies",
    "obligation": "obligations",
    "market": "markets",
    "tier": "tiers",
    "differential": "differentials",
    "limit": "limits",
    "joint": "limits",
    "storage": "storages",
    "contract": "contracts",
    "option": "options",
    "ramp": "ramps",
}

TRUTH = ("true", "false")
# Words, not numbers, that an edit may set, and what they may be: two choices, and every column of true or false.
CHOICES: Mapping[tuple[str, str], Sequence[str]] = {
    ("arcs", "status"): STATUSES,
    ("storages", "closing"): CLOSINGS,
    **{(table, c.name): TRUTH for table in TARGETS.values() for c in TABLES[table].columns if c.kind == "bool"},
}


@dataclass(frozen=True)
class Edit:
    """One change to one number (or an arc's status): ``value`` is in the inner unit of the field.

    ``periods`` names the periods it holds in (a year covers its months); empty means always.  ``time`` is what a rate
    is per: the number is Mt (bcm) a year, a month or a day.  ``event`` names the unforeseen event that it is a part of;
    blank: it is known beforehand.
    """

    table: str
    id: str
    field: str
    op: Operation
    value: float | str
    periods: tuple[str, ...] = ()
    reason: str = ""
    source: str = ""
    written: str = ""
    time: Time = "y"
    event: str = ""

    @property
    def target(self) -> str:
        """The target as people write it: ``arc:BTC``."""
        return f"{next(word for word, table in TARGETS.items() if table == self.table)}:{self.id}"

    @property
    def told(self) -> str:
        """The change as it was written, else its operation and value: ``set 5``, ``set idle``."""
        return self.written or f"{self.op} {self.value if isinstance(self.value, str) else format(self.value, 'g')}"

    def holds_in(self, periods: Sequence[Period]) -> list[int]:
        """The places of the periods that it holds in."""
        return [k for k, p in enumerate(periods) if not self.periods or any(p.matches(label) for label in self.periods)]


def out_of_range(edit: Edit) -> Fault | None:
    """What is wrong with the number of an edit of a number; None where it is within its column's limits."""
    column, value = TABLES[edit.table].column(edit.field), float(edit.value)
    low = 0.0 if edit.op == "scale" else -LARGEST if edit.op == "add" or column.low is None else column.low
    high = LARGEST if edit.op != "set" or column.high is None else column.high
    unlimited = value == np.inf and column.unlimited and edit.op == "set"
    open_end = edit.op == "set" and column.open_low and value == low
    if not (low <= value <= high or unlimited) or open_end:
        return Fault(
            "edit",
            column=f"{edit.target} {edit.field}",
            found=f"{edit.op} {value:g}",
            expected=f"a number {'above' if open_end else 'from'} {low:g} to {high:g}",
            repair="Correct the value.",
        )
    return None


def opening(route: AddedRoute) -> Edit:
    """The edit that opens an added route."""
    length = "" if route.length_km is None else f"{route.length_km:.0f} km, "
    written = f"route added: {length}tariff {route.tariff:.3g} (an estimate)"
    why = route.reason or "a route added"
    return Edit("arcs", route.id, "status", "set", "operating", (), why, route.source, written)


def parse_target(target: str) -> tuple[str, str]:
    """``"arc:BTC"`` → ``("arcs", "BTC")``.  Raises UsageError on an unknown word."""
    word, colon, name = target.partition(":")
    if not colon or word not in TARGETS:
        if name and word in GROUP_KINDS:
            raise UsageError(f"{target!r} is a group, which has no figures: change those of its arcs, or limit it, "
                             f"such as policy.max_exposure.{target}")
        raise UsageError(f"{target!r} is not a target such as 'arc:BTC'. {offered(word, TARGETS)}")
    return TARGETS[word], name
