"""What is told of lines: volumes, names, and where lanes leave the frame."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.patheffects import Stroke

from energy_routes.answer import Words
from energy_routes.maps.data import style
from energy_routes.maps.data.payload import MapData, records
from energy_routes.maps.data.scene import IDLE_MODES, Exit, Scene, Strand
from energy_routes.maps.figure.text.labels import Box, Placer, around, beside, least_distances, text_size
from energy_routes.pack import Family

SHORT = 9.0      # points: a link this short gets neither arrow nor volume
MOST_VOLUMES = 26
LARGEST = 10  # numbers that stand on a sheet, whatever else does
SELDOM = 0.005  # share of draws that is told as none; what lacks no more of all is told as all
LEAST_TOLD = 0.008  # share of the largest flow: smaller ones are seen, not told
SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)


class Told(NamedTuple):
    """A number to be written beside a strand, and its colour."""

    strand: Strand
    text: str
    tone: str


def halo_text(ax: Axes, box: Box, text: str, size: float, colour: str, *, bold: bool = False,
              italic: bool = False) -> None:
    """Text in a box, with a white edge so that it reads on land, sea and lines.

    The edge is a text of its own: with path effects a text is written to SVG as curves, not as text.
    """
    look: dict[str, Any] = {"size": size, "weight": "bold" if bold else "normal", "ha": "center",
                            "style": "italic" if italic else "normal", "va": "center_baseline"}
    edge = [Stroke(linewidth=2.2, foreground="white", alpha=0.85)]
    ax.text(*box.centre, text, color="white", zorder=15, path_effects=edge, **look)
    ax.text(*box.centre, text, color=colour, zorder=20, **look)


def pill(ax: Axes, box: Box, text: str, size: float, face: str, edge: str, ink: str) -> None:
    """A rounded label."""
    wide, high = box.east - box.west, box.north - box.south
    ax.add_artist(FancyBboxPatch((box.west, box.south), wide, high, facecolor=face, edgecolor=edge, linewidth=0.9,
                                 boxstyle=f"round,pad=0,rounding_size={high / 2:.2f}", zorder=18))
    ax.text(*box.centre, text, size=size, weight="bold", color=ink, ha="center", va="center_baseline", zorder=19)


def pill_size(text: str, size: float) -> tuple[float, float]:
    """Width and height of a rounded label, points."""
    width, height = text_size(text, size, bold=True)
    return width + size * 1.05, height + size * 0.62


def draw_exits(ax: Axes, scene: Scene, placer: Placer, zoom: float) -> None:
    """'→ China coast 5.7 Mt' just inside the frame where lanes leave it, with an arrow head on the edge."""
    size = 7.6 * zoom
    for out in scene.exits:
        turn = float(np.rad2deg(np.arctan2(out.course[1], out.course[0]))) - 90.0
        ax.plot([out.x], [out.y], marker=(3, 0, turn), markersize=8 * zoom, color=style.INK, zorder=12)
        sizes = [text_size(text, size, bold=True) for text in out.texts]
        step = sizes[0][1] + 2.5
        wide, high = max(width for width, _ in sizes), step * len(sizes)
        box = placer.place(_exit_spots(out, wide, high), tolerance=60, patience=2.0)
        if box is None:
            continue
        for row, (text, (width, _)) in enumerate(zip(out.texts, sizes, strict=True)):
            top = box.north - row * step
            halo_text(ax, Box(box.west, top - step, box.west + width, top), text, size, style.INK, bold=True)


def _exit_spots(out: Exit, width: float, height: float) -> list[Box]:
    """Places on either side of an exit, and back along the way the lane came."""
    x, y, (cx, cy) = out.x, out.y, out.course
    return [Box.around(x - cx * back + dx * (width / 2 + clear), y - cy * back + dy * (height / 2 + clear),
                       width, height)
            for clear in (6.0, 12.0) for back in (height / 2 + 2, height + 4, 30.0, 45.0)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))]


def draw_volumes(ax: Axes, told: Sequence[Told], scene: Scene, placer: Placer, zoom: float) -> set[str]:
    """Numbers beside their lines, where there is room: where no other flow lies nearer, else right at the line.

    Returns the arcs whose numbers are written.
    """
    size, written = 6.8 * zoom, set()
    flows = scene.of("flow")
    for strand, text, tone in told:
        wide, high = pill_size(text, size)
        spots = beside(strand.points, wide, high, strand.width / 2 + 2.5, SHARES)
        box = (placer.place(_own(spots, strand.arc, flows), tolerance=1)
               or placer.place(spots[:2 * len(SHARES)], tolerance=1))
        if box is not None:
            pill(ax, box, text, size, "white", tone, tone)
            written.add(strand.arc)
    return written


def draw_led(ax: Axes, arcs: Collection[str], scene: Scene, data: MapData, placer: Placer, zoom: float) -> None:
    """Numbers of flows too short or too crowded for one beside them, with a leader to the middle of what is seen."""
    size = 6.8 * zoom
    leaving = {arc for exit in scene.exits for arc in exit.arcs}
    for row in data.rows(data.arcs[data.arcs["arc"].isin(set(arcs) - leaving)].sort_values("volume", ascending=False)):
        if row["volume"] <= style.FLOW_FLOOR or row["arc"] not in scene.anchors:
            continue
        text, tone = volume_text(row, data.words), _ink(style.colour(row["family"], row["utilisation"]), row["family"])
        wide, high = pill_size(text, size)
        own = [strand.points for strand in scene.of("flow") if strand.arc == row["arc"]]
        x, y = max(own, key=len)[max(map(len, own)) // 2].tolist() if own else scene.anchors[row["arc"]]
        spots = [spot for clear in (12.0, 22.0, 34.0, 48.0) for spot in around(x, y, wide, high, clear)]
        if box := placer.place(spots, tolerance=30, patience=0.5):
            at = box.nearest(x, y)
            ax.plot([x, at[0]], [y, at[1]], color=tone, linewidth=0.7, zorder=17)
            pill(ax, box, text, size, "white", tone, tone)


def draw_line_names(ax: Axes, named: Mapping[str, Sequence[Strand]], scene: Scene, placer: Placer,
                    zoom: float) -> None:
    """Each name once, beside the longest stretch of its line that has room; grey where nothing flows."""
    for name, strands in named.items():
        for strand in strands:
            flows = strand.look == "flow"
            size = zoom * (7.6 if flows else 6.6)
            wide, high = text_size(name, size, bold=flows, italic=True)
            spots = beside(strand.points, wide, high, strand.width / 2 + 2.0, SHARES)
            box = placer.place(_own(spots, strand.arc, scene.strands), tolerance=0)
            if box is None and flows:
                box = placer.place(spots[:2 * len(SHARES)], tolerance=3)
            if box is not None:
                tone = strand.family.ramp[3] if flows else style.MUTED
                halo_text(ax, box, name, size, tone, bold=flows, italic=True)
                break


def line_names(scene: Scene, data: MapData) -> tuple[dict[str, list[Strand]], dict[str, list[Strand]]]:
    """The strands of each line with a name, the longest first: lines that carry something by volume, then the others.

    A line of which one section carries something is named there.
    """
    rows = {row["arc"]: row for row in records(data.arcs)}
    found: dict[str, list[Strand]] = {}
    for strand in sorted(scene.strands, key=lambda s: -s.length):
        name = str(rows[strand.arc]["line"])
        if name and rows[strand.arc]["mode"] in IDLE_MODES and strand.length > 3 * SHORT:
            found.setdefault(name, []).append(strand)
    carry = {name: flows for name, own in found.items() if (flows := [s for s in own if s.look == "flow"])}
    order = sorted(carry, key=lambda name: -max(float(rows[s.arc]["volume"]) for s in carry[name]))
    idle = {name: own for name, own in found.items() if name not in carry}
    often = {name: max(float(rows[s.arc].get("used", np.nan)) for s in own) for name, own in idle.items()}
    return ({name: carry[name] for name in order},
            {_with_use(name, often[name], data.words): own for name, own in idle.items()})


def _own(spots: Sequence[Box], arc: str, strands: Sequence[Strand]) -> list[Box]:
    """The spots to which no other strand lies nearer than the arc's own."""
    mine = np.vstack([s.points for s in strands if s.arc == arc])
    others = np.vstack([np.empty((0, 2)), *(s.points for s in strands if s.arc != arc)])
    own = least_distances(spots, mine) <= least_distances(spots, others) + 1.0
    return [spot for spot, nearer in zip(spots, own.tolist(), strict=True) if nearer]


