"""The legend under a map: widths, colours, symbols, and whom to credit; laid out by the length of its words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from math import floor, log10
from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from energy_routes.answer import Words
from energy_routes.maps.data import style
from energy_routes.maps.data.payload import MapData
from energy_routes.maps.figure.layers import DASHES, SWAP, SYMBOLS, hatch
from energy_routes.maps.figure.text.labels import text_size
from energy_routes.maps.figure.text.signs import draw_sign
from energy_routes.pack import Family

SAMPLE_VOLUMES = {"month": (0.5, 2.0, 6.0), "year": (5.0, 20.0, 60.0)}
KINDS = ("field", "port", "hub", "border", "refinery", "storage", "market")
SIGNS = ("full", "limit", "depth")
MARGIN = 18.0
SHRINKS = tuple(1.0 - 0.04 * step for step in range(10))  # sizes of text that are tried, over the normal one
Sample = Callable[[float], object]  # draws itself from an x on


def units(data: MapData) -> str:
    """'Mt', 'bcm' or 'Mt or bcm', as the map's language writes them."""
    told = [data.words.unit(family.volume_unit) for family in data.families]
    return reduce(lambda first, second: data.words("legend.unit.either", first=first, second=second), told)


def sample_volumes(data: MapData) -> tuple[tuple[float, ...], str]:
    """Volumes whose strokes the legend shows, in the span's own unit of time, and that unit in words.

    They are the usual ones, or where no flow has the second of them the largest round ones up to the largest flow.
    """
    span, months = ("month", 1.0) if data.months < 1.5 else ("year", 12.0)
    unit, usual = data.words(f"legend.unit.{span}", unit=units(data)), SAMPLE_VOLUMES[span]
    drawn = data.arcs[data.arcs["arc"].isin(data.lines)]
    most = months / data.months * float(drawn["volume"].max())
    if not 0 < most < usual[1]:
        return usual, unit
    middle = _round(0.6 * _round(most))
    return (_round(0.6 * middle), middle, _round(most)), unit


def _round(value: float) -> float:
    """The largest round number, 1, 2 or 5 times a power of ten, up to a value."""
    size = 10.0 ** floor(log10(value))
    return max(tick * size for tick in (1, 2, 5) if tick * size <= value * 1.0001)


def _plain(volume: float, words: Words) -> str:
    """A round volume with the decimals that it has."""
    return words.number(volume, max(0, -floor(log10(volume))))


def draw_legend(ax: Axes, data: MapData, width: float, height: float, strokes: float = 1.0,
                lines: Part | None = None) -> None:
    """Fill the strip under the map; its axes run in points, and ``strokes`` is how far the panels shrink theirs.

    ``lines`` says what widths and colours mean: by default volumes and the use of capacity.
    """

    def parts(ax: Axes, shrink: float) -> float:
        strip = Strip(ax, data, height, strokes, shrink)
        return _symbols(strip, (lines or _flows)(strip, MARGIN) + MARGIN)

    fill(ax, parts, width, height)
    frame = data.words(f"legend.projection.{data.projection.key}", **dict(data.projection.values))
    ax.text(width - MARGIN, 6.5, frame, size=5.6, color=style.MUTED, va="center", ha="right")
    credits = _wrapped("  ".join(data.credits), 5.6, width - 3 * MARGIN - text_size(frame, 5.6)[0])
    size, low = (5.6, 6.5) if len(credits) == 1 else (5.2, 3.2)
    for number, line in enumerate(credits, 1):
        ax.text(MARGIN, low + 6.6 * (len(credits) - number), line, size=size, color=style.MUTED, va="center")


def _wrapped(text: str, size: float, width: float) -> list[str]:
    """A text in lines of at most ``width`` points."""
    words, lines = [word for word in text.split(" ") if word], []
    while words:
        own, counts = words, range(1, len(words) + 1)
        fitting = bisect_right(counts, width, key=lambda count: text_size(" ".join(own[:count]), size)[0])
        lines.append(" ".join(words[:max(fitting, 1)]))
        words = words[max(fitting, 1):]
    return lines or [""]


def fill(ax: Axes, draw: Callable[[Axes, float], float], width: float, height: float) -> None:
    """Fill axes that run in points by ``draw(axes, shrink)``, which returns where it ends: smaller text until it fits.

    Sizes are tried on axes in which nothing is drawn.
    """
    blank = cast(Axes, Blank())
    shrink = next((size for size in SHRINKS if draw(blank, size) <= width - MARGIN), SHRINKS[-1])
    ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[])
    ax.axis("off")
    draw(ax, shrink)


class Blank:
    """Axes in which nothing is drawn."""

    def plot(self, *_: object, **__: object) -> None:
        """Draw nothing."""

    text = add_patch = plot


@dataclass(frozen=True)
class Strip:
    """Where a legend is drawn, what it tells, and how far its strokes and its text are shrunk."""

    ax: Axes
    data: MapData
    height: float
    strokes: float
    shrink: float

    def text(self, x: float, y: float, told: str, size: float, colour: str = style.MUTED, bold: bool = False) -> float:
        """Write a text from ``x`` on; returns where it ends."""
        size *= self.shrink
        self.ax.text(x, y, told, size=size, color=colour, weight="bold" if bold else "normal", va="center")
        return x + text_size(told, size, bold=bold)[0]

    def head(self, x: float, told: str) -> float:
        """Write a heading; returns where it ends."""
        return self.text(x, self.height - 11, told, 7.8, style.INK, bold=True)

    def row(self, x: float, y: float, items: Iterable[tuple[Sample, float, str]], gap: float = 12.0) -> float:
        """Draw samples of a given width, each with its word behind it; returns where the row ends."""
        for sample, wide, word in items:
            sample(x)
            x = self.text(x + wide + 4, y, word, 7.2, style.INK) + gap
        return x - gap


