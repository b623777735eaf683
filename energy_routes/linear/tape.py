"""Numbers that remember how they were reckoned, so that they can be reckoned again when what they rest on changes.

A :class:`Tape` records the operations of numpy between its leaves (figures that may change) and what is made of them.
:meth:`Tape.refreshed` reads the leaves again and repeats the operations that follow from those that changed: the same
functions on the same arrays, so that the digits are those of a programme that is built anew.

Whatever looks at a recorded number as it is (a mask that picks rows, a test, a conversion to a plain array) makes it
part of the structure.  Such a look is remembered, too: where the number comes out otherwise, the structure is another,
and ``refreshed`` says so.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

Kind = TypeVar("Kind")
Array = NDArray[Any]
Get = Callable[[list[Any]], Any]  # from the values of a state
Read = Callable[[Any], Array]  # from the facts of a question to the numbers of a leaf

# Functions whose result has a shape that depends on the shapes of what they are given alone.  Others are looks.
_RECORDED = {
    np.where, np.concatenate, np.stack, np.vstack, np.repeat, np.broadcast_to, np.bincount, np.nan_to_num, np.clip,
    np.ravel, np.reshape, np.sum, np.any, np.all, np.max, np.round, np.array_equal,
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


@dataclass(frozen=True)
class Leaf:
    """Figures that may change: their place among the values, what they are about, and how they are read."""

    node: int
    topic: Hashable
    read: Read


@dataclass
class Tape:
    """What was reckoned of the figures of one question."""

    values: list[Any] = field(default_factory=list)
    looks: dict[int, Array] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    _orders: dict[tuple[frozenset[int], bool], list[Step]] = field(default_factory=dict)

    def leaf(self, topic: Hashable, read: Read, value: Array) -> Array:
        """Figures that may change, ``value`` as they are now; ``read`` finds them in the facts of another question.

        They are looked for again where something about their ``topic`` changed.
        """
        self.leaves.append(Leaf(len(self.values), topic, read))
        return cast(Array, self._made(value))

    def record(self, function: Callable[..., Any], args: Sequence[Any], options: dict[str, Any]) -> Any:
        """Do an operation, and remember it."""
        needs: list[int] = []
        again = _again(function, [_reader(arg, needs) for arg in args],
                       {name: _reader(arg, needs) for name, arg in options.items()})
        self.steps.append(Step(len(self.values), tuple(needs), again, function, args, options))
        return self._made(again(self.values))

    def looked_at(self, of: Recorded) -> Array:
        """The array as it is: from now on part of the structure."""
        self.looks[of.node] = of.base
        return of.base

    def keep(self, *arrays: Any) -> None:
        """Say which arrays are asked of every state; others are reckoned again only for :meth:`State.at`."""
        self.kept |= {array.node for array in arrays if isinstance(array, Recorded)}

    def _made(self, value: Any) -> Recorded:
        self.values.append(value)
        return Recorded(self, len(self.values) - 1)

    def refreshed(self, facts: Any, topics: Callable[[Hashable], bool]) -> State | None:
        """The state for other facts; None where the structure is another.

        ``topics`` tells whether something about a topic may have changed.
        """
        values, changed = list(self.values), []
        for leaf in self.leaves:
            if topics(leaf.topic):
                value = leaf.read(facts)
                if not _same(value, values[leaf.node]):
                    values[leaf.node] = value
                    changed.append(leaf.node)
        with np.errstate(all="ignore"):  # what is not to be reckoned was asked about when it was recorded
            moved = set(changed)
            for step in self._order(frozenset(changed), needed=True):
                if moved.isdisjoint(step.needs):
                    continue
                value = step.again(values)
                if value.dtype.kind == "b" and _same(value, values[step.node]):
                    continue  # a question with the same answer: nothing follows from it
                if step.node in self.looks and not _same(value, self.looks[step.node]):
                    return None
                values[step.node] = value
                moved.add(step.node)
        if any(node in self.looks and not _same(values[node], self.looks[node]) for node in changed):
            return None
        return State(self, values, frozenset(changed))

    def _order(self, changed: frozenset[int], *, needed: bool) -> list[Step]:
        """The steps that follow from changed leaves, in their order: those that every state needs, or the others."""
        if (changed, needed) not in self._orders:
            if len(self._orders) > 64:
                self._orders.clear()
            moved, following = set(changed), []
            for step in self.steps:
                if not moved.isdisjoint(step.needs):
                    moved.add(step.node)
                    following.append(step)
            asked = self._asked
            self._orders[changed, True] = [step for step in following if step.node in asked]
            self._orders[changed, False] = [step for step in following if step.node not in asked]
        return self._orders[changed, needed]

    @cached_property
    def _asked(self) -> set[int]:
        """The nodes that what is kept or looked at rests on."""
        asked = self.kept | set(self.looks)
        for step in reversed(self.steps):
            if step.node in asked:
                asked.update(step.needs)
        return asked


@dataclass
class State:
    """The numbers of a tape under other facts; ``changed`` are the leaves that differ."""

    tape: Tape
    _values: list[Any]
    changed: frozenset[int]
    _whole: bool = False

    def of(self, array: Kind) -> Kind:
        """A kept array in this state; any other array as it is."""
        return cast(Kind, self._values[array.node]) if isinstance(array, Recorded) else array

    def at(self, thing: Kind, instead: Sequence[tuple[object, object]] = ()) -> Kind:
        """A structure made of dataclasses, tuples and recorded arrays in this state: the same with plain arrays.

        ``instead`` pairs objects in it with what stands in their place.
        """
        if not self._whole:
            with np.errstate(all="ignore"):
                for step in self.tape._order(self.changed, needed=False):
                    self._values[step.node] = step.again(self._values)
            self._whole = True
        return cast(Kind, self._mapped(thing, {id(old): new for old, new in instead}))

    def _mapped(self, thing: Any, known: dict[int, Any]) -> Any:
        if id(thing) in known:
            return known[id(thing)]
        if isinstance(thing, Recorded):
            return self._values[thing.node]
        if isinstance(thing, tuple | list):
            return type(thing)(self._mapped(part, known) for part in thing)
        if isinstance(thing, dict):
            return {name: self._mapped(part, known) for name, part in thing.items()}
        if not is_dataclass(thing) or isinstance(thing, type):
            return thing
        known[id(thing)] = made = object.__new__(type(thing))  # not anew: nothing is to be checked or numbered again
        vars(made).update({name: self._mapped(value, known) for name, value in vars(thing).items()})
        return made


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


def _reader(arg: Any, needs: list[int]) -> Get:
    """How an argument of an operation is found among the values of a state; appends the nodes that it needs."""
    if isinstance(arg, Recorded):
        needs.append(arg.node)
        return operator.itemgetter(arg.node)
    if isinstance(arg, tuple | list) and any(isinstance(part, Recorded) for part in arg):
        parts = [_reader(part, needs) for part in arg]
        return lambda values: [get(values) for get in parts]
    return lambda values: arg


def _again(function: Callable[..., Any], given: list[Get], named: dict[str, Get]) -> Get:
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


def _same(one: Array, other: Array) -> bool:
    if one.shape != other.shape:
        return False
    alike = one == other
    return bool((alike if one.dtype.kind != "f" else alike | ((one != one) & (other != other))).all())
