"""A through tariff drawn: what is moved at each charge, and the charges that are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from energy_routes.maps import style
from energy_routes.studies.axes import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = {"with": "-", "without": "--"}
MARKS = {"real cost": (":", style.COOL[0]), "today": ("-.", "black"), "agreed": ((0, (1, 3)), "black"),
         "together": ("-", style.BOTTLENECK)}  # fmt: skip
ROOM = 1.15  # of the picture beyond the highest charge


def draw(demand: pd.DataFrame, charges: pd.DataFrame, title: str, units: tuple[str, str], ax: Axes | None) -> Axes:
    """Steps of volume over the charge, with contracts and without; upright lines at the charges that are told.

    ``units`` are of volume and of charges.
    """
    ax = axes_or_new(ax, 7.0, 4.2)
    heading = f"upright: {units[1]}, {charges['contracts'].iloc[0]} contracts"
    finite = demand["to"][np.isfinite(demand["to"])]
    right = ROOM * max(float(finite.max()) if len(finite) else 1.0, float(charges["charge"].max()), 1e-9)
    for number, (contracts, pieces) in enumerate(demand.groupby("contracts", sort=False)):
        at = np.append(pieces["from"].to_numpy()[:1], np.minimum(pieces["to"].to_numpy(), right))
        ax.stairs(pieces["volume"], at, baseline=None, color=style.COOL[2], linewidth=1.8 - 0.6 * number,
                  linestyle=LINES[str(contracts)], label=f"volume {contracts} contracts")  # fmt: skip
    for what, (line, color) in MARKS.items():
        for at in charges.loc[charges["what"] == what, "charge"].head(1):
            ax.axvline(at, color=color, linestyle=line, linewidth=1.0, label=f"{what}: {at:,.1f}")
    ax.set_xlim(0.0, right)
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel(f"charge at the meter, {units[1]}")
    ax.set_ylabel(f"moved, {units[0]}")
    ax.set_title(title, fontsize=10, loc="left")
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0), title=heading, title_fontsize=8)
    return ax
