"""Figures that may change while the structure of a case stays: of its tables, of its policy, of plans it rests on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import pandas as pd

from energy_routes.case import Case, Policy
from energy_routes.linear import Tape, Vector
from energy_routes.network import Edit, Network
from energy_routes.pack import Period, by_key

POLICY, HELD, REFERENCE = "policy", "held", "reference"  # topics of figures that stand in no table


class Asked(Protocol):
    """What a figure that stands in no table is read from: a space, or a question."""

    @property
    def policy(self) -> Policy: ...
    @property
    def held(self) -> Mapping[str, float]: ...
    @property
    def reference(self) -> Mapping[tuple[str, ...], float]: ...


Read = Callable[[Asked], Vector]


@dataclass(frozen=True)
class Question:
    """What two cases of one structure differ in.

    Policy, exports held (Mt or bcm, by family), what groups carry in the plans without each unforeseen event (Mt or
    bcm, by event, kind, group, family and period), edits of figures.
    """

    policy: Policy
    held: Mapping[str, float] = field(default_factory=dict)
    reference: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()

    @cached_property
    def by_column(self) -> Mapping[tuple[str, str], list[Edit]]:
        """The edits of each table and column, in order."""
        return by_key(((edit.table, edit.field), edit) for edit in self.edits)


@dataclass(frozen=True, repr=False)
class RecordedNetwork(Network):
    """A network whose figures are leaves of a tape: the figures of its packs under the edits of a question.

    ``asked`` is the question of the case that it was made of; edits beyond those are part of the structure.
    """

    tape: Tape = field(default_factory=Tape)
    asked: Question = field(default_factory=lambda: Question(Policy()))
    leaves: dict[Hashable, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> RecordedNetwork:
        """The network of a case, its figures recorded on a new tape."""
        network = case.network
        made = cls(network.packs, network.edits, network._stack, asked=Question(case.policy, edits=network.edits))
        vars(made)["tables"] = network.tables
        return made

    def _by_month(self, table: str, column: str, months: Sequence[Period], edited: bool) -> Vector:
        """The numbers of a column by month, recorded; edits beyond those of a question stay on top of them."""
        stated = super()._by_month(table, column, months, False)
        if not edited:
            return stated
        place, own = self._places(table), self.edits[len(self.asked.edits) :]

        def read(question: Question) -> Vector:
            edits = Network(self.packs, (*question.by_column.get((table, column), ()), *own))
            return edits._apply(stated.copy(), table, column, place, months)

        return self._leaf((table, column, tuple(months), own), (table, column), read)

    def figure(self, topic: str, read: Read, of: Asked) -> Vector:
        """A figure that stands in no table, recorded; as it is where another policy than the case's is looked at."""
        if of.policy != self.asked.policy:
            self.leaves[POLICY] = None
            return read(of)
        return self.tape.leaf(topic, read, read(of))

    @property
    def policy_is_fixed(self) -> bool:
        """Whether some figure was read from a policy that was made of the case's."""
        return POLICY in self.leaves

    def labels(self) -> pd.DataFrame:
        """What each number of the leaves is, in their order: ``table``, ``id``, ``column``, ``month``.

        A figure that stands in no table has its topic as ``table``, and its place there as ``id``.
        """
        known = {leaf.node: key for key, leaf in self.leaves.items() if isinstance(key, tuple)}
        rows: list[tuple[object, ...]] = []
        for leaf in self.tape.leaves:
            table, column, months, _ = known.get(leaf.node, (leaf.topic, "", (), ()))
            if months:
                rows += ((table, key, column, month.label) for key in self.ids(table) for month in months)
            else:
                rows += ((table, str(at), "", "") for at in range(self.tape.values[leaf.node].size))
        return pd.DataFrame(rows, columns=["table", "id", "column", "month"], dtype=object)

    def _places(self, table: str) -> Mapping[str, int]:
        if table not in self.leaves:
            self.leaves[table] = {name: row for row, name in enumerate(self.ids(table))}
        found: Mapping[str, int] = self.leaves[table]
        return found

    def _leaf(self, key: Hashable, topic: Hashable, read: Callable[[Question], Vector]) -> Vector:
        if key not in self.leaves:
            self.leaves[key] = self.tape.leaf(topic, read, read(self.asked))
        found: Vector = self.leaves[key]
        return found
