"""One more of a limit as a direction: which bounds of the programme move, which way, and how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from energy_routes.formulation import Link, Space, declared
from energy_routes.linear import Columns, Index, Move, Program, Rows, Solution, Vector, both, positions
from energy_routes.plan import limit_table

KEY = ["kind", "limit", "name", "family"]  # what makes rows of several periods one limit
Twins = Mapping[int, list[tuple[int, float]]]  # a row or column → where its limit stands again, and how much of it


def moving_limits(space: Space, program: Program, solution: Solution) -> pd.DataFrame:
    """The limit table with what it takes to move each limit.

    ``twin`` is the place of the other row of an equality that is written as two (−1: none; the two are one limit here),
    ``side`` the bound that moves: upper or lower, the one that is reached or nearer, or equal for both.  Where the
    sides of a limit stand in rules of their own, the row of that side is kept.
    """
    limits = _folded(limit_table(space, program), program)
    value = both(solution.row_value, solution.x)[limits["at"]] * limits["sign"].to_numpy(dtype=float)
    low, high = limits["lower"].to_numpy(dtype=float), limits["upper"].to_numpy(dtype=float)
    above, below = np.abs(high - value), np.abs(value - low)
    side = np.where((low == high) & np.isfinite(low), "equal", np.where(above <= below, "upper", "lower"))
    limits = limits.assign(side=side, room=np.minimum(above, below))
    halves = limits[limits["rule"].isin(limits.loc[limits["rule"] != limits["block"], "rule"])]
    farther = halves.sort_values("room", kind="stable").duplicated(["rule", "limit", "period"])
    return limits.drop(index=farther.index[farther]).reset_index(drop=True)


def _folded(limits: pd.DataFrame, program: Program) -> pd.DataFrame:
    """The limits, with an equality of two sums that is written as two rows (at most, at least) as one."""
    keys = [*KEY, "period"]
    pairs = limits[limits.groupby(keys, sort=False)["sign"].transform("nunique") == 2]
    limits, rows, dropped = limits.assign(twin=-1), program.matrix.tocsr(), []
    for _, pair in pairs.groupby(keys, sort=False):
        (first, second), (one, other) = pair.index, pair["at"]
        if not (rows[one] + rows[other]).nnz:
            limits.loc[first, ["lower", "upper"]] = pair["lower"].max(), pair["upper"].min()
            limits.loc[first, "twin"] = other
            dropped.append(second)
    return limits.drop(index=dropped).reset_index(drop=True)


def moves_of(limits: pd.DataFrame, twins: Twins) -> list[Move]:
    """One more of each limit, upwards: of its bound here and, as far as it stands, wherever it stands again."""
    return [
        _move(at, sign, twin, side, twins.get(at, []))
        for at, sign, twin, side in zip(*(limits[c] for c in ("at", "sign", "twin", "side")), strict=True)
    ]


def _move(at: int, sign: float, twin: int, side: str, again: Sequence[tuple[int, float]]) -> Move:
    places = [(at, sign), *([(twin, -sign)] if twin >= 0 else []), *((place, sign * part) for place, part in again)]
    amount = np.array([a for _, a in places])
    upper = side if sign > 0 else {"upper": "lower", "lower": "upper"}.get(side, side)  # as the row has it
    low, high = (amount * (upper in (own, "equal")) for own in ("lower", "upper"))
    return Move(np.array([place for place, _ in places], dtype=np.int64), low, high)


def twins_of(program: Program, copies: Sequence[str]) -> Twins:
    """Where the rows and supplies of the plan stand again: in the ``copies`` (suffixes of their blocks) after a loss.

    A limit counts as far as it stands there: the copy's bound over the plan's.  A preventive rule reads the capacity of
    an arc, too, as far as an outage leaves some of it.
    """
    found: dict[int, list[tuple[int, float]]] = {}
    blocks = {block.name: block for block in program.rows}
    for name, block in blocks.items():
        again = [f"{name}{suffix}" for suffix in copies] if "@" not in name else []
        again += [other for other, rows in blocks.items() if declared(rows) == Link("security", repeats=name)]
        for twin in (blocks[other] for other in again if other in blocks):
            _pair(found, block, twin, (program.row_slice(name).start, program.row_slice(twin.name).start))
    lifted, rows = program.column_block("lifted"), program.shape[0]
    for suffix in copies:
        copy = program.column_block(f"lifted{suffix}")
        _pair(found, lifted, copy, (rows + lifted.start, rows + copy.start))
    return found


def _pair(found: dict[int, list[tuple[int, float]]], block: Rows | Columns, twin: Rows | Columns,
          start: tuple[int, int]) -> None:
    of = positions(twin.axis, block.axis, block.axis.keys)
    there: Index = np.flatnonzero(of >= 0)
    here = of[there]
    none = 0.0 if isinstance(declared(twin), Link) else 1.0
    part = _part(twin.upper[there], block.upper[here], twin.lower[there], block.lower[here], none)
    for a, b, size in zip(here, there, part, strict=True):
        if size:
            found.setdefault(int(start[0] + a), []).append((int(start[1] + b), float(size)))


def _part(high: Vector, high0: Vector, low: Vector, low0: Vector, otherwise: float) -> Vector:
    with np.errstate(divide="ignore", invalid="ignore"):
        upper, lower = high / high0, low / low0
    out = np.where(np.isfinite(upper), upper, np.where(np.isfinite(lower), lower, otherwise))
    return np.asarray(out, dtype=float)
