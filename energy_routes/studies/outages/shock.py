"""One live session in which things fail: bounds change, nothing is built again; and when a loss strikes.

What was done before the onset stays as planned, stocks too (nobody saw it coming).  From the onset on flows are free,
exports are free, and no well gives more than it was planned to.  Home obligations may fall short, at a penalty above
any price; commitments on what is lost are force majeure; other minima give way only where no plan would keep them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from energy_routes.case import Case, Outage
from energy_routes.errors import InfeasibleError, LimitError, UsageError
from energy_routes.formulation import Space, cash, limit_of
from energy_routes.linear import BRIEF, Form, Index, Program, Session, Solution, Standing, Status, Vector, form_of
from energy_routes.network import Names
from energy_routes.pack import Mask
from energy_routes.plan import Plan, assemble
from energy_routes.solving import LEFT, ROUND, Compiled, marginal_worth, preference
from energy_routes.studies.curves.lever import Lever
from energy_routes.studies.curves.rebuild import Rebuilder

HOME_FIRST = 20_000.0  # USD a tonne not delivered at home: above any price, so only what cannot be is short


@dataclass(frozen=True, eq=False)
class After:
    """A plan after a loss: a point of the calm programme; ``waived``: minima elsewhere had to give way."""

    x: Vector
    waived: bool


class Shock:
    """The plan of a case, and what is left of it after a loss that begins with period ``onset`` (a position).

    ``compiled`` keeps the structures of shocks of similar cases.
    """

    def __init__(self, case: Case, onset: int, compiled: Compiled | None = None) -> None:
        if case.policy.objective != "netback":
            raise UsageError("stress needs the objective 'netback': a least-cost plan earns nothing that could be lost")
        if case.policy.build is not None:
            raise UsageError("stress follows what is left of a plan, and policy.build would build anew after a loss: "
                             "drop policy.build, or open by edits what is built")
        self.case, self.onset = case, onset
        self.called = Names(case.network.tables).target  # what each loss is called: arc:BTC, transit:RU
        self.space, self.program, self.plan = _calm(case, compiled or Compiled(case))
        self._now = self._since_onset()
        self._base = self._loosened()
        self._session = Session(self._base, brief=self._base.matrix.nnz < BRIEF)
        start = self._session.solve()
        if start.status is not Status.optimal:
            raise InfeasibleError(f"{case.name}: its own plan cannot be repeated: {start.status.value}", [])
        self._basis, self._preference = start.basis, preference((self.space,), self.program)
        self._cash = sum(
            (term.coefficients(self.program.shape[1]) for term in cash(self.space)),
            np.zeros(self.program.shape[1]),
        )

    @property
    def netback(self) -> float:
        """Cash netback of the plan, MUSD."""
        return float(self._cash @ self.plan)

    def lost(self, x: Vector) -> float:
        """Cash netback of the plan less that of a point, MUSD."""
        return float(self._cash @ (self.plan - x))

    def loss(self, outage: Outage, struck: Mapping[str, float]) -> float:
        """Cash netback that ``outage`` costs, MUSD, as that of :meth:`strike`; NaN where it leaves no plan."""
        after = self.strike(outage, struck, Standing(self._cash[None, :]))
        return float("nan") if after is None else self.lost(after.x)

    def strike(
        self, outage: Outage, struck: Mapping[str, float], asked: Standing | None = None
    ) -> After | None:
        """The best plan once ``outage`` holds in the periods ``struck`` (label → share of the period); None if none.

        Where all that is ``asked`` is the same at all plans as good, it may be any of them.
        """
        form = self._struck(outage, struck)
        for waived in (False, True):
            solution = self._solved(self._without_minima(form) if waived else form)
            if solution.status is Status.optimal:
                return After(self._preference.best(self._session, form, solution, asked).x, waived)
            if solution.status is not Status.infeasible:
                raise LimitError(f"{outage.name}: the solver ended with {solution.status.value}")
        return None

    def _solved(self, form: Form) -> Solution:
        """What the solver gives, from the basis of the case as it is."""
        self._session.update(form)
        self._session.basis = self._basis
        return self._session.solve()

    def plan_after(self, outage: Outage, struck: Mapping[str, float]) -> Plan | None:
        """The plan of :meth:`strike`, whole, to be drawn or saved; None where there is none.

        Its netback is the calm plan's less the loss.  Capacities are those that are left.  Before the onset nothing
        could be decided, so nothing has a price there.
        """
        after = self.strike(outage, struck)
        if after is None:
            return None
        form = self._struck(outage, struck)
        form = self._without_minima(form) if after.waived else form
        solution = self._solved(form)
        program = self.program.bounded(form.row_lower, form.row_upper, form.col_lower, form.col_upper)
        early = [period.label for period in self.case.periods[: self.onset]]
        worth = marginal_worth(self.space, program, self._session.form, solution, past=early)
        return _left(assemble(self.space, program, after.x, lambda: worth, {}), outage, struck)

    def shut_in(self, x: Vector) -> float:
        """Of :meth:`lost`, what is lost if the same wells give no more than at ``x`` and nothing else fails, MUSD.

        NaN where that leaves no plan.  See :mod:`energy_routes.solving.prices.premium`.
        """
        block, frame = self.program.column_block("lifted").slice, self.space.lifted.axis.frame
        left = frame[["supply"]].assign(volume=self.plan[block] - x[block]).groupby("supply")["volume"].sum()
        less = (frame["supply"].map(left > LEFT).to_numpy(dtype=bool)) & self._now[block]
        if not less.any():
            return 0.0
        high = self._base.col_upper.copy()
        most = np.maximum(x[block], 0.0) + ROUND
        high[block] = np.where(less, np.minimum(high[block], most), high[block])
        found = self._solved(replace(self._base, col_upper=high))
        return self.lost(found.x) if found.status is Status.optimal else float("nan")

    def carried(self, outage: Outage, struck: Mapping[str, float], x: Vector) -> float:
        """Volume at ``x`` through the arcs of an outage in the struck share of its periods, Mt (bcm)."""
        frame = self.space.flow.axis.frame
        hit = frame["arc"].isin(outage.arcs).to_numpy(dtype=bool)
        share = frame["period"].map(struck).fillna(0.0).to_numpy(dtype=float)
        return float((self.space.flow.value(x) * share * hit).sum())

    def short(self, x: Vector) -> float:
        """Home obligations not met, Mt (bcm)."""
        return float(self.space.short.value(x).sum())

    def _since_onset(self) -> Mask:
        """Which columns are decided from the onset on."""
        late = {period.label for period in self.case.periods[self.onset :]}
        return np.concatenate([b.axis.frame["period"].isin(late).to_numpy(dtype=bool) for b in self.program.columns])

    def _loosened(self) -> Form:
        """The programme from the onset on, nothing lost yet."""
        low, high = self.program.col_lower.copy(), self.program.col_upper.copy()
        lifted, short = (self.program.column_block(name).slice for name in ("lifted", "short"))
        bought = (self.space.lifted.axis.frame["kind"] == "bought").to_numpy(dtype=bool)  # is no well: may grow
        low[lifted], high[lifted] = 0.0, np.where(bought, high[lifted], np.maximum(self.plan[lifted], 0.0))
        high[short] = self.space.obligations.data("volume")
        low, high = np.where(self._now, low, self.plan), np.where(self._now, high, self.plan)
        row_low = self.program.row_lower.copy()
        if any(rows.name == "closing_stock" for rows in self.program.rows):
            closing = self.program.row_slice("closing_stock")
            row_low[closing] = np.minimum(row_low[closing], self._held_at_onset())
        cost = self.program.cost.copy()
        cost[short] = -HOME_FIRST
        return replace(form_of(self.program), cost=cost, col_lower=low, col_upper=high, row_lower=row_low)

    def _held_at_onset(self) -> Vector:
        """Stock of each store with a closing rule when the loss begins (its opening in the first period)."""
        frame = self.space.storages.frame.assign(opening=self.space.storages.data("opening"))
        last = frame[frame["last"] & (frame["closing"] == "opening")]
        if self.onset == 0:
            return last["opening"].to_numpy(dtype=float)
        before = self.case.periods[self.onset - 1].label
        stock = self.space.stock.axis.frame.assign(volume=self.space.stock.value(self.plan))
        held = stock[stock["period"] == before].groupby("storage")["volume"].sum()
        return last["storage"].map(held).fillna(0.0).to_numpy(dtype=float)

    def _struck(self, outage: Outage, struck: Mapping[str, float]) -> Form:
        """The programme with the capacity of the lost arcs cut, and what contracts ask for on them by as much."""
        base, high, row_low = self._base, self._base.col_upper.copy(), self._base.row_lower.copy()
        row_high = base.row_upper.copy()
        gone = {label: share * (1.0 - outage.remaining) for label, share in struck.items()}
        at, share = self._rows_of("capacity", outage, gone)
        row_high[at], row_low[at] = _scaled(row_high[at], 1.0 - share), _scaled(row_low[at], 1.0 - share)
        at, share = self._rows_of("contracts", outage, gone)
        row_low[at] = np.where(share < 1.0, _scaled(row_low[at], 1.0 - share), -np.inf)
        lanes = self.space.flow.axis.frame
        lost = lanes["period"].map(gone).fillna(0.0).to_numpy(dtype=float) * lanes["arc"].isin(outage.arcs).to_numpy()
        flow = self.program.column_block("flow").slice
        left = np.where(self._limited(), np.inf, (1.0 - lost) * np.maximum(self.plan[flow], 0.0))
        kept = np.where(lost >= 1.0, 0.0, left)
        high[flow] = np.where((lost > 0) & self._now[flow], np.minimum(high[flow], kept), high[flow])
        return replace(base, col_upper=high, row_lower=row_low, row_upper=row_high)

    def _rows_of(self, name: str, outage: Outage, gone: Mapping[str, float]) -> tuple[Index, Vector]:
        """Rows of a rule that stand on a lost arc, and the share lost of each."""
        rows = next((rows for rows in self.program.rows if rows.name == name), None)
        if rows is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        frame = rows.axis.frame
        hit = (frame["arc"].isin(outage.arcs) & frame["period"].isin(list(gone))).to_numpy(dtype=bool)
        if name == "contracts":
            hit = hit & (frame["force_majeure"].astype(bool) & (frame["kind"] != "firm")).to_numpy(dtype=bool)
        share = np.array([gone[label] for label in frame.loc[hit, "period"]], dtype=np.float64)
        return self.program.row_slice(name).start + np.flatnonzero(hit), share

    def _limited(self) -> Mask:
        """Which lanes are on an arc with a capacity row."""
        frame = self.space.flow.axis.frame
        known = {label for rows in self.program.rows if rows.name == "capacity"
                 for label, finite in zip(rows.axis.names(), np.isfinite(rows.upper), strict=True) if finite}
        return np.array([key in known for key in zip(frame["arc"], frame["period"], strict=True)], dtype=bool)

    def _without_minima(self, form: Form) -> Form:
        """Minima since the onset waived: nominations, least flows, joint lower limits."""
        row_low = form.row_lower.copy()
        periods = [*(p.label for p in self.case.periods[self.onset :]), "horizon"]
        for rows in self.program.rows:
            limit = limit_of(rows)
            if limit is not None and limit.waived and limit.kind != "obligation":  # the objective has what home misses
                at = self.program.row_slice(rows.name)
                late = rows.axis.frame["period"].isin(periods)
                loose = late.to_numpy(dtype=bool) & (row_low[at] > 0)
                row_low[at] = np.where(loose, -np.inf, row_low[at])
        return replace(form, row_lower=row_low)


def _calm(case: Case, compiled: Compiled) -> tuple[Space, Program, Vector]:
    """Space and programme of a case without caps, and the plan of the case with them as a point of it."""
    free = replace(case, policy=replace(case.policy.without_caps(), bookings=None, cvar=None))
    if free.policy == case.policy:
        best = compiled.optimum(case)
        return (*best.stated, best.x)
    _, x = Rebuilder(Lever(case, "", 0.0, 1.0), compiled).plan(0.0)
    space, program = compiled.stated(free)
    return space, program, x[: program.shape[1]]


def _scaled(bound: Vector, kept: Vector) -> Vector:
    """Bounds times what is kept; an infinite bound stays so."""
    return np.multiply(bound, kept, out=bound.copy(), where=np.isfinite(bound))


def _left(plan: Plan, outage: Outage, struck: Mapping[str, float]) -> Plan:
    """The plan's arcs with the capacity that the loss leaves them."""

    def arcs() -> pd.DataFrame:
        table = plan.arcs
        gone = table["period"].map(struck).fillna(0.0) * (1.0 - outage.remaining) * table["arc"].isin(outage.arcs)
        capacity = table["capacity"].where(table["capacity"].notna() | (gone < 1.0), 0.0) * (1.0 - gone)
        return table.assign(capacity=capacity, utilisation=(table["volume"] / capacity).where(capacity > 0))

    return replace(plan, parts=plan.parts.but(arcs=arcs))


