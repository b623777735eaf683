"""The programme of a case as arrays, and what the levers of a page make of its numbers.

The page knows nothing of energy: it reckons the numbers of the programme from the values of the levers (a graph of
single numbers, products among its nodes), solves, and multiplies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.case import LEVERS, Case
from energy_routes.errors import UsageError
from energy_routes.formulation import Space, Structure, ledger_terms, limit_of, yardsticks
from energy_routes.indicators import LINES, ledger_term
from energy_routes.linear import Graph, Move
from energy_routes.maps.live.bounds import cones, full, measured, rows_of, standing, steps
from energy_routes.maps.live.levers import Lever, engaged, ranged
from energy_routes.maps.live.packed import packed, stated
from energy_routes.maps.live.readouts import readouts
from energy_routes.maps.live.tracing import tracing
from energy_routes.plan import Plan
from energy_routes.solving import preference, solve

BETWEEN = (0.25, 0.75, 0.55)  # of the range of a lever: where its figures are looked at
OPERATIONS = (
    "move", "add", "subtract", "multiply", "divide", "negative", "absolute", "maximum", "minimum", "where", "clip",
    "round", "finite", "blank", "equal", "unequal", "greater", "less", "least", "most", "and", "or", "not", "sum",
)  # fmt: skip
CARRIAGE = ("tariffs", "loading", "freight")  # terms of the ledger that a line is paid by
PRICED = ("capacity", "joint", "market")  # kinds of limits whose worth is told


@dataclass(frozen=True, eq=False)
class Programme:
    """The programme of ``case`` with rows and terms of all ``levers``; ``structure`` is that of the engaged case."""

    case: Case
    levers: tuple[Lever, ...]
    structure: Structure
    moves: tuple[Move, ...]
    words: Words

    @property
    def space(self) -> Space:
        """Its space."""
        return self.structure.space

    @cached_property
    def content(self) -> dict[str, Any]:
        """All that the page solves with, ready for JSON."""
        graph, arrays, ends = self._graph
        matrix = self.structure.program.coefficients
        periods = self.case.periods
        return {
            "sense": self.structure.program.sense, "objective": self.case.policy.objective,
            "shape": list(self.structure.program.shape),
            "start": packed(matrix.start), "index": packed(matrix.index),
            "arrays": {name: packed(np.atleast_1d(stated(array)))
                       for name, array in arrays.items()},
            "moving": {name: [packed(list(end)), packed(list(end.values()))] for name, end in ends.items() if end},
            "graph": _told(graph),
            "levers": [self._lever(number, lever) for number, lever in enumerate(self.levers)],
            "hold": self.case.policy.exports == "hold", "asked": bool(self.case.policy.asked),
            "caps": packed(self._cap_rows), "held": self._held_rows(),
            "terms": [{"id": term.name, "line": _line(term.name)} for term in ledger_terms(self.space)],
            "lines": len(LINES),
            "carriage": list(CARRIAGE),
            "stages": sum(name.startswith("stage.") for name in arrays),
            "yardsticks": self._yardsticks(), "limits": self._limits(),
            "periods": [{"label": period.label, "years": period.years} for period in periods],
            "period": packed(self._period_of_columns()), "readouts": readouts(self.space),
            "full": full(self.space, self.levers), "tracing": tracing(self.space, self.words),
        }  # fmt: skip

    @cached_property
    def _graph(self) -> tuple[Graph, dict[str, Any], dict[str, dict[int, int]]]:
        structure, space = self.structure, self.space
        arrays: dict[str, Any] = dict(structure.numbers)
        arrays["cash"], arrays["cash.constant"] = structure.cash
        columns = structure.program.shape[1]
        for term in ledger_terms(space):
            arrays[f"term.{term.name}"] = term.expr.coefficients(columns)
            arrays[f"term.{term.name}.constant"] = term.expr.const.sum()
        for number, cost in enumerate(preference((space,), structure.program).costs):
            arrays[f"stage.{number}"] = cost
        graph, ends = structure.graph(self.moves, list(arrays.values()))
        return graph, arrays, dict(zip(arrays, ends, strict=True))

    def _lever(self, number: int, lever: Lever) -> dict[str, Any]:
        told = {
            "path": lever.path, "name": lever.name, "unit": lever.unit, "low": lever.low, "high": lever.high,
            "step": lever.step, "start": lever.start, "kind": lever.kind, "percent": lever.percent,
            "stated": lever.stated, "whole": lever.whole, "relaxed": lever.relaxed, "policy": lever.policy,
        }  # fmt: skip
        if lever.kind == "build":
            return told | standing(self.space, self.structure.program, lever, self.levers)
        if lever.kind == "hhi":
            return told | {"cones": cones(self.space, lever)}
        if lever.policy and lever.kind != "figure":
            return told | {"rows": packed(rows_of(self.space, self.structure.program, lever)),
                           "measured": measured(self.space, lever)}
        return told

    @cached_property
    def _cap_rows(self) -> list[int]:
        """The rows of everything that a plan without caps does not have."""
        program = self.structure.program
        names = {rows.name for rows in program.rows} & {name for name, lever in LEVERS.items() if lever.relaxed}
        return [row for name in sorted(names) for row in range(*program.row_slice(name).indices(program.shape[0]))]

    def _held_rows(self) -> list[dict[str, Any]]:
        """Each family whose exports are held: its row, and the columns of its exports."""
        if self.case.policy.exports != "hold":
            return []
        program, space = self.structure.program, self.space
        start = program.row_slice("hold_exports").start
        family = space.exports.axis.frame["family"]
        return [{"row": start + at, "family": own,
                 "columns": packed(space.exports.col[(family == own).to_numpy(dtype=bool)])}
                for at, own in enumerate(space.held)]

    def _yardsticks(self) -> dict[str, Any]:
        found = yardsticks(self.structure.program)
        (trade,) = found.trades
        places, sources = np.nonzero(trade.reach)
        return {
            "row": packed(found.row), "supplies": packed(trade.supplies), "from_place": packed(trade.from_place),
            "from_period": packed(trade.from_period), "from_market": packed(trade.from_market),
            "deliveries": packed(trade.deliveries), "to_place": packed(trade.to_place),
            "to_period": packed(trade.to_period), "to_market": packed(trade.to_market), "buyer": packed(trade.buyer),
            "flows": packed(trade.flows), "flow_market": packed(trade.flow_market),
            "years": packed(stated(trade.years)), "places": int(trade.reach.shape[0]),
            "sources": int(trade.reach.shape[1]), "reached": packed(places), "reaching": packed(sources),
            "markets": trade.markets, "periods": trade.periods,
            "steps": steps(self.space, trade, self.levers),
        }  # fmt: skip

    def _limits(self) -> list[dict[str, Any]]:
        """The limits whose worth is told: their rows with the period of each (−1: the horizon)."""
        labels = {period.label: at for at, period in enumerate(self.case.periods)}
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for rows in self.structure.program.rows:
            limit = limit_of(rows)
            if limit is None or limit.kind not in PRICED or limit.level:
                continue
            start, frame = self.structure.program.row_slice(rows.name).start, rows.axis.frame
            signs = frame["sign"] if "sign" in frame else pd.Series(1.0, index=frame.index)
            tiers = frame["tier"].astype(str) if "tier" in frame else pd.Series("", index=frame.index)
            periods = frame["period"] if "period" in frame else pd.Series("", index=frame.index)
            for at, (key, tier, period, sign) in enumerate(zip(frame[limit.key], tiers, periods, signs, strict=True)):
                own = found.setdefault((limit.kind, f"{key}|{tier}"), {
                    "kind": limit.kind, "id": key, "tier": tier, "rows": [], "periods": [], "signs": []})  # fmt: skip
                own["rows"].append(start + at)
                own["periods"].append(labels.get(period, -1))
                own["signs"].append(float(sign))
        return list(found.values())

    def _period_of_columns(self) -> list[int]:
        labels = {period.label: at for at, period in enumerate(self.case.periods)}
        out: list[int] = []
        for block in self.structure.program.columns:
            frame = block.axis.frame
            own = frame["period"].map(labels).fillna(-1).astype(int) if "period" in frame else [-1] * len(frame)
            out += list(own)
        return out


def programme_of(plan: Plan, levers: Sequence[Lever], words: Words) -> Programme:
    """The programme of a plan's case with levers.

    Raises UsageError where a lever moves nothing, moves what another moves, or moves it in no straight line; and the
    errors of :func:`energy_routes.solve` of the case without its caps.
    """
    case = ready = plan.case
    for lever in levers:
        if not lever.policy:
            ready = ready.accepting(lever.path)
    full = engaged(ready, levers)
    held = {}
    if case.policy.exports == "hold":
        free = solve(replace(case, policy=case.policy.without_caps())) if case.policy.asked else plan
        held = {str(family): volume for family, volume in free.exports.items() if volume > 0}
    structure = Structure(full, held)
    moves: list[Move] = []
    known: dict[tuple[int, int], str] = {}
    found = []
    for lever in levers:
        if lever.kind in ("hhi", "build"):
            found.append(lever)
            continue
        try:
            told, own = _moves(structure, full, lever, len(found))
            if twice := [known[move[:2]] for move in own if move[:2] in known]:
                raise UsageError(f"{lever.path} moves a figure that {twice[0]} moves: ask for one of the two")
        except UsageError:
            if lever.chosen:
                continue
            raise
        known |= {move[:2]: lever.path for move in own}
        moves += own
        found.append(told)
    return Programme(case, tuple(found), structure, tuple(moves), words)


def _moves(structure: Structure, case: Case, lever: Lever, number: int) -> tuple[Lever, list[Move]]:
    """What a lever moves; a figure with its start and its range."""
    known = lever.high == lever.high
    ends = (lever.low, lever.high) if known else (1.0, 2.0)
    values = [ends[0] + t * (ends[1] - ends[0]) for t in BETWEEN]
    told = [(value, lever.at(case, value)) for value in values]
    figure = not lever.policy
    try:
        moves = structure.moves(number, None if figure else lever.start, told)
    except ValueError as error:
        raise UsageError(f"{lever.path}: {error}; the page cannot move it") from error
    if not moves:
        raise UsageError(f"{lever.path} moves no number of this programme")
    if not figure:
        return lever, moves
    start = np.array([(move.stated - move.offset) / move.slope for move in moves])
    if not np.isfinite(start).all():
        raise UsageError(f"{lever.path} is unlimited or not stated: it has no start to move from")
    return ranged(lever, float(f"{start.mean():.12g}")), moves


def _line(term: str) -> int:
    """The number of the line of the netback sheet that a term of the ledger stands on; −1: on none."""
    line = ledger_term(term).line
    return LINES.index(line) if line else -1


def _told(graph: Graph) -> Mapping[str, Any]:
    starts = np.cumsum([0, *(len(own) for own in graph.operands)])
    return {
        "operations": packed([OPERATIONS.index(own) for own in graph.operations]), "starts": packed(starts),
        "operands": packed([at for own in graph.operands for at in own] or np.zeros(0, dtype=int)),
        "constants": packed(np.array(graph.constants, dtype=float)),
    }  # fmt: skip
