"""PuLP's algebra, solved by HiGHS through its interface in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pulp
from coefficients import Answer, Change, Tables


def solve(tables: Tables) -> Answer:
    """The optimum by PuLP."""
    problem, variables = modelled(tables)
    problem.solve(pulp.HiGHS(msg=False, threads=1))
    values = pd.Series([variable.varValue for variable in variables], index=tables.columns["name"])
    return Answer(float(pulp.value(problem.objective)), values)


def live(tables: Tables) -> Callable[[Change], float]:
    """PuLP keeps no live session: a change is a new model."""
    return lambda change: solve(change.on(tables)).objective


def modelled(tables: Tables) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The programme as PuLP objects, and its variables in order."""
    problem = pulp.LpProblem("energy", pulp.LpMaximize)
    columns = (tables.columns[name].tolist() for name in ("name", "lower", "upper"))
    variables = [
        problem.add_variable(name, _finite(low), _finite(high)) for name, low, high in zip(*columns, strict=True)
    ]
    problem.setObjective(_sum([*zip(variables, tables.columns["cost"].tolist(), strict=True)]))
    starts = np.searchsorted(tables.entries["row"], np.arange(len(tables.rows) + 1)).tolist()
    entries = [*zip((variables[at] for at in tables.entries["column"]), tables.entries["value"].tolist(), strict=True)]
    rows = (tables.rows[name].tolist() for name in ("name", "lower", "upper"))
    for row, (name, low, high) in enumerate(zip(*rows, strict=True)):
        total = _sum(entries[starts[row] : starts[row + 1]])
        if low == high:
            problem.addConstraint(total == low, name)
        else:
            if np.isfinite(high):
                problem.addConstraint(total <= high, name)
            if np.isfinite(low):
                problem.addConstraint(total >= low, f"{name}.floor")
    return problem, variables


def _sum(entries: list[tuple[pulp.LpVariable, float]]) -> pulp.LpAffineExpression:
    """Σ value·variable, in either version of PuLP."""
    return getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)(entries)


def _finite(bound: float) -> float | None:
    return bound if np.isfinite(bound) else None
