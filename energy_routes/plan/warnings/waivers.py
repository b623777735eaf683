"""What force majeure waives: commitments on an arc that is not whole, and the money that is not owed for them."""

from __future__ import annotations

import pandas as pd

from energy_routes.formulation import Space


def waivers(space: Space, flows: pd.DataFrame) -> pd.DataFrame:
    """Of each ``contract``: the ``volume`` waived (Mt or bcm, in ``unit``), and the ``money`` not owed for it (MUSD).

    Money is the charge on what is not shipped of the whole commitment, less that on what is not shipped of the part
    that still binds, at the plan's own ``flows``; 0 for a minimum, out of which nothing buys.
    """
    due = space.deficiency.axis.frame
    terms = space.contract_terms.frame[["contract", "arc", "commodity", "period"]]
    moved = terms.merge(flows[["arc", "commodity", "period", "volume"]], on=["arc", "commodity", "period"])
    shipped = moved.groupby(["contract", "period"])["volume"].sum()
    done = pd.Series([float(shipped.get(key, 0.0)) for key in zip(due["contract"], due["period"], strict=True)],
                     dtype=float)  # fmt: skip
    whole, left = (due[name].reset_index(drop=True) for name in ("nominal", "volume"))
    owed = (whole - done).clip(lower=0.0) - (left - done).clip(lower=0.0)
    pays = (due["kind"] == "ship_or_pay").reset_index(drop=True)
    out = pd.DataFrame({
        "contract": due["contract"].to_numpy(),
        "volume": (whole - left).to_numpy(),
        "money": (owed * due["charge"].reset_index(drop=True)).where(pays, 0.0).to_numpy(),
        "unit": list(due["family"].map(space.case.network.units("volume"))),
    })  # fmt: skip
    return out.groupby(["contract", "unit"], as_index=False, sort=False)[["volume", "money"]].sum()
