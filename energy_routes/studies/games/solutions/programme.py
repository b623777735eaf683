"""The linear programme behind the core and the nucleolus: the worth of all is shared, each coalition above its own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from energy_routes.linear import INF, Form, Index
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame


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
