"""Units on entry: every figure of a pack goes to its inner unit, once, and unit slips are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import Fault, UnitError
from energy_routes.pack.plausible import ANYTHING, OR_CHECKED, answered, outside, slip_of, slip_words, written_band
from energy_routes.pack.reading.typed import Draft, Drafts, significant
from energy_routes.pack.schema.columns import Column
from energy_routes.pack.units.families import Family
from energy_routes.pack.units.periods import Floats
from energy_routes.pack.units.units import (
    PER_YEAR,
    PROPERTY_WORDS,
    Dimension,
    Unit,
    in_own_time,
    inner_unit,
    known_units,
    parse_unit,
    time_of,
    to_inner,
)

Ints = NDArray[np.intp]
Frames = Mapping[str, pd.DataFrame]


class Facts(NamedTuple):
    """What a row's units may need: barrels per tonne, heating value [MJ/m3], length [km]; NaN where not known.

    ``partial``: the tables that know could not be read whole.
    """

    bbl_per_t: Floats
    mj_per_m3: Floats
    length_km: Floats
    partial: bool

    def properties(self, rows: Ints | int) -> dict[str, Any]:
        """The properties of some rows, by the names that :func:`energy_routes.pack.units.units.to_inner` gives them."""
        return {"bbl_per_t": self.bbl_per_t[rows], "mj_per_m3": self.mj_per_m3[rows], "length_km": self.length_km[rows]}


def to_inner_units(drafts: Drafts, family: Family, reference: str | None) -> list[Fault]:
    """Convert every table but ``values`` in place; the faults found.  ``reference`` serves rows without a grade."""
    faults: list[Fault] = []
    frames, partial = frames_of(drafts)
    for name, draft in drafts.items():
        if not len(draft.frame):
            continue
        facts = facts_of(frames, name, reference, partial)
        for unit_column, dimension in draft.table.unit_columns.items():
            _convert(draft, unit_column, dimension, family, facts, faults)
        rows = np.arange(len(draft.frame))
        for column in draft.table.columns:
            units = draft.written[column.unit] if column.unit else np.full(len(rows), "")
            refuse_slips(draft, column.name, rows, column, rows, units, facts, family, faults)
    return faults


def frames_of(drafts: Drafts) -> tuple[Frames, bool]:
    """The tables by name, and whether those that :func:`facts_of` asks could not be read whole."""
    return ({name: draft.frame for name, draft in drafts.items()},
            drafts["commodities"].partial or drafts["arcs"].partial)


def facts_of(frames: Frames, table: str, reference: str | None, partial: bool = False) -> Facts:
    """The properties of each row: those of its commodities where they agree, else of the pack's reference."""
    grades = frames["commodities"]
    named = _commodities(frames, table)
    columns = {}
    for name in ("bbl_per_t", "mj_per_m3"):
        known = {str(k): v for k, v in zip(grades["id"], grades[name].to_numpy(dtype=float), strict=True) if v == v}
        fallback = known.get(reference or "", np.nan)
        found = [{known[c] for c in row if c in known} for row in named]
        columns[name] = np.array([next(iter(f)) if len(f) == 1 else fallback for f in found], dtype=float)
    length = np.full(len(named), np.nan)
    if table in ("arcs", "lanes"):
        arcs = frames["arcs"]
        by_arc = dict(zip(arcs["id"], arcs["length_km"].fillna(arcs["geometry_km"]), strict=True))
        names = frames[table]["id" if table == "arcs" else "arc"]
        length = np.array([by_arc.get(name, np.nan) for name in names], dtype=float)
    return Facts(columns["bbl_per_t"], columns["mj_per_m3"], length, partial)


def reference_of(meta: Mapping[str, Any], commodities: pd.DataFrame) -> str | None:
    """The commodity that rows without one mean: the one the pack names, or its only one; else None."""
    names = commodities["id"].dropna()
    return meta.get("reference") or (str(names.iloc[0]) if len(names) == 1 else None)


def _commodities(frames: Frames, table: str) -> list[tuple[str, ...]]:
    """Which commodities each row is about; empty where it does not say."""
    frame = frames[table]
    if "commodities" in frame:
        return list(frame["commodities"])
    if "commodity" in frame or "reference" in frame:
        return [(c,) if pd.notna(c) else () for c in frame["commodity" if "commodity" in frame else "reference"]]
    where = {"arcs": ("lanes", "arc", "commodity", "id"), "limits": ("limit_terms", "limit", "commodity", "id"),
             "tiers": ("markets", "id", "reference", "market")}.get(table)
    if where is None:
        return [()] * len(frame)
    other, key, grade, own = where
    found: dict[str, tuple[str, ...]] = {}
    for name, commodity in zip(frames[other][key], frames[other][grade], strict=True):
        if pd.notna(name) and pd.notna(commodity):
            found[name] = (*found.get(name, ()), commodity)
    return [found.get(name, ()) for name in frame[own]]


