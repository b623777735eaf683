"""What a plan says in brief: the object that ``solve --json`` prints and ``summary.json`` holds.  Every key, always."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.answer import Answer, Words, answer_of
from energy_routes.indicators import CONCENTRATION, SHARE, rows_of
from energy_routes.network import Names
from energy_routes.plan import (
    MEANING,
    NO_PLAN,
    NOT_FOUND,
    Plan,
    corridor_arcs,
    corridor_totals,
    on_the_way,
    paid_by,
    told_bands,
)
from energy_routes.results.tables import exact

BINDING = ("kind", "limit", "name", "family", "target", "side", "periods", "volume", "price", "price_down", "unit",
           "dearest", "dearest_price", "note")  # fmt: skip
NUMBERS = ("volume", "price", "price_down", "dearest_price")
SLIGHT = 1e-6  # USD/t: a price below this is the arithmetic's
SAME = 1e-9  # a share of a price by which machines differ
# What each kind of limit is called in ``--set`` and in an edit's target.
TARGETS: Mapping[str, str] = {
    "capacity": "arc",
    "joint": "joint",
    "supply": "supply",
    "market": "market",
    "obligation": "obligation",
    "contract": "contract",
    "storage": "storage",
}


def summary_of(plan: Plan, before: Plan | None = None) -> dict[str, Any]:
    """The plan as one JSON-ready object; volumes in Mt (bcm) over the horizon, undefined is null.

    ``before``: the plan that its answer is measured against.
    """
    answer, units = answer_of(plan, before), plan.case.network.units("volume")
    out = {
        "schema_version": MEANING,
        "model": plan.case.name,
        "status": plan.status,
        "subject": list(answer.subject),
        "answer": _answer(answer),
        "objective": {"name": plan.objective.name, "value": plan.objective.value, "unit": "MUSD"},
        "netback": {"value": plan.netback, "unit": "MUSD"},
        "shut_in": [{"commodity": family, "volume": volume} for family, volume in plan.shut_in.items()],
        "exports": [
            {"commodity": family, "volume": volume, "unit": units[str(family)]}
            for family, volume in plan.exports.items()
        ],
        "premium": _premium(plan),
        "bands": _bands(plan.bands),
        "corridors": _corridors(plan),
        "routes": _records(plan.routes, ["route", "origin", "market", "corridor", "volume", "netback"]),
        "ledger": _records(plan.ledger, ["term", "kind", "value", "unit"]),
        "indicators": _indicators(plan.indicators),
        "builds": _records(begun(plan), ["option", "year", "units", "capacity", "unit", "capex", "charge"]),
        "emissions": _emissions(plan),
        "payments": _payments(plan),
        "binding": _limits(binding(plan)),
        "ranges": plan.parts.at_hand("ranges").to_dict("records"),
        "certificate": {
            name: plan.certificate.get(name) for name in ("primal_residual", "dual_residual", "gap")
        },
        "warnings": [dict.fromkeys(("code", "message", "where"), "") | warning for warning in plan.warnings],
    }  # fmt: skip
    return exact(out)  # type: ignore[no-any-return]


def _answer(answer: Answer) -> dict[str, Any]:
    """The sentence, and the figures it is made of; what is measured against a plan before is null without one."""
    change, sure = answer.change, answer.certainty
    families, units = change.families if change else {}, answer.plan.case.network.units("volume")
    weak = sure.weakest
    return {
        "sentence": answer.sentence(Words.of()),
        "against": change.base if change else None,
        "subject": [
            {"target": f.target, "name": f.name, "commodity": f.family, "verb": f.verb, "measure": f.phrase,
             "volume": f.volume, "before": f.before, "capacity": f.capacity, "share": f.share, "unit": f.unit}
            for f in answer.fates
        ],
        "netback_change": change.money if change else None,
        "changes": [
            {"commodity": family, "exports": own.exports, "shut_in": own.shut_in, "unit": units[family],
             "corridors": [{"name": name, "change": volume} for name, volume in own.corridors.items()]}
            for family, own in families.items()
        ],
        "turns": [asdict(turn) for turn in answer.turns],
        "estimated_share": sure.estimated,
        "ungraded_share": sure.ungraded,
        "weakest": {"figure": weak.figure if weak else None, "confidence": weak.grade if weak else None,
                    "doubt": weak.doubt if weak else None, "unit": "MUSD"},
    }  # fmt: skip


def _bands(bands: pd.DataFrame) -> list[dict[str, Any]]:
    """How sure netback, exports and the volumes of corridors are; empty where no draws were solved."""
    columns = {"what": "measure", "group": "corridor", "family": "commodity"} | {
        name: name for name in ("value", "p10", "p50", "p90", "used", "unit", "draws", "plans")}
    return _called(told_bands(bands), columns)


def _premium(plan: Plan) -> dict[str, Any]:
    """What caps and security cost, in its two parts; null where nothing of the kind is asked."""
    found = plan.premium or {}
    money = {name: found.get(name) for name in ("base", "cost", "rerouting", "shut_in")}
    volumes = [{"commodity": family, "volume": volume} for family, volume in found.get("shut_in_volume", {}).items()]
    return {**money, "unit": "MUSD", "usd_per_t": found.get("usd_per_t"), "shut_in_volume": volumes}


def begun(plan: Plan) -> pd.DataFrame:
    """What is begun and when: option, name, year, units, capacity (per year), capex, and its charge a full year."""
    rows = plan.builds
    rows = rows[rows["begun"].astype(float) > 0] if len(rows) else rows
    years = {y: sum(p.years for p in plan.case.periods if str(p.year) == y) for y in rows["year"]}
    share = rows["begun"].astype(float) / rows["built"].astype(float)
    return rows.assign(
        units=rows["begun"], capacity=rows["capacity"].astype(float) * share,
        charge=rows["charge"].astype(float) * share / rows["year"].map(years).astype(float),
    )  # fmt: skip


def _payments(plan: Plan) -> list[dict[str, Any]]:
    """Who is paid for arcs, MUSD over the horizon, by payee and commodity; ``share`` of all that is paid for arcs."""
    names = {"payee": "payee", "country": "country", "kind": "kind", "family": "commodity"} | {
        name: name for name in ("receipts", "real_cost", "cost_low", "cost_high", "margin", "share")}
    paid = paid_by(on_the_way(plan.payments), "payee", "country", "kind", "family")
    return [{**row, "unit": "MUSD"} for row in _called(paid, names)]


def _emissions(plan: Plan) -> list[dict[str, Any]]:
    """Mt CO2e over the horizon by mode, and in total, with kg a tonne (1000 m3) lifted."""
    rows = plan.emissions
    rows = rows[rows["period"] == "total"] if len(rows) else rows
    return _called(rows, {"family": "commodity", "mode": "mode", "emitted": "emitted", "per_unit": "kg_per_unit",
                          "unit": "unit"})  # fmt: skip


def binding(plan: Plan) -> pd.DataFrame:
    """Limits with a price: kind, limit, name, family, target, side, periods (in which it binds), volume, price,
    price_down, unit, dearest, dearest_price, note.

    First those that pay to be widened, dearest first, and after them those with a unit of their own; then commitments
    that cost; supplies last.

    ``price`` is what one more a year of the limit, in force in every period, is worth (NaN: no plan); ``price_down``
    the same of an equality moved down, NaN for others.  ``dearest`` is the period in which one more of that period is
    worth most, at ``dearest_price``.
    """
    frame = plan.prices.table
    if frame.empty:
        return pd.DataFrame({name: pd.Series(dtype="float64" if name in NUMBERS else "str") for name in BINDING})
    keys = ["kind", "limit", "name", "family"]
    size = frame[["price", "price_down"]].abs().max(axis=1)
    frame = frame.assign(
        volume=frame.groupby(keys, dropna=False)["volume"].transform("sum"), size=size.fillna(0.0),
        active=(size > SLIGHT) | frame["price"].isna(), lost=frame["note"] == NOT_FOUND,
    )  # fmt: skip
    groups = frame.groupby([*keys, "side"], sort=False, dropna=False)
    merged = groups.agg(
        periods=("active", "sum"), volume=("volume", "first"), price=("price_all", "first"),
        price_down=("price_all_down", "first"), unit=("unit", "first"), lost=("lost", "any"),
    ).reset_index()  # fmt: skip
    near = frame["size"] >= (1 - SAME) * groups["size"].transform("max")  # of equally dear periods the first
    first = near.groupby([frame[key] for key in (*keys, "side")], sort=False, dropna=False).idxmax()
    dearest = frame.loc[first, ["period", "price"]]
    merged = merged.assign(dearest=dearest["period"].to_numpy(), dearest_price=dearest["price"].to_numpy())
    none = merged["price"].isna()
    merged["note"] = np.select([merged["lost"], none], [NOT_FOUND, NO_PLAN], "")
    felt = (merged[["price", "price_down"]].abs() > SLIGHT).any(axis=1) | none
    merged = merged[felt]
    merged["target"] = [target_of(*row) for row in zip(merged["kind"], merged["limit"], merged["name"], strict=True)]
    own = merged["unit"] != merged["family"].fillna("").map(plan.case.network.units("unit_value"))
    order = np.where(merged["kind"] == "supply", 3, np.where(merged["price"] > 0, own * 1, 2))
    merged = merged.assign(order=order, size=-merged["price"].abs().fillna(np.inf))
    return merged.sort_values(["order", "size", "target", "side"])[list(BINDING)].reset_index(drop=True)


def target_of(kind: str, limit: str, name: str) -> str:
    """A limit as an edit or ``--set`` names it: ``arc:BTC``, ``tier:CN/2``; a policy's or a user's rule by its name."""
    tier = re.search(r", tier (\d+)$", name)
    if kind == "market" and tier:
        return f"tier:{limit}/{tier[1]}"
    return f"{TARGETS[kind]}:{limit}" if kind in TARGETS else name


def limits_of_corridors(plan: Plan) -> dict[tuple[str, str], pd.DataFrame]:
    """By (corridor, family): the rows of :func:`binding` that its routes and meters run into, and pay to be widened."""
    tables = plan.case.network.tables
    tight = binding(plan)
    tight = tight[tight["price"] > 0]
    terms = tables["limit_terms"].groupby("limit")["arc"].agg(set).to_dict()
    called, out = Names(tables).target, {}
    rows = corridor_totals(plan.groups)
    for group, family in zip(map(str, rows["group"]), map(str, rows["family"]), strict=True):
        arcs = set().union(*corridor_arcs(plan, group, family))
        own, target = tight[tight["family"] == family], f"corridor:{group}"
        markets = set(plan.routes.loc[(plan.routes["corridor"] == group) & (plan.routes["family"] == family), "market"])
        hit = [
            (kind == "capacity" and limit in arcs)
            or (kind == "joint" and bool(terms.get(limit, set()) & arcs))
            or (kind == "market" and limit in markets)
            or (kind == "policy" and limit == group and name.endswith(f" of {called.get(target, target)}"))
            for kind, limit, name in zip(own["kind"], own["limit"], own["name"].astype(str), strict=True)
        ]
        out[group, family] = own[np.array(hit, dtype=bool)]
    return out


def _corridors(plan: Plan) -> list[dict[str, Any]]:
    limits = limits_of_corridors(plan)
    rows = corridor_totals(plan.groups)
    rows = rows.sort_values(["family", "volume", "group"], ascending=[False, False, True])
    columns = ["volume", "capacity", "utilisation", "share"]
    return [
        {
            "corridor": row["group"],
            "commodity": row["family"],
            **{column: row[column] for column in columns},
            "limited_by": _limits(limits[row["group"], row["family"]]),
        }
        for row in rows.to_dict("records")
    ]


def _limits(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Each limit with its worth; ``price_down`` of an equality only, ``dearest`` of one period, in a unit of it."""
    return _called(rows, {"target": "limit", "price": "price", "price_down": "price_down", "unit": "unit",
                          "dearest": "dearest_period", "dearest_price": "dearest_price", "note": "note"})  # fmt: skip


def _indicators(table: pd.DataFrame) -> dict[str, Any]:
    """HHI of each partition kind and the share of each transit country; by family where there are two."""
    several = table["family"].nunique() > 1

    def of(rows: pd.DataFrame, key: str) -> dict[str, Any]:
        names = rows["family"] + ":" + rows[key] if several else rows[key]
        return dict(zip(names, rows["value"], strict=True))

    return {"hhi": of(rows_of(table, CONCENTRATION.id), "kind"),
            "transit_share": of(rows_of(table, SHARE, "transit"), "group")}  # fmt: skip


def _records(frame: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    """The rows with the columns given; with their family as ``commodity`` where there are several."""
    family = {"family": "commodity"} if frame["family"].nunique() > 1 else {}
    return _called(frame, dict(zip(columns, columns, strict=True)) | family)


def _called(frame: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows with some columns, called as ``names`` has it."""
    rows = frame[list(names)].itertuples(index=False, name=None)
    return [dict(zip(names.values(), row, strict=True)) for row in rows]
