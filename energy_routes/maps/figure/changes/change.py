"""How a map shows what one plan moves that another does not: its panel, its lines and their legend."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from energy_routes.maps.data import style
from energy_routes.maps.data.change import ChangeData
from energy_routes.maps.data.scene import Dress, Dresser
from energy_routes.maps.figure import layers
from energy_routes.maps.figure.panel import Canvas, Detail, Extent, close_panel, open_panel
from energy_routes.maps.figure.text.legend import Part, Sample, Strip, units
from energy_routes.maps.figure.text.pills import Told, draw_volumes, told
from energy_routes.maps.figure.text.signs import draw_prices, draw_signs
from energy_routes.pack import MINUS

LEAST = 0.01      # share of the largest change: a smaller one is drawn as none
DARK = 1.0 / 3.0  # share of the largest change from which on a line is dark


def tone(change: float, most: float) -> str:
    """Purple for less and green for more, dark from a third of the largest change on."""
    dark = abs(change) >= DARK * most
    less, more = (style.LESS[dark], style.MORE[dark])
    return less if change < 0 else more


def dresser(data: ChangeData) -> Dresser:
    """Width and colour by change; a line that carries as much as before is thin and grey, an unused one is left out."""
    def dress(row: dict[str, Any], months: float) -> Dress | None:
        moved = float(row["change"])
        if data.most and abs(moved) >= LEAST * data.most:
            wide = style.CHANGE_BASE_PT + style.CHANGE_PT * abs(moved) / data.most
            return Dress("flow", wide, 0.0, tone(moved, data.most), on_paper=row["mode"] == "swap")
        return Dress("still", style.STILL_PT, 0.0, style.STILL) if row["volume"] > style.FLOW_FLOOR else None
    return dress


def change_panel(ax: Axes, data: ChangeData, *, detail: Detail | None = None, box: Extent | None = None,
                 badge: str | None = None, most: int | None = None) -> Canvas:
    """A whole panel of the change: its numbers (the largest ``most``) in signed pills, and what is scarce."""
    canvas = open_panel(ax, data, detail=detail, box=box, badge=badge, dress=dresser(data))
    size = canvas.detail
    scarce = draw_signs(ax, canvas.scene, data, canvas.placer, size.text)
    draw_prices(ax, scarce[:size.prices], data, canvas.placer, size.text)
    pills = [Told(strand, text, (style.LESS if text.startswith(MINUS) else style.MORE)[1]) for strand, text, _ in
             told(canvas.scene, data, lambda row: data.words.signed(float(row["change"]), 2), by="change")]
    draw_volumes(ax, pills[:most], canvas.scene, canvas.placer, size.text)
    main, others = layers.by_weight(canvas.scene)
    layers.draw_labels(ax, [*main, *others][:size.names], canvas.scene, canvas.placer, size.text)
    close_panel(canvas)
    return canvas


def samples(ax: Axes, data: ChangeData, y: float) -> list[tuple[Sample, float, str]]:
    """What purple, green and grey mean, as samples of lines at a height with their words."""
    words, step = data.words, data.most * DARK

    def line(tone: str, wide: float) -> Sample:
        return lambda at: ax.plot([at, at + 16], [y, y], color=tone, linewidth=wide, solid_capstyle="butt")

    return [(line(style.LESS[1], 4.0), 16.0, f"≤ {words.signed(-step, 2)}"),
            (line(style.LESS[0], 2.4), 16.0, words("legend.decrease")),
            (line(style.STILL, 0.8), 16.0, words("legend.no_change")),
            (line(style.MORE[0], 2.4), 16.0, words("legend.increase")),
            (line(style.MORE[1], 4.0), 16.0, f"≥ {words.signed(step, 2)}")]


def change_samples(data: ChangeData, head: str) -> Part:
    """The part of a legend that says what the lines of a change mean, under a heading (a key of words)."""

    def draw(strip: Strip, x: float) -> float:
        told = data.words("legend.widest", value=data.words.number(data.most, 2), unit=units(data))
        return max(strip.head(x, data.words(head)),
                   strip.row(x, strip.height - 29, samples(strip.ax, data, strip.height - 29)),
                   strip.text(x, strip.height - 46, told, 6.0))

    return draw
