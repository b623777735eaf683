"""The numbers of docs/diversification.md, as the models state them and in draws of their figures (seed 1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.case.disruptions.outages import outages_of
from energy_routes.case.policy.bounds import Cap
from energy_routes.errors import InfeasibleError
from energy_routes.formulation.description import build
from energy_routes.formulation.space.space import build_space
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Program
from energy_routes.linear.solution import Status
from energy_routes.solving.loop import program_of, stated
from energy_routes.solving.tightest_caps import tightest_share
from energy_routes.studies.draws.draws import Sampler
from energy_routes.studies.outages.shock import Shock
from energy_routes.studies.outages.stress import KINDS

DRAWS, SEED = 16, 1
RU = Cap("transit", "RU", 1.0)
ASKED = (0.8, 0.6, 0.4)
NEAR = 0.9  # a share that today's pipes allow
BTC = ("btc-2.2", "btc-5", "btc-7")
LINKS = (("oil", "oil-2024-caspian", "arc:KCTS"), ("gas", "trans-caspian-gas", "arc:TC_AKTAU"),
         ("gas", "trans-caspian-gas", "arc:TANAP_FX"))
FIRST = 1e-3  # Mt or bcm a year: the first tonne, for a break-even
Numbers = dict[str, float]


def cases() -> dict[str, Case]:
    """Every case of the page, read once."""
    names = ["oil-2024", "gas-2024", "oil-2024-monthly", "cpc-one-mooring", *BTC, *(name for _, name, _ in LINKS)]
    out = {name: er.load(name) for name in names}
    out["stopped"] = out["cpc-one-mooring"].scenario("stopped")
    out["undersea"] = out["oil-2024-caspian"].scenario("undersea")
    for name in BTC:
        out[f"{name}+one-mooring"] = out[name].scenario("one-mooring")
    for label in ("", "+one-mooring"):
        out[f"no BTC{label}"] = out[f"btc-2.2{label}"].outage("BTC", reason="no Kazakh crude in it")
    return out


def optimum(case: Case) -> float:
    """Best netback, MUSD; NaN where there is no plan."""
    return value(stated(case)[1])


def value(program: Program) -> float:
    """Optimum of a programme, MUSD; NaN where there is none."""
    found = Session(program).solve()
    return found.objective if found.status is Status.optimal else float("nan")


class Uncapped:
    """A case without caps: its netback, its exports and its Russian share; and what a cap costs with exports held."""

    def __init__(self, case: Case) -> None:
        self.case, space = case, build_space(case)
        found = Session(build(space)).solve()
        if found.status is not Status.optimal:
            raise InfeasibleError(case.name, [])
        self.netback = found.objective
        self.exports = float(space.exports.value(found.x).sum())
        self.space = space.with_held({"oil": self.exports * (1 - 1e-9)})
        exposure = space.exposure.axis.frame.assign(volume=space.exposure.value(found.x))
        russian = exposure[(exposure["kind"] == "transit") & (exposure["group"] == "RU")]["volume"].sum()
        self.share = float(russian / exposure[exposure["kind"] == "corridor"]["volume"].sum())

    def least(self) -> float:
        """The lowest share with exports whole."""
        return tightest_share(self.space, RU)

    def cost(self, cap: float) -> float:
        """USD per exported tonne of a cap on the share; NaN where it cannot be met."""
        capped = self.case.with_policy(max_share={"transit:RU": cap})
        return (self.netback - value(build(dataclasses.replace(self.space, case=capped)))) / self.exports


def break_even(case: Case, arc: str) -> float:
    """The tariff at which the first volume begins to use an arc, USD/t (USD/1000 m³)."""
    name = arc.removeprefix("arc:")
    program = program_of(case.set(f"{arc}.tariff", 0.0))
    session = Session(program)
    rows = next(rows for rows in program.rows if rows.name == "capacity")
    (at,) = program.row_slice("capacity").start + np.flatnonzero((rows.axis.frame["arc"] == name).to_numpy())
    worth = []
    for most in (0.0, FIRST):
        session.set_row_bounds(np.array([at]), np.array([-np.inf]), np.array([most]))
        worth.append(session.solve().objective)
    return (worth[1] - worth[0]) / FIRST


def measured(on: Mapping[str, Case], worst: Mapping[str, Sequence[str]]) -> Numbers:
    """Every number of the page of one state of the figures."""
    out: Numbers = {}
    for label, name in (("now", "oil-2024"), ("chain", "oil-2024-caspian"), ("undersea", "undersea")):
        free = Uncapped(on[name])
        out[f"share {label}"], out[f"least {label}"] = free.share, free.least()
        if label == "now":
            out["cost now 0.9"] = free.cost(NEAR)
        if label == "chain":
            out |= {f"cost chain {cap:g}": free.cost(cap) for cap in ASKED if cap >= out["least chain"]}
    for label in ("", "+one-mooring"):
        closed = optimum(on[f"no BTC{label}"])
        out |= {f"{name}{label}": optimum(on[f"{name}{label}"]) - closed for name in BTC}
    quiet = optimum(on["oil-2024-monthly"])
    for name in ("cpc-one-mooring", "stopped"):
        space, program = stated(on[name])
        found = Session(program).solve()
        left = space.lifted.axis.data("available") - space.lifted.value(found.x)
        out[name], out[f"{name} shut in"] = quiet - found.objective, float(left.sum())
    for family, names in worst.items():
        out |= losses(on[f"{family}-2024"], names)
    for _, name, arc in LINKS:
        out[f"break-even {arc}"] = break_even(on[name], arc)
    return out


def losses(case: Case, names: Sequence[str]) -> Numbers:
    """Netback lost with each single loss over the year, MUSD, wells giving no more than planned."""
    shock, year = Shock(case, 0), {case.periods[0].label: 1.0}
    out = {}
    for outage in outages_of(case.network, names, case.periods):
        after = shock.strike(outage, year)
        out[f"loss {outage.name}"] = float("nan") if after is None else shock.lost(after.x)
    return out


def drawn(on: Mapping[str, Case], worst: Mapping[str, Sequence[str]], draws: int) -> pd.DataFrame:
    """One row a draw; the same figure moves alike in every case of a draw.  Draws without a plan are left out."""
    samplers = {name: Sampler(case, SEED) for name, case in on.items()}
    rows = []
    for index in range(draws):
        try:
            rows.append(measured({name: samplers[name].draw(index).of(case) for name, case in on.items()}, worst))
        except InfeasibleError:
            continue
    return pd.DataFrame(rows)


def atlas_of(case: Case, most: int = 3) -> pd.DataFrame:
    """The costliest losses over the year, costliest first; of those that cost the same, a group before its arc."""
    table = er.stress(case, KINDS).outages
    table = table[table["loss"] > 0]
    ordered = table.assign(size=-table["loss"].round(1), arc=table["kind"] == "arc")
    ordered = ordered.sort_values(["size", "arc", "rank"])
    return ordered.drop_duplicates("size").head(most).drop(columns=["size", "arc"]).reset_index(drop=True)
