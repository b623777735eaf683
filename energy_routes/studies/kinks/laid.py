"""A case laid out once whose figures move, while what was decided stays: builds, and the exports that are held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from energy_routes.case import Case
from energy_routes.formulation import Numbers, Space, Structure, added, build, build_space, opened
from energy_routes.linear import (
    Form,
    Index,
    Program,
    Session,
    Standing,
    Vector,
    form_of,
    optimal,
)
from energy_routes.pack import Mask
from energy_routes.solving import BareOptimum, Compiled, Statement, compile, fixed_at, pick, statement
from energy_routes.studies.kinks.shift import calm, paying


class Laid(Protocol):
    """A case at its optimum ``now``, the arrays of cases that differ in figures, and their plans."""

    case: Case

    @property
    def now(self) -> BareOptimum: ...

    def form(self, case: Case) -> Form:
        """The arrays of the case with other figures."""

    def whole(self, case: Case) -> Form | None:
        """The same with its whole numbers still to decide; None where they make no difference."""
        return None

    def point(self, case: Case, asked: Standing) -> Vector:
        """Its plan; where all plans as good have the same of what is ``asked``, any of them."""


@dataclass(eq=False)
class Plain(Laid):
    """A case that is one linear programme."""

    case: Case

    @cached_property
    def _compiled(self) -> Compiled:
        return compile(self.case)

    @cached_property
    def now(self) -> BareOptimum:
        return self._compiled.optimum(self.case)

    def form(self, case: Case) -> Form:
        return self._compiled.form(case)

    def point(self, case: Case, asked: Standing) -> Vector:
        return self._compiled.optimum(case, asked).x


@dataclass(eq=False)
class _Stated(Laid):
    """A case whose builds, or losses, were decided on the way to its optimum."""

    case: Case

    @cached_property
    def _statement(self) -> Statement:
        return statement(self.case)

    @cached_property
    def now(self) -> BareOptimum:
        return self._statement.optimum()


class Decided(_Stated):
    """A case whose builds are as they are in its plan.  Its whole numbers say which old lines are full beside them."""

    @cached_property
    def _structure(self) -> Structure:
        space = self._statement.space
        return Structure(self.case, space.held, space.reference)

    @cached_property
    def _open(self) -> Index:
        """The columns that say of an old line beside which something is built whether it is full."""
        space, x = self._statement.space, self.now.solution.x
        if not len(space.widened.axis):
            return np.zeros(0, dtype=np.int64)
        some = added(space.built, self.case, "arc", space.widened.axis).value(x) > 0
        return space.full.on(space.widened.axis).col[some]

    @cached_property
    def _values(self) -> Vector:
        """What whole numbers are in the plan; an old line beside which nothing is built need not be full."""
        space, x = self._statement.space, np.round(self.now.solution.x)
        idle = np.setdiff1d(space.full.col, self._open)
        x[idle] = 0.0
        return x

    def form(self, case: Case) -> Form:
        return self._without(case, self._statement.program.integer)

    def whole(self, case: Case) -> Form | None:
        if not len(self._open):
            return None
        fixed = self._statement.program.integer.copy()
        fixed[self._open] = False
        return self._without(case, fixed)

    def point(self, case: Case, asked: Standing) -> Vector:
        numbers = self._numbers(case)
        space, program = self._labelled(case) if numbers is None else (numbers.space, numbers.program)
        form = self.whole(case)
        x = self._values if form is None else optimal(Session(form)).x
        program = fixed_at(program, x)
        session = Session(program, brief=True)
        return pick(session, program, optimal(session), space, asked).x

    def _without(self, case: Case, fixed: Mask) -> Form:
        """The arrays of a case with some columns at their values: these stand in the bounds of rows, in no coefficient.

        So what is full is a number, and the capacity of an old line moves a bound.
        """
        numbers = self._numbers(case)
        form = form_of(self._labelled(case)[1]) if numbers is None else numbers.form
        if form.matrix.shape[1] != len(fixed):
            return form  # another structure: it lies on no line with this one
        at, matrix = np.where(fixed, self._values, 0.0), form.matrix.copy()
        gone = matrix @ at
        matrix.data[np.repeat(fixed, np.diff(matrix.indptr))] = 0.0
        matrix.eliminate_zeros()
        return replace(
            form, matrix=matrix, cost=np.where(fixed, 0.0, form.cost), offset=form.offset + float(form.cost @ at),
            row_lower=form.row_lower - gone, row_upper=form.row_upper - gone,
            col_lower=np.where(fixed, at, form.col_lower), col_upper=np.where(fixed, at, form.col_upper),
            integer=form.integer & ~fixed,
        )  # fmt: skip

    def _numbers(self, case: Case) -> Numbers | None:
        """The numbers of a case; None where the structure is another."""
        space = self._statement.space
        return self._structure.under(case, space.held, space.reference)

    def _labelled(self, case: Case) -> tuple[Space, Program]:
        """A case of another structure, laid out anew."""
        own = self._statement.space
        space = build_space(case).with_held(own.held).with_reference(own.reference)
        return space, build(space)


class Guarded(_Stated):
    """A case whose losses are held against what they are with its own figures; only money moves in it."""

    @cached_property
    def _structure(self) -> Structure:
        """The case without its guard: a loss costs the plan nothing, and its columns come after all others."""
        return Structure(calm(self.case))

    @cached_property
    def _own(self) -> Numbers | None:
        return self._structure.under(calm(self.case))

    def form(self, case: Case) -> Form:
        moved = self._moved(case)
        if moved is None:
            return form_of(build(build_space(calm(case))))  # it lies on no line with this one
        return replace(self.now.form, cost=self.now.form.cost + moved)

    def point(self, case: Case, asked: Standing) -> Vector:
        moved = self._moved(case)
        if moved is None:
            return np.zeros(0)  # other columns
        return self._statement.optimum(paying(moved)).point(asked)

    def _moved(self, case: Case) -> Vector | None:
        """What a unit of each column pays more than in the case itself; None where there are other columns."""
        numbers, own = self._structure.under(calm(case)), self._own
        if numbers is None or own is None:
            return None
        moved = np.zeros(len(self.now.form.cost))
        moved[: len(own.form.cost)] = numbers.form.cost - own.form.cost
        return moved


def laid(case: Case) -> Laid:
    """A case to be ranged, what options can build open in it.  Its optimum is found when it is first asked for."""
    if case.policy.security is not None:
        return Guarded(case)
    return Plain(case) if case.policy.build is None else Decided(opened(case))
