"""The netback matrix: what a tonne of each grade earns by each route at each market, whether or not there is capacity.

A value iteration backwards from each market: with V = the price there, and over each lane l from n to n',

    V[n, c, g] = max_l  η_l · V[n', c', g'] + m_l

where g is the corridor still to be crossed (g' = none behind its meter), and m the sum of the lines of the netback
sheet that a unit on the lane adds to (what is paid is negative).  Per unit lifted; the lane's yield η is taken where it
falls.  The best path for each (supply, corridor, market) is the one a desk would quote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Case, refuse_beyond_prices
from energy_routes.errors import UsageError
from energy_routes.formulation import Sheet, Space, build_space, sheets
from energy_routes.indicators import BACK, LINES, PAID, PRICE, SHEET
from energy_routes.linear import Index, Vector
from energy_routes.network import Names
from energy_routes.pack import annotated, offered

COLUMNS = ["period", "family", "supply", "shipper", "commodity", "corridor", "market", "sold_as", "arcs", *LINES,
           "netback", "unit", "capacity", "capacity_unit"]  # fmt: skip
STEPS = 200  # lanes of the longest way that is looked for


@dataclass(frozen=True)
class _Net:
    """The lanes of one period: where each starts and ends (numbers of places), what it keeps and earns, its meter."""

    places: dict[tuple[str, str], int]
    lanes: list[dict[Any, Any]]
    start: Index
    end: Index
    kept: Vector
    money: Vector
    layer: Index  # number of the corridor whose meter the lane is, 0 for none


@annotated
def netbacks(case: Case, period: str | None = None) -> pd.DataFrame:
    """The netback of each supply by each corridor at each export market that some open way joins.

    Parameters
    ----------
    case : Case
        The question; limits on volume are not looked at.
    period : str or None
        One period; None: each.

    Returns
    -------
    DataFrame
        The lines of the netback sheet in ``unit``, USD per lifted t (1000 m³), costs positive; ``netback`` is what is
        left; ``capacity`` is the least effective capacity on the way in the period, in ``capacity_unit``, Mt (bcm).
        Best first within a supply.

    Raises
    ------
    UsageError
        The case has no such period.
    DataError
        No price reaches a year.
    InfeasibleError
        Limits of the case contradict each other.
    """
    labels = [p.label for p in case.periods]
    if period is not None and period not in labels:
        raise UsageError(f"period {period!r} is not in the horizon of {case.name}. {offered(period, labels)}")
    refuse_beyond_prices(case)
    space = build_space(case)
    corridors = _corridors(space)
    priced = _priced(space)
    rows = [row for label in labels if period in (None, label) for row in _rows(space, label, corridors, priced)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = ["period", "family", "supply", "netback", "corridor", "market"]
    return frame.sort_values(order, ascending=[True, False, True, False, True, True], ignore_index=True)


def matrix(table: pd.DataFrame) -> pd.DataFrame:
    """Netbacks with a row a corridor and market and a column a supply; the mean over periods."""
    return table.pivot_table("netback", ["corridor", "market"], "supply", aggfunc="mean", sort=False)


def _corridors(space: Space) -> dict[tuple[str, str], str]:
    """(arc, commodity) → the corridor measured there; a blank commodity means all."""
    meters = space.case.network.tables["meters"]
    own = meters[(meters["kind"] == "corridor") & meters["arc"].notna()]
    return {(a, c if isinstance(c, str) else ""): g for a, c, g in zip(own["arc"], own["commodity"], own["group"],
                                                                        strict=True)}  # fmt: skip


def _priced(space: Space) -> dict[str, pd.DataFrame]:
    """Lanes, supplies and sales: what a unit adds to the netback sheet (``money``) and the sum (``net``).

    Lanes have their ``yield``.
    """
    ways = {"flow": space.flow, "lifted": space.lifted, "delivered": space.delivered}
    priced = {
        name: ways[name].axis.frame.assign(
            money=pd.Series(money, dtype=object), net=[float(sum(own.values())) for own in money])
        for name, money in sheets(space).items() if name in ways
    }  # fmt: skip
    return priced | {"flow": priced["flow"].assign(**{"yield": space.flow.axis.data("yield")})}


def _rows(
    space: Space, period: str, corridors: dict[tuple[str, str], str], priced: dict[str, pd.DataFrame]
) -> Iterator[tuple[Any, ...]]:
    names = list(dict.fromkeys(corridors.values()))
    lanes, lifted, sold = (frame[frame["period"] == period] for frame in priced.values())
    net, supplies = _net(lanes.to_dict("records"), corridors, names), lifted.to_dict("records")
    sold = sold[sold["export"].astype(bool)].sort_values("net", ascending=False)
    capacity = dict(zip(space.arcs.names(), space.arcs.data("capacity").tolist(), strict=True))
    called = Names(space.case.network.tables)
    units, volumes = (space.case.network.units(dimension) for dimension in ("unit_value", "volume"))
    family = space.case.network.family_of("commodities")
    for market, offers in sold.groupby("market", sort=False):
        best = offers.drop_duplicates(["node", "commodity"])
        sold_for = np.full(len(net.places), -np.inf)
        sale: dict[tuple[str, str], Sheet] = {}
        for node, grade, price, money in zip(*(best[c] for c in ("node", "commodity", "net", "money")), strict=True):
            if (node, grade) in net.places:
                sold_for[net.places[node, grade]], sale[node, grade] = price, money
        worth = _worth(net, sold_for, len(names) + 1)
        for supply in supplies:
            start = net.places.get((supply["node"], supply["commodity"]), -1)
            for number, corridor in enumerate(names, 1):
                if start < 0 or not np.isfinite(worth[start, number]):
                    continue
                path = _path(net, worth, sold_for, start, number)
                sold_as = str(path[-1]["to_commodity"])
                sheet = _sheet(supply, path, sale[path[-1]["to"], sold_as])
                room = min((capacity[lane["arc"], period] for lane in path), default=float("inf"))
                netback = sum(sheet[k] for k in (PRICE.id, *BACK)) - sum(sheet[k] for k in PAID)
                kind = str(family[supply["commodity"]])
                yield (period, kind, supply["supply"], called.shipper[supply["supply"]], supply["commodity"], corridor,
                       market, sold_as, ";".join(lane["arc"] for lane in path), *(sheet[k] for k in LINES), netback,
                       units[kind], room, volumes[kind])  # fmt: skip


def _net(lanes: list[dict[Any, Any]], corridors: dict[tuple[str, str], str], names: Sequence[str]) -> _Net:
    ends = [[(lane["from"], lane["commodity"]), (lane["to"], lane["to_commodity"])] for lane in lanes]
    places = {place: at for at, place in enumerate(dict.fromkeys(place for pair in ends for place in pair))}
    number = {name: k for k, name in enumerate(names, 1)}
    metered = [corridors.get((x["arc"], x["commodity"])) or corridors.get((x["arc"], "")) for x in lanes]
    return _Net(
        places,
        lanes,
        np.array([places[a] for a, _ in ends], dtype=np.int64),
        np.array([places[b] for _, b in ends], dtype=np.int64),
        np.array([lane["yield"] for lane in lanes], dtype=float),
        np.array([lane["net"] for lane in lanes], dtype=float),
        np.array([number[g] if g else 0 for g in metered], dtype=np.int64),
    )


def _after(net: _Net, worth: Vector) -> Vector:
    """What a unit is worth where each lane starts if it takes the lane; (lanes, layers)."""
    beyond = worth[net.end]
    inside = np.where((net.layer == 0)[:, None], beyond, -np.inf)
    metered = np.flatnonzero(net.layer)
    inside[metered, net.layer[metered]] = beyond[metered, 0]
    return inside * net.kept[:, None] + net.money[:, None]


def _worth(net: _Net, sold_for: Vector, layers: int) -> Vector:
    """Worth of a unit at every place by the corridor still to be crossed; −∞ where no way leads to the market."""
    worth = np.full((len(net.places), layers), -np.inf)
    worth[:, 0] = sold_for
    for _ in range(STEPS):
        new = worth.copy()
        np.maximum.at(new, net.start, _after(net, worth))
        if np.array_equal(new, worth):
            break
        worth = new
    return worth


def _path(net: _Net, worth: Vector, sold_for: Vector, place: int, layer: int) -> list[dict[Any, Any]]:
    """The lanes of the best way from a place: at each, the one that gives the worth, until selling gives it."""
    values = _after(net, worth)
    path: list[dict[Any, Any]] = []
    while (layer or worth[place, 0] > sold_for[place]) and len(path) < STEPS:
        lane = int(np.flatnonzero((net.start == place) & (values[:, layer] == worth[place, layer]))[0])
        path.append(net.lanes[lane])
        layer = 0 if net.layer[lane] else layer
        place = int(net.end[lane])
    return path


def _sheet(supply: dict[Any, Any], path: Sequence[dict[Any, Any]], sale: Sheet) -> Sheet:
    """Each line per lifted unit, costs positive: of the supply, of the lanes of the path, and of the sale."""
    sheet, here = dict.fromkeys(LINES, 0.0), 1.0
    for money, kept in [(supply["money"], 1.0), *((lane["money"], lane["yield"]) for lane in path), (sale, 1.0)]:
        for line, value in money.items():
            sheet[line] += here * value
        here *= float(kept)
    return {line.id: 0.0 + line.sign * sheet[line.id] for line in SHEET}
