"""The game of a case, played once for each reading of its figures: as stated, at other real costs, in each draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np

from energy_routes.case import Case
from energy_routes.formulation import UNPUBLISHED, Space, real_costs
from energy_routes.linear import Program, Session, Vector, form_of, optimal
from energy_routes.solving import Compiled
from energy_routes.studies.draws.draws import Sampler, bands
from energy_routes.studies.games.players import By, consent, names_of, players_of
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame
from energy_routes.studies.games.solutions.division import Division
from energy_routes.studies.games.worth import ACCESS, Access, game_programme, penalties, worths
from energy_routes.studies.study import Progress, silent

Told: TypeAlias = Callable[[], None]
Number: TypeAlias = Callable[["Round"], Vector]


@dataclass(frozen=True, eq=False)
class Round:
    """The game at one reading of the figures.

    Solutions by access; what nobody's coalition is worth (MUSD); the place of the seller among the players; ``linked``
    is the same with the link, and ``capital`` what the link costs over the horizon (MUSD).
    """

    divisions: Mapping[Access, Division]
    idle: float
    seller: int
    linked: Round | None = None
    capital: float = 0.0


@dataclass(frozen=True, eq=False)
class Rounds:
    """All readings: as ``stated``, at the least and the most real ``costs``, and in each of the ``draws``."""

    stated: Round
    costs: tuple[Round, ...]
    draws: tuple[Round, ...]

    @property
    def all(self) -> tuple[Round, ...]:
        """Every reading."""
        return (self.stated, *self.costs, *self.draws)

    def band(self, number: Number) -> tuple[Vector, Vector, Vector]:
        """Some numbers as stated, and the least and the most that they may be.

        That is over both ends of real costs, and from P10 to P90 of the draws.
        """
        stated = number(self.stated)
        ends = np.array([stated, *(number(one) for one in self.costs)])
        if self.draws:
            drawn = np.array([number(one) for one in self.draws])
            tenths = np.array([bands(column)[::2] for column in drawn.T]).reshape(-1, 2).T
            ends = np.vstack([ends, tenths])
        return stated, ends.min(axis=0), ends.max(axis=0)


class Setting:
    """A case that is bargained over, and how: who is asked, what real costs and unmet obligations rest on.

    ``share`` of the tariff where no real cost is published; ``penalty`` of a unit of an obligation that is not met,
    USD/t (USD/1000 m³).  None: as the pack has them, and as :func:`penalties` has it.
    """

    def __init__(self, case: Case, by: By, share: float | None, penalty: float | None) -> None:
        self.case, self.by, self.share, self._penalty = case, by, share, penalty
        self._compiled = Compiled(case)

    @cached_property
    def _own(self) -> tuple[Space, Program, Vector]:
        """The case as stated, laid out."""
        return self._laid(self.case, self.share)

    def names(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Who plays; see :func:`names_of`."""
        space, program, _ = self._own
        moved = space.flow.value(optimal(Session(form_of(program))).x)
        return names_of(space, self.by, asked, moved * space.flow.axis.data("charge"))

    def penalty(self) -> dict[str, float]:
        """What a unit of an obligation that is not met costs, by family: the mean over the horizon."""
        space, *_ = self._own
        families, costs = space.obligations.labels.words("family"), penalties(space, self._penalty)
        return {str(family): float(costs[families == family].mean()) for family in dict.fromkeys(families.tolist())}

    def asked(self) -> set[str]:
        """All whose consent some lane needs."""
        return {one for needed in consent(self._own[0], self.by) for one in needed}

    def played(self, case: Case, share: float | None, names: Sequence[str], told: Told) -> Round:
        """The game at one reading of the figures, solved for every coalition and both kinds of access."""
        stated = case is self.case and share == self.share
        space, program, real = self._own if stated else self._laid(case, share)
        players, divisions, idle = players_of(space, self.by, names), {}, 0.0
        for access in ACCESS:
            worth = worths(space, program, players, real, access)
            idle = float(worth[0])
            divisions[access] = Division(CoalitionalGame(players.names, worth - idle))
            told()
        built = space.built.axis
        capital = float(built.data("charge") @ built.data("units")) if len(built) else 0.0
        return Round(divisions, idle, players.seller, capital=capital)

    def _laid(self, case: Case, share: float | None) -> tuple[Space, Program, Vector]:
        """Space, programme of all together, and what moving a unit over each lane really costs.

        A lane that needs nobody's consent costs its charge: who is paid for it does not play.
        """
        space, program = self._compiled.stated(case)
        free = np.array([not needed for needed in consent(space, self.by)], dtype=bool)
        real = np.where(free, space.flow.axis.data("charge"), real_costs(space, share))
        return space, game_programme(space, program, real, penalties(space, self._penalty)), real


def rounds(
    base: Setting, linked: Setting | None, names: Sequence[str], draws: int, seed: int, progress: Progress | None
) -> Rounds:
    """The game as stated, at both ends of real costs, and in ``draws`` of the figures; with a link the same again."""
    done, of = 0, (1 + len(UNPUBLISHED) + draws) * len(ACCESS) * (1 if linked is None else 2)

    def told() -> None:
        nonlocal done
        done += 1
        (progress or silent)(done, of)

    def one(laid: Callable[[Case], Case], share: float | None) -> Round:
        found = base.played(laid(base.case), share, names, told)
        return found if linked is None else replace(found, linked=linked.played(laid(linked.case), share, names, told))

    drawn = Sampler(base.case, seed).draws(0, draws)
    return Rounds(one(lambda case: case, base.share), tuple(one(lambda case: case, share) for share in UNPUBLISHED),
                  tuple(one(draw.of, base.share) for draw in drawn))  # fmt: skip
