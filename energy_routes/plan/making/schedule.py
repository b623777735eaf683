"""The schedule of a plan: which supply goes which way to which buyer in which month, as a transport desk keeps it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from energy_routes.plan.columns import totals, units, words
from energy_routes.plan.flow_tracing import DUST, Path, drawn
from energy_routes.plan.making.routes import corridor_of
from energy_routes.plan.solved import Solved

HOME, STORE, TRANSIT, OTHER = "home", "store", "transit", "other"
COLUMNS = ["period", "family", "supply", "shipper", "commodity", "direction", "buyer", "export", "volume", "unit"]


def schedule_table(of: Solved) -> pd.DataFrame:
    """One row a supply, direction, buyer and period: the volume lifted for it, Mt (bcm).

    ``direction`` is the corridor that it leaves by, ``home`` for what is delivered or sold at home, ``transit`` for
    what is carried for others, ``store`` for what is left in a tank at the end.  What tracing did not follow to its
    end is ``other``: a supply's rows add up to what it lifts.
    """
    tables, grades = of.space.case.network.tables, of.space.case.network.family_of("commodities")
    stores = set(tables["storages"]["id"])
    exported = set(tables["markets"].loc[tables["markets"]["export"].astype(bool), "id"])

    def direction(path: Path) -> str:
        if path.market in stores:
            return STORE
        if path.origin in of.called.transit:
            return TRANSIT
        if path.market not in exported:
            return HOME
        return corridor_of(of.called, path.arcs) or OTHER

    keys = [(path.period, path.origin, path.commodity, direction(path), path.market) for path in of.paths.rows]
    found, volumes = totals(keys, of.paths.volume)
    rows = [*zip(found, volumes.tolist(), strict=True), *_rest(of)]
    rows.sort(key=lambda row: (grades[row[0][2]], row[0][1], *row[0][3:], row[0][0]))
    labels = pd.DataFrame([key for key, _ in rows], columns=["period", "supply", "commodity", "direction", "buyer"])
    family = words(labels["commodity"], grades)
    return labels.assign(
        family=family,
        shipper=words(labels["supply"], of.called.shipper),
        export=labels["buyer"].isin(exported),
        volume=np.array([volume for _, volume in rows], dtype=float),
        unit=units(of.space, family),
    )[COLUMNS]


def _rest(of: Solved) -> Iterator[tuple[tuple[str, str, str, str, str], float]]:
    """What each supply (or tank) gives in a period beyond the paths that were followed."""
    space, found = of.space, of.paths
    keys, sums = totals([(path.period, path.origin, path.commodity) for path in found.rows], found.volume)
    told = dict(zip(keys, sums.tolist(), strict=True))
    given = ((space.lifted.axis, "supply", space.lifted.value(of.x)), (space.stock.axis, "storage", drawn(space, of.x)))
    for axis, source, volumes in given:
        labels = zip(*(axis.frame[column] for column in ("period", source, "commodity")), strict=True)
        for key, volume in zip(labels, volumes.tolist(), strict=True):
            if volume - told.get(key, 0.0) > DUST:
                yield (*key, OTHER, ""), volume - told.get(key, 0.0)
