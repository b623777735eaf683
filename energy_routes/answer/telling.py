"""The answer in words: each clause a text of words.csv, each number from the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Protocol

from energy_routes.answer.content import Content
from energy_routes.answer.fates import SEEN, Fate, moved
from energy_routes.answer.measures import exported, families_of
from energy_routes.answer.words import Words, stopped
from energy_routes.pack import MINUS, Family
from energy_routes.plan import Plan

SLIGHT_MONEY = 1e-5  # share of the netback: a smaller change is none
MOST_MOVES, MOST_HEADS = 2, 2
CLOSE = "; "


class Shown(Protocol):
    """The unit that volumes of a family are told in, and what one Mt (bcm) is in it."""

    @property
    def volume_names(self) -> Mapping[str, str]: ...

    @property
    def volume_factors(self) -> Mapping[str, float]: ...


@dataclass(frozen=True)
class Inner:
    """The units of the tables of a plan."""

    volume_names: Mapping[str, str]

    @classmethod
    def of(cls, answer: Content) -> Inner:
        """Those of the families of an answer, and of the plan before."""
        before = {} if answer.before is None else answer.before.case.network.units("volume")
        return cls(before | answer.plan.case.network.units("volume"))

    @property
    def volume_factors(self) -> Mapping[str, float]:
        return dict.fromkeys(self.volume_names, 1.0)


class Teller:
    """Clauses of an answer in one language and its units."""

    def __init__(self, answer: Content, words: Words, shown: Shown) -> None:
        self.answer, self.words, self.shown = answer, words, shown
        self._base = False  # whether the plan before has been named

    @cached_property
    def _families(self) -> dict[str, Family]:
        plans = (self.answer.before, self.answer.plan)
        return {called: family for plan in plans if plan for called, family in plan.case.network.families.items()}

    def _of(self, family: str) -> str:
        """A family within a sentence: exports of oil."""
        return self.words.of_family("family.of", self._families[family])

    def _volume(self, volume: float, family: str) -> dict[str, str]:
        """The number and the unit of a volume, as placeholders."""
        return {"volume": self.words.number(abs(volume) * self.shown.volume_factors[family]),
                "unit": self.words.unit(self.shown.volume_names[family])}

    def fates(self, most: int | None = None) -> Iterator[str]:
        """What became of each part of the subject (of ``most``: the first of each family, then in order), the first of
        its family beside all exports.
        """
        fates, seen = self.answer.fates, set[str]()
        first = list({fate.family: fate for fate in reversed(fates)}.values())
        rank = sorted(range(len(fates)), key=lambda at: (fates[at] not in first, at))
        for fate in (fates[at] for at in sorted(rank[:most])):
            said = self._fate(fate)
            beside = fate.share == fate.share and fate.phrase == "carry" and fate.before is None
            if beside and fate.family not in seen and fate.volume > SEEN:
                seen.add(fate.family)
                exports = self._volume(self.answer.exports[fate.family], fate.family)
                said = self.words("answer.of_exports", said=said, exports=exports["volume"], unit=exports["unit"],
                                  family=self._of(fate.family))
            if fate.full and fate.phrase in ("carry", "limit", "give"):
                said = self.words.of_name(f"answer.{fate.phrase}.full", fate.name, said=said)
            yield self._against(fate, self._years(fate, said))

    def _fate(self, fate: Fate) -> str:
        tell = {"build": self._built, "survive": self._survives, "spread": self._spread}.get(fate.phrase)
        if tell:
            return tell(fate)
        still = "still_" if fate.verb in ("stays", "stays_empty") else ""
        nothing = "nothing" if fate.volume <= SEEN else "some"
        values = {} if nothing == "nothing" else self._volume(fate.volume, fate.family)
        said = self.words.of_name(f"answer.{fate.phrase}.{still}{nothing}", fate.name, **values)
        if fate.phrase == "cross" and fate.share == fate.share and fate.volume > SEEN:
            said = self.words("answer.share", said=said, share=self.words.percent(fate.share),
                              family=self._of(fate.family))
        return said

    def _built(self, fate: Fate) -> str:
        if fate.volume <= SEEN:
            return self.words.of_name("answer.build.nothing", fate.name)
        return self.words.of_name("answer.build.some", fate.name, year=min(fate.yearly))

    def _survives(self, fate: Fate) -> str:
        planned = self._volume(fate.capacity, fate.family)
        saved = self._volume(fate.volume, fate.family)
        return self.words.of_name("answer.survive", fate.name, share=self.words.percent(fate.share),
                                  saved=saved["volume"], planned=planned["volume"], unit=planned["unit"])

    def _spread(self, fate: Fate) -> str:
        kind, _, weight = fate.target.partition(":")[2].partition(":")
        return self.words("answer.spread", what=self.words(f"hhi.{kind}{'.risk' if weight else ''}"),
                          family=self._of(fate.family), value=self.words.number(fate.volume, 3))

    def _years(self, fate: Fate, said: str) -> str:
        """From what in the first year to what in the last, or from when on there is nothing."""
        years = sorted(fate.yearly)
        if len(years) < 2 or fate.volume <= SEEN or fate.phrase == "build":
            return said
        some = [year for year in years if abs(fate.yearly[year]) > SEEN]
        first, last = (self._volume(fate.yearly[year], fate.family) for year in (years[0], years[-1]))
        if some[-1] == years[-1]:
            return self.words("answer.years", said=said, first=first["volume"], first_year=years[0],
                              last=last["volume"], last_year=years[-1])
        year = years[years.index(some[-1]) + 1]
        return self.words("answer.years_end", said=said, first=first["volume"], first_year=years[0], year=year)

    def _against(self, fate: Fate, said: str) -> str:
        """How much that is more or less than before; the plan before is named once."""
        if fate.before is None or self.answer.change is None:
            return said
        if fate.phrase == "spread":
            return said if not moved(fate.change, fate.volume) else self._based(
                "was", said, before=self.words.number(fate.before, 3))
        key = {"stays": "as", "stays_empty": "as", "begins": "none"}.get(fate.verb) or (
            "more" if fate.change > 0 else "less")
        return self._based(key, said, **({} if key in ("as", "none") else self._volume(fate.change, fate.family)))

    def _based(self, key: str, said: str, **values: str) -> str:
        """A clause against the plan before, named where it has not been."""
        if self._base:
            return said if key == "as" else self.words(f"answer.{key}", said=said, **values)
        self._base = True
        assert self.answer.change is not None
        return self.words(f"answer.{key}_base", said=said, base=self.answer.change.base, **values)

    def booking(self) -> Iterator[str]:
        """Whether it pays to book ahead: what it is worth as the policy weighs the futures, and in the least and most.

        Nothing of a plan that may not book, or of a part of the horizon.
        """
        booking = self.answer.plan.certificate.get("risk", {}).get("bookings")
        if booking is None or self.answer.netback is None:
            return
        if booking["worth"] is None:
            yield self.words("answer.booking.must")
        elif booking["worth"] <= SLIGHT_MONEY * abs(self.answer.plan.netback):
            yield self.words("answer.booking.nothing")
        else:
            yield self.words("answer.booking.some", value=self.words.money(booking["worth"]),
                             low=self.words.money(booking["least"]), high=self.words.money(booking["most"]))

    def money(self) -> Iterator[str]:
        """What the netback gains or loses; without a plan before, what it is."""
        change, words = self.answer.change, self.words
        if change is not None and change.money is not None:
            if abs(change.money) <= SLIGHT_MONEY * abs(self.answer.plan.netback):
                yield words("answer.no_gain")
            else:
                key = "answer.gains" if change.money > 0 else "answer.loses"
                yield words(key, value=words.money(abs(change.money)))
        elif self.answer.before is None and self.answer.netback is not None:
            yield words("answer.netback_is", value=words.money(self.answer.netback))

    def moves(self) -> Iterator[str]:
        """What goes another way, what is not exported, what stays in the ground."""
        if self.answer.change is None:
            return
        own = {fate.name for fate in self.answer.fates}
        most = max(1, MOST_MOVES // len(self.answer.change.families))
        for family, change in self.answer.change.families.items():
            total = max(abs(self.answer.exports.get(family, 0.0)), abs(change.exports))
            ways = {name: v for name, v in change.corridors.items() if name not in own and moved(v, total)}
            for name, volume in sorted(ways.items(), key=_largest)[:most]:
                yield self.words.of_name(f"answer.way_{_sign(volume)}", name, **self._volume(volume, family))
            if moved(change.shut_in, total):
                yield self.words(f"answer.shut_{_sign(change.shut_in)}", **self._volume(change.shut_in, family))
            if moved(change.exports, total) and moved(change.exports + change.shut_in, total):
                yield self.words(f"answer.exports_{_sign(change.exports)}", **self._volume(change.exports, family),
                                 family=self._of(family))

    def changes(self) -> Iterator[str]:
        """Each total and corridor that changes, signed, the largest corridors first."""
        change, words = self.answer.change, self.words
        if change is None:
            return
        if change.money is not None and abs(change.money) > SLIGHT_MONEY * abs(self.answer.plan.netback):
            sign = "+" if change.money > 0 else ""
            yield f"{words('kpi.netback').lower()} {sign}{words.money(change.money)}"
        for family, own in change.families.items():
            total = max(abs(self.answer.exports.get(family, 0.0)), abs(own.exports))
            ways = sorted(own.corridors.items(), key=_largest)
            told = [(words.of_family("kpi.exports", self._families[family]).lower(), own.exports),
                    (words("kpi.shut_in").lower(), own.shut_in),
                    *((words.name(name), volume) for name, volume in ways)]
            for name, volume in told:
                if moved(volume, total):
                    sign = "+" if volume > 0 else MINUS
                    size = self._volume(volume, family)
                    yield f"{name} {sign}{size['volume']} {size['unit']}"

    def shut_in(self) -> Iterator[str]:
        """What stays in the ground, where there is no plan before to tell how much more that is."""
        if self.answer.change is None:
            for family, volume in self.answer.shut_in.items():
                yield self.words("answer.is_shut_in", **self._volume(volume, family))

    def beside(self) -> Iterator[str]:
        """What is exported, beside what the plan before exports: nothing of the two can be subtracted."""
        if self.answer.before is not None and self.answer.change is None:
            sides = [(self.answer.before, self.answer.then), (self.answer.plan, self.answer.labels)]
            first, second = (self._exports(plan, labels) for plan, labels in sides)
            yield self.words("answer.beside", first=first, second=second)

    def _exports(self, plan: Plan, labels: tuple[str, ...]) -> str:
        when = self.words.span(labels)
        parts = [self.words("answer.exported_in", **self._volume(exported(plan, labels, family), family),
                            family=self._of(family), when=when) for family in families_of(plan)]
        return reduce(lambda first, second: self.words("answer.and", first=first, second=second), parts)


def _largest(item: tuple[str, float]) -> tuple[float, str]:
    """Key of a change: the largest first; of two that differ in the last bit alone, by name."""
    return -round(abs(item[1]), 6), item[0]


def _sign(value: float) -> str:
    return "more" if value > 0 else "less"


def sentence(answer: Content, words: Words, shown: Shown) -> str:
    """All clauses, as one sentence."""
    tell = Teller(answer, words, shown)
    clauses = [*tell.beside(), *tell.booking(), *tell.fates(), *tell.money(), *tell.moves(), *tell.shut_in()]
    return stopped(capital(CLOSE.join(clauses or [words("answer.nothing")])))


def headline(answer: Content, words: Words) -> str:
    """The clauses that a title has room for: whether booking pays and fates, two; in a comparison money and a move."""
    tell = Teller(answer, words, Inner.of(answer))
    beside = list(tell.beside())
    found = [*tell.booking(), *tell.fates(MOST_HEADS)][:MOST_HEADS]
    clauses = beside or [*found, *(tell.money() if answer.change else ()), *list(tell.moves())[:1]]
    return capital(CLOSE.join(clauses or [words("title.nothing")]))


def capital(text: str) -> str:
    """A text with a capital first letter."""
    return text[:1].upper() + text[1:]
