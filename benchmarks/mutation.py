"""Mutants of a package's source: one expression or line of a function, changed.

A mutant is named by its function and its text, not by its line, so that it still applies when the function has moved.
"""

from __future__ import annotations

import ast
import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import accumulate
from pathlib import Path
from typing import Any

READABLE = 8  # bytes of a mutant's text at least
PAIRS = [("<", "<="), (">", ">="), ("==", "!="), ("in", "not in"), ("is", "is not"), ("+", "-"), ("*", "/"), ("&", "|"),
         ("and", "or"), ("min", "max"), ("minimum", "maximum"), ("any", "all")]  # fmt: skip
OTHER = {**dict(PAIRS), **{right: left for left, right in PAIRS}}


@dataclass(frozen=True)
class Mutant:
    """``text``, which stands once in a function, becomes ``replacement``."""

    module: str
    function: str
    kind: str
    text: str
    replacement: str


class Module:
    """The source of a module, in bytes, as ``ast`` counts them; its name leaves out the package's."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path, self.source = path.relative_to(root), path.read_bytes()
        self.name = ".".join(self.path.with_suffix("").parts[1:]).removesuffix(".__init__")
        self.tree = ast.parse(self.source)
        self._lines = [0, *accumulate(len(line) + 1 for line in self.source.split(b"\n"))]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The first byte of a node, and the byte after its last."""
        return self._lines[node.lineno - 1] + node.col_offset, self._lines[node.end_lineno - 1] + node.end_col_offset

    def lines(self, at: int) -> tuple[int, int]:
        """The line where the statement of a byte begins, and the byte's own."""
        line = bisect(self._lines, at)
        return max(n.lineno for n in ast.walk(self.tree) if isinstance(n, ast.stmt) and n.lineno <= line), line

    def functions(self) -> Iterator[tuple[str, ast.FunctionDef]]:
        """Functions and methods by their qualified name."""
        for node in self.tree.body:
            for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(inner, ast.FunctionDef):
                    yield inner.name if inner is node else f"{node.name}.{inner.name}", inner

    def mutants(self) -> Iterator[Mutant]:
        """Every mutant within one line that can be made here."""
        for name, function in self.functions():
            whole = self.source[slice(*self.span(function))]
            for node, *around in _computing(function, ()):
                for kind, start, end, new in self._changes(node):
                    for low, high in map(self.span, (node, *around)):
                        text = self.source[low:high]
                        if len(text) >= READABLE and whole.count(text) == 1:
                            break
                    changed = self.source[low:start] + new.encode() + self.source[end:high]
                    if b"\n" not in text and whole.count(text) == 1:
                        yield Mutant(self.name, name, kind, text.decode(), changed.decode())

    def _changes(self, node: ast.AST) -> Iterator[tuple[str, int, int, str]]:
        """(kind, first byte, byte after the last, what stands there instead) of the changes of one node."""
        match node:
            case ast.Compare(left=left, comparators=[right]):
                yield from self._swap("comparison", left, right)
            case ast.BinOp(left=left, right=right) if not (_joined(left) or _joined(right)):
                yield from self._swap("arithmetic", left, right)
            case ast.BoolOp(values=[left, right, *_]):
                yield from self._swap("boolean", left, right)
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                yield "sign", *self.span(node), self.source[slice(*self.span(operand))].decode()
            case ast.Constant(value=int() | float() as value):  # a truth value is an int, too
                yield "constant", *self.span(node), str(not value if isinstance(value, bool) else value + 1)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called) as func) if called in OTHER:
                yield "min/max", (end := self.span(func)[1]) - len(called), end, OTHER[called]
            case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Continue():
                yield "dropped line", *self.span(node), "pass"

    def _swap(self, kind: str, left: ast.AST, right: ast.AST) -> Iterator[tuple[str, int, int, str]]:
        start, end = self.span(left)[1], self.span(right)[0]
        operator = self.source[start:end].decode().strip("() \n")
        if operator in OTHER:
            at = self.source.index(operator.encode(), start)
            yield kind, at, at + len(operator), OTHER[operator]


def _joined(node: ast.AST) -> bool:
    """Whether an operand is a text or a list: taken off another, it fails at once, which tells nothing of the tests."""
    return isinstance(node, ast.List | ast.ListComp | ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def _computing(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, ...]]:
    """The nodes that compute something, each with those around it: no annotation, no text, no message of an error.

    ``strict`` of a zip is left out, too: it guards what is never so.
    """
    around = (node, *around) if hasattr(node, "lineno") else around
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            told = isinstance(child, ast.Raise | ast.JoinedStr | ast.arguments) or getattr(child, "arg", "") == "strict"
            if isinstance(child, ast.AST) and not told and field not in ("annotation", "returns", "decorator_list"):
                yield child, *around
                yield from _computing(child, around)


def modules(package: Path) -> list[Module]:
    """The modules below the folder of a package."""
    return [Module(path, package.parent) for path in sorted(package.rglob("*.py"))]


def place(mutant: Mutant, among: Sequence[Module]) -> tuple[Module, int]:
    """The module and the byte where a mutant applies.  Raises LookupError where that is not exactly one place."""
    text = mutant.text.encode()
    spans = [(m, *m.span(node)) for m in among for name, node in m.functions() if name == mutant.function]
    found = [(m, m.source.index(text, *span)) for m, *span in spans if m.source.count(text, *span) == 1]
    found = [at for at in found if at[0].name == mutant.module] or found
    if len(found) != 1:
        raise LookupError(f"mutant {mutant.module}.{mutant.function}: {mutant.text!r} stands once in {len(found)} "
                          "functions of that name; expected: in one. Write it anew for the code as it is.")  # fmt: skip
    return found[0]


def drawn(rooms: Sequence[Mapping[str, Any]], seed: int, among: Sequence[Module]) -> Iterator[Mutant]:
    """Mutants at random, the kinds in turn, at most one of a function: twice as many as each room needs."""
    for room in rooms:
        own = [m for m in among if any(fnmatch(m.name, pattern) for pattern in room["modules"])]
        left = [mutant for module in own for mutant in module.mutants()]
        random.Random(f"{seed} {room['name']}").shuffle(left)
        for turn in range(2 * room["mutants"]):
            kinds = sorted({mutant.kind for mutant in left})
            found = next(mutant for mutant in left if mutant.kind == kinds[turn % len(kinds)])
            left = [m for m in left if (m.module, m.function) != (found.module, found.function)]
            yield found
