"""The one number that a curve runs over: what ``--set`` takes, its unit, and the case without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from energy_routes.case import ALL, BOUNDS, LEVERS, Amount, Cap, Case, Choice, Minimum, figure_at, ramped
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.formulation import Space, netback
from energy_routes.linear import Line, Program, Vector, line_between
from energy_routes.network import Names, group_names
from energy_routes.pack import figure, own_unit, parted
from energy_routes.solving import Compiled, compile

BETWEEN = (0.381966, 0.763932)  # where a programme is compared with the line: no round fractions
NEARER = (1.0, 0.5, 0.125, 0.03125)  # where the far end of a line is looked for, bounds cross beyond


@dataclass(frozen=True)
class Lever:
    """A path of ``Case.set`` and a stretch of its values, ``start`` to ``stop`` (either may be the larger).

    ``unit`` is what the values are in: as they were written, or that of the figure's own row; shares and HHI are
    fractions, without one.
    """

    case: Case
    path: str
    start: float
    stop: float
    unit: str = ""

    @cached_property
    def compiled(self) -> Compiled:
        """The case at ``start`` with its structure kept.  Raises InfeasibleError where bounds cross there."""
        return compile(self.at(self.start))

    @property
    def head(self) -> str:
        """What its path begins with: the name of a lever, or a row of a table."""
        return self.path.partition(".")[0]

    @property
    def rest(self) -> str:
        """What follows in its path: the name of a bound, or a column."""
        return self.path.partition(".")[2]

    @property
    def kind(self) -> str:
        """What it moves: a share, an exposure or an hhi that is bounded, or another number."""
        return BOUNDS[self.head].measure.name if self.head in BOUNDS else "number"

    @property
    def name(self) -> str:
        """What the lever is called: ``share of Russia``, ``tariff of Baku-Tbilisi-Ceyhan``; else its path."""
        called = Names(self.case.network.tables).target
        if self.head in BOUNDS:
            family, _, group = self.rest.rpartition("/")
            kind, _, name = group.partition(":")
            own = group_names(self.case.network.packs).get((kind, name, family or ALL), called.get(group, group))
            return f"{BOUNDS[self.head].measure.words} {own}{f' ({family})' if family else ''}"
        target, _, column = self.path.rpartition(".")
        return f"{column.replace('_', ' ')} of {called[target]}" if target in called else self.path

    @property
    def cap(self) -> Cap | Minimum | None:
        """The bound on a share or volume that the lever moves, as the case has it (or as it would be set)."""
        if self.kind not in ("share", "exposure"):
            return None
        old = (cap for cap in getattr(self.case.policy, self.head) if cap.name == self.rest)
        cap: Cap | Minimum = next(old, None) or BOUNDS[self.head].one(self.head, self.rest, self.start)
        return cap

    @property
    def base(self) -> Case:
        """The case without the lever: without this cap, or as it stands."""
        if self.kind == "number":
            return self.case
        old = getattr(self.case.policy, self.head)
        kept: dict[str, Any] = {self.head: tuple(cap for cap in old if cap.name != self.rest)}
        return replace(self.case, policy=replace(self.case.policy, **kept))

    def at(self, value: float) -> Case:
        """The case with the lever at ``value``; a cap that counts by period goes on doing so.  No path: as it is."""
        if not self.path:
            return self.case
        cap = self.cap
        if cap is not None:
            level = {BOUNDS[self.head].keys[0]: value, "over": cap.over}
            return self.case.with_policy(**{self.head: {cap.name: level}})
        return self.case.set(self.path, f"{value!r} {self.unit}" if self.unit else value)

    @property
    def turned(self) -> Lever:
        """The same values from the other end."""
        return replace(self, start=self.stop, stop=self.start)

    def value(self, t: float) -> float:
        """The value a share ``t`` of the way from start to stop."""
        return self.start + t * (self.stop - self.start)


def lever_of(case: Case, path: str, start: float | str, stop: float | str, unit: str = "") -> Lever:
    """The lever of a path; an end may carry its unit, as in ``Case.set``, or both are in ``unit``.

    Raises UsageError (DataError) where ``case.set`` would refuse an end, both are equal, or their units differ, and
    UnitError where a bare number's row tells no unit.
    """
    path = path.removeprefix("policy.")
    if isinstance(LEVERS.get(path), Choice):
        raise UsageError(f"policy.{path} is a choice, not a number: a curve runs over a number")
    if case.policy.build is not None:
        raise UsageError(
            "a curve follows bases of a linear programme, and policy.build asks for whole builds: drop policy.build, "
            "or open by edits what is built. Budgets are followed by expand"
        )
    ends = _ends(case, path, (start, stop), unit)
    if path.partition(".")[0] not in LEVERS:
        case = case.accepting(path)  # a curve may visit what a person would be asked about
    lever = Lever(case, path, *ends)
    for value in (lever.start, lever.stop):
        lever.at(value)
    return lever


def _ends(case: Case, path: str, ends: tuple[float | str, float | str], unit: str) -> tuple[float, float, str]:
    """Both ends of a stretch as numbers, and their unit."""
    head, _, rest = path.partition(".")
    if head in BOUNDS:
        own = _of_cap(case, rest) if BOUNDS[head].measure.dimension == "rate" else ""
        beside = "" if unit == own else unit
        read = [case.cap(head, rest, end if parted(end)[1] or not beside else f"{end} {beside}") for end in ends]
        unit = own
    else:
        pairs = [figure(path, end) for end in ends]
        read = [value for value, _ in pairs]
        written = {beside or unit or _own_unit(case, path) for _, beside in pairs} | ({unit} if unit else set())
        if len(written) > 1:
            several = " and ".join(sorted(written))
            raise UsageError(f"{path}: from {ends[0]} to {ends[1]} is in {several}; one unit for both is expected")
        (unit,) = written
    start, stop = read
    if not (np.isfinite(start) and np.isfinite(stop)) or start == stop:
        raise UsageError(f"from {start:g} to {stop:g}: two different finite numbers are expected")
    return start, stop, unit


def _own_unit(case: Case, path: str) -> str:
    """The unit of a path's bare number; blank for what has none (a fraction, a factor)."""
    lever = LEVERS.get(path.partition(".")[0])
    if isinstance(lever, Amount):
        return lever.unit
    unit = own_unit(case.network.packs, *figure_at(case.network, path))
    return "" if unit == "1" else unit


