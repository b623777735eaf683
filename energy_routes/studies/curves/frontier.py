"""The price of diversification, and of any other number: the optimum along one lever, with every kink named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from energy_routes.case import Case, in_percent, no_transit, ramped
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.linear import Vector
from energy_routes.maps import explore
from energy_routes.pack import annotated, as_read, check_count, in_html
from energy_routes.results import exact
from energy_routes.solving import Yardstick, solve
from energy_routes.studies.curves.curve import Curve, Progress, exact_curve
from energy_routes.studies.curves.lever import Lever, lever_of, stretch_of
from energy_routes.studies.curves.points import curve_table, point_table, segment_table
from energy_routes.studies.curves.reach import bounded_curve, sampled_curve
from energy_routes.studies.curves.rebuild import Rebuilder
from energy_routes.studies.curves.snapshot import Snapshot
from energy_routes.studies.curves.steps import frontier_steps
from energy_routes.studies.draws.draws import bands
from energy_routes.studies.pictures import draw_frontier
from energy_routes.studies.study import Study, silent
from energy_routes.studies.sweeps.sweep import sweep
from energy_routes.studies.sweeps.workers.workers import Workers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from energy_routes.maps import Page

LISTS = ("enters", "leaves", "limits")
BRIEF = ["cap", "netback", "exports", "shut_in", "premium_usd_per_t", "price_musd_per_pp", "kink", "enters"]
SAMPLES = 33  # of a curve that can only be sampled
VALUES = 9  # of the lever at which the fan is drawn, evenly from one end of the curve to the other
FAN = ("cap", "p10", "p50", "p90", "draws", "plans")
SAME = 1e-6  # of a value of the lever: where no more is left, the curve has come to its end


@annotated
@dataclass(frozen=True, eq=False, repr=False)
class Frontier(Study):
    """The optimum along a lever.  Values of a share or HHI are fractions, of a number in ``unit``; money is MUSD.

    Attributes
    ----------
    case : Case
        The question.
    over : str
        The lever.
    name : str
        What it is called in a plot.
    unit : str
        Of its values.
    points : DataFrame
        The ends and every kink (or sample): cap, netback, objective, exports and shut_in (Mt or bcm), cost against
        ``reference`` and its two parts, price_usd_per_t_exposure (one more tonne allowed), price_musd_per_pp (one more
        percentage point, or 0.01 of HHI), price (MUSD per unit of the lever), premium_usd_per_t (cost over exports),
        kink, what, enters and leaves (routes that begin to grow, and to shrink), limits (that begin to bind).
    segments : DataFrame
        From, to, form (linear and fractional are proved; bounded is proved to ``error``; sampled is not),
        objective_from, objective_to, price_from, price_to, error.
    curve : DataFrame
        The objective at close steps, for a plot.
    reference : Snapshot
        The plan without the lever.
    fan : DataFrame
        P10, P50 and P90 of the objective (MUSD) at values of the lever (``cap``), over the ``plans`` that ``draws``
        have there; the draws are the same at each.  No row where none were asked for.
    notes : tuple of str
        What a reader must know of the curve.
    """

    case: Case
    over: str
    name: str
    unit: str
    points: pd.DataFrame
    segments: pd.DataFrame
    curve: pd.DataFrame
    reference: Snapshot
    fan: pd.DataFrame
    notes: tuple[str, ...] = ()
    stem: ClassVar = "frontier"
    tables: ClassVar = ("points", "segments", "curve", "fan")

    def __repr__(self) -> str:
        kinks = int(self.points["kink"].sum())
        return f"Frontier({self.case.name!r} over {self.over}: {len(self.segments)} segments, {kinks} kinks)"

    def _repr_html_(self) -> str:
        return f"<p><code>{self!r}</code></p>" + in_html(self.points[BRIEF])

    def as_dict(self) -> dict[str, Any]:
        """The frontier as one JSON-ready object.

        Returns
        -------
        dict
            Undefined is None.
        """
        points, segments = (frame.to_dict("records") for frame in (self.points, self.segments))
        for point in points:
            point |= {key: [words for words in point[key].split("; ") if words] for key in LISTS}
        out: dict[str, Any] = exact({
            "schema_version": 1, "model": self.case.name, "over": self.over, "name": self.name, "unit": self.unit,
            "reference": self.reference.as_dict(),
            "points": points, "segments": segments, "fan": self.fan.to_dict("records"), "notes": list(self.notes),
        })  # fmt: skip
        return out

    def explore(self, path: str | Path | None = None, *, lang: str = "en") -> Page:
        """The interactive map of the plans at the kinks, one a step.

        Parameters
        ----------
        path : str, Path or None
            Where to write it, too (.html).
        lang : {'en', 'ru', 'kk'}
            The language.

        Returns
        -------
        Page
            The page.

        Raises
        ------
        UsageError
            The language is unknown.
        DataError
            A place or a line of the pack is not where its row says.
        InfeasibleError, LimitError, SolverError
            A point cannot be solved anew.
        """
        plan, steps = frontier_steps(self, lang)
        return explore(plan, path, steps=steps, lang=lang)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw netback against the lever, kinks marked.

        Parameters
        ----------
        ax : Axes or None
            Axes of yours; None: new ones.

        Returns
        -------
        Axes
            The axes.
        """
        return draw_frontier(self, ax)


