"""The programme of a case, kept with how its numbers come from the figures of the case.

Which rows there are, and which columns stand in each, follows from the packs, the periods, what is open and the kinds
of bounds that the policy sets.  Another case of the same structure has other numbers only, and these are reckoned again
without any join (:mod:`energy_routes.linear.tape`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from energy_routes.case import Case
from energy_routes.formulation.description import build
from energy_routes.formulation.ledger import netback_terms
from energy_routes.formulation.space.axes import Reference
from energy_routes.formulation.space.figures import HELD, POLICY, REFERENCE, Question, RecordedNetwork
from energy_routes.formulation.space.options import opened
from energy_routes.formulation.space.space import Space, build_space
from energy_routes.linear import (
    VECTORS,
    Form,
    Graph,
    Map,
    Move,
    Program,
    State,
    Tape,
    Vector,
    graph_of,
    maps_of,
)
from energy_routes.network import CHOICES, Edit

LINEAR = 1e-9  # of a figure: how far it may be from the line of its lever


@dataclass(frozen=True, eq=False)
class Numbers:
    """A case of a structure: its programme as arrays, and, made when asked for, its space and labelled programme."""

    case: Case
    held: Mapping[str, float]
    reference: Reference
    form: Form
    _structure: Structure
    _state: State

    @cached_property
    def _plain(self) -> tuple[Space, Program]:
        space, program = self._structure.space, self._structure.program
        instead = [(space.case, opened(self.case)), (space.held, self.held), (space.reference, self.reference)]
        both: tuple[Space, Program] = self._state.at((space, program), instead)
        return both

    def netback(self, x: Vector) -> float:
        """Cash netback of a point, MUSD."""
        coefficients, constant = self._structure.cash
        return float(self._state.of(coefficients) @ x + self._state.of(constant))

    @property
    def earns_netback(self) -> bool:
        """Whether the objective is the cash netback, but for its constant."""
        return bool(np.array_equal(self._state.of(self._structure.cash[0]), self.form.cost))

    @property
    def stands(self) -> bool:
        """Whether no figure differs from those of the structure's own case."""
        return not self._state.changed

    @property
    def space(self) -> Space:
        """The space of the case, as :func:`energy_routes.formulation.build_space` makes it."""
        return self._plain[0]

    @property
    def program(self) -> Program:
        """Its programme, as :func:`energy_routes.formulation.build` makes it."""
        return self._plain[1]


class Maps(NamedTuple):
    """The derivatives of a programme's numbers in the figures of a case.

    ``figures`` is a row a number: table, id, column, month.  The others are sparse, shape (numbers, figures): costs and
    bounds in the order of columns and rows, ``coefficients`` in that of the matrix's data.  What is linear in a figure
    is exact for any change of it; a product of figures is so for each of them alone.  The yield of a lane is no figure
    here: what groups count rests on it, so that another yield is another structure.
    """

    figures: pd.DataFrame
    cost: Map
    row_lower: Map
    row_upper: Map
    col_lower: Map
    col_upper: Map
    coefficients: Map


