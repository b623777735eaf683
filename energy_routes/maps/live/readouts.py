"""What a page reads off a point: each read-out is a sparse sum of columns with a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.formulation import Space, emitted
from energy_routes.linear import Expr
from energy_routes.maps.live.packed import packed
from energy_routes.network import Names


def readouts(space: Space) -> dict[str, Any]:
    """Sums of columns by label and period, in the order label, period.

    ``arc``: volume of each arc.  ``export``, ``home``: of each family.  ``group``: what each group carries
    (``kind:group:family``).  All in Mt (bcm); ``emission`` in kt CO2e.
    """
    labels = [period.label for period in space.case.periods]

    def of(parts: Sequence[tuple[Expr, pd.Series, Any]]) -> dict[str, Any]:
        rows = [pd.DataFrame({"label": names.to_numpy(), "period": expr.axis.frame["period"].to_numpy(),
                              "column": np.asarray(expr.col), "weight": np.broadcast_to(weight, len(names))})
                for expr, names, weight in parts]  # fmt: skip
        table = pd.concat(rows, ignore_index=True)
        table = table[table["label"] != ""]
        names = list(dict.fromkeys(table["label"]))
        place = table["label"].map({name: at for at, name in enumerate(names)}) * len(labels)
        place += table["period"].map({label: at for at, label in enumerate(labels)})
        order = np.argsort(place.to_numpy(), kind="stable")
        counts = np.bincount(place.to_numpy(dtype=np.int64), minlength=len(names) * len(labels))
        return {"labels": names, "start": packed(np.cumsum([0, *counts])),
                "column": packed(table["column"].to_numpy()[order]),
                "weight": packed(table["weight"].to_numpy(dtype=float)[order])}  # fmt: skip

    groups, sold = space.exposure.axis.frame, space.delivered.axis.frame
    inland = sold["family"].where(~sold["export"].astype(bool) & ~sold["market"].isin(others_markets(space)), "")
    at_home = space.home.axis.frame["commodity"].map(space.case.network.family_of("commodities"))
    factors = np.asarray(emitted(space).val, dtype=float)
    return {
        "arc": of([(space.flow, space.flow.axis.frame["arc"], 1.0)]),
        "export": of([(space.exports, space.exports.axis.frame["family"], 1.0)]),
        "home": of([(space.home, at_home, 1.0), (space.delivered, inland, 1.0)]),
        "group": of([(space.exposure, groups["kind"] + ":" + groups["group"] + ":" + groups["family"], 1.0)]),
        "emission": of([(space.flow, pd.Series("all", index=space.flow.axis.frame.index), factors)]),
    }


def others_markets(space: Space) -> set[str]:
    """Markets inland that only others' volumes in transit can be sold at, by their commodities."""
    transit = Names(space.case.network.tables).transit
    supplies = space.lifted.axis.frame
    passing = supplies["supply"].isin(transit)
    own = set(supplies.loc[~passing, "commodity"])
    sold = space.delivered.axis.frame
    by_market = sold.groupby("market")["commodity"].agg(set)
    others = {str(market) for market, commodities in by_market.items() if not commodities & own}
    return others if passing.any() else set()
