"""The optimum of a case as a rebate is paid on each unit that goes a whole way, from its field to its buyer.

How much of a mixed flow came which way is a convention.  The most that can have come a way is linear: a marked flow, no
larger anywhere than what moves there (:mod:`energy_routes.solving.ranges.marks`).  With a rebate on it the best value
is convex in the rebate, its slope the marked flow, so that the rebate at which the way begins to be taken is a kink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from energy_routes.errors import SolverError
from energy_routes.linear import (
    INF,
    Form,
    Index,
    Point,
    Prices,
    Rows,
    Session,
    Solution,
    Standing,
    Status,
    Touch,
    Vector,
    form_of,
    optimal,
    sign_of,
)
from energy_routes.solving import BareOptimum, Extra, Leg, Near, Optimum, legs_of, marked_legs
from energy_routes.studies.kinks.shift import Priced
from energy_routes.studies.reasons.routes.named import Route
from energy_routes.studies.reasons.way import MOVED, Way


@dataclass(eq=False)
class Through(Priced):
    """The optimum with a rebate on a route: ``shift`` has no figure, and moves the rebate from 0."""

    route: Route = field(kw_only=True)

    @cached_property
    def legs(self) -> list[Leg]:
        """The legs of the route; none where it is closed."""
        return legs_of(self.asked.now.stated[0], self.route.labels)

    @cached_property
    def most(self) -> float:
        """The most that any plan sends the whole way, Mt (bcm)."""
        if not self.legs:
            return 0.0
        found = self._near.best(self._well, "max")
        return INF if found is not None and found.status is Status.unbounded else self._own(found).objective

    def carried(self, x: Vector) -> float:
        """The most of a plan that can have gone the whole way, Mt (bcm)."""
        if not self.legs:
            return 0.0
        used = self._marks.matrix[:, : self._columns] @ np.maximum(x[: self._columns], 0.0)
        self._session.set_row_bounds(np.arange(len(used)), self._marks.lower - used, self._marks.upper - used)
        return optimal(self._session).objective

    def way(self, more: Vector, less: Vector) -> Way | None:
        """The columns of the route in the period in which a plan sends most more that way than another does."""
        amounts = np.cumprod([np.ones_like(self.legs[0].kept), *(leg.kept for leg in self.legs[:-1])], axis=0)
        near, far = (self._by_period(x, amounts) for x in (more, less))
        period = int(np.argmax(near - far))
        if near[period] <= MOVED:
            return None  # it waits in a tank from one period to another
        hosts = [[int(host[period]) for host in leg.hosts if host[period] >= 0] for leg in self.legs]
        columns = [max(own, key=lambda column: (more[column] - less[column], more[column])) for own in hosts]
        return Way(np.array(columns, dtype=np.int64), amounts[:, period], 1.0)

    def _by_period(self, x: Vector, amounts: Vector) -> Vector:
        """The most that can have gone the whole way within each period, as it leaves the well."""
        moved = np.array([_sum_at(x, leg.hosts) for leg in self.legs])
        return np.asarray(np.min(moved / amounts, axis=0))

    def plan(self, by: float, asked: Standing | None = None) -> Vector:
        return self.at(by).x

    def touch(self, by: float) -> Touch:
        return self._touch(by, self.found(by))

    def _touch(self, by: float, solution: Solution) -> Touch:
        return Touch(by, sign_of(self.asked.now.form) * solution.objective, float(self._well @ solution.x))

    def found(self, by: float) -> Solution:
        if by not in self._found:
            cost = self._near.form.cost + sign_of(self.asked.now.form) * by * self._well
            self._found[by] = self._own(self._near.best(cost, self._near.form.sense))
        return self._found[by]

    def _solved(self, by: float) -> BareOptimum:
        """The plan there, with the prices of its own rows: those of the marks are the rebate."""
        solution, (space, program) = self.found(by), self.asked.now.stated
        rows, first = program.shape[0], self._near.form.matrix.shape[0]
        cuts = _first(self._near.cuts, len(solution.dual) - first)
        whole = program.with_rows(*cuts) if cuts else program
        form = form_of(whole) if cuts else self.asked.now.form
        x = solution.x[: self._columns]
        prices = Prices(np.append(solution.dual[:rows], solution.dual[first:]), solution.reduced[: self._columns])
        point = Point(float(form.cost @ x) + form.offset, x, form.matrix @ x)
        return BareOptimum(form, Solution(Status.optimal, point, prices), lambda: (space, whole), lambda asked: x,
                           lambda: self.asked.now.worth)  # fmt: skip

    def _own(self, found: Solution | None) -> Solution:
        if found is None or found.status is not Status.optimal:
            raise SolverError(f"{self.case.name}: the most of {self.route.id} was not proved")
        return found

    @property
    def _columns(self) -> int:
        return self.asked.now.stated[1].shape[1]

    @cached_property
    def _marked(self) -> tuple[Extra, sparse.csr_matrix]:
        return marked_legs([self.legs], len(self.case.periods), self._columns)

    @property
    def _marks(self) -> Extra:
        return self._marked[0]

    @cached_property
    def _well(self) -> Vector:
        return np.asarray(self._marked[1].toarray().ravel(), dtype=float)

    @cached_property
    def _near(self) -> Near:
        """Every plan, with the marks of the route."""
        space, program = self.asked.now.stated
        return Near(Optimum(space, program, self.asked.now.solution), INF, extra=self._marks)

    @cached_property
    def _session(self) -> Session:
        """The marks alone, of a plan whose volumes stand in the bounds."""
        marks, first = self._marks, self._columns
        matrix = sparse.csc_matrix(marks.matrix[:, first:])
        form = Form("max", self._well[first:], 0.0, matrix, marks.lower, marks.upper, np.zeros(len(marks.ceiling)),
                    marks.ceiling, marks.integer)  # fmt: skip
        return Session(form, presolve=False, brief=True)


def _sum_at(x: Vector, hosts: Sequence[Index]) -> Vector:
    """The volumes of hosts together, 0 where there is none in a period."""
    places = np.array(hosts)
    return np.asarray(np.where(places >= 0, x[places], 0.0).sum(axis=0))


def _first(blocks: Sequence[Rows], count: int) -> list[Rows]:
    """The first blocks that have so many rows together."""
    out: list[Rows] = []
    for block in blocks:
        if sum(map(len, out)) >= count:
            break
        out.append(block)
    return out
