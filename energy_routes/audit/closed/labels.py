"""What the saved rows call things: names, families, units, nodes and kinds, against the raw tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from energy_routes.audit.facts import ALL, Facts, Row
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

MONEY = "MUSD"
Told = Mapping[str, Any]  # column → what it should say


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every text and flag that follows from what its row is about."""
    for table, told in LABELS.items():
        for row in saved[table]:
            for column, expected in told(row, facts).items():
                words = f"saved {row[column]!r}, from the raw tables {expected!r}"
                found.true("labels", f"{table} {_called(row)} {column}", row[column] == expected, words)
    _groups(saved, facts, found)


def _called(row: Row) -> str:
    return " ".join(str(value) for value in list(row.values())[:3])


def _of_grade(row: Row, facts: Facts) -> Told:
    family = facts.rows["commodities"][row["commodity"]]["family"]
    return {"family": family, "unit": facts.units[family]}


def _flow(row: Row, facts: Facts) -> Told:
    return {"name": facts.called("arcs", row["arc"]), **_of_grade(row, facts)}


def _arc(row: Row, facts: Facts) -> Told:
    raw, family = facts.rows["arcs"][row["arc"]], facts.family("arcs", row["arc"])
    ends = {column: raw[column] for column in ("from", "to", "mode", "operator")}
    return {"name": facts.called("arcs", row["arc"]), **ends, "family": family, "unit": facts.units[family]}


def _schedule(row: Row, facts: Facts) -> Told:
    raw = facts.rows["supplies"].get(row["supply"])
    return {**_of_grade(row, facts), "commodity": row["commodity"] if raw is None else raw["commodity"]}


def _ledger(row: Row, facts: Facts) -> Told:
    known = row["family"] in (*facts.families, ALL)
    return {"unit": MONEY, "family": row["family"] if known else "a family of the case"}


def _indicator(row: Row, facts: Facts) -> Told:
    named = row["indicator"] == "share" and (row["kind"], row["group"], row["family"]) in facts.groups
    return {"unit": "1", "group": row["group"] if named else None}


def _group(row: Row, facts: Facts) -> Told:
    key = row["kind"], row["group"], row["family"]
    return {"name": facts.groups.get(key), "unit": facts.units[row["family"]]}


def _delivery(row: Row, facts: Facts) -> Told:
    family = facts.family("markets", row["market"])
    return {"name": facts.called("markets", row["market"]), **_of_grade(row, facts), "family": family}


def _obligation(row: Row, facts: Facts) -> Told:
    family = facts.family("obligations", row["obligation"])
    return {"node": facts.rows["obligations"][row["obligation"]]["node"], "unit": facts.units[family]}


def _stock(row: Row, facts: Facts) -> Told:
    family = facts.family("storages", row["storage"])
    return {"node": facts.rows["storages"][row["storage"]]["node"], "unit": facts.units[family]}


def _security(row: Row, facts: Facts) -> Told:
    lever = facts.policy.get("security") or {}
    return {"mode": lever.get("mode"), "unit": facts.units[row["family"]]}


def _future(row: Row, facts: Facts) -> Told:
    return {"unit": MONEY}


def _build(row: Row, facts: Facts) -> Told:
    raw, family = facts.rows["options"][row["option"]], facts.family("options", row["option"])
    rate = f"{facts.units[family]}/y"
    return {"family": family, "name": facts.called("options", row["option"]), "kind": raw["kind"], "unit": rate}


def _emission(row: Row, facts: Facts) -> Told:
    return {"unit": "MtCO2e"}


LABELS: Mapping[str, Callable[[Row, Facts], Told]] = {
    "flows": _flow, "arcs": _arc, "schedule": _schedule, "ledger": _ledger, "indicators": _indicator,
    "groups": _group, "supplies": _of_grade, "deliveries": _delivery, "obligations": _obligation, "stocks": _stock,
    "security": _security, "bookings": _of_grade, "futures": _future, "builds": _build, "emissions": _emission,
}  # fmt: skip


def _groups(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every group of every family has its rows: one a period, and their sum."""
    told = {(row["kind"], row["group"], row["family"], row["period"]) for row in saved["groups"]}
    for key in facts.groups:
        for period in ("total", *facts.periods):
            found.true("groups", " ".join((*key, period)), (*key, period) in told, "is missing")
