"""What each player is paid by the plan of today: margins over real costs, beside what the rules would give."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from energy_routes.case import Case
from energy_routes.errors import EnergyRoutesError
from energy_routes.linear import Vector
from energy_routes.plan import margins
from energy_routes.solving import solve
from energy_routes.studies.games.players import JOINED, REST, By

FIELDS = "shipper"  # the kind of payment that a field earns
NOT_SOURCED = "not sourced"  # and that of which it is not known who earns it
NOBODY = -1  # who does not play


@dataclass(frozen=True, eq=False)
class Today:
    """Margins by player as the plan has them, and the least and the most they may be, shape (players,), MUSD.

    ``elsewhere`` goes to holders of states that do not play, ``unsourced`` to payees that are not sourced.  All are NaN
    where the case has no plan.
    """

    value: Vector
    low: Vector
    high: Vector
    elsewhere: float
    unsourced: float


def paid_today(case: Case, by: By, names: Sequence[str], seller: int, asked: set[str], idle: float) -> Today:
    """What the plan of a case pays each player above real cost.

    Fields earn for the seller, to whom what home needs is worth −``idle``, as its coalitions have it.  ``asked`` are
    all whose consent some lane needs: those of them who are not named play as the rest.
    """
    try:
        payments = solve(case).payments
    except EnergyRoutesError:
        none = np.full(len(names), np.nan)
        return Today(none, none, none, np.nan, np.nan)
    place = {part: at for at, name in enumerate(names) for part in name.split(JOINED)}
    place = dict.fromkeys(asked, names.index(REST) if REST in names else NOBODY) | place
    at = np.array([seller if row["kind"] == FIELDS else place.get(paid_to(row, by), NOBODY)
                   for row in payments.to_dict("records")], dtype=int)  # fmt: skip
    ends = margins(payments)
    plays, home = at != NOBODY, -idle * (np.arange(len(names)) == seller)
    value, low, high = (np.bincount(at[plays], end[plays], len(names)) + home for end in ends)
    unsourced = (payments["kind"] == NOT_SOURCED).to_numpy(dtype=bool)
    away = (float(ends[0][~plays & some].sum()) for some in (~unsourced, unsourced))
    return Today(value, low, high, *away)


def paid_to(row: Mapping[Hashable, object], by: By) -> str:
    """Of companies the payee; of states that of the partner, else that of the payee."""
    if by == "ownership":
        return str(row["payee"])
    return str(row["holder_country"] or row["country"])
