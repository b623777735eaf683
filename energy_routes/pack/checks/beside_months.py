"""Rows of a year that say something else than the twelve months beside them: ``check`` tells them.

An annual case takes the months (see :mod:`energy_routes.network`), so that such a row of a year stands for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from energy_routes.errors import Fault
from energy_routes.pack.pack import Pack
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.units.periods import Period, a_year, means
from energy_routes.pack.units.told import in_digits
from energy_routes.pack.units.units import inner_unit, time_of

ALLOWED = 0.02  # of the mean of the months


class _Cell(NamedTuple):
    row: int
    value: float
    unit: str


def years_unlike_months(pack: Pack) -> list[Fault]:
    """The dated rows of a year that differ by over 2 % from the mean of twelve rows of months (or seasons)."""
    values, out = pack.tables["values"], []
    figures: dict[tuple[str, str, str], dict[str, _Cell]] = {}
    for row, (table, key, name, period, value, unit) in enumerate(
        values[["table", "id", "field", "period", "value", "unit"]].itertuples(index=False)
    ):
        figures.setdefault((table, key, name), {})[period] = _Cell(row, value, unit)
    for (table, key, name), cells in figures.items():
        column = TABLES[table].column(name)
        if column.instant:
            continue
        inner = inner_unit(column.dimension, pack.family)
        for year, own, mean in _beside(cells):
            off = f", {in_digits(own.value / mean - 1, '+.1%')} off" if mean else ""
            out.append(pack.fault(
                "values", own.row, "value", found=f"{table} {key} {name} is {own.value:.4g} {inner} in {year}{off}",
                expected=f"the mean of its twelve months, {mean:.4g}, within 2 %",
                repair="An annual case takes the months: correct one of them, or remove the row.",
            ))  # fmt: skip
    return out


def _beside(cells: dict[str, _Cell]) -> Iterator[tuple[str, _Cell, float]]:
    """(year, its row, the mean of its months), both a year, where twelve rows stand beside it and differ from it."""
    for label, cell in cells.items():
        if not label.isdigit():
            continue
        year = Period(label, int(label))
        months = [cells.get(month.label) or cells.get(f"*-{month.label[5:]}") for month in year.months]
        if any(month is None for month in months):
            continue
        rates = [m.value * a_year(time_of(m.unit), (p,))[0] for m, p in zip(months, year.months, strict=True) if m]
        mean = float(means(np.array(rates), (year,))[0])
        own = cell.value * year.count(time_of(cell.unit)) / year.years
        if own != mean and not abs(own - mean) <= ALLOWED * abs(mean):
            yield label, cell._replace(value=own), mean
