"""What came out of a bargain, in sentences for people who know no game: each holds all over its band, or is not said.

A sentence rests on numbers that must be above 0 in every reading of the figures that its band is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

import numpy as np

from energy_routes.answer import Words
from energy_routes.pack import joined
from energy_routes.studies.games.frames import SEVERAL, SHARES, called, change_of, of_change, of_division
from energy_routes.studies.games.players import By
from energy_routes.studies.games.rounds import Number, Rounds
from energy_routes.studies.games.today import Today
from energy_routes.studies.games.worth import ACCESS, Access

ORDER = "what each adds on average, whoever joins first"
LEAST = "what leaves the least content group as content as can be"
WHERE: dict[Access, str] = {"shut": "where lines may be shut", "open": "where all lines stay open"}
_SHARED = (
    "Sales less what moving really costs is divided: what it costs to lift oil and gas, and what fields owe their "
    "state, is no part of it.",
    "Buyers, sea carriers and those who sell gas for home do not play: prices and freight are as they are, whoever "
    "agrees with whom.",
    "What cannot be sold stays in the ground at no loss: a field that is shut in earns nothing later.",
)
LEFT_OUT: dict[By, tuple[str, ...]] = {
    "consent": (
        "A state is taken to be free to shut what crosses it: treaties on transit, contracts, and what a state owns in "
        "a line or a field, bind nobody here.",
        *_SHARED,
        "Passage through straits is free and needs nobody's consent.",
    ),
    "ownership": (
        "A company is taken to be free to shut what its tariff is paid for: duties of carriage, and states, bind "
        "nobody here.",
        *_SHARED,
    ),
}


def told(rounds: Rounds, today: Today, options: Sequence[str]) -> tuple[str, ...]:
    """The sentences, in the order in which they are read; at the end what is not said."""
    teller = Teller(rounds)
    said = (*teller.together(), *teller.weights(), *teller.idle(), *teller.stable(), *teller.today(today),
            *(teller.link(options) if options else ()))  # fmt: skip
    left = f"Not said, because it turns within the band: {'; '.join(teller.turns)}."
    return (*said, left) if teller.turns else said


class Teller:
    """Says what holds in every reading of the figures; ``turns`` is what does not."""

    def __init__(self, rounds: Rounds) -> None:
        self.turns: list[str] = []
        self._rounds, self._seller = rounds, rounds.stated.seller
        game = rounds.stated.divisions["shut"].game
        self._names, self._slight = [called(name) for name in game.players], game.slight

    def _signs(self, number: Number) -> list[int]:
        """1 where a number is above 0 all over its band, −1 where it is below 0, else 0."""
        _, low, high = self._rounds.band(number)
        return [int(least > self._slight) - int(most < -self._slight) for least, most in zip(low, high, strict=True)]

    def _money(self, number: Number, at: int = 0, turned: float = 1.0) -> str:
        """One of some numbers with its band, MUSD."""
        stated, low, high = (turned * float(ends[at]) for ends in self._rounds.band(number))
        text = Words.of().number
        least, most = sorted((text(low), text(high)), key=[text(low), text(high)].index if turned > 0 else None)
        return f"{text(stated)} MUSD" + (f" ({least} to {most})" if least != most else "")

    def together(self) -> Iterator[str]:
        """What working together brings at all."""
        gain = of_division("shut", attrgetter("gain"))
        if self._signs(gain)[0] > 0:
            together = joined(self._names)
            yield f"{together[0].upper()}{together[1:]} earn {self._money(gain)} more together than each of them alone."

    def weights(self) -> Iterator[str]:
        """Who weighs most beside the seller, and what is left of it where lines stay open."""
        shares = of_division("shut", attrgetter("shapley"))
        first, *others = (i for i in np.argsort(-shares(self._rounds.stated)).tolist() if i != self._seller)
        name, lead = self._names[first], self._signs(lambda one: shares(one)[first] - shares(one))
        if self._signs(shares)[first] <= 0 or any(lead[i] <= 0 for i in others):
            self.turns.append(f"who weighs most beside {self._names[self._seller]}")
            return
        yield (f"With the lines of outsiders shut, {did(name, 'weighs', 'weigh')} most beside "
               f"{self._names[self._seller]}.")  # fmt: skip
        for rule, share, what in (("first", "shapley", ORDER), ("second", "nucleolus", LEAST)):
            part = self._money(of_division("shut", attrgetter(share)), first)
            yield f"By the {rule} rule its part would be {part}: {what}."
        left = of_division("open", attrgetter("shapley"))
        if self._signs(lambda one: shares(one) - left(one))[first] > 0:
            yield (f"If all leave their lines open at the posted tariff, its part would be {self._money(left, first)} "
                   "by the first rule.")  # fmt: skip
            yield "What is divided then is the tariff above real cost, and no longer the way itself."
        else:
            self.turns.append(f"whether {name} gets less where all lines stay open")

    def idle(self) -> Iterator[str]:
        """Who is not needed by anybody."""
        _, _, most = self._rounds.band(of_division("shut", attrgetter("shapley")))
        idle = [name for name, value in zip(self._names, most.tolist(), strict=True) if value <= self._slight]
        if idle:
            yield f"No group earns more with {joined(idle, 'or')} in it than without."

    def stable(self) -> Iterator[str]:
        """Whether there is a division that no group can better."""
        shut = [one.divisions["shut"] for one in self._rounds.all]
        empty = [found.core.empty for found in shut]
        if all(empty):
            yield ("Whatever is agreed, some group could do better by itself: all groups go short by at least "
                   f"{self._money(of_division('shut', attrgetter('core.short')))}.")
        elif any(empty):
            self.turns.append("whether there is a division that no group can better")
        else:
            inside = [found.game.excess(found.shapley)[1:-1].max(initial=0.0) <= found.game.slight for found in shut]
            more = (" The first rule gives one of them, too." if all(inside) else
                    " The first rule gives none of them." if not any(inside) else "")  # fmt: skip
            yield f"There are divisions that no group can better by going its own way; the second rule gives one.{more}"

    def today(self, paid: Today) -> Iterator[str]:
        """Who is paid less, or more, than by both rules; nothing of those for whom no payment is sourced."""
        known = (paid.value > 0) & (np.arange(len(paid.value)) != self._seller)
        for access, where in WHERE.items():
            ends = [self._rounds.band(of_division(access, attrgetter(rule))) for rule in SHARES]
            least, most = (np.array([band[end] for band in ends]) for end in (1, 2))
            under = known & (paid.high + paid.unsourced < least.min(axis=0) - self._slight)
            over = known & (paid.low > most.max(axis=0) + self._slight)
            for word, some in (("less", under), ("more", over)):
                if names := [name for name, own in zip(self._names, some.tolist(), strict=True) if own]:
                    yield f"{these(names)} paid {word} above real cost today than by either rule {where}."

    def link(self, options: Sequence[str]) -> Iterator[str]:
        """Whether a link pays, for whom, who could hold it up, and who should pay for it."""
        yield f"The link is built of: {'; '.join(options)}."
        costs = self._money(of_change("shut", attrgetter("capital")))
        if not any(change_of(access, one).felt for access in ACCESS for one in self._rounds.all):
            yield "The link changes nothing for anybody: no group would earn more with it."
            yield f"It would cost {costs} over the horizon."
            return
        (net,) = self._signs(of_change("shut", lambda change: change.gain - change.capital))
        if net:
            yield (f"The link brings all together {self._money(of_change('shut', attrgetter('gain')))} and costs "
                   f"{costs} over the horizon: it {'pays' if net > 0 else 'does not pay'}.")
        else:
            self.turns.append("whether the link pays")
        yield from self._shared("Before its capital and by the first rule", "shapley", ("gains", "gain"),
                                ("loses", "lose"))  # fmt: skip
        if net < 0:
            yield from self._leverage()
        held = np.array([change_of("shut", one).held for one in self._rounds.all])
        if names := [name for name, sure in zip(self._names, np.all(held, axis=0).tolist(), strict=True) if sure]:
            yield (f"{joined(names)} could hold it up: without {'it' if len(names) == 1 else 'any one of them'} the "
                   "link does not bring what it costs.")
        if (held.any(axis=0) & ~held.all(axis=0)).any():
            self.turns.append("who else could hold the link up")
        if net > 0:
            yield from self._shared("Where those who lose are made whole and gains bear the rest", "due",
                                    ("pays", "pay"), ("is paid", "are paid"))  # fmt: skip

    def _leverage(self) -> Iterator[str]:
        """Who gains more by a link than it costs, though all together gain less."""
        beyond = self._signs(of_change("shut", lambda change: change.shapley - change.capital))
        if some := [name for name, sign in zip(self._names, beyond, strict=True) if sign > 0]:
            each = "Each of " if len(some) > 1 else ""
            yield (f"{each}{joined(some)} gains more by it than it costs, used or not: it makes others easier to do "
                   "without.")

    def _shared(self, how: str, share: str, more: tuple[str, str], less: tuple[str, str]) -> Iterator[str]:
        """Who has more and who less of the change by a link, three in a sentence: more are hard to read."""
        number = of_change("shut", attrgetter(share))
        signs = self._signs(number)
        for sign, verbs in ((1, more), (-1, less)):
            some = [f"{did(name, *verbs)} {self._money(number, i, sign)}" for i, name in enumerate(self._names)
                    if signs[i] == sign]  # fmt: skip
            yield from (f"{how}, {joined(some[at : at + 3])}." for at in range(0, len(some), 3))


def did(name: str, one: str, many: str) -> str:
    """A player and what it does: ``Georgia gains``, ``all others gain``."""
    return f"{name} {many if name in SEVERAL else one}"


def these(names: Sequence[str]) -> str:
    """The beginning of a sentence: ``Georgia is``, ``All others are``."""
    text = joined(names)
    return f"{text[0].upper()}{text[1:]} {'is' if len(names) == 1 and names[0] not in SEVERAL else 'are'}"
