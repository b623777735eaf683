"""What the shape of a network must allow: supplies with an outlet, and meters that count each export path right.

Paths are followed on pairs (node, commodity), because a lane may turn one grade into another; a delivery to a market is
the last step of a path.  Only what is available counts: operating arcs that have some capacity, now or in a dated row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from energy_routes.errors import Fault
from energy_routes.pack.pack import by_key, dated_rows
from energy_routes.pack.schema.tables import PARTITIONS

Ints = NDArray[np.intp]
Mask = NDArray[np.bool_]
Tables = Mapping[str, pd.DataFrame]
# (table, row counted from 0, column, found, expected, repair) -> Fault
Teller = Callable[[str, int, str, str, str, str], Fault]
Vertices = list[tuple[int, int]]  # the row of a supply, and where it begins


@dataclass(frozen=True)
class Steps:
    """The steps of all paths, one entry a step: from vertex ``tail`` to ``head`` over an arc or into a market.

    A vertex below ``len(nodes) * len(commodities)`` is a (node, commodity); those above are the markets, in
    table order, and ``abroad`` marks those of exports.  ``arc`` and ``market`` are row numbers, -1 where the step is
    not over one; ``commodity`` is the number of what enters the step.
    """

    nodes: list[str]
    commodities: list[str]
    markets: list[str]
    abroad: Mask
    tail: Ints
    head: Ints
    arc: Ints
    market: Ints
    commodity: Ints

    @property
    def exports(self) -> Ints:
        """The vertices of the export markets."""
        return self.inner + np.flatnonzero(self.abroad)

    @property
    def inner(self) -> int:
        """How many vertices are no markets."""
        return len(self.nodes) * len(self.commodities)

    @property
    def count(self) -> int:
        """How many vertices there are."""
        return self.inner + len(self.markets)

    def vertices(self, node: str, commodities: Iterable[str] = ()) -> list[int]:
        """The vertices of a node, of all commodities or of those named."""
        base = self.nodes.index(node) * len(self.commodities)
        return [base + self.commodities.index(c) for c in (commodities or self.commodities)]

    def where(self, vertex: int) -> str:
        """The node or market of a vertex."""
        in_market = vertex >= self.inner
        return self.markets[vertex - self.inner] if in_market else self.nodes[vertex // len(self.commodities)]

    def some(self, keep: Mask) -> Steps:
        """Only the steps that ``keep`` marks."""
        kept = {name: getattr(self, name)[keep] for name in ("tail", "head", "arc", "market", "commodity")}
        return replace(self, **kept)


def check_structure(tables: Tables, tell: Teller, opened: Collection[str] = ()) -> list[Fault]:
    """Supplies without an outlet, meters crossed twice, partitions with a gap; ``tell`` makes a fault of a table's row.

    ``opened`` names arcs to count as available besides the operating ones, as an edit or a build option opens them.
    """
    steps = steps_of(tables, opened)
    supplies = _supply_vertices(tables, steps)
    checks = (_outlets, _passing, _metering)
    return [fault for check in checks for fault in check(tables, steps, supplies, tell)]


def steps_of(tables: Tables, opened: Collection[str] = ()) -> Steps:
    """Every step over an available arc, and every delivery."""
    nodes, commodities = list(tables["nodes"]["id"]), list(tables["commodities"]["id"])
    at = {name: i for i, name in enumerate(nodes)}
    grade = {name: i for i, name in enumerate(commodities)}
    told = tables["lanes"][["arc", "commodity", "to_commodity"]].itertuples(index=False)
    lanes = by_key((arc, (enters, enters if pd.isna(leaves) else leaves)) for arc, enters, leaves in told)
    rows: list[tuple[int, int, int, int, int]] = []
    open_arcs = available_arcs(tables, opened)
    for i, (arc, start, end) in enumerate(tables["arcs"][["id", "from", "to"]].itertuples(index=False)):
        for enters, leaves in lanes.get(arc, [(c, c) for c in commodities]) if open_arcs[i] else ():
            rows.append((at[start] * len(grade) + grade[enters], at[end] * len(grade) + grade[leaves], i, -1,
                         grade[enters]))
    for m, node in enumerate(tables["markets"]["node"]):
        rows += [(at[node] * len(grade) + c, len(nodes) * len(grade) + m, -1, m, c) for c in range(len(grade))]
    columns = np.array(rows, dtype=np.intp).reshape(-1, 5).T
    abroad = tables["markets"]["export"].to_numpy(dtype=bool)
    return Steps(nodes, commodities, list(tables["markets"]["id"]), abroad, *columns)


def available_arcs(tables: Tables, opened: Collection[str] = ()) -> Mask:
    """Which arcs operate (or are opened) and have some capacity, in the base or in a dated row."""
    arcs = tables["arcs"]
    running = (arcs["status"] == "operating") | arcs["id"].isin(list(opened))
    return np.asarray(running.to_numpy(dtype=bool) & _some(tables, "arcs", "capacity"))


def _some(tables: Tables, table: str, column: str) -> Mask:
    """Which rows have a positive figure, in the base or in a dated row."""
    values, frame = tables["values"], tables[table]
    rows = dated_rows(values, table, column)
    later = set(values["id"].to_numpy(dtype=object)[rows[values["value"].to_numpy(dtype=float)[rows] > 0]])
    return (frame[column].to_numpy(dtype=float) > 0) | np.isin(frame["id"].to_numpy(dtype=object), list(later))


def reach(tail: Ints, head: Ints, count: int, start: Iterable[int]) -> tuple[Mask, Ints]:
    """Which of ``count`` vertices can be reached from ``start``, and each one's predecessor on a shortest path.

    The predecessor of a start is ``count``; of a vertex out of reach, negative.
    """
    source = np.unique(np.fromiter(start, dtype=np.intp))
    graph = csr_array((np.ones(len(tail) + len(source)), (np.append(tail, np.full(len(source), count)),
                                                          np.append(head, source))), shape=(count + 1, count + 1))
    order, before = breadth_first_order(graph, count, return_predecessors=True)
    seen = np.zeros(count + 1, dtype=bool)
    seen[order] = True
    return seen[:count], np.asarray(before, dtype=np.intp)


def _path(steps: Steps, before: Ints, vertex: int) -> str:
    """The way to a vertex in words: ``Tengiz → Atyrau → Augusta``."""
    way = [steps.where(vertex)]
    while 0 <= before[vertex] < steps.count:
        vertex = int(before[vertex])
        if steps.where(vertex) != way[-1]:
            way.append(steps.where(vertex))
    return " → ".join(reversed(way))


def _supply_vertices(tables: Tables, steps: Steps) -> Vertices:
    """(row, vertex) of each supply that has something to lift."""
    some = _some(tables, "supplies", "available")
    pairs = tables["supplies"][["node", "commodity"]].itertuples(index=False)
    return [(i, steps.vertices(node, (commodity,))[0]) for i, (node, commodity) in enumerate(pairs) if some[i]]


def _outlets(tables: Tables, steps: Steps, supplies: Vertices, tell: Teller) -> Iterable[Fault]:
    """Every supply reaches a market, or an obligation that takes what arrives."""
    sinks = list(range(steps.inner, steps.count))
    for node, commodities in tables["obligations"][["node", "commodities"]].itertuples(index=False):
        sinks += steps.vertices(node, commodities)
    seen, _ = reach(steps.head, steps.tail, steps.count, sinks)
    repair = ("Add the missing arc or lane, see that each arc on the way operates and has capacity, or set available "
              "to 0." if sinks else "There is none of either: add the table (or the sheet) 'markets', with a row each.")
    for row, vertex in supplies:
        if not seen[vertex]:
            name, node = tables["supplies"]["id"].iloc[row], steps.where(vertex)
            commodity = tables["supplies"]["commodity"].iloc[row]
            yield tell("supplies", row, "node", f"no available arcs lead {commodity!r} of {name!r} from {node!r} to a "
                       "market or an obligation", "at least one path of operating arcs", repair)


def _passing(tables: Tables, steps: Steps, supplies: Vertices, tell: Teller) -> Iterable[Fault]:
    """What others carry through the country is sold at no export market: it would count as the country's own export."""
    for row, vertex in supplies:
        if tables["supplies"]["kind"].iloc[row] != "transit":
            continue
        seen, before = reach(steps.tail, steps.head, steps.count, [vertex])
        for market in steps.exports[seen[steps.exports]][:1]:
            yield tell("supplies", row, "kind", f"transit reaches an export market ({_path(steps, before, market)})",
                       "others' volumes to end at markets with export = false",
                       "Give it a commodity of its own, with lanes to a market whose export is false.")


