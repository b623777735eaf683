"""What two cases are asked differently: figures and levers, each of which can be changed by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from energy_routes.case import BOUNDS, LEVERS, Case
from energy_routes.network import CHOICES, Edit, Network
from energy_routes.pack import Period, months_of


@dataclass(frozen=True)
class Change:
    """One figure or lever that is not the same: ``path`` as ``--set`` has it, and the ``group`` that it belongs to.

    A group is a column of a table (``arc.tariff``) or a lever (``policy.max_share``).
    """

    path: str
    group: str
    key: tuple[str, ...]

    @property
    def member(self) -> str:
        """What tells it from the others of its group: ``arc:BTC``, ``transit:RU``; a lever by itself is alone."""
        if self.path == self.group:
            return self.path
        return self.path.removeprefix(f"{self.group}.").removesuffix(f".{self.group.partition('.')[2]}")


def apart(before: Case, after: Case) -> list[str]:
    """Why what differs between two cases cannot be told as single changes; empty where it can."""
    found = []
    if before.periods != after.periods:
        found.append(f"their periods differ: {before.span} and {after.span}")
    if before.families != after.families:
        found.append(f"their families differ: {' and '.join(before.families)}, and {' and '.join(after.families)}")
    elif before.network.packs != after.network.packs:
        found.append("their packs differ")
    if before.past != after.past:
        found.append("what had happened before their horizon differs")
    if before.policy.objective != after.policy.objective:
        found.append(f"one seeks {before.policy.objective}, the other {after.policy.objective}")
    return found


def versus(before: Case, after: Case) -> str:
    """What is compared with what; where both have one name, the changed one with what is changed."""
    if before.name != after.name or apart(before, after):
        return f"{after.name} against {before.name}"
    first, *others = [change.path for change in changes(before, after)] or ["unchanged"]
    more = f" and {len(others)} more" if len(others) > 1 else "".join(f", {other}" for other in others)
    return f"{after.name} ({first}{more}) against {before.name}"


def changes(before: Case, after: Case) -> list[Change]:
    """What differs, figure by figure and lever by lever; figures that edits leave at the same value do not."""
    return [*_figures(before.network, after.network, months_of(before.periods)), *_levers(before, after)]


def between(before: Case, after: Case, made: Collection[Change]) -> Case:
    """The case before with some changes made: their figures and levers are those of the case after."""
    keys = {change.key for change in made}
    kept = [edit for edit in before.edits if _key(edit) not in keys]
    new = [edit for edit in after.edits if _key(edit) in keys]
    levers: dict[str, Any] = {}
    for lever in fields(before.policy):
        old, laid = _parts(before, lever.name), _parts(after, lever.name)
        chosen = [laid.get(part) if (lever.name, *part) in keys else old.get(part)
                  for part in dict.fromkeys([*old, *laid])]  # fmt: skip
        bounds = tuple(bound for bound in chosen if bound is not None)
        levers[lever.name] = bounds if lever.name in BOUNDS else chosen[0]
    network = replace(before.network, edits=(*kept, *new))
    return replace(before, network=network, policy=replace(before.policy, **levers))


def _figures(before: Network, after: Network, months: Sequence[Period]) -> Iterator[Change]:
    columns = dict.fromkeys((edit.table, edit.field) for network in (before, after) for edit in network.edits)
    for table, column in columns:
        edited = {edit.id: edit.target for network in (before, after) for edit in network.edits
                  if (edit.table, edit.field) == (table, column)}  # fmt: skip
        for name in _other_rows(before, after, table, column, months):
            if name in edited:
                word = edited[name].partition(":")[0]
                yield Change(f"{edited[name]}.{column}", f"{word}.{column}", (table, name, column))


def _other_rows(before: Network, after: Network, table: str, column: str, months: Sequence[Period]) -> list[str]:
    """The rows of a column that are not the same in some month."""
    ids = before.ids(table)
    if (table, column) in CHOICES:
        told = [{name: [(e.op, e.value, e.periods) for e in network.edits if _key(e) == (table, name, column)]
                 for name in ids} for network in (before, after)]  # fmt: skip
        return [name for name in ids if told[0][name] != told[1][name]]
    old, new = (network.resolve(table, column, months) for network in (before, after))
    same = ((old == new) | (np.isnan(old) & np.isnan(new))).all(axis=1)
    return [name for name, alike in zip(ids, same, strict=True) if not alike]


def _levers(before: Case, after: Case) -> Iterator[Change]:
    for lever in LEVERS:
        old, new = _parts(before, lever), _parts(after, lever)
        for part in dict.fromkeys([*old, *new]):
            if old.get(part) != new.get(part):
                yield Change(".".join(("policy", lever, *part[:1])), f"policy.{lever}", (lever, *part))


def _parts(case: Case, lever: str) -> dict[tuple[str, ...], Any]:
    """The bounds of a lever by name; any other lever is one part."""
    value = getattr(case.policy, lever)
    return {(bound.name, bound.over): bound for bound in value} if lever in BOUNDS else {(): value}


def _key(edit: Edit) -> tuple[str, ...]:
    return edit.table, edit.id, edit.field
