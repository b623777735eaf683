"""What a map says in words, on cards."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from energy_routes.maps.data import style
from energy_routes.maps.data.projection import Points
from energy_routes.maps.data.scene import Scene
from energy_routes.maps.data.titles import Note
from energy_routes.maps.figure.text.labels import Box, Placer, around, text_size
from energy_routes.maps.figure.text.pills import SHARES

SIZE, STEP, PAD = 6.6, 8.6, 3.0  # points: text, from line to line, around it
CLEAR = (10.0, 24.0, 44.0)  # points from a line to its card, the nearest first


def draw_notes(ax: Axes, scene: Scene, notes: Sequence[Note], placer: Placer, zoom: float) -> None:
    """Each note on a card with a leader to its line, where nothing else is drawn; one without room is left out."""
    for note in notes:
        own = [strand for strand in scene.strands if strand.arc == note.arc]
        if own and (found := _place(note, max(own, key=lambda strand: strand.length).points, placer, zoom)):
            _draw(ax, note, *found, zoom)


def _place(note: Note, line: Points, placer: Placer, zoom: float) -> tuple[Box, tuple[float, float]] | None:
    """A free place for the card, and the place on the line that its leader goes to."""
    wide = max(text_size(told, SIZE * zoom, bold=row == 0)[0] for row, told in enumerate(note.lines))
    high = STEP * len(note.lines)
    anchors = [(float(x), float(y)) for x, y in (line[int(share * (len(line) - 1))] for share in SHARES)]
    ends = {spot: place for clear in CLEAR for place in anchors
            for spot in around(place[0], place[1], wide + 2 * PAD * zoom, (high + 2 * PAD) * zoom, clear)}
    box = placer.place(list(ends), tolerance=0, patience=0.5)
    return None if box is None else (box, ends[box])


def _draw(ax: Axes, note: Note, box: Box, end: tuple[float, float], zoom: float) -> None:
    near = box.nearest(*end)
    ax.plot([end[0], near[0]], [end[1], near[1]], color=style.MUTED, linewidth=0.7, zorder=17)
    ax.add_patch(FancyBboxPatch((box.west, box.south), box.east - box.west, box.north - box.south, facecolor="white",
                                edgecolor=style.MUTED, linewidth=0.6, zorder=18,
                                boxstyle=f"round,pad=0,rounding_size={PAD * zoom:.2f}"))
    for row, told in enumerate(note.lines):
        ax.text(box.west + PAD * zoom, box.north - (PAD + (row + 0.5) * STEP) * zoom, told, size=SIZE * zoom,
                color=style.INK, weight="bold" if row == 0 else "normal", va="center", zorder=19)
