"""What is given up against a plan that is asked for less, in two parts: barrels shut in, and barrels that move.

With V° the best of the reference (the same case without caps, or before a loss) and V the plan, which lifts q̂:

    cost = V° − V     shut-in = V° − V°(q ≤ q̂)     re-routing = V°(q ≤ q̂) − V   [MUSD]

V°(q ≤ q̂) is the reference with no more lifted than in the plan and every way open: what the lost barrels are worth by
themselves.  The rest of the cost is that of moving the barrels that are left.  Where the plan is also a plan of the
reference, as under a cap or after a loss, neither part is below zero.  The order is the only one that always exists:
with exports whole there may be no plan that keeps the cap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from energy_routes.errors import InfeasibleError
from energy_routes.formulation import Space, Tangent, cash
from energy_routes.linear import Program, Session, Solution, Vector, optimal, sign_of
from energy_routes.plan import Plan
from energy_routes.solving.canonical_plan import exporting
from energy_routes.solving.cutting_planes import cut_until_inside

LEFT = 1e-7  # Mt or bcm: a supply that leaves less than this in the ground is lifted whole
ROUND = 1e-9  # added to what a plan lifts, over max(1, volume): its own digits are rounded
DUST = 1e-6  # MUSD: a dollar


@dataclass(frozen=True)
class Cost:
    """``total`` = ``rerouting`` + ``shut_in``, MUSD; parts are NaN where the reference has no plan with so little."""

    total: float
    rerouting: float
    shut_in: float


class Yardstick:
    """The reference in a live session: what it earns, and what it would earn with no more lifted than in a plan.

    Money is the cash netback; over several futures it is the objective, in a least-cost plan what is not spent.
    Raises InfeasibleError where the reference itself has no plan.
    """

    def __init__(self, space: Space, program: Program, session: Session | None = None) -> None:
        self.space, self.program = space, program
        self._session = session or Session(program)
        self.in_cash = space.policy.objective == "netback" and not space.bets
        self._money, self._offset = _measure(space, program, self.in_cash)
        solution = self._solve()
        if solution is None:
            raise InfeasibleError(f"{space.case.name}: nothing to measure a cost against", [])
        self._first = solution
        self.earned = self.worth(solution.x)

    @cached_property
    def solution(self) -> Solution:
        """An optimum of the reference, which exports what its one plan exports."""
        return exporting(self._session, self.program, self._first, self.space)

    def money(self, netback: float, objective: float) -> float:
        """What a plan of this cash netback and this objective earns, as this yardstick counts it, MUSD."""
        return netback if self.in_cash else objective * sign_of(self.program)

    def worth(self, x: Vector) -> float:
        """Money of a point whose first columns are those of the reference, MUSD."""
        return float(self._money @ x[: len(self._money)]) + self._offset

    def cost(self, earned: float, lifted: Vector) -> Cost:
        """What a plan that earns so much (MUSD) and lifts ``lifted`` (one number a supply and period) gives up."""
        total = swept(self.earned - earned)
        shut = self._shut_in(lifted)
        return Cost(total, swept(total - shut), shut)

    def _shut_in(self, lifted: Vector) -> float:
        """V° − V°(q ≤ q̂); supplies that leave nothing in the ground over the horizon may be lifted at other times."""
        axis, available = self.space.lifted.axis, self.space.lifted.axis.data("available")
        left = axis.frame[["supply"]].assign(volume=np.where(np.isfinite(available), available - lifted, np.inf))
        short = axis.frame["supply"].map(left.groupby("supply")["volume"].sum() > LEFT).to_numpy(dtype=bool)
        short = short & (axis.frame["kind"] == "own").to_numpy(dtype=bool)  # a column's array may be read-only
        if not short.any():
            return 0.0
        block = self.program.column_block("lifted")
        at = np.arange(block.slice.start, block.slice.stop)[short]
        most = np.maximum(lifted, 0.0) + ROUND * np.maximum(1.0, np.abs(lifted))
        low, high = block.lower[short], block.upper[short]
        self._session.set_column_bounds(at, np.minimum(low, most[short]), np.minimum(high, most[short]))
        found = self._solve()
        self._session.set_column_bounds(at, low, high)
        return float("nan") if found is None else swept(self.earned - self.worth(found.x))

    def _solve(self) -> Solution | None:
        """The optimum inside every cone, or None where there is none; cuts stay in the session, they hold for all."""
        cuts: list[Tangent] = []
        try:
            return cut_until_inside(self._session, self.program, self.space, cuts, lambda _: optimal(self._session))[1]
        except InfeasibleError:
            return None


def _measure(space: Space, program: Program, in_cash: bool) -> tuple[Vector, float]:
    """Coefficients of the money that costs are counted in, and its constant."""
    if in_cash:
        parts = cash(space)
        size = program.shape[1]
        return sum((e.coefficients(size) for e in parts), np.zeros(size)), float(sum(e.const.sum() for e in parts))
    sign = sign_of(program)
    return sign * program.cost, sign * program.offset


def swept(money: float) -> float:
    """A difference of two optima, the arithmetic's dust (below a dollar, or a tonne) swept off."""
    return 0.0 if abs(money) < DUST else money


def with_premium(plan: Plan, free: Yardstick | None, space: Space, x: Vector) -> Plan:
    """The plan with what its caps and its security cost against the same case without them (certificate ``premium``).

    Keys: base and cost (MUSD), rerouting and shut_in (its two parts), shut_in_volume (what is lifted less,
    by family, Mt or bcm), usd_per_t (cost over exports, where one family is
    exported).
    """
    if free is None:
        return plan
    cost = free.cost(free.worth(x), space.lifted.value(x))
    frame = free.space.lifted.axis.frame[["family"]]
    less = frame.assign(volume=free.space.lifted.value(free.solution.x) - space.lifted.value(x))
    volumes = less.groupby("family")["volume"].sum()
    sold = {str(family): float(volume) for family, volume in plan.exports.items() if volume > LEFT}
    figures: dict[str, Any] = {
        "base": free.earned, "cost": cost.total, "rerouting": cost.rerouting, "shut_in": cost.shut_in,
        "shut_in_volume": {str(family): float(volume) if abs(volume) >= LEFT else 0.0
                            for family, volume in volumes.items()},
        "usd_per_t": cost.total / next(iter(sold.values())) if len(sold) == 1 else None,
    }  # fmt: skip
    return replace(plan, certificate={**plan.certificate, "premium": figures})
