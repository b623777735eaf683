"""Results by owner: what partners have of what a venture lifts and earns, and of what a line or a terminal carries."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.linear import Vector
from energy_routes.network import group_names, in_term
from energy_routes.pack import by_key
from energy_routes.plan.columns import ratio, totals, units
from energy_routes.plan.solved import Solved

KEYS = ["target", "name", "family", "holder", "country"]
FIGURES = ["share", "volume", "exported", "netback"]


def owners_table(of: Solved, groups: pd.DataFrame) -> pd.DataFrame:
    """A row a venture (supply), line or terminal (group), family and holder, of those that some period has.

    ``volume`` is the holder's part of what is lifted, or carried abroad by the group; ``exported`` that of what is sold
    abroad; ``netback`` (MUSD) that of what a venture earns on the ways that tracing follows, undefined of groups.  Each
    period counts with the shares that hold in it, a year with the mean over its days; ``share`` is that of the volume.
    """
    years = np.array([period.years for period in of.space.case.periods])
    partners = partners_of(of)
    rows = []
    for (target, family, name), figures in (*ventures(of), *_groups(of, groups)):
        for holder, country, held in partners.get(target, ()):
            own = figures @ held
            share = float(ratio(own[:1], figures[:1].sum(axis=1))[0])
            mean = float(held @ years / years.sum())
            rows.append((target, name, family, holder, country, mean if np.isnan(share) else share, *own))
    frame = _joined(pd.DataFrame(rows, columns=[*KEYS, *FIGURES]))
    return frame.assign(unit=units(of.space, frame["family"]))


def partners_of(of: Solved) -> dict[str, list[tuple[str, str, Vector]]]:
    """By target those who hold some of it: holder, country ('' where none is named), share in each period."""
    network, periods = of.space.case.network, of.space.case.periods
    table = network.tables["owners"]
    years = np.array([period.years for period in periods])
    held = in_term(network, periods, "owners") / years * table["share"].to_numpy(dtype=float)[:, None]
    targets, holders, countries = (table[column].fillna("").tolist() for column in ("target", "holder", "country"))
    return by_key((targets[row], (holders[row], countries[row], held[row]))
                  for row in np.flatnonzero((held > 0).any(axis=1)).tolist())  # fmt: skip


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of one holder in one target as one, where its share changes within the horizon."""
    told = rows.astype(dict.fromkeys(KEYS, object))
    return told.groupby(KEYS, sort=False, dropna=False, as_index=False)[FIGURES].sum(min_count=1)


def ventures(of: Solved) -> list[tuple[tuple[str, str, str], Vector]]:
    """Each supply with its family and name: lifted, sold abroad, and netback (MUSD), shape (3, periods)."""
    space, found = of.space, of.paths
    at = {period.label: place for place, period in enumerate(space.case.periods)}
    exporting = space.case.network.tables["markets"].set_index("id")["export"].astype(bool).to_dict()
    keys, sums = totals(
        [(path.origin, path.period, exporting.get(path.market, False)) for path in found.rows],
        np.column_stack([found.volume, found.money.sum(axis=1)]),
    )
    labels, lifted = space.lifted.axis.frame, space.lifted.value(of.x)
    out: dict[str, Vector] = {name: np.zeros((3, len(at))) for name in labels["supply"].unique()}
    for supply, period, volume in zip(labels["supply"], labels["period"], lifted, strict=True):
        out[supply][0, at[period]] += volume
    for (supply, period, abroad), (volume, money) in zip(keys, sums, strict=True):
        if supply in out:  # a tank gives what somebody else has lifted
            out[supply][1:, at[period]] += volume * abroad, money
    family = space.case.network.family_of("supplies")
    return [((f"supply:{name}", family[name], of.called.supply[name]), figures) for name, figures in out.items()]


def _groups(of: Solved, groups: pd.DataFrame) -> list[tuple[tuple[str, str, str], Vector]]:
    """Each group by family, with its name: carried abroad, twice, and no netback, shape (3, periods)."""
    network = of.space.case.network
    called = group_names(network.packs)
    of_periods = groups[groups["period"].ne("total") & groups["family"].isin(list(network.families))]
    keys = zip(*(of_periods[column] for column in ("kind", "group", "family")), strict=True)
    volumes = by_key(zip(keys, of_periods["volume"], strict=True))
    return [
        ((f"{kind}:{group}", family, called.get((kind, group, family), group)),
         np.array([own, own, np.full(len(own), np.nan)]))
        for (kind, group, family), own in volumes.items()
    ]  # fmt: skip
