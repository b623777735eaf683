"""The proof that no plan is better: each saved programme against the raw tables, and its bound against the plan.

The bound is one of the case where the programme holds every column that the case has, and no row that the case has
not.  So columns, costs, bounds, right-hand sides and coefficients are found again from the raw tables; then the duals
speak for themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from energy_routes.audit.checks.movement import charge
from energy_routes.audit.closed.ramps import events
from energy_routes.audit.facts import Facts, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.proof import own_builds, own_policy, own_rows, own_tanks
from energy_routes.audit.proof.bound import safe_bound
from energy_routes.audit.proof.own_columns import BLOCKS, Label, Own
from energy_routes.audit.proof.own_rows import Row, Rows, Terms
from energy_routes.audit.proof.programme import Key, Programme, read
from energy_routes.audit.report import NEAR, SAME, Findings
from energy_routes.errors import DataError

PLAN, HELD = "plan", "held"  # the folders of the optimum, and of the one that held exports rest on
Rules = dict[str, Callable[[], dict[Label, Row]]]  # the rows of each rule
BOUNDS = ("max_share", "max_exposure", "min_share", "min_exposure")
VALUES = {  # block of columns: the table that holds its point, the columns of its label, and that of the value
    "flow": ("flows", "arc commodity period", "volume"), "lifted": ("supplies", "supply period", "lifted"),
    "delivered": ("deliveries", "market commodity tier period", "volume"),
    "home": ("obligations", "obligation commodity period", "volume"),
    "short": ("obligations", "obligation period", "short"), "stock": ("stocks", "storage commodity period", "closing"),
    "injected": ("stocks", "storage commodity period", "injected"),
    "withdrawn": ("stocks", "storage commodity period", "withdrawn"),
    "exposure": ("groups", "kind group family period", "volume"),
    "built": ("builds", "option year", "built"), "built_part": ("builds", "option year", "built"),
}  # fmt: skip
LATER: Mapping[str, tuple[str, ...]] = {  # what a lever adds, and is not built again here
    "security": (
        "secure", "stranded", "released", "released_stock", "released_rate", "unforeseen", "hold_window",
        "planned_lifting", "restored_stock", "margin", "waived",
    ),
    "cvar": (
        "booked", "spot", "quantile", "excess", "booked_capacity", "within_booking", "spot_capacity", "shortfall",
        "tail", "waived",
    ),
}  # fmt: skip
NONE = "no proof is saved: the plan is of a foreign solver, or one that nobody has shown to be the best"
GONE = ("proof/plan is missing, though the result tells duals or prices of limits, which rest on it; expected the "
        "folder as it was saved. Put it back from a copy, or solve the model again with --out")
COPIES = "futures and what is left after losses are not built again; the bound takes their rows as they are saved"
OTHERS = "what bookings, losses, tails and users' own constraints add is not built again; the bound takes it as saved"
BUILDS = "which builds are best rests on the bound of a solver; the proof takes them as decided"
BEFORE = "with builds, security, exports held or another event its rows are not built again; tested: its residuals"
LEAST = "the smallest share of exports that can be lost is an optimum of its own"


def check(folder: Path, saved: Saved, facts: Facts, found: Findings) -> None:
    """The proofs of a saved result."""
    place = folder / "proof"
    if not (place / PLAN).is_dir():
        if _proved(saved):
            found.wrong("proof", GONE)
        else:
            found.skip("proof", NONE)
        return
    try:
        plan = read(place / PLAN)
        held = read(place / HELD) if (place / HELD).is_dir() else None
    except (DataError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found.wrong("proof", f"cannot be read: {type(error).__name__}: {error}")
        return
    decided = {(row["option"], row["year"]): row["built"] for row in saved["builds"]}
    own = Own(facts, decided, _full(plan), _weights(saved, facts), _booked(saved, facts))
    others = _others(facts, saved)
    by_builds = _holds(facts) and bool(facts.policy["build"])
    if by_builds and not held:
        found.skip("proof: exports that are held", BUILDS)
        others |= {"hold_exports"}
    else:
        found.true("proof", HELD, bool(held) == _holds(facts), "that exports are held does not go with the policy")
    rules, asked = _made(PHYSICS, own), _made(_asked(saved, held), own)
    _programme(PLAN, plan, own, rules | asked, others, found)
    _point(plan, saved, found)
    if held:
        _programme(HELD, held, replace(own, weights={"": 1.0}, booked={}), rules, others, found)
    _unforeseen(folder, saved, facts, found)
    _left_open(facts, saved, found)


def _proved(saved: Saved) -> bool:
    """Whether a result tells what only the duals of an optimum say."""
    told = saved.certificate.get("dual_residual") is not None
    return told or any(math.isfinite(row["price"]) for row in saved["prices"])


def _unforeseen(folder: Path, saved: Saved, facts: Facts, found: Findings) -> None:
    """The plan without each unforeseen event: its programme, its bound, and its volumes in the table of ramps."""
    rows = saved["ramps"]
    for number, event in enumerate(events(facts) if rows else (), 1):
        name = f"event-{number}"
        try:
            of = read(folder / "proof" / name)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            found.wrong("proof", f"{name} cannot be read: {type(error).__name__}: {error}")
            continue
        calm = Facts(folder / "inputs", without=event)
        carried = {label: x for (block, label), x in zip(of.columns, of.x.tolist(), strict=True) if block == "exposure"}
        for row in rows:
            if row["event"] == event:
                label = tuple(str(row[key]) for key in ("kind", "group", "family", "period"))
                found.equal("proof", f"{name}: {' '.join(label)}", row["reference"], carried.get(label))
        if any(calm.policy[lever] for lever in ("build", "security")) or len(events(facts)) > 1 or _holds(calm):
            found.skip(f"proof: the plan without {event}", BEFORE)
            residuals(name, of, found)
            continue
        own = Own(calm, {}, {}, {"": 1.0}, {})
        _programme(name, of, own, _made({**PHYSICS, **_asked(saved, None)}, own), set(), found)


def _weights(saved: Saved, facts: Facts) -> dict[str, float]:
    """What a MUSD of each future counts in the objective, p·(1 − λ), by the name of its copy; undisturbed: blank."""
    if not (lever := facts.policy["cvar"]):
        return {"": 1.0}
    undisturbed, *others = saved["futures"]
    chances = {"": undisturbed["probability"]} | {row["future"]: row["probability"] for row in others}
    return {future: chance * (1.0 - lever["weight"]) for future, chance in chances.items()}


def _booked(saved: Saved, facts: Facts) -> dict[Label, float]:
    """The charge of each lane that is booked: what moves there pays it with the booking."""
    labels = ((row["arc"], row["commodity"], row["period"]) for row in saved["bookings"])
    return {label: charge(facts, *label) for label in labels}


def _made(rules: Mapping[str, Callable[[Own], Rows]], own: Own) -> Rules:
    """Rules whose rows are made when the first programme has some, once for all programmes."""
    return {rule: cache(partial(lambda make: dict(make(own)), make)) for rule, make in rules.items()}


def _asked(saved: Saved, held: Programme | None) -> dict[str, Callable[[Own], Rows]]:
    """The rules of the policy; that exports are held, where the optimum is saved that this rests on."""
    after = {"ramp": partial(own_policy.ramp, rows=saved["ramps"])}
    caps = {lever: partial(own_policy.bounds, lever=lever) for lever in BOUNDS}
    kept = {"hold_exports": partial(own_policy.hold_exports, held=_exported(held))} if held else {}
    cuts = partial(own_policy.max_hhi, cuts=saved.certificate.get("cuts", []))
    return {**after, **caps, **kept, "max_emissions": own_policy.max_emissions, "max_hhi": cuts}


def _others(facts: Facts, saved: Saved) -> set[str]:
    """Rules and variables that are not built again: of users, and of what the levers of the case add."""
    own = {row["limit"] for row in saved["prices"] if row["kind"] == "user"}
    return own | {name for lever, names in LATER.items() if facts.policy[lever] for name in names}


def _holds(facts: Facts) -> bool:
    return facts.policy["exports"] == "hold" and facts.asked


def _full(plan: Programme) -> dict[tuple[str, ...], float]:
    """Where the old capacity of a widened arc is full: a whole number that was decided with the builds."""
    columns = zip(plan.columns, plan.lower.tolist(), strict=True)
    return {label: 1.0 if low > 0.5 else 0.0 for (block, label), low in columns if block == "full"}


def _exported(held: Programme) -> dict[str, float]:
    """What each family exports where nothing is capped."""
    rows = ({"family": label[0], "volume": value} for (block, label), value in
            zip(held.columns, held.x.tolist(), strict=True) if block == "exports")  # fmt: skip
    return {family: volume for family, volume in sums_by(rows, "volume", "family").items() if volume > 0}


PHYSICS: Mapping[str, Callable[[Own], Rows]] = {
    "balance": own_rows.balance, "capacity": own_rows.capacity, "joint_limits": own_rows.joint_limits,
    "joint_ratios": own_rows.joint_ratios, "market_depth": own_rows.market_depth,
    "obligations": own_rows.obligations, "contracts": own_rows.contracts,
    "stock_balance": own_tanks.stock_balance, "working_volume": own_tanks.working_volume,
    "injection": own_tanks.injection, "withdrawal": own_tanks.withdrawal, "closing_stock": own_tanks.closing_stock,
    "exports": own_policy.exports, "exposure": own_policy.exposure,
    "standing": own_builds.standing, "chains": own_builds.chains, "budget": own_builds.budget,
    "beyond_old": own_builds.beyond_old, "within_added": own_builds.within_added,
    "only_when_full": own_builds.only_when_full,
    "supply_with_options": own_rows.supply_with_options, "arcs_at_least": own_rows.arcs_at_least,
    "limits_at_least": own_rows.limits_at_least,
}  # fmt: skip


def _programme(
    name: str, of: Programme, own: Own, rules: Rules, others: set[str], found: Findings
) -> None:  # fmt: skip
    """Columns and rows against the raw tables, residuals of point and duals, and the bound against the point."""
    _columns(name, of, own, others, found)
    _rows(name, of, own, rules, others, found)
    residuals(name, of, found)
    goal = own.facts.policy["objective"]
    found.true("proof", name, of.sense == ("min" if goal == "cost" else "max"), f"a {goal} is not sought as {of.sense}")
    bound, size = safe_bound(of), max(1.0, abs(of.value))
    what = f"{name}: the bound {bound.value:.10g} beyond the objective, of it"
    found.within("proof", what, abs(bound.value - of.value) / size, 0.0, NEAR)
    for block in dict.fromkeys(block.partition("@")[0] for block, _ in bound.boxed):
        found.skip(f"proof: the limit of {block}", f"nothing limits it; it is taken to be at most {bound.box:.3g}")


def _columns(name: str, of: Programme, own: Own, others: set[str], found: Findings) -> None:
    """Every column of the case is there, with its bounds and its cost."""
    expected = own.columns
    blocks, saved = {block for block, _ in of.columns}, set(of.columns)
    for key in (key for key in expected if key not in saved):
        found.wrong("proof", f"{name}: column {_called(key)} is missing")
    for key, low, high, cost in zip(of.columns, of.lower.tolist(), of.upper.tolist(), of.cost.tolist(), strict=True):
        block, _, copy = key[0].partition("@")
        if (block, key[1]) in expected:
            want = expected[block, key[1]].cost + own.booked.get(key[1], 0.0) * (block == "flow")
            found.equal("proof", f"{name}: cost of {_called(key)}", cost, own.weights.get(copy, 0.0) * want, SAME)
        if key[0] not in BLOCKS:
            continue
        if key not in expected:
            found.wrong("proof", f"{name}: column {_called(key)} is none of the raw tables")
            continue
        column = expected[key]
        found.equal("proof", f"{name}: lower bound of {_called(key)}", low, column.low, SAME)
        found.equal("proof", f"{name}: upper bound of {_called(key)}", high, column.high, SAME)
    for block in sorted(blocks - set(BLOCKS)):
        _other(name, "columns", block, BLOCKS.keys() | others, found)


def _rows(
    name: str, of: Programme, own: Own, rules: Rules, others: set[str], found: Findings
) -> None:  # fmt: skip
    """Every row is a rule of the case, with its bounds and coefficients."""
    named = dict.fromkeys(rule for rule, _ in of.rows)
    known = {(rule, label): row for rule in named if rule in rules for label, row in rules[rule]().items()}
    for key, low, high in zip(of.rows, of.row_lower.tolist(), of.row_upper.tolist(), strict=True):
        if key[0] not in rules:
            continue
        if key not in known:
            found.wrong("proof", f"{name}: row {_called(key)} is no rule of the case")
            continue
        row = known[key]
        found.equal("proof", f"{name}: least of {_called(key)}", low, row.low, SAME)
        found.equal("proof", f"{name}: most of {_called(key)}", high, row.high, SAME)
        _coefficients(f"{name}: {_called(key)}", of.terms[key], row.terms, found)
    for rule in named:
        if rule not in rules:
            _other(name, "rows", rule, rules.keys() | others, found)


def _other(name: str, what: str, block: str, known: set[str], found: Findings) -> None:
    """A block that is not built again: one of those that are known is named, another is refused."""
    plain, _, copy = block.partition("@")
    if plain.removeprefix("waived ") in known and (not copy or "waived" in known):
        found.skip(f"proof: {what} {plain}", COPIES if copy else OTHERS)
    else:
        found.wrong("proof", f"{name}: {what} {block!r}: the case asks for nothing of that name")


def _coefficients(what: str, saved: Terms, own: Terms, found: Findings) -> None:
    found.counts["proof"] += len(own)
    for key in saved | own:
        have, want = saved.get(key, 0.0), own.get(key, 0.0)
        if not math.isclose(have, want, rel_tol=SAME, abs_tol=SAME):
            both = f"saved {have:.10g}, from the raw tables {want:.10g}"
            found.wrong("proof", f"{what}: coefficient of {_called(key)}: {both}")


def residuals(name: str, of: Programme, found: Findings) -> None:
    """How far point and duals are from what an optimum keeps: rows, bounds, signs of duals."""
    for what, keys, at, low, high in (("row", of.rows, of.activity, of.row_lower, of.row_upper),
                                      ("column", of.columns, of.x, of.lower, of.upper)):  # fmt: skip
        found.counts["proof"] += len(keys)
        over = np.maximum(low - at, at - high) / np.maximum(1.0, np.where(np.isfinite(at), np.abs(at), 1.0))
        for place in np.flatnonzero(~(over <= NEAR)).tolist():
            found.wrong("proof", f"{name}: {what} {_called(keys[place])} is {at[place]:.10g}, outside its bounds")
    sign, scale = (1.0 if of.sense == "max" else -1.0), max(1.0, float(np.abs(of.cost).max(initial=0.0)))
    for what, keys, price, low, high in (
        ("dual of row", of.rows, sign * of.dual, of.row_lower, of.row_upper),
        ("reduced cost of", of.columns, sign * of.reduced, of.lower, of.upper),
    ):  # fmt: skip
        found.counts["proof"] += len(keys)
        wrong = np.where(np.isposinf(high), price, 0.0) > NEAR * scale
        wrong |= np.where(np.isneginf(low), -price, 0.0) > NEAR * scale
        for place in np.flatnonzero(wrong).tolist():
            found.wrong("proof", f"{name}: the {what} {_called(keys[place])} has the wrong sign")


def _point(of: Programme, saved: Saved, found: Findings) -> None:
    """The point is the plan of the tables, and has its objective."""
    found.equal("proof", "objective of the point", of.value, saved.summary["objective"]["value"])
    for block, (table, keys, value) in VALUES.items():
        names = keys.split()
        own = {tuple(str(row[name]) for name in names): row[value] for row in saved[table]}
        for (name, label), x in zip(of.columns, of.x.tolist(), strict=True):
            if name == block:
                found.equal("proof", f"point: {block} {' '.join(label)}", x, own.get(label))


def _left_open(facts: Facts, saved: Saved, found: Findings) -> None:
    """What no certificate is of."""
    if saved["builds"]:
        found.skip("proof: builds", BUILDS)
    if (facts.policy.get("security") or {}).get("delta") == "min":
        found.skip("proof: security delta", LEAST)
    if saved["ranges"]:
        found.skip("proof: ranges", "their ends were not asked to be proved")


def _called(key: Key) -> str:
    return f"{key[0]} {' '.join(key[1])}".strip()
