"""What a map shows, taken from a plan: arcs with their lines, nodes, and the words around them.

``payload(plan)`` sums the whole horizon; ``payload(plan, period="2024-03")`` takes one period, and a year takes its
months.  Nothing here draws, so the interactive page and the GIS files are made from the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from shapely import LineString

from energy_routes.answer import Words, doubtful
from energy_routes.errors import UsageError
from energy_routes.maps.data import style
from energy_routes.maps.data.projection import Points, Projection, run_on
from energy_routes.maps.data.titles import Note, bands_of, finding, notes_of, setting, whole
from energy_routes.maps.placing import refuse_misplaced
from energy_routes.network import Names, Network, geometry as geo
from energy_routes.pack import Family, Period
from energy_routes.plan import Plan

ARC_FACTS = ("arc", "name", "from", "to", "mode", "operator", "status", "family", "unit")
MEASURED = ("volume", "capacity", "utilisation", "price", "bound")


@dataclass(frozen=True)
class MapData:
    """One map's content.

    ``arcs``: one row an arc — ARC_FACTS, ``volume`` and ``capacity`` (Mt or bcm in the span; NaN without a limit),
    ``utilisation`` (0–1), ``price`` (USD/t: what one more tonne a year of capacity, in force in every period, is
    worth), ``bound`` (periods in which it was a bottleneck), ``line`` (what a map calls the line that it is a section
    of, else blank).  ``nodes``: id, name, label, kind, country, lon, lat, volume (through it).
    ``limits``: the bottlenecks — id, name, family, ``arc`` (where it is shown), ``price`` (as of arcs), ``bound`` (in
    how many periods it binds), ``sign`` (full: the line itself; limit: a quota, or what a line takes of a grade) and
    ``estimate`` (whether its bound is one), dearest first.
    ``depths``: what markets take no more of at a price — id, name (with the tier), family, ``node``, price and bound as
    of limits, dearest first.
    ``lines``: arc to its line in WGS 84; an arc without geometry and without places for its ends has none.
    ``months``: length of the span, so that widths mean the same on a year's and on a month's map.
    ``projection``: how it is laid flat, by the places of its nodes.
    ``notes``: what is said in words beside lines.
    ``draws``: how many draws of its figures were solved; where there are some, ``arcs`` of the whole horizon has
    ``p10``, ``p90`` (Mt or bcm) and ``used`` (the share of draws, 0–1, in which an arc carries something) too.
    ``families``: those on the map, oil first; of a map without arcs the first of the plan.
    ``ends``: arc to the least and the most that it carries in plans as good, where the plan of the whole horizon is
    one of many.
    ``doubted``: by label of every period of the plan, the limits, as (kind, id), whose bound is no more than an
    estimate.
    ``words``: the language of what is written; ids, and names of arcs and limits, stay as the pack has them.
    """

    arcs: pd.DataFrame
    nodes: pd.DataFrame
    limits: pd.DataFrame
    depths: pd.DataFrame
    lines: Mapping[str, LineString]
    periods: int
    months: float
    when: str
    title: str
    subtitle: str
    credits: tuple[str, ...]
    words: Words
    families: tuple[Family, ...]
    projection: Projection
    notes: tuple[Note, ...]
    ends: Mapping[str, tuple[float, float]]
    draws: int
    doubted: Mapping[str, Collection[tuple[str, str]]]

    def flowing(self) -> list[Points]:
        """The lines that carry something, in projected metres."""
        arcs = self.arcs.loc[self.arcs["volume"] > style.FLOW_FLOOR, "arc"]
        return [self.projection.course(np.asarray(self.lines[arc].coords)) for arc in arcs if arc in self.lines]

    def places(self) -> Points:
        """(lon, lat) of the nodes that have a place."""
        return places_of(self.nodes)

    def rows(self, frame: pd.DataFrame) -> list[dict[str, Any]]:
        """The rows of ``arcs`` or ``limits`` as dictionaries, their ``family`` as what it is."""
        own = {family.id: family for family in self.families}
        return [{**row, "family": own[row["family"]]} for row in records(frame)]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def words_of(plan: Plan, lang: str) -> Words:
    """The words of a plan's map: a folder ``words`` or ``basemap`` beside the plan's (first) pack lies over ours.

    Raises UsageError for an unknown language.
    """
    packs = plan.case.network.packs
    return Words.of(lang, beside=packs[0].path.parent if packs else None)


def payload(plan: Plan, period: str | None = None, title: str | None = None, lang: str = "en") -> MapData:
    """The map of a plan, over the whole horizon or in one period, its words in a language (en, ru, kk).

    Raises UsageError when the plan has no such period, and for an unknown language; DataError where a place or a line
    of its packs is not where its row says.
    """
    words = words_of(plan, lang)
    shown = chosen(plan.case.periods, period)
    refuse_misplaced(plan.case.network)
    labels = [p.label for p in shown]
    tables = plan.case.network.tables
    years = {p.label: p.years for p in shown}
    arcs = moved_over(plan, years)
    called = Names(tables).line_on_maps
    arcs["line"] = [words.name(called.get(arc, "")) for arc in arcs["arc"]]
    bands = bands_of(plan, "arc", labels)
    if len(bands):
        arcs = arcs.join(bands.set_index("group")[["p10", "p90", "used"]], on="arc")
    doubted = doubtful(plan.case)
    limits = bottlenecks(plan, arcs, years, doubted)
    nodes = _nodes(tables["nodes"], arcs, words)
    lines, credits = _lines(plan.case.network, arcs, nodes)
    when = words.span(labels)
    months = 12.0 * sum(p.years for p in shown)
    return MapData(arcs, nodes, limits, depths(plan, years), lines, len(shown), months, when,
                   title or finding(plan, labels, words), setting(plan.case, when, limits, words),
                   (*map(words.name, credits), words("credit.basemap")), words, _families(plan, arcs),
                   Projection.of(places_of(nodes), [np.asarray(line.coords) for line in lines.values()]),
                   notes_of(plan, arcs, labels, words), ends_of(plan, labels),
                   int(bands["draws"].max()) if len(bands) else 0, doubted)


def ends_of(plan: Plan, labels: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The least and the most that an arc carries in plans as good; of no arc where the labels are not all periods."""
    if not whole(plan, labels):
        return {}
    rows = plan.could_be[plan.could_be["kind"] == "arc"]
    return {str(arc): (float(low), float(high))
            for arc, low, high in zip(rows["id"], rows["low"], rows["high"], strict=True)}  # fmt: skip


