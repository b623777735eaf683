"""The limits of a programme in the words of the field: which rows and bounds they are, and what they are called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from energy_routes.formulation import Limit, Space, limit_of
from energy_routes.linear import Columns, Program, Rows
from energy_routes.network import Names

COLUMNS = [
    "block", "rule", "at", "sign", "kind", "limit", "name", "family", "period", "lower", "upper", "unit", "worth",
    "level", "repair",
]  # fmt: skip
A_PRICE = (
    "The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It is 0 where "
    'more would not be used, and "no plan" where the move is impossible. A row over a year says what one more a year '
    "of the limit, in force in every period, is worth."
)
ONE_OF_SEVERAL, NO_PLAN = "one of several", "no plan"  # what is noted of a price that is no derivative, or is none


def limit_table(space: Space, program: Program) -> pd.DataFrame:
    """One row a limit, side and period: its block and place in the programme, kind, id, name, bounds, and their units.

    Both sides of most limits stand in one row.  ``rule`` is the block of the other side where it has rows of its own.
    ``at`` counts the rows of the programme and then its columns.  ``lower`` and ``upper`` are those of the limit; its
    row in the programme holds the same times ``sign`` (±1).  ``worth`` is the unit of its price; ``level`` and
    ``repair`` are as declared (:class:`energy_routes.formulation.Limit`).
    """
    frames = []
    start, called = 0, Names(space.case.network.tables)
    for rows in program.rows:
        if (limit := limit_of(rows)) is not None and len(rows):
            frames.append(_described(space, called, limit, rows, start))
        start += len(rows)
    lifted = program.column_block("lifted")
    least = np.where(lifted.lower > 0, lifted.lower, -np.inf)  # that nothing goes back is no limit
    if (limit := limit_of(lifted)) is not None and len(lifted.axis):
        frames.append(_described(space, called, limit, replace(lifted, lower=least), start + lifted.start))
    return pd.concat(frames or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)


def _described(space: Space, called: Names, limit: Limit, block: Rows | Columns, start: int) -> pd.DataFrame:
    labels = block.axis.frame
    sign = labels["sign"].to_numpy(dtype=float) if "sign" in labels else np.ones(len(labels))
    names = called.filled(limit.name or f"{{{limit.key}}}", labels)
    frame = pd.DataFrame(
        {
            "block": block.name,
            "rule": limit.side_of or block.name,
            "at": start + np.arange(len(labels)),
            "sign": sign,
            "kind": limit.kind,
            "limit": labels[limit.key].astype(str).astype(object),
            "name": np.array(names, dtype=object),
            "family": labels["family"] if "family" in labels else _only_family(space),
            "period": labels.get("period", labels.get("window", "horizon")),
            "lower": np.where(sign > 0, block.lower, 0.0 - block.upper),
            "upper": np.where(sign > 0, block.upper, 0.0 - block.lower),
            "level": limit.level,
            "repair": limit.repair,
        }
    )
    network = space.case.network
    unit = limit.unit or frame["family"].map(network.units("volume"))
    worth = limit.worth or frame["family"].map(network.units("unit_value")).fillna("")
    return frame.assign(unit=unit, worth=worth)[COLUMNS]


def _only_family(space: Space) -> str:
    """The family of a rule that names none (a user's own): the case's, or blank where there are several."""
    families = space.exports.axis.frame["family"].unique()
    return str(families[0]) if len(families) == 1 else ""