def _metering(tables: Tables, steps: Steps, supplies: Vertices, tell: Teller) -> Iterable[Fault]:
    """No export path crosses a group's meters twice; it crosses a partition's meters exactly once."""
    starts = [vertex for _, vertex in supplies]
    after, _ = reach(steps.tail, steps.head, steps.count, starts)
    before, _ = reach(steps.head, steps.tail, steps.count, steps.exports.tolist())
    steps = steps.some(after[steps.tail] & before[steps.head])
    marks = metered(tables, steps)
    kinds: dict[str, dict[str, list[int]]] = {}
    for row, (kind, group) in enumerate(tables["meters"][["kind", "group"]].itertuples(index=False)):
        kinds.setdefault(kind, {}).setdefault(group, []).append(row)
    for kind, groups in kinds.items():
        told: set[int] = set()
        for group, own in groups.items():
            yield from _twice(tables, steps, marks, own, f"{kind} {group!r}", tell, told)
        if kind in PARTITIONS:
            rows = [row for own in groups.values() for row in own]
            yield from _twice(tables, steps, marks, rows, f"the partition by {kind}", tell, told)
            crossed = np.any([marks[row] for row in rows], axis=0)
            yield from _gaps(steps.some(~crossed), kind, starts, steps.exports - steps.inner, tell)