def window(case: Case, onset: str | None, days: float | None) -> tuple[int, Mapping[str, float], float]:
    """(position of the onset, share of each period that is struck, days)."""
    labels = [period.label for period in case.periods]
    if onset is not None and onset not in labels:
        raise UsageError(f"onset {onset!r} is not a period of {case.name}: {case.span}")
    at = labels.index(onset) if onset is not None else _busiest(case)
    left = float(case.periods[at].days) if days is None else float(days)
    there = sum(period.days for period in case.periods[at:])
    if not 0 < left <= there:
        raise UsageError(f"days = {left:g}: from the onset {labels[at]} on the horizon has {there} days")
    length, struck = left, {}
    for period in case.periods[at:]:
        share = min(left / period.days, 1.0)
        if share <= 0:
            break
        struck[period.label] = share
        left -= share * period.days
    return at, struck, length


def _busiest(case: Case) -> int:
    """The first of the periods that export most by the day."""
    if len(case.periods) == 1:
        return 0
    shock = Shock(case, 0)
    frame = shock.space.exports.axis.frame.assign(volume=shock.space.exports.value(shock.plan))
    volume = frame.groupby("period")["volume"].sum()
    rates = np.array([round(float(volume[p.label]) / p.days, 9) for p in case.periods])
    return int(np.argmax(rates))
