"""Divisions that no coalition can better: the core, and where it is empty the least core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from energy_routes.linear import INF, Form, Index, Session, Vector, optimal
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame

HELD = 1e-9  # of the scale of the game: how far below its optimum the least gain is held, as solvers round


@dataclass(frozen=True, eq=False)
class Core:
    """The core of a game; the least core where it is ``empty``.

    Attributes
    ----------
    empty : bool
        Whether every division leaves some coalition worse off than by itself.
    short : float
        What the worst-off coalition must go without at least, in the money of the game.  Below 0, every coalition can
        be given at least so much more than it is worth by itself.
    least, most : ndarray
        What each player gets at least and at most over those divisions, shape (players,).
    """

    empty: bool
    short: float
    least: Vector
    most: Vector


def core(game: CoalitionalGame) -> Core:
    """The core of a game; where it is empty the least core, in which all coalitions go short by the same least sum.

    Source: D. B. Gillies, "Solutions to general non-zero-sum games" (1959); M. Maschler, B. Peleg and L. S. Shapley,
    Mathematics of Operations Research 4 (1979).
    """
    count = len(game.players)
    if count == 1:
        return Core(False, 0.0, game.worth[1:], game.worth[1:])
    session = Session(shares_programme(game), brief=True)
    gain = optimal(session).objective
    held = np.array([min(gain - HELD, 0.0)])
    session.set_column_bounds(np.array([count]), held, held)
    least, most = ([_furthest(session, i, sign) * game.scale for i in range(count)] for sign in (-1.0, 1.0))
    return Core(-gain * game.scale > game.slight, -gain * game.scale, np.array(least), np.array(most))


def _furthest(session: Session, player: int, sign: float) -> float:
    """The least (sign −1) or the most (+1) that a player gets, in parts of the scale of the game."""
    cost = np.zeros(len(session.form.cost))
    cost[player] = sign
    session.set_cost(cost)
    return float(optimal(session).x[player])


def shares_programme(
    game: CoalitionalGame, fixed: Mapping[int, float] | None = None, free: Index | None = None, rational: bool = False
) -> Form:
    """Maximise the least that a free coalition gets beyond its worth; money is in parts of the scale of the game.

    Columns: what each player gets, then that least.  Rows: the ``free`` coalitions (None: all but nobody and everybody)
    in their order, everybody, then those of ``fixed``, which get just so much beyond their worth.  ``rational``: nobody
    gets less than alone.
    """
    count, free = len(game.players), np.arange(1, game.whole) if free is None else free
    exact = {game.whole: 0.0, **(fixed or {})}
    rows, loose = np.array([*free, *exact]), np.arange(len(free) + len(exact)) < len(free)
    least = game.worth[rows] / game.scale + np.array([*np.zeros(len(free)), *exact.values()])
    matrix = sparse.csc_matrix(np.column_stack([game.members[rows], -1.0 * loose]))
    low = np.full(count + 1, -INF)
    low[:count] = game.alone / game.scale if rational else -INF
    return Form("max", np.append(np.zeros(count), 1.0), 0.0, matrix, least, np.where(loose, INF, least), low,
                np.full(count + 1, INF), np.zeros(count + 1, dtype=bool))  # fmt: skip
