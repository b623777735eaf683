"""``summary.json`` and ``certificate.json``: every key is known, and what they repeat stands in the tables.

The figures of the summary are compared in :mod:`energy_routes.audit.files`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from energy_routes.audit.checks.builds import length
from energy_routes.audit.closed.columns import COLUMNS
from energy_routes.audit.closed.limits import NO_PLAN, NOT_FOUND
from energy_routes.audit.facts import Facts, Row, rows_by, sum_of
from energy_routes.audit.files import Saved
from energy_routes.audit.report import SAME, Findings, alike, number

SUMMARY = (
    "schema_version", "model", "status", "subject", "answer", "objective", "netback", "shut_in", "exports", "premium",
    "corridors", "routes", "ledger", "indicators", "builds", "emissions", "payments", "binding", "ranges", "bands",
    "certificate", "warnings",
)  # fmt: skip
CERTIFICATE = (
    "primal_residual", "dual_residual", "complementarity", "gap", "bound", "solver", "ledger_gap", "cuts", "premium",
    "security_premium", "security_delta", "risk", "builds",
)  # fmt: skip
OPTIMAL, OPEN = "optimal", "feasible"  # the latter where no one has shown that the plan is the best
WORDS = {"capacity": "arc", "joint": "joint", "supply": "supply", "market": "market", "obligation": "obligation",
         "contract": "contract", "storage": "storage"}  # fmt: skip
UNCHECKED = {
    "summary.json: answer": "sentence, names, verbs, what it is measured against, at which prices it turns, and how "
                            "sure it is; tested: volumes, capacities and shares of groups and arcs",
    "summary.json: warnings": "words for readers",
    "summary.json: subject": "what the answer is about; a choice of the model or of the plan",
}  # fmt: skip
OPTIMA = {
    "premium": "base, rerouting and shut-in are optima of other cases; tested: that they add up",
    "security_premium": "the optimum of the case without security is not saved",
    "builds": "which builds are best rests on the bound of a solver",
}


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """The keys of both files, and what the summary repeats of tables, policy and certificate."""
    summary, certificate = saved.summary, saved.certificate
    found.known("summary", "summary", summary, SUMMARY)
    found.known("certificate", "certificate", certificate, CERTIFICATE)
    known = (OPEN,) if "bound" in certificate else (OPTIMAL, OPEN)
    found.true("summary", "status", summary["status"] in known, f"is {summary['status']!r}, should be {known[0]!r}")
    found.unchecked |= UNCHECKED
    found.unchecked |= {f"certificate.json: {key}": why for key, why in OPTIMA.items() if key in certificate}
    for name in ("objective", "netback", "premium"):
        found.true("summary", name, summary[name]["unit"] == "MUSD", "is in another unit")
    for item in summary["exports"]:
        unit = facts.units[item["commodity"]]
        found.true("summary", f"exports of {item['commodity']}", item["unit"] == unit, f"are in {unit}")
    for name, columns in (("routes", ("route", "origin", "market", "corridor")), ("ledger", ("term", "kind", "unit"))):
        _repeated(name, columns, summary[name], saved[name], found)
    total = [row for row in saved["emissions"] if row["period"] == "total"]
    emitted = ("family", "mode", "emitted", "per_unit", "unit")
    _repeated("emissions", emitted, summary["emissions"], total, found, commodity="family", kg_per_unit="per_unit")
    if "payments" in summary:
        _payments(saved, found)
    if "ranges" in summary:
        _repeated("ranges", COLUMNS["ranges"].split(), summary["ranges"], saved["ranges"], found)
    _builds(saved, facts, found)
    _binding(saved, found)
    _risk(saved, facts, found)
    found.equal("certificate", "ledger gap", certificate["ledger_gap"], 0.0)
    found.equal("certificate", "complementarity", certificate.get("complementarity") or 0.0, 0.0)


def _repeated(
    name: str, columns: Iterable[str], items: list[Row], rows: list[Row], found: Findings, **renamed: str
) -> None:
    """Rows of the summary against those of a table: texts as they are, numbers to twelve digits."""
    found.true("summary", name, len(items) == len(rows), "not as many rows as the table")
    for item, row in zip(items, rows, strict=False):
        told = {renamed.get(key, key): value for key, value in item.items()}
        for column in columns:
            what, have, want = f"{name} {next(iter(item.values()))} {column}", told.get(column), row[column]
            if isinstance(want, float):
                found.equal("summary", what, have, want if math.isfinite(want) else math.nan, SAME)  # JSON has no ∞
            else:
                found.true("summary", what, (have or None) == want, f"is {have!r}, in the table {want!r}")


def _payments(saved: Saved, found: Findings) -> None:
    """Payees of arcs are the sums of their rows, with their share of all receipts."""
    rows = [row for row in saved["payments"] if row["kind"] != "shipper"]
    columns, who = ("receipts", "real_cost", "cost_low", "cost_high", "margin"), ("payee", "country", "kind")
    payees, whole = rows_by(rows, *who, "family"), sum_of(rows, "receipts")
    items = saved.summary["payments"]
    found.true("summary", "payments", len(items) == len(payees), "not as many rows as there are payees")
    for item in items:
        listed = payees[*(item[key] or None for key in who), item["commodity"]]
        own = {column: sum_of(listed, column) for column in columns}
        found.columns("summary", f"payments {item['payee']}", item, own)
        share = own["receipts"] / whole if whole else math.nan
        found.equal("summary", f"payments {item['payee']} share", item["share"], share)
        found.true("summary", f"payments {item['payee']}", item["unit"] == "MUSD", "is in MUSD")


def _builds(saved: Saved, facts: Facts, found: Findings) -> None:
    """What is begun, with its part of capacity and charge."""
    begun = [row for row in saved["builds"] if row["begun"] > 0]
    rows = [
        {**row, "units": row["begun"], "capacity": row["capacity"] * row["begun"] / row["built"],
         "charge": row["charge"] * row["begun"] / row["built"] / length(facts, str(row["year"]))}
        for row in begun
    ]  # fmt: skip
    columns = ("option", "year", "units", "capacity", "unit", "capex", "charge")
    _repeated("builds", columns, saved.summary["builds"], rows, found)
    if (told := saved.certificate.get("builds")) is not None:
        found.equal("certificate", "builds value", told["value"], saved.summary["objective"]["value"])


def _binding(saved: Saved, found: Findings) -> None:
    """Each limit that is told to bind is one of the table of prices, in its unit and its dearest period."""
    known: dict[str, list[Row]] = {}
    for row in saved["prices"]:
        for name in (row["name"], f"{WORDS.get(row['kind'])}:{row['limit']}"):
            known.setdefault(name, []).append(row)
        if row["kind"] == "market":
            known.setdefault(f"tier:{row['limit']}/{str(row['name']).rpartition(' ')[2]}", []).append(row)
    corridors = (limit for corridor in saved.summary["corridors"] for limit in corridor["limited_by"])
    for item in (*saved.summary["binding"], *corridors):
        rows = known.get(item["limit"], [])
        same = any(
            row["unit"] == item["unit"] and row["period"] == item["dearest_period"]
            and alike(row["price"], number(item["dearest_price"])) for row in rows
        )  # fmt: skip
        found.true("summary", item["limit"], same, "no limit of this name, unit, dearest period and price has a row")
        lost = any(row["note"] == NOT_FOUND for row in rows)
        note = NOT_FOUND if lost else NO_PLAN if item["price"] is None else ""
        found.true("summary", item["limit"], item["note"] == note, f"the note is {item['note']!r}, should be {note!r}")


def _risk(saved: Saved, facts: Facts, found: Findings) -> None:
    """What is told of several futures, as far as it follows from their netbacks."""
    risk, lever = saved.certificate.get("risk"), facts.policy.get("cvar")
    found.true("certificate", "risk", (risk is None) == (lever is None), "does not go with the policy")
    if risk is None or lever is None:
        return
    futures = saved["futures"]
    mean = sum(row["probability"] * row["netback"] for row in futures)
    found.equal("certificate", "expected netback", risk["expected_netback"], mean)
    for key, own in (("alpha", "alpha"), ("lambda", "weight"), ("kappa", "limit")):
        found.equal("certificate", key, risk[key], lever[own], SAME)
    found.equal("certificate", "value", risk["value"], saved.summary["objective"]["value"])
    if risk["evpi"] is not None:
        found.equal("certificate", "worth of knowing", risk["evpi"], risk["wait_and_see"] - risk["value"])
    if risk["vss"] is not None:
        found.equal("certificate", "worth of reckoning", risk["vss"], risk["value"] - risk["expected_value_bookings"])
    booking = risk.get("bookings") or {"worth": None}
    if booking["worth"] is not None:
        found.equal("certificate", "worth of booking", booking["worth"], risk["value"] - booking["without"])
        found.within("certificate", "worth of booking", booking["worth"], booking["least"], booking["most"])
    found.skip("certificate.json: risk (wait_and_see, expected_value_bookings, bookings without, covered, rates, "
               "value_at_risk)", "optima of other programmes, and estimates from the table of events")
