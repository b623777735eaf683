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

import numpy as np
import pandas as pd

from energy_routes.formulation import CUT, Space, Tangent, hhi_rows, limit_of
from energy_routes.linear import Expr, Index, LinearForm, Move, Program, Slopes, Solution, Vector
from energy_routes.plan import Worth
from energy_routes.solving.prices.moves import KEY, moves_of, moving_limits, twins_of

MOST = 3000  # slopes above which the solver's own duals are taken
HUNDREDTH = 0.01  # by which a level that stands in coefficients moves
SAME = 1e-9


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
    slopes = Slopes(problem, solution)
    if cuts:
        cone = program.row_slice(CUT)
        slopes.forget_idle(np.arange(cone.start, cone.stop))
    limits = moving_limits(space, program, solution)
    moves = moves_of(limits, twins_of(program, copies))
    now = ~limits["period"].isin(past)
    limits = limits.assign(reached=now & np.array([slopes.reaches(move) for move in moves], dtype=bool))
    pricer = _Pricer(slopes, limits, moves, _gains(space, program))
    limits = limits.assign(price=pricer.singles(1.0), price_down=pricer.singles(-1.0))
    years = {period.label: period.years for period in space.case.periods}
    limits = limits.assign(**pricer.together(limits, years))
    hhi = tuple(
        (cap, family, HUNDREDTH * slopes.along(Move(rows, np.zeros(len(rows)), gain)))
        for cap, family, rows, gain in hhi_rows(space, cuts, solution.x, program.row_slice(CUT).start if cuts else 0)
    )
    exact = ~limits.index.isin(list(pricer.doubtful))
    return Worth(limits.assign(exact=exact), hhi, slopes.duals[program.shape[0] :])


def _gains(space: Space, program: Program) -> dict[str, tuple[int, Expr]]:
    """Of each rule whose level stands in coefficients its first row, and what one more of it lets its rows do."""
    told = {rows.name: limit_of(rows) for rows in program.rows}
    return {name: (program.row_slice(name).start, limit.gain(space))
            for name, limit in told.items() if limit is not None and limit.gain is not None}


class _Pricer:
    """Slopes of the limits, one by one and together; where one is not to be had, the dual, and a mark."""

    def __init__(
        self, slopes: Slopes, limits: pd.DataFrame, moves: Sequence[Move], gains: Mapping[str, tuple[int, Expr]]
    ) -> None:
        self._slopes, self._moves, self._gains = slopes, moves, gains
        self._block = limits["block"].to_numpy(dtype=object)
        self._at = limits["at"].to_numpy(dtype=np.int64)
        self._reached = np.flatnonzero(limits["reached"])
        self._equal = (limits["side"] == "equal").to_numpy(dtype=bool)
        asked = sum(not slopes.known(moves[int(n)]) for n in self._reached) + int(self._equal.sum())
        self._spared = asked > MOST
        self.doubtful: set[int] = set()

    def singles(self, way: float) -> Vector:
        """The slope of each limit moved alone by ``way`` (+1 up, −1 down: of equalities only, NaN for others)."""
        out = np.zeros(len(self._moves)) if way > 0 else np.where(self._equal, 0.0, np.nan)
        for n in self._reached:
            if way > 0 or self._equal[n]:
                out[n] = self._slope(np.array([n]), np.array([way]))
        return out

    def together(self, limits: pd.DataFrame, years: Mapping[str, float]) -> dict[str, Vector]:
        """The slope of each limit moved in all its periods, on every row of a limit and side."""
        out = {f"price_all{way}": limits[f"price{way}"].to_numpy(copy=True) for way in ("", "_down")}
        length = limits["period"].map(years).fillna(sum(years.values())).to_numpy(dtype=float)
        level = limits["level"].to_numpy(dtype=bool)
        weight = np.where(level, 1.0, length)
        for _, limit in limits.groupby(KEY, sort=False):
            if len(limit) == 1:
                continue
            added = 1.0 if level[limit.index[0]] else weight[limit.drop_duplicates("period").index].sum()
            for _, side in limit.groupby("side", sort=False):
                moving = side.index[side["reached"]].to_numpy(dtype=np.int64)
                for name, way in (("price", 1.0), ("price_down", -1.0)):
                    alone = limits[name].to_numpy(dtype=float)[moving]
                    if way > 0 or self._equal[side.index[0]]:
                        worth = self._joint(moving, way * weight[moving], float(alone @ weight[moving]))
                        out[name.replace("price", "price_all")][side.index] = worth / added
        return out

    def _joint(self, moving: Index, amounts: Vector, alone: float) -> float:
        """The slope of limits moved together: at least what they bring alone, at most what a dual says of all."""
        if len(moving) < 2:
            return alone
        most = self._most(moving, amounts)
        if abs(most - alone) <= SAME * max(1.0, abs(most)):
            return alone
        return self._slope(moving, amounts)

    def _slope(self, moving: Index, amounts: Vector) -> float:
        found = float("nan")
        if self._block[moving[0]] in self._gains:
            found = HUNDREDTH * self._slopes.along_level(self._at[moving], self._gain(moving))
        else:
            move = Move.together([self._moves[n] * amount for n, amount in zip(moving, amounts, strict=True)])
            if not self._spared or self._slopes.known(move):
                found = self._slopes.along(move)
        if found != found:
            self.doubtful.update(int(n) for n in moving)
            return self._most(moving, amounts)
        return found

    def _most(self, moving: Index, amounts: Vector) -> float:
        """What the solver's dual says of limits moved together."""
        if self._block[moving[0]] in self._gains:
            return HUNDREDTH * self._slopes.most_of_level(self._at[moving], self._gain(moving))
        return sum(self._slopes.most(self._moves[n] * amount) for n, amount in zip(moving, amounts, strict=True))

    def _gain(self, moving: Index) -> Expr:
        """What one more of the level lets the rows of some limits of one rule do."""
        start, total = self._gains[self._block[moving[0]]]
        mask = np.zeros(len(total.axis), dtype=bool)
        mask[self._at[moving] - start] = True
        return total.take(mask, total.axis.take(mask))
