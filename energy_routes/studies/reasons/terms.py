"""What a unit earns on a way and what that way is short of, by named terms that add up.

With the duals y of an optimum, a way of columns k with the amounts m is worth Σ m (c − y·A) a unit: its money, less
what its capacity, the contracts and caps on it, and its own barrels are worth elsewhere.  Balances of the places in
between cancel out.  At the break-even the sum with the moved figures is 0; with the figures as they are it is what is
missing, or left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from energy_routes.formulation import Limit, Link, Space, declared, limit_of
from energy_routes.indicators import LEDGER
from energy_routes.linear import Index, Program, Rows, Vector, sign_of
from energy_routes.network import Names, group_names
from energy_routes.plan import limit_table
from energy_routes.solving import BareOptimum
from energy_routes.studies.reasons.way import PLACES, Way, accounts

SLIGHT = 1e-6  # USD/t: less is the arithmetic's
COLUMNS = ["kind", "term", "value"]
ELSEWHERE = "elsewhere"
WHERE = {"flow": "arc", "lifted": "supply", "delivered": "market", "home": "obligation"}  # block → its label
KINDS = {"policy": "cap", "supply": ELSEWHERE}  # of limits; others keep theirs


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of ways in the programme of a case as it is, whose space and labels are ``space`` and ``program``."""

    space: Space
    program: Program

    def of(self, way: Way, at: BareOptimum) -> pd.DataFrame:
        """The terms of a way in USD/t (USD/1000 m³) of what starts on it, + = for it; their sum is what it is short of.

        ``at`` is the optimum at the break-even.  Columns: kind (a line of the netback sheet, of limit, cap, or
        elsewhere), term, value.
        """
        rows = [*self._money(way), *self._rents(way, at)]
        frame = pd.DataFrame(rows, columns=COLUMNS)
        sums = frame.groupby(["kind", "term"], as_index=False, sort=False).agg({"value": "sum"})
        return sums.loc[sums["value"].abs() > SLIGHT].reset_index(drop=True)

    def _money(self, way: Way) -> Iterator[tuple[str, str, float]]:
        """What is earned and paid on each column, by the lines of the netback sheet, or the term of the ledger."""
        for line, weights in self._lines:
            unit = weights[way.columns] * way.amount * sign_of(self.program)
            for at in np.flatnonzero(unit):
                yield line, self._place(int(way.columns[at])), float(unit[at])

    @cached_property
    def _lines(self) -> list[tuple[str, Vector]]:
        """Of each term of the objective its line, and what a unit of each column adds to it."""
        told = [(LEDGER.get(term.name), term) for term in self.program.terms]
        return [(of.line if of is not None and of.line else term.name, term.expr.coefficients(self.program.shape[1]))
                for of, term in told]  # fmt: skip

    def _rents(self, way: Way, at: BareOptimum) -> Iterator[tuple[str, str, float]]:
        """What is given up: for each row that has a price, and each column that ends at a bound."""
        form, solution, (_, program) = at.form, at.solution, at.stated
        sign = sign_of(self.program)
        used = form.matrix[:, way.columns] @ way.amount
        worth = -sign * solution.dual * used
        priced = np.flatnonzero(np.abs(worth) > SLIGHT)
        for row, (kind, name) in self._rows(program, priced).items():
            if kind not in PLACES:
                yield kind, name, float(worth[row])
        ends = np.diff(form.matrix.indptr)[way.columns] > 0
        bound = -sign * solution.reduced[way.columns] * way.amount
        for column in np.flatnonzero(ends & (np.abs(bound) > SLIGHT)):
            yield ELSEWHERE, self._place(int(way.columns[column])), float(bound[column])
        for stock in accounts(program).values():  # a way that starts or ends in a tank is worth something there
            yield "stock", "what is in tanks", float(worth[stock].sum())

    def _place(self, column: int) -> str:
        block, at = self.program.block_of(column)
        name = block.name.partition("@")[0]
        if name not in WHERE:
            return name
        called: dict[str, str] = getattr(self._called, WHERE[name])
        return called[block.axis.frame[WHERE[name]].iloc[at]]

    @cached_property
    def _called(self) -> Names:
        network = self.space.case.network
        return Names(network.tables, group_names(network.packs))

    def _rows(self, program: Program, asked: Index) -> dict[int, tuple[str, str]]:
        """What some rows of a programme are: (kind, name), in their order.  Only their blocks are put into words."""
        ends = np.cumsum([0, *(len(rows) for rows in program.rows)])
        blocks = {int(block) for block in np.searchsorted(ends, asked, side="right") - 1}
        out = {int(ends[block]) + row: told for block in sorted(blocks)
               for row, told in enumerate(self._block(program.rows[block]))}  # fmt: skip
        named = {id(program.rows[block]) for block in blocks}
        limits = limit_table(self.space, program, lambda block: limit_of(block) if id(block) in named else None)
        for at, kind, name in zip(limits["at"].tolist(), limits["kind"].tolist(), limits["name"].tolist(), strict=True):
            out[at] = KINDS.get(kind, kind), name
        return {int(row): out[int(row)] for row in asked}

    def _block(self, rows: Rows) -> list[tuple[str, str]]:
        """The same of a block whose rows are no limits of the plan itself."""
        told, name = declared(rows), rows.name.partition("@")[0]
        if name in PLACES:
            return [(rows.name, name)] * len(rows)
        if isinstance(told, Limit) and told.cuts:
            return [("cap", f"cap on the HHI of {kind}") for kind in rows.axis.frame["kind"]]
        if isinstance(told, Limit):
            words = self._called.filled(told.name or f"{{{told.key}}}", rows.axis.frame)
            return [(KINDS.get(told.kind, told.kind), word) for word in words]
        if isinstance(told, Link):
            return [(told.of, name.replace("_", " "))] * len(rows)
        labels = rows.axis.frame
        counted = self._called.filled("counted in {group}", labels) if "group" in labels else [name] * len(rows)
        return [("cap", word) for word in counted]