Part = Callable[[Strip, float], float]  # draws itself from an x on, returns where it ends


def _stacked(families: Sequence[Family], step: float) -> Iterator[tuple[Family, float]]:
    """Each family with how far above the middle of a sample its part lies, ``step`` points apart."""
    for at, family in enumerate(families):
        yield family, step * ((len(families) - 1) / 2 - at)


def _flows(strip: Strip, x: float) -> float:
    return _colours(strip, _widths(strip, x) + MARGIN)


def _widths(strip: Strip, x: float) -> float:
    ax, data, height = strip.ax, strip.data, strip.height
    words = data.words
    volumes, unit = sample_volumes(data)
    months, y = 1.0 if data.months < 1.5 else 12.0, height - 29

    def stroke(volume: float) -> Sample:
        def draw(at: float) -> None:
            wide = strip.strokes * style.width(volume / months)
            band = (wide + 4) / len(data.families)
            for family, up in _stacked(data.families, band):
                ax.plot([at, at + 24], [y + up] * 2, color=family.ramp[1], linewidth=band, alpha=style.BAND_OPACITY,
                        solid_capstyle="butt")
            ax.plot([at, at + 24], [y, y], color=style.MUTED, linewidth=wide, solid_capstyle="butt")
        return draw

    return max(strip.head(x, words("legend.width", unit=unit)),
               strip.row(x + 2, y, [(stroke(volume), 26.0, _plain(volume, words))
                                    for volume in volumes], gap=20.0),
               strip.text(x, height - 46, words("legend.capacity"), 6.0))


def _colours(strip: Strip, x: float) -> float:
    ax, height, words, rows = strip.ax, strip.height, strip.data.words, strip.data.families
    head = strip.head(x, words("legend.colour"))
    step, top = 36.0, height - 28
    left = 6 + max(strip.text(x, top - 10 * at, words.of_family("family", family), 7.2, style.INK)
                   for at, family in enumerate(rows))
    for at, family in enumerate(rows):
        for k, tone in enumerate(family.ramp):
            ax.add_patch(Rectangle((left + k * step, top - 10 * at - 3.4), step, 6.8, facecolor=tone))
    for k, name in enumerate(style.steps_told(words)):
        ax.text(left + (k + 0.5) * step, top - 10 * len(rows), name, size=6.0 * strip.shrink, color=style.MUTED,
                ha="center", va="center")

    def free(at: float) -> None:
        ax.plot([at, at + 16], [top, top], color=style.UNCAPPED, linewidth=4, solid_capstyle="butt")

    return max(head, strip.row(left + 4 * step + 10, top, [(free, 16.0, words("legend.no_limit"))]))


def _symbols(strip: Strip, x: float) -> float:
    """Lines that carry nothing or only on paper; what is scarce; the places."""
    ax, data = strip.ax, strip.data
    first, second, third = (strip.height - down for down in (28, 41, 54))
    words = data.words
    ends = [strip.head(x, words("legend.symbols"))]

    def line(dashes: Any, tone: Callable[[Family], str], wide: float = 1.3) -> Sample:
        def draw(at: float) -> None:
            for family, up in _stacked(data.families, max(3.6, wide)):
                ax.plot([at, at + 20], [first + up] * 2, color=tone(family), linestyle=dashes, linewidth=wide,
                        dash_capstyle="butt")
        return draw

    def idle(at: float) -> object:
        return ax.plot([at, at + 20], [first] * 2, color=style.IDLE, linestyle=DASHES["idle"], linewidth=1.3)

    def scarce(sign: str) -> Sample:
        return lambda at: draw_sign(ax, sign, at + 4, second, 0.9)

    def symbol(kind: str) -> Sample:
        return lambda at: ax.plot([at + 4], [third], linestyle="none", markeredgecolor=style.INK,
                                  markeredgewidth=0.9, **SYMBOLS[kind])

    proposed, swap = line(DASHES["proposed"], lambda own: own.proposed), line(SWAP, lambda own: own.ramp[2])
    ends.append(strip.row(x, first, [(proposed, 20.0, words("legend.proposed")), (idle, 20.0, words("legend.idle")),
                                     (swap, 20.0, words("legend.swap"))]))
    if data.ends:
        wide = 5.0 / len(data.families)
        open_ = line(hatch(wide), lambda own: own.ramp[2], wide)
        ends.append(strip.row(ends[-1] + 12, first, [(open_, 20.0, words("legend.could_be"))]))
    if data.periods > 1:
        ends.append(strip.text(ends[-1] + 16, first, words("legend.mean", periods=data.periods), 6.0))
    if data.draws:
        ends.append(strip.text(ends[-1] + 16, first, words("legend.used", draws=words.number(data.draws, 0)), 6.0))
    ends.append(strip.row(x, second, [(scarce(sign), 8.0, words(f"legend.{sign}")) for sign in SIGNS]))
    ends.append(strip.row(x, third, [(symbol(kind), 8.0, words(f"kind.{kind}")) for kind in KINDS], gap=10.0))
    return max(ends)
