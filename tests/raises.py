"""What a function of the package could raise, read off its source: the errors it makes, and those of what it uses.

Names are followed through imports and what a package hands out, ``self.name`` to its class, and ``value.name`` to the
methods of that name in the modules that could be meant, unless pandas, numpy or Python itself have a method of that
name.  So too much counts as used, never too little: an error that is not found is not raised.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd

Definition: TypeAlias = ast.FunctionDef | ast.ClassDef
FOREIGN = frozenset().union(*map(dir, (pd.DataFrame, pd.Series, np.ndarray, dict, list, str, tuple, set, float)))
STARTS = ("__init__", "__post_init__", "__new__", "__call__")
PROMISE = re.compile(r"\bRaises?\s+(?!-)([^.]*)")
SECTION = re.compile(r"^Raises\n-+\n(.*?)(?=^\S[^\n]*\n-+$|\Z)", re.M | re.S)


def promised(doc: str, errors: Iterable[str]) -> set[str]:
    """The errors that a docstring says are raised, in a sentence or in a section."""
    said = [match[1] for match in PROMISE.finditer(doc)]
    said += [line for match in SECTION.finditer(doc) for line in match[1].splitlines() if line[:1].strip()]
    return {error for error in errors for words in said if re.search(rf"\b{error}\b", words)}


@dataclass(frozen=True)
class Package:
    """The modules of a package by dotted name, what their stubs hand out, and the names of its errors."""

    sources: Mapping[str, str]
    errors: frozenset[str]
    stubs: Mapping[str, str] = field(default_factory=dict)
    trees: dict[str, ast.Module] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.trees.update((module, ast.parse(source)) for module, source in self.sources.items())

    @cached_property
    def imported(self) -> dict[str, dict[str, str]]:
        """By module: the name it has in it → the full name of what was imported, functions included."""
        return {
            module: {alias.asname or alias.name: ".".join(filter(None, (module * node.level, node.module, alias.name)))
                     for part in (tree, ast.parse(self.stubs.get(module, ""))) for node in ast.walk(part)
                     if isinstance(node, ast.ImportFrom) for alias in node.names}
            for module, tree in self.trees.items()
        }  # fmt: skip

    @cached_property
    def tabled(self) -> dict[str, str]:
        """Methods whose work is done elsewhere, by a table of texts: ``{"Plan.save": "package.results:save"}``."""
        return {
            key.value: value.value.replace(":", ".")
            for tree in self.trees.values() for node in ast.walk(tree) if isinstance(node, ast.Dict)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
            and isinstance(key.value, str) and isinstance(value.value, str) and ":" in value.value
        }  # fmt: skip

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Every function, class and method by its full name."""
        return {name: node for module, tree in self.trees.items() for name, node in _defined(tree.body, module)}

    @cached_property
    def methods(self) -> dict[str, set[str]]:
        """The full names of the methods of a name."""
        out: dict[str, set[str]] = defaultdict(set)
        for full in self.definitions:
            owner, _, name = full.rpartition(".")
            if owner not in self.trees:
                out[name].add(full)
        return out

    @cached_property
    def below(self) -> dict[str, set[str]]:
        """The modules that a module imports, at once or through others, and itself."""
        direct = {module: {self.module(full) for full in names.values()} for module, names in self.imported.items()}
        return {module: _closed({module}, direct) for module in self.trees}

    @cached_property
    def uses(self) -> dict[str, set[str]]:
        """What each definition uses of the package."""
        return {full: set(self._used(full, node)) - {full} for full, node in self.definitions.items()}

    @cached_property
    def made(self) -> dict[str, set[str]]:
        """The errors that each definition makes itself."""
        return {
            full: {node.func.id for node in ast.walk(definition) if isinstance(node, ast.Call)
                   and isinstance(node.func, ast.Name) and node.func.id in self.errors}
            for full, definition in self.definitions.items()
        }  # fmt: skip

    def raised(self, full: str) -> set[str]:
        """The errors that a definition or what it uses makes."""
        return set().union(*(self.made[used] for used in _closed({full}, self.uses)))

    def knows(self, full: str) -> bool:
        """Whether a full name is a module, a definition, a field or another name of the package."""
        place, _, name = full.rpartition(".")
        owner = self._found(place) or place
        body = self.definitions[owner].body if owner in self.definitions else self.trees.get(place, ast.Module([])).body
        return bool(full in self.trees or self._found(full) or f"{owner}.{name}" in self.definitions
                    or name in set(_assigned(body)))

    def module(self, full: str) -> str:
        """The module of a full name; blank for what is not of the package."""
        while full and full not in self.trees:
            full = full.rpartition(".")[0]
        return full

    def _found(self, full: str) -> str | None:
        """The definition that a full name leads to, maybe through modules that hand it on."""
        seen: set[str] = set()
        while full not in self.definitions and full not in seen:
            seen.add(full)
            module, _, name = full.rpartition(".")
            full = self.imported.get(module, {}).get(name, full)
        return full if full in self.definitions else None

    def _used(self, full: str, definition: Definition) -> Iterator[str]:
        module, owner = self.module(full), full.rpartition(".")[0]
        if isinstance(definition, ast.ClassDef):
            yield from (name for start in STARTS if (name := f"{full}.{start}") in self.definitions)
            return
        if there := self.tabled.get(".".join(full.split(".")[-2:])):
            yield from filter(None, [self._found(there)])
        for node in ast.walk(definition):
            found: Iterable[str | None] = ()
            if isinstance(node, ast.Name):
                found = [self._found(f"{module}.{node.id}")]
            elif isinstance(node, ast.Attribute):
                found = self._attribute(node, module, owner)
            yield from (name for name in found if name)

    def _attribute(self, node: ast.Attribute, module: str, owner: str) -> Iterable[str | None]:
        of = node.value.id if isinstance(node.value, ast.Name) else ""
        if of in ("self", "cls") and (own := f"{owner}.{node.attr}") in self.definitions:
            return [own]
        if named := self._found(f"{self.imported[module].get(of, of)}.{node.attr}"):
            return [named]
        if node.attr in FOREIGN:
            return []
        return [name for name in self.methods[node.attr] if self.module(name) in self.below[module]]


def _defined(body: Iterable[ast.stmt], place: str) -> Iterator[tuple[str, Definition]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield f"{place}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _defined(node.body, f"{place}.{node.name}")


def _assigned(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _closed(start: set[str], arrows: Mapping[str, set[str]]) -> set[str]:
    """All that can be reached."""
    seen, ahead = set(), set(start)
    while ahead:
        seen |= ahead
        ahead = {far for near in ahead for far in arrows.get(near, ())} - seen
    return seen
