"""Several packs as one: their tables one under another, and what two packs may both say.

Places (nodes), what reaches both (groups of the same kind and name) and equal rows are shared.  Two rows with one key
that say different things are refused: an edit, a price or a meter of that name would mean both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pandas as pd

from energy_routes.errors import Fault, refuse
from energy_routes.pack import PROVENANCE, TABLES, Pack, Table, Time, keys_of, time_of

# Where a figure comes from may be told twice; a group is called by each pack as its own readers call it.
REMARKS = frozenset(column.name for column in PROVENANCE)
SHARED = frozenset({"groups"})

Keys = Mapping[str, Sequence[str]]  # of the rows of each table
Dated = Mapping[tuple[str, str, str], Mapping[str, Sequence[tuple[str, float, Time]]]]


class Stack:
    """Packs as one.  What is found of them here is found once for all networks over them, whatever their edits.

    ``packs``: those under one another, in order.
    """

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self.packs = packs
        self._keys: dict[str, list[str]] = {}
        self._places: dict[str, dict[str, int]] = {}
        self._families: dict[str, dict[str, str]] = {}

    def __reduce__(self) -> tuple[type[Stack], tuple[tuple[Pack, ...]]]:
        return type(self), (self.packs,)  # another process finds the rest where it needs it

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The canonical tables of all packs, one under another, shared rows once.

        Raises DataError naming every key that two packs use for different things.
        """
        return _stacked(self.packs)

    def keys(self, table: str) -> Sequence[str]:
        """The key of each row of a table."""
        if table not in self._keys:
            self._keys[table] = keys_of(table, self.tables[table])
        return self._keys[table]

    def places(self, table: str) -> Mapping[str, int]:
        """The row of each key of a table."""
        if table not in self._places:
            self._places[table] = {key: row for row, key in enumerate(self.keys(table))}
        return self._places[table]

    def families(self, table: str) -> Mapping[str, str]:
        """The family of each key of a table: that of the (first) pack it stands in."""
        if table not in self._families and len(self.packs) == 1:
            self._families[table] = dict.fromkeys(self.keys(table), self.packs[0].family.id)
        elif table not in self._families:
            self._families[table] = {key: pack.family.id for pack in reversed(self.packs)
                                     for key in keys_of(table, pack.tables[table])}  # fmt: skip
        return self._families[table]

    @cached_property
    def dated(self) -> Dated:
        """Dated figures by (table, column, level), then period, as (id, value, what a rate is per)."""
        out: dict[tuple[str, str, str], dict[str, list[tuple[str, float, Time]]]] = {}
        columns = (self.tables["values"][c].tolist() for c in ("table", "id", "field", "period", "value", "unit"))
        for table, name, column, period, value, unit in zip(*columns, strict=True):
            level = "season" if period.startswith("*") else "month" if "-" in period else "year"
            dated = (name, value, time_of(str(unit)))
            out.setdefault((table, column, level), {}).setdefault(period, []).append(dated)
        return out


def _stacked(packs: Sequence[Pack]) -> Mapping[str, pd.DataFrame]:
    if len(packs) == 1:
        return packs[0].tables
    keys = [{name: keys_of(name, frame) for name, frame in pack.tables.items()} for pack in packs]
    faults = [fault for at, pack in enumerate(packs) for other in range(at)
              for fault in _clashes(packs[other], keys[other], pack, keys[at])]  # fmt: skip
    refuse(" + ".join(pack.name for pack in packs), faults)
    return {name: _under_another(table, [pack.tables[name] for pack in packs], [own[name] for own in keys])
            for name, table in TABLES.items()}  # fmt: skip


def _under_another(table: Table, frames: Sequence[pd.DataFrame], keys: Sequence[Sequence[str]]) -> pd.DataFrame:
    """The rows of all packs, those with one key once."""
    whole = pd.concat(frames, ignore_index=True)
    if len({key for own in keys for key in own}) == len(whole):
        return whole
    return whole.drop_duplicates(list(table.key), ignore_index=True)


def _clashes(first: Pack, taken: Keys, second: Pack, keys: Keys) -> Iterable[Fault]:
    for name, table in TABLES.items():
        if name in SHARED:
            continue
        places = {key: row for row, key in enumerate(taken[name])}
        said = [column for column in table.names if column not in REMARKS]
        for row, key in enumerate(keys[name]):
            if key not in places:
                continue
            here, there = second.tables[name].iloc[row], first.tables[name].iloc[places[key]]
            if differ := [column for column in said if not _same(here[column], there[column])]:
                at = f"{first.name}/{first.files[name]} row {first.rows[name][places[key]]}"
                yield Fault(
                    f"{second.name}/{second.files[name]}", int(second.rows[name][row]), table.key[-1],
                    f"{key!r} stands also in {at}, with another {' and '.join(differ[:3])}",
                    "names of its own in each pack, or equal rows",
                    f"Rename it in one of the two (say {f'{key}_{second.family.id.upper()}'!r}), with all that refers "
                    "to it; or make the rows equal, where they mean one thing.",
                )  # fmt: skip


def _same(one: object, other: object) -> bool:
    if isinstance(one, tuple) or isinstance(other, tuple):
        return one == other
    return bool(pd.isna(one) and pd.isna(other)) or bool(one == other)  # type: ignore[call-overload]
