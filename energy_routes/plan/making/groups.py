"""What each group of arcs and markets carries of what is sold abroad, and where an event holds it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.case import ALL
from energy_routes.formulation import Space
from energy_routes.linear import Vector, positions, summed
from energy_routes.network import group_names
from energy_routes.plan.columns import ratio, units
from energy_routes.plan.price_table import clean
from energy_routes.plan.solved import Solved

if TYPE_CHECKING:
    from energy_routes.plan.plan import Plan

KEYS = ["kind", "group", "family"]


def groups_table(of: Solved) -> pd.DataFrame:
    """Volume sold abroad, capacity of the meters and how far they are used, and share of each group.

    By period and in total.  What is used is what enters at the meters, before the losses that follow.
    """
    space, groups = of.space, of.space.exposure.axis
    figures = np.stack([
        clean(space.exposure.value(of.x)), space.share_totals.spread_to(groups).value(of.x), _entering(of),
        _capacity(of),
    ]).reshape(4, -1, len(space.case.periods))  # the periods of a group stand together
    volume, total, inlet, capacity = np.concatenate([figures.sum(axis=2), figures.reshape(4, -1)], axis=1)
    labels, called = groups.frame[KEYS].iloc[:: len(space.case.periods)], group_names(space.case.network.packs)
    labels = labels.assign(
        name=[called.get(label, label[1]) for label in _of_groups(space)], unit=units(space, labels["family"]))
    row = np.concatenate([np.arange(len(labels)), np.arange(len(groups)) // len(space.case.periods)])
    return labels.take(row).reset_index(drop=True).assign(
        period=["total"] * len(labels) + groups.frame["period"].tolist(),
        volume=volume,
        capacity=capacity,
        utilisation=ratio(inlet, capacity),
        share=ratio(volume, total),
    )[["kind", "group", "name", "family", "period", "volume", "capacity", "utilisation", "share", "unit"]]


def ramps_table(of: Solved) -> pd.DataFrame:
    """Where re-routing is held back, a row an unforeseen event, group and month (counted from 1).

    ``reference`` is the volume without the event, ``ramp`` what may come on top, ``volume`` that of the plan.
    """
    space, over = of.space, of.space.ramps
    called = group_names(space.case.network.packs)
    labels = over.frame[["kind", "group", "family"]].itertuples(index=False, name=None)
    return over.frame.assign(
        name=[called.get(label, label[1]) for label in labels],
        reference=over.data("reference"), ramp=over.data("ramp"),
        volume=clean(space.exposure.spread_to(over).value(of.x)), unit=units(space, over.frame["family"]),
    )  # fmt: skip


def corridor_rows(groups: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``plan.groups`` that tell what a corridor carries; those of all families together are money."""
    return groups[(groups["kind"] == "corridor") & (groups["family"] != ALL)]


def corridor_totals(groups: pd.DataFrame) -> pd.DataFrame:
    """The same rows over the whole horizon."""
    rows = corridor_rows(groups)
    return rows[rows["period"] == "total"]


def corridor_arcs(plan: Plan, group: str, family: str) -> tuple[set[str], set[str]]:
    """The arcs of a family that a corridor's meters stand on, and those that the routes through it take."""
    network = plan.case.network
    meters, family_of = network.tables["meters"], network.family_of("arcs")
    metered = meters.loc[(meters["kind"] == "corridor") & (meters["group"] == group), "arc"].dropna()
    routes = plan.routes[(plan.routes["corridor"] == group) & (plan.routes["family"] == family)]
    taken = {arc for path in routes["arcs"].dropna() for arc in path.split(";") if arc}
    return {arc for arc in metered if family_of[arc] == family}, taken


def _of_groups(space: Space) -> list[tuple[str, str, str]]:
    """The kind, name and family of each group."""
    return list(space.exposure.axis.frame[KEYS].iloc[:: len(space.case.periods)].itertuples(index=False, name=None))


def _entering(of: Solved) -> Vector:
    """What enters at the meters of each group and period, Mt (bcm)."""
    metered, groups, lanes = of.space.inlets, of.space.exposure.axis, of.space.flow.axis
    inlet = of.moved[positions(metered, lanes, lanes.keys)]
    return summed(positions(metered, groups, groups.keys), inlet, len(groups))


def _capacity(of: Solved) -> Vector:
    """Effective capacity of the arcs that each group is measured at, 0 where closed; undefined where one has no limit.

    Undefined, too, of a group that no arc measures.
    """
    network, labels = of.space.case.network, _of_groups(of.space)
    meters, family = network.tables["meters"], network.family_of("arcs")
    at_arc = meters.loc[meters["arc"].notna(), ["kind", "group", "arc"]].drop_duplicates()
    row = {arc: at for at, arc in enumerate(network.tables["arcs"]["id"].tolist())}
    place = {label: at for at, label in enumerate(labels)}
    own = [(place.get((kind, group, family[arc]), -1), row[arc]) for kind, group, arc in at_arc.itertuples(index=False)]
    group, arc = np.array([pair for pair in own if pair[0] >= 0], dtype=np.int64).reshape(-1, 2).T
    limit = np.append(of.capacity, 0.0)[of.open_arcs[arc]]
    out = np.zeros((len(labels), len(of.space.case.periods)))
    np.add.at(out, group, np.where(np.isfinite(limit), limit, np.nan))
    out[np.setdiff1d(np.arange(len(labels)), group)] = np.nan
    return out.ravel()
