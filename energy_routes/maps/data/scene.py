"""The map laid out in points: strands of flow set side by side, merged nodes, marks where lanes leave the frame.

A scene is pure geometry and text; :mod:`energy_routes.maps.figure.static` turns it into a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from energy_routes.maps.data import style
from energy_routes.maps.data.corridors import spread
from energy_routes.maps.data.payload import MapData, records
from energy_routes.maps.data.projection import Points, View, cumulative, pieces_inside, resample, smooth
from energy_routes.pack import Family

MARGIN = 30.0        # points beyond the frame in which lines are still laid out
LONG_WAY_OUT = 150.0  # points outside the frame after which a lane has left it
MERGE = 7.0          # points: nodes closer than this are drawn as one
IDLE_MODES = ("pipeline", "rail")
Item = TypeVar("Item")
KIND_ORDER = ("market", "port", "hub", "border", "field", "refinery", "storage")


@dataclass(frozen=True)
class Strand:
    """One visible stretch of an arc's line, set aside where it shares a corridor; widths in points."""

    arc: str
    points: Points
    look: str  # flow | proposed | idle | still (a line that a change map shows for orientation)
    family: Family
    width: float
    band: float
    colour: str
    on_paper: bool = False
    least: float = 0.0
    most: float = 0.0  # width of what another plan, as good, has at most; 0 where the flow can be no other

    @property
    def length(self) -> float:
        return float(cumulative(self.points)[-1])


@dataclass(frozen=True)
class Dress:
    """How an arc is drawn: its look, stroke and capacity band in points, its colour, whether it is only on paper."""

    look: str
    width: float
    band: float
    colour: str
    on_paper: bool = False


Dresser = Callable[[dict[str, Any], float], Dress | None]  # a row of MapData.arcs and the months of the span


@dataclass(frozen=True)
class Exit:
    """Where lanes leave the frame: place, outward direction, and a line of text for each lane."""

    x: float
    y: float
    course: tuple[float, float]
    texts: tuple[str, ...]
    arcs: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """A node, or several too close to tell apart: the weightiest kind's symbol and their joint label.

    ``full``: it is a market that takes no more at a price, which a ring tells.
    """

    x: float
    y: float
    kind: str
    label: str
    volume: float
    members: tuple[str, ...]
    full: bool = False


@dataclass(frozen=True)
class Scene:
    """Everything to draw but the base map."""

    strands: tuple[Strand, ...]
    marks: tuple[Mark, ...]
    exits: tuple[Exit, ...]
    anchors: dict[str, tuple[float, float]]

    def of(self, look: str) -> list[Strand]:
        """The strands of one look, widest first, so that thin lines lie on top."""
        return sorted((s for s in self.strands if s.look == look), key=lambda s: -s.width)


def compose_scene(data: MapData, view: View, zoom: float = 1.0, dress: Dresser | None = None) -> Scene:
    """Lay out a map's content in a view; ``zoom`` shrinks strokes on small panels.

    ``dress`` says how each arc is drawn and which are left out; without it width is flow and colour utilisation.
    """
    strands, exits, anchors = [], [], {}
    for row in data.rows(data.arcs):
        clothes = (dress or dressed)(row, data.months)
        line = data.lines.get(row["arc"])
        if line is None or clothes is None:
            continue
        path = view.course(np.asarray(line.coords))
        anchors[row["arc"]] = _middle(path, view)
        pieces = pieces_inside(smooth(path), view, MARGIN)
        if clothes.look == "flow":
            exits += _exit(path, pieces, view, row, data)
        ends = data.ends.get(row["arc"]) if dress is None and clothes.look == "flow" else None
        least, most = (0.0 if not end else zoom * style.width(end / data.months) for end in ends or (0.0, 0.0))
        width, band = zoom * clothes.width, zoom * clothes.band
        strands += [Strand(row["arc"], resample(piece), clothes.look, row["family"], width, band, clothes.colour,
                           clothes.on_paper, least, most) for piece in pieces]
    flows = [s for s in strands if s.look == "flow"]
    moved = spread([s.points for s in flows], [s.width for s in flows])
    laid = [replace(s, points=p) for s, p in zip(flows, moved, strict=True)]
    others = [s for s in strands if s.look != "flow"]
    return Scene(tuple(others + laid), tuple(_marks(data, view, strands)), tuple(_merged(exits)), anchors)


