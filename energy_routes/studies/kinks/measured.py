"""Volumes that are told at a kink: corridors, markets and supplies, and arcs, as sums of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from energy_routes.case import ALL, Case
from energy_routes.formulation import Space
from energy_routes.linear import Standing, Vector
from energy_routes.network import Names, group_names
from energy_routes.studies.kinks.laid import Laid

TOLD_OF = ("corridor", "market")


@dataclass(frozen=True, eq=False)
class Measured:
    """Volumes by name, as sums of columns: ``weights`` of shape (names, columns)."""

    names: list[str]
    weights: Vector

    @cached_property
    def standing(self) -> Standing:
        return Standing(self.weights)

    def volumes(self, of: Laid, cases: Sequence[Case]) -> list[Vector] | None:
        """The volumes in the plans of cases; where all plans as good have the same, any of them serves.

        None where a plan has other columns.
        """
        plans = [of.point(case, self.standing) for case in cases]
        same = all(len(x) == self.weights.shape[1] for x in plans)
        return [self.weights @ x for x in plans] if same else None


def measures(space: Space, size: int) -> tuple[list[str], Vector, int]:
    """Names and weights of what is told at a kink: corridors, markets, supplies; how many these are; then arcs."""
    called = Names(space.case.network.tables)
    groups = space.exposure.axis.frame
    volumes = groups["kind"].isin(TOLD_OF) & (groups["family"] != ALL)  # of both together there is a value, no volume
    # Families may share the id of a group, and their volumes have no sum.
    own = groups["family"] + "/" + groups["kind"] + ":" + groups["group"]
    names_of = {f"{family}/{kind}:{group}": name
                for (kind, group, family), name in group_names(space.case.network.packs).items()}  # fmt: skip
    parts = [(space.exposure, own.where(volumes), names_of),
             (space.lifted, space.lifted.axis.frame["supply"], called.supply),
             (space.flow, space.flow.axis.frame["arc"], called.arc)]  # fmt: skip
    names, rows = [], []
    for expr, label, words in parts:
        for key in dict.fromkeys(label.dropna()):
            mask = (label == key).to_numpy(dtype=bool)
            rows.append(expr.of_rows(mask, size))
            names.append(str(words.get(key, key)))
    arcs = len(set(space.flow.axis.frame["arc"]))
    return names, np.array(rows).reshape(len(names), size), len(names) - arcs
