"""The legend under a map: widths, colours, symbols, and whom to credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energy_routes.maps import style
from energy_routes.maps.layers import DASHES, SWAP, SYMBOLS
from energy_routes.maps.payload import MapData

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SAMPLE_VOLUMES = {"month": (0.5, 2.0, 6.0), "year": (5.0, 20.0, 60.0)}


def sample_volumes(data: MapData) -> tuple[tuple[float, ...], str]:
    """Volumes whose strokes the legend shows, in the span's own unit of time, and that unit in words."""
    unit = " or ".join(style.VOLUME_UNIT[f] for f in data.families) or "Mt"
    span = "month" if data.months < 1.5 else "year"
    return SAMPLE_VOLUMES[span], f"{unit} a {span}"


def draw_legend(ax: Axes, data: MapData, width: float, height: float) -> None:
    """Fill the strip under the map; its axes run in points."""
    ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[])
    ax.axis("off")
    _widths(ax, data, 18.0, height)
    _colours(ax, data, 238.0, height)
    _symbols(ax, data, 506.0, height)
    ax.text(18, 6.5, "  ".join(data.credits), size=5.6, color=style.MUTED, va="center")
    ax.text(width - 18, 6.5, "Lambert conformal conic, 38°/54° N, 50° E", size=5.6, color=style.MUTED, va="center",
            ha="right")


def _head(ax: Axes, x: float, height: float, text: str) -> None:
    ax.text(x, height - 11, text, size=7.8, weight="bold", color=style.INK, va="center")


def _widths(ax: Axes, data: MapData, x: float, height: float) -> None:
    volumes, words = sample_volumes(data)
    months = 1.0 if data.months < 1.5 else 12.0
    _head(ax, x, height, f"Width = flow, {words}")
    ax.text(x, height - 46, "pale band: capacity of the line", size=6.0, color=style.MUTED, va="center")
    for volume, at in zip(volumes, (x + 6, x + 74, x + 142), strict=True):
        y, stroke = height - 29, style.width(volume / months)
        ax.plot([at, at + 24], [y, y], color=style.RAMP["oil"][1], linewidth=stroke + 4, alpha=style.BAND_OPACITY,
                solid_capstyle="butt")
        ax.plot([at, at + 24], [y, y], color=style.MUTED, linewidth=stroke, solid_capstyle="butt")
        ax.text(at + 30, y, f"{volume:g}", size=7.2, color=style.INK, va="center")


def _colours(ax: Axes, data: MapData, x: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    _head(ax, x, height, "Colour = utilisation of capacity")
    step, left = 40.0, x + 24
    rows = data.families or ("oil",)
    for row, family in enumerate(rows):
        y = height - 28 - 11 * row
        ax.text(x, y, family.capitalize(), size=7.2, color=style.INK, va="center")
        for k, tone in enumerate(style.RAMP[family]):
            ax.add_patch(Rectangle((left + k * step, y - 3.4), step, 6.8, facecolor=tone))
    for k, name in enumerate(style.UTILISATION_NAMES):
        ax.text(left + (k + 0.5) * step, height - 28 - 11 * len(rows), name, size=6.0, color=style.MUTED, ha="center",
                va="center")
    y, right = height - 28, left + 4 * step
    ax.plot([right + 10, right + 28], [y, y], color=style.UNCAPPED, linewidth=4, solid_capstyle="butt")
    ax.text(right + 33, y, "no limit", size=7.2, color=style.INK, va="center")


def _symbols(ax: Axes, data: MapData, x: float, height: float) -> None:
    _head(ax, x, height, "Lines and places")
    upper, lower = height - 28, height - 42
    for words, dashes, tone, at in (("proposed", DASHES["proposed"], style.PROPOSED["oil"], 0),
                                    ("idle or unused", DASHES["idle"], style.IDLE, 72),
                                    ("swap on paper", SWAP, style.RAMP["oil"][2], 164)):
        ax.plot([x + at, x + at + 22], [upper, upper], color=tone, linestyle=dashes, linewidth=1.3)
        ax.text(x + at + 26, upper, words, size=7.2, color=style.INK, va="center")
    ax.plot([x + 258], [upper], marker="D", markersize=5.2, color=style.BOTTLENECK, markeredgecolor="white")
    ax.text(x + 265, upper, "bottleneck: worth of one more tonne", size=7.2, color=style.INK, va="center")
    if data.periods > 1:
        part = f"mean of the span · 2/{data.periods}: in 2 periods only"
        ax.text(x + 265, lower, part, size=6.0, color=style.MUTED, va="center")
    kinds = ("field", "port", "hub", "border", "refinery", "market")
    for kind, at in zip(kinds, (0, 40, 78, 114, 160, 216), strict=True):
        symbol = SYMBOLS[kind]
        ax.plot([x + at + 4], [lower], linestyle="none", markeredgecolor=style.INK, markeredgewidth=0.9, **symbol)
        ax.text(x + at + 11, lower, kind, size=7.2, color=style.INK, va="center")
