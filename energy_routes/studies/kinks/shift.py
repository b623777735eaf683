"""Figures that move together, and the optimum as they move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from energy_routes.case import Case, plain
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.formulation import build, build_space
from energy_routes.linear import (
    Expr,
    Session,
    Solution,
    Standing,
    Stretch,
    Term,
    Touch,
    Vector,
    axis,
    face_of,
    on_face,
    optimal,
    sign_of,
    stretches,
)
from energy_routes.network import Edit, Names
from energy_routes.pack import TABLES
from energy_routes.solving import BareOptimum, Compiled, Statement, solve, statement

Kind = TypeVar("Kind")
AGAINST = "Re-routing after the event is held against the plan without it that today's figures give"
ONE = 1.0  # USD/t by which the figures move for it to be seen where they stand


@dataclass(frozen=True)
class Shift:
    """Figures (table, id, column) that move by the same amount, in their inner unit, in every month."""

    figures: tuple[tuple[str, str, str], ...]
    words: str
    unit: str

    def at(self, case: Case, by: float) -> Case:
        """The case with the figures moved; their hard limits are not looked at, so that a tariff may fall below 0."""
        edits = [Edit(*figure, "add", by, reason="moved by a study") for figure in self.figures] if by else []
        return replace(case, network=case.network.with_edits(*edits)) if edits else case

    def stated(self, case: Case) -> Vector:
        """The figures in each period, shape (figures, periods); NaN where none is stated."""
        rows = [case.network.resolve(table, column, case.periods)[case.network.ids(table).index(name)]
                for table, name, column in self.figures]  # fmt: skip
        return np.array(rows).reshape(len(rows), len(case.periods))

    def now(self, case: Case) -> float:
        """What all of them are, on average over the horizon; NaN where they differ from one another."""
        years = np.array([period.years for period in case.periods])
        means = {round(float(row @ years) / case.years, 9) for row in self.stated(case)}
        return means.pop() if len(means) == 1 else float("nan")

    def least(self, case: Case) -> float:
        """The furthest that all of them can fall and keep the hard limits of their columns, 0 or below."""
        lows = [TABLES[table].column(column).low for table, _, column in self.figures]
        room = [np.nanmin(row) - low for row, low in zip(self.stated(case), lows, strict=True) if low is not None]
        return -float(min(room, default=np.inf))


def or_why(case: Case, made: Callable[[], Kind]) -> Kind:
    """What is made of a case.  Without a plan the error says what must give way, as that of ``solve``."""
    try:
        return made()
    except InfeasibleError:
        solve(case)
        raise


@dataclass(eq=False)
class Asked:
    """A case whose figures of money are to be moved: laid out once, however many are moved one after another.

    ``compiled`` is that case, or another that differs from it in figures.  Exports that are held, what shippers do who
    do not reckon with a loss, and the least share lost keep the values that they have with the figures as they are.
    Raises UsageError where ``policy.cvar`` puts money into rows.
    """

    compiled: Compiled
    case: Case

    def __post_init__(self) -> None:
        if self.case.policy.cvar is not None:
            raise UsageError(f"{self.case.name}: with policy.cvar money stands in rows of the programme, and no "
                             "break-even can be proved. Leave it out: --set policy.cvar=none, or in Python "
                             "case.with_policy(cvar=None)")

    @property
    def free(self) -> bool:
        """Whether the case with figures moved is laid out as it would be by itself."""
        return plain(self.case) and not self.case.policy.held

    @cached_property
    def now(self) -> BareOptimum:
        """The optimum with the figures as they are.  Raises the errors of :meth:`energy_routes.Compiled.solve`."""
        return self.compiled.optimum(self.case) if self.free else self.statement.optimum()

    @cached_property
    def statement(self) -> Statement:
        """The case laid out."""
        return statement(self.case)

    def but(self, case: Case) -> Asked:
        """Another case that differs in figures."""
        return Asked(self.compiled, case)


@dataclass(eq=False)
class Priced:
    """The optimum of a case as figures of money move together: convex in the move, whatever the builds."""

    asked: Asked
    shift: Shift
    known: dict[float, BareOptimum] = field(default_factory=dict)
    _found: dict[float, Solution] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """The case with the figures as they are."""
        return self.asked.case

    def at(self, by: float) -> BareOptimum:
        """The optimum with the figures moved.  Raises the errors of :meth:`energy_routes.Compiled.solve`."""
        if by not in self.known:
            self.known[by] = self._solved(by) if by else self.asked.now
        return self.known[by]

    def _solved(self, by: float) -> BareOptimum:
        if self.asked.free:
            return self.asked.compiled.optimum(self.shift.at(self.case, by))
        return self.asked.statement.optimum(paying(by * self.weights))

    def plan(self, by: float, asked: Standing | None = None) -> Vector:
        """The one plan among those as good with the figures moved, one number a column.

        Where all of those plans have the same of what is ``asked``, it may be any of them.  The plan with the figures
        as they are is still the one where it is still as good as any: what is preferred among equals does not hang on
        money, and the plans as good on both sides are fewer, not others.
        """
        policy, best, now = self.case.policy, self.at(by), self.at(0.0)
        if asked is not None and asked.on(face_of(best.form, best.solution)):
            return best.solution.x
        kept = policy.build is None and policy.objective == "netback" and on_face(best.form, best.solution, now.x)
        return now.x if kept else best.x

    @cached_property
    def weights(self) -> Vector:
        """What a unit of each column pays more when the figures rise by one; shape (columns,)."""
        first, moved = self._costs(0.0), self._costs(ONE)
        weights = np.zeros(len(self.at(0.0).form.cost))
        weights[:len(first)] = (moved - first) / ONE
        return weights

    def _costs(self, by: float) -> Vector:
        """The costs of the plan's own columns with the figures moved."""
        if self.asked.free:
            return self.at(by).form.cost
        return costs_of(self.shift.at(self.case, by))

    def touch(self, by: float) -> Touch:
        """The optimum there as a point of the curve, + = better."""
        return self._touch(by, self.at(by).solution)

    def stretches(self, start: float, stop: float) -> Iterator[Stretch]:
        """The pieces of the curve from start to stop, found as they are asked for."""
        return stretches(self.touched, start, stop)

    def touched(self, by: float) -> Touch:
        """The optimum there as a point of the curve, found in the live session."""
        return self._touch(by, self.found(by))

    def found(self, by: float) -> Solution:
        """An optimum there, whichever of several: found in a live session, where nothing but costs moves."""
        policy = self.case.policy
        if policy.build is not None or policy.max_hhi:
            return self.at(by).solution
        if by not in self._found:
            form = self.at(0.0).form
            self._session.set_cost(form.cost + by * self.weights, form.sense, form.offset)
            self._found[by] = optimal(self._session)
        return self._found[by]

    def _touch(self, by: float, solution: Solution) -> Touch:
        sign, weights = sign_of(self.at(0.0).form), self.weights
        return Touch(by, sign * solution.objective, sign * float(weights @ solution.x))

    @cached_property
    def _session(self) -> Session:
        first = self.at(0.0)
        session = Session(first.form, primal=True, brief=True)  # other costs leave its point feasible
        session.basis = first.solution.basis
        return session


