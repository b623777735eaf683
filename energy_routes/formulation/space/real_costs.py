"""What moving a unit over each lane really costs: published, or a share of its charge; capital that is sunk apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from energy_routes.case import opened_by_options
from energy_routes.errors import UsageError
from energy_routes.formulation.space.axes import lane_figures, rows_of
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Labels, Vector, places
from energy_routes.network import Network, in_term
from energy_routes.pack import Period, means, months_of

TOLD = 5  # arcs named in an error
UNPUBLISHED = (0.10, 0.40)  # of the tariff, between which a real cost lies that nobody publishes
End: TypeAlias = Literal["share", "low", "high"]  # of the band of an estimated share


def real_costs(space: Space, share: float | None = None) -> Vector:
    """What moving one unit over each lane really costs, which no case that is solved counts.

    Parameters
    ----------
    space : Space
        The lanes of a case, with its edits.
    share : float, optional
        0 to 1: the share of the charge that is taken where the table ``operating`` has only an estimate with a band,
        or no row.

    Returns
    -------
    ndarray of float, shape (lanes,)
        USD/t (USD/1000 m³) of inlet volume, aligned with ``space.flow.axis``.

    Raises
    ------
    UsageError
        The share is not from 0 to 1; or the pack does not say what an arc with a charge costs, and no share is given.
    """
    costs = known_costs(space, share)
    if np.isnan(costs).any():
        arcs = list(dict.fromkeys(space.flow.axis.labels.take(np.isnan(costs)).words("arc").tolist()))
        more = f" and {len(arcs) - TOLD} more" if len(arcs) > TOLD else ""
        raise UsageError(f"operating: no row says what moving a unit over {', '.join(arcs[:TOLD])}{more} really costs; "
                         "expected one of each arc, or of its mode. Add rows to the table operating, or give a share "
                         "of the tariff that stands for it (--operating-share 0.25).")
    return costs


def known_costs(space: Space, share: float | None = None, end: End = "share") -> Vector:
    """The same, NaN where it is not known; ``end``: at the least or the most that an estimated share may be.

    Raises UsageError for a share that is not from 0 to 1.
    """
    if share is not None and not 0 <= share <= 1:
        raise UsageError(f"operating share {share}: expected a share of the tariff from 0 to 1, such as 0.25")
    periods, labels = space.case.periods, space.flow.axis.labels
    network = space.case.network.unrecorded
    lanes = labels.only("arc", "commodity", "family", "mode", "basis").each_once("arc", "commodity")
    costs = means(_by_month(network, lanes, months_of(periods), share, end), periods)
    lane = places(labels.numbers("arc", "commodity"), lanes.numbers("arc", "commodity"))
    found: Vector = costs[lane, rows_of((period.label for period in periods), labels["period"])]
    return found


def _by_month(
    network: Network, lanes: Labels, months: Sequence[Period], share: float | None, end: End
) -> Vector:
    """Shape (lanes, months): a row of the mode, over it one of the arc; an arc that an option opens costs its charge.

    Such an arc pays for operation only, because its capital is counted among builds.
    """
    charge = lane_figures(network, lanes, rows_of(network.ids("arcs"), lanes["arc"]), months)["charge"]
    costs = np.where(charge == 0, 0.0, np.nan if share is None else share * charge)
    table = network.tables["operating"]
    stated, part, at_end = (network.resolve("operating", column, months) for column in ("cost", "share", end))
    part = np.where(np.isnan(at_end), part, at_end)
    banded = table["low"].notna().to_numpy(dtype=bool)
    holds = in_term(network, months, "operating") > 0
    rows = list(zip(table["target"].tolist(), table["family"].tolist(), strict=True))
    for row in sorted(range(len(rows)), key=lambda at: rows[at][0].startswith("arc:")):
        target, family = rows[row]
        word, _, name = target.partition(":")
        here = (lanes.has(word, name) & lanes.has("family", family))[:, None] & holds[row]
        own = share if share is not None and banded[row] else part[row]
        costs = np.where(here, np.where(np.isnan(stated[row]), own * charge, stated[row]), costs)
    opened = lanes.has("arc", *opened_by_options(network.edits, "tariff"))  # their tariff is of operation alone
    return np.where(opened[:, None], charge, costs)
