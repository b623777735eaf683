"""Dependence: exposure of groups at their meters, shares, indicators and the caps of the policy."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from itertools import product

from energy_routes.audit.checks.arrival import Arrival
from energy_routes.audit.facts import ALL, HORIZON, Facts, Row, sums_by, years
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings
from energy_routes.indicators import KNOWN

PARTITIONS = ("corridor", "transit_set", "terminal", "market")
Exposure = dict[tuple[str, str, str, str], float]  # (kind, group, family, period) → volume


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Groups, indicators and caps from the saved volumes."""
    volumes = _exposure(saved, facts)
    inlets, totals = _inlets(saved, facts), _totals(saved, facts, volumes)
    listed: set[tuple[str, str, str]] = set()
    for row in saved["groups"]:
        kind, group, family, period = row["kind"], row["group"], row["family"], row["period"]
        listed.add((kind, group, family))
        spans = facts.periods if period == "total" else [period]
        what = f"{kind} {group} {family} {period}"
        volume = sum(volumes[kind, group, family, p] for p in spans)
        total = sum(totals[kind, family, p] for p in spans)
        capacity = sum(_capacity(facts, kind, group, family, p) for p in spans)
        inlet = sum(inlets[kind, group, family, p] for p in spans)
        found.columns("groups", what, row, {
            "volume": volume, "capacity": capacity, "share": volume / total if total > 0 else math.nan,
            "utilisation": inlet / capacity if capacity > 0 else math.nan,
        })  # fmt: skip
    _indicators(saved, facts, volumes, totals, listed, found)
    _limits(facts, volumes, totals, listed, found)
    _cuts(saved, facts, volumes, found)
    _held(saved, found)


def _exposure(saved: Saved, facts: Facts) -> Exposure:
    """What of each group is sold abroad: flows and deliveries, each by the share with which it counts."""
    arrival = Arrival(facts, facts.periods)
    out: Exposure = defaultdict(float)
    for rows, counted in ((saved["flows"], arrival.of_flow), (saved["deliveries"], arrival.of_sale)):
        for row in rows:
            for (kind, group), volume in counted(row):
                out[kind, group, row["family"], row["period"]] += volume
    for (kind, group, family, period), volume in list(out.items()) if facts.base_prices else []:
        out[kind, group, ALL, period] += facts.base_prices[family] * volume
    return out


def _inlets(saved: Saved, facts: Facts) -> Exposure:
    """What enters at the meters of each group, before any loss."""
    out: Exposure = defaultdict(float)
    for meter in facts.rows["meters"].values():
        for row in saved["flows"] if meter["arc"] else ():
            if row["arc"] == meter["arc"] and meter["commodity"] in (None, row["commodity"]):
                out[meter["kind"], meter["group"], row["family"], row["period"]] += row["volume"]
    return out


def _totals(saved: Saved, facts: Facts, volumes: Exposure) -> dict[tuple[str, str, str], float]:
    """What a share is a share of: a partition's own sum; else the volume through all corridors, or exports."""
    kinds, families = ({row[column] for row in saved["groups"]} for column in ("kind", "family"))
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for (kind, _, family, period), volume in volumes.items():
        sums[kind, family, period] += volume
    abroad = (row for row in saved["deliveries"] if facts.rows["markets"][row["market"]]["export"])
    exports = sums_by(abroad, "volume", "family", "period")
    out: dict[tuple[str, str, str], float] = defaultdict(float)
    for kind, family, period in product(kinds, families, facts.periods):
        trunk = _trunk(family, period, sums, exports, facts)
        out[kind, family, period] = sums[kind, family, period] if kind in PARTITIONS else trunk
    return out


def _trunk(
    family: str, period: str, sums: dict[tuple[str, str, str], float], exports: dict[tuple[str, str], float],
    facts: Facts,
) -> float:  # fmt: skip
    """A family's volume through its corridors (its exports, where its pack names none); of all, the value of these."""
    if family == ALL:
        parts = facts.base_prices.items()
        return sum(price * _trunk(own, period, sums, exports, facts) for own, price in parts)
    named = family in facts.with_corridors
    return sums["corridor", family, period] if named else exports[family, period]


def _capacity(facts: Facts, kind: str, group: str, family: str, period: str) -> float:
    """Effective capacity of the family's arcs at a group's meters, 0 where closed; NaN where one has no limit."""
    own = {arc for arc in facts.metered(kind, group) if facts.family("arcs", arc) == family}
    sizes = [facts.capacity(arc, period) if facts.open(arc, period) else 0.0 for arc in own]
    return sum(sizes) if sizes and all(math.isfinite(size) for size in sizes) else math.nan


