"""Arguments of public functions: what an annotation says is what may be given.

A wrong one is refused before anything runs, with its place, what was found, what was expected, and the repair.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import re
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import zip_longest
from numbers import Integral, Real
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from energy_routes.errors import UsageError
from energy_routes.pack.files.text import CONTROL

Public = TypeVar("Public", bound=Callable[..., Any])
Made = TypeVar("Made", bound=type)
UNIONS = (Union, UnionType)
PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _number(value: object, kind: type) -> bool:
    return isinstance(value, kind) and type(value) is not bool and value == value  # NaN is no number


def _text(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not CONTROL.search(str(value))


# Kinds that people call by another word, and what is one: numbers and truths of numpy are.
PLAIN: Mapping[Any, tuple[str, Callable[[Any], bool]]] = {
    float: ("a number", lambda value: _number(value, Real)),
    int: ("a whole number", lambda value: _number(value, Integral)),
    str: ("a text", lambda value: _text(value, str)),
    Path: ("a Path", lambda value: _text(value, Path)),
    bool: ("True or False", lambda value: type(value).__name__ in ("bool", "bool_")),
    type(None): ("None", lambda value: value is None),
}
MAKERS = {
    "Case": "er.load(name) makes one.", "Plan": "er.solve(case) makes one.", "Pack": "er.read_pack(folder) makes one.",
    "Network": "er.load(name).network is one.", "Policy": "er.load(name).policy is one.",
    "Period": "er.load(name).periods are some.",
    "AddedRoute": "er.route_from_geometry(line, case) makes one.", "Workers": "er.workers_of(jobs=2) makes one.",
    "Frontier": "er.frontier(case, over, start, stop) makes one.", "Stress": "er.stress(case) makes one.",
    "Cap": 'case.with_policy(max_share={"transit:RU": 0.8}) makes one.',
}


def annotated(public: Public) -> Public:
    """A function, or a class with its public methods, that refuses arguments which are not what it is annotated with.

    It raises UsageError for them.  What a number or a text may be beyond its kind is for the function to say; but NaN
    is no number, and what has control characters no text.
    """
    if not inspect.isclass(public):
        refusing: Public = _refusing(public)
        return refusing
    for name, value in list(vars(public).items()):
        if name.startswith("_"):
            continue
        if inspect.isfunction(value):
            setattr(public, name, _refusing(value))
        elif isinstance(value, staticmethod | classmethod):
            setattr(public, name, type(value)(_refusing(value.__func__)))
    return public


def made_of(public: Made) -> Made:
    """The same for a class of which people make objects themselves: what they make one of is looked at, too."""
    public.__init__ = _refusing(public.__init__)  # type: ignore[misc]
    return annotated(public)


def check_list(name: str, values: Collection[Any], *, some: bool = True) -> None:
    """Refuse a list that is empty (but not where ``some`` is False), or has something twice.  Raises UsageError."""
    if some and not len(values):
        raise UsageError(f"{name} = []; expected one at least")
    seen = set()
    for value in values:
        if value in seen:
            raise UsageError(f"{name}: {_own(value)!r} stands there twice; expected each once")
        seen.add(value)


def check_count(name: str, value: float, least: float) -> None:
    """Refuse a number below the least that makes sense.  Raises UsageError."""
    if value < least:
        raise UsageError(f"{name} = {value:g}; expected {least:g} or more")


def check_kind(place: Any, name: str, value: object, hint: Any) -> None:
    """Refuse a part of a function or a class (``place``) that is not what it is annotated with.  Raises UsageError."""
    if not fits(value, hint):
        raise UsageError(_told(place, name, value, hint))


def _refusing(function: Any) -> Any:
    parameters = inspect.signature(function).parameters
    kinds = {parameter.kind: name for name, parameter in parameters.items()}
    several, others = kinds.get(inspect.Parameter.VAR_POSITIONAL, ""), kinds.get(inspect.Parameter.VAR_KEYWORD, "")
    placed = [name for name, parameter in parameters.items() if parameter.kind in PLACED]

    @functools.cache
    def hints() -> Mapping[str, Any]:  # when it is first called: by then all that annotations name is imported
        return get_type_hints(function, localns=_Names(function.__globals__))

    @functools.wraps(function)
    def run(*given: Any, **named: Any) -> Any:
        known = hints()
        for name, one in zip_longest(placed[: len(given)], given, fillvalue=several):
            if name in known and not fits(one, known[name]):
                raise UsageError(_told(function, name, one, known[name]))
        for name, one in named.items():
            of = name if name in parameters else others
            if of in known and not fits(one, known[of]):
                raise UsageError(_told(function, of, one, known[of]))
        # Too few or too many are refused by Python.
        return function(*map(_own, given), **{name: _own(one) for name, one in named.items()})

    return run


def _own(value: object) -> object:
    """A number or truth of numpy as one of Python, which results and records can hold; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


