"""What force majeure waives: commitments on an arc that is not whole, and the money that is not owed for them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.formulation import Space
from energy_routes.linear import Vector, positions
from energy_routes.plan.price_table import clean


def waivers(space: Space, x: Vector) -> pd.DataFrame:
    """Of each ``contract``: the ``volume`` waived (Mt or bcm, in ``unit``), and the ``money`` not owed for it (MUSD).

    Money is the charge on what is not shipped of the whole commitment, less that on what is not shipped of the part
    that still binds, at the plan ``x``; 0 for a minimum, out of which nothing buys.
    """
    due, terms = space.deficiency.axis, space.contract_terms
    moved = clean(space.flow.value(x))[positions(terms, space.flow.axis, space.flow.axis.keys)]
    shipped = np.bincount(positions(terms, due, due.keys), weights=moved, minlength=len(due))
    whole, left = due.data("nominal"), due.data("volume")
    owed = np.maximum(whole - shipped, 0.0) - np.maximum(left - shipped, 0.0)
    pays = (due.frame["kind"] == "ship_or_pay").to_numpy(dtype=bool)
    out = due.frame[["contract"]].assign(
        unit=due.frame["family"].map(space.case.network.units("volume")),
        volume=whole - left,
        money=np.where(pays, owed * due.data("charge"), 0.0),
    )
    return out.groupby(["contract", "unit"], as_index=False, sort=False)[["volume", "money"]].sum()
