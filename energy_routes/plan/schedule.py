"""The schedule of a plan: which supply goes which way to which buyer in which month, as a transport desk keeps it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from energy_routes.formulation import Space
from energy_routes.linear import Vector
from energy_routes.network import Names
from energy_routes.plan.flow_tracing import Path, drawn_by_period

HOME, STORE, TRANSIT, OTHER = "home", "store", "transit", "other"
COLUMNS = ["period", "family", "supply", "shipper", "commodity", "direction", "buyer", "export", "volume", "unit"]


def schedule_of(space: Space, x: Vector, found: Sequence[Path]) -> pd.DataFrame:
    """One row a supply, direction, buyer and period: the volume lifted for it, Mt (bcm).

    ``direction`` is the corridor that it leaves by, ``home`` for what is delivered or sold at home, ``transit`` for
    what is carried for others, ``store`` for what is left in a tank at the end.  What tracing did not follow to its
    end is ``other``: a supply's rows add up to what it lifts.
    """
    tables = space.case.network.tables
    called = Names(tables)
    corridors = called.corridor_of_arc
    stores = set(tables["storages"]["id"])
    exported = set(tables["markets"].loc[tables["markets"]["export"].astype(bool), "id"])

    def direction(path: Path) -> str:
        if path.market in stores:
            return STORE
        if path.origin in called.transit:
            return TRANSIT
        if path.market not in exported:
            return HOME
        return next((str(corridors[arc]) for arc in path.arcs if arc in corridors), OTHER)

    keys = ["period", "supply", "commodity", "direction", "buyer"]
    rows = [(p.period, p.origin, p.commodity, direction(p), p.market, p.volume) for p in found]
    frame = pd.DataFrame(rows, columns=[*keys, "volume"]).astype(dict.fromkeys(keys, object) | {"volume": float})
    frame = frame.groupby(keys, as_index=False, sort=False)[["volume"]].sum()
    frame = pd.concat([frame, _rest(space, x, frame)], ignore_index=True)
    family = dict(zip(tables["commodities"]["id"], tables["commodities"]["family"], strict=True))
    frame = frame.assign(
        family=frame["commodity"].map(family),
        shipper=frame["supply"].map(called.shipper),
        export=[buyer in exported for buyer in frame["buyer"]],
        unit=frame["commodity"].map(family).map(space.case.network.units("volume")),
    )
    return frame[COLUMNS].sort_values(["family", "supply", "direction", "buyer", "period"], ignore_index=True)


def _rest(space: Space, x: Vector, frame: pd.DataFrame) -> pd.DataFrame:
    """What each supply (or tank) gives in a period beyond the rows found."""
    keys = ["period", "supply", "commodity"]
    lifted = space.lifted.axis.frame[keys].assign(volume=space.lifted.value(x))
    drawn = pd.DataFrame(drawn_by_period(space, x), columns=[*keys, "volume"]).astype({"volume": float})
    given = pd.concat([lifted, drawn], ignore_index=True)
    told = frame.groupby(keys, as_index=False)[["volume"]].sum().rename(columns={"volume": "told"})
    rest = given.merge(told, on=keys, how="left")
    volume = rest["volume"] - rest["told"].fillna(0.0)
    rest = rest[keys].assign(direction=OTHER, buyer="", volume=np.maximum(volume, 0.0))
    return rest[rest["volume"] > 1e-9]