def _of_cap(case: Case, name: str) -> str:
    """The unit of a cap on volume: that of its family; 'Mt/y or bcm/y' where it holds for each of several."""
    family = name.partition("/")[0] if "/" in name else None
    units = case.network.units("rate")
    return units[family] if family else " or ".join(units[family] for family in case.families)


@dataclass(frozen=True, eq=False)
class Stretch:
    """The linear programmes of a lever's values as one line; ``first`` and ``last`` are its spaces at t = 0 and far.

    Bounds may cross beyond ``far``: no plan is found there.
    """

    line: Line
    program: Program
    first: Space
    last: Space
    far: float

    def cash(self, t: float, x: Vector) -> float:
        """Cash netback at ``t`` of a point ``x``, MUSD (terms are affine in t, as the line is)."""
        ends = [netback(space, x) for space in (self.first, self.last)]
        return ends[0] + t / self.far * (ends[1] - ends[0])


def stretch_of(lever: Lever) -> Stretch | None:
    """The line from start to stop; None where the numbers in between do not lie on one, or a curve cannot be proved.

    Programmes in between are compared with the line.  Raises InfeasibleError where bounds cross at ``start`` already.
    """
    def at(t: float) -> tuple[Space, Program]:
        return lever.compiled.stated(lever.at(lever.value(t)))

    first, program = at(0.0)
    sure = lever.case.policy.security is None and not ramped(lever.case)
    alike = lever.cap is not None and sure  # the cap's own rows are all that differs
    for far in NEARER:
        try:
            last, end = at(far)
            others = [(t, at(t * far)[1]) for t in (BETWEEN[:1] if alike else BETWEEN)]
        except InfeasibleError:
            continue
        line = line_between(program, end, others)
        if line is None or not line.exact:
            return None
        return Stretch(line.stretched(1.0 / far), program, first, last, far)
    return None
