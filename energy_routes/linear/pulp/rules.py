"""PuLP, inward: constraints that a user writes in PuLP become rows of the programme.

A rule is a function of a :class:`Scratch`, which makes a PuLP variable when it is first touched::

    def my_rules(m):
        yield m.sum("flow", arc="BTC") >= 2.2, "BTC minimum"
        yield pulp.lpSum(m.flow[lane] for lane in m.lanes(country="RU")) <= 0.8 * m.exports["oil"], "RU cap"

The rows are plain arrays: they can be pickled and solved again a thousand times, which an ``LpProblem`` cannot.
A chained comparison (``1 <= x <= 2``) keeps its last half only, as everywhere in PuLP: write two constraints.
"""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import UsageError
from energy_routes.linear.expressions import INF, Expr, Rows, axis, between
from energy_routes.linear.programme import Columns, Program

_serial = itertools.count(1)

# PuLP 4 takes a variable of a problem that is gone as ours with the same number.  The first numbers are given away to
# variables that no rule may hold, so that such a stranger is found out.
GUARDS = 256


class Scratch:
    """What a rule sees: the blocks of variables of a programme, as PuLP variables made on first touch.

    ``frames`` gives a block more columns to filter by than its own labels; each is aligned with the block.
    """

    def __init__(self, program: Program, frames: Mapping[str, pd.DataFrame] | None = None) -> None:
        import pulp

        self._program, self._frames = program, dict(frames or {})
        for name, frame in self._frames.items():
            if len(frame) != len(self._columns(name).axis):
                raise UsageError(f"frame {name!r} has {len(frame)} rows, its block has {len(self._columns(name).axis)}")
        # Names end in the serial number of this scratch: a variable of any other problem has another name.
        self._mark = f".m{next(_serial)}"
        self._problem = pulp.LpProblem("scratch" + self._mark)
        for number in range(GUARDS):
            self._problem.add_variable(f"stranger_{number}")
        self._made: dict[int, Any] = {}
        self._column_of: dict[str, int] = {}
        self._names: list[str] | None = None
        self._blocks: dict[str, Block] = {}

    def __getattr__(self, name: str) -> Block:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except UsageError as error:
            raise AttributeError(str(error)) from None

    def __getitem__(self, name: str) -> Block:
        """A block of variables by its name.  Raises UsageError with the nearest name."""
        if name not in self._blocks:
            columns = self._columns(name)
            self._blocks[name] = Block(self, columns, self._frames.get(name, columns.axis.table()))
        return self._blocks[name]

    def where(self, block: str, **filters: Any) -> list[tuple[Any, ...]]:
        """The labels of a block whose columns match: a value, or a list of values any of which will do.

        In a column of tuples (countries crossed) a row matches when it contains a value.  Raises UsageError for a
        column that is not there, and when nothing matches.
        """
        labels = self[block].labels
        return [labels[at] for at in self[block].match(filters)]

    def lanes(self, **filters: Any) -> list[tuple[Any, ...]]:
        """``where("flow", ...)``: the flows that match."""
        return self.where("flow", **filters)

    def sum(self, block: str, weight: str | None = None, **filters: Any) -> Any:
        """Σ of the variables of a block that match, each times its number in column ``weight`` if given."""
        return self[block].total(self[block].match(filters), weight)

    def variable(self, column: int) -> Any:
        """The PuLP variable of a column of the programme."""
        if column not in self._made:
            low, high = float(self._program.col_lower[column]), float(self._program.col_upper[column])
            self._names = self._names or self._program.column_names()
            made = self._problem.add_variable(
                self._names[column] + self._mark, low if math.isfinite(low) else None,
                high if math.isfinite(high) else None)
            self._made[column], self._column_of[made.name] = made, column
        return self._made[column]

    def column(self, variable: Any) -> int:
        """The column of one of our variables.  Raises UsageError for a variable of another problem."""
        if variable.name not in self._column_of:
            raise UsageError(f"variable {variable.name!r} is not of this model; use the variables of the m that the"
                             " rule is called with, such as m.flow[...]")
        return self._column_of[variable.name]

    def _columns(self, name: str) -> Columns:
        known = [block.name for block in self._program.columns]
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise UsageError(f"no variables are called {name!r}; expected one of {', '.join(known)}"
                             + (f" (nearest: {near[0]!r})" if near else ""))
        return self._program.column_block(name)


