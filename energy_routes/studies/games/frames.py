"""The tables of a bargain: what each player gets, what coalitions are worth, what a link changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.linear import Vector
from energy_routes.pack import Mask
from energy_routes.studies.games.players import JOINED, REST, SELLERS
from energy_routes.studies.games.rounds import Number, Round, Rounds
from energy_routes.studies.games.solutions.division import Division
from energy_routes.studies.games.today import Today
from energy_routes.studies.games.worth import ACCESS, Access

TOLD = {REST: "all others", SELLERS: "the sellers"}
SEVERAL = tuple(TOLD.values())
SHARES = ("shapley", "nucleolus")
CHANGES = {"shapley": "shapley_change", "nucleolus": "nucleolus_change", "adds": "adds_change", "due": "pays"}
SPECK = 1e-8  # of the largest number of a column
SLIGHT = 1e-6  # of what a link brings


def called(name: str) -> str:
    """A player by name: ``Azerbaijan–Georgia`` of ``AZ+GE``."""
    words = Words.of()
    return "–".join(TOLD.get(part) or words.country(part) for part in name.split(JOINED))


def of_division(access: Access, number: Callable[[Division], Vector | float]) -> Number:
    """Some numbers of the division with some access, as those of a round."""
    return lambda one: np.atleast_1d(number(one.divisions[access]))


def banded(rounds: Rounds, number: Number, name: str) -> dict[str, Vector]:
    """A number and its band, as columns."""
    return dict(zip((name, f"{name}_low", f"{name}_high"), map(snapped, rounds.band(number)), strict=True))


def snapped(numbers: Vector) -> Vector:
    """Money that is none beside the largest of it is 0: solvers leave specks."""
    return np.where(np.abs(numbers) <= SPECK * np.abs(numbers).max(initial=0.0), 0.0, numbers)


def shares_frame(rounds: Rounds, today: Today) -> pd.DataFrame:
    """A row a player and access."""
    paid = {"today": today.value, "today_low": today.low, "today_high": today.high}
    parts = []
    for access in ACCESS:
        stated = rounds.stated.divisions[access]
        columns: dict[str, Any] = {"alone": snapped(stated.game.alone)}
        for name in ("adds", *SHARES):
            columns |= banded(rounds, of_division(access, attrgetter(name)), name)
        columns |= {"core_least": snapped(stated.core.least), "core_most": snapped(stated.core.most), **paid}
        players = stated.game.players
        parts.append(pd.DataFrame({"access": access, "player": players, "name": list(map(called, players)), **columns}))
    return pd.concat(parts, ignore_index=True)


def games_frame(rounds: Rounds) -> pd.DataFrame:
    """A row an access: what can be said of the game before anything is divided, and of its solutions."""
    rows = []
    for access in ACCESS:
        found = rounds.stated.divisions[access]
        game, loses, apart = found.game, found.game.not_monotone(), found.game.not_superadditive()
        rows.append({
            "access": access, "nobody": rounds.stated.idle, "together": float(game.worth[-1]), "gain": found.gain,
            "core_empty": found.core.empty, "core_short": found.core.short,
            "solution": "nucleolus" if game.essential else "prenucleolus", "kohlberg": found.proved,
            "not_monotone": loses and f"{game.named(loses[0])}; {game.players[loses[1]]}",
            "not_superadditive": apart and f"{game.named(apart[0])}; {game.named(apart[1])}",
        })  # fmt: skip
    return pd.DataFrame(rows)


def coalitions_frame(stated: Round) -> pd.DataFrame:
    """A row a coalition: its members and its worth, MUSD over the horizon, that of nobody taken off."""
    game = stated.divisions["shut"].game
    sizes = game.members.sum(axis=1).astype(int)
    frame = pd.DataFrame({"coalition": [game.named(at) for at in range(len(sizes))], "size": sizes})
    return frame.assign(**{access: found.game.worth for access, found in stated.divisions.items()})


@dataclass(frozen=True, eq=False)
class Change:
    """What a link changes for each player, shape (players,); ``gain`` for all together and ``capital`` in MUSD."""

    shapley: Vector
    nucleolus: Vector
    gain: float
    gain_without: Vector
    capital: float

    @property
    def adds(self) -> Vector:
        """By how much what all lose without each player changes: below 0 where it can be done without more easily."""
        return self.gain - self.gain_without

    @property
    def felt(self) -> bool:
        """Whether it changes anything for anybody."""
        changes = np.concatenate([self.shapley, self.nucleolus, self.adds, [self.gain]])
        return bool(np.abs(changes).max() > SLIGHT * max(1.0, self.capital))

    @property
    def pays(self) -> bool:
        """Whether it brings more than it costs."""
        return self.gain > self.capital

    @property
    def held(self) -> Mask:
        """Players without whom it would not bring what it costs, though it does with all of them."""
        return np.asarray(self.pays & (self.gain_without <= self.capital + SLIGHT * abs(self.gain)), dtype=bool)

    @property
    def due(self) -> Vector:
        """What each pays (receives, below 0): losers are made whole, winners bear that and the capital by their gains.

        NaN where it brings less than it costs, as then somebody would lose.
        """
        won, lost = np.maximum(self.shapley, 0.0), np.minimum(self.shapley, 0.0)
        bears = self.capital - float(lost.sum())
        return won / won.sum() * bears + lost if self.pays else np.full(len(won), np.nan)


def change_of(access: Access, one: Round) -> Change:
    """What the link of a round changes."""
    assert one.linked is not None, "a round without a link"
    before, after = one.divisions[access], one.linked.divisions[access]
    gain = float(after.game.worth[-1] - before.game.worth[-1])
    return Change(after.shapley - before.shapley, after.nucleolus - before.nucleolus, gain,
                  after.without - before.without, one.linked.capital)  # fmt: skip


def of_change(access: Access, number: Callable[[Change], Vector | float]) -> Number:
    """Some numbers of the change by the link with some access, as those of a round."""
    return lambda one: np.atleast_1d(number(change_of(access, one)))


def link_frame(rounds: Rounds) -> pd.DataFrame:
    """A row a player and access: what the link changes for it, what it should pay, whether it could hold it up."""
    parts = []
    for access in ACCESS if rounds.stated.linked is not None else ():
        stated = change_of(access, rounds.stated)
        players = rounds.stated.divisions[access].game.players
        columns: dict[str, Any] = {"before": rounds.stated.divisions[access].shapley}
        for name, column in CHANGES.items():
            columns |= banded(rounds, of_change(access, attrgetter(name)), column)
        columns |= {"left": stated.shapley - stated.due, "gain_without": stated.gain_without, "holds_up": stated.held}
        parts.append(pd.DataFrame({"access": access, "player": players, "name": list(map(called, players)), **columns}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["access", "player", "name"])
