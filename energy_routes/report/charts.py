"""Charts of a report as SVG, in the colours of the maps; text stays text, and every mark has its number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from energy_routes.answer import Words
from energy_routes.indicators import SheetLine
from energy_routes.maps import style

WIDE = 720.0
ROW = 22.0
LABEL = 190.0  # width of the names at the left
GAIN, PAID = style.MORE[1], style.WARM[1]
STACK = ("#5a1803", "#c8621c", "#e0b283", "#1b5da3", "#67a2d0", "#b9bfc6")


@dataclass(frozen=True)
class Step:
    """A row of a waterfall: a name and an amount; ``total`` starts from zero."""

    name: str
    value: float
    total: bool = False


def svg(width: float, height: float, parts: Sequence[Markup], label: str, kind: str = "chart") -> Markup:
    """A drawing with an accessible name."""
    return Markup('<svg class="{}" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>').format(
        kind, width, round(height, 1), label, Markup("").join(parts))


def rect(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> Markup:
    """A rectangle."""
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" opacity="{:g}"/>').format(
        x, y, max(width, 0.0), height, colour, opacity)


def words_at(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> Markup:
    """Text on its baseline."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>').format(x, y, anchor, kind, text)


def bar(volume: float, capacity: float, most: float, colour: str, before: float | None = None) -> Markup:
    """A bar for a cell: solid is the flow, pale the capacity, a black tick what it was before; ``most`` is full width.

    A capacity beyond ``most`` runs off the edge with an arrow.
    """
    wide, high = 150.0, 12.0
    scale = wide / most if most > 0 else 0.0
    parts = [rect(0, 1, min(capacity * scale, wide), high - 2, colour, 0.22)] if capacity == capacity else []
    parts.append(rect(0, 3, min(volume * scale, wide), high - 6, colour))
    if before is not None:
        parts.append(rect(min(before * scale, wide) - 1, 0, 2, high, style.INK))
    if capacity == capacity and capacity * scale > wide:
        parts.append(Markup('<path d="M{} 2 l5 4 l-5 4 z" fill="{}"/>').format(wide - 6, colour))
    return svg(wide, high, parts, f"{volume:.3g} / {capacity:.3g}", "bar")


def waterfall(steps: Sequence[Step], words: Words, unit: str, label: str) -> Markup:
    """What comes in, what goes out, and what is left, row by row from the top; ``unit`` as read."""
    ends, at = [], 0.0
    for step in steps:
        start = 0.0 if step.total else at
        at = step.value if step.total else at + step.value
        ends.append((start, at))
    low, high = min(0.0, *(min(pair) for pair in ends)), max(0.0, *(max(pair) for pair in ends))
    scale = (WIDE - LABEL - 110.0) / ((high - low) or 1.0)
    parts = []
    for number, (step, (start, end)) in enumerate(zip(steps, ends, strict=True)):
        y = number * ROW
        left, right = (LABEL + (value - low) * scale for value in sorted((start, end)))
        tone = style.INK if step.total else GAIN if step.value >= 0 else PAID
        told = words.number(step.value, 1) if step.total else words.signed(step.value, 1)
        parts += [words_at(LABEL - 10, y + 15, step.name, "end", "strong" if step.total else ""),
                  rect(left, y + 4, max(right - left, 0.8), ROW - 8, tone),
                  words_at(right + 6, y + 15, told, kind="strong" if step.total else "number")]
    parts.append(words_at(WIDE, ROW * len(steps) - 7, unit, "end", "muted"))
    return svg(WIDE, ROW * len(steps) + 2, parts, label)


