"""How far each figure may move until another plan is best, and what its next unit is worth on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from energy_routes.case import Case, ramped
from energy_routes.errors import UsageError
from energy_routes.formulation import Space
from energy_routes.linear import ALIKE, Form, Session, limited, optimal, refuse_late, sign_of
from energy_routes.pack import annotated, check_count, in_digits, in_html
from energy_routes.studies.kinks.along import NO_CASE, Side, side_of
from energy_routes.studies.kinks.figures import COEFFICIENTS, Figure, figures_of
from energy_routes.studies.kinks.laid import Laid, laid
from energy_routes.studies.kinks.measured import Measured, measures
from energy_routes.studies.kinks.overtaken import cheapest_piece, overtaken
from energy_routes.studies.kinks.shift import AGAINST, or_why
from energy_routes.studies.pictures import draw_tornado
from energy_routes.studies.study import Progress, Study, silent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = [
    "kind", "path", "name", "now", "unit", "from", "to", "slope_down", "slope_up", "at_stake", "minus_10", "plus_10",
    "below", "above", "wall_below", "wall_above",
]  # fmt: skip
REFUSED = {  # lever: why no range can be proved with it
    "cvar": "puts money into rows of the programme, and the best value need be neither convex nor concave in a tariff",
    "max_hhi": "bends the curve of the best value, which has no kinks where that cap binds",
}  # fmt: skip
TENTH = 0.1
MOST = 50
FAR = 4.0  # so many times the figure, or all that is lifted, is looked up to
TOLD = 2  # groups that are named on each side of a kink
MOVED = 1e-6  # Mt (bcm), or Mt a unit of the figure


@dataclass(frozen=True, eq=False, repr=False)
@annotated
class Ranging(Study):
    """How far each figure may move until the slope of the optimal value changes.

    Attributes
    ----------
    case : Case
        The question.
    figures : DataFrame
        A row a figure, most money at stake first: kind (tariff, price, capacity, supply, cap), path (of ``Case.set``),
        name, now (mean over the horizon), unit, from and to (values of the figure between which the slope is the same
        on its side; infinite where none was found), slope_down and slope_up (MUSD that one unit more brings, as seen
        from below and from above), at_stake (MUSD: the larger slope times the figure), minus_10 and plus_10 (MUSD that
        a tenth less and a tenth more bring, exactly), below and above (what changes beyond), wall_below and wall_above
        (beyond there is no plan).
    notes : tuple of str
        What was not ranged, and why.
    """

    case: Case
    figures: pd.DataFrame
    notes: tuple[str, ...]
    stem: ClassVar = "ranging"
    head: ClassVar = ("notes",)
    tables: ClassVar = ("figures",)

    def __repr__(self) -> str:
        return f"Ranging({self.case.name!r}, {len(self.figures)} figures)"

    def _repr_html_(self) -> str:
        return in_html(self.figures)

    def plot(self, ax: Axes | None = None, top: int = 20) -> Axes:
        """A tornado: what a tenth less and a tenth more of each figure brings.

        Parameters
        ----------
        ax : matplotlib Axes or None
            Where to draw; None: a new figure.
        top : int
            Figures that are drawn, the widest bars first.

        Returns
        -------
        matplotlib Axes
            With a bar a figure.

        Raises
        ------
        UsageError
            ``top`` is below 1.
        """
        check_count("top", top, 1)
        return draw_tornado(self.figures, f"{self.case.name}: a tenth less, a tenth more", ax, top)


@annotated
def ranging(
    case: Case, most: int | None = MOST, progress: Progress | None = None, time_limit: float | None = None
) -> Ranging:
    """How far tariffs, prices, capacities, supplies and caps may go each way until the slope of the best value changes.

    Each is moved alone, by the same amount in every period.  The ranges are kinks of the exact curve of the optimum:
    two tangents prove each piece, whichever basis the solver ends with.  Exports that are held keep their volume, ramps
    after an unforeseen event what they are held against, and whole builds stay as decided.  Where losses are guarded
    against, tariffs and prices alone are ranged, and what a loss is held against is that of today's figures.

    Parameters
    ----------
    case : Case
        The question.
    most : int or None
        Figures that are told, those with most money at stake; None: all.
    progress : callable or None
        It is told the figures done, and all.
    time_limit : float or None
        Seconds for all of it; None: no limit.

    Returns
    -------
    Ranging
        A row a figure.

    Raises
    ------
    UsageError
        policy.cvar or policy.max_hhi is set, or policy.security together with policy.build; or fewer figures than 1 are
        asked for.
    InfeasibleError, UnboundedError, LimitError, SolverError
        The case has no plan, or the solver ended without an answer.

    Examples
    --------
    >>> import energy_routes as er
    >>> found = er.ranging(er.load("oil-2024"), most=5)
    >>> len(found.figures)
    5
    """
    if most is not None and most < 1:
        raise UsageError(f"most = {most}; expected 1 or more, or None for all")
    refuse(case, *REFUSED)
    if case.policy.build is not None and case.policy.security is not None:
        raise UsageError(f"{case.name}: policy.build and policy.security together are not ranged: each choice of "
                         "builds has its own guard. Leave one out: --set policy.build=none, or --set "
                         "policy.security=none")
    with limited(time_limit):
        return or_why(case, lambda: _Ranger(laid(case), most, progress or silent)).found()


def refuse(case: Case, *levers: str) -> None:
    """Raise UsageError for levers with which the best value has no kinks, or is not that of one linear programme."""
    for lever in levers:
        if getattr(case.policy, lever):
            several = lever == "max_hhi"  # a table of caps: --set takes none of them away
            how = f"take {lever} out of [policy] of the model" if several else f"--set policy.{lever}=none"
            raise UsageError(f"{case.name}: policy.{lever} {REFUSED[lever]}. Leave it out: {how}, or in Python "
                             f"case.with_policy({lever}={'{}' if several else 'None'}); or follow one figure with "
                             "energy-routes frontier")


class _Ranged(NamedTuple):
    """A figure and the pieces on both sides of it."""

    figure: Figure
    below: Side
    above: Side

    @property
    def at_stake(self) -> float:
        """The larger slope times the figure, MUSD."""
        slopes = np.abs(np.nan_to_num([self.below.slope, self.above.slope]))
        return float(slopes.max() * abs(self.figure.now))


class _Ranger:
    """The figures of a case that is laid out."""

    def __init__(self, of: Laid, most: int | None, progress: Progress) -> None:
        self.laid, self.case, self.most, self.progress = of, of.case, most, progress
        self.now = of.now
        self.base: Form = of.form(self.case)
        self.space: Space = self.now.stated[0]
        self.most_lifted = 2.0 * float(np.abs(self.now.solution.x).max(initial=1.0))
        self.left: list[str] = []

    def found(self) -> Ranging:
        figures = [figure for figure in figures_of(self.case) if figure.money or self.case.policy.security is None]
        ranged: list[_Ranged] = []
        for number, figure in enumerate(figures, 1):
            if (sides := self._sides(figure)) is None:
                self.left.append(figure.path)
            else:
                ranged.append(_Ranged(figure, *sides))
            refuse_late(f"the ranges of all {len(figures)} figures were ({number - 1} are)")
            self.progress(number, len(figures))
        ranged.sort(key=lambda one: -one.at_stake)
        rows = [self._row(one) for one in islice(self._known(ranged), self.most)]
        refuse_late("what changes at each end was")
        return Ranging(self.case, pd.DataFrame(rows, columns=COLUMNS), tuple(self._notes()))

    def _sides(self, figure: Figure) -> tuple[Side, Side] | None:
        """The pieces below and above a figure; None where it cannot be followed."""
        step = 1.0 if figure.money else max(0.01 * abs(figure.now), 0.01)

        def forms(by: float) -> Form:
            return self.base if not by else self.laid.form(figure.at(self.case, by))

        low, high = self._limits(figure)
        now = self.now.solution
        below = side_of(forms, -min(step, -low), low, now) if low < 0 else Side(0.0, float("nan"))
        above = side_of(forms, step, high, now)
        return None if below is None or above is None else (below, above)

    def _known(self, ranged: Iterable[_Ranged]) -> Iterator[_Ranged]:
        """Those whose ends are known; the others are left out."""
        for one in ranged:
            if (known := self._ended(one)) is None:
                self.left.append(one.figure.path)
            else:
                yield known

    def _ended(self, one: _Ranged) -> _Ranged | None:
        """The same pieces, ended where other whole numbers are better; None where that is not known."""
        figure = one.figure

        def whole(by: float) -> Form:
            form = self.laid.whole(figure.at(self.case, by))
            assert form is not None, "the case has whole numbers, whatever its figures"
            return form

        if self.laid.whole(self.case) is None:
            return one
        found: list[Side] = []
        for side, limit in zip((one.below, one.above), self._limits(figure), strict=True):
            ended: Side | None = side
            if side.end:
                best = self.now.solution.objective
                ended = cheapest_piece(whole, limit) if figure.money else overtaken(whole, side, limit, best)
            if ended is None:
                return None
            found.append(ended)
        return _Ranged(figure, *found)

    def _limits(self, figure: Figure) -> tuple[float, float]:
        """How far down and up is looked: to 0, and to what cannot matter any more."""
        least = 0.0 if figure.shift is None else figure.shift.least(self.case)
        low = min(0.0, least or -figure.now)  # where one of several is 0 already, the others are followed down
        if figure.kind == "tariff":
            return low, 2.0 * float(np.abs(self.base.cost).max(initial=1.0))
        return low, FAR * max(abs(figure.now), 0.0 if figure.money else self.most_lifted)

    def _row(self, one: _Ranged) -> tuple[Any, ...]:
        figure, below, above = one
        low, high = self._limits(figure)
        start = figure.now + below.end if figure.now + below.end > MOVED else 0.0
        stop = np.inf if above.end == high else figure.now + above.end
        changes = ["" if side.walled or side.end in (0.0, limit) else self._change(figure, side.end, limit)
                   for side, limit in ((below, low), (above, high))]  # fmt: skip
        gains = (self._gain(figure, part) for part in (-TENTH, TENTH))
        return (figure.kind, figure.path, figure.name, figure.now, figure.unit, start, stop, _clean(below.slope),
                _clean(above.slope), one.at_stake, *gains, *changes, below.walled, above.walled)  # fmt: skip

    def _gain(self, figure: Figure, part: float) -> float:
        """What a part more of the figure brings, MUSD; NaN where there is no plan."""
        try:
            case = figure.at(self.case, part * figure.now)
            whole = self.laid.whole(case)
            moved = optimal(self._entered(self.laid.form(case)) if whole is None else Session(whole))
        except NO_CASE:
            return float("nan")
        gain = sign_of(self.base) * (moved.objective - self.now.solution.objective)
        return 0.0 if abs(gain) < MOVED else gain

    def _entered(self, form: Form) -> Session:
        """The programme in a live session, from the basis of the case as it is."""
        if self._session.update(form) is None:
            self._session.basis = self.now.solution.basis
        return self._session

    @cached_property
    def _session(self) -> Session:
        return Session(self.base, brief=True)

    def _change(self, figure: Figure, kink: float, end: float) -> str:
        """What changes beyond a kink: volumes, or where the next unit of a volume goes instead."""
        size = max(1e-4 * abs(kink), 1e-3)
        beyond = size if kink > 0 else -size
        if abs(end - kink) < size:
            return ""
        steps = (-beyond, beyond) if figure.money else (-beyond, 0.0, beyond)
        for told in self._told:
            try:
                x = told.volumes(self.laid, [figure.at(self.case, kink + by) for by in steps])
            except NO_CASE:
                return ""
            if x is None:
                return ""
            change = x[1] - x[0] if figure.money else ((x[2] - x[1]) - (x[1] - x[0])) / size
            order = np.argsort(-np.round(np.abs(change), 6), kind="stable")[: 2 * TOLD]  # of equal ones the first
            some = [at for at in order if abs(change[at]) > MOVED]
            if words := [f"{told.names[at]} ({in_digits(change[at], '+.3g')})" for at in some]:
                return "; ".join(words)
        return ""

    @cached_property
    def _told(self) -> tuple[Measured, ...]:
        """Corridors, markets and supplies; then arcs, which are told where none of those has another volume."""
        names, weights, groups = measures(self.space, len(self.base.cost))
        return Measured(names[:groups], weights[:groups]), Measured(names[groups:], weights[groups:])

    def _notes(self) -> Iterator[str]:
        for lever in COEFFICIENTS:
            if getattr(self.case.policy, lever):
                yield f"policy.{lever} stands in coefficients and is not ranged: energy-routes frontier follows it"
        if self.case.policy.held:
            yield "Exports are held at the volume that they have with today's figures"
        if ramped(self.case):
            yield AGAINST
        if self.case.policy.security is not None:
            yield "Tariffs and prices alone are ranged: what a loss is held against moves with volumes"
        if self.case.policy.build is not None:
            yield "Whole builds stay as they are in the plan"
        if self.left:
            yield f"Not ranged, for their curve is not that of a linear programme: {', '.join(self.left)}"


def _clean(slope: float) -> float:
    return 0.0 if abs(slope) < ALIKE else slope
