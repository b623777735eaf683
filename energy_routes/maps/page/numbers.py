"""The numbers of a plan on the page: each arc, limit, card and corridor in every period and over the whole span."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.maps.data.payload import bottlenecks, depths, ends_of, moved_over, records
from energy_routes.maps.data.titles import bands_of, finding, limit_name
from energy_routes.network import Names
from energy_routes.plan import NOT_SOURCED, VALUES, Plan, corridor_rows, merged, on_the_way, paid_by

DIGITS = 6


def short(value: Any) -> float | None:
    """A number to six significant digits; None for NaN and infinity."""
    number = float(value)
    if not math.isfinite(number):
        return None
    rounded = float(f"{number:.{DIGITS}g}") + 0.0
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def plan_numbers(plan: Plan, arcs: Sequence[str], spans: Sequence[Sequence[str]],
                 doubted: Mapping[str, Collection[tuple[str, str]]], words: Words,
                 most_routes: int = 80) -> dict[str, Any]:
    """What one plan says; every list runs over ``spans``, each a list of period labels.

    ``volume``, ``capacity``, ``price``: arc by span.  ``could``: by arc the least and the most in plans as good, over
    the whole horizon; None where it is determined.  ``limits``: bottlenecks by span, ``depths``: full
    tiers of markets by span.  ``finding``: words by span.
    ``cards``: key to values.  ``corridors``: group to volumes.  ``routes``: the netback sheets, over the plan's own
    horizon.  ``bands``: where draws were solved, P10, P90 and the share of draws that use it, of an arc and a corridor.
    """
    at = {arc: number for number, arc in enumerate(arcs)}
    tables = [_span(plan, labels, at, doubted, words) for labels in spans]
    columns = {name: [list(values) for values in zip(*(table[name] for table in tables), strict=True)]
               for name in ("volume", "capacity", "price")}
    return {
        **columns,
        "limits": [table["limits"] for table in tables],
        "depths": [table["depths"] for table in tables],
        "finding": [table["finding"] for table in tables],
        "could": _could(plan, arcs, spans[-1]),
        "tariff": _tariffs(plan, arcs),
        "status": _statuses(plan, arcs),
        "cards": cards(plan, spans),
        "corridors": _corridors(plan, spans),
        "bands": _bands(plan, at),
        "routes": _routes(plan, at, words, most_routes),
        "payments": _payments(plan, words),
        "warnings": [str(warning.get("message", "")) for warning in plan.warnings],
    }


def _span(plan: Plan, labels: Sequence[str], at: Mapping[str, int], doubted: Mapping[str, Any],
          words: Words) -> dict[str, Any]:
    years = {p.label: p.years for p in plan.case.periods if p.label in set(labels)}
    table = moved_over(plan, years)
    limits = bottlenecks(plan, table, years, doubted)
    rows = table.set_index("arc").reindex(list(at))
    return {
        "finding": finding(plan, labels, words),
        "volume": [short(v) for v in rows["volume"].fillna(0.0)],
        "capacity": [short(v) for v in rows["capacity"]],
        "price": [short(v) for v in rows["price"].fillna(0.0)],
        "limits": [{"id": row["id"], "name": limit_name(row, words), "arc": at[row["arc"]], "sign": row["sign"],
                    "family": row["family"], "price": short(row["price"]), "bound": int(row["bound"])}
                   for row in records(limits) if row["arc"] in at],
        "depths": [{"id": row["id"], "name": words.name(row["name"]), "node": row["node"], "sign": "depth",
                    "family": row["family"], "price": short(row["price"]), "bound": int(row["bound"])}
                   for row in records(depths(plan, years))],
    }


def _could(plan: Plan, arcs: Sequence[str], labels: Sequence[str]) -> list[list[float | None] | None]:
    ends = ends_of(plan, labels)
    return [[short(end) for end in ends[arc]] if arc in ends else None for arc in arcs]


def _tariffs(plan: Plan, arcs: Sequence[str]) -> list[float | None]:
    """What a tonne pays on each arc: the mean over its flows, else over its lanes."""
    flows = plan.flows
    paid = flows.groupby("arc")[["cost", "volume"]].sum()
    worn = (paid["cost"] / paid["volume"].where(paid["volume"] > 1e-9)).reindex(list(arcs))
    listed = flows.groupby("arc")["tariff"].mean().reindex(list(arcs))
    return [short(value) for value in worn.fillna(listed)]


def _statuses(plan: Plan, arcs: Sequence[str]) -> list[str]:
    """Operating where any period has it so, else the first status."""
    status = plan.arcs.groupby("arc")["status"].agg(lambda s: "operating" if (s == "operating").any() else s.iloc[0])
    return [str(value) for value in status.reindex(list(arcs)).fillna("idle")]


def cards(plan: Plan, spans: Sequence[Sequence[str]]) -> dict[str, list[float | None]]:
    """Key figures by span: exports by family (Mt, bcm), home deliveries, money (MUSD), number of bottlenecks.

    ``margin`` is sales less tariffs and freight; the netback proper also counts quality, rebates and penalties, which
    a plan tells for its whole horizon only.  ``rent`` is Σ price × volume over arcs and joint limits that bind.
    """
    sold, told = plan.deliveries, dict[str, pd.Series]()
    abroad, at_home = sold["export"].astype(bool), _sold_at_home(plan)
    met = plan.obligations.assign(
        family=plan.obligations["commodity"].map(plan.case.network.family_of("commodities")))
    for family in plan.case.network.families:
        if (plan.arcs["family"] == family).any():
            own = sold["family"] == family
            told[f"export_{family}"] = _by_period(sold[own & abroad])
            told[f"home_{family}"] = _by_period(sold[own & at_home]).add(
                _by_period(met[met["family"] == family]), fill_value=0.0)
    sales = (sold["volume"] * sold["price"]).groupby(sold["period"]).sum()
    carried = plan.flows.groupby("period")["cost"].sum()
    scarce = plan.prices.table
    scarce = scarce[scarce["kind"].isin(["capacity", "joint"]) & (scarce["price"] > 0)]
    rent = (scarce["price"] * scarce["volume"]).groupby(scarce["period"]).sum()
    told |= {"margin": sales.sub(carried, fill_value=0.0), "transport": carried, "rent": rent}
    out = {key: _over(spans, series) for key, series in told.items()}
    whole = {p.label for p in plan.case.periods}
    out["netback"] = [short(plan.netback) if set(labels) == whole else None for labels in spans]
    return out


def _sold_at_home(plan: Plan) -> pd.Series[bool]:
    """Which deliveries are no export; what is carried for others is neither."""
    passing = plan.routes["origin"].isin(Names(plan.case.network.tables).transit)
    others = set(plan.routes.loc[passing, "market"]) - set(plan.routes.loc[~passing, "market"])
    return ~plan.deliveries["export"].astype(bool) & ~plan.deliveries["market"].isin(others)


def _by_period(rows: pd.DataFrame) -> pd.Series[float]:
    """Volumes added up, a period each."""
    return rows.groupby("period")["volume"].sum()


def _over(spans: Sequence[Sequence[str]], by_period: pd.Series[float]) -> list[float | None]:
    """What periods hold, added up over each span; nothing is held in a period that is not named."""
    held = by_period.to_dict()
    return [short(math.fsum(held.get(label, 0.0) for label in labels)) for labels in spans]


def corridors_told(plan: Plan) -> pd.DataFrame:
    """The rows of ``plan.groups`` of corridors, with an ``id`` of each corridor and family: volumes of two families do
    not add.
    """
    rows = corridor_rows(plan.groups)
    first = rows.groupby("group")["family"].transform("first")
    return rows.assign(id=rows["group"].where(rows["family"] == first, rows["group"] + "." + rows["family"]))


def _corridors(plan: Plan, spans: Sequence[Sequence[str]]) -> dict[str, list[float | None]]:
    """Volume of each corridor by span, by the corridor's id."""
    rows = corridors_told(plan)
    return {str(told): _over(spans, _by_period(own)) for told, own in rows.groupby("id")}


