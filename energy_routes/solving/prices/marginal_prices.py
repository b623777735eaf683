"""What a price is: the worth of one more of a limit, of one period and of all its periods together.

The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It is 0 where more
would not be used, and "no plan" where the move is impossible.  A row over a year says what one more a year of the
limit, in force in every period, is worth.

An equality has two: both sides moved up, and both moved down.  A cap on a share or on an HHI, whose level stands in
coefficients, is priced by the slope of the value in the cap.  Whole numbers of builds are held.  A limit that stands in
several futures, or in what is left after a loss, moves in all of them, as far as it stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from energy_routes.case import Concentration
from energy_routes.formulation import CUT, Space, Tangent, hhi_rows, limit_of, max_hhi, tangents
from energy_routes.linear import (
    ACTIVE,
    Expr,
    Index,
    LinearForm,
    Moves,
    Program,
    Slopes,
    Solution,
    Vector,
    with_idle_rows,
)
from energy_routes.plan import Worth
from energy_routes.solving.prices.moves import moves_of, moving_limits, twins_of

HUNDREDTH = 0.01  # by which a level that stands in coefficients moves
SAME = 1e-9

Cuts: TypeAlias = tuple[Concentration, str, Index, Vector]  # a cap, a family, rows of its cuts, what one more gives


def marginal_worth(
    space: Space,
    program: Program,
    problem: LinearForm,
    solution: Solution,
    cuts: Sequence[Tangent] = (),
    copies: Sequence[str] = (),
    past: Sequence[str] = (),
) -> Worth:
    """The worth of every limit at an optimal ``solution`` of ``problem``, the programme as it was solved.

    ``cuts`` are those of HHI caps in it; ``copies`` the suffixes of the spaces (futures, losses) in which its limits
    stand again; limits of periods that are ``past`` do not move any more.
    """
    of_cuts = list(hhi_rows(space, cuts, solution.x, program.row_slice(CUT).start if cuts else 0))
    rows = program.shape[0]
    if touching := _touching(space, solution, of_cuts):
        idle = max_hhi(space, touching)
        program = program.with_rows(idle)
        problem, solution = with_idle_rows(problem, solution, idle)
    slopes = Slopes(problem, solution)
    for _, _, cut, _ in of_cuts:
        slopes.forget_idle(cut)
    limits = moving_limits(space, program, solution)
    moves = moves_of(limits, twins_of(program, copies), sum(program.shape))
    limits = limits.assign(reached=slopes.cone.reaches(moves) & ~limits["period"].isin(past).to_numpy())
    years = {period.label: period.years for period in space.case.periods}
    limits = limits.assign(**_Pricer(slopes, limits, moves, _gains(space, program), years).prices())
    at = limits["at"].to_numpy()
    limits = limits.assign(at=np.where(at < rows, at, at - (program.shape[0] - rows)))
    return Worth(limits, _hhi_prices(slopes, of_cuts), slopes.duals[program.shape[0] :])


def _touching(space: Space, solution: Solution, of_cuts: Sequence[Cuts]) -> list[Tangent]:
    """The tangents of those HHI caps that the plan has come to, while no cut of theirs has a dual.

    They hold a move back all the same.
    """
    priced = {(cap, family) for cap, family, rows, _ in of_cuts if solution.dual[rows].any()}
    near = tangents(space, solution.x, -ACTIVE) if space.policy.max_hhi else []
    return [cut for cut in near if (cut.cap, cut.family) not in priced]


def _hhi_prices(slopes: Slopes, of_cuts: Sequence[Cuts]) -> tuple[tuple[Concentration, str, float], ...]:
    """Each cap on an HHI and family with the worth of a hundredth more of it."""
    row = np.concatenate([np.zeros(0, dtype=np.int64), *(rows for _, _, rows, _ in of_cuts)])
    number = np.repeat(np.arange(len(of_cuts)), [len(rows) for _, _, rows, _ in of_cuts])
    gain = np.concatenate([np.zeros(0), *(gain for *_, gain in of_cuts)])
    shape = (len(slopes.duals), len(of_cuts))
    found = slopes.along(Moves(sparse.csc_matrix(shape), sparse.csc_matrix((gain, (row, number)), shape=shape)))
    told = zip(of_cuts, HUNDREDTH * found, strict=True)
    return tuple((cap, family, float(price)) for (cap, family, _, _), price in told)


def _gains(space: Space, program: Program) -> dict[str, tuple[int, Expr]]:
    """Of each rule whose level stands in coefficients its first row, and what one more of it lets its rows do."""
    told = {rows.name: limit_of(rows) for rows in program.rows}
    return {name: (program.row_slice(name).start, limit.gain(space))
            for name, limit in told.items() if limit is not None and limit.gain is not None}


class _Pricer:
    """Slopes of the limits, one by one and together."""

    def __init__(
        self,
        slopes: Slopes,
        limits: pd.DataFrame,
        moves: Moves,
        gains: Mapping[str, tuple[int, Expr]],
        years: Mapping[str, float],
    ) -> None:
        self._slopes, self._moves, self._gains = slopes, moves, gains
        self._block, self._at = limits["block"].to_numpy(dtype=object), limits["at"].to_numpy(dtype=np.int64)
        self._reached = limits["reached"].to_numpy(dtype=bool)
        side, period = limits["side"].to_numpy(dtype=object), limits["period"].tolist()
        self._equal = side == "equal"
        self._limit = limits["number"].to_numpy(dtype=np.int64)
        self._side = 3 * self._limit + np.where(self._equal, 2, side == "upper")
        self._period = np.unique(period, return_inverse=True)[1] if period else np.zeros(0, dtype=np.int64)
        length = np.array([years.get(label, sum(years.values())) for label in period], dtype=float)
        self._level = limits["level"].to_numpy(dtype=bool)
        self._weight = np.where(self._level, 1.0, length)

    def prices(self) -> dict[str, Vector]:
        """``price`` of each limit moved alone and ``price_all`` moved in all its periods; NaN ``_down`` but equalities.

        The second stands on every row of a limit and side.
        """
        out = {}
        for name, way, moving in (("", 1.0, self._reached), ("_down", -1.0, self._reached & self._equal)):
            none = np.zeros(len(moving)) if way > 0 else np.where(self._equal, 0.0, np.nan)
            who = np.flatnonzero(moving)
            alone = none.copy()
            alone[who] = self._along(who, np.arange(len(who)), np.full(len(who), way))
            out[f"price{name}"], out[f"price_all{name}"] = alone, self._together(alone, none, who, way)
        return out

    def _together(self, alone: Vector, none: Vector, who: Index, way: float) -> Vector:
        """The slope of the limits ``who`` moved in all their periods: at least what they bring ``alone``.

        At most it is what a dual says of all; where that is no more, nothing is solved.
        """
        side = self._side[who]
        sides = np.unique(side)
        of, amount = np.searchsorted(sides, side), way * self._weight[who]
        with np.errstate(invalid="ignore"):
            worth = np.bincount(of, weights=alone[who] * self._weight[who], minlength=len(sides))
            most = self._most(who, of, amount)
            differ = ~(np.abs(most - worth) <= SAME * np.maximum(1.0, np.abs(most)))
        several = differ & (np.bincount(of, minlength=len(sides)) > 1)
        again = several[of]
        worth[several] = self._along(who[again], np.cumsum(several)[of[again]] - 1, amount[again])
        of_side = np.zeros(self._side.max(initial=-1) + 1)
        of_side[sides] = worth
        whole: Vector = of_side[self._side] / self._added()[self._limit]
        by_itself = (np.bincount(self._limit)[self._limit] == 1) | np.isnan(none)
        whole[by_itself] = alone[by_itself]
        return whole

    def _added(self) -> Vector:
        """What one more of each limit in all its periods adds up to, in years; 1 of a level."""
        pairs = self._limit * (self._period.max(initial=0) + 1) + self._period
        first = np.unique(pairs, return_index=True)[1]
        added = np.bincount(self._limit[first], weights=self._weight[first]).astype(np.float64)
        added[self._limit[self._level]] = 1.0
        return added

    def _along(self, who: Index, case: Index, amount: Vector) -> Vector:
        """The slope of each case: an amount of each of some limits, moved together."""
        cases = self._cases(who, case, amount)
        level = self._levels(who, case)
        bounds = np.setdiff1d(np.arange(cases.shape[1]), [*level])
        out = np.zeros(cases.shape[1])
        out[bounds] = self._slopes.along(self._moves @ cases[:, bounds])
        for number, (rows, gain) in level.items():
            out[number] = HUNDREDTH * self._slopes.along_level(rows, gain)
        return out

    def _most(self, who: Index, case: Index, amount: Vector) -> Vector:
        """What the solver's dual says of each case."""
        out = self._slopes.most(self._moves @ self._cases(who, case, amount))
        for number, (rows, gain) in self._levels(who, case).items():
            out[number] = HUNDREDTH * self._slopes.most_of_level(rows, gain)
        return out

    def _cases(self, who: Index, case: Index, amount: Vector) -> sparse.csc_matrix:
        """Amounts by limit and case."""
        return sparse.csc_matrix((amount, (who, case)), shape=(len(self._at), int(case.max(initial=-1)) + 1))

    def _levels(self, who: Index, case: Index) -> dict[int, tuple[Index, Expr]]:
        """Of each case whose level stands in coefficients its rows, and what one more lets them do."""
        out = {}
        stands = np.isin(self._block[who], [*self._gains])
        for number in np.unique(case[stands]):
            rows = who[case == number]
            start, total = self._gains[self._block[rows[0]]]
            mask = np.zeros(len(total.axis), dtype=bool)
            mask[self._at[rows] - start] = True
            out[int(number)] = (self._at[rows], total.take(mask, total.axis.take(mask)))
        return out
