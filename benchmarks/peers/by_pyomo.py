"""Pyomo: indexed variables and constraints, solved by its persistent interface to HiGHS (appsi)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyomo.environ as pyo
from coefficients import Answer, Change, Tables
from pyomo.contrib.appsi.solvers import Highs
from pyomo.core.expr import LinearExpression


def solve(tables: Tables) -> Answer:
    """The optimum by Pyomo."""
    model = modelled(tables)
    result = solver().solve(model)
    values = pd.Series(model.x.extract_values()).set_axis(tables.columns["name"])
    return Answer(float(result.best_feasible_objective), values)


def live(tables: Tables) -> Callable[[Change], float]:
    """A model whose bounds, sides and costs are changed in place; appsi finds what is new."""
    model, engine = modelled(tables), solver()

    def again(change: Change) -> float:
        for row, low, high in zip(*(a.tolist() for a in (change.rows, change.low, change.high)), strict=True):
            model.low[row], model.high[row] = low, high
        sides = zip(change.lower.tolist(), change.upper.tolist(), strict=True)
        for column, side in zip(change.columns.tolist(), sides, strict=True):
            model.x[column].bounds = side
        for column, cost in zip(change.priced.tolist(), change.cost.tolist(), strict=True):
            model.cost[column] = cost
        return float(engine.solve(model).best_feasible_objective)

    return again


def solver() -> Highs:
    """HiGHS, which keeps what it has loaded."""
    engine = Highs()
    engine.highs_options = {"threads": 1}
    return engine


def modelled(tables: Tables) -> pyo.ConcreteModel:
    """The programme as a Pyomo model; what may change later are its parameters."""
    model = pyo.ConcreteModel()
    columns, rows = tables.columns, tables.rows
    bounds = list(zip(columns["lower"].tolist(), columns["upper"].tolist(), strict=True))
    model.x = pyo.Var(range(len(columns)), bounds=lambda _, at: bounds[at])
    model.cost, model.low, model.high = (
        pyo.Param(range(len(values)), initialize=dict(enumerate(values)), mutable=True, within=pyo.Any)
        for values in (columns["cost"].tolist(), rows["lower"].tolist(), rows["upper"].tolist())
    )
    model.objective = pyo.Objective(expr=pyo.sum_product(model.cost, model.x), sense=pyo.maximize)
    constrain(model, tables, [model.x[at] for at in range(len(columns))], model.low, model.high)
    return model


def constrain(model: pyo.ConcreteModel, tables: Tables, x: Sequence[Any], low: Any, high: Any) -> None:
    """Add the rows over the variables of the columns, between numbers or parameters by row."""
    starts = np.searchsorted(tables.entries["row"], np.arange(len(tables.rows) + 1)).tolist()
    columns, values = tables.entries["column"].tolist(), tables.entries["value"].tolist()
    equal = (tables.rows["lower"] == tables.rows["upper"]).tolist()

    def rule(_: pyo.ConcreteModel, row: int) -> Any:
        at = slice(starts[row], starts[row + 1])
        body = LinearExpression(linear_coefs=values[at], linear_vars=[x[c] for c in columns[at]])
        if equal[row]:
            return body == high[row]
        return pyo.inequality(low[row], body, high[row])

    model.rows = pyo.Constraint(range(len(tables.rows)), rule=rule)