def told_volumes(scene: Scene, data: MapData, sure: Sequence[str] = (), least: float = 3 * SHORT) -> list[Told]:
    """The volumes to tell of lines of at least so many points, each in its line's own tone.

    Those of the arcs ``sure`` come first, then the largest.
    """
    return [Told(strand, said, _ink(strand.colour, strand.family))
            for strand, said, _ in told(scene, data, lambda row: volume_text(row, data.words), least=least, sure=sure)]


def _ink(colour: str, family: Family) -> str:
    """The colour in which the number of a flow is written: of its line's own tone, and dark enough."""
    return colour if colour == style.UNCAPPED else family.ramp[2]


def volume_text(row: Mapping[str, Any], words: Words) -> str:
    """'13.6 Mt' of a row of arcs; '13.6 Mt · 83 %' where it carries something in 83 % of the draws."""
    told = words("pill.volume", volume=words.number(float(row["volume"])), unit=words.unit(row["unit"]))
    return _with_use(told, float(row.get("used", np.nan)), words)


def _with_use(told: str, used: float, words: Words) -> str:
    """What is told of a line, and the share of draws that use it where these are not all, or not none."""
    return words("pill.used", told=told, used=words.percent(used)) if SELDOM < used < 1.0 - SELDOM else told


def largest(maps: Sequence[MapData], count: int) -> list[str]:
    """The arcs of the largest flows of some maps, the largest in any of them first: of so many different numbers.

    A chain whose links have the same numbers in every map is one flow, told on its longest link.
    """
    rows = pd.concat([data.arcs[data.arcs["arc"].isin(data.lines)] for data in maps])
    numbers = [{row["arc"]: volume_text(row, data.words) for row in records(data.arcs)} for data in maps]
    order = rows.groupby("arc")["volume"].max().sort_values(ascending=False, kind="stable").index
    ends = rows.drop_duplicates("arc").set_index("arc")[["from", "to"]]
    length = {arc: line.length for data in maps for arc, line in data.lines.items()}
    chains: dict[tuple[str, ...], list[list[str]]] = {}
    for arc in order:
        said = tuple(own.get(arc, "") for own in numbers)
        if said not in chains and len(chains) == count:
            break
        alike = chains.setdefault(said, [])
        joined = next((chain for chain in alike if {*ends.loc[arc]} & {*ends.loc[chain].to_numpy().ravel()}), None)
        if joined is None:
            alike.append([arc])
        else:
            joined.append(arc)
    return [max(chain, key=lambda arc: length[arc]) for alike in chains.values() for chain in alike]


