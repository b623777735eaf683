"""A through tariff in sentences: what holds at every level of the real costs, with the numbers of the middle one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from energy_routes.pack import in_digits
from energy_routes.studies.tariffs.corridor import MIDDLE
from energy_routes.studies.tariffs.owners import Point
from energy_routes.studies.tariffs.reading import Apart, Reading

SLIGHT = 0.005  # USD/t (USD/1000 m³), MUSD, Mt: less is not printed
MOST_OF = 0.5  # of the highest price: a charge that can be higher needs a reason
LARGE = 10.0  # of the highest price: above it two decimals tell a charge
AGREE = 0.9  # of the draws must: a claim that turns between P10 and P90 is not said
OWNERS = ("", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")

Readings: TypeAlias = Mapping[str, Reading]
Claim: TypeAlias = Callable[[Reading], object]
Text: TypeAlias = Callable[[Readings], Iterator[str]]


@dataclass
class Teller:
    """What is said of a corridor, in ``unit`` of volume and ``money`` of charges; ``unsaid``: what turns in a band.

    ``price``: the highest of any market of its family, in ``money``.
    """

    name: str
    unit: str
    money: str
    price: float
    unsaid: list[str] = field(default_factory=list)

    @property
    def _digits(self) -> int:
        """Decimals of a charge: two suit dollars a tonne, and tell nothing of cents a cubic metre."""
        return 2 if self.price >= LARGE else 4

    def _charge(self, charge: float) -> str:
        return f"{charge:,.{self._digits}f}"

    def _charges(self, readings: Readings, charge: Callable[[Reading], float | None]) -> str:
        return _span(readings, charge, self._digits)

    def costs(self, readings: Readings, elsewhere: str) -> str:
        """What is charged today, and what moving a unit really costs; ``elsewhere``: what lines charge beside."""
        one = readings[MIDDLE]
        if one.open and elsewhere and not one.today.charge:
            return (f"{self.name}: no tariff is paid today where it is metered; the line charges {elsewhere}, and a "
                    "charge here comes on top of that")  # fmt: skip
        if not one.open:
            return f"{self.name}: {self._charge(one.today.charge)} {self.money} are charged today; it is closed"
        cost = f"{self._charges(readings, lambda each: each.cost)} {self.money}"
        if one.uneven is None:
            today = f"{self._charge(one.today.charge)} {self.money} are charged today; moving really costs {cost}"
        else:
            margin = self._charges(readings, lambda each: each.today.charge - each.cost)
            today = (f"a unit pays {margin} {self.money} above real cost today, on average; real cost is {cost} on the "
                     "mean of the arcs where it is metered, and a charge is told as both together")  # fmt: skip
        free = f"; lines that charge nothing there charge {elsewhere}, and a charge here comes on top of that"
        return f"{self.name}: {today}{free if elsewhere else ''}"

    def dear(self, readings: Readings) -> Iterator[str]:
        """Why a charge may be as high as it is, beside the highest price of any market."""
        price = f"{self.price:,.0f}" if self.price >= LARGE else self._charge(self.price)
        last = readings[MIDDLE].break_even
        if last is not None and last.charge > self.price:
            yield f"a unit here is worth more than its price of {price} {self.money} at most"
            yield "the reason is a cap, a contract or a build: each unit here lets others move"
        elif last is not None and last.charge > MOST_OF * self.price:
            yield (f"a charge could take most of the price, which is {price} {self.money} at most: other ways "
                   "are full or bring little")  # fmt: skip

    def sentences(self, when: str, readings: Readings, draws: Sequence[Reading] = ()) -> Iterator[str]:
        """What is moved, and who would ask what; ``draws`` are readings with drawn figures.  Each begins with ``when``.

        What is not the same at each level, or in nine draws of ten, is left out and named in ``unsaid``.
        """
        tells: tuple[tuple[str, Claim, Text], ...] = (
            ("what is moved above cost", _deal, self._moved),
            ("what one owner would ask", lambda one: _against(one.together, one.today), self._together),
            ("what separate owners would ask", _rests, self._apart),
            ("what both sides would agree on", lambda one: _against(one.agreed, one.today), self._agreed),
        )  # fmt: skip
        for what, claim, text in tells:
            said = claim(readings[MIDDLE])
            alike = sum(claim(one) == said for one in draws)
            if any(claim(one) != said for one in readings.values()):
                self.unsaid.append(f"{when}: {what} is not said, as it turns within the band of the real costs")
            elif alike < AGREE * len(draws):
                self.unsaid.append(f"{when}: {what} is not said, as only {alike} of {len(draws)} draws have the same")
            else:
                yield from (f"{when}: {sentence}" for sentence in text(readings))

    def _moved(self, readings: Readings) -> Iterator[str]:
        one = readings[MIDDLE]
        if one.demand.captive:
            yield (f"{one.demand.captive:,.2f} {self.unit} are moved whatever is charged, so no charge is the best for "
                   "the owners")  # fmt: skip
        elif one.break_even is None:
            yield "nobody is moved at any tariff above cost" if one.open else "nothing can come there"
        else:
            now, kink = one.today.volume, one.demand.until(one.today.charge)
            moved = f"{now:,.2f} {self.unit} are moved at today's charge" if now > SLIGHT else "nothing is moved today"
            longer = kink - one.today.charge > SLIGHT and kink < one.break_even.charge - SLIGHT and now > SLIGHT
            yield f"{moved}{f', and as much up to {self._charge(kink)} {self.money}' if longer else ''}"
            last = self._charges(readings, lambda each: each.break_even.charge if each.break_even else None)
            yield f"nothing is moved above {last} {self.money}"

    def _together(self, readings: Readings) -> Iterator[str]:
        one = readings[MIDDLE].together
        if one is not None:
            asks = self._charges(readings, lambda each: each.together.charge if each.together else None)
            earns = _span(readings, lambda each: each.together.carriers if each.together else None)
            today = _span(readings, lambda each: each.today.carriers)
            over = (f"above real costs, against {today} MUSD today" if readings[MIDDLE].today.charge else
                    "beside what other charges earn")  # fmt: skip
            yield f"one owner of all would ask {asks} {self.money} and move {one.volume:,.2f} {self.unit}"
            yield f"that would earn {earns} MUSD {over}"

    def _apart(self, readings: Readings) -> Iterator[str]:
        one = readings[MIDDLE]
        if one.together is None or one.owners < 2:
            return
        who = f"{OWNERS[one.owners].lower()} owners who each set a charge of their own"
        rests = sorted((rest for rest in one.apart if rest.owners == one.owners), key=lambda rest: rest.at.charge)
        if not rests:
            yield f"{who} come to rest at no charge that moves anything"
            return
        if not any(_dearer(one, rest) for rest in rests):
            yield f"{who} would ask as much together, so setting it together brings them nothing"
            return
        at, last = " or ".join(self._charge(rest.at.charge) for rest in rests), rests[-1]
        dearest = " at the dearest" if len(rests) > 1 else ""
        split = f"{self._charge(last.least)} to {self._charge(last.most)} {self.money}"
        yield f"{who} come to rest at {at} {self.money}; each earns {split} of it{dearest}"
        lost, each, shipper = one.lost(last)
        yield f"{last.at.volume:,.2f} {self.unit} are moved{dearest or ' there'}"
        yield (f"setting it together is worth up to {lost:,.1f} MUSD to them ({each:,.1f} each), and "
               f"{shipper:,.1f} MUSD to the shipper")  # fmt: skip

    def _agreed(self, readings: Readings) -> Iterator[str]:
        one, now = readings[MIDDLE].agreed, readings[MIDDLE].today
        if one is not None:
            meet = self._charges(readings, lambda each: each.agreed.charge if each.agreed else None)
            yield f"carriers and shipper with equal weight would agree on {meet} {self.money}"
            gains = [in_digits(gain, ",.1f") for gain in (one.carriers, one.shipper, now.carriers, now.shipper)]
            yield (f"against nothing moved there, that gains the carriers {gains[0]} MUSD and the shipper {gains[1]} "
                   f"MUSD; today's charge gains them {gains[2]} and {gains[3]}")


def _span(readings: Readings, number: Callable[[Reading], float | None], digits: int = 2) -> str:
    """The number at the middle level, and those at the ends of the band where they are printed otherwise."""
    words = [f"{value:,.{digits}f}" for one in readings.values() if (value := number(one)) is not None]
    middle = f"{number(readings[MIDDLE]):,.{digits}f}"
    ends = sorted({words[0], words[-1]}, key=lambda word: float(word.replace(",", "")))
    return middle if ends == [middle] else f"{middle} ({' to '.join(ends)})"


def _deal(one: Reading) -> object:
    return bool(one.demand.captive), one.break_even is not None, one.today.volume > SLIGHT


def _rests(one: Reading) -> object:
    """Whether all owners come to rest anywhere, and whether at the charge of one owner alone."""
    rests = [rest for rest in one.apart if rest.owners == one.owners]
    return len(rests) > 0, any(_dearer(one, rest) for rest in rests)


def _dearer(one: Reading, rest: Apart) -> bool:
    """Whether somebody loses where owners come to rest, against one owner of all."""
    return max(one.lost(rest)) >= SLIGHT


def _against(point: Point | None, today: Point) -> str:
    """Whether a charge is more or less than that of today."""
    if point is None:
        return "none"
    return "same" if abs(point.charge - today.charge) < SLIGHT else "more" if point.charge > today.charge else "less"
