"""A through tariff in the making: the corridor laid out in each world, with contracts and without, and its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from energy_routes.case import Case, ramped
from energy_routes.errors import InfeasibleError
from energy_routes.solving import compile
from energy_routes.studies.draws.draws import Sampler, bands
from energy_routes.studies.kinks.shift import AGAINST, Asked, or_why
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.study import Progress
from energy_routes.studies.tariffs.corridor import LEVELS, MIDDLE, Corridor, levels_of
from energy_routes.studies.tariffs.reading import Reading
from energy_routes.studies.tariffs.words import Teller
from energy_routes.studies.tariffs.worlds import AS_IT_IS, without_contracts, worlds_of

WITH, WITHOUT = "with", "without"
CASE = ["world", "contracts"]
DEMAND = [*CASE, "from", "to", "volume", "gain"]
KINKS = [*CASE, "at", "to", "below", "above", "enters", "leaves"]
POINT = ["charge", "volume", "carriers", "shipper"]
CHARGES = [*CASE, "level", "cost", "what", *POINT]
APART = [*CASE, "level", "cost", "owners", *POINT, "least", "most", "lost", "lost_each", "shipper_lost"]
DUST = 1e-7
BANDS = ["contracts", "what", "figure", "p10", "p50", "p90", "found", "draws"]


class Place(NamedTuple):
    """A world, with its contracts or without, and the corridor in it at each level of the real costs."""

    world: str
    contracts: str
    corridor: Corridor
    readings: Mapping[str, Reading]

    @property
    def middle(self) -> Reading:
        """The reading whose numbers are told."""
        return self.readings[MIDDLE]


@dataclass(eq=False)
class Making:
    """What is asked: a target of a case, how many owners, the share of a tariff that is real cost, and draws."""

    case: Case
    target: Target
    owners: int
    outage: Mapping[str, float] | None
    cap: Mapping[str, float | str] | None
    share: float | None
    draws: int
    seed: int
    progress: Progress

    @cached_property
    def _first(self) -> Place:
        return or_why(self.case, lambda: self._place(AS_IT_IS, WITH, self.case))

    def _place(self, world: str, contracts: str, case: Case) -> Place:
        corridor = Corridor(Asked(compile(case), case), self.target, self.owners)
        return Place(world, contracts, corridor, self._read(corridor, *LEVELS))

    def _read(self, corridor: Corridor, *levels: str) -> dict[str, Reading]:
        """The corridor at levels of the real costs, solved.  Raises InfeasibleError where there is no plan."""
        readings = corridor.readings(levels_of(corridor.asked, self.target.shift, self.share, levels))
        for reading in readings.values():
            reading.demand.solve()
        return readings

    @cached_property
    def _found(self) -> tuple[list[Place], list[str]]:
        """The places, and those that have no plan in words."""
        first = self._first
        worlds = worlds_of(self.case, first.corridor.asked.now, self.target, self.outage, self.cap)
        asked = [(world, contracts, case) for world, own in worlds.items()
                 for contracts, case in ((WITH, own), (WITHOUT, without_contracts(own)))
                 if case is not None]  # fmt: skip
        places, missing = [], []
        for number, (world, contracts, case) in enumerate(asked, 1):
            try:
                places.append(first if number == 1 else self._place(world, contracts, case))
            except InfeasibleError:
                missing.append(f"{world}, {contracts} contracts: there is no plan")
            self.progress(number, len(asked) + self.draws)
        return places, missing

    @property
    def places(self) -> list[Place]:
        """The worlds that have a plan."""
        return self._found[0]

    @property
    def _as_it_is(self) -> list[Place]:
        """The case as it is, with contracts and without."""
        return [place for place in self.places if place.world == AS_IT_IS]

    def demand(self) -> pd.DataFrame:
        """What is moved at each charge."""
        return _table(DEMAND, ((place, row) for place in self.places for row in place.middle.demand.pieces))

    def kinks(self) -> pd.DataFrame:
        """Where it changes in the case as it is: which routes have more and less takes two plans a kink."""
        return _table(KINKS, ((place, row) for place in self._as_it_is for row in place.middle.demand.kinks))

    def charges(self) -> pd.DataFrame:
        """What each charge brings, at each level of the real costs."""
        return _table(CHARGES, ((place, (level, one.cost, what, *point)) for place in self.places
                                for level, one in place.readings.items() for what, point in one.points()))  # fmt: skip

    def apart(self) -> pd.DataFrame:
        """Where separate owners come to rest, at each level of the real costs."""
        return _table(APART, ((place, (level, one.cost, rest.owners, *rest.at, rest.least, rest.most, *one.lost(rest)))
                              for place in self.places for level, one in place.readings.items()
                              for rest in one.apart))  # fmt: skip

    @cached_property
    def drawn(self) -> dict[str, list[Reading]]:
        """The case as it is with drawn figures, with contracts and without; draws without a plan are left out."""
        out: dict[str, list[Reading]] = {place.contracts: [] for place in self._as_it_is}
        samples = Sampler(self.case, self.seed).draws(0, self.draws) if self.draws else ()
        for number, draw in enumerate(samples, 1):
            for place in self._as_it_is:
                corridor = place.corridor.but(draw.of(place.corridor.asked.case))
                with suppress(InfeasibleError):
                    out[place.contracts].append(self._read(corridor, MIDDLE)[MIDDLE])
            self.progress(number, self.draws)
        return out

    def bands(self) -> pd.DataFrame:
        """P10, P50 and P90 of what each charge brings, over the draws."""
        found = [(contracts, what, *point) for contracts, readings in self.drawn.items()
                 for reading in readings for what, point in reading.points()]  # fmt: skip
        points = pd.DataFrame(found, columns=["contracts", "what", *POINT])
        rows = [(contracts, what, figure, *bands(own[figure]), len(own), self.draws)
                for (contracts, what), own in points.groupby(["contracts", "what"], sort=False)
                for figure in POINT]  # fmt: skip
        return pd.DataFrame(rows, columns=BANDS)

    def told(self, teller: Teller) -> tuple[str, ...]:
        """The sentences: the case as it is both ways, then the other worlds with their contracts.

        Where the same is said without contracts as with them, that is one sentence.
        """
        out, said = [teller.costs(self._first.readings, self._elsewhere)], list[str]()
        for place in self.places:
            here, when = place.world == AS_IT_IS, f"{place.contracts.capitalize()} contracts"
            if not here and place.contracts == WITHOUT:
                continue
            when = when if here else f"{place.world}, {place.contracts} contracts"
            sentences = [*(f"{when}: {reason}" for reason in teller.dear(place.readings)),
                         *teller.sentences(when, place.readings, self.drawn[place.contracts] if here else ())]
            own = [sentence.removeprefix(when) for sentence in sentences]
            out += [f"{when}: all of this is the same"] if own and own == said else sentences
            said = own
        return tuple(out)

    @property
    def _elsewhere(self) -> str:
        """What the lines that charge nothing where the corridor is metered charge on other arcs, in words; or blank."""
        network = self.case.network
        arcs = network.tables["arcs"]
        tariffs = network.resolve("arcs", "tariff", self.case.periods).mean(axis=1)
        own = arcs["id"].isin(self.target.arcs)
        beside = (arcs["line"].isin(arcs.loc[own & ~(tariffs > 0), "line"].dropna()) & ~own).to_numpy()
        money = network.families[self.target.family].price_name
        return " and ".join(f"{tariff:,.2f} {money} on {name}" for tariff, name in
                            zip(tariffs[beside].tolist(), arcs["name"][beside], strict=True) if tariff > 0)  # fmt: skip

    def notes(self) -> Iterator[str]:
        """What a reader must know."""
        if len({place.contracts for place in self.places}) == 1:
            yield "No contract of the case asks for volume: it is read once"
        else:
            yield "What shippers pay for volume that a contract asks for and does not get is no income of the carriers"
        if self.case.policy.held:
            yield "Exports are held at the volume that they have with the figures of today"
        if ramped(self.case):
            yield AGAINST
        yield from self._found[1]


def _table(columns: list[str], rows: Iterable[tuple[Place, tuple[Any, ...]]]) -> pd.DataFrame:
    """Rows of places as a table; what is no more than dust of the solver is 0."""
    table = pd.DataFrame([(place.world, place.contracts, *row) for place, row in rows], columns=columns)
    numbers = table.select_dtypes("float").columns
    table[numbers] = table[numbers].mask(table[numbers].abs() < DUST, 0.0)
    return table
