"""What a plan could use: the rows of each table that an open arc reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from energy_routes.network import Network
from energy_routes.pack import TABLES, Period

DIVIDES = ("owners", "payees", "operating", "fiscal")  # tables that say who gets what of a plan


class Reach:
    """Which rows the plan could use: those whose arc is open, or whose market an open arc reaches.

    No plan uses what divides money (``DIVIDES``), limits that are not in force, or ramps where nothing came unforeseen.
    """

    def __init__(self, network: Network, periods: Sequence[Period]) -> None:
        self._tables = network.tables
        arcs = network.tables["arcs"]
        open_ = network.open(periods)
        self._arc = dict(zip(arcs["id"], open_, strict=True))
        ends = [set(arcs.loc[open_[:, at], "to"]) for at in range(len(periods))]
        markets = network.tables["markets"]
        self._market = {
            market: np.array([node in there for there in ends])
            for market, node in zip(markets["id"], markets["node"], strict=True)
        }
        terms = network.tables["limit_terms"]
        self._limit: dict[str, Any] = {
            str(limit): np.any([self._arc[a] for a in group], axis=0) for limit, group in terms.groupby("limit")["arc"]
        }
        limits = network.tables["limits"]
        never = np.zeros(len(periods), dtype=bool)
        self._limit |= dict.fromkeys(limits.loc[~limits["in_force"].astype(bool), "id"], never)
        unforeseen = all(period.month for period in periods) and any(edit.event for edit in network.edits)
        self._never = dict.fromkeys(DIVIDES if unforeseen else (*DIVIDES, "ramps"), never)
        self._rows: dict[str, list[Any]] = {}

    def open(self, table: str, row: int, at: int) -> bool:
        """Whether row ``row`` of a table can be used in period ``at``."""
        if table not in self._rows:
            self._rows[table] = self._of(table)
        known = self._rows[table][row]
        return bool(known is None or known[at])

    def _of(self, table: str) -> list[Any]:
        frame, own = self._tables[table], {"arcs": self._arc, "markets": self._market, "limits": self._limit}
        if table in self._never:
            return [self._never[table]] * len(frame)
        if table in own:
            return [own[table].get(key) for key in frame["id"]]
        for column in TABLES[table].columns:
            if column.refers in ("arcs", "markets") and column.kind == "str":
                return [own[column.refers].get(key) if isinstance(key, str) else None for key in frame[column.name]]
        return [None] * len(frame)
