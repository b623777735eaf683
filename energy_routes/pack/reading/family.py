"""The family of a pack: oil, gas, or the one that the pack defines."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack.reading.typed import Draft
from energy_routes.pack.schema.family_tables import PRICE_UNIT, UNIT
from energy_routes.pack.units.families import BUILT_IN, Conversion, Family, own_family


def known_families(families: Draft, units: Draft, faults: list[Fault]) -> dict[str, Family]:
    """Oil, gas, and what the pack's tables ``families`` and ``family_units`` define, by id; appends what is wrong.

    A row with a fault defines nothing.
    """
    built_in = {family.id: family for family in BUILT_IN}
    if not len(families.frame) and not len(units.frame):
        return built_in
    faults += _ambiguous(families, units)
    needed = [column.name for column in families.table.columns if column.required]
    rows = families.frame.dropna(subset=needed).to_dict("records")
    return built_in | {row["id"]: _defined(row, units.frame) for row in rows}


def _defined(row: Mapping[Hashable, Any], units: pd.DataFrame) -> Family:
    """The family of a row of ``families``."""
    names = (row["name"], *(row["name"] if pd.isna(row[key]) else row[key] for key in ("name_ru", "name_kk")))
    own = units[units["family"] == row["id"]].dropna(subset=["of", "unit", "factor"])
    needs = own["needs"].fillna("")
    conversions = [Conversion(*cells) for cells in zip(own["unit"], own["of"], own["factor"], needs, strict=True)]
    return own_family(row["id"], names, row["volume_unit"], row["small_unit"], row["price_unit"], row["colour"],
                      conversions, gaseous=row["gaseous"])


def _ambiguous(families: Draft, units: Draft) -> Iterable[Fault]:
    """A unit that would have two sizes or dimensions: a small one like the large, a further one like one of these."""
    for at, row in enumerate(families.frame.to_dict("records")):
        if row["small_unit"] == row["volume_unit"]:
            yield families.fault(at, "small_unit", f"{row['small_unit']!r} is `volume_unit` already",
                                 families.table.column("small_unit").meaning, "Name another unit.")
    taken = {(row["id"], row[key]) for row in families.frame.to_dict("records")
             for key in ("volume_unit", "small_unit", "price_unit")}
    for at, (of, unit) in enumerate(units.cells("of", "unit")):
        pattern, expected = PRICE_UNIT if of == "unit_value" else UNIT
        if not pd.isna(unit) and not pd.isna(of) and not re.fullmatch(pattern, unit):
            yield units.fault(at, "unit", f"{unit!r} of a {of}", expected)
    for at, key in enumerate(zip(units.frame["family"], units.frame["unit"], strict=True)):
        if key in taken:
            yield units.fault(at, "unit", f"{key[1]!r} is a unit of {key[0]} by `families` already", "a further unit",
                              "Remove the row.")
