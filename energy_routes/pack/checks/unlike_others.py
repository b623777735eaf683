"""Figures unlike the others of their column, and commitments beyond their line: questions, which a note answers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from energy_routes.errors import Fault
from energy_routes.pack.plausible import (
    ENOUGH,
    FACTOR,
    OR_CHECKED,
    Band,
    answered,
    outside,
    slip_of,
    slip_words,
    stated,
)
from energy_routes.pack.reading.dated import by_period
from energy_routes.pack.reading.typed import Drafts
from energy_routes.pack.schema.tables import TABLES


def unlike_others(drafts: Drafts) -> Iterable[Fault]:
    """Figures over twenty times the median of their column and unit, or under a twentieth of it."""
    frames = {name: draft.frame for name, draft in drafts.items()}
    for table in TABLES:
        for name in TABLES[table].compared if len(frames[table]) >= ENOUGH and table != "values" else ():
            column = stated(frames, table, name)
            for at in np.flatnonzero(outside(np.abs(column.figures), column.usual)):
                if fault := _asked(drafts, name, column.places[int(at)], abs(float(column.figures[at])), column.usual):
                    yield fault


def _asked(drafts: Drafts, name: str, place: tuple[str, int], size: float, usual: Band) -> Fault | None:
    """The question about one figure; None where it is answered, or was told already."""
    table, row = place
    draft, own = drafts[table], "value" if table == "values" else name
    if draft.bad[own][row] or answered(draft.frame["note"].iloc[row]):
        return None
    written, unit_column = float(draft.written[own][row]), "unit" if table == "values" else draft.table.column(own).unit
    unit = str(draft.written[unit_column][row]) if unit_column else ""
    factor, median = slip_of(size, usual), usual[1] / FACTOR
    likely = "Correct it" if factor == 1 else f"Likely {slip_words(factor)}: write {written / factor:g}"
    times = f"{size / median:.3g} times" if size > median else f"1/{median / size:.3g} of"
    return draft.fault(row, own, f"{written:g} {'' if unit == '1' else unit}".rstrip()
                       + f", {times} the median of {name} in this pack", f"within a factor of {FACTOR:g} of it",
                       f"{likely}, {OR_CHECKED}")


def commitments_beyond_lines(drafts: Drafts) -> Iterable[Fault]:
    """Contracts for more than their arc can carry, in the base or in a dated period."""
    contracts, arcs = drafts["contracts"], drafts["arcs"]
    if not len(contracts.frame) or arcs.partial:
        return
    place = {name: row for row, name in enumerate(arcs.frame["id"])}
    volumes = dict(by_period(drafts, "contracts", ("volume",)))
    capacities = dict(by_period(drafts, "arcs", ("capacity",)))
    told: set[int] = set()
    for period in dict.fromkeys((*volumes, *capacities)):
        volume = volumes.get(period, volumes.get(period[:4], volumes[""]))["volume"]
        capacity = capacities.get(period, capacities.get(period[:4], capacities[""]))["capacity"]
        for row, (arc, note) in enumerate(contracts.cells("arc", "note")):
            most = capacity[place[arc]] if arc in place else np.nan
            if row in told or not 0 < most < volume[row] * (1 - 1e-9) or answered(note):
                continue
            told.add(row)
            when = f"in {period}, " if period else ""
            yield contracts.fault(row, "volume", f"{when}{volume[row]:g} a year on {arc!r}, which carries {most:g}",
                                  "no more than the capacity of its arc", f"Correct one of the two, {OR_CHECKED}")
