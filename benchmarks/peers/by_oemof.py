"""oemof-solph: buses, sources, sinks, converters and storages; what they cannot say is added as Pyomo constraints."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyomo.environ as pyo
from coefficients import Answer, Change, Tables
from components import System, system_of
from oemof import solph

from peers.by_pyomo import constrain

UNLIMITED = 1e5  # Mt or bcm in a period, where one period has a limit and another has none


def solve(tables: Tables) -> Answer:
    """The optimum by oemof-solph."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        system = system_of(tables)
        model, found = modelled(system)
        model.solve(solver="highs", cmdline_options={"threads": 1})
    values = np.full(len(tables.columns), np.nan)
    values[system.columns] = [found[i][t].value for i, t in zip(system.item, system.period, strict=True)]
    return Answer(-float(model.objective()), pd.Series(values, index=tables.columns["name"]))


def live(tables: Tables) -> Callable[[Change], float]:
    """oemof-solph builds its model anew for every optimum."""
    return lambda change: solve(change.on(tables)).objective


def modelled(system: System) -> tuple[solph.Model, list[list[Any]]]:
    """The model with all constraints, and the Pyomo variables of each component by period."""
    periods = range(len(system.lower))
    energy = solph.EnergySystem(timeindex=[*periods, len(periods)], infer_last_interval=False)
    buses = {name: solph.Bus(label=name) for name in system.buses if not name.startswith("tank ")}
    energy.add(*buses.values())
    flows, tanks = _components(energy, system, buses)
    model = solph.Model(energy)
    found: list[list[Any]] = [[] for _ in system.items.index]
    for i, ends in flows.items():
        found[i] = [model.flow[(*ends, t)] for t in periods]
    for i, tank in tanks.items():
        found[i] = [model.GenericStorageBlock.storage_content[tank, t + 1] for t in periods]
    _others(model, system, found)
    x: list[Any] = [None] * len(system.rest.columns)
    for column, t, i in zip(system.columns, system.period, system.item, strict=True):
        x[column] = found[i][t]
    constrain(model, system.rest, x, *(system.rest.rows[side].tolist() for side in ("lower", "upper")))
    return model, found


def _components(
    energy: solph.EnergySystem, system: System, buses: Mapping[str, solph.Bus]
) -> tuple[dict[int, tuple[Any, Any]], dict[int, Any]]:
    """Add all components; the ends of the flow of each by its place, and the storages."""
    flows: dict[int, tuple[Any, Any]] = {}
    rows = dict(enumerate(system.items.itertuples()))
    tanks = {i: _tank(system, i, buses, flows) for i, row in rows.items() if row.kind == "tank"}
    energy.add(*tanks.values())
    for i, row in rows.items():
        if row.kind in ("tank", "other") or i in flows:
            continue
        flow, start, end = solph.Flow(**_figures(system, i)), buses.get(row.start), buses.get(row.end)
        if row.kind == "source":
            node = solph.components.Source(label=row.Index, outputs={end: flow})
        elif row.kind == "sink":
            node = solph.components.Sink(label=row.Index, inputs={start: flow})
        else:
            node = solph.components.Converter(label=row.Index, inputs={start: flow}, outputs={end: solph.Flow()},
                                              conversion_factors={end: system.kept[:, i].tolist()})  # fmt: skip
        energy.add(node)
        flows[i] = (node, end) if row.kind == "source" else (start, node)
    return flows, tanks


def _tank(system: System, i: int, buses: Mapping[str, solph.Bus], flows: dict[int, tuple[Any, Any]]) -> Any:
    """A storage with the links into it and out of it as its flows, whose ends are noted."""
    items, own = system.items, system.items.iloc[i]
    links = items["kind"] == "link"
    (into,), (out,) = (np.flatnonzero(links & (items[side] == own["start"])) for side in ("end", "start"))
    start, end = buses[items["start"].iloc[into]], buses[items["end"].iloc[out]]
    figures = _figures(system, i, "storage_level")
    costs = figures.pop("variable_costs")
    size = figures.setdefault("nominal_capacity", UNLIMITED)
    tank = solph.components.GenericStorage(
        label=own.name, inputs={start: solph.Flow(**_figures(system, into))},
        outputs={end: solph.Flow(**_figures(system, out))}, balanced=bool(own["cyclic"]),
        initial_storage_level=None if own["cyclic"] else own["opening"] / size, storage_costs=costs, **figures,
    )  # fmt: skip
    flows[into], flows[out] = (start, tank), (tank, end)
    return tank


def _figures(system: System, i: int, of: str = "") -> dict[str, Any]:
    """Bounds and costs of a component by period."""
    low, high, cost = (values[:, i] for values in (system.lower, system.upper, -system.cost))
    out: dict[str, Any] = {"variable_costs": cost.tolist()}
    if np.isfinite(high).any() or low.any():
        size = float(np.clip(high, None, UNLIMITED).max()) or 1.0
        names = (f"min_{of}", f"max_{of}") if of else ("minimum", "maximum")
        begin = [[0.0], [1.0]] if of else [[], []]  # a storage has a level before the first period, too
        out |= {"nominal_capacity": size, names[0]: [*begin[0], *(low / size).tolist()],
                names[1]: [*begin[1], *(np.clip(high, None, UNLIMITED) / size).tolist()]}  # fmt: skip
    return out


def _others(model: solph.Model, system: System, found: list[list[Any]]) -> None:
    """Add the variables that are no component, with their costs."""
    _, at = system.of("other")
    keys = [(i, t) for i in at.tolist() for t in range(len(system.lower))]
    model.other = pyo.Var(keys, bounds=lambda _, i, t: (system.lower[t, i], system.upper[t, i]))
    for i in at.tolist():
        found[i] = [model.other[i, t] for t in range(len(system.lower))]
    model.objective.expr += pyo.quicksum(-system.cost[t, i] * model.other[i, t] for i, t in keys)