class Block:
    """The variables of one block: ``m.flow[label]``, where a label is a position, a tuple or a mapping of keys.

    A label that leaves keys open (one key of several, a mapping of some) is the sum over them.
    """

    def __init__(self, scratch: Scratch, columns: Columns, frame: pd.DataFrame) -> None:
        self._scratch, self._columns, self._frame = scratch, columns, frame
        keys = columns.axis.keys
        own = columns.axis.frame
        self.labels: list[tuple[Any, ...]] = (
            list(zip(*(own[key].tolist() for key in keys), strict=True)) if keys else [()] * len(own))
        self._position = {label: at for at, label in enumerate(self.labels)}

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, label: Any) -> Any:
        keys = self._columns.axis.keys
        if isinstance(label, int | np.integer):
            if not 0 <= label < len(self):
                raise UsageError(f"{self._columns.name} has positions 0 to {len(self) - 1}, not {label}")
            return self._scratch.variable(self._columns.start + int(label))
        if isinstance(label, tuple) and label in self._position:
            return self._scratch.variable(self._columns.start + self._position[label])
        if isinstance(label, Mapping):
            found = self.match(label)
        else:
            parts = label if isinstance(label, tuple) else (label,)
            if len(parts) > len(keys):
                raise UsageError(f"{self._columns.name} has keys {', '.join(keys) or 'none'}; got {label!r}")
            found = self.match(dict(zip(keys, parts, strict=False)))
        return self._scratch.variable(self._columns.start + int(found[0])) if len(found) == 1 else self.total(found)

    def match(self, filters: Mapping[str, Any]) -> NDArray[np.int64]:
        """Positions of the labels that match every filter; at least one, or UsageError."""
        keep = np.ones(len(self), dtype=bool)
        for column, wanted in filters.items():
            if column not in self._frame:
                raise UsageError(f"{self._columns.name} cannot be filtered by {column!r}; expected one of"
                                 f" {', '.join(map(str, self._frame.columns))}")
            choices = set(wanted) if isinstance(wanted, list | tuple | set | frozenset) else {wanted}
            hit = np.array([bool(choices & set(value)) if isinstance(value, tuple | list | set) else value in choices
                            for value in self._frame[column].tolist()], dtype=bool)
            if not hit.any():
                raise UsageError(f"no {self._columns.name} has {column} = {wanted!r}{self._nearest(column, choices)}")
            keep &= hit
        if not keep.any():
            raise UsageError(f"no {self._columns.name} matches {dict(filters)!r}")
        return np.flatnonzero(keep)

    def total(self, positions: Iterable[int], weight: str | None = None) -> Any:
        """Σ of the variables at some positions, weighted by a column of numbers."""
        import pulp

        places = [int(at) for at in positions]
        made = [self._scratch.variable(self._columns.start + at) for at in places]
        if weight is None:
            return pulp.lpSum(made)
        if weight not in self._frame:
            raise UsageError(f"{self._columns.name} has no column {weight!r} to weigh by")
        numbers = self._frame[weight].to_numpy(dtype=float)[places]
        if not np.isfinite(numbers).all():
            raise UsageError(f"column {weight!r} of {self._columns.name} has a value that is not a number")
        return pulp.lpSum(number * variable for number, variable in zip(numbers.tolist(), made, strict=True))

    def _nearest(self, column: str, choices: set[Any]) -> str:
        known = sorted({str(part) for value in self._frame[column].tolist()
                        for part in (value if isinstance(value, tuple | list | set) else [value])})
        near = [match for choice in choices for match in difflib.get_close_matches(str(choice), known, 1)]
        return f" (nearest: {', '.join(map(repr, near))})" if near else f"; there are {', '.join(known[:12])}"


def user_rows(program: Program, rules: Callable[[Scratch], Iterable[Any] | None],
              frames: Mapping[str, pd.DataFrame] | None = None) -> list[Rows]:
    """The constraints that ``rules`` yields, each one block of one row under its own name.

    ``rules(m)`` yields PuLP constraints, or pairs (constraint, name); without a name a rule is called rule_1, rule_2 …
    Raises UsageError for what is not a constraint, holds no variable, holds a variable of another problem or a number
    that is not finite, and for a name used twice or taken by a rule of the model.
    """
    scratch = Scratch(program, frames)
    yielded = rules(scratch)
    if yielded is None or not isinstance(yielded, Iterable):
        raise UsageError("the constraints function returned nothing to go through; it should yield PuLP constraints")
    taken = {rows.name for rows in program.rows}
    out = []
    for number, item in enumerate(yielded, start=1):
        constraint, name = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
        name = str(name or getattr(constraint, "name", None) or f"rule_{number}")
        if name in taken:
            raise UsageError(f"a rule is already called {name!r}; give each constraint a name of its own")
        taken.add(name)
        out.append(_row(scratch, constraint, name))
    return out


def _row(scratch: Scratch, constraint: Any, name: str) -> Rows:
    """One PuLP constraint as one row."""
    sense = getattr(constraint, "sense", None)
    if sense not in (-1, 0, 1) or not hasattr(constraint, "items"):
        what = "an expression without <=, >= or ==" if hasattr(constraint, "items") else repr(constraint)
        bare = isinstance(constraint, bool | np.bool_)
        raise UsageError(f"rule {name!r} is {what}, expected a PuLP constraint"
                         + ("; a comparison without any variable gives True or False" if bare else ""))
    try:
        terms = list(constraint.items())
    except ValueError as error:  # PuLP 4: of a problem that is gone
        raise UsageError(f"rule {name!r} is not of this model: {error}") from error
    pairs = [(scratch.column(variable), float(value)) for variable, value in terms]
    right = -float(constraint.constant)
    if not all(math.isfinite(number) for number in (right, *(value for _, value in pairs))):
        raise UsageError(f"rule {name!r} has a coefficient or a right-hand side that is not finite")
    pairs = [(column, value) for column, value in pairs if value != 0.0]
    if not pairs:
        raise UsageError(f"rule {name!r} has no variable in it (or their coefficients cancel out)")
    label = axis(name, ["rule"], pd.DataFrame({"rule": [name]}))
    column, value = (np.array(part) for part in zip(*pairs, strict=True))
    expr = Expr(label, np.zeros(len(pairs), dtype=np.int64), column.astype(np.int64), value.astype(float), np.zeros(1))
    return between(expr, -INF if sense < 0 else right, INF if sense > 0 else right).named(name)