def costs(rows: Sequence[tuple[str, Sequence[float], float]], lines: Sequence[SheetLine], words: Words, unit: str,
          cents: int, label: str) -> Markup:
    """What a way costs a tonne: to the right of the line what is paid, to the left what comes back; then the netback.

    ``rows``: route, an amount for each of the ``lines`` of the netback sheet (+ is paid), netback; ``cents``: decimals.
    """
    paid = max((sum(v for v in parts if v > 0) for _, parts, _ in rows), default=1.0) or 1.0
    back = max((-sum(v for v in parts if v < 0) for _, parts, _ in rows), default=0.0)
    left, right = 300.0, WIDE - 90.0
    scale = (right - left) / (paid + back)
    zero = left + back * scale
    drawn = [*_key(((words(line.words), line.colour) for line in lines), 26),
             words_at(WIDE, 30, f"{words('table.netback')}, {unit}", "end", "muted"),
             words_at(zero - 6, 30, f"← {words('chart.back')}", "end", "muted"),
             words_at(zero + 6, 30, f"{words('chart.paid')} →", "start", "muted")]
    for number, (route, parts, netback) in enumerate(rows):
        y = 34.0 + number * ROW
        drawn += [words_at(left - 8, y + 15, _short(route, 44), "end", "small"),
                  words_at(WIDE, y + 15, words.number(netback, cents), "end", "strong")]
        plus = minus = zero
        for line, size in zip(lines, (amount * scale for amount in parts), strict=True):
            if size >= 0:
                drawn.append(rect(plus, y + 4, size, ROW - 8, line.colour))
                plus += size
            else:
                minus += size
                drawn.append(rect(minus, y + 4, -size, ROW - 8, line.colour))
        drawn.append(words_at(plus + 5, y + 15, words.number(sum(parts), cents), kind="number"))
    height = 34.0 + ROW * len(rows)
    drawn.append(rect(zero - 0.5, 32, 1, height - 32, style.INK))
    return svg(WIDE, height + 2, drawn, label)


def losses(rows: Sequence[tuple[str, float, float, float]], words: Words, unit: str, label: str) -> Markup:
    """What each loss strands (dark) and moves elsewhere (pale), and what it costs; ``rows``: name, both, MUSD."""
    left, right, gone, moved = 250.0, WIDE - 110.0, style.BOTTLENECK, style.COOL[0]
    scale = (right - left) / (max((stranded + rerouted for _, stranded, rerouted, _ in rows), default=0.0) or 1.0)
    drawn = [*_key(((words("table.stranded"), gone), (words("table.rerouted"), moved)), 60, f", {unit}")]
    drawn.append(words_at(WIDE, 12, f"{words('table.loss')}, {words.unit('MUSD')}", "end", "muted"))
    for number, (name, stranded, rerouted, cost) in enumerate(rows):
        y = 20.0 + number * ROW
        drawn += [words_at(left - 8, y + 15, _short(name, 40), "end", "small"),
                  rect(left, y + 4, stranded * scale, ROW - 8, gone),
                  rect(left + stranded * scale, y + 4, rerouted * scale, ROW - 8, moved),
                  words_at(WIDE, y + 15, words.number(cost, 0), "end", "strong")]
    return svg(WIDE, 22.0 + ROW * len(rows), drawn, label)


def stacked(periods: Sequence[str], layers: Sequence[tuple[str, Sequence[float]]], words: Words, unit: str,
            label: str) -> Markup:
    """Volumes period by period, one colour a layer, the first at the bottom; at most six layers."""
    base, top, left = 200.0, 40.0, 44.0
    most = max((sum(values[k] for _, values in layers) for k in range(len(periods))), default=0.0) or 1.0
    step = (WIDE - left) / max(len(periods), 1)
    scale = (base - top) / most
    parts = [*_key(((name, tone) for (name, _), tone in zip(layers, STACK, strict=False)), 30)]
    for tick in (0.0, most / 2, most):
        y = base - tick * scale
        parts += [rect(left, y, WIDE - left, 0.5, style.BORDER), words_at(left - 6, y + 4, words.number(tick, 1), "end",
                                                                       "muted")]
    for k, period in enumerate(periods):
        height = base
        for (_, values), tone in zip(layers, STACK, strict=False):
            size = values[k] * scale
            height -= size
            parts.append(rect(left + (k + 0.15) * step, height, 0.7 * step, size, tone))
        parts.append(words_at(left + (k + 0.5) * step, base + 15, period, "middle", "small"))
    parts.append(words_at(WIDE, 30, unit, "end", "muted"))
    return svg(WIDE, base + 22, parts, label)


def _key(colours: Iterable[tuple[str, str]], room: float, unit: str = "") -> Iterator[Markup]:
    """Squares of the colours in a row, each with its name, and its unit, behind it."""
    x = 0.0
    for name, colour in colours:
        yield rect(x, 3, 10, 10, colour)
        yield words_at(x + 14, 12, f"{name}{unit}", kind="small")
        x += room + 6.3 * len(name)


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else name[:length - 1].rstrip() + "…"
