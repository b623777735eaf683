"""Colours, widths and type of the maps: one place for every constant that a reader can see.

Hue tells the family (its tones stand with it, in ``pack/units/families.py``), lightness the utilisation, width the
flow.  The palette was checked for colour-blind readers; where two colours come close (bottleneck and dark oil), shape
and text carry the difference.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Final, cast

import numpy as np

from energy_routes.answer import Words
from energy_routes.pack import GAS, OIL, Family

PICTURES: Final = (".png", ".svg", ".pdf")  # files that matplotlib writes

SEA: Final = "#dbe7ee"
LAND: Final = "#f7f5f0"
HOME_LAND: Final = "#fffdf6"
BORDER: Final = "#cfc9bc"
HOME_BORDER: Final = "#9c9482"
INK: Final = "#1c2733"
MUTED: Final = "#5b6773"
SHORE: Final = "#7f9fb3"
SEA_NAME: Final = "#44687f"
COUNTRY_NAME: Final = "#706959"
BOTTLENECK: Final = "#aa3377"
IDLE: Final = "#7d8791"
UNCAPPED: Final = "#8a7263"
HALO: Final = "#ffffff"

UTILISATION_STEPS: Final = (0.50, 0.80, 0.95)
WARM: Final = OIL.ramp  # for drawings that are about no family, too
COOL: Final = GAS.ramp

# Less and more, light and dark (ColorBrewer PRGn); nothing changed.
LESS: Final = ("#af8dc3", "#762a83")
MORE: Final = ("#7fbf7b", "#1b7837")
STILL: Final = "#b9bfc6"
STILL_PT: Final = 0.8
CHANGE_BASE_PT: Final = 0.9
CHANGE_PT: Final = 6.6  # added for the largest change; the page's legend gives its number

BAND_OPACITY: Final = 0.17
BASE_PT: Final = 0.8
PT_PER_MONTHLY: Final = 1.55
BINDING_UTILISATION: Final = 0.985
BINDING_PRICE: Final = 0.005
FLOW_FLOOR: Final = 1e-3

# It comes with matplotlib, under its own licence, and has every letter of the three languages: a figure is the same on
# every machine.  In an SVG, whose reader may lack it, another follows that is as wide.
FONT: Final = "DejaVu Sans"
AS_WIDE: Final = "Verdana"


def width(per_month: float) -> float:
    """Stroke of a flow (or capacity) in Mt or bcm a month, points; linear, the same on every map."""
    return BASE_PT + PT_PER_MONTHLY * per_month


def colour(family: Family, utilisation: float) -> str:
    """Colour of a flow; a lane without a capacity has no utilisation and gets a neutral tone."""
    if np.isnan(utilisation):
        return UNCAPPED
    return family.ramp[int(np.searchsorted(UTILISATION_STEPS, utilisation, side="right"))]


def steps_told(words: Words) -> tuple[str, ...]:
    """The steps of utilisation in words: '< 50 %', '50–80', '80–95', '≥ 95 %'."""
    low, middle, high = (f"{100 * share:.0f}" for share in UTILISATION_STEPS)
    return (words("legend.below", high=low), words("legend.between", low=low, high=middle),
            words("legend.between", low=middle, high=high), words("legend.above", low=high))


def drawing(*, lacking: bool = True) -> AbstractContextManager[None]:
    """Matplotlib's settings while a figure is drawn and saved; ``lacking``: its reader may lack our font.

    Text has the outlines that the layout measured (no hinting), stays text in SVG and PDF, and the same plan gives
    the same bytes.
    """
    import matplotlib as mpl

    settings = {
        "font.family": [FONT, "sans-serif"] if lacking else [FONT], "font.sans-serif": [FONT, AS_WIDE],
        "text.hinting": "none", "text.parse_math": False,  # a '$' in a name is a '$'
        "svg.fonttype": "none", "svg.hashsalt": "energy-routes", "pdf.fonttype": 42, "path.simplify": True,
    }  # fmt: skip
    return mpl.rc_context(cast(Any, settings))
