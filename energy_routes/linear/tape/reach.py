"""What some numbers of a tape reach: the steps that follow from them, each done for the numbers that it changes only.

Thousands of questions differ in the same few figures.  Which numbers of each step these figures move is found once
(:class:`Reach`); after that a question costs an operation on so few numbers a step, and not one on all of them.  The
same functions work on the same numbers in the same order, so that the digits are those of the whole tape.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from energy_routes.linear.tape.recorded import Array, Get, Recorded, Step, same, traced

Part = dict[int, Array]  # by node, the numbers at the positions that are reached
Places = NDArray[np.intp]

# Each number of the result comes of one number of each operand, and its digits do not depend on its neighbours.
_ONE_BY_ONE = {
    np.add, np.subtract, np.multiply, np.true_divide, np.negative, np.absolute, np.maximum, np.minimum, np.where,
    np.clip, np.nan_to_num, np.round, np.isfinite, np.isinf, np.isnan, np.equal, np.not_equal, np.greater, np.less,
    np.greater_equal, np.less_equal, np.logical_and, np.logical_or, np.logical_not, np.bitwise_and, np.bitwise_or,
    np.invert,
}  # fmt: skip


class _Done(NamedTuple):
    """A step on the numbers that are reached; ``stays`` is what they have to be, where the structure hangs on them."""

    node: int
    work: Get
    stays: Array | None


class Reach:
    """The steps that follow from some numbers of the leaves: ``moved`` has their positions by node, rising.

    ``steps`` are those of the tape that follow from these leaves, in order; ``looks`` the nodes that are part of the
    structure; ``values`` the numbers of every node as they were recorded.
    """

    def __init__(self, values: Sequence[Any], looks: Mapping[int, Any], steps: Sequence[Step],
                 moved: Mapping[int, Places]) -> None:  # fmt: skip
        self._values, self._at, self._done = values, dict(moved), list[_Done]()
        for step in steps:
            if any(node in self._at for node in step.needs):
                at, work = self._part(step)
                if not len(at):
                    continue
                known = np.asarray(values[step.node])
                fixed = known.dtype.kind == "b" or step.node in looks  # a question keeps its answer, or all is another
                self._done.append(_Done(step.node, work, known.ravel()[at] if fixed else None))
                if not fixed:
                    self._at[step.node] = at

    def after(self, leaves: Part) -> Part | None:
        """The numbers of every node that is reached; None where a question has another answer than on the tape."""
        part = dict(leaves)
        for node, work, stays in self._done:
            found = work(part)
            if stays is None:
                part[node] = found
            elif not same(found, stays):
                return None
        return part

    def whole(self, node: int, part: Part) -> Array:
        """All numbers of a node, those that are reached put in their places."""
        out = np.array(self._values[node], order="C")
        if node in self._at:
            out.reshape(-1)[self._at[node]] = part[node]
        return out

    @property
    def nodes(self) -> set[int]:
        """The nodes of which some number is reached."""
        return set(self._at)

    def _part(self, step: Step) -> tuple[Places, Get]:
        """The positions of a result that are reached, and how their numbers are found."""
        if step.function in _ONE_BY_ONE and not any(np.ndim(option) for option in step.options.values()):
            return self._one_by_one(step)
        if (moves := traced(step)) is not None:
            return self._moved(*moves)
        if step.function is np.bincount:
            return self._binned(step)
        return np.arange(np.size(self._values[step.node])), lambda part: np.ravel(step.again(
            {node: self.whole(node, part) for node in step.needs}))  # fmt: skip

    def _one_by_one(self, step: Step) -> tuple[Places, Get]:
        shape = np.shape(self._values[step.node])
        sources = [np.broadcast_to(np.arange(np.size(arg)).reshape(np.shape(arg)), shape).ravel() for arg in step.args]
        operands = list(zip(step.args, sources, strict=True))
        at = np.flatnonzero(np.any([self._is_reached(arg)[source] for arg, source in operands], axis=0))
        gets = [self._taken(arg, source[at]) for arg, source in operands]
        function, options = step.function, step.options
        if len(gets) == 1 and not options:
            (one,) = gets
            return at, lambda part: function(one(part))
        if len(gets) == 2 and not options:
            one, other = gets
            return at, lambda part: function(one(part), other(part))
        return at, lambda part: function(*[get(part) for get in gets], **options)

    def _moved(self, parts: Sequence[Any], source: Places) -> tuple[Places, Get]:
        """The numbers of a step that only moves them: ``source`` says where each stood in the parts, joined."""
        starts = np.cumsum([0, *map(np.size, parts)])
        reached = np.concatenate([self._is_reached(arg) for arg in parts])
        at = np.flatnonzero(reached[source])
        if len(parts) == 1:
            return at, self._taken(parts[0], source[at])
        pieces = []
        for arg, start, end in zip(parts, starts, starts[1:], strict=False):
            rows = np.flatnonzero((source[at] >= start) & (source[at] < end))
            if len(rows):
                pieces.append((rows, self._taken(arg, source[at][rows] - start)))

        kind = np.result_type(*(arg.dtype if isinstance(arg, Recorded) else np.asarray(arg) for arg in parts))

        def joined(part: Part) -> Array:
            out = np.empty(len(at), dtype=kind)
            for rows, get in pieces:
                out[rows] = get(part)
            return out

        return at, joined

    def _binned(self, step: Step) -> tuple[Places, Get]:
        """Sums by place: those that a number is reached of, each of all its numbers, in their order."""
        place, weights = np.asarray(step.args[0]), step.options["weights"]
        at = np.unique(place[self._is_reached(weights)])
        summed = np.flatnonzero(np.isin(place, at))
        rank, get = np.searchsorted(at, place[summed]), self._taken(weights, summed)
        return at, lambda part: np.bincount(rank, weights=get(part), minlength=len(at))

    def _is_moved(self, arg: Any) -> bool:
        return isinstance(arg, Recorded) and arg.node in self._at

    def _is_reached(self, arg: Any) -> NDArray[np.bool_]:
        """Which numbers of an operand are reached, flat."""
        out = np.zeros(np.size(arg), dtype=bool)
        if self._is_moved(arg):
            out[self._at[arg.node]] = True
        return out

    def _taken(self, arg: Any, source: Places) -> Get:
        """How the numbers at some positions of an operand are found: those that are not reached are as recorded."""
        known = np.ravel(arg.base if isinstance(arg, Recorded) else arg)[source]
        if not self._is_moved(arg):
            return lambda part: known
        node, at = arg.node, self._at[arg.node]
        if np.array_equal(source, at):
            return operator.itemgetter(node)
        hit = np.flatnonzero(self._is_reached(arg)[source])
        take = np.searchsorted(at, source[hit])
        if len(hit) == len(source):
            return lambda part: part[node][take]

        def mixed(part: Part) -> Array:
            out = known.copy()
            out[hit] = part[node][take]
            return out

        return mixed
