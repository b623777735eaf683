"""The Shapley value: what each player adds on average, over every order in which they can join."""

from __future__ import annotations

from energy_routes.linear import Vector
from energy_routes.studies.differences.orders import weights
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame


def shapley(game: CoalitionalGame) -> Vector:
    """The Shapley value, shape (players,), in the money of the game.

    Source: L. S. Shapley, "A value for n-person games" (1953).
    """
    found = weights(lambda _: True, len(game.players))
    return found.weight @ game.worth[list(found.sets)]