class _Elsewhere(type):
    """A class that an annotation names and its module does not import: known by its name."""

    def __getattr__(cls, name: str) -> _Elsewhere:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Elsewhere(name, (), {})


class _Names(dict[str, Any]):
    """What the words of an annotation mean in the module of its function."""

    def __missing__(self, name: str) -> Any:
        return vars(builtins).get(name) or _Elsewhere(name, (), {})


@functools.cache
def _parts_of(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A kind, and what it is made of: of a hint that many values are held against."""
    return get_origin(hint) or hint, get_args(hint)


def fits(value: object, hint: Any) -> bool:
    """Whether a value is what a type hint says, looking into lists and tables of names, not into iterators."""
    kind, parts = _parts_of(hint)
    if kind in (Any, object) or isinstance(kind, TypeVar):
        return True
    if kind in UNIONS:
        return any(fits(value, part) for part in parts)
    if kind is Literal:
        return isinstance(value, str) and value in parts
    if kind in PLAIN:
        return PLAIN[kind][1](value)
    if isinstance(kind, _Elsewhere):
        return any(base.__name__ == kind.__name__ for base in type(value).__mro__)
    if getattr(kind, "_is_protocol", False):
        return all(hasattr(value, name) for name in vars(kind) if not name.startswith("_"))
    if not parts or not issubclass(kind, Iterable):
        return isinstance(value, kind)
    if issubclass(kind, Mapping):
        return isinstance(value, Mapping) and all(
            fits(key, parts[0]) and fits(one, parts[-1]) for key, one in value.items())  # fmt: skip
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return False
    if not issubclass(kind, Collection):  # an iterator is used up by looking
        return True
    return isinstance(value, Collection) and all(fits(one, parts[0]) for one in value)


def _told(function: Any, name: str, value: object, hint: Any) -> str:
    """Place, what was found, what was expected, and the repair."""
    found = "None" if value is None else f"{reprlib.repr(value)} ({type(value).__name__})"
    place = function.__qualname__.removesuffix(".__init__")
    return f"{place}: {name} = {found}; expected {_words(hint)}. {_repair(name, value, hint)}"


def _words(hint: Any) -> str:
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind in UNIONS:
        return " or ".join(dict.fromkeys(map(_words, parts)))
    if kind is Literal:
        return f"one of {', '.join(map(repr, parts))}"
    if kind is Callable:
        return "a function"
    if kind in (Any, object):
        return "any value"
    if parts and issubclass(kind, Iterable):
        table = issubclass(kind, Mapping)
        return f"a dict of {_words(parts[0])} to {_words(parts[-1])}" if table else f"a list, each {_words(parts[0])}"
    if kind in PLAIN:
        return PLAIN[kind][0]
    name = str(getattr(kind, "__name__", kind))
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _repair(name: str, value: object, hint: Any) -> str:
    """What to write instead where that is plain."""
    if isinstance(value, str) and fits([value], hint):
        return f"Write {name}=[{value!r}]."
    if "a Case" in _words(hint) and type(getattr(value, "case", None)).__name__ == "Case":
        return f"The case of this {type(value).__name__} is its attribute case."
    for kind, maker in MAKERS.items():
        if re.search(rf"\ban? {kind}\b", _words(hint)):
            return maker
    if isinstance(value, str):
        for number in (int, float):
            try:
                if fits(number(value), hint):
                    return f"Write {name}={number(value)!r}, without quotes."
            except ValueError:
                continue
    return f"Correct it, or leave {name} out." if fits(None, hint) else "Correct it."
