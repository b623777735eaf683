"""The rows of the table of prices: which limit each is, its unit, its bound and its volume, from the raw tables."""

from __future__ import annotations

import math
import re
from collections import defaultdict

from energy_routes.audit.checks.trade import contracts, limit_totals
from energy_routes.audit.facts import ALL, HORIZON, Facts, Row
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

TABLES = {
    "capacity": "arcs", "joint": "limits", "supply": "supplies", "market": "markets", "obligation": "obligations",
    "contract": "contracts", "storage": "storages",
}  # fmt: skip
VOLUMES = {  # kind of limit: the table, the column of its id, and the volume that it bounds
    "capacity": ("flows", "arc", "volume"), "supply": ("supplies", "supply", "lifted"),
    "obligation": ("obligations", "obligation", "volume"),
}  # fmt: skip
TANKS = {"full": "working_volume", "injection": "injection", "withdrawal": "withdrawal", "closing stock": "opening"}
POLICY = "rows of a policy or a user's constraint are not built again here; caps themselves are tested on the volumes"
NO_PLAN, NOT_FOUND = "no plan", "not found: numerical trouble"
NOTES = (NO_PLAN, "no plan up", "no plan down", NOT_FOUND)
Key = tuple[str, str, str]  # kind, the limit (of a tier or tank with what it is), period


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every row of prices is a limit of the raw tables or of the policy, with its own bound and volume."""
    volumes, due = _volumes(saved, facts), {}
    for name, period, volume, shipped, beyond in contracts(saved, facts):
        firm = facts.rows["contracts"][name]["kind"] == "firm"
        volumes["contract", name, period] = shipped + (-beyond if firm else beyond)
        due[name, period] = {"upper" if firm else "lower": volume}
    for row in saved["prices"]:
        what = f"{row['name']} {row['period']}"
        _note(row, what, found)
        if row["kind"] in TABLES:
            _limit(row, what, volumes, due, facts, found)
        elif row["kind"] == "ramp":
            _ramp(row, what, saved, facts, found)
        else:
            found.true("prices", what, row["kind"] in ("policy", "user"), f"no kind of limit is called {row['kind']!r}")
            found.true("prices", what, row["family"] in (*facts.families, ALL, None), "no such family")
            known = row["period"] in (HORIZON, *facts.periods) or row["kind"] == "user"
            found.true("prices", what, known, "no such period")
    if any(row["kind"] not in (*TABLES, "ramp") for row in saved["prices"]):
        for column in ("limit", "side", "volume", "bound", "unit"):
            found.skip(f"prices.{column} of policy and user", POLICY)


def _note(row: Row, what: str, found: Findings) -> None:
    """A price is blank only with a note why, and a note stands only where a price is blank."""
    ways = ("", "_down") if row["side"] == "equal" else ("",)
    blank = any(math.isnan(row[f"{name}{way}"]) for name in ("price", "price_all") for way in ways)
    found.true("prices", what, (row["note"] is not None) == blank, "a price is blank without a note, or the reverse")
    found.true("prices", what, row["note"] in (None, *NOTES), f"no such note is known: {row['note']!r}")


def _limit(
    row: Row, what: str, volumes: dict[Key, float], due: dict[tuple[str, str], dict[str, float]], facts: Facts,
    found: Findings,
) -> None:  # fmt: skip
    kind, limit, period, side = row["kind"], row["limit"], row["period"], row["side"]
    if limit not in facts.rows[TABLES[kind]] or period not in (HORIZON, *facts.periods):
        found.wrong("prices", f"{what}: no such limit or period: {kind} {limit} {period}")
        return
    family = facts.family(TABLES[kind], limit)
    found.true("prices", what, row["family"] == family, f"the family is {family}")
    found.true("prices", what, row["unit"] == facts.prices_in[family], f"the unit is {facts.prices_in[family]}")
    own = f"{limit}/{_part(row)}" if _part(row) else limit
    if kind == "joint" and facts.rows["limits"][limit]["relative_to"] and row["bound"] == 0.0:
        return  # both sums of a ratio are tested with the joint limits
    sides = due.get((limit, period), {}) if kind == "contract" else _sides(kind, own, limit, period, facts)
    found.true("prices", what, side in sides, f"has the sides {', '.join(sides)}, not {side!r}")
    if side in sides:
        found.equal("prices", f"{what} bound", row["bound"], sides[side] if math.isfinite(sides[side]) else math.nan)
    found.equal("prices", f"{what} volume", row["volume"], volumes.get((kind, own, period), 0.0))


def _ramp(row: Row, what: str, saved: Saved, facts: Facts, found: Findings) -> None:
    """A price of a ramp stands beside a row of the table of ramps: its unit, bound and volume are that row's."""
    own = [r for r in saved["ramps"] if row["name"] == f"ramp of {r['name']} after {r['event']}"
           and (r["group"], r["family"], r["period"]) == (row["limit"], row["family"], row["period"])]  # fmt: skip
    found.true("prices", what, len(own) == 1 and row["side"] == "upper", "is no ramp of the table of ramps")
    for one in own[:1]:
        unit = facts.prices_in[one["family"]]
        found.true("prices", what, row["unit"] == unit, f"the unit is {unit}")
        found.columns("prices", what, row, {"bound": one["reference"] + one["ramp"], "volume": one["volume"]})