def places_of(nodes: pd.DataFrame) -> Points:
    """(lon, lat) of the nodes that have a place; shape (n, 2)."""
    return nodes[["lon", "lat"]].dropna().to_numpy(dtype=float)


def home_of(nodes: pd.DataFrame) -> str | None:
    """The country that most fields of some nodes lie in."""
    lands = nodes.loc[nodes["kind"] == "field", "country"].dropna()
    return str(lands.mode().iloc[0]) if len(lands) else None


def _families(plan: Plan, arcs: pd.DataFrame) -> tuple[Family, ...]:
    known = tuple(plan.case.network.families.values())
    return tuple(family for family in known if (arcs["family"] == family.id).any()) or known[:1]


def chosen(periods: Sequence[Period], period: str | None) -> list[Period]:
    """All periods, the one of that label, or the months of that year.  Raises UsageError when there is none."""
    found = [p for p in periods if period is None or p.label == period or p.label.startswith(f"{period}-")]
    if not found:
        raise UsageError(f"the plan has no period {period!r}. It has {periods[0].label} to {periods[-1].label}.")
    return found


def moved_over(plan: Plan, years: Mapping[str, float]) -> pd.DataFrame:
    """One row an arc, over the periods of ``years`` (label → length).

    Over the whole horizon the price is that of one more a year in force in every period; over a part of it, where the
    plan tells none, the mean of its periods.
    """
    arcs = summed(plan.arcs[plan.arcs["period"].isin(list(years))], years)
    if len(years) == 1 or not _whole(plan, years):
        return arcs
    prices = plan.prices.table
    own = prices[(prices["kind"] == "capacity") & (prices["price_all"] > 0)].drop_duplicates("limit")
    every = arcs["arc"].map(own.set_index("limit")["price_all"])
    return arcs.assign(price=every.where((arcs["bound"] > 0) & every.notna(), arcs["price"]))


def _whole(plan: Plan, years: Mapping[str, float]) -> bool:
    """Whether periods are all that the plan has, and it tells what its limits are worth in all of them."""
    return len(years) == len(plan.case.periods) and "price_all" in plan.prices.table


def summed(rows: pd.DataFrame, years: Mapping[str, float]) -> pd.DataFrame:
    """One row an arc: volumes and capacities added up, prices averaged over time, bottleneck periods counted."""
    price = rows["price"].fillna(0.0).abs()
    tight = (rows["utilisation"] >= style.BINDING_UTILISATION) & (price > style.BINDING_PRICE)
    weight = rows["period"].map(years).astype(float)
    rows = rows.assign(price=price.where(tight, 0.0) * weight / sum(years.values()), bound=tight.astype(int),
                       capacity=rows["capacity"].replace(np.inf, np.nan))
    if len(years) == 1:  # a row an arc, as it stands
        return rows[[*ARC_FACTS, *MEASURED]].reset_index(drop=True)
    grouped = rows.groupby("arc", sort=False)
    totals = grouped[["volume", "price", "bound"]].sum()
    capacity = grouped["capacity"].agg(lambda values: values.sum(skipna=False))
    used = totals["volume"] / capacity.where(capacity > 0)
    facts = grouped[list(ARC_FACTS[1:])].first()
    operating = rows.loc[rows["status"] == "operating", "arc"]
    status = facts["status"].where(~facts.index.isin(operating), "operating")
    out = facts.assign(status=status, capacity=capacity, utilisation=used, **totals).reset_index()
    return out[[*ARC_FACTS, *MEASURED]]