def _convert(draft: Draft, unit_column: str, dimension: Dimension, family: Family, facts: Facts,
             faults: list[Fault]) -> None:
    """Rewrite one unit column and the quantities that it measures."""
    written = draft.written[unit_column]
    columns = [c.name for c in draft.table.columns if c.unit == unit_column]
    inner = np.full(len(written), inner_unit(dimension, family), dtype=object)
    for text in dict.fromkeys(str(text) for text in written):
        rows = np.flatnonzero(written == text)
        unit = unit_of(draft, rows, unit_column, text, dimension, family, faults)
        for name in columns:
            if unit is None:
                draft.bad[name][rows] = True  # told once, of its unit
            numbers = draft.frame[name].to_numpy(dtype=float, copy=True)
            numbers[rows] = np.nan if unit is None else converted(draft, name, rows, rows, unit, facts, faults)
            draft.frame[name] = numbers
        inner[rows] = inner_unit(dimension, family, "y" if unit is None else unit.time)
    draft.frame[unit_column] = pd.Series(inner, dtype="str")


def unit_of(draft: Draft, rows: Ints, column: str, text: str, dimension: Dimension, family: Family,
            faults: list[Fault]) -> Unit | None:
    """The unit that ``rows`` are written in; None and one fault, for all of them, when it cannot serve here."""
    try:
        unit = parse_unit(text, dimension, family)
        if unit.serves(family):
            return unit
        wrong = UnitError(f"{text!r} in a pack of {family.id}", f"a unit of {family.id}",
                          f"Write the figure in {inner_unit(dimension, family)}.")
    except UnitError as error:
        wrong = error
    more = f" (and in {len(rows) - 1} more rows)" if len(rows) > 1 else ""
    faults.append(draft.fault(int(rows[0]), column, wrong.found + more, wrong.expected, wrong.repair))
    return None


def converted(draft: Draft, column: str, rows: Ints, targets: Ints, unit: Unit, facts: Facts,
              faults: list[Fault]) -> Floats:
    """The numbers of ``rows`` in inner units, rates by their own time (Mt/month, Mt/d).

    ``targets`` are the rows of ``facts`` that they speak of.
    """
    values = draft.frame[column].to_numpy(dtype=float)[rows]
    properties = facts.properties(targets)
    if unit.needs:
        own = properties[unit.needs]
        lost = np.isnan(own) & np.isfinite(values) & (values != 0)
        for i in np.flatnonzero(lost) if not facts.partial else ():
            faults.append(draft.fault(int(rows[i]), column, f"{values[i]:g} {unit.text}",
                                      PROPERTY_WORDS[unit.needs] + " to convert it",
                                      f"Give it, or write the figure in {unit.inner}."))
        values = np.where(lost, np.nan, values)
    inner = to_inner(values, in_own_time(unit), unit.dimension, **properties)
    return np.array([significant(value) for value in inner], dtype=float)


def refuse_slips(draft: Draft, name: str, rows: Ints, column: Column, targets: Ints, units: NDArray[Any],
                 facts: Facts, family: Family, faults: list[Fault]) -> None:
    """Refuse figures outside the column's plausible band, unless the row's note says 'checked'.

    ``rows`` of ``draft[name]`` hold figures of ``column``, written in ``units``, that speak of rows ``targets`` of
    ``facts``.
    """
    band = written_band(column, family)
    if band == ANYTHING or not len(rows):
        return
    values = draft.frame[name].to_numpy(dtype=float)[rows] * [PER_YEAR[time_of(str(unit))] for unit in units[rows]]
    for i in np.flatnonzero(outside(values, band) & ~draft.bad[name][rows]):
        row, target = int(rows[i]), int(targets[i])
        if answered(draft.frame["note"].iloc[row]):
            continue
        written, unit = float(draft.written[name][row]), str(units[row])
        inner = inner_unit(column.dimension, family)
        as_inner = f" ({values[i]:g} {inner})" if unit and unit != inner else ""
        expected = f"{band[0]:g} to {band[1]:g} {inner}".rstrip()
        faults.append(draft.fault(row, name, f"{written:g} {unit}".rstrip() + as_inner, f"{expected}, as is plausible",
                                  _likely(column, written, unit, float(values[i]), facts, target, family)))


def _likely(column: Column, written: float, unit: str, value: float, facts: Facts, row: int, family: Family) -> str:
    """Which slip would explain an implausible figure: another unit, the reciprocal, or a factor of 1000."""
    low, high = band = written_band(column, family)
    own = facts.properties(row)
    for other in known_units(column.dimension, (family,)).values() if unit else ():
        if other.text == unit or (other.needs and np.isnan(own[other.needs])):
            continue
        if low <= to_inner(written, other, column.dimension, **own) <= high:
            return f"Likely {other.text}, not {unit}: write {other.text!r} as its unit, {OR_CHECKED}"
    if column.name == "bbl_per_t" and low <= 1 / value <= high:
        return f"Likely tonnes per barrel: write {1 / value:.4g}, {OR_CHECKED}"
    factor = slip_of(value, band)
    if factor != 1:
        return f"Likely {slip_words(factor)}: write {written / factor:g}, {OR_CHECKED}"
    return f"Correct it, {OR_CHECKED}"
