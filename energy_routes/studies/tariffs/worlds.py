"""The cases that a corridor is looked at in: as asked, with an outage elsewhere, under a cap; with contracts or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import reduce

import numpy as np
import pandas as pd

from energy_routes.case import Case, arcs_meant
from energy_routes.errors import UsageError
from energy_routes.network import Edit, Names, group_names
from energy_routes.pack import amount
from energy_routes.solving import BareOptimum
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.way import MOVED

AS_IT_IS = "as it is"
HALF, TENTH = 0.5, 0.1
MOST_OWNERS = 10
OBLIGES = ("ship_or_pay", "minimum")  # contracts that ask for volume; a firm one gives room


def without_contracts(case: Case) -> Case | None:
    """The case in which no contract asks for volume; None where none does as it is."""
    table, names = case.network.tables["contracts"], case.network.ids("contracts")
    due = np.nan_to_num(case.network.resolve("contracts", "volume", case.periods))
    edits = [Edit("contracts", name, "volume", "set", 0.0, reason="left out by a study")
             for name, kind, row in zip(names, table["kind"], due, strict=True) if kind in OBLIGES and row.any()]
    return replace(case, network=case.network.with_edits(*edits)) if edits else None


def owners_of(case: Case, target: Target) -> int:
    """How many are paid for moving there, at least 2: the payees of its tariffs, else the countries of its arcs."""
    tables = case.network.tables
    paid = tables["payees"]
    payees = paid.loc[paid["target"].isin([f"arc:{arc}" for arc in target.arcs]), "payee"].nunique()
    arcs = tables["arcs"]
    countries = arcs.loc[arcs["id"].isin(target.arcs), "countries"].explode().nunique()
    return int(max(2, min(payees or countries, MOST_OWNERS)))


def worlds_of(
    case: Case, now: BareOptimum, target: Target, outage: Mapping[str, float] | None,
    cap: Mapping[str, float | str] | None,
) -> dict[str, Case]:
    """The case as it is, with an outage, and under a cap, by what each is called.

    Of what is not told: half of the corridor that carries most beside this one, and a tenth less volume through the
    transit country that has most.  That is volume and no share: under a cap on a share each unit on another way lets
    several more move, and is worth several times its price.
    """
    called = Names(case.network.tables).target
    out = {AS_IT_IS: case}
    for what, left in (outage or {}).items():
        out[f"{what} at {100 * left:g} %"] = case.outage(what, remaining=left)
    for group, most in (cap or {}).items():
        capped = case.set(f"policy.max_share.{group}", most)
        out[f"{called.get(group, group)} at most {100 * amount(group, most, 'fraction'):g} %"] = capped
    if outage is None:
        with suppress(StopIteration):
            name, hit = next(_hit(case, now, target))
            told = group_names(case.network.packs).get(("corridor", name, target.family), name)
            out[f"{told} at {100 * HALF:g} %"] = hit
    if cap is None:
        with suppress(StopIteration, UsageError):
            group, volume = next(_largest(_volumes(now, target, "transit")))
            ceiling = (1 - TENTH) * volume / sum(period.years for period in case.periods)
            unit = case.network.families[target.family].volume_unit
            words = f"{called.get(f'transit:{group}', group)} carries a tenth less, {ceiling:,.2f} {unit} a year"
            own = f"{target.family}/" if len(case.families) > 1 else ""
            out[words] = case.with_policy(exports="free").set(f"policy.max_exposure.{own}transit:{group}", ceiling)
    return out


def _hit(case: Case, now: BareOptimum, target: Target) -> Iterator[tuple[str, Case]]:
    """Other corridors of the family, the largest first, each with half of its capacity."""
    volumes, family = _volumes(now, target, "corridor"), case.network.family_of("arcs")
    for name, _ in _largest(volumes.drop(target.id, errors="ignore")):
        arcs = [arc for arc in arcs_meant(case.network, f"corridor:{name}") if family[arc] == target.family]
        with suppress(UsageError):
            yield name, reduce(lambda hit, arc: hit.outage(arc, remaining=HALF), arcs, case)


def _largest(volumes: pd.Series) -> Iterator[tuple[str, float]]:
    """Groups that carry something, and their volumes, the largest first."""
    for name, volume in volumes[volumes > MOVED].sort_values(ascending=False, kind="stable").items():
        yield str(name), float(volume)


def _volumes(now: BareOptimum, target: Target, kind: str) -> pd.Series:
    """The volume of each group of a kind in the family, Mt (bcm) over the horizon."""
    exposure = now.stated[0].exposure
    frame = exposure.axis.frame.assign(volume=exposure.value(now.solution.x))
    own = frame[(frame["kind"] == kind) & (frame["family"] == target.family)]
    return own.groupby("group", observed=True)["volume"].sum()
