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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from energy_routes.linear import Axis, Columns, Index, LinearForm, Program, Squares, Vector, positions

LEAST = 1e-3  # Mt (bcm) that a pro rata, or the limit of a tank, counts as at least
NARROW = 1.0  # Mt (bcm) a year that the capacity of an arc counts as at least
NOWHERE = -1
LABELS = 2**21  # numbers of labels are below this, so that three of them fit into one of 64 bits

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
    from the place s of a supply.  A flow leads from ``tail`` to ``head``, among which the places stand as ``targets``
    and ``sources``.
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
    tail: Codes
    head: Codes
    sources: Codes
    targets: Codes
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
            found = positions(block.axis, rows.axis, keys)
            row[block.slice] = np.where(found < 0, NOWHERE, program.row_slice(rows.name).start + found)
    copies = [name.removeprefix("lifted") for name in blocks if name.partition("@")[0] == "lifted"]
    return Yardsticks(row, tuple(_trade(blocks, suffix) for suffix in copies))


def _trade(blocks: Mapping[str, Columns], suffix: str) -> Trade:
    supply, home, sold, flow = (blocks[name + suffix] for name in ("lifted", *BUYERS, "flow"))
    own, lanes, takers = [supply.axis], [flow.axis], [home.axis, sold.axis]
    tail, head, source, target = _dense(
        _labels(lanes, "from", "commodity"), _labels(lanes, "to", "to_commodity"),
        _labels(own, "node", "commodity"), _labels(takers, "node", "commodity"),
    )  # fmt: skip
    sources, from_place = np.unique(source, return_inverse=True)
    targets, to_place = np.unique(target, return_inverse=True)
    flow_market, from_market, to_market = _dense(*(_labels(axes, "family", "period") for axes in (lanes, own, takers)))
    from_period, to_period = _dense(*(_labels(axes, "period") for axes in (own, takers)))
    (due,), (tier,) = (_dense(_labels([axis], *LIMITS[name][1])) for name, axis in zip(BUYERS, takers, strict=True))
    return Trade(
        supplies=_range(supply), from_place=from_place, from_period=from_period, from_market=from_market,
        deliveries=np.concatenate([_range(home), _range(sold)]), to_place=to_place, to_period=to_period,
        to_market=to_market, buyer=np.concatenate([due, tier + _count(due)]),
        flows=_range(flow), flow_market=flow_market, years=flow.axis.data("years"),
        reach=_reach(tail, head, sources, targets), tail=tail, head=head, sources=sources, targets=targets,
        markets=_count(flow_market, from_market, to_market), periods=_count(from_period, to_period),
    )  # fmt: skip


def _labels(axes: Sequence[Axis], *keys: str) -> Index:
    """A number for the labels of each row of the axes, one axis after another; equal labels have equal numbers."""
    parts = []
    for axis in axes:
        number = np.zeros(len(axis), dtype=np.int64)
        for key in keys:
            number = number * LABELS + axis.coded(key)
        parts.append(number)
    return np.concatenate(parts)


def _dense(*numbers: Index) -> list[Codes]:
    """The numbers as 0, 1, 2 …, equal where they are equal, in whichever of the arrays they stand.

    They are counted as they first stand there: the numbers of labels depend on what else a process has joined on, and
    sums must not be added up in another order for it.
    """
    whole = np.concatenate(numbers)
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.split(rank[place], np.cumsum([len(part) for part in numbers])[:-1])


def _count(*codes: Codes) -> int:
    return 1 + max(int(code.max(initial=-1)) for code in codes)


def _reach(tail: Codes, head: Codes, sources: Codes, targets: Codes) -> Vector:
    """1 where a target can be reached from a source over the steps tail → head, else 0; shape (targets, sources)."""
    size = _count(tail, head, sources, targets)
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
