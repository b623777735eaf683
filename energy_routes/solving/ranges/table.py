"""The table of ranges: a row a volume, period and band, with the least and the most of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from energy_routes.errors import LimitError
from energy_routes.plan import RANGES, TOTAL, apart, clean
from energy_routes.solving.ranges.bands import OPTIMUM, Band, default_bands
from energy_routes.solving.ranges.marks import marked
from energy_routes.solving.ranges.near import DUST, Near, Optimum
from energy_routes.solving.ranges.shares import share_ends
from energy_routes.solving.ranges.volumes import Volumes, volumes

log = logging.getLogger(__name__)

ROUTE = "route"


def range_table(
    optimum: Optimum, routes: Callable[[], pd.DataFrame], bands: Sequence[Band], *, by_period: bool = False,
    free: bool = False,
) -> pd.DataFrame:
    """The ranges of every volume in each band, and the most of each route; see :func:`energy_routes.ranges`.

    With ``free`` builds routes are not looked at.
    """
    of = volumes(optimum.space, optimum.program.shape[1], by_period=by_period)
    parts = [_ends(optimum, of, band, free=free) for band in bands]
    parts += [] if free else _routes(optimum, routes(), bands)
    return _told(optimum, pd.concat(parts, ignore_index=True))


def default_ranges(optimum: Optimum, routes: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """The ranges in the bands that are told where none is asked for."""
    return range_table(optimum, routes, default_bands(optimum.space.case, optimum.exports))


def undetermined(optimum: Optimum) -> pd.DataFrame:
    """The rows of the table at the optimum whose ends lie apart; routes are not looked at.

    Where the time limit is reached first there are none, and that is logged.
    """
    of = volumes(optimum.space, optimum.program.shape[1], by_period=False)
    try:
        ends = _ends(optimum, of, Band(OPTIMUM, 0.0), free=False)
    except LimitError:
        log.warning("the time limit was reached before it was known which volumes could be otherwise")
        return pd.DataFrame(columns=list(RANGES))
    return apart(_told(optimum, ends))


def _ends(optimum: Optimum, of: Volumes, band: Band, *, free: bool) -> pd.DataFrame:
    """The ends of volumes and of their shares in a band."""
    near = Near(optimum, band.loss, free=free)
    low, high = near.ends(of.weights)
    share_low, share_high = share_ends(near, of, low, high)
    x = optimum.solution.x
    volume, whole = of.weights @ x, np.append(of.wholes @ x, np.nan)[of.whole]
    share = np.divide(volume, whole, out=np.full(len(volume), np.nan), where=whole > DUST)
    return of.labels.assign(within=band.name, loss=band.loss, volume=clean(volume), low=low, high=high, share=share,
                            share_low=share_low, share_high=share_high, gap=near.gap)  # fmt: skip


def _routes(optimum: Optimum, routes: pd.DataFrame, bands: Sequence[Band]) -> list[pd.DataFrame]:
    """The most of each route in each band; it has no least."""
    extra, wells = marked(optimum.space, routes, optimum.program.shape[1])
    used = np.diff(wells.indptr) > 0
    routes, wells = routes[used], wells[used]
    ids = [";".join(filter(None, row)) for row in zip(routes["origin"], routes["arcs"], routes["market"], strict=True)]
    labels = routes[["family", "commodity", "volume"]].assign(kind=ROUTE, id=ids, name=routes["route"], period=TOTAL)
    nothing = dict.fromkeys(("low", "share", "share_low", "share_high"), np.nan)
    out = []
    for band in bands:
        near = Near(optimum, band.loss, extra=extra)
        most = [near.end(well.toarray().ravel(), "max")[0] for well in wells]
        out.append(labels.assign(within=band.name, loss=band.loss, high=most, gap=0.0, **nothing))
    return out


def _told(optimum: Optimum, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that are proved, with their units, the bands of a volume together."""
    units = optimum.space.case.network.units("volume")
    proved = frame["high"].notna() & (frame["low"].notna() | (frame["kind"] == ROUTE))
    return frame.assign(unit=frame["family"].map(units)).loc[proved, list(RANGES)].reset_index(drop=True)
