"""Where an answer turns within the stated prices: its subject gets something there, and nothing here, or the reverse.

Packs that share prices have several scenarios of them.  An answer holds for one; this looks at the others.  Nothing is
solved for years in which they are alike, and a programme for each other scenario where nothing turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from energy_routes.answer.fates import SEEN, Measured
from energy_routes.answer.words import Words
from energy_routes.case import Case, plain, ramped
from energy_routes.errors import EnergyRoutesError
from energy_routes.linear import Vector, halved
from energy_routes.network import Edit
from energy_routes.pack import home, to_inner_of
from energy_routes.solving import Compiled, Measures, solve

NEAR, ROUGH = 1e-4, 1e-2  # how near a turn is looked for, over the way to the other scenario; where a solve is slow
USED = ("carry", "cross", "take", "give", "limit", "build")  # what may be something or nothing

Figure = tuple[str, str, str]  # table, id, column


@dataclass(frozen=True)
class Turn:
    """A part of a subject that gets something from a price on, or up to it.

    ``series`` is that of the price; ``now``, ``at``, ``low`` and ``high`` are in ``unit`` and of ``year``: here, where
    it turns, and the least and the most that is stated.  ``used``: whether there is something beyond the turn.
    ``alone``: the price does it alone; else the other prices of the scenario move with it.
    """

    target: str
    name: str
    used: bool
    series: str
    unit: str
    year: int
    now: float
    at: float
    low: float
    high: float
    alone: bool = True

    def __str__(self) -> str:
        return self.sentence(Words.of())

    def sentence(self, words: Words) -> str:
        """In a sentence without its full stop."""
        kind = "built" if self.target.startswith("option:") else "used"
        here, there = (words(f"turns.{'' if used else 'not_'}{kind}") for used in (not self.used, self.used))
        beyond = words("turns.above" if self.at > self.now else "turns.below")
        prices = {name: words.number(price, _decimals(price)) for name, price in (
            ("now", self.now), ("at", self.at), ("low", self.low), ("high", self.high))}  # fmt: skip
        key = "turns.alone" if self.alone else "turns.together"
        return words(key, name=words.name(self.name), here=here, there=there, beyond=beyond, series=self.series,
                     unit=words.unit(self.unit), year=self.year, **prices)


def turns_of(case: Case, subject: Mapping[str, tuple[str, bool]]) -> tuple[Turn, ...]:
    """Where the parts of a subject turn within the stated prices; none where nothing does.

    ``subject``: by target what it is called, and whether it gets something in the plan of the case.  A case that is
    guarded against losses, or has unforeseen events, is not looked at: each price would take as long as its plan took.
    """
    if not subject or not case.parted or _slow(case):
        return ()
    probe, found, ways = Probe(case, tuple(subject)), {}, [way for way in _ways(case) if way.series]
    for way in ways:
        there = probe.used(way.at(1.0))  # as edits: the case keeps its structure
        for target, (name, used) in subject.items():
            if target not in found and there.get(target, used) != used:
                found[target] = _turn(probe, way, ways, target, name, used)
    return tuple(found.values())


def _slow(case: Case) -> bool:
    """Whether each solve takes several programmes: security, several futures, an unforeseen event."""
    return case.policy.security is not None or case.policy.cvar is not None or ramped(case)


def _decimals(value: float) -> int:
    """As many as three significant digits take."""
    return len(f"{value:.3g}".partition(".")[2]) if 1e-3 < abs(value) < 1e3 else 0


def _ways(case: Case) -> Iterator[Way]:
    """The ways to the other scenarios; none to one whose prices have faults, which ``check`` tells."""
    for world in next(pack.worlds for pack in case.network.packs if pack.prices):
        if world != case.prices:
            with suppress(EnergyRoutesError):
                yield Way(case, case.with_prices(world))


@dataclass(frozen=True)
class Probe:
    """What of some targets gets something in the plan of a case that differs in prices."""

    case: Case
    targets: tuple[str, ...]

    @property
    def step(self) -> float:
        """How near a turn is looked for."""
        return NEAR if self._measures else ROUGH

    def used(self, case: Case) -> dict[str, bool]:
        """By target, whether it gets something; nothing is told of a case that has no plan."""
        if self._measures:
            status, _, *volumes = self._compiled.told(case, self._measures)
            return dict(zip(self.targets, (v > SEEN for v in volumes), strict=True)) if status == "optimal" else {}
        try:
            plan = solve(case)
        except EnergyRoutesError:
            return {}
        told = Measured(plan, [period.label for period in case.periods])
        return {target: any(fate.volume > SEEN for fate in told.moved(target)) for target in self.targets}

    @cached_property
    def _compiled(self) -> Compiled:
        return Compiled(self.case)

    @cached_property
    def _measures(self) -> Measures | None:
        """The targets as measures of a compiled case; None where they cannot be: builds, limits, markets."""
        if not plain(self.case):
            return None
        named = {f"{ask.kind}:{ask.group}": name for name, ask in self._compiled.asks.items() if ask.what == "volume"}
        found = [named[target] for target in self.targets if target in named]
        return Measures(self._compiled, found) if len(found) == len(self.targets) else None


@dataclass(frozen=True)
class Way:
    """The way from the prices of a case to those of another scenario, ``far``."""

    case: Case
    far: Case

    def values(self, figure: Figure) -> tuple[Vector, Vector]:
        """A figure in each period here and there, each of shape (periods,), in its inner unit."""
        table, name, column = figure
        row = self.case.network.ids(table).index(name)
        here, there = self._columns[table, column]
        return here[row], there[row]

    @cached_property
    def _columns(self) -> Mapping[tuple[str, str], tuple[Vector, Vector]]:
        """The figures of each column that follows a series, here and there, each of shape (rows, periods)."""
        columns = {(table, column) for pack in self.case.network.packs for table, _, column, _ in pack.follows}
        here, there = self.case.network, self.far.network
        return {own: (here.resolve(*own, self.case.periods), there.resolve(*own, self.case.periods)) for own in columns}

    @cached_property
    def series(self) -> Mapping[str, tuple[Figure, ...]]:
        """The figures that differ, by the series that they follow."""
        found: dict[str, list[Figure]] = {}
        for pack in self.case.network.packs:
            for *figure, name in pack.follows:
                own = (figure[0], figure[1], figure[2])
                if not np.allclose(*self.values(own), equal_nan=True):
                    found.setdefault(name, []).append(own)
        return {name: tuple(figures) for name, figures in found.items()}

    def at(self, part: float, *names: str) -> Case:
        """The case with the prices of some series (all, where none is named) a part of the way along."""
        figures = [figure for name in names or self.series for figure in self.series[name]]
        edits = [edit for figure in figures for edit in self._edits(figure, part)]
        return self.case.on_network(lambda network: network.with_edits(*edits))

    def _edits(self, figure: Figure, part: float) -> Iterator[Edit]:
        here, there = self.values(figure)
        for period, start, end in zip(self.case.periods, here, there, strict=True):
            if start != end:
                yield Edit(*figure, "set", float(start + part * (end - start)), (period.label,), "a price on the way")

    def largest(self) -> str:
        """The series that moves most, over what it is."""
        def move(name: str) -> float:
            here, there = self.values(self.series[name][0])
            return float(np.nanmax(np.abs(there - here) / np.abs(here)))

        return max(self.series, key=move)


def _turn(probe: Probe, way: Way, ways: Sequence[Way], target: str, name: str, used: bool) -> Turn:
    """The turn on the way to a scenario in which the target is otherwise: by one price alone, where one does it."""
    alone = next((s for s in way.series if probe.used(way.at(1.0, s)).get(target, used) != used), None)
    moved = (alone,) if alone else tuple(way.series)
    _, far = halved(lambda at: probe.used(way.at(at, *moved)).get(target, used) == used, 0.0, 1.0, probe.step)
    series = alone or way.largest()
    figure = way.series[series][0]
    unit, factor = _unit(way.case, figure)
    here, there = (float(own[-1]) / factor for own in way.values(figure))
    stated = [here, *(float(other.values(figure)[1][-1]) / factor for other in ways)]
    return Turn(target, name, not used, series, unit, way.case.periods[-1].year, here, here + far * (there - here),
                min(stated), max(stated), alone is not None)


def _unit(case: Case, figure: Figure) -> tuple[str, float]:
    """The unit that the last figure of a series is written in, and what one is in the inner unit."""
    table, name, column = figure
    pack = home(case.network.packs, table, name)
    dated = pack.tables["values"]
    same = ((dated["table"] == table) & (dated["id"] == name) & (dated["field"] == column)).to_numpy()
    unit = str(pack.units["values"]["unit"][np.flatnonzero(same)[-1]])
    return unit, to_inner_of(case.network.packs, table, name, column, unit)(1.0)
