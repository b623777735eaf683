"""What a policy of risk adds to a result, found again: losses of single outages, bookings, futures and their tail.

What a recourse would have shipped is not among the saved volumes, so of a corrective loss only the arithmetic and the
promise are tested; a preventive loss is counted anew from the flows.
"""

from __future__ import annotations

import math
from collections import defaultdict

from energy_routes.audit.checks.movement import charge
from energy_routes.audit.facts import Facts
from energy_routes.audit.files import Saved
from energy_routes.audit.report import NEAR, Findings


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """The table of losses against exports, flows and the share promised."""
    lever = facts.policy.get("security")
    found.true("security", "table", bool(saved["security"]) == bool(lever), "does not go with the policy")
    if not lever:
        return
    for row in saved["security"]:
        what = f"{row['outage']} {row['family']} {row['market'] or ''}".strip()
        first, _, last = str(row["window"]).partition(" … ")
        inside = [p for p in facts.periods if first <= p <= (last or first)]
        planned = sum(
            d["volume"] for d in saved["deliveries"]
            if d["export"] and d["period"] in inside and d["family"] == row["family"]
            and row["market"] in (None, d["market"])
        )  # fmt: skip
        found.equal("security", f"{what} planned", row["planned"], planned)
        survives = 1.0 - min(row["lost"] / planned, 1.0) if planned > NEAR else math.nan
        if planned > NEAR:
            found.equal("security", f"{what} survives", row["survives"], survives)
        if row["delta"] < 1.0 - NEAR:
            found.within("security", f"{what} lost", row["lost"], 0.0, row["delta"] * planned)
        if lever["delta"] != "min":
            found.equal("security", f"{what} delta", row["delta"], lever["delta"])
        if row["mode"] == "preventive" and not saved["stocks"]:
            found.equal("security", f"{what} lost", row["lost"], _stranded(saved, facts, row["outage"], inside))


def _stranded(saved: Saved, facts: Facts, outage: str, inside: list[str]) -> float:
    """Flow over each arc of an outage beyond what it leaves of the arc."""
    left = float(facts.policy["security"]["remaining"])
    flows: dict[tuple[str, str], float] = defaultdict(float)
    for row in saved["flows"]:
        flows[row["arc"], row["period"]] += row["volume"]
    arcs = {arc for part in outage.split(" & ") for arc in _arcs(facts, part.strip())}
    kept = {(a, p): left * facts.capacity(a, p) if left > 0 else 0.0 for a in arcs for p in inside}
    return sum(max(0.0, flows[key] - most) for key, most in kept.items())


def _arcs(facts: Facts, name: str) -> set[str]:
    """The arcs of one target: itself, those that touch a node, those into a market, or the meters of a group."""
    kind, colon, what = name.partition(":")
    arcs = facts.rows["arcs"]
    if not colon:
        kind = "arc" if name in arcs else "node" if name in facts.rows["nodes"] else "group"
        what = name
    if kind == "arc":
        return {what}
    if kind == "node":
        return {arc for arc, row in arcs.items() if what in (row["from"], row["to"])}
    if kind == "market":
        return {arc for arc, row in arcs.items() if row["to"] == facts.rows["markets"][what]["node"]}
    meters = [m for m in facts.rows["meters"].values() if m["group"] == what and m["arc"] is not None]
    kinds = [m["kind"] for m in meters]
    return {m["arc"] for m in meters if m["kind"] == (kind if colon else kinds[0])}


def money(saved: Saved, facts: Facts, undisturbed: float, found: Findings) -> dict[str, float]:
    """The terms that bookings and futures add to a ledger whose other terms sum to ``undisturbed``; MUSD."""
    lever = facts.policy.get("cvar")
    if not lever:
        return {}
    paid = _bookings(saved, facts, found)
    futures = [(row["probability"], row["netback"]) for row in saved["futures"]]
    found.equal("futures", "probabilities", sum(p for p, _ in futures), 1.0)
    found.equal("futures", "undisturbed netback", futures[0][1], undisturbed + paid)
    for row in saved["futures"]:
        found.within("futures", f"{row['future']} netback", row["netback"], -math.inf, row["alone"])
    mean = sum(p * n for p, n in futures)
    out = {"bookings": paid, "disruptions": mean - futures[0][1]}
    tail = _cvar([(p, -n) for p, n in futures], lever["alpha"])
    found.equal("futures", "CVaR", saved.certificate["risk"]["cvar"], tail)
    if lever["limit"] is not None:
        found.within("futures", "CVaR", tail, -math.inf, lever["limit"])
    elif lever["weight"] > 0:
        out["aversion"] = -lever["weight"] * (mean + tail)
    return out


def _bookings(saved: Saved, facts: Facts, found: Findings) -> float:
    """What is paid beyond the tariff of what moves: unused bookings, and the premium of the day."""
    flows: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in saved["flows"]:
        flows[row["arc"], row["commodity"], row["period"]] += row["volume"]
    premium = (facts.policy.get("bookings") or {"premium": 0.0})["premium"]
    booked: dict[tuple[str, str], float] = defaultdict(float)
    total = 0.0
    for row in saved["bookings"]:
        key = row["arc"], row["commodity"], row["period"]
        moved = flows[key]
        found.within("bookings", f"{key} moved", moved, 0.0, row["booked"] + row["spot"])
        booked[row["arc"], row["period"]] += row["booked"]
        total -= (row["booked"] + row["spot"] - moved) * charge(facts, *key) + premium * row["spot"]
    for (arc, period), volume in booked.items():
        found.within("bookings", f"{arc} {period}", volume, 0.0, facts.capacity(arc, period))
    return total


def _cvar(losses: list[tuple[float, float]], alpha: float) -> float:
    """The mean of the worst 1 − α of (probability, loss)."""
    room, total = 1.0 - alpha, 0.0
    for chance, loss in sorted(losses, key=lambda pair: -pair[1]):
        part = min(chance, room)
        total, room = total + part * loss, room - part
    return total / (1.0 - alpha)
