"""One more of a limit as a direction: which bounds of the programme move, which way, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from energy_routes.formulation import Link, Space, declared
from energy_routes.linear import Columns, Index, Moves, Program, Rows, Solution, Vector, both, positions
from energy_routes.plan import limit_table

KEY = ["kind", "limit", "name", "family"]  # what makes rows of several periods one limit


@dataclass(frozen=True, eq=False)
class Twins:
    """Where limits stand again: each row or column ``of``, its copy ``at``, and what ``part`` of the bound is there."""

    of: Index
    at: Index
    part: Vector


def moving_limits(space: Space, program: Program, solution: Solution) -> pd.DataFrame:
    """The limit table with what it takes to move each limit.

    ``number`` is the same for all rows of one limit.  ``twin`` is the place of the other row of an equality that is
    written as two (−1: none; the two are one limit here).  ``side`` is the bound that moves: upper or lower, the one
    that is reached or nearer, or equal for both.  Where the sides of a limit stand in rules of their own, the row of
    that side is kept.
    """
    limits = _folded(limit_table(space, program), program)
    value = both(solution.row_value, solution.x)[limits["at"]] * limits["sign"].to_numpy(dtype=float)
    low, high = limits["lower"].to_numpy(dtype=float), limits["upper"].to_numpy(dtype=float)
    above, below = np.abs(high - value), np.abs(value - low)
    side = np.where(low == high, "equal", np.where(above <= below, "upper", "lower"))
    limits = limits.assign(side=side, room=np.minimum(above, below))
    split = limits["rule"] != limits["block"]
    if not split.any():
        return limits
    halves = limits[limits["rule"].isin(limits.loc[split, "rule"])]
    farther = halves.sort_values("room", kind="stable").duplicated(["rule", "limit", "period"])
    return limits.drop(index=farther.index[farther]).reset_index(drop=True)


def _folded(limits: pd.DataFrame, program: Program) -> pd.DataFrame:
    """The limits, with an equality of two sums that is written as two rows (at most, at least) as one."""
    sign, at = limits["sign"].to_numpy(), limits["at"].to_numpy()
    low, high, twin = limits["lower"].to_numpy(copy=True), limits["upper"].to_numpy(copy=True), np.full(len(at), -1)
    number, period = _codes(limits, KEY), _codes(limits, ["period"])
    code = number * (period.max(initial=0) + 1) + period
    least = np.full(code.max(initial=-1) + 1, -1)
    least[code[sign < 0]] = np.flatnonzero(sign < 0)
    one = np.flatnonzero((sign > 0) & (least[code] >= 0))
    other, rows = least[code[one]], program.matrix.tocsr()
    opposite = (rows[at[one]] + rows[at[other]]).getnnz(axis=1) == 0
    one, other = one[opposite], other[opposite]
    low[one], high[one], twin[one] = np.maximum(low[one], low[other]), np.minimum(high[one], high[other]), at[other]
    folded: pd.DataFrame = limits.assign(lower=low, upper=high, twin=twin, number=number).drop(index=other)
    return folded.reset_index(drop=True)


def moves_of(limits: pd.DataFrame, twins: Twins, size: int) -> Moves:
    """One more of each limit, upwards: of its bound here and, as far as it stands, wherever it stands again.

    ``size`` is the number of rows and columns of the programme.
    """
    sign, twin, side = (limits[name].to_numpy() for name in ("sign", "twin", "side"))
    folded = np.flatnonzero(twin >= 0)
    who = np.concatenate([np.arange(len(limits)), folded])
    place = np.concatenate([limits["at"].to_numpy(), twin[folded]])
    amount = np.concatenate([sign, -sign[folded]])
    mover = np.full(size, -1)
    mover[place] = np.arange(len(place))
    again = mover[twins.of] >= 0
    of = mover[twins.of[again]]
    who, place = np.concatenate([who, who[of]]), np.concatenate([place, twins.at[again]])
    amount = np.concatenate([amount, amount[of] * twins.part[again]])
    as_in_row = np.where((side == "equal") | (sign > 0), side, np.where(side == "upper", "lower", "upper"))[who]
    low, high = (
        sparse.csc_matrix((amount[moves], (place[moves], who[moves])), shape=(size, len(limits)))
        for moves in (as_in_row != "upper", as_in_row != "lower")
    )
    return Moves(low, high)


def twins_of(program: Program, copies: Sequence[str]) -> Twins:
    """Where the rows and supplies of the plan stand again: in the ``copies`` (suffixes of their blocks) after a loss.

    A limit counts as far as it stands there: the copy's bound over the plan's.  A preventive rule reads the capacity of
    an arc, too, as far as an outage leaves some of it.
    """
    found: list[Twins] = []
    blocks = {block.name: block for block in program.rows}
    for name, block in blocks.items():
        again = [f"{name}{suffix}" for suffix in copies] if "@" not in name else []
        again += [other for other, rows in blocks.items() if declared(rows) == Link("security", repeats=name)]
        for twin in (blocks[other] for other in again if other in blocks):
            found.append(_pair(block, twin, (program.row_slice(name).start, program.row_slice(twin.name).start)))
    lifted, rows = program.column_block("lifted"), program.shape[0]
    for suffix in copies:
        copy = program.column_block(f"lifted{suffix}")
        found.append(_pair(lifted, copy, (rows + lifted.start, rows + copy.start)))
    none = np.zeros(0, dtype=np.int64)
    return Twins(np.concatenate([none, *(pair.of for pair in found)]),
                 np.concatenate([none, *(pair.at for pair in found)]),
                 np.concatenate([np.zeros(0), *(pair.part for pair in found)]))  # fmt: skip


def _pair(block: Rows | Columns, twin: Rows | Columns, start: tuple[int, int]) -> Twins:
    """Where the rows or columns of a block stand again in another."""
    of = positions(twin.axis, block.axis, block.axis.keys)
    there: Index = np.flatnonzero(of >= 0)
    here = of[there]
    none = 0.0 if isinstance(declared(twin), Link) else 1.0
    part = _part(twin.upper[there], block.upper[here], twin.lower[there], block.lower[here], none)
    some = part != 0
    return Twins(start[0] + here[some], start[1] + there[some], part[some])


def _codes(limits: pd.DataFrame, columns: Sequence[str]) -> Index:
    """A number for each row, equal where the columns are."""
    seen: dict[tuple[object, ...], int] = {}
    labels = zip(*(limits[column].tolist() for column in columns), strict=True)
    return np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.int64)


def _part(high: Vector, high0: Vector, low: Vector, low0: Vector, otherwise: float) -> Vector:
    with np.errstate(divide="ignore", invalid="ignore"):
        upper, lower = high / high0, low / low0
    out = np.where(np.isfinite(upper), upper, np.where(np.isfinite(lower), lower, otherwise))
    return np.asarray(out, dtype=float)
