"""How risky the countries are that a route crosses: the pack's table ``risk``, and what it makes of a path.

A route that crosses several countries fails when one of them does: risk = 1 − Π_k (1 − r_k), the countries taken as
independent (the weakest-link reading, max r_k, is lower).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.indicators import transit_risk

NONE = "none"  # the transit set of routes that cross no third country


def weights_of_sets(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Risk (0–1) of each transit set of a pack.  Raises UsageError naming every country without a figure."""
    known = dict(zip(tables["risk"]["country"], tables["risk"]["risk"].astype(float), strict=True))
    groups = tables["groups"]
    sets = list(groups.loc[groups["kind"] == "transit_set", "group"])
    missing = sorted({country for name in sets for country in countries_of(name)} - set(known))
    if missing:
        raise UsageError(
            f"risk.csv has no risk of {', '.join(missing)}: an HHI weighted by risk needs every country that a route "
            "crosses; add a row for each, with its source"
        )
    return {name: transit_risk([known[country] for country in countries_of(name)]) for name in sets}


def known_weights(tables: Mapping[str, pd.DataFrame]) -> dict[str, float] | None:
    """Risk of each transit set where the pack has a figure for every country crossed; else None."""
    try:
        return weights_of_sets(tables) if len(tables["risk"]) else None
    except UsageError:
        return None


def countries_of(name: str) -> list[str]:
    """The countries of a transit set: ``"AZ+GE+TR"``; none of ``"none"``."""
    return [] if name == NONE else name.split("+")
