"""What arrives at export markets of what crosses a meter: where a group's volume is counted, and at what yield.

A meter stands somewhere on the way; what it passes is cleaned, burnt in compressors and taken in kind before it is
sold.  A group is credited with what is sold abroad of what has crossed its meters, so the groups of a partition add up
to the exports:

- Where all ways on from a meter keep the same share, its inlet times that share is what arrives.
- Where they differ, or some of it may stay (at home, in a tank), the count moves on along the ways, as far as only the
  group's own volume can be there, and ends at the sale or where one share holds again.
- Where others' volume mixes in before one share holds, nobody can tell whose is lost: the best of the ways counts.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from energy_routes.linear import Labels, numbered, pairs, stacked
from energy_routes.pack import Floats, Ints, Mask, reach

SAME = 1e-12  # shares that differ by less are one
GROUP = ("kind", "group")
# Where a place (node, commodity) stands in the labels of :class:`Ways`.
_ENDS = [("lanes", "from", "commodity"), ("lanes", "to", "to_commodity"), ("sales", "node", "commodity"),
         ("stays", "node", "commodity"), ("sources", "node", "commodity")]  # fmt: skip
TAILS, HEADS, SALES, STAYS, SOURCES = range(len(_ENDS))


@dataclass(frozen=True)
class Counted:
    """Where groups are counted, one row a place and period.

    ``lanes``: those of the network with kind, group and the ``share`` of its inlet that is sold abroad in the end;
    ``known`` is false where that is the best of several ways that others use, too.
    ``sales``: those of the network with kind and group; what is sold there counts whole.
    """

    lanes: Labels
    sales: Labels


@dataclass(frozen=True)
class Ways:
    """What may move in a network.

    ``lanes``: arc, commodity (that enters), from, to, to_commodity, period, yield.  ``sales``: market, node, commodity,
    period of export markets.  ``stays``: node, commodity of home deliveries and tanks.  ``sources``: node, commodity
    of supplies.  Further columns are kept.
    """

    lanes: Labels
    sales: Labels
    stays: Labels
    sources: Labels

    @cached_property
    def _places(self) -> tuple[int, list[Ints]]:
        """How many (node, commodity) there are, and the number of that of each row of :data:`_ENDS`."""
        parts = [getattr(self, name).only(node=node, grade=grade) for name, node, grade in _ENDS]
        number, different = pd.factorize(np.concatenate([part.numbers("node", "grade") for part in parts]))
        ends = np.cumsum([len(part) for part in parts])[:-1]
        return len(different), [np.asarray(own, dtype=np.intp) for own in np.split(number, ends)]

    def _at(self, part: int) -> Ints:
        """The number of the place of each row of a part of :data:`_ENDS`."""
        return self._places[1][part]

    @cached_property
    def _known(self) -> dict[Hashable, tuple[Floats, Mask]]:
        """What was found of a period, by what moves in it: most months are alike."""
        return {}

    @cached_property
    def _spans(self) -> list[_Span]:
        return [_Span(self, period) for period in pd.unique(self.lanes["period"])]

    def counted(self, meters: Labels) -> Counted:
        """Where each group of ``meters`` (kind, group, arc, market, ``only`` a commodity or blank) is counted.

        A lane that leads to no export market is left out.
        """
        at_lane, lane_groups = _metered(self.lanes, "arc", meters)
        at_sale, sale_groups = _metered(self.sales, "market", meters)
        share, differ = np.zeros(len(self.lanes)), np.zeros(len(self.lanes), dtype=bool)
        for span in self._spans:
            share[span.rows], differ[span.rows] = span.share, span.uneven[span.head]
        group, different = pd.factorize(lane_groups.numbers(*GROUP))
        moves = np.bincount(group, differ[at_lane], minlength=len(different)) > 0  # the count of the group moves on
        here = ~moves[group]
        lanes = [self._shared(at_lane[here], share, differ, lane_groups.take(here))]
        sales = [self.sales.take(at_sale).beside(sale_groups)]
        for own in np.flatnonzero(moves):
            rows = np.flatnonzero(group == own)
            along, sold = self._onward(at_lane[rows])
            called = lane_groups.take(rows[:1])
            lanes.append(self._shared(along, share, differ, called.take(np.zeros(len(along), dtype=np.int64))))
            sold_at = np.flatnonzero(sold)
            sales.append(self.sales.take(sold_at).beside(called.take(np.zeros(len(sold_at), dtype=np.int64))))
        return Counted(stacked(lanes).each_once(*GROUP, "arc", "commodity", "period"),
                       stacked(sales).each_once(*GROUP, "market", "commodity", "period"))

    def _shared(self, lanes: Ints, share: Floats, differ: Mask, groups: Labels) -> Labels:
        """The rows of some lanes for their groups, with what is sold in the end of what enters them."""
        rows = self.lanes.take(lanes).beside(groups).but(share=share[lanes], known=~differ[lanes])
        return rows.take(share[lanes] > 0)

    def _onward(self, metered: Ints) -> tuple[Ints, Mask]:
        """Of one group with meters on these lanes: the lanes and the sales at which it is counted."""
        marked = np.zeros(len(self.lanes), dtype=bool)
        marked[metered] = True
        mixed = self._mixed(marked)
        lanes, sold = [], np.zeros(len(self.sales), dtype=bool)
        for span in self._spans:
            here = marked[span.rows]
            passed = span.passed(here, mixed)
            lanes.append(span.rows[(here | passed[span.tail]) & ~passed[span.head]])
            sold |= span.sold & passed[span.places]
        return np.concatenate(lanes), sold

    def _mixed(self, metered: Mask) -> Mask:
        """The places that some supply can reach past the metered lanes."""
        tail, head = self._at(TAILS)[~metered], self._at(HEADS)[~metered]
        seen, _ = reach(tail, head, self._places[0], self._at(SOURCES))
        return seen


class _Span:
    """One period of the ways: of each place the best share that arrives abroad, and whether all ways keep that share.

    ``rows`` are the lanes open in it, as positions; ``tail``, ``head`` and ``share`` (of the inlet, sold in the end)
    go with them.
    """

    def __init__(self, ways: Ways, period: int) -> None:
        inside = ways.lanes["period"] == period
        self.rows = np.flatnonzero(inside)
        self.tail, self.head = ways._at(TAILS)[inside], ways._at(HEADS)[inside]
        self.places, self.sold = ways._at(SALES), ways.sales["period"] == period
        kept = ways.lanes["yield"][inside]
        moves = tuple(part.tobytes() for part in (self.tail, self.head, kept, self.places[self.sold]))
        if moves not in ways._known:
            ways._known[moves] = self._found(kept, ways._places[0], ways._at(STAYS))
        self.share, self.uneven = ways._known[moves]

    def _found(self, kept: Floats, count: int, stays: Ints) -> tuple[Floats, Mask]:
        """The share of each lane's inlet that is sold in the end, and the places with ways of different shares."""
        best = self._best(kept, count)
        share = kept * best[self.head]
        lossy = (best[self.tail] > 0) & (best[self.tail] - share > SAME)
        differ, onward = np.append(self.tail[lossy], stays[best[stays] > 0]), share > 0
        return share, reach(self.head[onward], self.tail[onward], count, differ)[0]

    def _best(self, kept: Floats, count: int) -> Floats:
        """The largest share of what is at each place that can be sold abroad; 0 where no way leads there."""
        best = np.zeros(count)
        best[self.places[self.sold]] = 1.0
        while True:
            longer = best.copy()
            np.maximum.at(longer, self.tail, kept * best[self.head])
            if np.array_equal(longer, best):
                return best
            best = longer

    def passed(self, metered: Mask, mixed: Mask) -> Mask:
        """The places through which the count moves on: uneven ones where only the group's volume can be."""
        alone = self.uneven & ~mixed
        onward = alone[self.tail] & alone[self.head]
        seen, _ = reach(self.tail[onward], self.head[onward], len(alone), self.head[metered & alone[self.head]])
        return seen


def meter_table(tables: Mapping[str, pd.DataFrame]) -> Labels:
    """The meters of a network: kind, group, arc, market, ``only``; each export market is measured as its own group."""
    markets, meters = tables["markets"], tables["meters"]
    names = markets["id"][markets["export"].to_numpy(dtype=bool)].tolist()
    columns = (meters[column].tolist() for column in ("kind", "group", "arc", "market", "commodity"))
    own = (("market", name, None, name, None) for name in names)
    return Labels.rows([*zip(*columns, strict=True), *own], "kind", "group", "arc", "market", "only").each_once()


def own_grade(labels: Labels) -> Mask:
    """The rows whose ``only`` is blank or names their commodity."""
    return np.asarray(labels.has("only", None, "") | (labels["only"] == labels["commodity"]))


def _metered(places: Labels, at: str, meters: Labels) -> tuple[Ints, Labels]:
    """The rows of lanes or sales that meters stand at, each with its kind and group."""
    meters = meters.take(~meters.has(at, None))
    place, meter = pairs(*numbered([places[at]], [meters[at]]))
    kept = own_grade(meters.only("only").take(meter).beside(places.only("commodity").take(place)))
    return place[kept], meters.only(*GROUP).take(meter[kept])
