"""What a policy of risk adds to a result, found again: losses of single outages, bookings, futures and their tail.

What a recourse would have shipped is not among the saved volumes, so of a corrective loss only the arithmetic and the
promise are tested; a preventive loss is counted anew from the flows.
"""

from __future__ import annotations

import math

from energy_routes.audit.checks.movement import charge
from energy_routes.audit.facts import Facts, Row, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import NEAR, SAME, Findings

FELT = 1e-7  # Mt or bcm, and USD/t: less is the arithmetic's
CALM = "no disruption"
RECOURSE = "what a recourse would have done is not among the tables"
LEAST = "the smallest share that can be had is an optimum of its own"


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """The table of losses against exports, flows and the share promised."""
    lever = facts.policy.get("security")
    found.true("security", "table", bool(saved["security"]) == bool(lever), "does not go with the policy")
    if not lever:
        return
    found.unchecked |= dict.fromkeys(("security.price", "security.waived"), RECOURSE)
    if lever["delta"] == "min":
        found.skip("security.delta", LEAST)
    for row in saved["security"]:
        what = f"{row['outage']} {row['family']} {row['market'] or ''}".strip()
        for part in str(row["outage"]).split(" & "):
            found.true("security", what, _is_target(facts, part), f"nothing is called {part!r} in the raw tables")
        found.equal("security", f"{what} delta", row["delta"], saved.certificate["security_delta"], SAME)
        binding = _binds(row)
        found.true("security", what, row["binding"] == binding, f"binding should be {binding}")
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


def _binds(row: Row) -> bool:
    """Where all that may be lost is lost; a loss of nothing binds only where it costs something."""
    all_of_it = row["lost"] >= row["delta"] * row["planned"] - NEAR * max(1.0, row["planned"])
    felt = row["lost"] > FELT or abs(row["price"]) > FELT
    return bool(all_of_it and felt and row["planned"] > SAME and row["delta"] < 1.0 - FELT)


def _is_target(facts: Facts, name: str) -> bool:
    try:
        return bool(_arcs(facts, name))
    except (KeyError, IndexError):
        return False


def _stranded(saved: Saved, facts: Facts, outage: str, inside: list[str]) -> float:
    """Flow over each arc of an outage beyond what it leaves of the arc."""
    left = float(facts.policy["security"]["remaining"])
    flows = sums_by(saved["flows"], "volume", "arc", "period")
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
    _named(saved, lever, found)
    found.equal("futures", "probabilities", sum(p for p, _ in futures), 1.0)
    found.equal("futures", "undisturbed netback", futures[0][1], undisturbed + paid)
    worst, mean_of_worst = _tail([(p, -n) for p, n in futures], lever["alpha"])
    for row in saved["futures"]:
        what = row["future"]
        found.within("futures", f"{what} netback", row["netback"], -math.inf, row["alone"])
        found.equal("futures", f"{what} regret", row["regret"], row["alone"] - row["netback"])
        tail = -row["netback"] >= worst - NEAR * max(1.0, abs(worst))
        found.true("futures", what, row["tail"] == tail, f"tail should be {tail}")
    mean = sum(p * n for p, n in futures)
    out = {"bookings": paid, "disruptions": mean - futures[0][1]}
    found.equal("futures", "CVaR", saved.certificate["risk"]["cvar"], mean_of_worst)
    if lever["limit"] is not None:
        found.within("futures", "CVaR", mean_of_worst, -math.inf, lever["limit"])
    elif lever["weight"] > 0:
        out["aversion"] = -lever["weight"] * (mean + mean_of_worst)
    return out


def _named(saved: Saved, lever: Row, found: Findings) -> None:
    """The futures are those that the policy lists, with their probabilities; rates of events are not found again."""
    listed = lever["scenarios"] if isinstance(lever["scenarios"], list) else None
    found.unchecked |= dict.fromkeys(("futures.netback of disruptions", "futures.alone", "futures.waived"), RECOURSE)
    if listed is None:
        found.skip("futures.future", "made of the table of events; rates are not estimated again")
        found.skip("futures.probability", "an estimate from the table of events")
        return
    found.true("futures", CALM, saved["futures"][0]["future"] == CALM, "is not the first future")
    chances = {scenario["name"]: scenario["probability"] for scenario in listed}
    for row in saved["futures"][1:]:
        found.true("futures", row["future"], row["future"] in chances, "the policy lists no such scenario")
        if row["future"] in chances:
            found.equal("futures", f"{row['future']} probability", row["probability"], chances[row["future"]], SAME)


def beyond_tariff(row: Row, moved: float, charge: float, premium: float) -> float:
    """What a row of bookings pays beyond the tariff of what moves, MUSD."""
    return float((row["booked"] + row["spot"] - moved) * charge + premium * row["spot"])


def _bookings(saved: Saved, facts: Facts, found: Findings) -> float:
    """What is paid beyond the tariff of what moves: unused bookings, and the premium of the day."""
    flows = sums_by(saved["flows"], "volume", "arc", "commodity", "period")
    premium = (facts.policy.get("bookings") or {"premium": 0.0})["premium"]
    total = 0.0
    for row in saved["bookings"]:
        key = row["arc"], row["commodity"], row["period"]
        moved = flows[key]
        found.within("bookings", f"{key} moved", moved, 0.0, row["booked"] + row["spot"])
        paid = charge(facts, *key)
        found.equal("bookings", f"{key} used", row["used"], min(moved, row["booked"]))
        found.columns("bookings", str(key), row, {"charge": paid, "paid": row["booked"] * paid}, SAME)
        total -= beyond_tariff(row, moved, paid, premium)
    for (arc, period), volume in sums_by(saved["bookings"], "booked", "arc", "period").items():
        found.within("bookings", f"{arc} {period}", volume, 0.0, facts.capacity(arc, period))
    return total


def _tail(losses: list[tuple[float, float]], alpha: float) -> tuple[float, float]:
    """The least and the mean of the worst 1 − α of (probability, loss)."""
    room, total, least = 1.0 - alpha, 0.0, math.inf
    for chance, loss in sorted(losses, key=lambda pair: -pair[1]):
        if room <= 1e-15:
            break
        part = min(chance, room)
        room, total, least = room - part, total + part * loss, loss
    return least, total / (1.0 - alpha)
