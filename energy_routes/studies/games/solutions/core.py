"""Divisions that no coalition can better: the core, and where it is empty the least core."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from energy_routes.linear import Session, Vector, optimal
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame
from energy_routes.studies.games.solutions.programme import shares_programme

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
