"""What some numbers of a tape come to, as a graph of numbers that any language can reckon again.

The operations between a few moved numbers of the leaves and some recorded arrays are taken apart, one node a number.
What only moves numbers makes no node.  What a question was answered by (a look) is part of the structure and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from energy_routes.linear.tape.derivatives import SUMS, places_of
from energy_routes.linear.tape.recorded import Recorded, Step, traced
from energy_routes.linear.tape.tape import Tape

Ids = NDArray[np.int64]  # the node of each number of an array, flat; FIXED for one that does not move
FIXED = -1

# The operations of a graph, by the functions that they stand for.
OPERATIONS = {
    np.add: "add", np.subtract: "subtract", np.multiply: "multiply", np.true_divide: "divide",
    np.negative: "negative", np.absolute: "absolute", np.maximum: "maximum", np.minimum: "minimum", np.where: "where",
    np.clip: "clip", np.round: "round", np.isfinite: "finite", np.isnan: "blank", np.equal: "equal",
    np.not_equal: "unequal", np.greater: "greater", np.less: "less", np.greater_equal: "least", np.less_equal: "most",
    np.logical_and: "and", np.logical_or: "or", np.logical_not: "not", np.bitwise_and: "and", np.bitwise_or: "or",
    np.invert: "not",
}  # fmt: skip


class Move(NamedTuple):
    """A number of a leaf that an input moves: its position in the leaf, and ``offset + slope × input``.

    While the input is where it started the number is as it is ``stated``.
    """

    node: int
    position: int
    input: int
    stated: float
    offset: float
    slope: float


@dataclass(frozen=True)
class Graph:
    """Nodes in order, each an operation on nodes before it and on constants.

    An operand ≥ 0 is a node, one below 0 the constant ~operand.  A ``move`` has input, stated value, offset and slope,
    all four constants; see :class:`Move`.
    """

    operations: list[str]
    operands: list[list[int]]
    constants: list[float]


def graph_of(tape: Tape, moves: Sequence[Move], arrays: Sequence[Any]) -> tuple[Graph, list[dict[int, int]]]:
    """The graph from moved numbers to recorded arrays; of each array the nodes of those numbers that move.

    Raises TypeError for an operation that no graph has.
    """
    grown = _Grower(tape)
    for move in moves:
        grown.plant(move)
    wanted = tape.behind({array.node for array in arrays if isinstance(array, Recorded)})
    for step in tape.steps:
        if step.node in wanted and any(node in grown.ids for node in step.needs):
            grown.grow(step)
    ends = [grown.ends(array) for array in arrays]
    return grown.pruned(ends)


class _Grower:
    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self.ids: dict[int, Ids] = {}
        self._operations: list[str] = []
        self._operands: list[list[int]] = []
        self._constants: list[float] = []
        self._known: dict[float, int] = {}

    def plant(self, move: Move) -> None:
        """A number of a leaf that moves with an input.  Raises ValueError where another moves it already."""
        value = self._tape.values[move.node]
        ids = self.ids.setdefault(move.node, np.full(np.size(value), FIXED, dtype=np.int64))
        if ids[move.position] != FIXED:
            raise ValueError(move.input)
        facts = (float(move.input), move.stated, move.offset, move.slope)
        ids[move.position] = self._node("move", [self._constant(fact) for fact in facts])

    def grow(self, step: Step) -> None:
        """The nodes of what a step makes of numbers that move."""
        if step.node in self._tape.looks:
            return
        if (moved := traced(step)) is not None:
            parts, source = moved
            ids = np.concatenate([self._ids(part) for part in parts])[source]
        elif step.function in SUMS:
            ids = self._summed(step)
        elif step.function in OPERATIONS or step.function is np.nan_to_num:
            ids = self._one_by_one(step)
        elif np.asarray(self._tape.values[step.node]).dtype.kind == "b":
            return
        else:
            raise TypeError(f"no graph has {getattr(step.function, '__name__', step.function)}")
        if (ids != FIXED).any():
            self.ids[step.node] = ids

    def ends(self, array: Any) -> dict[int, int]:
        """Where in an array numbers move, and their nodes."""
        ids = self._ids(array)
        return {int(at): int(ids[at]) for at in np.flatnonzero(ids != FIXED)}

    def pruned(self, ends: list[dict[int, int]]) -> tuple[Graph, list[dict[int, int]]]:
        """The graph of those nodes alone that the ends rest on."""
        kept = np.zeros(len(self._operations), dtype=bool)
        kept[[node for end in ends for node in end.values()]] = True
        for node in range(len(kept) - 1, -1, -1):
            if kept[node]:
                kept[[own for own in self._operands[node] if own >= 0]] = True
        place = np.cumsum(kept) - 1
        nodes = np.flatnonzero(kept)
        operands = [[int(place[own]) if own >= 0 else own for own in self._operands[node]] for node in nodes]
        graph = Graph([self._operations[node] for node in nodes], operands, self._constants)
        return graph, [{at: int(place[node]) for at, node in end.items()} for end in ends]

    def _one_by_one(self, step: Step) -> Ids:
        shape = np.shape(self._tape.values[step.node])
        args = list(step.args)
        operation = OPERATIONS.get(step.function, "")
        if step.function is np.nan_to_num:
            operation, options = "where", {"nan": 0.0} | step.options
            if set(options) - {"nan", "copy"}:
                raise TypeError("no graph has nan_to_num of infinite numbers")
            args = [args[0], options["nan"]]
        elif step.options or (operation == "round" and len(args) > 1):
            raise TypeError(f"no graph has the options of {operation}")
        ids = [np.broadcast_to(self._ids(arg).reshape(np.shape(arg)), shape).ravel() for arg in args]
        values = [np.broadcast_to(_values(arg), shape).ravel() for arg in args]
        out = np.full(int(np.prod(shape, dtype=int)), FIXED, dtype=np.int64)
        for at in np.flatnonzero(np.any([own != FIXED for own in ids], axis=0)):
            operands = [int(own[at]) if own[at] != FIXED else self._constant(float(value[at]))
                        for own, value in zip(ids, values, strict=True)]
            if step.function is np.nan_to_num:
                operands = [self._node("blank", operands[:1]), operands[1], operands[0]]
            out[at] = self._node(operation, operands)
        return out

    def _summed(self, step: Step) -> Ids:
        of, place, size = places_of(step, self._tape.values[step.node])
        ids, values = self._ids(of), np.ravel(_values(of))
        out = np.full(size, FIXED, dtype=np.int64)
        moving = np.unique(place[ids != FIXED])
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], moving)
        ends = np.searchsorted(place[order], moving, side="right")
        for at, start, end in zip(moving, starts, ends, strict=True):
            own = order[start:end]
            fixed = own[ids[own] == FIXED]
            operands = [int(node) for node in ids[own] if node != FIXED]
            rest = float(values[fixed].sum())
            out[at] = self._node("sum", [*operands, *([self._constant(rest)] if len(fixed) else [])])
        return out

    def _ids(self, arg: Any) -> Ids:
        if isinstance(arg, Recorded) and arg.node in self.ids:
            return self.ids[arg.node]
        return np.full(int(np.size(arg)), FIXED, dtype=np.int64)

    def _constant(self, value: float) -> int:
        if value != value:
            self._constants.append(value)
            return ~(len(self._constants) - 1)
        if value not in self._known:
            self._known[value] = len(self._constants)
            self._constants.append(value)
        return ~self._known[value]

    def _node(self, operation: str, operands: list[int]) -> int:
        self._operations.append(operation)
        self._operands.append(operands)
        return len(self._operations) - 1


def _values(arg: Any) -> NDArray[Any]:
    return np.asarray(arg.base if isinstance(arg, Recorded) else arg)
