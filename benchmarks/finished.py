"""The finished coefficients of a case, and what differs in others: made by us, outside of what is measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from coefficients import Change, Index, Tables, Vector

import energy_routes as er
from energy_routes.formulation import Space
from energy_routes.linear import Columns, Program, Rows
from energy_routes.solving import preference, stated


def tables_of(case: er.Case) -> Tables:
    """The finished coefficients of a case that maximises its netback; rows without an entry are left out."""
    space, program = stated(case)
    matrix = program.matrix.tocsr()
    filled = np.flatnonzero(np.diff(matrix.indptr))
    entries = matrix[filled].tocoo()
    columns = pd.DataFrame(_labels(program.columns, program.column_names())).assign(
        lower=program.col_lower, upper=program.col_upper, cost=program.cost
    )
    rows = pd.DataFrame(_labels(program.rows, program.row_names())).assign(
        lower=program.row_lower, upper=program.row_upper
    )
    places = {"row": entries.row.astype(np.int64), "column": entries.col.astype(np.int64), "value": entries.data}
    return Tables(columns, rows.iloc[filled].reset_index(drop=True), pd.DataFrame(places), _stages(space, program))


def changes(tables: Tables, others: Sequence[Tables]) -> list[Change]:
    """What differs in others of the same shape.  Raises ValueError where coefficients do."""
    if any(not np.array_equal(tables.entries.to_numpy(), other.entries.to_numpy()) for other in others):
        raise ValueError("coefficients differ: bounds and costs alone were to change")

    def touched(frame: str, *names: str) -> Index:
        old = getattr(tables, frame)[[*names]].to_numpy()
        differ = [(getattr(other, frame)[[*names]].to_numpy() != old).any(axis=1) for other in others]
        return np.flatnonzero(np.any(differ, axis=0))

    rows, columns = touched("rows", "lower", "upper"), touched("columns", "lower", "upper")
    priced = touched("columns", "cost")

    def at(frame: pd.DataFrame, where: Index, *names: str) -> list[Vector]:
        return [frame[name].to_numpy()[where] for name in names]

    return [
        Change(rows, *at(other.rows, rows, "lower", "upper"), columns, *at(other.columns, columns, "lower", "upper"),
               priced, *at(other.columns, priced, "cost"))
        for other in others
    ]  # fmt: skip


def _stages(space: Space, program: Program) -> pd.DataFrame:
    """What the canonical plan is chosen by."""
    preferred = preference((space,), program)
    stages = {f"least {i}": cost for i, cost in enumerate(preferred.costs)}
    for i, goal in enumerate(preferred.yardsticks.goals(program)):
        stages |= {f"weight {i}": goal.weight, f"target {i}": goal.target}
    return pd.DataFrame(stages)


def _labels(blocks: Iterable[Columns | Rows], names: list[str]) -> Mapping[str, list[str]]:
    """Name, block, period and what is left of the label, of all columns or rows."""
    out: dict[str, list[str]] = {"name": names, "block": [], "item": [], "period": []}
    for block in blocks:
        keys = block.axis.keys
        for label in block.axis.names():
            out["block"].append(block.name)
            out["item"].append("/".join(part for key, part in zip(keys, label, strict=True) if key != "period"))
            out["period"].append(label[keys.index("period")] if "period" in keys else "")
    return out
