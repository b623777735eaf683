"""The limits of a programme in the words of the field: which rows and bounds they are, and what they are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.formulation import Limit, Space, limit_of
from energy_routes.linear import Columns, Program, Rows
from energy_routes.network import Names, group_names

COLUMNS = [
    "block", "rule", "at", "sign", "kind", "limit", "name", "family", "period", "lower", "upper", "unit", "worth",
    "level", "repair",
]  # fmt: skip
A_PRICE = (
    "The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It is 0 where "
    'more would not be used, and "no plan" where the move is impossible. A row over a year says what one more a year '
    "of the limit, in force in every period, is worth."
)
NO_PLAN, NOT_FOUND = "no plan", "not found: numerical trouble"  # why a limit has no price


def limit_table(
    space: Space, program: Program, stated: Callable[[Rows | Columns], Limit | None] = limit_of
) -> pd.DataFrame:
    """One row a limit, side and period: its block and place in the programme, kind, id, name, bounds, and their units.

    Both sides of most limits stand in one row.  ``rule`` is the block of the other side where it has rows of its own.
    ``at`` counts the rows of the programme and then its columns.  ``lower`` and ``upper`` are those of the limit; its
    row in the programme holds the same times ``sign`` (±1).  ``worth`` is the unit of its price; ``level`` and
    ``repair`` are as declared (:class:`energy_routes.formulation.Limit`).  ``stated`` tells which limit a block states.
    """
    parts, start = [], 0
    called = Names(space.case.network.tables, group_names(space.case.network.packs))
    for rows in program.rows:
        if (limit := stated(rows)) is not None and len(rows):
            parts.append(_described(space, called, limit, rows, start))
        start += len(rows)
    for lifted in program.columns:
        if lifted.name.partition("@")[0] == "lifted" and (limit := stated(lifted)) is not None and len(lifted.axis):
            least = np.where(lifted.lower > 0, lifted.lower, -np.inf)  # that nothing goes back is no limit
            parts.append(_described(space, called, limit, replace(lifted, lower=least), start + lifted.start))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}
    return pd.DataFrame(columns).astype({"limit": object, "period": object})


def _described(
    space: Space, called: Names, limit: Limit, block: Rows | Columns, start: int
) -> dict[str, NDArray[Any]]:
    """The columns of the table for one block."""
    labels, network = block.axis.frame, space.case.network
    count = len(labels)
    sign = block.axis.data("sign") if "sign" in labels else np.ones(count)
    family = _texts(labels["family"]) if "family" in labels else [_only_family(space)] * count
    period = next((_texts(labels[name]) for name in ("period", "window") if name in labels), ["horizon"] * count)
    units, worths = network.units("volume"), network.units("unit_value")
    out: dict[str, Any] = {
        "block": [block.name] * count,
        "rule": [limit.side_of or block.name] * count,
        "at": start + np.arange(count),
        "sign": sign,
        "kind": [limit.kind] * count,
        "limit": _texts(labels[limit.key]),
        "name": called.filled(limit.name or f"{{{limit.key}}}", labels),
        "family": family,
        "period": period,
        "lower": np.where(sign > 0, block.lower, 0.0 - block.upper),
        "upper": np.where(sign > 0, block.upper, 0.0 - block.lower),
        "unit": [limit.unit or units.get(name, "") for name in family],
        "worth": [limit.worth or worths.get(name, "") for name in family],
        "level": [limit.level] * count,
        "repair": [limit.repair] * count,
    }
    return {name: _column(values) for name, values in out.items()}


def _texts(labels: pd.Series) -> list[str]:
    return [str(label) for label in labels.tolist()]


def _column(values: Any) -> NDArray[Any]:
    """Texts as objects: as fixed-width ones they would be copied at their longest."""
    return np.array(values, dtype=object) if isinstance(values[0], str) else np.asarray(values)


def _only_family(space: Space) -> str:
    """The family of a rule that names none (a user's own): the case's, or blank where there are several."""
    families = space.exports.axis.frame["family"].unique()
    return str(families[0]) if len(families) == 1 else ""