def paying(weights: Vector) -> Term:
    """A term of the objective: what a unit of each column pays more."""
    columns = np.flatnonzero(weights)
    one = axis("moved", (), pd.DataFrame({"one": [0]}))
    return Term("moved", "cash", Expr(one, np.zeros(len(columns), dtype=np.int64), columns, weights[columns],
                                      np.zeros(1)))  # fmt: skip


def calm(case: Case) -> Case:
    """The case without its guard: losses cost the plan nothing."""
    return replace(case, policy=replace(case.policy, security=None))


def costs_of(case: Case) -> Vector:
    """What a unit of each column of the plan adds to the objective; shape (columns,)."""
    return build(build_space(calm(case))).cost


def tariffs_of(case: Case, arcs: Sequence[str], words: str, unit: str) -> Shift:
    """The tariffs that are paid on some arcs: those of their lanes where these state their own, else the arc's."""
    rows = case.network.resolve("lanes", "tariff", case.periods)
    lanes = list(zip(case.network.ids("lanes"), case.network.tables["lanes"]["arc"], rows, strict=True))
    own = [("lanes", name, "tariff") for name, arc, row in lanes if arc in arcs and not np.isnan(row).all()]
    listed = {arc for _, arc, _ in lanes}
    bare = {arc for _, arc, row in lanes if np.isnan(row).any()}
    return Shift((*(("arcs", arc, "tariff") for arc in arcs if arc in bare or arc not in listed), *own), words, unit)


def highest_prices(case: Case, family: str) -> Vector:
    """The highest price of any market of a family in each period, whether a way leads to it or not; 0 without one.

    USD/t (USD/1000 m³), shape (periods,).
    """
    network = case.network
    families, prices = network.family_of("markets"), network.resolve("markets", "price", case.periods)
    own = np.array([families[market] == family for market in network.ids("markets")], dtype=bool)
    return np.asarray(np.nan_to_num(prices[own]).max(axis=0, initial=0.0))


def price_of(case: Case, market: str, unit: str) -> Shift:
    """The price paid at a market."""
    return Shift((("markets", market, "price"),), f"price at {Names(case.network.tables).market[market]}", unit)
