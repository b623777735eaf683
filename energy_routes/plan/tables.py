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

    ``spare`` tables stand in for what is dear to make, wherever all tables are asked for (:meth:`at_hand`); a pickle
    holds how those are made.
    """

    def __init__(
        self, makers: Mapping[str, Maker], made: Mapping[str, Any] | None = None, spare: Tables | None = None
    ) -> None:
        self._makers, self._made, self._lock = dict(makers), dict(made or {}), RLock()
        self._spare = spare

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            with self._lock:
                if name not in self._made:
                    self._made[name] = self._makers[name]()
                    del self._makers[name]
        return self._made[name]

    def at_hand(self, name: str) -> Any:
        """A table, or what stands in for it where it is dear to make; None where neither is."""
        if self._spare is not None and name in self._spare._names():
            return self._spare[name]
        return self[name] if name in self._names() else None

    def but(self, spare: Tables | None = None, **makers: Maker) -> Tables:
        """The same tables but for some, which are made anew; the others are made once for both."""
        kept = {name: partial(self.__getitem__, name) for name in self._names()}
        return Tables(kept | makers, spare=spare or self._spare)

    def standing_in(self, **tables: Any) -> Tables:
        """The same tables with these in place of those of their names, wherever one or all are asked for."""
        spare = Tables({}, tables) if self._spare is None else self._spare._with(tables)
        return self._with(tables, spare)

    def _with(self, tables: Mapping[str, Any], spare: Tables | None = None) -> Tables:
        kept = {name: partial(self.__getitem__, name) for name in self._names() if name not in tables}
        return Tables(kept, tables, spare)

    def _names(self) -> list[str]:
        with self._lock:
            return [*self._made, *self._makers]

    def __reduce__(self) -> tuple[Any, ...]:
        dear = set() if self._spare is None else {*self._spare._names()} & {*self._makers}
        made = {name: self[name] for name in sorted({*self._names()} - dear)}
        return Tables, ({name: self._makers[name] for name in sorted(dear)}, made, self._spare)


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