def bottlenecks(plan: Plan, arcs: pd.DataFrame, years: Mapping[str, float],
                doubted: Mapping[str, Collection[tuple[str, str]]]) -> pd.DataFrame:
    """Full arcs, and binding joint limits shown on the largest of their arcs, whose next tonne is worth something.

    ``doubted``: by period label the limits, as (kind, id), whose bound is no more than an estimate.
    """
    own = arcs.loc[arcs["bound"] > 0, ["arc", "name", "family", "price", "bound"]]
    own = own.assign(id=own["arc"], sign="full")
    joint = _scarce(plan, "joint", years)
    terms = plan.case.network.tables["limit_terms"]
    volume = arcs.set_index("arc")["volume"]
    found = []
    for limit, rows in joint.groupby("limit", sort=True):
        flows = volume.reindex(terms.loc[terms["limit"] == limit, "arc"].unique()).dropna()
        if len(flows):
            found.append({**_told(plan, rows, years), "id": limit, "arc": flows.idxmax(), "sign": "limit"})
    both = pd.concat([own, pd.DataFrame(found, columns=own.columns)]) if found else own
    unsure = frozenset().union(*(doubted[label] for label in years))
    both["estimate"] = [bool({("capacity", limit), ("joint", limit)} & unsure) for limit in both["id"]]
    return both.sort_values(["price", "id"], ascending=[False, True], kind="stable").reset_index(drop=True)


def depths(plan: Plan, years: Mapping[str, float]) -> pd.DataFrame:
    """Tiers of markets that are full, and whose next tonne at that price is worth something."""
    full = _scarce(plan, "market", years)
    node = plan.case.network.tables["markets"].set_index("id")["node"]
    found = [{**_told(plan, rows, years), "id": name, "node": node[rows["limit"].iloc[0]]}
             for (_, name), rows in full.groupby(["limit", "name"], sort=True)
             if rows["volume"].sum() > style.FLOW_FLOOR]
    table = pd.DataFrame(found, columns=["id", "name", "family", "node", "price", "bound"])
    return table.sort_values(["price", "id"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _scarce(plan: Plan, kind: str, years: Mapping[str, float]) -> pd.DataFrame:
    """The rows of prices of a kind of limit in a span whose next tonne is worth something."""
    prices = plan.prices.table
    worth = prices[prices["price"] > style.BINDING_PRICE]  # few of many: the words of the others are not looked at
    return worth[(worth["kind"] == kind) & worth["period"].isin(list(years))]


def _told(plan: Plan, rows: pd.DataFrame, years: Mapping[str, float]) -> dict[str, Any]:
    """What is told of a limit, from its rows of prices in a span: its mean price, or the one of all periods."""
    mean = sum(p * years[label] for p, label in zip(rows["price"], rows["period"], strict=True)) / sum(years.values())
    return {"name": rows["name"].iloc[0], "family": rows["family"].iloc[0], "bound": len(rows),
            "price": float(rows["price_all"].iloc[0] if _whole(plan, years) else mean)}


def _nodes(table: pd.DataFrame, arcs: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The nodes that an arc touches, with their short names and the volume through them."""
    nodes = table.loc[table["id"].isin(pd.concat([arcs["from"], arcs["to"]])),
                      ["id", "name", "kind", "country", "lat", "lon"]].reset_index(drop=True)
    start = nodes["name"].fillna(nodes["id"]).str.split(r"[(,/]", n=1, regex=True).str[0].str.strip()
    nodes["label"] = [words.place(node, name) for node, name in zip(nodes["id"], start, strict=True)]
    out = arcs.groupby("from")["volume"].sum()
    into = arcs.groupby("to")["volume"].sum()
    nodes["volume"] = np.fmax(nodes["id"].map(out).fillna(0.0), nodes["id"].map(into).fillna(0.0))
    return nodes


def _lines(network: Network, arcs: pd.DataFrame, nodes: pd.DataFrame) -> tuple[dict[str, LineString], tuple[str, ...]]:
    """The line of each arc, and whom to credit: the packs' routes, else a straight line between its ends.

    Longitudes run on over the 180th meridian.
    """
    routes: dict[str, LineString] = {}
    credits: list[str] = []
    for pack in network.packs:
        if pack.routes_file.exists():
            routes.update(geo.read_routes(pack.routes_file))
            credits.append(json.loads(pack.routes_file.read_text(encoding="utf-8")).get("attribution", ""))
        routes.update({name: LineString(line) for name, line in pack.drawn.items()})
    routed = network.tables["arcs"].set_index("id")["route"].fillna("")
    placed = nodes.dropna(subset=["lon", "lat"]).set_index("id")[["lon", "lat"]]
    lines: dict[str, LineString] = {}
    for arc, start, end in zip(arcs["arc"], arcs["from"], arcs["to"], strict=True):
        if text := routed.get(arc, ""):
            lines[arc] = LineString(run_on(np.asarray(geo.compose(text, routes).coords)[:, :2]))
        elif start in placed.index and end in placed.index:
            lines[arc] = LineString(run_on(placed.loc[[start, end]].to_numpy(dtype=float)))
    return lines, tuple(filter(None, credits))