def _indicators(
    saved: Saved, facts: Facts, volumes: Exposure, totals: dict[tuple[str, str, str], float],
    listed: set[tuple[str, str, str]], found: Findings,
) -> None:  # fmt: skip
    """HHI = Σ s², effective number = 1/HHI, Shannon–Wiener = −Σ s ln s, largest share, and every group's share.

    With the risk r of transit sets also Σ r s² and −Σ (1 − r) s ln s.
    """
    for row in saved["indicators"]:
        family, kind, measure = row["family"], row["kind"], row["indicator"]
        what = f"{measure} {kind} {row['group'] or ''} {family}".replace("  ", " ")
        total = sum(totals[kind, family, period] for period in facts.periods)
        groups = {group for k, group, f in listed if (k, f) == (kind, family)}
        sizes = {g: sum(volumes[kind, g, family, period] for period in facts.periods) for g in groups}
        shares = {g: size / total for g, size in sizes.items() if size > 0 and total > 0}
        weighed = "risk" if measure in ("risk_weighted_hhi", "shannon_wiener_neumann") else "none"
        risk = weights_of(facts, weighed, sizes)
        hhi = sum(s * s for s in shares.values()) if shares else math.nan
        own = {
            "hhi": hhi,
            "effective_number": 1.0 / hhi,
            "shannon_wiener": -sum(s * math.log(s) for s in shares.values()) if shares else math.nan,
            "largest_share": max(shares.values(), default=math.nan),
            "risk_weighted_hhi": sum(risk[g] * s * s for g, s in shares.items()) if total > 0 else math.nan,
            "shannon_wiener_neumann":
                -sum((1.0 - risk[g]) * s * math.log(s) for g, s in shares.items()) if shares else math.nan,
            "share": sizes.get(row["group"] or "", math.nan) / total if total > 0 else math.nan,
        }  # fmt: skip
        if measure in own and measure in KNOWN:
            found.equal("indicators", what, row["value"], own[measure])
        else:
            found.wrong("indicators", f"{what}: an indicator that is not defined, or not found again here")


def _limits(
    facts: Facts, volumes: Exposure, totals: dict[tuple[str, str, str], float],
    listed: set[tuple[str, str, str]], found: Findings,
) -> None:  # fmt: skip
    """Caps on concentration, and bounds on shares and on volumes, over the horizon or in every period."""
    families = sorted({family for _, _, family in listed})
    for cap in facts.policy["max_hhi"]:
        for family in whose(cap, facts.policy["max_hhi"], families, ("kind", "weight")):
            groups = [key for key in listed if (key[0], key[2]) == (cap["kind"], family)]
            sizes = {key[1]: sum(volumes[*key, period] for period in facts.periods) for key in groups}
            weights = weights_of(facts, cap["weight"], sizes)
            if (total := sum(sizes.values())) > 0:
                hhi = sum(weights[group] * size * size for group, size in sizes.items()) / total**2
                found.within("caps", f"HHI of {cap['kind']}", hhi, 0.0, cap["cap"])
    for lever, bounds in facts.policy.items():
        if lever.partition("_")[2] in ("share", "exposure"):
            for bound in bounds:
                for family in whose(bound, bounds, families, ("kind", "group")):
                    if (bound["kind"], bound["group"], family) in listed:
                        _bound(facts, volumes, totals, found, lever, bound, family)


def _bound(
    facts: Facts, volumes: Exposure, totals: dict[tuple[str, str, str], float], found: Findings, lever: str, bound: Row,
    family: str,
) -> None:  # fmt: skip
    """A share or volume of a group against its bound, the most (``max_``) or the least (``min_``), in each window."""
    side, _, measure = lever.partition("_")
    kind, group = bound["kind"], bound["group"]
    for window, spans in facts.windows(bound["over"]):
        volume = sum(volumes[kind, group, family, p] for p in spans)
        base = sum(totals[kind, family, p] if measure == "share" else facts.years[p] for p in spans)
        if window == HORIZON and facts.past:
            before, of = gone(facts, kind, group, family)
            volume += before
            base += of if measure == "share" else sum(years(p) for p in facts.past["periods"])
        low, high = (-math.inf, bound["cap"] * base) if side == "max" else (bound["least"] * base, math.inf)
        found.within("caps", f"{lever} {kind}:{group} {spans[0]}…", volume, low, high)


