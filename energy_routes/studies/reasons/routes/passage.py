"""What is found about a route: the rebate that brings it in, and the figures that bring it in or push it out.

A rebate on the whole way is what a route lacks.  Tariffs and the price belong to its arcs and its buyer, who serve
others, too: of each it is found where the route, and not only the arc, begins or ceases to be taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from energy_routes.case import Case
from energy_routes.formulation import ledger_terms
from energy_routes.linear import Stretch
from energy_routes.network import Names
from energy_routes.pack import Mask
from energy_routes.plan import Solved, routes_table
from energy_routes.solving import compile
from energy_routes.studies.kinks.shift import Asked, Priced, Shift, price_of, tariffs_of
from energy_routes.studies.reasons.inquiry import Inquiry, Told
from energy_routes.studies.reasons.routes.named import route_of
from energy_routes.studies.reasons.routes.through import Through
from energy_routes.studies.reasons.steps import Curve, Step, crossing, pieces_of, step_between, steps_of
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.way import MOVED

REBATE = "rebate on the whole way"
SAME = 6  # digits of changes, USD/t, by which figures are put in order
TOLD = 3  # figures of arcs and of the buyer that are told, the nearest first


class Passage(Inquiry):
    """A route of a case."""

    def __init__(self, asked: Asked, text: str) -> None:
        space, _ = asked.now.stated
        self.route = route_of(space, routes_table(Solved(space, asked.now.x, ledger_terms(space))), text)
        unit = asked.case.network.units("unit_value")[self.route.family]
        target = Target("route", self.route.id, self.route.name, self.route.family, self.route.arcs,
                        Shift((), REBATE, unit), 1.0)  # fmt: skip
        super().__init__(asked, target)

    @cached_property
    def through(self) -> Through:
        """The optimum with a rebate on it."""
        return Through(self.asked, self.target.shift, route=self.route)

    @cached_property
    def members(self) -> Mask:
        out = np.zeros(self.program.shape[1], dtype=bool)
        for leg in self.through.legs:
            for host in leg.hosts:
                out[host[host >= 0]] = True
        return out

    @cached_property
    def curve(self) -> Curve:
        return Curve(self.through, self.through.carried, 1.0)

    @cached_property
    def open(self) -> bool:
        return self.through.most > MOVED

    def _in(self, case: Case) -> Inquiry:
        return Passage(Asked(compile(case), case), self.target.id)

    @cached_property
    def _pieces(self) -> tuple[list[Stretch], bool]:
        return ([], False) if self.volume or not self.open else (pieces_of(self.curve, -np.inf)[0], False)

    @cached_property
    def _found(self) -> tuple[list[Told], int]:
        """The rebates, then of the other figures the nearest ones; terms stand beside the rebates, or the nearest."""
        if not self.open:
            return [], 0
        steps, doubtful = steps_of(self.curve, self._pieces[0])
        told = [self._along(self.curve, step) for step in steps]
        for curve, step in islice(self._nearest(), TOLD):
            told.append(Told(curve.priced.shift, step) if told else self._along(curve, step))
        return told, doubtful

    def _nearest(self) -> Iterator[tuple[Curve, Step]]:
        """The break-evens of the figures on the way, the smallest change first; of equal ones the first on the way."""
        found = ((curve, crossing(curve, end)) for curve, end in self._figures())
        ends = [(curve, at) for curve, at in found if at is not None]
        for curve, at in sorted(ends, key=lambda one: round(abs(one[1][1]), SAME)):
            if (step := step_between(curve, *at)) is not None:
                yield curve, step

    def _along(self, curve: Curve, step: Step) -> Told:
        """A break-even with the terms of the route itself."""
        way = self.through.way(*step.more_and_less)
        return self._with_terms(curve.priced.shift, step, curve.priced.at(step.first), way)

    def _figures(self) -> Iterator[tuple[Curve, float]]:
        """Each tariff on the way, and the price at its end, and how far it is moved to bring the route in, or out."""
        called, unit = Names(self.case.network.tables).arc, self.target.shift.unit
        shifts = [(tariffs_of(self.case, (arc,), f"tariff of {called[arc]}", unit), -1.0) for arc in self.route.arcs]
        if self.route.market in self.case.network.ids("markets"):
            shifts.append((price_of(self.case, self.route.market, unit), 1.0))
        big = 2.0 * float(np.abs(self.asked.now.form.cost).max(initial=1.0))
        for shift, draws in shifts:
            least = max(shift.least(self.case), -big) if np.isfinite(shift.stated(self.case)).all() else 0.0
            away, towards = (big, least) if draws < 0 else (least, -least)  # of a price at most to twice what it is
            end = away if self.volume else towards
            if end:
                yield Curve(Priced(self.asked, shift), self.through.carried, draws), end

    def _by_price(self) -> Iterator[tuple[Any, ...]]:
        yield from ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        route, notes = self.route, [*super().notes]
        if route.volume > MOVED and self.volume - route.volume > MOVED:
            notes.append(f"What has gone a whole way is told as the most that can have: by proportional tracing "
                         f"{route.volume:,.2f} of it went this way")
        if route.also:
            notes.append(f"{len(route.also)} more ways read the same: {', '.join(route.also)}")
        return tuple(notes)