def _bands(plan: Plan, at: Mapping[str, int]) -> dict[str, Any] | None:
    """P10, P90 and use over the horizon by number of an arc and by id of a corridor; None without draws."""
    arcs = bands_of(plan, "arc")
    if arcs.empty:
        return None
    own = arcs[arcs["group"].isin(list(at))]
    return {"draws": int(arcs["draws"].max()), "corridors": of_corridors(plan, bands_of(plan, "corridor"), "used"),
            "arcs": {at[row["group"]]: [short(row[key]) for key in ("p10", "p90", "used")] for row in records(own)}}


def of_corridors(plan: Plan, bands: pd.DataFrame, *more: str) -> dict[str, list[float | None]]:
    """P10, P90 and more columns of the bands of corridors, by the corridor's id."""
    known = corridors_told(plan).drop_duplicates("id").set_index(["group", "family"])["id"]
    rows = records(bands[bands["kind"] == "corridor"])
    return {known[row["group"], row["family"]]: [short(row[key]) for key in ("p10", "p90", *more)] for row in rows}


def _payments(plan: Plan, words: Words) -> list[list[Any]]:
    """Who is paid for arcs over the plan's horizon: payee, country, receipts, real cost, margin, MUSD."""
    paid = paid_by(on_the_way(plan.payments), "payee", "country", "kind")
    names = [words("payments.not_sourced") if row["kind"] == NOT_SOURCED else words.name(row["payee"])
             for row in records(paid)]
    lands = [words.country(country) if country else "" for country in paid["country"]]
    money = (list(map(short, paid[column])) for column in ("receipts", "real_cost", "margin"))
    return [list(row) for row in zip(names, lands, *money, strict=True)]


def _routes(plan: Plan, at: Mapping[str, int], words: Words, most: int) -> list[dict[str, Any]]:
    """The netback sheets, largest volume first; a path is a list of arc numbers.  A line of 0 is left out."""
    routes = merged(plan.routes).head(most)
    return [{
        "name": words.name(text_of(row["route"])), "family": row["family"], "unit": row["unit"],
        "corridor": text_of(row["corridor"]), "shipper": words.name(text_of(row["shipper"])),
        "volume": short(row["volume"]),
        "export": int(bool(row["export"])), "limited": text_of(row["limited_by"]),
        **{key: short(row[key]) for key in VALUES if row[key] or key in ("cost", "netback")},
        "arcs": [at[arc] for arc in text_of(row["arcs"]).split(";") if arc in at],
    } for row in records(routes)]


def text_of(value: Any) -> str:
    """A cell as text, blank for None and NaN."""
    return "" if value is None or pd.isna(value) or value is np.nan else str(value)
