"""The schedule: every supply's rows add up to what it lifts, every buyer's to what the routes bring it."""

from __future__ import annotations

from collections import defaultdict

from energy_routes.audit.facts import Facts, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

AT_HOME = ("home", "transit")
NO_CORRIDOR = (*AT_HOME, "store", "other")


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """By supply and period, by supply and buyer, and the direction of each row against the routes."""
    lifted = {(row["supply"], row["period"]): row["lifted"] for row in saved["supplies"]}
    planned = sums_by(saved["schedule"], "volume", "supply", "period")
    bought: dict[tuple[str, ...], float] = defaultdict(float)
    for row in saved["schedule"]:
        what = f"{row['supply']} {row['direction']} {row['buyer'] or ''} {row['period']}"
        found.within("schedule", what, row["volume"], 0.0, float("inf"))
        if (row["supply"], row["period"]) in lifted:
            true = facts.rows["supplies"][row["supply"]]["shipper"]
            found.true("schedule", what, row["shipper"] == true, f"the raw table has the shipper {true}")
        export = row["buyer"] is not None and bool(facts.rows["markets"].get(row["buyer"], {}).get("export"))
        found.true("schedule", what, row["export"] == export, "export is not what the raw table says of the buyer")
        passing = facts.rows["supplies"].get(row["supply"], {}).get("kind") == "transit"
        if row["direction"] not in ("store", "other"):
            inland = "transit" if passing else "home"
            kept = row["direction"] not in AT_HOME if export else row["direction"] == inland
            found.true("schedule", what, kept, f"in the raw tables it is {'an export' if export else inland}")
        corridor = "" if row["direction"] in NO_CORRIDOR else row["direction"]
        bought[row["supply"], row["buyer"] or "", corridor] += row["volume"]
    for (supply, period), volume in lifted.items():
        found.equal("schedule", f"{supply} {period} lifted", planned[supply, period], volume)
    for parts, volume in sums_by(saved["routes"], "volume", "origin", "market", "corridor").items():
        key = tuple(part or "" for part in parts)
        if key[1]:
            found.equal("schedule", " ".join(key), bought[key], volume)
