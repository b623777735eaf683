"""What force majeure waives: commitments on an arc that is not whole, and the money that is not owed for them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energy_routes.linear import positions, summed
from energy_routes.plan.columns import units
from energy_routes.plan.solved import Solved


def waivers(of: Solved) -> pd.DataFrame:
    """Of each ``contract``: the ``volume`` waived (Mt or bcm, in ``unit``), and the ``money`` not owed for it (MUSD).

    Money is the charge on what is not shipped of the whole commitment, less that on what is not shipped of the part
    that still binds; 0 for a minimum, out of which nothing buys.
    """
    due, terms, lanes = of.space.deficiency.axis, of.space.contract_terms, of.space.flow.axis
    shipped = summed(positions(terms, due, due.keys), of.moved[positions(terms, lanes, lanes.keys)], len(due))
    whole, left = due.data("nominal"), due.data("volume")
    owed = np.maximum(whole - shipped, 0.0) - np.maximum(left - shipped, 0.0)
    pays = (due.frame["kind"] == "ship_or_pay").to_numpy(dtype=bool)
    out = due.frame[["contract"]].assign(
        unit=units(of.space, due.frame["family"]),
        volume=whole - left,
        money=np.where(pays, owed * due.data("charge"), 0.0),
    )
    return out.groupby(["contract", "unit"], as_index=False, sort=False)[["volume", "money"]].sum()
