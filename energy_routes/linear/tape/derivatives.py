"""How what was recorded on a tape depends on its leaves: sparse maps from figures to entries, by the chain rule.

Each operation has its own rule.  One that only moves numbers (a row is picked, arrays are joined) is applied to the
positions of its operand, and says where each number comes from.  A product is linear in each of its factors: its map
holds at the figures of the tape, and the tape has the product itself as a node.  At a kink (what is left of a line
cannot be more than all) the derivative is that towards less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from energy_routes.linear.tape.recorded import Recorded, Step, traced
from energy_routes.linear.tape.tape import Tape

Map: TypeAlias = sparse.csr_array  # shape (numbers of an array, numbers of all leaves)
Slopes: TypeAlias = Callable[..., tuple[Any, ...]]

# The derivative of a function in each of its operands; at a kink that towards less.
_SLOPES: dict[Any, Slopes] = {
    np.add: lambda a, b: (1.0, 1.0),
    np.subtract: lambda a, b: (1.0, -1.0),
    np.multiply: lambda a, b: (b, a),
    np.true_divide: lambda a, b: (1.0 / b, -a / (b * b)),
    np.negative: lambda a: (-1.0,),
    np.absolute: lambda a: (np.sign(a),),
    np.maximum: lambda a, b: (a > b, a < b),
    np.minimum: lambda a, b: (a <= b, a >= b),
    np.clip: lambda a, low, high: ((low < a) & (a <= high), a < low, a > high),
    np.nan_to_num: lambda a: (np.isfinite(a),),
    np.round: lambda a: (0.0,),
    np.where: lambda asked, a, b: (0.0, asked, ~np.asarray(asked)),
}
SUMS = (np.bincount, np.sum, np.ndarray.sum, np.add.reduce, np.add.reduceat)


def maps_of(tape: Tape, arrays: Sequence[Any]) -> list[Map]:
    """The derivatives of recorded arrays (flattened) in all numbers of all leaves, in the order of the leaves.

    Shape (numbers of the array, numbers of the leaves); a plain array depends on nothing.  Raises TypeError for an
    operation without a rule.
    """
    return _Chain(tape).of(arrays)


class _Chain:
    """The maps of the nodes of a tape, found from the leaves on."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        sizes = [int(tape.values[leaf.node].size) for leaf in tape.leaves]
        self._width = sum(sizes)
        starts = np.cumsum([0, *sizes])
        self._maps: dict[int, Map] = {
            leaf.node: _ones(starts[at] + np.arange(size), size, self._width)
            for at, (leaf, size) in enumerate(zip(tape.leaves, sizes, strict=True))
        }

    def of(self, arrays: Sequence[Any]) -> list[Map]:
        wanted = self._tape.behind({array.node for array in arrays if isinstance(array, Recorded)})
        with np.errstate(all="ignore"):
            for step in self._tape.steps:
                if step.node in wanted:
                    self._maps[step.node] = self._after(step)
        return [self._map(array) for array in arrays]

    def _map(self, array: Any) -> Map:
        if isinstance(array, Recorded):
            return self._maps[array.node]
        return sparse.csr_array((int(np.size(array)), self._width))

    def _after(self, step: Step) -> Map:
        out = np.asarray(self._tape.values[step.node])
        if out.dtype.kind == "b":
            return self._map(out)
        if step.function in _SLOPES:
            return self._by_slopes(step, out)
        if (moves := traced(step)) is not None:  # numbers that change places take their maps along
            parts, source = moves
            return sparse.vstack([self._map(part) for part in parts], format="csr")[source]
        if step.function in SUMS:
            return self._summed(step, out)
        raise TypeError(f"no derivative of {getattr(step.function, '__name__', step.function)} is known")

    def _by_slopes(self, step: Step, out: NDArray[Any]) -> Map:
        """Σ of the operands' maps, each row times the slope of the result in it."""
        values = [arg.base if isinstance(arg, Recorded) else arg for arg in step.args]
        total, stated = self._map(out), np.isfinite(out.ravel())  # what has no limit, or is blank, stays so
        for arg, slope in zip(step.args, _SLOPES[step.function](*values), strict=False):
            if isinstance(arg, Recorded):
                own = self._maps[arg.node]
                if np.shape(arg) != out.shape:
                    own = own[np.broadcast_to(np.arange(own.shape[0]).reshape(arg.shape), out.shape).ravel()]
                weight = np.broadcast_to(slope, out.shape).ravel().astype(float)
                weight = np.where(np.isfinite(weight) & stated, weight, 0.0)
                total = total + sparse.diags_array(weight) @ own
        return sparse.csr_array(total)

    def _summed(self, step: Step, out: NDArray[Any]) -> Map:
        """The map of sums: every number goes to the one that it is added to."""
        of, place, size = places_of(step, out)
        gather = sparse.csr_array((np.ones(len(place)), (place, np.arange(len(place)))), shape=(size, len(place)))
        return sparse.csr_array(gather @ self._map(of))


def places_of(step: Step, out: Any) -> tuple[Any, NDArray[np.int64], int]:
    """Of a step that sums: what is summed, which sum each number of it goes into, and how many sums there are."""
    if step.function is np.bincount:
        return step.options["weights"], np.asarray(step.args[0]), int(np.size(out))
    of, shape = step.args[0], np.shape(step.args[0])
    axis = step.options.get("axis", 0 if step.function in (np.add.reduce, np.add.reduceat) else None)
    if axis is None:
        return of, np.zeros(int(np.prod(shape)), dtype=np.int64), int(np.size(out))
    numbers = np.arange(np.size(out)).reshape(np.shape(out))
    if step.function == np.add.reduceat:
        lengths = np.diff(np.append(step.args[1], shape[axis]))
        return of, np.repeat(numbers, lengths, axis=axis).ravel(), int(np.size(out))
    return of, np.broadcast_to(np.expand_dims(numbers, axis), shape).ravel(), int(np.size(out))


def _ones(columns: NDArray[np.int64], rows: int, width: int) -> Map:
    return sparse.csr_array((np.ones(rows), columns, np.arange(rows + 1)), shape=(rows, width))
