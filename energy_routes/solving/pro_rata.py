"""What deliveries and flows of equally good plans are measured by: pro rata, and capacity.

All figures are read off the bounds of the programme, so that a change of it is one of its yardsticks, too, and a
recourse copy has its own:

- A supply's pro rata is what its node can give of the grade in the period, times the supply's share of it: what it
  can lift.
- A delivery's pro rata is what its buyer (an obligation, or a tier of a market) takes in the period, times the share
  of the grade in what supplies can bring to the buyer's node.  A grade counts with all that the supplies that it can
  come from can lift.  It can come from a supply if lanes lead from there to the node, in whichever period.
- A buyer without limit takes all that the supplies of its family can lift in the period.  A supply without limit can
  lift all that the buyers of its family with a limit take in it.
- A flow is measured by the capacity of its arc in the period, at least 1 Mt (bcm) a year.  An arc without limit has
  as much as the supplies of its family can lift.
- What no delivery and no flow is (stocks, injections, deficiencies, bookings …) is measured by its own limit, or by
  1 Mt (bcm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from energy_routes.linear import Columns, Index, LinearForm, Program, Squares, Vector, positions

LEAST = 1e-3  # Mt (bcm) that a pro rata, or the limit of a tank, counts as at least
NARROW = 1.0  # Mt (bcm) a year that the capacity of an arc counts as at least
NOWHERE = -1

Codes = NDArray[np.intp]
# Variables whose limit is a row: the rule, and the keys that they share.
LIMITS = {
    "home": ("obligations", ("obligation", "period")),
    "delivered": ("market_depth", ("market", "tier", "period")),
    "lifted": ("supply_with_options", ("supply", "period")),
    "flow": ("capacity", ("arc", "period")),
    "stock": ("working_volume", ("storage", "period")),
    "injected": ("injection", ("storage", "period")),
    "withdrawn": ("withdrawal", ("storage", "period")),
}
BUYERS = ("home", "delivered")


@dataclass(frozen=True, eq=False)
class Trade:
    """Who can supply whom in one copy of the rules, as codes; the codes of places stand for (node, commodity).

    ``market`` codes stand for (family, period).  ``reach[p, s]`` is 1 where the place p of a delivery can be reached
    from the place s of a supply.
    """

    supplies: Index
    from_place: Codes
    from_period: Codes
    from_market: Codes
    deliveries: Index
    to_place: Codes
    to_period: Codes
    to_market: Codes
    buyer: Codes
    flows: Index
    flow_market: Codes
    years: Vector
    reach: Vector
    markets: int
    periods: int

    def pro_rata(self, limit: Vector) -> tuple[Vector, Vector, Vector]:
        """Pro rata of the supplies and of the deliveries, and what the flows are measured by, Mt (bcm) each.

        ``limit``: the limit of each column of the programme.
        """
        first = np.unique(self.buyer, return_index=True)[1]
        asked = limit[self.deliveries]
        wanted = np.bincount(self.to_market[first], _finite(asked[first]), self.markets)
        lifted = limit[self.supplies]
        lifted = np.where(np.isfinite(lifted), lifted, wanted[self.from_market])
        given = np.bincount(self.from_market, lifted, self.markets)
        volume = np.zeros((self.reach.shape[1], self.periods))
        np.add.at(volume, (self.from_place, self.from_period), lifted)
        grade = (self.reach @ volume)[self.to_place, self.to_period]
        of = np.bincount(self.buyer, grade)[self.buyer]
        share = np.divide(grade, of, out=np.zeros(len(of)), where=of > 0)
        capacity = limit[self.flows]
        capacity = np.where(np.isfinite(capacity), capacity, given[self.flow_market])
        return lifted, np.minimum(asked, given[self.to_market]) * share, np.maximum(capacity, NARROW * self.years)


@dataclass(frozen=True, eq=False)
class Yardsticks:
    """What the columns of a programme are measured by: the row that limits each (or NOWHERE), and who supplies whom."""

    row: Index
    trades: tuple[Trade, ...]

    def goals(self, form: LinearForm) -> tuple[Squares, Squares, Squares]:
        """What is made least in turn: of deliveries (and supplies), then of flows, then of all that is left.

        ``form`` has the bounds; its columns, and the rows that limit them, are those of the programme.
        """
        known = self.row != NOWHERE
        limit = np.minimum(form.col_upper, np.where(known, form.row_upper[np.where(known, self.row, 0)], np.inf))
        pro_rata, capacity = np.full(len(limit), np.nan), np.full(len(limit), np.nan)
        for trade in self.trades:
            pro_rata[trade.supplies], pro_rata[trade.deliveries], capacity[trade.flows] = trade.pro_rata(limit)
        rest = np.where(np.isfinite(limit), np.maximum(limit, LEAST), 1.0)
        rest[~(np.isnan(pro_rata) & np.isnan(capacity))] = np.nan
        none = np.zeros(len(limit))
        return (Squares(_over(np.maximum(pro_rata, LEAST)), np.nan_to_num(pro_rata)), Squares(_over(capacity), none),
                Squares(_over(rest), none))  # fmt: skip


def yardsticks(program: Program) -> Yardsticks:
    """The yardsticks of a programme and of every recourse copy in it."""
    row = np.full(program.shape[1], NOWHERE, dtype=np.int64)
    rules = {rows.name: rows for rows in program.rows}
    blocks = {block.name: block for block in program.columns}
    for block in blocks.values():
        name, at, suffix = block.name.partition("@")
        rule, keys = LIMITS.get(name, ("", ()))
        rows = rules.get(rule + at + suffix)
        if rows is not None:
            found = positions(block.axis.frame, rows.axis.frame, keys)
            start = program.row_slice(rows.name).start
            row[block.slice] = np.where(found < 0, NOWHERE, start + found)
    copies = [name.removeprefix("lifted") for name in blocks if name.partition("@")[0] == "lifted"]
    return Yardsticks(row, tuple(_trade(blocks, suffix) for suffix in copies))


def _trade(blocks: dict[str, Columns], suffix: str) -> Trade:
    supply, flow = blocks[f"lifted{suffix}"], blocks[f"flow{suffix}"]
    sales = [blocks[name + suffix] for name in BUYERS]
    places, markets, periods, buyers = _Codes(), _Codes(), _Codes(), _Codes()
    tail, head = places.of(flow, "from", "commodity"), places.of(flow, "to", "to_commodity")
    sources, from_place = np.unique(places.of(supply, "node", "commodity"), return_inverse=True)
    targets, to_place = np.unique(_each(places, sales, "node", "commodity"), return_inverse=True)
    return Trade(
        supplies=_range(supply),
        from_place=from_place,
        from_period=periods.of(supply, "period"),
        from_market=markets.of(supply, "family", "period"),
        deliveries=np.concatenate([_range(block) for block in sales]),
        to_place=to_place,
        to_period=_each(periods, sales, "period"),
        to_market=_each(markets, sales, "family", "period"),
        buyer=np.concatenate([buyers.of(block, *LIMITS[name][1]) for name, block in zip(BUYERS, sales, strict=True)]),
        flows=_range(flow),
        flow_market=markets.of(flow, "family", "period"),
        years=flow.axis.data("years"),
        reach=_reach(tail, head, sources, targets, len(places)),
        markets=len(markets),
        periods=len(periods),
    )


class _Codes(dict[tuple[object, ...], int]):
    """A number for each label: equal labels have equal numbers, in whichever block they stand."""

    def of(self, block: Columns, *keys: str) -> Codes:
        """The numbers of a block's labels, shape (columns of the block,)."""
        labels = zip(*(block.axis.frame[key].tolist() for key in keys), strict=True)
        return np.fromiter((self.setdefault(label, len(self)) for label in labels), np.intp, len(block.axis))


def _each(codes: _Codes, blocks: Sequence[Columns], *keys: str) -> Codes:
    return np.concatenate([codes.of(block, *keys) for block in blocks])


def _reach(tail: Codes, head: Codes, sources: Codes, targets: Codes, size: int) -> Vector:
    """1 where a target can be reached from a source over the steps tail → head, else 0; shape (targets, sources)."""
    graph = sparse.csr_matrix((np.ones(len(tail)), (tail, head)), shape=(size, size))
    out = np.zeros((len(targets), len(sources)))
    for place, source in enumerate(sources):
        seen = np.zeros(size)
        seen[csgraph.breadth_first_order(graph, source, return_predecessors=False)] = 1.0
        out[:, place] = seen[targets]
    return out


def _range(block: Columns) -> Index:
    return np.arange(block.slice.start, block.slice.stop, dtype=np.int64)


def _finite(values: Vector) -> Vector:
    return np.where(np.isfinite(values), values, 0.0)


def _over(size: Vector) -> Vector:
    """1 / size, 0 where a column has none (NaN)."""
    return np.nan_to_num(1.0 / size)
