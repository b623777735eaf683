"""The proof of a plan on disk: its programme as tables with names, its point and its duals, and those it rests on.

A folder holds ``columns.parquet`` (block, label, bounds, cost, value), ``rows.parquet`` (rule, label, bounds, dual),
``entries.parquet`` (row, column, value of the matrix) and ``programme.json`` (sense, offset).  Labels are JSON lists.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from energy_routes.linear import Columns, Program, Rows, Solution
from energy_routes.plan import Plan

PROOF = "proof"
PARTS = {"optimum": "plan", "reference": "held"}  # what a plan has at hand, and the folder of its proof


def write_proof(plan: Plan, folder: Path) -> None:
    """Write the optimum of a plan, that which its held exports rest on, and those without each unforeseen event.

    Nothing is written where no duals are at hand.

    A plan that was read back takes the proof of its own folder along.
    """
    before = getattr(plan, "folder", None)
    if before is not None and (before / PROOF).is_dir():
        shutil.copytree(before / PROOF, folder)
        return
    for part, name in PARTS.items():
        optimum = plan.parts.at_hand(part)
        if optimum is not None and optimum.solution.prices is not None:
            _write(optimum.program, optimum.solution, folder / name)
    for number, optimum in enumerate(plan.parts.at_hand("events") or (), 1):
        _write(optimum.program, optimum.solution, folder / f"event-{number}")


def _write(program: Program, solution: Solution, folder: Path) -> None:
    folder.mkdir(parents=True)
    columns = _labelled(program.columns).assign(lower=program.col_lower, upper=program.col_upper, cost=program.cost,
                                                value=solution.x)  # fmt: skip
    columns.to_parquet(folder / "columns.parquet", index=False)
    rows = _labelled(program.rows).assign(lower=program.row_lower, upper=program.row_upper, dual=solution.dual)
    rows.to_parquet(folder / "rows.parquet", index=False)
    entries = program.matrix.tocoo()
    pd.DataFrame(
        {"row": entries.row.astype(np.int64), "column": entries.col.astype(np.int64), "value": entries.data}
    ).to_parquet(folder / "entries.parquet", index=False)
    told = {"sense": program.sense, "offset": program.offset}
    (folder / "programme.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _labelled(blocks: Sequence[Columns] | Sequence[Rows]) -> pd.DataFrame:
    """A row for each column, or row, of some blocks: the block's name, and the label as a JSON list."""
    names = [(block.name, json.dumps(label, ensure_ascii=False)) for block in blocks for label in block.axis.names()]
    return pd.DataFrame(names, columns=["block", "label"], dtype=object)
