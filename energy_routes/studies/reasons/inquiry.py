"""A target in a case: its break-evens, and the tables about each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from energy_routes.case import Case, no_transit, ramped
from energy_routes.errors import InfeasibleError, UnboundedError
from energy_routes.linear import INF, Standing, Status, Stretch, Vector
from energy_routes.pack import Mask, in_digits
from energy_routes.plan import Solved, route_volumes
from energy_routes.solving import BareOptimum, Near, Optimum, compile
from energy_routes.studies.kinks.shift import AGAINST, Asked, Priced, Shift, price_of
from energy_routes.studies.reasons.bounds import Shut, closings_of, holds_of, limits_of, opened, shut
from energy_routes.studies.reasons.steps import Curve, Step, elsewhere, pieces_of, steps_of
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.terms import SLIGHT, Terms
from energy_routes.studies.reasons.way import MOVED, Way, way_of

State: TypeAlias = Literal["closed", "out", "used", "full"]
STEPS = ["what", "event", "side", "at", "to", "change", "before", "after", "margin", "enters", "leaves", "way"]
TERMS = ["what", "at", "kind", "term", "value"]
CURVE = ["from", "to", "paid_on"]
ROOM = ("capacity", "joint", "market")  # limits that a target can fill
DIGITS = 10  # of money that is told
TOP = 2  # routes that are named on each side
NOTHING = pd.DataFrame(columns=TERMS[2:])


class Told(NamedTuple):
    """A break-even of some figures, the way that is taken on one side of it only, and what that earns as they are."""

    shift: Shift
    step: Step
    way: Way | None = None
    terms: pd.DataFrame = NOTHING


class Inquiry:
    """What is found about a target of a case; the tables are those of ``Explanation``."""

    def __init__(self, asked: Asked, target: Target) -> None:
        self.asked, self.case, self.target = asked, asked.case, target
        self.space, self.program = asked.now.stated
        self._routes: dict[int, pd.Series] = {}

    @cached_property
    def members(self) -> Mask:
        """The columns that pass the target."""
        return self.target.members(self.space, self.program.shape[1])

    @cached_property
    def curve(self) -> Curve:
        """The volume of the target as its figure moves."""
        weights = self.target.weights(self.space, self.program.shape[1])
        return Curve(Priced(self.asked, self.target.shift), lambda x: float(weights @ x[: len(weights)]),
                     self.target.draws, Standing(weights[None, :]))  # fmt: skip

    @cached_property
    def volume(self) -> float:
        """What the target carries or buys, Mt (bcm) over the horizon."""
        return self.curve.volume(0.0)

    @cached_property
    def open(self) -> bool:
        """Whether anything comes to the target in some plan that keeps every rule."""
        if self.volume or not (self.asked.now.form.col_upper[self.members] > 0).any():
            return self.volume > 0
        program = self.program if self.case.policy.build is None else self.asked.statement.program  # builds are open
        near = Near(Optimum(self.space, program, self.asked.now.solution), INF)
        found = near.best(self.target.weights(self.space, self.program.shape[1]), "max")
        return found is None or found.status is Status.unbounded or found.objective > MOVED

    @cached_property
    def _shut(self) -> list[Shut]:
        return [] if self.open else list(shut(self.case, self.target.arcs))

    @property
    def closings(self) -> pd.DataFrame:
        """The arcs that close the target."""
        return closings_of(self.case, self._shut)

    @cached_property
    def opened(self) -> float:
        """What the target has once the arcs that close it are open, with as much capacity as is wanted, Mt (bcm).

        NaN where none of them closes it, or there is no plan then.
        """
        try:
            return self._in(opened(self.case, self._shut)).volume if self._shut else np.nan
        except (InfeasibleError, UnboundedError):
            return np.nan

    def _in(self, case: Case) -> Inquiry:
        """The same target in another case."""
        return Inquiry(Asked(compile(case), case), self.target)

    @cached_property
    def state(self) -> State:
        """Whether it is closed, out, used, or full."""
        if not self.volume:
            return "out" if self.open else "closed"
        filled = self.limits["kind"].isin(ROOM) & (self.limits["side"] == "upper") & (self.limits["price"] > SLIGHT)
        return "full" if filled.any() else "used"

    @cached_property
    def limits(self) -> pd.DataFrame:
        """The limits that it has come to."""
        return limits_of(self.asked.now, self.members)

    @cached_property
    def holds(self) -> pd.DataFrame:
        """What obliges volume to it."""
        return holds_of(self.target, self.curve)

    @cached_property
    def _pieces(self) -> tuple[list[Stretch], bool]:
        return pieces_of(self.curve, self.target.shift.least(self.case)) if self.open else ([], False)

    @cached_property
    def _found(self) -> tuple[list[Told], int]:
        """The break-evens, and how many were not confirmed."""
        steps, doubtful = steps_of(self.curve, self._pieces[0])
        return [self._told(step) for step in steps], doubtful

    def _told(self, step: Step) -> Told:
        at = self.curve.priced.at(step.first)
        return self._with_terms(self.target.shift, step, at, way_of(self.program, at.form, *step.more_and_less,
                                                                    self.members))  # fmt: skip

    def _with_terms(self, shift: Shift, step: Step, at: BareOptimum, way: Way | None) -> Told:
        """A break-even of some figures, at the optimum ``at`` it, with the terms of a way."""
        return Told(shift, step, way, NOTHING if way is None else self._terms.of(way, at))

    @cached_property
    def _terms(self) -> Terms:
        return Terms(self.space, self.program)

    @property
    def steps(self) -> pd.DataFrame:
        """The break-evens."""
        own = [self._row(told.shift, told.step, told) for told in self._found[0]]
        return pd.DataFrame([*own, *self._by_price()], columns=STEPS)

    def _row(self, shift: Shift, step: Step, told: Told) -> tuple[Any, ...]:
        now = shift.now(self.case)
        margin = float(told.terms["value"].sum()) if told.way else np.nan
        way = "" if told.way is None else ";".join(told.way.names(self.program))
        money = map(_rounded, (now + step.first, now + step.last, step.first))
        return (shift.words, step.event, "above" if step.up else "below", *money, step.before, step.after,
                _rounded(margin), *self.moved(step), way)  # fmt: skip

    def _by_price(self) -> Iterator[tuple[Any, ...]]:
        """The break-even of the price where the way of the nearest one ends; only what solving again confirms."""
        told = min(self._found[0], key=lambda told: abs(told.step.first), default=None)
        if told is None or told.way is None or not self.target.arcs or not len(told.terms):
            return
        sold = np.isin(told.way.columns, self.space.delivered.col)
        if not sold.any():
            return
        row = int(np.flatnonzero(self.space.delivered.col == told.way.columns[sold][0])[0])
        shift = price_of(self.case, str(self.space.delivered.axis.frame["market"].iloc[row]), self.target.shift.unit)
        paid = float(Priced(self.asked, shift).weights[told.way.columns] @ told.way.amount)
        change = -float(told.terms["value"].sum()) / paid if paid else 0.0
        step = elsewhere(self.curve, shift, change, told.step) if abs(change) > SLIGHT else None
        if step is not None:
            yield self._row(shift, step, told)

    def moved(self, step: Step) -> tuple[str, str]:
        """The routes that have more beyond a break-even, and those that have less, most first."""
        near, far = (self._by_route(x) for x in step.plans)
        change = far.sub(near, fill_value=0.0).sort_values(kind="stable")
        more, less = change[change > MOVED].iloc[::-1][:TOP], change[change < -MOVED][:TOP]
        return tuple("; ".join(f"{name} ({in_digits(volume, '+.3g')})" for name, volume in some.items())  # type: ignore[return-value]
                     for some in (more, less))  # fmt: skip

    def _by_route(self, x: Vector) -> pd.Series:
        """The volume of each route of a plan, by its words."""
        if id(x) not in self._routes:
            self._routes[id(x)] = route_volumes(Solved(self.space, x, ()))
        return self._routes[id(x)]

    @property
    def terms(self) -> pd.DataFrame:
        """The terms of each break-even that has a way."""
        parts = [told.terms.assign(
            what=told.shift.words, at=_rounded(np.nan_to_num(told.shift.now(self.case)) + told.step.first),
            value=told.terms["value"].map(_rounded),
        ) for told in self._found[0] if len(told.terms)]  # fmt: skip
        return pd.concat(parts, ignore_index=True)[TERMS] if parts else pd.DataFrame(columns=TERMS)

    @property
    def pieces(self) -> pd.DataFrame:
        """The pieces of the curve that were looked for."""
        now = np.nan_to_num(self.curve.now)
        return pd.DataFrame([(now + piece.low, now + piece.high, abs(piece.slope)) for piece in self._pieces[0]],
                            columns=CURVE)  # fmt: skip

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        target, doubtful, notes = self.target, self._found[1], []
        if target.also:
            notes.append(f"{target.name} is also the name of {', '.join(target.also)}")
        notes += no_transit(self.case.network, target.kind, target.id, target.family)
        if self._pieces[1]:
            low = "below 0" if self.curve.now == self.curve.now else "where one of them is below 0"
            limit = f"{low}: only a subsidy" if target.draws < 0 else "above twice what it is: only such a price"
            notes.append(f"The break-even of the {target.shift.words} lies {limit} reaches it")
        if ramped(self.case):
            notes.append(AGAINST)
        if doubtful:
            notes.append(f"{doubtful} break-evens are left out: solved again on both sides, they were not confirmed")
        return tuple(notes)


def _rounded(money: float) -> float:
    """Money without the last digits, in which two sums of one figure differ: it reads the same wherever it is told."""
    return float(f"{money:.{DIGITS}g}")
