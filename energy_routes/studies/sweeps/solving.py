"""A chunk of a sweep solved: a table with a row a draw; some rows are solved cold as well, and must agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from energy_routes.case import Case
from energy_routes.errors import VerificationError
from energy_routes.linear import Vector
from energy_routes.solving import solve
from energy_routes.studies.sweeps.dataset import schema_of, table_of
from energy_routes.studies.sweeps.experiment import Experiment
from energy_routes.studies.sweeps.workers.workers import Chunk

if TYPE_CHECKING:
    import pyarrow as pa

COLD = 10  # chunks of which the first row with a plan is solved cold, too
AGREE = 1e-6  # of max(1, |number|): how far the two may be apart


def solved(experiment: Experiment, chunk: Chunk) -> pa.Table:
    """The rows of a chunk.

    Raises VerificationError where a row that is solved cold has another answer.
    """
    told = []
    cold = chunk.number % math.ceil(len(experiment.chunks) / COLD) == 0
    for row, level, draw, case, inputs in experiment.rows(chunk.start, chunk.stop):
        status, reason, *values = experiment.compiled.told(case, experiment.measures)
        if cold and status == "optimal":
            _compare(experiment, case, row, np.array(values))
            cold = False
        told.append((row, level, draw, status, reason, *experiment.written[level], *inputs, *values))
    return table_of(told, schema_of(experiment))


def _compare(experiment: Experiment, case: Case, row: int, warm: Vector) -> None:
    """Solve a row anew, from nothing.  Raises VerificationError where it has another answer."""
    cold = np.array(experiment.measures.of_plan(solve(case)))
    apart = np.abs(warm - cold) / np.maximum(1.0, np.abs(cold))
    apart[np.isnan(warm) & np.isnan(cold)] = 0.0
    if not (apart <= AGREE).all():
        worst = int(np.argmax(np.nan_to_num(apart, nan=np.inf)))
        raise VerificationError(
            f"row {row} of the sweep of {case.name}: {experiment.answers[worst]} is {warm[worst]:.12g} from the "
            f"stored basis and {cold[worst]:.12g} solved anew; expected the same to {AGREE:g}. This is a fault of "
            "energy-routes."
        )
