"""A page for a slide or a paper: the finding on top, panels in the middle, the legend below; and how it is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import Z_RLE

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energy_routes.errors import UsageError
from energy_routes.maps.data import style
from energy_routes.maps.data.payload import MapData
from energy_routes.maps.figure.text import legend
from energy_routes.maps.figure.text.labels import text_size
from energy_routes.maps.figure.text.legend import MARGIN
from energy_routes.pack import written

SIZE = (13.33, 7.5)      # inches; 1999 × 1125 pixels at DPI
DPI = 150
HEADER, FOOTER = 68.0, 78.0  # points
WIDTH, HEIGHT = (side * 72.0 for side in SIZE)
# How each kind is saved: without a date, and a .png packed nearly as small as zlib's usual way does in half the time.
SAVING: dict[str, dict[str, Any]] = {
    ".svg": {"metadata": {"Date": None}}, ".pdf": {"metadata": {"CreationDate": None, "ModDate": None}},
    ".png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_type": Z_RLE}},
}


def check_suffix(path: str | Path | None) -> None:
    """Raises UsageError unless a path (if any) ends as a picture does."""
    suffix = None if path is None else Path(path).suffix.lower()
    if suffix is not None and suffix not in style.PICTURES:
        known = ", ".join(style.PICTURES)
        raise UsageError(f"cannot draw a map as {suffix or str(path)!r}. A picture is one of {known}.")


def made(draw: Callable[[], Figure], path: str | Path | None) -> Figure:
    """The figure that ``draw`` makes under the maps' settings; saved undated: the same plan gives the same bytes."""
    suffix = None if path is None else Path(path).suffix.lower()
    with style.drawing(lacking=suffix in (None, ".svg")):  # PNG and PDF bring their letters
        figure = draw()
        if path is not None:
            with written(Path(path)) as new:
                figure.savefig(new, dpi=DPI, **SAVING[suffix or ""])
    return figure


def new_page(title: str, subtitle: str) -> Figure:
    """An empty page with its finding and the line under it, both shrunk to the width if they must be."""
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor="white")
    for text, size, bold, down, tone in ((title, 18.0, True, 27, style.INK), (subtitle, 10.5, False, 51, style.MUTED)):
        fitted = min(size, size * (WIDTH - 2 * MARGIN) / max(text_size(text, size, bold=bold)[0], 1.0))
        figure.text(MARGIN / WIDTH, 1 - down / HEIGHT, text, size=fitted, weight="bold" if bold else "normal",
                    color=tone, va="center")
    return figure


def panel_at(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place in points from the page's lower left corner."""
    return figure.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))


def add_legend(figure: Figure, data: MapData, strokes: float = 1.0, lines: legend.Part | None = None) -> None:
    """The legend and the credits at the foot of the page; see :func:`energy_routes.maps.figure.text.legend`."""
    legend.draw_legend(panel_at(figure, 0.0, 0.0, WIDTH, FOOTER), data, WIDTH, FOOTER, strokes, lines)


def grid(columns: int, rows: int, gap: float = 4.0) -> list[tuple[float, float, float, float]]:
    """Left, bottom, width and height of the cells between header and footer, row by row from the top; points."""
    wide = (WIDTH - gap * (columns + 1)) / columns
    high = (HEIGHT - HEADER - FOOTER - gap * (rows - 1)) / rows
    return [(gap + column * (wide + gap), HEIGHT - HEADER - (row + 1) * high - row * gap, wide, high)
            for row in range(rows) for column in range(columns)]
