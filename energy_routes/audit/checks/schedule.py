"""The schedule: every supply's rows add up to what it lifts, every buyer's to what the routes bring it."""

from __future__ import annotations

from collections import defaultdict

from energy_routes.audit.facts import Facts
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

AT_HOME = ("home", "transit")


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """By supply and period, by supply and buyer, and the direction of each row against the routes."""
    lifted = {(row["supply"], row["period"]): row["lifted"] for row in saved["supplies"]}
    planned: dict[tuple[str, str], float] = defaultdict(float)
    bought: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in saved["schedule"]:
        what = f"{row['supply']} {row['direction']} {row['buyer'] or ''} {row['period']}"
        found.within("schedule", what, row["volume"], 0.0, float("inf"))
        if (row["supply"], row["period"]) in lifted:
            planned[row["supply"], row["period"]] += row["volume"]
            true = facts.rows["supplies"][row["supply"]]["shipper"]
            found.true("schedule", what, row["shipper"] == true, f"the raw table has the shipper {true}")
        export = row["buyer"] is not None and bool(facts.rows["markets"].get(row["buyer"], {}).get("export"))
        found.true("schedule", what, row["export"] == export, "export is not what the raw table says of the buyer")
        passing = facts.rows["supplies"].get(row["supply"], {}).get("kind") == "transit"
        if row["direction"] not in ("store", "other"):
            inland = "transit" if passing else "home"
            kept = row["direction"] not in AT_HOME if export else row["direction"] == inland
            found.true("schedule", what, kept, f"in the raw tables it is {'an export' if export else inland}")
        bought[row["supply"], row["buyer"] or "", _corridor(row["direction"])] += row["volume"]
    for (supply, period), volume in lifted.items():
        found.equal("schedule", f"{supply} {period} lifted", planned[supply, period], volume)
    routed: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in saved["routes"]:
        routed[row["origin"] or "", row["market"] or "", row["corridor"] or ""] += row["volume"]
    for key, volume in routed.items():
        if key[1]:
            found.equal("schedule", " ".join(key), bought[key], volume)


def _corridor(direction: str) -> str:
    return "" if direction in ("home", "store", "transit", "other") else direction
