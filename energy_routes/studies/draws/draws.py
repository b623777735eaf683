"""Figures drawn from their confidence: the same case as it might as well be, again and again.

A draw is nothing but edits.  It is made of independent standard normal numbers, its ``inputs``: one for each factor
that figures move with, one for what each figure has of its own (:mod:`energy_routes.studies.draws.figures`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import ndtri

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.linear import Vector
from energy_routes.network import Edit, Operation
from energy_routes.pack import check_count, data_path, made_of
from energy_routes.studies.draws.figures import Figure, figures_of
from energy_routes.studies.draws.points import points_of

TENTH = 1.2815515655446004  # the 90th percentile of the standard normal
WITH: Mapping[str, tuple[str, ...]] = {"capacity": ("booked",)}  # what moves with a field by the same factor


@dataclass(frozen=True)
class Draw:
    """One draw: its ``index``, the edits that turn the case as stated into it, and the ``values`` that were drawn.

    A value is a factor of a figure (lognormal), or what is added to it in its inner unit (normal); ``inputs`` are the
    standard normal numbers that it is made of.
    """

    index: int
    edits: tuple[Edit, ...]
    values: Vector = field(compare=False, repr=False)
    inputs: Vector = field(compare=False, repr=False)

    def of(self, case: Case) -> Case:
        """The case with the drawn figures laid over it."""
        return replace(case, network=replace(case.network, edits=(*case.network.edits, *self.edits)))


@made_of
class Sampler:
    """Draws of the figures of a case by their grades of confidence.

    Parameters
    ----------
    case : Case
        The case; a number that it sets itself is not drawn.
    seed : int
        The same seed gives the same draws.
    folder : Path or None
        Where spreads.csv and together.csv stand; None: those of the package.
    design : {'independent', 'latin', 'sobol'}
        Independent draws, a Latin hypercube, or scrambled Sobol points.
    draws : int or None
        How many draws there are; a Latin hypercube and Sobol points need it, and for these it is a power of 2.

    Attributes
    ----------
    figures : tuple of Figure
        What is drawn, in the order of the tables of the packs.
    inputs : tuple of str
        What is drawn independently: factors, and each figure's own part.

    Raises
    ------
    UsageError
        A table of spreads has no column for a grade that the pack uses; there is no such design, or not for this number
        of draws.

    Examples
    --------
    >>> import energy_routes as er
    >>> case = er.load("oil-2024")
    >>> drawn = er.Sampler(case, seed=7).draw(4711).of(case)
    """

    def __init__(self, case: Case, seed: int = 1, folder: Path | None = None, *, design: str = "independent",
                 draws: int | None = None) -> None:
        if not 0 <= seed < 2**63:
            raise UsageError(f"seed = {seed}: a whole number from 0 is expected")
        self.seed = seed
        place = folder or data_path("draws")
        spreads = pd.read_csv(place / "spreads.csv").set_index("field")
        together = pd.read_csv(place / "together.csv")
        self.figures: tuple[Figure, ...] = tuple(figures_of(case, spreads, together))
        named = [name for figure in self.figures for name in _moved_by(figure)]
        self.inputs: tuple[str, ...] = tuple(dict.fromkeys(named))
        self._points = points_of(design, self.inputs, seed, draws)

    def normals(self, start: int, stop: int) -> Vector:
        """The inputs of some draws.

        Parameters
        ----------
        start, stop : int
            The first draw, and the one after the last.

        Returns
        -------
        ndarray
            Standard normal numbers, shape (draws, inputs).
        """
        check_count("start", start, 0)
        check_count("stop", stop, start)
        return np.asarray(ndtri(self._points(start, stop)))

    def values(self, start: int, stop: int) -> Vector:
        """What is drawn of each figure.

        Parameters
        ----------
        start, stop : int
            The first draw, and the one after the last.

        Returns
        -------
        ndarray
            Factors, or what is added in the inner unit of the figure, shape (draws, figures).
        """
        return self._values(self.normals(start, stop))

    def _values(self, normals: Vector) -> Vector:
        loadings, width, normal = self._loadings
        z = width * (normals @ loadings)
        return np.asarray(np.where(normal, z, np.exp(z)))

    def draw(self, index: int) -> Draw:
        """One draw, whatever was drawn before.

        Parameters
        ----------
        index : int
            Its number, counted from 0.

        Returns
        -------
        Draw
            ``draw.of(case)`` is the case with its figures.

        Raises
        ------
        UsageError
            The number is below 0.
        """
        return next(self.draws(index, index + 1))

    def draws(self, start: int, stop: int) -> Iterator[Draw]:
        """Several draws, quicker than one at a time.

        Parameters
        ----------
        start, stop : int
            The first draw, and the one after the last.

        Yields
        ------
        Draw
            One after another.

        Raises
        ------
        UsageError
            ``start`` is below 0.
        """
        normals = self.normals(start, stop)
        for index, inputs, values in zip(range(start, stop), normals, self._values(normals), strict=True):
            reason = f"draw {index} of seed {self.seed}"
            drawn = values.tolist()
            edits = [Edit(table, name, field, op, drawn[at], (), reason) for at, table, name, field, op in self._edited]
            yield Draw(index, tuple(edits), values, inputs)

    @cached_property
    def _edited(self) -> tuple[tuple[int, str, str, str, Operation], ...]:
        """What a draw edits: the place of its figure, table, id, field and operation."""
        return tuple((at, figure.table, figure.id, field, "add" if figure.shape == "normal" else "scale")
                     for at, figure in enumerate(self.figures) for field in _fields(figure))

    @cached_property
    def _loadings(self) -> tuple[sparse.csr_array, Vector, Vector]:
        """What a unit of each input adds to each figure's standard normal; its standard deviation; what is added."""
        at = {name: row for row, name in enumerate(self.inputs)}
        moved = [(at[name], column, weight) for column, figure in enumerate(self.figures)
                 for name, weight in _moved_by(figure).items()]
        rows, columns, weights = zip(*moved, strict=True) if moved else ((), (), ())
        loadings = sparse.csr_array((weights, (rows, columns)), shape=(len(self.inputs), len(self.figures)))
        normal = np.array([figure.shape == "normal" for figure in self.figures], dtype=bool)
        spread = np.array([figure.spread for figure in self.figures], dtype=float)
        return loadings, np.where(normal, spread, np.log1p(spread)) / TENTH, normal


def bands(values: Iterable[float]) -> tuple[float, float, float]:
    """(P10, P50, P90) of some draws (linear interpolation between order statistics); NaN where there are none."""
    drawn = np.fromiter(values, dtype=float)
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return (float("nan"),) * 3
    low, middle, high = np.percentile(known, [10, 50, 90])
    return float(low), float(middle), float(high)


def _moved_by(figure: Figure) -> dict[str, float]:
    """The inputs that move a figure: the square root of the variance that each has of it."""
    parts = {figure.own: 1.0 - figure.share, figure.factor: figure.share}
    return {name: part**0.5 for name, part in parts.items() if part > 0.0}


def _fields(figure: Figure) -> tuple[str, ...]:
    """The columns that a draw of a figure changes."""
    return figure.field, *(() if figure.shape == "normal" else WITH.get(figure.field, ()))
