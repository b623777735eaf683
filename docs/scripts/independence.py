"""The numbers of docs/diversification.md, as the models state them and in draws of their figures (seed 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.case.disruptions.outages import Outage, outages_of
from energy_routes.errors import InfeasibleError
from energy_routes.studies.draws.draws import Sampler
from energy_routes.studies.outages.shock import Shock
from energy_routes.studies.outages.stress import KINDS
from energy_routes.studies.sweeps.experiment import MANY
from energy_routes.studies.sweeps.workers.workers import Chunk, Workers

DRAWS, SEED = 2000, 1
BUILT, BUILT_DRAWS = "cost builds", 200  # a number of plans that may build, and how many draws of it are solved
RU = "transit:RU"
ASKED = (0.8, 0.6, 0.4)
NEAR = 0.9  # a share that today's pipes allow
BTC = ("btc-2.2", "btc-5", "btc-7")
SHUT = ("cpc-one-mooring", "stopped")
LINKS = (("oil", "oil-2024-caspian", "arc:KCTS"), ("gas", "trans-caspian-gas", "arc:TC_AKTAU"),
         ("gas", "trans-caspian-gas", "arc:TANAP_FX"))
BUILDS = "russian-transit-80"
ON = {"now": "oil-2024", "chain": "oil-2024-caspian", "undersea": "undersea"}
Numbers = Mapping[str, float]


def cases() -> dict[str, Case]:
    """Every case of the page, read once."""
    linked = (name for _, name, _ in LINKS)
    names = ["oil-2024", "gas-2024", "oil-2024-monthly", "cpc-one-mooring", BUILDS, *BTC, *linked]
    out = {name: er.load(name) for name in names}
    out["stopped"] = out["cpc-one-mooring"].scenario("stopped")
    out["undersea"] = out["oil-2024-caspian"].scenario("undersea")
    for name in BTC:
        out[f"{name}+one-mooring"] = out[name].scenario("one-mooring")
    for label in ("", "+one-mooring"):
        out[f"no BTC{label}"] = out[f"btc-2.2{label}"].outage("BTC", reason="no Kazakh crude in it")
    return out


def measured(on: Mapping[str, Case], worst: Mapping[str, Sequence[str]], draws: int = 0,
             workers: Workers | None = None) -> pd.DataFrame:
    """Every number of the page: a row a draw, the same figure moving alike in every case; of 0 draws as stated.

    What builds is known of the first draws only, :data:`BUILT_DRAWS` of them.
    """

    def swept(case: Case, *ask: str, most: int = draws) -> pd.DataFrame:
        return er.sweep(case, min(draws, most), seed=SEED, ask=ask, workers=workers).data

    out: dict[str, Any] = {}
    for label, name in ON.items():
        free = swept(on[name], "exports.oil", f"share.{RU}", f"least.{RU}")
        out[f"share {label}"], out[f"least {label}"] = free[f"share.{RU}"], free[f"least.{RU}"]
        for cap in {"now": (NEAR,), "chain": ASKED, "undersea": ()}[label]:
            capped = swept(on[name].with_policy(max_share={RU: cap}), "cost")
            out[f"cost {label} {cap:g}"] = capped["cost"] / free["exports.oil"]
    free = swept(on["oil-2024"], "objective", "exports.oil")
    built = swept(on[BUILDS], "objective", most=BUILT_DRAWS)
    out[BUILT] = (free["objective"] - built["objective"]) / free["exports.oil"]
    for label in ("", "+one-mooring"):
        closed = swept(on[f"no BTC{label}"], "objective")["objective"]
        out |= {f"{name}{label}": swept(on[f"{name}{label}"], "objective")["objective"] - closed for name in BTC}
    quiet = swept(on["oil-2024-monthly"], "objective")["objective"]
    out |= {name: quiet - swept(on[name], "objective")["objective"] for name in SHUT}
    for name in dict.fromkeys(name for _, name, _ in LINKS):
        entered = swept(on[name], *(f"enters.{arc}" for _, own, arc in LINKS if own == name))
        out |= {f"break-even {arc}": entered[f"enters.{arc}"] for _, own, arc in LINKS if own == name}
    return pd.DataFrame(out).join(_left(on, worst, draws, workers))


def stated(on: Mapping[str, Case], worst: Mapping[str, Sequence[str]]) -> Numbers:
    """Every number of the page as the models state it; NaN where there is no plan."""
    numbers: dict[str, float] = measured(on, worst).iloc[0].to_dict()
    return numbers


@dataclass(frozen=True)
class Losses:
    """What no sweep asks: output lost without moorings, and what single losses over the year cost."""

    on: Mapping[str, Case]
    worst: Mapping[str, Sequence[str]]
    drawn: bool

    def __reduce__(self) -> tuple[Any, ...]:
        return Losses, (self.on, self.worst, self.drawn)

    @cached_property
    def compiled(self) -> Mapping[str, er.Compiled]:
        """Every case, compiled."""
        return {name: er.compile(case) for name, case in self.on.items()}

    @cached_property
    def samplers(self) -> Mapping[str, Sampler]:
        """Who draws the figures of each case."""
        return {name: Sampler(case, SEED) for name, case in self.on.items()} if self.drawn else {}

    @cached_property
    def outages(self) -> Mapping[str, Sequence[Outage]]:
        """The losses of each family, which no figure makes others."""
        cases = {family: self.on[f"{family}-2024"] for family in self.worst}
        return {family: list(outages_of(case.network, self.worst[family], case.periods))
                for family, case in cases.items()}

    def cases(self, start: int, stop: int) -> Iterator[Mapping[str, Case]]:
        """Every case in each of some draws, or as stated."""
        drawn = {name: sampler.draws(start, stop) for name, sampler in self.samplers.items()}
        for _ in range(start, stop):
            yield {name: next(drawn[name]).of(case) if self.drawn else case for name, case in self.on.items()}


def _left(on: Mapping[str, Case], worst: Mapping[str, Sequence[str]], draws: int,
          workers: Workers | None) -> pd.DataFrame:
    """The numbers of :class:`Losses`, a row a draw."""
    rows = max(draws, 1)
    chunks = [Chunk(at, start, min(start + MANY, rows)) for at, start in enumerate(range(0, rows, MANY))]
    asked = Losses({name: on[name] for name in (*SHUT, *(f"{family}-2024" for family in worst))}, worst, draws > 0)
    found = dict((workers or er.workers_of()).run(_lost, asked, chunks))
    return pd.concat([found[chunk.number] for chunk in chunks])


def _lost(asked: Losses, chunk: Chunk) -> pd.DataFrame:
    """The draws of a chunk."""
    return pd.DataFrame([_row(asked, cases) for cases in asked.cases(chunk.start, chunk.stop)],
                        index=range(chunk.start, chunk.stop))


def _row(asked: Losses, cases: Mapping[str, Case]) -> dict[str, float]:
    out = {f"{name} shut in": _shut_in(asked.compiled[name], cases[name]) for name in SHUT}
    for family, outages in asked.outages.items():
        name = f"{family}-2024"
        out |= _losses(asked.compiled[name], cases[name], outages)
    return out


def _shut_in(compiled: er.Compiled, case: Case) -> float:
    """What is available and not lifted, Mt; NaN where there is no plan."""
    try:
        best = compiled.optimum(case)
    except InfeasibleError:
        return float("nan")
    lifted = best.stated[0].lifted
    return float((lifted.axis.data("available") - lifted.value(best.solution.x)).sum())


def _losses(compiled: er.Compiled, case: Case, outages: Sequence[Outage]) -> dict[str, float]:
    """Netback lost with each single loss over the year, MUSD, wells giving no more than planned."""
    year = {case.periods[0].label: 1.0}
    try:
        shock = Shock(case, 0, compiled)
    except InfeasibleError:
        return dict.fromkeys((f"loss {outage.name}" for outage in outages), np.nan)
    return {f"loss {outage.name}": shock.loss(outage, year) for outage in outages}


def atlas_of(case: Case, most: int = 3) -> pd.DataFrame:
    """The costliest losses over the year, costliest first; of those that cost the same, a group before its arc."""
    table = er.stress(case, KINDS).outages
    table = table[table["loss"] > 0]
    ordered = table.assign(size=-table["loss"].round(1), arc=table["kind"] == "arc")
    ordered = ordered.sort_values(["size", "arc", "rank"])
    return ordered.drop_duplicates("size").head(most).drop(columns=["size", "arc"]).reset_index(drop=True)
