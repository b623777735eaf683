"""What a curve tells of one plan on it: money, volumes out and shut in, and by which routes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from energy_routes.formulation import Space, ledger_terms
from energy_routes.linear import Vector
from energy_routes.plan import Solved, routes_table


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One plan: ``objective`` and cash ``netback`` in MUSD, volumes in Mt (bcm) over the horizon.

    ``exports`` and ``shut_in`` by family; ``lifted``: one number a supply and period, in the order of the space's axis;
    ``routes``: volume of each export route, by its words; ``ways``: the same without the origin.
    ``totals``: by kind of group and family, what its shares are shares of.
    """

    objective: float
    netback: float
    exports: pd.Series[float]
    shut_in: pd.Series[float]
    lifted: Vector
    routes: pd.Series[float]
    ways: pd.Series[float]
    totals: dict[tuple[str, str], float]

    def as_dict(self) -> dict[str, float]:
        """Netback, exports and volume shut in; with several families the volumes of each (they do not add up)."""
        volumes = {"exports": self.exports, "shut_in": self.shut_in}
        if len(self.exports) == 1:
            return {"netback": self.netback} | {name: float(series.sum()) for name, series in volumes.items()}
        return {"netback": self.netback} | {
            f"{name}_{family}": float(volume) for name, series in volumes.items() for family, volume in series.items()
        }


def snapshot(space: Space, x: Vector, objective: float, netback: float) -> Snapshot:
    """The plan of point ``x`` in brief."""
    routes = routes_table(Solved(space, x, ledger_terms(space)))
    out = routes[routes["export"].astype(bool) & (routes["volume"] > 0)]
    left = np.maximum(np.nan_to_num(space.lifted.axis.data("available") - space.lifted.value(x), posinf=0.0), 0.0)
    own = (space.lifted.axis.frame["kind"] == "own").to_numpy(dtype=bool)
    supply = space.lifted.axis.frame[["family"]].assign(shut=np.where(own, left, 0.0))
    sold = space.exports.axis.frame[["family"]].assign(volume=space.exports.value(x))
    total = space.share_totals
    totals = total.axis.frame[["kind", "family"]].assign(volume=total.value(x))
    return Snapshot(
        objective=objective,
        netback=netback,
        exports=sold.groupby("family")["volume"].sum(),
        shut_in=supply.groupby("family")["shut"].sum(),
        lifted=space.lifted.value(x),
        routes=out.groupby("route")["volume"].sum(),
        ways=out.groupby(out["route"].str.replace(r"^.*? → ", "", regex=True))["volume"].sum(),
        totals={
            (str(kind), str(family)): float(volume)
            for kind, family, volume in totals.groupby(["kind", "family"], as_index=False).sum().itertuples(index=False)
        },
    )


def moved(before: pd.Series[float], after: pd.Series[float]) -> pd.Series[float]:
    """Change of each route's volume, Mt (bcm); routes are matched by their words."""
    return after.sub(before, fill_value=0.0)
