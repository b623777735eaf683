"""Alternatives: plans that are nearly as good and lead another way, each named by what sets it apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from energy_routes.case import ALL, Case
from energy_routes.errors import UsageError
from energy_routes.linear import Vector
from energy_routes.pack import annotated, in_html
from energy_routes.plan import Plan, clean
from energy_routes.solving import Far, Within, bands_of, farthest, optimum_of, others, volumes
from energy_routes.studies.study import Study

MOST = 6
TOLD = 2  # corridors that name a plan
SLIGHT = 1e-6
COLUMNS = ["plan", "name", "gives_up", "distance", "gap", "objective"]


@dataclass(frozen=True, eq=False, repr=False)
@annotated
class Alternatives(Study):
    """Plans within a band of the best one, as different from it and from each other as can be.

    Attributes
    ----------
    case : Case
        The question.
    within : str
        The band as it was asked for.
    loss : float
        What a plan may lose of the objective, MUSD.
    plans : DataFrame
        A row a plan: plan (1 is the best one), name (what sets it apart), gives_up and objective (MUSD), distance (Mt
        or bcm by which its corridors differ from those of the nearest plan before it, summed), gap (relative, left
        of the largest such distance).
    corridors : DataFrame
        A row a plan and corridor: plan, family, kind, corridor, name, volume, change (against the best plan), unit.
        Where a family has no corridors its lines stand there (kind arc).
    """

    case: Case
    within: str
    loss: float
    plans: pd.DataFrame
    corridors: pd.DataFrame
    _made: tuple[Plan, ...]
    stem: ClassVar = "alternatives"
    head: ClassVar = ("within", "loss")
    tables: ClassVar = ("plans", "corridors")

    def __repr__(self) -> str:
        count = len(self.plans) - 1
        told = f"{count} more" if count else "there are none"
        return f"Alternatives({self.case.name!r}, within {self.within} ({self.loss:,.1f} MUSD): {told})"

    def _repr_html_(self) -> str:
        return f"<p><code>{self!r}</code></p>" + in_html(self.plans)

    def plan(self, number: int) -> Plan:
        """One of the plans, with its tables and maps.

        Parameters
        ----------
        number : int
            As in ``plans``; 1 is the best one.

        Returns
        -------
        Plan
            Without prices of limits where it is not the best one: its status is then 'feasible'.

        Raises
        ------
        UsageError
            There is no such plan.
        """
        if not 1 <= number <= len(self._made):
            raise UsageError(f"there is no plan {number}; expected 1 to {len(self._made)}")
        return self._made[number - 1]


@annotated
def alternatives(case: Case | Plan, within: Within = "1 %", n: int = 3) -> Alternatives:
    """Plans that are nearly as good as the best one, and as different from it and each other as can be.

    Two plans differ by the volumes of their corridors over the horizon: the sum of the differences; where a family has
    no corridors, by those of its lines.  Each next plan is
    the one whose nearest plan before it is farthest away, proved up to the gap told; of more than twelve corridors
    those that can move most are looked at.  Of plans with the same corridors the best is taken.

    Parameters
    ----------
    case : Case or Plan
        The question, or its plan.
    within : float or str
        What a plan may lose: as for :func:`energy_routes.ranges`.
    n : int
        How many plans besides the best one, 1 to 6.

    Returns
    -------
    Alternatives
        The best plan and at most ``n`` others: fewer, or none, where no other is farther than a thousandth of what is
        exported.

    Raises
    ------
    UsageError
        ``n`` is out of range, the band is not understood, or a plan that was read back is refused as by
        :func:`energy_routes.ranges`.
    DataError, InfeasibleError, UnboundedError, LimitError, SolverError, VerificationError
        As :func:`energy_routes.solve`.

    References
    ----------
    E. D. Brill, S.-Y. Chang and L. D. Hopkins, "Modeling to generate alternatives: the HSJ approach and an illustration
    using a problem in land use planning", Management Science 28 (1982), doi:10.1287/mnsc.28.3.221.

    Examples
    --------
    >>> import energy_routes as er
    >>> found = er.alternatives(er.load("oil-2024"), within="1 %", n=2)
    >>> len(found.plans)
    3
    """
    if not 1 <= n <= MOST:
        raise UsageError(f"n = {n}: how many alternatives; expected 1 to {MOST}")
    optimum, best = optimum_of(case)
    (band,) = bands_of(best.case, within, optimum.exports, optimum.solution.objective)
    of = volumes(optimum.space, optimum.program.shape[1], by_period=False)
    own = _ways(of.labels)
    labels, weights = of.labels[own], of.weights[np.flatnonzero(own)]
    found = list(farthest(optimum, band.loss, weights, n))
    start = Far(optimum.solution.x, weights @ optimum.solution.x, optimum.solution.objective, np.nan, 0.0)
    names = _names([far.volumes - start.volumes for far in found], list(labels["name"]))
    units = best.case.network.units("volume")
    rows = [(at, name, abs(start.objective - far.objective), far.distance, far.gap, far.objective)
            for at, (far, name) in enumerate(zip([start, *found], ["the best plan", *names], strict=True), 1)]
    parts = [pd.DataFrame({
        "plan": at, **labels[["family", "kind"]], "corridor": labels["id"], "name": labels["name"],
        "volume": clean(far.volumes), "change": clean(far.volumes - start.volumes), "unit": labels["family"].map(units),
    }) for at, far in enumerate([start, *found], 1)]  # fmt: skip
    made = (best, *others(optimum, [far.x for far in found], band.loss))
    plans = pd.DataFrame(rows, columns=COLUMNS)
    return Alternatives(best.case, band.name, band.loss, plans, pd.concat(parts, ignore_index=True), made)


def _ways(labels: pd.DataFrame) -> pd.Series[bool]:
    """Which volumes two plans differ by: corridors; of a family that has none, its lines."""
    corridors = (labels["kind"] == "corridor") & (labels["family"] != ALL)
    return corridors | ((labels["kind"] == "arc") & ~labels["family"].isin(labels.loc[corridors, "family"]))


def _names(changes: Sequence[Vector], corridors: Sequence[str]) -> list[str]:
    """What sets each plan apart: the corridors that change most against the best plan, as many as tell all apart.

    Where no number of them does, by how much each changes.
    """
    for most in range(TOLD, len(corridors) + 1):
        names = [_name(change, corridors, most) for change in changes]
        if len({frozenset(name.split(", ")) for name in names}) == len(names):  # in whatever order they are told
            return names
    return [_name(change, corridors, TOLD, by=True) for change in changes]


def _name(change: Vector, corridors: Sequence[str], most: int, *, by: bool = False) -> str:
    order = [at for at in np.argsort(-np.abs(change), kind="stable")[:most] if abs(change[at]) > SLIGHT]
    return ", ".join(f"{'more' if change[at] > 0 else 'less'} {corridors[at]}{f' by {abs(change[at]):.2f}' * by}"
                     for at in order)  # fmt: skip
