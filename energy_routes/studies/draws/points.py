"""Points of the unit cube that draws are made of: independent, Latin hypercube or Sobol.

Each input of a draw has a stream of its own, made of the seed and its name.  So a point depends neither on the points
before it nor on who makes it, and, but for Sobol points, the same input moves alike whatever else is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args
from zlib import crc32

import numpy as np

from energy_routes.errors import UsageError
from energy_routes.linear import Vector
from energy_routes.pack import offered

Design: TypeAlias = Literal["independent", "latin", "sobol"]
HALF = 2.0**-54  # numbers of a generator are multiples of 2⁻⁵³ from 0 on; with half of one more, none is 0
Points: TypeAlias = Callable[[int, int], Vector]  # of draws from one to before another: (draws, inputs), in (0, 1)


def points_of(design: str, inputs: Sequence[str], seed: int, draws: int | None) -> Points:
    """The points of a design.

    Raises UsageError where there is no such design, or where it needs the number of all draws, or another number.

    References
    ----------
    M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979), doi:10.1080/00401706.1979.10489755.
    A. B. Owen, Scrambling Sobol' and Niederreiter-Xing points, J. Complexity 14 (1998), doi:10.1006/jcom.1998.0487.
    """
    if design not in get_args(Design):
        raise UsageError(f"there is no design {design!r}. {offered(design, get_args(Design))}")
    if design == "independent":
        return lambda start, stop: _independent(inputs, seed, start, stop)
    if draws is None or draws < 1:
        raise UsageError(f"the design {design!r} needs the number of all draws; found {draws!r}")
    if design == "latin":
        whole = _latin(inputs, seed, draws)
        return lambda start, stop: whole[start:stop]
    if draws & (draws - 1):
        low = 2 ** (draws.bit_length() - 1)
        raise UsageError(f"{draws} Sobol points are out of balance: a power of 2 is expected, such as {low} or "
                         f"{2 * low}")
    return lambda start, stop: _sobol(len(inputs), seed, start, stop)


def _independent(inputs: Sequence[str], seed: int, start: int, stop: int) -> Vector:
    out = np.empty((stop - start, len(inputs)))
    for column, name in enumerate(inputs):
        stream = np.random.PCG64(_seeds(seed, name)).advance(start)  # a number of a draw takes one step
        out[:, column] = np.random.Generator(stream).random(stop - start) + HALF
    return out


def _latin(inputs: Sequence[str], seed: int, draws: int) -> Vector:
    """One column after another: the columns of a Latin hypercube are independent permutations."""
    from scipy.stats import qmc  # half a second of each process of a sweep

    out = np.empty((draws, len(inputs)))
    for column, name in enumerate(inputs):
        out[:, column] = qmc.LatinHypercube(1, seed=np.random.default_rng(_seeds(seed, name))).random(draws)[:, 0]
    return out


def _sobol(inputs: int, seed: int, start: int, stop: int) -> Vector:
    from scipy.stats import qmc

    if inputs == 0:
        return np.empty((stop - start, 0))
    engine = qmc.Sobol(inputs, scramble=True, seed=np.random.default_rng(_seeds(seed, "sobol")))
    if start:
        engine.fast_forward(start)
    many = 2 ** (stop - start - 1).bit_length()  # the first of a power of 2, which is what it can balance
    points: Vector = engine.random(many)[: stop - start]
    return np.clip(points, HALF, 1.0 - HALF)


def _seeds(seed: int, name: str) -> np.random.SeedSequence:
    return np.random.SeedSequence([seed, crc32(name.encode())])
