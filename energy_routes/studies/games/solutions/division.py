"""Every division of one game, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from energy_routes.linear import Vector
from energy_routes.studies.differences.orders import weights
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame
from energy_routes.studies.games.solutions.core import Core, core
from energy_routes.studies.games.solutions.nucleolus import kohlberg, nucleolus


@dataclass(frozen=True, eq=False)
class Division:
    """A game and its solutions, each reckoned when it is asked for; shares have shape (players,), in its money.

    What needs a solver raises LimitError where that gave up.
    """

    game: CoalitionalGame

    @cached_property
    def shapley(self) -> Vector:
        return shapley(self.game)

    @cached_property
    def nucleolus(self) -> Vector:
        return nucleolus(self.game)

    @cached_property
    def core(self) -> Core:
        return core(self.game)

    @cached_property
    def proved(self) -> bool:
        """Whether the nucleolus passes Kohlberg's test."""
        return kohlberg(self.game, self.nucleolus)

    @property
    def adds(self) -> Vector:
        """What all together would lose without each player, shape (players,)."""
        adds: Vector = self.game.worth[self.game.whole] - self.without
        return adds

    @property
    def without(self) -> Vector:
        """What all but one are worth, for each one, shape (players,)."""
        return self.game.worth[[self.game.whole ^ 1 << i for i in range(len(self.game.players))]]

    @property
    def gain(self) -> float:
        """What all earn together beyond what each earns alone."""
        return float(self.game.worth[self.game.whole] - self.game.alone.sum())


def shapley(game: CoalitionalGame) -> Vector:
    """The Shapley value, shape (players,), in the money of the game.

    Source: L. S. Shapley, "A value for n-person games" (1953).
    """
    found = weights(lambda _: True, len(game.players))
    return found.weight @ game.worth[list(found.sets)]
