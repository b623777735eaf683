"""Levels of a sweep: the grid of some paths and their values, or a list of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.pack import read_cells
from energy_routes.solving import Changes, changes_of


def levels_of(
    over: Mapping[str, Sequence[float | str | bool]] | None,
    levels: str | Path | pd.DataFrame | Iterable[Changes] | None,
) -> tuple[Changes, ...]:
    """The changes of each level; none where neither a grid nor a list is given.

    Raises UsageError where both are, a path of a grid has no value, or what is given is no table or has no row;
    DataError where a file cannot be read.
    """
    if over and levels is not None:
        raise UsageError("a grid and a list of levels are given; expected one of the two")
    if levels is not None:
        table = read_cells(Path(levels), "table of levels") if isinstance(levels, str | Path) else levels
        if not (rows := tuple(changes_of(table))):
            raise UsageError("the table of levels has no row; expected one for each level")
        return rows
    for path, values in (over or {}).items():
        if isinstance(values, str) or not len(values):
            raise UsageError(f"{path} has the values {values!r}; expected a list of some, such as [20, 40, 60]")
    return tuple(dict(zip(over, values, strict=True)) for values in product(*over.values())) if over else ()
