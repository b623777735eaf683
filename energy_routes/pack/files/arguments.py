"""Arguments of public functions: what an annotation says is what may be given.

A wrong one is refused before anything runs, with its place, what was found, what was expected, and the repair.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import reprlib
import types
from collections.abc import Callable, Collection, Iterable, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Annotated, Any, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

from energy_routes.errors import UsageError
from energy_routes.pack.files.text import CONTROL

Public = TypeVar("Public", bound=Callable[..., Any])
WORDS: Mapping[Any, str] = {
    float: "a number", int: "a whole number", str: "a text", bool: "True or False", type(None): "None"}  # fmt: skip

MAKERS = {"a Case": "er.load(name) makes one.", "a Plan": "er.solve(case) makes one."}


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


def _refusing(function: Any) -> Any:
    signature = inspect.signature(function)
    hints: dict[str, Any] = {}

    @functools.wraps(function)
    def run(*given: Any, **named: Any) -> Any:
        if not hints:  # when it is first called: by then all that annotations name is imported
            hints.update({name: _resolved(one.annotation, function) for name, one in signature.parameters.items()})
        for name, value in signature.bind(*given, **named).arguments.items():
            for one in _given(value, signature.parameters[name]):
                if not fits(one, hints[name]):
                    raise UsageError(_told(function, name, one, hints[name]))
        return function(*given, **named)

    return run


def _given(value: Any, parameter: inspect.Parameter) -> Iterable[object]:
    """The arguments that were taken by a parameter: several by ``*names`` and ``**options``."""
    if parameter.kind is parameter.VAR_KEYWORD:
        return list(value.values())
    return list(value) if parameter.kind is parameter.VAR_POSITIONAL else [value]


def fits(value: object, hint: Any) -> bool:
    """Whether a value is what a type hint says, looking into lists and tables of names, not into iterators."""
    hint = _read(hint, _Names()) if isinstance(hint, str) else hint
    origin, parts = get_origin(hint), get_args(hint)
    if hint in (Any, object, inspect.Parameter.empty) or isinstance(hint, TypeVar | ForwardRef):
        return True
    if origin in (Union, types.UnionType):
        return any(fits(value, part) for part in parts)
    if origin is Annotated:
        return fits(value, parts[0])
    if origin is Literal:
        return isinstance(value, str) and value in parts
    if hint in (float, int):
        number = isinstance(value, Real if hint is float else Integral)
        return number and type(value) is not bool and value == value  # NaN is no number
    if hint is None:
        return value is None
    if hint in (str, Path):
        return isinstance(value, hint) and not CONTROL.search(str(value))
    return _is_one(value, origin or hint, parts)


def _is_one(value: object, kind: Any, parts: tuple[Any, ...]) -> bool:
    """Whether a value is of a class, a protocol, or a container whose elements are what they should be."""
    if isinstance(kind, _Elsewhere):
        return any(base.__name__ == kind.__name__ for base in type(value).__mro__)
    if getattr(kind, "_is_protocol", False):
        return all(hasattr(value, name) for name in vars(kind) if not name.startswith("_"))
    if not parts or kind is type or kind is Callable or not issubclass(kind, Iterable):
        return isinstance(value, kind) or (kind is bool and type(value).__name__ == "bool_")
    if issubclass(kind, Mapping):
        return isinstance(value, Mapping) and all(fits(key, parts[0]) for key in value) and all(
            fits(one, parts[-1]) for one in value.values())  # fmt: skip
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return False
    if not issubclass(kind, Collection):  # an iterator is used up by looking
        return True
    return isinstance(value, Collection) and all(fits(one, parts[0]) for one in value)


class _Elsewhere(type):
    """A class that an annotation names and its module does not import: known by its name."""

    def __getattr__(cls, name: str) -> _Elsewhere:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Elsewhere(name, (), {})

    def __getitem__(cls, _: Any) -> _Elsewhere:
        return cls


class _Names(dict[str, Any]):
    """What the words of an annotation mean in the module of its function."""

    def __getitem__(self, name: str) -> Any:
        meant = super().__getitem__(name)  # an alias may be a text, too
        return _read(meant, self) if isinstance(meant, str) else meant

    def __missing__(self, name: str) -> Any:
        return vars(builtins).get(name) or _Elsewhere(name, (), {})


def _resolved(annotation: Any, function: Any) -> Any:
    return _read(annotation, _Names(function.__globals__)) if isinstance(annotation, str) else annotation


def _read(annotation: str, names: _Names) -> Any:
    """What an annotation of our own source means."""
    return eval(annotation, {"__builtins__": {}}, names)


def _told(function: Any, name: str, value: object, hint: Any) -> str:
    """Place, what was found, what was expected, and the repair."""
    found = "None" if value is None else f"{reprlib.repr(value)} ({type(value).__name__})"
    return f"{function.__qualname__}: {name} = {found}; expected {_words(hint)}. {_repair(name, value, hint)}"


def _words(hint: Any) -> str:
    hint = _read(hint, _Names()) if isinstance(hint, str) else hint
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(_words, parts)))
    if origin is Literal:
        return f"one of {', '.join(map(repr, parts))}"
    if origin is Annotated:
        return _words(parts[0])
    if origin is Callable:
        return "a function"
    if origin and issubclass(origin, Mapping):
        return f"a dict of {_words(parts[0])} to {_words(parts[-1])}"
    if origin and issubclass(origin, Iterable):
        return f"a list, each {_words(parts[0])}"
    return WORDS.get(hint) or f"a {getattr(hint, '__name__', hint)}"


def _repair(name: str, value: object, hint: Any) -> str:
    """What to write instead where that is plain."""
    if isinstance(value, str) and fits([value], hint):
        return f"Write {name}=[{value!r}]."
    for kind, maker in MAKERS.items():
        if kind in _words(hint):
            return maker
    if isinstance(value, str):
        for number in (int, float):
            try:
                if fits(number(value), hint):
                    return f"Write {name}={number(value)!r}, without quotes."
            except ValueError:
                continue
    return f"Correct it, or leave {name} out." if fits(None, hint) else "Correct it."