def told(scene: Scene, data: MapData, words: Callable[[dict[str, Any]], str], by: str = "volume",
         least: float = 3 * SHORT, sure: Sequence[str] = ()) -> list[Told]:
    """The flows that get a number: the arcs ``sure``, then the largest ``by``.

    A chain of one number is told once, on its longest link.
    """
    rows = {row["arc"]: row for row in records(data.arcs)}
    longest: dict[str, Strand] = {}
    for strand in scene.of("flow"):
        if strand.length > least and (strand.arc not in longest or strand.length > longest[strand.arc].length):
            longest[strand.arc] = strand
    out: list[Told] = []
    placed: set[tuple[str, str]] = set()
    most = float(data.arcs[by].abs().max())
    leaving = {arc for exit in scene.exits for arc in exit.arcs} if by == "volume" else set()
    for arc in sorted(longest, key=lambda a: (a not in sure, -abs(rows[a][by]), -longest[a].length, a)):
        row = rows[arc]
        if arc in leaving or (arc not in sure and abs(row[by]) < LEAST_TOLD * most):
            continue
        said = words(row)
        ends = {(said, row["from"]), (said, row["to"])}
        if arc in sure or not ends & placed:
            placed |= ends
            out.append(Told(longest[arc], said, longest[arc].colour))
    return out[:MOST_VOLUMES]
