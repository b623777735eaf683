"""What the answer says of its subject, from the saved tables: what is carried, booked, sold, given, or survives a loss.

How sure the answer is (``estimated_share``, ``ungraded_share``, ``weakest``) rests on the grades of all figures and is
not found again.
"""

from __future__ import annotations

from collections.abc import Iterable

from energy_routes.audit.checks.trade import limit_totals
from energy_routes.audit.facts import Facts, Row, sum_of
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

Told = dict[str, float]  # volume, capacity, share; where one is absent nothing is said of it
SUMS = {  # kind of subject: its table, the column of its id, the volume, and the most that there can be
    "arc": ("arcs", "arc", "volume", "capacity"), "market": ("deliveries", "market", "volume", None),
    "supply": ("supplies", "supply", "lifted", "available"),
    "obligation": ("obligations", "obligation", "volume", "required"),
    "storage": ("stocks", "storage", "withdrawn", None), "option": ("builds", "option", "begun", None),
}  # fmt: skip


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Each figure that the answer tells of a part of its subject."""
    for item in saved.summary["answer"]["subject"]:
        what = f"answer {item['target']}"
        for column, own in _told(item, saved, facts).items():
            if item[column] is not None or column == "volume":
                found.equal("summary", f"{what} {column}", item[column], own)


def _told(item: Row, saved: Saved, facts: Facts) -> Told:
    """What should be said of one part: by what is measured of it, then by the kind of thing that it is."""
    target, family = item["target"], item["commodity"]
    kind, _, key = target.partition(":")
    if item["measure"] == "survive":
        return _survives(target, family, saved["security"])
    if item["measure"] == "book":
        return _booked({key} if kind == "arc" else facts.metered(kind, key), family, saved["bookings"])
    if kind in SUMS:
        table, column, volume, most = SUMS[kind]
        rows = [row for row in saved[table] if row[column] == key]
        return {"volume": sum_of(rows, volume)} | ({"capacity": sum_of(rows, most)} if most else {})
    if kind in ("joint", "limit"):
        return {"volume": sum(v for (limit, _), v in limit_totals(saved, facts).items() if limit == key)}
    if kind == "hhi":
        measure = "risk_weighted_hhi" if ":" in key else "hhi"
        rows = [row for row in saved["indicators"] if (row["indicator"], row["kind"], row["family"])
                == (measure, key.partition(":")[0], family)]  # fmt: skip
        return {"volume": sum_of(rows, "value")}
    rows = [row for row in saved["groups"] if (row["kind"], row["group"], row["family"], row["period"])
            == (kind, key, family, "total")]  # fmt: skip
    return {column: sum_of(rows, column) for column in ("volume", "capacity", "share")}


def _survives(target: str, family: str, losses: Iterable[Row]) -> Told:
    """What is still sold abroad after a loss, of what was planned."""
    rows = [row for row in losses if (row["outage"], row["family"], row["market"]) == (target, family, None)]
    planned = sum_of(rows, "planned")
    return {"volume": planned - sum_of(rows, "lost"), "capacity": planned, "share": sum_of(rows, "survives")}


def _booked(arcs: set[str], family: str, bookings: Iterable[Row]) -> Told:
    """What is booked ahead of some arcs, and what is used of it."""
    rows = [row for row in bookings if row["arc"] in arcs and row["family"] == family]
    return {"volume": sum_of(rows, "booked"), "capacity": sum_of(rows, "used")}
