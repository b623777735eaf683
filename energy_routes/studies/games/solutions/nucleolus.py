"""The nucleolus: the division whose worst-off coalition is best off, then the next, and so on; and Kohlberg's test."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from energy_routes.linear import INF, Form, Session, Vector, optimal
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame
from energy_routes.studies.games.solutions.core import shares_programme

CLEAR = 1e-6  # a dual price above this is one, and a vector longer than this is not zero


def nucleolus(game: CoalitionalGame) -> Vector:
    """The nucleolus, shape (players,); the prenucleolus where players are worth more alone than together.

    A sequence of linear programmes, n − 1 at most.  Each raises the least that a free coalition gets beyond its worth.
    A coalition is fixed there only if its row has a dual price, so that it is tight in every optimum; those whose
    excess follows from the fixed ones are free no more.

    Source: D. Schmeidler (1969); A. Kopelowitz (1967); M. Maschler, B. Peleg and L. S. Shapley (1979).
    """
    count = len(game.players)
    fixed: dict[int, float] = {}
    free = np.arange(1, game.whole)
    division = game.worth[-1:]
    while len(free):
        solution = optimal(Session(shares_programme(game, fixed, free, rational=game.essential), brief=True))
        division, level = solution.x[:count] * game.scale, float(solution.x[count])
        tight = free[np.abs(solution.dual[: len(free)]) > CLEAR]
        for coalition in tight.tolist():
            if _beyond(game.members[[game.whole, *fixed]], game.members[[coalition]])[0]:
                fixed[coalition] = level
        free = free[_beyond(game.members[[game.whole, *fixed]], game.members[free])]
    return division


def kohlberg(game: CoalitionalGame, division: Vector) -> bool:
    """Whether a division is the nucleolus (the prenucleolus where the game is not essential).

    For every level of excess, no change of the division may leave all coalitions at or above it no worse off and one
    of them better off, where no player who gets just what he is worth alone may lose.

    Source: E. Kohlberg, SIAM Journal on Applied Mathematics 20 (1971), property I.
    """
    if abs(division.sum() - game.worth[-1]) > game.slight:
        return False
    held = np.zeros(len(division), dtype=bool)
    if game.essential:
        held = division <= game.alone + game.slight
        if (division < game.alone - game.slight).any():
            return False
    excess = game.excess(division)[1:-1]
    order = np.argsort(-excess, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(-excess[order]) > game.slight, True)[: len(order)]) + 1
    for end in ends.tolist():
        above = game.members[order[:end] + 1]
        if _gain(above, held) > CLEAR:
            return False
        if np.linalg.matrix_rank(np.vstack([above, np.ones(len(division))])) == len(division):
            return True
    return True


def _gain(above: Vector, held: Vector) -> float:
    """The most that coalitions gain together where none loses, all shares change by 1 at most, and none of ``held``."""
    count = len(held)
    rows = sparse.csc_matrix(np.vstack([above, np.ones(count)]))
    least = np.zeros(len(above) + 1)
    most = np.append(np.full(len(above), INF), 0.0)
    form = Form("max", above.sum(axis=0), 0.0, rows, least, most, np.where(held, 0.0, -1.0), np.ones(count),
                np.zeros(count, dtype=bool))  # fmt: skip
    return optimal(Session(form, brief=True)).objective


def _beyond(known: Vector, asked: Vector) -> Vector:
    """Which rows are no linear combination of the known ones."""
    base = np.linalg.qr(known.T)[0]
    return np.asarray(np.linalg.norm(asked - asked @ base @ base.T, axis=1) > CLEAR)
