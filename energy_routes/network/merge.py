"""Several packs as one: their tables one under another, and what two packs may both say.

Places (nodes), what reaches both (groups of the same kind and name) and equal rows are shared.  Two rows with one key
that say different things are refused: an edit, a price or a meter of that name would mean both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from energy_routes.errors import DataError, Fault
from energy_routes.pack import PROVENANCE, TABLES, Pack, keys_of

# Where a figure comes from may be told twice; a group is called by each pack as its own readers call it.
REMARKS = frozenset(column.name for column in PROVENANCE)
SHARED = frozenset({"groups"})


def stacked(packs: Sequence[Pack]) -> Mapping[str, pd.DataFrame]:
    """The canonical tables of all packs, one under another, shared rows once.

    Raises DataError naming every key that two packs use for different things.
    """
    if len(packs) == 1:
        return dict(packs[0].tables)
    faults = [fault for at, pack in enumerate(packs) for other in packs[:at] for fault in _clashes(other, pack)]
    if faults:
        raise DataError(" + ".join(pack.name for pack in packs), faults)
    return {
        name: pd.concat([pack.tables[name] for pack in packs], ignore_index=True).drop_duplicates(
            list(table.key), ignore_index=True
        )
        for name, table in TABLES.items()
    }


def families_of(packs: Sequence[Pack], table: str) -> dict[str, str]:
    """The family of each id of a table: that of the (first) pack it stands in."""
    return {str(name): pack.family.id for pack in reversed(packs) for name in pack.tables[table]["id"]}


def _clashes(first: Pack, second: Pack) -> Iterable[Fault]:
    for name, table in TABLES.items():
        if name in SHARED:
            continue
        places = {key: row for row, key in enumerate(keys_of(name, first.tables[name]))}
        said = [column for column in table.names if column not in REMARKS]
        for row, key in enumerate(keys_of(name, second.tables[name])):
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
