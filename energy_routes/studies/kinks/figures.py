"""The figures whose range is asked: tariffs, prices, capacities, supplies, and caps on volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from energy_routes.case import Cap, Case, Minimum, opened_by_options
from energy_routes.network import Names, group_names
from energy_routes.studies.kinks.shift import Shift, price_of, tariffs_of

Kind = Literal["tariff", "price", "capacity", "supply", "cap"]
CAPS = ("max_exposure", "min_exposure")  # levers whose level is a bound, and stands in no coefficient
COEFFICIENTS = ("max_share", "min_share", "max_hhi")
VOLUMES = (("capacity", "arcs", "arc", "capacity"), ("capacity", "limits", "limit", "high"),
           ("supply", "supplies", "supply", "available"))  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure, ``now`` on average over the horizon; ``shift`` moves it in every period, a cap is set instead."""

    kind: Kind
    path: str
    name: str
    family: str
    unit: str
    now: float
    shift: Shift | None = None
    bound: Cap | Minimum | None = None

    @property
    def money(self) -> bool:
        """Whether it is paid, so that the optimum is convex in it; else it bounds volumes."""
        return self.kind in ("tariff", "price")

    def at(self, case: Case, by: float) -> Case:
        """The case with the figure moved by an amount of its unit."""
        if self.shift is not None:
            return self.shift.at(case, by)
        caps, least = case.policy.max_exposure, case.policy.min_exposure
        policy = replace(
            case.policy,
            max_exposure=tuple(replace(one, cap=one.cap + by) if one is self.bound else one for one in caps),
            min_exposure=tuple(replace(one, least=one.least + by) if one is self.bound else one for one in least),
        )
        return replace(case, policy=policy)


def figures_of(case: Case) -> Iterator[Figure]:
    """Every figure that is stated and finite in all periods."""
    called, network = Names(case.network.tables), case.network
    groups = group_names(network.packs)
    family, money, volume = network.family_of("arcs"), network.units("unit_value"), network.units("volume")
    for arc in network.ids("arcs"):
        own = family[arc]
        shift = tariffs_of(case, (arc,), f"tariff of {called.arc[arc]}", money[own])
        yield from _stated(case, "tariff", f"arc:{arc}.tariff", called.arc[arc], own, shift)
    for market, own in network.family_of("markets").items():
        shift = price_of(case, market, money[own])
        yield from _stated(case, "price", f"market:{market}.price", called.market[market], own, shift)
    # What is built comes on top of a capacity of 0 that nobody has stated.
    built = opened_by_options(network.edits)
    for kind, table, word, column in VOLUMES:
        families = network.family_of(table) if table != "limits" else _of_limits(case, family)
        for name in [name for name in network.ids(table) if table != "arcs" or name not in built]:
            words = called.target[f"{word}:{name}"]
            shift = Shift(((table, name, column),), words, f"{volume[families[name]]}/y")
            yield from _stated(case, kind, f"{word}:{name}.{column}", words, families[name], shift)  # type: ignore[arg-type]
    for lever in CAPS:
        for bound in getattr(case.policy, lever):
            label = f"{bound.kind}:{bound.group}"
            own = bound.family or case.families[0]
            path = f"policy.{lever}.{bound.family + '/' if bound.family else ''}{label}"
            words = groups.get((bound.kind, bound.group, own), called.target.get(label, bound.group))
            level = bound.least if isinstance(bound, Minimum) else bound.cap
            yield Figure("cap", path, words, own, f"{volume[own]}/y", float(level), bound=bound)


def _stated(case: Case, kind: Kind, path: str, name: str, family: str, shift: Shift) -> Iterator[Figure]:
    """The figure, where it has a finite value in every period."""
    values = shift.stated(case) if shift.figures else np.full((1, 1), np.nan)
    if np.isfinite(values).all():
        years = np.array([period.years for period in case.periods])
        yield Figure(kind, path, name, family, shift.unit, float((values @ years).mean() / case.years), shift)


def _of_limits(case: Case, family: Mapping[str, str]) -> dict[str, str]:
    """The family of each joint limit: that of its first arc."""
    terms = case.network.tables["limit_terms"]
    first = dict(zip(terms["limit"].tolist()[::-1], terms["arc"].tolist()[::-1], strict=True))
    return {name: family.get(first.get(name, ""), case.families[0]) for name in case.network.ids("limits")}
