"""linopy: one array of variables and of constraints a block; HiGHS through its direct interface."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import linopy
import numpy as np
import pandas as pd
import xarray as xr
from coefficients import SIDES, Answer, Change, Tables, side
from linopy.solvers import Solver
from numpy.typing import NDArray

SIGN = {"equal": "=", "low": ">=", "high": "<="}
linopy.options["semantics"] = "v1"
OPTIONS = {"output_flag": False, "threads": 1}


def solve(tables: Tables) -> Answer:
    """The optimum by linopy."""
    model = modelled(tables)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.solve("highs", io_api="direct", progress=False, **OPTIONS)
    values = pd.Series(model.variables["x"].solution.to_numpy(), index=tables.columns["name"])
    return Answer(float(model.objective.value), values)


def live(tables: Tables) -> Callable[[Change], float]:
    """A model that linopy keeps loaded in HiGHS: it finds what has changed and hands that over."""
    model = modelled(tables)
    solver = Solver.from_name("highs", model, io_api="direct", options=OPTIONS, track_updates=True)

    def again(change: Change) -> float:
        other, x = change.on(tables), model.variables["x"]
        if len(change.columns):
            lower, upper = _bounds(other)
            x.update(lower=lower, upper=upper)
        if len(change.priced):
            model.add_objective((x * other.columns["cost"].to_numpy()).sum(), sense="max", overwrite=True)
        touched = set(other.rows["block"].iloc[change.rows])
        for name, rows in other.rows.groupby("block", sort=False):
            for which in SIDES if name in touched else ():
                if (kept := side(rows, which)).any():
                    model.constraints[f"{name}.{which}"].update(rhs=_level(rows[kept], which))
        return float(solver.solve(model).solution.objective)

    return again


def modelled(tables: Tables) -> linopy.Model:
    """The programme as a linopy model."""
    model = linopy.Model()
    index = pd.Index(tables.columns["name"], name="column")
    lower, upper = _bounds(tables)
    x = model.add_variables(lower, upper, coords=[index], name="x")
    model.add_objective((x * tables.columns["cost"].to_numpy()).sum(), sense="max")
    constrain(model, tables, x.labels.to_numpy())
    return model


def constrain(model: linopy.Model, tables: Tables, labels: NDArray[np.int64]) -> None:
    """Add the constraints, block by block; ``labels`` has linopy's number of the variable of each column."""
    for name, rows, entries in tables.blocks():
        for which in SIDES:
            kept = rows[side(rows, which)]
            if len(kept):
                own = entries[entries["row"].isin(kept.index)]
                total = linopy.LinearExpression(_terms(kept, own, labels), model)
                model.add_constraints(total, SIGN[which], _level(kept, which), name=f"{name}.{which}")


def _terms(rows: pd.DataFrame, entries: pd.DataFrame, labels: NDArray[np.int64]) -> xr.Dataset:
    """The terms of some rows side by side, short rows filled up: what a linear expression of linopy is."""
    row = rows.index.get_indexer(entries["row"])
    starts = np.searchsorted(row, np.arange(len(rows)))
    term = np.arange(len(row)) - starts[row]
    shape = (len(rows), term.max() + 1)
    values, variables = np.full(shape, np.nan), np.full(shape, -1)
    values[row, term], variables[row, term] = entries["value"], labels[entries["column"]]
    dims = ("row", "_term")
    return xr.Dataset({"coeffs": (dims, values), "vars": (dims, variables)}, coords={"row": rows.index.to_numpy()})


def _level(rows: pd.DataFrame, which: str) -> xr.DataArray:
    return xr.DataArray(rows["lower" if which == "low" else "upper"].to_numpy(), coords=[rows.index.rename("row")])


def _bounds(tables: Tables) -> tuple[xr.DataArray, xr.DataArray]:
    index = pd.Index(tables.columns["name"], name="column")
    lower, upper = (xr.DataArray(tables.columns[name].to_numpy(), coords=[index]) for name in ("lower", "upper"))
    return lower, upper
