"""Who gets the charge of each lane: first what payees take out of it, then the shares of what is left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from energy_routes.formulation.space.axes import lane_figures, rows_of
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Index, Vector, codes_of, numbered, pairs, places
from energy_routes.network import in_term
from energy_routes.pack import means, months_of


class Payees(NamedTuple):
    """Rows of ``table`` (that of ``payees``, with the ``arc``) and what they get.

    ``part``: of the charge of the lane ``lane`` the row ``row`` gets this part, three vectors of equal length.
    ``share``: of what else is paid to the line, such as deficiencies, shape (rows, periods).  What is missing to 1 goes
    to payees that are not sourced.
    """

    table: pd.DataFrame
    row: Index
    lane: Index
    part: Vector
    share: Vector


def payees(space: Space) -> Payees:
    """Who is paid for the lanes of a case, by the shares that hold in each month."""
    network, months = space.case.network.unrecorded, months_of(space.case.periods)
    table = network.tables["payees"].assign(arc=lambda t: t["target"].str.removeprefix("arc:"))
    holds = in_term(network, months, "payees") > 0
    share, taken = (np.where(holds, np.nan_to_num(network.resolve("payees", column, months)), 0.0)
                    for column in ("share", "charge"))  # fmt: skip
    labels, periods = space.flow.axis.labels, space.case.periods
    lanes = labels.only("arc", "commodity", "basis").each_once("arc", "commodity")
    charge = lane_figures(network, lanes, rows_of(network.ids("arcs"), lanes["arc"]), months)["charge"]
    lane, row = pairs(*numbered([lanes["arc"]], [codes_of(table["arc"].tolist())]))
    asked = np.zeros_like(charge)
    np.add.at(asked, lane, taken[row])
    with np.errstate(divide="ignore", invalid="ignore"):
        paid = np.where(asked > charge, charge / asked, 1.0)  # the part of the charges that the tariff has room for
        got = taken[row] * paid[lane] + share[row] * np.maximum(charge - asked, 0.0)[lane]
        part = np.nan_to_num(means(got, periods) / means(charge, periods)[lane])
    own = places(labels.numbers("arc", "commodity"), lanes.numbers("arc", "commodity"))
    when = rows_of((period.label for period in periods), labels["period"])
    at, pair = pairs(own, lane)
    return Payees(table, row[pair], at, part[pair, when[at]], means(share, periods))