def gone(facts: Facts, kind: str, group: str, family: str) -> tuple[float, float]:
    """What a group carried before the horizon began, and what its share is of: from the actuals, where it counts."""
    if family == ALL:
        parts = [(price, gone(facts, kind, group, own)) for own, price in facts.base_prices.items()]
        return sum(price * part[0] for price, part in parts), sum(price * part[1] for price, part in parts)
    past = facts.past or {"actuals": [], "periods": []}
    arrival = Arrival(facts, past["periods"])

    def carried(kind: str, group: str | None) -> float:
        counted = [
            (meter, volume)
            for a in past["actuals"] if a["what"] in ("arc", "market")
            and facts.rows["commodities"].get(a["commodity"], {}).get("family") == family
            for meter, volume in (arrival.of_flow if a["what"] == "arc" else arrival.of_sale)(_moved(a))
        ]
        return sum(volume for meter, volume in counted if meter[0] == kind and group in (None, meter[1]))

    kinds = {str(row["kind"]) for row in facts.rows["groups"].values()}
    trunk = kind if kind in PARTITIONS else "corridor" if "corridor" in kinds else "market"
    return carried(kind, group), carried(trunk, None)


def _moved(actual: Row) -> Row:
    """An actual volume as a row of flows or deliveries."""
    return {actual["what"]: actual["id"], "volume": float(actual["volume"])} | {
        key: actual[key] for key in ("commodity", "period")
    }


def whose(cap: Row, caps: list[Row], families: list[str], same: tuple[str, str]) -> list[str]:
    """The families that a cap holds for: its own; or each that has none of its own, never all together."""
    if cap.get("family"):
        return [cap["family"]]
    alike = {other.get("family") for other in caps if all(other[key] == cap[key] for key in same)}
    return [family for family in families if family != ALL and family not in alike]


def weights_of(facts: Facts, weight: str, groups: Iterable[str]) -> dict[str, float]:
    """What each group counts: 1, or the risk 1 − Π (1 − r) over the countries that a transit set names."""
    if weight == "none":
        return dict.fromkeys(groups, 1.0)
    risk = {str(row["country"]): float(row["risk"]) for row in facts.rows["risk"].values()}
    crossed = {group: [] if group == "none" else group.split("+") for group in groups}
    return {group: 1.0 - math.prod(1.0 - risk[c] for c in countries) for group, countries in crossed.items()}


def _cuts(saved: Saved, facts: Facts, volumes: Exposure, found: Findings) -> None:
    """Each tangent cut of the certificate is valid (‖û‖ ≤ 1), belongs to a cap of the policy, and the plan obeys it."""
    caps = {(cap["kind"], cap["weight"], cap["cap"]) for cap in facts.policy["max_hhi"]}
    for number, cut in enumerate(saved.certificate.get("cuts", []), 1):
        what = f"cut {number} of {cut['kind']} {cut['family']}"
        if (cut["kind"], cut["weight"], cut["cap"]) not in caps:
            found.wrong("cuts", f"{what}: the policy has no such cap")
            continue
        weights = weights_of(facts, cut["weight"], cut["groups"])
        pairs = [(weights[g], d) for g, d in zip(cut["groups"], cut["direction"], strict=True)]
        length = sum(d * d / w if w > 0 else math.inf if d else 0.0 for w, d in pairs)
        found.within("cuts", f"{what}: ‖û‖²", length, 0.0, 1.0)
        sizes = [sum(volumes[cut["kind"], g, cut["family"], p] for p in facts.periods) for g in cut["groups"]]
        left = sum(d * size for d, size in zip(cut["direction"], sizes, strict=True))
        found.within("cuts", f"{what}: left side", left, -math.inf, math.sqrt(cut["cap"]) * sum(sizes))


def _held(saved: Saved, found: Findings) -> None:
    """Where exports are held, they are at least what the result says the case without caps exports."""
    exported = sums_by((row for row in saved["deliveries"] if row["export"]), "volume", "family")
    for row in saved["prices"]:
        if row["kind"] == "policy" and row["limit"] in exported and row["name"].startswith("exports of"):
            found.within("caps", row["name"], exported[row["limit"]], row["bound"], math.inf)
            found.equal("caps", f"{row['name']}: volume", row["volume"], exported[row["limit"]])
