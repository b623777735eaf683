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
from energy_routes.network import Edit, Names
from energy_routes.solving import BareOptimum
from energy_routes.studies.reasons.target import Target

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
    case: Case, now: BareOptimum, target: Target, outage: Mapping[str, float] | None, cap: Mapping[str, str] | None
) -> dict[str, Case]:
    """The case as it is, with an outage, and under a cap, by what each is called.

    Of what is not told: half of the corridor that carries most beside this one, and for the transit country that has
    most a tenth less of its share, where exports may fall.
    """
    called = Names(case.network.tables).target
    out = {AS_IT_IS: case}
    for what, left in (outage or {}).items():
        out[f"{what} at {100 * left:g} %"] = case.outage(what, remaining=left)
    for group, most in (cap or {}).items():
        out[f"{called.get(group, group)} at most {most}"] = case.set(f"policy.max_share.{group}", most)
    if outage is None:
        with suppress(StopIteration):
            name, hit = next(_hit(case, now, target))
            out[f"{called.get(f'corridor:{name}', name)} at {100 * HALF:g} %"] = hit
    if cap is None:
        with suppress(StopIteration, UsageError):
            group, share = next(_shares(now, target))
            words = f"{called.get(f'transit:{group}', group)} at most {100 * share:.1f} %, exports free"
            own = f"{target.family}/" if len(case.families) > 1 else ""
            out[words] = case.with_policy(exports="free").set(f"policy.max_share.{own}transit:{group}", share)
    return out


def _hit(case: Case, now: BareOptimum, target: Target) -> Iterator[tuple[str, Case]]:
    """Other corridors of the family, the largest first, each with half of its capacity."""
    volumes, family = _volumes(now, target, "corridor"), case.network.family_of("arcs")
    for name in volumes.drop(target.id, errors="ignore").sort_values(ascending=False, kind="stable").index:
        arcs = [arc for arc in arcs_meant(case.network, f"corridor:{name}") if family[arc] == target.family]
        with suppress(UsageError):
            yield str(name), reduce(lambda hit, arc: hit.outage(arc, remaining=HALF), arcs, case)


def _shares(now: BareOptimum, target: Target) -> Iterator[tuple[str, float]]:
    """Transit countries, the largest first, each with a tenth less than its share of the exports of the family."""
    exports = now.stated[0].exports
    own = (exports.axis.frame["family"] == target.family).to_numpy()
    total = float(exports.value(now.solution.x)[own].sum())
    for name, volume in _volumes(now, target, "transit").sort_values(ascending=False, kind="stable").items():
        if volume > 0:
            yield str(name), round((1 - TENTH) * volume / total, 3)


def _volumes(now: BareOptimum, target: Target, kind: str) -> pd.Series:
    """The volume of each group of a kind in the family, Mt (bcm) over the horizon."""
    exposure = now.stated[0].exposure
    frame = exposure.axis.frame.assign(volume=exposure.value(now.solution.x))
    own = frame[(frame["kind"] == kind) & (frame["family"] == target.family)]
    return own.groupby("group", observed=True)["volume"].sum()
