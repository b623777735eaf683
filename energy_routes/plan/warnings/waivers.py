"""What force majeure waives: commitments on an arc that is not whole, and the money that is not owed for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from energy_routes.linear import positions, summed
from energy_routes.plan.columns import totals
from energy_routes.plan.solved import Solved


class Waiver(NamedTuple):
    """Of a contract the ``volume`` waived (Mt or bcm, in ``unit``), and the ``money`` not owed for it (MUSD)."""

    contract: str
    unit: str
    volume: float
    money: float


def waivers(of: Solved) -> list[Waiver]:
    """What is waived of each contract.

    Money is the charge on what is not shipped of the whole commitment, less that on what is not shipped of the part
    that still binds; 0 for a minimum, out of which nothing buys.
    """
    due, terms, lanes = of.space.deficiency.axis, of.space.contract_terms, of.space.flow.axis
    shipped = summed(positions(terms, due, due.keys), of.moved[positions(terms, lanes, lanes.keys)], len(due))
    whole, left = due.data("nominal"), due.data("volume")
    owed = np.maximum(whole - shipped, 0.0) - np.maximum(left - shipped, 0.0)
    pays = (due.frame["kind"] == "ship_or_pay").to_numpy(dtype=bool)
    unit = of.space.case.network.units("volume")
    own = [(name, unit[family]) for name, family in zip(due.frame["contract"], due.frame["family"], strict=True)]
    named, sums = totals(own, np.column_stack([whole - left, np.where(pays, owed * due.data("charge"), 0.0)]))
    return [Waiver(*key, *amounts) for key, amounts in zip(named, sums.tolist(), strict=True)]
