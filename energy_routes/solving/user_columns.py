"""What a user's own constraints see: the columns of each variable with the attributes one may filter by."""

from __future__ import annotations

import pandas as pd

from energy_routes.formulation import Space


def views(space: Space) -> dict[str, pd.DataFrame]:
    """Labels and figures of each variable block, aligned with its columns; flows also carry the ``country`` crossed."""
    frames = {block.name: block.axis.table() for block in space.builder.blocks}
    arcs = space.case.network.tables["arcs"].set_index("id")
    lanes = frames["flow"]
    return {
        **frames,
        "flow": lanes.assign(country=lanes["arc"].map(arcs["countries"]), status=lanes["arc"].map(arcs["status"])),
    }
