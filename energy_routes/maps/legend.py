"""The legend under a map: widths, colours, symbols, and whom to credit; laid out by the length of its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from energy_routes.maps import style
from energy_routes.maps.labels import text_size
from energy_routes.maps.layers import DASHES, SWAP, SYMBOLS
from energy_routes.maps.payload import MapData

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SAMPLE_VOLUMES = {"month": (0.5, 2.0, 6.0), "year": (5.0, 20.0, 60.0)}
KINDS = ("field", "port", "hub", "border", "refinery", "market")
Sample = Callable[[float], object]  # draws itself from an x on


def units(data: MapData) -> str:
    """'Mt', 'bcm' or 'Mt or bcm', as the map's language writes them."""
    told = [data.words.unit(style.VOLUME_UNIT[family]) for family in data.families or ("oil",)]
    return told[0] if len(told) == 1 else data.words("legend.unit.either", first=told[0], second=told[1])


def sample_volumes(data: MapData) -> tuple[tuple[float, ...], str]:
    """Volumes whose strokes the legend shows, in the span's own unit of time, and that unit in words."""
    span = "month" if data.months < 1.5 else "year"
    return SAMPLE_VOLUMES[span], data.words(f"legend.unit.{span}", unit=units(data))


def lead(data: MapData) -> str:
    """The family whose colours the legend's samples wear."""
    return (data.families or ("oil",))[0]


def draw_legend(ax: Axes, data: MapData, width: float, height: float, strokes: float = 1.0) -> None:
    """Fill the strip under the map; its axes run in points, and ``strokes`` is how far the panels shrink theirs."""
    ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[])
    ax.axis("off")
    x = 18.0
    for part in (_widths, _colours):
        x = part(ax, data, x, height, strokes) + 18.0
    _symbols(ax, data, x, height)
    frame = data.words("legend.projection", parallels="38°/54° N", meridian="50° E")
    ax.text(width - 18, 6.5, frame, size=5.6, color=style.MUTED, va="center", ha="right")
    lines = _wrapped("  ".join(data.credits), 5.6, width - 54 - text_size(frame, 5.6)[0])
    size = 5.6 if len(lines) == 1 else 5.2
    for number, line in enumerate(lines):
        ax.text(18, 6.5 + 3.3 * (len(lines) - 1) - 6.6 * number, line, size=size, color=style.MUTED, va="center")


def _wrapped(text: str, size: float, width: float) -> list[str]:
    """A text in lines of at most ``width`` points."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if text_size(longer, size)[0] <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _head(ax: Axes, x: float, height: float, text: str) -> float:
    """A heading; returns where it ends."""
    ax.text(x, height - 11, text, size=7.8, weight="bold", color=style.INK, va="center")
    return x + text_size(text, 7.8, bold=True)[0]


def row(ax: Axes, x: float, y: float, items: Iterable[tuple[Sample, float, str]], gap: float = 12.0) -> float:
    """Samples of a given width, each with its word behind it; returns where the row ends."""
    for sample, wide, word in items:
        sample(x)
        ax.text(x + wide + 4, y, word, size=7.2, color=style.INK, va="center")
        x += wide + 4 + text_size(word, 7.2)[0] + gap
    return x - gap


def _widths(ax: Axes, data: MapData, x: float, height: float, strokes: float) -> float:
    words = data.words
    volumes, unit = sample_volumes(data)
    months, y = 1.0 if data.months < 1.5 else 12.0, height - 29

    def stroke(volume: float) -> Sample:
        def draw(at: float) -> None:
            wide = strokes * style.width(volume / months)
            ax.plot([at, at + 24], [y, y], color=style.RAMP[lead(data)][1], linewidth=wide + 4,
                    alpha=style.BAND_OPACITY, solid_capstyle="butt")
            ax.plot([at, at + 24], [y, y], color=style.MUTED, linewidth=wide, solid_capstyle="butt")
        return draw

    ends = [_head(ax, x, height, words("legend.width", unit=unit)),
            row(ax, x + 2, y, [(stroke(volume), 26.0, words.number(volume, 0 if volume >= 1 else 1))
                                for volume in volumes], gap=20.0)]
    told = words("legend.capacity")
    ax.text(x, height - 46, told, size=6.0, color=style.MUTED, va="center")
    return max(*ends, x + text_size(told, 6.0)[0])


def _colours(ax: Axes, data: MapData, x: float, height: float, strokes: float) -> float:
    from matplotlib.patches import Rectangle

    words, rows = data.words, data.families or ("oil",)
    head = _head(ax, x, height, words("legend.colour"))
    names = [words(f"family.{family}") for family in rows]
    step, left = 36.0, x + max(text_size(name, 7.2)[0] for name in names) + 6
    for at, (family, name) in enumerate(zip(rows, names, strict=True)):
        y = height - 28 - 10 * at
        ax.text(x, y, name, size=7.2, color=style.INK, va="center")
        for k, tone in enumerate(style.RAMP[family]):
            ax.add_patch(Rectangle((left + k * step, y - 3.4), step, 6.8, facecolor=tone))
    low, middle, high = (f"{100 * share:.0f}" for share in style.UTILISATION_STEPS)
    steps = (words("legend.below", high=low), words("legend.between", low=low, high=middle),
             words("legend.between", low=middle, high=high), words("legend.above", low=high))
    for k, name in enumerate(steps):
        ax.text(left + (k + 0.5) * step, height - 28 - 10 * len(rows), name, size=6.0, color=style.MUTED, ha="center",
                va="center")
    y, right = height - 28, left + 4 * step + 10

    def free(at: float) -> None:
        ax.plot([at, at + 16], [y, y], color=style.UNCAPPED, linewidth=4, solid_capstyle="butt")

    return max(head, row(ax, right, y, [(free, 16.0, words("legend.no_limit"))]))


def _symbols(ax: Axes, data: MapData, x: float, height: float) -> None:
    words, upper, lower = data.words, height - 28, height - 42
    _head(ax, x, height, words("legend.symbols"))

    def line(dashes: Any, tone: str) -> Sample:
        return lambda at: ax.plot([at, at + 20], [upper] * 2, color=tone, linestyle=dashes, linewidth=1.3)

    def diamond(at: float) -> None:
        ax.plot([at + 4], [upper], marker="D", markersize=5.2, color=style.BOTTLENECK, markeredgecolor="white")

    def symbol(kind: str) -> Sample:
        return lambda at: ax.plot([at + 4], [lower], linestyle="none", markeredgecolor=style.INK,
                                  markeredgewidth=0.9, **SYMBOLS[kind])

    family = lead(data)
    row(ax, x, upper, [(line(DASHES["proposed"], style.PROPOSED[family]), 20.0, words("legend.proposed")),
                        (line(DASHES["idle"], style.IDLE), 20.0, words("legend.idle")),
                        (line(SWAP, style.RAMP[family][2]), 20.0, words("legend.swap")),
                        (diamond, 8.0, words("legend.bottleneck"))])
    end = row(ax, x, lower, [(symbol(kind), 8.0, words(f"kind.{kind}")) for kind in KINDS], gap=10.0)
    if data.periods > 1:
        ax.text(end + 16, lower, words("legend.mean", periods=data.periods), size=6.0, color=style.MUTED, va="center")