def dressed(row: dict[str, Any], months: float) -> Dress | None:
    """Width by flow, colour by utilisation; None leaves an arc out: historic ones, sea lanes and links unused."""
    volume, capacity, family = float(row["volume"]), float(row["capacity"]), row["family"]
    if volume > style.FLOW_FLOOR:
        band = 0.0 if np.isnan(capacity) else style.width(capacity / months)
        tone = style.colour(family, float(row["utilisation"]))
        return Dress("flow", style.width(volume / months), band, tone, on_paper=row["mode"] == "swap")
    if row["status"] == "proposed":
        return Dress("proposed", 1.2, 0.0, family.proposed)
    idle = row["status"] in ("idle", "operating") and row["mode"] in IDLE_MODES
    return Dress("idle", 1.0, 0.0, style.IDLE) if idle else None


def _middle(path: Points, view: View) -> tuple[float, float]:
    """Half way along what is seen of a line."""
    seen = path[view.inside(path)]
    line = seen if len(seen) > 1 else path
    at = np.interp(cumulative(line)[-1] / 2, cumulative(line), np.arange(len(line)))
    low = int(at)
    high = min(low + 1, len(line) - 1)
    x, y = line[low] + (line[high] - line[low]) * (at - low)
    return float(x), float(y)


def _exit(path: Points, pieces: Sequence[Points], view: View, row: dict[str, Any], data: MapData) -> list[Exit]:
    """The mark of a lane that leaves the frame for long: after the first piece that the line does not soon rejoin."""
    reach = cumulative(path)[-1]
    for number, piece in enumerate(pieces):
        held = view.inside(piece)
        following = pieces[number + 1][0] if number + 1 < len(pieces) else None
        away = np.inf if following is None else float(np.hypot(*(following - piece[-1])))
        if held[-1] or not held.any() or min(away, reach) < LONG_WAY_OUT:
            continue
        last = int(np.flatnonzero(held)[-1])
        step = piece[last + 1] - piece[last] if last + 1 < len(piece) else piece[last] - piece[last - 1]
        norm = float(np.hypot(*step)) or 1.0
        goal = data.nodes.set_index("id")["label"].get(row["to"], str(row["to"]))
        words = data.words
        text = words("pill.exit", place=goal, volume=words.number(float(row["volume"])), unit=words.unit(row["unit"]))
        x, y = piece[last]
        return [Exit(float(x), float(y), (float(step[0]) / norm, float(step[1]) / norm), (text,), (str(row["arc"]),))]
    return []


def _merged(exits: list[Exit]) -> list[Exit]:
    """Exits less than 60 points apart share one mark, the texts stacked."""
    groups = clustered(exits, lambda one, other: bool(np.hypot(one.x - other.x, one.y - other.y) < 60))
    return [replace(own[0], texts=tuple(text for one in own for text in one.texts),
                    arcs=tuple(arc for one in own for arc in one.arcs)) for own in groups]


def clustered(items: Iterable[Item], near: Callable[[Item, Item], bool]) -> list[list[Item]]:
    """Items in clusters, in order: each joins the first cluster whose first item it is near to, or begins one."""
    clusters: list[list[Item]] = []
    for item in items:
        home = next((own for own in clusters if near(item, own[0])), None)
        if home is None:
            clusters.append([item])
        else:
            home.append(item)
    return clusters


def _marks(data: MapData, view: View, strands: Sequence[Strand]) -> list[Mark]:
    """Nodes that a drawn arc touches, those too close together merged into the weightiest kind."""
    drawn = data.arcs[data.arcs["arc"].isin([s.arc for s in strands])]
    nodes = data.nodes[data.nodes["id"].isin(pd.concat([drawn["from"], drawn["to"]]))].dropna(subset=["lon", "lat"])
    if nodes.empty:
        return []
    places = view.points(nodes[["lon", "lat"]].to_numpy(dtype=float))
    nodes = nodes.assign(x=places[:, 0], y=places[:, 1], rank=nodes["kind"].map(KIND_ORDER.index))
    nodes = nodes[view.inside(places)].sort_values(["rank", "volume"], ascending=[True, False], kind="stable")
    clusters = clustered(records(nodes), lambda a, b: bool(np.hypot(a["x"] - b["x"], a["y"] - b["y"]) < MERGE))
    return [_mark(cluster, set(data.depths["node"])) for cluster in clusters]


def _mark(cluster: list[dict[str, Any]], full: set[str]) -> Mark:
    lead = cluster[0]
    named = [c for c in cluster[1:] if c["kind"] == "field" and c["label"] != lead["label"]]
    label = " · ".join(dict.fromkeys([str(lead["label"]), *(str(c["label"]) for c in named)]))
    return Mark(float(lead["x"]), float(lead["y"]), str(lead["kind"]), label,
                max(float(c["volume"]) for c in cluster), tuple(str(c["id"]) for c in cluster),
                any(c["id"] in full for c in cluster))
