"""Hard limits hold for the figure that edits make, not only for the number that an edit writes.

An edit that sets a number was looked at when it was laid (:meth:`energy_routes.network.Network.fault_of`), and one that
scales by 0 to 1 stays between nothing and a figure that is allowed: only what is added, or grows, is resolved here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from energy_routes.case.checks.questions import unit_of
from energy_routes.errors import Fault
from energy_routes.network import CHOICES, Edit, Network
from energy_routes.pack import TABLES, Period, home, months_of, out_of_range


def beyond_limits(network: Network, edits: Sequence[Edit], periods: Sequence[Period]) -> Iterator[tuple[int, Fault]]:
    """Which of the ``edits`` laid over ``network`` leave a figure outside its hard limits: (their number, the fault).

    A figure is told once, of the last edit that touches it.
    """
    last = {(e.table, e.id, e.field): at for at, e in enumerate(edits)}
    doubtful = {(e.table, e.id, e.field) for e in edits if not _harmless(e)}
    for figure in doubtful:
        at = last[figure]
        if fault := _fault(network, edits[at], months_of(periods)):
            yield at, fault


def _harmless(edit: Edit) -> bool:
    if edit.op == "set" or (edit.table, edit.field) in CHOICES:
        return True
    column = TABLES[edit.table].column(edit.field)
    return edit.op == "scale" and 0 <= float(edit.value) <= 1 and not (column.open_low and not edit.value)


def _fault(network: Network, edit: Edit, months: Sequence[Period]) -> Fault | None:
    column = TABLES[edit.table].column(edit.field)
    figures = network.resolve(edit.table, edit.field, months)[network.ids(edit.table).index(edit.id)]
    for month, figure in zip(months, figures.tolist(), strict=True):
        if np.isnan(figure) or (np.isposinf(figure) and column.unlimited):
            continue
        if wrong := out_of_range(column, figure):
            unit = unit_of(home(network.packs, edit.table, edit.id), edit.table, edit.field)
            made = f"{edit.told} makes {figure:g}{unit}"
            return Fault("edit", 0, f"{edit.target} {edit.field}", f"{made} in {month.label}", wrong,
                         "Correct the value.")
    return None
