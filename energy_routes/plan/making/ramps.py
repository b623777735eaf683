"""Where re-routing is held back after an unforeseen event, with what the plan without it has there."""

from __future__ import annotations

import pandas as pd

from energy_routes.network import group_names
from energy_routes.plan.columns import units
from energy_routes.plan.price_table import clean
from energy_routes.plan.solved import Solved


def ramps_table(of: Solved) -> pd.DataFrame:
    """A row an event, group and month: volume in the ``reference``, the ``ramp`` beyond it, volume in the plan.

    ``month`` counts the months of the event from 1.
    """
    space, over = of.space, of.space.ramps
    called = group_names(space.case.network.packs)
    labels = over.frame[["kind", "group", "family"]].itertuples(index=False, name=None)
    return over.frame.assign(
        name=[called.get(label, label[1]) for label in labels],
        reference=over.data("reference"), ramp=over.data("ramp"),
        volume=clean(space.exposure.spread_to(over).value(of.x)), unit=units(space, over.frame["family"]),
    )  # fmt: skip