def metered(tables: Tables, steps: Steps) -> list[Mask]:
    """The steps that each meter counts."""
    arcs = {name: i for i, name in enumerate(tables["arcs"]["id"])}
    out = []
    for arc, market, commodity in tables["meters"][["arc", "market", "commodity"]].itertuples(index=False):
        mark = steps.market == steps.markets.index(market) if pd.isna(arc) else steps.arc == arcs[arc]
        if pd.notna(commodity):
            mark = mark & (steps.commodity == steps.commodities.index(commodity))
        out.append(np.asarray(mark))
    return out


def _twice(tables: Tables, steps: Steps, marks: Sequence[Mask], rows: list[int], what: str, tell: Teller,
           told: set[int]) -> Iterable[Fault]:
    """A fault for each meter that can be crossed after another one (or after itself), told once."""
    all_marked = np.any([marks[row] for row in rows], axis=0)
    seen, before = reach(steps.tail, steps.head, steps.count, steps.head[all_marked].tolist())
    for row in rows:
        hit = np.flatnonzero(marks[row] & seen[steps.tail])
        if not len(hit) or row in told:
            continue
        told.add(row)
        tail = int(steps.tail[hit[0]])
        first = tail
        while 0 <= before[first] < steps.count:
            first = int(before[first])
        earlier = int(np.flatnonzero(all_marked & (steps.head == first))[0])
        meter = tables["meters"].iloc[row]
        here = meter["market"] if pd.isna(meter["arc"]) else meter["arc"]
        yield tell("meters", row, "market" if pd.isna(meter["arc"]) else "arc",
                   f"an export path crosses {what} at {_name(tables, steps, earlier)!r}, then again at {here!r} "
                   f"(between them: {_path(steps, before, tail)})", "each export path to cross it at most once",
                   "Keep one meter on the path, restrict one to a commodity, or make what returns its own commodity.")


def _name(tables: Tables, steps: Steps, step: int) -> str:
    """The arc or market of a step."""
    if steps.arc[step] < 0:
        return str(steps.markets[steps.market[step]])
    return str(tables["arcs"]["id"].iloc[steps.arc[step]])


def _gaps(unmetered: Steps, kind: str, supplies: list[int], exports: Ints, tell: Teller) -> Iterable[Fault]:
    """A fault for each export market that can be reached past every meter of a partition."""
    seen, before = reach(unmetered.tail, unmetered.head, unmetered.count, supplies)
    for market in map(int, exports):
        vertex = unmetered.inner + market
        if seen[vertex]:
            yield tell("markets", market, "id", f"the path {_path(unmetered, before, vertex)} crosses no meter "
                       f"of a {kind}", f"each export path to cross exactly one ({kind} partitions exports)",
                       "Add a meter on one arc of the path, or at the market.")
