"""Countries shaded by a number: a map of who gets what, in axes that run in points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, to_hex
from matplotlib.patches import PathPatch

from energy_routes.answer import Words
from energy_routes.maps.data import style
from energy_routes.maps.data.projection import View
from energy_routes.maps.figure.basemap import draw_ground, outlines
from energy_routes.maps.figure.panel import sheet_of
from energy_routes.maps.figure.text.labels import Box, Placer, text_size

LEAST, TINT = 1e-4, "YlGnBu"  # a country below this share of the largest is not shaded
SIZE = 8.0


def shade_countries(ax: Axes, values: Mapping[str, float], told: Mapping[str, str], lang: str = "en") -> Axes:
    """Shade each country (ISO code) by its value, the colours by powers of ten, with its text beside its name.

    A country without a value, or one that is small beside the largest, keeps the colour of the ground.
    Raises UsageError for an unknown language, and when the axes belong to no figure.
    """
    words, bounds = Words.of(lang), ax.get_window_extent()
    points = 72.0 / sheet_of(ax).dpi
    view = View.fit(bounds.width * points, bounds.height * points)
    ax.set(xlim=(0, view.width), ylim=(0, view.height), xticks=[], yticks=[])
    draw_ground(ax, view, None, words)
    most = max(values.values(), default=0.0)
    shaded = {code: value for code, value in values.items() if value > LEAST * most}
    shades = LogNorm(max(min(shaded.values()), LEAST * most), most) if len(shaded) > 1 else None
    for code, path in outlines(words, view):
        if code in shaded:
            part = 0.75 * float(shades(shaded[code])) + 0.1 if shades else 0.85
            face = to_hex(colormaps[TINT](part))
            ax.add_patch(PathPatch(path, facecolor=face, edgecolor=style.BORDER, linewidth=0.6, zorder=1.15))
    _tell(ax, view, told, words)
    return ax


def _tell(ax: Axes, view: View, told: Mapping[str, str], words: Words) -> None:
    """The name and the text of each country, where the ground has its name; others are named in the left corner."""
    places = {row["name"]: (float(row["lon"]), float(row["lat"])) for row in words.labels() if row["kind"] == "country"}
    placer, away = Placer(view.frame(-3.0), []), []
    for code, text in told.items():
        name = words.country(code)
        lines = f"{name}\n{text}"
        spot = view.points(np.array([places[name]]))[0] if name in places else None
        width, height = max(text_size(line, SIZE)[0] for line in lines.split("\n")), 2.4 * SIZE
        around = [] if spot is None else [Box.around(spot[0] + dx, spot[1] + dy, width, height)
                                          for dx, dy in ((0, 0), (0, 14), (0, -14), (24, 0), (-24, 0), (24, 14))]
        box = placer.place(around, tolerance=2) if around else None
        if box is None:
            away.append(f"{name}: {text}")
            continue
        ax.text(*box.centre, lines, size=SIZE, ha="center", va="center", zorder=5,
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5})
    if away:
        ax.text(8, 8, "\n".join(away), size=SIZE, ha="left", va="bottom", zorder=5,
                bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 3})
