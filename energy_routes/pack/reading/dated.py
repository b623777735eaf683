"""Dated figures: each row of ``values`` finds the cell that it overrides, and is converted as that cell would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack.convert import Ints, converted, facts_of, frames_of, refuse_slips, unit_of
from energy_routes.pack.pack import keys_of
from energy_routes.pack.reading.typed import Draft, Drafts, out_of_range
from energy_routes.pack.schema.columns import Column
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.families import Family
from energy_routes.pack.units.periods import Floats, Period
from energy_routes.pack.units.units import PER_YEAR, inner_unit, time_of

COMMON_YEAR = 2023  # of 365 days


def convert_values(drafts: Drafts, family: Family, reference: str | None) -> list[Fault]:
    """Check and convert the table ``values`` in place; the faults found."""
    draft, faults = drafts["values"], list[Fault]()
    targets = _targets(drafts, faults)
    frames, partial = frames_of(drafts)
    frame = draft.frame
    blank = frame["unit"].isna()
    written = frame["unit"].astype(object).to_numpy(copy=True)
    draft.written["unit"] = draft.units["unit"] = written
    numbers = frame["value"].to_numpy(dtype=float, copy=True)
    texts = written.copy()
    for (table, name), own in frame[targets >= 0].groupby(["table", "field"], sort=False):
        rows = own.index.to_numpy()
        column = TABLES[str(table)].column(str(name))
        inner = inner_unit(column.dimension, family)
        written[rows] = np.where(blank.to_numpy()[rows], inner, written[rows])
        facts = facts_of(frames, str(table), reference, partial)
        for text in dict.fromkeys(written[rows]):
            some = rows[written[rows] == text]
            unit = unit_of(draft, some, "unit", text, column.dimension, family, faults)
            texts[some] = inner_unit(column.dimension, family, "y" if unit is None else unit.time)
            if unit is None:
                numbers[some] = np.nan
            else:
                numbers[some] = converted(draft, "value", some, targets[some], unit, facts, faults)
        draft.frame["value"] = numbers.copy()
        _refuse_range(draft, column, rows, faults)
        refuse_slips(draft, "value", rows, column, targets[rows], written, facts, family, faults)
    draft.frame["unit"] = pd.Series(texts, dtype="str")
    return faults


def _targets(drafts: Drafts, faults: list[Fault]) -> Ints:
    """For each dated row, the row of its table that it overrides; -1 and a fault when there is none."""
    draft = drafts["values"]
    out = np.full(len(draft.frame), -1, dtype=np.intp)
    places: dict[str, dict[str, int]] = {}
    columns = [draft.frame[name] for name in ("table", "id", "field")]
    for i, (table, key, name) in enumerate(zip(*columns, strict=True)):
        if pd.isna(table) or pd.isna(key) or pd.isna(name):
            continue  # a blank cell: already reported
        dated = [t for t in TABLES if TABLES[t].dated]
        if table not in dated:
            faults.append(draft.fault(i, "table", f"no dated figures in a table {table!r}",
                                      "one of " + ", ".join(dated), nearest(table, dated)))
            continue
        if table not in places:
            places[table] = {k: j for j, k in reversed(list(enumerate(keys_of(table, drafts[table].frame))))}
        if name not in TABLES[table].dated:
            faults.append(draft.fault(i, "field", f"{table} has no dated figure {name!r}",
                                      "one of " + ", ".join(TABLES[table].dated), nearest(name, TABLES[table].dated)))
        elif key not in places[table] and not drafts[table].partial:
            faults.append(draft.fault(i, "id", f"{key!r} is not in {table}", "the key of one of its rows, parts joined "
                                      "by '/'" if len(TABLES[table].key) > 1 else "the id of one of its rows",
                                      nearest(key, places[table])))
        else:
            out[i] = places[table].get(key, -1)
    return out


def _refuse_range(draft: Draft, column: Column, rows: Ints, faults: list[Fault]) -> None:
    """A dated figure obeys the hard limits of the column that it overrides."""
    values = draft.frame["value"].to_numpy(dtype=float)
    for i in map(int, rows):
        if np.isinf(values[i]) and not column.unlimited:
            faults.append(draft.fault(i, "value", "'unlimited'", f"a finite number: {column.name} has a limit always"))
        elif np.isfinite(values[i]) and (wrong := out_of_range(column, float(values[i]))):
            faults.append(draft.fault(i, "value", f"{column.name} {values[i]:g}", wrong,
                                      "Correct the figure or its unit."))


def by_period(drafts: Drafts, table: str, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Floats]]]:
    """The columns as they stand in the base ('') and in every period that a dated row names; rates a year.

    A month takes its season's and its year's figures where it has none of its own, as the network does.
    """
    frame = drafts[table].frame
    if not len(frame):
        return
    units = {name: _unit_texts(frame, TABLES[table].column(name)) for name in columns}
    yield "", {name: frame[name].to_numpy(dtype=float) * _a_year(units[name], "") for name in columns}
    place = {key: i for i, key in enumerate(keys_of(table, frame))}
    rows: dict[str, list[tuple[str, int, float, str]]] = {}
    dated = drafts["values"].cells("table", "id", "field", "period", "value", "unit")
    for of, key, name, period, value, unit in dated:
        if of == table and key in place and name in columns and value == value and pd.notna(period):
            rows.setdefault(period, []).append((name, place[key], value, unit))
    for period in rows:
        out = {name: frame[name].to_numpy(dtype=float) * _a_year(units[name], period) for name in columns}
        levels = [period[:4], f"*-{period[5:]}", period] if len(period) == 7 and period[0] != "*" else [period]
        for level in levels:
            for name, i, value, unit in rows.get(level, ()):
                out[name][i] = value * _a_year([unit], period)[0]
        yield period, out


def _unit_texts(frame: pd.DataFrame, column: Column) -> list[str]:
    return [str(text) for text in frame[column.unit]] if column.unit else [""] * len(frame)


def _a_year(units: Sequence[str], label: str) -> Floats:
    """What one of each unit comes to a year, in the period that a label names; '' and seasons: in a common year."""
    year, _, month = label.partition("-")
    period = Period(label, int(year) if year.isdigit() else COMMON_YEAR, int(month) if month else None)
    rate = {time: period.count(time) / period.years for time in PER_YEAR}
    return np.array([rate[time_of(unit)] for unit in units], dtype=float)
