"""A game in coalitions: what each set of players is worth, and what can be said of that before anybody divides it.

A coalition is a whole number whose bit i says that player i is a member; worths and excesses stand in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from energy_routes.errors import UsageError
from energy_routes.linear import Vector

SAME = 1e-7  # of the largest worth: how far two worths or excesses may differ and be the same


@dataclass(frozen=True, eq=False)
class CoalitionalGame:
    """Players and the worth of each coalition, shape (2ⁿ,); the empty one is worth 0.

    Raises UsageError where the worths are not 2ⁿ finite numbers, or nobody plays.
    """

    players: tuple[str, ...]
    worth: Vector

    def __post_init__(self) -> None:
        count = len(self.players)
        if not count or self.worth.shape != (1 << count,) or not np.isfinite(self.worth).all():
            raise UsageError(f"a game of {count} players has worths of shape {self.worth.shape}; expected one finite "
                             f"number for each of its 2^{count} coalitions, and a player at least")
        if self.worth[0] != 0.0:
            raise UsageError(f"the coalition of nobody is worth {self.worth[0]:,.6g}; expected 0: take it from each")

    @property
    def whole(self) -> int:
        """The coalition of all."""
        return len(self.worth) - 1

    @property
    def scale(self) -> float:
        """The largest worth in absolute terms; 1 where all are 0."""
        return float(np.abs(self.worth).max()) or 1.0

    @property
    def slight(self) -> float:
        """The difference between worths that is none."""
        return SAME * self.scale

    @property
    def alone(self) -> Vector:
        """What each player is worth without the others, shape (players,)."""
        return self.worth[[1 << i for i in range(len(self.players))]]

    @cached_property
    def members(self) -> Vector:
        """1 where a player is in a coalition, shape (2ⁿ, players)."""
        return memberships(len(self.players)).astype(float)

    @property
    def essential(self) -> bool:
        """Whether together they are worth no less than each alone: else no division leaves everybody content."""
        return bool(self.alone.sum() <= self.worth[self.whole] + self.slight)

    def excess(self, division: Vector) -> Vector:
        """What each coalition is worth beyond what its members get, shape (2ⁿ,)."""
        return self.worth - self.members @ division

    def named(self, coalition: int) -> str:
        """The members of a coalition: ``KZ + RU``; ``nobody`` of the empty one."""
        return " + ".join(self.players[i] for i in range(len(self.players)) if coalition >> i & 1) or "nobody"

    def not_monotone(self) -> tuple[int, int] | None:
        """A coalition and the player who takes most away by joining it; None where nobody does."""
        worst, found = self.slight, None
        for i in range(len(self.players)):
            without = np.flatnonzero(~memberships(len(self.players))[:, i])
            loss = self.worth[without] - self.worth[without | 1 << i]
            if loss.max() > worst:
                worst, found = float(loss.max()), (int(without[loss.argmax()]), i)
        return found

    def not_superadditive(self) -> tuple[int, int] | None:
        """The two coalitions without a common member that lose most by joining; None where none lose."""
        worst, found = self.slight, None
        for one in range(1, self.whole):
            others = np.array([other for other in subsets(self.whole ^ one) if 0 < other < one], dtype=int)
            if len(others):
                loss = self.worth[one] + self.worth[others] - self.worth[one | others]
                if loss.max() > worst:
                    worst, found = float(loss.max()), (one, int(others[loss.argmax()]))
        return found


def memberships(players: int) -> NDArray[np.bool_]:
    """Whether a player is in a coalition, shape (2ⁿ, players)."""
    return np.asarray(np.arange(1 << players)[:, None] >> np.arange(players) & 1, dtype=bool)


def subsets(coalition: int) -> Iterator[int]:
    """Every part of a coalition, itself and nobody among them, from the largest number down."""
    part = coalition
    while part:
        yield part
        part = (part - 1) & coalition
    yield 0