@annotated
def frontier(
    case: Case,
    over: str,
    start: float | str,
    stop: float | str,
    *,
    unit: str = "",
    tolerance: float | None = None,
    samples: int = SAMPLES,
    draws: int = 0,
    seed: int = 1,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Frontier:
    """The optimum of a case as one lever goes from start to stop.

    Exact (every kink found and proved) for capacities, supplies, depths, caps in Mt, tariffs, prices, and for share
    caps over the horizon, whose pieces are linear with exports held and linear-fractional with exports free.  HHI caps
    with exports held are bounded.  All else is sampled and labelled so.  Where a value has no plan the curve stops at
    the tightest that has one.

    Parameters
    ----------
    case : Case
        The question.
    over : str
        The lever: any path that :meth:`Case.set` takes.
    start, stop : float or str
        As :meth:`Case.set` takes them: with a unit (``"8 USD/MMBtu"``), in ``unit``, or bare in that of the figure's
        row.
    unit : str
        Of bare ends and of what is told.
    tolerance : float or None
        MUSD: how far a bounded curve may be off; None: a thousandth of what the ends differ by.
    samples : int
        Points of a sampled curve, 2 or more.
    draws : int
        How many draws of the figures are solved at each of nine values, for the fan.
    seed : int
        The same seed gives the same draws.
    workers : Workers or None
        Who solves them; None: this process.
    progress : callable or None
        It is told the solves done.

    Returns
    -------
    Frontier
        The curve.

    Raises
    ------
    UsageError
        The lever or an end is none that :meth:`Case.set` takes, the tolerance is no number from 0 on, or the samples
        are fewer than two.
    DataError
        The path leads to no row or number.
    UnitError
        An end is bare, and the figures of its row have several units.
    InfeasibleError
        Neither end has a plan.
    LimitError, SolverError
        The solver ended without an answer.
    VerificationError
        A draw that was solved anew, for a check, has another answer.

    References
    ----------
    T. Gal, Postoptimal Analyses, Parametric Programming, and Related Topics (1979).
    A. Charnes and W. W. Cooper, "Programming with linear fractional functionals", Naval Research Logistics Quarterly 9
    (1962), doi:10.1002/nav.3800090303.
    """
    lever = lever_of(case, over, start, stop, unit)
    check_count("samples", samples, 2)
    if tolerance is not None and not 0 <= tolerance < float("inf"):
        raise UsageError(f"tolerance = {tolerance:g}: a number of MUSD, 0 or more, is expected")
    told = progress or silent
    curve = _curve(lever, tolerance, samples, told) or _curve(lever.turned, tolerance, samples, told)
    if curve is None:
        solve(lever.at(lever.start))  # raises, and says why
        curve = sampled_curve(lever, samples, told)
        assert curve is not None, "a case that has a plan has a curve"
    reference, yardstick = reference_of(curve.lever)
    return Frontier(
        case=case,
        over=over,
        name=lever.name,
        unit=lever.unit,
        points=point_table(curve, yardstick, told),
        segments=segment_table(curve),
        curve=curve_table(curve),
        reference=reference,
        fan=_fan(lever, np.linspace(curve.lever.start, curve.lever.value(curve.end), VALUES), draws, seed, workers,
                 told),
        notes=tuple(_notes(curve, lever)),
    )


def curve_of(lever: Lever, samples: int = SAMPLES) -> Curve | None:
    """The curve of a lever from its start; None where there is no plan at start."""
    return _curve(lever, None, samples, silent)


def _curve(lever: Lever, tolerance: float | None, samples: int, progress: Progress) -> Curve | None:
    try:
        if lever.kind == "hhi":
            curve = bounded_curve(lever, tolerance, progress)
            return curve or sampled_curve(lever, samples, progress)
        stretch = None if lever.case.policy.max_hhi else stretch_of(lever)
        if stretch is not None:
            return exact_curve(lever, stretch, progress)
    except InfeasibleError:
        return None
    return sampled_curve(lever, samples, progress)


def _fan(
    lever: Lever, values: Vector, draws: int, seed: int, workers: Workers | None, progress: Progress
) -> pd.DataFrame:
    """P10, P50 and P90 of the optimum (MUSD) at values of a lever, over the ``plans`` that ``draws`` have there.

    The draws of each value are the same; the lever's own figure is not drawn.
    """
    rows = []
    for value in values.tolist() if draws else ():
        found = sweep(lever.at(value), draws, seed=seed, ask="objective", workers=workers)
        known = found.data["objective"].dropna()
        rows.append((value, *bands(known), draws, len(known)))
        progress(draws * len(rows))
    return pd.DataFrame(rows, columns=list(FAN))


def reference_of(lever: Lever) -> tuple[Snapshot, Yardstick]:
    """The plan without the lever: what costs are measured against.  Raises InfeasibleError where there is none."""
    rebuilder = Rebuilder(Lever(lever.base, "", 0.0, 1.0), lever.compiled)
    plan, answer = rebuilder.snapshot(0.0), rebuilder.solve(0.0)
    assert answer is not None, "a plan has been found"
    return plan, Yardstick(answer.space, answer.program)


def _notes(curve: Curve, asked: Lever) -> Iterator[str]:
    lever, cap = curve.lever, asked.cap
    last = lever.value(curve.end)
    if curve.end < 1.0 and abs(last - lever.stop) > SAME:
        held = " with exports held" if lever.kind != "number" and lever.case.policy.exports == "hold" else ""
        yield (f"{lever.name}: no plan{held} beyond {_said(last, lever)}; the curve stops there "
               f"(asked: {_said(lever.stop, lever)})")
    if lever.start != asked.start:
        yield f"no plan at {_said(asked.start, lever)}: the curve is followed from {_said(lever.start, lever)}"
    if any(piece.form == "sampled" for piece in curve.pieces):
        yield "sampled: the curve between the points is not proved"
    if ramped(asked.case):
        yield ("re-routing after the event is held against the plan without it, which keeps the lever as well: the "
               "curve may fall and rise again")
    if cap is not None:
        yield from no_transit(asked.case.network, cap.kind, cap.group, cap.family)


def _said(value: float, lever: Lever) -> str:
    """A value of a lever as its table has it: a share in %, another figure with its unit."""
    scale, unit = (100.0, "%") if in_percent(lever.path) else (1.0, as_read(lever.unit))
    return f"{scale * value:.4g} {unit}".rstrip()
