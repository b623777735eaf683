"""What the saved rows call things: names, families, units, nodes and kinds, against the raw tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
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


def _at_node(row: Row, facts: Facts, table: str, column: str) -> Told:
    family = facts.family(table, row[column])
    return {"node": facts.rows[table][row[column]]["node"], "unit": facts.units[family]}


def _security(row: Row, facts: Facts) -> Told:
    lever = facts.policy.get("security") or {}
    return {"mode": lever.get("mode"), "unit": facts.units[row["family"]]}


def _measured(row: Row, facts: Facts, unit: str) -> Told:
    return {"unit": unit}


def _build(row: Row, facts: Facts) -> Told:
    raw, family = facts.rows["options"][row["option"]], facts.family("options", row["option"])
    rate = f"{facts.units[family]}/y"
    return {"family": family, "name": facts.called("options", row["option"]), "kind": raw["kind"], "unit": rate}


LABELS: Mapping[str, Callable[[Row, Facts], Told]] = {
    "flows": _flow, "arcs": _arc, "schedule": _schedule, "ledger": _ledger, "indicators": _indicator,
    "groups": _group, "supplies": _of_grade, "deliveries": _delivery,
    "obligations": partial(_at_node, table="obligations", column="obligation"),
    "stocks": partial(_at_node, table="storages", column="storage"),
    "security": _security, "bookings": _of_grade, "futures": partial(_measured, unit=MONEY), "builds": _build,
    "emissions": partial(_measured, unit="MtCO2e"),
}  # fmt: skip


def _groups(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every group of every family has its rows: one a period, and their sum."""
    told = {(row["kind"], row["group"], row["family"], row["period"]) for row in saved["groups"]}
    for key, period in product(facts.groups, ("total", *facts.periods)):
        found.true("groups", " ".join((*key, period)), (*key, period) in told, "is missing")
