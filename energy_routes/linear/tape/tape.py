"""Numbers that remember how they were reckoned, so that they can be reckoned again when what they rest on changes.

A :class:`Tape` records the operations of numpy between its leaves (figures that may change) and what is made of them.
:meth:`Tape.refreshed` reads the leaves again and repeats the operations that follow from those that changed: the same
functions on the same arrays, so that the digits are those of a programme that is built anew.

Whatever looks at a recorded number as it is (a mask that picks rows, a test, a conversion to a plain array) makes it
part of the structure.  Such a look is remembered, too: where the number comes out otherwise, the structure is another,
and ``refreshed`` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from energy_routes.linear.tape.reach import Reach
from energy_routes.linear.tape.recorded import Array, Kind, Recorded, Step, again_of, reader, same

Read = Callable[[Any], Array]  # from the facts of a question to the numbers of a leaf
ORDERS, REACHES = 64, 16  # kept of each


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
    _reaches: dict[tuple[tuple[int, bytes], ...], Reach | None] = field(default_factory=dict)

    def leaf(self, topic: Hashable, read: Read, value: Array) -> Array:
        """Figures that may change, ``value`` as they are now; ``read`` finds them in the facts of another question.

        They are looked for again where something about their ``topic`` changed.
        """
        self.leaves.append(Leaf(len(self.values), topic, read))
        return cast(Array, self._made(value))

    def record(self, function: Callable[..., Any], args: Sequence[Any], options: dict[str, Any]) -> Any:
        """Do an operation, and remember it."""
        needs: list[int] = []
        again = again_of(function, [reader(arg, needs) for arg in args],
                         {name: reader(arg, needs) for name, arg in options.items()})
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
        values, moved = list(self.values), {}
        for leaf in self.leaves:
            if topics(leaf.topic):
                value, known = leaf.read(facts), values[leaf.node]
                if value.shape != known.shape:
                    return None
                at = np.flatnonzero(np.ravel((value != known) & ((value == value) | (known == known))))
                if len(at):
                    values[leaf.node], moved[leaf.node] = value, at
        changed = frozenset(moved)
        with np.errstate(all="ignore"):  # what is not to be reckoned was asked about when it was recorded
            reached = self._reached(values, moved)
            if not reached and not self._repeated(values, changed):
                return None
        return State(self, values, changed, reached)

    def _reached(self, values: list[Any], moved: dict[int, Any]) -> bool:
        """Put what is kept into ``values`` by way of the numbers that are reached; False where that is not known to do.

        A way is laid out when the same figures are moved for the second time.
        """
        if not self.looks.keys().isdisjoint(moved):
            return False
        key = tuple((node, at.tobytes()) for node, at in moved.items())
        if key not in self._reaches:
            if len(self._reaches) == REACHES:
                self._reaches.pop(next(iter(self._reaches)))
            self._reaches[key] = None
            return False
        reach = self._reaches[key]
        if reach is None:
            order = self._order(frozenset(moved), needed=True)
            reach = self._reaches[key] = Reach(self.values, self.looks, order, moved)
        part = reach.after({node: values[node].ravel()[at] for node, at in moved.items()})
        if part is None:
            return False
        for node in self.kept & reach.nodes:
            values[node] = reach.whole(node, part)
        return True

    def _repeated(self, values: list[Any], changed: frozenset[int]) -> bool:
        """Repeat the steps that follow from changed leaves; False where the structure is another."""
        moved = set(changed)
        for step in self._order(changed, needed=True):
            if moved.isdisjoint(step.needs):
                continue
            value = step.again(values)
            if value.dtype.kind == "b" and same(value, values[step.node]):
                continue  # a question with the same answer: nothing follows from it
            if step.node in self.looks and not same(value, self.looks[step.node]):
                return False
            values[step.node] = value
            moved.add(step.node)
        return not any(node in self.looks and not same(values[node], self.looks[node]) for node in changed)

    def _order(self, changed: frozenset[int], *, needed: bool) -> list[Step]:
        """The steps that follow from changed leaves, in their order: those that every state needs, or the others."""
        if (changed, needed) not in self._orders:
            if len(self._orders) > ORDERS:
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
        return self.behind(self.kept | set(self.looks))

    def behind(self, nodes: set[int]) -> set[int]:
        """The nodes that some nodes rest on, themselves among them."""
        found = set(nodes)
        for step in reversed(self.steps):
            if step.node in found:
                found.update(step.needs)
        return found


@dataclass
class State:
    """The numbers of a tape under other facts; ``changed`` are the leaves that differ.

    Where only what is kept was ``_reached``, the steps between are repeated when somebody asks for them.
    """

    tape: Tape
    _values: list[Any]
    changed: frozenset[int]
    _reached: bool = False
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
                for needed in (True, False) if self._reached else (False,):
                    for step in self.tape._order(self.changed, needed=needed):
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
