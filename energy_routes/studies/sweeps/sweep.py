"""Thousands of futures: a case solved for every draw of its figures by their grades, and for levels that are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import InfeasibleError, UsageError, VerificationError
from energy_routes.pack import annotated, check_list
from energy_routes.solving import Changes, solve
from energy_routes.studies.study import Progress, Study, silent
from energy_routes.studies.sweeps.dataset import read, schema_of
from energy_routes.studies.sweeps.experiment import DEFAULT, Experiment, levels_of
from energy_routes.studies.sweeps.folder import Folder, opened
from energy_routes.studies.sweeps.plots import draw, refuse_level, refuse_picture
from energy_routes.studies.sweeps.solving import solved
from energy_routes.studies.sweeps.statistics import chance_of, drivers_of, summary_of, without_plan_of
from energy_routes.studies.sweeps.workers.workers import Chunk, Here, Workers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWS, BUILT = 10_000, 200  # unless told; of cases with builds, security or futures, each draw of which is built anew


@dataclass(frozen=True, eq=False, repr=False)
@annotated
class Sweep(Study):
    """What a sweep found.

    Attributes
    ----------
    experiment : Experiment
        What was solved: case, draws, seed, design, levels, and what was asked.
    data : DataFrame
        The dataset, a row a draw of a level: ``row``, ``level``, ``draw``, ``status``, ``reason``; what each level
        sets; ``input.NAME``, the standard normal numbers that the draw is made of; then what was asked, NaN where there
        is no plan.
    """

    experiment: Experiment
    data: pd.DataFrame

    stem: ClassVar[str] = "sweep"
    tables: ClassVar[tuple[str, ...]] = ("summary", "without_plan", "drivers")

    def __repr__(self) -> str:
        return f"Sweep({self.experiment.case.name!r}: {len(self.data)} rows, {len(self.experiment.answers)} answers)"

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of each answer."""
        return {name: self.experiment.measures.unit(name) for name in self.experiment.answers}

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Each answer at each level: mean, P10, P50, P90 over the draws with a plan, and the share of them above 0."""
        return summary_of(self.data, self.units, self.experiment.paths)

    @cached_property
    def without_plan(self) -> pd.DataFrame:
        """Draws without a plan, by level, status and reason: how many, and their share of the draws of the level."""
        return without_plan_of(self.data, self.experiment.paths)

    @cached_property
    def drivers(self) -> pd.DataFrame:
        """What moves each answer at each level, the strongest first; empty without draws, or with fewer than 30 plans.

        Rank correlation and first-order index of each independent input, and the mean of the answer over the tenth of
        the draws in which the input is lowest, and highest.
        """
        return drivers_of(self.data, self.units)

    def movers(self, answer: str, level: int = 0) -> tuple[pd.DataFrame, float]:
        """What moves an answer more than chance may.

        Parameters
        ----------
        answer : str
            What was asked of each plan.
        level : int
            Which level.

        Returns
        -------
        DataFrame
            The rows of :attr:`drivers` whose rank correlation is beyond that of chance.
        float
            That of chance, 0 to 1: the strongest of as many inputs that move nothing is beyond it in one sweep of
            twenty at most.

        Raises
        ------
        UsageError
            There is no such answer or level.
        """
        refuse_picture(self.experiment, "tornado", answer)
        refuse_level(self.experiment, level)
        own = self.drivers[(self.drivers["answer"] == answer) & (self.drivers["level"] == level)]
        plans = int(((self.data["level"] == level) & (self.data["status"] == "optimal")).sum())
        chance = chance_of(plans, own["input"].nunique())
        return own[own["rank_correlation"].abs() > chance], chance

    def plot(self, picture: str = "fan", answer: str = "netback", *, level: int = 0, ax: Axes | None = None) -> Axes:
        """Draw the sweep.

        Parameters
        ----------
        picture : {'fan', 'tornado', 'use'}
            Bands of an answer along the levels (without levels: of every answer of its kind); what moves it most; or
            the probability that each corridor is used.
        answer : str
            Which answer, of ``fan`` and ``tornado``.
        level : int
            Which level, of ``tornado`` and ``use``.
        ax : Axes or None
            Where to draw; None: a new figure.

        Returns
        -------
        Axes
            Of matplotlib.

        Raises
        ------
        UsageError
            There is no such picture, answer or level, or nothing moves the answer.
        """
        return draw(self, picture, answer, level, ax)

    def _head(self) -> dict[str, Any]:
        return {"experiment": self.experiment.record}


@annotated
def sweep(
    case: Case,
    draws: int | None = None,
    *,
    over: Mapping[str, Sequence[float | str | bool]] | None = None,
    levels: str | Path | pd.DataFrame | Iterable[Changes] | None = None,
    design: str = "independent",
    seed: int = 1,
    ask: str | Sequence[str] = DEFAULT,
    folder: str | Path | None = None,
    resume: bool = False,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Solve a case for many draws of its figures, and for levels of some of them.

    Parameters
    ----------
    case : Case
        The question.
    draws : int or None
        How many draws, each of every figure by its grade of confidence.  0: figures as stated.  None: 10,000, or 200
        where builds, security or futures are built anew for each; with levels, 0.
    over : mapping of str to sequence, or None
        A grid: from a path, as :meth:`Case.set` takes it, to its values; each joined with each, and with every draw.
    levels : path, DataFrame or iterable of mapping, or None
        A list instead of a grid: a row a level, columns are paths; a blank leaves a figure as it is.
    design : {'independent', 'latin', 'sobol'}
        Independent draws, a Latin hypercube, or scrambled Sobol points (their number a power of 2).
    seed : int
        The same seed gives the same draws.
    ask : str or sequence of str
        What is asked of each plan, as :meth:`Compiled.solve_many` names it; 'default' stands for netback, exports, and
        volume and share of each corridor, market and transit country.
    folder : str, Path or None
        Where the dataset is kept, chunk by chunk; None: nowhere.
    resume : bool
        Go on with what a run before left in the folder.
    workers : Workers or None
        Who solves; None: this process.  The dataset is the same, to the byte.
    progress : callable or None
        It is told the rows done, and all.

    Returns
    -------
    Sweep
        The dataset, and tables of it.

    Raises
    ------
    UsageError
        Something is asked that the case does not have, a path leads nowhere, the design is not for this number of
        draws, or the folder has another sweep, or a run at work in it, or cannot be written.
    DataError
        A level is out of its range, or the table of levels cannot be read.
    InfeasibleError, UnboundedError
        Every level contradicts itself, or exports are held and even without the caps there is no plan.
    VerificationError
        A draw that was solved anew, for a check, has another answer.

    Examples
    --------
    >>> import energy_routes as er
    >>> found = er.sweep(er.load("oil-2024"), 20, seed=7)
    >>> int(found.without_plan["draws"].sum()) < 20
    True
    """
    experiment = experiment_of(case, draws, over=over, levels=levels, design=design, seed=seed, ask=ask)
    return run(experiment, folder, resume=resume, workers=workers, progress=progress)


