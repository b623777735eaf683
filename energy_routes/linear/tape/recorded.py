"""Arrays of a tape, and the operations between them: what is made of a recorded array is recorded, too."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

if TYPE_CHECKING:
    from energy_routes.linear.tape.tape import Tape

Kind = TypeVar("Kind")
Array = NDArray[Any]
Get = Callable[[Any], Any]  # from the values of a state, by node

# Functions whose result has a shape that depends on the shapes of what they are given alone.  Others are looks.
_RECORDED = {
    np.where, np.concatenate, np.stack, np.vstack, np.repeat, np.broadcast_to, np.bincount, np.nan_to_num, np.clip,
    np.ravel, np.reshape, np.sum, np.any, np.all, np.max, np.round, np.array_equal,
}  # fmt: skip
# Those that only move numbers.
_MOVES = {
    operator.getitem, np.concatenate, np.stack, np.vstack, np.repeat, np.broadcast_to, np.ravel, np.reshape,
    np.ndarray.ravel, np.ndarray.reshape, np.ndarray.repeat, np.ndarray.copy, np.ndarray.astype,
}  # fmt: skip
_METHODS = {"__call__", "reduce", "reduceat"}
_OF_SHAPE = {np.ndim, np.shape, np.size}


class Recorded(NDArrayOperatorsMixin):
    """An array of a tape.  It is used as any array; what is made of it is recorded."""

    __slots__ = ("node", "tape")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tape: Tape, node: int) -> None:
        self.tape, self.node = tape, node

    @property
    def base(self) -> Array:
        """The array as it was recorded; not a look."""
        return cast(Array, self.tape.values[self.node])

    @property
    def shape(self) -> tuple[int, ...]:
        return self.base.shape

    @property
    def ndim(self) -> int:
        return self.base.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.base.dtype

    def __len__(self) -> int:
        return len(self.base)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.tape.looked_at(self), dtype=dtype, copy=copy)

    def __bool__(self) -> bool:
        return bool(self.tape.looked_at(self))

    def __float__(self) -> float:
        return float(self.tape.looked_at(self))

    def __format__(self, spec: str) -> str:
        return format(self.tape.looked_at(self)[()], spec)  # in the words of an error

    def __iter__(self) -> Any:
        return iter(self.tape.looked_at(self))

    def __getitem__(self, key: Any) -> Any:
        return self.tape.record(operator.getitem, (self, _plain(key)), {})

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in ("all", "any", "astype", "copy", "max", "ravel", "repeat", "reshape", "sum"):
            raise AttributeError(f"a recorded array has no {name!r}")
        method = getattr(np.ndarray, name)
        return lambda *args, **options: self.tape.record(method, (self, *args), options)

    def __array_ufunc__(self, function: Any, method: str, *args: Any, **options: Any) -> Any:
        if "out" in options:
            raise TypeError(f"np.{function.__name__} writes into an array; a recorded one is never written into")
        if method not in _METHODS:
            return getattr(function, method)(*map(_plain, args), **options)
        return self.tape.record(function if method == "__call__" else getattr(function, method), args, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function in _OF_SHAPE:
            return function(self.base)
        if function not in _RECORDED or (function is np.where and len(args) < 3):
            return function(*map(_plain, args), **{name: _plain(value) for name, value in options.items()})
        if function is np.bincount:
            args = (_plain(args[0]), *args[1:])
        return self.tape.record(function, args, options)


@dataclass(frozen=True)
class Step:
    """An operation: what it makes, what of, and how it is repeated on the values of a state."""

    node: int
    needs: tuple[int, ...]
    again: Get
    function: Callable[..., Any]
    args: Sequence[Any]
    options: dict[str, Any]


def plain(array: Kind) -> Kind:
    """An array as part of the structure: a look, where it is recorded."""
    return cast(Kind, np.asarray(array))


def whole(numbers: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers as an array of floats, recorded where they were."""
    return cast(Any, numbers) if isinstance(cast(object, numbers), Recorded) else np.array(numbers, dtype=np.float64)


def _plain(thing: Any) -> Any:
    """What a look sees: recorded arrays as plain ones, in tuples and lists, too."""
    if isinstance(thing, Recorded):
        return thing.tape.looked_at(thing)
    return type(thing)(map(_plain, thing)) if isinstance(thing, tuple | list) else thing


def reader(arg: Any, needs: list[int]) -> Get:
    """How an argument of an operation is found among the values of a state; appends the nodes that it needs."""
    if isinstance(arg, Recorded):
        needs.append(arg.node)
        return operator.itemgetter(arg.node)
    if isinstance(arg, tuple | list) and any(isinstance(part, Recorded) for part in arg):
        parts = [reader(part, needs) for part in arg]
        return lambda values: [get(values) for get in parts]
    return lambda values: arg


def again_of(function: Callable[..., Any], given: list[Get], named: dict[str, Get]) -> Get:
    """A function of the values of a state; most operations have one or two operands, and these are called at once."""
    if len(given) == 1 and not named:
        (one,) = given
        return lambda values: np.asarray(function(one(values)))
    if len(given) == 2 and not named:
        one, other = given
        return lambda values: np.asarray(function(one(values), other(values)))

    def again(values: list[Any]) -> Any:
        options = {name: get(values) for name, get in named.items()}
        return np.asarray(function(*[get(values) for get in given], **options))

    return again


def traced(step: Step) -> tuple[list[Any], NDArray[np.intp]] | None:
    """Of a step that only moves numbers: its parts, and where in them, joined, each number of the result stood.

    The operation is done to positions instead of numbers.  None for any other step.
    """
    if step.function not in _MOVES:
        return None
    parts: list[Any] = []
    start = 0

    def positions(arg: Any) -> Any:
        nonlocal start
        if isinstance(arg, tuple | list) and any(isinstance(part, Recorded) for part in arg):
            return [positions(part) for part in arg]
        parts.append(arg)
        start += int(np.size(arg))
        return np.arange(start - np.size(arg), start).reshape(np.shape(arg))

    first, *rest = step.args
    moved = step.function(positions(first), *(() if step.function is np.ndarray.astype else rest), **step.options)
    return parts, np.asarray(moved, dtype=np.intp).ravel()


def same(one: Array, other: Array) -> bool:
    """Whether two arrays have the same shape and numbers; blanks are the same."""
    if one.shape != other.shape:
        return False
    alike = one == other
    return bool((alike if one.dtype.kind != "f" else alike | ((one != one) & (other != other))).all())
