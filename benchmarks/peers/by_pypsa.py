"""PyPSA: buses, generators, links and stores; what they cannot say is added as linopy constraints."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pypsa
import xarray as xr
from coefficients import Answer, Change, Tables
from components import System, system_of
from linopy import Model

from peers.by_linopy import OPTIONS, constrain

UNLIMITED = 1e5  # Mt or bcm in a period: PyPSA multiplies capacities, so none may be infinite
logging.getLogger("pypsa").setLevel(logging.ERROR)
logging.getLogger("linopy").setLevel(logging.ERROR)


def solve(tables: Tables) -> Answer:
    """The optimum by PyPSA."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        system = system_of(tables)
        network = modelled(system)
        model = network.optimize.create_model(include_objective_constant=False)
        add_rest(model, system)
        model.solve("highs", io_api="direct", progress=False, **OPTIONS)
        network.optimize.assign_solution()  # flows alone: ``network.optimize()`` would look for loops of current, too
    return Answer(-float(model.objective.value), _values(network, system, tables))


def live(tables: Tables) -> Callable[[Change], float]:
    """PyPSA builds its model anew for every optimum."""
    return lambda change: solve(change.on(tables)).objective


def modelled(system: System) -> pypsa.Network:
    """The network with its native components."""
    network = pypsa.Network()
    network.set_snapshots(range(len(system.lower)))
    network.add("Bus", system.buses)
    for kind, bus, sign in (("source", "end", 1.0), ("sink", "start", -1.0)):
        items, at = system.of(kind)
        network.add("Generator", items.index, bus=items[bus], sign=sign, **_dated(system, items, at, "p"))
    items, at = system.of("link")
    network.add("Link", items.index, bus0=items["start"], bus1=items["end"], efficiency=_frame(system.kept, items, at),
                **_dated(system, items, at, "p"))
    items, at = system.of("tank")
    figures = _dated(system, items, at, "e")
    network.add("Store", items.index, bus=items["start"], e_cyclic=items["cyclic"], e_initial=items["opening"],
                marginal_cost_storage=figures.pop("marginal_cost"), **figures)
    return network


def _dated(system: System, items: pd.DataFrame, at: np.ndarray, letter: str) -> dict[str, object]:
    """Bounds and costs by snapshot, of components of a nominal size of 1."""
    low, high = (np.clip(bound, None, UNLIMITED) for bound in (system.lower, system.upper))
    return {f"{letter}_nom": 1.0, "marginal_cost": _frame(-system.cost, items, at),
            f"{letter}_min_pu": _frame(low, items, at), f"{letter}_max_pu": _frame(high, items, at)}


def _frame(values: np.ndarray, items: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values[:, at], columns=items.index)


def add_rest(model: Model, system: System) -> None:
    """Add the variables and constraints that are no component."""
    items, at = system.of("other")
    snapshots = pd.RangeIndex(len(system.lower), name="snapshot")
    labels = np.full(system.lower.shape, -1)
    if len(items):
        coords = [snapshots, items.index.rename("name")]
        low, high, cost = (xr.DataArray(a[:, at], coords=coords) for a in (system.lower, system.upper, system.cost))
        others = model.add_variables(low, high, coords=coords, name="Other")
        model.objective += -(others * cost).sum()
    for name in ("Generator-p", "Link-p", "Store-e", "Other"):
        if name in model.variables:
            own = model.variables[name].labels.transpose("snapshot", "name")
            labels[:, system.items.index.get_indexer(own.indexes["name"])] = own.to_numpy()
    constrain(model, system.rest, system.by_column(labels, len(system.rest.columns)))


def _values(network: pypsa.Network, system: System, tables: Tables) -> pd.Series:
    found = np.full(system.lower.shape, np.nan)
    dynamic = [network.c.generators.dynamic.p, network.c.links.dynamic.p0, network.c.stores.dynamic.e]
    if "Other" in network.model.variables:
        dynamic.append(network.model.variables["Other"].solution.to_pandas())
    for frame in dynamic:
        found[:, system.items.index.get_indexer(frame.columns)] = frame.to_numpy()
    return pd.Series(system.by_column(found, len(tables.columns)), index=tables.columns["name"])