def _part(row: Row) -> str:
    """Which tier of a market, or which limit of a tank, a row is: the end of its name."""
    end = str(row["name"]).rpartition(", ")[2]
    if row["kind"] == "market" and (tier := re.fullmatch(r"tier (\d+)", end)):
        return tier[1]
    return TANKS.get(end, "") if row["kind"] == "storage" else ""


def _sides(kind: str, own: str, limit: str, period: str, facts: Facts) -> dict[str, float]:
    """The bound of each side that a limit has in a period; of an equality that of ``equal``."""
    if kind == "capacity":
        return _both(facts.least(limit, period) or math.nan, facts.capacity(limit, period))
    if kind == "supply":
        least, most = (facts.rate("supplies", limit, field, period) for field in ("minimum", "available"))
        all_of_it = facts.policy["objective"] == "cost" and facts.rows["markets"] and math.isfinite(most)
        low = most if all_of_it and facts.rows["supplies"][limit]["kind"] == "own" else least
        return _both(low or math.nan, most)  # that nothing goes back is no limit
    if kind == "obligation":
        return {"equal": facts.rate("obligations", limit, "volume", period)}
    if kind == "market":
        return {"upper": facts.rate("tiers", own, "depth", period)}
    if kind == "joint":
        spans = facts.periods if period == HORIZON else [period]
        low, high = (sum(facts.rate("limits", limit, side, p) for p in spans) for side in ("low", "high"))
        return _both(low, high)
    if kind == "storage":
        return _tank(own.rpartition("/")[2], limit, period, facts)
    raise ValueError(f"no kind of limit is called {kind!r}")


def _both(low: float, high: float) -> dict[str, float]:
    return {"equal": low} if low == high else {"lower": low, "upper": high}


def _tank(field: str, storage: str, period: str, facts: Facts) -> dict[str, float]:
    if field == "opening":
        return {"lower": facts.number("storages", storage, "opening", period)}
    if field != "working_volume":
        return {"upper": facts.rate("storages", storage, field, period)}
    full = facts.number("storages", storage, "working_volume", period)
    return {"upper": full + facts.built("storages", storage, "working_volume", period)}


def _volumes(saved: Saved, facts: Facts) -> dict[Key, float]:
    """What is bounded by each limit, from the other tables."""
    out: dict[Key, float] = defaultdict(float)
    for kind, (table, column, volume) in VOLUMES.items():
        for row in saved[table]:
            out[kind, row[column], row["period"]] += row[volume]
    for row in saved["deliveries"]:
        out["market", f"{row['market']}/{row['tier']}", row["period"]] += row["volume"]
    short = {(row["obligation"], row["period"]): row["short"] for row in saved["obligations"]}
    for (name, period), missed in short.items():
        out["obligation", name, period] += missed
    for (limit, period), total in limit_totals(saved, facts).items():
        horizon = facts.rows["limits"][limit]["over"] == HORIZON
        out["joint", limit, HORIZON if horizon else period] += total
    for row in saved["stocks"]:
        closing = "closing" if row["period"] == facts.periods[-1] else None
        for field, moved in (("working_volume", "closing"), ("injection", "injected"), ("withdrawal", "withdrawn"),
                             ("opening", closing)):  # fmt: skip
            out["storage", f"{row['storage']}/{field}", row["period"]] += row[moved] if moved else 0.0
    return out
