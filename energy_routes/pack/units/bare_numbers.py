"""The unit of a bare number: the one in which the row that it speaks of is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from energy_routes.errors import UnitError
from energy_routes.pack.convert import facts_of, reference_of
from energy_routes.pack.pack import Pack, by_key
from energy_routes.pack.reading.typed import significant
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.units.units import in_own_time, inner_unit, known_units, parse_unit, to_inner


def own_units(packs: Sequence[Pack], table: str, key: str, column: str) -> tuple[str, ...]:
    """The units in which a figure is stated, each once: in its row, and in its dated rows of ``values``.

    A figure of 0, without limit or blank is the same in every unit: where there is no other, the unit of the row's
    further figures is taken.  Empty where nothing tells a unit.
    """
    unit_column = TABLES[table].column(column).unit
    if unit_column is None:
        return (inner_unit(TABLES[table].column(column).dimension, packs[0].family),)
    stated: list[str] = []
    silent: list[str] = []
    for pack in packs:
        row = pack.place(table, key)
        if row is not None:
            figure = float(pack.tables[table][column].iloc[row])
            (stated if figure and np.isfinite(figure) else silent).append(str(pack.units[table][unit_column][row]))
            stated += pack.once(("dated", table), lambda: _dated_units(pack, table)).get((key, column), [])  # noqa: B023
    return tuple(dict.fromkeys(unit for unit in stated or silent if unit))


def _dated_units(pack: Pack, table: str) -> dict[tuple[str, str], list[str]]:
    """The units of the dated figures of a table, by key and column."""
    values = pack.tables["values"]
    rows = zip(*(values[name].tolist() for name in ("table", "id", "field")), pack.units["values"]["unit"], strict=True)
    return by_key(((key, column), str(unit)) for own, key, column, unit in rows if own == table)


def own_unit(packs: Sequence[Pack], table: str, key: str, column: str) -> str:
    """The unit in which a bare number for ``table.column`` of a row is read.

    Raises UnitError, offering units, where the row and its dated figures are in several, or none tells one.
    """
    found = own_units(packs, table, key, column)
    if len(found) == 1:
        return found[0]
    known = known_units(TABLES[table].column(column).dimension, (home(packs, table, key).family,))
    offered = found or tuple(u.text for u in known.values()
                             if u.needs != "length_km" or table in ("arcs", "lanes"))[:9]
    told = f"{key!r} is written in several" if found else f"the table tells none for {key!r}"
    raise UnitError(f"a number without a unit, and {told}", " or ".join(offered), f"Write it: '8 {offered[0]}'.")


def to_inner_of(packs: Sequence[Pack], table: str, key: str, column: str, unit: str) -> Callable[[float], float]:
    """What turns values, written in ``unit`` for a row, into the inner unit (a rate by its own time), as its table is.

    Barrels and heating values are those of the row's commodities, else of the pack's reference; distances those of its
    arc.  Raises UnitError for a unit of another dimension or family, or one that needs what is not known of the row.
    """
    pack = home(packs, table, key)
    dimension = TABLES[table].column(column).dimension
    own = parse_unit(unit, dimension, pack.family)
    if not own.serves(pack.family):
        raise UnitError(f"{unit!r} for a row of {pack.family.id}", f"a unit of {pack.family.id}",
                        f"Write the figure in {inner_unit(dimension, pack.family)}.")  # fmt: skip
    facts = pack.once(("facts", table), lambda: facts_of(
        pack.tables, table, reference_of(pack.meta, pack.tables["commodities"])))  # fmt: skip
    row = pack.place(table, key)
    assert row is not None, "the pack is the row's home"
    own, known = in_own_time(own), facts.properties(row)
    return lambda value: significant(to_inner(value, own, dimension, **known))


def home(packs: Sequence[Pack], table: str, key: str) -> Pack:
    """The pack that a row stands in: the first that has its key."""
    return packs[0] if len(packs) == 1 else next(pack for pack in packs if pack.place(table, key) is not None)
