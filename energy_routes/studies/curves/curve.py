"""A curve of the optimum over a lever: proved pieces where the mathematics gives them, samples where it does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from energy_routes.errors import LimitError
from energy_routes.linear import EDGE, Region, Session, Solution, Status, both, cover, covered
from energy_routes.plan import limit_table
from energy_routes.solving import preference
from energy_routes.studies.curves.lever import Lever, Stretch
from energy_routes.studies.curves.snapshot import Snapshot, snapshot

Form = Literal["linear", "fractional", "bounded", "sampled"]
Progress = Callable[[int], None]
ALIKE = 1e-8  # two regions whose optima differ by less, over the size of the optimum, lie on one piece
STRAIGHT = 1e-9  # a piece whose denominator moves by less is linear
PRICED = 1e-7  # a limit has a price when it is larger than this, over the largest cost
NARROW = 10 * EDGE  # pieces narrower than this (parts of the whole) are the edge of the others


@dataclass(frozen=True)
class Piece:
    """A stretch of the curve, in parts t of the way from start to stop.

    ``form``: linear or fractional (proved: (a + b·t)/(1 + g·t)), bounded (proved to ``error``, MUSD), or sampled.
    ``value(t)`` and ``slope(t)`` are of the objective: MUSD, and MUSD over the whole way.
    """

    low: float
    high: float
    form: Form
    value: Callable[[float], float]
    slope: Callable[[float], float]
    error: float = 0.0


@dataclass(frozen=True, eq=False)
class Curve:
    """The pieces in order, and ``at(t)``, the plan at any t.

    ``jumps``: plans jump at kinks (costs move).  ``rate(t)``: d objective / dt at a point, where pieces are chords.
    ``limits(t)``: names of the limits that have a price at t.
    """

    lever: Lever
    pieces: tuple[Piece, ...]
    at: Callable[[float], Snapshot]
    jumps: bool = False
    rate: Callable[[float], float] | None = None
    limits: Callable[[float], list[str]] | None = None

    @property
    def end(self) -> float:
        """The last t with a plan."""
        return self.pieces[-1].high


class Follower:
    """One live session that follows a line of linear programmes."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._session = Session(stretch.line.at(0.0))
        self._preference = preference((stretch.first,), stretch.program)
        self._limits = limit_table(stretch.first, stretch.program)

    def solve(self, t: float) -> Solution | None:
        """An optimal solution at ``t``, or None where there is no plan."""
        self._session.update(self._stretch.line.at(t))
        solution = self._session.solve()
        if solution.status in (Status.time_limit, Status.numerical, Status.error):
            raise LimitError(f"the solver stopped before the end: {solution.status.value}")
        return solution if solution.status is Status.optimal else None

    def limits(self, t: float) -> list[str]:
        """Names of the limits that have a price at ``t``, policy caps left out."""
        solution = self.solve(t)
        if solution is None:
            return []
        table, size = self._limits, max(1.0, float(abs(self._stretch.program.cost).max(initial=0.0)))
        price = both(solution.dual, solution.reduced)[table["at"]]
        told = (abs(price) > PRICED * size) & (table["kind"] != "policy").to_numpy()
        return list(dict.fromkeys(map(str, table["name"][told])))

    def snapshot(self, t: float) -> Snapshot:
        """The plan at ``t`` in brief.  Raises LimitError where there is none."""
        solution = self.solve(t)
        if solution is None:
            raise LimitError(f"no plan at {t:g} of the way")
        chosen = self._preference.best(self._session, self._stretch.line.at(t), solution)
        return snapshot(self._stretch.first, chosen.x, solution.objective, self._stretch.cash(t, chosen.x))


def exact_curve(lever: Lever, stretch: Stretch, progress: Progress) -> Curve | None:
    """The proved curve along a line; None where there is no plan at start, or regions leave a gap."""
    follower = Follower(stretch)
    done = 0

    def solve(t: float) -> Solution | None:
        nonlocal done
        done += 1
        progress(done)
        return follower.solve(t)

    regions = cover(stretch.line, solve)
    if not regions or not covered(regions):
        return None
    return Curve(lever, tuple(_pieces(regions)), follower.snapshot, stretch.line.moves[1], None, follower.limits)


def _pieces(regions: Sequence[Region]) -> list[Piece]:
    """Neighbouring regions on the same function become one piece; slivers go to a neighbour."""
    wide = [region for region in regions if region.high - region.low > NARROW] or list(regions[:1])
    out: list[Piece] = []
    for region in wide:
        if out and _alike(out[-1], region):
            out[-1] = replace(out[-1], high=region.high)
        else:
            low = out[-1].high if out else regions[0].low
            straight = abs(region.g) * (region.high - region.low) <= STRAIGHT
            out.append(Piece(low, region.high, "linear" if straight else "fractional", region.value, region.slope))
    return [*out[:-1], replace(out[-1], high=regions[-1].high)]


def _alike(piece: Piece, region: Region) -> bool:
    size = max(1.0, abs(region.value(region.low)))
    allowed = ALIKE * size * max(region.high - piece.low, 1e-3)
    spots = (piece.low, region.low, (region.low + region.high) / 2, region.high)
    return all(abs(piece.value(t) - region.value(t)) <= allowed for t in spots)
