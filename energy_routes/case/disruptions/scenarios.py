"""Disruption scenarios of a horizon: what is left of which arc in which period, and how likely that is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from energy_routes.case.disruptions.outages import arcs_meant, weaken
from energy_routes.case.disruptions.rates import Rate, rates_of
from energy_routes.case.policy.levers import Cvar, Disruption
from energy_routes.errors import UsageError
from energy_routes.network import Network, usable
from energy_routes.pack import Period, by_key, spanned

CALM = "no disruption"
KINDS = 4  # kinds of failure that are combined: those that can be expected to take the most capacity

Left = Mapping[tuple[str, str], float]  # (arc, period) → share of its capacity that is left


@dataclass(frozen=True)
class Scenario:
    """One future: its probability (0–1), and the share (0–1) left of each (arc, period) that is hit."""

    name: str
    probability: float
    left: Left

    def strike(self, network: Network) -> Network:
        """The network in this future."""
        by_share = by_key(((arc, share), period) for (arc, period), share in self.left.items())
        for (arc, share), periods in by_share.items():
            network = weaken(network, {arc: share}, tuple(periods), self.name)
        return network


@dataclass(frozen=True)
class Futures:
    """Scenarios with probabilities that sum to 1, the calm one first.

    ``rates`` are the estimates behind them, empty where the scenarios were listed; ``covered`` is the share of the
    expected loss of capacity that the kinds of failure among the scenarios stand for (1 = all).
    """

    scenarios: tuple[Scenario, ...]
    rates: tuple[Rate, ...] = ()
    covered: float = 1.0


def futures_of(network: Network, cvar: Cvar, periods: Sequence[Period]) -> Futures:
    """The scenarios that a policy asks for.  Raises UsageError on unknown targets or an onset outside the horizon."""
    if cvar.scenarios == "events":
        return _from_events(network, cvar, periods)
    listed = [Scenario(d.name, d.probability, _listed(network, d, periods)) for d in cvar.scenarios]
    calm = max(0.0, 1.0 - sum(s.probability for s in listed))
    return Futures((Scenario(CALM, calm, {}), *listed))


def mean_of(futures: Futures) -> Scenario:
    """The scenario of expected shares: what one who reckons with the average sees."""
    keys = dict.fromkeys(key for s in futures.scenarios for key in s.left)
    left = {key: math.fsum(s.probability * s.left.get(key, 1.0) for s in futures.scenarios) for key in keys}
    return Scenario("expected", 1.0, {key: min(1.0, share) for key, share in left.items()})


def _listed(network: Network, d: Disruption, periods: Sequence[Period]) -> Left:
    arcs = [arc for name in d.outages for arc in arcs_meant(network, name)]
    days = sum(p.days for p in periods) if d.days is None else d.days
    return _spread(arcs, 1.0 - d.remaining, days, d.onset, periods)


def _spread(arcs: Sequence[str], lost: float, days: float, onset: str | None, periods: Sequence[Period]) -> Left:
    """A loss of ``days`` days, from its onset on, or spread evenly where none is given."""
    if onset is None:
        share = 1.0 - lost * min(1.0, days / sum(p.days for p in periods))
        return {(arc, p.label): share for arc in arcs for p in periods}
    labels = [p.label for p in periods]
    if onset not in labels:
        raise UsageError(f"policy.cvar: the onset {onset!r} is not a period: {spanned(labels)}")
    out = {}
    for period in periods[labels.index(onset) :]:
        hit = min(days, period.days)
        if hit <= 0:
            break
        days -= hit
        out.update({(arc, period.label): 1.0 - lost * hit / period.days for arc in arcs})
    return out


def _from_events(network: Network, cvar: Cvar, periods: Sequence[Period]) -> Futures:
    """Every combination of the failures that weigh most over the horizon.

    A kind strikes with probability 1 − exp(−rate·years); where it does, it takes the days it can be expected to take
    then, so that the expected loss of each kind is that of its Poisson process.
    """
    rates = rates_of(network, cvar.since, cvar.until)
    horizon = float(sum(p.days for p in periods))
    years = sum(p.years for p in periods)
    weight = {rate: rate.mean * rate.lost_days(horizon) * _capacity(network, rate, periods) for rate in rates}
    chief = [rate for rate in sorted(rates, key=lambda r: (-weight[r], r.name)) if weight[rate] > 0][:KINDS]
    hits = []
    for rate in chief:
        chance = -math.expm1(-rate.mean * years)
        gone = min(horizon, rate.mean * years * rate.lost_days(horizon) / chance)
        arcs = [arc for target in rate.targets for arc in arcs_meant(network, target)]
        share = sum(rate.share) / len(rate.share)
        hits.append((rate.name, chance, _spread(arcs, share, gone / share, cvar.onset, periods)))
    total = math.fsum(weight.values())
    covered = math.fsum(weight[rate] for rate in chief) / total if total > 0 else 1.0
    return Futures(tuple(_combined(hits)), rates, covered)


def _capacity(network: Network, rate: Rate, periods: Sequence[Period]) -> float:
    """Open capacity of what fails, Mt (bcm) a year on average; one without limit counts as all that can be lifted."""
    arcs = [arc for target in rate.targets for arc in arcs_meant(network, target)]
    rows = [network.ids("arcs").index(arc) for arc in dict.fromkeys(arcs)]
    size = usable(network, periods)[rows]
    lifted = network.resolve("supplies", "available", periods)
    most = np.where(np.isfinite(lifted), lifted, 0.0).sum(axis=0)
    return float((np.where(np.isfinite(size), size, most) * network.open(periods)[rows]).sum(axis=0).mean())


def _combined(hits: Sequence[tuple[str, float, Left]]) -> list[Scenario]:
    out = []
    for struck in itertools.product((False, True), repeat=len(hits)):
        names, chance, left = [], 1.0, dict[tuple[str, str], float]()
        for hit, (name, p, mine) in zip(struck, hits, strict=True):
            chance *= p if hit else 1.0 - p
            if hit:
                names.append(name)
                left.update({key: share * left.get(key, 1.0) for key, share in mine.items()})
        out.append(Scenario("; ".join(names) or CALM, chance, left))
    return out
