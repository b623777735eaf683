"""The fan of a frontier: how sure the optimum is at some values of its lever."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from energy_routes.studies.curves.lever import Lever
from energy_routes.studies.draws.draws import bands
from energy_routes.studies.sweeps.sweep import sweep
from energy_routes.studies.sweeps.workers.workers import Workers

VALUES = 9  # of the lever, evenly from one end of the curve to the other
FAN = ("cap", "p10", "p50", "p90", "draws", "plans")


def fan_of(
    lever: Lever, draws: int, *, seed: int = 1, workers: Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """P10, P50 and P90 of the optimum (MUSD) at values of a lever, over the ``plans`` that ``draws`` have there.

    The draws of each value are the same; the lever's own figure is not drawn.
    """
    rows = []
    for value in np.linspace(lever.start, lever.stop, VALUES) if draws else ():
        found = sweep(lever.at(float(value)), draws, seed=seed, ask="objective", workers=workers)
        known = found.data["objective"].dropna()
        rows.append((float(value), *bands(known), draws, len(known)))
        if progress:
            progress(draws * len(rows))
    return pd.DataFrame(rows, columns=list(FAN))