def run(
    experiment: Experiment,
    folder: str | Path | None = None,
    *,
    resume: bool = False,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Solve an experiment, as :func:`sweep` does.  Raises the errors of it."""
    place = TemporaryDirectory(prefix="energy-routes-") if folder is None else nullcontext(folder)
    with place as name, opened(Path(name)) as kept:
        return Sweep(experiment, _dataset(experiment, kept, resume, workers or Here(), progress or silent))


def experiment_of(
    case: Case,
    draws: int | None = None,
    *,
    over: Mapping[str, Sequence[float | str | bool]] | None = None,
    levels: str | Path | pd.DataFrame | Iterable[Changes] | None = None,
    design: str = "independent",
    seed: int = 1,
    ask: str | Sequence[str] = DEFAULT,
) -> Experiment:
    """What :func:`sweep` solves, checked.  Raises the errors of it."""
    rows = levels_of(over, levels)
    if draws is None:
        draws = 0 if rows else DRAWS if case.policy.plain else BUILT
    asked = (ask,) if isinstance(ask, str) else tuple(ask)
    check_list("ask", asked)
    experiment = Experiment(case, draws, seed, design, rows or ({},), asked)
    _ = experiment.measures, experiment.sampler  # what is wrong with the call is told before anything is written
    return experiment


def replay(experiment: Experiment, row: int, folder: str | Path | None = None) -> pd.DataFrame:
    """One row of a sweep, solved again; it must be, to the bit, that of the dataset in a folder, where one is given.

    Raises UsageError where there is no such row, or the folder has another sweep or none; DataError where its dataset
    is damaged; VerificationError where the row is another.
    """
    if not 0 <= row < len(experiment):
        raise UsageError(f"row {row}: the sweep has rows 0 to {len(experiment) - 1}")
    again: pd.DataFrame = solved(experiment, Chunk(0, row, row + 1)).to_pandas()
    if folder is None:
        return again
    with opened(Path(folder)) as kept:
        kept.begin(experiment.record, resume=True)
        before = read(kept.dataset).slice(row, 1).to_pandas()
    unlike = [str(name) for name in again if not again[name].equals(before[name])]
    if unlike:
        raise VerificationError(f"row {row} of {folder} is not what it is solved to now: {', '.join(unlike)}. Another "
                                "platform gives other last digits; else the dataset was changed")
    return again


def why_no_plan(experiment: Experiment, row: int) -> str:
    """Which limits must give way in a row without a plan; empty where it has one after all."""
    one, = experiment.rows(row, row + 1)
    try:
        solve(one.case)
    except InfeasibleError as why:
        return str(why)
    return ""


def _dataset(
    experiment: Experiment, folder: Folder, resume: bool, workers: Workers, progress: Progress
) -> pd.DataFrame:
    """The dataset, whose missing chunks are solved and kept."""
    import pyarrow as pa

    folder.begin(experiment.record, resume=resume)
    tables = folder.kept(experiment.chunks, schema_of(experiment))
    left = [chunk for chunk in experiment.chunks if chunk.number not in tables]
    done, rows = sum(table.num_rows for table in tables.values()), len(experiment)
    progress(done, rows)
    with closing(workers.run(solved, experiment, left)) as results:
        for number, table in results:
            folder.keep(number, table)
            tables[number] = table
            done += table.num_rows
            progress(done, rows)
    whole = [tables[chunk.number] for chunk in experiment.chunks]
    folder.finish(whole)
    data: pd.DataFrame = pa.concat_tables(whole).to_pandas()
    return data
