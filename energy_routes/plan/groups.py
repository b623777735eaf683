"""What each group of arcs and markets carries of what is sold abroad, and the measures of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.case import ALL, known_weights
from energy_routes.formulation import Space, over_periods
from energy_routes.indicators import indicator_table
from energy_routes.linear import Vector, axis, positions, summed
from energy_routes.plan.columns import ratio, units
from energy_routes.plan.price_table import clean
from energy_routes.plan.solved import Solved

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
    first = np.arange(0, len(groups), len(space.case.periods))
    rows = np.concatenate([first, np.arange(len(groups))])
    labels = groups.frame[[*KEYS, "period"]].take(rows).reset_index(drop=True)
    called = _names(space)
    distinct = zip(*(groups.frame[key].iloc[first] for key in KEYS), strict=True)
    names = np.array([called.get(key, key[1]) for key in distinct], dtype=object)
    return pd.DataFrame({
        "kind": labels["kind"],
        "group": labels["group"],
        "name": names[rows // len(space.case.periods)],
        "family": labels["family"],
        "period": labels["period"].mask(np.arange(len(rows)) < len(first), "total"),
        "volume": volume,
        "capacity": capacity,
        "utilisation": ratio(inlet, capacity),
        "share": ratio(volume, total),
        "unit": units(space, labels["family"]),
    })  # fmt: skip


def _entering(of: Solved) -> Vector:
    """What enters at the meters of each group and period, Mt (bcm)."""
    metered, groups, lanes = of.space.inlets, of.space.exposure.axis, of.space.flow.axis
    inlet = of.moved[positions(metered, lanes, lanes.keys)]
    return summed(positions(metered, groups, groups.keys), inlet, len(groups))


def _capacity(of: Solved) -> Vector:
    """Effective capacity of the arcs that each group is measured at, 0 where closed; undefined where one has no limit.

    Undefined, too, of a group that no arc measures.
    """
    space, groups = of.space, of.space.exposure.axis
    table, family = space.case.network.tables["meters"], space.case.network.family_of("arcs")
    metered = table.loc[table["arc"].notna(), ["kind", "group", "arc"]].drop_duplicates()
    metered = over_periods(metered.assign(family=metered["arc"].map(family)), space.case.periods)
    over = axis("metered", ("kind", "group", "arc", "period"), metered)
    own = np.append(of.capacity, 0.0)[positions(over, space.arcs, space.arcs.keys)]
    place = positions(over, groups, groups.keys)
    measured = summed(place, np.where(np.isfinite(own), own, np.nan), len(groups))
    return np.where(np.bincount(place, minlength=len(groups)) > 0, measured, np.nan)


def _names(space: Space) -> dict[tuple[str, str, str], str]:
    """What each family's pack calls a (kind, group, family), where it gives it a name."""
    out = {}
    for pack in reversed(space.case.network.packs):
        markets = pack.tables["markets"].assign(kind="market").rename(columns={"id": "group"})
        for frame in (markets, pack.tables["groups"]):
            for kind, group, name in zip(frame["kind"], frame["group"], frame["name"], strict=True):
                if isinstance(name, str):
                    out[kind, group, pack.family.id] = name
    together: dict[tuple[str, str], list[str]] = {}
    for (kind, group, _), name in sorted(out.items(), key=lambda item: item[0][2], reverse=True):  # oil first
        if name not in together.setdefault((kind, group), []):
            together[kind, group].append(name)
    return out | {(kind, group, ALL): " / ".join(names) for (kind, group), names in together.items()}


def indicators_table(of: Solved) -> pd.DataFrame:
    """Measures of concentration of the groups over the horizon."""
    return indicator_table(groups_table(of), of.space.measured, known_weights(of.space.case.network.tables))
