"""Who owns what: shares that add up, at all times, of ventures, lines and terminals that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack.pack import keys_of
from energy_routes.pack.reading.typed import Draft
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.periods import bound

Drafts = Mapping[str, Draft]
ROUNDED = 1e-3  # published shares are rounded: Kashagan's add up to 1.00001
NEVER, FOR_EVER = 0, 12 * 10_000


def owners(drafts: Drafts) -> Iterable[Fault]:
    """Each row owns a supply or a group that is there; shares of one target add up to 1 in each month with some."""
    draft = drafts["owners"]
    known = {f"supply:{name}" for name in drafts["supplies"].frame["id"]}
    known |= {key.replace("/", ":", 1) for key in keys_of("groups", drafts["groups"].frame)}
    partial = drafts["supplies"].partial or drafts["groups"].partial
    terms: dict[str, list[tuple[int, int, int, float]]] = {}
    for row, (target, share, first, last) in enumerate(draft.cells("target", "share", "from_period", "to_period")):
        if pd.isna(target) or pd.isna(share):
            continue
        if target not in known and not partial:
            yield draft.fault(row, "target", f"{target!r} is no supply and no group of the pack",
                              "supply:… or kind:group, such as operator:CPC", nearest(target, known))
        start, end = _month(first, 1, NEVER), _month(last, 12, FOR_EVER)
        if start > end:
            yield draft.fault(row, "to_period", f"{last} is before {first}", "a period that is not before from_period",
                              "Correct one of the two.")
        terms.setdefault(target, []).append((row, start, end, float(share)))
    for target, rows in terms.items():
        yield from _unlike_one(draft, target, rows)


def _unlike_one(draft: Draft, target: str, rows: list[tuple[int, int, int, float]]) -> Iterable[Fault]:
    """Shares of a target are looked at in each month in which some begin, or some have just ended."""
    for month in sorted({moment for _, start, end, _ in rows for moment in (start, end + 1)}):
        held = [(row, share) for row, start, end, share in rows if start <= month <= end]
        total = float(np.sum([share for _, share in held]))
        if held and abs(total - 1.0) > ROUNDED:
            when = "at first" if month == NEVER else f"in {month // 12}-{month % 12 + 1:02d}"
            yield draft.fault(held[0][0], "share", f"the shares of {target!r} add up to {total:.6g} {when}", "1 in all",
                              "Add who is missing, or correct the months.")
            return


def _month(cell: object, month: int, otherwise: int) -> int:
    """A period as a number of months: its own, or that month of a year."""
    if not isinstance(cell, str) or not cell:
        return otherwise
    year, own = bound(cell, month)
    return 12 * year + own - 1