class Structure:
    """The recorded space and programme of a ``case`` whose exports are ``held`` (Mt or bcm, by family).

    ``reference`` is what groups carry in the plans without each unforeseen event.
    """

    def __init__(
        self, case: Case, held: Mapping[str, float] | None = None, reference: Reference | None = None
    ) -> None:  # fmt: skip
        self.case, self._network, self._words = case, RecordedNetwork.of(case), _words(case)
        space = build_space(replace(case, network=self._network))
        self.space = space.with_held(held or {}).with_reference(reference or {})
        self.program = build(self.space)
        self._pattern = self.program.coefficients
        self._laid: tuple[Vector, sparse.csc_matrix] | None = None
        paid = [term.expr for term in netback_terms(self.space, self.program) if term.kind == "cash"]
        none = np.zeros(self.program.shape[1])
        self.cash: tuple[Vector, Vector] = (
            sum((expr.coefficients(len(none)) for expr in paid), none),
            sum((expr.const.sum() for expr in paid), np.zeros(())),
        )
        arrays = [getattr(self.program, name) for name in (*VECTORS, "constant")]
        self._tape.keep(self._pattern.values, *self.cash, *arrays)

    @property
    def _tape(self) -> Tape:
        return self._network.tape

    def under(
        self, case: Case, held: Mapping[str, float] | None = None, reference: Reference | None = None
    ) -> Numbers | None:  # fmt: skip
        """The numbers of a case; None where its structure is another.

        Raises DataError where an edit scales or adds to a figure that is not stated.
        """
        held, reference, edits = held or {}, reference or {}, case.network.edits
        if not self._fits(case) or (held.keys(), reference.keys()) != (
            self.space.held.keys(), self.space.reference.keys()):  # fmt: skip
            return None
        topics = {(edit.table, edit.field) for edit in self._differing(edits)} | {HELD, REFERENCE}
        if case.policy != self.case.policy:
            topics.add(POLICY)
        state = self._tape.refreshed(Question(case.policy, held, reference, edits), topics.__contains__)
        return None if state is None else Numbers(case, held, reference, self._form(state), self, state)

    @cached_property
    def maps(self) -> Maps:
        """How costs, bounds and coefficients depend on the figures, at those of the structure's case."""
        arrays = {name: array for name, array in self.numbers.items() if name != "constant"}
        found = dict(zip(arrays, maps_of(self._tape, list(arrays.values())), strict=True))
        figures = self._network.labels()
        mapped = np.flatnonzero((figures["table"] != "lanes") | (figures["column"] != "yield"))
        return Maps(figures.iloc[mapped].reset_index(drop=True), **{name: m[:, mapped] for name, m in found.items()})

    def moves(self, number: int, start: float | None, told: Sequence[tuple[float, Case]]) -> list[Move]:
        """Which figures a lever moves, from three of its values and the cases with them; see :func:`graph_of`.

        ``start`` is the value at which a figure is as stated; None: what is stated is that of the structure's case.
        Raises ValueError where a figure is not offset + slope × value.
        """
        (first, one), (second, other), (third, check) = told
        found = []
        for leaf in self._tape.leaves:
            if leaf.topic in (HELD, REFERENCE):
                continue
            own = np.ravel(self._tape.values[leaf.node])
            low, high, beside = (np.ravel(leaf.read(Question(case.policy, edits=case.network.edits)))
                                 for case in (one, other, check))
            for at in np.flatnonzero((low != high) & (low == low) & (high == high)):
                slope = float(high[at] - low[at]) / (second - first)
                offset = float(low[at]) - slope * first
                if abs(offset + slope * third - beside[at]) > LINEAR * max(1.0, abs(beside[at])):
                    raise ValueError(f"{leaf.topic} is not linear in the lever")
                stated = float(own[at]) if start is None else offset + slope * start
                found.append(Move(leaf.node, int(at), number, stated, offset, slope))
        return found

    def graph(self, moves: Sequence[Move], arrays: Sequence[Any]) -> tuple[Graph, list[dict[int, int]]]:
        """What arrays of the structure come to where figures move; see :func:`graph_of`."""
        return graph_of(self._tape, moves, arrays)

    @property
    def numbers(self) -> dict[str, Any]:
        """The recorded arrays of the programme: costs, bounds, ``coefficients`` (in the order of the matrix), constant.
        """
        return {name: getattr(self.program, name) for name in (*VECTORS, "constant")} | {
            "coefficients": self._pattern.values}

    def _fits(self, case: Case) -> bool:
        """Whether nothing but numbers can differ between a case and that of the structure."""
        own = self.case
        if case.network.packs != own.network.packs:
            return False
        bends = case.policy == own.policy or (
            not self._network.policy_is_fixed and case.policy.shape == own.policy.shape)  # fmt: skip
        return bends and (case.periods, case.past) == (own.periods, own.past) and _words(case) == self._words

    def _differing(self, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """The edits by which figures may differ from those of the structure's case."""
        own = self.case.network.edits
        return edits[len(own) :] if edits[: len(own)] == own else (*own, *edits)

    def _form(self, state: State) -> Form:
        cost, row_lower, row_upper, col_lower, col_upper = (state.of(getattr(self.program, name)) for name in VECTORS)
        return Form(
            self.program.sense, cost, float(state.of(self.program.constant)),
            self._matrix(state.of(self._pattern.values)),
            row_lower, row_upper, col_lower, col_upper, self.program.integer,
        )  # fmt: skip

    def _matrix(self, values: Vector) -> sparse.csc_matrix:
        """The matrix with these coefficients: one object for all cases that have those of the first."""
        self._laid = self._laid or (values, self._pattern.matrix(values))
        return self._laid[1] if self._laid[0] is values else self._pattern.matrix(values)


def _words(case: Case) -> list[tuple[object, ...]]:
    """What edits say in words (an arc is opened, a closing rule set, an event is unforeseen), in their order."""
    worded = (edit for edit in case.network.edits if edit.event or (edit.table, edit.field) in CHOICES)
    return [(e.table, e.id, e.field, e.periods, e.event, (e.table, e.field) in CHOICES and e.value) for e in worded]
