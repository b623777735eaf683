"""Tables that are made when they are first read: a plan costs what is read of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from threading import RLock
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, overload

Maker: TypeAlias = Callable[[], Any]
Part = TypeVar("Part")


class Tables:
    """Tables by name, each made once, when it is first read.

    What a maker holds is let go when its table is made.  Two threads that read a table at once get the same one.  A
    pickle and a deep copy hold the tables, not their makers.
    """

    def __init__(self, makers: Mapping[str, Maker], made: Mapping[str, Any] | None = None) -> None:
        self._makers, self._made, self._lock = dict(makers), dict(made or {}), RLock()

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            with self._lock:
                if name not in self._made:
                    self._made[name] = self._makers[name]()
                    del self._makers[name]
        return self._made[name]

    def but(self, **makers: Maker) -> Tables:
        """The same tables but for some, which are made anew; the others are made once for both."""
        return Tables({name: partial(self.__getitem__, name) for name in self._names()} | makers)

    def _names(self) -> list[str]:
        with self._lock:
            return [*self._made, *self._makers]

    def __reduce__(self) -> tuple[Any, ...]:
        return Tables, ({}, {name: self[name] for name in sorted(self._names())})


class _HasParts(Protocol):
    @property
    def parts(self) -> Tables: ...


class Read(Generic[Part]):
    """An attribute that reads the table of its name in the ``parts`` of its object."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, of: None, owner: type) -> Read[Part]: ...
    @overload
    def __get__(self, of: _HasParts, owner: type) -> Part: ...
    def __get__(self, of: _HasParts | None, owner: type) -> Read[Part] | Part:
        if of is None:
            return self
        part: Part = of.parts[self._name]
        return part
